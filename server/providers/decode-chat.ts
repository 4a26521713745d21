import { createParser, type EventSourceMessage } from "eventsource-parser";
import * as z from "zod";
import type { Failure } from "../../shared/failure.ts";
import type { FinishReason, ProviderPart } from "../core/provider.ts";
import { looksLikeHtml, quote, readError } from "./read-error.ts";
import { readJson } from "./read-json.ts";
import { chatUsageSchema, readReportedCost, readUsage } from "./read-usage.ts";

/** What the bytes fed so far have come to. */
export interface Decoded {
  parts: readonly ProviderPart[];
  /** Set once; nothing fed afterwards changes it. The parts beside it still hold. */
  failure: Failure | null;
  state: /** more must come */
    | "open"
    /** the vendor gave its reason for ending; only usage may follow */
    | "finishing"
    /** the last part is out */
    | "done";
}

/** Bytes of a 200 answer in, parts out. Knows nothing of sockets or time. */
export interface ChatDecoder {
  feed(bytes: Uint8Array): Decoded;
  /** The body has ended, or nothing more is waited for. */
  end(): Decoded;
}

export interface ChatDecoderOptions {
  host: string;
  modelId: string;
  /** Of the response, lower-case names. */
  headers: Readonly<Record<string, string>>;
  secrets: readonly string[];
  zeroCost: "free" | "unknown";
  nowMs: number;
}

/** One event larger than this is no delta of any model; without a bound a vendor could fill our memory. */
const longestEventCharacters = 1_000_000;
/** A whole answer in one document, from servers that do not stream. */
const longestDocumentCharacters = 8_000_000;

/**
 * The OpenAI-compatible wire. Only a finish reason ends an answer; `[DONE]` or a close without one is a truncation, for
 * gateways write `[DONE]` after an upstream that broke. An event that cannot be read fails the answer, because it may have
 * carried text and code with a hole in it is worse than none; after the finish reason it can only cost us the usage, and
 * is passed over. Usage may come in the finish chunk, in a later one, or in every one: the last counts.
 */
export function createChatDecoder(options: ChatDecoderOptions): ChatDecoder {
  const characters = new TextDecoder();
  let parts: ProviderPart[] = [];
  let failure: Failure | null = null;
  let state: Decoded["state"] = "open";
  /** Told from the first visible character: events, a JSON document, or a web page. */
  let shape: "unknown" | "events" | "document" | "page" = "unknown";
  /** A document or page so far; of events only the beginning, for a message when none of them could be read. */
  let text = "";
  let events = 0;
  /** The body is over: what is left of an event may be a piece of one. */
  let over = false;
  let finish: FinishReason | null = null;
  let usage: Extract<ProviderPart, { type: "usage" }> | null = null;

  const parser = createParser({
    maxBufferSize: longestEventCharacters,
    onEvent: takeEvent,
    onComment: () => parts.push({ type: "activity" }),
    onError(error) {
      if (error.type !== "max-buffer-size-exceeded") return;
      fail({ kind: "malformed", message: `${options.host} sent a single event of more than 1 MB.` });
    },
  });

  function takeEvent(event: EventSourceMessage): void {
    if (failure || state === "done") return;
    events += 1;
    const chunk = event.data === "[DONE]" ? null : readJson(event.data, chunkSchema);
    if (chunk === null) close();
    else if (event.event === "error" || isError(chunk ?? readJson(event.data, errorOnlySchema))) failWith(event.data);
    else if (chunk) takeChunk(chunk);
    else if (finish !== null || over) parts.push({ type: "activity" });
    else {
      const said = quote(event.data, options.secrets);
      fail({ kind: "malformed", message: `${options.host} sent an event that cannot be read.${said}` });
    }
  }

  function takeChunk(chunk: Chunk): void {
    takeUsage(chunk.usage);
    const choice = chunk.choices?.find((one) => (one.index ?? 0) === 0);
    const before = parts.length;
    const body = choice?.delta ?? choice?.message;
    const content = readContent(body?.content);
    const reasoning = (body?.reasoning_content || body?.reasoning || "") + content.reasoning;
    if (reasoning !== "") parts.push({ type: "reasoning-delta", text: reasoning });
    // A refusal is what the model says to the person in place of an answer.
    const words = content.text + (body?.refusal ?? "");
    if (words !== "") parts.push({ type: "text-delta", text: words });
    if (parts.length === before) parts.push({ type: "activity" });
    takeFinish(choice?.finish_reason ?? "");
  }

  function takeFinish(reason: string): void {
    if (reason === "") return;
    if (reason === "error") {
      const message = `${options.host} broke off with an error that it does not name.`;
      fail({ kind: "server-error", status: 200, message });
      return;
    }
    finish = finishReasons[reason.toLowerCase()] ?? "other";
    state = "finishing";
  }

  function takeUsage(reported: Chunk["usage"]): void {
    const counted = reported ? readUsage(reported) : null;
    if (!reported || !counted) return;
    usage = { type: "usage", usage: counted, reportedCostUsd: readReportedCost(reported, options.zeroCost) };
  }

  function close(): void {
    if (failure || state === "done") return;
    if (finish === null) {
      fail(cutOff());
      return;
    }
    if (usage) parts.push(usage);
    parts.push({ type: "finish", reason: finish });
    state = "done";
  }

  function cutOff(): Failure {
    if (events > 0 || text.trim() === "") {
      return { kind: "truncated", message: `The answer from ${options.host} broke off before its end.` };
    }
    const said = quote(text, options.secrets);
    return {
      kind: "malformed",
      message: `${options.host} answered with something that is not a stream of events.${said}`,
    };
  }

  function failWith(body: string): void {
    const headers = { ...options.headers, "content-type": "application/json" };
    fail(readError({ ...options, status: 200, body, headers }));
  }

  function fail(what: Failure): void {
    if (failure || state === "done") return;
    failure = what;
    // What the vendor counted before it broke is billed, so it is told.
    if (usage) parts.push(usage);
  }

  function takeText(piece: string): void {
    if (shape === "events") {
      feedEvents(piece);
      return;
    }
    text += piece;
    if (text.length > longestDocumentCharacters) {
      fail({ kind: "malformed", message: `${options.host} answered with a document of more than 8 MB.` });
    }
    if (shape !== "unknown") return;
    const first = /\S/.exec(text)?.[0];
    if (first === undefined) return;
    shape = first === "<" ? "page" : first === "{" || first === "[" ? "document" : "events";
    if (shape === "events") feedEvents(text);
  }

  function feedEvents(piece: string): void {
    if (events === 0 && text.length < 1_000 && piece !== text) text += piece;
    // The parser takes nothing more after its bound was passed.
    if (!failure) parser.feed(piece);
  }

  function takeDocument(): void {
    if (shape === "page" || looksLikeHtml(options.headers["content-type"] ?? "", text)) {
      fail(readError({ ...options, status: 200, body: text, headers: options.headers }));
      return;
    }
    const whole = readJson(text, chunkSchema);
    if (whole?.choices?.length && !isError(whole)) takeChunk(whole);
    else failWith(text);
  }

  function take(): Decoded {
    const taken = { parts, failure, state };
    parts = [];
    return taken;
  }

  return {
    feed(bytes) {
      takeText(characters.decode(bytes, { stream: true }));
      return take();
    },
    end() {
      if (failure || state === "done") return take();
      takeText(characters.decode());
      over = true;
      // A last event without the empty line behind it still counts, if it is whole.
      if (shape === "events") feedEvents("\n\n");
      if (shape === "document" || shape === "page") takeDocument();
      close();
      return take();
    },
  };
}

