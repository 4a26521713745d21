import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { priceByHour } from "../../../server/core/price-at.ts";
import type { PriceHours } from "../../../server/core/provider.ts";

const row = (fromMinute: number, inputUsd: number): PriceHours => ({
  fromMinute,
  tiers: [{ fromInputTokens: 0, inputUsd, outputUsd: 2 * inputUsd, cacheReadUsd: inputUsd, cacheWriteUsd: inputUsd }],
});
const at = (hour: number, minute = 0) => Date.UTC(2026, 10, 20, hour, minute);

describe("a price by the hour", () => {
  // Cheap from 16:30 to 0:30, as DeepSeek's once was.
  const priceAt = priceByHour([row(0, 0.135), row(30, 0.27), row(990, 0.135)]);
  const inputs = (atMs: number) => {
    const { price, next } = priceAt(atMs);
    return [price?.tiers[0].inputUsd, ...next.map((each) => each.tiers[0].inputUsd)];
  };

  it("is that of the minute in UTC, with what comes into force within the hour", () => {
    expect(inputs(at(12))).toEqual([0.27]);
    expect(inputs(at(16, 29))).toEqual([0.27, 0.135]);
    expect(inputs(at(16, 30))).toEqual([0.135]);
    expect(inputs(at(24, 29))).toEqual([0.135, 0.27]);
    expect(inputs(at(24, 30))).toEqual([0.27]);
  });

  it("names every price that a request of up to an hour can meet, asked in any order", () => {
    const day = fc
      .uniqueArray(fc.integer({ min: 1, max: 1_439 }), { maxLength: 6 })
      .map((minutes) => [0, ...minutes.sort((a, b) => a - b)].map((minute, index) => row(minute, index + 1)));
    const minutes = fc.array(fc.integer({ min: 0, max: 4_000 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(day, minutes, fc.integer({ min: 0, max: 60 }), (hours, askedAt, later) => {
        const slow = (minute: number) => hours.findLast((each) => each.fromMinute <= minute % 1_440)?.tiers;
        const fast = priceByHour(hours);
        for (const minute of askedAt) {
          const { price, next } = fast(at(0, minute));
          expect(price?.tiers).toEqual(slow(minute));
          expect([price, ...next].map((each) => each?.tiers)).toContainEqual(slow(minute + later));
        }
      }),
    );
  });
});
