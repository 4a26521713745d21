import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ProviderPart } from "../../../server/core/provider.ts";
import { type ChatDecoderOptions, createChatDecoder } from "../../../server/providers/decode-chat.ts";
import type { Failure } from "../../../shared/failure.ts";

const fixture = (name: string) =>
  new Uint8Array(readFileSync(join(import.meta.dirname, "../../fixtures/wires", `${name}.chunks.txt`)));
const bytesOf = (text: string) => new TextEncoder().encode(text);
const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const delta = (content: string) => event({ choices: [{ index: 0, delta: { content }, finish_reason: null }] });
const finish = (reason: string) => event({ choices: [{ index: 0, delta: {}, finish_reason: reason }] });
const done = "data: [DONE]\n\n";

interface Heard {
  parts: ProviderPart[];
  failure: Failure | null;
}

function hear(pieces: Iterable<Uint8Array>, options: Partial<ChatDecoderOptions> = {}): Heard {
  const decoder = createChatDecoder({
    host: "api.example.com",
    modelId: "some-model",
    headers: {},
    secrets: [],
    zeroCost: "unknown",
    nowMs: 0,
    ...options,
  });
  const parts: ProviderPart[] = [];
  for (const piece of pieces) {
    const decoded = decoder.feed(piece);
    parts.push(...decoded.parts);
    if (decoded.failure || decoded.state === "done") return { parts, failure: decoded.failure };
  }
  const last = decoder.end();
  return { parts: [...parts, ...last.parts], failure: last.failure };
}

const hearText = (text: string, options?: Partial<ChatDecoderOptions>) => hear([bytesOf(text)], options);
const byteByByte = (bytes: Uint8Array) => Array.from(bytes, (byte) => Uint8Array.of(byte));
const textOf = ({ parts }: Heard) => parts.map((part) => (part.type === "text-delta" ? part.text : "")).join("");
const reasoningOf = ({ parts }: Heard) =>
  parts.map((part) => (part.type === "reasoning-delta" ? part.text : "")).join("");
const usageOf = ({ parts }: Heard) => parts.find((part) => part.type === "usage") ?? null;

describe("recorded answers", () => {
  const names = [
    "openai",
    "openrouter",
    "openrouter-own-key",
    "openrouter-in-band-error",
    "deepseek",
    "ollama",
    "crlf-and-bom",
  ];
  it.each(names)("%s: the same parts byte by byte, whole, and cut anywhere", (name) => {
    const bytes = fixture(name);
    const whole = hear([bytes]);
    expect(hear(byteByByte(bytes))).toEqual(whole);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 12 }), (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const pieces = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
        expect(hear(pieces)).toEqual(whole);
      }),
      { numRuns: 40 },
    );
  });

  it("OpenAI: text, usage with the cached part taken out, one finish at the end", () => {
    const heard = hear([fixture("openai")]);
    expect(textOf(heard)).toBe("Use a `Map`:\n\n```ts\nconst seen = new Map<string, number>();\n```\nDone ✅ 你好");
    expect(heard.parts.slice(-2)).toEqual([
      {
        type: "usage",
        usage: { input: 288, cacheRead: 1024, cacheWrite: 0, output: 84, reasoning: 32 },
        reportedCostUsd: null,
      },
      { type: "finish", reason: "stop" },
    ]);
    expect(heard.parts[0]).toEqual({ type: "activity" });
  });

  it("OpenRouter: comments are signs of life, thinking apart, cost as reported", () => {
    const heard = hear([fixture("openrouter")]);
    expect(textOf(heard)).toBe("The `while` condition is never false.\r\nFix it 🛠️");
    expect(reasoningOf(heard)).toBe("The loop never ends.");
    expect(heard.parts.slice(0, 2)).toEqual([{ type: "activity" }, { type: "activity" }]);
    expect(usageOf(heard)).toEqual({
      type: "usage",
      usage: { input: 248, cacheRead: 1500, cacheWrite: 300, output: 96, reasoning: 20 },
      reportedCostUsd: 0.0012345,
    });
  });

  it("OpenRouter with the person's own upstream key: the upstream price comes on top of the fee", () => {
    expect(usageOf(hear([fixture("openrouter-own-key")]))).toMatchObject({ reportedCostUsd: 0.00042 });
    const ownKey = { prompt_tokens: 100, completion_tokens: 5, cost: 0, is_byok: true };
    for (const usage of [ownKey, { ...ownKey, cost: 0.01 }, { ...ownKey, cost_details: {} }]) {
      const heard = hearText(delta("x") + finish("stop") + event({ choices: [], usage }) + done, { zeroCost: "free" });
      expect(usageOf(heard)).toMatchObject({ reportedCostUsd: null });
    }
  });

  it("OpenRouter: an error in the stream is the upstream's status, after the text that came", () => {
    const heard = hear([fixture("openrouter-in-band-error")]);
    expect(textOf(heard)).toBe("Half an");
    expect(heard.failure).toEqual({
      kind: "server-error",
      status: 502,
      message: 'api.example.com failed (502). "Provider disconnected unexpectedly"',
    });
    expect(heard.parts.some((part) => part.type === "finish")).toBe(false);
  });

  it("DeepSeek: usage in the finish chunk, its own cache field, length", () => {
    const heard = hear([fixture("deepseek")]);
    expect(reasoningOf(heard)).toBe("First, sort.");
    expect(textOf(heard)).toBe("Sort first.");
    expect(heard.parts.slice(-2)).toEqual([
      {
        type: "usage",
        usage: { input: 128, cacheRead: 512, cacheWrite: 0, output: 50, reasoning: 30 },
        reportedCostUsd: null,
      },
      { type: "finish", reason: "length" },
    ]);
  });

  it("reads CRLF, a byte order mark and a last event without its empty line", () => {
    expect(textOf(hear([fixture("crlf-and-bom")]))).toBe("one two");
    expect(hear([fixture("crlf-and-bom")]).parts.at(-1)).toEqual({ type: "finish", reason: "stop" });
  });
});

