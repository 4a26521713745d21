import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { FimRequest, FimWire, Provider, ProviderPart } from "../../../server/core/provider.ts";
import { createProvider } from "../../../server/providers/create-provider.ts";
import { createHttp } from "../../../server/providers/http.ts";
import { type Failure, failureOf, isAbort } from "../../../shared/failure.ts";
import { networkSettingSchema } from "../../../shared/settings.ts";
import { slot, type WayUnderTest, ways } from "./fill-ways.ts";
import { type Answer, type RawServer, startRawServer } from "./raw-server.ts";

/** What every way of filling a hole has to do, over real sockets. */

const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

async function connect(way: WayUnderTest, answer: Answer): Promise<[Provider, RawServer]> {
  const server = await startRawServer(answer);
  const http = createHttp(networkSettingSchema.parse({ systemCertificates: false }));
  ending.push(
    () => server.close(),
    () => http.close(),
  );
  const setting = { id: "vendor", preset: way.preset, baseUrl: `${server.origin}/v1` };
  return [createProvider({ setting, key: "test-key-123", http }), server];
}

const stream = (response: ServerResponse) => response.writeHead(200, { "content-type": "text/event-stream" });
const always = () => new AbortController().signal;
const turn = () => new Promise((resolve) => setImmediate(resolve));
const json = (status: number, body: unknown) => (_request: unknown, response: ServerResponse) =>
  void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));

function fill(way: WayUnderTest, provider: Provider, signal = always()): AsyncIterable<ProviderPart> {
  const request: FimRequest = {
    modelId: way.modelId,
    wire: way.wire,
    prefix: "const a = ",
    suffix: ";\n",
    maxOutputTokens: 200,
    temperature: 0.1,
    stop: ["\n\n"],
  };
  return provider.fill?.(request, { signal }) ?? expect.unreachable("this provider cannot fill");
}

async function hear(
  way: WayUnderTest,
  provider: Provider,
): Promise<{ parts: ProviderPart[]; failure: Failure | null }> {
  const parts: ProviderPart[] = [];
  try {
    for await (const part of fill(way, provider)) parts.push(part);
    return { parts, failure: null };
  } catch (error) {
    return { parts, failure: failureOf(error) };
  }
}
const textOf = (parts: readonly ProviderPart[]) =>
  parts.map((part) => (part.type === "text-delta" ? part.text : "")).join("");

