import type { Attempt, Usage } from "../../shared/answer.ts";
import { type Failure, failureOf } from "../../shared/failure.ts";
import { estimateTokens } from "../core/estimate-tokens.ts";
import { type FinishReason, type ProviderRequest, type Route, routeName } from "../core/provider.ts";
import type { Ledger } from "../store/ledger.ts";
import { compose, requireAnswer, type StreamCall } from "./attempt.ts";
import type { Clock } from "./clock.ts";
import { priceAttempt } from "./price-attempt.ts";
import { type Timeouts, timers } from "./timers.ts";

/** What came is noted in the ledger this often, so that a killed process is billed for no more than that. */
const NOTE_EVERY_MS = 1_000;

export interface AttemptJob {
  /** Already reserved in the ledger. */
  attemptId: string;
  route: Route;
  /** How the route is asked: its provider's `stream`, or another way to the same parts. */
  call: StreamCall;
  request: ProviderRequest;
  inputTokens: number;
  heldNano: number;
  startedAtMs: number;
  /** The same moment in the clock's ticks: what lasts is measured from it. */
  startedTicksMs: number;
  /** Why the plan has this route here. */
  reason: string;
  timeouts: Timeouts;
  /** Called once, just before the request leaves. */
  onStart(): void;
  onContent(part: { type: "text" | "reasoning"; text: string }): void;
  /** The answer is whole. It is not settled yet. */
  onFinish(): void;
  /** Asked after each piece of text: true ends the attempt as done, and the upstream is closed at once. */
  isEnough?: () => boolean;
  /** An answer without a character is an answer, too. */
  acceptsEmpty?: true;
}

export interface AttemptEnd {
  attempt: Attempt;
  finishReason: FinishReason | null;
  /** Something of it was passed on. */
  hasContent: boolean;
}

/**
 * Streams one attempt and settles it, on every way out. Never throws: a failure, and a cancellation, are in the attempt.
 */
export async function runAttempt(
  job: AttemptJob,
  deps: { ledger: Pick<Ledger, "noteProgress" | "settle">; clock: Clock; onLedgerFault?(failure: Failure): void },
  signal: AbortSignal,
): Promise<AttemptEnd> {
  const { ledger, clock } = deps;
  const name = routeName(job.route);
  let sent = false;
  let firstTokenMs: number | null = null;
  let usage: Usage | null = null;
  let reportedCostUsd: number | null = null;
  let usageIsEarly = false;
  let finishReason: FinishReason | null = null;
  let failure: Failure | null = null;
  let received = "";
  const meter = createMeter((outputTokens) => ledger.noteProgress(job.attemptId, { outputTokens }), job.startedTicksMs);

  try {
    signal.throwIfAborted();
    const stream = compose(
      requireAnswer(name, { text: job.acceptsEmpty === true ? "optional" : "required" }),
      timers(job.timeouts, clock, name),
    )(job.call);
    job.onStart();
    sent = true;
    for await (const part of stream(job.request, { signal })) {
      if (part.type === "finish") {
        finishReason = part.reason;
        job.onFinish();
        usageIsEarly = false;
      } else if (part.type === "usage") {
        usage = part.usage;
        reportedCostUsd = part.reportedCostUsd;
      } else if (part.type !== "activity") {
        firstTokenMs ??= Math.round(clock.ticks() - job.startedTicksMs);
        usageIsEarly = usage !== null;
        received += part.text;
        meter(part.text, clock.ticks());
        job.onContent({ type: part.type === "text-delta" ? "text" : "reasoning", text: part.text });
        if (part.type === "text-delta" && job.isEnough?.() === true) {
          finishReason = "stop";
          job.onFinish();
          break;
        }
      }
    }
  } catch (error) {
    if (!signal.aborted) failure = failureOf(error);
  }

  const outcome = finishReason !== null ? "done" : failure !== null ? "failed" : "cancelled";
  if (outcome === "done") failure = null;
  const receivedTokens = estimateTokens(received);
  const price = priceAttempt({
    route: job.route,
    outcome,
    sent,
    inputTokens: job.inputTokens,
    receivedTokens,
    usage,
    reportedCostUsd,
    usageIsEarly,
  });
  const attempt: Attempt = {
    id: job.attemptId,
    providerId: job.route.providerId,
    modelId: job.route.modelId,
    tier: job.route.tier,
    outcome,
    failure,
    startedAtMs: job.startedAtMs,
    firstTokenMs,
    durationMs: Math.round(clock.ticks() - job.startedTicksMs),
    heldNano: job.heldNano,
    ...price,
  };
  try {
    await ledger.settle(job.attemptId, {
      outcome,
      failure,
      ...price,
      firstTokenMs,
      durationMs: attempt.durationMs,
      reason: job.reason,
    });
  } catch (error) {
    // The answer is there and stays; its row stays held and is settled when the books can be written again.
    deps.onLedgerFault?.(failureOf(error));
  }
  return { attempt, finishReason, hasContent: received !== "" };
}

/** Counts tokens as they come and passes the sum on at most once in `NOTE_EVERY_MS`. Holds that much text. */
function createMeter(note: (outputTokens: number) => void, startedTicksMs: number) {
  let tokens = 0;
  let uncounted = "";
  let notedAtMs = startedTicksMs;
  return (text: string, ticksMs: number): void => {
    uncounted += text;
    if (ticksMs - notedAtMs < NOTE_EVERY_MS) return;
    notedAtMs = ticksMs;
    tokens += estimateTokens(uncounted);
    uncounted = "";
    note(tokens);
  };
}
