import type { WireFault } from "./wire.ts";

/**
 * Failures of the last seconds, by the request that met them. Clients repeat a request that failed, some without heeding
 * that they should not; but the engine has tried every route already, and would try them all once more. The same
 * request is told the same fault at once.
 */
export interface FailedAnswers {
  /** Keeps a fault that a repetition would only meet again; any other is not kept. */
  remember(key: string, fault: WireFault): void;
  /** What the same request met, with the wait that is left of it, and how long ago; its message says so. null: nothing lately. */
  recall(key: string): { fault: WireFault; agoMs: number } | null;
  forget(): void;
}

/** What a repetition meets again. A cap can be raised, and what is wrong with a request comes before the engine. */
const repeats: ReadonlySet<WireFault["kind"]> = new Set(["upstream", "overloaded", "timeout", "rate-limit"]);

/** Vercel's AI SDK repeats after 2 and another 4 seconds. */
const keptMs = 10_000;
/** A burst of different requests in ten seconds; a fault is some hundred bytes. */
const maxKept = 200;

export function createFailedAnswers(now: () => number): FailedAnswers {
  const kept = new Map<string, { fault: WireFault; atMs: number }>();
  return {
    remember(key, fault) {
      if (!repeats.has(fault.kind)) return;
      kept.delete(key);
      kept.set(key, { fault, atMs: now() });
      const [oldest] = kept.keys();
      if (kept.size > maxKept && oldest !== undefined) kept.delete(oldest);
    },
    recall(key) {
      const found = kept.get(key);
      if (found === undefined) return null;
      const agoMs = now() - found.atMs;
      const { fault } = found;
      // Whoever was told to come again in two seconds is not turned away when they are over. A clock can be set back.
      const leftMs = Math.min(keptMs, fault.retryAfterMs ?? keptMs) - agoMs;
      if (agoMs < 0 || leftMs <= 0) {
        kept.delete(key);
        return null;
      }
      const retryAfterMs = fault.retryAfterMs === null ? null : fault.retryAfterMs - agoMs;
      return { fault: { ...fault, message: replayed(fault.message, { agoMs, leftMs }), retryAfterMs }, agoMs };
    },
    forget() {
      kept.clear();
    },
  };
}

/** Whoever mends what was wrong and asks again has to know that nobody was asked this time. */
function replayed(message: string, { agoMs, leftMs }: { agoMs: number; leftMs: number }): string {
  const ago = agoMs < 1_000 ? "a moment" : `${Math.floor(agoMs / 1_000)} s`;
  const whole = /[.!?]$/.test(message) ? message : `${message}.`;
  return `${whole} This is the answer of ${ago} ago; the same request is asked anew in ${Math.ceil(leftMs / 1_000)} s, a different one at once.`;
}
