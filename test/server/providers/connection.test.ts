import { afterEach, describe, expect, it } from "vitest";
import { testConnection } from "../../../server/providers/connection.ts";
import { createHttp, type Http } from "../../../server/providers/http.ts";
import { failureOf, isAbort } from "../../../shared/failure.ts";
import { networkSettingSchema, type PresetId } from "../../../shared/settings.ts";
import { hasOpenssl, makeCertificates } from "./certificates.ts";
import { type Answer, type RawServer, startRawServer } from "./raw-server.ts";

const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

type More = { key?: string | null; path?: string; timeoutMs?: number; signal?: AbortSignal; http?: Http };

async function start(answer: Answer): Promise<RawServer> {
  const server = await startRawServer(answer);
  ending.push(() => server.close());
  return server;
}

function test(preset: PresetId, baseUrl: string | undefined, more: More = {}) {
  const http = more.http ?? createHttp(networkSettingSchema.parse({ systemCertificates: false }));
  ending.push(() => http.close());
  let calls = 0;
  return testConnection({
    setting: { id: "mine", preset, ...(baseUrl === undefined ? {} : { baseUrl }) },
    key: more.key === undefined ? "sk-test-12345" : more.key,
    http,
    signal: more.signal ?? new AbortController().signal,
    // Begun at 1,000; everything after that is at 1,340.
    now: () => (calls++ === 0 ? 1_000 : 1_340),
    ...(more.timeoutMs === undefined ? {} : { timeoutMs: more.timeoutMs }),
  });
}
const failing = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.unreachable("it should have failed"),
    (error: unknown) => failureOf(error),
  );
const json =
  (status: number, value: unknown): Answer =>
  (_request, response) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
  };
/** Answers by "METHOD path"; everything else is 404 in JSON. */
const routes =
  (table: Record<string, Answer>): Answer =>
  (request, response, body) =>
    (table[`${request.method} ${request.url}`] ?? json(404, { detail: "Not Found" }))(request, response, body);
const list = json(200, { object: "list", data: [{ id: "m-1", context_length: 8192 }] });
const page: Answer = (_request, response) => {
  response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>Sign in</title>");
};

describe("a connection that works", () => {
  it("gives the models, the address and the time it took, with the key sent once", async () => {
    const server = await start(routes({ "GET /v1/models": list }));
    expect(await test("openai-compatible", `${server.origin}/v1/`)).toEqual({
      baseUrl: `${server.origin}/v1`,
      models: [{ id: "m-1", windowTokens: 8_192, maxOutputTokens: null, price: null }],
      elapsedMs: 340,
    });
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]?.headers.authorization).toBe("Bearer sk-test-12345");
  });

  it("finds the API under /v1 when the address leaves it out", async () => {
    const server = await start(routes({ "GET /v1/models": list }));
    expect(await test("openai-compatible", server.origin)).toMatchObject({ baseUrl: `${server.origin}/v1` });
    const site = await start(routes({ "GET /models": page, "GET /v1/models": list }));
    expect(await test("openai-compatible", site.origin)).toMatchObject({ baseUrl: `${site.origin}/v1` });
  });

  it("keeps an address that works without /v1", async () => {
    const server = await start(routes({ "GET /models": list }));
    expect(await test("openai-compatible", server.origin)).toMatchObject({ baseUrl: server.origin });
  });

  it("accepts an API that lists no models but answers chat", async () => {
    const refuse = json(400, { error: { message: "you must provide a model parameter" } });
    const server = await start(routes({ "POST /compat/chat/completions": refuse }));
    expect(await test("openai-compatible", `${server.origin}/compat`)).toMatchObject({
      baseUrl: `${server.origin}/compat`,
      models: [],
    });
  });

  it("needs no key where the preset needs none, and lists what is free", async () => {
    const server = await start(routes({ "GET /v1/models": list }));
    expect((await test("lmstudio", server.origin, { key: null })).models).toMatchObject([{ id: "m-1", price: "free" }]);
    expect(server.requests[0]?.headers.authorization).toBeUndefined();
  });

  it("asks Anthropic in its own way", async () => {
    const server = await start(routes({ "GET /v1/models?limit=1000": list }));
    await test("anthropic", server.origin);
    expect(server.requests[0]?.headers).toMatchObject({
      "x-api-key": "sk-test-12345",
      "anthropic-version": "2023-06-01",
    });
  });
});

describe("OpenRouter, whose list needs no key", () => {
  it("is asked about the key as well", async () => {
    const server = await start(routes({ "GET /api/v1/models": list, "GET /api/v1/key": json(200, { data: {} }) }));
    expect((await test("openrouter", `${server.origin}/api/v1`)).models).toHaveLength(1);
    expect(server.requests.map((request) => request.url)).toEqual(["/api/v1/models", "/api/v1/key"]);
  });

  it("a wrong key fails although the list answered", async () => {
    const server = await start(
      routes({
        "GET /api/v1/models": list,
        "GET /api/v1/key": json(401, { error: { message: "User not found.", code: 401 } }),
      }),
    );
    expect(await failing(test("openrouter", `${server.origin}/api/v1`))).toEqual({
      kind: "auth",
      status: 401,
      message: `127.0.0.1:${server.port} refused the key (401). "User not found." Run "Wayfare: Change Key".`,
    });
  });
});

