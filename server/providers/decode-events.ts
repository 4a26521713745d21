import { isUtf8 } from "node:buffer";
import { createParser, type EventSourceMessage } from "eventsource-parser";
import type { Failure } from "../../shared/failure.ts";
import type { FinishReason, ProviderPart } from "../core/provider.ts";
import { createToolCallCollector, type ToolCallPiece } from "./collect-tool-calls.ts";
import type { Behind } from "./error-upstream.ts";
import { readError } from "./read-error.ts";
import { looksLikeHtml, quote } from "./read-error-body.ts";

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
export interface EventDecoder {
  feed(bytes: Uint8Array): Decoded;
  /** The body has ended, or nothing more is waited for. */
  end(): Decoded;
}

export interface DecoderOptions {
  host: string;
  modelId: string;
  /** Of the response, lower-case names. */
  headers: Readonly<Record<string, string>>;
  secrets: readonly string[];
  zeroCost: "free" | "unknown";
  /** Whether the prompt's count holds what came from the cache; absent: only the total shows it. */
  cachedTokens?: "inside" | "beside" | "either";
  nowMs: number;
  /** How this vendor's errors differ, for one that comes in the stream; absent: not at all. */
  rateCodes?: readonly string[];
  behind?: Behind | null;
  /** The vendor's ids of answers are worth telling: it can be asked by them. Absent: they are not read. */
  generationIds?: "told";
}

export type UsagePart = Extract<ProviderPart, { type: "usage" }>;

/** What one event says, as the wire's own reader understands it. */
export type EventReading =
  | /** `name`: all that it says is what the vendor calls its fault */ { kind: "error"; name?: string }
  | {
      kind: "chunk";
      /** Empty for an event that says nothing. */
      parts: readonly ProviderPart[];
      /** Pieces of tool calls, in order; absent or []: none. */
      toolCalls?: readonly ToolCallPiece[];
      /** Why the answer ends, where this event says so; `error` for an end by a fault without a name. */
      finish: FinishReason | "error" | "malformed-call" | null;
      usage: UsagePart | null;
      /** No event follows this one. */
      isLast: boolean;
      /** An answer could stand in a document of this shape, from a server that does not stream. */
      isAnswer: boolean;
    };

/** A string: a piece of text and nothing else, as nearly all events are. null for data that cannot be read. */
export type EventReader = (data: string) => EventReading | string | null;

/** One event larger than this is no delta of any model; without a bound a vendor could fill our memory. */
export const longestEventCharacters = 1_000_000;
/** Of a web page the title is told, and nothing behind this. */
const longestPageCharacters = 64_000;
/** A whole answer in one document, from servers that do not stream. */
const longestDocumentCharacters = 8_000_000;

export function eventTooLong(host: string): Failure {
  return { kind: "malformed", message: `${host} sent a single event of more than 1 MB.` };
}

/** The body of an error: the data itself, or its name alone in the usual shape. */
function errorIn(data: string, reading: ReturnType<EventReader>): string {
  const name = typeof reading !== "string" && reading?.kind === "error" ? reading.name : undefined;
  return name === undefined ? data : JSON.stringify({ error: { type: name, message: name } });
}

export function brokeOff(host: string): Failure {
  return { kind: "truncated", message: `The answer from ${host} broke off before its end.` };
}

export function notUtf8(host: string): Failure {
  return {
    kind: "malformed",
    message: `${host} sent bytes that are no UTF-8 text. Try again, or choose another model.`,
  };
}

/** The bytes cut behind each line feed. */
function linesOf(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let from = 0; from < bytes.length; from += lines.at(-1)?.length ?? 0) {
    const feed = bytes.indexOf(10, from);
    lines.push(bytes.subarray(from, feed === -1 ? bytes.length : feed + 1));
  }
  return lines;
}

/**
 * What the wires of event streams have in common. Only a finish reason ends an answer; `[DONE]` or a close without one is
 * a truncation, for gateways write `[DONE]` after an upstream that broke. An event that cannot be read fails the answer,
 * because it may have carried text and code with a hole in it is worse than none; after the finish reason it can only cost
 * us the usage, and is passed over. Usage may come in the finish chunk, in a later one, or in every one: the last counts.
 * `lines`: each line is an event's data, as in NDJSON.
 */
