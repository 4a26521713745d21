import type { PresetId } from "../../shared/settings.ts";
import type { Wire } from "../core/provider.ts";

/** How a preset's wire differs from its siblings. One row each; what a person reads is in shared/presets.ts. */
export interface WireRow {
  wire: Wire;
  /** Sent with each request, lower-case names; a person's own headers win. */
  headers: Readonly<Record<string, string>>;
  /** Ask for usage with `stream_options.include_usage`. Dropped by itself where a server refuses it. */
  includeUsage: "ask" | "never";
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
  /** Which models take `cache_control` marks on this wire. */
  cacheMarks: "anthropic-models" | "none";
  /** Where the thinking behind tool calls goes back. */
  reasoningField: "reasoning_content" | "reasoning_details";
  /** Which ids of tool calls it takes. */
  toolCallIds: "any" | "nine-characters";
  /** Whose signature stands beside a tool call. */
  callSignatures: "google" | "none";
}

const openAiLike: WireRow = {
  wire: "openai-compatible",
  headers: {},
  includeUsage: "ask",
  maxTokensField: "max_tokens",
  modelsPath: "/models",
  keyCheckPath: null,
  priceList: "none",
  generationPath: null,
  zeroCost: "unknown",
  cacheMarks: "none",
  reasoningField: "reasoning_content",
  toolCallIds: "any",
  callSignatures: "none",
};

const rows: Readonly<Record<PresetId, WireRow>> = {
  openai: { ...openAiLike, maxTokensField: "max_completion_tokens" },
  anthropic: { ...openAiLike, wire: "anthropic", modelsPath: "/models?limit=1000" },
  openrouter: {
    ...openAiLike,
    headers: {
      "http-referer": "https://marketplace.visualstudio.com/items?itemName=wayfare.wayfare",
      "x-title": "Wayfare",
    },
    // Its list of models answers without a key.
    keyCheckPath: "/key",
    priceList: "openrouter",
    generationPath: "/generation",
    zeroCost: "free",
    cacheMarks: "anthropic-models",
    reasoningField: "reasoning_details",
  },
  tokenmix: { ...openAiLike, priceList: "tokenmix" },
  "openai-compatible": { ...openAiLike, priceList: "litellm" },
  ollama: openAiLike,
  lmstudio: openAiLike,
  llamacpp: openAiLike,
};

/** Gateways that are known although they were entered as "any OpenAI-compatible address". */
const knownHosts: Readonly<Record<string, WireRow>> = {
  "api.openai.com": rows.openai,
  "openrouter.ai": rows.openrouter,
  "ai-gateway.vercel.sh": { ...openAiLike, priceList: "vercel", generationPath: "/generation" },
  "generativelanguage.googleapis.com": { ...openAiLike, callSignatures: "google" },
  // Both answered 422 to stream_options; they report usage without being asked.
  "api.mistral.ai": { ...openAiLike, includeUsage: "never", toolCallIds: "nine-characters" },
  "codestral.mistral.ai": { ...openAiLike, includeUsage: "never", toolCallIds: "nine-characters" },
};

/** The wire facts for a provider. `baseUrl` is the resolved one. */
export function wireRowFor(preset: PresetId, baseUrl: string): WireRow {
  if (preset !== "openai-compatible") return rows[preset];
  return knownHosts[new URL(baseUrl).hostname] ?? rows[preset];
}
