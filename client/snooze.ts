import { createSignal, type Signal } from "./signal.ts";

/** A pause of completions in this window that ends by itself. It lives as long as the window. */
export interface Snooze {
  /** When it ends, in ms since 1970; Infinity: not before the window is opened anew; null: there is none. */
  untilMs(): number | null;
  /** From now on for so long; Infinity for as long as this window lives. A new snooze replaces the old one. */
  start(durationMs: number): void;
  end(): void;
  /** When one begins, and when it is over. */
  readonly onChange: Signal<void>["on"];
  dispose(): void;
}

/** `later` calls once after `delayMs`; the function it gives prevents that. */
export function createSnooze(deps: { now(): number; later(delayMs: number, run: () => void): () => void }): Snooze {
  const changed = createSignal<void>();
  let untilMs: number | null = null;
  let cancelEnd = (): void => {};

  const enter = (next: number | null): void => {
    cancelEnd();
    cancelEnd = () => {};
    if (untilMs === next) return;
    untilMs = next;
    changed.fire();
  };
  const waitForEnd = (): void => {
    if (untilMs === null || untilMs === Number.POSITIVE_INFINITY) return;
    cancelEnd = deps.later(Math.max(0, untilMs - deps.now()), () => {
      // Timers stand still while the machine sleeps, and may come a little early.
      if (untilMs !== null && deps.now() < untilMs) waitForEnd();
      else enter(null);
    });
  };

  return {
    untilMs: () => (untilMs !== null && untilMs <= deps.now() ? null : untilMs),
    start(durationMs) {
      enter(deps.now() + durationMs);
      waitForEnd();
    },
    end: () => enter(null),
    onChange: changed.on,
    dispose: () => cancelEnd(),
  };
}
