import { FailureError } from "../../shared/failure.ts";
import type { TimeoutBounds, Timeouts } from "../core/learn-timers.ts";
import type { ProviderPart, ProviderRequest, StreamOptions } from "../core/provider.ts";
import type { Policy, StreamCall } from "./attempt.ts";
import { abortError, type Clock } from "./clock.ts";

/** After `finish`, for the wire to close by itself, so that its connection can be used again. */
const CLOSING_MS = 250;

/** While another route could answer instead. */
export const chatTimeouts: Timeouts = { headersMs: 10_000, firstContentMs: 20_000, gapMs: 10_000 };

/** For ghost text: later than this it is of no use where it was asked for. */
export const completionTimeouts: Timeouts = { headersMs: 4_000, firstContentMs: 5_000, gapMs: 2_000 };

/**
 * What the timers of a chat may be learned to: a model that thinks before it writes is given a minute. A pause in
 * mid-answer says little about the model (it looks something up, a proxy buffers), so that one is never shortened.
 */
export const chatBounds: TimeoutBounds = {
  least: { headersMs: 3_000, firstContentMs: 5_000, gapMs: 10_000 },
  most: { headersMs: 20_000, firstContentMs: 60_000, gapMs: 30_000 },
};

/** Those of ghost text: sooner given up where the model is usually fast, and never waited for longer than it is of use. */
export const completionBounds: TimeoutBounds = {
  least: { headersMs: 1_000, firstContentMs: 1_500, gapMs: 2_000 },
  most: completionTimeouts,
};

/**
 * When no route is left, or the next one would cost money and this one does not, waiting beats giving up: a local server
 * loads its model first, and some models think long without a sign.
 */
export const patientTimeouts: Timeouts = { headersMs: 60_000, firstContentMs: 120_000, gapMs: 60_000 };

/**
 * Ends an attempt that is silent for too long: aborts the upstream and throws a failure of kind `silence` (before the
 * first content) or `stall` (after it). A cancelled request ends at once with an AbortError, also when the provider does
 * not listen to its signal. `name` is the route in messages.
 */
export function timers(timeouts: Timeouts, clock: Clock, name: string): Policy {
  return (next) => (request, options) => watch(next, request, options, { timeouts, clock, name });
}

async function* watch(
  next: StreamCall,
  request: ProviderRequest,
  options: StreamOptions,
  { timeouts, clock, name }: { timeouts: Timeouts; clock: Clock; name: string },
): AsyncGenerator<ProviderPart, void, void> {
  const upstream = new AbortController();
  const startedAtMs = clock.ticks();
  let phase: Phase = "headers";
  let lastContentMs = startedAtMs;
  /** Ends the read that is under way; null while the consumer has the floor, whose time is not the provider's. */
  let endRead: ((error: Error | null) => void) | null = null;
  /** When the timer rings; later than ever: none is set. */
  let ringsAtMs = Number.POSITIVE_INFINITY;
  let disarm = (): void => undefined;

  const deadlineMs = (): number => {
    if (phase === "headers") return startedAtMs + Math.min(timeouts.headersMs, timeouts.firstContentMs);
    if (phase === "first-content") return startedAtMs + timeouts.firstContentMs;
    return lastContentMs + (phase === "gap" ? timeouts.gapMs : CLOSING_MS);
  };
  // One timer serves the whole stream: it looks at the deadline when it rings, so a healthy chunk costs no timer.
  const arm = (): void => {
    ringsAtMs = deadlineMs();
    disarm = clock.after(Math.max(ringsAtMs - clock.ticks(), 0), () => {
      ringsAtMs = Number.POSITIVE_INFINITY;
      if (endRead === null) return;
      if (clock.ticks() < deadlineMs()) {
        arm();
        return;
      }
      endRead(
        phase === "closing"
          ? null
          : silenceError(phase, Math.round(clock.ticks() - (phase === "gap" ? lastContentMs : startedAtMs)), name),
      );
      upstream.abort();
    });
  };
  const onCancel = (): void => {
    endRead?.(phase === "closing" ? null : abortError());
    upstream.abort();
  };

  if (options.signal.aborted) throw abortError();
  options.signal.addEventListener("abort", onCancel, { once: true });
  const iterator = next(request, { ...options, signal: upstream.signal })[Symbol.asyncIterator]();
  let ended = false;
  try {
    while (true) {
      const read = await new Promise<IteratorResult<ProviderPart> | null>((resolve, reject) => {
        endRead = (error) => (error === null ? resolve(null) : reject(error));
        if (ringsAtMs === Number.POSITIVE_INFINITY) arm();
        iterator.next().then(resolve, reject);
      });
      endRead = null;
      if (read === null) return;
      if (read.done === true) {
        ended = true;
        return;
      }
      const part = read.value;
      phase = phaseAfter(part, phase);
      // Only for a deadline that is nearer the timer is set anew.
      if (deadlineMs() < ringsAtMs) {
        disarm();
        ringsAtMs = Number.POSITIVE_INFINITY;
      }
      yield part;
      if (options.signal.aborted && part.type !== "finish") throw abortError();
      if (isContent(part) || part.type === "finish") lastContentMs = clock.ticks();
    }
  } finally {
    disarm();
    options.signal.removeEventListener("abort", onCancel);
    if (!ended) {
      upstream.abort();
      // Not awaited: a provider that hangs in its read would keep the caller waiting. Its own error no longer matters.
      iterator.return?.(undefined)?.then(undefined, () => undefined);
    }
  }
}

type Phase = "headers" | "first-content" | "gap" | "closing";

function phaseAfter(part: ProviderPart, phase: Phase): Phase {
  if (part.type === "finish") return "closing";
  if (phase === "gap" || isContent(part)) return "gap";
  return "first-content";
}

function isContent(part: ProviderPart): boolean {
  return part.type !== "activity" && part.type !== "usage" && part.type !== "finish";
}

function silenceError(phase: Exclude<Phase, "closing">, waitedMs: number, name: string): FailureError {
  const mend = "Try again, or choose another model.";
  // A timer that rings a tenth late on a busy machine is no news.
  const seconds = `${waitedMs < 9_950 ? Math.round(waitedMs / 100) / 10 : Math.round(waitedMs / 1_000)} s`;
  if (phase === "headers") {
    return new FailureError({
      kind: "silence",
      phase,
      waitedMs,
      message: `${name} gave no sign of life for ${seconds}. ${mend}`,
    });
  }
  if (phase === "first-content") {
    return new FailureError({
      kind: "silence",
      phase,
      waitedMs,
      message: `${name} took the question but wrote nothing for ${seconds}. ${mend}`,
    });
  }
  return new FailureError({
    kind: "stall",
    waitedMs,
    message: `${name} stopped in the middle of its answer: nothing came for ${seconds}. ${mend}`,
  });
}
