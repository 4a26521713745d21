import { applyLearned } from "../../server/core/apply-learned.ts";
import { gainWorthPaying } from "../../server/core/classify.ts";
import { emptyFeatures, type FeatureName } from "../../server/core/feature-table.ts";
import { kindOf, type LearnModel } from "../../server/core/learn-key.ts";
import { learnDay, learnedShift, type Observed, shifted } from "../../server/core/learn-tier.ts";
import type { Classification, Tier } from "../../shared/answer.ts";
import type { LearnSignal } from "../../shared/learned.ts";

/** A made-up person: how often the cheap model is right in each language they work in, which no classifier knows. */
export interface Person {
  name: string;
  /** Language → the share of cheap answers that are right, and how often it is asked about, beside the others. */
  languages: Readonly<Record<string, { cheapRight: number; share: number }>>;
  frontierRight: number;
}

/** What became of the questions of one language: counts. */
export interface Outcome {
  asked: number;
  /** First answers that were wrong. */
  wrong: number;
  /** Questions that went to the frontier at first. */
  frontier: number;
  /**
   * What was lost against one who knows the chances, in right answers: the gain of each question by the better tier, at
   * the exchange rate of the setting.
   */
  regret: number;
}

/** Whose cheap model is bad at one language, and whose is fine. */
export const people: readonly Person[] = [
  {
    name: "cheap is right 40 % in Rust, 90 % elsewhere",
    languages: {
      rust: { cheapRight: 0.4, share: 0.3 },
      typescript: { cheapRight: 0.9, share: 0.4 },
      python: { cheapRight: 0.9, share: 0.3 },
    },
    frontierRight: 0.95,
  },
  {
    name: "cheap is right 90 % everywhere",
    languages: {
      rust: { cheapRight: 0.9, share: 0.3 },
      typescript: { cheapRight: 0.9, share: 0.4 },
      python: { cheapRight: 0.9, share: 0.3 },
    },
    frontierRight: 0.95,
  },
];

const models: Readonly<Record<Tier, LearnModel>> = {
  cheap: { providerId: "vendor", modelId: "small", simulated: false },
  frontier: { providerId: "vendor", modelId: "large", simulated: false },
};
/** What a classifier thinks of everyday questions, give or take `SPREAD` in log-odds: none has seen the language. */
const THOUGHT = { cheap: 0.88, frontier: 0.94 };
const SPREAD = 0.3;
/** The kinds they are of. */
const everyday: readonly FeatureName[] = ["isFix", "isEdit", "isTest", "isWrite", "isHowto"];
const QUALITY = 50;
/** So many questions a working day. */
const PER_DAY = 12;

/**
 * A person asks `requests` questions over the days it takes. The classifier's part is made up, so that the figures do not
 * change with its weights; `applyLearned` and what it rests on are the extension's own. Who is right is drawn by the
 * person's chances. The same seed gives the same questions and luck, with learning and without.
 */
export function simulate(person: Person, options: { requests: number; seed: number; learning: boolean }) {
  const outcomes: Record<string, Outcome> = {};
  const observed: Observed[] = [];
  const random = generator(options.seed);
  for (let index = 0; index < options.requests; index++) {
    const nowMs = (20_000 + index / PER_DAY) * 86_400_000;
    // All that is drawn is drawn for both runs alike, whatever was decided.
    const languageId = pick(person.languages, random());
    const features = { ...emptyFeatures(), [everyday[Math.floor(random() * everyday.length)] ?? "isEdit"]: 1 };
    const [luck, acting, noise, spread] = [random(), random(), random(), random()];
    const weighed = weigh(features, (2 * spread - 1) * SPREAD);
    const decided = options.learning ? withLearned(weighed, { observed, languageId, nowMs }) : weighed;

    const cheapRight = person.languages[languageId]?.cheapRight ?? 0;
    const chances = { cheap: cheapRight, frontier: person.frontierRight };
    const isRight = luck < chances[decided.tier];
    const worth = { cheap: chances.cheap, frontier: chances.frontier - gainWorthPaying(QUALITY) };
    outcomes[languageId] ??= nothing();
    const outcome = outcomes[languageId];
    outcome.asked++;
    if (!isRight) outcome.wrong++;
    if (decided.tier === "frontier") outcome.frontier++;
    outcome.regret += Math.max(worth.cheap, worth.frontier) - worth[decided.tier];

    const day = learnDay(nowMs);
    for (const signal of reaction({ tier: decided.tier, isRight, acting, noise })) {
      observed.push({ kind: kindOf(features), languageId, model: models[decided.tier], signal, day, times: 1 });
    }
  }
  return outcomes;
}

/** Means over seeds 1, 2, … of what became of the questions, by language. */
export function meanOutcomes(
  person: Person,
  { seeds, requests, learning }: { seeds: number; requests: number; learning: boolean },
): Record<string, Outcome> {
  const means: Record<string, Outcome> = {};
  for (let seed = 1; seed <= seeds; seed++) {
    for (const [language, outcome] of Object.entries(simulate(person, { requests, seed, learning }))) {
      means[language] ??= nothing();
      const mean = means[language];
      for (const field of ["asked", "wrong", "frontier", "regret"] as const) mean[field] += outcome[field] / seeds;
    }
  }
  return means;
}

function weigh(features: Classification["features"], off: number): Classification {
  const cheapRight = shifted(THOUGHT.cheap, off);
  const frontierRight = shifted(THOUGHT.frontier, off);
  const tier = frontierRight - cheapRight > gainWorthPaying(QUALITY) ? "frontier" : "cheap";
  return { tier, cheapRight, frontierRight, confidence: 0.5, reasons: [], features };
}

function withLearned(
  weighed: Classification,
  { observed, languageId, nowMs }: { observed: readonly Observed[]; languageId: string; nowMs: number },
): Classification {
  return applyLearned(weighed, {
    languageId,
    firstOf: (tier) => models[tier],
    learned: (kind, language, model) => ({
      shift: learnedShift(observed, { kind, languageId: language, model }, nowMs),
      words: () => "",
    }),
  });
}

/**
 * What a person does with an answer. Half of all answers are read and left, which says nothing. Nine in ten of the others
 * get what they deserve; one in ten does not: a good answer is asked for again, a wrong one is copied.
 */
function reaction(facts: { tier: Tier; isRight: boolean; acting: number; noise: number }): LearnSignal[] {
  const { tier, isRight, acting, noise } = facts;
  if (acting < 0.5) return [];
  if (isRight === noise < 0.9) return acting < 0.75 ? ["inserted"] : ["copied"];
  if (acting < 0.7) return ["regenerated"];
  if (acting < 0.8) return ["inserted", "undone"];
  return tier === "cheap" ? ["sentUp"] : ["regenerated"];
}

function nothing(): Outcome {
  return { asked: 0, wrong: 0, frontier: 0, regret: 0 };
}

function pick(languages: Person["languages"], drawn: number): string {
  let left = drawn;
  let last = "";
  for (const [languageId, { share }] of Object.entries(languages)) {
    last = languageId;
    left -= share;
    if (left < 0) break;
  }
  return last;
}

/** Numbers from 0 to 1 that a seed gives: a linear congruential generator with the constants of Numerical Recipes. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
