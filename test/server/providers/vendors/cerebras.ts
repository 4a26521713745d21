import { asked, bearer, counts, done, event, list, type Vendor } from "./vendor.ts";

const cerebrasError = (message: string, type: string, param: string, code: string) =>
  JSON.stringify({ message, type, param, code });

/** https://inference-docs.cerebras.ai/api-reference/chat-completions, /support/error, /support/rate-limits */
export const cerebras: Vendor = {
  preset: "cerebras",
  modelId: "gpt-oss-120b",
  chatPath: "/v1/chat/completions",
  keyHeader: bearer,
  body: asked,
  stream:
    event({ id: "1", object: "chat.completion.chunk", choices: [{ index: 0, delta: { role: "assistant" } }] }) +
    event({ id: "1", choices: [{ index: 0, delta: { reasoning: "A map?" } }] }) +
    event({ id: "1", choices: [{ index: 0, delta: { content: "Use a `Map`." } }] }) +
    event({
      id: "1",
      choices: [{ index: 0, delta: {}, finish_reason: "stop" }],
      usage: {
        prompt_tokens: 70,
        completion_tokens: 30,
        total_tokens: 100,
        prompt_tokens_details: { cached_tokens: 0 },
      },
      time_info: { queue_time: 0.001, total_time: 0.02 },
    }) +
    done,
  text: "Use a `Map`.",
  reasoning: "A map?",
  usage: counts(70, 0, 30),
  costUsd: null,
  finish: "stop",
  errors: [
    {
      trouble: "key",
      status: 401,
      body: cerebrasError("Wrong API Key", "invalid_request_error", "api_key", "wrong_api_key"),
      kind: "auth",
      words: "Wrong API Key",
    },
    {
      trouble: "credit",
      status: 402,
      body: cerebrasError(
        "Payment required to access this resource.",
        "payment_required_error",
        "quota",
        "payment_required",
      ),
      kind: "quota",
      words: "Payment required to access this resource.",
    },
    {
      // Its code has "quota" in it and is a limit by the minute.
      trouble: "rate",
      status: 429,
      body: cerebrasError(
        "Requests per minute limit exceeded - too many requests sent.",
        "too_many_requests_error",
        "quota",
        "request_quota_exceeded",
      ),
      kind: "rate-limit",
      words: "Requests per minute limit exceeded",
    },
    {
      trouble: "model",
      status: 404,
      body: cerebrasError(
        "Model gpt-oss-120b does not exist or you do not have access to it.",
        "not_found_error",
        "model",
        "model_not_found",
      ),
      kind: "unknown-model",
      words: "Model gpt-oss-120b does not exist",
    },
    {
      trouble: "context",
      status: 400,
      body: cerebrasError(
        "Please reduce the length of the messages or completion. Current length is 140000 while limit is 131072",
        "invalid_request_error",
        "messages",
        "context_length_exceeded",
      ),
      kind: "context-length",
      words: "Current length is 140000 while limit is 131072",
    },
  ],
  undocumented: ["moderation", "access", "region"],
  seen: ["rate"],
  models: {
    path: "/v1/models",
    body: list({ id: "gpt-oss-120b", object: "model", created: 1_760_000_000, owned_by: "Cerebras" }),
    expected: [{ id: "gpt-oss-120b", windowTokens: null, price: null }],
  },
};
