import type { Attempt, Decision } from "../../shared/answer.ts";
import { type Failure, failureOf } from "../../shared/failure.ts";
import type { Cap } from "../core/budget.ts";
import { estimateParts } from "../core/count-parts.ts";
import { unsentFields } from "../core/passed-on.ts";
import type { PlanFacts, PlanResult } from "../core/plan-route.ts";
import { type Route, routeName } from "../core/provider.ts";
import { capitalized } from "../core/read-budget.ts";
import {
  bookOf,
  type Relay,
  type RelayBeginning,
  type RelayListener,
  type RelayRequest,
  relayBillOf,
  relayRouteOf,
} from "../core/relay.ts";
import { needsOf, promptTokens, questionOf, textTokens } from "../core/relay-question.ts";
import { warmRoute } from "../core/warm-route.ts";
import { worthOfSecondNano } from "../core/weigh-routes.ts";
import { failedBeforeWords } from "../core/why-answered.ts";
import type { Store } from "../store/open-store.ts";
import { type Audit, auditOfTurn } from "./audit.ts";
import { buildDecision, whyOf } from "./build-decision.ts";
import type { Calibration } from "./calibration.ts";
import { createCallMemory } from "./call-memory.ts";
import type { Clock } from "./clock.ts";
import type { Scene, World } from "./configure.ts";
import {
  type Answered,
  type FailoverJob,
  type FailoverResult,
  type FailoverStep,
  failover,
  MIN_OUTPUT_TOKENS,
} from "./failover.ts";
import { priceRoutes } from "./gather-models.ts";
import type { Health } from "./health.ts";
import { keepTier } from "./keep-tier.ts";
import type { Learning } from "./learning.ts";
import type { Offline } from "./offline.ts";
import { decidedBy, localSteps, planTightly, unaskedIn } from "./prepare-question.ts";
import { fillJob } from "./relay-fill.ts";
import { isUnknown, listModels, nameIn } from "./relay-models.ts";
import { createRelayTurns, nameOf, relayTurn, sessionOf } from "./relay-turns.ts";
import { firstStep, TYPICAL_OUTPUT_TOKENS, weighQuestion } from "./weigh-question.ts";

export interface RelayDeps {
  world: Pick<World, "settled" | "during" | "silent" | "scene">;
  /** null when the books could not be opened; `world.silent()` says why. */
  store: Pick<Store, "ledger"> | null;
  clock: Clock;
  health: Health;
  offline?: Offline;
  calibration?: Calibration;
  /** Writes down how each request ended; absent: nobody does. */
  audit?: Pick<Audit, "ended">;
  /** What answers did here; absent: nothing is learned. */
  learning?: Pick<Learning, "learned">;
  /** 0 ≤ x < 1 */
  random(): number;
  createId(): string;
  /** Routes that the person paused, by `routeName`, as they are now. Absent: none. */
  paused?(): ReadonlySet<string>;
  /** The caps of a book that a client named, or of the endpoint's own (null). */
  capsOf(scene: Scene, workspace: string | null): readonly Cap[];
  /** After each settlement: the money of today has changed. */
  onAttempt?(attempt: Attempt, route: Route): void;
  /** Something beside the answer went wrong, and the answer goes on. */
  onFault?(failure: Failure): void;
}

/** The bound of an answer where the client wrote none; money for so much is held. */
export const RELAY_OUTPUT_TOKENS = 8_192;

/**
 * Answers what other tools ask: weighed, planned, carried and paid like a question of the chat, by a plan of its own for
 * each request. What they wrote is sent as it is: nothing is cut, added or kept for when the same is asked again.
 */
