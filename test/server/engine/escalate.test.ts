import { describe, expect, it } from "vitest";
import type { Health } from "../../../server/engine/health.ts";
import type { Turn } from "../../../shared/answer.ts";
import type { Failure } from "../../../shared/failure.ts";
import type { AskPart } from "../../../shared/protocol.ts";
import { answer, engine, frontierRoute } from "./ask-scene.ts";
import { createFakeClock, settle } from "./fake-clock.ts";
import { activity, finish, routeOf, type Step, text, usage } from "./scripted-provider.ts";

const broken = [{ block: 0, languageId: "typescript", line: 3 }];
const unparsedBlocks = async (found: string) => (found.startsWith("small") ? broken : []);
const overloaded: Failure = { kind: "overloaded", status: 503, message: "large.example.com is overloaded." };
const because = "the cheap answer's code did not parse (line 3)";
const from = { providerId: "small", modelId: "m", tier: "cheap" };

const dearRoute = routeOf("large", {
  tier: "frontier",
  price: {
    source: "override",
    tiers: [{ fromInputTokens: 0, inputUsd: 400, outputUsd: 800, cacheReadUsd: 40, cacheWriteUsd: 500 }],
  },
});

/** The frontier's route has just failed for another request. */
function rest(health: Health, failure: Failure): void {
  health.begin(frontierRoute, 1_000);
  health.ended(frontierRoute, {
    kind: "chat",
    inputTokens: 1_000,
    startedAtMs: Date.UTC(2026, 4, 4, 12),
    outcome: "failed",
    failure,
    timing: { headersMs: null, firstContentMs: null, gapMs: null, tokensPerSecond: null },
  });
}

/** What the page would show after these parts: a restart voids what came before. */
const shownOf = (parts: readonly AskPart[]): string =>
  parts.reduce((shown, part) => (part.type === "restart" ? "" : part.type === "text" ? shown + part.text : shown), "");

