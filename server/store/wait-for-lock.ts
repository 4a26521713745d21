import { isBusy } from "./explain-ledger-failure.ts";

/** How long a lock of another process is waited for, summed over the waits: what a person bears before a message. */
const PATIENCE_MS = 5_000;
/** So often it is tried again at the next turn of the event loop: other processes hold the lock for a moment only. */
const QUICK_TRIES = 3;
/** A transaction of the books takes well under a millisecond, so longer waits only add latency. */
const LONGEST_WAIT_MS = 16;

/** Tries until no other process is in the way. Bounded by PATIENCE_MS; then the busy error itself comes out. */
export async function untilFree<Value>(run: () => Value, random: () => number): Promise<Value> {
  for (let tries = 0, waitedMs = 0; ; tries++) {
    try {
      return run();
    } catch (error) {
      if (!isBusy(error) || waitedMs >= PATIENCE_MS) throw error;
      if (tries < QUICK_TRIES) {
        await new Promise((resolve) => setImmediate(resolve));
        continue;
      }
      const waitMs = 1 + random() * Math.min(2 ** (tries - QUICK_TRIES), LONGEST_WAIT_MS);
      waitedMs += waitMs;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}

/** Runs at once, sleeping the thread a millisecond between the tries when another process is in the way. */
export function atOnce<Value>(run: () => Value, tries: number): Value {
  for (let left = tries; ; left--) {
    try {
      return run();
    } catch (error) {
      if (!isBusy(error) || left <= 1) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
