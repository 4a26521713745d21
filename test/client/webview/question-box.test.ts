// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import { answering, buttonWith, find, openByHand } from "./harness/open-by-hand.ts";
import { base, composerChips, hundredsOfModels, turn, withTurns } from "./harness/samples.ts";

describe("the question box", () => {
  it("sends on Enter with the mode and the chips that may be sent, and empties itself", () => {
    const page = openByHand();
    page.show({ ...base, mode: "frontier", chips: composerChips });
    page.type("  Why?  ");
    page.key("Enter");
    expect(page.last()).toEqual({
      type: "ask",
      turnId: "new-1",
      question: "Why?",
      mode: "frontier",
      chips: ["file", "selection"],
    });
    expect(page.box.value).toBe("");
    expect(find(".question-words")?.textContent).toBe("Why?");
    expect(find(".waiting")?.textContent).toBe("choosing a model…");
  });

  it.each([
    ["composing", { isComposing: true }],
    ["composing, as older input methods say it", { keyCode: 229 }],
    ["with Shift", { shiftKey: true }],
  ])("does not send on Enter while %s", (_, more) => {
    const page = openByHand();
    page.show(base);
    page.type("変換");
    expect(page.key("Enter", more).defaultPrevented).toBe(false);
    expect(page.sent.some((message) => message.type === "ask")).toBe(false);
    expect(page.box.value).toBe("変換");
  });

  it("sends nothing when it is empty", () => {
    const page = openByHand();
    page.show(base);
    page.type("   ");
    page.key("Enter");
    expect(page.sent.some((message) => message.type === "ask")).toBe(false);
    expect(find(".send")?.getAttribute("aria-disabled")).toBe("true");
  });

  it("stops a running answer on Escape and with its button, and does not send into it", () => {
    const page = openByHand();
    page.show(withTurns([]));
    page.receive({ type: "turnStarted", turn: answering() });
    expect(find(".send")?.getAttribute("aria-label")).toBe("Stop (Escape)");
    page.type("next");
    page.key("Enter");
    expect(page.sent.some((message) => message.type === "ask")).toBe(false);
    expect(page.box.value).toBe("next");
    page.key("Escape");
    expect(page.last()).toEqual({ type: "stop", turnId: "t" });
    find(".send")?.click();
    expect(page.sent.filter((message) => message.type === "stop")).toHaveLength(2);
    page.receive({ type: "turnEnded", turn: answering({ state: "cancelled" }) });
    expect(find(".send")?.getAttribute("aria-label")).toBe("Send (Enter)");
  });

  it("brings back earlier questions on ArrowUp when it is empty", () => {
    const page = openByHand();
    page.show(withTurns([turn({ id: "a", question: "first" }), turn({ id: "b", question: "second" })]));
    page.key("ArrowUp");
    expect(page.box.value).toBe("second");
    page.key("ArrowUp");
    expect(page.box.value).toBe("first");
    page.key("ArrowUp");
    expect(page.box.value).toBe("first");
    page.key("ArrowDown");
    page.key("ArrowDown");
    expect(page.box.value).toBe("");
    page.type("my own words");
    expect(page.key("ArrowUp").defaultPrevented).toBe(false);
    expect(page.box.value).toBe("my own words");
  });

  it("keeps its draft at every letter, and tells the host when typing pauses", () => {
    const page = openByHand({ sessionId: "session-1", draft: "half a thought", dismissed: "" });
    expect(page.sent).toEqual([{ type: "ready", sessionId: "session-1", timeZone: "Europe/Lisbon" }]);
    expect(page.box.value).toBe("half a thought");
    page.show({ ...base, draft: "an older one" });
    expect(page.box.value).toBe("half a thought");
    page.type("a whole one");
    expect(page.kept().draft).toBe("a whole one");
    expect(page.sent.some((message) => message.type === "draft")).toBe(false);
    page.pause();
    expect(page.last()).toEqual({ type: "draft", question: "a whole one", revision: 2 });
  });

  it("takes the host's draft when it has none", () => {
    const page = openByHand();
    page.show({ ...base, draft: "from the host" });
    expect(page.box.value).toBe("from the host");
  });

  it("keeps its chips while none of them changes, and with them what is pressed and what has the focus", () => {
    const page = openByHand();
    page.show({ ...base, chips: composerChips });
    const chips = () => [...document.querySelectorAll<HTMLElement>(".composer-chips button")];
    const before = chips();
    before[1]?.focus();
    page.receive({ type: "patch", state: { chips: structuredClone(composerChips), mode: "frontier" } });
    expect(chips()[1]).toBe(before[1]);
    expect(document.activeElement).toBe(before[1]);
    page.receive({ type: "patch", state: { chips: composerChips.slice(1) } });
    expect(chips()).not.toHaveLength(before.length);
  });

  it("shows its chips, opens them, takes them away, and says why one is refused", () => {
    const page = openByHand();
    page.show({ ...base, chips: composerChips, chipsRemoved: true });
    expect([...document.querySelectorAll(".composer-chips li")].map((item) => item.textContent)).toEqual([
      "pool.ts",
      "pool.ts:40–52",
      ".env.localnot sent: files that hold secrets are never sent",
      "Bring back context",
    ]);
    find('[aria-label="Do not send pool.ts:40–52"]')?.click();
    expect(page.last()).toEqual({ type: "removeChip", chipId: "selection" });
    document.querySelectorAll<HTMLElement>(".chip-open")[1]?.click();
    expect(page.last()).toEqual({ type: "openChip", path: "src/pool.ts", line: 40 });
    buttonWith("Bring back context")?.click();
    expect(page.last()).toEqual({ type: "restoreChips" });
  });
});

