/** What one answer took, as far as it came: milliseconds, tokens per second; null where it did not come so far. */
export interface SpeedSample {
  /** To the first sign of life. */
  headersMs: number | null;
  /** To the first content. */
  firstContentMs: number | null;
  /** The longest pause between two pieces of content. */
  gapMs: number | null;
  /** Output tokens a second from the first content to the end; null for an answer too short to tell. */
  tokensPerSecond: number | null;
  /** It was given up for silence or a stall: what it had waited is no time that an answer took. */
  isGivenUp?: true | undefined;
}

/** How long an attempt may be silent. There is no limit on the length of an answer that keeps coming. */
export interface Timeouts {
  /** until the first part of any kind: the provider is there */
  headersMs: number;
  /** until the first text, reasoning or tool call; keep-alives do not count */
  firstContentMs: number;
  /** from one piece of content to the next */
  gapMs: number;
}

/** What timers may be learned to: never so short that a hiccup ends a good answer, never so long that a person gives up first. */
export interface TimeoutBounds {
  least: Timeouts;
  most: Timeouts;
}

/** Answers remembered of one model and class of request: with fewer a p95 is one answer, with many it is last week's. */
export const SAMPLES_KEPT = 40;
/** With fewer than this nothing is learned. */
export const LEAST_SAMPLES = 8;
/**
 * A timer rings at so many times the p95. Latencies of models have long tails: of log-normal ones with a spread of 0.7,
 * which is wide for one model and size of prompt, one in 20,000 is beyond three times the p95.
 */
const FACTOR = 3;
/** Beside it, for what a machine and a network add to a fast model. */
const SLACK_MS = 500;

/**
 * The timers for a model and class of request by its own answers: three times the p95 and half a second, within the
 * bounds; `usual` where too little is known. An attempt that was given up counts with half of what it had waited: a model that
 * has become slower is waited for half as long again each time, up to `usual`, and is not shut out for good; one that is
 * dead is not waited for longer than one of which nothing is known.
 */
export function learnTimers(
  samples: readonly SpeedSample[],
  usual: Timeouts,
  { least, most }: TimeoutBounds,
): Timeouts & { learned: boolean } {
  const learn = (field: keyof Timeouts): number | null => {
    const mostOfGivenUp = Math.max(usual[field] - SLACK_MS, 0) / FACTOR;
    const values = [
      ...valuesOf(samples.filter(isAnswered), field),
      ...valuesOf(
        samples.filter((each) => !isAnswered(each)),
        field,
      ).map((ms) => Math.min(ms / 2, mostOfGivenUp)),
    ];
    if (values.length < LEAST_SAMPLES) return null;
    const wantedMs = quantile(values, 0.95) * FACTOR + SLACK_MS;
    return Math.round(Math.min(Math.max(wantedMs, least[field]), most[field]));
  };
  const firstContentMs = learn("firstContentMs");
  const headersMs = learn("headersMs");
  const gapMs = learn("gapMs");
  return {
    headersMs: headersMs ?? usual.headersMs,
    firstContentMs: firstContentMs ?? usual.firstContentMs,
    gapMs: gapMs ?? usual.gapMs,
    learned: firstContentMs !== null,
  };
}

/** What can be told of a model's speed: null where fewer than five answers tell it. */
export interface Speed {
  firstContentP50Ms: number | null;
  firstContentP95Ms: number | null;
  tokensPerSecond: number | null;
}

/** Fewer answers than this are no speed to plan by. */
const LEAST_FOR_SPEED = 5;

export function speedOf(samples: readonly SpeedSample[]): Speed {
  const answered = samples.filter(isAnswered);
  const firsts = valuesOf(answered, "firstContentMs");
  const rates = valuesOf(answered, "tokensPerSecond");
  const known = firsts.length >= LEAST_FOR_SPEED;
  return {
    firstContentP50Ms: known ? Math.round(quantile(firsts, 0.5)) : null,
    firstContentP95Ms: known ? Math.round(quantile(firsts, 0.95)) : null,
    tokensPerSecond: rates.length >= LEAST_FOR_SPEED ? quantile(rates, 0.5) : null,
  };
}

/** The samples with one more, the oldest dropped beyond `SAMPLES_KEPT`. */
export function withSample(samples: readonly SpeedSample[], sample: SpeedSample): SpeedSample[] {
  return [...samples.slice(-(SAMPLES_KEPT - 1)), sample];
}

/** `chat`, `completion` or `helper`, and how long the prompt is: a long one takes its time before the first token. */
export function requestClass(kind: string, inputTokens: number): string {
  const size = inputTokens < 2_000 ? "short" : inputTokens < 16_000 ? "middle" : "long";
  return `${kind} ${size}`;
}

function isAnswered(sample: SpeedSample): boolean {
  return sample.isGivenUp !== true;
}

function valuesOf(samples: readonly SpeedSample[], field: keyof Timeouts | "tokensPerSecond"): number[] {
  return samples.flatMap((sample) => sample[field] ?? []);
}

/** Nearest rank: of 20 values the p95 is the 19th. `values` holds at least one. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
