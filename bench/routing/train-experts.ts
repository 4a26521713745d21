import {
  type Expert,
  type ExpertHead,
  type Experts,
  type FlatTree,
  type Head,
  knots,
} from "../../server/core/experts.ts";
import { formOf, type TextForm, textForms } from "../../server/core/text-form.ts";
import { shapeNames, shapeOf, type TextShape, WORD_COLUMNS } from "../../server/core/text-shape.ts";
import { fitRidge, type SparseRow } from "./linear.ts";
import type { Row } from "./rows.ts";
import { boost, type Tree } from "./trees.ts";

/** Training of the experts of server/core/experts.ts from what models really got right. Deterministic. */

/** How one form's expert is trained. */
interface Recipe {
  /** Of the ridge; words have length 1, so this is about the rows that must agree on a word before it counts. */
  penalty: number;
  linearShare: number;
  trees: number;
}

/** Chosen by cross-validation on the training files, once for all sets of a form. */
const recipes: Readonly<Record<TextForm, Recipe>> = {
  contest: { penalty: 5, linearShare: 0.5, trees: 80 },
  choices: { penalty: 5, linearShare: 0.3, trees: 80 },
  change: { penalty: 3, linearShare: 1, trees: 0 },
  function: { penalty: 5, linearShare: 0.5, trees: 60 },
  story: { penalty: 10, linearShare: 1, trees: 0 },
  plain: { penalty: 5, linearShare: 0, trees: 60 },
};
const DEPTH = 3;
const boosting = { depth: DEPTH, rate: 0.05, rowShare: 0.7, columnShare: 0.4, leastRowsInLeaf: 15, seed: 3 };
/** Standardised numbers beside words of length 1: so much smaller, or the penalty would hardly touch them. */
const DENSE_SCALE = 0.1;
/** Models count at a knot by how near their strength is, as a normal curve of this width in log-odds. */
const KNOT_WIDTH = 0.5;
/** Words are weighed in so many steps up and down: more of them make the file larger and no score better. */
const WORD_STEPS = 15;
/** With fewer rows a form has no expert of its own. */
const LEAST_ROWS = 50;

export type Strengths = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** How strong each model is on each source: the log-odds of its mean outcome there, between those of .03 and .97. */
export function strengthsOf(rows: readonly Row[]): Strengths {
  const sums = new Map<string, Map<string, { sum: number; count: number }>>();
  for (const { source, outcomes } of rows) {
    const models = sums.get(source) ?? new Map<string, { sum: number; count: number }>();
    sums.set(source, models);
    for (const [model, outcome] of Object.entries(outcomes)) {
      const known = models.get(model) ?? { sum: 0, count: 0 };
      models.set(model, { sum: known.sum + outcome, count: known.count + 1 });
    }
  }
  return new Map(
    [...sums].map(([source, models]) => [
      source,
      new Map([...models].map(([model, { sum, count }]) => [model, logOdds(sum / count)])),
    ]),
  );
}

function logOdds(share: number): number {
  const bounded = Math.min(0.97, Math.max(0.03, share));
  return Math.log(bounded / (1 - bounded));
}

/** One expert for each form that has at least fifty rows; `plain` stands for any text and is trained on all rows. */
export function trainExperts(rows: readonly Row[], shapes: (row: Row) => TextShape = shapeOfRow): Experts {
  const strengths = strengthsOf(rows);
  const experts: Partial<Record<TextForm, Expert>> = {};
  for (const form of textForms) {
    const mine = form === "plain" ? rows : rows.filter((row) => formOf(row.prompt, false) === form);
    if (mine.length >= LEAST_ROWS)
      experts[form] = trainExpertOf(
        mine.map((row) => ({ row, shape: shapes(row) })),
        strengths,
        recipes[form],
      );
  }
  return experts;
}

function shapeOfRow(row: Row): TextShape {
  return shapeOf(row.prompt);
}

