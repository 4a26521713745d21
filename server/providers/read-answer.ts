import { FailureError } from "../../shared/failure.ts";
import type { ProviderPart } from "../core/provider.ts";
import type { Decoded, DecoderOptions, EventDecoder } from "./decode-events.ts";
import type { HttpResponse } from "./http.ts";
import { asCut, drain } from "./read-body.ts";
import { readGenerationId } from "./read-generation.ts";
import { headersPart } from "./read-rate-limits.ts";

/** After the finish reason only usage can follow; a server that then keeps the line open is not waited for longer. */
const tailMs = 3_000;

/**
 * The parts of a response with status 200 that came at `nowMs` (milliseconds since 1970), the headers first. Throws a FailureError when the answer fails or is cut.
 * Leaving early closes the socket; an answer that was read to its end leaves it for the next.
 */
export async function* readAnswer(
  response: HttpResponse,
  decoder: EventDecoder,
  { host, nowMs, generationIds, headers }: Pick<DecoderOptions, "host" | "nowMs" | "generationIds" | "headers">,
): AsyncGenerator<ProviderPart, void, undefined> {
  const chunks = response.body[Symbol.asyncIterator]();
  let over: "left" | "read" = "left";
  try {
    yield headersPart(headers, nowMs);
    // OpenRouter names the answer before its first event: who leaves in between is billed all the same.
    const generationId = generationIds === "told" ? readGenerationId(headers["x-generation-id"]) : null;
    if (generationId !== null) yield { type: "activity", generationId };
    for await (const decoded of decode(chunks, decoder, host)) {
      yield* joined(decoded.parts);
      if (decoded.failure) throw new FailureError(decoded.failure);
    }
    over = "read";
  } finally {
    if (over === "read") drain(chunks);
    else await chunks.return?.();
  }
}

/**
 * Texts that came in one piece of the network are one part: each part costs a turn of every loop that it passes, and a fast
 * model's words would wait for each other.
 */
function joined(parts: readonly ProviderPart[]): readonly ProviderPart[] {
  if (parts.length < 2) return parts;
  const found: ProviderPart[] = [];
  for (const part of parts) {
    const last = found.at(-1);
    if (part.type === "text-delta" && last?.type === "text-delta") {
      found[found.length - 1] = { type: "text-delta", text: last.text + part.text };
    } else found.push(part);
  }
  return found;
}

async function* decode(
  chunks: AsyncIterator<Uint8Array>,
  decoder: EventDecoder,
  host: string,
): AsyncGenerator<Decoded, void, undefined> {
  let tail: Tail | null = null;
  try {
    for (;;) {
      const isFinishing = tail !== null;
      const step: IteratorResult<Uint8Array> = await (tail === null ? chunks.next() : tail.next()).catch(
        (error: unknown) => {
          // After the finish reason nothing of the answer can be missing any more.
          if (isFinishing && error instanceof FailureError) return ended;
          throw asCut(error, host);
        },
      );
      const decoded: Decoded = step.done ? decoder.end() : decoder.feed(step.value);
      if (decoded.state === "finishing") tail ??= createTail(chunks);
      yield decoded;
      if (decoded.state === "done" || step.done) return;
    }
  } finally {
    tail?.stop();
  }
}

const ended: IteratorReturnResult<undefined> = { done: true, value: undefined };

interface Tail {
  next(): Promise<IteratorResult<Uint8Array>>;
  stop(): void;
}

/** What comes after the finish reason, cut off `tailMs` after it however lively the line is. */
function createTail(chunks: AsyncIterator<Uint8Array>): Tail {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<typeof ended>((resolve) => {
    timer = setTimeout(() => resolve(ended), tailMs);
  });
  return {
    next() {
      const step = chunks.next();
      // When patience wins, what this read ends with is nobody's concern.
      step.catch(() => {});
      return Promise.race([patience, step]);
    },
    stop: () => clearTimeout(timer),
  };
}