describe("the picker", () => {
  it("is a listbox by keyboard: arrows, letters, Enter, Escape", () => {
    const page = openByHand();
    page.show(base);
    const button = find(".picker-button");
    const list = find('[role="listbox"]') as HTMLElement;
    expect(button?.getAttribute("aria-label")).toBe("Who answers: Auto");
    page.key("ArrowDown", {}, button as Element);
    expect(document.activeElement).toBe(list);
    expect(list.getAttribute("aria-activedescendant")).toBe("picker-0");
    page.key("ArrowDown", {}, list);
    page.key("ArrowDown", {}, list);
    page.key("Enter", {}, list);
    expect(page.last()).toEqual({ type: "mode", mode: "frontier" });
    expect(find(".picker-list")?.hidden).toBe(true);
    expect(document.activeElement).toBe(button);
    button?.click();
    for (const letter of "anth") page.key(letter, {}, list);
    page.key("Enter", {}, list);
    expect(page.last()).toEqual({ type: "mode", mode: "anthropic/claude-opus-4.6" });
    button?.click();
    const sentBefore = page.sent.length;
    page.key("Escape", {}, list);
    expect(find(".picker-list")?.hidden).toBe(true);
    expect(page.sent).toHaveLength(sentBefore);
  });

  it("keeps its rows while nothing of them changes: a press begun on one would be lost with it", () => {
    const page = openByHand();
    page.show(base);
    find(".picker-button")?.click();
    const rows = () => [...document.querySelectorAll('[role="option"]')];
    const before = rows();
    page.receive({ type: "patch", state: { spend: { ...base.spend, caps: [] } } });
    expect(rows()[2]).toBe(before[2]);
    page.receive({ type: "patch", state: { mode: "frontier" } });
    expect(rows()[2]?.getAttribute("aria-selected")).toBe("true");
  });

  it("keeps a picked model that is missing, and says so, once the models are known", () => {
    const page = openByHand();
    const button = find(".picker-button");
    page.show({ ...base, mode: "openrouter/vendor/gone", models: [] });
    expect(button?.getAttribute("aria-label")).toBe("Who answers: gone");
    page.show({ ...base, mode: "openrouter/vendor/gone" });
    expect(find(".picker-words")?.textContent).toBe("gone (not set up)");
    expect(button?.getAttribute("aria-label")).toBe("Who answers: gone (not set up)");
    expect(button?.title).toBe("openrouter/vendor/gone (not set up): it is not among your models");
    const selected = find('[role="option"][aria-selected="true"]');
    expect(selected?.textContent).toBe("openrouter/vendor/gone (not set up)it is not among your models");
    page.type("Why?");
    page.key("Enter");
    expect(page.last()).toMatchObject({ type: "ask", mode: "openrouter/vendor/gone" });
  });

  it("sets who always answers here, shows it as such, and leads back", () => {
    const page = openByHand();
    page.show({ ...base, usual: "cheap", mode: "openai/gpt-5.4" });
    const button = find(".picker-button");
    const rows = () => [...document.querySelectorAll<HTMLElement>('[role="option"]')];
    const row = (words: string) => rows().find((each) => each.textContent?.startsWith(words));
    const chosen = () => rows().filter((each) => each.getAttribute("aria-selected") === "true");
    button?.click();
    row("Always gpt-5.4 here")?.click();
    expect(page.last()).toEqual({ type: "always", mode: "openai/gpt-5.4" });
    page.receive({ type: "patch", state: { always: "openai/gpt-5.4" } });
    expect(find(".picker-words")?.textContent).toBe("Always gpt-5.4");
    expect(button?.getAttribute("aria-label")).toBe("Who answers: Always gpt-5.4 in this workspace");
    expect(chosen().map((each) => each.textContent)).toEqual(["Always gpt-5.4 herein force for every new question"]);
    // Picked for this conversation alone: what is kept stays in the list.
    button?.click();
    row("Frontier")?.click();
    expect(page.last()).toEqual({ type: "mode", mode: "frontier" });
    page.receive({ type: "patch", state: { mode: "frontier" } });
    expect(find(".picker-words")?.textContent).toBe("Frontier");
    expect(chosen().map((each) => each.textContent)).toEqual(["Frontiergpt-5.4 first"]);
    expect(row("Always gpt-5.4 here")).toBeDefined();
    button?.click();
    row("Auto, in this conversation")?.click();
    expect(page.last()).toEqual({ type: "mode", mode: "auto" });
    page.receive({ type: "patch", state: { mode: "auto" } });
    expect(find(".picker-words")?.textContent).toBe("Auto, in this conversation");
    expect(button?.getAttribute("aria-label")).toBe("Who answers: Auto, in this conversation");
    button?.click();
    row("Cheap again")?.click();
    expect(page.last()).toEqual({ type: "always", mode: null });
    page.receive({ type: "patch", state: { mode: "cheap", always: null } });
    expect(row("Cheap again")).toBeUndefined();
    expect(row("Auto")?.textContent).toBe("Autothe cheapest model that will do");
  });

  it("is searched by parts of a name where a gateway has hundreds of models", () => {
    const page = openByHand();
    const state = { ...base, models: [...base.models, ...hundredsOfModels] };
    page.show({ ...state, mode: "gateway/maker-3/model-399" });
    find(".picker-button")?.click();
    const search = find(".picker-search") as HTMLInputElement;
    expect(document.activeElement).toBe(search);
    const rows = () => [...document.querySelectorAll('[role="option"]')].map((row) => row.textContent);
    // What is in force is in sight, and what is in a tier comes before the others.
    expect(rows()).toHaveLength(100);
    expect(rows().at(-1)).toBe("gateway/maker-3/model-399price unknown");
    expect(find('[role="option"].active')?.textContent).toBe(rows().at(-1));
    expect(find(".picker-more")?.textContent).toBe("312 more: type a part of the name.");
    const searchFor = (words: string) => {
      search.value = words;
      search.dispatchEvent(new Event("input", { bubbles: true }));
    };
    searchFor("MAKER-3 33");
    expect(rows()).toEqual(
      [330, 331, 332, 333, 334, 335, 336, 337, 338, 339].map((id) => `gateway/maker-3/model-${id}price unknown`),
    );
    expect(find(".picker-more")?.textContent).toBe("");
    page.key("ArrowDown", {}, search);
    expect(search.getAttribute("aria-activedescendant")).toBe(find('[role="option"].active')?.id);
    // The box keeps its blanks.
    expect(page.key(" ", {}, search).defaultPrevented).toBe(false);
    page.key("Enter", {}, search);
    expect(page.last()).toEqual({ type: "mode", mode: "gateway/maker-3/model-331" });
    find(".picker-button")?.click();
    searchFor("nobody");
    expect(rows()).toEqual([]);
    expect(find(".picker-more")?.textContent).toBe("No model is called so.");
    page.key("Enter", {}, search);
    page.key("Escape", {}, search);
    expect(find(".picker-list")?.hidden).toBe(true);
    expect(page.last()).toEqual({ type: "mode", mode: "gateway/maker-3/model-331" });
  });

  it("shows each model with its price", () => {
    openByHand().show(base);
    const options = [...document.querySelectorAll('[role="option"]')].map((option) => option.textContent);
    expect(options[0]).toBe("Autothe cheapest model that will do");
    expect(options[1]).toBe("Cheapgpt-5.4-mini first");
    expect(options.slice(3, 6)).toEqual([
      "Always cheap herefor every new question",
      "Always frontier herefor every new question",
      "openai/gpt-5.4-minicheap$0.25 in · $2 out per 1M tokens",
    ]);
    expect(options.at(-2)).toBe("ollama/llama3.2:3bfree");
    expect(options.at(-1)).toBe("gateway/some-model-without-a-priceprice unknown");
  });
});
