import type { Attempt, Usage } from "../../shared/answer.ts";
import { type Failure, FailureError, failureOf } from "../../shared/failure.ts";
import { calibrated, factorOf, type TokenFactors } from "../core/calibrate.ts";
import { boundParts, countImages, isGuessed } from "../core/count-parts.ts";
import { estimateTokens } from "../core/estimate-tokens.ts";
import type { SpeedSample, Timeouts } from "../core/learn-timers.ts";
import { isOverride } from "../core/price.ts";
import { promptSavingsNano } from "../core/prompt-savings.ts";
import {
  type FinishReason,
  type ProviderPart,
  type ProviderRequest,
  type RateLimits,
  type Route,
  routeName,
} from "../core/provider.ts";
import type { Generation, Ledger } from "../store/ledger.ts";
import { compose, noText, requireAnswer, type StreamCall } from "./attempt.ts";
import type { Calibration } from "./calibration.ts";
import type { Clock } from "./clock.ts";
import { type AttemptFacts, type AttemptPrice, priceAsHeld, priceAttempt } from "./price-attempt.ts";
import { timers } from "./timers.ts";

/** What came is noted in the ledger this often, so that a killed process is billed for no more than that. */
const NOTE_EVERY_MS = 1_000;
/**
 * A vendor may be sent a bound of its answer and not keep it. By our estimate, which may be off, an answer beyond its bound
 * by this much is cut.
 */
const MOST_OVER_BOUND = 1.5;
const LEAST_OVER_BOUND_TOKENS = 64;
/** Text is counted in pieces of so many characters: letter by letter every letter would count as a word. */
const COUNT_EVERY_CHARACTERS = 256;

export interface AttemptJob {
  /** Already reserved in the ledger. */
  attemptId: string;
  route: Route;
  /** How the route is asked: its provider's `stream`, or another way to the same parts. */
  call: StreamCall;
  request: ProviderRequest;
  /** Our estimate of the prompt, of the way that was really asked; called when the attempt is over. */
  inputTokens(): number;
  heldNano: number;
  /** A cap applies to it. */
  isCapped: boolean;
  startedAtMs: number;
  /** The same moment in the clock's ticks: what lasts is measured from it. */
  startedTicksMs: number;
  /** Why the plan has this route here. */
  reason: string;
  timeouts: Timeouts;
  /** Called once, just before the request leaves. */
  onStart(): void;
  /** The answer's headers tell what is left of the key's limits. */
  onLimits?(limits: RateLimits): void;
  /** All that is said, in order: text, thinking and whole tool calls as well as their pieces. */
  onContent(part: ContentPart): void;
  /** Asked after each piece: nothing more is read until its promise resolves. null or absent: go on. */
  busy?(): Promise<void> | null;
  /** The answer is whole. It is not settled yet. */
  onFinish(): void;
  /** The answer is whole and its cost known; it is settled next. */
  onPriced?(attempt: Attempt, finish: { reason: FinishReason; stopSequence?: string }): void;
  /** Asked after each piece of text: true ends the attempt as done, and the upstream is closed at once. */
  isEnough?: () => boolean;
  /** An answer without a character is an answer, too. */
  acceptsEmpty?: true;
}

/** Whatever of an answer is neither a sign of life nor its end. */
export type ContentPart = Exclude<ProviderPart, { type: "activity" | "usage" | "finish" }>;

export interface AttemptEnd {
  attempt: Attempt;
  finishReason: FinishReason | null;
  /** Something of it was passed on. */
  hasContent: boolean;
  /** How long it took, for the timers of the next. */
  timing: SpeedSample;
}

export interface RunDeps {
  ledger: Pick<Ledger, "noteProgress" | "noteGeneration" | "settle">;
  clock: Clock;
  /** What vendors' counts are to our estimates; absent: nothing is learned. */
  calibration?: Calibration;
  onLedgerFault?(failure: Failure): void;
}

/**
 * Streams one attempt and settles it, on every way out. Never throws: a failure, and a cancellation, are in the attempt.
 */
