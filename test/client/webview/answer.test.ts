// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import type { ToPage } from "../../../client/webview/messages.ts";
import { presetsOf } from "../../../shared/vendor-pages.ts";
import { answering, buttonWith, find, openByHand, texts } from "./harness/open-by-hand.ts";
import { attempt, cheapDecision, frontierDecision, turn, withTurns } from "./harness/samples.ts";

describe("an answer", () => {
  it("streams, and ends with exactly the text of the turn, once", () => {
    const page = openByHand();
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
    // Of a block it is told whose it is: code that is taken over is counted, a whole answer is not.
    const code = { turnId: "t", block: 0, language: "ts" };
    find('[aria-label="Copy this TypeScript code"]')?.click();
    expect(page.last()).toEqual({ type: "copy", text: "let a;\n", code });
    find('[aria-label="Insert this TypeScript code at the cursor"]')?.click();
    expect(page.last()).toEqual({ type: "insert", text: "let a;\n", code });
  });

  it("is read out as it is shown, without markup and buttons, and not at length", () => {
    const page = openByHand();
    page.show(withTurns([]));
    const spoken = (answer: string) => {
      page.receive({ type: "turnStarted", turn: answering() });
      page.receive({ type: "turnEnded", turn: answering({ state: "done", answer, decision: null }) });
      page.frame();
      return find("#live")?.textContent;
    };
    const answer = "## Why\n\nTwo **callers** share\n`a`:\n\n- one\n- two\n\n```ts src/a.ts\nlet a;\n```\n";
    expect(spoken(answer)).toBe("Answered. Why Two callers share a: one two let a;");
    const long = spoken("word ".repeat(500)) ?? "";
    expect(long.length).toBeLessThan(330);
    expect(long.endsWith(" word …")).toBe(true);
  });

  it("shows the server's text where it differs from what was streamed", () => {
    const page = openByHand();
    page.show(withTurns([]));
    page.receive({ type: "turnStarted", turn: answering() });
    page.receive(texts("t", "lost"));
    page.receive({ type: "turnEnded", turn: answering({ state: "done", answer: "kept", decision: cheapDecision }) });
    expect(find(".markdown")?.innerHTML).toBe("<p>kept</p>");
  });

  it("says who is being asked, who failed before, and who writes", () => {
    const page = openByHand();
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

  it("has its tier, cost, model and reason in one line, and the whole decision behind it", () => {
    const page = openByHand();
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
      "Frontier, because cheap is estimated to be right for only 41 % of such requests",
      "three files, two problems attached, “race”, second turn · fairly clear",
      "openai/gpt-5.4 failed: no first token in 4.1 s; it cost nothing$0",
      "anthropic/claude-opus-4.6 answered in 6.3 s, first token 0.9 s held $0.0900, settled $0.0125$0.0125",
      "9.1k → 840 tokens, 6.2k of the input cached · cost reported by the provider · cheap (qwen3-coder) would have cost about $0.001",
      "Plan: 3 routes, in this order",
      "frontier, healthy, lowest expected cost · about $0.02",
      "ollama/llama3.2:3b cheap · its context window of 8,192 tokens is too small",
      "question characters104",
      "1 other is 0.",
    ]) {
      expect(panel).toContain(words);
    }
    expect(panel).not.toContain("selection lines");
    expect(find('[role="meter"]')?.getAttribute("aria-valuetext")).toBe("41 %");
    buttonWith("Retry on cheap (about $0.001)")?.click();
    expect(page.last()).toEqual({ type: "retry", turnId: "turn-1", mode: "cheap" });
    line?.click();
    expect(find(".decision-panel")?.hidden).toBe(true);
  });

  it("does not say a price twice that the reason for a route holds", () => {
    const plan = frontierDecision.plan.map((route) => ({ ...route, reason: "the only cheap model, about $0.0004" }));
    const page = openByHand();
    page.show(withTurns([turn({ answer: "Yes.", decision: { ...frontierDecision, plan } })]));
    find(".decision-line")?.click();
    expect(find(".decision-panel .routes")?.textContent?.match(/about/g)).toHaveLength(plan.length);
  });

  it("says simulated on the line, before it is opened", () => {
    openByHand().show(withTurns([turn({ answer: "Yes.", decision: { ...cheapDecision, simulated: true } })]));
    expect(find(".decision-line .simulated")?.textContent).toBe("simulated");
  });

  it("shows an unknown cost as ?, never as nothing", () => {
    openByHand().show(withTurns([turn({ answer: "Yes.", decision: { ...cheapDecision, costNano: null } })]));
    expect(find(".decision-line strong")?.textContent).toBe("?");
  });

  it("that failed says why and gives the ways out", () => {
    const page = openByHand();
    page.show(
      withTurns([
        turn({
          state: "failed",
          decision: null,
          failure: { kind: "auth", status: 401, message: "openai refused the key (401)." },
        }),
      ]),
    );
    expect(find(".failure")?.textContent).toBe("openai refused the key (401).Change the keyOpen settingsRetry");
    buttonWith("Change the key")?.click();
    expect(page.last()).toEqual({ type: "command", command: "changeKey" });
    buttonWith("Retry")?.click();
    expect(page.last()).toEqual({ type: "retry", turnId: "turn-1", mode: "auto" });
  });

  it("that failed leads to its vendor's own page, too, where one is known", () => {
    const page = openByHand();
    const failure = { kind: "quota", status: 429, message: "openai has no credit left." } as const;
    const attempts = [attempt({ providerId: "openai", outcome: "failed", failure })];
    const vendors = presetsOf([{ id: "openai", preset: "openai" }, { id: "mine", preset: "vllm" }, 7]);
    const failed = turn({ state: "failed", decision: { ...cheapDecision, attempts }, failure });
    page.show(withTurns([failed], { vendors }));
    const link = find(".failure a");
    expect(link?.textContent).toBe("OpenAI: credit");
    link?.click();
    expect(page.last()).toEqual({
      type: "openLink",
      url: "https://platform.openai.com/settings/organization/billing/overview",
    });
    page.show(withTurns([failed], { vendors: presetsOf([{ id: "openai", preset: "vllm" }]) }));
    expect(find(".failure a")).toBeNull();
  });

  it("that several models failed says why each did, which to mend first, and leads to each vendor's own page", () => {
    const page = openByHand();
    const limited = {
      kind: "rate-limit",
      retryAfterMs: 40_000,
      message: "groq limits the rate. Again in 40 s.",
    } as const;
    const quota = { kind: "quota", status: 402, message: "The account at deepseek is out of credit." } as const;
    const other = { kind: "quota", status: 429, message: "The account at openai is out of credit." } as const;
    const attempts = [
      attempt({ id: "1", providerId: "groq", modelId: "fast", outcome: "failed", failure: limited }),
      attempt({ id: "2", providerId: "groq", modelId: "fast", outcome: "failed", failure: limited }),
      attempt({ id: "3", providerId: "deepseek", modelId: "chat", outcome: "failed", failure: quota }),
      attempt({ id: "4", providerId: "openai", modelId: "gpt", outcome: "failed", failure: other }),
    ];
    const failure = { ...quota, message: `4 attempts failed. ${quota.message}` };
    const vendors = { groq: "groq", deepseek: "deepseek", openai: "openai" } as const;
    page.show(withTurns([turn({ state: "failed", decision: { ...cheapDecision, attempts }, failure })], { vendors }));
    expect(find(".failure")?.textContent).toBe(
      "4 attempts failed. The account at deepseek is out of credit.Add a providerOpen settingsRetryDeepSeek: credit" +
        "This is the one to mend first. Others failed, too:" +
        "groq/fast groq limits the rate. Again in 40 s. Groq: limits" +
        "openai/gpt The account at openai is out of credit. OpenAI: credit",
    );
    const links = [...document.querySelectorAll<HTMLAnchorElement>(".failure a")];
    expect(links.map((link) => link.href)).toEqual([
      "https://platform.deepseek.com/top_up",
      "https://console.groq.com/settings/limits",
      "https://platform.openai.com/settings/organization/billing/overview",
    ]);
    // Reached by Tab as any link is.
    expect(links.every((link) => link.tabIndex === 0)).toBe(true);
    links[1]?.click();
    expect(page.last()).toEqual({ type: "openLink", url: "https://console.groq.com/settings/limits" });
  });

  it("that a gateway's vendor refused offers no change of a key that is kept at the gateway", () => {
    const page = openByHand();
    const failure = {
      kind: "auth",
      status: 401,
      message: "OpenAI behind api.portkey.ai refused the key (401).",
      upstream: { name: "OpenAI", account: "kept" },
    } as const;
    const attempts = [attempt({ providerId: "pk", outcome: "failed", failure })];
    const failed = turn({ state: "failed", decision: { ...cheapDecision, attempts }, failure });
    page.show(withTurns([failed], { vendors: { pk: "portkey" } }));
    expect(find(".failure")?.textContent).toBe(
      "OpenAI behind api.portkey.ai refused the key (401).Open settingsRetryPortkey: keys of other vendors",
    );
  });

  it("that failed for want of a key offers to give one to the provider that is there, not to add a second", () => {
    const page = openByHand();
    const failure = { kind: "setup", field: "wayfare.providers[0]", message: "No key." } as const;
    page.show(withTurns([turn({ state: "failed", decision: null, failure: { ...failure, mend: "changeKey" } })]));
    expect(find(".failure")?.textContent).toBe("No key.Change the keyOpen settingsRetry");
    page.show(withTurns([turn({ state: "failed", decision: null, failure })]));
    expect(find(".failure")?.textContent).toBe("No key.Add a providerOpen settingsRetry");
  });

  it("that was stopped or interrupted keeps its text, says so, and can be asked again as it was", () => {
    const page = openByHand();
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

  it("that another window may be writing says so, blocks nothing, and is drawn when it is finished or lost", () => {
    const page = openByHand();
    const far = turn({ id: "far", answer: "Half", state: "interrupted", elsewhere: true, decision: null });
    page.show(withTurns([far]));
    expect(page.words()).toContain("Being written in another window, or cut off. What more comes of it appears here.");
    page.type("Why?");
    page.key("Enter");
    expect(page.last()).toMatchObject({ type: "ask", question: "Why?" });
    const lost = turn({ id: "far", answer: "Half", state: "interrupted", decision: null });
    page.receive({ type: "patch", state: { session: withTurns([lost]).session } });
    expect(page.words()).not.toContain("another window");
    expect(page.words()).toContain("Interrupted: Wayfare's server ended while this was being written.");
    const done = turn({ id: "far", answer: "Half and half", state: "done" });
    page.receive({ type: "patch", state: { session: withTurns([done]).session } });
    expect(page.words()).toContain("Half and half");
  });

  it("that a retry begins again under the same name starts from nothing", () => {
    const page = openByHand();
    page.show(withTurns([turn({ id: "t", answer: "Old words", state: "cancelled", decision: null })]));
    page.receive({ type: "turnStarted", turn: answering() });
    page.receive(texts("t", "New"));
    page.frame();
    expect(document.querySelectorAll(".turn")).toHaveLength(1);
    expect(find(".markdown")?.textContent).toBe("New");
    expect(page.words()).not.toContain("Stopped");
  });

  it("is read out once, when it has ended", () => {
    const page = openByHand();
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
    const page = openByHand();
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
