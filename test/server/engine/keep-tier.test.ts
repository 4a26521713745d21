import { describe, expect, it } from "vitest";
import { keepTier } from "../../../server/engine/keep-tier.ts";
import type { Attempt, Classification, Tier, Turn } from "../../../shared/answer.ts";
import type { Failure } from "../../../shared/failure.ts";

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
  extra: { mode?: string; state?: Turn["state"]; question?: string; answer?: string; unparsed?: boolean } & {
    failure?: Failure;
  } = {},
): Turn {
  return {
    id: "t",
    askedAtMs: 0,
    question: extra.question ?? "q",
    context: [],
    answer: extra.answer ?? "a",
    state: extra.state ?? "done",
    failure: null,
    decision: {
      mode: extra.mode ?? "auto",
      why: "",
      classification: classified(tier),
      plan: [],
      leftOut: [],
      attempts: extra.failure === undefined ? [] : [failedAttempt(extra.failure)],
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

const failedAttempt = (failure: Failure): Attempt => ({
  id: "a",
  providerId: "p",
  modelId: "m",
  tier: "frontier",
  outcome: "failed",
  failure,
  startedAtMs: 0,
  firstTokenMs: null,
  durationMs: 1,
  usage: null,
  heldNano: 0,
  costNano: 0,
  costSource: "free",
});

/** A turn that ended with this failure and without a text. */
const failed = (tier: Tier, failure?: Failure): Turn =>
  turn(tier, { state: "failed", answer: "", ...(failure === undefined ? {} : { failure }) });
const offline: Failure = { kind: "network", cause: "dns", host: "h", message: "" };
const empty: Failure = { kind: "empty", message: "" };

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
      "harder than before: worth its price at your quality setting",
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
      "harder than before: worth its price at your quality setting",
    ],
    ["is weighed afresh after a retry on one model", retried("openai/x", "frontier"), "cheap", "cheap", null],
    ["is weighed afresh after an answer that failed", [failed("frontier", empty)], "cheap", "cheap", null],
    [
      "is weighed afresh after half an answer",
      [turn("frontier", { state: "failed", failure: { kind: "stall", waitedMs: 1, message: "" } })],
      "cheap",
      "cheap",
      null,
    ],
    ["does not begin with a question that was refused", [failed("frontier")], "cheap", "cheap", null],
    ["does not begin with one that reached no model", [failed("frontier", offline)], "cheap", "cheap", null],
    [
      "stays what it was over questions that nobody answered",
      [turn("frontier"), failed("cheap"), failed("cheap", offline)],
      "cheap",
      "frontier",
      "this conversation is on frontier",
    ],
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
    expect(reasons("cheap", [failed("frontier")])).toEqual(["short"]);
    expect(reasons("cheap", [failed("frontier", offline)])).toEqual(["short"]);
    expect(reasons("cheap", [failed("frontier", empty)])).toEqual([
      "weighed afresh, since the last answer failed",
      "short",
    ]);
    expect(keepTier(classified("cheap"), [turn("frontier")]).classification.cheapRight).toBe(0.9);
  });
});
