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

function turn(tier: Tier, extra: { mode?: string; state?: Turn["state"] } = {}): Turn {
  return {
    id: "t",
    askedAtMs: 0,
    question: "q",
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
    },
  };
}

describe("a conversation's tier", () => {
  it.each<[string, Turn[], Tier, Tier]>([
    ["begins as it is weighed", [], "cheap", "cheap"],
    ["stays on frontier for an easy follow-up", [turn("frontier")], "cheap", "frontier"],
    ["stays there after a stop", [turn("frontier", { state: "cancelled" })], "cheap", "frontier"],
    ["goes up when a question calls for it", [turn("cheap")], "frontier", "frontier"],
    ["is weighed afresh after a failure", [turn("frontier", { state: "failed" })], "cheap", "cheap"],
    ["is weighed afresh after a crash", [turn("frontier", { state: "interrupted" })], "cheap", "cheap"],
    ["is weighed afresh after a turn steered by hand", [turn("frontier", { mode: "frontier" })], "cheap", "cheap"],
    ["looks at the latest turn", [turn("frontier"), turn("cheap")], "cheap", "cheap"],
  ])("%s", (_name, earlier, weighed, kept) => {
    expect(keepTier(classified(weighed), earlier).tier).toBe(kept);
  });

  it("says so first among the reasons, and hides none of what was seen", () => {
    const kept = keepTier(classified("cheap"), [turn("frontier")]);
    expect(kept.reasons.map((reason) => reason.words)).toEqual(["this conversation is on frontier", "short"]);
    expect(kept.cheapRight).toBe(0.9);
  });
});
