import { type FeatureName, type Features, featureNames } from "../../server/core/feature-table.ts";
import { extractFeatures } from "../../server/core/features.ts";
import type { Question } from "../../server/core/provider.ts";
import { type EditorWeights, handWeights } from "../../server/core/weights.ts";
import type { EditorLabel, EditorRequest } from "./editor-set.ts";

/**
 * Training of the two heads for requests from the editor: logistic regression that begins at the weights set by hand and
 * moves away from them only as far as the labelled requests ask for. Newton's method, a fixed number of steps.
 */

/** One request with how likely an answer of each tier is right, and how much it counts. */
export interface EditorExample {
  features: Features;
  cheapRight: number;
  frontierRight: number;
  weight: number;
}

/** What a label says: the guideline's "about nine of ten", and what is left where the cheap model fails too often. */
const chances = { cheap: { cheap: 0.92, frontier: 0.96 }, frontier: { cheap: 0.35, frontier: 0.75 } } as const;

/** How many requests must speak against a weight set by hand before it moves. */
const PRIOR_WEIGHT = 14;
const BASELINE_PRIOR_WEIGHT = 0.5;
const STEPS = 12;

/** Both readers' labels count half each; how sure they are counts too. */
export function exampleOf(request: EditorRequest): EditorExample {
  const [one, two] = request.labels;
  const mean = (of: (label: EditorLabel) => number) => (of(one) + of(two)) / 2;
  return {
    features: extractFeatures(questionOf(request)),
    cheapRight: mean(({ label }) => chances[label].cheap),
    frontierRight: mean(({ label }) => chances[label].frontier),
    weight: Math.max(0.5, mean(({ sure }) => sure) / 2),
  };
}

/** A request as the classifier is asked it: the answers before it were given by the cheap tier and did not fail. */
export function questionOf({ question, context, history }: EditorRequest): Question {
  return {
    text: question,
    context: context.map((item) => ({ ...item })),
    history: history.map((turn) => ({ ...turn, failed: false, tier: "cheap", askedWith: [] })),
  };
}

/** A request of which one thing is known: the tier that it needs. */
export function exampleOfTier(question: Question, tier: "cheap" | "frontier", weight: number): EditorExample {
  const { cheap, frontier } = chances[tier];
  return { features: extractFeatures(question), cheapRight: cheap, frontierRight: frontier, weight };
}

/** Weights for every feature, to four digits; the same examples give the same weights. */
export function trainEditor(examples: readonly EditorExample[], from: EditorWeights = handWeights): EditorWeights {
  const cheap = fitHead(
    examples,
    (each) => each.cheapRight,
    from.baseline.cheap,
    (name) => from.features[name].cheap,
  );
  const frontier = fitHead(
    examples,
    (each) => each.frontierRight,
    from.baseline.frontier,
    (name) => from.features[name].frontier,
  );
  const features = { ...from.features };
  for (const [at, name] of featureNames.entries()) {
    features[name] = { cheap: short(cheap[at + 1] ?? 0), frontier: short(frontier[at + 1] ?? 0) };
  }
  return { baseline: { cheap: short(cheap[0] ?? 0), frontier: short(frontier[0] ?? 0) }, features };
}

/** The baseline, then one weight a feature. */
function fitHead(
  examples: readonly EditorExample[],
  target: (example: EditorExample) => number,
  baseline: number,
  prior: (name: FeatureName) => number,
): number[] {
  const start = [baseline, ...featureNames.map(prior)];
  const pull = start.map((_, at): number => (at === 0 ? BASELINE_PRIOR_WEIGHT : PRIOR_WEIGHT));
  const rows = examples.map(({ features }) => presentOf(features));
  let weights = [...start];
  for (let step = 0; step < STEPS; step += 1) {
    const slope = weights.map((weight, at) => -(pull[at] ?? 0) * (weight - (start[at] ?? 0)));
    const curve = weights.map((_, at) => weights.map((__, other): number => (at === other ? (pull[at] ?? 0) : 0)));
    for (const [index, row] of rows.entries()) {
      const example = examples[index];
      if (example === undefined) continue;
      let logOdds = 0;
      for (const [at, value] of row) logOdds += value * (weights[at] ?? 0);
      const chance = 1 / (1 + Math.exp(-logOdds));
      const error = example.weight * (target(example) - chance);
      const spread = example.weight * chance * (1 - chance);
      for (const [at, value] of row) {
        slope[at] = (slope[at] ?? 0) + error * value;
        const line = curve[at] ?? [];
        for (const [other, otherValue] of row) line[other] = (line[other] ?? 0) + spread * value * otherValue;
      }
    }
    const move = solve(curve, slope);
    weights = weights.map((weight, at) => weight + (move[at] ?? 0));
  }
  return weights;
}

/** The features that are there, by their place among the weights; the baseline's is always. */
function presentOf(features: Features): [at: number, value: number][] {
  const row: [number, number][] = [[0, 1]];
  for (const [at, name] of featureNames.entries()) if (features[name] !== 0) row.push([at + 1, features[name]]);
  return row;
}

/** Gauss's elimination; the matrix is symmetric and positive, so no pivot is near zero. Both are used up. */
function solve(matrix: number[][], right: number[]): number[] {
  const size = right.length;
  for (let at = 0; at < size; at += 1) {
    const row = matrix[at] ?? [];
    for (let below = at + 1; below < size; below += 1) {
      const line = matrix[below] ?? [];
      const factor = (line[at] ?? 0) / (row[at] ?? 1);
      if (factor === 0) continue;
      for (let column = at; column < size; column += 1)
        line[column] = (line[column] ?? 0) - factor * (row[column] ?? 0);
      right[below] = (right[below] ?? 0) - factor * (right[at] ?? 0);
    }
  }
  const solution = new Array<number>(size).fill(0);
  for (let at = size - 1; at >= 0; at -= 1) {
    const row = matrix[at] ?? [];
    let rest = right[at] ?? 0;
    for (let column = at + 1; column < size; column += 1) rest -= (row[column] ?? 0) * (solution[column] ?? 0);
    solution[at] = rest / (row[at] ?? 1);
  }
  return solution;
}

function short(value: number): number {
  return Number(value.toPrecision(4));
}
