import { type LookupAddress, lookup as lookUp } from "node:dns";
import { isIP, type LookupFunction, Socket } from "node:net";
import type { Agent, buildConnector, Pool } from "undici";
import { FailureError } from "../../shared/failure.ts";
import { isLoopbackHost } from "../../shared/presets.ts";
import type { ClientCertificate, NetworkSetting } from "../../shared/settings.ts";
import { chooseProxy, type ProxyChoice } from "./choose-proxy.ts";
import { checkClientCertificate, clientCertificateFor } from "./client-certificates.ts";
import { transportPatienceMs } from "./explain-network-error.ts";
import { createSocksHandshake, speakSocks } from "./socks-handshake.ts";
import { ProxyFault } from "./transport-faults.ts";
import { trustFor } from "./trust.ts";

/** Sockets to one origin. Far more than one person's requests; past it they wait in line. */
const socketsPerOrigin = 64;
/** An idle socket is kept this long unless the server says less: a typed question often follows a typed question. */
const keepAliveMs = 20_000;
/** Of a host's addresses, so many are tried through a SOCKS proxy that takes no names: one of each family, and spares. */
const addressesTried = 4;

/** The Agent with everything it needs to reach a host. */
export interface Way {
  agent: Agent;
  /** Makes what has to be made first, a tunnel, and gives what makes the connection itself. */
  connectBy(
    wish: buildConnector.Options,
    certificate?: "any" | "trusted",
  ): Promise<(callback: buildConnector.Callback) => void>;
  close(): Promise<void>;
}

