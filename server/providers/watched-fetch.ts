import { FailureError } from "../../shared/failure.ts";
import { type ErrorAnswer, readError } from "./read-error.ts";
import { type Cut, cutFrames, type FrameCutter, type Frames } from "./sound-frames.ts";

export type AnswerOf = (status: number, headers: Readonly<Record<string, string>>, body: string) => ErrorAnswer;

/** Of an error, and of a 200 that is no stream, this much is read for its message. */
const strangeBodyBytes = 64_000;

/**
 * `send` for the AI SDK, which reads what comes without a bound. Tells when headers came. A 200 that is no event stream
 * is refused with a FailureError, for the SDK would take a web page for an empty answer; one that is mislabelled is given
 * on as what it is. An error's body is cut. A stream with a fault in it (an event longer than any model's, bytes that are
 * no text or no message) ends before that, one that breaks off ends there, and `onFault` says why: an error in its place
 * would take along what the SDK has read and not yet given.
 */
export function watchedFetch(
  send: typeof globalThis.fetch,
  { onHeaders, onFault }: { onHeaders(response: Response): void; onFault(error: unknown): void },
  answerOf: AnswerOf,
  frames: Frames = "sse",
): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await send(input, init);
    onHeaders(response);
    const { status } = response;
    const headers = Object.fromEntries(response.headers);
    const chunks = response.body?.getReader() ?? null;
    if (status >= 400) return new Response(await readSome(chunks, "", strangeBodyBytes), { status, headers });
    if (status === 200 && chunks !== null && frames === "aws") {
      if (/^application\/vnd\.amazon\.eventstream/i.test(headers["content-type"] ?? "")) {
        const body = sound([], chunks, cutFrames("aws", answerOf(status, headers, "").host), onFault);
        return new Response(body, { status, headers });
      }
    } else if (status === 200 && chunks !== null) {
      const isLabelled = /^text\/event-stream/i.test(headers["content-type"] ?? "");
      const start: Start = isLabelled ? { pieces: [], text: "", looksLike: "events" } : await readStart(chunks);
      if (start.looksLike === "events") {
        const body = sound(start.pieces, chunks, cutFrames("sse", answerOf(status, headers, "").host), onFault);
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

/** The stream again in whole frames, as far as nothing is wrong with it. */
function sound(
  pieces: readonly Uint8Array<ArrayBuffer>[],
  chunks: Chunks,
  cut: FrameCutter,
  onFault: (error: unknown) => void,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const rest = pieces.values();
  let hasBroken = false;
  const ended = (error: unknown): ReadableStreamReadDoneResult<Uint8Array<ArrayBuffer>> => {
    hasBroken = true;
    onFault(error);
    return { done: true, value: undefined };
  };
  return new ReadableStream({
    async pull(controller) {
      const known = rest.next();
      const step = known.done ? await chunks.read().catch(ended) : known;
      const { whole, failure } = hasBroken ? nothing : cut(step.value ?? null);
      if (failure !== null) onFault(new FailureError(failure));
      controller.enqueue(whole);
      if (failure !== null) await chunks.cancel();
      if (failure !== null || step.done) controller.close();
    },
    cancel: () => chunks.cancel(),
  });
}

const nothing: Cut = { whole: new Uint8Array(0), failure: null };
