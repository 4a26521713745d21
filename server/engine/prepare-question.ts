import type { Classification, ContextItem, Session, Tier, Turn } from "../../shared/answer.ts";
import type { LearnedOf } from "../core/apply-learned.ts";
import { type ComposedPrompt, composePrompt } from "../core/compose-prompt.ts";
import { languageOfQuestion } from "../core/learn-key.ts";
import { ASSUMED_WINDOW_TOKENS } from "../core/model-facts.ts";
import { type PlanFacts, type PlanResult, type PlanStep, planRoute } from "../core/plan-route.ts";
import type { Question, Route } from "../core/provider.ts";
import { warmRoute } from "../core/warm-route.ts";
import { worthOfSecondNano } from "../core/weigh-routes.ts";
import type { Scene } from "./configure.ts";
import { type FailoverJob, MIN_OUTPUT_TOKENS } from "./failover.ts";
import { priceRoutes } from "./gather-models.ts";
import type { Health } from "./health.ts";
import { hasFailedAnswer, type KeptTier, keepTier, tellsOfAnswer } from "./keep-tier.ts";
import { firstStep, TYPICAL_OUTPUT_TOKENS, weighQuestion } from "./weigh-question.ts";

/** The bound of a chat answer; money for so much is held. */
export const CHAT_OUTPUT_TOKENS = 4_096;
/** A prompt is no longer than this, however large a window is: beyond it cost grows and answers do not get better. */
const MOST_PROMPT_TOKENS = 120_000;
/** The estimate of a prompt may be this far off. */
const ESTIMATE_MARGIN = 0.9;

/** Everything decided about a question before money is held. */
export interface Prepared {
  classification: Classification | null;
  prompt: ComposedPrompt;
  planned: PlanResult;
  why: string;
  /** The route that a plan for this tier would begin with, or null: what "the other tier" means. */
  firstOf: Readonly<Record<Tier, Route | null>>;
  /** Free models on this machine, in no tier, that could take it; none in place of a model picked by hand. */
  localSteps: readonly PlanStep[];
  /**
   * Whose kept answer would do: the routes of the tier that the plan begins with, in its order. Those that are left alone
   * for now are among them, since none of them is asked.
   */
  answerRoutes: readonly Route[];
  /** Who has the conversation cached, and how much of it, as the plan took it; null: nobody. */
  warm: ReturnType<typeof warmRoute>;
}

/**
 * Weighs a question, cuts its prompt to the windows at hand and plans its routes. Decides only: nothing is sent, and the
 * same facts and health give the same plan. `session` holds the turns before this one.
 */
export function prepareQuestion(facts: {
  scene: Scene;
  text: string;
  /** Already filtered by what may be sent. */
  context: readonly ContextItem[];
  earlier: readonly Turn[];
  /** The turn of `earlier` that is asked once more: nothing from there on is told to the model. */
  retryOf?: string | undefined;
  mode: string;
  health: Pick<Health, "pauses" | "speeds">;
  /** Milliseconds since 1970. */
  nowMs: number;
  /** Routes that the person paused, by `routeName`. */
  paused?: ReadonlySet<string> | undefined;
  /** What was learned on this machine of the models. Absent: nothing. */
  learned?: LearnedOf | undefined;
}): Prepared {
  const { scene, text, context, mode, health, nowMs } = facts;
  const candidates = scene.routesFor(mode);
  // What was played is no part of a conversation with a model that is paid, nor does it tell anything of one.
  const isPlayed = [...candidates, ...scene.localRoutes].every((route) => route.simulated);
  const earlier = facts.earlier.filter((turn) => isPlayed || turn.decision?.simulated !== true);
  const question: Question = { text, context, history: earlier.filter(tellsOfAnswer).map(pastOf) };
  const routes = priceRoutes(candidates, nowMs);
  const retried = earlier.findIndex((turn) => turn.id === facts.retryOf);
  const told = retried === -1 ? earlier : earlier.slice(0, retried);
  const warm = warmRoute(told, nowMs);
  const { paused, learned } = facts;
  const languageId = languageOfQuestion(context, earlier);
  const inputTokens = roughTokens(text, context, told);
  const weighed =
    mode === "auto"
      ? weighQuestion(question, { scene, routes, health, nowMs, warm, languageId, inputTokens, paused, learned })
      : null;
  const kept = weighed === null ? null : keepTier(weighed, earlier);
  const classification = kept?.classification ?? null;

  const prompt = composePrompt({
    question: { ...question, history: told.filter(tellsOfAnswer).map(pastOf) },
    budgetTokens: promptBudget(routes, mode, classification),
  });
  const planFacts: PlanFacts = {
    routes,
    mode,
    classification,
    inputTokens: prompt.inputTokens,
    expectedOutputTokens: TYPICAL_OUTPUT_TOKENS,
    maxOutputTokens: CHAT_OUTPUT_TOKENS,
    cooling: health.pauses(candidates, prompt.inputTokens),
    nowMs,
    speeds: health.speeds(candidates, { kind: "chat", inputTokens: prompt.inputTokens }),
    secondNano: worthOfSecondNano(scene.settings.quality),
    warm,
    caps: scene.settings.budget.caps,
    pool: scene.settings.pool,
    ...unaskedIn(scene),
    ...(facts.paused === undefined ? {} : { paused: facts.paused }),
  };
  const planned = planTightly(planFacts);
  return {
    ...decidedBy(planned, kept),
    prompt,
    planned,
    localSteps: mode.includes("/") ? [] : localSteps(priceRoutes(scene.localRoutes, nowMs), planFacts),
    answerRoutes: answerRoutes(planFacts),
    warm,
    firstOf: { cheap: firstOfTier(planFacts, "cheap"), frontier: firstOfTier(planFacts, "frontier") },
  };
}

