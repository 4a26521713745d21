/** Delays that pass by hand: `later` for what is tested, `pass` to let so many milliseconds go by. */
export function delays() {
  let nowMs = 0;
  const waiting = new Set<{ atMs: number; run(): void }>();
  return {
    later(delayMs: number, run: () => void) {
      const entry = { atMs: nowMs + delayMs, run };
      waiting.add(entry);
      return () => void waiting.delete(entry);
    },
    pass(ms: number) {
      const endMs = nowMs + ms;
      for (;;) {
        const [next] = [...waiting].sort((one, other) => one.atMs - other.atMs);
        if (next === undefined || next.atMs > endMs) break;
        waiting.delete(next);
        nowMs = next.atMs;
        next.run();
      }
      nowMs = endMs;
    },
  };
}
