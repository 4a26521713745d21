import { type Failure, FailureError, isAbort } from "../../shared/failure.ts";
import { isLoopbackHost } from "../../shared/presets.ts";

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
  constructor(facts: {
    status: number | null;
    proxyHost: string;
    from: string;
    credentialsFrom: string | null;
    cause?: unknown;
  }) {
    super("proxy", { cause: facts.cause });
    this.status = facts.status;
    this.proxyHost = facts.proxyHost;
    this.from = facts.from;
    this.credentialsFrom = facts.credentialsFrom;
  }
}

/**
 * What an error of the transport means, for the host it was on the way to. Reads error codes along the chain of causes,
 * never texts. Gives the FailureError that is already in the chain when there is one; null when the error is not the
 * transport's.
 */
export function explainNetworkError(error: unknown, host: string, connectTimeoutMs: number): Failure | null {
  for (const link of chainOf(error)) {
    if (link instanceof FailureError) return link.failure;
    if (link instanceof ProxyFault) return explainProxyFault(link, host);
    const code = codeOf(link);
    const failure = code === null ? null : explainCode(code, { host, connectTimeoutMs });
    if (failure) return failure;
  }
  return null;
}

/**
 * The same as an error to throw. An AbortError stays one; a code of the transport's that nobody knows is a closed
 * connection; an error without any code is a fault of ours, and stays what it is.
 */
export function networkErrorOf(error: unknown, host: string, connectTimeoutMs: number): unknown {
  if (isAbort(error) || error instanceof FailureError) return error;
  const failure = explainNetworkError(error, host, connectTimeoutMs);
  if (failure) return new FailureError(failure, { cause: error });
  const hasCode = chainOf(error).some((link) => codeOf(link) !== null);
  return hasCode ? new FailureError(reset(host), { cause: error }) : error;
}

/** The same for an answer under way: what is wrong with its framing then broke the connection, and is not its protocol. */
export function bodyErrorOf(error: unknown, host: string, connectTimeoutMs: number): unknown {
  const known = networkErrorOf(error, host, connectTimeoutMs);
  if (!(known instanceof FailureError) || known.failure.kind !== "not-an-api") return known;
  return new FailureError(reset(host), { cause: error });
}

type Where = { host: string; connectTimeoutMs: number };

const extraCaMend = "Set wayfare.network.extraCaFile to the file of your company's CA (PEM).";

/** What is wrong with a certificate, by OpenSSL's and Node's codes. */
const certificateFaults: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: `it is self-signed. If it is yours, put it into a PEM file and set wayfare.network.extraCaFile to it.`,
  SELF_SIGNED_CERT_IN_CHAIN: `it was signed by a CA that this machine does not know. ${extraCaMend}`,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: `it was signed by a CA that this machine does not know. ${extraCaMend}`,
  UNABLE_TO_GET_ISSUER_CERT: `it was signed by a CA that this machine does not know. ${extraCaMend}`,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: `it was signed by a CA that this machine does not know. ${extraCaMend}`,
  CERT_UNTRUSTED: `it was signed by a CA that is not trusted here. ${extraCaMend}`,
  CERT_HAS_EXPIRED:
    "it has expired. Check this machine's clock; if it is right, the certificate's owner must renew it.",
  CERT_NOT_YET_VALID: "it is not valid yet. Check this machine's clock.",
  CERT_REVOKED: "it was revoked by its issuer.",
  ERR_TLS_CERT_ALTNAME_INVALID:
    "it was issued for another host. Check the host name in the base URL; a proxy or a login page can also answer in its place.",
};

const causesByCode: Readonly<Record<string, (where: Where) => Failure>> = {
  ENOTFOUND: dns,
  EAI_AGAIN: dns,
  EAI_NODATA: dns,
  EAI_NONAME: dns,
  EAI_FAIL: dns,
  ECONNREFUSED: refused,
  ECONNRESET: ({ host }) => reset(host),
  ECONNABORTED: ({ host }) => reset(host),
  EPIPE: ({ host }) => reset(host),
  UND_ERR_SOCKET: ({ host }) => reset(host),
  UND_ERR_CLOSED: ({ host }) => reset(host),
  UND_ERR_DESTROYED: ({ host }) => reset(host),
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: ({ host }) => reset(host),
  EHOSTUNREACH: unreachable,
  EHOSTDOWN: unreachable,
  ENETUNREACH: unreachable,
  ENETDOWN: unreachable,
  EADDRNOTAVAIL: unreachable,
  EACCES: unreachable,
  EPERM: unreachable,
  ETIMEDOUT: connectTimeout,
  UND_ERR_CONNECT_TIMEOUT: connectTimeout,
  UND_ERR_HEADERS_TIMEOUT: ({ host }) => ({
    kind: "silence",
    phase: "headers",
    waitedMs: transportPatienceMs,
    message: `${host} took the request and did not answer for ${transportPatienceMs / 1000} s.`,
  }),
  UND_ERR_BODY_TIMEOUT: ({ host }) => ({
    kind: "stall",
    waitedMs: transportPatienceMs,
    message: `${host} began an answer and then sent nothing for ${transportPatienceMs / 1000} s.`,
  }),
  UND_ERR_HEADERS_OVERFLOW: ({ host }) => ({
    kind: "not-an-api",
    status: 0,
    contentType: "",
    // Node's own bound.
    message: `${host} sent more than 16 kB of headers, which no model API does. Check the base URL, and for a proxy in between.`,
  }),
  // Closed in the middle of the headers.
  HPE_INVALID_EOF_STATE: ({ host }) => reset(host),
  Z_DATA_ERROR: ({ host }) => ({
    kind: "malformed",
    message: `${host} sent an answer that is said to be compressed and cannot be unpacked. Look for a proxy in between.`,
  }),
  UND_ERR_INVALID_ARG: ({ host }) => ({
    kind: "setup",
    field: "key",
    message: `The key or a header for ${host} holds a character that cannot be sent. Enter the key again, without line breaks or quotes around it.`,
  }),
};

