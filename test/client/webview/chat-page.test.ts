// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from "vitest";
import { chatPage } from "../../../client/webview/chat-page.ts";
import type { FromPage, PageState, ToPage } from "../../../client/webview/messages.ts";
import { fromPageSchema } from "../../../client/webview/messages.ts";
import { pageHtml } from "../../../client/webview/page-html.ts";
import { TURNS_SHOWN } from "../../../client/webview/transcript.ts";
import type { Turn } from "../../../shared/answer.ts";
import { base, cheapDecision, composerChips, frontierDecision, scenes, turn, withTurns } from "./harness/scenes.ts";

globalThis.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
};

/** A page whose frames and delays are run by hand, with what it said to its host. */
function open(remembered: { sessionId: string | null; draft: string } = { sessionId: null, draft: "" }) {
  const html = pageHtml({ nonce: "n", cspSource: "x", scriptUri: "x", styleUri: "x", codiconUri: "x" });
  document.body.innerHTML = /<body>([\s\S]*)<\/body>/.exec(html)?.[1]?.replace(/<script[\s\S]*/, "") ?? "";
  const sent: FromPage[] = [];
  const frames: (() => void)[] = [];
  const delays: (() => void)[] = [];
  let kept = remembered;
  let ids = 0;
  const receive = chatPage({
    host: {
      // What the page says must be what the host can read.
      post: (message) => sent.push(fromPageSchema.parse(message)),
      recall: () => kept,
      remember: (next) => {
        kept = next;
      },
    },
    newId: () => `new-${++ids}`,
    now: () => 1_000,
    requestFrame: (draw) => frames.push(draw),
    later: (_, run) => {
      delays.push(run);
      return () => {
        const at = delays.indexOf(run);
        if (at !== -1) delays.splice(at, 1);
      };
    },
  });
  const box = document.querySelector("textarea") as HTMLTextAreaElement;
  return {
    receive,
    sent,
    box,
    kept: () => kept,
    frame: () => {
      for (const draw of frames.splice(0)) draw();
    },
    pause: () => {
      for (const run of delays.splice(0)) run();
    },
    show: (state: PageState) => receive({ type: "state", state }),
    type: (text: string) => {
      box.value = text;
      box.dispatchEvent(new Event("input", { bubbles: true }));
    },
    key: (key: string, more: KeyboardEventInit = {}, on: Element = box) => {
      const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
      on.dispatchEvent(event);
      return event;
    },
    last: () => sent.at(-1),
    words: () => document.querySelector("#conversation")?.textContent?.replace(/\s+/g, " ") ?? "",
  };
}

const find = (selector: string) => document.querySelector<HTMLElement>(selector);
const buttonWith = (words: string) =>
  [...document.querySelectorAll("button")].find((button) => button.textContent === words);
const answering = (values: Partial<Turn> = {}): Turn =>
  turn({ id: "t", state: "answering", answer: "", decision: null, question: "Why?", ...values });
const texts = (turnId: string, ...pieces: string[]): ToPage => ({
  type: "parts",
  turnId,
  parts: pieces.map((text) => ({ type: "text", text })),
});

beforeEach(() => {
  // A body of its own: the page before listens on its own.
  document.body = document.createElement("body");
});

