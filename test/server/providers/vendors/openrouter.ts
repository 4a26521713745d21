import { asked, bearer, chunks, counts, done, openAiError, says, usageEvent, type Vendor } from "./vendor.ts";

const openRouterError = (code: number, message: string, metadata?: object) =>
  JSON.stringify({ error: { code, message, ...(metadata === undefined ? {} : { metadata }) }, user_id: "user_1" });

/** https://openrouter.ai/docs/api-reference/{streaming,errors-and-debugging,list-available-models}, usage accounting */
export const openrouter: Vendor = {
  preset: "openrouter",
  modelId: "qwen/qwen3-coder",
  chatPath: "/api/v1/chat/completions",
  keyHeader: bearer,
  headers: { "x-title": "Wayfare" },
  body: asked,
  stream:
    ": OPENROUTER PROCESSING\n\n" +
    chunks(says("Use a ", "`Map`."), "stop", { provider: "DeepInfra", model: "qwen/qwen3-coder" }) +
    usageEvent({
      prompt_tokens: 194,
      completion_tokens: 8,
      total_tokens: 202,
      cost: 0.00014,
      is_byok: false,
      cost_details: { upstream_inference_cost: null },
      prompt_tokens_details: { cached_tokens: 100, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0 },
    }) +
    done,
  text: "Use a `Map`.",
  usage: counts(94, 100, 8),
  costUsd: 0.00014,
  finish: "stop",
  errors: [
    {
      trouble: "access",
      status: 404,
      body: openRouterError(
        404,
        "No endpoints found matching your data policy (Paid model training). Configure: https://openrouter.ai/settings/privacy",
      ),
      kind: "no-access",
      words: "No endpoints found matching your data policy",
    },
    {
      // Of a vendor behind it, whose error it wraps twice.
      trouble: "region",
      status: 403,
      body: openRouterError(403, "Provider returned error", {
        raw: {
          __kind: "OK",
          data: openAiError(
            "Country, region, or territory not supported",
            "request_forbidden",
            "unsupported_country_region_territory",
          ),
        },
        provider_name: "OpenAI",
      }),
      kind: "region",
      words: "OpenAI behind 127.0.0.1",
    },
    {
      trouble: "rate",
      status: 429,
      body: openRouterError(429, "Provider returned error", {
        raw: "z-ai/glm-5.3-flash is temporarily rate-limited upstream. Please retry shortly, or add your own key.",
        provider_name: "BaseTen",
        limit_source: "upstream_provider_shared_pool",
      }),
      kind: "rate-limit",
      words: "shares its limit there.",
    },
    {
      trouble: "key",
      status: 401,
      body: openRouterError(401, "User not found."),
      kind: "auth",
      words: "User not found.",
    },
    {
      trouble: "credit",
      status: 402,
      body: openRouterError(402, "Insufficient credits. Add more using https://openrouter.ai/settings/credits"),
      kind: "quota",
      words: "Insufficient credits.",
    },
    {
      trouble: "rate",
      status: 429,
      body: openRouterError(429, "Provider returned error", {
        raw: "qwen/qwen3-coder is temporarily rate-limited upstream. Please retry shortly.",
        provider_name: "Chutes",
      }),
      kind: "rate-limit",
      words: "qwen/qwen3-coder is temporarily rate-limited upstream.",
    },
    {
      trouble: "model",
      status: 400,
      body: openRouterError(400, "qwen/qwen3-coder is not a valid model ID"),
      kind: "unknown-model",
      words: "qwen/qwen3-coder is not a valid model ID",
    },
    {
      trouble: "context",
      status: 400,
      body: openRouterError(
        400,
        "This endpoint's maximum context length is 262144 tokens. However, you requested about 300000 tokens.",
      ),
      kind: "context-length",
      words: "maximum context length is 262144 tokens",
    },
    {
      trouble: "moderation",
      status: 403,
      body: openRouterError(403, "Your chosen model requires moderation and your input was flagged.", {
        reasons: ["violence"],
        flagged_input: "…",
        provider_name: "OpenAI",
      }),
      kind: "content-filter",
      words: "your input was flagged",
    },
  ],
  undocumented: [],
  seen: ["credit", "access", "region", "rate"],
  models: {
    path: "/api/v1/models",
    body: JSON.stringify({
      data: [
        {
          id: "qwen/qwen3-coder",
          name: "Qwen3 Coder",
          context_length: 262_144,
          architecture: { input_modalities: ["text"], output_modalities: ["text"] },
          top_provider: { context_length: 262_144, max_completion_tokens: 65_536, is_moderated: false },
          pricing: { prompt: "0.0000002", completion: "0.0000008", request: "0", image: "0" },
          supported_parameters: ["max_tokens", "tools"],
        },
      ],
    }),
    expected: [
      {
        id: "qwen/qwen3-coder",
        windowTokens: 262_144,
        maxOutputTokens: 65_536,
        price: {
          source: "provider",
          tiers: [{ fromInputTokens: 0, inputUsd: 0.2, outputUsd: 0.8, cacheReadUsd: 0.2, cacheWriteUsd: 0.2 }],
        },
        takesImages: false,
        takesTools: true,
      },
    ],
  },
};
