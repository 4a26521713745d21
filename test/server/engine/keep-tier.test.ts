import { describe, expect, it } from "vitest";
import { keepTier } from "../../../server/engine/keep-tier.ts";
import type { Classification, Tier, Turn } from "../../../shared/answer.ts";

const classified = (tier: Tier): Classification => ({
  tier,
  cheapRight: 0.9,
  frontierRight: 0.95,
  confidence: 0.5,
  reasons: [{ feature: "length", words: "short", weight: -1 }],
  features: {},
});

function turn(
  tier: Tier,
  extra: { mode?: string; state?: Turn["state"]; question?: string; unparsed?: boolean } = {},
): Turn {
  return {
    id: "t",
    askedAtMs: 0,
    question: extra.question ?? "q",
    context: [],
    answer: "a",
    state: extra.state ?? "done",
    failure: null,
    decision: {
      mode: extra.mode ?? "auto",
      why: "",
      classification: classified(tier),
      plan: [],
      leftOut: [],
      attempts: [],
      answeredBy: null,
      finishReason: null,
      costNano: 0,
      costSource: "free",
      otherTier: null,
      simulated: false,
      ...(extra.unparsed === true ? { unparsed: [{ block: 0, languageId: "python", line: 3 }] } : {}),
    },
  };
}

/** Question 1, and the same question put again in another mode. */
const retried = (mode: string, tier: Tier): Turn[] => [
  turn(tier === "cheap" ? "frontier" : "cheap", { question: "1" }),
  turn(tier, { question: "1", mode }),
];

describe("a conversation's tier", () => {
  it.each<[string, Turn[], Tier, Tier, string | null]>([
    ["begins as it is weighed", [], "cheap", "cheap", null],
    [
      "stays on frontier for an easy follow-up",
      [turn("frontier")],
      "cheap",
      "frontier",
      "this conversation is on frontier",
    ],
    [
      "stays there after a stop",
      [turn("frontier", { state: "cancelled" })],
      "cheap",
      "frontier",
      "this conversation is on frontier",
    ],
    ["stays on cheap", [turn("cheap")], "cheap", "cheap", null],
    [
      "goes up when a question is harder",
      [turn("cheap")],
      "frontier",
      "frontier",
      "harder than before: not a simple question",
    ],
    [
      "goes up when the last answer's code did not parse",
      [turn("cheap", { unparsed: true })],
      "cheap",
      "frontier",
      "code of the last answer did not parse",
    ],
    [
      "stays on frontier though code did not parse there",
      [turn("frontier", { unparsed: true })],
      "cheap",
      "frontier",
      "this conversation is on frontier",
    ],
    [
      "goes where the person retried the last question",
      retried("frontier", "frontier"),
      "cheap",
      "frontier",
      "you asked again on frontier",
    ],
    ["comes down with the person, too", retried("cheap", "cheap"), "cheap", "cheap", null],
    [
      "goes up again from there for a harder question",
      retried("cheap", "cheap"),
      "frontier",
      "frontier",
      "harder than before: not a simple question",
    ],
    ["is weighed afresh after a retry on one model", retried("openai/x", "frontier"), "cheap", "cheap", null],
    ["is weighed afresh after a failure", [turn("frontier", { state: "failed" })], "cheap", "cheap", null],
    ["is weighed afresh after a crash", [turn("frontier", { state: "interrupted" })], "cheap", "cheap", null],
    [
      "is weighed afresh after a turn steered by hand",
      [turn("frontier", { mode: "frontier" })],
      "cheap",
      "cheap",
      null,
    ],
    ["looks at the latest turn", [turn("frontier"), turn("cheap")], "cheap", "cheap", null],
  ])("%s", (_name, earlier, weighed, tier, why) => {
    const kept = keepTier(classified(weighed), earlier);
    expect([kept.classification.tier, kept.why]).toEqual([tier, why]);
  });

  it("says first among the reasons what the conversation did, and hides none of what was seen", () => {
    const reasons = (weighed: Tier, earlier: Turn[]) =>
      keepTier(classified(weighed), earlier).classification.reasons.map((reason) => reason.words);
    expect(reasons("cheap", [turn("frontier")])).toEqual(["this conversation is on frontier", "short"]);
    expect(reasons("frontier", [turn("cheap")])).toEqual(["harder than this conversation so far", "short"]);
    expect(reasons("cheap", [turn("frontier", { state: "failed" })])).toEqual([
      "weighed afresh, since the last answer failed",
      "short",
    ]);
    expect(keepTier(classified("cheap"), [turn("frontier")]).classification.cheapRight).toBe(0.9);
  });
});
