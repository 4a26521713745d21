import type { Usage } from "../../shared/answer.ts";
import type { VendorLogRow } from "../../shared/protocol.ts";
import type { Message } from "../core/provider.ts";
import type { VendorModel, VendorToolCall } from "./vendor-model.ts";

/** A request as a vendor understood it. */
export interface VendorCall {
  model: VendorModel;
  /** System text first, if any; empty for a hole to fill. */
  messages: readonly Message[];
  /** What stands before and after the hole; null for a conversation. */
  hole: Hole | null;
  /** The prompt in the order it is read, with the places where the caller asked for a cache. */
  segments: readonly Segment[];
  /** What the model may ask for; absent on paths that know no tools. */
  tools?: readonly VendorTool[];
  toolChoice?: "auto" | "none" | "required" | { name: string };
  maxOutputTokens: number;
  stop: readonly string[];
  stream: boolean;
  /** The caller wants a count of tokens in the stream; always so on the Anthropic wire. */
  includeUsage: boolean;
}

export interface VendorTool {
  name: string;
  parameters: unknown;
}

/** Code with a piece missing. */
export interface Hole {
  prefix: string;
  suffix: string;
}

export interface Segment {
  role: Message["role"];
  text: string;
  marked: boolean;
  /** How many images stand in it. */
  images?: number;
}

/** A request that the vendor does not take. */
export interface Refusal {
  status: number;
  message: string;
  /** The vendor's word for what is wrong; each wire has its own and a default for each status. */
  code?: string;
  parameter?: string | null;
}

export type ReadCall = { ok: true; call: VendorCall } | { ok: false; refusal: Refusal };

/** What is the same in every event of one answer. */
export interface Reply {
  id: string;
  modelId: string;
  createdSeconds: number;
  /** Tokens of the prompt; `output` is filled in at the end. */
  usage: Usage;
  includeUsage: boolean;
  /** Calls whose arguments come with the last event. */
  lateCalls?: readonly NumberedCall[];
}

/** A call as it is written: with its number among the answer's calls, and the vendor's id. */
export interface NumberedCall extends VendorToolCall {
  index: number;
  id: string;
}

export type Finish = "stop" | "length" | "stop-sequence" | "tool-calls";

/** How one kind of vendor speaks at one of its paths: pure text in, text out. */
export interface VendorWire {
  readonly wire: VendorLogRow["wire"];
  /** Path of the question below the vendor's address. */
  readonly askPath: string;
  /** The key in the request's headers, or null. */
  keyIn(headers: Readonly<Record<string, string | string[] | undefined>>): string | null;
  /** What is wrong with the headers themselves, the key aside. */
  checkHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Refusal | null;
  readCall(body: unknown, find: (modelId: string) => VendorModel | undefined): ReadCall;
  tooLong(call: VendorCall, inputTokens: number): Refusal;
  headers(requestId: string): Record<string, string>;
  errorBody(refusal: Refusal, requestId: string): string;
  /** Everything before the first content. */
  opening(reply: Reply): string;
  delta(reply: Reply, text: string): string;
  /** The events of calls that are streamed, in the order they are written; absent where the path knows no tools. */
  toolCalls?(reply: Reply, calls: readonly NumberedCall[], style: "streamed" | "whole" | "at-end"): readonly string[];
  /** Everything after the last content, the end signal included. */
  closing(reply: Reply, finish: Finish): string;
  /** What comes after the last content when the vendor forgets its end signal. */
  closingWithoutEnd(reply: Reply): string;
  keepAlive(): string;
  errorEvent(): string;
  /** The answer to a request that did not ask for a stream. */
  document(reply: Reply, text: string, finish: Finish, calls: readonly NumberedCall[]): string;
  modelList(models: readonly VendorModel[]): unknown;
  modelEntry(model: VendorModel): unknown;
}
