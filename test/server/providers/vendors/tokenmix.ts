import { asked, bearer, chunks, counts, done, list, openAiError, says, usageEvent, type Vendor } from "./vendor.ts";

/** Its pages on errors and on chat were not to be had: the forms are OpenAI's, which it says it speaks. */
export const tokenmix: Vendor = {
  preset: "tokenmix",
  modelId: "qwen3-coder",
  chatPath: "/v1/chat/completions",
  keyHeader: bearer,
  body: asked,
  stream:
    chunks(says("Use a ", "`Map`."), "stop") +
    usageEvent({ prompt_tokens: 130, completion_tokens: 7, total_tokens: 137 }) +
    done,
  text: "Use a `Map`.",
  usage: counts(130, 0, 7),
  costUsd: null,
  finish: "stop",
  errors: [
    {
      trouble: "credit",
      status: 402,
      body: openAiError("Insufficient balance", "billing_error", "insufficient_balance"),
      kind: "quota",
      words: "Insufficient balance",
    },
  ],
  undocumented: ["key", "rate", "model", "context", "moderation", "access", "region"],
  seen: [],
  models: {
    path: "/v1/models",
    body: list({ id: "qwen3-coder", context_length: 262_144, input_price: 0.3, output_price: 0.9 }),
    expected: [{ id: "qwen3-coder", windowTokens: 262_144, price: null }],
  },
};
