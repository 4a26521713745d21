import { describe, expect, it } from "vitest";
import { featureNames } from "../../../server/core/feature-table.ts";
import { formatRoutingWeights, parseRoutingWeights } from "../../../server/core/routing-weights.ts";
import { shippedWeights } from "./shipped-weights.ts";

const shipped = shippedWeights();
const text = formatRoutingWeights(shipped);

describe("the file of trained weights", () => {
  it("says when and on what it was trained, with its scores", () => {
    expect(shipped.trainedOn).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(shipped.rows.livecodebench).toBe(530);
    expect(shipped.scores["LiveCodeBench: GPT-4O-mini-2024-07-18 → O4-Mini (High)"]).toBeGreaterThan(0.55);
    expect(Object.keys(shipped.editor.features).sort()).toEqual([...featureNames].sort());
  });

  it("comes back as it was written", () => {
    expect(parseRoutingWeights(text)).toEqual({ weights: shipped });
    expect(formatRoutingWeights(shipped)).toBe(text);
  });

  it.each([
    ["editor.baseline.cheap", /("baseline":\{"cheap":)[^,]+/, "1e308"],
    ["editor.baseline.cheap", /("baseline":\{"cheap":)[^,]+/, "-1000.5"],
    ["editor.baseline.cheap", /("baseline":\{"cheap":)[^,]+/, "1e999"],
    ["editor.features.", /("features":\{"[a-zA-Z]+":\{"cheap":)[^,]+/, "1001"],
    ["experts.contest.mean.0", /("contest":\{"mean":\[)[^,]+/, "1e308"],
    ["experts.contest.spread.0", /("spread":\[)[^,]+/, "0"],
    ["experts.contest.heads.level.intercept", /("intercept":)[^,]+/, "1e308"],
    ["experts.contest.heads.level.dense.0", /("dense":\[)[^,]+/, "-1e308"],
    ["experts.contest.heads.level.trees.0.limits.0", /("limits":\[)[^,]+/, "1e308"],
    ["experts.contest.heads.level.trees.0.leaves.0", /("leaves":\[)[^,]+/, "1e308"],
  ])("names %s where no training could have given what stands there (%#)", (field, at, value) => {
    const read = parseRoutingWeights(text.replace(at, `$1${value}`));
    expect("problem" in read ? read.problem : "no problem").toMatch(field);
  });

  it.each([
    ["{", "it is no JSON"],
    ['{"version":2}', "it is of version 2, and this Wayfare reads version 1"],
    [text.replace(/"trainedOn":"[^"]+"/, '"trainedOn":"yesterday"'), /trainedOn/],
    [text.replace('"rename', '"isRenamed'), /isRename|Unrecognized/],
    [text.replace(/"words":"[^"]+"/, '"words":"AAAA"'), /4096 bytes/],
  ])("says what is wrong with a file that is not one (%#)", (broken, problem) => {
    const read = parseRoutingWeights(broken === text ? text.replace('"isRename"', '"isRenamed"') : broken);
    expect("problem" in read ? read.problem : "no problem").toMatch(problem);
  });
});
