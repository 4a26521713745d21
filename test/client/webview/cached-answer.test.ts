// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import { endWords, lineWords, unaskedWords } from "../../../client/webview/decision-words.ts";
import type { Decision } from "../../../shared/answer.ts";
import { answering, buttonWith, find, openByHand } from "./harness/open-by-hand.ts";
import { attempt, cheapDecision, turn, withTurns } from "./harness/samples.ts";

const unasked: Decision = {
  ...cheapDecision,
  attempts: [],
  costNano: 0,
  costSource: "free",
  otherTier: null,
  leftOut: [],
  answeredBy: { providerId: "openrouter", modelId: "qwen/qwen3-coder", tier: "cheap" },
  why: "short question",
};
const askedAtMs = Date.UTC(2026, 10, 18, 12);
const cached = (savedNano: number | null, more: Partial<Decision> = {}): Decision => ({
  ...unasked,
  fromCache: { askedAtMs, savedNano },
  ...more,
});
const shared: Decision = { ...unasked, sharedRequest: true };
const at = new Date(askedAtMs).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });

function show(decision: Decision) {
  const page = openByHand();
  page.show(withTurns([turn({ answer: "Yes.", decision })]));
  const line = find(".decision-line");
  const words = () => line?.textContent?.replaceAll("\u00a0", " ").trim();
  return { page, line, words };
}

describe("an answer from the cache", () => {
  it("says so on its line, with what it saved", () => {
    expect(show(cached(4_200_000)).words()).toBe("cheapfrom cachesaved $0.0042qwen3-coder · short question");
    expect(find(".decision-line .kept")?.textContent).toBe("from cache");
    expect(show(cached(null)).words()).toBe("cheapfrom cachesaved ?qwen3-coder · short question");
    expect(show(cached(4_200_000, { simulated: true })).words()).toBe(
      "cheapsimulatedfrom cachesaved $0.0042qwen3-coder · short question",
    );
  });

  it("can be asked for anew, by the way it was asked", () => {
    const { page } = show(cached(4_200_000, { mode: "frontier" }));
    buttonWith("Ask anew")?.click();
    expect(page.last()).toEqual({ type: "retry", turnId: "turn-1", mode: "frontier" });
    expect(find(".decision-panel")).toBeNull();
    show(cheapDecision);
    expect(buttonWith("Ask anew")).toBeUndefined();
  });

  it("tells in its panel when it was asked and what it had cost, and nothing of attempts or sums of now", () => {
    show(cached(4_200_000)).line?.click();
    const panel = find(".decision-panel")?.textContent ?? "";
    expect(panel).toContain(
      `From cache: the very same was asked and answered on ${at}. Nothing was sent now; the answer had cost $0.0042.`,
    );
    expect(panel).toContain("Retry on frontier");
    expect(panel).not.toMatch(/tokens|cost computed|free\b/);
    expect(find(".attempts")).toBeNull();
    expect(unaskedWords(cached(null))).toBe(
      `From cache: the very same was asked and answered on ${at}. Nothing was sent now; what the answer had cost is not known.`,
    );
  });

  it("is spoken of as one", () => {
    expect(lineWords(cached(4_200_000))).toBe(
      "Answered from cache by openrouter/qwen/qwen3-coder, cheap, saved $0.0042, short question",
    );
    expect(lineWords(cached(null, { simulated: true }))).toBe(
      "Simulated, Answered from cache by openrouter/qwen/qwen3-coder, cheap, saved an unknown sum, short question",
    );
    const page = openByHand();
    page.show(withTurns([]));
    page.receive({ type: "turnStarted", turn: answering() });
    page.receive({
      type: "turnEnded",
      turn: answering({ state: "done", answer: "Yes.", decision: cached(4_200_000) }),
    });
    page.frame();
    expect(find("#live")?.textContent).toBe("qwen3-coder answered from cache, saved $0.0042. Yes.");
  });
});

describe("an answer that came of another question's request", () => {
  it("says so on its line and in its panel, and costs nothing", () => {
    const { line, words } = show(shared);
    expect(words()).toBe("cheap$0qwen3-coder · short question · shared with an identical request");
    line?.click();
    const panel = find(".decision-panel")?.textContent ?? "";
    expect(panel).toContain("it was sent once, and its attempts and its cost stand there.");
    expect(panel).not.toMatch(/tokens|free\b/);
    expect(lineWords(shared)).toBe(
      "Answered by openrouter/qwen/qwen3-coder, cheap, cost $0, short question, shared with an identical request",
    );
  });

  it("was stopped where its reader left before its end, also where the request went on for others", () => {
    expect(endWords({ ...shared, finishReason: null })).toBe("stopped");
    expect(endWords({ ...cheapDecision, finishReason: null, attempts: [attempt({})] })).toBe("stopped");
    expect(endWords({ ...shared, finishReason: "stop" })).toBeNull();
  });
});
