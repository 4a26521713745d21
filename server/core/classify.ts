import type { Classification, Reason, Tier } from "../../shared/answer.ts";
import { denseParts, type Experts, rightAt, viewOf } from "./experts.ts";
import { type Features, featureNames } from "./feature-table.ts";
import { featureWords, shapeWords } from "./feature-words.ts";
import { extractFeatures } from "./features.ts";
import { strengthOn, usualStrength } from "./model-strength.ts";
import type { Question } from "./provider.ts";
import { formOf, formWords, type TextForm } from "./text-form.ts";
import { shapeOf } from "./text-shape.ts";
import { type EditorWeights, handWeights } from "./weights.ts";

/** What a question is weighed with and for. */
export interface ClassifyOptions {
  /** 0 economy … 100 quality. */
  quality: number;
  /** Trained on this product's own data; absent: those set by hand. */
  weights?: { editor: EditorWeights; experts: Experts } | undefined;
  /** How strong the two models are that would be asked, as `strengthOf` says it; absent: a usual model of the tier. */
  strengths?: Partial<Readonly<Record<Tier, number>>> | undefined;
  /** What the frontier's answer is expected to cost more, in nano-dollars; null or absent: not known. */
  extraNano?: number | null | undefined;
}

/**
 * Which tier a question goes to. Two heads say how likely the cheap model and the frontier one are right; the frontier is
 * worth it when what it adds is worth more than what it costs more. What comes from the editor is weighed by what the
 * editor knows and the words of the question; texts of a known form by the expert for it. Pure and total.
 */
export function classifyQuestion(question: Question, options: ClassifyOptions): Classification {
  const hasEditor = question.context.length > 0 || question.history.length > 0;
  const form = formOf(question.text, hasEditor);
  const expert = form === "plain" ? undefined : options.weights?.experts[form];
  if (expert === undefined) return classify(extractFeatures(question), options);
  const shape = shapeOf(question.text);
  const view = viewOf(expert, shape);
  const rightOf = (tier: Tier) => rightAt(view, strengthOn(form, options.strengths?.[tier] ?? usualStrength[tier]));
  const reasons = denseParts(expert, shape).map(({ name, part }, at): Reason => {
    const isMore = (shape.dense[at] ?? 0) >= (expert.mean[at] ?? 0);
    return { feature: name, words: shapeWords[name][isMore ? 0 : 1], weight: part * GAIN_TO_LOG_ODDS };
  });
  const features = Object.fromEntries(reasons.map(({ feature }, at) => [feature, shape.dense[at] ?? 0]));
  return decide({ cheap: rightOf("cheap"), frontier: rightOf("frontier"), form, reasons, features }, options);
}

/** A question from the editor by its features alone. */
export function classify(features: Features, options: ClassifyOptions): Classification {
  const { baseline, features: weights } = options.weights?.editor ?? handWeights;
  const odds = { cheap: baseline.cheap, frontier: baseline.frontier };
  const reasons: Reason[] = [];
  for (const name of featureNames) {
    const value = features[name];
    if (value === 0) continue;
    const weight = weights[name];
    odds.cheap += weight.cheap * value;
    odds.frontier += weight.frontier * value;
    const towards = (weight.frontier - weight.cheap) * value;
    reasons.push({ feature: name, words: featureWords(name, features), weight: towards });
  }
  const rightOf = (tier: Tier) => {
    const stronger = (options.strengths?.[tier] ?? usualStrength[tier]) - usualStrength[tier];
    return probability(odds[tier] + Math.min(MOST_BY_STRENGTH, Math.max(-MOST_BY_STRENGTH, stronger)));
  };
  const rights = { cheap: rightOf("cheap"), frontier: rightOf("frontier") };
  return decide({ ...rights, form: "plain", reasons, features: { ...features } }, options);
}

interface Weighed {
  cheap: number;
  frontier: number;
  form: TextForm;
  reasons: Reason[];
  features: Record<string, number>;
}

function decide({ cheap, frontier, form, reasons, features }: Weighed, options: ClassifyOptions): Classification {
  const weighty = reasons.filter(({ weight }) => Math.abs(weight) >= minReasonWeight);
  weighty.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
  return {
    ...tierFor({ cheapRight: cheap, frontierRight: frontier, leastGain: leastGain(options) }),
    ...(form === "plain" ? {} : { form }),
    reasons: weighty.slice(0, maxReasons),
    features,
  };
}

