import type { Way } from "./open-way.ts";

/** A response as it comes off the socket. */
export interface RawResponse {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
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
  agent: Way["agent"],
  options: Parameters<Way["agent"]["dispatch"]>[0],
  signal: AbortSignal,
): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    let controller: { abort(reason: Error): void; resume(): void } | null = null;
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
      body.drop();
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

/** The pieces of a body between the socket, which adds them, and their reader. */
function createBody(socket: { resume(): void; abort(reason: Error): void }) {
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  /** Readers that found nothing. */
  let asleep: (() => void)[] = [];
  let ended: { error: Error | null } | null = null;

  const wake = (): void => {
    const woken = asleep;
    asleep = [];
    for (const rouse of woken) rouse();
  };
  const end = (error: Error | null): void => {
    ended ??= { error };
    wake();
  };
  const take = (): Uint8Array[] => {
    const taken = waiting;
    waiting = [];
    waitingBytes = 0;
    return taken;
  };

  const destroy = (): void => {
    if (ended !== null && waiting.length === 0) return;
    take();
    end(null);
    socket.abort(new Error("The reader has left."));
  };

  return {
    /** Gives how many bytes wait for a reader now. */
    add(piece: Uint8Array): number {
      if (ended !== null) return 0;
      waiting.push(piece);
      waitingBytes += piece.length;
      wake();
      return waitingBytes;
    },
    /** Only the first end counts. What waits is still read before it. */
    end,
    /** What waits is not read any more. */
    drop: () => void take(),
    destroy,
    [Symbol.asyncIterator]: () => ({
      async next(): Promise<Step> {
        // Woken, it reads when the whole packet has been added: each of many chunks would be a piece of its own otherwise.
        while (waiting.length === 0 && ended === null) await new Promise<void>((resolve) => asleep.push(resolve));
        const pieces = take();
        const [piece] = pieces;
        if (piece !== undefined) {
          socket.resume();
          return { done: false, value: pieces.length === 1 ? piece : Buffer.concat(pieces) };
        }
        if (ended?.error != null) throw ended.error;
        return { done: true, value: undefined };
      },
      /** A stream around this leaves it so, one that unpacks it above all. */
      async return(): Promise<Step> {
        destroy();
        return { done: true, value: undefined };
      },
    }),
  };
}
