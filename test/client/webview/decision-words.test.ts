import { describe, expect, it } from "vitest";
import {
  attemptWords,
  compactCount,
  endWords,
  failedBeforeWords,
  headline,
  heldWords,
  lineWords,
  otherTierWords,
  seconds,
  shortModel,
  sourceWords,
  tokenWords,
} from "../../../client/webview/decision-words.ts";
import { modelPrice, perMillion, roughUsd } from "../../../client/webview/price-words.ts";
import { ago } from "../../../client/webview/session-menu.ts";
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
    expect(headline({ ...cheapDecision, mode: "frontier" })).toBe("Frontier, because you chose it");
    expect(headline({ ...cheapDecision, mode: "openai/gpt-5.4" })).toBe("openai/gpt-5.4, because you chose it");
    expect(headline({ ...frontierDecision, answeredBy: cheapDecision.answeredBy })).toBe(
      "Frontier, because cheap is estimated to be right for only 41 % of such requests; cheap answered, because no frontier model could",
    );
    const alone = { ...frontierDecision, plan: [], leftOut: [], attempts: [], answeredBy: cheapDecision.answeredBy };
    expect(headline(alone)).toMatch(/; cheap answered, because no frontier model is set up$/);
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
