import type { Route } from "./provider.ts";

/** What is known of a route's answers to requests of this kind and size; null: not known. */
export interface RouteSpeed {
  firstContentMs: number | null;
  tokensPerSecond: number | null;
  /** Share of its requests that failed lately, 0 to 1. */
  failureShare: number;
}

/** A route that may stand in a plan. */
export interface Candidate {
  route: Route;
  /** In the person's own order. */
  order: number;
  /** `routeName` of the route. */
  name: string;
  expectedCostNano: number | null;
  /** Nano-dollars that it costs, waiting and failures counted in; infinite where the price is not known. */
  score: number;
  /** The part of it that is not the price: it decides between prices that nobody knows. */
  waitScore: number;
}

/** What routes are weighed by. */
export interface WeighFacts {
  /** How fast and how reliable routes have been, by `routeName`; one that is absent is taken for as good as the best. */
  speeds?: ReadonlyMap<string, RouteSpeed>;
  /** What a second less of waiting is worth, in nano-dollars (`worthOfSecondNano`); absent: nothing. */
  secondNano?: number;
  /** Tokens of a usual answer of this kind. */
  expectedOutputTokens: number;
}

/** What a second of a person's waiting is worth at the middle of economy and quality, in nano-dollars: a hundredth of a cent. */
const SECOND_NANO = 100_000;
/** A failure costs the person so many seconds before the next route is asked. */
const FAILURE_SECONDS = 5;
/** However bad it was: it is tried again some day. */
const MOST_FAILURE_SHARE = 0.9;

/**
 * What a second less of waiting is worth in nano-dollars at `wayfare.quality` (0 economy to 100 quality): nothing at 0,
 * $0.0001 at 50, $0.0004 at 100. At the middle a second weighs as much as some fifty tokens of a cheap model's answer.
 */
export function worthOfSecondNano(quality: number): number {
  return SECOND_NANO * (quality / 50) ** 2;
}

/**
 * Gives the candidates of one tier their scores: what the answer costs, what waiting for it is worth, and both over again
 * for the share of requests that fail.
 */
export function weigh(candidates: readonly Candidate[], facts: WeighFacts): void {
  const { speeds, secondNano = 0 } = facts;
  const secondsOf = ({ name, route }: Candidate): number | null => expectedSeconds(speeds?.get(name), route, facts);
  let best = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) best = Math.min(best, secondsOf(candidate) ?? best);
  for (const candidate of candidates) {
    const seconds = secondsOf(candidate) ?? (Number.isFinite(best) ? best : 0);
    const failing = Math.min(speeds?.get(candidate.name)?.failureShare ?? 0, MOST_FAILURE_SHARE);
    const cost = candidate.expectedCostNano ?? Number.POSITIVE_INFINITY;
    candidate.waitScore = ((seconds + failing * FAILURE_SECONDS) * secondNano) / (1 - failing);
    candidate.score = cost / (1 - failing) + candidate.waitScore;
  }
}

/** From asking to the last word of a usual answer; null when it was never measured. */
function expectedSeconds(speed: RouteSpeed | undefined, route: Route, facts: WeighFacts): number | null {
  if (speed === undefined || speed.firstContentMs === null) return null;
  const tokens = Math.min(facts.expectedOutputTokens, route.maxOutputTokens ?? facts.expectedOutputTokens);
  return speed.firstContentMs / 1000 + (speed.tokensPerSecond === null ? 0 : tokens / speed.tokensPerSecond);
}

/** Why the first of a tier stands before the others of its tier: it costs least, or another that costs less fails or takes longer. */
export function whyFirst(sorted: readonly Candidate[], first: Candidate, facts: WeighFacts): string {
  const costOf = ({ expectedCostNano }: Candidate) => expectedCostNano ?? Number.POSITIVE_INFINITY;
  const { tier } = first.route;
  const cheaper = sorted
    .filter((each) => each.route.tier === tier && costOf(each) < costOf(first))
    .sort((a, b) => costOf(a) - costOf(b))[0];
  if (cheaper === undefined) return `the least expensive ${tier} model`;
  const ours = facts.speeds?.get(first.name);
  const theirs = facts.speeds?.get(cheaper.name);
  const failing = theirs?.failureShare ?? 0;
  if (failing - (ours?.failureShare ?? 0) > 0.1) {
    return `fails less than ${cheaper.name} (${Math.round(failing * 100)} % lately)`;
  }
  const [sooner, later] = [expectedSeconds(ours, first.route, facts), expectedSeconds(theirs, cheaper.route, facts)];
  if (sooner === null || later === null) return `expected to answer sooner than ${cheaper.name}`;
  return `done in about ${secondsInWords(sooner)}, ${cheaper.name} in ${secondsInWords(later)}`;
}

function secondsInWords(seconds: number): string {
  return seconds < 10 ? `${Math.round(seconds * 10) / 10} s` : `${Math.round(seconds)} s`;
}