export function createEventDecoder(
  options: DecoderOptions,
  read: EventReader,
  framing: "server-sent" | "lines" = "server-sent",
): EventDecoder {
  // A character that is no character would be a hole in somebody's code.
  const characters = new TextDecoder("utf-8", { fatal: true });
  let parts: ProviderPart[] = [];
  let failure: Failure | null = null;
  let state: Decoded["state"] = "open";
  /** Told from the first visible character: events, a JSON document, or a web page. */
  let shape: "unknown" | "events" | "document" | "page" = "unknown";
  /** A document or page so far; of events only the beginning, for a message when none of them could be read. */
  let text = "";
  let events = 0;
  /** What came before the first event: comments are few, and what the parser passes over may be without end. */
  let eventlessCharacters = 0;
  /** The body is over: what is left of an event may be a piece of one. */
  let over = false;
  let finish: FinishReason | null = null;
  let usage: UsagePart | null = null;
  const toolCalls = createToolCallCollector({
    host: options.host,
    idPrefix: `call_${options.nowMs.toString(36)}`,
  });

  const lines: Lines = {
    onLine: (data) => takeEvent({ data }),
    onTooLong: () => fail(eventTooLong(options.host)),
  };
  const parser =
    framing === "lines"
      ? createLineParser(lines)
      : createParser({
          maxBufferSize: longestEventCharacters,
          onEvent: takeEvent,
          onComment() {
            if (!failure && state !== "done") parts.push({ type: "activity" });
          },
          onError(error) {
            if (error.type === "max-buffer-size-exceeded") {
              fail(eventTooLong(options.host));
            }
            // Older llama.cpp servers write `error: {…}` where the field should be called `data`.
            if (error.type === "unknown-field" && error.field === "error") failWith(error.value ?? "");
          },
        });

  /** null: the end, at which a character must be whole. */
  function takeBytes(bytes: Uint8Array | null): void {
    // What is no text spoils its own line, and none that came whole before it in the same piece.
    for (const piece of bytes === null || isUtf8(bytes) ? [bytes] : linesOf(bytes)) takePiece(piece);
  }

  function takePiece(bytes: Uint8Array | null): void {
    let decoded: string;
    try {
      decoded = bytes === null ? characters.decode() : characters.decode(bytes, { stream: true });
    } catch {
      const readable = new TextDecoder().decode(bytes ?? new Uint8Array());
      // A web page may be in any encoding, and is told of as what it is.
      if (shape === "page" || (shape === "unknown" && /^\s*</.test(readable))) takeText(readable);
      else if (failure === null && state !== "done") fail(notUtf8(options.host));
      return;
    }
    takeText(decoded);
  }

  function takeEvent(event: Pick<EventSourceMessage, "data" | "event">): void {
    if (failure || state === "done") return;
    events += 1;
    if (event.data === "[DONE]") {
      close();
      return;
    }
    const reading = read(event.data);
    if (event.event === "error") failWith(errorIn(event.data, reading));
    else if (typeof reading === "string") takeWords(reading);
    else if (reading?.kind === "error") failWith(errorIn(event.data, reading));
    else if (reading) takeChunk(reading);
    else if (finish !== null || over) parts.push({ type: "activity" });
    else {
      const said = quote(event.data, options.secrets);
      fail({ kind: "malformed", message: `${options.host} sent an event that cannot be read.${said}` });
    }
  }

  function takeWords(words: string): void {
    parts.push(words === "" ? { type: "activity" } : { type: "text-delta", text: words });
  }

  function takeChunk(chunk: Extract<EventReading, { kind: "chunk" }>): void {
    // A running count: whoever stops the answer in its middle knows at least how long the prompt was.
    if (chunk.usage && usage === null && finish === null && chunk.finish === null) {
      parts.push({ type: "activity", promptUsage: { ...chunk.usage.usage, output: 0, reasoning: 0 } });
    }
    usage = chunk.usage ?? usage;
    const calls = chunk.toolCalls ?? [];
    const said = calls.length === 0 ? chunk.parts : [...chunk.parts, ...calls.flatMap(toolCalls.take)];
    if (said.length > 0) parts.push(...said);
    else parts.push({ type: "activity" });
    if (chunk.finish === "malformed-call") fail(malformedCall(options.host));
    else if (chunk.finish === "error") {
      const message = `${options.host} broke off with an error that it does not name.`;
      fail({ kind: "server-error", status: 200, message });
    } else if (chunk.finish !== null) {
      finish = chunk.finish;
      state = "finishing";
    }
    if (chunk.isLast) close();
  }

  function close(): void {
    if (failure || state === "done") return;
    if (finish === null) {
      fail(cutOff());
      return;
    }
    const calls = toolCalls.end({ cut: finish === "length" ? "yes" : "no" });
    if (calls.failure) {
      fail(calls.failure);
      return;
    }
    parts.push(...calls.parts);
    if (usage) parts.push(usage);
    parts.push({ type: "finish", reason: withCalls(finish, calls.parts.length) });
    state = "done";
  }

  function cutOff(): Failure {
    if (events > 0 || text.trim() === "") {
      return brokeOff(options.host);
    }
    return notEvents();
  }

  function notEvents(): Failure {
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
    if (shape === "page" && text.length > longestPageCharacters) takeDocument();
    else if (text.length > longestDocumentCharacters) {
      fail({ kind: "malformed", message: `${options.host} answered with a document of more than 8 MB.` });
    }
    if (shape !== "unknown") return;
    const first = /\S/.exec(text)?.[0];
    if (first === undefined) return;
    const isDocument = framing === "server-sent" && (first === "{" || first === "[");
    shape = first === "<" ? "page" : isDocument ? "document" : "events";
    if (shape === "events") feedEvents(text);
  }

  function feedEvents(piece: string): void {
    if (events === 0 && text.length < 1_000 && piece !== text) text += piece;
    // The parser takes nothing more after its bound was passed.
    if (failure) return;
    parser.feed(piece);
    if (events > 0) return;
    eventlessCharacters += piece.length;
    if (eventlessCharacters > longestEventCharacters) fail(notEvents());
  }

  function takeDocument(): void {
    if (shape === "page" || looksLikeHtml(options.headers["content-type"] ?? "", text)) {
      fail(readError({ ...options, status: 200, body: text, headers: options.headers }));
      return;
    }
    const whole = read(text);
    if (typeof whole === "string") takeWords(whole);
    else if (whole?.kind === "chunk" && whole.isAnswer) takeChunk(whole);
    else failWith(errorIn(text, whole));
  }

  function take(): Decoded {
    const taken = { parts, failure, state };
    parts = [];
    return taken;
  }

  return {
    feed(bytes) {
      takeBytes(bytes);
      return take();
    },
    end() {
      if (failure || state === "done") return take();
      takeBytes(null);
      over = true;
      // A last event without the empty line behind it still counts, if it is whole.
      if (shape === "events") feedEvents("\n\n");
      if (shape === "document" || shape === "page") takeDocument();
      close();
      return take();
    },
  };
}

