import type { IncomingMessage, ServerResponse } from "node:http";

/**
 * Server-sent events on their way to one client. The first bytes leave at once; later ones wait for the end of the turn of
 * the event loop, so that what came together leaves together.
 */
export interface EventStream {
  /** The headers leave with the first text. */
  open(headers: Readonly<Record<string, string>>): void;
  write(text: string): void;
  end(text: string, trailers: Readonly<Record<string, string>>): void;
  /** Resolves when the client has read what is on its way, or `signal` aborts; null while it keeps up. */
  busy(): Promise<void> | null;
}

export function createEventStream(
  { request, response, signal }: { request: IncomingMessage; response: ServerResponse; signal: AbortSignal },
  { readerMs, trailers }: { readerMs: number; trailers: readonly string[] },
): EventStream {
  // HTTP/1.0 has no place for them.
  const hasTrailers = request.httpVersion !== "1.0";
  let waiting = "";
  let isScheduled = false;
  let hasLeft = false;
  let blocked: { promise: Promise<void>; resolve(): void } | null = null;

  response.on("drain", unblock);
  response.on("close", unblock);
  // Whoever waits for the client has to hear that there is nothing more to wait for.
  signal.addEventListener("abort", unblock);

  return {
    open(headers) {
      response.writeHead(200, {
        ...headers,
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-cache",
        "x-accel-buffering": "no",
        ...(hasTrailers ? { trailer: trailers.join(", ") } : {}),
      });
    },
    write(text) {
      if (text === "") return;
      if (!hasLeft) {
        hasLeft = true;
        send(text);
        return;
      }
      waiting += text;
      if (isScheduled) return;
      isScheduled = true;
      setImmediate(flush);
    },
    end(text, values) {
      if (hasTrailers) response.addTrailers(values);
      const last = waiting + text;
      waiting = "";
      // Whoever reads no more now keeps nobody waiting but itself; still its socket is not kept for ever.
      request.socket.setTimeout(readerMs);
      response.end(last);
    },
    busy: () => blocked?.promise ?? null,
  };

  function flush(): void {
    isScheduled = false;
    if (waiting === "" || response.writableEnded || response.destroyed) return;
    const text = waiting;
    waiting = "";
    send(text);
  }

  function send(text: string): void {
    if (response.write(text) || blocked !== null || response.destroyed || signal.aborted) return;
    let resolve = (): void => undefined;
    const promise = new Promise<void>((settle) => {
      resolve = settle;
    });
    blocked = { promise, resolve };
    // Node's own timer of a socket: it starts anew with each piece that the client takes.
    request.socket.setTimeout(readerMs);
  }

  function unblock(): void {
    if (blocked === null) return;
    if (!response.writableEnded) request.socket.setTimeout(0);
    blocked.resolve();
    blocked = null;
  }
}
