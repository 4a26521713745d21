import type { ContextItem, Tier, Turn } from "../../shared/answer.ts";
import type { EstimateParams, EstimateResult, RouteEstimate } from "../../shared/estimate.ts";
import type { CapState } from "../../shared/protocol.ts";
import { type AnswerLength, expectAnswer } from "../core/answer-length.ts";
import type { LearnedOf } from "../core/apply-learned.ts";
import { expectUsage } from "../core/expect-usage.ts";
import { costNano } from "../core/price.ts";
import type { Route } from "../core/provider.ts";
import type { Store } from "../store/open-store.ts";
import { lookUpAnswer } from "./cached-answer.ts";
import type { Calibration } from "./calibration.ts";
import type { Scene, World } from "./configure.ts";
import { fitOutput } from "./failover.ts";
import { filterContext } from "./filter-context.ts";
import { foreseeWalk } from "./foresee-walk.ts";
import type { Health } from "./health.ts";
import { boundFor, type ForeseenHold, foreseeHold, leastNanoFor } from "./hold-money.ts";
import { CHAT_OUTPUT_TOKENS, chatRequestOf, type Prepared, prepareQuestion } from "./prepare-question.ts";
import { TYPICAL_OUTPUT_TOKENS } from "./weigh-question.ts";

/**
 * So much of prompts is hashed at each letter, over all routes, to look for a kept answer: about 2 ms on a slow machine.
 * For longer ones the price is shown, though the answer may be kept.
 */
const MOST_NAMED_CHARACTERS = 100_000;

export interface EstimateDeps {
  world: Pick<World, "scene">;
  /** null when the books are not open: then there is no conversation, nor a cap that could be in the way. */
  store(): {
    sessions: Pick<Store["sessions"], "read">;
    ledger: Pick<Store["ledger"], "capStates">;
    answerLengths: Store["answerLengths"];
    responses: Pick<Store["responses"], "find">;
  } | null;
  health: Pick<Health, "pauses" | "speeds">;
  /** Absent: our own estimate is all there is. */
  calibration?: Pick<Calibration, "typicalInputFactor">;
  /** The workspace of the books. */
  workspace: string;
  now(): number;
  /** What answers did here, as it is when the question is sent. Absent: nothing is learned. */
  learned?: LearnedOf;
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

  /** Looked for as it is when the question is sent; where that cannot be read, it is asked. */
  const isKept = (prepared: Prepared, { settings, providerOf }: Scene): boolean => {
    const store = deps.store();
    if (store === null || !prepared.planned.ok) return false;
    const cache = { responses: store.responses, settings: settings.cache, now: deps.now, providerOf };
    const characters = prepared.prompt.messages.reduce((sum, { text }) => sum + text.length, 1);
    const routes = prepared.answerRoutes.slice(0, Math.floor(MOST_NAMED_CHARACTERS / characters));
    try {
      return lookUpAnswer(chatRequestOf(prepared), routes, cache) !== null;
    } catch {
      return false;
    }
  };

  return (params) => {
    const scene = deps.world.scene();
    const mode = params.mode ?? "auto";
    // As it is sent.
    const question = params.question.trim();
    const nowMs = deps.now();
    draft = draftOf(params);
    const { earlier, answerLengths } = draft;
    // Whether the workspace is trusted may have changed since the context came.
    const context = filterContext(draft.context, scene.trusted).sent;
    const paused = deps.paused?.() ?? new Set<string>();
    const prepare = (asMode: string): Prepared =>
      prepareQuestion({
        scene,
        text: question,
        context,
        earlier,
        mode: asMode,
        health: deps.health,
        nowMs,
        paused,
        learned: deps.learned,
      });
    const { caps, ladder } = scene.settings.budget;
    const facts = {
      earlier,
      lately: answerLengths,
      calibration: deps.calibration,
      caps: caps.length === 0 ? [] : (deps.store()?.ledger.capStates(caps, deps.workspace) ?? []),
    };

    const prepared = prepare(mode);
    const steps = prepared.planned.ok ? prepared.planned.plan : [];
    const walk = foreseeWalk({
      steps: steps.filter(({ route }) => scene.providerOf(route) !== null),
      localSteps: prepared.localSteps.filter(({ route }) => scene.providerOf(route) !== null),
      ladder,
      hold: (route) => holdOf(route, prepared, facts.caps),
      neededNano: (route) => leastNanoFor(route, chatRequestOf(prepared)),
    });
    const fromCache = question !== "" && isKept(prepared, scene);
    const isRefused = walk.asked === null && walk.inTheWay !== null;
    /** Without a question it is only said where no question at all could be asked. */
    const inTheWay = question === "" && !isRefused ? null : walk.inTheWay;
    if (mode.includes("/")) {
      const route = walk.asked ?? firstRoute(prepared, null);
      const picked = route === null ? null : estimateRoute(route, prepared, facts);
      const tier = isRefused ? null : (picked?.tier ?? null);
      return { cheap: null, frontier: null, picked, local: null, tier, isRefused, inTheWay, fromCache };
    }
    const asked = walk.isLocal ? null : walk.asked;
    const first = asked ?? firstRoute(prepared, null);
    const hasTier = (tier: Tier) => scene.routes.some((route) => route.tier === tier);
    /** Each tier as if it had been chosen: where the prompt was cut, it would be cut to another window. */
    const ofTier = (tier: Tier): RouteEstimate | null => {
      if (!hasTier(tier)) return null;
      if (asked?.tier === tier) return estimateRoute(asked, prepared, facts);
      const isWhole = prepared.prompt.trimmed.length === 0 && firstRoute(prepared, tier) !== null;
      const asTier = first?.tier === tier || isWhole ? prepared : prepare(tier);
      const route = firstRoute(asTier, tier);
      return route === null ? null : estimateRoute(route, asTier, facts);
    };
    return {
      cheap: ofTier("cheap"),
      frontier: ofTier("frontier"),
      picked: null,
      local: walk.isLocal && walk.asked !== null && question !== "" ? estimateRoute(walk.asked, prepared, facts) : null,
      tier: question === "" ? null : (asked?.tier ?? null),
      isRefused,
      inTheWay,
      fromCache,
    };
  };
}

/** The first route of the plan, of one tier or of any. */
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
  const hold = holdOf(route, { prompt }, facts.caps);
  const isLowered = hold.state === "held" && hold.loweredBy !== null;
  const outputTokens = isLowered ? Math.min(answer.answerTokens, hold.maxOutputTokens) : answer.answerTokens;
  const usage = expectUsage({ route, messages, inputTokens, factor: factor ?? 1, warm, outputTokens });
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
    answerTokens: outputTokens,
    costNano: costNano(usage, route.price),
    heldNano:
      hold.state === "held"
        ? hold.heldNano
        : (boundFor(route, prompt, fitOutput(route, inputTokens, CHAT_OUTPUT_TOKENS))?.totalNano ?? null),
    lowered:
      hold.state === "held" && hold.loweredBy !== null
        ? { cap: hold.loweredBy, outputTokens: hold.maxOutputTokens }
        : null,
    shortage: hold.state === "refused" ? hold.shortage : null,
  };
}

function holdOf(route: Route, prepared: Pick<Prepared, "prompt">, caps: readonly CapState[]): ForeseenHold {
  const request = chatRequestOf(prepared);
  const maxOutputTokens = fitOutput(route, request.inputTokens, request.maxOutputTokens);
  return foreseeHold(route, { ...request, maxOutputTokens }, caps);
}
