import type { Clock } from "../../../server/engine/clock.ts";

export interface FakeClock extends Clock {
  /** Lets `ms` pass: runs what falls due in order, and lets promises settle in between. */
  advance(ms: number): Promise<void>;
  /** Timers that wait. */
  waiting(): number;
}

export function createFakeClock(startMs = 1_000_000): FakeClock {
  let nowMs = startMs;
  let nextId = 0;
  const timers = new Map<number, { atMs: number; run: () => void }>();
  return {
    now: () => nowMs,
    waiting: () => timers.size,
    after(delayMs, run) {
      const id = nextId++;
      timers.set(id, { atMs: nowMs + delayMs, run });
      return () => timers.delete(id);
    },
    async advance(ms) {
      const untilMs = nowMs + ms;
      await settle();
      while (true) {
        const due = [...timers].filter(([, timer]) => timer.atMs <= untilMs).sort((a, b) => a[1].atMs - b[1].atMs)[0];
        if (due === undefined) break;
        timers.delete(due[0]);
        nowMs = Math.max(nowMs, due[1].atMs);
        due[1].run();
        await settle();
      }
      nowMs = untilMs;
      await settle();
    },
  };
}

/** Runs every promise chain that can go on without time passing. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