describe("the end of an answer", () => {
  it("is a finish reason; a close or [DONE] without one is a truncation", () => {
    const message = "The answer from api.example.com broke off before its end.";
    expect(hearText(delta("half")).failure).toEqual({ kind: "truncated", message });
    expect(hearText(delta("half") + done).failure).toEqual({ kind: "truncated", message });
    expect(hearText("").failure).toEqual({ kind: "truncated", message });
    expect(hearText(`${delta("half")}data: {"choices":[{"del`).failure).toEqual({ kind: "truncated", message });
  });

  it("needs no [DONE] after the finish reason", () => {
    expect(hearText(delta("whole") + finish("stop")).parts.at(-1)).toEqual({ type: "finish", reason: "stop" });
  });

  it.each([
    ["stop", "stop"],
    ["end_turn", "stop"],
    ["length", "length"],
    ["MAX_TOKENS", "length"],
    ["content_filter", "content-filter"],
    ["tool_calls", "other"],
  ])("%s means %s", (raw, reason) => {
    expect(hearText(delta("a") + finish(raw) + done).parts.at(-1)).toEqual({ type: "finish", reason });
  });

  it("says nothing after the finish", () => {
    const heard = hearText(delta("a") + finish("stop") + done + delta("b") + done);
    expect(textOf(heard)).toBe("a");
    expect(heard.parts.filter((part) => part.type === "finish")).toHaveLength(1);
  });
});

describe("usage", () => {
  const usage = (prompt: number, completion: number, more: object = {}) =>
    event({ choices: [], usage: { prompt_tokens: prompt, completion_tokens: completion, ...more } });
  const answered = (events: string) => usageOf(hearText(delta("a") + events + finish("stop") + done));

  it("is the last one of several", () => {
    const told = (text: string) =>
      hearText(text).parts.flatMap((part) => (part.type === "activity" && part.promptUsage?.input) || []);
    expect(told(usage(10, 1) + delta("a") + usage(10, 2) + finish("stop") + usage(10, 3) + done)).toEqual([10]);
    expect(told(delta("a") + finish("stop") + usage(10, 3) + done)).toEqual([]);
  });

  it("is told even when the answer then breaks, for it is billed", () => {
    expect(usageOf(hearText(delta("a") + usage(10, 1)))).toMatchObject({ usage: { input: 10, output: 1 } });
  });

  it("of zeros, nulls or nothing is no usage", () => {
    expect(answered(usage(0, 0))).toBeNull();
    expect(answered(event({ choices: [], usage: { prompt_tokens: null } }))).toBeNull();
    expect(answered(event({ choices: [], usage: "much" }))).toBeNull();
    expect(answered("")).toBeNull();
  });

  it("adds thinking that only the total counts", () => {
    expect(answered(usage(10, 5, { total_tokens: 40 }))).toMatchObject({ usage: { output: 30, reasoning: 25 } });
    expect(
      answered(usage(10, 5, { total_tokens: 40, completion_tokens_details: { reasoning_tokens: 25 } })),
    ).toMatchObject({ usage: { output: 30, reasoning: 25 } });
    expect(answered(usage(10, 30, { total_tokens: 40 }))).toMatchObject({ usage: { output: 30, reasoning: 0 } });
  });

  it("believes a cost of zero only where zero means free", () => {
    const free = delta("a") + usage(10, 5, { cost: 0 }) + finish("stop") + done;
    expect(usageOf(hearText(free, { zeroCost: "free" }))).toMatchObject({ reportedCostUsd: 0 });
    expect(usageOf(hearText(free))).toMatchObject({ reportedCostUsd: null });
    expect(answered(usage(10, 5, { cost: "0.25" }))).toMatchObject({ reportedCostUsd: 0.25 });
    expect(answered(usage(10, 5, { cost: -1 }))).toMatchObject({ reportedCostUsd: null });
  });
});

