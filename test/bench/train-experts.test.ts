import { describe, expect, it } from "vitest";
import { crossValidated, scoredOf } from "../../bench/routing/cross-validate.ts";
import { areaRecovered } from "../../bench/routing/metric.ts";
import type { Row } from "../../bench/routing/rows.ts";
import { strengthsOf, trainExperts } from "../../bench/routing/train-experts.ts";

/** Stories in which the weak model fails where there are percentages; the strong one fails at every fifth question. */
function stories(count: number): Row[] {
  return Array.from({ length: count }, (_, at) => {
    const isHard = at % 3 === 0;
    const rate = isHard ? `${10 + (at % 7)}% of them` : `${10 + (at % 7)} of them`;
    const prompt = `Ana has ${20 + (at % 11)} boxes of pencils and gives ${rate} to a friend. How many boxes are left to her then?`;
    return {
      id: `story-${at}`,
      source: "stories",
      group: `group-${Math.floor(at / 2)}`,
      prompt,
      outcomes: { weak: isHard ? 0 : 1, strong: at % 5 === 0 ? 0 : 1 },
    };
  });
}
const set = { holds: () => true };

describe("training", () => {
  it("gives the same weights for the same rows", () => {
    const rows = stories(120);
    expect(trainExperts(rows)).toEqual(trainExperts(rows));
    expect(Object.keys(trainExperts(rows))).toEqual(["story", "plain"]);
  });

  it("says of a model how strong it is on a source, within bounds", () => {
    const strengths = strengthsOf(stories(120)).get("stories");
    expect(strengths?.get("weak")).toBeCloseTo(Math.log(2), 6);
    expect(strengths?.get("strong")).toBeCloseTo(Math.log(4), 6);
    expect(
      strengthsOf(stories(1).map((row) => ({ ...row, outcomes: { best: 1 } })))
        .get("stories")
        ?.get("best"),
    ).toBeCloseTo(Math.log(0.97 / 0.03), 6);
  });

  it("finds what makes the weak model fail, in rows that it was not trained on", () => {
    const rows = stories(240);
    const foreseen = crossValidated(rows, 1);
    expect(foreseen.size).toBe(rows.length);
    const area = areaRecovered(
      scoredOf(set, ["weak", "strong"], rows, (row) => foreseen.get(row)?.gain("weak", "strong") ?? 0),
    );
    const oracle = areaRecovered(
      scoredOf(set, ["weak", "strong"], rows, ({ outcomes }) => (outcomes.strong ?? 0) - (outcomes.weak ?? 0)),
    );
    expect(area).toBeGreaterThan(0.5 + 0.5 * (oracle - 0.5));
  });

  it("finds nothing where the outcomes have nothing to do with the text", () => {
    const rows = stories(240).map((row, at) => ({
      ...row,
      outcomes: { weak: (at * 7919) % 13 < 6 ? 0 : 1, strong: 1 },
    }));
    const foreseen = crossValidated(rows, 1);
    const area = areaRecovered(
      scoredOf(set, ["weak", "strong"], rows, (row) => foreseen.get(row)?.gain("weak", "strong") ?? 0),
    );
    expect(Math.abs(area - 0.5)).toBeLessThan(0.12);
  });
});
