/**
 * What a vendor's count is to our estimate, learned from the counts that it reported. It only matters where no count came:
 * there our estimate is settled times this factor, so that a vendor that counts more than we do is not underbooked.
 */

/** Tokens of one attempt: as the vendor counted them, and as we estimated the same text. */
export interface CountedTokens {
  reported: number;
  estimated: number;
}

/** What an estimate of so many tokens is multiplied with, for the prompt and for the answer. */
export interface TokenFactors {
  input: number;
  output: number;
}

/** Ratios of the newest attempts, the oldest first; at most `MOST_RATIOS`. */
export type Ratios = readonly number[];

/** Long enough to have seen prose, code and other alphabets; short enough to forget a vendor's old way of counting. */
const MOST_RATIOS = 20;
/** Fewer tokens than this say more about what a format adds around each message than about how text is counted. */
const LEAST_TOKENS = 16;
/** Beyond these a ratio is no way of counting text: hidden reasoning, or a count of something else. */
const LEAST_FACTOR = 0.5;
const MOST_FACTOR = 3;
/** How much more than our estimate a vendor may count whom nothing is known of, where a cap must hold. */
const CAUTIOUS_FACTOR = 1.5;

/** The ratios with one more attempt; as they were where it is too small to tell. */
export function learnRatio(ratios: Ratios, { reported, estimated }: CountedTokens): Ratios {
  if (!(estimated >= LEAST_TOKENS && reported > 0 && Number.isFinite(reported))) return ratios;
  const ratio = Math.min(MOST_FACTOR, Math.max(LEAST_FACTOR, reported / estimated));
  return [...ratios, ratio].slice(-MOST_RATIOS);
}

/**
 * The largest of the ratios. Before anything is learned it is a cautious one while a cap applies, which must not be
 * overrun by what nobody counted, and 1 otherwise.
 */
export function factorOf(ratios: Ratios, { isCapped }: { isCapped: boolean }): number {
  return ratios.length > 0 ? Math.max(...ratios) : isCapped ? CAUTIOUS_FACTOR : 1;
}

/** The middle one of the ratios, for what is shown and not held; null before anything is learned. */
export function typicalFactor(ratios: Ratios): number | null {
  const ascending = [...ratios].sort((a, b) => a - b);
  const middle = ascending.length >> 1;
  const upper = ascending[middle];
  if (upper === undefined) return null;
  return ascending.length % 2 === 1 ? upper : (upper + (ascending[middle - 1] ?? upper)) / 2;
}

/** An estimate as the vendor would count it, in whole tokens. */
export function calibrated(estimatedTokens: number, factor: number): number {
  return Math.ceil(estimatedTokens * factor);
}
