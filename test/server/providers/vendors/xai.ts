import { asked, bearer, counts, done, event, list, usageEvent, type Vendor } from "./vendor.ts";

const xaiError = (code: string, error: string) => JSON.stringify({ code, error });

/** https://docs.x.ai/developers/cost-tracking, /docs/guides/streaming-response, /docs/key-information/debugging */
export const xai: Vendor = {
  preset: "xai",
  modelId: "grok-code-fast-1",
  chatPath: "/v1/chat/completions",
  keyHeader: bearer,
  body: asked,
  // A count stands in every chunk, each beyond the one before: the last is the whole.
  stream:
    ["Use a ", "`Map`."]
      .map((content, index) =>
        event({
          id: "1",
          object: "chat.completion.chunk",
          choices: [{ index: 0, delta: { role: "assistant", content } }],
          usage: { prompt_tokens: 32, completion_tokens: index + 1, total_tokens: 33 + index },
        }),
      )
      .join("") +
    event({ id: "1", object: "chat.completion.chunk", choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }) +
    usageEvent({
      prompt_tokens: 32,
      completion_tokens: 9,
      total_tokens: 235,
      prompt_tokens_details: { text_tokens: 32, audio_tokens: 0, image_tokens: 0, cached_tokens: 6 },
      completion_tokens_details: { reasoning_tokens: 194, audio_tokens: 0 },
      num_sources_used: 0,
      cost_in_usd_ticks: 3_090_000,
    }) +
    done,
  text: "Use a `Map`.",
  usage: counts(26, 6, 203, 194),
  costUsd: 0.000309,
  finish: "stop",
  errors: [
    {
      // 400, as its page says: "An incorrect API key is supplied."
      trouble: "key",
      status: 400,
      body: xaiError(
        "Client specified an invalid argument",
        "Incorrect API key provided: te***23. You can obtain an API key from https://console.x.ai.",
      ),
      kind: "auth",
      words: "Incorrect API key provided: te***23.",
    },
    {
      trouble: "credit",
      status: 403,
      body: xaiError(
        "permission-denied",
        "Your newly created team doesn't have any credits or licenses yet. You can purchase those on https://console.x.ai/team/1.",
      ),
      kind: "quota",
      words: "doesn't have any credits or licenses yet",
    },
    {
      trouble: "credit",
      status: 429,
      body: xaiError(
        "permission-denied",
        "Your team 1 has either used all available credits or reached its monthly spending limit. To continue making API requests, please purchase more credits or raise your spending limit.",
      ),
      kind: "quota",
      words: "has either used all available credits or reached its monthly spending limit",
    },
    {
      trouble: "rate",
      status: 429,
      body: xaiError(
        "Some resource has been exhausted",
        "Too many requests for team team-1 and model grok-code-fast-1.",
      ),
      kind: "rate-limit",
      words: "Too many requests for team team-1",
    },
    {
      trouble: "model",
      status: 404,
      body: xaiError(
        "Some requested entity was not found",
        "The model grok-code-fast-1 does not exist or your team team-1 does not have access to it.",
      ),
      kind: "unknown-model",
      words: "does not exist or your team team-1 does not have access to it",
    },
    {
      trouble: "context",
      status: 400,
      body: xaiError(
        "Client specified an invalid argument",
        "This model's maximum prompt length is 131072 but the request contains 200000 tokens.",
      ),
      kind: "context-length",
      words: "maximum prompt length is 131072",
    },
    {
      trouble: "moderation",
      status: 403,
      body: xaiError(
        "The caller does not have permission to execute the specified operation",
        "Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_DATA_LEAKAGE",
      ),
      kind: "content-filter",
      words: "Content violates usage guidelines.",
    },
  ],
  undocumented: ["access", "region"],
  seen: ["credit"],
  models: {
    path: "/v1/models",
    body: list({ id: "grok-code-fast-1", object: "model", created: 1_760_000_000, owned_by: "xai" }),
    expected: [{ id: "grok-code-fast-1", windowTokens: null, price: null }],
  },
};
