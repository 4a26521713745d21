import {
  type CompletionFeatureName,
  type CompletionFeatures,
  type CompletionWeights,
  completionComplexity,
  completionFeatures,
} from "../../server/core/completion-complexity.ts";
import { placeOf } from "../../server/core/completion-place.ts";
import type { Syntax } from "../../server/core/syntax.ts";
import { type CompletionRequest, cursorMark, type EditorRequest, verdictOf } from "./editor-set.ts";

/** The model of completions: how its rows are read, how it is trained, and how it is measured. Pure but for the parsers. */

export interface CompletionRow {
  id: string;
  family: string;
  features: CompletionFeatures;
  labels: CompletionRequest["labels"];
}

/**
 * The completions among `requests`, with the features that the engine would see where the person asks by hand, so that no
 * place is left out. Loads the parsers that it needs.
 */
export async function completionRows(
  requests: readonly EditorRequest[],
  syntax: Pick<Syntax, "load">,
): Promise<CompletionRow[]> {
  const rows: CompletionRow[] = [];
  for (const request of requests) {
    if (request.kind !== "completion") continue;
    const { id, family, labels, cursor } = request;
    const { languageId } = cursor;
    const offset = cursor.text.indexOf(cursorMark);
    const text = cursor.text.replace(cursorMark, "");
    const parser = await syntax.load(languageId);
    const inSyntax = parser?.placeAt(text, offset) ?? null;
    const place = placeOf({ text, offset, languageId, syntax: inSyntax, isInvoked: true });
    rows.push({ id, family, labels, features: completionFeatures({ text, offset, languageId, place }) });
  }
  return rows;
}

export interface CompletionTraining {
  /** Those that take part. */
  names: readonly CompletionFeatureName[];
  /** Of the squared weights; the baseline is free. */
  penalty: number;
}

/**
 * Chosen by cross-validation by family on the train part alone: features were added one by one while that lowered the
 * loss, then the penalty with the least loss was taken (.001 to 1 were tried; a weaker one is surer of itself and
 * calls clear bodies cheap). That rules count only as far as a body is still to be written is from looking at code of our
 * own, where a line that is missing in the middle of a documented function is no hard place; no labelled row has one.
 */
export const completionTraining: CompletionTraining = {
  names: ["piece", "doc", "outerDoc", "tests", "parameters", "depth", "sameHeads", "sameLines"],
  penalty: 0.02,
};

/**
 * The weights that labelled rows give: logistic regression with a ridge, by Newton's steps, so that the same rows in the
 * same order give the same weights to the last digit shown (four decimals). A reader's label is half a row, weighed by
 * how sure it is (3 of 3 is all of it), so where the readers differ there is half a row on each side. "cheap" says that
 * the cheap model is right; "frontier" that it is not and the frontier one is. No label says that the frontier is wrong:
 * its head is a baseline alone, the share of right ones with one right and one wrong added.
 */
export function trainCompletions(
  rows: readonly Pick<CompletionRow, "features" | "labels">[],
  { names, penalty }: CompletionTraining = completionTraining,
): CompletionWeights {
  const points: Point[] = [];
  for (const { features, labels } of rows) {
    const at = [1, ...names.map((name) => features[name])];
    for (const { label, sure } of labels) points.push({ at, target: label === "cheap" ? 1 : 0, weight: sure / 6 });
  }
  const [baseline = 0, ...found] = fitLogistic(points, { columns: names.length + 1, penalty });
  return {
    baseline: { cheap: rounded(baseline), frontier: rounded(Math.log(rows.length + 1)) },
    cheap: Object.fromEntries(names.map((name, at) => [name, rounded(found[at] ?? 0)])),
  };
}

export interface CompletionMeasure {
  /** Rows that both readers label alike. */
  rows: number;
  accuracy: number;
  /** Of the rows that need the frontier, those called cheap, and those called cheap without a mark of doubt. */
  frontierCalledCheap: number;
  frontierCalledCheapClearly: number;
  cheapCalledCheap: number;
  /** Mean negative log-likelihood of the labels, weighed as in training. */
  loss: number;
}

/** A confidence below this is shown as "a close call". */
export const doubtBelow = 0.2;