export function createRelay(deps: RelayDeps): Relay {
  const turns = createRelayTurns(deps.clock.now);
  const calls = createCallMemory();

  const ask: Relay["ask"] = async (request, listener, signal) => {
    await deps.world.settled();
    const { store } = deps;
    const named = nameIn(deps.world.scene(), request.model);
    const silent = deps.world.silent(named.ok ? named.mode : undefined);
    if (store === null || silent?.kind === "ledger") return refuse(listener, silent ?? booksClosed);
    if (!named.ok) {
      return refuse(listener, isUnknown(named.failure) ? (silent ?? named.failure) : named.failure);
    }
    if (silent !== null) return refuse(listener, silent);
    try {
      await deps.world.during((scene) => answer(request, named.mode, { scene, store, listener, signal }));
    } catch (error) {
      const failure = failureOf(error);
      deps.onFault?.(failure);
      refuse(listener, failure);
    }
  };

  const answer = async (
    request: RelayRequest,
    mode: string,
    stage: { scene: Scene; store: Pick<Store, "ledger">; listener: RelayListener; signal: AbortSignal },
  ): Promise<void> => {
    const { scene, store, listener, signal } = stage;
    const askedAtMs = deps.clock.now();
    const caps = deps.capsOf(scene, request.workspace);
    const prepared = prepare(request, mode, { scene, caps, nowMs: askedAtMs });
    const { planned } = prepared;
    if (!planned.ok) return refuse(listener, planned.failure);

    const { classification, why, conversation } = prepared;
    const { plan } = planned;
    let decision: Decision | null = null;
    /** An answer was decided upon before its bill was written: nothing of that has changed since. */
    const decided = (result: Answered | FailoverResult): Decision => {
      const firstOf = prepared.firstOf();
      const facts = { mode, why, classification, plan, leftOut: planned.leftOut, notSent: [], firstOf };
      decision ??= buildDecision(facts, result);
      return decision;
    };
    let beginning: RelayBeginning | null = null;
    let attempts = 0;
    /** In order; the last one is asked now. */
    const asked: Route[] = [];
    /** Of the attempt under way. */
    let leftOut: readonly string[] = [];
    let roomTokens = prepared.job.maxOutputTokens;
    const refused: FailoverStep[] = [];
    const begin = (): RelayBeginning => {
      if (beginning !== null) return beginning;
      const route = asked.at(-1) ?? plan[0]?.route;
      if (route === undefined) throw new Error("An answer came from nowhere.");
      const because = whyOf({ mode, why, plan, classification }, { answeredBy: route, refused });
      beginning = {
        route: relayRouteOf(route),
        reason: because + failedBeforeWords(asked.slice(0, -1)),
        attempts,
        notSent: [...new Set([...unsentFields(request, route.wire), ...leftOut])],
        ...(roomTokens < prepared.job.maxOutputTokens ? { loweredTo: roomTokens } : {}),
        inputTokens: prepared.wholeTokens,
      };
      listener.begin(beginning);
      return beginning;
    };
    let isTold = false;
    const tell: RelayListener["end"] = (end) => {
      if (isTold) return;
      isTold = true;
      listener.end(end);
    };

    let isNoted = false;
    /** Keeps the conversation where it is. */
    const note = (ended: EndedTurn, decision: Decision): void => {
      if (isNoted) return;
      isNoted = true;
      const { state, failure, text, toolCalls } = ended;
      const hasText = text !== "" || toolCalls.length > 0;
      turns.ended(conversation.id, relayTurn({ id: request.id, askedAtMs, state, failure, decision, hasText }));
    };

    const result = await failover(
      {
        ...prepared.job,
        sessionId: conversation.id,
        turnId: request.id,
        kind: "endpoint",
        workspace: bookOf(request.workspace),
        steps: plan,
        caps,
        ladder: scene.settings.budget.ladder,
        onRefused: (step) => refused.push(step),
        onStart(attempt) {
          asked.push(attempt.route);
          attempts = attempt.failedBefore + 1;
          roomTokens = attempt.maxOutputTokens;
          leftOut = [];
        },
        onLeftOut(names) {
          leftOut = names;
        },
        ...(request.isStreamed
          ? {
              isFinal: true,
              onPart(part) {
                begin();
                listener.part(part);
              },
              busy: () => listener.busy(),
            }
          : {}),
        onAnswered(whole) {
          const decision = decided(whole);
          const { text, toolCalls, reasoning, finishReason, stopSequence } = whole;
          // Whoever hears the last word may go on at once, before its bill is on the disk.
          calls.keep(toolCalls, reasoning);
          note({ state: "done", failure: null, text, toolCalls }, decision);
          const usage = whole.attempts.at(-1)?.usage ?? null;
          const bill = relayBillOf(decision);
          const finish = { finishReason, ...(stopSequence === undefined ? {} : { stopSequence }) };
          tell({ state: "done", beginning: begin(), text, toolCalls, reasoning, ...finish, usage, bill });
        },
      },
      {
        ledger: store.ledger,
        clock: deps.clock,
        random: deps.random,
        createId: deps.createId,
        providerOf: scene.providerOf,
        ...(deps.onFault === undefined ? {} : { onLedgerFault: deps.onFault }),
        ...(deps.calibration === undefined ? {} : { calibration: deps.calibration }),
        health: deps.health,
        ...(deps.offline === undefined ? {} : { offline: deps.offline }),
        ...(deps.onAttempt === undefined ? {} : { onAttempt: deps.onAttempt }),
      },
      () => undefined,
      signal,
    );
    const final = decided(result);
    const bill = relayBillOf(final);
    note(result, final);
    if (result.state === "cancelled") tell({ state: "cancelled", bill });
    if (result.state === "failed") {
      const { retryAfterMs } = result;
      const failure = result.failure ?? lost;
      const isTier = request.ask.kind === "chat" && (mode === "cheap" || mode === "frontier");
      const isElsewhere = isTier && plan[0]?.route.tier !== mode;
      const message = isElsewhere ? `${capitalized(why)}. ${failure.message}` : failure.message;
      const again = retryAfterMs === undefined ? {} : { retryAfterMs };
      tell({ state: "failed", beginning, failure: { ...failure, message }, bill, ...again });
    }
    remember(request, result, { ...prepared, decision: final, askedAtMs, scene });
  };

  /** Writes down how it ended. */
  const remember = (
    request: RelayRequest,
    result: FailoverResult,
    facts: Pick<Prepared, "conversation" | "firstOf" | "text"> & {
      decision: Decision;
      askedAtMs: number;
      scene: Scene;
    },
  ): void => {
    const { conversation, decision, askedAtMs, scene } = facts;
    const { id } = request;
    if (result.attempts.length === 0) return;
    const ended = auditOfTurn(
      {
        requestId: id,
        atMs: askedAtMs,
        sessionId: conversation.id,
        workspace: bookOf(request.workspace),
        language: "",
        question: scene.settings.keepQuestions ? facts.text : null,
      },
      decision,
      result,
      facts.firstOf(),
    );
    deps.audit?.ended({ ...ended, kind: "endpoint", conversation: nameOf(request) });
  };

  const prepare = (
    request: RelayRequest,
    mode: string,
    facts: { scene: Scene; caps: readonly Cap[]; nowMs: number },
  ): Prepared => {
    const { scene, caps, nowMs } = facts;
    const { health } = deps;
    const { settings } = scene;
    const candidates = scene.routesFor(mode);
    const routes = priceRoutes(candidates, nowMs);
    const paused = deps.paused?.();
    const maxOutputTokens = request.maxOutputTokens ?? RELAY_OUTPUT_TOKENS;
    const common = { routes, mode, nowMs, caps, pool: settings.pool, ...(paused === undefined ? {} : { paused }) };
    const { ask: wish } = request;
    if (wish.kind === "fill") {
      const filled = fillJob(request, wish, { ...common, scene, health, maxOutputTokens });
      const conversation = { id: sessionOf(request, "fill"), turns: [] };
      return { ...filled, conversation, classification: null, firstOf: () => nobody, text: wish.prefix };
    }

    const { tools, toolChoice } = wish;
    const messages = calls.complete(wish.messages);
    const asked = questionOf(messages);
    const id = sessionOf(request, asked.beginning);
    // A question that begins a conversation is none that goes on, however often it is asked.
    const earlier = request.session !== null || asked.isUnderWay ? turns.of(id) : [];
    const texts = textTokens(messages, request.passedOn);
    const inputTokens = texts.inputTokens + estimateParts({ messages, tools });
    const warm = warmRoute(earlier, nowMs);
    const weighed =
      mode === "auto"
        ? weighQuestion(asked.question, {
            ...{ scene, routes, health, nowMs, warm, inputTokens, languageId: "", paused },
            learned: deps.learning?.learned,
          })
        : null;
    const kept = weighed === null ? null : keepTier(weighed, earlier);
    const planFacts: PlanFacts = {
      ...common,
      classification: kept?.classification ?? null,
      inputTokens,
      expectedOutputTokens: Math.min(TYPICAL_OUTPUT_TOKENS, maxOutputTokens),
      maxOutputTokens,
      cooling: health.pauses(candidates, inputTokens),
      speeds: health.speeds(candidates, { kind: "chat", inputTokens }),
      secondNano: worthOfSecondNano(settings.quality),
      warm,
      needs: needsOf(messages, tools),
      ...unaskedIn(scene),
    };
    const planned = planTightly(planFacts);
    return {
      conversation: { id, turns: earlier },
      ...decidedBy(planned, kept),
      planned,
      firstOf: once(() => ({
        cheap: firstStep("cheap", planFacts)?.route ?? null,
        frontier: firstStep("frontier", planFacts)?.route ?? null,
      })),
      text: asked.question.text,
      wholeTokens: inputTokens,
      job: {
        localSteps: mode.includes("/") ? [] : localSteps(priceRoutes(scene.localRoutes, nowMs), planFacts),
        messages,
        tools,
        toolChoice,
        ...texts,
        maxOutputTokens,
        leastOutputTokens: Math.min(maxOutputTokens, MIN_OUTPUT_TOKENS),
        ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
        ...(request.stop === undefined ? {} : { stop: request.stop }),
        ...(request.passedOn === null ? {} : { passedOn: request.passedOn }),
        // After tools have given their results a model may have nothing to add.
        ...(tools.length > 0 ? { acceptsEmpty: true } : {}),
      },
    };
  };

  return {
    ask,
    models: () => listModels(deps.world.scene()),
    countTokens(model, { messages, tools }) {
      const scene = deps.world.scene();
      const named = nameIn(scene, model);
      if (!named.ok) return { failure: deps.world.silent() ?? named.failure };
      const routes = scene.routesFor(named.mode);
      const route = routes.find(
        (each) => each.tier === named.mode || named.mode === "auto" || routeName(each) === named.mode,
      );
      const factor = route === undefined ? null : (deps.calibration?.typicalInputFactor(route) ?? null);
      return { inputTokens: Math.ceil(promptTokens(messages, tools, null) * (factor ?? 1)) };
    },
  };
}

