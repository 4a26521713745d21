import { describe, expect, it } from "vitest";
import { askOpenAi, type Body, eventsIn, scripted, start, textOf } from "./vendor-client.ts";

const text = "Grüße 🙂\r\n```ts\nconst a = `x`;\n```\n";

describe("the OpenAI-compatible vendor", () => {
  it("streams a role, the text in pieces, a reason to stop, usage and the end signal", async () => {
    const playground = await start({ models: [scripted("m", text)] });
    const response = await askOpenAi(playground, { model: "m", stream: true, stream_options: { include_usage: true } });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const events = eventsIn(await response.text());
    expect(events[0].choices[0].delta).toEqual({ role: "assistant", content: "", refusal: null });
    expect(textOf(events)).toBe(text);
    const last = events.slice(-3);
    expect(last[0].choices[0]).toEqual({ index: 0, delta: {}, logprobs: null, finish_reason: "stop" });
    const tokens = events.length - 4;
    expect(tokens).toBeGreaterThan(12);
    expect(last[1].choices).toEqual([]);
    expect(last[1].usage).toMatchObject({ prompt_tokens: 7, completion_tokens: tokens, total_tokens: 7 + tokens });
    expect(last[2]).toBe("[DONE]");
    expect(events.slice(0, -2).map((event) => event.usage)).toEqual(events.slice(0, -2).map(() => null));
    expect(playground.log()).toEqual([
      {
        atMs: expect.any(Number),
        wire: "openai-compatible",
        path: "/chat/completions",
        model: "m",
        status: 200,
        inputTokens: 7,
        outputTokens: tokens,
        costNano: 7_000 + tokens * 2_000,
        text,
        end: "finished",
      },
    ]);
  });

  it("says nothing of usage when it was not asked for", async () => {
    const playground = await start();
    const events = eventsIn(await (await askOpenAi(playground, { model: "sim-small", stream: true })).text());
    expect(events.at(-1)).toBe("[DONE]");
    expect(events.slice(0, -1).every((event) => !("usage" in event) && event.choices.length === 1)).toBe(true);
  });

  it("answers in one document when no stream is asked for", async () => {
    const playground = await start({ models: [scripted("m", text)] });
    const answer = await (await askOpenAi(playground, { model: "m" })).json();
    expect(answer).toMatchObject({
      object: "chat.completion",
      model: "m",
      choices: [{ index: 0, message: { role: "assistant", content: text }, finish_reason: "stop" }],
    });
    expect(answer.usage.total_tokens).toBe(answer.usage.prompt_tokens + answer.usage.completion_tokens);
    expect(playground.log()[0]).toMatchObject({ text, end: "finished", outputTokens: answer.usage.completion_tokens });
  });

  it("stops at max_tokens and at a stop word", async () => {
    const playground = await start({ models: [scripted("m", "one two three four five")] });
    const short = eventsIn(await (await askOpenAi(playground, { model: "m", stream: true, max_tokens: 2 })).text());
    expect(textOf(short)).toBe("one two");
    expect(short.at(-2).choices[0].finish_reason).toBe("length");
    const stopped = eventsIn(await (await askOpenAi(playground, { model: "m", stream: true, stop: [" four"] })).text());
    expect(textOf(stopped)).toBe("one two three");
    expect(stopped.at(-2).choices[0].finish_reason).toBe("stop");
  });

  it("counts by the model's own vocabulary", async () => {
    const models = [scripted("m", "one two three four"), scripted("dense", "one two three four", { tokenFactor: 1.5 })];
    const playground = await start({ models });
    for (const model of ["m", "dense"]) await (await askOpenAi(playground, { model })).text();
    expect(playground.log().map((row) => [row.inputTokens, row.outputTokens])).toEqual([
      [7, 4],
      [8, 6],
    ]);
  });

  it("bills what it has read before at the lower price", async () => {
    const playground = await start({ models: [scripted("m", "yes")] });
    const system = { role: "system", content: "rules and more rules\n".repeat(400) };
    const ask = async (content: string) => {
      const messages = [system, { role: "user", content }];
      return (await (await askOpenAi(playground, { model: "m", messages })).json()).usage;
    };
    const first = await ask("one");
    const second = await ask("two");
    expect(first.prompt_tokens_details.cached_tokens).toBe(0);
    expect(second.prompt_tokens).toBe(first.prompt_tokens);
    const cached = second.prompt_tokens_details.cached_tokens;
    expect(cached % 128).toBe(0);
    expect(cached).toBeGreaterThan(second.prompt_tokens - 200);
    const [a, b] = playground.log();
    expect((a?.costNano ?? 0) - (b?.costNano ?? 0)).toBe(cached * 900);
  });

  it("lists its models and no other vendor's", async () => {
    const playground = await start();
    const headers = { authorization: "Bearer playground-test-key" };
    const list = await (await fetch(`${playground.openAiBaseUrl}/models`, { headers })).json();
    expect(list).toMatchObject({ object: "list", data: [{ id: "sim-small", object: "model" }] });
    expect((await fetch(`${playground.openAiBaseUrl}/models/sim-small`, { headers })).status).toBe(200);
    expect((await fetch(`${playground.openAiBaseUrl}/models/sim-large`, { headers })).status).toBe(404);
    expect((await fetch(`${playground.openAiBaseUrl}/models`)).status).toBe(401);
    expect(playground.log()).toEqual([]);
  });

  const refusals: [string, Body, number, string | null, string | null][] = [
    ["an unknown role", { messages: [{ role: "robot", content: "hi" }] }, 400, "messages[0].role", "invalid_value"],
    ["no messages", { messages: [] }, 400, "messages", "invalid_value"],
    [
      "content of the wrong type",
      { messages: [{ role: "user", content: 5 }] },
      400,
      "messages[0].content",
      "invalid_value",
    ],
    ["an unknown parameter", { max_output: 5 }, 400, "max_output", "unknown_parameter"],
    [
      "another vendor's cache mark",
      { messages: [{ role: "user", content: [{ type: "text", text: "a", cache_control: { type: "ephemeral" } }] }] },
      400,
      "messages[0].content[0].cache_control",
      "unknown_parameter",
    ],
    ["usage without a stream", { stream_options: { include_usage: true } }, 400, "stream_options", null],
    ["max_tokens of 0", { max_tokens: 0 }, 400, "max_tokens", "invalid_value"],
    ["more tokens than it writes", { max_tokens: 20_000 }, 400, "max_tokens", "invalid_value"],
    ["both limits", { max_tokens: 5, max_completion_tokens: 5 }, 400, "max_tokens", null],
    ["five stop words", { stop: ["a", "b", "c", "d", "e"] }, 400, "stop", "invalid_value"],
    ["an unknown model", { model: "gpt-9" }, 404, null, "model_not_found"],
    ["the other vendor's model", { model: "sim-large" }, 404, null, "model_not_found"],
    [
      "a parameter the model is without",
      { model: "plain", temperature: 0 },
      400,
      "temperature",
      "unsupported_parameter",
    ],
    [
      "more than the window",
      { model: "plain", messages: [{ role: "user", content: "word ".repeat(11_000) }] },
      400,
      "messages",
      "context_length_exceeded",
    ],
  ];
  it.each(refusals)("refuses %s", async (_, body, status, param, code) => {
    const playground = await start({ models: [scripted("plain", "hi", { refusedParameters: ["temperature"] })] });
    const response = await askOpenAi(playground, { model: "sim-small", ...body });
    expect(response.status).toBe(status);
    const { error } = await response.json();
    expect(error).toEqual({ message: expect.any(String), type: "invalid_request_error", param, code });
    expect(playground.log()).toMatchObject([{ status, text: "", costNano: 0, outputTokens: 0, end: "finished" }]);
  });

  it("refuses a missing key, a wrong one, and a body that is not JSON", async () => {
    const playground = await start();
    const json = { "content-type": "application/json" };
    const none = await askOpenAi(playground, { model: "sim-small" }, { headers: json });
    expect([none.status, (await none.json()).error.code]).toEqual([401, "invalid_api_key"]);
    const wrong = await askOpenAi(playground, {}, { headers: { ...json, authorization: "Bearer other" } });
    expect([wrong.status, (await wrong.json()).error.message]).toEqual([401, "The API key is not valid."]);
    const broken = await askOpenAi(playground, {}, { body: "{" });
    expect([broken.status, (await broken.json()).error.message]).toEqual([400, "The body is not valid JSON."]);
    const path = await fetch(`${playground.openAiBaseUrl}/responses`, { method: "POST" });
    expect(path.status).toBe(404);
    expect((await fetch(`${playground.origin}/v1/models`)).status).toBe(404);
  });
});
