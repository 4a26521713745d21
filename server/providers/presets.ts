import { presetAt } from "../../shared/presets.ts";
import type { PresetId } from "../../shared/settings.ts";
import type { FimFamily } from "../core/fim-wire.ts";
import type { Wire } from "../core/provider.ts";
import type { Behind } from "./error-upstream.ts";

/** How a preset's wire differs from its siblings. One row each; what a person reads is in shared/presets.ts. */
export interface WireRow {
  wire: Wire;
  /** The header that carries the key, lower-case, and what stands before the key in it. */
  keyHeader: { name: string; scheme: "Bearer" | null };
  /**
   * Whose service it is, where that changes more than a row can say. `openai`: models that have to be asked on OpenAI's
   * other wire are. `vertex`: Gemini's wire with tokens beside keys and no list of models.
   */
  service: "openai" | "vertex" | "any";
  /** Sent with each request, lower-case names; a person's own headers win. */
  headers: Readonly<Record<string, string>>;
  /** Ask for usage with `stream_options.include_usage`. Dropped by itself where a server refuses it. */
  includeUsage: "ask" | "never";
  /**
   * Whether `prompt_tokens` holds what came from the cache. `either`: a gateway hands on what its vendor counted, and only
   * the total shows it.
   */
  cachedTokens: "inside" | "beside" | "either";
  /** Where the vendor documents the cost of an answer; null: nowhere. One that comes unannounced is believed all the same. */
  costField: "usage.cost" | "usage.cost_in_usd_ticks" | null;
  /** OpenAI's newer models take only the second; everyone else knows the first. */
  maxTokensField: "max_tokens" | "max_completion_tokens";
  /** Path behind the base URL that lists models. */
  modelsPath: string;
  /** Path behind the base URL that answers 401 for a wrong key where the list of models does not. */
  keyCheckPath: string | null;
  /**
   * Who states prices, and how. `openrouter`, `vercel`: the list of models itself. `tokenmix`: a public list beside it.
   * `litellm`: a list beside it where the server is a LiteLLM proxy. `none`: nobody, or in units nobody documents.
   */
  priceList: "openrouter" | "vercel" | "tokenmix" | "litellm" | "none";
  /** Path behind the base URL that tells afterwards what an answer cost, by its id; null: there is none. */
  generationPath: string | null;
  /** A reported cost of exactly 0 means free. Elsewhere it often means "not counted" and is not believed. */
  zeroCost: "free" | "unknown";
  /** Codes that mean a limit of the rate at this vendor, and an empty account at others; lower case. */
  rateCodes: readonly string[];
  /** How it stands to the vendors behind it; null: there are none. */
  behind: Behind | null;
  /** Which models take `cache_control` marks on this wire. */
  cacheMarks: "anthropic-models" | "none";
  /** Where the thinking behind tool calls goes back. */
  reasoningField: "reasoning_content" | "reasoning_details";
  /** Which ids of tool calls it takes. */
  toolCallIds: "any" | "nine-characters";
  /** Whose signature stands beside a tool call. */
  callSignatures: "google" | "none";
  /**
   * PDFs, where the vendor documents that its models read them at the price of their tokens. Gateways have them read by
   * others, at prices of their own (https://openrouter.ai/docs/features/multimodal/pdfs).
   */
  documents: "taken" | "none";
  /** Which models fill holes in code here, and how. */
  fim: FimFamily;
  /**
   * A begun answer at the end of the conversation: `sent` as it is (who refuses it is remembered), or `marked` with
   * `prefix: true`, without which the vendor does not go on with it.
   */
  prefill: "sent" | "marked";
  /** Path at the root of the host under which holes are filled by `suffix` and marked answers gone on with; null: the base URL. */
  betaPath: string | null;
  /**
   * Whether the vendor stops writing, and billing, when the connection is closed. `no`: a request that was called off is
   * counted as if it had used all the room it was given.
   */
  cancelStopsBilling: "yes" | "no" | "unknown";
}

const bearer = { name: "authorization", scheme: "Bearer" } as const;

/** A vendor that serves its own models on OpenAI's wire, its counts as OpenAI documents them. */
const vendor: WireRow = {
  wire: "openai-compatible",
  keyHeader: bearer,
  service: "any",
  headers: {},
  includeUsage: "ask",
  cachedTokens: "inside",
  costField: null,
  maxTokensField: "max_tokens",
  modelsPath: "/models",
  keyCheckPath: null,
  priceList: "none",
  generationPath: null,
  zeroCost: "unknown",
  rateCodes: [],
  behind: null,
  cacheMarks: "none",
  reasoningField: "reasoning_content",
  toolCallIds: "any",
  callSignatures: "none",
  documents: "none",
  fim: "none",
  prefill: "sent",
  betaPath: null,
  cancelStopsBilling: "unknown",
};

/** Many vendors' models behind one address, their counts handed on. */
const gateway: WireRow = { ...vendor, cachedTokens: "either", behind: { account: "kept", handsOn: "marked" } };
const itsOwnAccounts: Behind = { account: "gateway", handsOn: "marked" };

/** Answered 422 to stream_options, and reports usage without being asked. */
const mistral: WireRow = {
  ...vendor,
  includeUsage: "never",
  toolCallIds: "nine-characters",
  fim: "mistral",
  prefill: "marked",
  cancelStopsBilling: "no",
};

