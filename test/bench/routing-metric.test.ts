import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { areaRecovered, callsFor, interval, recoveredGap, type Scored } from "../../bench/routing/metric.ts";

const q = (weak: number, strong: number, score: number): Scored => ({ weak, strong, score });
const one = fc.record({
  weak: fc.constantFrom(0, 0.5, 1),
  strong: fc.constantFrom(0, 0.5, 1),
  score: fc.constantFrom(0, 0.25, 0.5, 1),
});

describe("the recovered gap", () => {
  it("is that of the questions in the order of their scores", () => {
    // The strong model gains on the first and the last, and loses on the second.
    const questions = [q(0, 1, 0.9), q(1, 0, 0.5), q(1, 1, 0.3), q(0, 1, 0.1)];
    expect(recoveredGap(questions)).toEqual([0, 1, 0, 0, 1]);
    expect(areaRecovered(questions)).toBeCloseTo((0.5 + 0.5 + 0 + 0.5) / 4, 12);
    expect([callsFor(0.5, questions), callsFor(1, questions)]).toEqual([0.25, 0.25]);
  });

  it("is a straight line where all scores are the same: chance", () => {
    const questions = [q(0, 1, 0), q(1, 1, 0), q(0, 0, 0), q(0, 1, 0)];
    expect(recoveredGap(questions)).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect([areaRecovered(questions), callsFor(0.5, questions), callsFor(0.8, questions)]).toEqual([0.5, 0.5, 1]);
  });

  it("is the mean over every order of equal scores", () => {
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 6 }), (questions) => {
        const areas = orders(questions).map((order) =>
          areaRecovered(order.map((each, at) => ({ ...each, score: each.score - at * 1e-6 }))),
        );
        const area = areaRecovered(questions);
        if (Number.isNaN(area)) return areas.every(Number.isNaN);
        expect(area).toBeCloseTo(areas.reduce((sum, each) => sum + each, 0) / areas.length, 9);
        return true;
      }),
      { numRuns: 60 },
    );
  });

  it("is nothing where the models are as good as each other", () => {
    expect(recoveredGap([q(1, 0, 1), q(0, 1, 0)])).toEqual([]);
    expect(areaRecovered([])).toBeNaN();
  });
});

describe("an interval", () => {
  it("is the same for the same seed, and holds what was measured", () => {
    const questions = Array.from({ length: 200 }, (_, at) => q(at % 2, at % 3 === 0 ? 0 : 1, (at * 7919) % 200));
    const [low, high] = interval(questions, areaRecovered, { samples: 300 });
    expect([low, high]).toEqual(interval(questions, areaRecovered, { samples: 300 }));
    expect(low).toBeLessThan(areaRecovered(questions));
    expect(high).toBeGreaterThan(areaRecovered(questions));
  });
});

function orders<T>(all: readonly T[]): T[][] {
  if (all.length <= 1) return [[...all]];
  return all.flatMap((each, at) => orders(all.filter((_, other) => other !== at)).map((rest) => [each, ...rest]));
}
