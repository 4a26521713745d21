import type { ClientRequest, IncomingMessage } from "node:http";
import type { RequestOptions } from "node:https";
import type { ForwardRequestParams } from "../shared/forward.ts";

/** What came of a request: its status, its headers by lower-case name, and its body piece by piece. */
export interface HostAnswer {
  status: number;
  headers: Record<string, string>;
  body: AsyncIterator<Uint8Array> | null;
}

/** Sends one request, follows no redirect, and ends with its signal. Rejects with whatever went wrong, codes and all. */
export type HostSend = (request: Omit<ForwardRequestParams, "id">, signal: AbortSignal) => Promise<HostAnswer>;

/** The proxy is what failed: its host and port, and the status it refused with; null: it did not answer. */
export class HostProxyError extends Error {
  override readonly name = "HostProxyError";
  readonly proxy: { host: string; status: number | null };
  constructor(proxy: { host: string; status: number | null }, options: { cause?: unknown } = {}) {
    super("the proxy of VS Code's network failed", options);
    this.proxy = proxy;
  }
}

/** As `request` of Node's https. VS Code gives extensions one that knows the proxy of this network. */
export type HttpsRequest = (url: string, options: RequestOptions) => ClientRequest;

/**
 * Through VS Code's https. Not its `fetch`: where a proxy closes the connection without an answer, that one (undici's
 * client) opens the next at once, without end, and is not stopped by its signal.
 */
export function sendByHttps(request: HttpsRequest): HostSend {
  return ({ url, method, headers, body }, signal) =>
    new Promise((resolve, reject) => {
      const sent = request(url, { method, headers: { ...headers } });
      let way: Way = { proxy: null };
      const stop = (): void => {
        sent.destroy();
        // One that waits for its proxy tells of no error until the proxy does something.
        reject(signal.reason);
      };
      signal.addEventListener("abort", stop, { once: true });
      // What VS Code tells of its proxy: without it, an error says no more than that there was one.
      sent.on("proxy", (event: unknown) => {
        way = wayOf(event);
      });
      sent.once("response", (answer) => {
        if (isEncrypted(answer)) return resolve(answerOf(answer));
        answer.destroy();
        reject(new HostProxyError({ host: way.proxy ?? "", status: answer.statusCode ?? null }));
      });
      // An error after the headers breaks the answer, and is heard there.
      sent.on("error", (error) => {
        const isProxys = way.proxy !== null && way.error !== undefined;
        reject(isProxys ? new HostProxyError({ host: way.proxy ?? "", status: null }, { cause: way.error }) : error);
      });
      sent.end(body);
    });
}

/** The proxy that a request goes through, without its password; null: none. The error is its connection's. */
interface Way {
  proxy: string | null;
  error?: unknown;
}

function wayOf(event: unknown): Way {
  if (typeof event !== "object" || event === null) return { proxy: null };
  // As a proxy script writes it: PROXY user:password@host:port, or DIRECT.
  const written = "proxy" in event && typeof event.proxy === "string" ? event.proxy : "";
  const address = written.split(/\s+/)[1] ?? "";
  const proxy = address === "" ? null : address.slice(address.lastIndexOf("@") + 1);
  return "error" in event && event.error !== undefined ? { proxy, error: event.error } : { proxy };
}

/** Where a proxy refuses, VS Code hands its refusal on as if it were the host's answer; the host's come through TLS. */
function isEncrypted({ socket }: IncomingMessage): boolean {
  return "encrypted" in socket && socket.encrypted === true;
}

function answerOf(answer: IncomingMessage): HostAnswer {
  const headers = Object.entries(answer.headers).flatMap(([name, value]): [string, string][] =>
    value === undefined || name === "transfer-encoding"
      ? []
      : [[name, Array.isArray(value) ? value.join(", ") : value]],
  );
  const pieces: AsyncIterator<Uint8Array> = answer[Symbol.asyncIterator]();
  return { status: answer.statusCode ?? 0, headers: Object.fromEntries(headers), body: pieces };
}

/** Through VS Code's `fetch`, which is Chromium's network where `http.electronFetch` says so: that one knows NTLM. */
export function sendByFetch(fetch: typeof globalThis.fetch): HostSend {
  return async ({ url, method, headers, body }, signal) => {
    const own = body === undefined ? {} : { body };
    const answer = await fetch(url, { method, headers, redirect: "manual", signal, ...own });
    return {
      // Chromium's network shows of a redirect that there is one, and no more.
      status: answer.status === 0 ? 302 : answer.status,
      headers: Object.fromEntries([...answer.headers].filter(([name]) => !untrueHeaders.has(name))),
      body: answer.body?.[Symbol.asyncIterator]() ?? null,
    };
  };
}

/** `fetch` unpacks what was packed, and leaves the headers that say so. */
const untrueHeaders: ReadonlySet<string> = new Set(["content-encoding", "content-length", "transfer-encoding"]);
