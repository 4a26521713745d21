import type { Pace, VendorFault } from "./vendor-model.ts";

/** When each token of an answer is due, in milliseconds after the request. */
export interface Schedule {
  firstTokenMs: number;
  /** Time between a token and the one before it; a new draw each call. */
  gapMs(): number;
}

/** Like a model of the middle class, for models that state no pace. */
const usualPace: Pace = { firstTokenMs: [250, 600], tokensPerSecond: [60, 110] };

/** How far a gap may be from the average: from half of it to half as much again. */
const jitter = 0.5;

/** Draws the times of one answer: its speed once, then each gap around it. `random` gives 0 to 1. */
export function paceAnswer(options: { pace: Pace | undefined; random: () => number }): Schedule {
  const { firstTokenMs, tokensPerSecond } = options.pace ?? usualPace;
  const first = within(firstTokenMs, options.random());
  const averageMs = 1_000 / within(tokensPerSecond, options.random());
  return { firstTokenMs: first, gapMs: () => averageMs * (1 - jitter + 2 * jitter * options.random()) };
}

/** The usual schedule as a fault and a model's own time to the first token change it; null: as fast as it goes. */
export function scheduleFor(
  usual: Schedule | null,
  model: { firstTokenMs?: number },
  fault: VendorFault | null,
): Schedule | null {
  if (fault?.kind === "slow") {
    const gap = 1_000 / fault.tokensPerSecond;
    return { firstTokenMs: gap, gapMs: () => gap };
  }
  const firstTokenMs = fault?.kind === "late" ? fault.firstTokenMs : model.firstTokenMs;
  if (firstTokenMs === undefined) return usual;
  return { firstTokenMs, gapMs: usual?.gapMs ?? (() => 0) };
}

function within([least, most]: readonly [number, number], share: number): number {
  return least + (most - least) * share;
}
