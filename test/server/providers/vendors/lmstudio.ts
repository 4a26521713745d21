import {
  asked,
  bearer,
  chunks,
  counts,
  done,
  list,
  openAiError,
  says,
  templateFill,
  usageEvent,
  type Vendor,
} from "./vendor.ts";

/** https://lmstudio.ai/docs/developer/openai-compat, the fields of its own list beside OpenAI's */
export const lmstudio: Vendor = {
  preset: "lmstudio",
  modelId: "qwen2.5-coder-7b-instruct",
  chatPath: "/v1/chat/completions",
  keyHeader: bearer,
  body: asked,
  stream:
    chunks(says("Use a ", "`Map`."), "stop", { system_fingerprint: "qwen2.5-coder-7b-instruct" }) +
    usageEvent({ prompt_tokens: 26, completion_tokens: 9, total_tokens: 35 }) +
    done,
  text: "Use a `Map`.",
  usage: counts(26, 0, 9),
  costUsd: null,
  finish: "stop",
  errors: [
    {
      trouble: "model",
      status: 404,
      body: openAiError(
        "No models loaded. Please load a model in the developer page or use the 'lms load' command.",
        "invalid_request_error",
        "model_not_found",
        "model",
      ),
      kind: "unknown-model",
      words: "No models loaded.",
    },
    {
      trouble: "context",
      status: 400,
      body: JSON.stringify({
        error:
          "Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens, which is not enough.",
      }),
      kind: "context-length",
      words: "context length of only 4096 tokens",
    },
  ],
  undocumented: ["key", "credit", "rate", "moderation", "access", "region"],
  seen: [],
  models: {
    path: "/v1/models",
    body: list(
      {
        id: "qwen2.5-coder-7b-instruct",
        object: "model",
        type: "llm",
        max_context_length: 32_768,
        loaded_context_length: 4_096,
        capabilities: ["tool_use"],
      },
      { id: "text-embedding-nomic-embed-text-v1.5", object: "model", type: "embeddings", max_context_length: 2_048 },
    ),
    expected: [{ id: "qwen2.5-coder-7b-instruct", windowTokens: 4_096, price: "free", takesTools: true }],
  },
  fill: templateFill("qwen2.5-coder-7b-instruct"),
};
