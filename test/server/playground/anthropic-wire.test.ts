import { describe, expect, it } from "vitest";
import { apiKey, askAnthropic, type Body, eventsIn, scripted, start, textOf } from "./vendor-client.ts";

const text = "Grüße 🙂\r\n```ts\nconst a = `x`;\n```\n";
const anthropic = { wire: "anthropic", tier: "frontier" } as const;

describe("the Anthropic vendor", () => {
  it("streams named events from message_start to message_stop", async () => {
    const playground = await start({ models: [scripted("m", text, anthropic)] });
    const response = await askAnthropic(playground, { model: "m", stream: true });
    expect(response.status).toBe(200);
    const stream = await response.text();
    const names = stream.split("\n").filter((line) => line.startsWith("event: "));
    const events = eventsIn(stream);
    expect(names).toEqual(events.map((event) => `event: ${event.type}`));
    expect(events.slice(0, 3)).toMatchObject([
      { type: "message_start", message: { role: "assistant", model: "m", content: [], usage: { input_tokens: 7 } } },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "ping" },
    ]);
    const tokens = events.length - 6;
    expect(textOf(events)).toBe(text);
    expect(events.slice(-3)).toEqual([
      { type: "content_block_stop", index: 0 },
      {
        type: "message_delta",
        delta: { stop_reason: "end_turn", stop_sequence: null },
        usage: { output_tokens: tokens },
      },
      { type: "message_stop" },
    ]);
    expect(playground.log()).toMatchObject([
      { wire: "anthropic", model: "m", inputTokens: 7, outputTokens: tokens, costNano: 7_000 + tokens * 2_000, text },
    ]);
  });

  it("answers in one document when no stream is asked for", async () => {
    const playground = await start({ models: [scripted("m", text, anthropic)] });
    const answer = await (await askAnthropic(playground, { model: "m" })).json();
    expect(answer).toMatchObject({ type: "message", content: [{ type: "text", text }], stop_reason: "end_turn" });
    expect(answer.usage.output_tokens).toBe(playground.log()[0]?.outputTokens);
  });

  it("stops at max_tokens and at a stop sequence", async () => {
    const playground = await start({ models: [scripted("m", "one two three four five", anthropic)] });
    const short = await (await askAnthropic(playground, { model: "m", max_tokens: 2 })).json();
    expect([short.content[0].text, short.stop_reason]).toEqual(["one two", "max_tokens"]);
    const stopped = await (await askAnthropic(playground, { model: "m", stop_sequences: [" four"] })).json();
    expect([stopped.content[0].text, stopped.stop_reason]).toEqual(["one two three", "stop_sequence"]);
  });

  it("writes and reads its cache only where the caller marked it", async () => {
    const playground = await start({ models: [scripted("m", "yes", anthropic)] });
    const rules = "rules and more rules\n".repeat(400);
    const ask = async (question: string, marks: Body) => {
      const system = [{ type: "text", text: rules, ...marks }];
      const messages = [{ role: "user", content: question }];
      return (await (await askAnthropic(playground, { model: "m", system, messages })).json()).usage;
    };
    const mark = { cache_control: { type: "ephemeral" } };
    const plain = await ask("one", {});
    const first = await ask("one", mark);
    const second = await ask("another", mark);
    expect(plain).toMatchObject({ cache_creation_input_tokens: 0, cache_read_input_tokens: 0 });
    expect(first.cache_creation_input_tokens).toBeGreaterThan(1_024);
    expect(first).toMatchObject({
      cache_read_input_tokens: 0,
      input_tokens: plain.input_tokens - first.cache_creation_input_tokens,
    });
    expect(second).toMatchObject({
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: first.cache_creation_input_tokens,
    });
    const [, written, read] = playground.log();
    expect(written?.inputTokens).toBe(plain.input_tokens);
    expect(read?.costNano).toBe(second.input_tokens * 1_000 + second.cache_read_input_tokens * 100 + 2_000);
  });

  it("lists its models", async () => {
    const playground = await start();
    const headers = { "x-api-key": apiKey, "anthropic-version": "2023-06-01" };
    const list = await (await fetch(`${playground.anthropicBaseUrl}/models`, { headers })).json();
    expect(list).toMatchObject({ data: [{ type: "model", id: "sim-large" }], has_more: false, last_id: "sim-large" });
  });

  const refusals: [string, Body, number, string, string][] = [
    [
      "system as a role",
      { messages: [{ role: "system", content: "a" }] },
      400,
      "invalid_request_error",
      "messages.0.role",
    ],
    [
      "an assistant who begins",
      { messages: [{ role: "assistant", content: "a" }] },
      400,
      "invalid_request_error",
      "messages: the first",
    ],
    [
      "an empty text",
      { messages: [{ role: "user", content: [{ type: "text", text: "" }] }] },
      400,
      "invalid_request_error",
      "messages.0.content",
    ],
    ["no max_tokens", { max_tokens: undefined }, 400, "invalid_request_error", "max_tokens"],
    ["a parameter of the other wire", { stop: "a" }, 400, "invalid_request_error", "stop: extra inputs"],
    ["more tokens than it writes", { max_tokens: 100_000 }, 400, "invalid_request_error", "max_tokens: 100000"],
    ["a temperature over 1", { temperature: 1.5 }, 400, "invalid_request_error", "temperature"],
    [
      "an answer begun with a blank at its end",
      {
        messages: [
          { role: "user", content: "a" },
          { role: "assistant", content: "b " },
        ],
      },
      400,
      "invalid_request_error",
      "messages: the text of a last assistant message",
    ],
    [
      "five cache marks",
      { system: Array.from({ length: 5 }, () => ({ type: "text", text: "a", cache_control: { type: "ephemeral" } })) },
      400,
      "invalid_request_error",
      "cache_control: at most 4",
    ],
    ["an unknown model", { model: "claude-9" }, 404, "not_found_error", "model: claude-9"],
    [
      "more than the window",
      { messages: [{ role: "user", content: "word ".repeat(201_000) }] },
      400,
      "invalid_request_error",
      "prompt is too long: 201",
    ],
  ];
  it.each(refusals)("refuses %s", async (_, body, status, type, message) => {
    const playground = await start();
    const response = await askAnthropic(playground, { model: "sim-large", ...body });
    expect(response.status).toBe(status);
    const answer = await response.json();
    expect(answer).toMatchObject({ type: "error", error: { type }, request_id: expect.any(String) });
    expect(answer.error.message.startsWith(message)).toBe(true);
  });

  it("refuses a missing key and a missing version", async () => {
    const playground = await start();
    const json = { "content-type": "application/json" };
    const none = await askAnthropic(playground, { model: "sim-large" }, { headers: json });
    expect([none.status, (await none.json()).error.type]).toEqual([401, "authentication_error"]);
    const bearer = await askAnthropic(playground, {}, { headers: { ...json, authorization: `Bearer ${apiKey}` } });
    expect(bearer.status).toBe(401);
    const version = await askAnthropic(playground, {}, { headers: { ...json, "x-api-key": apiKey } });
    expect([version.status, (await version.json()).error.message]).toEqual([
      400,
      "anthropic-version: the header is required",
    ]);
  });
});
