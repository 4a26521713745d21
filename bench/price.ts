import { boundNano, costNano } from "../server/core/price.ts";
import { priceByHour } from "../server/core/price-at.ts";
import type { Price, PriceTier } from "../server/core/provider.ts";

/**
 * What it takes to price one request: its cost by every rate there is, in the dearest of three tiers, where the sum fits
 * into a double and where it does not; its bound, as money is held for it; and the price of the minute it is asked at.
 */
const BAR_US = 20;
const tier = (fromInputTokens: number, times: number): PriceTier => ({
  fromInputTokens,
  inputUsd: 3 * times,
  outputUsd: 15 * times,
  cacheReadUsd: 0.3 * times,
  cacheWriteUsd: 3.75 * times,
  cacheWrite1hUsd: 6 * times,
  reasoningUsd: 12.5 * times,
  imageUsd: 0.004_8,
  requestUsd: 0.014,
});
const price: Price = { source: "provider", tiers: [tier(0, 1), tier(128_001, 1.5), tier(200_001, 2)] };
const small = {
  input: 2_000,
  cacheRead: 9_000,
  cacheWrite: 1_500,
  cacheWrite1h: 700,
  output: 900,
  reasoning: 300,
  images: 2,
};
const large = { ...small, input: 900_000, cacheRead: 4_000_000, cacheWrite: 1_500_000, output: 128_000 };
const priceAt = priceByHour([0, 60, 240, 360, 600].map((fromMinute) => ({ fromMinute, tiers: price.tiers })));

const cases = {
  "cost, small sum": () => costNano(small, price),
  "cost, sum beyond 2^53": () => costNano(large, price),
  "bound of a hold": () =>
    boundNano({ inputTokens: 250_000, maxOutputTokens: 8_192, images: 2 }, price)?.totalNano ?? 0,
  "price of the minute": (turn: number) => priceAt(turn * 60_000).price?.tiers.length ?? 0,
};
for (const [name, run] of Object.entries(cases)) {
  const TURNS = 20_000;
  const rounds: number[] = [];
  let kept = 0;
  for (let round = 0; round < 15; round++) {
    const startedMs = performance.now();
    for (let turn = 0; turn < TURNS; turn++) kept += run(turn) ?? 0;
    rounds.push(((performance.now() - startedMs) / TURNS) * 1000);
  }
  const median = rounds.sort((a, b) => a - b)[7] ?? Number.NaN;
  if (!Number.isFinite(kept)) throw new Error("a price that is no number");
  console.log(`Price of one request, ${name}: ${median.toFixed(2)} µs  (bar ${BAR_US})`);
}
