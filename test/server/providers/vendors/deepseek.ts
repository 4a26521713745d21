import {
  asked,
  bearer,
  chunks,
  counts,
  done,
  event,
  list,
  openAiError,
  says,
  usageEvent,
  type Vendor,
} from "./vendor.ts";

/** https://api-docs.deepseek.com/api/create-chat-completion, /api/create-completion, /quick_start/error_codes */
export const deepseek: Vendor = {
  preset: "deepseek",
  modelId: "deepseek-chat",
  chatPath: "/chat/completions",
  keyHeader: bearer,
  body: asked,
  stream:
    `: keep-alive\n\n${chunks([{ reasoning_content: "A map?", content: null }, ...says("Use a ", "`Map`.")], "stop", { usage: null })}` +
    usageEvent({
      prompt_tokens: 640,
      completion_tokens: 50,
      total_tokens: 690,
      prompt_tokens_details: { cached_tokens: 512 },
      completion_tokens_details: { reasoning_tokens: 30 },
      prompt_cache_hit_tokens: 512,
      prompt_cache_miss_tokens: 128,
    }) +
    done,
  text: "Use a `Map`.",
  reasoning: "A map?",
  usage: counts(128, 512, 50, 30),
  costUsd: null,
  finish: "stop",
  errors: [
    {
      trouble: "key",
      status: 401,
      body: openAiError(
        "Authentication Fails, Your api key: ****-123 is invalid",
        "authentication_error",
        "invalid_request_error",
      ),
      kind: "auth",
      words: "Authentication Fails, Your api key: ****-123 is invalid",
    },
    {
      trouble: "credit",
      status: 402,
      body: openAiError("Insufficient Balance", "unknown_error", "invalid_request_error"),
      kind: "quota",
      words: "Insufficient Balance",
    },
    {
      trouble: "rate",
      status: 429,
      body: openAiError("Rate Limit Reached", "rate_limit_error", null),
      kind: "rate-limit",
      words: "Rate Limit Reached",
    },
    {
      trouble: "model",
      status: 400,
      body: openAiError("Model Not Exist", "invalid_request_error", "invalid_request_error"),
      kind: "unknown-model",
      words: "Model Not Exist",
    },
    {
      trouble: "context",
      status: 400,
      body: openAiError(
        "This model's maximum context length is 131072 tokens. However, you requested 140000 tokens (139700 in the messages, 300 in the completion).",
        "invalid_request_error",
        "invalid_request_error",
      ),
      kind: "context-length",
      words: "maximum context length is 131072 tokens",
    },
    {
      trouble: "moderation",
      status: 400,
      body: openAiError("Content Exists Risk", "invalid_request_error", "invalid_request_error"),
      kind: "content-filter",
      words: "Content Exists Risk",
    },
    {
      trouble: "load",
      status: 503,
      body: openAiError("Server Overloaded", "service_unavailable_error", null),
      kind: "overloaded",
      words: "Server Overloaded",
    },
  ],
  undocumented: ["access", "region"],
  seen: ["credit"],
  models: {
    path: "/models",
    body: list({ id: "deepseek-chat", object: "model", owned_by: "deepseek" }),
    expected: [{ id: "deepseek-chat", windowTokens: null, price: null }],
  },
  fill: {
    modelId: "deepseek-chat",
    wire: "suffix",
    path: "/beta/completions",
    stream:
      event({ object: "text_completion", choices: [{ index: 0, text: "a + b", finish_reason: null }] }) +
      event({
        object: "text_completion",
        choices: [{ index: 0, text: "", finish_reason: "stop" }],
        usage: { prompt_tokens: 20, completion_tokens: 4, total_tokens: 24, prompt_cache_hit_tokens: 0 },
      }) +
      done,
  },
};
