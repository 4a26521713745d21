import { asked, bearer, chunks, counts, done, list, openAiError, says, usageEvent, type Vendor } from "./vendor.ts";

/** https://console.groq.com/docs/api-reference, /docs/errors, /docs/rate-limits */
export const groq: Vendor = {
  preset: "groq",
  modelId: "openai/gpt-oss-120b",
  chatPath: "/openai/v1/chat/completions",
  keyHeader: bearer,
  body: asked,
  // The same count in both places is one count.
  stream:
    chunks([{ reasoning: "A map?" }, ...says("Use a ", "`Map`.")], "stop", { x_groq: { id: "req_1" } }) +
    usageEvent(
      { prompt_tokens: 118, completion_tokens: 56, total_tokens: 174, prompt_tokens_details: { cached_tokens: 64 } },
      {
        x_groq: {
          id: "req_1",
          usage: { queue_time: 0.03, prompt_tokens: 118, completion_tokens: 56, total_tokens: 174 },
        },
      },
    ) +
    done,
  text: "Use a `Map`.",
  reasoning: "A map?",
  usage: counts(54, 64, 56),
  costUsd: null,
  finish: "stop",
  errors: [
    {
      trouble: "access",
      status: 403,
      body: openAiError(
        "The model `openai/gpt-oss-120b` is blocked at the project level. Please have a project admin enable this model in the project settings at https://console.groq.com/settings/project/limits",
        "permissions_error",
        "model_permission_blocked_project",
      ),
      kind: "no-access",
      words: "is blocked at the project level",
    },
    {
      trouble: "region",
      status: 403,
      body: JSON.stringify({ error: { message: "Access denied. Please check your network settings." } }),
      kind: "region",
      words: "Please check your network settings.",
    },
    {
      trouble: "key",
      status: 401,
      body: JSON.stringify({
        error: { message: "Invalid API Key", type: "invalid_request_error", code: "invalid_api_key" },
      }),
      kind: "auth",
      words: "Invalid API Key",
    },
    {
      trouble: "key",
      status: 400,
      body: openAiError(
        "Organization has been restricted. Please reach out to support if you believe this was in error.",
        "invalid_request_error",
        "organization_restricted",
        "",
      ),
      kind: "auth",
      words: "Organization has been restricted.",
    },
    {
      trouble: "rate",
      status: 429,
      headers: { "retry-after": "8" },
      body: openAiError(
        "Rate limit reached for model `openai/gpt-oss-120b` in organization `org_1` service tier `on_demand` on tokens per minute (TPM): Limit 8000, Used 7900, Requested 1000. Please try again in 7.5s. Need more tokens? Upgrade to Dev Tier today at https://console.groq.com/settings/billing",
        "tokens",
        "rate_limit_exceeded",
      ),
      kind: "rate-limit",
      words: "Rate limit reached for model `openai/gpt-oss-120b`",
    },
    {
      trouble: "model",
      status: 404,
      body: openAiError(
        "The model `openai/gpt-oss-120b` does not exist or you do not have access to it.",
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
        "Please reduce the length of the messages or completion.",
        "invalid_request_error",
        "context_length_exceeded",
        "messages",
      ),
      kind: "context-length",
      words: "Please reduce the length of the messages or completion.",
    },
  ],
  undocumented: ["credit", "moderation"],
  seen: ["key", "access", "region"],
  models: {
    path: "/openai/v1/models",
    body: list(
      {
        id: "openai/gpt-oss-120b",
        object: "model",
        owned_by: "OpenAI",
        active: true,
        context_window: 131_072,
        max_completion_tokens: 65_536,
      },
      { id: "mixtral-8x7b-32768", object: "model", active: false, context_window: 32_768 },
    ),
    expected: [{ id: "openai/gpt-oss-120b", windowTokens: 131_072, maxOutputTokens: 65_536 }],
  },
};
