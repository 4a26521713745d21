import type { Classification, LeftOutRoute, PlannedRoute, Tier } from "../../shared/answer.ts";
import type { Failure } from "../../shared/failure.ts";
import { formatUsd } from "../../shared/money.ts";
import { tokensInWords } from "../../shared/token-words.ts";
import {
  type BarFacts,
  isDoubtful,
  keylessWords,
  notConfigured,
  switchedOffWords,
  tooLongForAll,
  whyBarred,
  whyImpossible,
  whyNoneAllowed,
  whyPickedBarred,
  whyTierUnable,
  whyTooLong,
} from "./bar-routes.ts";
import { describeWhy } from "./classify.ts";
import type { RestEnd } from "./health.ts";
import { ASSUMED_WINDOW_TOKENS } from "./model-facts.ts";
import { costNano } from "./price.ts";
import { type Route, routeName } from "./provider.ts";
import { type Candidate, type WeighFacts, weigh, whyFirst } from "./weigh-routes.ts";

/** Everything a plan is made from: plain values, so that the same facts always give the same plan. */
export interface PlanFacts extends WeighFacts, BarFacts {
  /** null when nothing was classified, because the person chose. */
  classification: Classification | null;
  /** Routes left alone for now, by `routeName`, and why, in words such as "rate limited". */
  cooling: ReadonlyMap<string, PlanPause>;
  /** In the time that `cooling` is counted in. */
  nowMs: number;
  /** The route that answered this conversation last, and what of this prompt its vendor most likely still has cached. */
  warm?: { name: string; cachedTokens: number } | null;
}

/** Why a route is left alone for now. */
export interface PlanPause {
  /** Infinite while another request is trying it. */
  untilMs: number;
  why: string;
  /** What its end hangs on; absent: `passing`. */
  ends?: RestEnd;
}

export interface PlanStep {
  route: Route;
  reason: string;
  expectedCostNano: number | null;
  /** It rests: only asked when every other has failed. */
  isLastResort?: true;
}

/**
 * `floor`: no model of the tier that was found can take the request, and why, as a clause. `elsewhere`: what else has the
 * plan begin with the other tier; `why` says it behind the tier's own reason.
 */
export type PlanResult =
  | {
      ok: true;
      plan: readonly PlanStep[];
      leftOut: LeftOutRoute[];
      tier: Tier;
      why: string;
      floor?: string;
      elsewhere?: string;
    }
  | { ok: false; failure: Failure };

/**
 * The routes to try for one request, in order, each with its reason, and every other route with the reason it was left
 * out. Routes that rest and will be well by themselves are the last resort; those that a person must mend come after
 * them; those whose vendor named a time are not asked before it, one that was picked by hand included.
 * First the tier that was asked for or found, the least expected cost first and unknown prices last, where waiting and
 * failures count as cost, too; then the other tier. A model of the other, better tier that has the conversation cached
 * goes first while that costs less than beginning anew. A model picked by hand is the whole plan. Fails when nothing is set up that could answer, naming the setting.
 */