describe("an answer", () => {
  it("streams, and ends with exactly the text of the turn, once", () => {
    const page = open();
    page.show(withTurns([]));
    page.receive({ type: "turnStarted", turn: answering() });
    const answer = "Two **callers** share\r\n\r\n```ts\nlet a;\n```\nDone 👍🏽.";
    for (const letter of answer) {
      page.receive(texts("t", letter));
      page.frame();
    }
    expect(find(".markdown")?.textContent).toContain("Done 👍🏽.");
    page.receive({ type: "turnEnded", turn: answering({ state: "done", answer, decision: cheapDecision }) });
    expect(find(".markdown p")?.textContent).toBe("Two callers share");
    expect(document.querySelectorAll(".markdown .code-block")).toHaveLength(1);
    find('[aria-label="Copy the whole answer"]')?.click();
    expect(page.last()).toEqual({ type: "copy", text: answer });
  });

  it("shows the server's text where it differs from what was streamed", () => {
    const page = open();
    page.show(withTurns([]));
    page.receive({ type: "turnStarted", turn: answering() });
    page.receive(texts("t", "lost"));
    page.receive({ type: "turnEnded", turn: answering({ state: "done", answer: "kept", decision: cheapDecision }) });
    expect(find(".markdown")?.innerHTML).toBe("<p>kept</p>");
  });

  it("says who is being asked, who failed before, and who writes", () => {
    const page = open();
    page.show(withTurns([]));
    page.receive({ type: "turnStarted", turn: answering() });
    expect(find(".waiting")?.textContent).toBe("choosing a model…");
    const attempt = (providerId: string, modelId: string, failedBefore: number): ToPage => ({
      type: "parts",
      turnId: "t",
      parts: [{ type: "attempt", providerId, modelId, tier: "frontier", failedBefore }],
    });
    page.receive(attempt("openai", "gpt", 0));
    expect(find(".waiting")?.textContent).toBe("asking gpt…");
    page.receive(attempt("playground", "sim-large", 1));
    expect(find(".waiting")?.textContent).toBe("openai/gpt failed, asking sim-large…");
    page.receive(texts("t", "Hello"));
    expect(find(".waiting")?.textContent).toBe("sim-large is writing…");
    page.receive({ type: "turnEnded", turn: answering({ state: "done", answer: "Hello", decision: cheapDecision }) });
    expect(find(".waiting")?.hidden).toBe(true);
  });

  it("is void after a restart, with a mark that says so", () => {
    const page = open();
    page.show(withTurns([]));
    page.receive({ type: "turnStarted", turn: answering() });
    page.receive(texts("t", "Half an ans"));
    page.frame();
    page.receive({ type: "parts", turnId: "t", parts: [{ type: "restart", why: "openai/gpt stopped half way" }] });
    page.receive(texts("t", "Whole."));
    page.frame();
    expect(find(".markdown")?.textContent).toBe("Whole.");
    expect(find(".note")?.textContent).toBe("Started again: openai/gpt stopped half way");
  });

  it("has its tier, cost, model and reason in one line, and the whole decision behind it", () => {
    const page = open();
    page.show(withTurns([turn({ answer: "Yes.", decision: frontierDecision })]));
    const line = find(".decision-line");
    expect(line?.textContent?.replaceAll("\u00a0", " ").trim()).toBe(
      "frontier$0.0125claude-opus-4.6 · several files · after openai/gpt-5.4 failed",
    );
    expect(line?.getAttribute("aria-expanded")).toBe("false");
    expect(find(".decision-panel")).toBeNull();
    line?.click();
    expect(line?.getAttribute("aria-expanded")).toBe("true");
    const panel = find(".decision-panel")?.textContent ?? "";
    for (const words of [
      "Frontier, because cheap is right only 41 % of the time on requests like this",
      "three files, two problems attached, “race”, second turn · fairly clear",
      "openai/gpt-5.4 failed: no first token in 4.1 s$0",
      "anthropic/claude-opus-4.6 answered in 6.3 s, first token 0.9 s$0.0125",
      "9.1k → 840 tokens, 6.2k of the input cached · cost reported by the provider · cheap (qwen3-coder) would have cost $0.0011",
      "Plan: 3 routes, in this order",
      "frontier, healthy, lowest expected cost · about $0.02",
      "ollama/llama3.2:3b cheap · its context window of 8,192 tokens is too small",
      "questionCharacters104",
    ]) {
      expect(panel).toContain(words);
    }
    expect(find('[role="meter"]')?.getAttribute("aria-valuetext")).toBe("41 %");
    buttonWith("Retry on cheap ($0.001)")?.click();
    expect(page.last()).toEqual({ type: "retry", turnId: "turn-1", mode: "cheap" });
    line?.click();
    expect(find(".decision-panel")?.hidden).toBe(true);
  });

  it("says simulated on the line, before it is opened", () => {
    open().show(withTurns([turn({ answer: "Yes.", decision: { ...cheapDecision, simulated: true } })]));
    expect(find(".decision-line .simulated")?.textContent).toBe("simulated");
  });

  it("shows an unknown cost as ?, never as nothing", () => {
    open().show(withTurns([turn({ answer: "Yes.", decision: { ...cheapDecision, costNano: null } })]));
    expect(find(".decision-line strong")?.textContent).toBe("?");
  });

  it("that failed says why and gives the ways out", () => {
    const page = open();
    page.show(
      withTurns([
        turn({
          state: "failed",
          decision: null,
          failure: { kind: "auth", status: 401, message: "openai refused the key (401)." },
        }),
      ]),
    );
    expect(find(".failure")?.textContent).toBe("openai refused the key (401).Add a providerOpen settingsRetry");
    buttonWith("Add a provider")?.click();
    expect(page.last()).toEqual({ type: "command", command: "addProvider" });
    buttonWith("Retry")?.click();
    expect(page.last()).toEqual({ type: "retry", turnId: "turn-1", mode: "auto" });
  });

  it("that was stopped or interrupted keeps its text, says so, and can be asked again as it was", () => {
    const page = open();
    page.show(
      withTurns([
        turn({ id: "a", answer: "Half", state: "cancelled", decision: { ...cheapDecision, mode: "openai/gpt-5.4" } }),
        turn({ id: "b", answer: "", state: "interrupted", decision: null }),
      ]),
    );
    expect(page.words()).toContain("Half");
    expect(page.words()).toContain("Stopped. The answer above is not complete.");
    expect(page.words()).toContain("Interrupted: Wayfare's server ended before an answer came.");
    buttonWith("Retry")?.click();
    // A model picked by hand is asked again itself.
    expect(page.last()).toEqual({ type: "retry", turnId: "a", mode: "openai/gpt-5.4" });
  });

  it("that a retry begins again under the same name starts from nothing", () => {
    const page = open();
    page.show(withTurns([turn({ id: "t", answer: "Old words", state: "cancelled", decision: null })]));
    page.receive({ type: "turnStarted", turn: answering() });
    page.receive(texts("t", "New"));
    page.frame();
    expect(document.querySelectorAll(".turn")).toHaveLength(1);
    expect(find(".markdown")?.textContent).toBe("New");
    expect(page.words()).not.toContain("Stopped");
  });

  it("that ended at its length limit offers to go on", () => {
    const page = open();
    page.show(withTurns([turn({ answer: "So", decision: { ...cheapDecision, finishReason: "length" } })]));
    buttonWith("Continue")?.click();
    expect(page.last()).toMatchObject({ type: "ask", question: "Continue where you stopped." });
  });

  it("is read out once, when it has ended", () => {
    const page = open();
    page.show(withTurns([]));
    page.receive({ type: "turnStarted", turn: answering() });
    page.receive(texts("t", "Because."));
    page.frame();
    expect(find("#live")?.textContent).toBe("");
    page.receive({
      type: "turnEnded",
      turn: answering({ state: "done", answer: "Because.", decision: frontierDecision }),
    });
    page.frame();
    expect(find("#live")?.textContent).toBe("claude-opus-4.6 answered for $0.0125. Because.");
    // Nothing else on the page speaks while text streams in.
    expect(
      find("#conversation")?.querySelectorAll("[aria-live], [role=log], [role=alert], [role=status]"),
    ).toHaveLength(0);
  });

  it("opens links through the host only", () => {
    const page = open();
    page.show(withTurns([turn({ answer: "See [this](https://a.example/x) and [that](command:evil)." })]));
    let reached = 0;
    window.addEventListener("click", () => reached++, { once: true });
    for (const link of document.querySelectorAll<HTMLElement>(".markdown a, .markdown p")) link.click();
    expect(page.sent.filter((message) => message.type === "openLink")).toEqual([
      { type: "openLink", url: "https://a.example/x" },
    ]);
    // The click on the paragraph is the only one that the editor's frame sees.
    expect(reached).toBe(1);
  });
});

