import type { Classification, Reason, Tier } from "../../shared/answer.ts";
import type { LearnKind } from "../../shared/learned.ts";
import { gainWorthPaying, tierFor } from "./classify.ts";
import { kindOf, type LearnModel } from "./learn-key.ts";
import { shifted } from "./learn-tier.ts";

/** What was learned of a model for one kind of question. */
export interface Learned {
  /** In log-odds, to be added to the chance that its answer is right; 0: nothing was learned. */
  shift: number;
  /** What it rests on, as it is told: "14 of 15 Python fixes of your cheap model judged here were kept". */
  words(tier: Tier): string;
}

/** Where what was learned is looked up; null: nothing is known of this model. */
export type LearnedOf = (kind: LearnKind, languageId: string, model: LearnModel) => Learned | null;

/** Of a record from before the gain that is worth its cost was written down. */
const USUAL_QUALITY = 50;
/** A shift under this (about 4 percentage points at even chances) is not worth a word. */
const LEAST_TOLD = 0.15;

/**
 * A weighed question with what was learned on this machine of the models that would answer it: both chances are moved,
 * and the tier is decided anew by the same exchange rate. The first route of a tier stands for it; null: it has none, and
 * its chance stays. Without anything learned the classification is returned as it came.
 */
export function applyLearned(
  weighed: Classification,
  facts: {
    learned: LearnedOf | undefined;
    languageId: string;
    /** Whom a tier would ask; null: nobody. */
    firstOf(tier: Tier): LearnModel | null;
  },
): Classification {
  const { learned, languageId } = facts;
  if (learned === undefined) return weighed;
  const kind = kindOf(weighed.features);
  const look = (tier: Tier): Learned | null => {
    const model = facts.firstOf(tier);
    return model === null ? null : learned(kind, languageId, model);
  };
  const cheap = look("cheap");
  const frontier = look("frontier");
  if ((cheap?.shift ?? 0) === 0 && (frontier?.shift ?? 0) === 0) return weighed;

  const decided = tierFor({
    cheapRight: shifted(weighed.cheapRight, cheap?.shift ?? 0),
    frontierRight: shifted(weighed.frontierRight, frontier?.shift ?? 0),
    leastGain: weighed.leastGain ?? gainWorthPaying(USUAL_QUALITY),
  });
  const told = [reasonOf(cheap, "cheap"), reasonOf(frontier, "frontier")].filter((reason) => reason !== null);
  const { doubt: _, ...before } = weighed;
  return { ...before, ...decided, reasons: placed(told, weighed.reasons, decided.tier !== weighed.tier) };
}

/** Good answers of the cheap model speak for the cheap tier, bad ones for the frontier; of a frontier model the reverse. */
function reasonOf(learned: Learned | null, tier: Tier): Reason | null {
  if (learned === null || Math.abs(learned.shift) < LEAST_TOLD) return null;
  const weight = tier === "cheap" ? -learned.shift : learned.shift;
  return { feature: "learned", words: learned.words(tier), weight };
}

/** By weight among the others; what changed the tier comes first, since without it there would have been another. */
function placed(told: readonly Reason[], others: readonly Reason[], isDecisive: boolean): Reason[] {
  const byWeight = (a: Reason, b: Reason) => Math.abs(b.weight) - Math.abs(a.weight);
  const sorted = [...told].sort(byWeight);
  return isDecisive ? [...sorted, ...others] : [...sorted, ...others].sort(byWeight);
}