export async function runAttempt(job: AttemptJob, deps: RunDeps, signal: AbortSignal): Promise<AttemptEnd> {
  const { ledger, clock } = deps;
  const name = routeName(job.route);
  let sent = false;
  let firstTokenMs: number | null = null;
  /** A word, or a whole call: not thoughts alone. */
  let hasAnswer = false;
  const pace = createPace(job.startedTicksMs);
  let usage: Usage | null = null;
  /** The vendor's count of the prompt alone, told before the answer. */
  let promptUsage: Usage | null = null;
  let reportedCostUsd: number | null = null;
  let usageIsEarly = false;
  let finishReason: FinishReason | null = null;
  let stopSequence: string | undefined;
  let failure: Failure | null = null;
  let generation: Generation | null = null;
  let received = "";
  let callsUnderWay = 0;
  /** We closed the connection before the vendor had ended its answer. */
  let isCut = false;
  const { isCapped } = job;
  const factors = deps.calibration?.factorsFor(job.route, { isCapped }) ?? unlearned(isCapped);
  const meter = createMeter(job.startedTicksMs);
  const { maxOutputTokens } = job.request;
  const mostTokens = Math.max(maxOutputTokens * MOST_OVER_BOUND, maxOutputTokens + LEAST_OVER_BOUND_TOKENS);

  try {
    signal.throwIfAborted();
    const stream = compose(
      requireAnswer(name, { text: job.acceptsEmpty === true ? "optional" : "required" }),
      timers(job.timeouts, clock, name),
    )(job.call);
    job.onStart();
    sent = true;
    for await (const part of stream(job.request, { signal })) {
      if (part.type === "activity") {
        if (part.limits !== undefined) job.onLimits?.(part.limits);
        // Where the person's own price rules, nobody needs to be asked.
        if (part.generationId !== undefined && !isOverride(job.route.price)) {
          generation = { id: part.generationId, origin: job.route.origin };
          ledger.noteGeneration(job.attemptId, generation);
        }
        if (part.promptUsage !== undefined) promptUsage = part.promptUsage;
        pace.sign(clock.ticks());
        continue;
      }
      if (part.type === "finish") {
        finishReason = part.reason;
        stopSequence = part.stopSequence;
        job.onFinish();
        usageIsEarly = false;
      } else if (part.type === "usage") {
        usage = part.usage;
        reportedCostUsd = part.reportedCostUsd;
      } else {
        pace.content(clock.ticks());
        firstTokenMs ??= Math.round(clock.ticks() - job.startedTicksMs);
        usageIsEarly = usage !== null;
        const said = textOf(part);
        received += said;
        const counted = meter(said, clock.ticks());
        if (counted.isDue) {
          ledger.noteProgress(job.attemptId, { outputTokens: calibrated(counted.tokens, factors.output) });
        }
        hasAnswer ||= part.type === "text-delta" || part.type === "tool-call";
        if (part.type === "tool-call-start") callsUnderWay += 1;
        if (part.type === "tool-call") callsUnderWay -= 1;
        job.onContent(part);
        if (part.type === "text-delta" && job.isEnough?.() === true) {
          finishReason = "stop";
          isCut = true;
          job.onFinish();
          break;
        }
        if (counted.tokens > mostTokens) {
          // Half a text can be read; half a call is nothing.
          if (callsUnderWay > 0) throw new FailureError(endlessCall(name));
          if (!hasAnswer && job.acceptsEmpty !== true) throw new FailureError(noText(name, "length"));
          finishReason = "length";
          isCut = true;
          job.onFinish();
          break;
        }
        const busy = job.busy?.() ?? null;
        if (busy !== null) {
          await busy;
          pace.resumed(clock.ticks());
        }
      }
    }
  } catch (error) {
    if (!signal.aborted) failure = failureOf(error);
  }

  const outcome = finishReason !== null ? "done" : failure !== null ? "failed" : "cancelled";
  if (outcome === "done") failure = null;
  if (outcome === "cancelled") isCut = true;
  const receivedTokens = estimateTokens(received);
  const inputTokens = job.inputTokens();
  const { route, heldNano } = job;
  const isGuess = isGuessed(job.request.messages);
  // One that failed before it said anything is not billed for having been read.
  if (usage === null && promptUsage !== null && (outcome !== "failed" || receivedTokens > 0)) {
    usage = promptUsage;
    usageIsEarly = true;
  }
  const price = priceSafely(
    {
      route,
      outcome,
      sent,
      // Nobody counted what could only be guessed: it is taken for the most that it may have been.
      inputTokens: isGuess && usage === null ? boundParts(job.request, route) : inputTokens,
      images: countImages(job.request.messages),
      receivedTokens,
      ...(isCut && job.route.billsOn === true ? { billsOnTokens: maxOutputTokens } : {}),
      usage,
      reportedCostUsd,
      usageIsEarly,
      factors,
      heldNano,
    },
    (problem) => deps.onLedgerFault?.(problem),
  );
  // Of a guess nothing is to be learned about how the vendor counts.
  const isTelling = !usageIsEarly && !isGuess;
  if (outcome === "done" && usage !== null && price.usage === usage && isTelling) {
    deps.calibration?.learn(route, {
      input: { reported: usage.input + usage.cacheRead + usage.cacheWrite, estimated: inputTokens },
      output: { reported: usage.output, estimated: receivedTokens },
    });
  }
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
    askedOutputTokens: maxOutputTokens,
  };
  if (outcome === "done" && finishReason !== null) {
    job.onPriced?.(attempt, { reason: finishReason, ...(stopSequence === undefined ? {} : { stopSequence }) });
  }
  try {
    await ledger.settle(job.attemptId, {
      outcome,
      failure,
      ...price,
      firstTokenMs,
      durationMs: attempt.durationMs,
      askedOutputTokens: maxOutputTokens,
      reason: job.reason,
      promptSavedNano: price.usage === null ? null : promptSavingsNano(price.usage, route.price),
      ...(generation === null ? {} : { generation }),
      ...(sent ? { estimated: calibratedBoth({ inputTokens, receivedTokens }, factors) } : {}),
    });
  } catch (error) {
    // The answer is there and stays; its row stays held and is settled when the books can be written again.
    deps.onLedgerFault?.(failureOf(error));
  }
  return { attempt, finishReason, hasContent: received !== "", timing: pace.timing(receivedTokens) };
}

