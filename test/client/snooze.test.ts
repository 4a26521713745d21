import { describe, expect, it } from "vitest";
import { createSnooze } from "../../client/snooze.ts";

function scene() {
  let nowMs = 1_000;
  const timers: { atMs: number; run: () => void }[] = [];
  const seen: (number | null)[] = [];
  const snooze = createSnooze({
    now: () => nowMs,
    later(delayMs, run) {
      const timer = { atMs: nowMs + delayMs, run };
      timers.push(timer);
      return () => {
        const at = timers.indexOf(timer);
        if (at >= 0) timers.splice(at, 1);
      };
    },
  });
  snooze.onChange(() => seen.push(snooze.untilMs()));
  return {
    snooze,
    timers,
    seen,
    /** The clock goes on; a timer that is due rings, as many as there are. */
    pass(ms: number, rings: "rings" | "sleeps" = "rings") {
      nowMs += ms;
      if (rings === "rings") for (const timer of timers.splice(0)) timer.run();
    },
  };
}

describe("a snooze", () => {
  it("ends by itself, and says so at both ends", () => {
    const { snooze, seen, pass } = scene();
    snooze.start(300_000);
    expect(snooze.untilMs()).toBe(301_000);
    pass(300_000);
    expect(snooze.untilMs()).toBeNull();
    expect(seen).toEqual([301_000, null]);
  });

  it("waits on when its timer rings early, and is over when the clock says so", () => {
    const { snooze, timers, seen, pass } = scene();
    snooze.start(300_000);
    pass(299_990);
    expect(snooze.untilMs()).toBe(301_000);
    expect(timers.map(({ atMs }) => atMs)).toEqual([301_000]);
    pass(10, "sleeps");
    expect(snooze.untilMs()).toBeNull();
    expect(seen).toEqual([301_000]);
  });

  it("is replaced by another and ended by hand, with no timer left behind", () => {
    const { snooze, timers, seen } = scene();
    snooze.start(300_000);
    snooze.start(Number.POSITIVE_INFINITY);
    expect(timers).toEqual([]);
    snooze.end();
    snooze.end();
    expect(seen).toEqual([301_000, Number.POSITIVE_INFINITY, null]);
  });
});
