import { describe, expect, it } from "vitest";
import type { Turn } from "../../shared/answer.ts";
import { chip, comingTurn, item, scene, storedSession } from "./conversations-scene.ts";
import { cheapDecision } from "./webview/harness/samples.ts";

describe("conversations", () => {
  it("pass a question on with its context, its parts to the page, and keep the turn the server gives", async () => {
    const { conversations, asked, posted, ask, settle, types } = scene();
    await ask("What is a?");
    expect(asked[0]?.params).toEqual({
      sessionId: "id-1",
      turnId: "t1",
      question: "What is a?",
      context: [item],
      mode: "auto",
    });
    expect(conversations.isAnswering()).toBe(true);
    asked[0]?.emit([{ type: "text", text: "It is " }]);
    asked[0]?.emit([{ type: "text", text: "a." }]);
    expect(conversations.current()?.turns[0]?.answer).toBe("It is a.");
    asked[0]?.end({ answer: "It is a." });
    await settle();
    expect(types()).toEqual(["turnStarted", "parts", "parts", "turnEnded", "patch"]);
    expect(posted[0]).toMatchObject({ turn: { id: "t1", state: "answering", context: [chip] } });
    expect(conversations.isAnswering()).toBe(false);
  });

  it("begin an answer anew after a restart, so that a page that is reloaded then shows one text", async () => {
    const { conversations, asked, ask } = scene();
    await ask("q");
    asked[0]?.emit([{ type: "text", text: "half of one" }]);
    asked[0]?.emit([
      { type: "restart", why: "cut" },
      { type: "text", text: "the other" },
    ]);
    expect(conversations.current()?.turns[0]?.answer).toBe("the other");
  });

  it("show what was found out about an ended answer, also while the next is asked", async () => {
    const { conversations, asked, posted, ask, settle } = scene();
    await ask("q");
    asked[0]?.end({ answer: "an answer", decision: cheapDecision });
    await settle();
    await ask("next", "t2");
    const first = conversations.current()?.turns[0];
    if (first === undefined) throw new Error("no turn");
    const amended: Turn = {
      ...first,
      decision: { ...cheapDecision, unparsed: [{ block: 0, languageId: "python", line: 3 }] },
    };
    conversations.amend("id-1", amended);
    expect(posted.slice(-2)).toEqual([
      { type: "patch", state: { session: conversations.current() } },
      { type: "announce", text: "Code of the answer does not parse." },
    ]);
    asked[1]?.end({ answer: "another" });
    await settle();
    expect(conversations.current()?.turns.map((turn) => turn.decision?.unparsed?.[0]?.line)).toEqual([3, undefined]);
    // One of a conversation that is not on the page is shown when that is opened.
    const count = posted.length;
    conversations.amend("another", amended);
    expect(posted).toHaveLength(count);
  });

  it("ask only once the server knows what was just set", async () => {
    let arrive = (): void => undefined;
    const settings = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const { asked, ask, settle } = scene({ settings });
    await ask("q");
    await settle();
    expect(asked).toHaveLength(0);
    arrive();
    await settle();
    expect(asked).toHaveLength(1);
  });

  it("have one answer at a time", async () => {
    const { asked, posted, ask } = scene();
    await ask("one", "t1");
    await ask("two", "t2");
    expect(asked).toHaveLength(1);
    expect(posted.at(-1)).toEqual({ type: "announce", text: "An answer is still coming. Escape stops it." });
  });

  it("keep what had come when the server dies, and say that it was interrupted", async () => {
    const { conversations, asked, posted, ask, settle, crash } = scene();
    await ask("q");
    asked[0]?.emit([{ type: "text", text: "half" }]);
    crash();
    asked[0]?.fail(new Error("connection got disposed"));
    await settle();
    expect(posted.find((message) => message.type === "turnEnded")).toMatchObject({
      turn: { state: "interrupted", answer: "half", failure: null },
    });
    expect(conversations.isAnswering()).toBe(false);
  });

  it("show a failure of the server as one", async () => {
    const { posted, asked, ask, settle } = scene();
    await ask("q");
    asked[0]?.fail(new Error("no such thing"));
    await settle();
    expect(posted.find((message) => message.type === "turnEnded")).toMatchObject({
      turn: { state: "failed", failure: { kind: "internal", message: "no such thing" } },
    });
  });

  it("stop an answer, and take what the server had by then", async () => {
    const { conversations, posted, ask, settle } = scene();
    await ask("q");
    conversations.stop("t1");
    await settle();
    expect(posted.find((message) => message.type === "turnEnded")).toMatchObject({
      turn: { state: "cancelled", answer: "so far" },
    });
  });

  it("fail a question whose context cannot be gathered, and take the next one", async () => {
    const { conversations, asked, posted, ask, settle } = scene();
    const context = () => Promise.reject(new Error("the file is gone"));
    await conversations.ask({ turnId: "t0", question: "q", mode: "auto", context });
    expect(posted.find((message) => message.type === "turnEnded")).toMatchObject({
      turn: { id: "t0", state: "failed", failure: { kind: "internal", message: "the file is gone" } },
    });
    expect(conversations.isAnswering()).toBe(false);
    await ask("Again?");
    await settle();
    expect(asked).toHaveLength(1);
  });

  it("stop a question that waits for the server, or for its context", async () => {
    const waiting = scene({ starting: new Promise(() => {}) });
    await waiting.ask("q");
    waiting.conversations.stop("t1");
    await waiting.settle();
    expect(waiting.posted.find((message) => message.type === "turnEnded")).toMatchObject({
      turn: { id: "t1", state: "cancelled", context: [chip] },
    });
    expect(waiting.conversations.isAnswering()).toBe(false);

    const { conversations, posted, settle, asked } = scene();
    void conversations.ask({ turnId: "t1", question: "q", mode: "auto", context: () => new Promise(() => {}) });
    conversations.stopCurrent();
    await settle();
    expect(posted.find((message) => message.type === "turnEnded")).toMatchObject({
      turn: { id: "t1", state: "cancelled", context: [] },
    });
    expect([conversations.isAnswering(), asked.length]).toEqual([false, 0]);
  });

  it("replace an unfinished last turn when it is asked again, with the context of the first time", async () => {
    const { conversations, asked, ask, settle, gatheredAgain } = scene();
    await ask("q");
    asked[0]?.end({ state: "failed" });
    await settle();
    void conversations.retry("t1", "frontier");
    await settle();
    expect(asked[1]?.params).toMatchObject({ turnId: "t1", question: "q", mode: "frontier", context: [item] });
    expect(conversations.current()?.turns.map((turn) => [turn.id, turn.state])).toEqual([["t1", "answering"]]);
    expect(gatheredAgain()).toBe(0);
  });

  it("answer a question once more as the next turn, and say which answer is not to be told", async () => {
    const { conversations, asked, ask, settle } = scene();
    await ask("q");
    asked[0]?.end({ answer: "Whole" });
    await settle();
    expect(asked[0]?.params).not.toHaveProperty("retryOf");
    void conversations.retry("t1", "cheap");
    await settle();
    expect(asked[1]?.params).toMatchObject({ turnId: "id-2", retryOf: "t1", question: "q", mode: "cheap" });
  });

  it("ask for the rest of an answer as the next turn, with the context of its question", async () => {
    const { conversations, asked, ask, settle, gatheredAgain } = scene();
    await ask("q");
    asked[0]?.end({ answer: "Half" });
    await settle();
    void conversations.goOn("t1", "frontier");
    await settle();
    expect(asked[1]?.params).toMatchObject({
      sessionId: "id-1",
      question: "Continue exactly where the answer stopped.",
      mode: "frontier",
      context: [item],
    });
    expect(conversations.current()?.turns.map((turn) => turn.id)).toEqual(["t1", "id-2"]);
    expect(gatheredAgain()).toBe(0);
  });

  it("cost what the server's books say, replaced answers included", async () => {
    const { conversations, stored, posted, asked, ask, settle } = scene();
    await ask("q");
    asked[0]?.end({ state: "cancelled" });
    await settle();
    void conversations.retry("t1", "frontier");
    await settle();
    stored.set("id-1", { ...storedSession("id-1"), costNano: 1_300, simulated: false });
    asked[1]?.end({ answer: "a" });
    await settle();
    expect(posted.at(-1)).toMatchObject({ state: { session: { costNano: 1_300, turns: [{ id: "t1" }] } } });
  });

  it("cost what came out only after a turn had ended", async () => {
    const { conversations, stored, posted, asked, ask, settle } = scene();
    await ask("q");
    stored.set("id-1", { ...storedSession("id-1"), costNano: null, knownNano: 1_300 });
    asked[0]?.end({ state: "cancelled" });
    await settle();
    const turn = conversations.current()?.turns[0];
    if (turn === undefined) throw new Error("no turn");
    stored.set("id-1", { ...storedSession("id-1"), costNano: 2_100, knownNano: undefined });
    conversations.amend("id-1", { ...turn, decision: cheapDecision });
    await settle();
    expect(posted.at(-1)).toMatchObject({ type: "patch", state: { session: { costNano: 2_100 } } });
    expect(conversations.current()?.knownNano).toBeUndefined();
    // What costs the same is not drawn again.
    const count = posted.length;
    conversations.amend("id-1", { ...turn, decision: cheapDecision });
    await settle();
    expect(posted).toHaveLength(count + 1);
  });

  it("keep an answer above the second try, and read its files again when they are not remembered", async () => {
    const turn: Turn = {
      id: "old",
      askedAtMs: 1,
      question: "q",
      context: [chip],
      answer: "a",
      state: "done",
      failure: null,
      decision: null,
    };
    const { conversations, asked, settle, gatheredAgain } = scene({
      stored: [{ ...storedSession("s"), turns: [turn] }],
    });
    await conversations.open("s");
    void conversations.retry("old", "frontier");
    await settle();
    expect(asked[0]?.params).toMatchObject({ sessionId: "s", turnId: "id-1", context: [item] });
    expect(conversations.current()?.turns.map((each) => each.id)).toEqual(["old", "id-1"]);
    expect(gatheredAgain()).toBe(1);
  });

  it("let an answer go on in the background while another conversation is looked at", async () => {
    const { conversations, asked, posted, ask, settle } = scene({ stored: [storedSession("s")] });
    await ask("q");
    await conversations.open("s");
    posted.length = 0;
    asked[0]?.emit([{ type: "text", text: "unseen" }]);
    expect(posted).toEqual([]);
    await conversations.open("id-1");
    expect(conversations.current()?.turns[0]?.answer).toBe("unseen");
    asked[0]?.end({ answer: "unseen and done" });
    await settle();
    expect(conversations.current()?.turns[0]?.answer).toBe("unseen and done");
  });

  it("are not blocked by an answer that comes elsewhere, and show it when it is finished", async () => {
    const { conversations, stored, timers, fireTimer, posted, asked, ask, settle } = scene({
      stored: [{ ...storedSession("s"), turns: [comingTurn] }],
    });
    await conversations.resume("s");
    expect(posted.at(-1)).toMatchObject({
      state: { session: { turns: [{ id: "far", state: "interrupted", elsewhere: true }] } },
    });
    expect(timers.map((timer) => timer.delayMs)).toEqual([2_000]);
    await ask("Meanwhile?");
    stored.set("s", { ...storedSession("s"), turns: [{ ...comingTurn, answer: "More of it" }] });
    await fireTimer();
    expect(conversations.current()?.turns).toMatchObject([
      { answer: "More of it", elsewhere: true },
      { id: "t1", state: "answering" },
    ]);
    expect(timers.map((timer) => timer.delayMs)).toEqual([4_000]);
    stored.set("s", { ...storedSession("s"), turns: [{ ...comingTurn, answer: "All of it", state: "done" }] });
    await fireTimer();
    expect(conversations.current()?.turns).toMatchObject([
      { answer: "All of it", state: "done" },
      { id: "t1", state: "answering" },
    ]);
    expect(timers).toEqual([]);
    asked[0]?.end({ answer: "Here" });
    await settle();
    expect(conversations.current()?.turns.map((turn) => [turn.answer, turn.state])).toEqual([
      ["All of it", "done"],
      ["Here", "done"],
    ]);
  });

  it("read an answer that comes elsewhere again for some minutes, while it is looked at", async () => {
    const coming = { ...storedSession("s"), turns: [comingTurn] };
    const { conversations, timers, fireTimer, requests } = scene({ stored: [coming] });
    await conversations.open("s");
    for (let index = 0; index < 30; index += 1) await fireTimer();
    expect(requests.length).toBe(21);
    await conversations.open("s");
    expect(timers).toHaveLength(1);
    conversations.startNew();
    expect(timers).toEqual([]);
  });

  it("ask an answer that comes elsewhere again beside it, not in its place", async () => {
    const { conversations, asked, settle } = scene({ stored: [{ ...storedSession("s"), turns: [comingTurn] }] });
    await conversations.open("s");
    void conversations.retry("far", "auto");
    await settle();
    expect(asked[0]?.params.turnId).toBe("id-1");
  });

  it("come back after a reload: the one of the workspace, else what the page showed", async () => {
    const shown = scene({ stored: [storedSession("s"), storedSession("other")] });
    await shown.conversations.resume("s");
    expect(shown.conversations.current()?.id).toBe("s");
    const last = scene({ stored: [storedSession("s")], last: "s" });
    await last.conversations.resume(null);
    expect(last.conversations.current()?.id).toBe("s");
    expect(last.posted).toEqual([{ type: "patch", state: { session: storedSession("s") } }]);
  });

  it("come back to the one that was open, whatever the page remembers of before", async () => {
    const stored = [storedSession("open"), storedSession("newest")];
    const { conversations } = scene({ stored, last: "open" });
    await conversations.resume("newest");
    expect(conversations.current()?.id).toBe("open");
    const afresh = scene({ stored, last: null });
    await afresh.conversations.resume("newest");
    expect(afresh.conversations.current()).toBeNull();
  });

  it("leave a new chat alone that was begun while the old one was still being read", async () => {
    const { conversations, posted } = scene({ stored: [storedSession("s")], last: "s" });
    const resumed = conversations.resume(null);
    conversations.startNew();
    await resumed;
    expect(conversations.current()).toBeNull();
    expect(posted).toEqual([{ type: "patch", state: { session: null } }]);
  });

  it("start no server before anything is set up, and say what is missing", async () => {
    const { conversations, posted, ask, settle, starts } = scene({ setUp: false, last: "s" });
    await conversations.resume(null);
    await conversations.list();
    await ask("q");
    await settle();
    expect(starts()).toBe(0);
    expect(posted.find((message) => message.type === "turnEnded")).toMatchObject({
      turn: {
        state: "failed",
        failure: {
          kind: "setup",
          field: "wayfare.providers",
          message: "Nothing is set up yet. Add a provider, or use the playground.",
        },
      },
    });
  });

  it("delete a conversation, show none if it was on the page, and list the rest", async () => {
    const { conversations, posted, last } = scene({ stored: [storedSession("s"), storedSession("other")] });
    await conversations.open("s");
    await conversations.delete("s");
    expect([conversations.current(), last()]).toEqual([null, null]);
    expect(posted.at(-1)).toEqual({ type: "sessions", sessions: [storedSession("other")] });
  });

  it("say that a conversation is gone", async () => {
    const { conversations, posted } = scene();
    await conversations.open("gone");
    expect(posted[0]).toEqual({ type: "announce", text: "That conversation is not there any more." });
  });
});
