import { asked, bearer, chunks, counts, done, list, says, usageEvent, type Vendor } from "./vendor.ts";

const googleError = (code: number, status: string, message: string, details: readonly object[] = []) =>
  JSON.stringify([{ error: { code, message, status, details } }]);

/** https://ai.google.dev/gemini-api/docs/openai, /docs/troubleshooting */
export const gemini: Vendor = {
  preset: "gemini-openai",
  modelId: "gemini-2.5-flash",
  chatPath: "/v1beta/openai/chat/completions",
  keyHeader: bearer,
  body: asked,
  // The thinking is in the total alone. As many tokens came from the cache as were thought: the total must not mislead.
  stream:
    chunks(says("Use a ", "`Map`."), "stop", { model: "gemini-2.5-flash" }) +
    usageEvent({
      prompt_tokens: 1500,
      completion_tokens: 40,
      total_tokens: 2564,
      prompt_tokens_details: { cached_tokens: 1024 },
    }) +
    done,
  text: "Use a `Map`.",
  usage: counts(476, 1024, 1064, 1024),
  costUsd: null,
  finish: "stop",
  errors: [
    {
      trouble: "region",
      status: 400,
      body: googleError(400, "FAILED_PRECONDITION", "User location is not supported for the API use."),
      kind: "region",
      words: "User location is not supported for the API use.",
    },
    {
      trouble: "key",
      status: 400,
      body: googleError(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", [
        { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "API_KEY_INVALID", domain: "googleapis.com" },
      ]),
      kind: "auth",
      words: "API key not valid. Please pass a valid API key.",
    },
    {
      trouble: "rate",
      status: 429,
      body: googleError(
        429,
        "RESOURCE_EXHAUSTED",
        "You exceeded your current quota, please check your plan and billing details.",
        [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "27s" }],
      ),
      kind: "rate-limit",
      words: "Again in 27 s",
    },
    {
      trouble: "model",
      status: 404,
      body: googleError(
        404,
        "NOT_FOUND",
        "models/gemini-2.5-flash is not found for API version v1main, or is not supported for generateContent.",
      ),
      kind: "unknown-model",
      words: "models/gemini-2.5-flash is not found",
    },
    {
      trouble: "context",
      status: 400,
      body: googleError(
        400,
        "INVALID_ARGUMENT",
        "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
      ),
      kind: "context-length",
      words: "The input token count (1200000) exceeds",
    },
    {
      trouble: "load",
      status: 503,
      body: googleError(503, "UNAVAILABLE", "The model is overloaded. Please try again later."),
      kind: "overloaded",
      words: "The model is overloaded.",
    },
  ],
  undocumented: ["credit", "moderation", "access"],
  seen: ["key", "rate", "region"],
  models: {
    path: "/v1beta/openai/models",
    body: list({ id: "models/gemini-2.5-flash", object: "model", owned_by: "google" }),
    expected: [{ id: "models/gemini-2.5-flash", windowTokens: null, price: null }],
  },
};
