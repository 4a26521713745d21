import type { CountedTokens } from "./calibrate.ts";

/** How far estimates were from what vendors counted, in per cent of the count; positive where we estimated more. */
export interface EstimateError {
  /** Half of the estimates were above it, and half below. */
  medianPercent: number;
  /** Nine of ten estimates were off by no more than this, in whichever direction. */
  p90Percent: number;
}

/** null where no attempt was counted. What a vendor counted as nothing tells nothing. */
export function estimateError(attempts: readonly CountedTokens[]): EstimateError | null {
  const percents = attempts
    .filter(({ reported, estimated }) => reported > 0 && Number.isFinite(reported) && Number.isFinite(estimated))
    .map(({ reported, estimated }) => ((estimated - reported) / reported) * 100)
    .sort((one, other) => one - other);
  if (percents.length === 0) return null;
  const sizes = percents.map(Math.abs).sort((one, other) => one - other);
  return { medianPercent: median(percents), p90Percent: sizes[Math.ceil(sizes.length * 0.9) - 1] ?? 0 };
}

/** `median error −3 %, 90th percentile 12 % over 140 requests`. */
export function describeEstimateError({ medianPercent, p90Percent }: EstimateError, requests: number): string {
  const rounded = Math.round(medianPercent);
  const sign = rounded < 0 ? "−" : rounded > 0 ? "+" : "";
  const over = requests === 1 ? "1 request" : `${requests.toLocaleString("en-US")} requests`;
  return `median error ${sign}${Math.abs(rounded)} %, 90th percentile ${Math.round(p90Percent)} % over ${over}`;
}

/** Of sorted numbers, at least one. */
function median(sorted: readonly number[]): number {
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  return (lower + upper) / 2;
}
