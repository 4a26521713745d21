import type { Classification, Reason } from "../../shared/answer.ts";
import type { FeatureName, Features } from "./feature-table.ts";
import { baseline, weights } from "./weights.ts";

/**
 * Which tier a question goes to. Two heads say how likely an answer of each tier is right; the frontier is worth it when
 * what it adds exceeds the exchange rate that `quality` stands for (0 economy … 100 quality). Pure and total.
 */
export function classify(features: Features, options: { quality: number }): Classification {
  let cheap: number = baseline.cheap;
  let frontier: number = baseline.frontier;
  const reasons: Reason[] = [];
  for (const name of featureNames) {
    const value = features[name];
    if (value === 0) continue;
    const weight = weights[name];
    cheap += weight.cheap * value;
    frontier += weight.frontier * value;
    const towards = (weight.frontier - weight.cheap) * value;
    if (Math.abs(towards) >= minReasonWeight)
      reasons.push({ feature: name, words: wordsFor(name, features), weight: towards });
  }
  const cheapRight = probability(cheap);
  // The frontier is never the worse of the two: what it costs is all that speaks against it.
  const frontierRight = Math.max(cheapRight, probability(frontier));
  const gain = frontierRight - cheapRight;
  const price = gainWorthPaying(options.quality);
  reasons.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
  return {
    tier: gain > price ? "frontier" : "cheap",
    cheapRight,
    frontierRight,
    confidence: Math.min(1, Math.abs(gain - price) / clearMargin),
    reasons: reasons.slice(0, maxReasons),
    features: { ...features },
  };
}

/** One clause for the line under an answer: the two reasons that weighed most for the tier it went to. */
export function describeWhy(classification: Classification): string {
  const sign = classification.tier === "frontier" ? 1 : -1;
  const words = classification.reasons.filter((each) => each.weight * sign > 0).map((each) => each.words);
  if (words.length === 0) return classification.tier === "cheap" ? "a simple question" : "not a simple question";
  return words.slice(0, 2).join(", ");
}

/**
 * The least gain in probability that is worth the frontier's extra cost: .4 at full economy, .1 in the middle, .025 at
 * full quality. Even steps of the setting are even steps of the exchange rate, so the scale is logarithmic.
 */
export function gainWorthPaying(quality: number): number {
  const bounded = Math.min(100, Math.max(0, quality));
  return 0.4 * 0.0625 ** (bounded / 100);
}

/** A distance from the threshold at which another word or two would not change the tier. */
const clearMargin = 0.25;
const minReasonWeight = 0.1;
const maxReasons = 8;

function probability(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}

type Words = string | ((features: Features) => string);

const words: Readonly<Record<FeatureName, Words>> = {
  isRename: "a rename",
  isDocument: "comments or documentation",
  isFormat: "a matter of form",
  isExplain: "an explanation",
  isDefine: "a definition",
  isHowto: "a how-to",
  isMessage: "a message or a name",
  isPattern: "boilerplate",
  isTest: "a test",
  isConvert: "a conversion",
  isFix: "a fix",
  isWrite: "a small addition",
  isEdit: "a small edit",
  isImplement: "something to build",
  isRefactor: "a refactoring",
  isDesign: "a design question",
  isReview: "a review",
  isOptimize: "an optimisation",
  isProve: "a proof or a bound",
  isMigrate: "a migration",
  isInvestigate: "a cause to find",
  concurrency: "concurrency",
  distributed: "distributed systems",
  security: "security",
  performance: "performance",
  types: "subtle types",
  memory: "memory safety",
  algorithm: "a hard algorithm",
  numerical: "numerical accuracy",
  expert: "an expert's question",
  topics: "several subjects at once",
  proof: "it has to be proved",
  designWords: "a design behind it",
  symptom: "it happens only sometimes or under load",
  mishap: "something goes wrong",
  signs: "several signs of difficulty together",
  diagnosis: "a fault of unknown cause",
  wide: "reaches across the code base",
  demanding: "strict demands",
  bounds: "stated bounds",
  small: "described as small",
  light: "layout, a command or a config file",
  beginner: "a beginner's question",
  harder: "you asked for more thought",
  quicker: "you asked for a short answer",
  narrative: "a situation to understand",
  brief: "a short question",
  proseLength: "a long description",
  asks: "several requests in one",
  listItems: "a list of requirements",
  filesNamed: "several files named",
  codeShare: "mostly code",
  stackTrace: "a stack trace",
  errorNamed: "an error named",
  selectionSmall: "a small selection",
  selectionLarge: "a large selection",
  noContext: "no code attached",
  filesAttached: "several files attached",
  languages: "several languages",
  problems: (features) => {
    const count = Math.round((features.problems - 0.07) / 0.233);
    return features.problems >= 1
      ? "many problems attached"
      : count === 1
        ? "1 problem attached"
        : `${count} problems attached`;
  },
  problemFiles: "problems in several files",
  hardCode: "code with locks or raw memory",
  turn: "a long conversation",
  failedTurns: "earlier answers failed",
  sameAgain: "the last answer did not help",
  followUp: "a short follow-up",
  stayFrontier: "continues a frontier answer",
  social: "a greeting or thanks",
};

function wordsFor(name: FeatureName, features: Features): string {
  const found = words[name];
  return typeof found === "string" ? found : found(features);
}

const featureNames: readonly FeatureName[] = Object.keys(words).filter(isFeature);

function isFeature(name: string): name is FeatureName {
  return Object.hasOwn(words, name);
}
