export type RestartPlan = { restart: true; delayMs: number } | { restart: false; why: string };

/** So many ends of the server within the window are taken for bad luck; one more for a fault that starting anew keeps. */
const MAX_RESTARTS = 5;
const WINDOW_MS = 180_000;
const FIRST_DELAY_MS = 500;

/**
 * What to do after the server ended by itself. `endedAtMs` are the moments at which it did, the last one included, in any
 * order. The wait doubles with each end in the window: 0.5, 1, 2, 4, 8 s.
 */
export function planRestart(endedAtMs: readonly number[], nowMs: number): RestartPlan {
  const recent = endedAtMs.filter((atMs) => nowMs - atMs < WINDOW_MS).length;
  if (recent > MAX_RESTARTS) {
    return { restart: false, why: `The server ended ${recent} times in 3 minutes and is not started again.` };
  }
  return { restart: true, delayMs: FIRST_DELAY_MS * 2 ** Math.max(0, recent - 1) };
}

/** The moments that still count, so that the list stays short. */
export function stillCounted(endedAtMs: readonly number[], nowMs: number): number[] {
  return endedAtMs.filter((atMs) => nowMs - atMs < WINDOW_MS);
}
