import type { Attempt } from "../../shared/answer.ts";
import { type Failure, failureOf, isAbort } from "../../shared/failure.ts";
import { isLoopbackHost } from "../../shared/presets.ts";
import type { AskPart } from "../../shared/protocol.ts";
import { boundParts, countImages, estimateParts } from "../core/count-parts.ts";
import { actionFor, describeAttempt, isAboutContent } from "../core/failure-action.ts";
import { fitMessages } from "../core/fit-messages.ts";
import type { Timeouts } from "../core/learn-timers.ts";
import { isFree } from "../core/price.ts";
import {
  type FinishReason,
  type Provider,
  type ProviderRequest,
  type ReasoningBlock,
  type Route,
  routeName,
  type ToolCall,
} from "../core/provider.ts";
import { stepDown, stepFurtherDown } from "../core/step-down.ts";
import type { Ledger } from "../store/ledger.ts";
import { createAvoided } from "./avoid-routes.ts";
import type { Calibration } from "./calibration.ts";
import { type Clock, sleep } from "./clock.ts";
import type { Answered, FailoverJob, FailoverStep } from "./failover-job.ts";
import type { Health } from "./health.ts";
import { createMoneyHolder } from "./hold-money.ts";
import type { Offline } from "./offline.ts";
import { leastNeeding, outOfTime, overallFailure, withSoonest } from "./overall-failure.ts";
import { runAttempt } from "./run-attempt.ts";
import { createShownAnswer } from "./show-answer.ts";
import { chatBounds, chatTimeouts, patientTimeouts } from "./timers.ts";

/** Attempts for one answer, retries included. A person does not wait for a ninth provider. */
export const MAX_ATTEMPTS = 8;
/** A retry of the same route comes after a random wait of at most this (full jitter). */
const BACK_OFF_MS = 400;
/** A chat answer's first words are held back so long, so that a break in them shows nothing. */
const CHAT_BEGINNING = { characters: 24, ms: 120 };
/** Less room than this for an answer is not worth a request. */
export const MIN_OUTPUT_TOKENS = 1_024;
/**
 * A person's whole patience with silence, over all attempts for one answer, however many routes there are. An answer that
 * is coming is never ended by it.
 */
const WAITING_MS = 180_000;
/** The prompt may be this much longer than we think, by the vendor's own count. */
const ESTIMATE_SLACK_PERCENT = 10;

export type { Answered, FailoverJob, FailoverStep };

export interface FailoverDeps {
  ledger: Pick<Ledger, "reserve" | "noteProgress" | "noteGeneration" | "settle" | "onSettled" | "capStates">;
  clock: Clock;
  /** 0 ≤ x < 1 */
  random(): number;
  createId(): string;
  /** null when the route's provider is gone. */
  providerOf(route: Route): Provider | null;
  /** After each settlement. */
  onAttempt?(attempt: Attempt, route: Route): void;
  /** A settlement that could not be written, or listeners that failed; the answer goes on. */
  onLedgerFault?(failure: Failure): void;
  /** What vendors' counts are to our estimates; absent: nothing is learned. */
  calibration?: Calibration;
  /** How routes have been; absent: nothing is learned, and timers stay as they are. */
  health?: Pick<Health, "begin" | "heard" | "ended" | "timeoutsFor" | "soonest" | "forgive">;
  /** Absent: a route that cannot be reached is always to blame itself. */
  offline?: Offline;
}

export interface FailoverResult {
  state: "done" | "failed" | "cancelled";
  /** Exactly one route's text: what was emitted since the last `restart`. */
  text: string;
  /** The calls that the same route asks for, and its thinking, both as they go back to it with the results. */
  toolCalls: readonly ToolCall[];
  reasoning: readonly ReasoningBlock[];
  finishReason: FinishReason | null;
  attempts: Attempt[];
  answeredBy: Route | null;
  failure: Failure | null;
  /** The cap that left this answer too little room, as `describeCap` says it, where the answer used all of it; else null. */
  cutByCap: string | null;
  /** The attempt that wrote `text`; null without any. */
  writtenBy: string | null;
  /** Routes that a cap kept from being asked, each with the cap in the way. */
  refused: readonly FailoverStep[];
  /** What the ladder went on to, with its own reasons; [] where no cap was in the way. */
  steppedDown: readonly FailoverStep[];
}

