import { afterEach, describe, expect, it } from "vitest";
import type { RelayEnd, RelayRequest } from "../../../server/core/relay.ts";
import { type Closer, listener, relayRequest, relayScene, textOf } from "./relay-scene.ts";

const closers: Closer[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const never = new AbortController().signal;
const words = (id: string) => `Here is what ${id} says: ${"word ".repeat(40)}end.`;
const isDone = (end: RelayEnd | undefined): end is Extract<RelayEnd, { state: "done" }> => end?.state === "done";

async function run(scene: Awaited<ReturnType<typeof relayScene>>, over: Parameters<typeof relayRequest>[0] = {}) {
  const heard = listener();
  const request = relayRequest(over);
  await scene.relay.ask(request, heard, never);
  return { ...heard, end: heard.ends[0], request };
}

describe("an answer", () => {
  it("is streamed as it comes, with who answers before it, and its bill after it", async () => {
    const scene = await relayScene(closers);
    const { begun, parts, ends, end, request } = await run(scene);
    expect(scene.problems).toEqual([]);
    expect(begun).toEqual([
      {
        route: { providerId: "acme", modelId: "small", tier: "cheap", simulated: false },
        reason: expect.any(String),
        attempts: 1,
        notSent: [],
        inputTokens: expect.any(Number),
      },
    ]);
    expect(textOf(parts)).toBe(words("small"));
    expect(ends).toHaveLength(1);
    if (!isDone(end)) throw new Error("It failed.");
    expect(end.text).toBe(words("small"));
    expect(end.finishReason).toBe("stop");
    const bill = scene.vendors.log()[0]?.costNano;
    expect(end.bill).toMatchObject({ costNano: bill, costSource: "computed" });
    expect(scene.store.ledger.attemptsOfTurn(request.id)).toMatchObject([{ outcome: "done", costNano: bill }]);
    await scene.audit.idle();
    expect(scene.store.requests.read(request.id)).toMatchObject({ kind: "endpoint", workspace: "endpoint" });
    await scene.store.ledger.post();
    expect(scene.store.ledger.endpointSpend()).toEqual({ spentNano: bill, requests: 1 });
    await run(scene, { workspace: "ci" });
    await scene.audit.idle();
    await scene.store.ledger.post();
    const { day, today, thisMonth } = scene.store.ledger.endpointBooks();
    expect(day).toBe(scene.store.ledger.dayOf(Date.now()));
    const one = { spentNano: bill, requests: 1, unknown: 0 };
    expect(today).toEqual([
      { workspace: "endpoint", ...one },
      { workspace: "endpoint:ci", ...one },
    ]);
    expect(thisMonth).toEqual(today);
  });

  it("goes to the tier, to the model, or to the only model of that name that was asked for", async () => {
    const scene = await relayScene(closers);
    const models = async (model: string) => (await run(scene, { model })).begun.map(({ route }) => route.modelId);
    expect(await models("cheap")).toEqual(["small"]);
    expect(await models("frontier")).toEqual(["large"]);
    expect(await models("acme/spare")).toEqual(["spare"]);
    expect(await models("large")).toEqual(["large"]);
  });

  it("is told with the model's name where there is none of it", async () => {
    const scene = await relayScene(closers);
    const { end } = await run(scene, { model: "gpt-99" });
    expect(end).toMatchObject({
      state: "failed",
      failure: {
        kind: "setup",
        field: "model",
        message:
          'There is no model "gpt-99". Ask for auto, cheap or frontier, or for one model. GET /v1/models lists those there are; wayfare.endpoint.models says what other names stand for.',
      },
    });
    expect(scene.vendors.log()).toEqual([]);
  });

  it("goes where the settings say that a tool's own name for a model stands for", async () => {
    const names = { "claude-haiku-*": "cheap", "claude-*": "frontier", large: "acme/spare", "gpt-*": "acme/gone" };
    const scene = await relayScene(closers, { names });
    const asked = async (model: string) => (await run(scene, { model })).begun.map(({ route }) => route.modelId);
    expect(await asked("claude-haiku-4-5-20251001")).toEqual(["small"]);
    expect(await asked("claude-opus-4-1")).toEqual(["large"]);
    // A name written out counts, whatever else has it; a pattern does not.
    expect(await asked("large")).toEqual(["spare"]);
    expect(await asked("alps/large")).toEqual(["large"]);
    expect(await asked("spare")).toEqual(["spare"]);
    const { end } = await run(scene, { model: "gpt-5" });
    expect(end).toMatchObject({
      state: "failed",
      failure: {
        kind: "setup",
        field: "model",
        message:
          'wayfare.endpoint.models says that "gpt-5" stands for "acme/gone", and there is no such model. Correct it there.',
      },
    });
    const listed = scene.relay.models().map(({ id, tier }) => [id, tier]);
    expect(listed).toEqual([
      ["auto", null],
      ["cheap", "cheap"],
      ["frontier", "frontier"],
      ["acme/small", "cheap"],
      ["acme/spare", "cheap"],
      ["alps/large", "frontier"],
      ["large", "cheap"],
    ]);
    const question = { kind: "chat", messages: [{ role: "user", text: "Hi" }], tools: [], toolChoice: "auto" } as const;
    expect(scene.relay.countTokens("claude-x", question)).toEqual({ inputTokens: expect.any(Number) });
  });

  it("is paid from the book that its client names", async () => {
    const scene = await relayScene(closers);
    const { request } = await run(scene, { workspace: "ci" });
    await scene.audit.idle();
    expect(scene.store.requests.read(request.id)).toMatchObject({ workspace: "endpoint:ci" });
  });
});

describe("a vendor that fails", () => {
  it("before a word is never noticed, and the reason says so", async () => {
    const scene = await relayScene(closers);
    scene.vendors.setFault("small", { kind: "status", status: 500 });
    const { begun, parts, end } = await run(scene, { model: "cheap" });
    expect(begun).toMatchObject([{ route: { modelId: "spare" } }]);
    expect(begun[0]?.reason).toMatch(/; \d failed before$/);
    expect(textOf(parts)).toBe(words("spare"));
    if (!isDone(end)) throw new Error("It failed.");
    expect(end.bill.attempts.at(-1)).toMatchObject({ modelId: "spare", outcome: "done" });
    expect(end.bill.attempts[0]).toMatchObject({ modelId: "small", outcome: "failed", costNano: 0 });
  });

  it("in the middle of a stream ends it: two models' texts are never spliced", async () => {
    const scene = await relayScene(closers);
    scene.vendors.setFault("small", { kind: "cut", afterCharacters: "half" });
    const { parts, end } = await run(scene, { model: "cheap" });
    expect(words("small").startsWith(textOf(parts))).toBe(true);
    expect(textOf(parts)).not.toBe("");
    expect(end).toMatchObject({ state: "failed", beginning: { route: { modelId: "small" } } });
    expect(scene.vendors.log().map(({ model }) => model)).toEqual(["small"]);
    if (end?.state !== "failed") throw new Error("It did not fail.");
    expect(end.bill.costNano).toBeGreaterThan(0);
    expect(end.bill.costSource).toBe("estimated");
  });

  it("in the middle of an answer that is not streamed is replaced by the next", async () => {
    const scene = await relayScene(closers);
    scene.vendors.setFault("small", { kind: "cut", afterCharacters: "half" });
    const { end } = await run(scene, { model: "cheap", isStreamed: false });
    if (!isDone(end)) throw new Error("It failed.");
    expect(end.text).toBe(words("spare"));
    expect(end.beginning.route.modelId).toBe("spare");
  });

  it("for a field of the request is told to the client, and the other tier is not paid for it", async () => {
    const scene = await relayScene(closers);
    const body = JSON.stringify({
      error: { message: "Unknown parameter: 'foo'.", param: "foo", code: "unknown_parameter" },
    });
    for (const model of ["small", "spare"]) scene.vendors.setFault(model, { kind: "status", status: 400, body });
    for (const isStreamed of [true, false]) {
      const { end } = await run(scene, { model: "cheap", isStreamed });
      expect(end).toMatchObject({ state: "failed", failure: { kind: "bad-request", status: 400, parameter: "foo" } });
    }
    expect(new Set(scene.vendors.log().map(({ model }) => model))).toEqual(new Set(["small", "spare"]));
  });

  it("is told with every other when none answers", async () => {
    const scene = await relayScene(closers);
    scene.vendors.setFault("small", { kind: "status", status: 500 });
    const { end, begun } = await run(scene, { model: "acme/small" });
    expect(begun).toEqual([]);
    expect(end).toMatchObject({ state: "failed", beginning: null, failure: { kind: "server-error" } });
  });
});

describe("who reads", () => {
  it("holds the model up while it is busy, and loses nothing", async () => {
    const scene = await relayScene(closers);
    let free = (): void => undefined;
    let asked = 0;
    const heard = listener({
      busy() {
        asked += 1;
        if (asked !== 2) return null;
        return new Promise((resolve) => {
          free = resolve;
        });
      },
    });
    const done = scene.relay.ask(relayRequest(), heard, never);
    await expect.poll(() => asked).toBe(2);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(asked).toBe(2);
    expect(heard.ends).toEqual([]);
    free();
    await done;
    expect(textOf(heard.parts)).toBe(words("small"));
    expect(heard.ends).toMatchObject([{ state: "done" }]);
  });

  it("and goes closes the vendor's socket, and what came is paid", async () => {
    const scene = await relayScene(closers);
    scene.vendors.setFault("small", { kind: "stall", afterCharacters: 60 });
    const leaving = new AbortController();
    const heard = listener();
    const request = relayRequest();
    const done = scene.relay.ask(request, heard, leaving.signal);
    await expect.poll(() => textOf(heard.parts).length).toBeGreaterThan(0);
    leaving.abort();
    await done;
    expect(heard.ends).toMatchObject([{ state: "cancelled" }]);
    expect(scene.store.ledger.attemptsOfTurn(request.id)).toMatchObject([
      { outcome: "cancelled", costSource: "estimated" },
    ]);
    await expect.poll(() => scene.vendors.log().map(({ end }) => end)).toEqual(["closed"]);
  });
});

describe("a cap", () => {
  it("holds in the middle of a burst: what does not fit is refused, and nothing is overrun", async () => {
    const scene = await relayScene(closers, { budget: { daily: 0.0015 } });
    const ends = await Promise.all(Array.from({ length: 24 }, () => run(scene, { model: "acme/small" })));
    const states = ends.map(({ end }) => end?.state);
    expect(states.filter((state) => state === "done").length).toBeGreaterThan(0);
    const refused = ends.flatMap(({ end }) => (end?.state === "failed" ? [end.failure.kind] : []));
    expect(new Set(refused)).toEqual(new Set(["budget"]));
    const { real } = scene.store.ledger.spend();
    expect(real.spentNano).toBeLessThanOrEqual(1_500_000);
    expect(real.heldNano).toBe(0);
    const billed = scene.vendors.log().reduce((sum, row) => sum + row.costNano, 0);
    expect(real.spentNano).toBe(billed);
  });
});

describe("a conversation", () => {
  const later = (question: string): RelayRequest["ask"] => ({
    kind: "chat",
    messages: [
      { role: "user", text: "Prove that this lock-free queue is linearizable and find the race in it." },
      { role: "assistant", text: "Here is a proof." },
      { role: "user", text: question },
    ],
    tools: [],
    toolChoice: "auto",
  });

  it("stays on the tier that it was on, known by how it begins", async () => {
    const scene = await relayScene(closers);
    const first = await run(scene, {
      question: "Prove that this lock-free queue is linearizable and find the race in it.",
    });
    expect(first.begun[0]?.route.tier).toBe("frontier");
    const second = await run(scene, { ask: later("thanks") });
    expect(second.begun[0]).toMatchObject({ route: { tier: "frontier" }, reason: "this conversation is on frontier" });
    const other = await run(scene, { question: "thanks" });
    expect(other.begun[0]?.route.tier).toBe("cheap");
  });

  it("that the client names stays, whatever its messages are", async () => {
    const scene = await relayScene(closers);
    await run(scene, {
      session: "night build",
      question: "Prove that this lock-free queue is linearizable and find the race in it.",
    });
    const second = await run(scene, { session: "night build", question: "thanks" });
    expect(second.begun[0]).toMatchObject({ route: { tier: "frontier" }, reason: "this conversation is on frontier" });
  });
});

describe("a tool", () => {
  it("that a model calls is told piece by piece and whole, and its results go back", async () => {
    const scene = await relayScene(closers, {
      models: { calls: () => [{ name: "read_file", argumentsJson: '{"path":"a.ts"}' }] },
    });
    const tool = {
      name: "read_file",
      description: "Reads a file.",
      parameters: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
    };
    for (const model of ["acme/small", "alps/large"]) {
      const { parts, end } = await run(scene, {
        model,
        ask: {
          kind: "chat",
          messages: [{ role: "user", text: "Call read_file." }],
          tools: [tool],
          toolChoice: { name: "read_file" },
        },
      });
      const pieces = parts.map((part) => (part.type === "tool-call-delta" ? part.text : "")).join("");
      expect(JSON.parse(pieces)).toEqual({ path: "a.ts" });
      if (!isDone(end)) throw new Error("It failed.");
      expect(end.finishReason).toBe("tool-calls");
      expect(end.toolCalls).toMatchObject([{ name: "read_file" }]);
    }
  });
});

describe("a hole", () => {
  it("is filled by a model that fills holes, and told like any text", async () => {
    const scene = await relayScene(closers);
    const { parts, end } = await run(scene, { ask: { kind: "fill", prefix: "const n = ", suffix: ";\n" } });
    expect(textOf(parts)).toBe("values.length");
    expect(end).toMatchObject({ state: "done", text: "values.length" });
    expect(scene.vendors.log().map(({ path, model }) => [path, model])).toEqual([["/completions", "small"]]);
  });

  it("is streamed on as such a model streams it", async () => {
    const filled = "values.map((value) => value * 2).filter((value) => value > 10).length";
    const scene = await relayScene(closers, { models: { fill: () => filled } });
    const { parts, end } = await run(scene, {
      ask: { kind: "fill", prefix: "const n = ", suffix: ";\n" },
      isStreamed: true,
    });
    expect(parts.filter(({ type }) => type === "text-delta").length).toBeGreaterThan(1);
    expect(textOf(parts)).toBe(filled);
    expect(end).toMatchObject({ state: "done", text: filled });
  });
});

describe("a hole that a model is asked for in chat", () => {
  it.each([
    ["a fence", "```ts\na + b;\n```", "a + b;"],
    ["words and a fence", "Here is the missing code:\n\n```\na + b;\n```\nIt adds the two.", "a + b;"],
    ["nothing", "a + b;", "a + b;"],
  ])("is filled without %s around the code", async (_around, said, code) => {
    const scene = await relayScene(closers, { models: { answer: () => said, fill: () => said } });
    const ask = { kind: "fill", prefix: "function add(a, b) {\n  return ", suffix: "\n}\n" } as const;
    for (const isStreamed of [true, false]) {
      const { parts, end } = await run(scene, { model: "alps/large", ask, isStreamed });
      expect(end).toMatchObject({ state: "done", text: code });
      if (isStreamed) expect(textOf(parts)).toBe(code);
    }
  });
});

describe("what can be asked for", () => {
  it("is the tiers and every model", async () => {
    const { relay } = await relayScene(closers);
    expect(relay.models().map(({ id, tier }) => [id, tier])).toEqual([
      ["auto", null],
      ["cheap", "cheap"],
      ["frontier", "frontier"],
      ["acme/small", "cheap"],
      ["acme/spare", "cheap"],
      ["alps/large", "frontier"],
    ]);
  });

  it("counts a prompt's tokens without asking anyone", async () => {
    const { relay, vendors } = await relayScene(closers);
    const messages = [{ role: "user" as const, text: "How many tokens are these?" }];
    const counted = relay.countTokens("alps/large", { kind: "chat", messages, tools: [], toolChoice: "auto" });
    expect(counted).toEqual({ inputTokens: expect.any(Number) });
    expect(relay.countTokens("none", { kind: "chat", messages, tools: [], toolChoice: "auto" })).toMatchObject({
      failure: { kind: "setup", field: "model" },
    });
    expect(vendors.log()).toEqual([]);
  });
});