describe("what is no answer", () => {
  it("fails on an event that cannot be read, for it may have carried text", () => {
    const heard = hearText(`${delta("a")}data: {"choices":[{"delta":{"content":"b"\n\n${delta("c")}`);
    expect(heard.failure).toEqual({
      kind: "malformed",
      message: `api.example.com sent an event that cannot be read. "{"choices":[{"delta":{"content":"b""`,
    });
    expect(textOf(heard)).toBe("a");
  });

  it("passes over an unreadable event after the finish reason, where no text can be lost", () => {
    const heard = hearText(`${delta("a")}${finish("stop")}data: oops\n\n${done}`);
    expect(heard.failure).toBeNull();
    expect(heard.parts.at(-1)).toEqual({ type: "finish", reason: "stop" });
  });

  it("takes an event of a kind it does not know as a sign of life", () => {
    expect(hearText(`event: ping\ndata: {"type":"ping"}\n\n`).parts).toEqual([{ type: "activity" }]);
  });

  it("reads a JSON error in place of a stream", () => {
    const body = JSON.stringify({ error: { message: "Rate limit reached", code: "rate_limit_exceeded" } });
    expect(hearText(body).failure).toEqual({
      kind: "rate-limit",
      retryAfterMs: null,
      message:
        'api.example.com limits the rate of requests (in its answer). "Rate limit reached" Ask again in a while, or choose another model.',
    });
    expect(hearText('{"ok":true}').failure).toEqual({
      kind: "malformed",
      message: "api.example.com answered with something unreadable.",
    });
  });

  it("reads an error event of servers that wrap it in another way", () => {
    const wrapped = event({ object: "error", message: "CUDA out of memory", code: 500 });
    expect(hearText(wrapped).failure).toMatchObject({ kind: "server-error", status: 500 });
    expect(hearText('event: error\ndata: {"message":"gone"}\n\n').failure).toMatchObject({ kind: "server-error" });
  });

  it("takes a whole answer from a server that does not stream", () => {
    const heard = hearText(
      JSON.stringify({
        choices: [{ index: 0, message: { role: "assistant", content: "Hello" }, finish_reason: "stop" }],
        usage: { prompt_tokens: 9, completion_tokens: 2 },
      }),
    );
    expect(textOf(heard)).toBe("Hello");
    expect(heard.parts.slice(-2).map((part) => part.type)).toEqual(["usage", "finish"]);
  });

  it("knows a web page, whatever its label", () => {
    const page = "<!doctype html><html><head><title>Sign in to Corp Wi-Fi</title></head></html>";
    expect(hearText(page, { headers: { "content-type": "text/event-stream" } }).failure).toEqual({
      kind: "not-an-api",
      status: 200,
      contentType: "text/event-stream",
      message:
        'api.example.com answered with a web page, not with an API (200). "Sign in to Corp Wi-Fi" Check the base URL; a login page of your network can also answer in its place.',
    });
  });

  it("quotes plain text that is no stream", () => {
    expect(hearText("upstream connect error").failure).toEqual({
      kind: "malformed",
      message: 'api.example.com answered with something that is not a stream of events. "upstream connect error"',
    });
  });

  it("holds an event to 1 MB", () => {
    const endless = [bytesOf("data: "), ...Array.from({ length: 12 }, () => bytesOf("x".repeat(100_000)))];
    expect(hear(endless).failure).toEqual({
      kind: "malformed",
      message: "api.example.com sent a single event of more than 1 MB.",
    });
  });

  it("never repeats the key", () => {
    const heard = hearText(event({ error: { message: "bad key sk-secret-123", code: 401 } }), {
      secrets: ["sk-secret-123"],
    });
    expect(heard.failure).toEqual({
      kind: "auth",
      status: 401,
      message: 'api.example.com refused the key (401). "bad key [key]" Run "Wayfare: Change Key".',
    });
  });
});

it("reads content that comes as a list of parts, thinking apart", () => {
  const content = [
    { type: "thinking", thinking: [{ type: "text", text: "hm" }] },
    { type: "text", text: "yes" },
  ];
  const heard = hearText(event({ choices: [{ delta: { content } }] }) + finish("stop"));
  expect(reasoningOf(heard)).toBe("hm");
  expect(textOf(heard)).toBe("yes");
});