export function trainExpertOf(
  examples: readonly { row: Row; shape: TextShape }[],
  strengths: Strengths,
  recipe: Recipe,
): Expert {
  const dense = examples.map(({ shape }) => shape.dense);
  const mean = shapeNames.map((_, at) => meanOf(dense.map((each) => each[at] ?? 0)));
  const spread = shapeNames.map((_, at) => {
    const variance = meanOf(dense.map((each) => ((each[at] ?? 0) - (mean[at] ?? 0)) ** 2));
    return Math.sqrt(variance) + 1e-6;
  });
  const sparse = examples.map(({ shape }) => sparseOf(shape, mean, spread));
  const levels = examples.map(({ row }) => ({
    weak: outcomeNear(row, knots.weak, strengths),
    middling: outcomeNear(row, knots.middling, strengths),
    strong: outcomeNear(row, knots.strong, strengths),
  }));
  const targets: Record<Head, number[]> = {
    level: levels.map(({ middling }) => middling),
    low: levels.map(({ weak, middling }) => middling - weak),
    high: levels.map(({ middling, strong }) => strong - middling),
  };
  const headOf = (head: Head): ExpertHead => {
    const linear =
      recipe.linearShare === 0
        ? { intercept: 0, weights: new Float64Array(shapeNames.length + WORD_COLUMNS) }
        : fitRidge(sparse, targets[head], { columns: shapeNames.length + WORD_COLUMNS, penalty: recipe.penalty });
    const { base, trees } =
      recipe.trees === 0 ? { base: 0, trees: [] } : boost(dense, targets[head], { ...boosting, trees: recipe.trees });
    const words = linear.weights.slice(shapeNames.length);
    const wordScale = words.reduce((most, each) => Math.max(most, Math.abs(each)), 0) / WORD_STEPS;
    return {
      intercept: short(linear.intercept),
      dense: shapeNames.map((_, at) => short(DENSE_SCALE * (linear.weights[at] ?? 0))),
      words: Int8Array.from(words, (each) => (wordScale === 0 ? 0 : Math.round(each / wordScale))),
      wordScale: short(wordScale),
      base: short(base),
      trees: trees.map(flat),
    };
  };
  return {
    mean: mean.map(short),
    spread: spread.map(short),
    linearShare: recipe.linearShare,
    heads: { level: headOf("level"), low: headOf("low"), high: headOf("high") },
  };
}

function sparseOf(
  { dense, columns, values }: TextShape,
  mean: readonly number[],
  spread: readonly number[],
): SparseRow {
  const at = new Int32Array(shapeNames.length + columns.length);
  const value = new Float64Array(at.length);
  for (const [index] of shapeNames.entries()) {
    at[index] = index;
    value[index] = (DENSE_SCALE * ((dense[index] ?? 0) - (mean[index] ?? 0))) / (spread[index] ?? 1);
  }
  for (let index = 0; index < columns.length; index += 1) {
    at[shapeNames.length + index] = shapeNames.length + (columns[index] ?? 0);
    value[shapeNames.length + index] = values[index] ?? 0;
  }
  return { at, value };
}

/** What models of about this strength got right of a question: their mean, the nearer ones counting more. */
function outcomeNear({ source, outcomes }: Row, knot: number, strengths: Strengths): number {
  let sum = 0;
  let weights = 0;
  for (const [model, outcome] of Object.entries(outcomes)) {
    const away = ((strengths.get(source)?.get(model) ?? 0) - knot) / KNOT_WIDTH;
    // The little more: where no model is near, the nearest ones speak.
    const weight = Math.exp((-away * away) / 2) + 1e-6;
    sum += weight * outcome;
    weights += weight;
  }
  return weights === 0 ? 0.5 : sum / weights;
}

/** A tree as arrays of full depth: below an early leaf every way leads to it. */
function flat(tree: Tree): FlatTree {
  const inner = 2 ** DEPTH - 1;
  const columns = new Array<number>(inner).fill(0);
  const limits = new Array<number>(inner).fill(0);
  const leaves = new Array<number>(inner + 1).fill(0);
  const place = (node: Tree, at: number): void => {
    if (at >= inner) {
      leaves[at - inner] = "leaf" in node ? short(node.leaf) : 0;
      return;
    }
    if ("column" in node) {
      columns[at] = node.column;
      limits[at] = short(node.limit);
    }
    place("column" in node ? node.low : node, 2 * at + 1);
    place("column" in node ? node.high : node, 2 * at + 2);
  };
  place(tree, 0);
  return { columns, limits, leaves };
}

/** Four digits are enough, and the file is small. */
function short(value: number): number {
  return Number(value.toPrecision(4));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / Math.max(1, values.length);
}
