import { type Experts, gainBetween, rightAt, viewOf } from "../../server/core/experts.ts";
import { formOf } from "../../server/core/text-form.ts";
import { shapeOf, type TextShape } from "../../server/core/text-shape.ts";
import { randomFrom, type Scored } from "./metric.ts";
import type { Row } from "./rows.ts";
import type { RoutingSet } from "./sets.ts";
import { type Strengths, strengthsOf, trainExperts } from "./train-experts.ts";

/** Scores of rows by models that were trained without them. */

/** What is foreseen of a row, for models by their names. */
export interface Foreseen {
  /** How much likelier the strong model is right than the weak one; higher: ask the strong one. */
  gain(weak: string, strong: string): number;
  /** How likely a model is right, 0 to 1. */
  right(model: string): number;
}

const FOLDS = 10;

/** Shapes are the same in every fold. */
const shapes = new WeakMap<Row, TextShape>();
export function shapeOfRow(row: Row): TextShape {
  const known = shapes.get(row);
  if (known !== undefined) return known;
  const shape = shapeOf(row.prompt);
  shapes.set(row, shape);
  return shape;
}

/** By trained experts; without an expert for a row's form nor one for any text nothing is foreseen: no gain. */
export function foreseenWith(experts: Experts, strengths: Strengths, rows: readonly Row[]): Map<Row, Foreseen> {
  return new Map(
    rows.map((row) => {
      const expert = experts[formOf(row.prompt, false)] ?? experts.plain;
      const view = expert === undefined ? { level: 0, low: 0, high: 0 } : viewOf(expert, shapeOfRow(row));
      const strength = (model: string) => strengths.get(row.source)?.get(model) ?? 0;
      return [
        row,
        {
          gain: (weak, strong) => gainBetween(view, strength(weak), strength(strong)),
          right: (model) => rightAt(view, strength(model)),
        },
      ];
    }),
  );
}

/** Ten-fold by group: no row is scored by what was trained on its group. */
export function crossValidated(rows: readonly Row[], seed: number): Map<Row, Foreseen> {
  const random = randomFrom(seed);
  const foldOf = new Map<string, number>();
  for (const { group } of rows) if (!foldOf.has(group)) foldOf.set(group, Math.floor(random() * FOLDS));
  const foreseen = new Map<Row, Foreseen>();
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const train = rows.filter(({ group }) => foldOf.get(group) !== fold);
    const test = rows.filter(({ group }) => foldOf.get(group) === fold);
    for (const [row, each] of trainedOn(train, test)) foreseen.set(row, each);
  }
  return foreseen;
}

/**
 * Trained on some rows, asked about others. How strong a model is comes from the rows trained on; of a source that is not
 * among them it is what `strengths` says.
 */
export function trainedOn(train: readonly Row[], test: readonly Row[], strengths?: Strengths): Map<Row, Foreseen> {
  return foreseenWith(trainExperts(train, shapeOfRow), strengths ?? strengthsOf(train), test);
}

/** The rows of a set as the metric takes them; rows that lack one of the two models are left out. */
export function scoredOf(
  set: Pick<RoutingSet, "holds">,
  [weak, strong]: readonly [string, string],
  rows: Iterable<Row>,
  score: (row: Row) => number,
): Scored[] {
  const scored: Scored[] = [];
  for (const row of rows) {
    const weakRight = row.outcomes[weak];
    const strongRight = row.outcomes[strong];
    if (!set.holds(row) || weakRight === undefined || strongRight === undefined) continue;
    scored.push({ weak: weakRight, strong: strongRight, score: score(row) });
  }
  return scored;
}
