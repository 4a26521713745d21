import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Provider, ProviderPart, ProviderRequest } from "../../../server/core/provider.ts";
import { createProvider } from "../../../server/providers/create-provider.ts";
import { createHttp } from "../../../server/providers/http.ts";
import { type Failure, failureOf, isAbort } from "../../../shared/failure.ts";
import { networkSettingSchema } from "../../../shared/settings.ts";
import { type WireUnderTest, wires } from "./contract-wires.ts";
import { type Answer, type RawServer, startRawServer } from "./raw-server.ts";

const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

async function connect(wire: WireUnderTest, answer: Answer, more: object = {}): Promise<[Provider, RawServer]> {
  const server = await startRawServer(answer);
  const http = createHttp(networkSettingSchema.parse({ systemCertificates: false }));
  ending.push(
    () => server.close(),
    () => http.close(),
  );
  const setting = { id: "vendor", preset: wire.preset, baseUrl: server.origin + wire.basePath, ...more };
  return [createProvider({ setting, key: "test-key-123", http }), server];
}

const request: ProviderRequest = {
  modelId: "some-model",
  messages: [
    { role: "system", text: "Be brief." },
    { role: "user", text: "Why?" },
  ],
  maxOutputTokens: 2000,
};
const always = () => new AbortController().signal;

interface Heard {
  parts: ProviderPart[];
  failure: Failure | null;
}
async function hear(provider: Provider, signal = always()): Promise<Heard> {
  const parts: ProviderPart[] = [];
  try {
    for await (const part of provider.stream(request, { signal })) parts.push(part);
    return { parts, failure: null };
  } catch (error) {
    return { parts, failure: failureOf(error) };
  }
}
const textOf = (parts: readonly ProviderPart[]) =>
  parts.map((part) => (part.type === "text-delta" ? part.text : "")).join("");
