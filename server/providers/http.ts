import { type LookupFunction, Socket } from "node:net";
import { pipeline, type Readable, type Transform } from "node:stream";
import type { SecureContext } from "node:tls";
import type { Agent, buildConnector, Pool } from "undici";
import { FailureError } from "../../shared/failure.ts";
import { isLoopbackHost } from "../../shared/presets.ts";
import type { NetworkSetting } from "../../shared/settings.ts";
import { chooseProxy, type ProxyChoice } from "./choose-proxy.ts";
import { bodyErrorOf, networkErrorOf, ProxyFault, transportPatienceMs } from "./explain-network-error.ts";
import { trustFor } from "./trust.ts";

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
  /** Finds addresses; the operating system does unless a test says otherwise. */
  lookup?: LookupFunction;
}

/** Sockets to one origin. Far more than one person's requests; past it they wait in line. */
const socketsPerOrigin = 64;
/** An idle socket is kept this long unless the server says less: a typed question often follows a typed question. */
const keepAliveMs = 20_000;

/** Nothing is opened, loaded or read before the first request. */
export function createHttp(network: NetworkSetting, options: HttpOptions = {}): Http {
  const connectTimeoutMs = options.connectTimeoutMs ?? 10_000;
  let opened: Promise<Way> | null = null;
  let closed = false;

  async function send(url: string, init: HttpRequest): Promise<HttpResponse> {
    const target = parseTarget(url);
    if (init.signal.aborted) throw abortErrorOf(init.signal);
    try {
      if (closed) throw Object.assign(new Error("closed"), { code: "UND_ERR_CLOSED" });
      opened ??= openWay(network, connectTimeoutMs, options.lookup);
      const way = await opened;
      const response = await way.agent.request({
        origin: target.origin,
        path: target.pathname + target.search,
        method: init.method,
        headers: { "user-agent": "wayfare", "accept-encoding": "identity", ...init.headers },
        body: init.body ?? null,
        signal: init.signal,
      });
      const headers = flatten(response.headers);
      const body = await unpacked(response.body, headers["content-encoding"]);
      const toError = (error: unknown) =>
        init.signal.aborted ? abortErrorOf(init.signal) : bodyErrorOf(error, target.host, connectTimeoutMs);
      return { status: response.statusCode, headers, body: readable(body, toError) };
    } catch (error) {
      throw init.signal.aborted ? abortErrorOf(init.signal) : networkErrorOf(error, target.host, connectTimeoutMs);
    }
  }

  return {
    request: send,
    fetch: (input, init) => fetchBy(send, input, init),
    async close() {
      closed = true;
      await (await opened?.catch(() => null))?.close();
    },
  };
}

/** The Agent with everything it needs to reach a host. */
interface Way {
  agent: Agent;
  close(): Promise<void>;
}