export function planRoute(facts: PlanFacts): PlanResult {
  const failure = whyImpossible(facts);
  if (failure !== null) return { ok: false, failure };
  if (facts.mode !== "auto" && facts.mode !== "cheap" && facts.mode !== "frontier") return planPicked(facts);
  const nothingAllowed = whyNoneAllowed(facts);
  if (nothingAllowed !== null) return { ok: false, failure: nothingAllowed };

  const tier = wantedTier(facts);
  const candidates = new Map<string, Candidate>();
  const cooling: Candidate[] = [];
  const leftOut = [
    ...(facts.switchedOff ?? []).map((route) => leave(route, switchedOffWords)),
    ...(facts.keyless ?? []).map((route) => leave(route, keylessWords)),
  ];
  for (const [order, route] of facts.routes.entries()) {
    const barred = whyBarred(route, facts) ?? whyTooLong(route, facts);
    if (barred !== null) {
      leftOut.push(leave(route, barred));
      continue;
    }
    const name = routeName(route);
    const candidate: Candidate = {
      route,
      order,
      name,
      expectedCostNano: expectedCost(route, facts),
      score: 0,
      waitScore: 0,
    };
    const twin = candidates.get(name);
    if (twin === undefined) candidates.set(name, candidate);
    else if (twin.route.tier === tier || route.tier !== tier) {
      leftOut.push(leave(route, `already in the plan as ${twin.route.tier}`));
    } else {
      candidates.set(name, candidate);
      leftOut.push(leave(twin.route, `already in the plan as ${route.tier}`));
    }
  }

  const ready: Candidate[] = [];
  for (const candidate of candidates.values()) {
    const pause = facts.cooling.get(candidate.name);
    if (pause !== undefined && pause.untilMs > facts.nowMs) cooling.push(candidate);
    else ready.push(candidate);
  }
  const resting = (ends: RestEnd) => restingBy(ends, cooling, tier, facts);
  const named = resting("named");
  const passing = resting("passing");
  // What a person must mend comes last of all: they may have mended it, and if not, it is what they have to be told.
  const rest = [...passing, ...resting("lasting")];
  for (const { route, name } of named) leftOut.push(leave(route, coolingWords(name, facts)));
  if (ready.length + rest.length > 0) {
    const lastResort = rest.map(({ route, name, expectedCostNano }) => ({
      route,
      reason:
        ready.length === 0
          ? `tried although it is ${coolingWords(name, facts)}: nothing else is left`
          : `last resort, ${coolingWords(name, facts)}`,
      expectedCostNano,
      ...(ready.length === 0 ? {} : { isLastResort: true as const }),
    }));
    const away = cooling.find(isOf(tier));
    const steps = readySteps(ready, tier, facts, away);
    const plan = [...steps, ...lastResort];
    const unable = whyTierUnable(tier, facts);
    if (unable !== null) {
      // Which tier it was taken for helps nobody where there was no choice; what the person chose they know.
      if (facts.mode === "auto") return { ok: true, plan, leftOut, tier, why: unable, floor: unable };
      return { ok: true, plan, leftOut, tier, why: `${whyTier(facts, tier)}, and ${unable}` };
    }
    const elsewhere = whyElsewhere(steps[0], tier, facts, away);
    if (elsewhere === null) return { ok: true, plan, leftOut, tier, why: whyTier(facts, tier) };
    return { ok: true, plan, leftOut, tier, why: `${whyTier(facts, tier)}; ${elsewhere}`, elsewhere };
  }
  if (named.length > 0) return { ok: false, failure: allLimited(named, facts) };
  return { ok: false, failure: tooLongForAll(facts) };
}

/** Why one of the other tier is asked first although one of this tier could take it; null where none is. */
function whyElsewhere(
  first: PlanStep | undefined,
  tier: Tier,
  facts: PlanFacts,
  away: Candidate | undefined,
): string | null {
  if (first === undefined || first.route.tier === tier) return null;
  const name = routeName(first.route);
  if (away !== undefined) return restWords(away, facts);
  return name === facts.warm?.name ? `${name} has this conversation cached and costs less` : null;
}

/** Those of the routes that rest whose rest ends so: the wanted tier first, the one due soonest before the others. */
function restingBy(ends: RestEnd, cooling: readonly Candidate[], tier: Tier, facts: PlanFacts): Candidate[] {
  const pauseOf = ({ name }: Candidate) => facts.cooling.get(name);
  const dueMs = (each: Candidate) => pauseOf(each)?.untilMs ?? 0;
  return cooling
    .filter((each) => (pauseOf(each)?.ends ?? "passing") === ends)
    .sort((a, b) => Number(isOf(tier)(b)) - Number(isOf(tier)(a)) || dueMs(a) - dueMs(b));
}