function calibratedBoth(
  { inputTokens, receivedTokens }: { inputTokens: number; receivedTokens: number },
  factors: TokenFactors,
): { inputTokens: number; outputTokens: number } {
  return {
    inputTokens: calibrated(inputTokens, factors.input),
    outputTokens: calibrated(receivedTokens, factors.output),
  };
}

/** An answer shorter than this tells nothing of tokens per second. */
const LEAST_TOKENS_FOR_RATE = 20;

/** Watches how fast an answer comes. Times are ticks. */
function createPace(startedTicksMs: number) {
  let headersMs: number | null = null;
  let firstMs: number | null = null;
  let lastMs = startedTicksMs;
  let gapMs: number | null = null;
  let wasHeldUp = false;
  return {
    sign(ticksMs: number): void {
      headersMs ??= ticksMs - startedTicksMs;
    },
    content(ticksMs: number): void {
      headersMs ??= ticksMs - startedTicksMs;
      if (firstMs === null) firstMs = ticksMs - startedTicksMs;
      else gapMs = Math.max(gapMs ?? 0, ticksMs - lastMs);
      lastMs = ticksMs;
    },
    /** Whoever reads was slower than the model: that time is not the model's. */
    resumed(ticksMs: number): void {
      wasHeldUp = true;
      lastMs = ticksMs;
    },
    timing(tokens: number): SpeedSample {
      const wroteMs = firstMs === null ? 0 : lastMs - startedTicksMs - firstMs;
      const tellsRate = !wasHeldUp && tokens >= LEAST_TOKENS_FOR_RATE && wroteMs > 0;
      return {
        headersMs,
        firstContentMs: firstMs,
        gapMs,
        tokensPerSecond: tellsRate ? (tokens / wroteMs) * 1000 : null,
      };
    },
  };
}

function endlessCall(name: string): Failure {
  return { kind: "malformed", message: `${name} wrote a tool call that goes on beyond the room for the answer.` };
}

/** What the model wrote of it: a call's name and arguments are tokens like any other. The whole call repeats its pieces. */
function textOf(part: ContentPart): string {
  if (part.type === "tool-call-start") return part.name;
  return part.type === "tool-call" || part.type === "reasoning-end" ? "" : part.text;
}

function unlearned(isCapped: boolean): TokenFactors {
  const factor = factorOf([], { isCapped });
  return { input: factor, output: factor };
}

/** A count that no sum can be made of must not take the answer with it, nor leave its money held. */
function priceSafely(facts: AttemptFacts, onFault: (failure: Failure) => void): AttemptPrice {
  try {
    const counts = Object.values(facts.usage ?? {});
    const strange = counts.find((count) => !Number.isSafeInteger(count) || count < 0);
    if (strange !== undefined) throw new RangeError(`Not a number of tokens: ${strange}`);
    return priceAttempt(facts);
  } catch (error) {
    onFault(failureOf(error));
    return priceAsHeld(facts.route, facts.heldNano);
  }
}

/**
 * Counts tokens as they come. `tokens` is the sum of what has been counted: all but the last `COUNT_EVERY_CHARACTERS`, or
 * all that came when `isDue`, which is at most once in `NOTE_EVERY_MS`. Holds that much text.
 */
function createMeter(startedTicksMs: number) {
  let tokens = 0;
  let uncounted = "";
  let notedAtMs = startedTicksMs;
  return (text: string, ticksMs: number): { tokens: number; isDue: boolean } => {
    uncounted += text;
    const isDue = ticksMs - notedAtMs >= NOTE_EVERY_MS;
    if (isDue) notedAtMs = ticksMs;
    if (isDue || uncounted.length >= COUNT_EVERY_CHARACTERS) {
      tokens += estimateTokens(uncounted);
      uncounted = "";
    }
    return { tokens, isDue };
  };
}
