import { FailureError } from "../../shared/failure.ts";
import { eventTooLong, longestEventCharacters, notUtf8 } from "./decode-events.ts";
import { type ErrorAnswer, readError } from "./read-error.ts";

export type AnswerOf = (status: number, headers: Readonly<Record<string, string>>, body: string) => ErrorAnswer;

/** Of an error, and of a 200 that is no stream, this much is read for its message. */
const strangeBodyBytes = 64_000;

/**
 * `send` for the AI SDK, which reads what comes without a bound. Tells when headers came. A 200 that is no event stream
 * is refused with a FailureError, for the SDK would take a web page for an empty answer; one that is mislabelled is given
 * on as what it is. An error's body is cut, and so is a stream whose single event is longer than any model's.
 */
export function watchedFetch(
  send: typeof globalThis.fetch,
  onHeaders: (response: Response) => void,
  answerOf: AnswerOf,
): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await send(input, init);
    onHeaders(response);
    const { status } = response;
    const headers = Object.fromEntries(response.headers);
    const chunks = response.body?.getReader() ?? null;
    if (status >= 400) return new Response(await readSome(chunks, "", strangeBodyBytes), { status, headers });
    if (status === 200 && chunks !== null) {
      const isLabelled = /^text\/event-stream/i.test(headers["content-type"] ?? "");
      const start: Start = isLabelled ? { pieces: [], text: "", looksLike: "events" } : await readStart(chunks);
      if (start.looksLike === "events") {
        const body = boundedEvents(start.pieces, chunks, answerOf(status, headers, "").host);
        return new Response(body, { status, headers: { ...headers, "content-type": "text/event-stream" } });
      }
      const body = await readSome(chunks, start.text, strangeBodyBytes);
      throw new FailureError(readError(answerOf(status, headers, body)));
    }
    throw new FailureError(readError(answerOf(status, headers, await readSome(chunks, "", strangeBodyBytes))));
  };
}

type Chunks = ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;

interface Start {
  pieces: Uint8Array<ArrayBuffer>[];
  text: string;
  looksLike: "events" | "something else";
}

/** As far as the first visible character, which tells events from a document or a page. */
async function readStart(chunks: Chunks): Promise<Start> {
  const characters = new TextDecoder();
  const start: Start = { pieces: [], text: "", looksLike: "something else" };
  while (start.text.length < strangeBodyBytes) {
    const step = await chunks.read();
    if (step.done) break;
    start.pieces.push(step.value);
    start.text += characters.decode(step.value, { stream: true });
    const first = /\S/.exec(start.text)?.[0];
    if (first === undefined) continue;
    if (!/[<{[]/.test(first)) start.looksLike = "events";
    break;
  }
  return start;
}

async function readSome(chunks: Chunks | null, before: string, maxCharacters: number): Promise<string> {
  const characters = new TextDecoder();
  let text = before;
  for (let step = await chunks?.read(); step && !step.done; step = await chunks?.read()) {
    text += characters.decode(step.value, { stream: true });
    if (text.length < maxCharacters) continue;
    await chunks?.cancel();
    break;
  }
  return text;
}

/** The stream again, which fails where more bytes than an event may have come without the empty line that ends one. */
function boundedEvents(
  pieces: readonly Uint8Array<ArrayBuffer>[],
  chunks: Chunks,
  host: string,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const measure = createEventMeasure();
  const characters = new TextDecoder("utf-8", { fatal: true });
  const rest = pieces.values();
  return new ReadableStream({
    async pull(controller) {
      const known = rest.next();
      const step = known.done ? await chunks.read() : known;
      if (step.done || step.value === undefined) {
        controller.close();
        return;
      }
      if (measure(step.value) > longestEventCharacters) {
        await chunks.cancel();
        throw new FailureError(eventTooLong(host));
      }
      try {
        characters.decode(step.value, { stream: true });
      } catch {
        await chunks.cancel();
        throw new FailureError(notUtf8(host));
      }
      controller.enqueue(step.value);
    },
    cancel: () => chunks.cancel(),
  });
}

const lineFeed = 10;
const carriageReturn = 13;

/** Takes bytes and gives how many have come since the last empty line. Lines end in LF, CR or both. */
function createEventMeasure(): (bytes: Uint8Array) => number {
  let eventBytes = 0;
  let lineBytes = 0;
  let previous = 0;
  return (bytes) => {
    for (const byte of bytes) {
      eventBytes += 1;
      const isSecondHalf = byte === lineFeed && previous === carriageReturn;
      if (byte !== lineFeed && byte !== carriageReturn) lineBytes += 1;
      else if (!isSecondHalf) {
        if (lineBytes === 0) eventBytes = 0;
        lineBytes = 0;
      }
      previous = byte;
    }
    return eventBytes;
  };
}
