import { asked, bearer, chunks, counts, done, event, says, usageEvent, type Vendor } from "./vendor.ts";

const llamaError = (code: number, message: string, type: string) => JSON.stringify({ error: { code, message, type } });

/** https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md */
export const llamacpp: Vendor = {
  preset: "llamacpp",
  modelId: "qwen.gguf",
  chatPath: "/v1/chat/completions",
  keyHeader: bearer,
  body: asked,
  // What it had in memory stands in its timings alone.
  stream:
    chunks(says("Use a ", "`Map`."), "stop", { system_fingerprint: "b6100" }) +
    usageEvent(
      { prompt_tokens: 237, completion_tokens: 35, total_tokens: 272 },
      { timings: { cache_n: 236, prompt_n: 1, prompt_ms: 30.9, predicted_n: 35, predicted_ms: 661 } },
    ) +
    done,
  text: "Use a `Map`.",
  usage: counts(1, 236, 35),
  costUsd: null,
  finish: "stop",
  errors: [
    {
      trouble: "key",
      status: 401,
      body: llamaError(401, "Invalid API Key", "authentication_error"),
      kind: "auth",
      words: "Invalid API Key",
    },
    {
      trouble: "context",
      status: 400,
      body: JSON.stringify({
        error: {
          code: 400,
          message: "the request exceeds the available context size, try increasing it",
          type: "exceed_context_size_error",
          n_prompt_tokens: 9_000,
          n_ctx: 4_096,
        },
      }),
      kind: "context-length",
      words: "the request exceeds the available context size",
    },
    {
      trouble: "load",
      status: 503,
      body: llamaError(503, "Loading model", "unavailable_error"),
      kind: "overloaded",
      words: "Loading model",
    },
  ],
  undocumented: ["credit", "rate", "model", "moderation", "access", "region"],
  seen: [],
  models: {
    path: "/v1/models",
    body: JSON.stringify({
      models: [{ name: "qwen.gguf", capabilities: ["completion", "multimodal"] }],
      object: "list",
      data: [{ id: "qwen.gguf", object: "model", owned_by: "llamacpp", meta: { n_ctx_train: 32_768, n_vocab: 1 } }],
    }),
    expected: [{ id: "qwen.gguf", windowTokens: 32_768, price: "free" }],
  },
  fill: {
    modelId: "qwen.gguf",
    wire: "infill",
    path: "/infill",
    stream:
      event({ index: 0, content: "a + b", stop: false }) +
      event({
        index: 0,
        content: "",
        stop: true,
        stop_type: "eos",
        tokens_evaluated: 20,
        tokens_predicted: 4,
        timings: { cache_n: 0, prompt_n: 20, predicted_n: 4 },
      }),
  },
};
