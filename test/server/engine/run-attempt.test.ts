import { describe, expect, it } from "vitest";
import type { Cap } from "../../../server/core/budget.ts";
import { estimateTokens } from "../../../server/core/estimate-tokens.ts";
import { createCalibration } from "../../../server/engine/calibration.ts";
import { createFakeClock } from "./fake-clock.ts";
import { fakeLedger } from "./fake-ledger.ts";
import { activity, finish, routeOf, type Step, text, usage } from "./scripted-provider.ts";
import { walk } from "./walk-plan.ts";

const cap = (limitNano: number): Cap => ({
  id: "global.daily",
  scope: "global",
  period: "daily",
  limitNano,
  setting: "wayfare.budget.daily",
});
const words = (count: number): Step[] => Array.from({ length: count }, () => text("word "));
/** 100 tokens of prompt at $1 a million, and so much text at $2. */
const plainCost = (value: string) => 100_000 + estimateTokens(value) * 2_000;

describe("a vendor that does not keep the bound of its answer", () => {
  it("is cut a little beyond it, and what came is the answer", async () => {
    const { result, provider, ledger } = walk(
      { a: [[activity, ...words(30_000), finish]], b: [[activity, text("b"), finish]] },
      { job: { maxOutputTokens: 2_000 } },
    );
    const end = await result;
    expect(end).toMatchObject({ state: "done", finishReason: "length", answeredBy: { providerId: "a" } });
    const tokens = estimateTokens(end.text);
    expect(tokens).toBeGreaterThan(2_900);
    expect(tokens).toBeLessThan(3_100);
    expect(provider("a").closed()).toBe(1);
    expect(ledger.settled).toMatchObject([
      { outcome: "done", costSource: "estimated", costNano: expect.closeTo(plainCost(end.text), -5) },
    ]);
  });

  it("is cut while it thinks, too", async () => {
    const thoughts = Array.from({ length: 5_000 }, (): Step => ({ type: "reasoning-delta", text: "hm, well " }));
    const { result } = walk({ a: [[activity, ...thoughts, finish]] }, { job: { maxOutputTokens: 100 } });
    expect((await result).attempts[0]?.usage?.output).toBeLessThan(300);
  });

  it("is left alone while our own estimate may be wrong", async () => {
    for (const [maxOutputTokens, count] of [
      [16, 78],
      [1_000, 1_490],
    ] as const) {
      const { result } = walk(
        { a: [[activity, ...words(count), usage(100, maxOutputTokens), finish]] },
        {
          job: { maxOutputTokens, leastOutputTokens: 16 },
        },
      );
      expect(await result).toMatchObject({ finishReason: "stop", text: "word ".repeat(count) });
    }
  });

  it("is not cut for sending letter by letter", async () => {
    const letters = Array.from("characters ".repeat(100), (letter) => text(letter));
    const { result } = walk(
      { a: [[activity, ...letters, usage(100, 200), finish]] },
      { job: { maxOutputTokens: 200 } },
    );
    expect(await result).toMatchObject({ finishReason: "stop" });
  });
});

describe("a count that no sum can be made of", () => {
  it.each([1.5, -3, Number.NaN])("leaves the answer, and costs what was held: %d tokens", async (input) => {
    const { result, ledger, faults } = walk({ a: [[activity, text("the answer"), usage(input, 10), finish]] });
    expect(await result).toMatchObject({ state: "done", text: "the answer" });
    const costNano = ledger.reserved[0]?.heldNano;
    expect(ledger.settled).toMatchObject([{ outcome: "done", costNano, costSource: "reserved", usage: null }]);
    expect(faults).toHaveLength(1);
  });

  it.each([
    ["free", 0, "free"],
    [null, null, "unknown"],
  ] as const)("costs at a price of %s, where nothing was held, %s", async (price, costNano, costSource) => {
    const script = [activity, text("x"), usage(1.5, 1), finish];
    const { result, ledger } = walk({ a: [script] }, { routes: [routeOf("a", { price })] });
    expect((await result).state).toBe("done");
    expect(ledger.settled).toMatchObject([{ outcome: "done", costNano, costSource }]);
  });
});