/** Routes that nothing stands against, in order. */
function readySteps(ready: Candidate[], tier: Tier, facts: PlanFacts, away: Candidate | undefined): PlanStep[] {
  for (const each of ["cheap", "frontier"] as const) weigh(ready.filter(isOf(each)), facts);
  ready.sort((a, b) => compare(a, b, tier, facts));
  const stays = warmElsewhere(ready, tier, facts);
  const others = ready.filter((each) => each !== stays);
  const steps = others.map(({ route, expectedCostNano }, index) => ({
    route,
    reason: reasonFor(others, index, tier, { ...facts, away }) + doubtWords(route, facts),
    expectedCostNano,
  }));
  if (stays === null) return steps;
  const { route, expectedCostNano } = stays;
  return [{ route, reason: warmReason(stays, facts), expectedCostNano }, ...steps];
}

/** Every model has asked for a rest: who may be asked first, and when. */
function allLimited(named: readonly Candidate[], facts: PlanFacts): Failure {
  const untilMs = ({ name }: Candidate) => facts.cooling.get(name)?.untilMs ?? facts.nowMs;
  const soonest = named.reduce((a, b) => (untilMs(b) < untilMs(a) ? b : a));
  const waitMs = Math.max(untilMs(soonest) - facts.nowMs, 0);
  const which = named.length === 1 ? soonest.name : `Each of ${named.length} models`;
  return {
    kind: "rate-limit",
    retryAfterMs: waitMs,
    message: `${which} has asked for a rest (${facts.cooling.get(soonest.name)?.why}). ${soonest.name} is tried again in ${Math.max(1, Math.ceil(waitMs / 1000))} s. Wait, or add a model of another provider.`,
  };
}

/** The plan as the answer keeps it: without endpoints and prices. */
export function summarizePlan(plan: readonly PlanStep[]): PlannedRoute[] {
  return plan.map(({ route, reason, expectedCostNano }) => ({
    providerId: route.providerId,
    modelId: route.modelId,
    tier: route.tier,
    reason,
    expectedCostNano,
  }));
}

function isOf(tier: Tier): (candidate: Candidate) => boolean {
  return ({ route }) => route.tier === tier;
}

/** The better model that has this conversation cached, where staying there costs less than the best cheap one does; else null. */
function warmElsewhere(sorted: readonly Candidate[], tier: Tier, facts: PlanFacts): Candidate | null {
  const [first] = sorted;
  if (facts.mode !== "auto" || tier !== "cheap" || first === undefined || first.route.tier !== "cheap") return null;
  const warm = sorted.find(({ name, route }) => name === facts.warm?.name && route.tier === "frontier");
  const costs = warm?.expectedCostNano ?? null;
  return warm !== undefined && costs !== null && first.expectedCostNano !== null && costs < first.expectedCostNano
    ? warm
    : null;
}

function warmReason({ expectedCostNano }: Candidate, { warm }: PlanFacts): string {
  return `has ${tokensInWords(warm?.cachedTokens ?? 0, "down")} tokens of this conversation cached, ${priceWords(expectedCostNano)}: less than a cheap model that begins anew`;
}

function planPicked(facts: PlanFacts): PlanResult {
  const leftOut: LeftOutRoute[] = [];
  let picked: Route | null = null;
  for (const route of facts.routes) {
    if (picked === null && routeName(route) === facts.mode) picked = route;
    else leftOut.push(leave(route, `you chose ${facts.mode}`));
  }
  if (picked === null) return { ok: false, failure: notConfigured(facts) };
  const barred = whyPickedBarred(picked, facts);
  if (barred !== null) return { ok: false, failure: barred };
  const tooLong = whyTooLong(picked, facts);
  if (tooLong !== null) {
    return {
      ok: false,
      failure: {
        kind: "context-length",
        message: `The question does not fit ${facts.mode}: it ${tooLong}. Send less context, or choose a model with a larger window.`,
      },
    };
  }
  const pause = facts.cooling.get(facts.mode);
  if (pause?.ends === "named" && pause.untilMs > facts.nowMs) {
    const candidate = { route: picked, order: 0, name: facts.mode, expectedCostNano: null, score: 0, waitScore: 0 };
    return { ok: false, failure: allLimited([candidate], facts) };
  }
  const step = { route: picked, reason: "you chose it", expectedCostNano: expectedCost(picked, facts) };
  return { ok: true, plan: [step], leftOut, tier: picked.tier, why: `you chose ${facts.mode}` };
}

