// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import type { ToPage } from "../../../client/webview/messages.ts";
import { codeBlocks } from "../../../server/core/code-blocks.ts";
import { answering, buttonWith, find, openByHand, texts } from "./harness/open-by-hand.ts";
import { attempt, cheapDecision, frontierDecision, turn, withTurns } from "./harness/samples.ts";

const stalled = attempt({
  providerId: "openai",
  modelId: "gpt",
  outcome: "failed",
  failure: { kind: "stall", waitedMs: 8_000, message: "openai sent nothing for 8 s." },
});
const asking = (providerId: string, modelId: string, failedBefore: number): ToPage => ({
  type: "parts",
  turnId: "t",
  parts: [{ type: "attempt", providerId, modelId, tier: "frontier", failedBefore }],
});

describe("an answer that broke off and was begun again elsewhere", () => {
  const restarted = () => {
    const page = openByHand();
    page.show(withTurns([]));
    page.receive({ type: "turnStarted", turn: answering() });
    page.receive(asking("openai", "gpt", 0));
    page.receive(texts("t", "Half an ans"));
    page.frame();
    page.receive(asking("anthropic", "opus", 1));
    page.receive({ type: "parts", turnId: "t", parts: [{ type: "restart", why: "openai/gpt: stalled for 8 s" }] });
    page.receive(texts("t", "Whole."));
    page.frame();
    return page;
  };

  it("shows the new text alone, with one mark that says who broke off, how, and who answers", () => {
    const page = restarted();
    expect(find(".markdown")?.textContent).toBe("Whole.");
    const mark = "openai/gpt: stalled for 8 s. Started again on anthropic/opus.";
    expect(find(".note")?.textContent).toBe(mark);
    expect(find("#live")?.textContent).toBe(mark);
    const decision = {
      ...frontierDecision,
      attempts: [stalled, attempt({ modelId: "opus" })],
      answeredBy: { providerId: "anthropic", modelId: "opus", tier: "frontier" as const },
    };
    page.receive({ type: "turnEnded", turn: answering({ state: "done", answer: "Whole.", decision }) });
    expect([...document.querySelectorAll(".note")].map((note) => note.textContent)).toEqual([mark]);
    expect(find(".markdown")?.textContent).toBe("Whole.");

    // The page is loaded again: the mark is told from what was kept.
    openByHand().show(withTurns([turn({ answer: "Whole.", decision })]));
    expect([...document.querySelectorAll(".note")].map((note) => note.textContent)).toEqual([mark]);
  });

  it("names each route that broke off, in one mark", () => {
    const page = restarted();
    page.receive(asking("openrouter", "qwen", 2));
    page.receive({
      type: "parts",
      turnId: "t",
      parts: [
        { type: "restart", why: "anthropic/opus: cut off before its end" },
        { type: "text", text: "At last." },
      ],
    });
    page.frame();
    expect([...document.querySelectorAll(".note")].map((note) => note.textContent)).toEqual([
      "openai/gpt: stalled for 8 s; anthropic/opus: cut off before its end. Started again on openrouter/qwen.",
    ]);
    expect(find("#live")?.textContent).toBe(
      "anthropic/opus: cut off before its end. Started again on openrouter/qwen.",
    );
    expect(find(".markdown")?.textContent).toBe("At last.");
  });

  it("has no such mark when the failed route had shown nothing, or nobody answered after it", () => {
    openByHand().show(withTurns([turn({ answer: "Yes.", decision: frontierDecision })]));
    expect(find(".note")).toBeNull();
    const decision = { ...frontierDecision, attempts: [stalled] };
    openByHand().show(withTurns([turn({ answer: "Half", state: "cancelled", decision })]));
    expect(find(".note")).toBeNull();
  });
});

describe("an answer that ran out of room", () => {
  it("says that a cap cut it, or its own limit, and goes on with the same question's context", () => {
    const page = openByHand();
    const cut = { ...cheapDecision, mode: "cheap", finishReason: "length" as const };
    page.show(withTurns([turn({ answer: "So", decision: { ...cut, cutByCap: "this workspace's $1.00 a day" } })]));
    expect(find(".notice .block-words")?.textContent).toBe("Cut short to stay under this workspace's $1.00 a day.");
    buttonWith("Continue")?.click();
    expect(page.last()).toEqual({ type: "continue", turnId: "turn-1", mode: "cheap" });
    page.show(withTurns([turn({ answer: "So", decision: cut })]));
    expect(find(".notice .block-words")?.textContent).toBe("The answer reached its length limit.");
    buttonWith("Continue")?.click();
    expect(page.last()).toEqual({ type: "continue", turnId: "turn-1", mode: "cheap" });
  });
});

