import type { Attempt, Classification, Decision, LeftOutRoute, Tier } from "../../shared/answer.ts";
import type { CostSource, NanoUsd } from "../../shared/money.ts";
import { type PlanStep, summarizePlan } from "../core/plan-route.ts";
import { costNano } from "../core/price.ts";
import { type Route, routeName } from "../core/provider.ts";
import { whyAnswered } from "../core/why-answered.ts";
import type { FailoverResult, FailoverStep } from "./failover.ts";

/** What was decided before the first byte left. */
export interface Intent {
  mode: string;
  why: string;
  classification: Classification | null;
  plan: readonly PlanStep[];
  leftOut: readonly LeftOutRoute[];
  /** What of the question stayed behind, in words. */
  notSent: readonly string[];
  /** The route that a plan for this tier would begin with, or null. */
  firstOf: Readonly<Record<Tier, Route | null>>;
}

/** Everything known about an answer, for the line under it and the panel that the line opens. */
export function buildDecision(
  intent: Intent,
  result: Pick<FailoverResult, "attempts" | "answeredBy" | "finishReason"> &
    Partial<Pick<FailoverResult, "text" | "writtenBy" | "cutByCap" | "refused" | "steppedDown">>,
): Decision {
  const { attempts, answeredBy } = result;
  const hasText = (result.text ?? "") !== "";
  const writer = attempts.find((attempt) => attempt.id === result.writtenBy);
  const tried = planAsWalked(intent, result.refused ?? [], result.steppedDown ?? [], attempts);
  const last = attempts.at(-1);
  return {
    mode: intent.mode,
    why: whyOf(intent, result),
    classification: intent.classification,
    plan: summarizePlan(tried.plan),
    leftOut: [...tried.leftOut, ...intent.leftOut],
    ...(intent.notSent.length === 0 ? {} : { notSent: [...intent.notSent] }),
    attempts: [...attempts],
    answeredBy: nameOf(answeredBy ?? writer ?? writerOf(attempts, hasText)),
    finishReason: finishOf(result.finishReason),
    costNano: sum(attempts),
    costSource: leastTrusted(attempts),
    otherTier: otherTierOf(intent.firstOf, last),
    simulated: (answeredBy ?? intent.plan[0]?.route)?.simulated ?? false,
    ...(result.cutByCap === null || result.cutByCap === undefined ? {} : { cutByCap: result.cutByCap }),
  };
}

/**
 * The plan as it was walked once money had its say: what a cap kept from being asked is left out with that cap, what the
 * ladder brought in stands at the end, and what it did not let through is left out too.
 */
function planAsWalked(
  intent: Intent,
  refused: readonly FailoverStep[],
  steppedDown: readonly FailoverStep[],
  attempts: readonly Attempt[],
): { plan: PlanStep[]; leftOut: LeftOutRoute[] } {
  if (refused.length === 0) return { plan: [...intent.plan], leftOut: [] };
  const reasons = new Map(refused.map(({ route, reason }) => [routeName(route), reason]));
  const down = new Map(steppedDown.map(({ route, reason }) => [routeName(route), reason]));
  const asked = new Set(attempts.map(routeName));
  const plan: PlanStep[] = [];
  const leftOut: LeftOutRoute[] = [];
  for (const step of intent.plan) {
    const name = routeName(step.route);
    const reason = reasons.get(name);
    const { providerId, modelId, tier } = step.route;
    if (reason !== undefined && !asked.has(name)) leftOut.push({ providerId, modelId, tier, reason });
    else if (reason !== undefined || asked.has(name) || down.has(name)) {
      plan.push({ ...step, reason: down.get(name) ?? step.reason });
    } else leftOut.push({ providerId, modelId, tier, reason: "not tried: a cap is in the way" });
    down.delete(name);
  }
  for (const { route, reason } of steppedDown) {
    const name = routeName(route);
    // Beside the plan a ladder brings in only what is free.
    if (down.has(name) && !reasons.has(name)) plan.push({ route, reason, expectedCostNano: 0 });
  }
  return { plan, leftOut };
}

/** Why this model answers, as far as the walk has come. */
export function whyOf(
  { mode, why, plan, classification }: Pick<Intent, "mode" | "why" | "plan" | "classification">,
  { answeredBy, refused = [] }: Pick<FailoverResult, "answeredBy"> & Partial<Pick<FailoverResult, "refused">>,
): string {
  const first = plan[0]?.route ?? null;
  return whyAnswered({ mode, why, first, found: classification?.tier ?? null }, { answeredBy, refused });
}

/** The same decision with other attempts: those the ledger has, where nobody was left to write them down. */
export function withAttempts(decision: Decision, attempts: readonly Attempt[], answer: string): Decision {
  const answeredBy = decision.answeredBy ?? writerOf(attempts, answer !== "");
  return {
    ...decision,
    answeredBy,
    attempts: [...attempts],
    costNano: sum(attempts),
    costSource: leastTrusted(attempts),
  };
}

/**
 * Whose text is shown of an answer that was stopped or broke off: that of the last attempt that wrote any, since what it
 * wrote took the place of all before. Of an attempt whose process died nobody wrote down whether it had begun.
 */
function writerOf(attempts: readonly Attempt[], hasText: boolean): Decision["answeredBy"] {
  if (!hasText) return null;
  const writer = attempts.findLast((attempt) => attempt.firstTokenMs !== null || attempt.outcome === "crashed");
  return nameOf(writer ?? null);
}

function nameOf(route: Pick<Route, "providerId" | "modelId" | "tier"> | null): Decision["answeredBy"] {
  if (route === null) return null;
  const { providerId, modelId, tier } = route;
  return { providerId, modelId, tier };
}

function finishOf(reason: FailoverResult["finishReason"]): Decision["finishReason"] {
  return reason === null || reason === "stop" || reason === "length" ? reason : "other";
}

function sum(attempts: readonly Attempt[]): NanoUsd | null {
  let total = 0;
  for (const { costNano } of attempts) {
    if (costNano === null) return null;
    total += costNano;
  }
  return total;
}

/** The most trusted first. */
const trust: readonly CostSource[] = ["free", "reported", "computed", "estimated", "reserved", "unknown"];

/** An attempt that cost nothing says nothing about how far the sum can be trusted. */
function leastTrusted(attempts: readonly Attempt[]): CostSource {
  return attempts
    .filter((attempt) => attempt.costNano !== 0)
    .reduce<CostSource>(
      (worst, { costSource }) => (trust.indexOf(costSource) > trust.indexOf(worst) ? costSource : worst),
      "free",
    );
}

/** The same tokens at the other tier's price; token counts differ between vendors by a few per cent. */
function otherTierOf(firstOf: Intent["firstOf"], last: Attempt | undefined): Decision["otherTier"] {
  if (last === undefined) return null;
  const tier = last.tier === "cheap" ? "frontier" : "cheap";
  const route = firstOf[tier];
  if (route === null) return null;
  return {
    tier,
    modelId: route.modelId,
    costNano: last.usage === null ? null : costNano(last.usage, route.price),
  };
}