/** How weights do on rows, at the middle of economy and quality. */
export function measureCompletions(
  rows: readonly Pick<CompletionRow, "features" | "labels">[],
  weightsOf: CompletionWeights | ((row: Pick<CompletionRow, "features" | "labels">) => CompletionWeights),
): CompletionMeasure {
  const seen = { cheap: 0, frontier: 0, right: 0, cheapAsCheap: 0, frontierAsCheap: 0, clearly: 0 };
  let loss = 0;
  let weighed = 0;
  for (const row of rows) {
    const weights = typeof weightsOf === "function" ? weightsOf(row) : weightsOf;
    const { tier, cheapRight, confidence } = completionComplexity(row.features, { quality: 50, weights });
    for (const { label, sure } of row.labels) {
      loss -= sure * Math.log(Math.max(1e-12, label === "cheap" ? cheapRight : 1 - cheapRight));
      weighed += sure;
    }
    const verdict = verdictOf(row);
    if (verdict === "disputed") continue;
    seen[verdict] += 1;
    if (tier === verdict) seen.right += 1;
    if (tier === "frontier") continue;
    if (verdict === "cheap") seen.cheapAsCheap += 1;
    else {
      seen.frontierAsCheap += 1;
      if (confidence >= doubtBelow) seen.clearly += 1;
    }
  }
  const count = seen.cheap + seen.frontier;
  return {
    rows: count,
    accuracy: seen.right / count,
    frontierCalledCheap: seen.frontierAsCheap / seen.frontier,
    frontierCalledCheapClearly: seen.clearly / seen.frontier,
    cheapCalledCheap: seen.cheapAsCheap / seen.cheap,
    loss: loss / weighed,
  };
}

/** The same, each row measured with weights that were trained without the families of its fold. */
export function crossValidate(
  rows: readonly CompletionRow[],
  training: CompletionTraining = completionTraining,
  folds = 8,
): CompletionMeasure {
  const families = [...new Set(rows.map(({ family }) => family))];
  const foldOf = new Map(families.map((family, at) => [family, at % folds]));
  const kept = Array.from({ length: folds }, (_, fold) =>
    trainCompletions(
      rows.filter(({ family }) => foldOf.get(family) !== fold),
      training,
    ),
  );
  const weightsOf = new Map(rows.map((row) => [row.features, kept[foldOf.get(row.family) ?? 0]]));
  return measureCompletions(rows, ({ features }) => {
    const weights = weightsOf.get(features);
    if (weights === undefined) throw new Error("A row that was not trained on.");
    return weights;
  });
}

interface Point {
  /** Its first column is 1. */
  at: readonly number[];
  target: 0 | 1;
  weight: number;
}

/** Newton's steps; some ten are enough for any data with a ridge, and a fixed number keeps it deterministic. */
const STEPS = 25;

function fitLogistic(points: readonly Point[], { columns, penalty }: { columns: number; penalty: number }): number[] {
  let weights = new Array<number>(columns).fill(0);
  for (let step = 0; step < STEPS; step += 1) {
    // Of the baseline only so much that no data make it infinite.
    const ridge = weights.map((_, column) => (column === 0 ? 1e-6 : penalty));
    const slope = weights.map((weight, column) => -(ridge[column] ?? 0) * weight);
    const curve = weights.map((_, row) => weights.map((__, column) => (row === column ? (ridge[row] ?? 0) : 0)));
    for (const { at, target, weight } of points) {
      const right = 1 / (1 + Math.exp(-sum(at, weights)));
      for (const [row, value] of at.entries()) {
        slope[row] = (slope[row] ?? 0) + weight * (target - right) * value;
        const line = curve[row] ?? [];
        for (const [column, other] of at.entries()) {
          line[column] = (line[column] ?? 0) + weight * right * (1 - right) * value * other;
        }
      }
    }
    const move = solve(curve, slope);
    weights = weights.map((weight, column) => weight + (move[column] ?? 0));
  }
  return weights;
}

/** Solves `matrix · x = right` by Gauss; the matrix is positive definite, and is used up. */
function solve(matrix: number[][], right: readonly number[]): number[] {
  const rows = matrix.map((line, at) => [...line, right[at] ?? 0]);
  for (const [at, pivot] of rows.entries()) {
    const by = pivot[at] ?? 1;
    for (let column = at; column < pivot.length; column += 1) pivot[column] = (pivot[column] ?? 0) / by;
    for (const [other, line] of rows.entries()) {
      const factor = other === at ? 0 : (line[at] ?? 0);
      if (factor === 0) continue;
      for (let column = at; column < line.length; column += 1) {
        line[column] = (line[column] ?? 0) - factor * (pivot[column] ?? 0);
      }
    }
  }
  return rows.map((line) => line.at(-1) ?? 0);
}

function sum(values: readonly number[], weights: readonly number[]): number {
  return values.reduce((total, value, at) => total + value * (weights[at] ?? 0), 0);
}

function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