/** Its "insufficient quota" is one of tokens a minute (https://www.alibabacloud.com/help/en/model-studio/rate-limit). */
const qwen: WireRow = { ...vendor, rateCodes: ["insufficient_quota"], fim: "qwen-coder", cancelStopsBilling: "no" };

const vertex: WireRow = {
  ...vendor,
  wire: "google",
  service: "vertex",
  keyHeader: { name: "x-goog-api-key", scheme: null },
  documents: "taken",
  cancelStopsBilling: "no",
};

/** By its own wire; by OpenAI's where the address ends in `/v1`. */
const ollama: WireRow = {
  ...vendor,
  wire: "ollama",
  modelsPath: "/api/tags",
  fim: "ollama",
  cancelStopsBilling: "yes",
};
const ollamaByOpenAi: WireRow = { ...vendor, fim: "ollama", cancelStopsBilling: "yes" };

/**
 * Whether a cancel stops the bill is as OpenRouter's page on streaming has it of the vendors behind it
 * (https://openrouter.ai/docs/api-reference/streaming), for hardly any vendor says so itself.
 */
const rows: Readonly<Record<PresetId, WireRow>> = {
  openai: {
    ...vendor,
    service: "openai",
    maxTokensField: "max_completion_tokens",
    documents: "taken",
    cancelStopsBilling: "yes",
  },
  "openai-responses": { ...vendor, wire: "openai-responses", documents: "taken", cancelStopsBilling: "yes" },
  anthropic: {
    ...vendor,
    wire: "anthropic",
    keyHeader: { name: "x-api-key", scheme: null },
    headers: { "anthropic-version": "2023-06-01" },
    cachedTokens: "beside",
    documents: "taken",
    modelsPath: "/models?limit=1000",
    cancelStopsBilling: "yes",
  },
  gemini: {
    ...vendor,
    wire: "google",
    keyHeader: { name: "x-goog-api-key", scheme: null },
    documents: "taken",
    modelsPath: "/models?pageSize=1000",
    cancelStopsBilling: "no",
  },
  vertex,
  "vertex-express": vertex,
  bedrock: { ...vendor, wire: "bedrock", cachedTokens: "beside" },
  "gemini-openai": { ...vendor, callSignatures: "google", cancelStopsBilling: "no" },
  deepseek: { ...vendor, fim: "deepseek", prefill: "marked", betaPath: "/beta", cancelStopsBilling: "yes" },
  mistral,
  codestral: mistral,
  qwen,
  "qwen-china": qwen,
  xai: { ...vendor, costField: "usage.cost_in_usd_ticks", cancelStopsBilling: "yes" },
  groq: { ...vendor, cancelStopsBilling: "no" },
  together: { ...vendor, fim: "qwen-coder", cancelStopsBilling: "yes" },
  fireworks: { ...vendor, fim: "qwen-coder", cancelStopsBilling: "yes" },
  cerebras: vendor,
  "azure-openai": {
    ...vendor,
    service: "openai",
    keyHeader: { name: "api-key", scheme: null },
    maxTokensField: "max_completion_tokens",
    cancelStopsBilling: "yes",
  },
  openrouter: {
    ...gateway,
    behind: itsOwnAccounts,
    headers: {
      "http-referer": "https://marketplace.visualstudio.com/items?itemName=wayfare.wayfare",
      "x-title": "Wayfare",
    },
    // Its list of models answers without a key.
    keyCheckPath: "/key",
    costField: "usage.cost",
    priceList: "openrouter",
    generationPath: "/generation",
    zeroCost: "free",
    cacheMarks: "anthropic-models",
    reasoningField: "reasoning_details",
  },
  tokenmix: { ...gateway, behind: itsOwnAccounts, priceList: "tokenmix" },
  vercel: {
    ...gateway,
    behind: itsOwnAccounts,
    costField: "usage.cost",
    priceList: "vercel",
    generationPath: "/generation",
  },
  portkey: { ...gateway, keyHeader: { name: "x-portkey-api-key", scheme: null } },
  // It reads the vendor's answer to its end when nobody hears it any more, as 1.15.2 was seen to do.
  "portkey-self-hosted": { ...gateway, behind: { account: "sent", handsOn: "marked" }, cancelStopsBilling: "no" },
  litellm: { ...gateway, priceList: "litellm" },
  cloudflare: {
    ...gateway,
    keyHeader: { name: "cf-aig-authorization", scheme: "Bearer" },
    behind: { account: "kept", handsOn: "word for word" },
  },
  "cloudflare-api": { ...gateway, behind: itsOwnAccounts },
  "cloudflare-own-key": { ...gateway, behind: { account: "sent", handsOn: "word for word" } },
  ollama,
  lmstudio: { ...vendor, fim: "qwen-coder", cancelStopsBilling: "yes" },
  llamacpp: { ...vendor, fim: "llamacpp", cancelStopsBilling: "yes" },
  vllm: { ...vendor, fim: "qwen-coder", cancelStopsBilling: "yes" },
  "openai-compatible": { ...gateway, priceList: "litellm", fim: "qwen-coder" },
};

/**
 * The wire facts for a provider. `baseUrl` is the resolved one: a vendor that was entered as "any OpenAI-compatible
 * address" is known by its host, and keeps the key where that preset sends it.
 */
export function wireRowFor(preset: PresetId, baseUrl: string): WireRow {
  const known = presetAt(preset, baseUrl);
  if (known === "ollama" && /\/v1$/.test(baseUrl)) return ollamaByOpenAi;
  return known === preset ? rows[preset] : { ...rows[known], keyHeader: rows[preset].keyHeader };
}
