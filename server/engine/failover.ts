import type { Attempt } from "../../shared/answer.ts";
import { type Failure, failureOf, isAbort } from "../../shared/failure.ts";
import { isLoopbackHost } from "../../shared/presets.ts";
import type { AskPart } from "../../shared/protocol.ts";
import type { LadderStep } from "../../shared/settings.ts";
import type { Cap } from "../core/budget.ts";
import { actionFor, describeAttempt } from "../core/failure-action.ts";
import { boundOverNano, isFree } from "../core/price.ts";
import {
  type FinishReason,
  type Message,
  type Provider,
  type ProviderPart,
  type Route,
  routeName,
  type StreamOptions,
} from "../core/provider.ts";
import type { Ledger } from "../store/ledger.ts";
import { createAvoided } from "./avoid-routes.ts";
import { type Clock, sleep } from "./clock.ts";
import { runAttempt } from "./run-attempt.ts";
import { chatTimeouts, patientTimeouts, type Timeouts } from "./timers.ts";

/** Attempts for one answer, retries included. A person does not wait for a ninth provider. */
export const MAX_ATTEMPTS = 8;
/** A retry of the same route comes after a random wait of at most this (full jitter). */
const BACK_OFF_MS = 400;
/** Less room than this for an answer is not worth a request. */
export const MIN_OUTPUT_TOKENS = 1_024;
/** The prompt may be this much longer than we think, by the vendor's own count. */
const ESTIMATE_SLACK_PERCENT = 10;

export interface FailoverJob {
  sessionId: string;
  turnId: string;
  kind: "chat" | "completion" | "helper";
  /** The workspace of the books. */
  workspace: string;
  /** In the order to try, each with the reason it stands there. */
  steps: readonly FailoverStep[];
  /** Free routes that are in no tier, for the last step of the ladder; [] or absent: there are none. */
  localSteps?: readonly FailoverStep[];
  /** What is asked; not looked at where `call` asks. */
  messages?: readonly Message[];
  /** Our estimate of the prompt, and the number it cannot exceed: money is held for the latter. */
  inputTokens: number;
  boundTokens: number;
  maxOutputTokens: number;
  /** A cap may lower the room for the answer to so much, and not below. */
  leastOutputTokens: number;
  /** Every cap that this request is under; [] without any. Simulated routes are under none. */
  caps: readonly Cap[];
  /** What is done, in this order, when it does not fit under a cap; [] refuses at once. */
  ladder: readonly LadderStep[];
  /** `patient` holds for the last route, and for a free one on this machine, which may have to load its model first. */
  timeouts?: { usual: Timeouts; patient: Timeouts };
  /** Asks in another way than `provider.stream(messages)`; the same rules hold for what it gives. */
  call?: (
    provider: Provider,
    route: Route,
    maxOutputTokens: number,
    options: StreamOptions,
  ) => AsyncIterable<ProviderPart>;
  /** Asked after each piece of text: true ends the attempt as done. The upstream is closed at once and metered. */
  isEnough?: () => boolean;
  /** An answer without a character is an answer, too. */
  acceptsEmpty?: true;
}

export interface FailoverStep {
  route: Route;
  reason: string;
}

export interface FailoverDeps {
  ledger: Pick<Ledger, "reserve" | "noteProgress" | "settle" | "onSettled">;
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
}

export interface FailoverResult {
  state: "done" | "failed" | "cancelled";
  /** Exactly one route's text: what was emitted since the last `restart`. */
  text: string;
  finishReason: FinishReason | null;
  attempts: Attempt[];
  answeredBy: Route | null;
  failure: Failure | null;
  /** The cap that left this answer too little room, as `describeCap` says it, where the answer used all of it; else null. */
  cutByCap: string | null;
}

/**
 * Walks a plan until one route has answered: for each attempt money is held, the stream is passed on, and the true cost
 * is settled, whatever way the attempt ends. An error or silence before the first content moves on unseen. A fault after
 * content was shown starts the answer again on the next route, with a `restart` part just before its first content; two
 * routes' texts are never spliced, and when nothing else answers, what had come stays. When money cannot be held,
 * nothing is sent. Never throws for a failure; the result carries it.
 */
