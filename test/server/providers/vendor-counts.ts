import type { Usage } from "../../../shared/answer.ts";

export const usageOf = (
  input: number,
  cacheRead: number,
  cacheWrite: number,
  output: number,
  reasoning: number,
): Usage => ({
  input,
  cacheRead,
  cacheWrite,
  output,
  reasoning,
});

/** What stands in the last event beside its choices, for a chat wire; and what Wayfare makes of it. */
export const onTheChatWire: readonly [name: string, event: object, usage: Usage | null][] = [
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