async function openWay(network: NetworkSetting, timeoutMs: number, lookup: LookupFunction | undefined): Promise<Way> {
  // Loaded here: most of a server's start-ups ask nothing for a while. By its default export, which is the whole module
  // in Node as in a bundle; a bundle gives a CommonJS package no named ones.
  const { default: undici } = await import("undici");
  const proxies = new Map<string, Pool>();
  let trust: { context: SecureContext | undefined } | null = null;

  const shared = {
    timeout: timeoutMs,
    // HTTP/1.1 alone: closing the socket is how an answer is cancelled, and a second answer must not share it.
    allowH2: false,
    // Node gives up an address after 250 ms, too little for a far host; the next address is still tried early.
    autoSelectFamilyAttemptTimeout: 500,
    ...(lookup ? { lookup } : {}),
  };
  const plain = undici.buildConnector(shared);
  let secure: buildConnector.connector | null = null;
  /** Certificates are read at the first TLS connection, for a person with local models needs none. */
  function connectorFor(protocol: string): buildConnector.connector {
    if (protocol !== "https:") return plain;
    trust ??= { context: trustFor(network) };
    secure ??= undici.buildConnector({
      ...shared,
      rejectUnauthorized: network.proxyStrictSsl,
      ...(trust.context ? { secureContext: trust.context } : {}),
    });
    return secure;
  }

  function proxyPool(url: URL): Pool {
    const known = proxies.get(url.origin);
    if (known) return known;
    const pool = new undici.Pool(url.origin, {
      connect: (wish, callback) => connectorFor(wish.protocol)(wish, callback),
      connections: socketsPerOrigin,
      headersTimeout: timeoutMs,
      allowH2: false,
    });
    // Bounded by what is configured: at most one for http and one for https targets.
    proxies.set(url.origin, pool);
    return pool;
  }

  async function openTunnel(wish: buildConnector.Options, choice: ProxyChoice & { kind: "proxy" }) {
    const facts = { proxyHost: choice.url.host, from: choice.from, credentialsFrom: choice.credentialsFrom };
    const path = `${wish.host?.replace(/:\d+$/, "") ?? wish.hostname}:${wish.port || defaultPort(wish.protocol)}`;
    const headers = { host: path, ...(choice.authorization ? { "proxy-authorization": choice.authorization } : {}) };
    const answer = await proxyPool(choice.url)
      .connect({ path, headers })
      .catch((cause: unknown) => {
        throw new ProxyFault({ ...facts, status: null, cause });
      });
    const { socket } = answer;
    if (answer.statusCode >= 200 && answer.statusCode < 300 && socket instanceof Socket) return socket;
    socket.on("error", () => {}).destroy();
    throw new ProxyFault({ ...facts, status: answer.statusCode });
  }

  const agent = new undici.Agent({
    connections: socketsPerOrigin,
    keepAliveTimeout: keepAliveMs,
    headersTimeout: transportPatienceMs,
    bodyTimeout: transportPatienceMs,
    allowH2: false,
    connect(wish, callback) {
      connectBy(wish).then(
        (open) => open(callback),
        (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null),
      );
    },
  });

  async function connectBy(wish: buildConnector.Options): Promise<(callback: buildConnector.Callback) => void> {
    const target = new URL(`${wish.protocol}//${wish.host ?? wish.hostname}`);
    const choice = chooseProxy(target, network);
    if (choice.kind === "unusable") {
      throw new FailureError({ kind: "setup", field: choice.from, message: choice.message });
    }
    const connect = connectorFor(wish.protocol);
    if (choice.kind === "direct") return (callback) => connect(wish, callback);
    const socket = await openTunnel(wish, choice);
    // Only https goes through a proxy: plain http is for loopback, which is always direct.
    return (callback) => connect({ ...wish, httpSocket: socket }, callback);
  }

  return {
    agent,
    async close() {
      await Promise.all([agent.destroy(), ...[...proxies.values()].map((pool) => pool.destroy())]);
    },
  };
}

function parseTarget(url: string): URL {
  const target = new URL(url);
  if (target.protocol === "https:" || (target.protocol === "http:" && isLoopbackHost(target.hostname))) return target;
  const message = `${target.protocol}//${target.host} is not used: write https://, or http:// for this machine only.`;
  throw new FailureError({ kind: "setup", field: "baseUrl", message });
}

/** Whoever aborts may give any reason; callers know the one name. */
function abortErrorOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  if (reason instanceof Error && reason.name === "AbortError") return reason;
  return new DOMException("The request was cancelled.", "AbortError");
}

function flatten(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = typeof value === "string" ? value : value.join(", ");
  }
  return flat;
}

function defaultPort(protocol: string): string {
  return protocol === "https:" ? "443" : "80";
}

/**
 * What was packed although we ask for it as it is, which gateways and proxies do, unpacked as it comes. Whoever reads has
 * bounds of his own, and reads no faster than he can: a bomb stops there. `destroy` reaches through to the socket.
 */
async function unpacked(body: Readable, encoding: string | undefined): Promise<Readable> {
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
  return make === undefined ? body : pipeline(body, make(), () => {});
}

/** The body as bytes whose errors are ours. `return` destroys at once, even while a read is pending. */
function readable(body: Readable, toError: (error: unknown) => unknown): AsyncIterable<Uint8Array> {
  // A body that is destroyed before its end reports that as an error event, which nobody else listens for.
  body.on("error", () => {});
  return {
    [Symbol.asyncIterator]() {
      const chunks: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator]();
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
