import type { ContextItem, Tier, Usage } from "../../shared/answer.ts";
import type { FactName, FactSource } from "../../shared/routes.ts";
import type { PassedOn } from "./relay.ts";

/** What the decisions and the engine know of a provider. Types only; the adapters are in `server/providers/`. */

/** Which protocol a provider speaks. */
export type Wire = "openai-compatible" | "anthropic" | "openai-responses" | "google" | "bedrock" | "ollama";
/** The wires that the simulated vendors speak. */
export type SimulatedWire = Extract<Wire, "openai-compatible" | "anthropic">;

/**
 * One message of a conversation. `tool` carries the result of the call `toolCallId` in its text. What only some messages
 * have is absent elsewhere: images stand in those of `user` and `tool`, documents in those of `user`, calls and reasoning
 * in those of `assistant`.
 */
export interface Message {
  role: "system" | "user" | "assistant" | "tool";
  text: string;
  images?: readonly Image[];
  documents?: readonly PdfDocument[];
  toolCalls?: readonly ToolCall[];
  /** Thinking that came before the text, in order; never part of `text`. */
  reasoning?: readonly ReasoningBlock[];
  toolCallId?: string;
  /** The tool failed, and the text says how. */
  isError?: boolean;
}

/** Wayfare never fetches one: an address is for the vendor to look up. */
export type Image = InlineImage | AddressedImage;

export interface InlineImage {
  mediaType: "image/png" | "image/jpeg" | "image/gif" | "image/webp";
  base64: string;
  detail?: ImageDetail;
}

export interface AddressedImage {
  /** `https:` or `http:`, as the class `URL` writes it. */
  url: string;
  detail?: ImageDetail;
}

/** How finely the vendor looks at it, and counts it; absent: as it likes. */
export type ImageDetail = "low" | "high" | "original";

export interface PdfDocument {
  base64: string;
  /** A file's name or a title, as the client has it. */
  name?: string;
}

export interface ToolCall {
  id: string;
  name: string;
  /** A JSON object as text. */
  argumentsJson: string;
  /** What the vendor wants to see again beside the call (Gemini 3); good for the same model at the same origin alone. */
  signature?: { value: string; by: Writer };
}

/** The model that wrote something, and where it was asked. */
export interface Writer {
  origin: string;
  modelId: string;
}

/** Whose thinking a client sent along is not known where this process did not see it written: its vendor can tell. */
export const unknownWriter: Writer = { origin: "", modelId: "" };

/** A piece of a model's thinking. Only the model that wrote it, at the same origin, can check its signature. */
export interface ReasoningBlock {
  /** Empty where the vendor shows none of it. */
  text: string;
  signature: string | null;
  /** Thinking that the vendor gives only in encrypted form. */
  redactedData: string | null;
  /** What a gateway wants to see again beside it, by its own names (OpenRouter: `id`, `format`). */
  tags?: Readonly<Record<string, string>>;
  by: Writer;
}

/** A function that a model may ask for. `parameters` is a JSON schema of an object. */
export interface Tool {
  name: string;
  description: string;
  parameters: Readonly<Record<string, unknown>>;
  /** The vendor is to hold its model to the schema; only the OpenAI-compatible wire carries it. */
  isStrict?: true;
}

/** `required`: at least one call, whichever; a name: a call of that tool. */
export type ToolChoice = "auto" | "none" | "required" | { name: string };

/**
 * What not every model takes, and what no request can do without once it has it. `addresses`: images that are not there
 * themselves. `prefill`: a begun answer to go on with.
 */
export type Need = "images" | "addresses" | "documents" | "tools" | "prefill";

export interface ProviderRequest {
  modelId: string;
  /** When the last one is the assistant's, the answer goes on from its text. */
  messages: readonly Message[];
  /** Absent or []: none. */
  tools?: readonly Tool[];
  /** Absent: auto. */
  toolChoice?: ToolChoice;
  /** Upper bound of the answer, in the provider's tokens; the money held depends on it. */
  maxOutputTokens: number;
  temperature?: number;
  stop?: readonly string[];
  /** What else a client asked for; `passed-on.ts` says which of it this wire has a place for. */
  passedOn?: PassedOn | null;
  /** The route's window; only for a server that is told how much to load. null or absent: not known. */
  windowTokens?: number | null;
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
  /** As in `ProviderRequest`. */
  windowTokens?: number | null;
}

