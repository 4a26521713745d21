import type { Clock } from "../../../server/engine/clock.ts";

export interface FakeClock extends Clock {
  /** Lets `ms` pass: runs what falls due in order, and lets promises settle in between. */
  advance(ms: number): Promise<void>;
  /** Sets the time of day, back or forth, as a person or a time server does; no time passes by it. */
  setNow(nowMs: number): void;
  /** Timers that wait. */
  waiting(): number;
}

export function createFakeClock(startMs = 1_000_000): FakeClock {
  /** Where time began, and how much has passed since: they are set apart so that nobody takes one for the other. */
  let beganMs = startMs;
  let passedMs = 5_000;
  const nowMs = () => beganMs + passedMs - 5_000;
  let nextId = 0;
  const timers = new Map<number, { atMs: number; run: () => void }>();
  return {
    now: nowMs,
    ticks: () => passedMs,
    setNow(toMs) {
      beganMs += toMs - nowMs();
    },
    waiting: () => timers.size,
    after(delayMs, run) {
      const id = nextId++;
      timers.set(id, { atMs: passedMs + delayMs, run });
      return () => timers.delete(id);
    },
    async advance(ms) {
      const untilMs = passedMs + ms;
      await settle();
      while (true) {
        const due = [...timers].filter(([, timer]) => timer.atMs <= untilMs).sort((a, b) => a[1].atMs - b[1].atMs)[0];
        if (due === undefined) break;
        timers.delete(due[0]);
        passedMs = Math.max(passedMs, due[1].atMs);
        due[1].run();
        await settle();
      }
      passedMs = untilMs;
      await settle();
    },
  };
}

/** Runs every promise chain that can go on without time passing. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
