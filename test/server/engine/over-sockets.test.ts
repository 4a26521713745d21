import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { findKnownPrice } from "../../../server/core/known-prices.ts";
import { createAsk } from "../../../server/engine/ask.ts";
import { systemClock } from "../../../server/engine/clock.ts";
import { createWorld } from "../../../server/engine/configure.ts";
import { createHealth } from "../../../server/engine/health.ts";
import { createProvider } from "../../../server/providers/create-provider.ts";
import { createHttp } from "../../../server/providers/http.ts";
import { openStore } from "../../../server/store/open-store.ts";
import type { AskPart } from "../../../shared/protocol.ts";

/** The engine with its real wires, sockets and books; only the vendor is ours. */

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const WORDS = ["Rename ", "`foo`", " to ", "`bar` 🧭", ".\r\n"];

type Script = (model: string, response: ServerResponse) => void;
const chunk = (delta: object, finishReason: string | null = null) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finishReason }] })}\n\n`;

const whole: Script = (_model, response) => {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(chunk({ role: "assistant", content: "" }));
  for (const word of WORDS) response.write(chunk({ content: word }));
  response.write(chunk({}, "stop"));
  response.write(
    `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 1_000, completion_tokens: 50 } })}\n\n`,
  );
  response.end("data: [DONE]\n\n");
};
const fails: Script = (_model, response) => {
  response.writeHead(503, { "content-type": "application/json" });
  response.end('{"error":{"message":"overloaded"}}');
};
const cutAfter =
  (words: string): Script =>
  (_model, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(chunk({ content: words }));
    setTimeout(() => response.destroy(), 5);
  };
const endless: Script = (_model, response) => {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(chunk({ content: "Half an" }));
};

async function start(scripts: Record<string, Script>) {
  const sockets = { opened: 0, closed: 0 };
  const closedRequests: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (piece: Buffer) => {
      body += piece.toString();
    });
    request.on("end", () => {
      const { model } = JSON.parse(body) as { model: string };
      response.on("close", () => {
        if (!response.writableFinished) closedRequests.push(model);
      });
      scripts[model]?.(model, response);
    });
  });
  server.on("connection", (socket) => {
    sockets.opened += 1;
    socket.on("close", () => {
      sockets.closed += 1;
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const directory = mkdtempSync(join(tmpdir(), "wayfare-sockets-"));
  closers.push(() => rmSync(directory, { recursive: true, force: true }));
  const store = await openStore({ directory, now: Date.now, timeZone: "UTC", instanceId: "one", pid: process.pid });
  closers.push(() => store.close());
  const world = createWorld({
    now: Date.now,
    createHttp,
    createProvider,
    findKnownPrice,
    modelLists: store.modelLists,
    ledgerFailure: () => null,
    startPlayground: () => Promise.reject(new Error("not here")),
  });
  closers.push(() => world.close());
  const price = { input: 1, output: 2 };
  const { problems } = await world.apply({
    configuration: {
      providers: [
        {
          id: "acme",
          preset: "openai-compatible",
          baseUrl: `http://127.0.0.1:${port}/v1`,
          models: Object.keys(scripts).map((id) => ({ id, price, windowTokens: 32_000 })),
        },
      ],
      tiers: { cheap: Object.keys(scripts).map((id) => `acme/${id}`) },
      mode: undefined,
      quality: undefined,
      playground: undefined,
      network: { proxySupport: "off" },
    },
    keys: [],
    trusted: true,
  });
  expect(problems).toEqual([]);
  let ids = 0;
  const ask = createAsk({
    world,
    store,
    clock: systemClock,
    health: createHealth({ store: () => null, now: Date.now, onFault: () => undefined }),
    random: () => 0,
    createId: () => `a${++ids}`,
    workspace: "here",
  });
  const emitted: AskPart[] = [];
  const put = (turnId: string, signal = new AbortController().signal, onPart?: (part: AskPart) => void) =>
    ask(
      { sessionId: "s", turnId, question: "rename foo to bar", context: [], mode: "cheap" },
      (part) => {
        emitted.push(part);
        onPart?.(part);
      },
      signal,
    );
  const stopVendor = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { ask, put, store, emitted, sockets, closedRequests, stopVendor };
}

