import { describe, expect, it } from "vitest";
import {
  attemptWords,
  billWords,
  compactCount,
  endWords,
  failedBeforeWords,
  gainWords,
  headline,
  heldWords,
  lineWords,
  otherTierWords,
  seconds,
  shortModel,
  sourceWords,
  sureness,
  tokenWords,
} from "../../../client/webview/decision-words.ts";
import { modelPrice, perMillion, roughUsd } from "../../../client/webview/price-words.ts";
import { ago } from "../../../client/webview/session-menu.ts";
import type { Classification } from "../../../shared/answer.ts";
import { attempt, cheapDecision, frontierDecision, models, simulatedModels } from "./harness/samples.ts";

describe("the words of a decision", () => {
  it("say why this tier", () => {
    expect(headline(frontierDecision)).toBe(
      "Frontier, because cheap is estimated to be right for only 41 % of such requests",
    );
    expect(headline(cheapDecision)).toBe("Cheap, estimated to be right for 93 % of such requests");
    const kept = { feature: "conversation", words: "this conversation is on frontier", weight: 1 };
    const classification = cheapDecision.classification;
    expect(
      headline({
        ...cheapDecision,
        answeredBy: null,
        classification: classification && { ...classification, tier: "frontier", reasons: [kept] },
      }),
    ).toBe("Frontier, because this conversation is on frontier");
    expect(headline({ ...frontierDecision, mode: "frontier" })).toBe("Frontier, because you chose it");
    expect(headline({ ...cheapDecision, mode: "openai/gpt-5.4" })).toBe("openai/gpt-5.4, because you chose it");
    expect(headline({ ...frontierDecision, answeredBy: cheapDecision.answeredBy })).toBe(
      "Frontier, because cheap is estimated to be right for only 41 % of such requests; cheap answered, because no frontier model could",
    );
    const alone = { ...frontierDecision, plan: [], leftOut: [], attempts: [], answeredBy: cheapDecision.answeredBy };
    expect(headline(alone)).toMatch(/; cheap answered, because no frontier model is set up$/);
  });

  it("say that another tier answers than the one that was chosen, and why", () => {
    const asked = (why: string) => headline({ ...cheapDecision, mode: "frontier", why });
    expect(asked("you chose frontier; claude-opus does not fit under this workspace's $0.01 a day")).toBe(
      "Cheap answered: you chose frontier; claude-opus does not fit under this workspace's $0.01 a day",
    );
    // As former versions wrote it.
    expect(asked("claude-opus does not fit under your $1.00 a day")).toBe(
      "Cheap answered: you chose frontier; claude-opus does not fit under your $1.00 a day",
    );
    expect(asked("you chose frontier")).toBe("Cheap answered: you chose frontier, and no frontier model could");
  });

  it("say of a turn that failed that no model answered, whoever wrote a piece of it", () => {
    const attempts = [attempt({ outcome: "failed" }), attempt({ outcome: "failed", modelId: "qwen", tier: "cheap" })];
    const wanted = "Frontier, because cheap is estimated to be right for only 41 % of such requests";
    for (const answeredBy of [null, cheapDecision.answeredBy]) {
      expect(headline({ ...frontierDecision, attempts, answeredBy })).toBe(`${wanted}; no model answered`);
    }
    expect(headline({ ...frontierDecision, attempts: [], answeredBy: null })).toBe(`${wanted}; no model answered`);
    expect(headline({ ...frontierDecision, mode: "cheap", attempts, answeredBy: null })).toBe(
      "Cheap, because you chose it; no model answered",
    );
    const stopped = [attempt({ outcome: "failed" }), attempt({ outcome: "cancelled" })];
    expect(headline({ ...frontierDecision, attempts: stopped, answeredBy: null })).toBe(wanted);
  });

  it("say of a bill what a person should look at, and nothing of the others", () => {
    const billed = (costNano: number, computedNano: number) =>
      billWords(attempt({ outcome: "done", costSource: "reported", costNano, computedNano }));
    expect(billed(4_200_000, 3_500_000)).toEqual([
      "the provider says $0.0042, its counts × price give $0.0035 (17 % less)",
    ]);
    expect(billed(4_200_000, 4_284_000)).toEqual([]);
    expect(billed(1_250_000_000, 1_280_000_000)).toEqual([
      "the provider says $1.25, its counts × price give $1.28 (2.4 % more)",
    ]);
    expect(billed(4_200_000, 4_310_000)).toEqual([
      "the provider says $0.0042, its counts × price give $0.0043 (2.6 % more)",
    ]);
    expect(billed(1_020_000, 1_049_000)).toEqual([
      "the provider says $0.001020, its counts × price give $0.001049 (2.8 % more)",
    ]);
    expect(billed(20_000, 30_000)).toEqual([
      "the provider says $0.0000200, its counts × price give $0.0000300 (50 % more)",
    ]);
    expect(billed(0, 30_000_000)).toEqual(["the provider says $0, its counts × price give $0.0300"]);
    const usage = { input: 900, cacheRead: 0, cacheWrite: 0, output: 4_310, reasoning: 0 };
    expect(billWords(attempt({ outcome: "done", costSource: "computed", usage, askedOutputTokens: 4_096 }))).toEqual([
      "billed 4,310 tokens of 4,096 asked",
    ]);
    expect([...frontierDecision.attempts, ...cheapDecision.attempts].flatMap(billWords)).toEqual([]);
  });

  it("say what each attempt came to", () => {
    expect(frontierDecision.attempts.map(attemptWords)).toEqual([
      "failed: no first token in 4.1 s; it cost nothing",
      "answered in 6.3 s, first token 0.9 s",
    ]);
    expect(frontierDecision.attempts.map(heldWords)).toEqual([null, "held $0.0900, settled $0.0125"]);
    expect(attemptWords(attempt({ outcome: "cancelled", durationMs: 12_400 }))).toBe("stopped after 12 s");
    const crashed = attempt({ outcome: "crashed", heldNano: 12_500_000, costSource: "reserved" });
    expect(attemptWords(crashed)).toBe("ended with Wayfare's server; it cost $0.0125");
    expect(heldWords(crashed)).toBeNull();
    const failure = { kind: "stall", waitedMs: 8_000, message: "openai sent nothing for 8 s." } as const;
    const failed = attempt({ outcome: "failed", failure, costNano: 3_100_000, costSource: "estimated" });
    expect(attemptWords(failed)).toBe("failed: openai sent nothing for 8 s");
    expect(heldWords(failed)).toBe("held $0.0900, settled $0.0031, estimated");
    expect(attemptWords({ ...failed, costNano: null, costSource: "unknown" })).toBe(
      "failed: openai sent nothing for 8 s; what it cost is not known",
    );
    expect(failedBeforeWords(frontierDecision)).toBe("after openai/gpt-5.4 failed");
    expect(failedBeforeWords(cheapDecision)).toBe("");
  });

  it("say that an answer was stopped or broke off, and whose it was", () => {
    const stopped = { ...frontierDecision, attempts: [attempt({ outcome: "cancelled" })] };
    expect(endWords(stopped)).toBe("stopped");
    expect(lineWords(stopped)).toBe("Begun by anthropic/claude-opus-4.6, frontier, cost $0.0125, stopped");
    const broken = { ...frontierDecision, attempts: [attempt({ outcome: "failed" })] };
    expect(endWords(broken)).toBe("broken off");
    expect(failedBeforeWords(broken)).toBe("");
    expect(endWords(frontierDecision)).toBeNull();
    expect(endWords({ ...broken, answeredBy: null })).toBeNull();
  });

  it("count the tokens of all attempts, the cached ones as input", () => {
    expect(tokenWords(frontierDecision.attempts)).toBe("9.1k → 840 tokens, 6.2k of the input cached");
    expect(tokenWords([attempt({ usage: null })])).toBeNull();
    expect(tokenWords([...frontierDecision.attempts, ...frontierDecision.attempts])).toMatch(
      /^18.2k → 1\.7k tokens in 2 attempts, /,
    );
    expect([7, 999, 1_000, 9_120, 120_400, 1_250_000].map(compactCount)).toEqual([
      "7",
      "999",
      "1k",
      "9.1k",
      "120k",
      "1.3M",
    ]);
  });

  it("say where the cost comes from", () => {
    expect(sourceWords({ costSource: "reported", attempts: [] })).toBe("cost reported by the provider");
    expect(sourceWords({ costSource: "computed", attempts: [] })).toBe(
      "cost computed from the provider's token counts and prices",
    );
    expect(sourceWords({ costSource: "estimated", attempts: [] })).toBe(
      "cost estimated: the stream ended before the provider had counted",
    );
    const attempts = [
      attempt({ costSource: "estimated", costNano: 3 }),
      attempt({ costSource: "computed", costNano: 76 }),
    ];
    expect(sourceWords({ costSource: "estimated", attempts })).toBe(
      "cost in part estimated: one stream ended before the provider had counted",
    );
    expect(sourceWords({ costSource: "reserved", attempts: [] })).toBe(
      "cost as reserved: what it truly was is not known",
    );
    expect(sourceWords({ costSource: "unknown", attempts: [] })).toBe(
      "cost unknown: nobody says what this model costs",
    );
    expect(otherTierWords(frontierDecision)).toBe("cheap (qwen3-coder) would have cost about $0.001");
  });

  it("are one sentence for a screen reader, and say simulated first", () => {
    expect(lineWords(cheapDecision)).toBe(
      "Answered by openrouter/qwen/qwen3-coder, cheap, cost $0.0003, short edit, one file",
    );
    expect(lineWords({ ...cheapDecision, simulated: true, costNano: null })).toBe(
      "Simulated, Answered by openrouter/qwen/qwen3-coder, cheap, cost unknown, short edit, one file",
    );
    expect(shortModel("qwen/qwen3-coder")).toBe("qwen3-coder");
    expect([940, 9_949, 9_950].map(seconds)).toEqual(["0.9 s", "9.9 s", "10 s"]);
  });
});

