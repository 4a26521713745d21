import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boundNano, costNano } from "../../../server/core/price.ts";
import type { Price, PriceTier } from "../../../server/core/provider.ts";

const usage = (input: number, output: number, cacheRead = 0, cacheWrite = 0) => ({
  input,
  output,
  cacheRead,
  cacheWrite,
  reasoning: 0,
});
const flat = (inputUsd: number, outputUsd: number, cacheReadUsd = inputUsd, cacheWriteUsd = inputUsd): Price => ({
  source: "provider",
  tiers: [{ fromInputTokens: 0, inputUsd, outputUsd, cacheReadUsd, cacheWriteUsd }],
});
const tiered: Price = {
  source: "genai-prices",
  tiers: [
    { fromInputTokens: 0, inputUsd: 3, outputUsd: 15, cacheReadUsd: 0.3, cacheWriteUsd: 3.75 },
    { fromInputTokens: 200_001, inputUsd: 6, outputUsd: 22.5, cacheReadUsd: 0.6, cacheWriteUsd: 7.5 },
  ],
};

describe("cost", () => {
  it("is exact in nano-dollars", () => {
    expect(costNano(usage(60, 0), flat(0.02, 0))).toBe(1_200);
    expect(costNano(usage(1_000, 500), flat(1.25, 10))).toBe(6_250_000);
    expect(costNano(usage(100, 10, 900, 200), flat(3, 15, 0.3, 3.75))).toBe(300_000 + 150_000 + 270_000 + 750_000);
  });

  it("rounds the sum once, half up", () => {
    // 37.5 nano-dollars a token: two rounded halves would make one too many.
    expect(costNano(usage(1, 0), flat(0.0375, 0))).toBe(38);
    expect(costNano(usage(1, 1), flat(0.0375, 0.0375))).toBe(75);
    expect(costNano(usage(1, 0), flat(0.0001, 0))).toBe(0);
    expect(costNano(usage(5, 0), flat(0.0001, 0))).toBe(1);
  });

  it("bills the whole request at the tier its prompt reaches, cache included", () => {
    expect(costNano(usage(200_000, 100), tiered)).toBe(200_000 * 3_000 + 100 * 15_000);
    expect(costNano(usage(200_001, 100), tiered)).toBe(200_001 * 6_000 + 100 * 22_500);
    expect(costNano(usage(1, 100, 200_000), tiered)).toBe(6_000 + 200_000 * 600 + 100 * 22_500);
  });

  it("keeps free and unknown apart", () => {
    expect(costNano(usage(1_000_000, 1_000_000), "free")).toBe(0);
    expect(costNano(usage(1, 1), null)).toBeNull();
    expect(boundNano({ inputTokens: 10, maxOutputTokens: 10 }, null)).toBeNull();
    expect(boundNano({ inputTokens: 10, maxOutputTokens: 10 }, "free")).toEqual({
      totalNano: 0,
      inputNano: 0,
      outputNanoPerToken: 0,
    });
  });

  it("stays exact where floating point would not", () => {
    expect(costNano(usage(10_000_001, 0), flat(75.123456789, 0))).toBe(751_234_643_013);
  });
});

const usd = fc.double({ min: 0, max: 200, noNaN: true });

describe("a cost", () => {
  it("is the exact sum, rounded half up, for small sums and for large ones", () => {
    const count = fc.oneof(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 50_000_000 }));
    fc.assert(
      fc.property(count, count, count, count, usd, usd, (input, output, read, write, inputUsd, outputUsd) => {
        const unitsOf = (tokensOf: number, rate: number) => BigInt(tokensOf) * BigInt(Math.round(rate * 1e9));
        const units = unitsOf(input, inputUsd) + unitsOf(output, outputUsd) + unitsOf(read, 0.3) + unitsOf(write, 3.75);
        const price = flat(inputUsd, outputUsd, 0.3, 3.75);
        expect(costNano(usage(input, output, read, write), price)).toBe(Number((units + 500_000n) / 1_000_000n));
      }),
    );
  });
});

const tokens = fc.integer({ min: 0, max: 2_000_000 });
const tierAt = (fromInputTokens: fc.Arbitrary<number>): fc.Arbitrary<PriceTier> =>
  fc.record({ fromInputTokens, inputUsd: usd, outputUsd: usd, cacheReadUsd: usd, cacheWriteUsd: usd });
const anyPrice: fc.Arbitrary<Price> = fc
  .tuple(tierAt(fc.constant(0)), fc.array(tierAt(fc.integer({ min: 1, max: 1_500_000 })), { maxLength: 3 }))
  .map(([first, others]) => ({
    source: "provider",
    tiers: [first, ...others.sort((a, b) => a.fromInputTokens - b.fromInputTokens)],
  }));

describe("bound", () => {
  it("takes the dearest rate that can apply", () => {
    expect(boundNano({ inputTokens: 1_000, maxOutputTokens: 100 }, tiered)).toEqual({
      inputNano: 3_750_000,
      outputNanoPerToken: 15_000,
      totalNano: 3_750_000 + 1_500_000,
    });
    expect(boundNano({ inputTokens: 200_001, maxOutputTokens: 1 }, tiered)?.outputNanoPerToken).toBe(22_500);
  });

  it("is never exceeded by any use within it, however it is split between input and cache", () => {
    fc.assert(
      fc.property(
        anyPrice,
        tokens,
        tokens,
        tokens,
        tokens,
        tokens,
        (price, input, cacheRead, cacheWrite, output, more) => {
          const bound = boundNano(
            { inputTokens: input + cacheRead + cacheWrite + more, maxOutputTokens: output + more },
            price,
          );
          const cost = costNano(usage(input, output, cacheRead, cacheWrite), price);
          expect(bound?.totalNano).toBeGreaterThanOrEqual(cost ?? Number.POSITIVE_INFINITY);
        },
      ),
    );
  });

  it("gives a price for each token of output that a lowered answer still keeps to", () => {
    fc.assert(
      fc.property(anyPrice, tokens, tokens, (price, input, output) => {
        const bound = boundNano({ inputTokens: input, maxOutputTokens: 0 }, price);
        const cost = costNano(usage(input, output), price) ?? Number.POSITIVE_INFINITY;
        expect((bound?.inputNano ?? 0) + output * (bound?.outputNanoPerToken ?? 0)).toBeGreaterThanOrEqual(cost);
      }),
    );
  });

  it("costs more the more is used, within a tier", () => {
    fc.assert(
      fc.property(usd, usd, tokens, tokens, (inputUsd, outputUsd, input, output) => {
        const price = flat(inputUsd, outputUsd);
        const less = costNano(usage(input, output), price) ?? Number.NaN;
        expect(costNano(usage(input + 1, output + 1), price)).toBeGreaterThanOrEqual(less);
      }),
    );
  });
});
