// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import { estimateUsd, estimateWords } from "../../../client/webview/estimate-words.ts";
import type { EstimateResult } from "../../../shared/estimate.ts";
import { find, openByHand } from "./harness/open-by-hand.ts";
import { base, composerChips, estimate, routeEstimate, turn, withTurns } from "./harness/samples.ts";

const both = { cheap: true, frontier: true };
const cap = "this workspace's $1.00 a day";
const shortOf = (neededNano: number, leftNano: number) => ({ kind: "too-little", cap, neededNano, leftNano }) as const;
const local = routeEstimate({ providerId: "ollama", modelId: "qwen3", costNano: 0, heldNano: 0 });

/** The words as the line has them: the one that would be asked first is marked with a star. */
function line(values: Partial<EstimateResult>, tiers = both): string | null {
  const words = estimateWords({ ...estimate, ...values }, tiers);
  if (words === null) return null;
  const prices = words.prices.map(({ words: price, isNext }) => (isNext ? `*${price}*` : price));
  return [words.tokens, ...prices, ...(words.warning === "" ? [] : [words.warning])].join(" · ");
}

describe("the words for a question that is not sent yet", () => {
  it.each<[string, Partial<EstimateResult>, typeof both, string | null]>([
    ["both tiers, cheap first", {}, both, "≈ 9,412 tokens · *cheap $0.0011* · frontier $0.018"],
    ["both, frontier first", { tier: "frontier" }, both, "≈ 10,003 tokens · cheap $0.0011 · *frontier $0.018*"],
    ["before there is a question", { tier: null }, both, "≈ 9,412 tokens · cheap $0.0011 · frontier $0.018"],
    ["one tier", { frontier: null }, { cheap: true, frontier: false }, "≈ 9,412 tokens · cheap $0.0011"],
    ["a tier that rests", { cheap: null, tier: "frontier" }, both, "≈ 10,003 tokens · cheap ? · *frontier $0.018*"],
    [
      "an unknown price",
      { cheap: routeEstimate({ costNano: null, heldNano: null }) },
      both,
      "≈ 9,412 tokens · *cheap ?* · frontier $0.018",
    ],
    [
      "a free model",
      { cheap: routeEstimate({ costNano: 0 }) },
      both,
      "≈ 9,412 tokens · *cheap free* · frontier $0.018",
    ],
    [
      "one model",
      { cheap: null, frontier: null, picked: routeEstimate({ inputTokens: 1 }), tier: "cheap" },
      both,
      "≈ 1 token · $0.0011",
    ],
    [
      "a tier that a cap keeps from being asked",
      { tier: "cheap", inTheWay: { tier: "frontier", shortage: shortOf(21_030_000, 10_080_000) } },
      both,
      "≈ 9,412 tokens · *cheap $0.0011* · frontier $0.018 · frontier needs $0.0211 held; this workspace's $1.00 a day leaves $0.0100",
    ],
    [
      "a cap that leaves too little for any",
      { tier: null, isRefused: true, inTheWay: { tier: "cheap", shortage: shortOf(760_000, 30_000) } },
      both,
      "≈ 9,412 tokens · cheap $0.0011 · frontier $0.018 · would be refused: cheap needs $0.0008 held; this workspace's $1.00 a day leaves <$0.0001",
    ],
    [
      "one model that a cap leaves too little for",
      {
        cheap: null,
        frontier: null,
        picked: routeEstimate(),
        tier: null,
        isRefused: true,
        inTheWay: { tier: "cheap", shortage: shortOf(760_000, 0) },
      },
      both,
      "≈ 9,412 tokens · $0.0011 · would be refused: needs $0.0008 held; this workspace's $1.00 a day leaves $0",
    ],
    [
      "a free model that is left at a cap",
      { tier: null, local, inTheWay: { tier: "cheap", shortage: shortOf(760_000, 0) } },
      both,
      "≈ 9,412 tokens · cheap $0.0011 · frontier $0.018 · *ollama/qwen3 free* · cheap needs $0.0008 held; this workspace's $1.00 a day leaves $0",
    ],
    [
      "a cap that is no amount",
      {
        tier: null,
        isRefused: true,
        inTheWay: { tier: "cheap", shortage: { kind: "unreadable-cap", setting: "wayfare.budget.daily" } },
      },
      both,
      "≈ 9,412 tokens · cheap $0.0011 · frontier $0.018 · would be refused: wayfare.budget.daily is no amount, so nothing that costs is sent",
    ],
    [
      "a price that a cap wants to know",
      {
        cheap: routeEstimate({ costNano: null, heldNano: null }),
        tier: "frontier",
        inTheWay: { tier: "cheap", shortage: { kind: "unknown-price" } },
      },
      both,
      "≈ 10,003 tokens · cheap ? · *frontier $0.018* · cheap has no known price, so it is not asked under a cap",
    ],
    ["one that was answered before", { fromCache: true }, both, "≈ 9,412 tokens · from cache: free"],
    ["nothing to ask", { cheap: null, frontier: null, tier: null }, both, null],
  ])("for %s", (_case, values, tiers, words) => {
    expect(line(values, tiers)).toBe(words);
  });

  it("have prices of two digits", () => {
    const shown = [null, 0, 10_000, 400_000, 12_000_000, 99_400_000, 99_600_000, 500_000_000, 1_300_000_000];
    expect(shown.map(estimateUsd)).toEqual([
      "?",
      "free",
      "<$0.0001",
      "$0.0004",
      "$0.012",
      "$0.099",
      "$0.10",
      "$0.50",
      "$1.30",
    ]);
  });

  it("are written out in a table, with what is assumed below it", () => {
    const words = estimateWords(estimate, both);
    expect(words?.columns).toEqual([
      { name: "Cheap", model: "openai/gpt-5.4-mini" },
      { name: "Frontier", model: "anthropic/claude-opus-4.6" },
    ]);
    expect(words?.rows.map(({ name, cells }) => [name, ...cells])).toEqual([
      ["Prompt tokens", "9,412", "10,003"],
      ["of them from the vendor's cache", "0", "6,200"],
      ["of them written into it", "0", "900"],
      ["Answer tokens", "600", "840"],
      ["Price", "$0.0011", "$0.018"],
      ["Held at most", "$0.0120", "$0.0900"],
    ]);
    expect(words?.notes).toEqual([
      "Prompt tokens are counted as this model has counted lately; an answer is taken to have a usual length (cheap), the mean length of its answers in this conversation (frontier).",
      "Held is the most it can cost, until it is answered; then only its price is spent.",
      "Prices are those of this moment. Nothing was sent to find this out.",
    ]);
  });

  it("say what a question that was answered before would cost anew", () => {
    const note = (values: Partial<EstimateResult>) =>
      estimateWords({ ...estimate, fromCache: true, ...values }, both)?.notes[0];
    const kept = "The answer to this very question is kept, and shown for nothing.";
    expect(note({})).toBe(`${kept} Asked anew it would cost $0.0011 (openai/gpt-5.4-mini).`);
    expect(note({ tier: "frontier" })).toBe(`${kept} Asked anew it would cost $0.018 (anthropic/claude-opus-4.6).`);
    const refused = {
      tier: null,
      isRefused: true,
      inTheWay: { tier: "cheap", shortage: shortOf(760_000, 0) },
    } as const;
    expect(note(refused)).toBe(`${kept} Asked anew it would be refused: cheap needs $0.0008 held; ${cap} leaves $0.`);
  });

  it("say in the details what a cap does to each tier", () => {
    const words = estimateWords(
      {
        ...estimate,
        cheap: routeEstimate({ lowered: { cap, outputTokens: 1_980 } }),
        frontier: routeEstimate({ tier: "frontier", shortage: shortOf(21_030_000, 10_080_000), simulated: true }),
      },
      both,
    );
    expect(words?.notes.slice(0, 2)).toEqual([
      "Cheap: this workspace's $1.00 a day leaves room for 1,980 tokens of answer.",
      "Frontier needs $0.0211 held; this workspace's $1.00 a day leaves $0.0100.",
    ]);
    expect(words?.notes).toContain("The money is simulated.");
  });
});

