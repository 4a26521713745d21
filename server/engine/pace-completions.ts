/** How long to wait for the next letter before a completion is asked for. Learns from what came of earlier ones. */
export interface Pace {
  /** `isBrowsing`: nothing was typed, another item of the suggest widget was selected. */
  delayMs(wish: { isInvoked: boolean; isNewLine: boolean; isBrowsing: boolean }): number;
  /** A request was cut because the person typed or moved on, or nothing came of it: it was asked too early. */
  wasted(ticksMs: number): void;
  /** What was asked for was shown, or at least still fitted. */
  used(ticksMs: number): void;
}

/** Where it begins: longer than the gaps of fast typing within a word, shorter than a person notices. */
const FIRST_MS = 75;
const LEAST_MS = 40;
/** VS Code gives up on a request 0.7 s after a letter; the model needs most of that. */
const MOST_MS = 250;
/** On a new line the person has just finished something. */
const NEW_LINE_SHARE = 1 / 3;
/** Whoever goes through a list rests longer on an item that is wanted. */
const BROWSING_MS = 400;
/** A pace learned so long ago was another mood. */
const FORGET_MS = 600_000;

export function createPace(): Pace {
  let learnedMs = FIRST_MS;
  let learnedAtMs = Number.NEGATIVE_INFINITY;
  const learn = (factor: number, ticksMs: number): void => {
    const from = ticksMs - learnedAtMs > FORGET_MS ? FIRST_MS : learnedMs;
    learnedMs = Math.min(MOST_MS, Math.max(LEAST_MS, from * factor));
    learnedAtMs = ticksMs;
  };
  return {
    delayMs({ isInvoked, isNewLine, isBrowsing }) {
      if (isInvoked) return 0;
      if (isBrowsing) return BROWSING_MS;
      return Math.round(isNewLine ? learnedMs * NEW_LINE_SHARE : learnedMs);
    },
    wasted: (ticksMs) => learn(1.2, ticksMs),
    used: (ticksMs) => learn(0.8, ticksMs),
  };
}
