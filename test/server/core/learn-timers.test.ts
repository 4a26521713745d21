import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  LEAST_SAMPLES,
  learnTimers,
  requestClass,
  SAMPLES_KEPT,
  type SpeedSample,
  speedOf,
  withSample,
} from "../../../server/core/learn-timers.ts";

const usual = { headersMs: 10_000, firstContentMs: 20_000, gapMs: 10_000 };
const bounds = {
  least: { headersMs: 3_000, firstContentMs: 5_000, gapMs: 4_000 },
  most: { headersMs: 20_000, firstContentMs: 60_000, gapMs: 30_000 },
};
const sample = (firstContentMs: number | null, over: Partial<SpeedSample> = {}): SpeedSample => ({
  headersMs: 200,
  firstContentMs,
  gapMs: 100,
  tokensPerSecond: 50,
  ...over,
});
const times = (count: number, make: (index: number) => SpeedSample) => Array.from({ length: count }, (_, i) => make(i));

describe("timers", () => {
  it("are the usual ones until eight answers are known", () => {
    expect(
      learnTimers(
        times(LEAST_SAMPLES - 1, () => sample(400)),
        usual,
        bounds,
      ),
    ).toEqual({
      ...usual,
      learned: false,
    });
  });

  it("are three times the p95 and half a second", () => {
    const samples = times(20, (index) => sample(index < 19 ? 2_000 + index : 30_000));
    expect(learnTimers(samples, usual, bounds)).toMatchObject({ firstContentMs: 3 * 2_018 + 500, learned: true });
  });

  it("stay within their bounds, for a model that is very fast and for one that thinks for a minute", () => {
    expect(
      learnTimers(
        times(10, () => sample(300)),
        usual,
        bounds,
      ),
    ).toEqual({ ...bounds.least, learned: true });
    const slow = times(10, () => sample(50_000, { headersMs: 20_000, gapMs: 15_000 }));
    expect(learnTimers(slow, usual, bounds)).toEqual({ ...bounds.most, learned: true });
  });

  it("grow by half each time a slower model is given up, and no further than for one of which nothing is known", () => {
    let samples = times(10, () => sample(400));
    const waited: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      const { firstContentMs } = learnTimers(samples, usual, bounds);
      waited.push(firstContentMs);
      samples = withSample(samples, { ...sample(firstContentMs), headersMs: null, gapMs: null, isGivenUp: true });
    }
    expect(waited).toEqual([5_000, 8_000, 12_500, 19_250, 20_000, 20_000, 20_000, 20_000]);
    // What was waited for in vain is no time that an answer took.
    expect(speedOf(samples)).toMatchObject({ firstContentP50Ms: 400, firstContentP95Ms: 400 });
  });

  it("never ring on an answer like most of those they were learned from", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 50, max: 19_000 }), { minLength: LEAST_SAMPLES, maxLength: SAMPLES_KEPT }),
        (all) => {
          const timers = learnTimers(
            all.map((ms) => sample(ms)),
            usual,
            bounds,
          );
          const healthy = [...all].sort((a, b) => a - b).slice(0, Math.ceil(all.length * 0.95));
          expect(healthy.every((ms) => ms < timers.firstContentMs)).toBe(true);
        },
      ),
    );
  });

  it("are kept apart by kind and by the size of the prompt", () => {
    expect([1_999, 2_000, 15_999, 16_000].map((tokens) => requestClass("chat", tokens))).toEqual([
      "chat short",
      "chat middle",
      "chat middle",
      "chat long",
    ]);
  });
});

describe("a speed", () => {
  it("is told from five answers on, the last forty", () => {
    expect(speedOf(times(4, () => sample(400)))).toEqual({
      firstContentP50Ms: null,
      firstContentP95Ms: null,
      tokensPerSecond: null,
    });
    const many = times(50, (index) => sample(index * 100)).reduce<SpeedSample[]>(withSample, []);
    expect(many).toHaveLength(SAMPLES_KEPT);
    expect(speedOf(many)).toEqual({ firstContentP50Ms: 2_900, firstContentP95Ms: 4_700, tokensPerSecond: 50 });
  });
});
