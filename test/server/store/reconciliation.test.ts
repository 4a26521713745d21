import { describe, expect, it } from "vitest";
import type { CostSource } from "../../../shared/money.ts";
import { open, raw, reservation, settlement, tempDirectory, wednesday } from "./books.ts";

const generation = { id: "gen-1", origin: "https://gateway.example.com" };
const usage = { input: 900, cacheRead: 100, cacheWrite: 0, output: 40, reasoning: 0 };
const bill = { usage, costNano: 1_234 };

async function settled(costSource: CostSource, extra: Parameters<typeof settlement>[0] = {}) {
  const books = await open({ now: () => wednesday });
  await books.ledger.reserve(reservation({ attemptId: "a", heldNano: 9_000, startedAtMs: wednesday }));
  await books.ledger.settle(
    "a",
    settlement({ costNano: 5_000, costSource, outcome: "cancelled", generation, ...extra }),
  );
  return books;
}
const turnId = reservation({}).turnId;

describe("a bill that comes late", () => {
  it("takes the place of an estimate, in the row, in the day's sum and under the caps, once", async () => {
    const { ledger } = await settled("estimated");
    let changes = 0;
    ledger.onSettled(() => {
      changes += 1;
    });
    expect(await ledger.reconcile("a", bill)).toBe(true);
    expect(ledger.attemptsOfTurn(turnId)).toMatchObject([
      { outcome: "cancelled", costNano: 1_234, costSource: "reported", usage },
    ]);
    expect(ledger.spend().real).toMatchObject({ spentNano: 1_234, heldNano: 0, unknown: 0 });
    expect(changes).toBe(1);
    expect(await ledger.reconcile("a", { ...bill, costNano: 9 })).toBe(false);
    expect(ledger.spend().real.spentNano).toBe(1_234);
    expect(changes).toBe(1);
  });

  it("may be dearer than what was held, and may bring no count", async () => {
    const { ledger } = await settled("reserved", { usage });
    expect(await ledger.reconcile("a", { usage: null, costNano: 70_000 })).toBe(true);
    expect(ledger.attemptsOfTurn(turnId)).toMatchObject([{ costNano: 70_000, costSource: "reported", usage }]);
  });

  it.each(["reported", "computed", "free", "unknown"] as const)("changes nothing of one that is %s", async (source) => {
    const { ledger } = await settled(source);
    expect(ledger.toReconcile(0)).toEqual([]);
    expect(await ledger.reconcile("a", bill)).toBe(false);
    expect(ledger.attemptsOfTurn(turnId)).toMatchObject([{ costNano: 5_000, costSource: source }]);
  });

  it("changes nothing of an attempt that is held, or that there is not", async () => {
    const { ledger } = await open();
    await ledger.reserve(reservation({ attemptId: "a", heldNano: 9_000 }));
    ledger.noteGeneration("a", generation);
    expect(await ledger.reconcile("a", bill)).toBe(false);
    expect(await ledger.reconcile("b", bill)).toBe(false);
    expect(ledger.toReconcile(0)).toEqual([]);
    expect(ledger.spend().real).toMatchObject({ spentNano: 0, heldNano: 9_000 });
  });

  it("has to be an amount of money", async () => {
    const { ledger } = await settled("estimated");
    for (const costNano of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60]) {
      await expect(ledger.reconcile("a", { ...bill, costNano })).rejects.toThrow(RangeError);
    }
    expect(ledger.attemptsOfTurn(turnId)).toMatchObject([{ costNano: 5_000, costSource: "estimated" }]);
  });
});

describe("what can be asked for", () => {
  it("is what the gateway has a name for, and not what is older", async () => {
    const { ledger } = await settled("estimated");
    expect(ledger.toReconcile(wednesday)).toEqual([
      {
        attemptId: "a",
        turnId,
        sessionId: reservation({}).sessionId,
        kind: "chat",
        workspace: reservation({}).workspace,
        providerId: reservation({}).providerId,
        modelId: reservation({}).modelId,
        generationId: "gen-1",
        origin: "https://gateway.example.com",
      },
    ]);
    expect(ledger.toReconcile(wednesday + 1)).toEqual([]);
    await ledger.reserve(reservation({ attemptId: "b" }));
    await ledger.settle("b", settlement({ costSource: "estimated" }));
    expect(ledger.toReconcile(0)).toHaveLength(1);
  });

  it("is read from its index, however many attempts there are", async () => {
    const { path } = await settled("estimated");
    const plan = raw(path)
      .prepare(
        `EXPLAIN QUERY PLAN SELECT attempt_id FROM attempts
         WHERE generation_id IS NOT NULL AND reconciled_at_ms IS NULL AND cost_source IN ('estimated', 'reserved')
           AND started_at_ms >= 5 AND outcome IS NOT NULL ORDER BY started_at_ms DESC LIMIT 100`,
      )
      .all();
    expect(plan.map(({ detail }) => detail)).toEqual([
      "SEARCH attempts USING INDEX attempts_to_reconcile (started_at_ms>?)",
    ]);
  });
});

it("what a killed process had the name of is asked for, and its own word cannot come after the bill", async () => {
  const directory = tempDirectory();
  const dead = await open({ directory, instanceId: "dead", pid: 2 ** 30 });
  await dead.ledger.reserve(reservation({ attemptId: "a", heldNano: 9_000 }));
  dead.ledger.noteGeneration("a", generation);
  await dead.ledger.reserve(reservation({ attemptId: "unnamed", heldNano: 1 }));
  const { ledger } = await open({ directory, instanceId: "living" });
  await ledger.settleDead();
  expect(ledger.toReconcile(0)).toMatchObject([{ attemptId: "a", generationId: "gen-1" }]);
  expect(await ledger.reconcile("a", bill)).toBe(true);
  await dead.ledger.settle("a", settlement({ costNano: 8_000, costSource: "estimated" }));
  expect(ledger.attemptsOfTurn(turnId).find(({ id }) => id === "a")).toMatchObject({
    outcome: "crashed",
    costNano: 1_234,
    costSource: "reported",
  });
});
