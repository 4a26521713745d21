import type { Usage } from "../../shared/answer.ts";
import type { NanoUsd } from "../../shared/money.ts";
import { keepsWhatIsMarked } from "./cache-marks.ts";
import type { Price, PriceTier, Wire } from "./provider.ts";

/** A price as a route carries it: tiers, the word "free", or null for a price nobody knows. */
export type RoutePrice = Price | "free" | null;

/** True for a price of nothing, whoever named it. */
export function isFree(price: RoutePrice): boolean {
  if (price === null || price === "free") return price === "free";
  return price.tiers.every((tier) => !(tier.inputUsd || tier.outputUsd || tier.cacheReadUsd || tier.cacheWriteUsd));
}

/**
 * True when the person wrote the price down: it beats what the provider reports, too. "free" is never such a price; a
 * person's own "free" is one of zeros.
 */
export function isOverride(price: RoutePrice): boolean {
  return price !== null && price !== "free" && price.source === "override";
}

/**
 * What a request cost: the whole of it is billed at the tier that its prompt (input, cache read and cache write together)
 * reaches. Summed exactly and rounded once, half up. A free model costs 0; an unknown price gives null, never 0.
 */
export function costNano(usage: Usage, price: RoutePrice): NanoUsd | null {
  if (price === null) return null;
  if (price === "free") return 0;
  const tier = tierFor(price, usage.input + usage.cacheRead + usage.cacheWrite);
  // A plan prices many routes, and most sums are small: whole numbers below 2^53 are exact without BigInt, too.
  const small =
    usage.input * wholeUnits(tier.inputUsd) +
    usage.cacheRead * wholeUnits(tier.cacheReadUsd) +
    usage.cacheWrite * wholeUnits(tier.cacheWriteUsd) +
    usage.output * wholeUnits(tier.outputUsd) +
    HALF_NANO;
  if (small <= Number.MAX_SAFE_INTEGER) return (small - (small % (2 * HALF_NANO))) / (2 * HALF_NANO);
  const units =
    unitsOf(usage.input, tier.inputUsd) +
    unitsOf(usage.cacheRead, tier.cacheReadUsd) +
    unitsOf(usage.cacheWrite, tier.cacheWriteUsd) +
    unitsOf(usage.output, tier.outputUsd);
  return Number((units + UNITS_PER_NANO / 2n) / UNITS_PER_NANO);
}

/** The most a request can cost, and its two parts: what the input costs at worst, and each token of output. */
export interface BoundNano {
  totalNano: NanoUsd;
  inputNano: NanoUsd;
  /** Whole nano-dollars, rounded up, so that a lowered output bound still holds. */
  outputNanoPerToken: NanoUsd;
}

/**
 * The most that a request of at most these tokens can cost: every input token at the dearest of the input, cache-read
 * and cache-write rates, in the dearest tier that so many tokens can reach. null when the price is not known.
 */
export function boundNano(
  tokens: { inputTokens: number; maxOutputTokens: number },
  price: RoutePrice,
): BoundNano | null {
  if (price === null) return null;
  if (price === "free") return { totalNano: 0, inputNano: 0, outputNanoPerToken: 0 };
  let inputRate = 0n;
  let outputRate = 0n;
  for (const tier of price.tiers) {
    // A smaller prompt may fall into any lower tier, and a lower tier is not always the cheaper one.
    if (tier.fromInputTokens > tokens.inputTokens) break;
    for (const usd of [tier.inputUsd, tier.cacheReadUsd, tier.cacheWriteUsd]) {
      const rate = unitsPerToken(usd);
      if (rate > inputRate) inputRate = rate;
    }
    const rate = unitsPerToken(tier.outputUsd);
    if (rate > outputRate) outputRate = rate;
  }
  const inputNano = Number(ceilNano(BigInt(tokens.inputTokens) * inputRate));
  const outputNanoPerToken = Number(ceilNano(outputRate));
  return { totalNano: inputNano + tokens.maxOutputTokens * outputNanoPerToken, inputNano, outputNanoPerToken };
}

/** The bound that holds at whichever of the prices turns out to apply; null when one of them is not known. */
export function boundOverNano(
  tokens: { inputTokens: number; maxOutputTokens: number },
  prices: readonly RoutePrice[],
): BoundNano | null {
  let inputNano = 0;
  let outputNanoPerToken = 0;
  for (const price of prices) {
    const bound = boundNano(tokens, price);
    if (bound === null) return null;
    inputNano = Math.max(inputNano, bound.inputNano);
    outputNanoPerToken = Math.max(outputNanoPerToken, bound.outputNanoPerToken);
  }
  return { totalNano: inputNano + tokens.maxOutputTokens * outputNanoPerToken, inputNano, outputNanoPerToken };
}

/** Anthropic charges this much of the input price for what it keeps for five minutes. */
const ANTHROPIC_CACHE_WRITE = 1.25;

/**
 * What writing to the cache costs, in USD per million tokens, where a price does not name it: the input price, and at
 * Anthropic, or for its models behind a gateway (`anthropic/…`), a quarter more.
 */
export function usualCacheWriteUsd(inputUsd: number, { wire, modelId }: { wire: Wire; modelId: string }): number {
  return keepsWhatIsMarked({ wire, modelId }) ? inputUsd * ANTHROPIC_CACHE_WRITE : inputUsd;
}

/** The tier a prompt of so many tokens is billed at. */
export function tierFor(price: Price, promptTokens: number): PriceTier {
  let found = price.tiers[0];
  for (const tier of price.tiers) {
    if (tier.fromInputTokens > promptTokens) break;
    found = tier;
  }
  return found;
}

// Sums are made in millionths of a nano-dollar: a price of so many USD per million tokens is usd × 1e9 of them a token.
// That is exact for every price with up to nine decimals, and BigInt because 10 M tokens at $75 leave 2^53 behind.
const UNITS_PER_NANO = 1_000_000n;

const HALF_NANO = 500_000;

function wholeUnits(usdPerMillion: number): number {
  return Math.round(usdPerMillion * 1e9);
}

function unitsPerToken(usdPerMillion: number): bigint {
  return BigInt(wholeUnits(usdPerMillion));
}

function unitsOf(tokens: number, usdPerMillion: number): bigint {
  return tokens === 0 ? 0n : BigInt(tokens) * unitsPerToken(usdPerMillion);
}

function ceilNano(units: bigint): bigint {
  return (units + UNITS_PER_NANO - 1n) / UNITS_PER_NANO;
}
