import type { Attempt, Classification, Decision, LeftOutRoute, Tier } from "../../shared/answer.ts";
import type { CostSource, NanoUsd } from "../../shared/money.ts";
import { costNano } from "../core/price.ts";
import type { Route } from "../core/provider.ts";
import type { FailoverResult } from "./failover.ts";

/** What was decided before the first byte left. */
export interface Intent {
  mode: string;
  why: string;
  classification: Classification | null;
  plan: readonly { route: Route; reason: string; expectedCostNano: NanoUsd | null }[];
  leftOut: readonly LeftOutRoute[];
  /** The first route of the tier that was not chosen, or null. */
  otherRoute: Route | null;
}

/** Everything known about an answer, for the line under it and the panel that the line opens. */
export function buildDecision(
  intent: Intent,
  result: Pick<FailoverResult, "attempts" | "answeredBy" | "finishReason">,
): Decision {
  const { attempts, answeredBy } = result;
  const last = attempts.at(-1);
  return {
    mode: intent.mode,
    why: intent.why,
    classification: intent.classification,
    plan: intent.plan.map(({ route, reason, expectedCostNano }) => ({ ...nameOf(route), reason, expectedCostNano })),
    leftOut: [...intent.leftOut],
    attempts: [...attempts],
    answeredBy: answeredBy === null ? null : nameOf(answeredBy),
    finishReason: finishOf(result.finishReason),
    costNano: sum(attempts),
    costSource: leastTrusted(attempts),
    otherTier: otherTierOf(intent.otherRoute, answeredBy?.tier ?? last?.tier ?? null, last),
    simulated: (answeredBy ?? intent.plan[0]?.route)?.simulated ?? false,
  };
}

function nameOf({ providerId, modelId, tier }: Route) {
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
function otherTierOf(route: Route | null, used: Tier | null, last: Attempt | undefined): Decision["otherTier"] {
  if (route === null || route.tier === used) return null;
  const usage = last?.usage ?? null;
  return {
    tier: route.tier,
    modelId: route.modelId,
    costNano: usage === null ? null : route.price === "free" ? 0 : costNano(usage, route.price),
  };
}
