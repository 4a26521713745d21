import { describe, expect, it } from "vitest";
import { scheduleFor } from "../../../server/playground/pace-answer.ts";
import { faultFor, type Playground, type VendorFillRequest } from "../../../server/playground/start-playground.ts";
import { apiKey, type Body, eventsIn, scripted, start, until } from "./vendor-client.ts";

const text = "total += Grüße 🙂;\r\n\treturn total;";
const asked: VendorFillRequest[] = [];
const code = (more: object = {}) =>
  scripted("m", "words", {
    fill: (request) => {
      asked.push(request);
      return text;
    },
    ...more,
  });

const addresses = { openAi: "openAiBaseUrl", ollama: "ollamaBaseUrl" } as const;

/** The ways to ask, with what differs between them. */
const ways = [
  {
    path: "/completions",
    wire: "openai-compatible",
    url: (playground: Playground) => `${playground.openAiBaseUrl}/completions`,
    body: { prompt: "before", suffix: "after", stream_options: { include_usage: true } },
    short: { max_tokens: 2 },
    textOf: (event: Body) => (event.choices as { text?: string }[])?.[0]?.text ?? "",
    end: "data: [DONE]",
  },
  {
    path: "/fim/completions",
    wire: "openai-compatible",
    url: (playground: Playground) => `${playground.openAiBaseUrl}/fim/completions`,
    body: { prompt: "before", suffix: "after" },
    short: { max_tokens: 2 },
    textOf: (event: Body) => (event.choices as { delta?: { content: string } }[])?.[0]?.delta?.content ?? "",
    end: "data: [DONE]",
  },
  {
    path: "/infill",
    wire: "llamacpp",
    url: (playground: Playground) => `${playground.llamaCppBaseUrl.replace("/v1", "")}/infill`,
    body: { input_prefix: "before", input_suffix: "after" },
    short: { n_predict: 2 },
    textOf: (event: Body) => String(event.content ?? ""),
    end: '"stop":true',
  },
] as const;

const post = (url: string, body: Body, init: RequestInit = {}) =>
  fetch(url, {
    method: "POST",
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "m", stream: true, ...body }),
    ...init,
  });

describe.each(ways)("$path", (way) => {
  it("writes the model's own bytes into the hole, counts and bills them, and writes down where", async () => {
    const playground = await start({ models: [code({ wire: way.wire })] });
    asked.length = 0;
    const stream = await (await post(way.url(playground), way.body)).text();
    expect(eventsIn(stream).map(way.textOf).join("")).toBe(text);
    expect(stream).toContain(way.end);
    expect(asked).toEqual([{ modelId: "m", tier: "cheap", prefix: "before", suffix: "after", via: "fill" }]);
    const [row] = playground.log();
    // Two texts of one and one token, three each around them and three for the whole.
    expect(row).toMatchObject({ wire: way.wire, path: way.path, status: 200, text, end: "finished", inputTokens: 11 });
    expect(row?.costNano).toBe(11_000 + (row?.outputTokens ?? 0) * 2_000);
    expect(stream).toContain(String(row?.outputTokens));
  });

  it("counts as its own tokenizer does", async () => {
    const playground = await start({ models: [code({ wire: way.wire, tokenFactor: 1.5 })] });
    const pieces = eventsIn(await (await post(way.url(playground), way.body)).text())
      .map(way.textOf)
      .filter(Boolean);
    expect(playground.log()[0]).toMatchObject({ inputTokens: 13, outputTokens: Math.ceil(pieces.length * 1.5) });
  });

  it("ends by length at the bound", async () => {
    const playground = await start({ models: [code({ wire: way.wire })] });
    const stream = await (await post(way.url(playground), { ...way.body, ...way.short })).text();
    expect(stream).toMatch(/"finish_reason":"length"|"stop_type":"limit"/);
    expect(playground.log()[0]).toMatchObject({ text: "total ", outputTokens: 2 });
  });

  it("fails in every way it is told to", async () => {
    const playground = await start({ models: [code({ wire: way.wire })] });
    const half = text.slice(0, Math.ceil(text.length / 2));
    playground.breakRoute({ modelId: "m", fault: "429" });
    const limited = await post(way.url(playground), way.body);
    expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "2"]);
    playground.breakRoute({ modelId: "m", fault: "cut" });
    await (await post(way.url(playground), way.body)).text().catch(() => "");
    expect(playground.log().at(-1)).toMatchObject({ text: half, end: "broken" });
    playground.breakRoute({ modelId: "m", fault: "stall" });
    const leave = new AbortController();
    const stalled = await post(way.url(playground), way.body, { signal: leave.signal });
    await until(() => playground.openRequests() === 1);
    leave.abort();
    await stalled.text().catch(() => "");
    await until(() => playground.log().length === 3);
    expect(playground.log().at(-1)?.end).toBe("closed");
    playground.breakRoute({ modelId: "m", fault: "none" });
    expect(
      eventsIn(await (await post(way.url(playground), way.body)).text())
        .map(way.textOf)
        .join(""),
    ).toBe(text);
  });

  it("says that a model cannot fill, as such a server says it", async () => {
    const playground = await start({ models: [code({ wire: way.wire, cannotFill: true })] });
    const response = await post(way.url(playground), way.body);
    expect(response.status).toBe(way.path === "/infill" ? 501 : 400);
    expect(await response.text()).toMatch(/does not support insert|FIM is not supported|Infill is not supported/);
  });
});