describe("the line under the question", () => {
  const shown = () => {
    const button = find(".estimate");
    if (button?.classList.contains("none") === true) return null;
    return button?.textContent?.replace(" (asked first)", "").replace(/\s+/g, " ");
  };
  const words = "≈ 9,412 tokens · cheap $0.0011 · frontier $0.018";

  it("shows what goes along before anything is typed, and nothing where nothing does", () => {
    const page = openByHand();
    page.show({ ...base, chips: composerChips });
    page.receive({ type: "estimate", estimate: { ...estimate, tier: null }, revision: 0 });
    expect(shown()).toBe(words);
    expect(find(".estimate strong")).toBeNull();
    page.receive({ type: "patch", state: { chips: composerChips.slice(2) } });
    expect(shown()).toBeNull();
    page.receive({ type: "patch", state: { session: withTurns([turn({})]).session } });
    expect(shown()).toBe(words);
  });

  it("never shows the price of another text, and says so little at each key that nothing is read out", () => {
    const page = openByHand();
    page.show(base);
    page.type("Why");
    page.pause();
    expect(page.last()).toEqual({ type: "draft", question: "Why", revision: 1 });
    page.type("Why?");
    page.receive({ type: "estimate", estimate, revision: 1 });
    expect(shown()).toBeNull();
    page.pause();
    page.receive({ type: "estimate", estimate, revision: 2 });
    expect(shown()).toBe(words);
    expect(find(".estimate strong")?.textContent).toBe("cheap $0.0011 (asked first)");
    expect(find(".estimate")?.closest('[aria-live]:not([aria-live="off"]), [role="status"]')).toBeNull();
    expect(page.box.getAttribute("aria-describedby")).toBeNull();
    page.receive({ type: "estimate", estimate: null, revision: 2 });
    expect(shown()).toBeNull();
  });

  it("is gone when the question is sent, and tells the host that the box is empty", () => {
    const page = openByHand();
    page.show({ ...base, chips: composerChips });
    page.type("Why?");
    page.pause();
    page.receive({ type: "estimate", estimate, revision: 1 });
    page.key("Enter");
    expect(shown()).toBeNull();
    expect(page.last()?.type).toBe("ask");
    page.pause();
    expect(page.last()).toEqual({ type: "draft", question: "", revision: 2 });
  });

  it("opens what is assumed, by mouse and keyboard", () => {
    const page = openByHand();
    page.show({ ...base, chips: composerChips });
    page.receive({ type: "estimate", estimate, revision: 0 });
    const button = find(".estimate") as HTMLButtonElement;
    expect(button.title).toBe("");
    button.click();
    const panel = find("#estimate-details");
    expect(panel?.hidden).toBe(false);
    expect(panel?.querySelectorAll("p")).toHaveLength(3);
    const heads = [...(panel?.querySelectorAll("th") ?? [])].map((head) => [head.scope, head.textContent]);
    expect(heads.slice(0, 3)).toEqual([
      ["col", "Cheap openai/gpt-5.4-mini"],
      ["col", "Frontier anthropic/claude-opus-4.6"],
      ["row", "Prompt tokens"],
    ]);
    expect(heads.slice(2).every(([scope]) => scope === "row")).toBe(true);
    expect(document.activeElement).toBe(panel);
    page.key("Escape", {}, panel as Element);
    expect(panel?.hidden).toBe(true);
    expect(document.activeElement).toBe(button);
  });

  it("has no place while nothing is set up", () => {
    const page = openByHand();
    page.show({ ...base, setup: "nothing", models: [] });
    expect(find(".estimate-place")?.hidden).toBe(true);
    page.show(base);
    expect(find(".estimate-place")?.hidden).toBe(false);
  });
});
