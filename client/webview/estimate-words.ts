import type { Tier } from "../../shared/answer.ts";
import type { EstimateResult, RouteEstimate } from "../../shared/estimate.ts";
import { formatUsd, NANO_PER_USD, type NanoUsd } from "../../shared/money.ts";
import { fullModel } from "./decision-words.ts";

/** What is said of a question before it is sent, part by part; each part stays in one piece where the line breaks. */
export interface EstimateWords {
  /** `≈ 1,240 tokens` */
  tokens: string;
  /** `cheap $0.0004`; `isNext` for the one that would be asked first. */
  prices: { words: string; isNext: boolean }[];
  /** `more than this workspace's $1.00 a day leaves`, or "". */
  warning: string;
  /** What is assumed, a sentence or more for each route, then for all. */
  details: string[];
}

/**
 * Puts an estimate into words, for the tiers that have a model; null where there is nothing to say. A price that is not
 * known is `?`, never $0.
 */
export function estimateWords(estimate: EstimateResult, tiers: Readonly<Record<Tier, boolean>>): EstimateWords | null {
  const { cheap, frontier, picked, tier } = estimate;
  const all = [picked, cheap, frontier].filter((each) => each !== null);
  const next = picked ?? (tier === null ? null : estimate[tier]);
  const counted = next ?? all[0];
  if (counted === undefined) return null;
  const tokens = `${counted.inputTokens.toLocaleString("en-US")} ${counted.inputTokens === 1 ? "token" : "tokens"}`;
  const prices =
    picked !== null
      ? [{ words: priceOf(picked), isNext: false }]
      : (["cheap", "frontier"] as const)
          .filter((each) => tiers[each] || estimate[each] !== null)
          .map((each) => ({ words: `${each} ${priceOf(estimate[each])}`, isNext: each === tier }));
  const wanted = next === null ? all : [next];
  const over = wanted.every(({ overCap }) => overCap !== null) ? (wanted[0]?.overCap ?? null) : null;
  const warning = over === null ? "" : `more than ${over} leaves`;
  return {
    tokens: `≈ ${tokens}`,
    // One tier alone is asked in any case.
    prices: prices.map(({ words, isNext }) => ({ words, isNext: isNext && prices.length > 1 })),
    warning,
    details: [...all.map(detailOf), "Prices are those of this moment. Nothing was sent to find this out."],
  };
}

/** Two digits, for so good an estimate may be: `$0.0004`, `$0.012`, `$1.30`; `free`; `?`. */
export function estimateUsd(nano: NanoUsd | null): string {
  if (nano === 0) return "free";
  if (nano === null || nano < 50_000 || nano >= NANO_PER_USD) return formatUsd(nano);
  const usd = nano / NANO_PER_USD;
  return usd >= 0.0995 ? `$${usd.toFixed(2)}` : `$${Number(usd.toPrecision(2))}`;
}

function priceOf(route: RouteEstimate | null): string {
  return estimateUsd(route?.costNano ?? null);
}

function detailOf(route: RouteEstimate): string {
  const { costNano, heldNano, inputTokens, cacheReadTokens, cacheWriteTokens, answerTokens, overCap } = route;
  const count = (tokens: number) => tokens.toLocaleString("en-US");
  const price = costNano === null ? "price unknown" : costNano === 0 ? "free" : `about ${estimateUsd(costNano)}`;
  const cached = [
    ...(cacheReadTokens > 0 ? [`${count(cacheReadTokens)} of them from the vendor's cache`] : []),
    ...(cacheWriteTokens > 0 ? [`${count(cacheWriteTokens)} of them written into it`] : []),
  ];
  const counted = route.isCalibrated ? "counted as this model has counted lately" : "as we estimate them";
  const sentences = [
    `${capital(route.tier)}, ${fullModel(route)}: ${price}${route.simulated ? ", simulated money" : ""}.`,
    `${count(inputTokens)} tokens of prompt, ${counted}, ${cached.length > 0 ? cached.join(" and ") : "none of them taken as cached"}; ${count(answerTokens)} tokens of answer, ${answerFrom[route.answerFrom]}.`,
    ...(heldNano === null || heldNano === 0 ? [] : [`Up to ${formatUsd(heldNano)} is held until it is answered.`]),
    ...(overCap === null ? [] : [`The least that must be held is more than ${overCap} leaves.`]),
  ];
  return sentences.join(" ");
}

const answerFrom: Record<RouteEstimate["answerFrom"], string> = {
  conversation: "the mean of its answers in this conversation",
  model: "the mean of its answers lately",
  usual: "a usual length, as little is known of its own",
};

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
