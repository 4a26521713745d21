import { describe, expect, it } from "vitest";
import { createChatDecoder } from "../../../server/providers/decode-chat.ts";
import { chatUsageSchema, readReportedCost } from "../../../server/providers/read-usage.ts";
import type { Usage } from "../../../shared/answer.ts";
import { connectTo, hearRequest, openStream } from "./hear-provider.ts";

const usageOf = (input: number, cacheRead: number, cacheWrite: number, output: number, reasoning: number): Usage => ({
  input,
  cacheRead,
  cacheWrite,
  output,
  reasoning,
});

/** What stands in the last event beside its choices, for a chat wire; and what Wayfare makes of it. */
const onTheChatWire: readonly [name: string, event: object, usage: Usage | null][] = [
  [
    "OpenAI: the cached part is inside prompt_tokens",
    {
      usage: {
        prompt_tokens: 2006,
        completion_tokens: 300,
        total_tokens: 2306,
        prompt_tokens_details: { cached_tokens: 1920, audio_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 64, accepted_prediction_tokens: 0 },
      },
    },
    usageOf(86, 1920, 0, 300, 64),
  ],
  [
    "OpenAI from GPT-5.6 on: what the cache wrote is inside prompt_tokens, too",
    {
      usage: {
        prompt_tokens: 3000,
        completion_tokens: 10,
        total_tokens: 3010,
        prompt_tokens_details: { cached_tokens: 1024, cache_write_tokens: 1536 },
      },
    },
    usageOf(440, 1024, 1536, 10, 0),
  ],
  [
    "OpenAI's Responses, handed on by a gateway",
    {
      usage: {
        input_tokens: 328,
        input_tokens_details: { cached_tokens: 128 },
        output_tokens: 52,
        output_tokens_details: { reasoning_tokens: 12 },
        total_tokens: 380,
      },
    },
    usageOf(200, 128, 0, 52, 12),
  ],
  [
    "Anthropic's Messages, handed on by a gateway: the cache stands beside input_tokens",
    {
      usage: {
        input_tokens: 50,
        cache_read_input_tokens: 1800,
        cache_creation_input_tokens: 248,
        cache_creation: { ephemeral_5m_input_tokens: 148, ephemeral_1h_input_tokens: 100 },
        output_tokens: 503,
      },
    },
    { ...usageOf(50, 1800, 248, 503, 0), cacheWrite1h: 100 },
  ],
  [
    "Gemini's OpenAI-compatible wire: the thinking is in the total alone",
    { usage: { prompt_tokens: 20, completion_tokens: 40, total_tokens: 160 } },
    usageOf(20, 0, 0, 140, 100),
  ],
  [
    "Gemini's own names: cached inside the prompt, thoughts beside the candidates",
    {
      usageMetadata: {
        promptTokenCount: 1500,
        cachedContentTokenCount: 1024,
        candidatesTokenCount: 200,
        thoughtsTokenCount: 300,
        totalTokenCount: 2000,
      },
    },
    usageOf(476, 1024, 0, 500, 300),
  ],
  [
    "Gemini with tools of its own: their prompt is read, too",
    {
      usageMetadata: {
        promptTokenCount: 20,
        toolUsePromptTokenCount: 80,
        candidatesTokenCount: 5,
        totalTokenCount: 105,
      },
    },
    usageOf(100, 0, 0, 5, 0),
  ],
  [
    "DeepSeek: hit and miss make up prompt_tokens",
    {
      usage: {
        prompt_tokens: 640,
        completion_tokens: 50,
        total_tokens: 690,
        prompt_cache_hit_tokens: 512,
        prompt_cache_miss_tokens: 128,
        completion_tokens_details: { reasoning_tokens: 30 },
      },
    },
    usageOf(128, 512, 0, 50, 30),
  ],
  [
    "OpenRouter: cached and written inside the prompt",
    {
      usage: {
        prompt_tokens: 194,
        completion_tokens: 2,
        total_tokens: 196,
        cost: 0.95,
        is_byok: false,
        cost_details: { upstream_inference_cost: null },
        prompt_tokens_details: { cached_tokens: 100, cache_write_tokens: 40, audio_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 0 },
      },
    },
    usageOf(54, 100, 40, 2, 0),
  ],
  [
    "Vercel",
    {
      usage: {
        prompt_tokens: 910,
        completion_tokens: 60,
        total_tokens: 970,
        prompt_tokens_details: { cached_tokens: 512 },
        cost: 0.0021,
        market_cost: 0.0024,
        gateway_cost: 0,
      },
    },
    usageOf(398, 512, 0, 60, 0),
  ],
  [
    "Groq: the count stands in x_groq",
    {
      x_groq: {
        id: "req_1",
        usage: { prompt_tokens: 18, completion_tokens: 556, total_tokens: 574, queue_time: 0.03 },
      },
    },
    usageOf(18, 0, 0, 556, 0),
  ],
  [
    "Groq: the same count in both places is one count",
    {
      usage: { prompt_tokens: 18, completion_tokens: 556, total_tokens: 574 },
      x_groq: { id: "req_1", usage: { prompt_tokens: 18, completion_tokens: 556, total_tokens: 574 } },
    },
    usageOf(18, 0, 0, 556, 0),
  ],
  [
    "Mistral",
    { usage: { prompt_tokens: 16, total_tokens: 50, completion_tokens: 34, prompt_audio_seconds: {} } },
    usageOf(16, 0, 0, 34, 0),
  ],
  [
    "Qwen: what the cache wrote stands in the details",
    {
      usage: {
        prompt_tokens: 1529,
        completion_tokens: 20,
        total_tokens: 1549,
        prompt_tokens_details: {
          cached_tokens: 0,
          cache_creation_input_tokens: 1486,
          cache_creation: { ephemeral_5m_input_tokens: 1486 },
        },
      },
    },
    usageOf(43, 0, 1486, 20, 0),
  ],
  [
    "xAI: the reasoning stands beside completion_tokens",
    {
      usage: {
        prompt_tokens: 32,
        completion_tokens: 9,
        total_tokens: 235,
        prompt_tokens_details: { text_tokens: 32, cached_tokens: 6 },
        completion_tokens_details: { reasoning_tokens: 194 },
      },
    },
    usageOf(26, 6, 0, 203, 194),
  ],
  [
    "Moonshot: the count stands in the choice, the cached part by a name of its own",
    {
      choices: [
        {
          index: 0,
          delta: {},
          finish_reason: "stop",
          usage: { prompt_tokens: 100, completion_tokens: 7, total_tokens: 107, cached_tokens: 64 },
        },
      ],
    },
    usageOf(36, 64, 0, 7, 0),
  ],
  [
    "llama.cpp: timings alone",
    { timings: { cache_n: 236, prompt_n: 1, prompt_ms: 30.9, predicted_n: 35, predicted_ms: 661 } },
    usageOf(1, 236, 0, 35, 0),
  ],
  [
    "llama.cpp: with a usage beside the timings, that counts, and they tell the cached part",
    {
      usage: { prompt_tokens: 237, completion_tokens: 35, total_tokens: 272 },
      timings: { cache_n: 236, prompt_n: 1, predicted_n: 35 },
    },
    usageOf(1, 236, 0, 35, 0),
  ],
  ["Ollama's own names", { done: true, prompt_eval_count: 26, eval_count: 298 }, usageOf(26, 0, 0, 298, 0)],
  [
    "Ollama behind a gateway: both spellings are one count",
    { usage: { prompt_tokens: 26, completion_tokens: 298, total_tokens: 324, prompt_eval_count: 26, eval_count: 298 } },
    usageOf(26, 0, 0, 298, 0),
  ],
  [
    "LiteLLM for Anthropic: every name at once is one count",
    {
      usage: {
        prompt_tokens: 2098,
        completion_tokens: 503,
        total_tokens: 2601,
        prompt_tokens_details: {
          cached_tokens: 1800,
          cache_creation_tokens: 248,
          cache_creation_token_details: { ephemeral_5m_input_tokens: 148, ephemeral_1h_input_tokens: 100 },
        },
        cache_read_input_tokens: 1800,
        cache_creation_input_tokens: 248,
      },
    },
    { ...usageOf(50, 1800, 248, 503, 0), cacheWrite1h: 100 },
  ],
  [
    "a gateway that keeps Anthropic's cache outside under OpenAI's names, as the total shows",
    {
      usage: {
        prompt_tokens: 50,
        completion_tokens: 503,
        total_tokens: 2353,
        prompt_tokens_details: { cached_tokens: 1800 },
      },
    },
    usageOf(50, 1800, 0, 503, 0),
  ],
  [
    "Portkey and Cloudflare hand on what the vendor counted",
    { usage: { prompt_tokens: 9, completion_tokens: 12, total_tokens: 21 } },
    usageOf(9, 0, 0, 12, 0),
  ],
  [
    "numbers as text",
    { usage: { prompt_tokens: "100", completion_tokens: "7", total_tokens: "107" } },
    usageOf(100, 0, 0, 7, 0),
  ],
  [
    "more cached than there was",
    {
      usage: {
        prompt_tokens: 10,
        completion_tokens: 1,
        total_tokens: 11,
        prompt_tokens_details: { cached_tokens: 50 },
      },
    },
    usageOf(0, 10, 0, 1, 0),
  ],
  ["zeros", { usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 } }, null],
  [
    "zeros beside a count elsewhere",
    { usage: { prompt_tokens: 0, completion_tokens: 0 }, timings: { cache_n: 0, prompt_n: 8, predicted_n: 2 } },
    usageOf(8, 0, 0, 2, 0),
  ],
  ["less than nothing", { usage: { prompt_tokens: -10, completion_tokens: -1 } }, null],
  ["more than there can be", { usage: { prompt_tokens: 1e15, completion_tokens: 1e300, total_tokens: 1e301 } }, null],
  [
    "a total that there cannot be",
    { usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 9e15 } },
    usageOf(10, 0, 0, 5, 0),
  ],
];