describe("the shops", () => {
  it.each(Object.entries(addresses))("%s takes a prompt that holds the model's marks", async (_name, address) => {
    const playground = await start({ models: [code()] });
    asked.length = 0;
    const prompt = "<|fim_prefix|>before<|fim_suffix|>after<|fim_middle|>";
    const stream = await (await post(`${playground[address]}/completions`, { prompt })).text();
    expect(eventsIn(stream).at(-1)).toBe("[DONE]");
    expect(asked).toMatchObject([{ prefix: "before", suffix: "after" }]);
  });

  it("one wants a key, those of one's own machine do not", async () => {
    const playground = await start({ models: [code(), { ...code(), id: "l", wire: "llamacpp" }] });
    const headers = { "content-type": "application/json" };
    const status = async (url: string, body: Body) => (await post(url, body, { headers })).status;
    const hole = { prompt: "a", suffix: "b" };
    expect(await status(`${playground.openAiBaseUrl}/completions`, hole)).toBe(401);
    expect(await status(`${playground.ollamaBaseUrl}/completions`, hole)).toBe(200);
    const root = playground.llamaCppBaseUrl.replace("/v1", "");
    expect(await status(`${root}/infill`, { input_prefix: "a", input_suffix: "b" })).toBe(200);
    const messages = [{ role: "user", content: "hello" }];
    expect(await status(`${playground.llamaCppBaseUrl}/chat/completions`, { messages })).toBe(200);
    expect(playground.log().map(({ wire, path, status: code }) => [wire, path, code])).toEqual([
      ["openai-compatible", "/completions", 401],
      ["openai-compatible", "/completions", 200],
      ["llamacpp", "/infill", 200],
      ["llamacpp", "/v1/chat/completions", 200],
    ]);
  });

  it("llama.cpp lists what it has loaded, and answers to any name", async () => {
    const playground = await start({ models: [{ ...code(), id: "coder.gguf", wire: "llamacpp" }] });
    const list = await (await fetch(`${playground.llamaCppBaseUrl}/models`)).json();
    expect(list.data).toMatchObject([{ id: "coder.gguf", owned_by: "llamacpp" }]);
    const root = playground.llamaCppBaseUrl.replace("/v1", "");
    const answer = await (await post(`${root}/infill`, { input_prefix: "", input_suffix: "", stream: false })).json();
    expect(answer).toMatchObject({ content: text, stop: true, stop_type: "eos", model: "coder.gguf" });
  });

  it("Mistral refuses what it does not know, with 422", async () => {
    const playground = await start({ models: [code()] });
    const response = await post(`${playground.openAiBaseUrl}/fim/completions`, {
      prompt: "a",
      stream_options: { include_usage: true },
    });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ object: "error", param: "stream_options" });
  });
});

describe("time and faults", () => {
  it("a model's own time to the first token holds at any pace, and only until the first", () => {
    const usual = { firstTokenMs: 300, gapMs: () => 10 };
    const times = (schedule: ReturnType<typeof scheduleFor>) => schedule && [schedule.firstTokenMs, schedule.gapMs()];
    expect(times(scheduleFor(null, {}, null))).toBeNull();
    expect(times(scheduleFor(usual, {}, null))).toEqual([300, 10]);
    expect(times(scheduleFor(null, { firstTokenMs: 1_200 }, null))).toEqual([1_200, 0]);
    expect(times(scheduleFor(usual, { firstTokenMs: 200 }, null))).toEqual([200, 10]);
    expect(times(scheduleFor(usual, { firstTokenMs: 200 }, faultFor("slow")))).toEqual([1_200, 10]);
    expect(times(scheduleFor(usual, {}, { kind: "slow", tokensPerSecond: 50 }))).toEqual([20, 20]);
  });

  it("tells every model and what is wrong with it, until it has failed as often as it should", async () => {
    const playground = await start({ models: [code()] });
    expect(playground.faults()).toEqual([
      { modelId: "sim-small", fault: "none" },
      { modelId: "sim-large", fault: "none" },
      { modelId: "m", fault: "none" },
    ]);
    for (const fault of ["500", "429", "silence", "stall", "cut", "slow", "refused-key"] as const) {
      expect(playground.breakRoute({ modelId: "m", fault }).at(-1)).toEqual({ modelId: "m", fault });
    }
    playground.breakRoute({ modelId: "m", fault: "refused-key", times: 1 });
    const ask = () => post(`${playground.openAiBaseUrl}/completions`, { prompt: "a" });
    expect([(await ask()).status, (await ask()).status]).toEqual([401, 200]);
    expect(playground.faults().at(-1)).toEqual({ modelId: "m", fault: "none" });
    expect(() => playground.breakRoute({ modelId: "gpt-9", fault: "500" })).toThrow(
      'The playground serves no model "gpt-9".',
    );
  });
});