/**
 * Walks a plan until one route has answered: for each attempt money is held, the stream is passed on, and the true cost
 * is settled, whatever way the attempt ends. An error or silence before the first content moves on unseen, and so does a
 * break in the first words of a chat, which are held back a little. A fault after content was shown starts the answer
 * again on the next route, with a `restart` part just before its first content; two routes' texts are never spliced, and
 * when nothing else answers, what had come stays. Where money cannot be held nothing is sent, and the ladder says what is
 * tried instead. Never throws for a failure; the result carries it.
 */
export async function failover(
  job: FailoverJob,
  deps: FailoverDeps,
  emit: (part: AskPart) => void,
  signal: AbortSignal,
): Promise<FailoverResult> {
  const attempts: Attempt[] = [];
  const shown = createShownAnswer(emit, deps.clock, job.kind === "chat" ? CHAT_BEGINNING : null, job.onPart);
  const avoided = createAvoided();
  const parts = { messages: job.messages ?? [], tools: job.tools ?? [] };
  const inputTokens = job.inputTokens + estimateParts(parts);
  const partsBoundTokens = (route: Route) => boundParts(parts, route);
  const money = createMoneyHolder({ ...job, inputTokens, partsBoundTokens, images: countImages(parts.messages) }, deps);
  const timeouts = job.timeouts ?? { usual: chatTimeouts, patient: patientTimeouts, bounds: chatBounds };
  const { health } = deps;
  const waitingMs = job.waitingMs ?? WAITING_MS;
  // A model takes as long for an answer, whoever asks for it.
  const kind = job.kind === "endpoint" ? "chat" : job.kind;
  let waitedMs = 0;
  const isThere = ({ route }: FailoverStep) => !avoided.has(route) && deps.providerOf(route) !== null;
  let rest: readonly FailoverStep[] = job.steps;
  let steppedDown: readonly FailoverStep[] = [];
  const refused: FailoverStep[] = [];
  let last: { route: Route; failure: Failure } | null = null;
  let refusal: Failure | null = null;

  const ended = (state: FailoverResult["state"], extra: Partial<FailoverResult> = {}): FailoverResult => {
    if (state !== "done") shown.close();
    return {
      state,
      text: shown.text(),
      toolCalls: shown.toolCalls(),
      reasoning: shown.reasoning(),
      finishReason: null,
      attempts,
      answeredBy: null,
      failure: null,
      cutByCap: null,
      writtenBy: shown.writer(),
      refused,
      steppedDown,
      ...extra,
    };
  };

  walk: while (attempts.length < MAX_ATTEMPTS) {
    const open = rest.filter(isThere);
    const step = open.find(({ route }) => !avoided.isLast(route)) ?? open[0];
    if (step === undefined) break;
    const { route } = step;
    const provider = deps.providerOf(route);
    if (provider === null) break;
    rest = open.filter((each) => each !== step);
    const isAlone = () =>
      !rest.some((next) => isThere(next) && !avoided.isLast(next.route) && next.isLastResort !== true);

    for (let retry = 0; attempts.length < MAX_ATTEMPTS; retry++) {
      if (signal.aborted) return ended("cancelled");
      if (waitedMs >= waitingMs) return ended("failed", { failure: outOfTime(attempts, waitedMs, last) });
      const attemptId = deps.createId();
      const wantedTokens = fitOutput(route, inputTokens, job.maxOutputTokens);
      const hold = await money.hold(route, { attemptId, maxOutputTokens: wantedTokens }, signal);
      if (hold.state === "cancelled") return ended("cancelled");
      if (hold.state === "failed") return ended("failed", { failure: hold.failure });
      if (hold.state === "refused") {
        refusal = refusal === null ? hold.failure : leastNeeding(refusal, hold.failure);
        refused.push({ route, reason: `does not fit under ${hold.cap}` });
        const { neededNano } = money;
        if (refused.length === 1) {
          const { ladder, localSteps = [] } = job;
          steppedDown = stepDown({ rest, localSteps, ladder, refused: route, cap: hold.cap, neededNano });
          rest = steppedDown;
        } else {
          rest = stepFurtherDown(rest, route, neededNano);
        }
        continue walk;
      }

      const { maxOutputTokens, heldNano, startedAtMs, startedTicksMs } = hold;
      const { call } = job;
      const patience =
        isAlone() || isLocal(route)
          ? timeouts.patient
          : (health?.timeoutsFor(route, { kind, inputTokens }, timeouts.usual, timeouts.bounds) ?? timeouts.usual);
      health?.begin(route, inputTokens);
      const { origin, modelId } = route;
      shown.begin(
        attemptId,
        { origin, modelId },
        last === null ? "" : `${routeName(last.route)}: ${describeAttempt(last.failure)}`,
      );
      const end = await runAttempt(
        {
          attemptId,
          route,
          call:
            call === undefined
              ? (request, options) => provider.stream(request, options)
              : (_request, options) => call(provider, route, maxOutputTokens, options),
          request: { ...requestFor(job, route), maxOutputTokens },
          inputTokens: job.askedTokens ?? (() => inputTokens),
          heldNano,
          isCapped: job.caps.length > 0 && !route.simulated,
          startedAtMs,
          startedTicksMs,
          reason: step.reason,
          timeouts: within(patience, waitingMs - waitedMs),
          onStart: () => {
            const { providerId, modelId, tier } = route;
            emit({ type: "attempt", providerId, modelId, tier, failedBefore: attempts.length });
          },
          onLimits: (limits) => health?.heard(route, limits),
          onContent: shown.add,
          onFinish: shown.keep,
          ...(job.busy === undefined ? {} : { busy: job.busy }),
          onPriced(attempt, { reason: finishReason, ...finish }) {
            job.onAnswered?.({
              text: shown.text(),
              toolCalls: shown.toolCalls(),
              reasoning: shown.reasoning(),
              attempts: [...attempts, attempt],
              writtenBy: shown.writer(),
              refused,
              steppedDown,
              finishReason,
              ...finish,
              answeredBy: route,
              cutByCap: finishReason === "length" ? hold.loweredBy : null,
            });
          },
          ...(job.isEnough === undefined ? {} : { isEnough: job.isEnough }),
          ...(job.acceptsEmpty === undefined ? {} : { acceptsEmpty: job.acceptsEmpty }),
        },
        deps,
        signal,
      );
      const { failure: found, outcome } = end.attempt;
      const judged =
        found === null ? null : (deps.offline?.judge(route, found, (each) => health?.forgive(each)) ?? found);
      if (outcome === "done") deps.offline?.answered(route);
      health?.ended(route, {
        kind,
        inputTokens,
        startedAtMs,
        outcome,
        failure: judged,
        timing: end.timing,
      });
      waitedMs += waitIn(end.attempt);
      attempts.push(judged === found ? end.attempt : { ...end.attempt, failure: judged });
      try {
        deps.onAttempt?.(end.attempt, route);
      } catch (error) {
        // The attempt is paid and settled: whoever fails to hear of it must not take its answer away.
        deps.onLedgerFault?.(failureOf(error));
      }
      if (outcome === "done") {
        const cutByCap = end.finishReason === "length" ? hold.loweredBy : null;
        return ended("done", { finishReason: end.finishReason, answeredBy: route, cutByCap });
      }
      if (outcome === "cancelled" || judged === null) return ended("cancelled");

      const failure = judged;
      shown.drop();
      last = { route, failure };
      const action = actionFor(failure);
      avoided.add(route, failure);
      // Nobody waits for a completion so long: the next letter asks again.
      const mayWait = job.kind !== "completion" || action.waitMs === 0;
      const mayRetry = mayWait && retry < action.retrySame && (action.retryWhen === "first" || isAlone());
      if (mayRetry && !end.hasContent && attempts.length < MAX_ATTEMPTS) {
        try {
          const backOffMs = action.waitMs + deps.random() * BACK_OFF_MS;
          waitedMs += backOffMs;
          await sleep(deps.clock, backOffMs, signal);
        } catch (error) {
          if (isAbort(error)) return ended("cancelled");
          throw error;
        }
        continue;
      }
      const isOut = job.isFinal === true && shown.writer() !== null;
      // What a program wrote wrong is its own to mend, and no reason to pay for the other tier.
      const isItsOwn = job.kind === "endpoint" && isAboutContent(failure);
      if (isItsOwn) rest = rest.filter((next) => next.route.tier === route.tier);
      if (!action.otherRoute || isOut || (isItsOwn && !rest.some(isThere))) return ended("failed", { failure });
      break;
    }
  }
  const overall = overallFailure(attempts, last?.failure ?? null, refusal);
  return ended("failed", { failure: withSoonest(overall, attempts, job.steps, deps) });
}