describe("the question box", () => {
  it("sends on Enter with the mode and the chips that may be sent, and empties itself", () => {
    const page = open();
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
    const page = open();
    page.show(base);
    page.type("変換");
    expect(page.key("Enter", more).defaultPrevented).toBe(false);
    expect(page.sent.some((message) => message.type === "ask")).toBe(false);
    expect(page.box.value).toBe("変換");
  });

  it("sends nothing when it is empty", () => {
    const page = open();
    page.show(base);
    page.type("   ");
    page.key("Enter");
    expect(page.sent.some((message) => message.type === "ask")).toBe(false);
    expect(find(".send")?.getAttribute("aria-disabled")).toBe("true");
  });

  it("stops a running answer on Escape and with its button, and does not send into it", () => {
    const page = open();
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
    const page = open();
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
    const page = open({ sessionId: "session-1", draft: "half a thought" });
    expect(page.sent).toEqual([{ type: "ready", sessionId: "session-1" }]);
    expect(page.box.value).toBe("half a thought");
    page.show({ ...base, draft: "an older one" });
    expect(page.box.value).toBe("half a thought");
    page.type("a whole one");
    expect(page.kept().draft).toBe("a whole one");
    expect(page.sent.some((message) => message.type === "draft")).toBe(false);
    page.pause();
    expect(page.last()).toEqual({ type: "draft", question: "a whole one" });
  });

  it("takes the host's draft when it has none", () => {
    const page = open();
    page.show({ ...base, draft: "from the host" });
    expect(page.box.value).toBe("from the host");
  });

  it("shows what it would cost on each tier", () => {
    const page = open();
    page.show(base);
    page.type("Why?");
    page.receive({
      type: "estimate",
      estimate: { inputTokens: 9_412, cheapNano: 1_100_000, frontierNano: 21_000_000, tier: "cheap" },
    });
    expect(find(".estimate")?.textContent?.replaceAll("\u00a0", " ")).toBe("≈ $0.001 cheap · $0.02 frontier");
    page.receive({ type: "estimate", estimate: null });
    expect(find(".estimate")?.textContent).toBe("");
  });

  it("shows its chips, opens them, takes them away, and says why one is refused", () => {
    const page = open();
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
    const page = open();
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
    expect(list.hidden).toBe(true);
    expect(document.activeElement).toBe(button);
    button?.click();
    for (const letter of "anth") page.key(letter, {}, list);
    page.key("Enter", {}, list);
    expect(page.last()).toEqual({ type: "mode", mode: "anthropic/claude-opus-4.6" });
    button?.click();
    const sentBefore = page.sent.length;
    page.key("Escape", {}, list);
    expect(list.hidden).toBe(true);
    expect(page.sent).toHaveLength(sentBefore);
  });

  it("shows each model with its price", () => {
    open().show(base);
    const options = [...document.querySelectorAll('[role="option"]')].map((option) => option.textContent);
    expect(options[0]).toBe("Autothe cheapest model that will do");
    expect(options[1]).toBe("Cheapgpt-5.4-mini first");
    expect(options[3]).toBe("openai/gpt-5.4-minicheap$0.25 in · $2 out per 1M tokens");
    expect(options.at(-2)).toBe("ollama/llama3.2:3bfree");
    expect(options.at(-1)).toBe("gateway/some-model-without-a-priceprice unknown");
  });
});

