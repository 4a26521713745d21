import type { Classification, Tier } from "../../shared/answer.ts";
import { applyLearned, type LearnedOf } from "../core/apply-learned.ts";
import { classifyQuestion } from "../core/classify.ts";
import { strengthOf } from "../core/model-strength.ts";
import { type PlanFacts, type PlanStep, planRoute } from "../core/plan-route.ts";
import type { Question, Route } from "../core/provider.ts";
import { worthOfSecondNano } from "../core/weigh-routes.ts";
import type { Scene } from "./configure.ts";
import { MIN_OUTPUT_TOKENS } from "./failover.ts";
import type { Health } from "./health.ts";

/** What a chat answer usually takes: for the order of routes and for prices shown ahead. */
export const TYPICAL_OUTPUT_TOKENS = 600;

/** What a question is weighed with, beside itself. */
export interface WeighingFacts {
  scene: Pick<Scene, "settings" | "weights">;
  /** Those that could be asked, with the prices of now. */
  routes: readonly Route[];
  health: Pick<Health, "pauses" | "speeds">;
  nowMs: number;
  warm: PlanFacts["warm"];
  /** Of the code that it is about, as VS Code names it; "" where nobody knows. */
  languageId: string;
  /** About what the prompt will be. */
  inputTokens: number;
  /** Routes that the person paused, by `routeName`. */
  paused: ReadonlySet<string> | undefined;
  learned: LearnedOf | undefined;
}

/** The tier by the question, the strength and the price of whom each tier would ask, and what was learned of them here. */
export function weighQuestion(question: Question, facts: WeighingFacts): Classification {
  const { scene } = facts;
  const { quality } = scene.settings;
  const first = { cheap: firstRoughly("cheap", facts), frontier: firstRoughly("frontier", facts) };
  const strengths: Partial<Record<Tier, number>> = {};
  for (const tier of ["cheap", "frontier"] as const) {
    const route = first[tier]?.route;
    if (route !== undefined) strengths[tier] = strengthOf(route);
  }
  const byText = classifyQuestion(question, {
    quality,
    weights: scene.weights ?? undefined,
    strengths,
    extraNano: extraNano(first.cheap, first.frontier),
  });
  return applyLearned(byText, {
    learned: facts.learned,
    languageId: facts.languageId,
    firstOf: (tier) => first[tier]?.route ?? null,
  });
}

/** The step that a plan with this tier's routes alone would begin with, or null. */
export function firstStep(tier: Tier, facts: PlanFacts): PlanStep | null {
  const planned = planRoute({ ...facts, routes: facts.routes.filter((route) => route.tier === tier), mode: tier });
  return planned.ok ? (planned.plan[0] ?? null) : null;
}

/** What the frontier's answer would cost more, never less than nothing; null where one of the two has no known price. */
function extraNano(cheap: PlanStep | null, frontier: PlanStep | null): number | null {
  if (cheap === null || frontier === null) return null;
  if (cheap.expectedCostNano === null || frontier.expectedCostNano === null) return null;
  return Math.max(0, frontier.expectedCostNano - cheap.expectedCostNano);
}

/** Whom a tier would ask first, before the prompt is cut for a tier. */
function firstRoughly(tier: Tier, facts: WeighingFacts): PlanStep | null {
  const { scene, health, routes, nowMs, inputTokens, paused, warm } = facts;
  return firstStep(tier, {
    routes,
    mode: tier,
    classification: null,
    inputTokens,
    expectedOutputTokens: TYPICAL_OUTPUT_TOKENS,
    maxOutputTokens: MIN_OUTPUT_TOKENS,
    cooling: health.pauses(routes, inputTokens),
    nowMs,
    speeds: health.speeds(routes, { kind: "chat", inputTokens }),
    secondNano: worthOfSecondNano(scene.settings.quality),
    warm,
    caps: scene.settings.budget.caps,
    pool: scene.settings.pool,
    ...(paused === undefined ? {} : { paused }),
  });
}
