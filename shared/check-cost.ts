import type { Attempt } from "./answer.ts";

/** Prices are rounded in lists, and fees have fractions: what differs by less tells nothing. */
const LEAST_PERCENT = 2;
/** $0.00001: of smaller amounts the rounding alone is per cents. */
const LEAST_NANO = 10_000;

/**
 * By how many per cent our figure, the provider's counts × price, differs from the cost that the provider reports: -17
 * where ours is 17 % less, Infinity where it reports none. null where they agree within 2 %, both are below $0.00001, or
 * there is only one of them.
 */
export function costMismatch({
  costNano,
  costSource,
  computedNano,
}: Pick<Attempt, "costNano" | "costSource" | "computedNano">): number | null {
  if (costSource !== "reported" || costNano === null || computedNano === undefined) return null;
  if (Math.max(costNano, computedNano) < LEAST_NANO) return null;
  const percent = costNano === 0 ? Number.POSITIVE_INFINITY : ((computedNano - costNano) / costNano) * 100;
  return Math.abs(percent) > LEAST_PERCENT ? percent : null;
}

/** The vendor counted more tokens in the answer than it was given room for. What we estimated ourselves says nothing of that. */
export function billedBeyondRoom({
  usage,
  costSource,
  askedOutputTokens,
}: Pick<Attempt, "usage" | "costSource" | "askedOutputTokens">): boolean {
  if (usage === null || askedOutputTokens === undefined) return false;
  return (costSource === "reported" || costSource === "computed") && usage.output > askedOutputTokens;
}
