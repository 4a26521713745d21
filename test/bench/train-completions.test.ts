import { describe, expect, it } from "vitest";
import { readEditorPart } from "../../bench/routing/editor-set.ts";
import {
  completionRows,
  crossValidate,
  measureCompletions,
  trainCompletions,
} from "../../bench/routing/train-completions.ts";
import { completionFeatureNames } from "../../server/core/completion-complexity.ts";
import { completionWeights } from "../../server/core/completion-weights.ts";
import { syntax } from "../server/syntax/grammar-folder.ts";

const train = await completionRows(readEditorPart("train"), syntax);
const test = await completionRows(readEditorPart("test"), syntax);

describe("the completions of the editor set", () => {
  it("give the weights that the package has", () => {
    expect(trainCompletions(train)).toEqual(completionWeights);
    expect(trainCompletions([...train])).toEqual(completionWeights);
  });

  it("are told apart in the test part: no hard body goes to the cheap model without a mark of doubt", () => {
    const found = measureCompletions(test, completionWeights);
    expect(found.rows).toBe(33);
    expect(found.frontierCalledCheapClearly).toBe(0);
    expect(found.frontierCalledCheap).toBeLessThanOrEqual(0.12);
    expect(found.cheapCalledCheap).toBeGreaterThanOrEqual(0.9);
  });

  it("are told apart by weights that did not see their families", () => {
    const found = crossValidate(train);
    expect(found.frontierCalledCheapClearly).toBe(0);
    expect(found.cheapCalledCheap).toBeGreaterThanOrEqual(0.85);
  });

  it("have features between 0 and 1, every one by name", () => {
    for (const { id, features } of [...train, ...test]) {
      expect(Object.keys(features), id).toEqual([...completionFeatureNames]);
      const wrong = Object.values(features).filter((value) => !(value >= 0 && value <= 1));
      expect(wrong, id).toEqual([]);
    }
  });
});

describe("training", () => {
  const [row] = train;
  if (row === undefined) throw new Error("no rows");
  const features = Object.fromEntries(completionFeatureNames.map((name) => [name, 0])) as (typeof row)["features"];
  const label = (tier: "cheap" | "frontier", sure: 1 | 2 | 3 = 3) => ({ label: tier, sure, why: "" });
  /** The share of places that look alike in which the cheap model is right. */
  const shareOf = (...labels: (typeof row)["labels"][]): number => {
    const { baseline } = trainCompletions(labels.map((each) => ({ features, labels: each })));
    return 1 / (1 + Math.exp(-baseline.cheap));
  };

  it("puts half a row on each side where the readers differ", () => {
    expect(shareOf([label("cheap"), label("frontier")])).toBeCloseTo(0.5, 4);
    expect(shareOf([label("cheap"), label("cheap")], [label("cheap"), label("frontier")])).toBeCloseTo(0.75, 4);
  });

  it("weighs a reader by how sure it is", () => {
    expect(shareOf([label("cheap"), label("frontier", 1)])).toBeCloseTo(0.75, 4);
    expect(shareOf([label("cheap", 2), label("cheap", 2)], [label("frontier", 1), label("frontier", 1)])).toBeCloseTo(
      2 / 3,
      4,
    );
  });

  it("gives finite weights when all labels are alike, and when there are no rows", () => {
    for (const rows of [[], [{ features, labels: [label("cheap"), label("cheap")] as (typeof row)["labels"] }]]) {
      const { baseline, cheap } = trainCompletions(rows);
      for (const value of [...Object.values(baseline), ...Object.values(cheap)])
        expect(value).toSatisfy(Number.isFinite);
    }
  });
});
