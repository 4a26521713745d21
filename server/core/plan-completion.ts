import type { Classification, LeftOutRoute } from "../../shared/answer.ts";
import { formatUsd } from "../../shared/money.ts";
import { describeComplexity } from "./completion-complexity.ts";
import type { CompletionPlace } from "./completion-place.ts";
import type { PlanStep } from "./plan-route.ts";
import { costNano } from "./price.ts";
import { type Route, routeName } from "./provider.ts";
import { type Candidate, type WeighFacts, weigh } from "./weigh-routes.ts";

/** Everything the plan of one completion is made from. */
export interface CompletionPlanFacts extends Omit<WeighFacts, "expectedOutputTokens"> {
  /** Every route that is set up; within a tier in the person's own order, which decides between equals. */
  routes: readonly Route[];
  /** `provider/model` of `wayfare.completions.model`: that one alone, whatever its tier; null: the cheap tier. */
  model: string | null;
  /** Whether it can fill a hole now, and need not be asked in chat. */
  canFill(route: Route): boolean;
  /** Money is under a cap: then a price must be known. */
  isCapped: boolean;
  inputTokens: number;
  maxOutputTokens: number;
  /** Routes left alone for now, by `routeName`, and why, in words such as "rate limited". */
  cooling: ReadonlyMap<string, { untilMs: number; why: string }>;
  /** In the time that `cooling` is counted in. */
  nowMs: number;
  /** The person asked for it by hand: then a route that cools is tried when no other is left. */
  isInvoked: boolean;
  /** Routes that the person paused, by `routeName`: none of them is asked. Absent: none. */
  paused?: ReadonlySet<string>;
  /** Why the frontier is worth its price here (`worthFrontier`); null or absent: it is not, and is never asked. */
  frontier?: string | null;
}

/**
 * Why a completion is worth the frontier, in a few words, or null. Somebody has to wait for it: ghost text that comes while
 * one types is neither slower nor dearer than it was. So it must have been asked for by hand, be lines and not the rest
 * of one, and clearly gain more than the extra cost is worth at the person's exchange rate; and neither a pinned model
 * nor a mode that keeps to the cheap tier or to one model may stand against it.
 */
export function worthFrontier(facts: {
  isInvoked: boolean;
  lines: CompletionPlace["lines"];
  complexity: Classification;
  /** `wayfare.completions.model`; null: none is pinned. */
  model: string | null;
  /** `wayfare.mode` */
  mode: string;
}): string | null {
  const { isInvoked, lines, complexity, model, mode } = facts;
  if (!isInvoked || lines !== "many" || model !== null || (mode !== "auto" && mode !== "frontier")) return null;
  if (complexity.tier !== "frontier" || complexity.confidence < LEAST_CONFIDENCE) return null;
  return describeComplexity(complexity);
}

/** Below this a decision is shown as a close call, and a close call is not worth waiting for. */
const LEAST_CONFIDENCE = 0.3;

export type CompletionPlan =
  | { ok: true; plan: readonly PlanStep[]; leftOut: LeftOutRoute[] }
  /** `why` in a few words, for the status bar. */
  | { ok: false; why: string; leftOut: LeftOutRoute[] };

/**
 * The routes to try for one completion, in order, each with its reason. First those of the cheap tier that fill a hole in
 * code, the least expensive first and unknown prices last, where waiting and failures count as cost, too; then those that can only be asked in chat. A completion comes
 * many times a minute, so the frontier is not asked unless the person named it, or asked by hand for what is worth it:
 * then its routes stand first, and those of the cheap tier step in when they fail. Routes that cool are left out: nobody
 * waits for a completion, and the next letter asks again.
 */