describe("code that does not parse", () => {
  const answer = [
    "Text",
    "",
    "    indented, and no block of its own",
    "",
    "```ts",
    "let a;",
    "```",
    "",
    "- in a list:",
    "",
    "  ```ts src/b.ts",
    "  let = ;",
    "  ```",
    "",
    "[a]: https://example.com",
    "",
  ].join("\n");
  const unparsed = [{ block: 1, languageId: "typescript", line: 3 }];
  const marks = () => [...document.querySelectorAll(".unparsed")].map((mark) => mark.textContent);

  it("is marked in its head, with the frontier tier and its price to ask again", () => {
    const page = openByHand();
    page.show(withTurns([turn({ answer, decision: { ...cheapDecision, unparsed } })]));
    expect(marks()).toEqual(["does not parse, line 3 Retry on frontier (about $0.004)"]);
    // A name of its own would be read in the place of these words.
    expect(find(".unparsed")?.hasAttribute("aria-label")).toBe(false);
    expect(find(".unparsed")?.closest(".code-block")?.querySelector(".code-title")?.getAttribute("title")).toBe(
      "TypeScript · src/b.ts",
    );
    // The attempt that brought it does not look like one to which nothing happened.
    find(".decision-line")?.click();
    const attempt = find(".attempt");
    expect(attempt?.textContent).toContain("; its code does not parse");
    expect(attempt?.querySelector(".codicon-warning")).not.toBeNull();
    buttonWith("Retry on frontier (about $0.004)")?.click();
    expect(page.last()).toEqual({ type: "retry", turnId: "turn-1", mode: "frontier" });
  });

  it("of the frontier tier is asked again as it was", () => {
    const page = openByHand();
    page.show(withTurns([turn({ answer, decision: { ...frontierDecision, unparsed } })]));
    expect(marks()).toEqual(["does not parse, line 3 Retry"]);
    buttonWith("Retry")?.click();
    expect(page.last()).toEqual({ type: "retry", turnId: "turn-1", mode: "auto" });
  });

  it("is marked when the answer has streamed in, once, and said", () => {
    const page = openByHand();
    page.show(withTurns([]));
    page.receive({ type: "turnStarted", turn: answering() });
    page.receive(texts("t", answer));
    page.frame();
    expect(marks()).toEqual([]);
    const done = answering({ state: "done", answer, decision: { ...cheapDecision, unparsed } });
    page.receive({ type: "turnEnded", turn: done });
    page.frame();
    expect(find("#live")?.textContent).toContain(
      "qwen3-coder answered for $0.0003. One code block does not parse. Text",
    );
    page.receive({ type: "patch", state: { session: withTurns([done]).session } });
    const changed = { ...done, decision: { ...cheapDecision, unparsed, why: "something else" } };
    page.receive({ type: "patch", state: { session: withTurns([changed]).session } });
    expect(marks()).toHaveLength(1);
  });
});

describe("the code blocks of an answer", () => {
  it.each([
    "```ts\nlet a;\n```\n\n    indented\n\n~~~py\nx = 1\n~~~\n",
    "1. One:\n\n   ```ts\n   let a;\n   ```\n2. Two:\n   ```js\n   b\n   ```\n\n> ```go\n> c\n> ```\n",
    "Text\n```\n````\n```\n\n````md\n```ts\nlet a;\n```\n````\n\n```rust\nfn open() {\n",
    "-   ```ts\n    let a;\n    ```\n\n      not code\n\n`` ```ts `` in a line\n",
  ])("are counted on the page as the server counts them: %j", (answer) => {
    openByHand().show(withTurns([turn({ answer })]));
    const shown = [...document.querySelectorAll('.code-block[data-kind="fence"] code')].map((code) => code.textContent);
    expect(shown).toEqual(codeBlocks(answer).map((block) => block.text));
  });
});

describe("always … here", () => {
  it("is offered in the panel, said when it is set, and taken back", () => {
    const page = openByHand();
    page.show(withTurns([turn({ answer: "Yes.", decision: { ...frontierDecision, mode: "openai/gpt-5.4" } })]));
    find(".decision-line")?.click();
    const links = () =>
      [...document.querySelectorAll('.decision-panel [aria-label="In this workspace"] > *')].map(
        (link) => link.textContent,
      );
    expect(links()).toEqual(["Always cheap here", "Always frontier here", "Always gpt-5.4 here"]);
    const link = buttonWith("Always frontier here");
    link?.focus();
    link?.click();
    expect(page.last()).toEqual({ type: "always", mode: "frontier" });
    page.receive({ type: "patch", state: { mode: "frontier", always: "frontier" } });
    expect(links()).toEqual(["Always frontier here is set.", "Auto again", "Always cheap here", "Always gpt-5.4 here"]);
    expect(document.activeElement?.closest('[aria-label="In this workspace"]')).not.toBeNull();
    page.receive({ type: "patch", state: { mode: "auto" } });
    expect(links()[0]).toBe("Always frontier here is set; you chose Auto for this conversation.");
    buttonWith("Auto again")?.click();
    expect(page.last()).toEqual({ type: "always", mode: null });
  });
});
