import { describe, expect, it } from "vitest";
import { type SecondAnswer, whyNotWorth } from "../../../server/core/worth-escalating.ts";

/** A frontier answer of 1.4 cents after a cheap one with something visibly wrong. */
const usual: SecondAnswer = {
  prior: { cheapRight: 0.8, frontierRight: 0.9 },
  expectedCostNano: 14_000_000,
  quality: 50,
};
const check = (changes: Partial<SecondAnswer>) => expect(whyNotWorth({ ...usual, ...changes }));

describe("asking the frontier after a visible failure", () => {
  it("is worth its price as a rule, however sure one was of the cheap answer before", () => {
    check({}).toBeNull();
    check({ prior: { cheapRight: 0.97, frontierRight: 0.97 } }).toBeNull();
    check({ prior: null }).toBeNull();
  });

  it("is not worth it where the frontier is hardly more likely to be right than what has failed", () => {
    const hopeless = { cheapRight: 0.1, frontierRight: 0.15 };
    // 5 cents ask for a gain of a half in the middle, and of an eighth at full quality.
    const dear = 50_000_000;
    check({ prior: hopeless, expectedCostNano: dear }).toBe(
      "frontier is estimated to be right for 15 % of such requests, too little for its price",
    );
    check({ prior: hopeless, expectedCostNano: dear, quality: 100 }).toBeNull();
    check({ prior: hopeless, expectedCostNano: 0 }).toBeNull();
  });

  it("takes a price that is not known for a usual one", () => {
    check({ prior: { cheapRight: 0, frontierRight: 0.11 }, expectedCostNano: null }).toBeNull();
    check({ prior: { cheapRight: 0, frontierRight: 0.09 }, expectedCostNano: null }).not.toBeNull();
  });

  it("takes the failure for a false alarm where the answer was all but certain", () => {
    check({ prior: { cheapRight: 1, frontierRight: 1 } }).not.toBeNull();
  });

  it("spends nothing on chances that are no numbers", () => {
    check({ prior: { cheapRight: Number.NaN, frontierRight: Number.NaN } }).toBe(
      "frontier is estimated to be right for 0 % of such requests, too little for its price",
    );
  });
});
