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

/** What vendors' own pages say, by their prices and their arithmetic, in USD. */
const published: [string, number, ReturnType<typeof usage> & { cacheWrite1h?: number }, Price][] = [
  // Anthropic, "Prompt caching": reads are a tenth of the input, writes 1.25 and 2 times it.
  [
    "Anthropic: 100,000 tokens kept for five minutes, then read",
    0.375 + 0.03 + 0.0015,
    usage(0, 100, 100_000, 100_000),
    flat(3, 15, 0.3, 3.75),
  ],
  [
    "Anthropic: 100,000 tokens kept for an hour, 20,000 for five minutes",
    0.6 + 0.075,
    { ...usage(0, 0, 0, 120_000), cacheWrite1h: 100_000 },
    { source: "provider", tiers: [{ ...flat(3, 15, 0.3, 3.75).tiers[0], cacheWrite1hUsd: 6 }] },
  ],
  // OpenAI's pricing page: gpt-4o at 2.50, cached 1.25, and 10.00; 2,006 tokens with 1,920 of them cached, 300 out.
  ["OpenAI: cached input at half", 0.005_615, usage(86, 300, 1_920), flat(2.5, 10, 1.25)],
  // Google's: gemini-2.5-pro 1.25 and 10 to 200,000 tokens, 2.50 and 15 for all of it beyond.
  [
    "Google: a prompt beyond 200,000 tokens",
    0.75 + 0.015,
    usage(300_000, 1_000),
    {
      source: "provider",
      tiers: [flat(1.25, 10).tiers[0], { ...flat(2.5, 15).tiers[0], fromInputTokens: 200_001 }],
    },
  ],
  // Perplexity's: 3 and 15 a million, and a fee of 14 for a thousand requests.
  [
    "Perplexity: a fee for the request",
    0.003 + 0.0075 + 0.014,
    usage(1_000, 500),
    { source: "provider", tiers: [{ ...flat(3, 15).tiers[0], requestUsd: 0.014 }] },
  ],
];

describe("what vendors publish", () => {
  it.each(published)("%s", (_what, costUsd, used, price) => {
    expect(costNano(used, price)).toBe(Math.round(costUsd * 1e9));
  });

  it("a rate of its own for thinking, and a fee for each image", () => {
    const price: Price = {
      source: "provider",
      tiers: [{ ...flat(2, 8).tiers[0], reasoningUsd: 3, imageUsd: 0.001_238 }],
    };
    const used = { ...usage(1_000, 3_000), reasoning: 2_000, images: 2 };
    expect(costNano(used, price)).toBe(2_000_000 + 8_000_000 + 6_000_000 + 2_476_000);
    // More thinking than output is a miscount: no part of the output is billed twice.
    expect(costNano({ ...usage(0, 10), reasoning: 99 }, price)).toBe(30_000);
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
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const wholeTier = fc.record(
  {
    fromInputTokens: fc.constant(0),
    inputUsd: usd,
    outputUsd: usd,
    cacheReadUsd: usd,
    cacheWriteUsd: usd,
    cacheWrite1hUsd: usd,
    reasoningUsd: usd,
    imageUsd: fc.double({ min: 0, max: 1, noNaN: true }),
    requestUsd: fc.double({ min: 0, max: 1, noNaN: true }),
  },
  { requiredKeys: ["fromInputTokens", "inputUsd", "outputUsd", "cacheReadUsd", "cacheWriteUsd"] },
);

describe("a cost with every rate", () => {
  it("is what each token costs at the rate of its kind, and the fees, as slow fractions have it", () => {
    const count = fc.oneof(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 30_000_000 }));
    const use = fc.record({
      input: count,
      cacheRead: count,
      write5m: count,
      write1h: count,
      text: count,
      thought: count,
    });
    fc.assert(
      fc.property(wholeTier, use, maybe(fc.integer({ min: 0, max: 50 })), (tier, used, images) => {
        const decimal = (usdEach: number, digits: number) => BigInt(Math.round(usdEach * 10 ** digits));
        // In 1e-15 USD: nine decimals of a rate per million, and twelve of a fee.
        const token = (tokensOf: number, usdPerMillion: number) => BigInt(tokensOf) * decimal(usdPerMillion, 9);
        const femto =
          token(used.input, tier.inputUsd) +
          token(used.cacheRead, tier.cacheReadUsd) +
          token(used.write5m, tier.cacheWriteUsd) +
          token(used.write1h, tier.cacheWrite1hUsd ?? tier.cacheWriteUsd) +
          token(used.text, tier.outputUsd) +
          token(used.thought, tier.reasoningUsd ?? tier.outputUsd) +
          BigInt(images ?? 0) * decimal(tier.imageUsd ?? 0, 12) * 1_000n +
          decimal(tier.requestUsd ?? 0, 12) * 1_000n;
        const nano = (femto + 500_000n) / 1_000_000n;
        const counted = {
          input: used.input,
          cacheRead: used.cacheRead,
          cacheWrite: used.write5m + used.write1h,
          ...(used.write1h === 0 ? {} : { cacheWrite1h: used.write1h }),
          output: used.text + used.thought,
          reasoning: used.thought,
          ...(images === undefined ? {} : { images }),
        };
        expect(costNano(counted, { source: "provider", tiers: [tier] })).toBe(Number(nano));
      }),
    );
  });

  it("is within the bound, fees and images included", () => {
    fc.assert(
      fc.property(
        wholeTier,
        tokens,
        tokens,
        tokens,
        fc.integer({ min: 0, max: 20 }),
        (tier, input, text, thought, images) => {
          const price: Price = { source: "provider", tiers: [tier] };
          const bound = boundNano({ inputTokens: input, maxOutputTokens: text + thought, images }, price);
          const cost = costNano({ ...usage(input, text + thought), reasoning: thought, images }, price);
          expect(bound?.totalNano).toBeGreaterThanOrEqual(cost ?? Number.POSITIVE_INFINITY);
        },
      ),
    );
  });
});

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