describe("prices", () => {
  it("are written as price lists write them", () => {
    expect([0, 3, 2.5, 0.25, 0.1, 0.0375, 12.345].map(perMillion)).toEqual([
      "$0",
      "$3",
      "$2.50",
      "$0.25",
      "$0.10",
      "$0.0375",
      "$12.35",
    ]);
    expect(models.map(modelPrice).slice(-2)).toEqual(["free", "price unknown"]);
    expect(simulatedModels.map(modelPrice)[0]).toBe("$0.10 in · $0.40 out per 1M tokens");
  });

  it("are rough where they are a guess, and ? where they are not known", () => {
    expect([null, 0, 10_000, 1_120_000, 18_300_000, 1_300_000_000].map(roughUsd)).toEqual([
      "?",
      "$0",
      "<$0.0001",
      "$0.001",
      "$0.02",
      "$1.30",
    ]);
  });

  it("have an age beside them in the list of conversations", () => {
    expect([30_000, 5 * 60_000, 3 * 3_600_000, 50 * 3_600_000].map(ago)).toEqual([
      "just now",
      "5 min ago",
      "3 h ago",
      "2 d ago",
    ]);
  });
});

describe("what speaks for the tier", () => {
  const weighed = (over: Partial<Classification>): Classification => ({
    tier: "cheap",
    cheapRight: 0.88,
    frontierRight: 0.94,
    confidence: 0.5,
    leastGain: 0.1,
    reasons: [],
    features: {},
    ...over,
  });

  it("is in doubt, close, or clear", () => {
    expect(sureness({ confidence: 0.5, doubt: true })).toBe("in doubt: frontier may do better");
    expect([0.1, 0.3, 0.9].map((confidence) => sureness({ confidence }))).toEqual([
      "a close call",
      "fairly clear",
      "clear",
    ]);
  });

  it("is what frontier adds beside what its price is worth", () => {
    expect(gainWords(weighed({}))).toBe(
      "Frontier: right for 6 more in 100; at your quality setting its price is worth it from 10 on.",
    );
    expect(gainWords(weighed({ frontierRight: 0.88, leastGain: 0.005 }))).toBe(
      "Frontier: right for no more in 100; at your quality setting its price is worth it from 1 on.",
    );
    const { leastGain: _, ...older } = weighed({});
    expect(gainWords(older)).toBeNull();
  });
});