const loud = (parts: readonly ProviderPart[]) => parts.filter((part) => part.type !== "activity");
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe.each(wires)("$name", (wire) => {
  const encoding = wire.encoding ?? "utf8";
  const stream = (response: ServerResponse) =>
    response.writeHead(200, { "content-type": wire.contentType ?? "text/event-stream" });
  const pieces = ["Ünïcödé 你好 ", "👩‍👩‍👧‍👦🛠️\r\n", "\n```ts\nconst a = `x`;\n```\n", "data: [DONE]\n\n", "end"];
  const whole = wire.open(pieces) + wire.close;
  const expected: ProviderPart[] = [
    {
      type: "usage",
      usage: { ...(wire.usage ?? { input: 30, cacheRead: 100 }), cacheWrite: 0, output: 7, reasoning: 0 },
      reportedCostUsd: null,
    },
    { type: "finish", reason: "stop" },
  ];

  it("text byte for byte, then usage, then one finish, the last part", async () => {
    const [provider, server] = await connect(wire, (_request, response) => void stream(response).end(whole, encoding));
    const { parts, failure } = await hear(provider);
    expect(failure).toBeNull();
    expect(textOf(parts)).toBe(pieces.join(""));
    expect(parts[0]).toEqual({ type: "activity" });
    expect(parts.slice(-2)).toEqual(expected);
    expect(parts.filter((part) => part.type === "finish")).toHaveLength(1);
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({ method: "POST", url: wire.requestPath });
    expect(server.requests[0]?.headers[wire.keyHeader[0]]).toBe(wire.keyHeader[1]);
    expect(JSON.parse(server.requests[0]?.body ?? "")).toMatchObject(wire.body);
  });

  it("the same when the server writes one byte at a time", async () => {
    const answer: Answer = async (_request, response) => {
      stream(response);
      response.socket?.setNoDelay(true);
      for (const byte of Buffer.from(whole, encoding)) {
        response.write(Uint8Array.of(byte));
        await turn();
      }
      response.end();
    };
    const [provider] = await connect(wire, answer);
    const { parts } = await hear(provider);
    expect(textOf(parts)).toBe(pieces.join(""));
    expect(loud(parts).slice(-2)).toEqual(expected);
  });

  it("reads the recorded answer", async () => {
    const bytes = readFileSync(join(import.meta.dirname, `../../fixtures/wires/${wire.fixture.file}`));
    const [provider] = await connect(wire, (_request, response) => void stream(response).end(bytes));
    const { parts } = await hear(provider);
    expect(textOf(parts)).toBe(wire.fixture.text);
    expect(parts.at(-1)).toEqual({ type: "finish", reason: wire.fixture.finish });
  });

  it("uses one socket for one question after the other, also when the body ends after the answer does", async () => {
    let ends = 0;
    const [provider, server] = await connect(wire, (_request, response) => {
      stream(response).write(whole, encoding);
      response.once("finish", () => {
        ends += 1;
      });
      setTimeout(() => response.end(), 10);
    });
    for (let count = 1; count <= 3; count += 1) {
      expect((await hear(provider)).failure).toBeNull();
      await expect.poll(() => ends).toBe(count);
      // The end is on its way, and a busy machine takes its time.
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(server.sockets.size).toBe(1);
  });

  it("tells the response headers before the first event", async () => {
    const gate: { open: () => void } = { open: () => {} };
    const answer: Answer = async (_request, response) => {
      stream(response).flushHeaders();
      await new Promise<void>((resolve) => {
        gate.open = resolve;
      });
      response.end(whole, encoding);
    };
    const [provider] = await connect(wire, answer);
    const parts = provider.stream(request, { signal: always() })[Symbol.asyncIterator]();
    expect((await parts.next()).value).toEqual({ type: "activity" });
    gate.open();
    for (let step = await parts.next(); !step.done; step = await parts.next());
  });

  it.each([
    ["before the headers", (_response: ServerResponse) => {}],
    ["before the first content", (response: ServerResponse) => void stream(response).flushHeaders()],
    ["in the middle", (response: ServerResponse) => void stream(response).write(wire.open(["half "]), encoding)],
  ])("an abort %s closes the server's socket and is an AbortError", async (_when, begin) => {
    const [provider, server] = await connect(wire, (_request, response) => begin(response));
    const abort = new AbortController();
    const hearing = (async () => {
      for await (const _part of provider.stream(request, { signal: abort.signal }));
    })().catch((error: unknown) => error);
    while (server.requests.length === 0) await turn();
    await turn();
    abort.abort();
    expect(isAbort(await hearing)).toBe(true);
    await server.untilSockets(0);
  });

  it("leaving early closes the server's socket, also while a part is waited for", async () => {
    const [provider, server] = await connect(
      wire,
      (_request, response) => void stream(response).write(wire.open(["a"]), encoding),
    );
    for await (const part of provider.stream(request, { signal: always() })) if (part.type === "text-delta") break;
    await server.untilSockets(0);

    const parts = provider.stream(request, { signal: always() })[Symbol.asyncIterator]();
    for (let step = await parts.next(); step.value?.type !== "text-delta"; step = await parts.next());
    const pending = parts.next().catch(() => null);
    await parts.return?.();
    await pending;
    await server.untilSockets(0);
  });

  it("a signal that is aborted already opens nothing", async () => {
    const [provider, server] = await connect(wire, (_request, response) => void stream(response).end(whole, encoding));
    const error = await (async () => {
      for await (const _part of provider.stream(request, { signal: AbortSignal.abort() }));
    })().catch((reason: unknown) => reason);
    expect(isAbort(error)).toBe(true);
    expect(server.sockets.size).toBe(0);
    expect(server.requests).toHaveLength(0);
  });

  it("a close without the end signal is a truncation, clean or not", async () => {
    const begun = wire.open(["half "]);
    const answers: Answer[] = [
      (_request, response) => void stream(response).end(begun, encoding),
      (_request, response) => void stream(response).end(),
      (_request, response) => void stream(response).write(begun, encoding, () => response.socket?.destroy()),
    ];
    for (const answer of answers) {
      const [provider, server] = await connect(wire, answer);
      expect((await hear(provider)).failure).toEqual({
        kind: "truncated",
        message: `The answer from 127.0.0.1:${server.port} broke off before its end.`,
      });
    }
  });

  it.each([
    [401, "authentication_error", {}, { kind: "auth", status: 401 }],
    [429, "rate_limit_error", { "retry-after": "12" }, { kind: "rate-limit", retryAfterMs: 12_000 }],
    [500, "api_error", {}, { kind: "server-error", status: 500 }],
    [529, "overloaded_error", {}, { kind: "overloaded", status: 529 }],
    [402, "billing_error", {}, { kind: "quota", status: 402 }],
    [404, "not_found_error", {}, { kind: "unknown-model", model: "some-model" }],
  ])("%i %s is a failure of its kind, asked once", async (status, type, headers, failure) => {
    const [provider, server] = await connect(wire, (_request, response) => {
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(wire.error(type, "The vendor's own words"));
    });
    const heard = await hear(provider);
    expect(heard.failure).toMatchObject(failure);
    expect(heard.failure?.message).toContain(`"The vendor's own words"`);
    expect(server.requests).toHaveLength(1);
  });

  it("never says the key that a vendor quotes", async () => {
    const [provider] = await connect(wire, (_request, response) => {
      response.writeHead(401, { "content-type": "application/json" });
      response.end(wire.error("authentication_error", "Bad key test-key-123!"));
    });
    expect((await hear(provider)).failure?.message).toMatch(
      / refused the key \(401\)\. "Bad key \[key\]!" Run "Wayfare: Change Key"\.$/,
    );
  });

  it("a web page is no API, with 200 as with 404", async () => {
    for (const status of [200, 404]) {
      const [provider] = await connect(wire, (_request, response) => {
        response.writeHead(status, { "content-type": "text/html" }).end("<!doctype html><title>Portal</title>");
      });
      expect((await hear(provider)).failure).toMatchObject({ kind: "not-an-api", status, contentType: "text/html" });
    }
  });

  it("a JSON error with 200 is read like any other", async () => {
    const [provider] = await connect(wire, (_request, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(wire.error("overloaded_error", "Later"));
    });
    expect((await hear(provider)).failure).toMatchObject({ kind: wire.unnamedError ?? "overloaded" });
  });

  it("a redirect is refused, and the key stays here", async () => {
    const [provider, server] = await connect(wire, (_request, response) => {
      response.writeHead(307, { location: "/elsewhere" }).end();
    });
    expect((await hear(provider)).failure).toMatchObject({ kind: "not-an-api", status: 307 });
    expect(server.requests).toHaveLength(1);
  });

  it("an error inside the stream comes after its text, before and after the first content", async () => {
    const [provider] = await connect(
      wire,
      (_request, response) => void stream(response).end(wire.open(["half "]) + wire.inBandError, encoding),
    );
    const middle = await hear(provider);
    expect(textOf(middle.parts)).toBe("half ");
    expect(middle.failure).toMatchObject({ kind: wire.unnamedError ?? "overloaded" });
    const [early] = await connect(wire, (_request, response) => void stream(response).end(wire.inBandError, encoding));
    expect((await hear(early)).failure).toMatchObject({ kind: wire.unnamedError ?? "overloaded" });
  });

  it("an event that cannot be read fails the answer", async () => {
    const [provider] = await connect(
      wire,
      (_request, response) => void stream(response).end(wire.open(["a"]) + wire.unreadable + wire.close, encoding),
    );
    expect((await hear(provider)).failure).toMatchObject({ kind: "malformed" });
  });

  it("an empty answer finishes with its usage and no text", async () => {
    const [provider] = await connect(
      wire,
      (_request, response) => void stream(response).end(wire.open([]) + wire.close, encoding),
    );
    const { parts, failure } = await hear(provider);
    expect(failure).toBeNull();
    expect(loud(parts)).toEqual(expected);
  });

  it("no connection is a network failure with its cause", async () => {
    const [provider, server] = await connect(wire, () => {});
    await server.close();
    expect((await hear(provider)).failure).toMatchObject({
      kind: "network",
      cause: "refused",
      host: `127.0.0.1:${server.port}`,
    });
  });

  it("lists models with the key", async () => {
    const [provider, server] = await connect(wire, (_request, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify(wire.list));
    });
    expect(await provider.listModels({ signal: always() })).toMatchObject([
      { id: "m-1", windowTokens: null, maxOutputTokens: null, price: wire.listPrice ?? null },
    ]);
    expect(server.requests[0]?.url).toMatch(wire.listPath ?? /models/);
    expect(server.requests[0]?.headers[wire.keyHeader[0]]).toBe(wire.keyHeader[1]);
  });

  it("sends the person's own headers, which win over ours", async () => {
    const headers = { "X-Team": "blue", [wire.keyHeader[0]]: "own" };
    const [provider, server] = await connect(wire, (_request, response) => void stream(response).end(whole, encoding), {
      headers,
    });
    await hear(provider);
    expect(server.requests[0]?.headers).toMatchObject({ "x-team": "blue", [wire.keyHeader[0]]: "own" });
  });
});
