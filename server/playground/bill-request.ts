import type { Usage } from "../../shared/answer.ts";
import type { Price } from "../core/provider.ts";

/** Prices are taken to six decimals of a dollar per million tokens, which is finer than any vendor's list. */
const UNITS_PER_USD = 1_000_000n;
/** A token at one such unit per million costs a thousandth of a nano-dollar. */
const UNITS_PER_NANO = 1_000n;

/**
 * What the vendor would put on its bill, in nano-dollars, rounded half up. The vendor does its own sum and shares no code
 * with Wayfare's, so that when the two agree it means something.
 */
export function billRequest(usage: Usage, price: Price): number {
  const prompt = usage.input + usage.cacheRead + usage.cacheWrite;
  const tier = price.tiers.findLast((each) => each.fromInputTokens <= prompt) ?? price.tiers[0];
  const rows: readonly (readonly [number, number])[] = [
    [usage.input, tier.inputUsd],
    [usage.cacheRead, tier.cacheReadUsd],
    [usage.cacheWrite, tier.cacheWriteUsd],
    [usage.output, tier.outputUsd],
  ];
  let units = 0n;
  for (const [tokens, usd] of rows) units += BigInt(tokens) * BigInt(Math.round(usd * Number(UNITS_PER_USD)));
  return Number((units + UNITS_PER_NANO / 2n) / UNITS_PER_NANO);
}
