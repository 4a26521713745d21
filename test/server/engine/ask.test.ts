import { describe, expect, it } from "vitest";
import type { Store } from "../../../server/store/open-store.ts";
import type { ContextItem, Turn } from "../../../shared/answer.ts";
import type { Failure } from "../../../shared/failure.ts";
import { answer, engine, frontierPrice, frontierRoute } from "./ask-scene.ts";
import { createFakeClock, type FakeClock, settle } from "./fake-clock.ts";
import { activity, routeOf, text } from "./scripted-provider.ts";

const file = (path: string, value: string): ContextItem => ({
  kind: "file",
  path,
  languageId: "typescript",
  text: value,
  firstLine: 1,
  lastLine: 1,
  diagnostics: [],
});
const status500: Failure = { kind: "overloaded", status: 503, message: "large.example.com is overloaded." };

describe("ask", () => {
  it("answers from the cheap tier, books it, and says what the other tier would have cost", async () => {
    const { put, store, emitted } = await engine();
    const turn = await put("rename foo to bar", "cheap");
    expect(turn).toMatchObject({ id: "t1", state: "done", answer: "small says", failure: null });
    expect(turn.decision).toMatchObject({
      mode: "cheap",
      why: "you chose cheap",
      classification: null,
      answeredBy: { providerId: "small", modelId: "m", tier: "cheap" },
      finishReason: "stop",
      costNano: 1_200_000,
      costSource: "computed",
      otherTier: { tier: "frontier", modelId: "m", costNano: 12_000_000 },
      simulated: false,
    });
    expect(emitted.map((part) => part.type)).toEqual(["attempt", "text"]);
    expect(store.ledger.attemptsOfTurn("t1")).toEqual(turn.decision?.attempts);
    expect(store.ledger.spend().real).toMatchObject({ spentNano: 1_200_000, heldNano: 0, unknown: 0 });
    expect(store.sessions.read("s")).toMatchObject({
      title: "rename foo to bar",
      costNano: 1_200_000,
      simulated: false,
    });
    expect(store.sessions.read("s")?.turns).toEqual([turn]);
  });

  it("classifies in auto mode and shows the reasons", async () => {
    const { put } = await engine();
    const { decision } = await put("what does this regex match?");
    expect(decision?.mode).toBe("auto");
    expect(decision?.classification).not.toBeNull();
    expect(decision?.why).not.toBe("");
    expect(decision?.plan).toHaveLength(2);
  });

  it("asks for more gain where the conversation before makes the frontier dear", async () => {
    const leastGainAfter = async (before: string) => {
      const { put } = await engine({ small: [answer(before), answer("Yes.")] });
      await put("rename parse to read");
      return (await put("and rename total to sum")).decision?.classification?.leastGain ?? 0;
    };
    expect(await leastGainAfter("word ".repeat(20_000))).toBeGreaterThan(2 * (await leastGainAfter("Renamed.")));
  });

  it("carries the question over a failing route and names the failed attempt", async () => {
    const { put, store } = await engine({ large: [[{ type: "fail", failure: status500 }]] });
    const turn = await put("why does it hang under load?", "frontier");
    expect(turn).toMatchObject({ state: "done", answer: "small says" });
    expect(turn.decision?.attempts).toMatchObject([
      { providerId: "large", outcome: "failed", failure: status500, costNano: 0 },
      { providerId: "small", outcome: "done" },
    ]);
    expect(turn.decision?.otherTier).toMatchObject({ tier: "frontier" });
    expect(store.ledger.attemptsOfTurn("t1")).toHaveLength(2);
  });

  it("stays on the tier that its question wanted when the other one had to answer", async () => {
    const clock = createFakeClock(Date.UTC(2026, 4, 4, 12));
    const { put } = await engine({
      clock,
      small: [[{ type: "fail", failure: status500 }], answer("small says")],
    });
    expect((await put("rename a to b")).answer).toBe("large says");
    await clock.advance(16_000);
    expect((await put("and b to c")).decision?.answeredBy?.providerId).toBe("small");
  });

  it("leaves a route alone for a while after it failed, and says so in the next plan", async () => {
    const { put } = await engine({ large: [[{ type: "fail", failure: status500 }], answer("well again")] });
    await put("first", "frontier");
    const second = await put("second", "frontier");
    expect(second.decision?.answeredBy?.providerId).toBe("small");
    expect(second.decision?.plan.at(-1)).toMatchObject({
      providerId: "large",
      reason: "last resort, cooling down for 15 s: overloaded (503)",
    });
  });

  it("puts a failure of every route into the turn and keeps the question", async () => {
    const { put, store } = await engine({
      small: [[{ type: "fail", failure: { kind: "quota", status: 402, message: "small is out of credit." } }]],
      large: [[{ type: "fail", failure: status500 }]],
    });
    const turn = await put("hello", "cheap");
    expect(turn).toMatchObject({
      state: "failed",
      answer: "",
      failure: { kind: "quota", message: "2 attempts failed. small is out of credit. large/m is tried again in 15 s." },
    });
    expect(turn.decision?.answeredBy).toBeNull();
    expect(turn.decision?.costNano).toBe(0);
    expect(store.sessions.read("s")?.turns).toEqual([turn]);
  });

  it("answers a cancelled question with what had come, settled as an estimate", async () => {
    const { put, store, clock } = await engine({ small: [[activity, text("Half an"), { type: "hang" }]] });
    const cancel = new AbortController();
    const asked = put("hello there", "cheap", [], cancel.signal);
    await pass(clock);
    cancel.abort();
    const turn = await asked;
    expect(turn).toMatchObject({ state: "cancelled", answer: "Half an", failure: null });
    expect(turn.decision?.answeredBy).toEqual({ providerId: "small", modelId: "m", tier: "cheap" });
    expect(turn.decision).toMatchObject({ costSource: "estimated", finishReason: null });
    expect(store.ledger.spend().real.heldNano).toBe(0);
    expect(store.sessions.read("s")?.turns[0]?.state).toBe("cancelled");
  });

  it("writes an answer that is still coming about each second", async () => {
    const { put, store, clock } = await engine({
      small: [[text("one "), { type: "wait", ms: 1_100 }, text("two "), { type: "hang" }]],
    });
    const cancel = new AbortController();
    const asked = put("count", "cheap", [], cancel.signal);
    await pass(clock);
    expect(store.sessions.read("s")?.turns[0]).toMatchObject({ state: "answering", answer: "" });
    await clock.advance(1_200);
    await pass(clock);
    expect(store.sessions.read("s")?.turns[0]).toMatchObject({ state: "answering", answer: "one two " });
    cancel.abort();
    await asked;
  });

  it("sends earlier turns along, and a question asked again replaces its old answer", async () => {
    const { ask, put, providers, store } = await engine();
    await put("my name is Ada", "cheap");
    await put("what is my name?", "cheap");
    const sent = providers.small?.requests[1]?.messages.map((message) => message.text).join("\n") ?? "";
    expect(sent).toContain("my name is Ada");
    expect(sent).toContain("small says");
    await ask(
      { sessionId: "s", turnId: "t2", question: "and now?", context: [], mode: "cheap" },
      () => undefined,
      new AbortController().signal,
    );
    expect(store.sessions.read("s")?.turns.map((turn) => turn.question)).toEqual(["my name is Ada", "and now?"]);
  });

  it("does not send an answer along whose question is asked once more, nor what came after it", async () => {
    const { ask, put, providers, store } = await engine();
    await put("my name is Ada", "cheap");
    await put("what is my name?", "cheap");
    await put("and yours?", "cheap");
    await ask(
      { sessionId: "s", turnId: "t4", question: "what is my name?", context: [], mode: "frontier", retryOf: "t2" },
      () => undefined,
      new AbortController().signal,
    );
    const asked = providers.small?.requests[1]?.messages;
    expect(providers.large?.requests[0]?.messages).toEqual(asked);
    expect(store.sessions.read("s")?.turns).toHaveLength(4);
  });

  it("sends nothing of a simulated answer to a real model, and the other way round all", async () => {
    const played = { ...routeOf("small"), simulated: true };
    const { put, providers, routes } = await engine({ routes: [played] });
    await put("my name is Ada", "cheap");
    await put("say it", "cheap");
    expect(JSON.stringify(providers.small?.requests[1]?.messages)).toContain("Ada");
    routes.splice(0, 1, frontierRoute);
    await put("what is my name?", "frontier");
    expect(providers.large?.requests).toHaveLength(1);
    expect(JSON.stringify(providers.large?.requests[0]?.messages)).not.toMatch(/Ada|small says/);
  });

  it("keeps what a stopped answer cost in the conversation's bill when the question is asked again", async () => {
    const { ask, store, providers } = await engine({
      small: [[activity, text("one two three four five six "), { type: "hang" }], answer("x")],
    });
    const cancel = new AbortController();
    const again = { sessionId: "s", turnId: "t1", question: "count", context: [], mode: "cheap" };
    const stopped = await ask(again, (part) => void (part.type === "text" && cancel.abort()), cancel.signal);
    const whole = await ask(again, () => undefined, new AbortController().signal);
    expect([stopped.state, whole.state, providers.small?.requests.length]).toEqual(["cancelled", "done", 2]);
    expect(stopped.decision?.costNano).toBeGreaterThan(0);
    const kept = store.sessions.read("s");
    expect(kept?.turns).toEqual([whole]);
    expect(kept?.costNano).toBe((stopped.decision?.costNano ?? 0) + (whole.decision?.costNano ?? 0));
  });

  it("sends no file of an untrusted workspace and no secret file, and says so", async () => {
    const untrusted = await engine({ trusted: false });
    const first = await untrusted.put("explain", "cheap", [file("src/a.ts", "const secret = 1;")]);
    expect(JSON.stringify(untrusted.providers.small?.requests)).not.toContain("const secret");
    expect(first.context).toEqual([]);
    expect(first.decision?.notSent).toEqual(["src/a.ts (the workspace is not trusted)"]);

    const trusted = await engine();
    const second = await trusted.put("explain", "cheap", [
      file(".env", "TOKEN=1"),
      file("src/a.ts", "const open = 1;"),
    ]);
    const sent = JSON.stringify(trusted.providers.small?.requests);
    expect(sent).toContain("const open = 1;");
    expect(sent).not.toContain("TOKEN=1");
    expect(second.decision?.notSent).toEqual([".env (it may hold secrets)"]);
    expect(second.context.map((chip) => chip.path)).toEqual(["src/a.ts"]);
    expect(second.context[0]).not.toHaveProperty("text");
  });

  it("stays on frontier when the conversation was routed there, until the person chooses", async () => {
    const { put, store } = await engine();
    const first = await put("hello");
    const frontier = { ...first, id: "t0", decision: withTier(first, "frontier") };
    const head = { id: "s", workspace: "here", title: "x", updatedAtMs: 1 };
    await store.sessions.remove("s");
    await store.sessions.saveTurn({ ...head, id: "s2" }, frontier);
    const kept = await askIn(store, "s2");
    expect(kept.decision?.classification?.tier).toBe("frontier");
    expect(kept.decision?.why).toBe("this conversation is on frontier");
    expect(kept.decision?.answeredBy?.tier).toBe("frontier");

    async function askIn(_store: Store, sessionId: string): Promise<Turn> {
      const again = await engine();
      await again.store.sessions.saveTurn({ ...head, id: sessionId }, frontier);
      return again.ask(
        { sessionId, turnId: "next", question: "thanks, rename x to y", context: [], mode: "auto" },
        () => undefined,
        new AbortController().signal,
      );
    }
  });

  it("says why nothing can be asked, sends nothing, and keeps the question", async () => {
    const failure: Failure = { kind: "setup", field: "wayfare.providers", message: "No model is set up yet." };
    const { put, store, providers, emitted } = await engine({ silent: failure });
    expect(await put("hello")).toMatchObject({ state: "failed", failure, question: "hello" });
    expect(providers.small?.requests).toEqual([]);
    expect(emitted).toEqual([]);
    expect(store.sessions.read("s")?.turns).toHaveLength(1);
  });

  it("names a model that is not set up", async () => {
    const { put } = await engine();
    expect((await put("hello", "acme/x")).failure).toEqual({
      kind: "setup",
      field: "wayfare.mode",
      message: '"acme/x" is not set up. Choose auto, cheap, frontier or one of: small/m, large/m.',
    });
  });

  it("cuts a file of 5 MB to the window and says what was left out", async () => {
    const { put, providers } = await engine();
    const turn = await put("explain this file", "cheap", [file("src/big.ts", "const x = 1;\n".repeat(400_000))]);
    expect(turn.state).toBe("done");
    expect(turn.decision?.notSent?.join()).toContain("src/big.ts");
    expect(JSON.stringify(providers.small?.requests).length).toBeLessThan(1_000_000);
  });

  it("fits a long file into a window of 4,096 tokens and leaves room for an answer", async () => {
    const { put, providers } = await engine({ routes: [routeOf("small", { windowTokens: 4_096 })] });
    const turn = await put("explain this file", "cheap", [file("src/big.ts", "const x = 1;\n".repeat(2_000))]);
    expect(turn.state).toBe("done");
    const request = providers.small?.requests[0];
    expect(request?.maxOutputTokens).toBeGreaterThanOrEqual(1_024);
    expect(request?.messages.map((message) => message.text).join().length).toBeLessThan(4_096 * 4);
  });

  it("gives an answer although the conversation cannot be written, and tells of it", async () => {
    const { put, store, faults } = await engine();
    store.sessions.saveTurn = async () => {
      throw new Error("disk full");
    };
    expect(await put("hello", "cheap")).toMatchObject({ state: "done", answer: "small says" });
    expect(faults).toHaveLength(2);
  });

  it("books each answer at the price of its hour, though nothing was configured in between", async () => {
    const clock = createFakeClock(Date.UTC(2026, 4, 4, 12));
    const evening = Date.UTC(2026, 4, 4, 20);
    const at = (usd: number) => ({ source: "genai-prices", tiers: [{ ...frontierPrice, inputUsd: usd }] }) as const;
    const timed = routeOf("small", { price: at(1), priceAt: (ms) => ({ price: at(ms < evening ? 1 : 5), next: [] }) });
    const { put } = await engine({ clock, routes: [timed] });
    const costs = [(await put("hello", "cheap")).decision?.costNano];
    await clock.advance(8 * 3_600_000);
    costs.push((await put("hello again", "cheap")).decision?.costNano);
    expect(costs).toEqual([1_000 * 1_000 + 100 * 20_000, 1_000 * 5_000 + 100 * 20_000]);
  });

  it("sums an unknown price as unknown", async () => {
    const { put, store } = await engine({ routes: [routeOf("small", { price: null })] });
    const turn = await put("hello", "cheap");
    expect(turn.decision).toMatchObject({ costNano: null, costSource: "unknown", otherTier: null });
    expect(store.ledger.spend().real).toMatchObject({ spentNano: 0, unknown: 1 });
    expect(store.sessions.read("s")?.costNano).toBeNull();
  });

  it("keeps simulated answers in their own book", async () => {
    const { put, store } = await engine({ routes: [routeOf("small", { simulated: true })] });
    const turn = await put("hello", "cheap");
    expect(turn.decision?.simulated).toBe(true);
    expect(store.ledger.spend()).toMatchObject({ real: { spentNano: 0 }, simulated: { spentNano: 1_200_000 } });
    expect(store.sessions.read("s")?.simulated).toBe(true);
  });

  it("titles a conversation by the first line of its first question, cut between words", async () => {
    const { put, store } = await engine();
    await put(`${"why does the `queue` stop ".repeat(5)}\nsecond line`, "cheap");
    await put("something else", "cheap");
    expect(store.sessions.read("s")?.title).toBe("why does the queue stop why does the queue stop why does the…");
  });
});

function withTier(turn: Turn, tier: "cheap" | "frontier"): Turn["decision"] {
  const { decision } = turn;
  if (decision?.classification == null) throw new Error("not classified");
  return { ...decision, classification: { ...decision.classification, tier } };
}

/** The store writes behind real promises; a few turns of the event loop let them through without the clock moving. */
async function pass(clock: FakeClock): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await settle();
  await clock.advance(0);
}