describe("conversations", () => {
  it("are listed, opened, and deleted at the second press", () => {
    const page = open();
    page.show(withTurns([turn({})]));
    find(".session-menu .icon-button")?.click();
    expect(page.last()).toEqual({ type: "listSessions" });
    page.receive(scenes.sessions?.messages[1] as ToPage);
    const remove = find('[aria-label="Delete “Explain this function”"]');
    remove?.click();
    expect(page.last()).toEqual({ type: "listSessions" });
    expect(remove?.textContent).toBe("Delete?");
    remove?.dispatchEvent(new FocusEvent("blur"));
    remove?.click();
    expect(page.last()).toEqual({ type: "listSessions" });
    remove?.click();
    expect(page.last()).toEqual({ type: "deleteSession", sessionId: "session-3" });
    document.querySelectorAll<HTMLElement>(".session-open")[1]?.click();
    expect(page.last()).toEqual({ type: "openSession", sessionId: "session-2" });
    expect(find("#session-list")?.hidden).toBe(true);
  });

  it("have a title and a cost at the top, and a new one begins with a button", () => {
    const page = open();
    page.show(withTurns([turn({})]));
    expect(find("h1")?.textContent).toBe("Parse durations");
    expect(find(".session-cost")?.textContent).toBe("$0.0128");
    find('[aria-label="New chat"]')?.click();
    expect(page.last()).toEqual({ type: "newSession" });
    page.receive({ type: "patch", state: { session: null } });
    expect(find("h1")?.textContent).toBe("New chat");
    expect(document.querySelectorAll(".turn")).toHaveLength(0);
    expect(page.kept().sessionId).toBeNull();
  });

  it("keep the page small: the latest turns, older ones on demand", () => {
    const page = open();
    page.show(
      withTurns(Array.from({ length: 100 }, (_, at) => turn({ id: `turn-${at}`, question: `question ${at}` }))),
    );
    expect(document.querySelectorAll(".turn")).toHaveLength(TURNS_SHOWN);
    expect(find(".turn .question-words")?.textContent).toBe("question 60");
    buttonWith("Show 40 earlier of 60")?.click();
    expect(document.querySelectorAll(".turn")).toHaveLength(80);
    expect(find(".turn .question-words")?.textContent).toBe("question 20");
    buttonWith("Show 20 earlier of 20")?.click();
    expect(find(".earlier")?.hidden).toBe(true);
    page.receive({ type: "turnStarted", turn: answering() });
    expect(document.querySelectorAll(".turn")).toHaveLength(TURNS_SHOWN);
  });

  it("keep a streaming answer when the host sends the state of something else, or of the session itself", () => {
    const page = open();
    page.show(withTurns([turn({ id: "a" })]));
    page.type("Why?");
    page.key("Enter");
    page.receive({ type: "patch", state: { session: withTurns([turn({ id: "a" })]).session } });
    expect(page.words()).toContain("Why?");
    page.receive({ type: "turnStarted", turn: answering({ id: "new-1" }) });
    page.receive(texts("new-1", "Streamed so far"));
    page.frame();
    page.receive({ type: "patch", state: { spend: base.spend, server: { working: 1, silent: null } } });
    page.receive({
      type: "patch",
      state: { session: withTurns([turn({ id: "a" }), answering({ id: "new-1", answer: "Streamed" })]).session },
    });
    page.receive(texts("new-1", ", and on."));
    page.frame();
    expect(document.querySelectorAll(".turn")).toHaveLength(2);
    expect(find(".turn:last-child .markdown")?.textContent).toBe("Streamed so far, and on.");
  });

  it("go on where they were when the page is loaded in the middle of an answer", () => {
    const page = open({ sessionId: "session-1", draft: "" });
    page.show(withTurns([answering({ answer: "Half an " })]));
    page.receive(texts("t", "answer."));
    page.frame();
    expect(find(".markdown")?.textContent).toBe("Half an answer.");
    expect(find(".send")?.getAttribute("aria-label")).toBe("Stop (Escape)");
  });
});

