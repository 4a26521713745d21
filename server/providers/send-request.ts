import type { IncomingHttpHeaders } from "node:http";
import type { Agent, Dispatcher } from "undici";

/** A response as it comes off the socket. */
export interface RawResponse {
  status: number;
  headers: IncomingHttpHeaders;
  body: RawBody;
}

/** Read once. To destroy it before its end closes the socket, and whoever waits for the next piece hears of the end. */
export interface RawBody extends AsyncIterable<Uint8Array> {
  destroy(): void;
}

/** So much of a body waits here for its reader before the socket is read no further: what Node's own streams hold. */
const MOST_WAITING_BYTES = 64 * 1_024;

/**
 * Sends one request over undici's bare dispatcher: no stream stands between the socket and the reader, for of a short
 * answer that was most of the work. Rejects with what undici throws, and with the signal's reason as soon as it aborts,
 * which closes the socket at once.
 */
export function sendRequest(
  agent: Pick<Agent, "dispatch">,
  options: Omit<Agent.DispatchOptions, "signal">,
  signal: AbortSignal,
): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | null = null;
    /** Why it is given up before it was sent. */
    let givenUp: Error | null = null;
    const body = createBody({
      resume: () => controller?.resume(),
      abort(reason) {
        givenUp = reason;
        controller?.abort(reason);
      },
    });
    const end = (error: Error | null): void => {
      signal.removeEventListener("abort", abort);
      body.end(error);
      // Says nothing where the response has begun.
      if (error !== null) reject(error);
    };
    const abort = (): void => {
      const reason = reasonOf(signal);
      givenUp = reason;
      body.clear();
      end(reason);
      controller?.abort(reason);
    };
    if (signal.aborted) return reject(reasonOf(signal));
    signal.addEventListener("abort", abort);
    agent.dispatch(options, {
      onRequestStart(control) {
        controller = control;
        if (givenUp !== null) control.abort(givenUp);
      },
      onResponseStart(_control, status, headers) {
        // What comes before it, such as 103, is none yet.
        if (status >= 200) resolve({ status, headers, body });
      },
      onResponseData(control, piece) {
        if (body.add(piece) > MOST_WAITING_BYTES) control.pause();
      },
      onResponseEnd: () => end(null),
      onResponseError: (_control, error) => end(error),
    });
  });
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error("The request was cancelled.");
}

type Step = IteratorResult<Uint8Array, undefined>;
const over: Step = { done: true, value: undefined };

/** The pieces of a body between the socket, which adds them, and their reader. */
function createBody(socket: { resume(): void; abort(reason: Error): void }) {
  const waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  const readers: { resolve(step: Step): void; reject(error: Error): void }[] = [];
  let ended: { error: Error | null } | null = null;

  const end = (error: Error | null): void => {
    if (ended !== null) return;
    ended = { error };
    for (const reader of readers.splice(0)) {
      if (error === null) reader.resolve(over);
      else reader.reject(error);
    }
  };
  const clear = (): void => {
    waiting.length = 0;
    waitingBytes = 0;
  };

  return {
    /** Gives how many bytes wait for a reader now. */
    add(piece: Uint8Array): number {
      if (ended !== null) return 0;
      const reader = readers.shift();
      if (reader === undefined) {
        waiting.push(piece);
        waitingBytes += piece.length;
      } else reader.resolve({ done: false, value: piece });
      return waitingBytes;
    },
    /** Only the first end counts. What waits is still read before it. */
    end,
    /** What waits is not read any more. */
    clear,
    destroy(): void {
      if (ended !== null && waiting.length === 0) return;
      clear();
      end(null);
      socket.abort(new Error("The reader has left."));
    },
    [Symbol.asyncIterator]: () => ({
      next(): Promise<Step> {
        const piece = waiting.shift();
        if (piece !== undefined) {
          waitingBytes -= piece.length;
          if (waiting.length === 0) socket.resume();
          return Promise.resolve({ done: false, value: piece });
        }
        if (ended === null) return new Promise((resolve, reject) => readers.push({ resolve, reject }));
        return ended.error === null ? Promise.resolve(over) : Promise.reject(ended.error);
      },
    }),
  };
}