/** What is set up and cannot be asked, for a plan. */
export function unaskedIn({ switchedOff, keyless }: Scene): Pick<PlanFacts, "switchedOff" | "keyless"> {
  return { ...(switchedOff === undefined ? {} : { switchedOff }), ...(keyless === undefined ? {} : { keyless }) };
}

/** What a question was taken for and why, as its plan and its conversation (null: nobody weighed it) have it. */
export function decidedBy(planned: PlanResult, kept: KeptTier | null): Pick<Prepared, "classification" | "why"> {
  const classification = kept?.classification ?? null;
  if (!planned.ok) return { classification, why: kept?.why ?? "" };
  const { floor, elsewhere } = planned;
  if (classification !== null && floor !== undefined) {
    return { classification: withFloor(classification, floor), why: floor };
  }
  const ofConversation = kept?.why ?? null;
  if (floor !== undefined || ofConversation === null) return { classification, why: planned.why };
  return { classification, why: elsewhere === undefined ? ofConversation : `${ofConversation}; ${elsewhere}` };
}

/** What it was taken for stays: with room for it, the tier that was found would have had it. */
function withFloor(found: Classification, words: string): Classification {
  return { ...found, reasons: [{ feature: "floor", words, weight: 0 }, ...found.reasons] };
}

/** What of a question is sent and what money is held for: the same for whoever asks it and whoever foresees that. */
export function chatRequestOf({
  prompt,
}: Pick<Prepared, "prompt">): Pick<
  FailoverJob,
  "messages" | "inputTokens" | "boundTokens" | "maxOutputTokens" | "leastOutputTokens"
> {
  const { messages, inputTokens, boundTokens } = prompt;
  return {
    messages,
    inputTokens,
    boundTokens,
    maxOutputTokens: CHAT_OUTPUT_TOKENS,
    leastOutputTokens: MIN_OUTPUT_TOKENS,
  };
}

/** The turns of a conversation that come before `turnId`; a question asked again replaces its old answer. */
export function turnsBefore(session: Session | null, turnId: string): Turn[] {
  return (session?.turns ?? []).filter((turn) => turn.id !== turnId);
}

function pastOf(turn: Turn): Question["history"][number] {
  return {
    question: turn.question,
    answer: turn.answer,
    failed: hasFailedAnswer(turn),
    // What it was taken for: one that another tier had to answer, because its own was down, was no harder for that.
    tier: turn.decision?.classification?.tier ?? turn.decision?.answeredBy?.tier ?? null,
    askedWith: [...new Set(turn.context.map((chip) => chip.path))],
  };
}

/** Room for the prompt in the largest window of the tier that is wanted; smaller ones are left out of the plan. */
function promptBudget(routes: readonly Route[], mode: string, classification: Classification | null): number {
  const tier = mode === "auto" ? classification?.tier : mode;
  const wanted = routes.filter((route) => route.tier === tier || `${route.providerId}/${route.modelId}` === mode);
  const windows = (wanted.length > 0 ? wanted : routes).map((route) => {
    const windowTokens = route.windowTokens ?? ASSUMED_WINDOW_TOKENS;
    const answerTokens = Math.min(CHAT_OUTPUT_TOKENS, route.maxOutputTokens ?? CHAT_OUTPUT_TOKENS, windowTokens / 2);
    return (windowTokens - answerTokens) * ESTIMATE_MARGIN;
  });
  return Math.floor(Math.max(0, Math.min(MOST_PROMPT_TOKENS, Math.max(0, ...windows))));
}

/** Where no window holds a full answer behind this prompt, a shorter answer is better than none. */
export function planTightly(facts: PlanFacts): PlanResult {
  const planned = planRoute(facts);
  return planned.ok || planned.failure.kind !== "context-length"
    ? planned
    : planRoute({ ...facts, maxOutputTokens: MIN_OUTPUT_TOKENS });
}

/** Free models on this machine, for when the caps leave room for nothing else; [] where none could take the request. */
export function localSteps(routes: readonly Route[], facts: PlanFacts): readonly PlanStep[] {
  if (routes.length === 0) return [];
  const planned = planTightly({ ...facts, routes, mode: "cheap" });
  return planned.ok ? planned.plan : [];
}

function answerRoutes(facts: PlanFacts): readonly Route[] {
  const planned = planTightly({ ...facts, cooling: new Map() });
  const routes = planned.ok ? planned.plan.map(({ route }) => route) : [];
  return routes.filter((route) => route.tier === routes[0]?.tier);
}

/** Of a question before its prompt is cut for a tier: a token is taken for four characters. */
function roughTokens(text: string, context: readonly ContextItem[], told: readonly Turn[]): number {
  const asked = context.reduce((sum, item) => sum + item.text.length, text.length);
  const before = told.filter(tellsOfAnswer).reduce((sum, turn) => sum + turn.question.length + turn.answer.length, 0);
  return Math.ceil((asked + before) / 4);
}

function firstOfTier(facts: PlanFacts, tier: Tier): Route | null {
  return firstStep(tier, facts)?.route ?? null;
}