/** Everything decided about a request before money is held. */
export interface Prepared {
  conversation: { id: string; turns: ReturnType<ReturnType<typeof createRelayTurns>["of"]> };
  classification: PlanFacts["classification"];
  why: string;
  planned: PlanResult;
  /** Who stands for each tier. Found out when it is first asked for: no request need wait for it. */
  firstOf: () => Parameters<typeof auditOfTurn>[3];
  /** What was asked, for the audit of those who keep it. */
  text: string;
  /** Our estimate of the whole prompt. */
  wholeTokens: number;
  job: Omit<FailoverJob, "sessionId" | "turnId" | "kind" | "workspace" | "steps" | "caps" | "ladder">;
}

type EndedTurn = Pick<FailoverResult, "state" | "failure" | "text" | "toolCalls">;

const nobody = { cheap: null, frontier: null } as const;
const booksClosed: Failure = { kind: "ledger", message: "The books are not open. Restart Wayfare." };
const lost: Failure = { kind: "internal", message: "The request ended without a reason." };

function refuse(listener: RelayListener, failure: Failure): void {
  const bill = { attempts: [], costNano: 0, costSource: "none" } as const;
  listener.end({ state: "failed", beginning: null, failure, bill });
}

function once<Value>(find: () => Value): () => Value {
  let found: { value: Value } | null = null;
  return () => {
    found ??= { value: find() };
    return found.value;
  };
}
