import type { Tier } from "../../shared/answer.ts";
import type { VendorLogRow } from "../../shared/protocol.ts";
import type { FimWire, Message, Price, SimulatedWire } from "../core/provider.ts";

/** What a simulated vendor is asked, after its wire was read: the same for both wires. */
export interface VendorRequest {
  modelId: string;
  tier: Tier;
  /** System text first, if any; then the conversation as it came. */
  messages: readonly Message[];
  /** As the vendor counted them. */
  inputTokens: number;
  maxOutputTokens: number;
}

/** A tool that a simulated model asks for; its id is the vendor's. */
export interface VendorToolCall {
  name: string;
  argumentsJson: string;
}

/** A hole that a simulated vendor is asked to fill. */
export interface VendorFillRequest {
  modelId: string;
  tier: Tier;
  prefix: string;
  suffix: string;
  /** chat: the hole stood in a prompt for people's words, and what is said back may be dressed up. */
  via: "fill" | "chat";
}

/** A model that a simulated vendor serves. */
export interface VendorModel {
  id: string;
  /** Whose address it is found at. */
  wire: VendorLogRow["wire"];
  tier: Tier;
  windowTokens: number;
  maxOutputTokens: number;
  price: Price;
  /** The answer to a request; what the playground's models say when absent. */
  answer?: (request: VendorRequest) => string;
  /** What is written into a hole, byte for byte; what the playground's models write when absent. */
  fill?: (request: VendorFillRequest) => string;
  /** Asked to fill a hole, it says that it cannot: a model trained for chat alone. */
  cannotFill?: true;
  /** The tools it asks for, where it may ask for any; [] for none. */
  calls?: (request: VendorRequest) => readonly VendorToolCall[];
  /** How arguments come: in pieces (when absent), in one piece, or with the last event alone. */
  callStyle?: "streamed" | "whole" | "at-end";
  /** Shown an image, or given tools, it says that it takes none. */
  cannotSee?: true;
  cannotCall?: true;
  /** How many tokens this vendor counts where the usual one counts one: vocabularies differ. 1 when absent. */
  tokenFactor?: number;
  /** Request parameters that this model refuses with 400, as some of a vendor's models do. */
  refusedParameters?: readonly string[];
  pace?: Pace;
  /** Time to the first token, in milliseconds, at whatever pace the playground runs. */
  firstTokenMs?: number;
}

/** How fast a model is at the realistic pace; each pair is the least and the most. */
export interface Pace {
  firstTokenMs: readonly [number, number];
  tokensPerSecond: readonly [number, number];
}

/** What goes wrong, for the next `times` requests of a model, or for all of them when `times` is absent. */
export type VendorFault = { times?: number } & (
  | /** an error instead of an answer; without `body`, an error of that status in the vendor's own shape */ {
      kind: "status";
      status: number;
      body?: string;
      headers?: Readonly<Record<string, string>>;
    }
  /** nothing at all, or headers and the vendor's opening and then no content, with signs of life if wanted */
  | { kind: "silence"; phase: "headers" | "content"; keepAlives?: true }
  /** so many characters, then nothing more on an open connection */
  | { kind: "stall"; afterCharacters: Length }
  /** so many characters, then the connection is torn down */
  | { kind: "cut"; afterCharacters: Length }
  /** a login page with status 200 */
  | { kind: "html" }
  /** status 200, JSON, and in it an error */
  | { kind: "json-error-200" }
  /** a complete answer without a word */
  | { kind: "empty" }
  /** the answer without any count of tokens */
  | { kind: "no-usage" }
  /** every byte in a write of its own */
  | { kind: "byte-by-byte" }
  | { kind: "slow"; tokensPerSecond: number }
  /** so long to the first token, then as always */
  | { kind: "late"; firstTokenMs: number }
  /** so many characters, then an error event in the stream */
  | { kind: "in-band-error"; afterCharacters: Length }
  /** the whole text, then an orderly close without the wire's end signal */
  | { kind: "no-end-signal" }
);

/** Characters, or half of the text. */
export type Length = number | "half";

function flatPrice(usd: { input: number; output: number; cacheRead: number; cacheWrite: number }): Price {
  const tier = {
    fromInputTokens: 0,
    inputUsd: usd.input,
    outputUsd: usd.output,
    cacheReadUsd: usd.cacheRead,
    cacheWriteUsd: usd.cacheWrite,
  };
  return { source: "provider", tiers: [tier] };
}

/** A model that comes with the playground, on a wire that Wayfare speaks, and how it fills holes. */
export interface PlaygroundModel extends VendorModel {
  wire: SimulatedWire;
  fim: FimWire | null;
}

/** A cheap model on the OpenAI-compatible wire, with the price and speed of a small model of 2026. */
const simSmall: PlaygroundModel = {
  id: "sim-small",
  wire: "openai-compatible",
  fim: "suffix",
  tier: "cheap",
  windowTokens: 128_000,
  maxOutputTokens: 16_384,
  price: flatPrice({ input: 0.15, output: 0.6, cacheRead: 0.015, cacheWrite: 0.15 }),
  pace: { firstTokenMs: [250, 400], tokensPerSecond: [90, 110] },
};

/** A frontier model on the Anthropic wire. */
const simLarge: PlaygroundModel = {
  id: "sim-large",
  wire: "anthropic",
  fim: null,
  tier: "frontier",
  windowTokens: 200_000,
  maxOutputTokens: 64_000,
  price: flatPrice({ input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 }),
  pace: { firstTokenMs: [400, 600], tokensPerSecond: [60, 80] },
};

/** The two models a person gets who has nothing configured. Prices are in USD per million tokens. */
export const playgroundModels: readonly PlaygroundModel[] = [simSmall, simLarge];
