import { describe, expect, it } from "vitest";
import { cap, kill, open, raw, start, tempDirectory } from "./books.ts";

const limitNano = 40_000_000;
const steps = ["before", "reserving", "reserved", "noted", "settling", "settled"] as const;
const heldNano = 900_000;
/** The input as sent and 50 tokens of output, as they were noted. */
const notedNano = 100_000 + 50 * 200;
const settledNano = (index: number) => 300_000 + index;

/** What may be found of the fourth request of a process that was killed there; null: no row. */
const endings: Record<(typeof steps)[number], (readonly [string, number] | null)[]> = {
  before: [null],
  reserving: [null, ["crashed", heldNano]],
  reserved: [["crashed", heldNano]],
  noted: [["crashed", notedNano]],
  settling: [
    ["crashed", notedNano],
    ["done", settledNano(3)],
  ],
  settled: [["done", settledNano(3)]],
};

describe("processes that are killed at every step, all at once, under one cap", () => {
  it("lose nothing they had acknowledged, leave no hold behind, and overrun nothing", async () => {
    const directory = tempDirectory();
    const store = await open({ directory });
    const acknowledged: string[] = [];
    const victims = await Promise.all(
      steps.map(async (step) => {
        const { child } = await start(["steps", directory, step, `${step}/${limitNano}`]);
        return { step, child };
      }),
    );
    await Promise.all(
      victims.map(
        ({ step, child }) =>
          new Promise<void>((resolve) => {
            child.on("message", (message: { attemptId: string; step: string }) => {
              if (message.step === "settled") acknowledged.push(message.attemptId);
              if (message.attemptId === `${step}-3` && message.step === step) void kill(child).then(resolve);
            });
            child.send("go");
          }),
      ),
    );
    await store.ledger.settleDead();

    const file = raw(store.path);
    const found = new Map(
      file
        .prepare("SELECT attempt_id, outcome, cost_nano FROM attempts")
        .all()
        .map((row) => [String(row.attempt_id), [row.outcome, row.cost_nano]]),
    );
    for (const attemptId of acknowledged) {
      expect(found.get(attemptId), attemptId).toEqual(["done", settledNano(Number(attemptId.split("-")[1]))]);
    }
    expect(acknowledged).toHaveLength(3 * steps.length + 1);
    for (const step of steps) expect(endings[step], step).toContainEqual(found.get(`${step}-3`) ?? null);

    expect(store.ledger.held()).toEqual([]);
    const [state] = store.ledger.capStates([cap("global.daily", limitNano)], "here");
    expect(state?.heldNano).toBe(0);
    expect(state?.spentNano).toBe([...found.values()].reduce((sum, [, nano]) => sum + Number(nano), 0));
    expect(state?.spentNano).toBeLessThanOrEqual(limitNano);
    expect(file.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
  });
});