describe("a cheap answer whose code does not parse", () => {
  it("is replaced by the frontier's in the same turn, which says why and what it cost more", async () => {
    const { put, store, emitted, providers } = await engine({ unparsedBlocks });
    const turn = await put("rename a to b");
    expect(turn).toMatchObject({ state: "done", answer: "large says", failure: null });
    expect(turn.decision).toMatchObject({
      why: `escalated: ${because}, $0.0120 more`,
      classification: { tier: "cheap" },
      answeredBy: { providerId: "large", modelId: "m", tier: "frontier" },
      attempts: [
        { providerId: "small", outcome: "done", costNano: 1_200_000 },
        { providerId: "large", outcome: "done", costNano: 12_000_000 },
      ],
      costNano: 13_200_000,
      costSource: "computed",
      otherTier: { tier: "cheap" },
      escalated: { because: "unparsed", words: because, from, extraNano: 12_000_000 },
    });
    expect(turn.decision).not.toHaveProperty("unparsed");
    expect(emitted.map((part) => part.type)).toEqual(["attempt", "text", "attempt", "restart", "text"]);
    expect(emitted[2]).toMatchObject({ type: "attempt", providerId: "large", because });
    expect(emitted[3]).toEqual({ type: "restart", why: `small/m: ${because}` });
    expect(shownOf(emitted)).toBe("large says");
    // The frontier is asked the very same, and is told nothing of the answer before.
    expect(providers.large?.requests[0]?.messages).toEqual(providers.small?.requests[0]?.messages);
    expect(store.ledger.attemptsOfTurn("t1")).toEqual(turn.decision?.attempts);
    expect(store.ledger.spend().real).toMatchObject({ spentNano: 13_200_000, heldNano: 0 });
    expect(store.sessions.read("s")?.turns).toEqual([turn]);
  });

  it("is waited for longer than a mark is: on a busy machine the first grammar takes its time", async () => {
    const clock = createFakeClock(Date.UTC(2026, 4, 4, 12));
    let looks = 0;
    const { put } = await engine({
      clock,
      unparsedBlocks: (answer) => {
        looks += 1;
        return looks > 1
          ? unparsedBlocks(answer)
          : new Promise((resolve) => clock.after(4_900, () => resolve(unparsedBlocks(answer))));
      },
    });
    const turn = put("rename a to b");
    while (clock.waiting() < 2) await settle();
    await clock.advance(4_900);
    expect((await turn).decision?.why).toBe(`escalated: ${because}, $0.0120 more`);
  });

  it("has its conversation go on with the frontier", async () => {
    const { put } = await engine({ unparsedBlocks });
    await put("rename a to b");
    const next = await put("and c to d");
    expect(next.decision).toMatchObject({
      why: "the last question had to be escalated",
      answeredBy: { tier: "frontier" },
    });
    expect((await put("thanks")).decision?.why).toBe("this conversation is on frontier");
  });

  it("is escalated where its blocks are empty, too", async () => {
    const { put } = await engine({ small: [answer("Here:\n\n```ts\n\n```\n")] });
    const { decision } = await put("rename a to b");
    expect(decision?.why).toBe("escalated: the cheap answer's code was empty, $0.0120 more");
    expect(decision?.escalated?.because).toBe("empty");
  });

  it("says of the frontier's answer, too, what does not parse", async () => {
    const { put } = await engine({ unparsedBlocks: async () => broken });
    expect((await put("rename a to b")).decision).toMatchObject({
      answeredBy: { tier: "frontier" },
      unparsed: broken,
      escalated: { because: "unparsed" },
    });
  });

  it.each<[string, Parameters<typeof engine>[0], string]>([
    ["where the person chose the tier", {}, "cheap"],
    ["where it is switched off", { settings: { evidence: { escalate: false } } }, "auto"],
    ["where it was cut for want of room", { small: [[text("small"), { type: "finish", reason: "length" }]] }, "auto"],
  ])("stays with its mark %s", async (_where, setup, mode) => {
    const { put, providers } = await engine({ unparsedBlocks, ...setup });
    const { answer: shown, decision } = await put("rename a to b", mode);
    expect(shown).toMatch(/^small/);
    expect(decision).not.toHaveProperty("escalated");
    expect(decision?.why).not.toContain("escalated");
    expect(providers.large?.requests ?? []).toEqual([]);
  });

  it.each<[string, Parameters<typeof engine>[0], string]>([
    ["there is no frontier model", { routes: [routeOf("small")] }, "there is no frontier model to ask"],
    [
      // Half a dollar for a usual answer, with every word of it paid by a person who asked to economize.
      "the frontier's chance is too little for its price",
      { routes: [routeOf("small"), dearRoute], settings: { quality: 0 } },
      "frontier is estimated to be right for \\d+ % of such requests, too little for its price",
    ],
  ])("stays with its mark where %s, and the line says so", async (_where, setup, why) => {
    const { put, providers, emitted, store } = await engine({ unparsedBlocks, ...setup });
    const turn = await put("rename a to b");
    expect(turn).toMatchObject({
      state: "done",
      answer: "small says",
      decision: {
        answeredBy: from,
        unparsed: broken,
        costNano: 1_200_000,
        escalated: { words: because, extraNano: 0 },
      },
    });
    expect(turn.decision?.escalated?.kept).toMatch(new RegExp(`^${why}$`));
    expect(turn.decision?.why).toBe(`${because}; ${turn.decision?.escalated?.kept}`);
    expect(emitted.map((part) => part.type)).toEqual(["attempt", "text"]);
    expect(providers.large?.requests).toEqual([]);
    expect(store.ledger.attemptsOfTurn("t1")).toHaveLength(1);
  });

  it("stays with its mark where the frontier rests by now, and nobody is asked", async () => {
    const { ask, providers, health } = await engine({ unparsedBlocks });
    const limit: Failure = { kind: "rate-limit", retryAfterMs: 60_000, message: "Slow down." };
    const turn = await ask(
      { sessionId: "s", turnId: "t1", question: "rename a to b", context: [], mode: "auto" },
      (part) => {
        // Another chat hears it while the cheap answer is written.
        if (part.type === "text") rest(health, limit);
      },
      new AbortController().signal,
    );
    expect(turn.decision?.why).toBe(`${because}; no frontier model is well enough to be asked`);
    expect([turn.answer, providers.large?.requests]).toEqual(["small says", []]);
  });

  it("stays with its mark where a cap leaves no room for the frontier, and nothing is spent", async () => {
    // Room for the cheap model's reservation, some 8,500,000 nano-dollars, and not for the frontier's.
    const { put, store, providers, emitted } = await engine({
      unparsedBlocks,
      settings: { budget: { workspace: { daily: [0.012] } } },
    });
    const turn = await put("rename a to b");
    expect(turn).toMatchObject({ state: "done", answer: "small says" });
    expect(turn.decision).toMatchObject({
      why: `${because}; large/m does not fit under this workspace's $0.012 a day`,
      answeredBy: from,
      costNano: 1_200_000,
      otherTier: { tier: "frontier" },
      unparsed: broken,
      escalated: { extraNano: 0, kept: "large/m does not fit under this workspace's $0.012 a day" },
    });
    expect(providers.large?.requests).toEqual([]);
    expect(emitted.map((part) => part.type)).toEqual(["attempt", "text"]);
    expect(store.ledger.spend().real).toMatchObject({ spentNano: 1_200_000, heldNano: 0 });
  });

  it("stays where the frontier fails, with both attempts and their cost", async () => {
    const { put, emitted } = await engine({ unparsedBlocks, large: [[{ type: "fail", failure: overloaded }]] });
    const turn = await put("rename a to b");
    expect(turn).toMatchObject({ state: "done", answer: "small says", failure: null });
    expect(turn.decision).toMatchObject({
      why: `${because}; large/m: overloaded (503)`,
      answeredBy: from,
      attempts: [{ providerId: "small" }, { providerId: "large", outcome: "failed", costNano: 0 }],
      costNano: 1_200_000,
      unparsed: broken,
      escalated: { kept: "large/m: overloaded (503)", extraNano: 0 },
    });
    expect(shownOf(emitted)).toBe("small says");
  });

  it("comes back whole where the frontier's breaks off in the middle, and what that cost is counted", async () => {
    const torn: Step[] = [activity, text("large writes a long answer that "), { type: "fail", failure: overloaded }];
    const { put, store } = await engine({ unparsedBlocks, large: [torn] });
    const turn = await put("rename a to b");
    expect(turn).toMatchObject({ state: "done", answer: "small says", decision: { answeredBy: from } });
    const [cheap, frontier] = turn.decision?.attempts ?? [];
    expect(frontier).toMatchObject({ outcome: "failed", costSource: "estimated" });
    expect(frontier?.costNano).toBeGreaterThan(0);
    expect(turn.decision?.escalated?.extraNano).toBe(frontier?.costNano);
    expect(turn.decision?.costNano).toBe((cheap?.costNano ?? 0) + (frontier?.costNano ?? 0));
    expect(store.sessions.read("s")?.turns).toEqual([turn]);
  });

  it("comes back whole where the person stops the frontier's", async () => {
    const slow: Step[] = [activity, text("large writes a long answer that "), { type: "hang" }];
    const { ask, store } = await engine({ unparsedBlocks, large: [slow] });
    const cancel = new AbortController();
    const turn = await ask(
      { sessionId: "s", turnId: "t1", question: "rename a to b", context: [], mode: "auto" },
      (part) => void (part.type === "restart" && cancel.abort()),
      cancel.signal,
    );
    expect(turn).toMatchObject({ state: "done", answer: "small says" });
    expect(turn.decision?.why).toBe(`${because}; you stopped the frontier's answer`);
    expect(turn.decision?.attempts).toMatchObject([{ outcome: "done" }, { outcome: "cancelled" }]);
    expect(store.ledger.spend().real.heldNano).toBe(0);
  });

  it("costs nothing when the same is asked again: both answers are kept", async () => {
    const { ask, providers, store } = await engine({ unparsedBlocks });
    const put = (chat: string) =>
      ask(
        { sessionId: chat, turnId: chat, question: "rename a to b", context: [], mode: "auto" },
        () => undefined,
        new AbortController().signal,
      );
    await put("one");
    const again = await put("two");
    expect(again).toMatchObject({
      answer: "large says",
      decision: { attempts: [], costNano: 0, fromCache: { savedNano: 12_000_000 } },
    });
    expect([providers.small?.requests.length, providers.large?.requests.length]).toEqual([1, 1]);
    expect(store.ledger.spend().real.spentNano).toBe(13_200_000);
  });

  it("is asked once of the frontier for two chats that ask the same at once", async () => {
    const late: Step[] = [activity, { type: "wait", ms: 10 }, text("large says"), finish];
    const { ask, providers, clock } = await engine({ unparsedBlocks, large: [late] });
    const put = (chat: string) =>
      ask(
        { sessionId: chat, turnId: chat, question: "rename a to b", context: [], mode: "auto" },
        () => undefined,
        new AbortController().signal,
      );
    const both = Promise.all([put("one"), put("two")]);
    await expect.poll(() => providers.large?.requests.length).toBe(1);
    await clock.advance(10);
    expect((await both).map((turn) => turn.answer)).toEqual(["large says", "large says"]);
    expect([providers.small?.requests.length, providers.large?.requests.length]).toEqual([1, 1]);
  });

  it("is billed late to who left while another chat still waits for the frontier", async () => {
    const late: Step[] = [activity, text("large says"), { type: "wait", ms: 10 }, usage(1_000, 100), finish];
    const amended: Turn[] = [];
    const { ask, store, clock } = await engine({
      unparsedBlocks,
      large: [late],
      onAmended: (_chat, turn) => void amended.push(turn),
    });
    const put = (chat: string, signal = new AbortController().signal) =>
      ask(
        { sessionId: chat, turnId: chat, question: "rename a to b", context: [], mode: "auto" },
        () => undefined,
        signal,
      );
    const stop = new AbortController();
    const [one, two] = [put("one", stop.signal), put("two")];
    await expect.poll(() => clock.waiting()).toBeGreaterThan(0);
    await settle();
    stop.abort();
    const left = await one;
    expect(left).toMatchObject({
      answer: "small says",
      decision: { costNano: 1_200_000, escalated: { extraNano: 0 } },
    });
    await clock.advance(1_000);
    expect(await two).toMatchObject({ answer: "large says" });
    await expect.poll(() => amended.length).toBe(1);
    expect(amended[0]).toMatchObject({
      id: "one",
      answer: "small says",
      decision: { answeredBy: from, costNano: 13_200_000, escalated: { extraNano: 12_000_000 } },
    });
    expect(store.sessions.read("one")?.turns).toEqual(amended);
  });
});
