import { randomFrom } from "./metric.ts";

/** Small boosted regression trees over a few dense columns; the same data and seed give the same trees. */

/** A node: rows whose value in `column` is at most `limit` go to `low`, the others to `high`; without children it is a leaf. */
export type Tree =
  | { column: number; limit: number; low: Tree; high: Tree }
  /** What is added to the prediction. */
  | { leaf: number };

export interface Boosted {
  base: number;
  trees: Tree[];
}

export interface BoostOptions {
  trees: number;
  depth: number;
  /** How much of each tree counts, 0 to 1. */
  rate: number;
  /** Share of the rows that a tree sees, and of the columns that it may split by. */
  rowShare: number;
  columnShare: number;
  leastRowsInLeaf: number;
  seed: number;
}

/** So many limits are tried for each column, at equal shares of its rows. */
const LIMITS = 24;

export function boost(rows: readonly Float64Array[], targets: readonly number[], options: BoostOptions): Boosted {
  const random = randomFrom(options.seed);
  const columns = rows[0]?.length ?? 0;
  const limits = Array.from({ length: columns }, (_, column) => limitsOf(rows, column));
  const binned = rows.map((row) => Uint8Array.from(row, (value, column) => binOf(limits[column] ?? [], value)));
  const base = targets.reduce((sum, each) => sum + each, 0) / Math.max(1, targets.length);
  const residuals = Float64Array.from(targets, (each) => each - base);
  const trees: Tree[] = [];
  for (let count = 0; count < options.trees; count += 1) {
    const chosen = rows.flatMap((_, at) => (random() < options.rowShare ? [at] : []));
    const tried = Array.from({ length: columns }, (_, column) => column).filter(() => random() < options.columnShare);
    const tree = grow(chosen, options.depth, { binned, residuals, limits, tried, options });
    trees.push(tree);
    for (const [at, row] of rows.entries()) residuals[at] = (residuals[at] ?? 0) - outputOf(tree, row);
  }
  return { base, trees };
}

export function predict({ base, trees }: Boosted, row: Float64Array): number {
  let sum = base;
  for (const tree of trees) sum += outputOf(tree, row);
  return sum;
}

function outputOf(tree: Tree, row: Float64Array): number {
  let node = tree;
  while ("column" in node) node = (row[node.column] ?? 0) <= node.limit ? node.low : node.high;
  return node.leaf;
}

interface Growth {
  binned: readonly Uint8Array[];
  residuals: Float64Array;
  limits: readonly (readonly number[])[];
  tried: readonly number[];
  options: BoostOptions;
}

function grow(members: readonly number[], depth: number, growth: Growth): Tree {
  const { binned, residuals, limits, tried, options } = growth;
  let total = 0;
  for (const at of members) total += residuals[at] ?? 0;
  const leaf = { leaf: members.length === 0 ? 0 : (options.rate * total) / members.length };
  if (depth === 0 || members.length < 2 * options.leastRowsInLeaf) return leaf;
  let best = { gain: 1e-9, column: -1, bin: 0 };
  const whole = (total * total) / members.length;
  for (const column of tried) {
    const sums = new Float64Array(LIMITS + 1);
    const counts = new Float64Array(LIMITS + 1);
    for (const at of members) {
      const bin = binned[at]?.[column] ?? 0;
      sums[bin] = (sums[bin] ?? 0) + (residuals[at] ?? 0);
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    let sum = 0;
    let count = 0;
    for (let bin = 0; bin < (limits[column]?.length ?? 0); bin += 1) {
      sum += sums[bin] ?? 0;
      count += counts[bin] ?? 0;
      const others = members.length - count;
      if (count < options.leastRowsInLeaf || others < options.leastRowsInLeaf) continue;
      const gain = (sum * sum) / count + ((total - sum) * (total - sum)) / others - whole;
      if (gain > best.gain) best = { gain, column, bin };
    }
  }
  if (best.column < 0) return leaf;
  const { column, bin } = best;
  const isLow = (at: number) => (binned[at]?.[column] ?? 0) <= bin;
  return {
    column,
    limit: limits[column]?.[bin] ?? 0,
    low: grow(members.filter(isLow), depth - 1, growth),
    high: grow(
      members.filter((at) => !isLow(at)),
      depth - 1,
      growth,
    ),
  };
}

function limitsOf(rows: readonly Float64Array[], column: number): number[] {
  const values = rows.map((row) => row[column] ?? 0).sort((a, b) => a - b);
  const found = new Set<number>();
  for (let step = 1; step <= LIMITS; step += 1) {
    found.add(values[Math.floor((step * (values.length - 1)) / (LIMITS + 1))] ?? 0);
  }
  return [...found];
}

/** The number of the first limit that the value does not exceed. */
function binOf(limits: readonly number[], value: number): number {
  const at = limits.findIndex((limit) => value <= limit);
  return at < 0 ? limits.length : at;
}
