import { expect, it } from "vitest";
import type { RoutePrice } from "../../../server/core/price.ts";
import { describePriceChange, rateUsd } from "../../../server/core/price-words.ts";
import type { Price, PriceTier } from "../../../server/core/provider.ts";

const price = (
  inputUsd: number,
  outputUsd: number,
  more: Partial<PriceTier> = {},
  larger: PriceTier[] = [],
): Price => ({
  source: "provider",
  tiers: [{ fromInputTokens: 0, inputUsd, outputUsd, cacheReadUsd: 0.1, cacheWriteUsd: 1, ...more }, ...larger],
});
const larger = (inputUsd: number): PriceTier => ({
  fromInputTokens: 200_001,
  inputUsd,
  outputUsd: 9,
  cacheReadUsd: 0.1,
  cacheWriteUsd: 1,
});

it.each<[string | null, RoutePrice, RoutePrice]>([
  [null, price(1, 2), price(1, 2)],
  ["input $0.25 → $0.30 per million", price(0.25, 2), price(0.3, 2)],
  ["input $2.50 → $25, output $10 → $12.50 per million", price(2.5, 10), price(25, 12.5)],
  ["thinking $2 → $3 per million", price(1, 2), price(1, 2, { reasoningUsd: 3 })],
  ["input $1 → $2 per million, each request $0 → $0.014", price(1, 2), price(2, 2, { requestUsd: 0.014 })],
  ["input from 200,001 tokens on $2 → $4 per million", price(1, 9, {}, [larger(2)]), price(1, 9, {}, [larger(4)])],
  ["input $1 → $2 per million", price(1, 9, {}, [larger(1)]), price(2, 9, {}, [larger(2)])],
  ["now free (it was input $1, output $2 per million)", price(1, 2), "free"],
  ["no longer free: input $1, output $2 per million", "free", price(1, 2)],
  ["its price is no longer known", price(1, 2), null],
  ["price now known: input $1, output $2 per million, each image $0.005", null, price(1, 2, { imageUsd: 0.005 })],
  ["price now known: free", null, "free"],
  [null, null, null],
])("%s", (words, before, after) => {
  expect(describePriceChange(before, after)).toBe(words);
});

it("writes a rate as a person would", () => {
  expect([0, 25, 2.5, 0.3, 0.075, 0.000_000_5, 1.005].map(rateUsd)).toEqual([
    "$0",
    "$25",
    "$2.50",
    "$0.30",
    "$0.075",
    "$0.0000005",
    "$1.005",
  ]);
});