describe("tool calls in every shape that servers have", () => {
  const last = (fields: object = {}) =>
    event({ choices: [{ index: 0, delta: {}, finish_reason: "tool_calls", ...fields }] });
  const calls = (...list: object[]) => event({ choices: [{ index: 0, delta: { tool_calls: list } }] });
  const read = { name: "read", arguments: '{"p":"Ü"}' };
  const shapes: Record<string, string> = {
    "in pieces":
      calls({ index: 0, id: "c1", type: "function", function: { name: "read", arguments: "" } }) +
      calls({ index: 0, function: { arguments: '{"p"' } }) +
      calls({ index: 0, function: { arguments: ':"Ü"}' } }) +
      last(),
    "whole, with an ordinary stop": calls({ index: 0, id: "c1", function: read }) + last({ finish_reason: "stop" }),
    "whole, without a number": calls({ id: "c1", type: "function", function: read }) + last(),
    "with the object itself": calls({ index: 0, id: "c1", function: { name: "read", arguments: { p: "Ü" } } }) + last(),
    "without the wrapper": calls({ index: 0, id: "c1", ...read }) + last(),
    "only with the last event": last({ delta: { tool_calls: [{ index: 0, id: "c1", function: read }] } }),
    "name first, arguments only with the last event":
      calls({ index: 0, id: "c1", function: { name: "read" } }) +
      last({ delta: { tool_calls: [{ index: 0, function: { arguments: read.arguments } }] } }),
    "in pieces, and the whole message at the end":
      calls({ index: 0, id: "c1", function: { name: "read", arguments: '{"p"' } }) +
      last({
        message: { role: "assistant", content: "", tool_calls: [{ id: "c1", type: "function", function: read }] },
      }),
    "with nulls where nothing is said":
      calls({ index: 0, id: "c1", function: { name: "read", arguments: null } }) +
      calls({ index: 0, id: null, function: { name: null, arguments: '{"p":"Ü"}' } }) +
      last(),
    "with an empty id and name after the first":
      calls({ index: 0, id: "c1", function: { name: "read", arguments: '{"p":' } }) +
      calls({ index: 0, id: "", function: { name: "", arguments: '"Ü"}' } }) +
      last(),
  };
  it.each(Object.entries(shapes))("%s, byte by byte, too", (_name, stream) => {
    const whole = hearText(stream + done);
    expect(whole.failure).toBeNull();
    expect(whole.parts.filter((part) => part.type === "tool-call")).toEqual([
      { type: "tool-call", index: 0, id: "c1", name: "read", argumentsJson: '{"p":"Ü"}' },
    ]);
    expect(whole.parts.at(-1)).toEqual({ type: "finish", reason: "tool-calls" });
    expect(hear(byteByByte(bytesOf(stream + done)))).toEqual(whole);
  });

  const onlyCall = (stream: string) => hearText(stream + done).parts.find((part) => part.type === "tool-call");

  it("the one call that came before there could be several, and a call without an id", () => {
    const old = event({ choices: [{ index: 0, delta: { function_call: { name: "read", arguments: '{"p":"Ü"}' } } }] });
    expect(onlyCall(old + last({ finish_reason: "function_call" }))).toMatchObject({ id: "call_0_0", name: "read" });
    expect(onlyCall(calls({ index: 0, function: read }) + last())).toMatchObject({ id: "call_0_0" });
  });

  it("Google's signature beside a call", () => {
    const extra_content = { google: { thought_signature: "sig" } };
    expect(onlyCall(calls({ index: 0, id: "c1", function: read, extra_content }) + last())).toMatchObject({
      signature: "sig",
    });
  });

  it("a call that cannot be read fails the answer", () => {
    const strange = event({ choices: [{ index: 0, delta: { tool_calls: "read" } }] });
    expect(hearText(strange + last() + done).failure?.kind).toBe("malformed");
  });

  it.each(["MALFORMED_FUNCTION_CALL", "malformed_function_call", "function_call_filter: UNEXPECTED_TOOL_CALL"])(
    "an end with %s is a failure",
    (reason) => {
      expect(hearText(delta("a") + finish(reason) + done).failure?.kind).toBe("malformed");
    },
  );

  it("OpenRouter's signed and encrypted thinking, with its tags", () => {
    const details = (...list: object[]) => event({ choices: [{ index: 0, delta: { reasoning_details: list } }] });
    const heard = hearText(
      details({ type: "reasoning.text", text: "Hm.", index: 0 }) +
        details({ type: "reasoning.text", signature: "sig", format: "anthropic-claude-v1", index: 0 }) +
        details({ type: "reasoning.encrypted", data: "x9", id: "r1", index: 1 }) +
        delta("a") +
        finish("stop") +
        done,
    );
    expect(heard.parts.slice(0, 3)).toEqual([
      { type: "reasoning-delta", text: "Hm." },
      { type: "reasoning-end", signature: "sig", redactedData: null, tags: { format: "anthropic-claude-v1" } },
      { type: "reasoning-end", signature: null, redactedData: "x9", tags: { id: "r1" } },
    ]);
  });
});
