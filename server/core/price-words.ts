import { isFree, type RateName, type RoutePrice, rateNames, tierFor } from "./price.ts";
import type { PriceTier } from "./provider.ts";

/** One rate that became another, in a tier of prompts from `fromInputTokens` on. USD per million, or each. */
export interface RateChange {
  rate: RateName;
  fromInputTokens: number;
  fromUsd: number;
  toUsd: number;
}

/** What a rate is called in the middle of a sentence. */
export const rateWords: Readonly<Record<RateName, string>> = {
  inputUsd: "input",
  outputUsd: "output",
  cacheReadUsd: "cache read",
  cacheWriteUsd: "cache write",
  cacheWrite1hUsd: "cache write for an hour",
  reasoningUsd: "thinking",
  imageUsd: "each image",
  requestUsd: "each request",
};

/** `$25`, `$2.50`, `$0.075`: cents at least where there are any, and no zeros behind them. */
export function rateUsd(usd: number): string {
  if (Number.isInteger(usd)) return `$${usd}`;
  const [whole = "0", decimals = ""] = usd.toFixed(9).replace(/0+$/, "").split(".");
  return `$${whole}.${decimals.padEnd(2, "0")}`;
}

/** `input $2.50 → $25`, with the size where it is of a larger prompt. */
export function changeWords({ rate, fromInputTokens, fromUsd, toUsd }: RateChange): string {
  const size = fromInputTokens === 0 ? "" : ` from ${fromInputTokens.toLocaleString("en-US")} tokens on`;
  return `${rateWords[rate]}${size} ${rateUsd(fromUsd)} → ${rateUsd(toUsd)}`;
}

/** Every rate that differs. Only for prices that are both known; a free one is one of zeros. */
export function rateChanges(before: NonNullable<RoutePrice>, after: NonNullable<RoutePrice>): RateChange[] {
  const changes: RateChange[] = [];
  const starts = new Set([...tiersOf(before), ...tiersOf(after)].map((tier) => tier.fromInputTokens));
  let said = new Set<string>();
  for (const fromInputTokens of [...starts].sort((a, b) => a - b)) {
    const [from, to] = [tierOf(before, fromInputTokens), tierOf(after, fromInputTokens)];
    const here = new Set<string>();
    for (const rate of rateNames) {
      const [fromUsd, toUsd] = [rateOf(from, rate), rateOf(to, rate)];
      if (fromUsd === toUsd) continue;
      // What names no price of its own moves with what it follows, and that is said already.
      if (from[rate] === undefined && to[rate] === undefined) continue;
      const words = `${rate} ${fromUsd} ${toUsd}`;
      here.add(words);
      if (!said.has(words)) changes.push({ rate, fromInputTokens, fromUsd, toUsd });
    }
    said = here;
  }
  return changes;
}

/** "input $0.25 → $0.30, output $2 → $2.50 per million"; null when nothing changed. */
export function describePriceChange(before: RoutePrice, after: RoutePrice): string | null {
  if (before === null) return after === null ? null : `price now known: ${describePrice(after)}`;
  if (after === null) return "its price is no longer known";
  const changes = rateChanges(before, after);
  if (changes.length === 0) return null;
  if (isFree(after)) return `now free (it was ${describePrice(before)})`;
  if (isFree(before)) return `no longer free: ${describePrice(after)}`;
  const isFee = ({ rate }: RateChange) => rate === "imageUsd" || rate === "requestUsd";
  const perMillion = changes.filter((each) => !isFee(each)).map(changeWords);
  const rates = perMillion.length === 0 ? [] : [`${perMillion.join(", ")} per million`];
  return [...rates, ...changes.filter(isFee).map(changeWords)].join(", ");
}

/** "input $0.25, output $2 per million"; of several sizes the smallest. */
export function describePrice(price: NonNullable<RoutePrice>): string {
  if (isFree(price)) return "free";
  const tier = tierOf(price, 0);
  const fees = (["imageUsd", "requestUsd"] as const).flatMap((rate) =>
    tier[rate] ? [`${rateWords[rate]} ${rateUsd(tier[rate])}`] : [],
  );
  return [`input ${rateUsd(tier.inputUsd)}, output ${rateUsd(tier.outputUsd)} per million`, ...fees].join(", ");
}

const zero: PriceTier = { fromInputTokens: 0, inputUsd: 0, outputUsd: 0, cacheReadUsd: 0, cacheWriteUsd: 0 };

function tiersOf(price: NonNullable<RoutePrice>): readonly PriceTier[] {
  return price === "free" ? [zero] : price.tiers;
}

function tierOf(price: NonNullable<RoutePrice>, promptTokens: number): PriceTier {
  return price === "free" ? zero : tierFor(price, promptTokens);
}

/** A rate that a tier does not name is that of the rate it is a kind of. */
function rateOf(tier: PriceTier, rate: RateName): number {
  if (rate === "reasoningUsd") return tier.reasoningUsd ?? tier.outputUsd;
  if (rate === "cacheWrite1hUsd") return tier.cacheWrite1hUsd ?? tier.cacheWriteUsd;
  return tier[rate] ?? 0;
}
