// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import type { ToPage } from "../../../client/webview/messages.ts";
import { TURNS_SHOWN } from "../../../client/webview/transcript.ts";
import { answering, buttonWith, find, openByHand, texts } from "./harness/open-by-hand.ts";
import { base, quiet, turn, withTurns } from "./harness/samples.ts";
import { scenes } from "./harness/scenes.ts";

describe("conversations", () => {
  it("are listed, opened, and deleted at the second press", () => {
    const page = openByHand();
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

  it("have their cost in the list, with what is not known of it", () => {
    const page = openByHand();
    page.show(base);
    const head = { title: "", updatedAtMs: 1_000, simulated: false };
    page.receive({
      type: "sessions",
      sessions: [
        { ...head, id: "a", costNano: 12_800_000 },
        { ...head, id: "b", costNano: null, knownNano: 20_000_000 },
        { ...head, id: "c", costNano: null },
        { ...head, id: "d", costNano: 500_000, simulated: true },
      ],
    });
    expect([...document.querySelectorAll(".session-detail")].map(({ textContent }) => textContent)).toEqual([
      "just now · $0.0128",
      "just now · $0.0200 + ?",
      "just now · ?",
      "just now · $0.0005 · simulated",
    ]);
  });

  it("have a title and a cost at the top, and a new one begins with a button", () => {
    const page = openByHand();
    page.show(withTurns([turn({})]));
    expect(find("h1")?.textContent).toBe("Parse durations");
    expect(find(".session-cost")?.textContent).toBe("$0.0128");
    const { session } = withTurns([turn({})]);
    const costs = (values: { costNano: number | null; knownNano?: number; simulated?: boolean }) => {
      page.receive({ type: "patch", state: { session: session && { ...session, ...values } } });
      return [find(".session-cost")?.textContent, find(".session-cost")?.title.replace(/; \$.* spent today$/, "")];
    };
    expect(costs({ costNano: null, knownNano: 20_000_000 })).toEqual([
      "$0.0200 + ?",
      "$0.0200 + ? this conversation; ? is what no price is known for; $0.0421 spent today. Open Costs",
    ]);
    expect(costs({ costNano: null, knownNano: 0 })[0]).toBe("?");
    expect(costs({ costNano: null })[0]).toBe("?");
    expect(costs({ costNano: 0 })[0]).toBe("$0");
    expect(costs({ costNano: 500_000, simulated: true })).toEqual([
      "$0.0005 simulated",
      "$0.0005 simulated money; $0.0421 spent today. Open Costs",
    ]);
    find('[aria-label="New chat"]')?.click();
    expect(page.last()).toEqual({ type: "newSession" });
    page.receive({ type: "patch", state: { session: null } });
    expect(find("h1")?.textContent).toBe("New chat");
    expect(document.querySelectorAll(".turn")).toHaveLength(0);
    expect(page.kept().sessionId).toBeNull();
  });

  it("keep the page small: the latest turns, older ones on demand", () => {
    const page = openByHand();
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
    const page = openByHand();
    page.show(withTurns([turn({ id: "a" })]));
    page.type("Why?");
    page.key("Enter");
    page.receive({ type: "patch", state: { session: withTurns([turn({ id: "a" })]).session } });
    expect(page.words()).toContain("Why?");
    page.receive({ type: "turnStarted", turn: answering({ id: "new-1" }) });
    page.receive(texts("new-1", "Streamed so far"));
    page.frame();
    page.receive({ type: "patch", state: { spend: base.spend, server: { ...quiet, working: 1 } } });
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
    const page = openByHand({ sessionId: "session-1", draft: "", dismissed: "" });
    page.show(withTurns([answering({ answer: "Half an " })]));
    page.receive(texts("t", "answer."));
    page.frame();
    expect(find(".markdown")?.textContent).toBe("Half an answer.");
    expect(find(".send")?.getAttribute("aria-label")).toBe("Stop (Escape)");
  });
});

describe("the empty page", () => {
  it("with nothing set up gives the two ways in, and Enter leads to them", () => {
    const page = openByHand();
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
    expect(page.words()).toContain("Nothing is sent until you choose.");
  });

  it("is not there in an old conversation: Enter then shows the ways to begin at the question", () => {
    const page = openByHand();
    page.show(withTurns([turn({})], { setup: "nothing", models: [], chips: [] }));
    const notice = () => find("#composer .notice");
    expect(notice()?.hidden).toBe(true);
    page.type("Why?");
    page.key("Enter");
    expect(page.box.value).toBe("Why?");
    expect(notice()?.hidden).toBe(false);
    expect(notice()?.textContent).toBe(
      "Choose a way to begin first: the playground, or a provider.Add a providerUse the playground",
    );
    expect(document.activeElement).toBe(buttonWith("Add a provider"));
    buttonWith("Use the playground")?.click();
    expect(page.last()).toEqual({ type: "command", command: "usePlayground" });
    page.receive({ type: "patch", state: { setup: "playground" } });
    expect(notice()?.hidden).toBe(true);
  });

  it("of the playground says simulated and has questions to begin with", () => {
    const page = openByHand();
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
    expect(document.activeElement).toBe(page.box);
  });

  it("offers questions about the code only while there is some", () => {
    const page = openByHand();
    page.show({ ...base, chips: [] });
    expect(document.querySelectorAll(".example")).toHaveLength(0);
    expect(page.words()).toContain("Open a file to ask about it.");
    page.receive({ type: "patch", state: { chips: base.chips } });
    expect(document.querySelectorAll(".example")).toHaveLength(3);
    expect(page.words()).not.toContain("Open a file to ask about it.");
  });
});

describe("bars", () => {
  it("say that the server is away, and what can be done", () => {
    const page = openByHand();
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
    const page = openByHand();
    page.show({ ...base, server: { ...quiet, silent: { kind: "ledger", message: "The disk is full." } } });
    expect(find("#notices")?.textContent).toBe("The disk is full.Show log");
  });
});
