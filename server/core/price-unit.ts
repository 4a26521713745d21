import type { Price } from "./provider.ts";

/** A price in a unit that nobody documents, and what another source says of the same model in USD per million. */
export interface UnitSample {
  input: number;
  output: number;
  known: Pick<Price["tiers"][number], "inputUsd" | "outputUsd">;
}

/** What one of the list's numbers may be: USD for a token, for a thousand, for a million. As factors to USD per million. */
const units = [1_000_000, 1_000, 1] as const;
/** Sellers give discounts and take fees; another currency is off by more than this. */
const MOST_APART = 1.5;
/** Fewer models than these may agree by chance. */
const LEAST_MODELS = 3;
/** How many of those that both know must agree. */
const LEAST_SHARE = 0.8;

/**
 * The factor from a list's numbers to USD per million tokens, found by what another source says of the same models; null
 * unless exactly one unit fits at least three of them, and four fifths of all.
 */
export function findPriceUnit(samples: readonly UnitSample[]): number | null {
  const telling = samples.filter((each) => each.known.inputUsd > 0 && each.known.outputUsd > 0);
  const fitting = units.filter((unit) => {
    const agreeing = telling.filter(
      ({ input, output, known }) => isNear(input * unit, known.inputUsd) && isNear(output * unit, known.outputUsd),
    ).length;
    return agreeing >= LEAST_MODELS && agreeing >= telling.length * LEAST_SHARE;
  });
  const [only, ...others] = fitting;
  return only === undefined || others.length > 0 ? null : only;
}

function isNear(a: number, b: number): boolean {
  return a > 0 && a <= b * MOST_APART && b <= a * MOST_APART;
}
