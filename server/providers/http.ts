import type { LookupFunction } from "node:net";
import { pipeline, Readable, type Transform } from "node:stream";
import { isLoopbackHost } from "../../shared/presets.ts";
import type { NetworkSetting } from "../../shared/settings.ts";
import type { Forward } from "../core/forward.ts";
import { clientCertificateFor } from "./client-certificates.ts";
import { bodyErrorOf, networkErrorOf, type Where } from "./explain-network-error.ts";
import { abortErrorOf, defaultPort, flatten, openWay, parseTarget, type Way } from "./open-way.ts";
import { sendByHost } from "./send-by-host.ts";
import { type RawBody, sendRequest } from "./send-request.ts";

/** The one way out of this process. Every adapter, the AI SDK's `fetch` included, goes through one pool of sockets. */
export interface Http {
  /**
   * One request. Throws a FailureError when no response came, and an AbortError when `signal` aborts, which closes the
   * socket at once. Redirects are answers, never followed: a key must not travel on. The body has to be read to its end
   * or left early; leaving early closes the socket.
   */
  request(url: string, init: HttpRequest): Promise<HttpResponse>;
  /** The same as a WHATWG function: bodies are text, redirects are answers, faults are FailureErrors. */
  fetch: typeof globalThis.fetch;
  /** Closes every socket; what is under way fails. */
  close(): Promise<void>;
}

export interface HttpRequest {
  method: "GET" | "POST";
  headers: Readonly<Record<string, string>>;
  body?: string;
  signal: AbortSignal;
}

export interface HttpResponse {
  status: number;
  /** Lower-case names; values that came several times are joined by a comma. */
  headers: Readonly<Record<string, string>>;
  body: AsyncIterable<Uint8Array>;
}

export interface HttpOptions {
  /** How long a connection may take to be made, proxy and TLS included each for itself. */
  connectTimeoutMs?: number;
  /** Sends through the extension host, where `network.via` says so. Without it the server always sends by itself. */
  forward?: Forward;
  /** Finds addresses; the operating system does unless a test says otherwise. */
  lookup?: LookupFunction;
}

const ownHeaders = { "user-agent": "wayfare", "accept-encoding": "identity" } as const;

/** Nothing is opened, loaded or read before the first request. */
export function createHttp(network: NetworkSetting, options: HttpOptions = {}): Http {
  const connectTimeoutMs = options.connectTimeoutMs ?? 10_000;
  let opened: Promise<Way> | null = null;
  let closed = false;
  /** How to end each request that the extension host sends for us. */
  const underWay = new Set<() => void>();

  async function send(url: string, init: HttpRequest): Promise<HttpResponse> {
    const target = parseTarget(url);
    if (init.signal.aborted) throw abortErrorOf(init.signal);
    const where = whereOf(target, network, connectTimeoutMs);
    const toError = (error: unknown) =>
      init.signal.aborted ? abortErrorOf(init.signal) : bodyErrorOf(closed ? closedError() : error, where);
    try {
      if (closed) throw closedError();
      const { forward } = options;
      if (forward !== undefined && isSentByHost(target, network)) {
        const headers = { ...ownHeaders, ...init.headers };
        return await sendByHost(forward, target, { ...init, headers }, { toError, underWay });
      }
      opened ??= openWay(network, connectTimeoutMs, options.lookup);
      const way = await opened;
      const response = await sendRequest(
        way.agent,
        {
          origin: target.origin,
          path: target.pathname + target.search,
          method: init.method,
          headers: { ...ownHeaders, ...init.headers },
          body: init.body ?? null,
        },
        init.signal,
      );
      const headers = flatten(response.headers);
      const body = await unpacked(response.body, headers["content-encoding"]);
      return { status: response.status, headers, body: readable(body, toError) };
    } catch (error) {
      throw init.signal.aborted ? abortErrorOf(init.signal) : networkErrorOf(closed ? closedError() : error, where);
    }
  }

  return {
    request: send,
    fetch: (input, init) => fetchBy(send, input, init),
    async close() {
      closed = true;
      for (const end of [...underWay]) end();
      await (await opened?.catch(() => null))?.close();
    },
  };
}

/** The person wants VS Code's own network to send it; this machine, and hosts that want a certificate, are reached from here. */
export function isSentByHost(target: URL, network: NetworkSetting): boolean {
  if (network.via !== "extensionHost" || isLoopbackHost(target.hostname)) return false;
  return whereOf(target, network, 0).clientCertificate === null;
}

/** What a sentence about a failed connection to a host may have to name. */
export function whereOf(target: URL, network: NetworkSetting, connectTimeoutMs: number): Where {
  const port = target.port || defaultPort(target.protocol);
  const certificate =
    target.protocol === "https:"
      ? clientCertificateFor({ hostname: target.hostname, port }, network.clientCertificates)
      : null;
  return { host: target.host, connectTimeoutMs, clientCertificate: certificate?.field ?? null };
}

function closedError(): Error {
  return Object.assign(new Error("closed"), { code: "UND_ERR_CLOSED" });
}

/**
 * What was packed although we ask for it as it is, which gateways and proxies do, unpacked as it comes. Whoever reads has
 * bounds of his own, and reads no faster than he can: a bomb stops there. `destroy` reaches through to the socket.
 */
async function unpacked(body: RawBody, encoding: string | undefined): Promise<RawBody> {
  const name = encoding?.trim().toLowerCase() ?? "";
  if (name === "" || name === "identity") return body;
  const { createBrotliDecompress, createGunzip, createInflate } = await import("node:zlib");
  const makers: Readonly<Record<string, () => Transform>> = {
    gzip: createGunzip,
    "x-gzip": createGunzip,
    deflate: createInflate,
    br: createBrotliDecompress,
  };
  const make = makers[name];
  // The reader tells what fails; this only ties the two together.
  return make === undefined ? body : pipeline(Readable.from(body), make(), () => {});
}

/** The body as bytes whose errors are ours. `return` destroys at once, even while a read is pending. */
function readable(body: RawBody, toError: (error: unknown) => unknown): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]() {
      const chunks = body[Symbol.asyncIterator]();
      return {
        next: () =>
          chunks.next().catch((error: unknown) => {
            throw toError(error);
          }),
        async return() {
          body.destroy();
          return { done: true, value: undefined };
        },
      };
    },
  };
}

async function fetchBy(
  send: Http["request"],
  input: string | URL | Request,
  init: RequestInit | undefined,
): Promise<Response> {
  const request = input instanceof Request ? input : null;
  const method = (init?.method ?? request?.method ?? "GET").toUpperCase();
  const body = init?.body ?? (request?.body ? await request.text() : null);
  if ((method !== "GET" && method !== "POST") || (body !== null && typeof body !== "string")) {
    throw new TypeError("Only GET, and POST with text, are sent from here.");
  }
  const answer = await send(request?.url ?? String(input), {
    method,
    headers: Object.fromEntries(new Headers(init?.headers ?? request?.headers)),
    ...(body === null ? {} : { body }),
    signal: init?.signal ?? request?.signal ?? new AbortController().signal,
  });
  const chunks = answer.body[Symbol.asyncIterator]();
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const step = await chunks.next();
      if (step.done) controller.close();
      else controller.enqueue(new Uint8Array(step.value));
    },
    async cancel() {
      await chunks.return?.();
    },
  });
  const bodiless = answer.status === 204 || answer.status === 205 || answer.status === 304;
  if (bodiless) await chunks.return?.();
  return new Response(bodiless ? null : stream, { status: answer.status, headers: answer.headers });
}
