// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import { headline, lineWords, restartWordsOf } from "../../../client/webview/decision-words.ts";
import type { Decision } from "../../../shared/answer.ts";
import { answering, find, openByHand, texts } from "./harness/open-by-hand.ts";
import { attempt, cheapDecision, turn, withTurns } from "./harness/samples.ts";

const words = "the cheap answer's code did not parse (line 3)";
const from = { providerId: "openai", modelId: "mini", tier: "cheap" as const };
const by = { providerId: "anthropic", modelId: "opus", tier: "frontier" as const };
const first = attempt({ ...from, costNano: 900_000 });
const second = attempt({ ...by, id: "attempt-2", costNano: 12_300_000 });
const escalated: Decision = {
  ...cheapDecision,
  why: `escalated: ${words}, $0.0123 more`,
  attempts: [first, second],
  answeredBy: by,
  costNano: 13_200_000,
  escalated: { because: "unparsed", words, from, extraNano: 12_300_000 },
};
const failure = { kind: "overloaded" as const, status: 503, message: "anthropic is overloaded." };
const kept: Decision = {
  ...escalated,
  why: `${words}; anthropic/opus: overloaded (503)`,
  attempts: [first, attempt({ ...by, outcome: "failed", failure, costNano: 0 })],
  answeredBy: from,
  costNano: 900_000,
  unparsed: [{ block: 0, languageId: "typescript", line: 3 }],
  escalated: { because: "unparsed", words, from, extraNano: 0, kept: "anthropic/opus: overloaded (503)" },
};
const code = (text: string) => `\`\`\`ts\n${text}\n\`\`\`\n`;
const notes = () => [...document.querySelectorAll(".note")].map((note) => note.textContent);

describe("an answer whose question was asked again of the frontier", () => {
  const page = () => {
    const opened = openByHand();
    opened.show(withTurns([]));
    opened.receive({ type: "turnStarted", turn: answering() });
    opened.receive(texts("t", code("one(")));
    opened.frame();
    return opened;
  };
  const replace = (opened: ReturnType<typeof page>) => {
    const asked = { type: "attempt" as const, ...by, failedBefore: 0, because: words };
    opened.receive({ type: "parts", turnId: "t", parts: [asked] });
    expect(find(".markdown pre")?.textContent?.trim()).toBe("one(");
    // A whole answer stands there: whoever looks at it is told what one still waits for.
    expect(find(".waiting-words")?.textContent).toBe(`${words}: asking opus…`);
    opened.receive({
      type: "parts",
      turnId: "t",
      parts: [
        { type: "restart", why: `openai/mini: ${words}` },
        { type: "text", text: code("two()") },
      ],
    });
    opened.frame();
  };

  it("shows the new text alone, the mark, and on its line why and for how much more", () => {
    const opened = page();
    replace(opened);
    const mark = `openai/mini: ${words}. Started again on anthropic/opus.`;
    expect([find(".markdown pre")?.textContent?.trim(), notes()]).toEqual(["two()", [mark]]);
    opened.receive({
      type: "turnEnded",
      turn: answering({ state: "done", answer: code("two()"), decision: escalated }),
    });
    expect([find(".markdown pre")?.textContent?.trim(), notes()]).toEqual(["two()", [mark]]);
    expect(find(".line-words")?.textContent).toBe(`opus · escalated: ${words}, $0.0123 more\u00a0`);
    expect(find(".decision-line .money")?.textContent).toBe("$0.0132");

    openByHand().show(withTurns([turn({ answer: code("two()"), decision: escalated })]));
    expect(notes()).toEqual([mark]);
  });

  it("shows the first text again where the frontier gave none after all, whole and once, and says why", () => {
    const opened = page();
    replace(opened);
    opened.receive({ type: "turnEnded", turn: answering({ state: "done", answer: code("one("), decision: kept }) });
    const mark = `openai/mini: ${words}; anthropic/opus: overloaded (503). The first answer stands.`;
    expect([find(".markdown pre")?.textContent?.trim(), notes()]).toEqual(["one(", [mark]]);
    expect(find(".unparsed")?.textContent).toContain("does not parse, line 3");
    expect(find(".line-words")?.textContent).toBe(`mini · ${words}; anthropic/opus: overloaded (503)\u00a0`);
  });

  it("has its panel and its sentence say who answered in the end", () => {
    expect(headline(escalated)).toBe(`Frontier, because ${words}`);
    expect(lineWords(escalated)).toBe(
      `Answered by anthropic/opus, frontier, cost $0.0132, escalated: ${words}, $0.0123 more`,
    );
    expect(headline(kept)).toBe(headline(cheapDecision));
    expect(lineWords(kept)).toBe(
      `Answered by openai/mini, cheap, cost $0.0009, ${words}; anthropic/opus: overloaded (503)`,
    );
  });

  it("names the routes that broke off before and after the first answer in their order", () => {
    const stalled = (modelId: string) =>
      attempt({
        modelId,
        outcome: "failed",
        failure: { kind: "stall", waitedMs: 8_000, message: "sent nothing for 8 s." },
      });
    expect(restartWordsOf({ ...escalated, attempts: [stalled("a"), first, stalled("b"), second] })).toBe(
      `anthropic/a: stalled for 8 s; openai/mini: ${words}; anthropic/b: stalled for 8 s. Started again on anthropic/opus.`,
    );
  });
});