const line = (data: object) => `data: ${JSON.stringify(data)}\n\n`;
const opening = line({ choices: [{ index: 0, delta: { content: "Hi" }, finish_reason: null }] });
const stopped = { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] };

function hear(text: string, headers: Record<string, string> = {}) {
  const decoder = createChatDecoder({
    host: "api.example.com",
    modelId: "some-model",
    headers,
    secrets: [],
    zeroCost: "unknown",
    nowMs: 0,
  });
  const parts = [...decoder.feed(new TextEncoder().encode(text)).parts, ...decoder.end().parts];
  return parts.filter((part) => part.type === "usage");
}

describe("what vendors count, as Wayfare counts it", () => {
  it.each(onTheChatWire)("%s", (_name, event, usage) => {
    const heard = hear(`${opening}${line({ ...stopped, ...event })}data: [DONE]\n\n`);
    expect(heard.map((part) => part.usage)).toEqual(usage === null ? [] : [usage]);
  });

  it("a count that is sent twice, and a running one, are one count: the last", () => {
    const counted = (completion: number) =>
      line({ choices: [], usage: { prompt_tokens: 10, completion_tokens: completion } });
    const text = `${counted(1)}${opening}${counted(2)}${line(stopped)}${counted(3)}${counted(3)}data: [DONE]\n\n`;
    expect(hear(text).map((part) => part.usage)).toEqual([usageOf(10, 0, 0, 3, 0)]);
  });

  it("zeros after a count do not undo it", () => {
    const counted = line({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 4 } });
    const zeros = line({ choices: [], usage: { prompt_tokens: 0, completion_tokens: 0 } });
    expect(hear(`${opening}${line(stopped)}${counted}${zeros}data: [DONE]\n\n`).map((part) => part.usage)).toEqual([
      usageOf(10, 0, 0, 4, 0),
    ]);
  });
});

