import type { Tier, Turn } from "../../shared/answer.ts";
import { describeCap } from "../../shared/cap-words.ts";
import type { EstimatedModel, EstimateParams, EstimateResult } from "../../shared/protocol.ts";
import type { PlanFacts } from "../core/plan-route.ts";
import { planRoute } from "../core/plan-route.ts";
import { boundOverNano } from "../core/price.ts";
import type { Route } from "../core/provider.ts";
import { warmRoute } from "../core/warm-route.ts";
import type { Store } from "../store/open-store.ts";
import type { Scene, World } from "./configure.ts";
import { MIN_OUTPUT_TOKENS } from "./failover.ts";
import { filterContext } from "./filter-context.ts";
import { priceRoutes } from "./gather-models.ts";
import type { Health } from "./health.ts";
import { CHAT_OUTPUT_TOKENS, prepareQuestion, TYPICAL_OUTPUT_TOKENS } from "./prepare-question.ts";

export interface EstimateDeps {
  world: Pick<World, "scene">;
  /** null when the store is not open. */
  store: { sessions: Pick<Store["sessions"], "read">; ledger: Pick<Store["ledger"], "capStates"> } | null;
  /** The workspace of the books. */
  workspace: string;
  health: Pick<Health, "pauses" | "speeds">;
  now(): number;
  /** Routes that the person paused, by `routeName`. Absent: none. */
  paused?(): ReadonlySet<string>;
}

/**
 * What a question that is still being typed would cost on each tier, the tier it would get, and the cap that is in its way.
 * Sends nothing, holds nothing and keeps nothing. null where a price is not known or no model is set up.
 */
export function createEstimate(deps: EstimateDeps): (params: EstimateParams) => EstimateResult {
  return ({ sessionId, question, context, mode = "auto" }) => {
    const scene = deps.world.scene();
    const nowMs = deps.now();
    const paused = deps.paused?.() ?? new Set();
    const earlier = deps.store?.sessions.read(sessionId)?.turns ?? [];
    const prepared = prepareQuestion({
      scene,
      text: question,
      context: filterContext(context, scene.trusted).sent,
      earlier,
      mode,
      health: deps.health,
      nowMs,
      paused,
    });
    const { inputTokens } = prepared.prompt;
    const outputTokens = usualAnswerTokens(earlier);
    const warm = warmRoute(earlier, nowMs);
    const firstOf = (routes: readonly Route[], as: PlanFacts["mode"]): EstimatedModel | null => {
      const planned = planRoute({
        routes,
        mode: as,
        classification: null,
        inputTokens,
        expectedOutputTokens: outputTokens,
        maxOutputTokens: CHAT_OUTPUT_TOKENS,
        cooling: deps.health.pauses(routes, inputTokens),
        nowMs,
        warm,
        caps: scene.settings.budget.caps,
        pool: scene.settings.pool,
        paused,
      });
      const [first] = planned.ok ? planned.plan : [];
      if (first === undefined) return null;
      const { providerId, modelId } = first.route;
      return { providerId, modelId, costNano: first.expectedCostNano };
    };
    const routes = priceRoutes(scene.routes, nowMs);
    const ofTier = (tier: Tier) =>
      firstOf(
        routes.filter((route) => route.tier === tier),
        tier,
      );
    const first = prepared.planned.ok ? (prepared.planned.plan[0]?.route ?? null) : null;
    return {
      inputTokens,
      outputTokens,
      cachedTokens: Math.min(warm?.cachedTokens ?? 0, inputTokens),
      cheap: ofTier("cheap"),
      frontier: ofTier("frontier"),
      named: mode.includes("/") ? firstOf(priceRoutes(scene.routesFor(mode), nowMs), mode) : null,
      tier: first?.tier ?? null,
      cap: first === null ? null : capInTheWay(first, prepared.prompt.boundTokens, scene, deps),
    };
  };
}

/** Answers of a conversation that tell how long the next will be. */
const ANSWERS_THAT_TELL = 5;

/** The mean length of the last answers of a conversation; of the usual length where there was none. */
function usualAnswerTokens(earlier: readonly Turn[]): number {
  const lengths = earlier
    .flatMap((turn) => turn.decision?.attempts.find(({ outcome }) => outcome === "done")?.usage?.output ?? [])
    .slice(-ANSWERS_THAT_TELL);
  if (lengths.length === 0) return TYPICAL_OUTPUT_TOKENS;
  return Math.round(lengths.reduce((sum, length) => sum + length, 0) / lengths.length);
}

/** The cap that leaves less than the least that would be held for this route, in words; null: none does. */
function capInTheWay(route: Route, boundTokens: number, scene: Scene, deps: EstimateDeps): string | null {
  const { caps } = scene.settings.budget;
  if (route.simulated || caps.length === 0 || deps.store === null) return null;
  const tokens = { inputTokens: boundTokens, maxOutputTokens: MIN_OUTPUT_TOKENS };
  const leastNano = boundOverNano(tokens, [route.price, ...(route.nextPrices ?? [])])?.totalNano ?? 0;
  const tight = deps.store.ledger
    .capStates(caps, deps.workspace)
    .find(({ limitNano, spentNano, heldNano }) => limitNano - spentNano - heldNano < leastNano);
  return tight === undefined || leastNano === 0 ? null : describeCap(tight);
}
