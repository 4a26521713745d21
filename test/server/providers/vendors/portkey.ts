import {
  asked,
  bearer,
  chunks,
  counts,
  done,
  event,
  KEY,
  list,
  openAiError,
  says,
  usageEvent,
  type Vendor,
} from "./vendor.ts";

const portkeyError = (message: string) => JSON.stringify({ status: "failure", message });

/** https://portkey.ai/docs/api-reference/inference-api/{headers,models,error-codes}, /docs/product/guardrails */
export const portkey: Vendor = {
  preset: "portkey",
  modelId: "@openai-prod/gpt-5.4-mini",
  chatPath: "/v1/chat/completions",
  keyHeader: ["x-portkey-api-key", KEY],
  body: asked,
  // Anthropic's counts under OpenAI's names, the cache outside: the total shows it.
  stream:
    chunks(says("Use a ", "`Map`."), "stop", { provider: "anthropic" }) +
    usageEvent({
      prompt_tokens: 50,
      completion_tokens: 12,
      total_tokens: 162,
      prompt_tokens_details: { cached_tokens: 100 },
    }) +
    done,
  text: "Use a `Map`.",
  usage: counts(50, 100, 12),
  costUsd: null,
  finish: "stop",
  errors: [
    {
      trouble: "access",
      status: 404,
      body: JSON.stringify({
        status: "failure",
        message: "openrouter error: No endpoints available matching your guardrail restrictions and data policy.",
        error: {
          message: "openrouter error: No endpoints available matching your guardrail restrictions and data policy.",
          type: "APIError",
          param: null,
          code: "404",
        },
        provider: "openrouter",
      }),
      kind: "no-access",
      words: "OpenRouter behind 127.0.0.1",
    },
    {
      trouble: "key",
      status: 401,
      body: portkeyError("Invalid API Key. Error Code: 03"),
      kind: "auth",
      words: "Invalid API Key. Error Code: 03",
    },
    {
      trouble: "rate",
      status: 429,
      body: openAiError("openai error: Rate limit reached for gpt-5.4-mini", "tokens", "rate_limit_exceeded"),
      kind: "rate-limit",
      words: "openai error: Rate limit reached",
    },
    {
      trouble: "model",
      status: 404,
      body: openAiError(
        "openai error: The model `gpt-5.4-mini` does not exist or you do not have access to it.",
        "invalid_request_error",
        "model_not_found",
      ),
      kind: "unknown-model",
      words: "openai error: The model `gpt-5.4-mini` does not exist",
    },
    {
      // Its own status for a guardrail that denies.
      trouble: "moderation",
      status: 446,
      body: JSON.stringify({
        error: {
          message: "The guardrail checks defined in the config failed.",
          type: "hooks_failed",
          param: null,
          code: null,
        },
        hook_results: { before_request_hooks: [], after_request_hooks: [] },
      }),
      kind: "content-filter",
      words: "The guardrail checks defined in the config failed.",
    },
  ],
  undocumented: ["credit", "context", "region"],
  seen: ["access"],
  models: {
    path: "/v1/models",
    body: list({ id: "@openai-prod/gpt-5.4-mini", canonical_slug: "gpt-5.4-mini", object: "model" }),
    expected: [{ id: "@openai-prod/gpt-5.4-mini", windowTokens: null, price: null }],
  },
};

/** An error of the vendor as the gateway hands it on. */
const handedOn = (message: string, type: string, code: string | null) =>
  JSON.stringify({ error: { message: `openai error: ${message}`, type, param: null, code }, provider: "openai" });

/**
 * https://github.com/Portkey-AI/gateway, and 1.15.2 itself, which `portkey-gateway.test.ts` runs: the vendor's key goes
 * through, its name stands in a header.
 */
export const portkeySelfHosted: Vendor = {
  ...portkey,
  preset: "portkey-self-hosted",
  modelId: "claude-haiku-4-5",
  keyHeader: bearer,
  headers: { "x-portkey-provider": "anthropic" },
  // As it makes it of Anthropic's: the counts in the last chunk, the cache beside the prompt and once more in its details.
  stream:
    event(chunkOf({ content: "", role: "assistant" })) +
    event(chunkOf({})) +
    event(chunkOf({ content: "Use a " })) +
    event(chunkOf({ content: "`Map`." })) +
    event({
      ...chunkOf({}, "stop"),
      usage: {
        prompt_tokens: 50,
        cache_read_input_tokens: 100,
        cache_creation_input_tokens: 30,
        completion_tokens: 12,
        total_tokens: 192,
        prompt_tokens_details: { cached_tokens: 100 },
      },
    }) +
    done,
  usage: { ...counts(50, 100, 12), cacheWrite: 30 },
  errors: [
    {
      trouble: "parameter",
      status: 400,
      body: portkeyError("Either x-portkey-config or x-portkey-provider header is required"),
      kind: "bad-request",
      words: "Either x-portkey-config or x-portkey-provider header is required",
    },
    {
      trouble: "key",
      status: 401,
      body: handedOn("Incorrect API key provided: test-key-123.", "invalid_request_error", "invalid_api_key"),
      kind: "auth",
      words: "openai error: Incorrect API key provided: [key].",
    },
    {
      trouble: "rate",
      status: 429,
      body: handedOn("Rate limit reached for gpt-5.4-mini", "tokens", "rate_limit_exceeded"),
      kind: "rate-limit",
      words: "openai error: Rate limit reached",
    },
    {
      trouble: "model",
      status: 404,
      body: handedOn(
        "The model `gpt-5.4-mini` does not exist or you do not have access to it.",
        "invalid_request_error",
        "model_not_found",
      ),
      kind: "unknown-model",
      words: "openai error: The model `gpt-5.4-mini` does not exist",
    },
    {
      // The vendor behind it cannot be reached.
      trouble: "load",
      status: 500,
      body: JSON.stringify({
        "html-message": "Message: fetch failed Cause: Error: connect ECONNREFUSED 127.0.0.1:9 Name: TypeError",
      }),
      kind: "server-error",
      words: "Message: fetch failed Cause: Error: connect ECONNREFUSED",
    },
    ...portkey.errors.filter(({ trouble }) => trouble === "moderation"),
  ],
  undocumented: ["credit", "context", "access", "region"],
  seen: ["parameter", "key", "rate", "model", "load"],
  models: {
    path: "/v1/models",
    body: list({ id: "gpt-5.4-mini", object: "model", created: 1_760_000_000, owned_by: "system" }),
    expected: [{ id: "gpt-5.4-mini", windowTokens: null, price: null }],
  },
};

function chunkOf(delta: object, finish_reason: string | null = null): object {
  const choices = [{ delta, index: 0, logprobs: null, finish_reason }];
  const head = { id: "anthropic-1795958123944", object: "chat.completion.chunk", created: 1_795_958_123 };
  return { ...head, model: "claude-haiku-4-5", provider: "anthropic", choices };
}