describe("an attempt that nobody counted", () => {
  const prose = "a few words that say something of use, and some more of them ".repeat(20);
  const uncounted = [activity, text(prose), finish];
  const counted = (input: number, output: number) => [activity, text(prose), usage(input, output), finish];
  const run = async (script: readonly Step[], calibration = createCalibration(), caps: Cap[] = []) => {
    const { result, ledger } = walk({ a: [script] }, { job: { caps }, calibration });
    const [attempt] = (await result).attempts;
    return {
      calibration,
      cost: attempt?.costNano ?? 0,
      source: attempt?.costSource,
      held: ledger.reserved[0]?.heldNano,
    };
  };

  it("costs our estimate, and half as much again under a cap", async () => {
    expect(await run(uncounted)).toMatchObject({ cost: plainCost(prose), source: "estimated" });
    const capped = await run(uncounted, createCalibration(), [cap(1e12)]);
    expect(capped).toMatchObject({ source: "estimated" });
    expect(capped.cost / plainCost(prose)).toBeCloseTo(1.5, 2);
  });

  it("costs what this vendor's counts were to our estimates", async () => {
    const { calibration } = await run(counted(130, estimateTokens(prose) * 2));
    const expected = 130_000 + estimateTokens(prose) * 2 * 2_000;
    expect(await run(uncounted, calibration)).toMatchObject({ cost: expected, source: "estimated" });
    expect(await run(uncounted, calibration, [cap(1e12)])).toMatchObject({ cost: expected });
  });

  it("learns of one model alone, and not from a count that was not the last word", async () => {
    const { calibration } = await run(counted(300, 1_000));
    expect(calibration.factorsFor(routeOf("a", { modelId: "other" }), { isCapped: false })).toEqual({
      input: 1,
      output: 1,
    });
    expect(calibration.factorsFor(routeOf("a", { origin: "https://else.test" }), { isCapped: false }).input).toBe(1);
    const early = createCalibration();
    const clock = createFakeClock();
    const { result } = walk(
      { a: [[activity, usage(900, 1), text(prose), { type: "hang" }]] },
      { calibration: early, clock },
    );
    await clock.advance(200_000);
    await result;
    expect(early.factorsFor(routeOf("a"), { isCapped: false })).toEqual({ input: 1, output: 1 });
  });

  it("never costs more than was held for our caution's sake", async () => {
    const { calibration } = await run(counted(300, estimateTokens(prose) * 3));
    const job = { boundTokens: 100, inputTokens: 100, maxOutputTokens: estimateTokens(prose) + 50, caps: [cap(1e12)] };
    const ledger = fakeLedger();
    await walk({ a: [uncounted] }, { job, calibration, ledger }).result;
    expect(ledger.settled).toMatchObject([{ costNano: ledger.reserved[0]?.heldNano, costSource: "estimated" }]);
  });

  it("notes what came as this vendor would count it", async () => {
    const { calibration } = await run(counted(100, estimateTokens(prose) * 2));
    const { clock, ledger, cancel } = walk(
      { a: [[activity, { type: "wait", ms: 1_500 }, text(prose), { type: "hang" }]] },
      { calibration },
    );
    await clock.advance(2_000);
    expect(ledger.noted).toEqual([{ attemptId: "attempt-1", outputTokens: estimateTokens(prose) * 2 }]);
    cancel.abort();
  });
});

describe("what is kept of an attempt beside its cost", () => {
  const prose = "a few words that say something of use ".repeat(10);
  const named: Step = { type: "activity", generationId: "gen-1" };
  const generation = { id: "gen-1", origin: routeOf("a").origin };

  it("is what it was asked, our estimates as this vendor would count them, and the gateway's name for it", async () => {
    const calibration = createCalibration();
    calibration.learn(routeOf("a"), {
      input: { reported: 130, estimated: 100 },
      output: { reported: 200, estimated: 100 },
    });
    const reported: Step = {
      type: "usage",
      usage: { input: 120, cacheRead: 0, cacheWrite: 0, output: 4_310, reasoning: 0 },
      reportedCostUsd: 0.5,
    };
    const { result, ledger } = walk({ a: [[activity, named, text(prose), reported, finish]] }, { calibration });
    const computedNano = 120_000 + 4_310 * 2_000;
    expect((await result).attempts).toMatchObject([
      { costNano: 500_000_000, costSource: "reported", computedNano, askedOutputTokens: 4_096 },
    ]);
    const estimated = { inputTokens: 130, outputTokens: estimateTokens(prose) * 2 };
    expect(ledger.settled).toMatchObject([{ computedNano, askedOutputTokens: 4_096, estimated, generation }]);
    expect(ledger.generations).toEqual([{ attemptId: "attempt-1", ...generation }]);
  });

  it("is the name also where it was cut, and no name where the person's own price rules", async () => {
    const cut: Step = { type: "fail", failure: { kind: "truncated", message: "cut" } };
    const script: Step[] = [activity, named, text(prose), cut];
    const { result, ledger } = walk({ a: [script] });
    await result;
    expect(ledger.settled).toMatchObject([{ outcome: "failed", costSource: "estimated", generation }]);
    const { price } = routeOf("a");
    if (price === null || price === "free") throw new Error("The scripted route has a price.");
    const own = walk({ a: [script] }, { routes: [routeOf("a", { price: { ...price, source: "override" } })] });
    await own.result;
    expect(own.ledger.settled[0]).not.toHaveProperty("generation");
    expect(own.ledger.generations).toEqual([]);
  });
});

describe("a prompt that the vendor counted before it wrote", () => {
  const prose = "a few words that say something of use ".repeat(10);
  const counted: Step = {
    type: "activity",
    promptUsage: { input: 10, cacheRead: 80, cacheWrite: 0, output: 0, reasoning: 0 },
  };
  const cut: Step = { type: "fail", failure: { kind: "truncated", message: "cut" } };
  const end = async (...steps: Step[]) => {
    const { result, ledger } = walk({ a: [[activity, ...steps]] });
    await result;
    return ledger.settled[0];
  };

  it("is what a cut answer is billed for, with the answer as we estimate it", async () => {
    expect(await end(counted, text(prose), cut)).toMatchObject({
      costSource: "estimated",
      usage: { input: 10, cacheRead: 80, output: estimateTokens(prose) },
    });
  });

  it("gives way to the count at the end, and costs nothing where nothing was said", async () => {
    expect(await end(counted, text(prose), usage(120, 60), finish)).toMatchObject({
      costSource: "computed",
      usage: { input: 120, output: 60 },
    });
    expect(await end(counted, cut)).toMatchObject({ costSource: "free", costNano: 0 });
  });
});
