import type { Attempt, Classification, Decision, LeftOutRoute, Tier } from "../../shared/answer.ts";
import type { CostSource, NanoUsd } from "../../shared/money.ts";
import { type PlanStep, summarizePlan } from "../core/plan-route.ts";
import { costNano } from "../core/price.ts";
import type { Route } from "../core/provider.ts";
import type { FailoverResult } from "./failover.ts";

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
  result: Pick<FailoverResult, "attempts" | "answeredBy" | "finishReason"> & { text?: string },
): Decision {
  const { attempts, answeredBy } = result;
  const hasText = (result.text ?? "") !== "";
  const last = attempts.at(-1);
  return {
    mode: intent.mode,
    why: intent.why,
    classification: intent.classification,
    plan: summarizePlan(intent.plan),
    leftOut: [...intent.leftOut],
    ...(intent.notSent.length === 0 ? {} : { notSent: [...intent.notSent] }),
    attempts: [...attempts],
    answeredBy: answeredBy === null ? writerOf(attempts, hasText) : nameOf(answeredBy),
    finishReason: finishOf(result.finishReason),
    costNano: sum(attempts),
    costSource: leastTrusted(attempts),
    otherTier: otherTierOf(intent.firstOf, last),
    simulated: (answeredBy ?? intent.plan[0]?.route)?.simulated ?? false,
  };
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
  return writer === undefined ? null : nameOf(writer);
}

function nameOf({ providerId, modelId, tier }: Pick<Route, "providerId" | "modelId" | "tier">) {
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
