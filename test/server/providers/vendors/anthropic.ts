import { counts, event, KEY, ROOM, type Vendor } from "./vendor.ts";

const named = (value: { type: string; [field: string]: unknown }) => `event: ${value.type}\n${event(value)}`;

const anthropicError = (type: string, message: string) =>
  JSON.stringify({ type: "error", error: { type, message }, request_id: "req_1" });

/** https://docs.claude.com/en/api/messages-streaming, /en/api/errors, /en/api/models-list */
export const anthropic: Vendor = {
  preset: "anthropic",
  modelId: "claude-haiku-4-5",
  chatPath: "/v1/messages",
  keyHeader: ["x-api-key", KEY],
  headers: { "anthropic-version": "2023-06-01" },
  body: { max_tokens: ROOM },
  stream:
    named({
      type: "message_start",
      message: {
        id: "msg_1",
        type: "message",
        role: "assistant",
        model: "claude-haiku-4-5",
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: 30, cache_creation_input_tokens: 0, cache_read_input_tokens: 100, output_tokens: 1 },
      },
    }) +
    named({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } }) +
    named({ type: "ping" }) +
    named({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Use a " } }) +
    named({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "`Map`." } }) +
    named({ type: "content_block_stop", index: 0 }) +
    named({
      type: "message_delta",
      delta: { stop_reason: "end_turn", stop_sequence: null },
      usage: { output_tokens: 12 },
    }) +
    named({ type: "message_stop" }),
  text: "Use a `Map`.",
  usage: counts(30, 100, 12),
  costUsd: null,
  finish: "stop",
  errors: [
    {
      trouble: "access",
      status: 403,
      body: anthropicError("permission_error", "Your API key does not have permission to use the specified resource."),
      kind: "no-access",
      words: "does not have permission to use the specified resource",
    },
    {
      trouble: "region",
      status: 403,
      body: JSON.stringify({ error: { type: "forbidden", message: "Request not allowed" } }),
      kind: "region",
      words: "Request not allowed",
    },
    {
      trouble: "key",
      status: 401,
      body: anthropicError("authentication_error", "invalid x-api-key"),
      kind: "auth",
      words: "invalid x-api-key",
    },
    {
      trouble: "credit",
      status: 400,
      body: anthropicError(
        "invalid_request_error",
        "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.",
      ),
      kind: "quota",
      words: "Your credit balance is too low",
    },
    {
      trouble: "rate",
      status: 429,
      headers: { "retry-after": "17" },
      body: anthropicError(
        "rate_limit_error",
        "This request would exceed your organization's rate limit of 50,000 input tokens per minute.",
      ),
      kind: "rate-limit",
      words: "rate limit of 50,000 input tokens per minute",
    },
    {
      trouble: "model",
      status: 404,
      body: anthropicError("not_found_error", "model: claude-haiku-4-5"),
      kind: "unknown-model",
      words: "model: claude-haiku-4-5",
    },
    {
      trouble: "context",
      status: 400,
      body: anthropicError("invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"),
      kind: "context-length",
      words: "prompt is too long: 210000 tokens",
    },
    {
      trouble: "load",
      status: 529,
      body: anthropicError("overloaded_error", "Overloaded"),
      kind: "overloaded",
      words: "Overloaded",
    },
  ],
  // A refusal is no error: the answer ends with the stop reason "refusal".
  undocumented: ["moderation"],
  seen: ["access", "region"],
  models: {
    path: "/v1/models?limit=1000",
    body: JSON.stringify({
      data: [
        {
          type: "model",
          id: "claude-haiku-4-5",
          display_name: "Claude Haiku 4.5",
          created_at: "2025-10-01T00:00:00Z",
          max_input_tokens: 200_000,
          max_tokens: 64_000,
          capabilities: { image_input: { supported: true } },
        },
      ],
      has_more: false,
      first_id: "claude-haiku-4-5",
      last_id: "claude-haiku-4-5",
    }),
    expected: [{ id: "claude-haiku-4-5", windowTokens: 200_000, maxOutputTokens: 64_000, takesImages: true }],
  },
};
