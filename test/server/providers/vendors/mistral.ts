import { bearer, counts, done, event, list, ROOM, type Vendor } from "./vendor.ts";

const mistralError = (message: string, type: string, code: string) =>
  JSON.stringify({ object: "error", message, type, param: null, code });

/** https://docs.mistral.ai/api/#tag/chat, #tag/fim; the bodies of errors as its clients' issues quote them. */
export const mistral: Vendor = {
  preset: "mistral",
  modelId: "mistral-small-latest",
  chatPath: "/v1/chat/completions",
  keyHeader: bearer,
  body: { max_tokens: ROOM },
  // The usage comes with the last chunk, unasked.
  stream:
    event({
      id: "1",
      object: "chat.completion.chunk",
      choices: [{ index: 0, delta: { role: "assistant", content: "" } }],
    }) +
    event({ id: "1", choices: [{ index: 0, delta: { content: "Use a `Map`." }, finish_reason: null }] }) +
    event({
      id: "1",
      choices: [{ index: 0, delta: { content: "" }, finish_reason: "stop" }],
      usage: { prompt_tokens: 16, total_tokens: 50, completion_tokens: 34 },
    }) +
    done,
  text: "Use a `Map`.",
  usage: counts(16, 0, 34),
  costUsd: null,
  finish: "stop",
  errors: [
    {
      trouble: "key",
      status: 401,
      body: JSON.stringify({ detail: "Unauthorized" }),
      kind: "auth",
      words: "Unauthorized",
    },
    {
      trouble: "rate",
      status: 429,
      body: mistralError("Rate limit exceeded", "rate_limited", "1300"),
      kind: "rate-limit",
      words: "Rate limit exceeded",
    },
    {
      trouble: "model",
      status: 400,
      body: mistralError("Invalid model: mistral-small-latest", "invalid_model", "1500"),
      kind: "unknown-model",
      words: "Invalid model: mistral-small-latest",
    },
    {
      trouble: "context",
      status: 400,
      body: mistralError(
        "Prompt contains 140000 tokens and 0 draft tokens, too large for model with 131072 maximum context length",
        "invalid_request_prompt",
        "3051",
      ),
      kind: "context-length",
      words: "too large for model with 131072 maximum context length",
    },
    {
      trouble: "parameter",
      status: 422,
      body: JSON.stringify({
        detail: [{ type: "extra_forbidden", loc: ["body", "seed"], msg: "Extra inputs are not permitted" }],
      }),
      kind: "bad-request",
      words: 'does not take the parameter "seed"',
    },
    {
      // As it answered who sent `stream_options`: the issue stands in the message.
      trouble: "parameter",
      status: 422,
      body: JSON.stringify({
        object: "error",
        message: {
          detail: [
            {
              type: "extra_forbidden",
              loc: ["body", "stream_options", "include_usage"],
              msg: "Extra inputs are not permitted",
              input: true,
            },
          ],
        },
        type: "invalid_request_error",
        param: null,
        code: null,
      }),
      kind: "bad-request",
      words: 'does not take the parameter "stream_options" (422). "Extra inputs are not permitted"',
    },
  ],
  undocumented: ["credit", "moderation", "access", "region"],
  seen: ["parameter"],
  models: {
    path: "/v1/models",
    body: list(
      {
        id: "mistral-small-latest",
        object: "model",
        capabilities: { completion_chat: true, completion_fim: false, function_calling: true, vision: true },
        max_context_length: 131_072,
      },
      {
        id: "codestral-latest",
        object: "model",
        capabilities: { completion_chat: true, completion_fim: true, function_calling: true, vision: false },
        max_context_length: 262_144,
      },
      {
        id: "mistral-embed",
        object: "model",
        capabilities: { completion_chat: false, completion_fim: false, function_calling: false, vision: false },
        max_context_length: 8_192,
      },
    ),
    expected: [
      { id: "mistral-small-latest", windowTokens: 131_072, takesImages: true, takesTools: true },
      { id: "codestral-latest", windowTokens: 262_144, takesImages: false, takesTools: true },
    ],
  },
  fill: {
    modelId: "codestral-latest",
    wire: "mistral",
    path: "/v1/fim/completions",
    stream:
      event({ id: "1", choices: [{ index: 0, delta: { content: "a + b" }, finish_reason: null }] }) +
      event({
        id: "1",
        choices: [{ index: 0, delta: { content: "" }, finish_reason: "stop" }],
        usage: { prompt_tokens: 20, completion_tokens: 4, total_tokens: 24 },
      }) +
      done,
  },
};

/** The same wire at a host of its own, with a key of its own. */
export const codestral: Vendor = {
  ...mistral,
  preset: "codestral",
  modelId: "codestral-latest",
  errors: mistral.errors.map((error) => ({
    ...error,
    body: error.body.replaceAll("mistral-small", "codestral"),
    words: error.words.replaceAll("mistral-small", "codestral"),
  })),
};
