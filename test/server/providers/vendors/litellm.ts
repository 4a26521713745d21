import { asked, bearer, chunks, counts, done, list, openAiError, says, usageEvent, type Vendor } from "./vendor.ts";

/** https://docs.litellm.ai/docs/{exception_mapping,proxy/users,proxy/model_management} */
export const litellm: Vendor = {
  preset: "litellm",
  modelId: "coder",
  chatPath: "/v1/chat/completions",
  keyHeader: bearer,
  body: asked,
  // For Anthropic every name at once is one count.
  stream:
    chunks(says("Use a ", "`Map`."), "stop", { model: "claude-haiku-4-5" }) +
    usageEvent({
      prompt_tokens: 2098,
      completion_tokens: 50,
      total_tokens: 2148,
      prompt_tokens_details: { cached_tokens: 1800 },
      cache_read_input_tokens: 1800,
      cache_creation_input_tokens: 0,
    }) +
    done,
  text: "Use a `Map`.",
  usage: counts(298, 1800, 50),
  costUsd: null,
  finish: "stop",
  errors: [
    {
      trouble: "access",
      status: 403,
      body: openAiError(
        "key not allowed to access model. This key can only access models=['small']. Tried to access coder",
        "key_model_access_denied",
        "403",
        "model",
      ),
      kind: "no-access",
      words: "key not allowed to access model.",
    },
    {
      // Of the vendor behind it, whose error stands in the message as it came.
      trouble: "key",
      status: 401,
      body: openAiError(
        `litellm.AuthenticationError: AuthenticationError: OpenrouterException - {"error":{"message":"User not found.","code":401}}. Received Model Group=coder`,
        "None",
        "401",
        "None",
      ),
      kind: "auth",
      words: "OpenRouter behind 127.0.0.1",
    },
    {
      trouble: "key",
      status: 401,
      body: openAiError(
        "Authentication Error, Invalid proxy server token passed. Received API Key = sk-...-123",
        "token_not_found_in_db",
        "401",
        "key",
      ),
      kind: "auth",
      words: "Authentication Error, Invalid proxy server token passed.",
    },
    {
      trouble: "credit",
      status: 400,
      body: openAiError("Budget has been exceeded! Current cost: 10.2, Max budget: 10.0", "budget_exceeded", "400"),
      kind: "quota",
      words: "Budget has been exceeded!",
    },
    {
      // The same with the status of a rate limit.
      trouble: "credit",
      status: 429,
      body: openAiError("Budget has been exceeded! Current cost: 10.2, Max budget: 10.0", "budget_exceeded", "429"),
      kind: "quota",
      words: "Budget has been exceeded!",
    },
    {
      trouble: "rate",
      status: 429,
      body: openAiError(
        "litellm.RateLimitError: RateLimitError: OpenAIException - Rate limit reached for gpt-5.4-mini",
        "throttling_error",
        "429",
        "None",
      ),
      kind: "rate-limit",
      words: "litellm.RateLimitError",
    },
    {
      trouble: "model",
      status: 400,
      body: openAiError(
        "/chat/completions: Invalid model name passed in model=coder. Call `/v1/models` to view available models for your key.",
        "None",
        "400",
        "None",
      ),
      kind: "unknown-model",
      words: "Invalid model name passed in model=coder.",
    },
    {
      trouble: "context",
      status: 400,
      body: openAiError(
        "litellm.ContextWindowExceededError: litellm.BadRequestError: This model's maximum context length is 128000 tokens.",
        "None",
        "400",
        "None",
      ),
      kind: "context-length",
      words: "litellm.ContextWindowExceededError",
    },
    {
      trouble: "moderation",
      status: 400,
      body: openAiError(
        "litellm.ContentPolicyViolationError: The prompt triggered the content management policy.",
        "None",
        "400",
        "None",
      ),
      kind: "content-filter",
      words: "litellm.ContentPolicyViolationError",
    },
    {
      // A parameter by the name of "None" is none.
      trouble: "parameter",
      status: 400,
      body: openAiError("litellm.BadRequestError: the message is empty", "None", "400", "None"),
      kind: "bad-request",
      words: 'does not take the request (400). "litellm.BadRequestError: the message is empty"',
    },
  ],
  undocumented: ["region"],
  seen: ["credit", "access", "key"],
  models: {
    path: "/v1/models",
    body: list({ id: "coder", object: "model", created: 1_677_610_602, owned_by: "openai" }),
    expected: [{ id: "coder", windowTokens: null, price: null }],
  },
};