const finishReasons: Readonly<Record<string, FinishReason>> = {
  stop: "stop",
  end_turn: "stop",
  eos: "stop",
  eos_token: "stop",
  stop_sequence: "stop",
  length: "length",
  max_tokens: "length",
  model_length: "length",
  content_filter: "content-filter",
  safety: "content-filter",
};

const text = z.string().nullish().catch(null);
const contentPartSchema = z.looseObject({ type: text, text, thinking: z.unknown().optional() });
const contentSchema = z.union([z.string(), z.array(contentPartSchema)]).nullish();
const deltaSchema = z
  .looseObject({ content: contentSchema, reasoning_content: text, reasoning: text, refusal: text })
  .nullish();
const chunkSchema = z.looseObject({
  choices: z
    .array(
      z.looseObject({
        index: z.number().nullish().catch(null),
        delta: deltaSchema,
        message: deltaSchema,
        finish_reason: z.string().nullish(),
      }),
    )
    .nullish(),
  usage: chatUsageSchema.nullish().catch(null),
  error: z.unknown().optional(),
  object: text,
});
const errorOnlySchema = z.looseObject({ error: z.unknown().optional(), object: text });

/** `{"error": …}` at most vendors, `{"object": "error", "message": …}` at some servers. */
function isError(chunk: z.infer<typeof errorOnlySchema> | undefined): boolean {
  return Boolean(chunk?.error) || chunk?.object === "error";
}

type Chunk = z.infer<typeof chunkSchema>;

/** Content is a string, or at some vendors a list of parts in which the thinking comes as a part of its own. */
function readContent(content: z.infer<typeof contentSchema>): { text: string; reasoning: string } {
  if (content == null) return { text: "", reasoning: "" };
  if (typeof content === "string") return { text: content, reasoning: "" };
  const inner = (value: unknown): string => {
    const list = z.array(contentPartSchema).safeParse(value);
    return list.success ? list.data.map((part) => part.text ?? "").join("") : typeof value === "string" ? value : "";
  };
  return {
    text: content.map((part) => (part.type === "thinking" ? "" : (part.text ?? ""))).join(""),
    reasoning: content.map((part) => (part.type === "thinking" ? inner(part.thinking) : "")).join(""),
  };
}