/**
 * The tier for two chances and the gain that is worth the frontier's cost, with how sure that is. The frontier is never the
 * worse of the two: what it costs is all that speaks against it.
 */
export function tierFor(chances: {
  cheapRight: number;
  frontierRight: number;
  leastGain: number;
}): Pick<Classification, "tier" | "cheapRight" | "frontierRight" | "confidence" | "doubt" | "leastGain"> {
  const { cheapRight, leastGain: least } = chances;
  const frontierRight = Math.max(cheapRight, chances.frontierRight);
  const gain = frontierRight - cheapRight;
  const tier = gain > least ? "frontier" : "cheap";
  return {
    tier,
    cheapRight,
    frontierRight,
    confidence: confidenceOf(gain, least),
    ...(tier === "cheap" && gain > least * DOUBT_SHARE ? { doubt: true as const } : {}),
    leastGain: least,
  };
}

/** How many times more or less than the least gain it is: nothing at that gain itself, 1 where it is out of doubt. */
function confidenceOf(gain: number, least: number): number {
  if (gain <= least * DOUBT_SHARE) return 1;
  return Math.min(1, Math.abs(Math.log(gain / least)) / -Math.log(DOUBT_SHARE));
}

/** One clause for the line under an answer: the two reasons that weighed most for the tier it went to, and any doubt. */
export function describeWhy(classification: Classification): string {
  const { form, tier, doubt, reasons } = classification;
  const sign = tier === "frontier" ? 1 : -1;
  const words = reasons.filter((each) => each.weight * sign > 0 && says(each, tier)).map((each) => each.words);
  if (form !== undefined) words.unshift(formWords[form]);
  if (words.length === 0) words.push(withoutReason(classification));
  return `${words.slice(0, 2).join(", ")}${doubt === true ? "; in doubt" : ""}`;
}

/** That a question is short, or without code, weighs something, and is no reason that a person would give for the frontier. */
function says({ feature }: Reason, tier: Tier): boolean {
  return tier === "cheap" || (feature !== "brief" && feature !== "noContext");
}

/** Where no reason speaks for the tier, the price decided, or nothing is known of the question. */
function withoutReason({ tier, reasons }: Classification): string {
  if (tier === "frontier") return "worth its price at your quality setting";
  const against = reasons.find((each) => each.weight > 0 && says(each, "frontier"));
  return against === undefined ? "no sign of difficulty" : `${against.words}, yet too little for the frontier's price`;
}

/**
 * The least gain in the chance of a right answer that is worth the frontier's extra cost: that cost over what a right
 * answer is worth to the person. Between .005 and .6. Where a price is not known, the extra cost of a usual pair counts.
 */
export function leastGain({ quality, extraNano }: Pick<ClassifyOptions, "quality" | "extraNano">): number {
  if (extraNano === undefined || extraNano === null) return gainWorthPaying(quality);
  return Math.min(0.6, Math.max(0.005, extraNano / worthOfRightNano(quality)));
}

/**
 * What one more right answer is worth, in nano-dollars: $0.025 at full economy, $0.10 in the middle, $0.40 at full quality.
 * Even steps of the setting are even steps of the exchange rate, so the scale is logarithmic.
 */
export function worthOfRightNano(quality: number): number {
  return 0.1e9 * 16 ** ((Math.min(100, Math.max(0, quality)) - 50) / 100);
}

/** The least gain for a usual pair: .4 at full economy, .1 in the middle, .025 at full quality. */
export function gainWorthPaying(quality: number): number {
  return USUAL_EXTRA_NANO / worthOfRightNano(quality);
}

/** A thousand tokens read and 600 written, at $3 and $15 a million rather than at $0.25 and $2. */
const USUAL_EXTRA_NANO = 0.01e9;
/**
 * A cheap answer whose gain is more than this share of what would send it to the frontier is marked as doubtful. Of the
 * 33 requests of the editor set's training part that need the frontier, scored ten-fold without their families, one
 * goes to cheap without the mark at a quarter, two at a half; a tenth would mark four of five plain requests.
 */
const DOUBT_SHARE = 0.25;
const minReasonWeight = 0.1;
const maxReasons = 8;
/** How far a model's standing may move what its tier is taken to get right, in log-odds. */
const MOST_BY_STRENGTH = 1.5;
/** Parts of a gain in probability, beside weights in log-odds: near an even chance one is four times the other. */
const GAIN_TO_LOG_ODDS = 4;

function probability(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}
