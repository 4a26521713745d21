import type { Tier } from "../../shared/answer.ts";
import type { EstimateParams, EstimateResult } from "../../shared/protocol.ts";
import { planRoute } from "../core/plan-route.ts";
import type { SessionStore } from "../store/session-store.ts";
import type { World } from "./configure.ts";
import { filterContext } from "./filter-context.ts";
import { priceRoutes } from "./gather-models.ts";
import type { Health } from "./health.ts";
import { CHAT_OUTPUT_TOKENS, prepareQuestion, TYPICAL_OUTPUT_TOKENS } from "./prepare-question.ts";

export interface EstimateDeps {
  world: Pick<World, "scene">;
  /** null when the store is not open. */
  sessions: Pick<SessionStore, "read"> | null;
  health: Pick<Health, "pauses" | "speeds">;
  now(): number;
  /** Routes that the person paused, by `routeName`. Absent: none. */
  paused?(): ReadonlySet<string>;
}

/**
 * What a question that is still being typed would cost on each tier, for an answer of usual length, and the tier it would
 * get by itself. Sends nothing and keeps nothing. null where a price is not known or no model is set up.
 */
export function createEstimate(deps: EstimateDeps): (params: EstimateParams) => EstimateResult {
  return (params) => {
    const scene = deps.world.scene();
    const nowMs = deps.now();
    const routes = priceRoutes(scene.routes, nowMs);
    const paused = deps.paused?.() ?? new Set();
    const prepared = prepareQuestion({
      scene,
      text: params.question,
      context: filterContext(params.context, scene.trusted).sent,
      earlier: deps.sessions?.read(params.sessionId)?.turns ?? [],
      mode: "auto",
      health: deps.health,
      nowMs,
      paused,
    });
    const costOf = (tier: Tier): number | null => {
      const planned = planRoute({
        routes: routes.filter((route) => route.tier === tier),
        mode: tier,
        classification: null,
        inputTokens: prepared.prompt.inputTokens,
        expectedOutputTokens: TYPICAL_OUTPUT_TOKENS,
        maxOutputTokens: CHAT_OUTPUT_TOKENS,
        cooling: deps.health.pauses(routes, prepared.prompt.inputTokens),
        nowMs,
        caps: scene.settings.budget.caps,
        pool: scene.settings.pool,
        paused,
      });
      return planned.ok ? (planned.plan[0]?.expectedCostNano ?? null) : null;
    };
    return {
      inputTokens: prepared.prompt.inputTokens,
      cheapNano: costOf("cheap"),
      frontierNano: costOf("frontier"),
      tier: prepared.planned.ok ? (prepared.planned.plan[0]?.route.tier ?? null) : null,
    };
  };
}
