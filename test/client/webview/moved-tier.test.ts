// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import { decisionPanel } from "../../../client/webview/decision-panel.ts";
import { headline } from "../../../client/webview/decision-words.ts";
import { pageFacts } from "../../../client/webview/page-facts.ts";
import type { Classification, Decision } from "../../../shared/answer.ts";
import { base, cheapDecision, escalatedDecision, frontierDecision, unescalatedDecision } from "./harness/samples.ts";

const chances = { cheapRight: 0.96, frontierRight: 0.96, confidence: 0.3, leastGain: 0.06 };
const withChances = (decision: Decision, more: Partial<Classification> = {}): Decision => ({
  ...decision,
  classification: decision.classification && { ...decision.classification, ...chances, ...more },
});
const panelOf = (decision: Decision): HTMLElement => {
  const facts = pageFacts();
  facts.set(base);
  return decisionPanel(decision, { retry: () => undefined, keepMode: () => undefined, facts });
};
/** What the panel says between its title and the attempts. */
const said = (decision: Decision): (string | null)[] => {
  const parts = [...panelOf(decision).children];
  return parts
    .slice(
      1,
      parts.findIndex((part) => part.matches(".attempts")),
    )
    .map((part) => part.textContent);
};
const attempts = (decision: Decision): string[] =>
  [...panelOf(decision).querySelectorAll(".attempt")].map(
    (row) =>
      `${row.className} ${row.querySelector(".codicon")?.className}: ${row.querySelector(".attempt-words")?.textContent}`,
  );
const bars = ["cheap right96 %", "frontier right96 %"];
const cheapReasons = cheapDecision.classification?.reasons ?? [];
const movedBy = (feature: string, words: string, weight: number): Decision =>
  withChances(frontierDecision, {
    tier: feature === "floor" ? "cheap" : "frontier",
    reasons: [{ feature, words, weight }, ...cheapReasons],
  });

describe("a tier that does not follow from the two chances", () => {
  it("has them beside it as foreseen, without a word that they were clear or worth it", () => {
    const escalated = withChances(escalatedDecision, { tier: "cheap", reasons: cheapReasons });
    expect(headline(escalated)).toBe("Frontier, because the cheap answer's code did not parse (line 3)");
    expect(said(escalated)).toEqual(["Foreseen before it was asked:", ...bars, "a rename, one file"]);
    const kept = movedBy("conversation", "code of the last answer did not parse", 1);
    expect(headline(kept)).toBe("Frontier, because code of the last answer did not parse");
    expect(said(kept)).toEqual([
      "Foreseen before it was asked:",
      ...bars,
      "code of the last answer did not parse, a rename, one file",
    ]);
    const room = "no cheap model has room for it (2,000 tokens; it needs 3,400)";
    const floor = movedBy("floor", room, 0);
    expect(headline(floor)).toBe(`Frontier, because ${room}`);
    expect(said(floor)).toEqual(["Foreseen before it was asked:", ...bars, `${room}, a rename, one file`]);
    expect(said(withChances({ ...frontierDecision, mode: "frontier" }))[0]).toBe("Foreseen before it was asked:");
    // Its own tier was down.
    expect(said(withChances(frontierDecision, { tier: "cheap", reasons: cheapReasons }))).toHaveLength(4);
  });

  it("is told from one that does, which has how sure it was and what frontier adds", () => {
    const gain = "Frontier: right for no more in 100; at your quality setting its price is worth it from 6 on.";
    expect(said(withChances(cheapDecision))).toEqual([...bars, "a rename, one file · fairly clear", gain]);
    const afresh = { feature: "conversation", words: "weighed afresh, since the last answer failed", weight: 0 };
    expect(said(withChances(cheapDecision, { reasons: [afresh, ...cheapReasons] })).slice(2)).toEqual([
      `${afresh.words}, a rename, one file · fairly clear`,
      gain,
    ]);
  });
});

describe("an attempt whose answer was found wanting", () => {
  it("has a warning and what was found, whether the frontier's took its place or not", () => {
    const [first, second] = attempts(escalatedDecision);
    expect(first).toMatch(
      /^attempt wanting codicon codicon-warning: .* answered in [^;]+; its code did not parse \(line 3\) held \$0\.0900, settled \$0\.0009$/,
    );
    expect(second).toMatch(/^attempt done codicon codicon-check: [^;]*$/);
    const own = { ...cheapDecision.attempts[0], providerId: "openai", modelId: "gpt-5.4-mini" };
    const kept = { ...unescalatedDecision, attempts: [own] } as Decision;
    expect(attempts(kept)[0]).toMatch(/codicon-warning: .*; its code did not parse \(line 3\) held /);
  });

  it("is none of those that were not", () => {
    expect(attempts(cheapDecision)[0]).toMatch(/^attempt done codicon codicon-check:/);
  });
});
