import { filled, lastLine, said } from "../ollama-lines.ts";
import {
  asked,
  bearer,
  chunks,
  counts,
  done,
  event,
  list,
  openAiError,
  ROOM,
  says,
  usageEvent,
  type Vendor,
} from "./vendor.ts";

const room = { truncate: false, shift: false, options: { num_predict: ROOM, num_ctx: 8_192 } };

/** Its own wire: https://docs.ollama.com/api/chat, https://docs.ollama.com/api/errors, and the texts of its source. */
export const ollama: Vendor = {
  preset: "ollama",
  modelId: "qwen3:8b",
  chatPath: "/api/chat",
  keyHeader: bearer,
  body: room,
  stream:
    said({ thinking: "A key and a value: " }) +
    said({ thinking: "a map." }) +
    said({ content: "Use a " }) +
    said({ content: "`Map`." }) +
    lastLine("chat", "stop", 26, 19),
  text: "Use a `Map`.",
  reasoning: "A key and a value: a map.",
  usage: counts(26, 0, 19),
  costUsd: null,
  finish: "stop",
  errors: [
    {
      trouble: "model",
      status: 404,
      body: '{"error":"model \'qwen3:8b\' not found"}',
      kind: "unknown-model",
      words: 'Run "ollama pull qwen3:8b" there',
    },
    {
      trouble: "key",
      status: 401,
      body: '{"error":"unauthorized","signin_url":"https://ollama.com/connect?name=box&key=abc"}',
      kind: "auth",
      words: 'Run "ollama signin" there.',
    },
    {
      trouble: "context",
      status: 400,
      body: '{"error":"the input length exceeds the context length"}',
      kind: "context-length",
      words: "the input length exceeds the context length",
      // With a larger window each: 8,192, 16,384 and 32,768 tokens.
      requests: 3,
    },
    {
      trouble: "load",
      status: 503,
      body: '{"error":"server busy, please try again.  maximum pending requests exceeded"}',
      kind: "overloaded",
      words: "server busy, please try again.",
    },
    {
      trouble: "load",
      status: 500,
      body: '{"error":"model requires more system memory (9.1 GiB) than is available (5.2 GiB)"}',
      kind: "server-error",
      words: "write a smaller windowTokens for it",
    },
    {
      trouble: "rate",
      status: 429,
      body: '{"error":"too many requests"}',
      kind: "rate-limit",
      words: "too many requests",
    },
  ],
  undocumented: ["credit", "moderation", "access", "region"],
  seen: ["model", "key", "context"],
  models: {
    path: "/api/tags",
    body: JSON.stringify({
      models: [
        {
          name: "qwen3:8b",
          model: "qwen3:8b",
          modified_at: "2026-10-26T17:15:24Z",
          size: 5_225_387_677,
          digest: "500a1f067a9f",
          details: { format: "gguf", family: "qwen3", parameter_size: "8.2B", quantization_level: "Q4_K_M" },
        },
      ],
    }),
    expected: [{ id: "qwen3:8b", windowTokens: null, price: "free" }],
  },
  fill: {
    modelId: "qwen2.5-coder:7b",
    wire: "suffix",
    path: "/api/generate",
    stream: filled("a +") + filled(" b") + lastLine("generate", "stop", 20, 4),
  },
};

/** The same server by OpenAI's wire: https://docs.ollama.com/openai */
export const ollamaByOpenAi: Vendor = {
  preset: "ollama",
  basePath: "/v1",
  modelId: "qwen2.5-coder:7b",
  chatPath: "/v1/chat/completions",
  keyHeader: bearer,
  body: asked,
  stream:
    chunks(says("Use a ", "`Map`."), "stop", { system_fingerprint: "fp_ollama" }) +
    usageEvent({ prompt_tokens: 26, completion_tokens: 9, total_tokens: 35 }) +
    done,
  text: "Use a `Map`.",
  usage: counts(26, 0, 9),
  costUsd: null,
  finish: "stop",
  errors: [
    {
      trouble: "model",
      status: 404,
      body: openAiError('model "qwen2.5-coder:7b" not found, try pulling it first', "api_error", null),
      kind: "unknown-model",
      words: "try pulling it first",
    },
  ],
  // It has no keys, no bills and no limits; a prompt that is too long it cuts without a word.
  undocumented: ["key", "credit", "rate", "context", "moderation", "access", "region"],
  seen: [],
  models: {
    path: "/v1/models",
    body: list({ id: "qwen2.5-coder:7b", object: "model", created: 1_760_000_000, owned_by: "library" }),
    expected: [{ id: "qwen2.5-coder:7b", windowTokens: null, price: "free" }],
  },
  fill: {
    modelId: "qwen2.5-coder:7b",
    wire: "suffix",
    path: "/v1/completions",
    stream:
      event({ object: "text_completion", choices: [{ index: 0, text: "a + b", finish_reason: null }] }) +
      event({ object: "text_completion", choices: [{ index: 0, text: "", finish_reason: "stop" }] }) +
      event({ choices: [], usage: { prompt_tokens: 20, completion_tokens: 4, total_tokens: 24 } }) +
      done,
  },
};
