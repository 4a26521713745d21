import { lookup as lookUp } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { TLSSocket } from "node:tls";
import { FailureError } from "../../shared/failure.ts";
import type { NetworkSetting } from "../../shared/settings.ts";
import type { AddressSeen, ConnectionSeen, WayOutSeen } from "../core/describe-reach.ts";
import { chooseProxy, type ProxyChoice } from "./choose-proxy.ts";
import { createDialer } from "./dial.ts";
import { networkErrorOf } from "./explain-network-error.ts";
import { type HttpOptions, isSentByHost, whereOf } from "./http.ts";
import { hostAndPort } from "./open-way.ts";
import { readCertificate } from "./read-certificate.ts";
import { ProxyFault } from "./transport-faults.ts";

/** Looks at the way to a provider without asking it anything: no request, no key and no header is sent. */
export interface Probe {
  /** Which way requests to `url` go, by the settings alone. */
  wayOut(url: URL): WayOutSeen;
  /** Finds the addresses of the host, or of the proxy where one is used. Throws a FailureError, and an AbortError. */
  resolve(url: URL, signal: AbortSignal): Promise<AddressSeen>;
  /**
   * Connects as a request would, and looks at the certificate. One that is not trusted is in the answer's `failure`, with
   * what it says, for which the host is connected to once more. Throws a FailureError where there is no connection.
   */
  connect(url: URL, signal: AbortSignal): Promise<ConnectionSeen>;
  close(): Promise<void>;
}

export function createProbe(network: NetworkSetting, options: HttpOptions = {}): Probe {
  const { connectTimeoutMs = 10_000, lookup = lookUp } = options;
  const dialer = createDialer(network, options);

  const look = async (url: URL, certificate: "trusted" | "any", signal: AbortSignal): Promise<ConnectionSeen> => {
    const startedMs = performance.now();
    const socket = await dialer.dial(url, certificate, signal);
    const elapsedMs = performance.now() - startedMs;
    try {
      const remote = socket.remoteAddress ?? null;
      const seen = socket instanceof TLSSocket ? readCertificate(socket, network) : null;
      return { elapsedMs, remote, certificate: seen, failure: null };
    } finally {
      socket.destroy();
    }
  };

  return {
    wayOut: (url) => wayOutOf(url, network),

    async resolve(url, signal) {
      const choice = chooseProxy(url, network);
      if (choice.kind === "unusable") {
        throw new FailureError({ kind: "setup", field: choice.from, message: choice.message });
      }
      const way = proxyOf(choice);
      const host = way === null ? url.hostname.replace(/^\[(.*)\]$/, "$1") : way.name;
      const proxy = way?.host ?? null;
      if (isIP(host) !== 0) return { host, proxy, addresses: [host], isLiteral: true, elapsedMs: 0 };
      const startedMs = performance.now();
      try {
        const addresses = await addressesOf(host, { lookup, timeoutMs: connectTimeoutMs, signal });
        return { host, proxy, addresses, isLiteral: false, elapsedMs: performance.now() - startedMs };
      } catch (cause) {
        const where = whereOf(url, network, connectTimeoutMs);
        if (signal.aborted || way === null) throw networkErrorOf(cause, where);
        const { host: proxyHost, from, credentialsFrom } = way;
        throw networkErrorOf(new ProxyFault({ status: null, proxyHost, from, credentialsFrom, cause }), where);
      }
    },

    async connect(url, signal) {
      try {
        return await look(url, "trusted", signal);
      } catch (error) {
        const failure = error instanceof FailureError ? error.failure : null;
        if (failure?.kind !== "network" || failure.cause !== "tls") throw error;
        // What it shows helps to find out who it is. Nothing is sent over this connection.
        const seen = await look(url, "any", signal).catch(() => null);
        if (signal.aborted || seen === null || seen.certificate === null) throw error;
        return { ...seen, failure };
      }
    },

    close: dialer.close,
  };
}

/** The operating system cannot be told to stop looking; nobody waits for it then. */
function addressesOf(
  host: string,
  { lookup, timeoutMs, signal }: { lookup: LookupFunction; timeoutMs: number; signal: AbortSignal },
): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(new DOMException("The check was cancelled.", "AbortError"));
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    const timer = setTimeout(() => reject(Object.assign(new Error("late"), { code: "EAI_AGAIN" })), timeoutMs);
    lookup(host, { all: true }, (error, found) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      if (error) reject(error);
      else resolve(typeof found === "string" ? [found] : found.map(({ address }) => address));
    });
  });
}

/** A proxy by its name alone, and as host:port; null where none is used. */
function proxyOf(
  choice: ProxyChoice,
): { name: string; host: string; from: string; credentialsFrom: string | null } | null {
  if (choice.kind !== "proxy" && choice.kind !== "socks") return null;
  const { from, credentialsFrom } = choice;
  if (choice.kind === "socks") return { name: choice.host, host: hostAndPort(choice), from, credentialsFrom };
  return { name: choice.url.hostname.replace(/^\[(.*)\]$/, "$1"), host: choice.url.host, from, credentialsFrom };
}

/** The settings' own words for a way: which of them names a proxy, or why there is none. No credentials are in it. */
function wayOutOf(url: URL, network: NetworkSetting): WayOutSeen {
  if (isSentByHost(url, network)) return { kind: "extensionHost" };
  const choice = chooseProxy(url, network);
  const way = proxyOf(choice);
  if (way !== null) {
    return { kind: "proxy", proxy: way.host, from: way.from, credentialsFrom: way.credentialsFrom };
  }
  if (choice.kind === "unusable") return choice;
  if (network.proxySupport === "off") return { kind: "direct", because: "off" };
  const { noProxy: _, ...environment } = network.environment;
  const unexcepted = chooseProxy(url, { ...network, noProxy: [], environment });
  if (unexcepted.kind === "direct") {
    const isSet =
      chooseProxy(new URL("https://host.invalid"), { ...network, noProxy: [], environment }).kind !== "direct";
    return { kind: "direct", because: isSet ? "this machine" : "no proxy" };
  }
  return { kind: "direct", because: network.noProxy.length > 0 ? "http.noProxy" : "NO_PROXY" };
}