/** The transport's own last resort, far above the timers that guard a request. */
export const transportPatienceMs = 300_000;

function explainCode(code: string, where: Where): Failure | null {
  const fault = certificateFaults[code];
  if (fault) {
    const message = `The certificate of ${where.host} is not trusted: ${fault}`;
    return { kind: "network", cause: "tls", host: where.host, message };
  }
  if (plainHttpCodes.has(code) && isLoopbackHost(where.host.replace(/:\d+$/, ""))) return plainHttp(where);
  if (code === "EPROTO" || code.startsWith("ERR_SSL_") || code.startsWith("ERR_TLS_")) return notTls(where);
  const known = causesByCode[code]?.(where);
  if (known) return known;
  if (code.startsWith("HPE_") || code === "HTTPParserError") {
    const message = `${where.host} answers, but not in HTTP. Check the port in the base URL.`;
    return { kind: "not-an-api", status: 0, contentType: "", message };
  }
  return null;
}

function dns({ host }: Where): Failure {
  const message = `The address of ${host} was not found. Check the host name in the base URL, and your network or VPN.`;
  return { kind: "network", cause: "dns", host, message };
}

function refused({ host }: Where): Failure {
  const message = `${host} refused the connection. Check that the server is running, and the port in the base URL.`;
  return { kind: "network", cause: "refused", host, message };
}

function reset(host: string): Failure {
  const message = `The connection to ${host} was closed before an answer came. If it happens again, look for a firewall or proxy in between.`;
  return { kind: "network", cause: "reset", host, message };
}

function unreachable({ host }: Where): Failure {
  const message = `There is no way to ${host} from here. Check your network, VPN and firewall.`;
  return { kind: "network", cause: "unreachable", host, message };
}

function connectTimeout({ host, connectTimeoutMs }: Where): Failure {
  const message = `No connection to ${host} within ${connectTimeoutMs / 1000} s. Check your network, VPN and firewall; behind a proxy, set http.proxy.`;
  return { kind: "network", cause: "connect-timeout", host, message };
}

/** How TLS finds words of plain HTTP in place of its own. */
const plainHttpCodes: ReadonlySet<string> = new Set(["ERR_SSL_WRONG_VERSION_NUMBER", "ERR_SSL_PACKET_LENGTH_TOO_LONG"]);

function plainHttp({ host }: Where): Failure {
  const message = `${host} does not speak https. Servers on this machine mostly speak plain http: write http://${host} in the base URL.`;
  return { kind: "network", cause: "tls", host, message };
}

function notTls({ host }: Where): Failure {
  const message = `No secure connection to ${host} could be agreed on. Check the port in the base URL; something in between may also interfere with TLS.`;
  return { kind: "network", cause: "tls", host, message };
}

function explainProxyFault(fault: ProxyFault, host: string): Failure {
  return { kind: "network", cause: "proxy", host, message: describeProxyFault(fault, host) };
}

function describeProxyFault(fault: ProxyFault, host: string): string {
  const { status, proxyHost, from } = fault;
  if (status === 407) {
    return fault.credentialsFrom !== null
      ? `The proxy ${proxyHost} refused the user name or password (407). Correct them in ${fault.credentialsFrom}.`
      : `The proxy ${proxyHost} wants a user name and password (407). Write them into ${from} as http://user:password@host:port, or set http.proxyAuthorization.`;
  }
  if (status !== null) {
    return `The proxy ${proxyHost} did not connect to ${host} (${status}). Ask its owner to allow it, or name the host in http.noProxy.`;
  }
  const codes = chainOf(fault.cause).map(codeOf);
  const certificate = codes.map((code) => certificateFaults[code ?? ""]).find((text) => text !== undefined);
  if (certificate) return `The certificate of the proxy ${proxyHost} is not trusted: ${certificate}`;
  const why = codes.includes("ECONNREFUSED")
    ? "refused the connection"
    : codes.includes("ENOTFOUND") || codes.includes("EAI_AGAIN")
      ? "was not found"
      : "could not be reached";
  return `The proxy ${proxyHost} ${why}. Correct ${from}, or set http.proxySupport to "off" to connect directly.`;
}

/** The error, its causes and, for several addresses tried at once, each one's error. At most 20, for chains may loop. */
function chainOf(error: unknown): unknown[] {
  const chain: unknown[] = [];
  const open = [error];
  while (open.length > 0 && chain.length < 20) {
    const link = open.shift();
    if (!(link instanceof Error) || chain.includes(link)) continue;
    chain.push(link);
    if (link instanceof AggregateError) open.push(...link.errors);
    open.push(link.cause);
  }
  return chain;
}

function codeOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if ("code" in error && typeof error.code === "string") return error.code;
  // undici's parser gives its errors a name and no code.
  return error.name === "HTTPParserError" ? error.name : null;
}
