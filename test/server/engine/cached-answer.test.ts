import { describe, expect, it } from "vitest";
import { showText } from "../../../server/engine/cached-answer.ts";
import { createEstimate } from "../../../server/engine/estimate.ts";
import { createHealth } from "../../../server/engine/health.ts";
import type { AskPart } from "../../../shared/protocol.ts";
import { answer, engine, frontierRoute } from "./ask-scene.ts";
import { finish, routeOf, type Step, text, usage } from "./scripted-provider.ts";

/** An engine where each question begins a conversation of its own, unless one is named. */
async function scene(setup: Parameters<typeof engine>[0] = {}) {
  const made = await engine(setup);
  let chats = 0;
  const ask = async (
    question: string,
    {
      mode = "cheap",
      session = `chat ${++chats}`,
      ...extra
    }: { mode?: string; session?: string; retryOf?: string } = {},
    turnId = `turn of ${session}`,
  ) => {
    const parts: AskPart[] = [];
    const params = { sessionId: session, turnId, question, context: [], mode, ...extra };
    let isOver = false;
    const asked = made
      .ask(params, (part) => parts.push(part), new AbortController().signal)
      .finally(() => {
        isOver = true;
      });
    // Routes that fail are asked again after a moment.
    while (!isOver && setup.small?.flat().some(({ type }) => type === "fail")) await made.clock.advance(100);
    return { turn: await asked, parts };
  };
  const estimate = createEstimate({
    world: { scene: () => made.scene },
    store: () => made.store,
    health: createHealth({ store: () => null, now: made.clock.now, onFault: () => undefined }),
    workspace: "here",
    now: made.clock.now,
  });
  /** Whether the line under the box says that it would be free. */
  const shown = (question: string, mode = "cheap") =>
    estimate({ sessionId: "new", question, context: [], mode }).fromCache;
  return { ...made, ask, shown };
}

const offline: Step[] = [
  { type: "fail", failure: { kind: "network", cause: "unreachable", host: "small", message: "No network." } },
];

