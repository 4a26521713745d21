import { describe, expect, it } from "vitest";
import { applyLearned, type LearnedOf } from "../../../server/core/apply-learned.ts";
import { classify, describeWhy, gainWorthPaying } from "../../../server/core/classify.ts";
import { extractFeatures } from "../../../server/core/features.ts";
import { kindOf, languageOfQuestion } from "../../../server/core/learn-key.ts";
import type { Classification, Tier } from "../../../shared/answer.ts";

const featuresOf = (text: string) => extractFeatures({ text, context: [], history: [] });
/** As the classifier gives it; the chances are set, so that the test does not change with its weights. */
const weighed: Classification = {
  ...classify(featuresOf("Fix the off-by-one in this loop."), { quality: 50 }),
  tier: "cheap",
  cheapRight: 0.85,
  frontierRight: 0.93,
};
const route = (modelId: string) => ({ providerId: "vendor", modelId, simulated: false });
const firstOf = (tier: Tier) => route(tier === "cheap" ? "small" : "large");
const facts = (learned: LearnedOf | undefined, over = {}) => ({
  learned,
  languageId: "rust",
  firstOf,
  ...over,
});
const told = (shifts: Record<string, number>): LearnedOf => {
  return (_kind, languageId, { modelId }) => {
    const shift = shifts[modelId];
    if (shift === undefined) return null;
    return { shift, words: (tier) => `5 of 6 ${languageId} answers of your ${tier} model judged here were not kept` };
  };
};

describe("what was learned, in a decision", () => {
  it("changes nothing where nothing was learned", () => {
    expect(applyLearned(weighed, facts(undefined))).toBe(weighed);
    expect(applyLearned(weighed, facts(told({ small: 0 })))).toBe(weighed);
    expect(applyLearned(weighed, facts(told({ small: -1 }), { firstOf: () => null }))).toBe(weighed);
  });

  it("sends a question up whose cheap answers did not do, and says so first", () => {
    const applied = applyLearned(weighed, facts(told({ small: -1.2 })));
    expect([weighed.tier, applied.tier]).toEqual(["cheap", "frontier"]);
    expect(applied.cheapRight).toBeLessThan(weighed.cheapRight);
    expect(applied.frontierRight).toBe(weighed.frontierRight);
    expect(applied.reasons[0]).toEqual({
      feature: "learned",
      words: "5 of 6 rust answers of your cheap model judged here were not kept",
      weight: 1.2,
    });
    expect(describeWhy(applied)).toMatch(/^5 of 6 rust answers of your cheap model judged here were not kept/);
    expect(applied.features).toEqual(weighed.features);
  });

  it("pays no more for a frontier model than the setting says", () => {
    const applied = applyLearned({ ...weighed, leastGain: gainWorthPaying(0) }, facts(told({ small: -1.2 })));
    expect(applied.tier).toBe("cheap");
  });

  it("never takes the frontier for the worse of the two", () => {
    const applied = applyLearned(weighed, facts(told({ large: -1.2 })));
    expect(applied.frontierRight).toBeGreaterThanOrEqual(applied.cheapRight);
    expect(applied.tier).toBe("cheap");
  });

  it("does not tell of a shift that is next to nothing", () => {
    const applied = applyLearned(weighed, facts(told({ small: -0.1 })));
    expect(applied.reasons.map(({ feature }) => feature)).not.toContain("learned");
  });
});

describe("the kind of a question", () => {
  it.each([
    ["Write a commit message for this change.", "commit"],
    ["Write unit tests for parseDuration.", "test"],
    ["Fix the off-by-one in this loop.", "fix"],
    ["Rename foo to bar.", "edit"],
    ["Explain what this does.", "chat"],
    ["", "chat"],
  ])("%s → %s", (text, kind) => {
    expect(kindOf(featuresOf(text))).toBe(kind);
  });

  it("is of the language of its code, else of the code before it", () => {
    const rust = { context: [{ languageId: "rust" }] };
    const earlier = JSON.parse(JSON.stringify([rust, { context: [] }]));
    expect(languageOfQuestion([{ languageId: "go" }], earlier)).toBe("go");
    expect(languageOfQuestion([], earlier)).toBe("rust");
    expect(languageOfQuestion([], [])).toBe("");
  });
});
