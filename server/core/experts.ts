import type { TextForm } from "./text-form.ts";
import { shapeNames, type TextShape, WORD_COLUMNS } from "./text-shape.ts";

/**
 * One trained expert for each form of text. An expert has three heads over the text's shape and words: how likely a model of
 * middling strength is right (`level`), and how much likelier a middling one is than a weak one (`low`) and a strong one
 * than a middling one (`high`). What a model of any strength gets right lies on the two straight lines through them. Each
 * head is a linear part and a few small trees, mixed in a fixed share.
 */
export const heads = ["level", "low", "high"] as const;
export type Head = (typeof heads)[number];

/** The strengths that the heads speak of, as log-odds of being right on an average question of the form. */
export const knots = { weak: -1, middling: 0.3, strong: 1.5 } as const;

export interface Expert {
  /** Mean and spread of each dense number over what was trained on, in the order of `shapeNames`. */
  mean: readonly number[];
  spread: readonly number[];
  /** The share of the linear part, 0 to 1; the trees have the rest. */
  linearShare: number;
  heads: Readonly<Record<Head, ExpertHead>>;
}

export interface ExpertHead {
  intercept: number;
  /** For each dense number, standardised. */
  dense: readonly number[];
  /** For each word column: a whole number from -15 to 15, times `wordScale`. */
  words: Int8Array;
  wordScale: number;
  base: number;
  trees: readonly FlatTree[];
}

/**
 * A tree of fixed depth as arrays: node n has the children 2n + 1 and 2n + 2; a dense number of at most `limits[n]` goes to
 * the first. What is below the last node counts into `leaves`.
 */
export interface FlatTree {
  columns: readonly number[];
  limits: readonly number[];
  leaves: readonly number[];
}

export type Experts = Readonly<Partial<Record<TextForm, Expert>>>;

/** What an expert says of one text. `gains` of strength, each dense number's part in them, for the reasons. */
export interface ExpertView {
  level: number;
  low: number;
  high: number;
}

export function viewOf(expert: Expert, shape: TextShape): ExpertView {
  const of = (head: Head): number => {
    const { linearShare: share } = expert;
    const linear = share === 0 ? 0 : linearOf(expert, expert.heads[head], shape);
    const trees = share === 1 ? 0 : treesOf(expert.heads[head], shape.dense);
    return share * linear + (1 - share) * trees;
  };
  return { level: of("level"), low: of("low"), high: of("high") };
}

/** How likely a model of this strength is right, .02 to .98; strengths beyond the knots count as the nearest one. */
export function rightAt(view: ExpertView, strength: number): number {
  const { weak, middling, strong } = knots;
  const at = Math.min(strong, Math.max(weak, strength));
  const moved =
    at <= middling
      ? (view.low * (at - middling)) / (middling - weak)
      : (view.high * (at - middling)) / (strong - middling);
  return Math.min(0.98, Math.max(0.02, view.level + moved));
}

/** How much likelier a strong model is right than a weak one, without bounds, for ordering. */
export function gainBetween(view: ExpertView, weak: number, strong: number): number {
  return unbounded(view, strong) - unbounded(view, weak);
}

/** Each dense number's part in what a strong model is likelier right than a weak one, by the linear part. */
export function denseParts(expert: Expert, shape: TextShape): { name: (typeof shapeNames)[number]; part: number }[] {
  return shapeNames.map((name, at) => {
    const value = standard(expert, shape.dense, at);
    const { low, high } = expert.heads;
    return { name, part: value * ((low.dense[at] ?? 0) + (high.dense[at] ?? 0)) };
  });
}

function unbounded(view: ExpertView, strength: number): number {
  const { weak, middling, strong } = knots;
  const at = Math.min(strong, Math.max(weak, strength));
  return at <= middling
    ? (view.low * (at - middling)) / (middling - weak)
    : (view.high * (at - middling)) / (strong - middling);
}

function standard(expert: Expert, dense: Float64Array, at: number): number {
  return ((dense[at] ?? 0) - (expert.mean[at] ?? 0)) / (expert.spread[at] ?? 1);
}

function linearOf(expert: Expert, head: ExpertHead, { dense, columns, values }: TextShape): number {
  let sum = head.intercept;
  for (let at = 0; at < dense.length; at += 1) sum += standard(expert, dense, at) * (head.dense[at] ?? 0);
  let words = 0;
  for (let at = 0; at < columns.length; at += 1) {
    words += (values[at] ?? 0) * (head.words[(columns[at] ?? 0) % WORD_COLUMNS] ?? 0);
  }
  return sum + words * head.wordScale;
}

function treesOf({ base, trees }: ExpertHead, dense: Float64Array): number {
  let sum = base;
  for (const { columns, limits, leaves } of trees) {
    let node = 0;
    while (node < columns.length) node = 2 * node + ((dense[columns[node] ?? 0] ?? 0) <= (limits[node] ?? 0) ? 1 : 2);
    sum += leaves[node - columns.length] ?? 0;
  }
  return sum;
}
