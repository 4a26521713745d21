import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createSpendTeller } from "../../../server/engine/tell-spend.ts";
import { type Failure, FailureError } from "../../../shared/failure.ts";
import type { Spend } from "../../../shared/protocol.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const broken: Failure = { kind: "ledger", message: "The ledger cannot be read." };

function teller() {
  const books = { spentNano: 5, broken: false };
  const sent: number[] = [];
  const faults: Failure[] = [];
  let looks = 0;
  const spending = createSpendTeller({
    spend(): Spend {
      if (books.broken) throw new FailureError(broken);
      const empty = { spentNano: 0, heldNano: 0, unknown: 0, rows: [] };
      return { real: { ...empty, spentNano: books.spentNano }, simulated: empty, caps: [] };
    },
    send: (spend) => sent.push(spend.real.spentNano),
    onLook: () => {
      looks += 1;
    },
    onFault: (failure) => faults.push(failure),
  });
  return { books, sent, faults, spending, looks: () => looks };
}

describe("today's money", () => {
  it("is told after a settlement, and within half a minute when another window or midnight changed it", () => {
    const { books, sent, spending } = teller();
    spending.tell();
    spending.tell();
    expect(sent).toEqual([5]);
    books.spentNano = 7;
    vi.advanceTimersByTime(30_000);
    books.spentNano = 0;
    vi.advanceTimersByTime(29_999);
    expect(sent).toEqual([5, 7]);
    vi.advanceTimersByTime(60_001);
    expect(sent).toEqual([5, 7, 0]);
    spending.stop();
    books.spentNano = 9;
    vi.advanceTimersByTime(90_000);
    expect(sent).toEqual([5, 7, 0]);
  });

  it("lets what counts beside it be looked at each time, also where the money is no news", () => {
    const { books, sent, spending, looks } = teller();
    spending.tell();
    spending.tell();
    vi.advanceTimersByTime(30_000);
    books.broken = true;
    spending.tell();
    expect([sent, looks()]).toEqual([[5], 4]);
    spending.stop();
  });

  it("is told again once it can be read again; that it cannot be read is said once", () => {
    const { books, sent, faults, spending } = teller();
    books.broken = true;
    spending.tell();
    vi.advanceTimersByTime(90_000);
    expect([sent, faults]).toEqual([[], [broken]]);
    books.broken = false;
    vi.advanceTimersByTime(30_000);
    expect(sent).toEqual([5]);
  });

  it("keeps no process alive", async () => {
    vi.useRealTimers();
    const before = process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
    const { spending } = teller();
    expect(process.getActiveResourcesInfo().filter((kind) => kind === "Timeout")).toHaveLength(before);
    spending.stop();
  });
});
