import { bearer, chunks, counts, done, list, openAiError, ROOM, says, usageEvent, type Vendor } from "./vendor.ts";

/** https://platform.openai.com/docs/api-reference/chat-streaming, /docs/guides/error-codes */
export const openai: Vendor = {
  preset: "openai",
  modelId: "gpt-5.4-mini",
  chatPath: "/v1/chat/completions",
  keyHeader: bearer,
  body: { stream_options: { include_usage: true }, max_completion_tokens: ROOM },
  stream:
    chunks(says("Use a ", "`Map`."), "stop", { service_tier: "default", usage: null }) +
    usageEvent({
      prompt_tokens: 2006,
      completion_tokens: 90,
      total_tokens: 2096,
      prompt_tokens_details: { cached_tokens: 1920, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 64, audio_tokens: 0, accepted_prediction_tokens: 0 },
    }) +
    done,
  text: "Use a `Map`.",
  usage: counts(86, 1920, 90, 64),
  costUsd: null,
  finish: "stop",
  errors: [
    {
      trouble: "access",
      status: 403,
      body: openAiError(
        "Project `proj_1` does not have access to model `gpt-5.4-mini`",
        "invalid_request_error",
        "model_not_found",
      ),
      kind: "no-access",
      words: "does not have access to model",
    },
    {
      trouble: "region",
      status: 403,
      body: openAiError(
        "Country, region, or territory not supported",
        "request_forbidden",
        "unsupported_country_region_territory",
      ),
      kind: "region",
      words: "Country, region, or territory not supported",
    },
    {
      trouble: "key",
      status: 401,
      body: openAiError(
        "Incorrect API key provided: test-key-123. You can find your API key at https://platform.openai.com/account/api-keys.",
        "invalid_request_error",
        "invalid_api_key",
      ),
      kind: "auth",
      words: "Incorrect API key provided: [key].",
    },
    {
      trouble: "credit",
      status: 429,
      body: openAiError(
        "You exceeded your current quota, please check your plan and billing details.",
        "insufficient_quota",
        "insufficient_quota",
      ),
      kind: "quota",
      words: "You exceeded your current quota",
    },
    {
      trouble: "rate",
      status: 429,
      headers: { "retry-after": "6" },
      body: openAiError(
        "Rate limit reached for gpt-5.4-mini in organization org-1 on tokens per min (TPM): Limit 30000, Used 29000, Requested 4000. Please try again in 6s.",
        "tokens",
        "rate_limit_exceeded",
      ),
      kind: "rate-limit",
      words: "Rate limit reached for gpt-5.4-mini",
    },
    {
      trouble: "model",
      status: 404,
      body: openAiError(
        "The model `gpt-5.4-mini` does not exist or you do not have access to it.",
        "invalid_request_error",
        "model_not_found",
      ),
      kind: "unknown-model",
      words: "does not exist or you do not have access to it",
    },
    {
      trouble: "context",
      status: 400,
      body: openAiError(
        "This model's maximum context length is 128000 tokens. However, your messages resulted in 140000 tokens.",
        "invalid_request_error",
        "context_length_exceeded",
        "messages",
      ),
      kind: "context-length",
      words: "maximum context length is 128000 tokens",
    },
    {
      trouble: "moderation",
      status: 400,
      body: openAiError(
        "Invalid prompt: your prompt was flagged as potentially violating our usage policy.",
        "invalid_request_error",
        "invalid_prompt",
      ),
      kind: "content-filter",
      words: "flagged as potentially violating",
    },
  ],
  undocumented: [],
  seen: ["region"],
  models: {
    path: "/v1/models",
    body: list({ id: "gpt-5.4-mini", object: "model", created: 1_760_000_000, owned_by: "system" }),
    expected: [{ id: "gpt-5.4-mini", windowTokens: null, maxOutputTokens: null, price: null }],
  },
};