describe("every way to fail is told apart", () => {
  it.each<[string, Answer, object]>([
    ["401", json(401, { error: { message: "bad key", code: "invalid_api_key" } }), { kind: "auth", status: 401 }],
    ["429", json(429, { error: { message: "slow down" } }), { kind: "rate-limit" }],
    ["402", json(402, { error: { message: "Insufficient Balance" } }), { kind: "quota" }],
    ["500", json(500, { error: { message: "oops" } }), { kind: "server-error", status: 500 }],
    ["a web page", page, { kind: "not-an-api", status: 200, contentType: "text/html" }],
    [
      "404 without JSON",
      (_request, response) => void response.writeHead(404).end("nope"),
      { kind: "not-an-api", status: 404 },
    ],
    ["JSON that is no list", json(200, { hello: "world" }), { kind: "not-an-api", status: 200 }],
    ["an error with 200", json(200, { error: { message: "bad", code: 401 } }), { kind: "auth", status: 401 }],
    [
      "a redirect",
      (_request, response) => void response.writeHead(301, { location: "https://x.test/" }).end(),
      { kind: "not-an-api", status: 301 },
    ],
    ["a connection cut off", (request) => void request.socket.destroy(), { kind: "network", cause: "reset" }],
  ])("%s", async (_name, answer, failure) => {
    const server = await start(answer);
    expect(await failing(test("openai-compatible", `${server.origin}/v1`))).toMatchObject(failure);
  });

  it("nothing listens there", async () => {
    const server = await startRawServer(() => {});
    await server.close();
    expect(await failing(test("openai-compatible", `${server.origin}/v1`))).toEqual({
      kind: "network",
      cause: "refused",
      host: `127.0.0.1:${server.port}`,
      message: `127.0.0.1:${server.port} refused the connection. Check that the server is running, and the port in the base URL.`,
    });
  });

  it("silence", async () => {
    const server = await start(() => {});
    expect(await failing(test("openai-compatible", `${server.origin}/v1`, { timeoutMs: 30 }))).toEqual({
      kind: "silence",
      phase: "headers",
      waitedMs: 30,
      message: `127.0.0.1:${server.port} took the connection and did not answer within 0.03 s. Try again, or check the base URL.`,
    });
    await server.untilSockets(0);
  });

  it("the wrong path, in words", async () => {
    const server = await start(routes({}));
    expect((await failing(test("openai-compatible", `${server.origin}/api`))).message).toBe(
      `127.0.0.1:${server.port} answers, but there is no such API at that address (404). "Not Found" Check the path of the base URL; it often ends in /v1.`,
    );
  });

  it.skipIf(!hasOpenssl)("an untrusted certificate, an unknown name and a proxy that will not", async () => {
    const server = await startRawServer(list, makeCertificates().good);
    ending.push(() => server.close());
    const way = (network: object) =>
      createHttp(networkSettingSchema.parse({ systemCertificates: false, ...network }), {
        lookup: (host, options, callback) =>
          host === "api.example.test" && options.all
            ? callback(null, [{ address: "127.0.0.1", family: 4 }])
            : callback(Object.assign(new Error("unknown"), { code: "ENOTFOUND" }), "", 4),
      });
    const at = (host: string, network: object = {}) =>
      failing(test("openai-compatible", `https://${host}:${server.port}/v1`, { http: way(network) }));
    expect(await at("api.example.test")).toMatchObject({ kind: "network", cause: "tls" });
    expect(await at("missing.example.test")).toMatchObject({ kind: "network", cause: "dns" });
    const closed = await startRawServer(() => {});
    await closed.close();
    expect(await at("api.example.test", { proxy: closed.origin })).toMatchObject({ kind: "network", cause: "proxy" });
  });
});

describe("refused before a socket is opened", () => {
  const http: Http = {
    request: () => expect.unreachable("nothing may be sent"),
    fetch: () => expect.unreachable("nothing may be sent"),
    close: async () => {},
  };
  it.each<[PresetId, string | undefined, string | null, string, string]>([
    [
      "openai",
      undefined,
      "",
      "key",
      "OpenAI needs a key, and none was given. Make one at https://platform.openai.com/api-keys.",
    ],
    [
      "openai-compatible",
      "http://api.example.com/v1",
      "k",
      "baseUrl",
      "http://api.example.com would send your key and your code unencrypted. Write https://api.example.com; http is for this machine only.",
    ],
    [
      "openai-compatible",
      "api.example.com",
      "k",
      "baseUrl",
      '"api.example.com" has no scheme. Write https://api.example.com.',
    ],
  ])("%s %s with key %j", async (preset, baseUrl, key, field, message) => {
    expect(await failing(test(preset, baseUrl, { key, http }))).toEqual({ kind: "setup", field, message });
  });
});

it("an abort is an AbortError and closes the socket", async () => {
  const server = await start(() => {});
  const abort = new AbortController();
  const testing = test("openai-compatible", `${server.origin}/v1`, { signal: abort.signal }).catch((error) => error);
  await server.untilSockets(1);
  abort.abort();
  expect(isAbort(await testing)).toBe(true);
  await server.untilSockets(0);
});
