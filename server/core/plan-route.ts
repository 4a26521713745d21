import type { Classification, LeftOutRoute, PlannedRoute, Tier } from "../../shared/answer.ts";
import type { Failure } from "../../shared/failure.ts";
import { formatUsd } from "../../shared/money.ts";
import type { Cap } from "./budget.ts";
import { describeWhy } from "./classify.ts";
import { isInPool, type Pool } from "./narrow-pool.ts";
import { costNano } from "./price.ts";
import { type Need, type Route, routeName } from "./provider.ts";
import { type Candidate, type WeighFacts, weigh, whyFirst } from "./weigh-routes.ts";

/** Everything a plan is made from: plain values, so that the same facts always give the same plan. */
export interface PlanFacts extends WeighFacts {
  /** Every route that is set up; within a tier in the person's own order, which decides between equals. */
  routes: readonly Route[];
  /** `auto`, `cheap`, `frontier`, or `provider/model`. */
  mode: string;
  /** null when nothing was classified, because the person chose. */
  classification: Classification | null;
  inputTokens: number;
  /** What the answer may take: the context window has to hold it. */
  maxOutputTokens: number;
  /** Routes left alone for now, by `routeName`, and why, in words such as "rate limited". */
  cooling: ReadonlyMap<string, PlanPause>;
  /** In the time that `cooling` is counted in. */
  nowMs: number;
  /** The route that answered this conversation last, and what of this prompt its vendor most likely still has cached. */
  warm?: { name: string; cachedTokens: number } | null;
  /** The caps that the request is under: what it costs must then be known. Absent or []: none. */
  caps?: readonly Cap[];
  /** `wayfare.pool`: what it does not let through is no candidate. */
  pool?: Pool;
  /** What the request cannot do without: a route that is known not to take it is left out. Absent: text alone. */
  needs?: Partial<Record<Need, boolean>>;
}

/** Why a route is left alone for now. */
export interface PlanPause {
  /** Infinite while another request is trying it. */
  untilMs: number;
  why: string;
  /** The vendor named the time: it is not asked before, whatever else fails. */
  isNamed?: boolean;
}

export interface PlanStep {
  route: Route;
  reason: string;
  expectedCostNano: number | null;
}

export type PlanResult =
  | { ok: true; plan: readonly PlanStep[]; leftOut: LeftOutRoute[]; tier: Tier; why: string }
  | { ok: false; failure: Failure };

