import { asked, bearer, counts, done, event, openAiError, type Vendor } from "./vendor.ts";

/** https://docs.together.ai/reference/chat-completions-1, /docs/error-codes, /reference/models-1 */
export const together: Vendor = {
  preset: "together",
  modelId: "meta-llama/Llama-3.3-70B-Instruct-Turbo",
  chatPath: "/v1/chat/completions",
  keyHeader: bearer,
  body: asked,
  // The text stands beside the delta once more, and the usage comes with the end.
  stream:
    ["Use a ", "`Map`."]
      .map((text) =>
        event({
          id: "1",
          object: "chat.completion.chunk",
          choices: [{ index: 0, text, delta: { token_id: 5, role: "assistant", content: text }, finish_reason: null }],
          usage: null,
        }),
      )
      .join("") +
    event({
      id: "1",
      object: "chat.completion.chunk",
      choices: [{ index: 0, text: "", delta: { token_id: 9, role: "assistant", content: "" }, finish_reason: "eos" }],
      usage: { prompt_tokens: 41, completion_tokens: 7, total_tokens: 48, cached_tokens: 0 },
    }) +
    done,
  text: "Use a `Map`.",
  usage: counts(41, 0, 7),
  costUsd: null,
  finish: "stop",
  errors: [
    {
      trouble: "key",
      status: 401,
      body: openAiError(
        "Invalid API key provided. You can find your API key at https://api.together.xyz/settings/api-keys.",
        "invalid_request_error",
        "invalid_api_key",
      ),
      kind: "auth",
      words: "Invalid API key provided.",
    },
    {
      trouble: "credit",
      status: 402,
      body: openAiError(
        "Credit limit exceeded. Please navigate to https://api.together.xyz/settings/billing to add credit or upgrade your plan.",
        "credit_limit",
        null,
      ),
      kind: "quota",
      words: "Credit limit exceeded",
    },
    {
      trouble: "rate",
      status: 429,
      body: openAiError("You have reached the rate limit specific to this model.", "model_rate_limit", null),
      kind: "rate-limit",
      words: "You have reached the rate limit specific to this model.",
    },
    {
      trouble: "model",
      status: 404,
      body: openAiError(
        "Unable to access model meta-llama/Llama-3.3-70B-Instruct-Turbo. Please visit https://api.together.ai/models to view the list of supported models.",
        "invalid_request_error",
        "model_not_available",
        "model",
      ),
      kind: "unknown-model",
      words: "Unable to access model",
    },
    {
      // Its page on errors has 403 for this.
      trouble: "context",
      status: 403,
      body: openAiError(
        "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 131073. Given: 140000 `inputs` tokens and 300 `max_new_tokens`",
        "invalid_request_error",
        null,
      ),
      kind: "context-length",
      words: "must be <= 131073",
    },
    {
      trouble: "load",
      status: 503,
      body: openAiError("The server is currently overloaded.", "service_unavailable", null),
      kind: "overloaded",
      words: "The server is currently overloaded.",
    },
  ],
  undocumented: ["moderation", "access", "region"],
  seen: ["credit", "rate"],
  models: {
    path: "/v1/models",
    body: JSON.stringify([
      {
        id: "meta-llama/Llama-3.3-70B-Instruct-Turbo",
        object: "model",
        type: "chat",
        context_length: 131_072,
        pricing: { hourly: 0, input: 0.88, output: 0.88, base: 0, finetune: 0 },
      },
      { id: "black-forest-labs/FLUX.1-schnell", object: "model", type: "image" },
      { id: "BAAI/bge-base-en-v1.5", object: "model", type: "embedding", context_length: 512 },
    ]),
    // No page tells the unit of its prices, so they are not read: dollars a million taken for a token's would be a fortune.
    expected: [{ id: "meta-llama/Llama-3.3-70B-Instruct-Turbo", windowTokens: 131_072, price: null }],
  },
};