export async function failover(
  job: FailoverJob,
  deps: FailoverDeps,
  emit: (part: AskPart) => void,
  signal: AbortSignal,
): Promise<FailoverResult> {
  const attempts: Attempt[] = [];
  const shown = createShown(emit);
  const avoided = createAvoided();
  let last: { route: Route; failure: Failure } | null = null;

  const ended = (state: FailoverResult["state"], extra: Partial<FailoverResult> = {}): FailoverResult => ({
    state,
    text: shown.text(),
    finishReason: null,
    attempts,
    answeredBy: null,
    failure: null,
    cutByCap: null,
    ...extra,
  });

  for (const [index, step] of job.steps.entries()) {
    const { route } = step;
    if (avoided.has(route)) continue;
    const provider = deps.providerOf(route);
    if (provider === null) continue;
    const isAlone = () =>
      job.steps.slice(index + 1).every((next) => avoided.has(next.route) || deps.providerOf(next.route) === null);
    const timeouts = job.timeouts ?? { usual: chatTimeouts, patient: patientTimeouts };

    for (let retry = 0; attempts.length < MAX_ATTEMPTS; retry++) {
      if (signal.aborted) return ended("cancelled");
      const maxOutputTokens = fitOutput(route, job.inputTokens, job.maxOutputTokens);
      const attemptId = deps.createId();
      const hold = holdFor(route, job.boundTokens, maxOutputTokens);
      const startedAtMs = deps.clock.now();
      try {
        await deps.ledger.reserve({
          attemptId,
          turnId: job.turnId,
          sessionId: job.sessionId,
          kind: job.kind,
          workspace: job.workspace,
          book: route.simulated ? "simulated" : "real",
          tier: route.tier,
          providerId: route.providerId,
          modelId: route.modelId,
          startedAtMs,
          ...hold,
        });
      } catch (error) {
        return ended("failed", { failure: failureOf(error) });
      }

      shown.begin(last === null ? "" : `${routeName(last.route)}: ${describeAttempt(last.failure)}`);
      const end = await runAttempt(
        {
          attemptId,
          route,
          provider,
          request: { modelId: route.modelId, messages: job.messages, maxOutputTokens },
          inputTokens: job.inputTokens,
          heldNano: hold.heldNano,
          startedAtMs,
          reason: step.reason,
          timeouts: isAlone() || isLocal(route) ? timeouts.patient : timeouts.usual,
          onStart: () => {
            const { providerId, modelId, tier } = route;
            emit({ type: "attempt", providerId, modelId, tier, failedBefore: attempts.length });
          },
          onContent: shown.add,
        },
        deps,
        signal,
      );
      attempts.push(end.attempt);
      try {
        deps.onAttempt?.(end.attempt, route);
      } catch (error) {
        // The attempt is paid and settled: whoever fails to hear of it must not take its answer away.
        deps.onLedgerFault?.(failureOf(error));
      }
      if (end.attempt.outcome === "done") {
        return ended("done", { finishReason: end.finishReason, answeredBy: route });
      }
      if (end.attempt.outcome === "cancelled" || end.attempt.failure === null) return ended("cancelled");

      const failure = end.attempt.failure;
      last = { route, failure };
      const action = actionFor(failure);
      avoided.add(route, failure);
      const mayRetry = retry < action.retrySame && (action.retryWhen === "first" || isAlone());
      if (mayRetry && !end.hasContent && attempts.length < MAX_ATTEMPTS) {
        try {
          await sleep(deps.clock, action.waitMs + deps.random() * BACK_OFF_MS, signal);
        } catch (error) {
          if (isAbort(error)) return ended("cancelled");
          throw error;
        }
        continue;
      }
      if (!action.otherRoute) return ended("failed", { failure });
      break;
    }
  }
  return ended("failed", { failure: overallFailure(attempts, last) });
}

/** What the person has on the screen, and the one rule about it: a new attempt's content voids the old. */
function createShown(emit: (part: AskPart) => void) {
  let text = "";
  let hasContent = false;
  let isFirst = true;
  let why = "";
  return {
    text: () => text,
    begin(restartWhy: string): void {
      why = restartWhy;
      isFirst = true;
    },
    add(part: { type: "text"; text: string } | { type: "reasoning"; text: string }): void {
      if (isFirst && hasContent) {
        text = "";
        emit({ type: "restart", why });
      }
      isFirst = false;
      hasContent = true;
      if (part.type === "text") text += part.text;
      emit(part);
    },
  };
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
function isLocal(route: Route): boolean {
  return isFree(route.price) && isLoopbackHost(new URL(route.origin).hostname);
}

/** Nothing can be held for a price nobody knows, and the ledger is told that it is unknown. */
function holdFor(route: Route, boundTokens: number, maxOutputTokens: number) {
  const prices = [route.price, ...(route.nextPrices ?? [])];
  const bound = boundOverNano({ inputTokens: boundTokens, maxOutputTokens }, prices);
  return {
    heldNano: bound?.totalNano ?? 0,
    inputNano: bound?.inputNano ?? null,
    outputNanoPerToken: bound?.outputNanoPerToken ?? null,
  };
}

const mendable = new Set(["auth", "quota", "unknown-model", "not-an-api", "context-length", "bad-request"]);

/** Of several failures, the one the person can do something about; else the last. */
function overallFailure(attempts: readonly Attempt[], last: { failure: Failure } | null): Failure {
  const failures = attempts.flatMap((attempt) => (attempt.failure === null ? [] : [attempt.failure]));
  const failure = failures.find((each) => mendable.has(each.kind)) ?? last?.failure;
  if (failure === undefined) {
    return {
      kind: "setup",
      field: "wayfare.tiers",
      message: 'None of the planned models can be reached. Run "Wayfare: Add Provider".',
    };
  }
  return attempts.length < 2
    ? failure
    : { ...failure, message: `${attempts.length} attempts failed. ${failure.message}` };
}
