import type { ForwardFault } from "../../shared/forward.ts";
import type { SocksRefusal } from "./socks-handshake.ts";

/** Thrown where a connection through a proxy is made, so that a proxy's fault is never taken for the provider's. */
export class ProxyFault extends Error {
  override readonly name = "ProxyFault";
  /** The proxy's answer to CONNECT, or null when it could not be reached. */
  readonly status: number | null;
  readonly proxyHost: string;
  /** Which setting named the proxy. */
  readonly from: string;
  /** Which setting gave the credentials that were sent; null when none were. */
  readonly credentialsFrom: string | null;
  /** What a SOCKS proxy said in place of a status; or that the target's name, which it wanted found here, was not. */
  readonly refusal: SocksRefusal | "name-not-found" | null;
  /** Its `Proxy-Authenticate`: the ways it lets people log in. */
  readonly challenge: string;
  constructor(facts: {
    status: number | null;
    proxyHost: string;
    from: string;
    credentialsFrom: string | null;
    refusal?: SocksRefusal | "name-not-found";
    challenge?: string;
    cause?: unknown;
  }) {
    super("proxy", { cause: facts.cause });
    this.status = facts.status;
    this.refusal = facts.refusal ?? null;
    this.challenge = facts.challenge ?? "";
    this.proxyHost = facts.proxyHost;
    this.from = facts.from;
    this.credentialsFrom = facts.credentialsFrom;
  }
}

/** Thrown where a request that the extension host sent failed there. */
export class ForwardError extends Error {
  override readonly name = "ForwardError";
  readonly codes: readonly string[];
  /** The transport's own, for people. */
  readonly words: string;
  /** There when the proxy is what failed. */
  readonly proxy: { host: string; status: number | null } | null;
  constructor({ codes, words, proxy }: ForwardFault["fault"]) {
    super("forward");
    this.codes = codes;
    this.words = words;
    this.proxy = proxy ?? null;
  }
}
