import { FailureError, isAbort } from "../../shared/failure.ts";

/** A list of models is a megabyte at the largest gateway; errors are far smaller. */
const longestBodyBytes = 16_000_000;

/** A whole body as text. What is longer than `maxBytes` is cut there and the rest left unread, which closes the socket. */
export async function readBody(body: AsyncIterable<Uint8Array>, maxBytes = longestBodyBytes): Promise<string> {
  const characters = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of body) {
    text += characters.decode(chunk.subarray(0, maxBytes - bytes), { stream: true });
    bytes += chunk.length;
    if (bytes >= maxBytes) break;
  }
  return text + characters.decode();
}

/** An error's body: at most 64 kB, and what came of it when the connection broke in the middle. */
export async function readErrorBody(body: AsyncIterable<Uint8Array>): Promise<string> {
  const characters = new TextDecoder();
  let text = "";
  try {
    for await (const chunk of body) {
      text += characters.decode(chunk, { stream: true });
      if (text.length > 64_000) break;
    }
  } catch (error) {
    if (isAbort(error)) throw error;
  }
  return text;
}

/** After the answer's end, the bytes that let the socket be used again are waited for this long, out of the way. */
const drainMs = 250;
const drainChunks = 64;

/** Reads on to the end so that the socket can be used again, or closes it. Never throws and is not waited for. */
export function drain(chunks: AsyncIterator<unknown>): void {
  const timer = setTimeout(() => void chunks.return?.(), drainMs);
  timer.unref();
  const read = async () => {
    for (let count = 0; count < drainChunks; count += 1) if ((await chunks.next()).done) return;
    await chunks.return?.();
  };
  read()
    .catch(() => {})
    .finally(() => clearTimeout(timer));
}

/** A body that breaks after the response began is a cut answer, whatever the transport calls it. */
export function asCut(error: unknown, host: string): unknown {
  if (!(error instanceof FailureError) || error.failure.kind !== "network") return error;
  const message = `The answer from ${host} broke off before its end.`;
  return new FailureError({ kind: "truncated", message }, { cause: error });
}