describe.each(ways)("$wire", (way) => {
  const pieces = ["Ünïcödé 你好 ", "👩‍👩‍👧‍👦🛠️\r\n", "\tif (a < b) {", "data: [DONE]\n\n", "  "];
  const whole = way.open(pieces) + way.close;
  const expected: ProviderPart[] = [
    {
      type: "usage",
      usage: { input: 30, cacheRead: way.cacheRead, cacheWrite: 0, output: 7, reasoning: 0 },
      reportedCostUsd: null,
    },
    { type: "finish", reason: "stop" },
  ];

  it("asks with both sides of the hole, the bound and the key", async () => {
    const [provider, server] = await connect(way, (_request, response) => void stream(response).end(whole));
    await hear(way, provider);
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({ method: "POST", url: way.requestPath });
    expect(server.requests[0]?.headers.authorization).toBe("Bearer test-key-123");
    expect(JSON.parse(server.requests[0]?.body ?? "")).toEqual(way.body);
  });

  it("gives the text byte for byte, then usage, then one finish, whole and one byte at a time", async () => {
    const [provider] = await connect(way, (_request, response) => void stream(response).end(whole));
    const { parts, failure } = await hear(way, provider);
    expect(failure).toBeNull();
    expect(parts[0]).toEqual({ type: "activity" });
    expect(textOf(parts)).toBe(pieces.join(""));
    expect(parts.slice(-2)).toEqual(expected);

    const [slow] = await connect(way, async (_request, response) => {
      stream(response);
      for (const byte of Buffer.from(whole)) {
        response.write(Uint8Array.of(byte));
        await turn();
      }
      response.end();
    });
    const bytes = await hear(way, slow);
    expect(textOf(bytes.parts)).toBe(pieces.join(""));
    expect(bytes.parts.slice(-2)).toEqual(expected);
  });

  it("says when the bound ended it", async () => {
    const [provider] = await connect(
      way,
      (_request, response) => void stream(response).end(way.open(["a"]) + way.length),
    );
    expect((await hear(way, provider)).parts.at(-1)).toEqual({ type: "finish", reason: "length" });
  });

  it("an empty hole finishes with its usage and no text", async () => {
    const [provider] = await connect(way, (_request, response) => void stream(response).end(way.open([]) + way.close));
    const { parts, failure } = await hear(way, provider);
    expect(failure).toBeNull();
    expect(parts.filter((part) => part.type !== "activity")).toEqual(expected);
  });

  it("a close without the end signal is a truncation, clean or not", async () => {
    const begun = way.open(["half "]);
    const answers: Answer[] = [
      (_request, response) => void stream(response).end(begun),
      (_request, response) => void stream(response).end(),
      (_request, response) => void stream(response).end(`${begun}data: [DONE]\n\n`),
      (_request, response) => void stream(response).write(begun, () => response.socket?.destroy()),
    ];
    for (const answer of answers) {
      const [provider, server] = await connect(way, answer);
      expect((await hear(way, provider)).failure).toEqual({
        kind: "truncated",
        message: `The answer from 127.0.0.1:${server.port} broke off before its end.`,
      });
    }
  });

  it("an error inside the stream, an unreadable event and a web page are failures", async () => {
    const begun = way.open(["half "]);
    const cases: [string, Partial<Failure>][] = [
      [begun + way.inBandError, { kind: "overloaded" }],
      [`${begun}data: {"oops\n\n${way.close}`, { kind: "malformed" }],
      ["<!doctype html><title>Portal</title>", { kind: "not-an-api" }],
    ];
    for (const [body, failure] of cases) {
      const [provider] = await connect(way, (_request, response) => void stream(response).end(body));
      expect((await hear(way, provider)).failure).toMatchObject(failure);
    }
  });

  it.each([
    ["before the headers", (_response: ServerResponse) => {}],
    ["in the middle", (response: ServerResponse) => void stream(response).write(way.open(["half "]))],
  ])("an abort %s closes the server's socket and is an AbortError", async (_when, begin) => {
    const [provider, server] = await connect(way, (_request, response) => begin(response));
    const abort = new AbortController();
    const hearing = (async () => {
      for await (const _part of fill(way, provider, abort.signal));
    })().catch((error: unknown) => error);
    while (server.requests.length === 0) await turn();
    await turn();
    abort.abort();
    expect(isAbort(await hearing)).toBe(true);
    await server.untilSockets(0);
  });

  it("leaving after enough text closes the server's socket", async () => {
    const [provider, server] = await connect(way, (_request, response) => void stream(response).write(way.open(["a"])));
    for await (const part of fill(way, provider)) if (part.type === "text-delta") break;
    await server.untilSockets(0);
  });

  it.each([
    [401, { error: { message: "Bad key test-key-123", code: "invalid_api_key" } }, { kind: "auth" }],
    [429, { error: { message: "Slow down", code: "rate_limit_exceeded" } }, { kind: "rate-limit" }],
    [500, { error: { message: "Ouch" } }, { kind: "server-error" }],
    [404, { error: { message: "The model does not exist", code: "model_not_found" } }, { kind: "unknown-model" }],
    [400, { error: { message: "n_predict has to be positive" } }, { kind: "bad-request", parameter: null }],
  ])("%i is a failure of its kind, and the model can fill still", async (status, body, failure) => {
    const [provider, server] = await connect(way, json(status, body));
    const heard = await hear(way, provider);
    expect(heard.failure).toMatchObject(failure);
    expect(heard.failure?.message).not.toContain("test-key-123");
    expect(provider.canFill?.(way.modelId, way.wire)).toBe(true);
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    [400, { error: { message: "registry.ollama.ai/library/qwen3:latest does not support insert", type: "api_error" } }],
    [400, { object: "error", message: "suffix is not currently supported", type: "BadRequestError", code: 400 }],
    [400, { error: { message: "Unsupported parameter: 'suffix'", param: "suffix" } }],
    [422, { detail: [{ type: "extra_forbidden", loc: ["body", "suffix"], msg: "Extra inputs are not permitted" }] }],
    [501, { error: { code: 501, message: "Infill is not supported by this model", type: "not_supported_error" } }],
    [404, { error: { message: "This is a chat model and not supported in the v1/completions endpoint." } }],
    [404, { detail: "Not Found" }],
    [405, { detail: "Method Not Allowed" }],
  ])("%i %j is remembered: nothing is asked there again", async (status, body) => {
    const [provider, server] = await connect(way, json(status, body));
    expect(provider.canFill?.(way.modelId, way.wire)).toBe(true);
    const first = await hear(way, provider);
    expect(first.failure).toMatchObject({ kind: "bad-request", status, parameter: "suffix" });
    expect(first.failure?.message).toContain(
      `"${way.modelId}" at 127.0.0.1:${server.port} does not fill in code (${status}).`,
    );
    expect(provider.canFill?.(way.modelId, way.wire)).toBe(false);
    expect((await hear(way, provider)).failure).toEqual(first.failure);
    expect(server.requests).toHaveLength(1);
    // Of another model nothing is known.
    expect(provider.canFill?.("qwen2.5-coder-other", way.wire)).toBe(true);
  });

  it("leaves a parameter out that the server refuses, and does so from then on", async () => {
    const [provider, server] = await connect(way, (_request, response, body) => {
      const refused = way.wire === "infill" ? "temperature" : "stream_options";
      if (!(refused in JSON.parse(body))) return void stream(response).end(whole);
      const error = { message: `Unknown parameter: '${refused}'.`, param: refused };
      json(400, { error })(null, response);
    });
    for (let count = 0; count < 2; count += 1) expect((await hear(way, provider)).failure).toBeNull();
    expect(server.requests).toHaveLength(3);
  });
});