export function planCompletion(facts: CompletionPlanFacts): CompletionPlan {
  const leftOut: LeftOutRoute[] = [];
  const ready: FillCandidate[] = [];
  const cooling: FillCandidate[] = [];
  const seen = new Set<string>();
  for (const [order, route] of facts.routes.entries()) {
    const name = routeName(route);
    const stranger = strangeness(route, facts);
    if (stranger !== null) {
      leftOut.push(leave(route, stranger));
      continue;
    }
    if (seen.has(name)) continue;
    seen.add(name);
    const obstacle = obstacleOf(route, facts);
    if (obstacle !== null) {
      leftOut.push(leave(route, obstacle));
      continue;
    }
    const fills = facts.canFill(route);
    const candidate = {
      route,
      name,
      order,
      fills,
      expectedCostNano: expectedCost(route, facts),
      score: 0,
      waitScore: 0,
    };
    const pause = facts.cooling.get(name);
    if (pause !== undefined && pause.untilMs > facts.nowMs) cooling.push(candidate);
    else ready.push(candidate);
  }

  const chosen = ready.length > 0 || !facts.isInvoked ? ready : cooling;
  if (chosen.length === 0) return { ok: false, why: whyNone(facts, cooling, leftOut), leftOut };
  for (const { route, name } of chosen === ready ? cooling : []) {
    leftOut.push(leave(route, `left alone: ${facts.cooling.get(name)?.why}`));
  }
  for (const tier of ["frontier", "cheap"] as const) {
    const ofTier = chosen.filter(({ route }) => route.tier === tier);
    weigh(ofTier, { ...facts, expectedOutputTokens: Math.ceil(facts.maxOutputTokens * EXPECTED_SHARE) });
  }
  chosen.sort(compare);
  const plan = chosen.map((each) => ({
    route: each.route,
    reason: reasonOf(each, facts),
    expectedCostNano: each.expectedCostNano,
  }));
  return { ok: true, plan, leftOut };
}

interface FillCandidate extends Candidate {
  fills: boolean;
}

/** Of what may come, about so much does: most completions are one line. */
const EXPECTED_SHARE = 0.5;

function expectedCost(route: Route, { inputTokens, maxOutputTokens }: CompletionPlanFacts): number | null {
  const output = Math.ceil(maxOutputTokens * EXPECTED_SHARE);
  return costNano({ input: inputTokens, cacheRead: 0, cacheWrite: 0, output, reasoning: 0 }, route.price);
}

function obstacleOf(route: Route, facts: CompletionPlanFacts): string | null {
  if (facts.paused?.has(routeName(route)) === true) return "paused by you";
  if (facts.isCapped && route.price === null && !route.simulated) return "price not known, and there is a cap";
  const neededTokens = facts.inputTokens + Math.min(facts.maxOutputTokens, route.maxOutputTokens ?? Number.MAX_VALUE);
  return route.windowTokens !== null && neededTokens > route.windowTokens ? "its window is too small" : null;
}

/** Why a route has no place in this plan, whatever its state; null where it has one. */
function strangeness(route: Route, { model, frontier = null }: CompletionPlanFacts): string | null {
  if (model !== null) return routeName(route) === model ? null : `you chose ${model}`;
  return route.tier === "cheap" || (route.tier === "frontier" && frontier !== null) ? null : "not a cheap model";
}

function compare(a: FillCandidate, b: FillCandidate): number {
  // Only where the frontier is worth it are there two tiers.
  if (a.route.tier !== b.route.tier) return a.route.tier === "frontier" ? -1 : 1;
  if (a.fills !== b.fills) return a.fills ? -1 : 1;
  // Two unknown prices give NaN: then waiting decides, and at last the person's own order.
  return a.score - b.score || a.waitScore - b.waitScore || a.order - b.order;
}

function reasonOf({ name, route, fills, expectedCostNano }: FillCandidate, facts: CompletionPlanFacts): string {
  const price =
    expectedCostNano === null
      ? "price unknown"
      : expectedCostNano === 0
        ? "free"
        : `about ${formatUsd(expectedCostNano)}`;
  const how = fills ? "fills holes in code" : "asked in chat";
  if (name === facts.model) return `you chose it; ${how}, ${price}`;
  if (route.tier === "frontier") return `${facts.frontier}: worth a frontier model; ${how}, ${price}`;
  return `${how}, ${price}`;
}

/** The reason of the route that would have been first, in words that fit a status bar. */
function whyNone(
  facts: CompletionPlanFacts,
  cooling: readonly FillCandidate[],
  leftOut: readonly LeftOutRoute[],
): string {
  const first = cooling[0];
  if (first !== undefined) return facts.cooling.get(first.name)?.why ?? "left alone for now";
  if (facts.routes.length === 0) return "no model is set up";
  const near = leftOut.find(({ reason }) => reason !== "not a cheap model" && !reason.startsWith("you chose"));
  if (near?.reason === "paused by you") return near.reason;
  if (near !== undefined) return near.reason.startsWith("price") ? "price not known" : "prompt too long";
  return facts.model === null ? "no cheap model is set up" : "its model is not set up";
}

function leave(route: Route, reason: string): LeftOutRoute {
  return { providerId: route.providerId, modelId: route.modelId, tier: route.tier, reason };
}
