import { mkdtempSync, rmSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { createAsk } from "../../../server/engine/ask.ts";
import { systemClock } from "../../../server/engine/clock.ts";
import { createWorld } from "../../../server/engine/configure.ts";
import { createHealth } from "../../../server/engine/health.ts";
import { createProvider } from "../../../server/providers/create-provider.ts";
import { createHttp } from "../../../server/providers/http.ts";
import { openStore } from "../../../server/store/open-store.ts";
import { startRawServer } from "../providers/raw-server.ts";

/** Several keys of one vendor, one after the other and side by side, over real sockets and real books. */

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const piece = (text: string) =>
  `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", choices: [{ index: 0, delta: { content: text } }] })}\n\n`;
const end = `data: ${JSON.stringify({
  id: "c",
  object: "chat.completion.chunk",
  choices: [{ index: 0, delta: {}, finish_reason: "stop" }],
  usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
})}\n\ndata: [DONE]\n\n`;
const stream = (response: ServerResponse, text: string) => {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(text);
};

async function scene(answer: (key: string, response: ServerResponse) => void) {
  const server = await startRawServer((request, response) => {
    answer((request.headers.authorization ?? "").replace("Bearer ", ""), response);
  });
  closers.push(() => server.close());
  const directory = mkdtempSync(join(tmpdir(), "wayfare-accounts-"));
  closers.push(() => rmSync(directory, { recursive: true, force: true }));
  const store = await openStore({ directory, now: Date.now, timeZone: "UTC", instanceId: "one", pid: process.pid });
  closers.push(() => store.close());
  const world = createWorld({
    now: Date.now,
    createHttp,
    createProvider,
    findKnownPrice: async () => null,
    modelLists: store.modelLists,
    ledgerFailure: () => null,
    startPlayground: () => Promise.reject(new Error("not here")),
  });
  closers.push(() => world.close());
  const configure = (keys: Record<string, string>) =>
    world.apply({
      configuration: {
        providers: Object.keys(keys).map((id) => ({
          id,
          preset: "openai-compatible",
          baseUrl: `${server.origin}/v1`,
          models: [{ id: "m", price: "free", windowTokens: 128_000 }],
        })),
        tiers: { cheap: Object.keys(keys).map((id) => `${id}/m`) },
        mode: undefined,
        quality: undefined,
        playground: undefined,
        network: { proxySupport: "off" },
      },
      keys: Object.entries(keys).map(([providerId, key]) => ({ providerId, origin: server.origin, key })),
      trusted: true,
    });
  const health = createHealth({ store: () => store.health, now: Date.now, onFault: () => undefined });
  let ids = 0;
  const ask = createAsk({
    world,
    store,
    clock: systemClock,
    random: () => 0,
    createId: () => `id-${++ids}`,
    workspace: "here",
    health,
  });
  const put = (onText: () => void = () => undefined) =>
    ask(
      { sessionId: `s${++ids}`, turnId: `t${ids}`, question: `rename foo to bar${ids}`, context: [], mode: "cheap" },
      (part) => {
        if (part.type === "text") onText();
      },
      new AbortController().signal,
    );
  const asked = () => server.requests.map(({ headers }) => headers.authorization);
  return { configure, put, asked };
}

describe("two accounts of one vendor", () => {
  it("are asked one after the other: what limits the one does not hold the other back", async () => {
    const { configure, put, asked } = await scene((key, response) => {
      if (key === "sk-first") {
        response.writeHead(429, { "content-type": "application/json", "retry-after": "60" });
        response.end(JSON.stringify({ error: { message: "Rate limit reached", code: "rate_limit_exceeded" } }));
      } else {
        stream(response, piece("done"));
        response.end(end);
      }
    });
    await configure({ vendor: "sk-first", "vendor-2": "sk-second" });
    expect(await put()).toMatchObject({
      state: "done",
      answer: "done",
      decision: {
        answeredBy: { providerId: "vendor-2" },
        attempts: [{ providerId: "vendor", outcome: "failed" }, { providerId: "vendor-2" }],
      },
    });
    // The next question does not knock at the limited account again, and says why.
    expect((await put()).decision).toMatchObject({
      answeredBy: { providerId: "vendor-2" },
      leftOut: [{ providerId: "vendor", reason: expect.stringContaining("rate limited") }],
    });
    expect(asked()).toEqual(["Bearer sk-first", "Bearer sk-second", "Bearer sk-second"]);
  });

  it("with the same key are one account: a limit holds for both", async () => {
    const { configure, put, asked } = await scene((_key, response) => {
      response.writeHead(429, { "content-type": "application/json", "retry-after": "60" });
      response.end(JSON.stringify({ error: { message: "Rate limit reached", code: "rate_limit_exceeded" } }));
    });
    await configure({ vendor: "sk-same", "vendor-2": "sk-same" });
    expect(await put()).toMatchObject({ state: "failed", failure: { kind: "rate-limit" } });
    await put();
    expect(asked().length).toBeLessThanOrEqual(2);
  });
});

describe("a key that is changed", () => {
  it("is used from the next question on, and what is under way ends with the old one", async () => {
    const open: ServerResponse[] = [];
    const { configure, put, asked } = await scene((_key, response) => {
      stream(response, piece("one "));
      open.push(response);
    });
    await configure({ vendor: "sk-old" });
    let begun = (): void => undefined;
    const hasBegun = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const first = put(begun);
    await hasBegun;
    await configure({ vendor: "sk-new" });
    const second = put();
    await expect.poll(() => open.length).toBe(2);
    for (const response of open) {
      response.write(piece("two"));
      response.end(end);
    }
    expect(await first).toMatchObject({ state: "done", answer: "one two" });
    expect(await second).toMatchObject({ state: "done", answer: "one two" });
    expect(asked()).toEqual(["Bearer sk-old", "Bearer sk-new"]);
  });

  it("begins with a clean record: what the old one was refused for says nothing of it", async () => {
    const { configure, put, asked } = await scene((key, response) => {
      if (key === "sk-old") {
        response.writeHead(401, { "content-type": "application/json" });
        response.end(JSON.stringify({ error: { message: "Incorrect API key provided", code: "invalid_api_key" } }));
      } else {
        stream(response, piece("fine"));
        response.end(end);
      }
    });
    await configure({ vendor: "sk-old" });
    expect(await put()).toMatchObject({ state: "failed", failure: { kind: "auth" } });
    await configure({ vendor: "sk-new" });
    expect(await put()).toMatchObject({ state: "done", answer: "fine" });
    expect(asked()).toEqual(["Bearer sk-old", "Bearer sk-new"]);
  });
});
