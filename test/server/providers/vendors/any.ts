import { asked, bearer, chunks, counts, done, list, openAiError, says, usageEvent, type Vendor } from "./vendor.ts";

/** OpenAI's forms, for whoever speaks them. */
export const any: Vendor = {
  preset: "openai-compatible",
  modelId: "some-model",
  chatPath: "/v1/chat/completions",
  keyHeader: bearer,
  body: asked,
  stream:
    chunks(says("Use a ", "`Map`."), "stop") +
    usageEvent({ prompt_tokens: 130, completion_tokens: 7, total_tokens: 137, cost: 0.0005 }) +
    done,
  text: "Use a `Map`.",
  usage: counts(130, 0, 7),
  // Not announced, and believed all the same.
  costUsd: 0.0005,
  finish: "stop",
  errors: [
    {
      trouble: "key",
      status: 401,
      body: openAiError("No.", "invalid_request_error", "invalid_api_key"),
      kind: "auth",
      words: "No.",
    },
    {
      trouble: "credit",
      status: 402,
      body: openAiError("Pay.", "billing_error", null),
      kind: "quota",
      words: "Pay.",
    },
    {
      trouble: "rate",
      status: 429,
      body: openAiError("Slow.", "rate_limit_error", null),
      kind: "rate-limit",
      words: "Slow.",
    },
    {
      trouble: "model",
      status: 404,
      body: openAiError("Whose?", "invalid_request_error", "model_not_found"),
      kind: "unknown-model",
      words: "Whose?",
    },
    {
      trouble: "context",
      status: 400,
      body: openAiError("Long.", "invalid_request_error", "context_length_exceeded"),
      kind: "context-length",
      words: "Long.",
    },
    {
      trouble: "moderation",
      status: 400,
      body: openAiError("Bad.", "invalid_request_error", "content_filter"),
      kind: "content-filter",
      words: "Bad.",
    },
  ],
  undocumented: ["access", "region"],
  seen: [],
  models: {
    path: "/v1/models",
    body: list({ id: "some-model", object: "model" }),
    expected: [{ id: "some-model", windowTokens: null, price: null }],
  },
};
