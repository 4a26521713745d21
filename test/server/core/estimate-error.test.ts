import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeEstimateError, estimateError } from "../../../server/core/estimate-error.ts";

const errorOf = (...estimates: number[]) =>
  estimateError(estimates.map((estimated) => ({ reported: 1_000, estimated })));

describe("how far estimates were off", () => {
  it("is the middle of the errors, and the size that nine of ten keep within", () => {
    expect(errorOf(970)).toEqual({ medianPercent: -3, p90Percent: 3 });
    expect(errorOf(1_000, 1_100)).toEqual({ medianPercent: 5, p90Percent: 10 });
    expect(errorOf(900, 990, 1_050)).toEqual({ medianPercent: -1, p90Percent: 10 });
    const ten = [1_010, 1_020, 1_030, 1_040, 1_050, 1_060, 1_070, 1_080, 910, 5_000];
    expect(errorOf(...ten)).toEqual({ medianPercent: 4.5, p90Percent: 9 });
  });

  it("is not known of nothing, nor of what a vendor counted as nothing", () => {
    expect(errorOf()).toBeNull();
    expect(estimateError([{ reported: 0, estimated: 50 }])).toBeNull();
    expect(estimateError([{ reported: Number.NaN, estimated: 50 }])).toBeNull();
  });

  it("does not depend on the order, and nine of ten are within it", () => {
    const counted = fc.record({ reported: fc.integer({ min: 1, max: 9_000 }), estimated: fc.nat({ max: 9_000 }) });
    fc.assert(
      fc.property(fc.array(counted, { minLength: 1, maxLength: 60 }), (attempts) => {
        const found = estimateError(attempts);
        expect(estimateError(attempts.toReversed())).toEqual(found);
        const within = attempts.filter(
          ({ reported, estimated }) =>
            Math.abs(((estimated - reported) / reported) * 100) <= (found?.p90Percent ?? Number.NaN),
        );
        expect(within.length).toBeGreaterThanOrEqual(Math.ceil(attempts.length * 0.9));
      }),
    );
  });

  it("is said in words", () => {
    expect(describeEstimateError({ medianPercent: -3.2, p90Percent: 12.4 }, 140)).toBe(
      "median error −3 %, 90th percentile 12 % over 140 requests",
    );
    expect(describeEstimateError({ medianPercent: 7, p90Percent: 7 }, 1)).toBe(
      "median error +7 %, 90th percentile 7 % over 1 request",
    );
    expect(describeEstimateError({ medianPercent: -0.2, p90Percent: 0.2 }, 1_400)).toBe(
      "median error 0 %, 90th percentile 0 % over 1,400 requests",
    );
  });
});
