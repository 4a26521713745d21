/**
 * How well a score says which questions need the strong model. Questions are sorted by the score, the highest first, and
 * the first k go to the strong model; questions of the same score go in every order equally often.
 */

/** One question: what each model got right of it, 0 to 1, and the router's score, higher for "ask the strong one". */
export interface Scored {
  weak: number;
  strong: number;
  score: number;
}

/**
 * The recovered share of the gap between the two models after each number of strong calls, from none (0) to all (1):
 * `PGR(k) = (accuracy(k) − weak) / (strong − weak)`. Exact for every k, ties in expectation: within a group of equal scores
 * it is a straight line. Empty where there is no gap.
 */
export function recoveredGap(questions: readonly Scored[]): number[] {
  const gap = questions.reduce((sum, { weak, strong }) => sum + strong - weak, 0);
  if (questions.length === 0 || gap === 0) return [];
  const sorted = [...questions].sort((a, b) => b.score - a.score);
  const curve = [0];
  let gained = 0;
  for (let from = 0; from < sorted.length; ) {
    let to = from;
    let gainOfGroup = 0;
    for (let each = sorted[to]; each !== undefined && each.score === sorted[from]?.score; each = sorted[to]) {
      gainOfGroup += each.strong - each.weak;
      to += 1;
    }
    for (let k = from + 1; k <= to; k += 1) curve.push((gained + (gainOfGroup * (k - from)) / (to - from)) / gap);
    gained += gainOfGroup;
    from = to;
  }
  return curve;
}

/** The area under the recovered gap over the share of strong calls: .5 is chance. NaN where there is no gap. */
export function areaRecovered(questions: readonly Scored[]): number {
  const curve = recoveredGap(questions);
  let area = 0;
  for (let k = 1; k < curve.length; k += 1) area += ((curve[k - 1] ?? 0) + (curve[k] ?? 0)) / 2;
  return curve.length === 0 ? Number.NaN : area / (curve.length - 1);
}

/** The least share of strong calls, 0 to 1, that recovers `share` of the gap; NaN where there is no gap. */
export function callsFor(share: number, questions: readonly Scored[]): number {
  const curve = recoveredGap(questions);
  const at = curve.findIndex((recovered) => recovered >= share);
  return at < 0 ? Number.NaN : at / (curve.length - 1);
}

/** A generator of numbers from 0 to 1 that are the same for the same seed: mulberry32, a 32-bit generator of T. Ettinger. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * The middle 95 % of what a measure comes to over samples of the questions with replacement (percentile bootstrap). Samples
 * without a gap are left out. [NaN, NaN] where none has one.
 */
export function interval(
  questions: readonly Scored[],
  measure: (questions: readonly Scored[]) => number,
  { samples = 1_000, seed = 1 } = {},
): [low: number, high: number] {
  const random = randomFrom(seed);
  const values: number[] = [];
  for (let sample = 0; sample < samples; sample += 1) {
    const drawn = questions.flatMap(() => questions[Math.floor(random() * questions.length)] ?? []);
    const value = measure(drawn);
    if (Number.isFinite(value)) values.push(value);
  }
  values.sort((a, b) => a - b);
  const at = (share: number) => values[Math.min(values.length - 1, Math.floor(share * values.length))] ?? Number.NaN;
  return [at(0.025), at(0.975)];
}
