import type { ContextItem, Tier, Usage } from "../../shared/answer.ts";

/** What the decisions and the engine know of a provider. Types only; the adapters are in `server/providers/`. */

/** Which protocol a provider speaks. */
export type Wire = "openai-compatible" | "anthropic";

export interface Message {
  role: "system" | "user" | "assistant";
  text: string;
}

export interface ProviderRequest {
  modelId: string;
  messages: readonly Message[];
  /** Upper bound of the answer, in the provider's tokens; the money held depends on it. */
  maxOutputTokens: number;
  temperature?: number;
  stop?: readonly string[];
}

/**
 * How a model is asked to fill a hole in code. `suffix`: POST /completions with `prompt` and `suffix` (DeepSeek under
 * /beta, Ollama). `mistral`: POST /fim/completions. `template`: POST /completions with the model's own marks in the prompt
 * (Qwen-Coder). `infill`: llama.cpp's POST /infill.
 */
export type FimWire = "suffix" | "mistral" | "template" | "infill";

export interface FimRequest {
  modelId: string;
  wire: FimWire;
  prefix: string;
  suffix: string;
  maxOutputTokens: number;
  temperature?: number;
  stop?: readonly string[];
}

export type FinishReason = "stop" | "length" | "content-filter" | "other";

/** What is left of one limit of a vendor's. */
export interface RateLimit {
  /** null when the vendor does not say it. */
  limit: number | null;
  remaining: number;
  /** When it is whole again, in milliseconds since 1970; null when the vendor does not say it. */
  resetAtMs: number | null;
}

/** What the headers of an answer say is left, per key; null for a kind that they do not speak of. */
export interface RateLimits {
  requests: RateLimit | null;
  tokens: RateLimit | null;
}

/**
 * One piece of a provider's answer. Order: any number of `activity` (response headers, keep-alives, role-only deltas:
 * proof of life, never content; the first, that of the headers, brings the rate limits they tell of), `text-delta` and `reasoning-delta`, at most one `usage`, then exactly one `finish`, the
 * last part of all. Deltas are never empty.
 */
export type ProviderPart =
  | { type: "activity"; limits?: RateLimits }
  | { type: "text-delta"; text: string }
  | { type: "reasoning-delta"; text: string }
  | { type: "usage"; usage: Usage; reportedCostUsd: number | null }
  | { type: "finish"; reason: FinishReason };

export interface StreamOptions {
  signal: AbortSignal;
}

/** A model as its provider lists it. Unknown is null, never zero. */
export interface ListedModel {
  id: string;
  windowTokens: number | null;
  maxOutputTokens: number | null;
  price: Price | "free" | null;
}

/**
 * A provider is a record of functions made by a factory. `stream` throws a FailureError when the provider fails (also
 * when the stream closes without its end signal), and an AbortError when `signal` aborts; returning early from the
 * iteration closes the upstream socket.
 */
export interface Provider {
  readonly id: string;
  readonly wire: Wire;
  /** scheme://host:port */
  readonly origin: string;
  stream(request: ProviderRequest, options: StreamOptions): AsyncIterable<ProviderPart>;
  /** Fills a hole. Absent where the wire only chats; the rules of `stream` hold, but for an answer without text. */
  fill?(request: FimRequest, options: StreamOptions): AsyncIterable<ProviderPart>;
  /** False once the server said that it cannot fill with this model; then, or where it is absent, the model is asked in chat. */
  canFill?(modelId: string, wire: FimWire): boolean;
  listModels(options: StreamOptions): Promise<ListedModel[]>;
}

/** USD per million tokens from `fromInputTokens` tokens of input on: the whole request is billed at its tier. */
export interface PriceTier {
  fromInputTokens: number;
  inputUsd: number;
  outputUsd: number;
  /** Cached input; when a list names no cache price, the input price. */
  cacheReadUsd: number;
  cacheWriteUsd: number;
}

export interface Price {
  /** `override`: the person's own, which beats every other, a cost that the provider reports included. */
  source: "override" | "provider" | "genai-prices";
  /** First tier starts at 0; ascending. */
  tiers: readonly [PriceTier, ...PriceTier[]];
}

/** A provider and a model that can serve a request, with what is known about the pair. */
export interface Route {
  providerId: string;
  modelId: string;
  tier: Tier;
  wire: Wire;
  origin: string;
  price: Price | "free" | null;
  /** Where the price changes with the hour or from a date on: what it is at a time. `price` is then that of a moment. */
  priceAt?: PriceAt;
  /** What `price` may become while a request runs: money is held for the dearest. */
  nextPrices?: readonly Price[];
  windowTokens: number | null;
  maxOutputTokens: number | null;
  simulated: boolean;
  /** Stands for the key it is asked with, without telling it: what is limited or refused is an account. Absent: its provider's. */
  account?: string;
  /** How it fills a hole in code; absent or null where it can only be asked in chat. */
  fim?: FimWire | null;
}

/** The price at a time, null when nobody knows it, and those that come into force within the hour after. */
export type PriceAt = (atMs: number) => { price: Price | null; next: readonly Price[] };

/** `provider/model`, the name of a route in settings, logs and the picker. */
export function routeName(route: { providerId: string; modelId: string }): string {
  return `${route.providerId}/${route.modelId}`;
}

/** What a question brings with it, before anything is decided. */
export interface Question {
  text: string;
  context: readonly ContextItem[];
  /** Earlier turns of the conversation, oldest first. */
  history: readonly {
    question: string;
    answer: string;
    failed: boolean;
    tier: Tier | null;
    /** Paths of the files and selections that came with it, each once. */
    askedWith: readonly string[];
  }[];
}
