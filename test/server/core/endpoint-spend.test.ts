import { describe, expect, it } from "vitest";
import { describeEndpointSpend } from "../../../server/core/endpoint-spend.ts";
import type { CapState } from "../../../shared/protocol.ts";

const cap = (scope: CapState["scope"], changes: Partial<CapState> = {}): CapState => ({
  id: `${scope}.daily`,
  scope,
  period: "daily",
  limitNano: 2_500_000_000,
  raisedNano: 0,
  spentNano: 1_260,
  heldNano: 10_000_000,
  setting: `wayfare.of.${scope}`,
  ...changes,
});
const sums = (workspace: string, spentNano: number, requests = 1, unknown = 0) => ({
  workspace,
  spentNano,
  requests,
  unknown,
});
const capped = { period: "daily", limitUsd: 2.5, spentUsd: 0.00000126, heldUsd: 0.01 };

describe("what the endpoint spent", () => {
  it("is told in all and by book: of the day, of its month, and under each cap", () => {
    const told = describeEndpointSpend({
      day: "2026-11-29",
      today: [sums("endpoint:ci", 1_260, 2, 1)],
      thisMonth: [sums("endpoint:ci", 2_000_000_000, 3, 1), sums("endpoint", 5_000_000_000, 4)],
      known: [null, "nightly"],
      capsOf: (name) => [
        cap("global"),
        ...(name === "ci" ? [cap("workspace", { isUnreadable: true, limitNano: 0 })] : []),
      ],
    });
    const nothing = { spentUsd: 0, requests: 0, ofUnknownCost: 0 };
    expect(told).toEqual({
      day: "2026-11-29",
      month: "2026-11",
      today: { spentUsd: 0.00000126, requests: 2, ofUnknownCost: 1 },
      thisMonth: { spentUsd: 7, requests: 7, ofUnknownCost: 1 },
      caps: [{ ...capped, setting: "wayfare.of.global" }],
      books: [
        { name: null, today: nothing, thisMonth: { spentUsd: 5, requests: 4, ofUnknownCost: 0 }, caps: [] },
        { name: "nightly", today: nothing, thisMonth: nothing, caps: [] },
        {
          name: "ci",
          today: { spentUsd: 0.00000126, requests: 2, ofUnknownCost: 1 },
          thisMonth: { spentUsd: 2, requests: 3, ofUnknownCost: 1 },
          caps: [{ ...capped, setting: "wayfare.of.workspace", limitUsd: 0, isUnreadable: true }],
        },
      ],
      booksLeftOut: 0,
    });
  });

  it("names two hundred books at most: its own first, then those that spent the most", () => {
    const asked: (string | null)[] = [];
    const told = describeEndpointSpend({
      day: "2026-11-29",
      today: [],
      thisMonth: Array.from({ length: 500 }, (_, at) => sums(`endpoint:book ${at}`, at)),
      known: ["endpoint"],
      capsOf(name) {
        asked.push(name);
        return [];
      },
    });
    expect(told.books.slice(0, 2).map(({ name }) => name)).toEqual(["endpoint", "book 499"]);
    expect([told.books.length, told.booksLeftOut, asked.length]).toEqual([200, 301, 200]);
    expect(told.thisMonth.requests).toBe(500);
  });
});
