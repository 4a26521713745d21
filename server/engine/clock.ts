/** Time as the engine sees it: handed in, so that a test owns it. */
export interface Clock {
  /** Milliseconds since 1970, as the machine's clock is set: for times that are stored and for days, never for durations. */
  now(): number;
  /**
   * Milliseconds that only ever grow, from a beginning of their own: for durations, pauses and retries, which a clock set
   * back or forth must not touch.
   */
  ticks(): number;
  /** Runs `run` once after `delayMs`; the function given back calls it off. */
  after(delayMs: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  ticks: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Resolves after `delayMs`, or rejects with an AbortError as soon as `signal` aborts. */
export function sleep(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(abortError());
      return;
    }
    const onAbort = (): void => {
      cancel();
      reject(abortError());
    };
    const cancel = clock.after(delayMs, () => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    });
    signal.addEventListener("abort", onAbort, { once: true });
  });
}

/** The error that means "cancelled", whatever reason a signal was given. */
export function abortError(): Error {
  return new DOMException("The request was cancelled", "AbortError");
}
