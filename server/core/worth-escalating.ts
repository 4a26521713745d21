import type { Classification } from "../../shared/answer.ts";
import type { NanoUsd } from "../../shared/money.ts";
import { leastGain } from "./classify.ts";

/** What is foreseen of asking the frontier after a cheap answer with something visibly wrong. */
export interface SecondAnswer {
  /** Chances from before anything was seen, 0 to 1; null: nothing was weighed. */
  prior: Pick<Classification, "cheapRight" | "frontierRight"> | null;
  /** What the frontier's answer is expected to cost, all of it extra by now; null: its price is not known. */
  expectedCostNano: NanoUsd | null;
  /** `wayfare.quality`: 0 economy … 100 quality. */
  quality: number;
}

/**
 * Why the frontier is not worth asking after a visible failure, as a clause; null where it is: its chance is better than
 * what is left of the cheap answer's own, by as much as its price asks for at the person's exchange rate. Where nothing
 * was foreseen, what was seen decides. Pure and total.
 */
export function whyNotWorth({ prior, expectedCostNano, quality }: SecondAnswer): string | null {
  if (prior === null) return null;
  const gain = prior.frontierRight - rightDespite(prior.cheapRight);
  if (gain > leastGain({ quality, extraNano: expectedCostNano })) return null;
  const percent = Math.round(bounded(prior.frontierRight) * 100);
  return `frontier is estimated to be right for ${percent} % of such requests, too little for its price`;
}

/**
 * The chance that an answer is right although its code does not parse or is not there, by Bayes, from what was foreseen.
 * Of 3,952 graded answers of cheap models in public sets (MBPP, ClassEval, TransCoder, LiveCodeBench) 2,306 were right,
 * and none of those had this mark: by the rule of three fewer than 3 in 2,306 have. Of the wrong ones 7 % had it.
 */
function rightDespite(cheapRight: number): number {
  const right = bounded(cheapRight) * MARKED_OF_RIGHT;
  const wrong = (1 - bounded(cheapRight)) * MARKED_OF_WRONG;
  return right / (right + wrong);
}

const MARKED_OF_RIGHT = 3 / 2_306;
const MARKED_OF_WRONG = 0.07;

/** What is no number counts as no chance. */
function bounded(chance: number): number {
  return Number.isNaN(chance) ? 0 : Math.min(1, Math.max(0, chance));
}
