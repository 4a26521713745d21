import { asked, bearer, chunks, counts, done, list, openAiError, says, usageEvent, type Vendor } from "./vendor.ts";

/** https://help.aliyun.com/en/model-studio/error-code, /en/model-studio/rate-limit, compatibility-of-openai-with-dashscope */
export const qwen: Vendor = {
  preset: "qwen",
  modelId: "qwen3-coder-plus",
  chatPath: "/compatible-mode/v1/chat/completions",
  keyHeader: bearer,
  body: asked,
  stream:
    chunks(says("Use a ", "`Map`."), "stop", { model: "qwen3-coder-plus", usage: null }) +
    usageEvent({
      prompt_tokens: 1529,
      completion_tokens: 20,
      total_tokens: 1549,
      prompt_tokens_details: { cached_tokens: 1024 },
    }) +
    done,
  text: "Use a `Map`.",
  usage: counts(505, 1024, 20),
  costUsd: null,
  finish: "stop",
  errors: [
    {
      trouble: "access",
      status: 403,
      body: openAiError("Model access denied.", "Model.AccessDenied", "Model.AccessDenied"),
      kind: "no-access",
      words: "Model access denied.",
    },
    {
      trouble: "key",
      status: 401,
      body: openAiError("Incorrect API key provided. ", "invalid_request_error", "invalid_api_key"),
      kind: "auth",
      words: "Incorrect API key provided.",
    },
    {
      trouble: "credit",
      status: 400,
      body: openAiError("Access denied, please make sure your account is in good standing.", "Arrearage", "Arrearage"),
      kind: "quota",
      words: "please make sure your account is in good standing",
    },
    {
      // What means an empty account elsewhere is a limit by the minute here, as its page on rate limits says.
      trouble: "rate",
      status: 429,
      body: openAiError(
        "You exceeded your current quota, please check your plan and billing details.",
        "insufficient_quota",
        "insufficient_quota",
      ),
      kind: "rate-limit",
      words: "You exceeded your current quota",
    },
    {
      trouble: "rate",
      status: 429,
      body: openAiError("You exceeded your current requests list.", "limit_requests", "limit_requests"),
      kind: "rate-limit",
      words: "You exceeded your current requests list.",
    },
    {
      trouble: "model",
      status: 404,
      body: openAiError(
        "The model `qwen3-coder-plus` does not exist or you do not have access to it.",
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
        "<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 129024]",
        "invalid_request_error",
        "invalid_parameter_error",
      ),
      kind: "context-length",
      words: "Range of input length should be [1, 129024]",
    },
    {
      trouble: "moderation",
      status: 400,
      body: openAiError(
        "Input data may contain inappropriate content.",
        "data_inspection_failed",
        "data_inspection_failed",
      ),
      kind: "content-filter",
      words: "Input data may contain inappropriate content.",
    },
  ],
  undocumented: ["region"],
  seen: ["credit", "rate", "context", "access"],
  models: {
    path: "/compatible-mode/v1/models",
    body: list({ id: "qwen3-coder-plus", object: "model", created: 1_760_000_000, owned_by: "system" }),
    expected: [{ id: "qwen3-coder-plus", windowTokens: null, price: null }],
  },
};

/** The same wire in the other region, with a key of that region. */
export const qwenChina: Vendor = { ...qwen, preset: "qwen-china" };