function wantedTier(facts: PlanFacts): Tier {
  const wanted =
    facts.mode === "cheap" || facts.mode === "frontier" ? facts.mode : (facts.classification?.tier ?? "cheap");
  return wanted;
}

function whyTier(facts: PlanFacts, tier: Tier): string {
  if (facts.mode !== "auto") return `you chose ${tier}`;
  return facts.classification === null ? "not classified" : describeWhy(facts.classification);
}

function expectedCost(route: Route, facts: PlanFacts): number | null {
  const output = Math.min(facts.expectedOutputTokens, route.maxOutputTokens ?? facts.expectedOutputTokens);
  const isWarm = facts.warm !== undefined && facts.warm !== null && facts.warm.name === routeName(route);
  const cacheRead = isWarm ? Math.min(facts.warm?.cachedTokens ?? 0, facts.inputTokens) : 0;
  return costNano(
    { input: facts.inputTokens - cacheRead, cacheRead, cacheWrite: 0, output, reasoning: 0 },
    route.price,
  );
}

function doubtWords(route: Route, facts: PlanFacts): string {
  return isDoubtful(route, facts) ? `; window not known, ${tokensInWords(ASSUMED_WINDOW_TOKENS, "down")} assumed` : "";
}

function compare(a: Candidate, b: Candidate, tier: Tier, facts: PlanFacts): number {
  if (a.route.tier !== b.route.tier) return a.route.tier === tier ? -1 : 1;
  const doubt = Number(isDoubtful(a.route, facts)) - Number(isDoubtful(b.route, facts));
  if (doubt !== 0) return doubt;
  // Two unknown prices give NaN: then waiting decides, and at last the person's own order.
  return a.score - b.score || a.waitScore - b.waitScore || a.order - b.order;
}

function priceWords(expectedCostNano: number | null): string {
  if (expectedCostNano === null) return "price unknown";
  return expectedCostNano === 0 ? "free" : `about ${formatUsd(expectedCostNano)}`;
}

function reasonFor(
  sorted: readonly Candidate[],
  index: number,
  tier: Tier,
  facts: PlanFacts & { away: Candidate | undefined },
): string {
  const candidate = sorted[index];
  if (candidate === undefined) return "";
  const { route, expectedCostNano } = candidate;
  const price = priceWords(expectedCostNano);
  const before = sorted[index - 1];
  // A cheaper one that may not take it is no rival.
  const sure = isDoubtful(route, facts) ? sorted : sorted.filter((each) => !isDoubtful(each.route, facts));
  const first = before === undefined || before.route.tier !== route.tier;
  const alone = sorted[index + 1]?.route.tier !== route.tier;
  if (route.tier === tier) {
    if (first) return alone ? `the only ${tier} model, ${price}` : `${whyFirst(sure, candidate, facts)}, ${price}`;
    return `next ${tier} model, ${price}`;
  }
  const missing = sorted[0]?.route.tier !== tier;
  if (missing && facts.away !== undefined) return `${restWords(facts.away, facts)}; ${price}`;
  return missing ? `no ${tier} model can take it; ${price}` : `${route.tier}, if no ${tier} model answers; ${price}`;
}

function restWords({ name }: Candidate, facts: PlanFacts): string {
  return `${name} rests (${facts.cooling.get(name)?.why})`;
}

function coolingWords(name: string, facts: PlanFacts): string {
  const pause = facts.cooling.get(name);
  if (pause === undefined) return "cooling down";
  // One that is half-open has no time of its own: another request is trying it just now.
  if (!Number.isFinite(pause.untilMs)) return `being tried by another request: ${pause.why}`;
  return `cooling down for ${Math.max(1, Math.ceil((pause.untilMs - facts.nowMs) / 1000))} s: ${pause.why}`;
}

function leave(route: Route, reason: string): LeftOutRoute {
  return { providerId: route.providerId, modelId: route.modelId, tier: route.tier, reason };
}
