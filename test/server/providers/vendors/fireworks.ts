import { asked, bearer, chunks, counts, done, list, says, usageEvent, type Vendor } from "./vendor.ts";

const fireworksError = (message: string, code: string) =>
  JSON.stringify({ error: { message, param: null, code, type: "error" }, request_id: "1" });

/** https://docs.fireworks.ai/api-reference/post-chatcompletions, /troubleshooting/status_error_codes/inference_error_code */
export const fireworks: Vendor = {
  preset: "fireworks",
  modelId: "accounts/fireworks/models/qwen3-coder",
  chatPath: "/inference/v1/chat/completions",
  keyHeader: bearer,
  body: asked,
  stream:
    chunks(says("Use a ", "`Map`."), "stop") +
    usageEvent({
      prompt_tokens: 210,
      completion_tokens: 8,
      total_tokens: 218,
      prompt_tokens_details: { cached_tokens: 128 },
    }) +
    done,
  text: "Use a `Map`.",
  usage: counts(82, 128, 8),
  costUsd: null,
  finish: "stop",
  errors: [
    {
      trouble: "key",
      status: 401,
      body: fireworksError("The API key you provided is invalid.", "UNAUTHORIZED"),
      kind: "auth",
      words: "The API key you provided is invalid.",
    },
    {
      trouble: "credit",
      status: 412,
      body: fireworksError(
        "Account mine is suspended, possibly due to reaching the monthly spending limit or failure to pay past invoices. Please go to https://fireworks.ai/account/billing for more information.",
        "PRECONDITION_FAILED",
      ),
      kind: "quota",
      words: "Account mine is suspended",
    },
    {
      trouble: "rate",
      status: 429,
      body: fireworksError("Request rate limit exceeded, please try again later.", "RATE_LIMIT_EXCEEDED"),
      kind: "rate-limit",
      words: "Request rate limit exceeded",
    },
    {
      trouble: "model",
      status: 404,
      body: fireworksError("Model not found, inaccessible, and/or not deployed", "NOT_FOUND"),
      kind: "unknown-model",
      words: "Model not found, inaccessible, and/or not deployed",
    },
    {
      trouble: "context",
      status: 400,
      body: fireworksError(
        "The prompt is too long: 280000, model maximum context length: 262143",
        "invalid_request_error",
      ),
      kind: "context-length",
      words: "The prompt is too long: 280000",
    },
  ],
  undocumented: ["moderation", "access", "region"],
  seen: ["credit"],
  models: {
    path: "/inference/v1/models",
    body: list(
      {
        id: "accounts/fireworks/models/qwen3-coder",
        object: "model",
        owned_by: "fireworks",
        kind: "HF_BASE_MODEL",
        supports_chat: true,
        supports_image_input: false,
        supports_tools: true,
        context_length: 262_144,
      },
      { id: "accounts/fireworks/models/flux-1-dev", object: "model", kind: "FLUMINA_BASE_MODEL", supports_chat: false },
    ),
    expected: [
      {
        id: "accounts/fireworks/models/qwen3-coder",
        windowTokens: 262_144,
        takesImages: false,
        takesTools: true,
      },
    ],
  },
};