/** The timers of an attempt with so much of the person's patience left. Once content comes it no longer counts. */
function within(timeouts: Timeouts, leftMs: number): Timeouts {
  return {
    ...timeouts,
    headersMs: Math.min(timeouts.headersMs, leftMs),
    firstContentMs: Math.min(timeouts.firstContentMs, leftMs),
  };
}

/** How long nothing was to be seen of an attempt: until its first content, and in the pause that ended it. */
function waitIn({ firstTokenMs, durationMs, failure }: Attempt): number {
  return (firstTokenMs ?? durationMs) + (failure?.kind === "stall" ? failure.waitedMs : 0);
}

/** The request that this route is sent, but for the room that a cap may take from it: what a kept answer answers. */
export function requestFor(
  job: Pick<
    FailoverJob,
    "messages" | "tools" | "toolChoice" | "inputTokens" | "maxOutputTokens" | "temperature" | "stop" | "passedOn"
  >,
  route: Route,
): ProviderRequest {
  const { messages = [], tools = [], toolChoice = "auto", temperature, stop, passedOn } = job;
  return {
    modelId: route.modelId,
    messages: fitMessages(messages, route),
    ...(tools.length === 0 ? {} : { tools, toolChoice }),
    maxOutputTokens: fitOutput(route, job.inputTokens + estimateParts({ messages, tools }), job.maxOutputTokens),
    ...(temperature === undefined ? {} : { temperature }),
    ...(stop === undefined ? {} : { stop }),
    ...(passedOn === undefined ? {} : { passedOn }),
    ...windowOf(route),
  };
}

/** Beside a request to a server that is told how much of the window to load. */
export function windowOf({ wire, windowTokens }: Pick<Route, "wire" | "windowTokens">): {
  windowTokens?: number | null;
} {
  return wire === "ollama" ? { windowTokens } : {};
}

/** The room for the answer on this route: what was asked for, cut to what the model can write after this prompt. */
export function fitOutput(
  route: Pick<Route, "maxOutputTokens" | "windowTokens">,
  inputTokens: number,
  maxOutputTokens: number,
): number {
  const mostTokens = Math.min(maxOutputTokens, route.maxOutputTokens ?? maxOutputTokens);
  if (route.windowTokens === null) return mostTokens;
  const slackTokens = Math.ceil((inputTokens * ESTIMATE_SLACK_PERCENT) / 100);
  return Math.min(mostTokens, Math.max(route.windowTokens - inputTokens - slackTokens, MIN_OUTPUT_TOKENS));
}

/** Giving up on it early would send a question to be paid for elsewhere. */
export function isLocal(route: Route): boolean {
  return isFree(route.price) && isLoopbackHost(new URL(route.origin).hostname);
}