interface Lines {
  onLine(line: string): void;
  /** Called once; what comes behind it is passed over. */
  onTooLong(): void;
}

/** Lines as they become whole, empty ones left out, each at most as long as an event may be. */
function createLineParser({ onLine, onTooLong }: Lines): { feed(piece: string): void } {
  let begun = "";
  let state: "open" | "too long" = "open";
  const add = (piece: string): void => {
    if (state === "open" && begun.length + piece.length > longestEventCharacters) {
      state = "too long";
      begun = "";
      onTooLong();
    }
    if (state === "open") begun += piece;
  };
  return {
    feed(piece) {
      const [first = "", ...others] = piece.split("\n");
      add(first);
      for (const other of others) {
        const line = begun.trim();
        begun = "";
        if (line !== "") onLine(line);
        add(other);
      }
    },
  };
}

/** Several servers end with "stop" after calls, and some name calls that never came. */
export function withCalls(reason: FinishReason, count: number): FinishReason {
  if (reason === "stop" && count > 0) return "tool-calls";
  return reason === "tool-calls" && count === 0 ? "other" : reason;
}

/** Of an answer whose vendor says that it could not read the call its own model wrote. */
export function malformedCall(host: string): Failure {
  return { kind: "malformed", message: `The model at ${host} wrote a tool call that ${host} could not read.` };
}

/** How vendors name that end: Gemini's MALFORMED_FUNCTION_CALL, as it is or in the words of a gateway. */
export function isMalformedCall(reason: string): boolean {
  return /(malformed|unexpected)[ _-]?(function|tool)[ _-]?call/i.test(reason);
}
