import { asked, bearer, chunks, counts, done, list, openAiError, says, usageEvent, type Vendor } from "./vendor.ts";

/** https://vercel.com/docs/ai-gateway/sdks-and-apis/openai-chat-completions, /models-and-providers, /faq */
export const vercel: Vendor = {
  preset: "vercel",
  modelId: "anthropic/claude-haiku-4.5",
  chatPath: "/v1/chat/completions",
  keyHeader: bearer,
  body: asked,
  stream:
    chunks(says("Use a ", "`Map`."), "stop", { model: "anthropic/claude-haiku-4.5" }) +
    usageEvent({
      prompt_tokens: 910,
      completion_tokens: 60,
      total_tokens: 970,
      prompt_tokens_details: { cached_tokens: 512 },
      cost: 0.0021,
      market_cost: 0.0024,
      gateway_cost: 0,
    }) +
    done,
  text: "Use a `Map`.",
  usage: counts(398, 512, 60),
  costUsd: 0.0021,
  finish: "stop",
  errors: [
    {
      trouble: "access",
      status: 403,
      body: openAiError("Free tier users do not have access to this model.", "RestrictedModelsError", null),
      kind: "no-access",
      words: "Free tier users do not have access to this model.",
    },
    {
      trouble: "key",
      status: 401,
      body: openAiError("Invalid API key", "authentication_error", null),
      kind: "auth",
      words: "Invalid API key",
    },
    {
      trouble: "credit",
      status: 402,
      body: openAiError("Insufficient funds. Please add credits to your account.", "insufficient_funds", null),
      kind: "quota",
      words: "Insufficient funds.",
    },
    {
      // Of a vendor behind it, as it hands that on.
      trouble: "credit",
      status: 429,
      body: JSON.stringify({
        error: {
          message: "Insufficient balance or no resource package. Please recharge.",
          type: "AI_APICallError",
          param: { error: "Insufficient balance or no resource package. Please recharge.", statusCode: 429 },
        },
      }),
      kind: "quota",
      words: "Insufficient balance or no resource package.",
    },
    {
      trouble: "rate",
      status: 429,
      body: openAiError("Rate limit exceeded", "rate_limit_exceeded", null),
      kind: "rate-limit",
      words: "Rate limit exceeded",
    },
    {
      trouble: "model",
      status: 404,
      body: openAiError("Model 'anthropic/claude-haiku-4.5' not found", "model_not_found", "model_not_found"),
      kind: "unknown-model",
      words: "Model 'anthropic/claude-haiku-4.5' not found",
    },
  ],
  undocumented: ["context", "moderation", "region"],
  seen: ["credit", "access"],
  models: {
    path: "/v1/models",
    body: list(
      {
        id: "anthropic/claude-haiku-4.5",
        object: "model",
        name: "Claude Haiku 4.5",
        context_window: 200_000,
        max_tokens: 64_000,
        type: "language",
        tags: ["tool-use", "vision"],
        pricing: {
          input: "0.000001",
          output: "0.000005",
          input_cache_read: "0.0000001",
          input_cache_write: "0.00000125",
        },
      },
      { id: "openai/text-embedding-3-small", object: "model", type: "embedding", pricing: { input: "0.00000002" } },
    ),
    expected: [
      {
        id: "anthropic/claude-haiku-4.5",
        windowTokens: 200_000,
        maxOutputTokens: 64_000,
        takesImages: true,
        takesTools: true,
        price: {
          source: "provider",
          tiers: [
            {
              fromInputTokens: 0,
              inputUsd: 1,
              outputUsd: 5,
              cacheReadUsd: 0.1,
              cacheWriteUsd: 1.25,
              cacheWrite1hUsd: 2,
            },
          ],
        },
      },
    ],
  },
};
