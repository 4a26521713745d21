// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import { estimateUsd, estimateWords } from "../../../client/webview/estimate-words.ts";
import type { EstimateResult } from "../../../shared/estimate.ts";
import { find, openByHand } from "./harness/open-by-hand.ts";
import { base, composerChips, estimate, routeEstimate, turn, withTurns } from "./harness/samples.ts";

const both = { cheap: true, frontier: true };
const cap = "this workspace's $1.00 a day";
const overCap = routeEstimate({ tier: "frontier", costNano: 18_300_000, overCap: cap });

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
      "over the cap",
      { frontier: overCap, tier: "frontier" },
      both,
      "≈ 9,412 tokens · cheap $0.0011 · *frontier $0.018* · more than this workspace's $1.00 a day leaves",
    ],
    [
      "over the cap where it is not asked",
      { frontier: overCap },
      both,
      "≈ 9,412 tokens · *cheap $0.0011* · frontier $0.018",
    ],
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

  it("are written out with what is assumed, a sentence or more for each model", () => {
    const words = estimateWords({ ...estimate, tier: "frontier" }, both);
    expect(words?.details).toEqual([
      "Cheap, openai/gpt-5.4-mini: about $0.0011. 9,412 tokens of prompt, counted as this model has counted lately, none of them taken as cached; 600 tokens of answer, a usual length, as little is known of its own. Up to $0.0120 is held until it is answered.",
      "Frontier, anthropic/claude-opus-4.6: about $0.018. 10,003 tokens of prompt, counted as this model has counted lately, 6,200 of them from the vendor's cache and 900 of them written into it; 840 tokens of answer, the mean of its answers in this conversation. Up to $0.0900 is held until it is answered.",
      "Prices are those of this moment. Nothing was sent to find this out.",
    ]);
    const unknown = estimateWords({ ...estimate, cheap: routeEstimate({ costNano: null, heldNano: null }) }, both);
    expect(unknown?.details[0]).toMatch(/^Cheap, openai\/gpt-5\.4-mini: price unknown\. .* of its own\.$/);
    const over = estimateWords({ ...estimate, frontier: overCap, tier: "frontier" }, both);
    expect(over?.details[1]).toMatch(
      / The least that must be held is more than this workspace's \$1\.00 a day leaves\.$/,
    );
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
    expect(button.title).toMatch(/^Cheap, openai\/gpt-5\.4-mini: about \$0\.0011\./);
    button.click();
    const panel = find("#estimate-details");
    expect(panel?.hidden).toBe(false);
    expect(panel?.querySelectorAll("p")).toHaveLength(3);
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
