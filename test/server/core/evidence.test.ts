import { describe, expect, it } from "vitest";
import { type EvidenceFacts, type ExampleRun, judgeEvidence, visibleEvidence } from "../../../server/core/evidence.ts";
import { evidenceOrder } from "../../../server/core/evidence-order.ts";

function facts(changes: Partial<EvidenceFacts>): EvidenceFacts {
  return {
    isAuto: true,
    tier: "cheap",
    prior: { cheapRight: 0.9 },
    mayEscalate: true,
    badLine: null,
    isEmpty: false,
    addedErrors: 0,
    run: null,
    ...changes,
  };
}

function ran(changes: Partial<ExampleRun> = {}): ExampleRun {
  return {
    from: "tests",
    failed: 0,
    failedShare: 0,
    crashed: false,
    timedOut: false,
    isValidated: false,
    ...changes,
  };
}

function say(changes: Partial<EvidenceFacts>): string {
  const verdict = judgeEvidence(facts(changes));
  return verdict.act === "keep" ? "keep" : `${verdict.act}: ${verdict.because}`;
}

describe("the evidence of an answer", () => {
  it.each<[string, Partial<EvidenceFacts>, string]>([
    ["nothing wrong is kept", {}, "keep"],
    ["code that does not parse goes up", { badLine: 3 }, "escalate: the cheap answer's code did not parse (line 3)"],
    ["so does code that is not there", { isEmpty: true }, "escalate: the cheap answer's code was empty"],
    ["one error more", { addedErrors: 1 }, "escalate: 1 new error after the cheap answer's code was inserted"],
    ["errors more", { addedErrors: 3 }, "escalate: 3 new errors after the cheap answer's code was inserted"],
    ["a test that fails", { run: ran({ failed: 1, failedShare: 0.1 }) }, "escalate: 1 test failed"],
    ["tests that fail", { run: ran({ failed: 12, failedShare: 1 }) }, "escalate: 12 tests failed"],
    ["tests that fail, uncounted", { run: ran({ failed: null, failedShare: 1 }) }, "escalate: the tests failed"],
    ["tests that crash", { run: ran({ failed: null, crashed: true }) }, "escalate: the tests crashed"],
    ["tests without an end", { run: ran({ timedOut: true }) }, "escalate: the tests did not end in time"],
    [
      "an example of the question",
      { run: ran({ from: "question", failed: 1, failedShare: 1 }) },
      "escalate: 1 example of the question failed",
    ],
    ["a doc comment's example says nothing", { run: ran({ from: "docs", failed: 1, failedShare: 1 }) }, "keep"],
    [
      "but that it crashed",
      { run: ran({ from: "docs", failed: null, failedShare: 1, crashed: true }) },
      "escalate: the examples of the doc comments crashed",
    ],
    [
      "or where it passed before",
      { run: ran({ from: "docs", failed: 2, failedShare: 0.5, isValidated: true }) },
      "escalate: 2 examples of the doc comments failed",
    ],
    ["tests that pass", { run: ran() }, "keep"],
    [
      "a failure beats the odds",
      { badLine: 1, prior: { cheapRight: 1 } },
      "escalate: the cheap answer's code did not parse (line 1)",
    ],
    [
      "the first thing that is wrong is said",
      { badLine: 7, addedErrors: 2, run: ran({ failed: 1, failedShare: 1 }) },
      "escalate: the cheap answer's code did not parse (line 7)",
    ],
  ])("%s", (_name, changes, expected) => {
    expect(say(changes)).toBe(expected);
  });

  it("spends nothing where the person chose, where they switched it off, or where the better tier answered", () => {
    expect(say({ badLine: 2, isAuto: false })).toBe("doubt: the cheap answer's code did not parse (line 2)");
    expect(say({ badLine: 2, mayEscalate: false })).toBe("doubt: the cheap answer's code did not parse (line 2)");
    expect(say({ badLine: 2, tier: "frontier" })).toBe("doubt: the frontier answer's code did not parse (line 2)");
  });

  it("looks at what was foreseen where nothing fails, and only marks", () => {
    const prior = { cheapRight: 0.41, doubt: true } as const;
    const doubt = "doubt: cheap is estimated to be right for only 41 % of such requests";
    expect(say({ prior })).toBe(doubt);
    expect(say({ prior, run: ran() })).toBe("keep");
    expect(say({ prior, run: ran({ from: "docs" }) })).toBe(doubt);
    expect(say({ prior, tier: "frontier" })).toBe("keep");
    expect(say({ prior: null })).toBe("keep");
  });

  it("comes to the same in the order that the benchmark grades: what is escalated stands before what is kept", () => {
    const foreseen = { cheapRight: 0, frontierRight: 1 };
    const orderOf = (changes: Partial<EvidenceFacts>, odds = { cheapRight: 0.9, frontierRight: 0.9 }) =>
      evidenceOrder(visibleEvidence(facts(changes)), odds);
    const kept = orderOf({}, foreseen);
    for (const wrong of [{ badLine: 1 }, { isEmpty: true }, { addedErrors: 1 }, { run: ran({ failedShare: 0.1 }) }]) {
      expect(orderOf(wrong)).toBeGreaterThan(kept);
    }
    expect(orderOf({ run: ran({ from: "docs", failedShare: 1 }) }, foreseen)).toBe(kept);
  });
});
