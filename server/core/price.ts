import type { Usage } from "../../shared/answer.ts";
import type { NanoUsd } from "../../shared/money.ts";
import { keepsWhatIsMarked } from "./cache-marks.ts";
import type { Price, PriceTier, Wire } from "./provider.ts";

/** A price as a route carries it: tiers, the word "free", or null for a price nobody knows. */
export type RoutePrice = Price | "free" | null;

/** True for a price of nothing, whoever named it. */
export function isFree(price: RoutePrice): boolean {
  if (price === null || price === "free") return price === "free";
  return price.tiers.every((tier) => rateNames.every((name) => !tier[name]));
}

/** Every rate of a tier, in the order in which they are shown. */
export const rateNames = [
  "inputUsd",
  "outputUsd",
  "cacheReadUsd",
  "cacheWriteUsd",
  "cacheWrite1hUsd",
  "reasoningUsd",
  "imageUsd",
  "requestUsd",
] as const satisfies readonly (keyof PriceTier)[];
export type RateName = (typeof rateNames)[number];

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
  const hourWrite = Math.min(usage.cacheWrite1h ?? 0, usage.cacheWrite);
  const reasoning = tier.reasoningUsd === undefined ? 0 : Math.min(usage.reasoning, usage.output);
  const images = tier.imageUsd === undefined ? 0 : (usage.images ?? 0);
  const inputUnits = wholeUnits(tier.inputUsd);
  const readUnits = wholeUnits(tier.cacheReadUsd);
  const writeUnits = wholeUnits(tier.cacheWriteUsd);
  const hourUnits = wholeUnits(tier.cacheWrite1hUsd ?? tier.cacheWriteUsd);
  const outputUnits = wholeUnits(tier.outputUsd);
  const reasoningUnits = wholeUnits(tier.reasoningUsd ?? 0);
  const imageUnits = feeUnits(tier.imageUsd);
  const requestUnits = feeUnits(tier.requestUsd);
  // A plan prices many routes, and most sums are small: whole numbers below 2^53 are exact without BigInt, too.
  const small =
    usage.input * inputUnits +
    usage.cacheRead * readUnits +
    (usage.cacheWrite - hourWrite) * writeUnits +
    hourWrite * hourUnits +
    (usage.output - reasoning) * outputUnits +
    reasoning * reasoningUnits +
    images * imageUnits +
    requestUnits +
    HALF_NANO;
  if (small <= Number.MAX_SAFE_INTEGER) return (small - (small % (2 * HALF_NANO))) / (2 * HALF_NANO);
  const units =
    times(usage.input, inputUnits) +
    times(usage.cacheRead, readUnits) +
    times(usage.cacheWrite - hourWrite, writeUnits) +
    times(hourWrite, hourUnits) +
    times(usage.output - reasoning, outputUnits) +
    times(reasoning, reasoningUnits) +
    times(images, imageUnits) +
    BigInt(requestUnits);
  return Number((units + UNITS_PER_NANO / 2n) / UNITS_PER_NANO);
}

/** The most a request can cost, and its two parts: what the input costs at worst, and each token of output. */
export interface BoundNano {
  totalNano: NanoUsd;
  /** With what each request and each image costs. */
  inputNano: NanoUsd;
  /** Whole nano-dollars, rounded up, so that a lowered output bound still holds. */
  outputNanoPerToken: NanoUsd;
}

/** The most that a request may be: tokens, and the images among its input. */
export interface RequestBound {
  inputTokens: number;
  maxOutputTokens: number;
  /** Absent: none. */
  images?: number;
}

/**
 * The most that a request of at most these tokens can cost: every input token at the dearest of the input, cache-read
 * and cache-write rates, every output token at the dearer of text and thinking, in the dearest tier that so many tokens
 * can reach, and the fees. Writing to the cache for an hour is left out: no request of ours asks for it, and what is not
 * asked for is not billed. null when the price is not known.
 */
export function boundNano(request: RequestBound, price: RoutePrice): BoundNano | null {
  if (price === null) return null;
  if (price === "free") return { totalNano: 0, inputNano: 0, outputNanoPerToken: 0 };
  let inputRate = 0n;
  let outputRate = 0n;
  let fees = 0n;
  for (const tier of price.tiers) {
    // A smaller prompt may fall into any lower tier, and a lower tier is not always the cheaper one.
    if (tier.fromInputTokens > request.inputTokens) break;
    for (const usd of [tier.inputUsd, tier.cacheReadUsd, tier.cacheWriteUsd]) {
      inputRate = larger(inputRate, BigInt(wholeUnits(usd)));
    }
    for (const usd of [tier.outputUsd, tier.reasoningUsd ?? 0])
      outputRate = larger(outputRate, BigInt(wholeUnits(usd)));
    fees = larger(fees, times(request.images ?? 0, feeUnits(tier.imageUsd)) + BigInt(feeUnits(tier.requestUsd)));
  }
  const inputNano = Number(ceilNano(BigInt(request.inputTokens) * inputRate + fees));
  const outputNanoPerToken = Number(ceilNano(outputRate));
  return { totalNano: inputNano + request.maxOutputTokens * outputNanoPerToken, inputNano, outputNanoPerToken };
}

/** The bound that holds at whichever of the prices turns out to apply; null when one of them is not known. */
export function boundOverNano(request: RequestBound, prices: readonly RoutePrice[]): BoundNano | null {
  let inputNano = 0;
  let outputNanoPerToken = 0;
  for (const price of prices) {
    const bound = boundNano(request, price);
    if (bound === null) return null;
    inputNano = Math.max(inputNano, bound.inputNano);
    outputNanoPerToken = Math.max(outputNanoPerToken, bound.outputNanoPerToken);
  }
  return { totalNano: inputNano + request.maxOutputTokens * outputNanoPerToken, inputNano, outputNanoPerToken };
}

/** Anthropic charges this much of the input price for what it keeps for five minutes, and for an hour. */
const ANTHROPIC_CACHE_WRITE = 1.25;
const ANTHROPIC_CACHE_WRITE_1H = 2;

/**
 * What writing to the cache costs, in USD per million tokens, where a price does not name it: the input price, and at
 * Anthropic, or for its models behind a gateway (`anthropic/…`), a quarter more
 * (https://platform.claude.com/docs/en/build-with-claude/prompt-caching).
 */
export function usualCacheWriteUsd(inputUsd: number, model: { wire: Wire; modelId: string }): number {
  return keepsWhatIsMarked(model) ? inputUsd * ANTHROPIC_CACHE_WRITE : inputUsd;
}

/** The same for what is to be kept for an hour: twice the input price at Anthropic; undefined where nobody has it. */
export function usualCacheWrite1hUsd(inputUsd: number, model: { wire: Wire; modelId: string }): number | undefined {
  return keepsWhatIsMarked(model) ? inputUsd * ANTHROPIC_CACHE_WRITE_1H : undefined;
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

/** A fee of so many USD, exact to a millionth of a millionth of them. */
function feeUnits(usd: number | undefined): number {
  return usd === undefined ? 0 : Math.round(usd * 1e12) * 1_000;
}

function times(count: number, units: number): bigint {
  return count === 0 ? 0n : BigInt(count) * BigInt(units);
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function ceilNano(units: bigint): bigint {
  return (units + UNITS_PER_NANO - 1n) / UNITS_PER_NANO;
}