/** `tool-calls`: the model waits for results; only where the answer has calls. */
export type FinishReason = "stop" | "length" | "tool-calls" | "content-filter" | "other";

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
 * proof of life, never content; the first, that of the headers, brings the
 * rate limits they tell of; one brings the id by which the provider can be asked later what the answer cost, one how the vendor counted the prompt before it began to write) and of content, at most one `usage`, then exactly one `finish`, the last part of all.
 * Deltas are never empty. Calls count from 0 in the order they began, and their deltas may be interleaved; each call has
 * one `tool-call-start`, and one whole `tool-call` after its deltas.
 */
export type ProviderPart =
  | { type: "activity"; limits?: RateLimits; generationId?: string; promptUsage?: Usage }
  | { type: "text-delta"; text: string }
  | { type: "reasoning-delta"; text: string }
  /** Ends the block of thinking whose deltas came before, with what the vendor wants to see again. */
  | {
      type: "reasoning-end";
      signature: string | null;
      redactedData: string | null;
      tags?: Readonly<Record<string, string>>;
    }
  | { type: "tool-call-start"; index: number; id: string; name: string }
  /** A piece of the arguments' JSON. */
  | { type: "tool-call-delta"; index: number; text: string }
  | { type: "tool-call"; index: number; id: string; name: string; argumentsJson: string; signature?: string }
  | { type: "usage"; usage: Usage; reportedCostUsd: number | null }
  /** `stopSequence`: which of the request's ended it, where the vendor says so. */
  | { type: "finish"; reason: FinishReason; stopSequence?: string };

/** What a provider says afterwards about an answer of its own. */
export interface GenerationBill {
  /** null where it told none. */
  usage: Usage | null;
  costUsd: number;
}

export interface StreamOptions {
  signal: AbortSignal;
}

/** A model as its provider lists it. Unknown is null, never zero. */
export interface ListedModel {
  id: string;
  windowTokens: number | null;
  /** What the model itself can, where its server is told how much of it to load and `windowTokens` is that. */
  largestWindowTokens?: number | null;
  maxOutputTokens: number | null;
  price: Price | "free" | null;
  /** Where the price changes with the hour: the whole day, in UTC. `price` is then the dearest of it. */
  hours?: readonly PriceHours[];
  /** Absent or null: the list does not say. */
  takesImages?: boolean | null;
  takesTools?: boolean | null;
  /** It thinks before it answers, or can be told to. */
  thinks?: boolean | null;
  fillsHoles?: boolean | null;
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
  /** What the server has said that this model does not take; a request that needs it fails at once and sends nothing. */
  lacks?(modelId: string): readonly Need[];
  /**
   * What the answer cost that the provider called `generationId`; null while it does not know. Costs nothing. Throws like
   * `stream`. Absent where the provider cannot be asked.
   */
  billOf?(generationId: string, options: StreamOptions): Promise<GenerationBill | null>;
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
  /** What is written to be kept for an hour; absent: as `cacheWriteUsd`. */
  cacheWrite1hUsd?: number;
  /** Thinking; absent: as the rest of the output. */
  reasoningUsd?: number;
  /** USD for each image sent, on top of its tokens; absent: none. */
  imageUsd?: number;
  /** USD for each request, whatever its size; absent: none. */
  requestUsd?: number;
}

export interface Price {
  /** `override`: the person's own, which beats every other, a cost that the provider reports included. */
  source: "override" | "provider" | "genai-prices";
  /** First tier starts at 0; ascending. */
  tiers: readonly [PriceTier, ...PriceTier[]];
}

/** The price from a minute of the day on (0 to 1,439, in UTC) until the next row's; the first row begins at 0. */
export interface PriceHours {
  fromMinute: number;
  tiers: Price["tiers"];
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
  /** As in `ListedModel`. */
  largestWindowTokens?: number | null;
  maxOutputTokens: number | null;
  simulated: boolean;
  /** Stands for the key it is asked with, without telling it: what is limited or refused is an account. Absent: its provider's. */
  account?: string;
  /** Its vendor goes on writing, and billing, after the connection is closed; absent: it stops, or nobody knows. */
  billsOn?: true;
  /** How it fills a hole in code; absent or null where it can only be asked in chat. */
  fim?: FimWire | null;
  /** What it takes beside text; absent or null: not known, and worth a try. */
  takesImages?: boolean | null;
  /** Images by their address; of what its wire cannot carry, `image-addresses.ts` knows more. */
  takesAddresses?: boolean | null;
  /** PDFs, at the price of their tokens alone; absent: no. */
  takesDocuments?: boolean;
  takesTools?: boolean | null;
  /** It thinks before it answers, or can be told to; absent or null: not known. */
  thinks?: boolean | null;
  /** Who says what is known of it; a fact without one is not known. Absent: nobody asked. */
  factSources?: Partial<Record<FactName, FactSource>>;
  /** An answer begun for it, to go on with. */
  takesPrefill?: boolean | null;
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
