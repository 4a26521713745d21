import type { ContextItem, Tier, Turn } from "../../shared/answer.ts";
import { describeCap } from "../../shared/cap-words.ts";
import type { EstimateParams, EstimateResult, RouteEstimate } from "../../shared/estimate.ts";
import type { CapState } from "../../shared/protocol.ts";
import { type AnswerLength, expectAnswer } from "../core/answer-length.ts";
import { expectUsage } from "../core/expect-usage.ts";
import { costNano, isFree } from "../core/price.ts";
import type { Route } from "../core/provider.ts";
import type { Store } from "../store/open-store.ts";
import type { Calibration } from "./calibration.ts";
import type { World } from "./configure.ts";
import { fitOutput, MIN_OUTPUT_TOKENS } from "./failover.ts";
import { filterContext } from "./filter-context.ts";
import type { Health } from "./health.ts";
import { boundFor } from "./hold-money.ts";
import { CHAT_OUTPUT_TOKENS, type Prepared, prepareQuestion, TYPICAL_OUTPUT_TOKENS } from "./prepare-question.ts";

export interface EstimateDeps {
  world: Pick<World, "scene">;
  /** null when the books are not open: then there is no conversation, nor a cap that could be in the way. */
  store(): {
    sessions: Pick<Store["sessions"], "read">;
    ledger: Pick<Store["ledger"], "capStates">;
    answerLengths: Store["answerLengths"];
  } | null;
  health: Pick<Health, "pauses" | "speeds">;
  /** Absent: our own estimate is all there is. */
  calibration?: Pick<Calibration, "typicalInputFactor">;
  /** The workspace of the books. */
  workspace: string;
  now(): number;
  /** Routes that the person paused, by `routeName`. Absent: none. */
  paused?(): ReadonlySet<string>;
}

/** What does not change from letter to letter, as it was when the context came last. */
interface Draft {
  sessionId: string;
  context: readonly ContextItem[];
  earlier: readonly Turn[];
  answerLengths: ReadonlyMap<string, AnswerLength>;
}

/**
 * What a question that is still being typed would cost on each tier, at the prices of this moment, and the tier it would
 * get by itself. Sends nothing; keeps the context and the conversation of the last estimate, for the letters after it.
 */
export function createEstimate(deps: EstimateDeps): (params: EstimateParams) => EstimateResult {
  let draft: Draft | null = null;

  const draftOf = ({ sessionId, context }: EstimateParams): Draft => {
    if (draft !== null && context === undefined && draft.sessionId === sessionId) return draft;
    const store = deps.store();
    return {
      sessionId,
      context: context ?? draft?.context ?? [],
      earlier: store?.sessions.read(sessionId)?.turns ?? [],
      answerLengths: store?.answerLengths.read() ?? new Map(),
    };
  };

  return (params) => {
    const scene = deps.world.scene();
    const mode = params.mode ?? "auto";
    const nowMs = deps.now();
    draft = draftOf(params);
    const { earlier, answerLengths } = draft;
    // Whether the workspace is trusted may have changed since the context came.
    const context = filterContext(draft.context, scene.trusted).sent;
    const paused = deps.paused?.() ?? new Set<string>();
    const prepare = (asMode: string): Prepared =>
      prepareQuestion({
        scene,
        text: params.question,
        context,
        earlier,
        mode: asMode,
        health: deps.health,
        nowMs,
        paused,
      });
    const { caps } = scene.settings.budget;
    const facts = {
      earlier,
      lately: answerLengths,
      calibration: deps.calibration,
      caps: caps.length === 0 ? [] : (deps.store()?.ledger.capStates(caps, deps.workspace) ?? []),
    };

    const prepared = prepare(mode);
    const first = firstRoute(prepared, null);
    if (mode.includes("/")) {
      const picked = first === null ? null : estimateRoute(first, prepared, facts);
      return { cheap: null, frontier: null, picked, tier: picked?.tier ?? null };
    }
    const hasTier = (tier: Tier) => scene.routes.some((route) => route.tier === tier);
    /** Each tier as if it had been chosen: where the prompt was cut, it would be cut to another window. */
    const ofTier = (tier: Tier): RouteEstimate | null => {
      if (!hasTier(tier)) return null;
      const isWhole = prepared.prompt.trimmed.length === 0 && firstRoute(prepared, tier) !== null;
      const asTier = first?.tier === tier || isWhole ? prepared : prepare(tier);
      const route = firstRoute(asTier, tier);
      return route === null ? null : estimateRoute(route, asTier, facts);
    };
    return {
      cheap: ofTier("cheap"),
      frontier: ofTier("frontier"),
      picked: null,
      tier: params.question.trim() === "" ? null : (first?.tier ?? null),
    };
  };
}

/** The route that would be asked first, of one tier or of any. */
function firstRoute({ planned }: Prepared, tier: Tier | null): Route | null {
  if (!planned.ok) return null;
  return planned.plan.find(({ route }) => tier === null || route.tier === tier)?.route ?? null;
}

interface RouteFacts {
  earlier: readonly Turn[];
  lately: ReadonlyMap<string, AnswerLength>;
  calibration: EstimateDeps["calibration"];
  caps: readonly CapState[];
}

function estimateRoute(route: Route, { prompt, warm }: Prepared, facts: RouteFacts): RouteEstimate {
  const factor = facts.calibration?.typicalInputFactor(route) ?? null;
  const answer = expectAnswer(route, {
    earlier: facts.earlier,
    lately: facts.lately,
    usualTokens: TYPICAL_OUTPUT_TOKENS,
    maxOutputTokens: CHAT_OUTPUT_TOKENS,
  });
  const { messages, inputTokens } = prompt;
  const outputTokens = answer.answerTokens;
  const usage = expectUsage({ route, messages, inputTokens, factor: factor ?? 1, warm, outputTokens });
  const mostTokens = fitOutput(route, inputTokens, CHAT_OUTPUT_TOKENS);
  const caps = route.simulated || isFree(route.price) ? [] : facts.caps;
  const leastNano = boundFor(route, prompt, Math.min(mostTokens, MIN_OUTPUT_TOKENS))?.totalNano ?? null;
  return {
    providerId: route.providerId,
    modelId: route.modelId,
    tier: route.tier,
    simulated: route.simulated,
    inputTokens: usage.input + usage.cacheRead + usage.cacheWrite,
    cacheReadTokens: usage.cacheRead,
    cacheWriteTokens: usage.cacheWrite,
    isCalibrated: factor !== null,
    ...answer,
    costNano: costNano(usage, route.price),
    heldNano: boundFor(route, prompt, mostTokens)?.totalNano ?? null,
    overCap: capInTheWay(caps, leastNano),
  };
}

/** As the ledger will judge it: what others hold now may come free until then. */
function capInTheWay(caps: readonly CapState[], leastNano: number | null): string | null {
  const broken = caps.find((cap) => cap.isUnreadable === true);
  if (broken !== undefined) return `${broken.setting}, which is no amount,`;
  if (leastNano === null) return null;
  const tight = caps.find((cap) => cap.limitNano - cap.spentNano - cap.heldNano < leastNano);
  return tight === undefined ? null : describeCap(tight);
}