describe("a turn over real sockets", () => {
  it("is the vendor's text byte for byte, priced by its count, and the connection is used again", async () => {
    const { put, store, emitted, sockets } = await start({ good: whole });
    for (const id of ["t1", "t2", "t3"]) {
      const turn = await put(id);
      expect(turn).toMatchObject({ state: "done", answer: WORDS.join(""), decision: { costSource: "computed" } });
      expect(turn.decision?.costNano).toBe(1_000 * 1_000 + 50 * 2_000);
      expect(store.ledger.attemptsOfTurn(id)).toEqual(turn.decision?.attempts);
    }
    const texts = emitted.flatMap((part) => (part.type === "text" ? [part.text] : []));
    expect(texts.join("")).toBe(WORDS.join("").repeat(3));
    expect(sockets.opened).toBe(1);
  });

  it("is answered from what was kept once the vendor is gone, byte for byte, and nothing is spent", async () => {
    const { ask, store, stopVendor } = await start({ good: whole });
    const put = (chat: string, question: string) =>
      ask(
        { sessionId: chat, turnId: chat, question, context: [], mode: "cheap" },
        () => undefined,
        new AbortController().signal,
      );
    const first = await put("one", "rename foo to bar");
    await stopVendor();
    const again = await put("two", "rename foo to bar");
    expect(again).toMatchObject({ state: "done", answer: WORDS.join("") });
    expect(again.decision?.fromCache).toEqual({ askedAtMs: expect.any(Number), savedNano: first.decision?.costNano });
    expect(store.ledger.spend().real).toMatchObject({ spentNano: first.decision?.costNano, heldNano: 0 });
    expect(store.ledger.attemptsOfTurn("two")).toEqual([]);
  });

  it("is one request for two chats that ask the same at once", async () => {
    const { ask, store, closedRequests, sockets } = await start({ endless });
    const put = (chat: string) => {
      const cancel = new AbortController();
      let text = "";
      const params = { sessionId: chat, turnId: chat, question: "why?", context: [], mode: "cheap" };
      const turn = ask(params, (part) => (text += part.type === "text" ? part.text : ""), cancel.signal);
      return { turn, text: () => text, cancel: () => cancel.abort() };
    };
    const [one, two] = [put("one"), put("two")];
    await expect.poll(() => [one.text(), two.text()]).toEqual(["Half an", "Half an"]);
    expect(sockets.opened).toBe(1);
    one.cancel();
    expect(await one.turn).toMatchObject({ state: "cancelled", answer: "Half an" });
    expect(closedRequests).toEqual([]);
    two.cancel();
    expect(await two.turn).toMatchObject({ state: "cancelled", answer: "Half an", decision: { sharedRequest: true } });
    await expect.poll(() => closedRequests).toEqual(["endless"]);
    // The bill stands where the request went out, and is told there.
    await expect.poll(() => store.sessions.read("one")?.turns[0]?.decision?.attempts.length).toBe(1);
    expect(store.ledger.spend().real.heldNano).toBe(0);
    expect([store.ledger.attemptsOfTurn("one").length, store.ledger.attemptsOfTurn("two").length]).toEqual([1, 0]);
  });

  it("moves to the next model when one is overloaded", async () => {
    const { put } = await start({ bad: fails, good: whole });
    const turn = await put("t1");
    expect(turn.answer).toBe(WORDS.join(""));
    expect(turn.decision?.attempts).toMatchObject([
      { modelId: "bad", outcome: "failed", costNano: 0, failure: { kind: "overloaded", status: 503 } },
      { modelId: "good", outcome: "done" },
    ]);
  });

  it("starts again on the next model when a shown answer is torn off", async () => {
    const { put, emitted } = await start({ torn: cutAfter("Half an answer that a person reads"), good: whole });
    const turn = await put("t1");
    expect(turn.answer).toBe(WORDS.join(""));
    expect(emitted.map((part) => part.type).slice(0, 4)).toEqual(["attempt", "text", "attempt", "restart"]);
    expect(turn.decision?.attempts[0]).toMatchObject({ outcome: "failed", costSource: "estimated" });
    expect(turn.decision?.attempts[0]?.costNano).toBeGreaterThan(0);
  });

  it("shows nothing of a break in the first words", async () => {
    const { put, emitted } = await start({ torn: cutAfter("Half an"), good: whole });
    expect((await put("t1")).answer).toBe(WORDS.join(""));
    // What came in one piece of the network is one part.
    const [first, second, ...texts] = emitted;
    expect([first?.type, second?.type]).toEqual(["attempt", "attempt"]);
    expect(texts.map((part) => (part.type === "text" ? part.text : `[${part.type}]`)).join("")).toBe(WORDS.join(""));
  });

  it("closes the upstream socket when it is cancelled", async () => {
    const { put, store, closedRequests } = await start({ endless });
    const cancel = new AbortController();
    const turn = await put("t1", cancel.signal, (part) => {
      if (part.type === "text") cancel.abort();
    });
    expect(turn).toMatchObject({ state: "cancelled", answer: "Half an" });
    await expect.poll(() => closedRequests).toEqual(["endless"]);
    expect(store.ledger.spend().real).toMatchObject({ heldNano: 0 });
    expect(store.ledger.attemptsOfTurn("t1")).toMatchObject([{ outcome: "cancelled", costSource: "estimated" }]);
  });
});
