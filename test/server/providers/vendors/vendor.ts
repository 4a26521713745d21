import type { FimWire, FinishReason, ListedModel } from "../../../../server/core/provider.ts";
import type { Usage } from "../../../../shared/answer.ts";
import type { Failure } from "../../../../shared/failure.ts";
import type { PresetId } from "../../../../shared/settings.ts";

/** What can be wrong, as a person would name it. A vendor that documents no body for one of them says so in `unverified`. */
export type Trouble = "key" | "credit" | "access" | "region" | "rate" | "model" | "context" | "moderation";

export interface VendorError {
  trouble: Trouble | "load" | "parameter";
  status: number;
  headers?: Readonly<Record<string, string>>;
  /** As it stands in the response. */
  body: string;
  kind: Failure["kind"];
  /** How often it is asked until then; absent: once. */
  requests?: number;
  /** The vendor's own words, as a person reads them in ours. */
  words: string;
}

/**
 * One vendor of the contract test: what it documents of its stream, its errors and its list, in bytes that were written
 * from that documentation, and what Wayfare makes of them. The vendor is the row of this preset alone.
 */
export interface Vendor {
  preset: PresetId;
  modelId: string;
  /** The path of its base URL, where the preset's own address has another. */
  basePath?: string;
  /** Where its chat is asked, behind the host. */
  chatPath: string;
  keyHeader: readonly [name: string, value: string];
  /** Headers beside it that the vendor wants. */
  headers?: Readonly<Record<string, string>>;
  /** Fields of the body, beside the messages, that differ between vendors. */
  body: { stream_options?: { include_usage: true }; max_tokens?: number; max_completion_tokens?: number } & Record<
    string,
    unknown
  >;
  stream: string;
  text: string;
  reasoning?: string;
  usage: Usage;
  /** null: it reports none, and the price list is asked. */
  costUsd: number | null;
  finish: FinishReason;
  errors: readonly VendorError[];
  /** Troubles of which nothing is known of how it says them. */
  undocumented: readonly Trouble[];
  /**
   * Troubles whose body was read, on the vendor's own page or in a public report of it. Of the others the status or the code
   * is documented, and the words are from general knowledge.
   */
  seen: readonly VendorError["trouble"][];
  /** `status` where it has no list: the body says so, and what it answers to a question without a model beside it. */
  models:
    | { path: string; body: string; expected: readonly Partial<ListedModel>[] }
    | { path: string; body: string; status: number; withoutModel: { status: number; body: string } };
  /** Where it fills holes in code; absent: in chat alone. */
  fill?: { modelId: string; wire: FimWire; path: string; stream: string };
}

/** The room for the answer that every test asks for. */
export const ROOM = 300;
export const KEY = "test-key-123";
export const bearer = ["authorization", `Bearer ${KEY}`] as const;
export const asked = { stream_options: { include_usage: true }, max_tokens: ROOM } as const;

/** One event of a stream. */
export const event = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
export const done = "data: [DONE]\n\n";

export const counts = (input: number, cacheRead: number, output: number, reasoning = 0): Usage => ({
  input,
  cacheRead,
  cacheWrite: 0,
  output,
  reasoning,
});

/** The chunks of an answer as most write them, `more` beside the choices of each. */
export function chunks(pieces: readonly object[], finish_reason: string, more: object = {}): string {
  const chunk = (delta: object, reason: string | null) =>
    event({
      id: "chatcmpl-1",
      object: "chat.completion.chunk",
      created: 1_790_000_000,
      ...more,
      choices: [{ index: 0, delta, logprobs: null, finish_reason: reason }],
    });
  return (
    chunk({ role: "assistant", content: "" }, null) +
    pieces.map((delta) => chunk(delta, null)).join("") +
    chunk({}, finish_reason)
  );
}

/** The last event of a stream that was asked for its usage. */
export const usageEvent = (usage: object, more: object = {}): string =>
  event({ id: "chatcmpl-1", object: "chat.completion.chunk", choices: [], ...more, usage });

export const says = (...pieces: string[]): object[] => pieces.map((content) => ({ content }));

/** OpenAI's form of an error, which most have taken over. */
export const openAiError = (message: string, type: string, code: string | null, param: string | null = null): string =>
  JSON.stringify({ error: { message, type, param, code } });

export const list = (...data: object[]): string => JSON.stringify({ object: "list", data });

/** A server that knows no hole, asked with the marks of the model. */
export const templateFill = (modelId: string): Vendor["fill"] => ({
  modelId,
  wire: "template",
  path: "/v1/completions",
  stream:
    event({ object: "text_completion", choices: [{ index: 0, text: "a + b", finish_reason: "stop" }] }) +
    event({ choices: [], usage: { prompt_tokens: 20, completion_tokens: 4, total_tokens: 24 } }) +
    done,
});