describe("recorded answers", () => {
  const recorded: readonly [string, FimWire, string, object, string][] = [
    ["deepseek-fim", "suffix", "return a + b;\n  // 合計 ✅", { input: 36, cacheRead: 384, output: 11 }, "stop"],
    ["ollama-fim", "suffix", "items.push(next);", { input: 57, cacheRead: 0, output: 6 }, "stop"],
    [
      "mistral-fim",
      "mistral",
      "const half= (low + high) >> 1;\r\n\treturn half;",
      { input: 95, cacheRead: 0, output: 24 },
      "length",
    ],
    ["vllm-fim", "template", "    if not rows:\n        return {}", { input: 212, cacheRead: 0, output: 12 }, "stop"],
    [
      "llamacpp-infill",
      "infill",
      "for _, row := range rows {\n\ttotal += row\n}",
      { input: 54, cacheRead: 256, output: 19 },
      "stop",
    ],
  ];
  it.each(recorded)("%s", async (name, wire, text, usageOfAnswer, reason) => {
    const way = ways.find((each) => each.wire === wire) ?? expect.unreachable();
    const bytes = readFileSync(join(import.meta.dirname, `../../fixtures/wires/${name}.chunks.txt`));
    const [provider] = await connect(way, (_request, response) => void stream(response).end(bytes));
    const { parts, failure } = await hear(way, provider);
    expect(failure).toBeNull();
    expect(textOf(parts)).toBe(text);
    expect(parts.find((part) => part.type === "usage")?.usage).toMatchObject(usageOfAnswer);
    expect(parts.at(-1)).toEqual({ type: "finish", reason });
  });
});

describe("llama.cpp", () => {
  const way = ways.find((each) => each.wire === "infill") ?? expect.unreachable();

  it("ends by length when its window was full, and when an older server says so in its own way", async () => {
    for (const more of [{ stop_type: "eos", truncated: true }, { stopped_limit: true }]) {
      const [provider] = await connect(
        way,
        (_request, response) => void stream(response).end(slot("a") + slot("", { stop: true, ...more })),
      );
      const { parts } = await hear(way, provider);
      expect(parts.at(-1)).toEqual({ type: "finish", reason: "length" });
      expect(parts.some((part) => part.type === "usage")).toBe(false);
    }
  });

  it("reads the error field of older servers", async () => {
    const error = { code: 500, message: "context shift is disabled", type: "server_error" };
    const [provider] = await connect(
      way,
      (_request, response) => void stream(response).end(`${slot("a")}error: ${JSON.stringify(error)}\n\n`),
    );
    expect((await hear(way, provider)).failure).toMatchObject({ kind: "server-error" });
  });

  it("takes an answer in one document", async () => {
    const [provider] = await connect(way, (_request, response) => {
      const whole = { content: "1", stop: true, stop_type: "eos", tokens_evaluated: 9, tokens_predicted: 1 };
      json(200, whole)(null, response);
    });
    const { parts, failure } = await hear(way, provider);
    expect(failure).toBeNull();
    expect(textOf(parts)).toBe("1");
  });
});

describe("a model without known marks", () => {
  it("is not asked with a template", async () => {
    const way = ways.find((each) => each.wire === "template") ?? expect.unreachable();
    const [provider, server] = await connect(way, (_request, response) => void stream(response).end(""));
    const unknown = { ...way, modelId: "gpt-5.4-mini" };
    expect(provider.canFill?.("gpt-5.4-mini", "template")).toBe(false);
    expect((await hear(unknown, provider)).failure).toEqual({
      kind: "bad-request",
      status: 0,
      parameter: "suffix",
      message: `"gpt-5.4-mini" at 127.0.0.1:${server.port} does not fill in code.`,
    });
    expect(server.requests).toHaveLength(0);
  });
});