describe("a question that was answered before", () => {
  it("is answered from what was kept: nothing is sent, held or paid, and it says what was saved", async () => {
    const { ask, providers, store, clock } = await scene({ small: [answer("Use a `Map`.\r\n🧭")] });
    const first = await ask("why is it slow?");
    expect(first.turn.decision).not.toHaveProperty("fromCache");
    await clock.advance(60_000);
    const { turn, parts } = await ask("why is it slow?");
    expect(parts).toEqual([{ type: "text", text: "Use a `Map`.\r\n🧭" }]);
    expect(turn).toMatchObject({ state: "done", answer: "Use a `Map`.\r\n🧭", failure: null });
    expect(turn.decision).toMatchObject({
      mode: "cheap",
      why: "you chose cheap",
      answeredBy: { providerId: "small", modelId: "m", tier: "cheap" },
      finishReason: "stop",
      attempts: [],
      costNano: 0,
      costSource: "free",
      simulated: false,
      fromCache: { askedAtMs: clock.now() - 60_000, savedNano: 1_200_000 },
    });
    expect(providers.small?.requests).toHaveLength(1);
    expect(store.ledger.attemptsOfTurn("turn of chat 2")).toEqual([]);
    expect(store.ledger.spend().real).toMatchObject({ spentNano: 1_200_000, heldNano: 0 });
    expect(store.sessions.read("chat 2")?.turns).toEqual([turn]);
  });

  it("is answered at a cap that lets nothing else through", async () => {
    const cheap = { budget: { workspace: { daily: [0.02] } } };
    const { ask } = await scene({ settings: cheap, small: [[text("kept"), usage(10_000, 5_000), finish]] });
    await ask("one?");
    expect((await ask("two?")).turn.failure?.kind).toBe("budget");
    expect((await ask("one?")).turn).toMatchObject({ state: "done", answer: "kept" });
  });

  it("is answered when no route can be reached", async () => {
    const { ask } = await scene({ small: [answer("kept"), offline], large: [offline] });
    await ask("one?");
    expect((await ask("two?")).turn).toMatchObject({ state: "failed", failure: { kind: "network" } });
    // The route is left alone by now; its answer is not.
    expect((await ask("one?")).turn).toMatchObject({ state: "done", answer: "kept" });
  });

  it("is said to be free before it is sent, for as long as the answer is kept", async () => {
    const settings = { cache: { maxAgeHours: 1 }, budget: { workspace: { daily: [0.004] } } };
    const { ask, shown, providers, clock } = await scene({ settings });
    expect(shown("why?")).toBe(false);
    await ask("why?");
    // As it is sent, without the space at its ends.
    expect([shown("why?"), shown(" why? \n"), shown("why"), shown("")]).toEqual([true, true, false, false]);
    expect([shown("why?", "small/m"), shown("why?", "frontier")]).toEqual([true, false]);
    const { turn } = await ask("why?");
    expect(turn.decision?.fromCache).toBeDefined();
    expect(providers.small?.requests).toHaveLength(1);
    await clock.advance(3_600_001);
    expect(shown("why?")).toBe(false);
  });

  it("is not looked for at each letter where it is very long", async () => {
    const { ask, shown } = await scene({ routes: [routeOf("small", { windowTokens: 200_000 })] });
    const [long, short] = ["why? ".repeat(40_000).trim(), "why? ".repeat(12_000).trim()];
    for (const question of [long, short]) await ask(question);
    expect([shown(long), shown(short)]).toEqual([false, true]);
    expect((await ask(long)).turn.decision?.fromCache).toBeDefined();
  });

  it("takes what any route of its own tier said, in the order of the plan, and nothing of another tier", async () => {
    const dear = routeOf("large", { modelId: "dear", price: frontierRoute.price });
    const { ask, providers } = await scene({
      routes: [routeOf("small"), dear, frontierRoute],
      small: [[{ type: "fail", failure: { kind: "auth", status: 401, message: "No." } }]],
      large: [answer("large says"), answer("frontier says")],
    });
    const first = await ask("why?");
    expect(first.turn.decision?.answeredBy).toMatchObject({ providerId: "large", modelId: "dear" });
    expect((await ask("why?")).turn.decision?.fromCache).toBeDefined();
    const frontier = await ask("why?", { mode: "frontier" });
    expect(frontier.turn).toMatchObject({ answer: "frontier says" });
    expect(frontier.turn.decision).not.toHaveProperty("fromCache");
    expect([providers.small?.requests.length, providers.large?.requests.length]).toEqual([1, 2]);
  });

  it("is sent when it is asked anew, and what comes then is kept", async () => {
    const { ask, providers } = await scene({ small: ["one", "two", "three"].map(answer) });
    await ask("why?", { session: "s" }, "t1");
    const retried = await ask("why?", { session: "s", retryOf: "t1" }, "t2");
    expect(retried.turn).toMatchObject({ answer: "two" });
    expect((await ask("why?")).turn).toMatchObject({ answer: "two", decision: { fromCache: {} } });
    // The same turn once more, as after a failure.
    await ask("why?", { session: "other" }, "t3");
    const again = await ask("why?", { session: "other" }, "t3");
    expect(again.turn).toMatchObject({ answer: "three" });
    expect((await ask("why?")).turn.answer).toBe("three");
    expect(providers.small?.requests).toHaveLength(3);
  });

  it("is another question in another state: after other turns, or with other files", async () => {
    const { ask, providers } = await scene();
    await ask("why?", { session: "s" }, "t1");
    const next = await ask("why?", { session: "s" }, "t2");
    expect(next.turn.decision).not.toHaveProperty("fromCache");
    expect((await ask("why? ")).turn.decision).not.toHaveProperty("fromCache");
    expect(providers.small?.requests).toHaveLength(3);
  });

  it("is sent again once the answer is too old, or nothing is to be kept", async () => {
    const { ask, providers, clock } = await scene({ settings: { cache: { maxAgeHours: 1 } } });
    await ask("why?");
    await clock.advance(3_600_001);
    expect((await ask("why?")).turn.decision).not.toHaveProperty("fromCache");
    expect(providers.small?.requests).toHaveLength(2);
    const off = await scene({ settings: { cache: { enabled: false } } });
    await off.ask("why?");
    await off.ask("why?");
    expect(off.providers.small?.requests).toHaveLength(2);
    expect(await off.store.responses.clear()).toEqual({ answers: 0, bytes: 0 });
  });

  it("has no answer where the one before was cut, failed, or was stopped", async () => {
    const endings: Step[][] = [
      [text("half of it"), usage(10, 5), { type: "finish", reason: "length" }],
      [text("half of it"), usage(10, 5), { type: "finish", reason: "content-filter" }],
      [text("half of it"), { type: "fail", failure: { kind: "truncated", message: "cut" } }],
    ];
    for (const ending of endings) {
      const { ask, store } = await scene({ small: [ending], large: [offline] });
      expect((await ask("why?")).turn.answer).toBe("half of it");
      expect(await store.responses.clear()).toEqual({ answers: 0, bytes: 0 });
    }
  });

  it("says that nobody knows what was saved where nobody knew what it cost", async () => {
    const { ask } = await scene({ routes: [routeOf("small", { price: null })] });
    await ask("why?");
    expect((await ask("why?")).turn.decision).toMatchObject({ costNano: 0, fromCache: { savedNano: null } });
  });

  it("never gets a simulated answer for a real one, nor a real one for a simulated", async () => {
    const { ask, routes } = await scene({ small: [answer("played"), answer("true")] });
    routes[0] = routeOf("small", { simulated: true });
    routes.length = 1;
    await ask("why?");
    expect((await ask("why?")).turn).toMatchObject({ answer: "played", decision: { simulated: true, fromCache: {} } });
    routes[0] = routeOf("small");
    const real = await ask("why?");
    expect(real.turn).toMatchObject({ answer: "true", decision: { simulated: false } });
    expect(real.turn.decision).not.toHaveProperty("fromCache");
  });

  it("is forgotten with the conversation it came from", async () => {
    const { ask, store, providers } = await scene();
    await ask("why?", { session: "s" });
    await store.sessions.remove("s");
    expect((await ask("why?")).turn.decision).not.toHaveProperty("fromCache");
    expect(providers.small?.requests).toHaveLength(2);
  });

  it("looks at the code of a kept answer as at any other", async () => {
    const unparsed = [{ block: 0, languageId: "typescript", line: 2 }];
    const { ask } = await scene({ unparsedBlocks: async () => unparsed });
    await ask("why?");
    expect((await ask("why?")).turn.decision).toMatchObject({ fromCache: {}, unparsed });
  });
});

describe("a kept text", () => {
  it("comes in pieces that make it up again, none of which cuts a character", () => {
    const long = `${"x".repeat(3_999)}🧭${"é\r\n".repeat(5_000)}`;
    const pieces: string[] = [];
    showText(long, (part) => pieces.push(part.type === "text" ? part.text : ""));
    expect(pieces.join("")).toBe(long);
    expect(pieces.length).toBeGreaterThan(3);
    for (const piece of pieces) expect(piece).not.toMatch(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/);
  });
});