describe("Anthropic's own wire", () => {
  const named = (type: string, data: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
  const answer = (start: object, ends: readonly object[]) =>
    named("message_start", {
      message: {
        id: "msg_1",
        type: "message",
        role: "assistant",
        model: "claude",
        content: [],
        stop_reason: null,
        usage: start,
      },
    }) +
    named("content_block_start", { index: 0, content_block: { type: "text", text: "" } }) +
    named("content_block_delta", { index: 0, delta: { type: "text_delta", text: "Hi" } }) +
    named("content_block_stop", { index: 0 }) +
    ends
      .map((usage) => named("message_delta", { delta: { stop_reason: "end_turn", stop_sequence: null }, usage }))
      .join("") +
    named("message_stop", {});
  const countOf = async (start: object, ends: readonly object[]) => {
    const [provider] = await connectTo("anthropic", (_request, response) => {
      openStream(response).end(answer(start, ends));
    });
    const request = { modelId: "claude", messages: [{ role: "user", text: "Hi" }] as const, maxOutputTokens: 100 };
    const { parts } = await hearRequest(provider, request);
    return parts.flatMap((part) => (part.type === "usage" ? [part.usage] : []));
  };

  it("the cache stands beside input_tokens, and what is kept for an hour is told apart", async () => {
    const start = {
      input_tokens: 21,
      cache_creation_input_tokens: 556,
      cache_read_input_tokens: 1800,
      cache_creation: { ephemeral_5m_input_tokens: 456, ephemeral_1h_input_tokens: 100 },
      output_tokens: 1,
    };
    expect(await countOf(start, [{ output_tokens: 393 }])).toEqual([
      { ...usageOf(21, 1800, 556, 393, 0), cacheWrite1h: 100 },
    ]);
  });

  it("message_delta counts from the beginning: several are not added up", async () => {
    const start = { input_tokens: 25, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 1 };
    const ends = [
      { input_tokens: 25, output_tokens: 10 },
      { input_tokens: 25, output_tokens: 15 },
    ];
    expect(await countOf(start, ends)).toEqual([usageOf(25, 0, 0, 15, 0)]);
  });

  it("more than there can be is no count", async () => {
    expect(await countOf({ input_tokens: 1e15, output_tokens: 1 }, [{ output_tokens: 1e18 }])).toEqual([]);
  });
});

describe("what vendors say that it cost", () => {
  const costOf = (usage: object, zeroCost: "free" | "unknown" = "unknown") =>
    readReportedCost(chatUsageSchema.parse(usage), zeroCost);

  const told: readonly [name: string, usage: object, costUsd: number | null][] = [
    ["OpenRouter", { cost: 0.95, is_byok: false, cost_details: { upstream_inference_cost: 19 } }, 0.95],
    [
      "OpenRouter, own key upstream",
      { cost: 0.01, is_byok: true, cost_details: { upstream_inference_cost: 0.5 } },
      0.51,
    ],
    ["own key upstream, and its price is missing", { cost: 0.01, is_byok: true, cost_details: {} }, null],
    [
      "own key upstream, and its price is no price",
      { cost: 0.01, is_byok: true, cost_details: { upstream_inference_cost: -1 } },
      null,
    ],
    ["own key upstream, and nothing about it", { cost: 0.01, is_byok: true }, null],
    [
      "Vercel charges cost, neither the market's price nor the gateway's",
      { cost: 0.0021, market_cost: 0.0024, gateway_cost: 0.0003 },
      0.0021,
    ],
    ["xAI counts in ticks", { cost_in_usd_ticks: 37_756_000 }, 0.0037756],
    ["Perplexity's cost is an object", { cost: { input_tokens_cost: 0.001, total_cost: 0.006 } }, 0.006],
    ["as text", { cost: "0.25" }, 0.25],
    ["no amount", { cost: "a lot" }, null],
    ["less than nothing", { cost: -1 }, null],
    ["endless", { cost: "1e999" }, null],
    ["zero, where that means not counted", { cost: 0 }, null],
  ];
  it.each(told)("%s", (_name, usage, costUsd) => {
    expect(costOf(usage)).toBe(costUsd);
  });

  it("zero, where that means free", () => {
    expect(costOf({ cost: 0 }, "free")).toBe(0);
  });

  it("LiteLLM's header is believed for a whole document and not for a stream", () => {
    const headers = { "x-litellm-response-cost": "0.00042" };
    const usage = { prompt_tokens: 10, completion_tokens: 5 };
    const document = {
      object: "chat.completion",
      choices: [{ index: 0, message: { content: "Hi" }, finish_reason: "stop" }],
    };
    expect(hear(JSON.stringify({ ...document, usage }), headers)).toMatchObject([{ reportedCostUsd: 0.00042 }]);
    expect(hear(JSON.stringify({ ...document, usage }), { "x-litellm-response-cost": "0.0" })).toMatchObject([
      { reportedCostUsd: null },
    ]);
    const stream = `${opening}${line({ object: "chat.completion.chunk", ...stopped, usage })}data: [DONE]\n\n`;
    expect(hear(stream, headers)).toMatchObject([{ reportedCostUsd: null }]);
  });
});