/**
 * The routes to try for one request, in order, each with its reason, and every other route with the reason it was left
 * out. Routes that rest by our own judgement are the last resort, those whose vendor named a time are not asked before it.
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
  const leftOut: LeftOutRoute[] = [];
  for (const [order, route] of facts.routes.entries()) {
    const barred = whyBarred(route, facts) ?? whyTooLong(route, facts);
    if (barred !== null) {
      leftOut.push(leave(route, barred));
      continue;
    }
    const name = routeName(route);
    const candidate: Candidate = { route, order, name, expectedCostNano: expectedCost(route, facts), score: 0 };
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
  const pauseOf = ({ name }: Candidate) => facts.cooling.get(name);
  const named = cooling.filter((each) => pauseOf(each)?.isNamed === true);
  for (const { route, name } of named) leftOut.push(leave(route, coolingWords(name, facts)));
  const dueMs = (each: Candidate) => pauseOf(each)?.untilMs ?? 0;
  const resting = cooling
    .filter((each) => !named.includes(each))
    .sort((a, b) => Number(isOf(tier)(b)) - Number(isOf(tier)(a)) || dueMs(a) - dueMs(b));
  if (ready.length + resting.length > 0) {
    // Trying the one that is due soonest beats refusing the question.
    const lastResort = resting.map(({ route, name, expectedCostNano }) => ({
      route,
      reason:
        ready.length === 0
          ? `tried although it is ${coolingWords(name, facts)}: nothing else is left`
          : `last resort, ${coolingWords(name, facts)}`,
      expectedCostNano,
    }));
    return {
      ok: true,
      plan: [...readySteps(ready, tier, facts), ...lastResort],
      leftOut,
      tier,
      why: whyTier(facts, tier),
    };
  }
  if (named.length > 0) return { ok: false, failure: allLimited(named, facts) };
  return { ok: false, failure: tooLongForAll(facts) };
}

/** Routes that nothing stands against, in order. */
function readySteps(ready: Candidate[], tier: Tier, facts: PlanFacts): PlanStep[] {
  for (const each of ["cheap", "frontier"] as const) weigh(ready.filter(isOf(each)), facts);
  ready.sort((a, b) => compare(a, b, tier));
  const stays = warmElsewhere(ready, tier, facts);
  const others = ready.filter((each) => each !== stays);
  const steps = others.map(({ route, expectedCostNano }, index) => ({
    route,
    reason: reasonFor(others, index, tier, facts),
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
  const verb = named.length === 1 ? "may be asked again" : `${soonest.name} may be asked again first,`;
  return {
    kind: "rate-limit",
    retryAfterMs: waitMs,
    message: `${which} has asked for a rest (${facts.cooling.get(soonest.name)?.why}): ${verb} in ${Math.max(1, Math.ceil(waitMs / 1000))} s. Wait, or add a model of another provider.`,
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
  const step = { route: picked, reason: "you chose it", expectedCostNano: expectedCost(picked, facts) };
  return { ok: true, plan: [step], leftOut, tier: picked.tier, why: `you chose ${facts.mode}` };
}

function whyImpossible(facts: PlanFacts): Failure | null {
  const { routes, mode } = facts;
  if (routes.length === 0) {
    return {
      kind: "setup",
      field: "wayfare.providers",
      message:
        'No model is set up yet. Run "Wayfare: Add Provider", or turn on wayfare.playground to try Wayfare without a key.',
    };
  }
  if ((mode === "cheap" || mode === "frontier") && !routes.some((route) => route.tier === mode)) {
    const other = mode === "cheap" ? "frontier" : "cheap";
    const example = routes[0] === undefined ? "provider/model" : routeName(routes[0]);
    return {
      kind: "setup",
      field: `wayfare.tiers.${mode}`,
      message: `No ${mode} model is set up. Add one to wayfare.tiers.${mode}, for example "${example}", or choose Auto or ${other === "cheap" ? "Cheap" : "Frontier"}.`,
    };
  }
  return null;
}

/** Why a route must not be asked whatever the question is, or null. */
function whyBarred(route: Route, facts: PlanFacts): string | null {
  if (!isInPool(routeName(route), facts.pool ?? [])) return "outside wayfare.pool";
  if (lacksPrice(route, facts)) {
    return `its price is not known, and a cap is set: ${priceMend}`;
  }
  return whyUnable(route, facts);
}

/** What it is known not to take, in words, or null. */
function whyUnable(route: Route, facts: PlanFacts): string | null {
  const need = neededOf(facts).find((each) => abilities[each].of(route) === false);
  return need === undefined ? null : abilities[need].lacking;
}

function neededOf(facts: PlanFacts): Need[] {
  return (["images", "tools", "prefill"] as const).filter((need) => facts.needs?.[need] === true);
}

/** `lacking` says it of one model, `wanted` of what the models that are set up have none of. */
const abilities: Record<
  Need,
  { of(route: Route): boolean | null | undefined; lacking: string; wanted: string; mend: string }
> = {
  images: {
    of: (route) => route.takesImages,
    lacking: "takes no images",
    wanted: "takes images",
    mend: "ask without the image",
  },
  tools: {
    of: (route) => route.takesTools,
    lacking: "takes no tools",
    wanted: "takes tools",
    mend: "ask without tools",
  },
  prefill: {
    of: (route) => route.takesPrefill,
    lacking: "does not go on with a begun answer",
    wanted: "goes on with a begun answer",
    mend: "ask for a new one",
  },
};

const priceMend = 'write its price in wayfare.providers, or "free"';

/** Simulated money is under no cap. */
function lacksPrice(route: Route, facts: PlanFacts): boolean {
  return (facts.caps ?? []).length > 0 && route.price === null && !route.simulated;
}

/** Why none of the routes may be asked, whatever the question is, or null. */
function whyNoneAllowed(facts: PlanFacts): Failure | null {
  const pool = facts.pool ?? [];
  const inPool = facts.routes.filter((route) => isInPool(routeName(route), pool));
  const [example] = inPool;
  if (example === undefined) return outsidePool(facts);
  const unable = inPool.map((route) => whyUnable(route, facts));
  if (unable.every((why) => why !== null)) return noneTakes(facts);
  if (!inPool.every((route) => lacksPrice(route, facts))) return null;
  const which = inPool.length === 1 ? `the price of ${routeName(example)} is not known` : "no model's price is known";
  return unpriced(`Nothing can be sent under a cap: ${which}.`, example);
}

function whyPickedBarred(route: Route, facts: PlanFacts): Failure | null {
  if (!isInPool(facts.mode, facts.pool ?? [])) {
    return {
      kind: "setup",
      field: "wayfare.pool",
      message: `${facts.mode} is outside wayfare.pool. Add it there, or choose a model that is in it.`,
    };
  }
  const unable = whyUnable(route, facts);
  if (unable !== null) {
    const mends = neededOf(facts).map((need) => abilities[need].mend);
    return {
      kind: "setup",
      field: "wayfare.mode",
      message: `${facts.mode} ${unable}. Choose another model, or ${mends.join(" and ")}.`,
    };
  }
  if (!lacksPrice(route, facts)) return null;
  return unpriced(`${facts.mode} cannot be asked under a cap: its price is not known.`, route);
}

function noneTakes(facts: PlanFacts): Failure {
  const needed = neededOf(facts).map((need) => abilities[need]);
  return {
    kind: "setup",
    field: "wayfare.tiers",
    message: `None of the models that are set up ${needed.map((each) => each.wanted).join(" and ")}. Add one that does, or ${needed.map((each) => each.mend).join(" and ")}.`,
  };
}

function outsidePool(facts: PlanFacts): Failure {
  const allowed = (facts.pool ?? []).map((entries) => (entries.length === 0 ? "none" : shownNames(entries)));
  return {
    kind: "setup",
    field: "wayfare.pool",
    message: `wayfare.pool leaves no model: it lets through ${allowed.join(", of these only ")}, and set up are ${shownNames(facts.routes.map(routeName))}. Add one of them to the pool.`,
  };
}

function unpriced(what: string, example: Route): Failure {
  return {
    kind: "budget",
    message: `${what} Write it in wayfare.providers, for example { "id": "${example.modelId}", "price": { "input": 0.25, "output": 2 } } or "price": "free", or remove the cap.`,
  };
}

/** Models named in a message about a wrong one: enough to recognise the right one, few enough to read. */
const maxNamesShown = 6;

function notConfigured(facts: PlanFacts): Failure {
  return {
    kind: "setup",
    field: "wayfare.mode",
    message: `"${facts.mode}" is not set up. Choose auto, cheap, frontier or one of: ${shownNames(facts.routes.map(routeName))}.`,
  };
}

function shownNames(names: readonly string[]): string {
  const once = [...new Set(names)];
  return once.slice(0, maxNamesShown).join(", ") + (once.length > maxNamesShown ? ", …" : "");
}

function tooLongForAll(facts: PlanFacts): Failure {
  let largest = 0;
  for (const route of facts.routes) {
    if (whyBarred(route, facts) === null) largest = Math.max(largest, route.windowTokens ?? 0);
  }
  return {
    kind: "context-length",
    message: `The question does not fit any model: it needs ${tokensInWords(facts.inputTokens + facts.maxOutputTokens, "up")} tokens and the largest window holds ${tokensInWords(largest, "down")}. Send less context, or add a model with a larger window.`,
  };
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

function whyTooLong(route: Route, facts: PlanFacts): string | null {
  if (route.windowTokens === null) return null;
  const answerTokens = Math.min(facts.maxOutputTokens, route.maxOutputTokens ?? facts.maxOutputTokens);
  const neededTokens = facts.inputTokens + answerTokens;
  if (neededTokens <= route.windowTokens) return null;
  return `needs ${tokensInWords(neededTokens, "up")} tokens, window is ${tokensInWords(route.windowTokens, "down")}`;
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

function compare(a: Candidate, b: Candidate, tier: Tier): number {
  if (a.route.tier !== b.route.tier) return a.route.tier === tier ? -1 : 1;
  // Two unknown prices give NaN, and the person's own order decides.
  return a.score - b.score || a.order - b.order;
}

function priceWords(expectedCostNano: number | null): string {
  if (expectedCostNano === null) return "price unknown";
  return expectedCostNano === 0 ? "free" : `about ${formatUsd(expectedCostNano)}`;
}

function reasonFor(sorted: readonly Candidate[], index: number, tier: Tier, facts: PlanFacts): string {
  const candidate = sorted[index];
  if (candidate === undefined) return "";
  const { route, expectedCostNano } = candidate;
  const price = priceWords(expectedCostNano);
  const before = sorted[index - 1];
  const first = before === undefined || before.route.tier !== route.tier;
  const alone = sorted[index + 1]?.route.tier !== route.tier;
  if (route.tier === tier) {
    if (first) return alone ? `the only ${tier} model, ${price}` : `${whyFirst(sorted, candidate, facts)}, ${price}`;
    return `next ${tier} model, ${price}`;
  }
  const missing = sorted[0]?.route.tier !== tier;
  return missing ? `no ${tier} model can take it; ${price}` : `${route.tier}, if no ${tier} model answers; ${price}`;
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

/** 950, 4.1k, 210k, 1.2M: what is needed rounded up and what there is rounded down, so that the two never look equal. */
function tokensInWords(tokens: number, round: "up" | "down"): string {
  const whole = round === "up" ? Math.ceil : Math.floor;
  if (tokens < 1000) return String(tokens);
  if (tokens < 10_000) return `${whole(tokens / 100) / 10}k`;
  if (tokens < 1_000_000) return `${whole(tokens / 1000)}k`;
  return `${whole(tokens / 100_000) / 10}M`;
}