/** Opens nothing yet. `timeoutMs` bounds each connection, its proxy's and its TLS each for itself. */
export async function openWay(
  network: NetworkSetting,
  timeoutMs: number,
  lookup: LookupFunction | undefined,
): Promise<Way> {
  // Loaded here: most of a server's start-ups ask nothing for a while. By its default export, which is the whole module
  // in Node as in a bundle; a bundle gives a CommonJS package no named ones.
  const { default: undici } = await import("undici");
  const proxies = new Map<string, Pool>();

  const shared = {
    timeout: timeoutMs,
    // HTTP/1.1 alone: closing the socket is how an answer is cancelled, and a second answer must not share it.
    allowH2: false,
    // Node gives up an address after 250 ms, too little for a far host; the next address is still tried early.
    autoSelectFamilyAttemptTimeout: 500,
    ...(lookup ? { lookup } : {}),
  };
  const plain = undici.buildConnector(shared);
  /** One for each client certificate, and one without. */
  const secure = new Map<ClientCertificate | null, buildConnector.connector>();
  /** Certificates are read at the first TLS connection, for a person with local models needs none. */
  function connectorFor(wish: buildConnector.Options): buildConnector.connector {
    if (wish.protocol !== "https:") return plain;
    const port = wish.port || defaultPort(wish.protocol);
    const certificate = clientCertificateFor({ hostname: wish.hostname, port }, network.clientCertificates);
    const known = secure.get(certificate);
    if (known) return known;
    const problem = certificate && checkClientCertificate(certificate, Date.now());
    if (problem) {
      throw new FailureError({ kind: "setup", ...problem, message: `${problem.field}: ${problem.message}` });
    }
    const context = trustFor(network, certificate);
    const connect = undici.buildConnector({
      ...shared,
      rejectUnauthorized: network.proxyStrictSsl,
      ...(context ? { secureContext: context } : {}),
    });
    const connector: buildConnector.connector = (options, callback) =>
      connect(options, (...result) => {
        // An alert ("certificate required") comes as an error and then the end, which would hide it: the first is the cause.
        result[1]?.on("error", () => result[1]?.destroy());
        callback(...result);
      });
    secure.set(certificate, connector);
    return connector;
  }

  function proxyPool(url: URL): Pool {
    const known = proxies.get(url.origin);
    if (known) return known;
    const pool = new undici.Pool(url.origin, {
      connect(wish, callback) {
        try {
          connectorFor(wish)(wish, callback);
        } catch (error) {
          callback(errorOf(error), null);
        }
      },
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
    const challenge = flatten(answer.headers)["proxy-authenticate"] ?? "";
    throw new ProxyFault({ ...facts, status: answer.statusCode, challenge });
  }

  async function openSocks(wish: buildConnector.Options, choice: ProxyChoice & { kind: "socks" }) {
    const { from, credentialsFrom } = choice;
    const facts = { proxyHost: hostAndPort(choice), from, credentialsFrom, status: null };
    const name = wish.hostname.replace(/^\[(.*)\]$/, "$1");
    const hosts = choice.namesFoundBy === "proxy" || isIP(name) !== 0 ? [name] : await findAddresses(name);
    if (hosts.length === 0) throw new ProxyFault({ ...facts, refusal: "name-not-found" });
    let refusal = await tryHost(hosts[0] ?? name);
    for (const host of hosts.slice(1)) {
      if (refusal !== "target-unreachable") break;
      refusal = await tryHost(host);
    }
    if (refusal instanceof Socket) return refusal;
    throw new ProxyFault({ ...facts, refusal });

    async function tryHost(host: string) {
      try {
        const socket = await connectPlainly(choice.host, choice.port);
        const port = Number(wish.port || defaultPort(wish.protocol));
        return (await speakSocks(socket, createSocksHandshake(choice, host, port), timeoutMs)) ?? socket;
      } catch (cause) {
        throw new ProxyFault({ ...facts, cause });
      }
    }
    function findAddresses(name: string): Promise<string[]> {
      const wanted = { all: true, ...(choice.version === 4 ? { family: 4 } : {}) } as const;
      return new Promise((resolve) =>
        (lookup ?? lookUp)(name, wanted, (error, found: string | LookupAddress[]) =>
          resolve(
            error || typeof found === "string" ? [] : found.slice(0, addressesTried).map(({ address }) => address),
          ),
        ),
      );
    }
  }

  function connectPlainly(hostname: string, port: number): Promise<Socket> {
    return new Promise((resolve, reject) => {
      plain({ hostname, port: String(port), protocol: "http:" }, (error, socket) =>
        socket ? resolve(socket) : reject(error),
      );
    });
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
        (error: unknown) => callback(errorOf(error), null),
      );
    },
  });

  const connectBy: Way["connectBy"] = async (wish, certificate) => {
    const target = new URL(`${wish.protocol}//${wish.host ?? wish.hostname}`);
    const choice = chooseProxy(target, network);
    if (choice.kind === "unusable") {
      throw new FailureError({ kind: "setup", field: choice.from, message: choice.message });
    }
    const isAny = certificate === "any" && wish.protocol === "https:";
    const connect = isAny ? undici.buildConnector({ ...shared, rejectUnauthorized: false }) : connectorFor(wish);
    if (choice.kind === "direct") return (callback) => connect(wish, callback);
    const socket = choice.kind === "socks" ? await openSocks(wish, choice) : await openTunnel(wish, choice);
    // Only https goes through a proxy: plain http is for loopback, which is always direct.
    return (callback) => connect({ ...wish, httpSocket: socket }, callback);
  };

  return {
    agent,
    connectBy,
    async close() {
      await Promise.all([agent.destroy(), ...[...proxies.values()].map((pool) => pool.destroy())]);
    },
  };
}

/** Where a request may go: anywhere by https, and to this machine by http. Throws a FailureError. */
export function parseTarget(url: string): URL {
  const target = new URL(url);
  if (target.protocol === "https:" || (target.protocol === "http:" && isLoopbackHost(target.hostname))) return target;
  const message = `${target.protocol}//${target.host} is not used: write https://, or http:// for this machine only.`;
  throw new FailureError({ kind: "setup", field: "baseUrl", message });
}

/** Whoever aborts may give any reason; callers know the one name. */
export function abortErrorOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  if (reason instanceof Error && reason.name === "AbortError") return reason;
  return new DOMException("The request was cancelled.", "AbortError");
}

/** Headers with values that came several times joined by a comma. */
export function flatten(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = typeof value === "string" ? value : value.join(", ");
  }
  return flat;
}

/** `host` without brackets. */
export function hostAndPort({ host, port }: { host: string; port: number }): string {
  return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

function errorOf(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** The port of an address that names none. */
export function defaultPort(protocol: string): string {
  return protocol === "https:" ? "443" : "80";
}
