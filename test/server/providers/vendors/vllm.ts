import { asked, bearer, chunks, counts, done, list, says, templateFill, usageEvent, type Vendor } from "./vendor.ts";

/** https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html */
export const vllm: Vendor = {
  preset: "vllm",
  modelId: "Qwen/Qwen2.5-Coder-7B-Instruct",
  chatPath: "/v1/chat/completions",
  keyHeader: bearer,
  body: asked,
  stream:
    chunks([{ reasoning_content: "A map?" }, ...says("Use a ", "`Map`.")], "stop") +
    usageEvent({
      prompt_tokens: 26,
      completion_tokens: 9,
      total_tokens: 35,
      prompt_tokens_details: { cached_tokens: 16 },
    }) +
    done,
  text: "Use a `Map`.",
  reasoning: "A map?",
  usage: counts(10, 16, 9),
  costUsd: null,
  finish: "stop",
  errors: [
    {
      trouble: "key",
      status: 401,
      body: JSON.stringify({ error: "Unauthorized" }),
      kind: "auth",
      words: "Unauthorized",
    },
    {
      trouble: "model",
      status: 404,
      body: JSON.stringify({
        error: {
          message: "The model `Qwen/Qwen2.5-Coder-7B-Instruct` does not exist.",
          type: "NotFoundError",
          param: "model",
          code: 404,
        },
      }),
      kind: "unknown-model",
      words: "does not exist.",
    },
    {
      // Before 0.10 without the wrapper.
      trouble: "context",
      status: 400,
      body: JSON.stringify({
        object: "error",
        message:
          "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens (8700 in the messages, 300 in the completion).",
        type: "BadRequestError",
        param: null,
        code: 400,
      }),
      kind: "context-length",
      words: "maximum context length is 8192 tokens",
    },
  ],
  undocumented: ["credit", "rate", "moderation", "access", "region"],
  seen: [],
  models: {
    path: "/v1/models",
    body: list({ id: "Qwen/Qwen2.5-Coder-7B-Instruct", object: "model", owned_by: "vllm", max_model_len: 8_192 }),
    expected: [{ id: "Qwen/Qwen2.5-Coder-7B-Instruct", windowTokens: 8_192, price: "free" }],
  },
  fill: templateFill("Qwen/Qwen2.5-Coder-7B-Instruct"),
};