describe("the empty page", () => {
  it("with nothing set up gives the two ways in, and Enter leads to them", () => {
    const page = open();
    page.show({ ...base, setup: "nothing", models: [], chips: [] });
    expect([...document.querySelectorAll(".way-in strong")].map((title) => title.textContent)).toEqual([
      "Try the playground",
      "Add a provider",
    ]);
    page.type("Why?");
    page.key("Enter");
    expect(page.sent.some((message) => message.type === "ask")).toBe(false);
    expect(page.box.value).toBe("Why?");
    expect(document.activeElement).toBe(find(".way-in"));
    find(".way-in")?.click();
    expect(page.last()).toEqual({ type: "command", command: "usePlayground" });
  });

  it("of the playground says simulated and has questions to begin with", () => {
    const page = open();
    page.show({ ...base, setup: "playground" });
    expect(find(".playground-note")?.textContent).toBe(
      "The models here are simulated, and so is their price. Add a provider for real answers.",
    );
    const examples = [...document.querySelectorAll<HTMLElement>(".example")];
    expect(examples.map((each) => each.textContent)).toEqual([
      "Explain this function",
      "Write a unit test for this function",
      "Find the bug in this function",
    ]);
    examples[1]?.click();
    expect(page.last()).toMatchObject({ type: "ask", question: "Write a unit test for this function" });
  });
});

describe("bars", () => {
  it("say that the server is away, and what can be done", () => {
    const page = open();
    page.show({ ...base, connection: "restarting" });
    expect(find("#notices")?.textContent).toBe(
      "Wayfare's server ended and is being started again. Nothing but the answer in flight is lost.",
    );
    page.receive({ type: "patch", state: { connection: "stopped" } });
    buttonWith("Restart the server")?.click();
    expect(page.last()).toEqual({ type: "command", command: "restartServer" });
    page.receive({ type: "patch", state: { connection: "running" } });
    expect(find("#notices")?.textContent).toBe("");
  });

  it("say why nothing can be asked", () => {
    const page = open();
    page.show({ ...base, server: { working: 0, silent: { kind: "ledger", message: "The disk is full." } } });
    expect(find("#notices")?.textContent).toBe("The disk is full.Show log");
  });
});
