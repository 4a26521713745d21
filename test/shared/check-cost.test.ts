import { describe, expect, it } from "vitest";
import type { Attempt } from "../../shared/answer.ts";
import { billedBeyondRoom, costMismatch } from "../../shared/check-cost.ts";

const off = (costNano: number | null, computedNano?: number, costSource: Attempt["costSource"] = "reported") =>
  costMismatch({ costNano, costSource, ...(computedNano === undefined ? {} : { computedNano }) });

describe("a reported cost beside ours", () => {
  it("is off by so many per cent of what the provider says", () => {
    expect(off(4_200_000, 3_500_000)).toBeCloseTo(-16.67, 2);
    expect(off(1_000_000, 1_500_000)).toBe(50);
    expect(off(0, 1_000_000)).toBe(Number.POSITIVE_INFINITY);
    expect(off(1_000_000, 0)).toBe(-100);
  });

  it("is not flagged up to 2 %", () => {
    expect(off(1_000_000, 1_020_000)).toBeNull();
    expect(off(1_000_000, 980_000)).toBeNull();
    expect(off(1_000_000, 1_020_001)).not.toBeNull();
    expect(off(0, 0)).toBeNull();
  });

  it("is not flagged below $0.00001, without a price, or where the provider reported nothing", () => {
    expect(off(9_999, 5_000)).toBeNull();
    expect(off(9_999, 10_000)).toBeNull();
    expect(off(5_000, 10_000)).toBe(100);
    expect(off(4_200_000)).toBeNull();
    expect(off(null, 4_200_000)).toBeNull();
    expect(off(4_200_000, 3_500_000, "computed")).toBeNull();
    expect(off(4_200_000, 3_500_000, "estimated")).toBeNull();
  });
});

it("what is billed beyond the room for the answer is the vendor's count alone", () => {
  const usage = { input: 10, cacheRead: 0, cacheWrite: 0, output: 4_310, reasoning: 0 };
  const billed = { usage, costSource: "reported", askedOutputTokens: 4_096 } as const;
  expect(billedBeyondRoom(billed)).toBe(true);
  expect(billedBeyondRoom({ ...billed, costSource: "computed" })).toBe(true);
  expect(billedBeyondRoom({ ...billed, askedOutputTokens: 4_310 })).toBe(false);
  expect(billedBeyondRoom({ ...billed, costSource: "estimated" })).toBe(false);
  expect(billedBeyondRoom({ ...billed, usage: null })).toBe(false);
  expect(billedBeyondRoom({ usage, costSource: "reported" })).toBe(false);
});
