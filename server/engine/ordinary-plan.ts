import { type PlanResult, planRoute } from "../core/plan-route.ts";
import type { Route } from "../core/provider.ts";
import type { Scene } from "./configure.ts";
import { priceRoutes } from "./gather-models.ts";
import { CHAT_OUTPUT_TOKENS, planTightly } from "./prepare-question.ts";
import { TYPICAL_OUTPUT_TOKENS } from "./weigh-question.ts";

/** A question with a selection of code. */
const ORDINARY_INPUT_TOKENS = 1_000;

/**
 * The plan of an ordinary question in a mode, as it is while no route rests: with the person's caps, pool and pauses, at
 * the prices of `nowMs`. With `auto` a question that the cheap tier can take.
 */
export function ordinaryPlan(
  scene: Scene,
  facts: { mode: string; nowMs: number; paused: ReadonlySet<string> },
): PlanResult {
  return planTightly(planFacts(scene, priceRoutes(scene.routesFor(facts.mode), facts.nowMs), facts));
}

/** The routes in the order in which such a question is put to those of their tier; what it is not put to comes last. */
export function inPlanOrder(scene: Scene, routes: readonly Route[], tier: Route["tier"]): Route[] {
  const own = routes.filter((route) => route.tier === tier);
  const planned = planRoute(planFacts(scene, own, { mode: tier, paused: new Set() }));
  const asked = planned.ok ? planned.plan.map(({ route }) => route) : [];
  return [...asked, ...own.filter((route) => !asked.includes(route))];
}

function planFacts(
  scene: Scene,
  routes: readonly Route[],
  { mode, paused }: { mode: string; paused: ReadonlySet<string> },
) {
  return {
    routes,
    mode,
    paused,
    classification: null,
    inputTokens: ORDINARY_INPUT_TOKENS,
    expectedOutputTokens: TYPICAL_OUTPUT_TOKENS,
    maxOutputTokens: CHAT_OUTPUT_TOKENS,
    cooling: new Map(),
    nowMs: 0,
    caps: scene.settings.budget.caps,
    pool: scene.settings.pool,
  };
}
