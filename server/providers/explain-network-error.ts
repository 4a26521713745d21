import { type Failure, FailureError, isAbort } from "../../shared/failure.ts";
import { isLoopbackHost } from "../../shared/presets.ts";
import type { SocksRefusal } from "./socks-handshake.ts";
import { ForwardError, ProxyFault } from "./transport-faults.ts";

/**
 * What an error of the transport means, for the host it was on the way to. Reads error codes along the chain of causes,
 * never texts. Gives the FailureError that is already in the chain when there is one; null when the error is not the
 * transport's.
 */
export function explainNetworkError(error: unknown, where: Where): Failure | null {
  for (const link of chainOf(error)) {
    if (link instanceof FailureError) return link.failure;
    if (link instanceof ProxyFault) return explainProxyFault(link, where);
    if (link instanceof ForwardError) return explainForwardError(link, where);
    const code = codeOf(link);
    const failure = code === null ? null : explainCode(code, where);
    if (failure) return failure;
  }
  return null;
}

/**
 * The same as an error to throw. An AbortError stays one; a code of the transport's that nobody knows is a closed
 * connection; an error without any code is a fault of ours, and stays what it is.
 */
export function networkErrorOf(error: unknown, where: Where): unknown {
  if (isAbort(error) || error instanceof FailureError) return error;
  const failure = explainNetworkError(error, where);
  if (failure) return new FailureError(failure, { cause: error });
  const hasCode = chainOf(error).some((link) => codeOf(link) !== null);
  return hasCode ? new FailureError(reset(where), { cause: error }) : error;
}

/** The same for an answer under way: what is wrong with its framing then broke the connection, and is not its protocol. */
export function bodyErrorOf(error: unknown, where: Where): unknown {
  const known = networkErrorOf(error, where);
  if (!(known instanceof FailureError) || known.failure.kind !== "not-an-api") return known;
  return new FailureError(reset(where), { cause: error });
}

export interface Where {
  host: string;
  connectTimeoutMs: number;
  /** The row of the client certificate that the host was shown if it asked; null: none is set for it. */
  clientCertificate?: string | null;
}

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
  ECONNRESET: reset,
  ECONNABORTED: reset,
  EPIPE: reset,
  UND_ERR_SOCKET: reset,
  UND_ERR_CLOSED: reset,
  UND_ERR_DESTROYED: reset,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: reset,
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
  HPE_INVALID_EOF_STATE: reset,
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
  const alert = certificateAlert.exec(code)?.[1];
  if (alert !== undefined) return certificateRefused(alert, where);
  if (code.endsWith("_HANDSHAKE_FAILURE")) return handshakeRefused(where);
  if (plainHttpCodes.has(code) && isLoopbackHost(where.host.replace(/:\d+$/, ""))) return plainHttp(where);
  if (isTlsCode(code)) return notTls(where);
  const known = causesByCode[code]?.(where);
  if (known) return known;
  if (code.startsWith("HPE_") || code === "HTTPParserError") {
    const message = `${where.host} answers, but not in HTTP. Check the port in the base URL.`;
    return { kind: "not-an-api", status: 0, contentType: "", message };
  }
  return null;
}

function isTlsCode(code: string | null): boolean {
  return code === "EPROTO" || code?.startsWith("ERR_SSL_") === true || code?.startsWith("ERR_TLS_") === true;
}

function dns({ host }: Where): Failure {
  const message = `The address of ${host} was not found. Check the host name in the base URL, and your network or VPN.`;
  return { kind: "network", cause: "dns", host, message };
}

function refused({ host }: Where): Failure {
  const message = `${host} refused the connection. Check that the server is running, and the port in the base URL.`;
  return { kind: "network", cause: "refused", host, message };
}

function reset({ host, clientCertificate }: Where): Failure {
  const look = clientCertificate
    ? `If it happens again, check that the client certificate in ${clientCertificate} is the one it wants, and look for a firewall or proxy in between.`
    : "If it happens again, look for a firewall or proxy in between.";
  const message = `The connection to ${host} was closed before an answer came. ${look}`;
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

/** Codes of a certificate that a CA of the person's own would mend. */
const unknownCaCodes: ReadonlySet<string> = new Set(
  Object.entries(certificateFaults).flatMap(([code, text]) =>
    text.includes("wayfare.network.extraCaFile") ? [code] : [],
  ),
);

const serverInstead = 'set wayfare.network.via to "server"';

/** VS Code's network has other settings than ours: its own proxy, and the certificates of this machine. */
function explainForwardError({ codes, words, proxy }: ForwardError, where: Where): Failure {
  const { host } = where;
  if (proxy !== null) {
    return { kind: "network", cause: "proxy", host, message: describeForwardProxy(codes, proxy, where) };
  }
  if (codes.some((code) => unknownCaCodes.has(code))) {
    const message = `The certificate of ${host} is not trusted by VS Code's network, which wayfare.network.via chose. Install your company's CA on this machine, or ${serverInstead} and wayfare.network.extraCaFile to its file.`;
    return { kind: "network", cause: "tls", host, message };
  }
  for (const code of codes) {
    const failure = explainCode(code, where);
    if (failure) return failure;
  }
  const said = words === "" ? "" : ` It says: ${words.replace(/\s+/g, " ").replace(/[.\s]*$/, "")}.`;
  const message = `VS Code's network, which wayfare.network.via chose, did not reach ${host}.${said} Check http.proxy and your network, or ${serverInstead}.`;
  return { kind: "network", cause: "proxy", host, message };
}

function describeForwardProxy(
  codes: readonly string[],
  proxy: { host: string; status: number | null },
  { host, connectTimeoutMs }: Where,
): string {
  const named = proxy.host === "" ? "The proxy" : `The proxy ${proxy.host}`;
  if (proxy.status === 407) {
    return `${named} wants a user name and password, or refused them (407). Write them into http.proxy as http://user:password@host:port.`;
  }
  if (proxy.status !== null) return describeProxyStatus(named, proxy.status, host);
  const known = codes.map((code) => proxyTroubles[code]).find((text) => text !== undefined);
  // Where a connection ends before its answer, VS Code gives no code.
  const why = known ?? (codes.length === 0 ? closedAtOnce : null);
  const said = why?.(connectTimeoutMs / 1000) ?? (codes.some(isTlsCode) ? notHttps : "could not be reached");
  return `${named} ${said}. Correct http.proxy or this machine's own proxy setting, or ${serverInstead}.`;
}

/** A proxy that refused with another status than 407. */
function describeProxyStatus(named: string, status: number, host: string): string {
  return status >= 500
    ? `${named} could not reach ${host} (${status}). Check the host name in the base URL; if it is right, ask the proxy's owner, or name the host in http.noProxy.`
    : `${named} did not connect to ${host} (${status}). Ask its owner to allow it, or name the host in http.noProxy.`;
}

/** How TLS finds words of plain HTTP in place of its own. */
const plainHttpCodes: ReadonlySet<string> = new Set(["ERR_SSL_WRONG_VERSION_NUMBER", "ERR_SSL_PACKET_LENGTH_TOO_LONG"]);

function plainHttp({ host }: Where): Failure {
  const message = `${host} does not speak https. Servers on this machine mostly speak plain http: write http://${host} in the base URL.`;
  return { kind: "network", cause: "tls", host, message };
}

/** What a host says of our certificate, by the alerts of TLS (RFC 8446, §6) as OpenSSL and BoringSSL name them. */
const certificateAlert =
  /^ERR_SSL_(?:SSLV3|TLSV1|TLSV13|SSL\/TLS)_(?:ALERT_)?(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_REVOKED|CERTIFICATE_EXPIRED|CERTIFICATE_UNKNOWN|UNKNOWN_CA|ACCESS_DENIED)$/;

const alertWords: Readonly<Record<string, string>> = {
  CERTIFICATE_EXPIRED: "it has expired",
  CERTIFICATE_REVOKED: "it was revoked",
  UNKNOWN_CA: "it was signed by a CA that the host does not know",
};

function certificateRefused(alert: string, { host, clientCertificate }: Where): Failure {
  const message = clientCertificate
    ? `${host} did not take the client certificate in ${clientCertificate}: ${alertWords[alert] ?? "it is not one for this host"}. Name the files of one that it takes.`
    : `${host} wants a client certificate. Name its files in wayfare.network.clientCertificates.`;
  return { kind: "network", cause: "tls", host, message };
}

/** Up to TLS 1.2, a host that misses a certificate says no more than one that knows none of our ciphers. */
function handshakeRefused({ host, clientCertificate }: Where): Failure {
  const message = clientCertificate
    ? `${host} agreed on no secure connection. Check that the client certificate in ${clientCertificate} is the one it wants, and the port in the base URL.`
    : `${host} agreed on no secure connection. If it wants a client certificate, name its files in wayfare.network.clientCertificates; else check the port in the base URL.`;
  return { kind: "network", cause: "tls", host, message };
}

function notTls({ host }: Where): Failure {
  const message = `No secure connection to ${host} could be agreed on. Check the port in the base URL; something in between may also interfere with TLS.`;
  return { kind: "network", cause: "tls", host, message };
}

function explainProxyFault(fault: ProxyFault, where: Where): Failure {
  return { kind: "network", cause: "proxy", host: where.host, message: describeProxyFault(fault, where) };
}

function describeProxyFault(fault: ProxyFault, { host, connectTimeoutMs }: Where): string {
  const { status, proxyHost, from } = fault;
  if (fault.refusal !== null) return describeRefusal(fault, fault.refusal, host);
  const login = status === 407 ? loginOfVsCode(fault.challenge) : null;
  if (login !== null) {
    return `The proxy ${proxyHost} wants a login by ${login} (407), which only VS Code's own network can give. Set wayfare.network.via to "extensionHost".`;
  }
  if (status === 407) {
    return fault.credentialsFrom !== null
      ? `The proxy ${proxyHost} refused the user name or password (407). Correct them in ${fault.credentialsFrom}.`
      : `The proxy ${proxyHost} wants a user name and password (407). Write them into ${from} as http://user:password@host:port, or set http.proxyAuthorization.`;
  }
  if (status !== null) return describeProxyStatus(`The proxy ${proxyHost}`, status, host);
  const codes = chainOf(fault.cause).map(codeOf);
  const certificate = codes.map((code) => certificateFaults[code ?? ""]).find((text) => text !== undefined);
  if (certificate) return `The certificate of the proxy ${proxyHost} is not trusted: ${certificate}`;
  const known = codes.map((code) => proxyTroubles[code ?? ""]).find((text) => text !== undefined);
  const why = known?.(connectTimeoutMs / 1000) ?? (codes.some(isTlsCode) ? notHttps : "could not be reached");
  return `The proxy ${proxyHost} ${why}. Correct ${from}, or set http.proxySupport to "off" to connect directly.`;
}

/** Kerberos and NTLM, when the proxy takes neither a password nor anything else that a header holds. */
function loginOfVsCode(challenge: string): string | null {
  const schemes = challenge.split(",").map((each) => each.trim().split(/\s/)[0]?.toLowerCase());
  if (schemes.includes("basic")) return null;
  if (schemes.includes("negotiate")) return "Kerberos (Negotiate)";
  return schemes.includes("ntlm") ? "NTLM" : null;
}

const notHttps = "does not speak https; write http:// before its name";
const closedAtOnce = () => "closed the connection without an answer";
const noAnswer = (seconds: number) => `did not answer within ${seconds} s`;

const proxyTroubles: Readonly<Record<string, (seconds: number) => string>> = {
  ECONNREFUSED: () => "refused the connection",
  ENOTFOUND: () => "was not found",
  EAI_AGAIN: () => "was not found",
  ECONNRESET: closedAtOnce,
  EPIPE: closedAtOnce,
  UND_ERR_SOCKET: closedAtOnce,
  ETIMEDOUT: noAnswer,
  UND_ERR_CONNECT_TIMEOUT: noAnswer,
  UND_ERR_HEADERS_TIMEOUT: noAnswer,
  HTTPParserError: () => "does not speak HTTP",
};

function describeRefusal(
  { proxyHost, from, credentialsFrom }: ProxyFault,
  refusal: SocksRefusal | "name-not-found",
  host: string,
): string {
  switch (refusal) {
    case "wants-credentials":
      return `The proxy ${proxyHost} wants a user name and password. Write them into ${from} as socks5://user:password@host:port.`;
    case "wrong-credentials":
      return `The proxy ${proxyHost} refused the user name or password. Correct them in ${credentialsFrom ?? from}.`;
    case "not-allowed":
      return `The proxy ${proxyHost} did not connect to ${host}. Ask its owner to allow it, or name the host in http.noProxy.`;
    case "target-unreachable":
      return `The proxy ${proxyHost} could not reach ${host}. Check the host name in the base URL; if it is right, ask the proxy's owner, or name the host in http.noProxy.`;
    case "not-socks":
      return `The proxy ${proxyHost} does not speak the kind of SOCKS that ${from} names. Write socks5h://, socks4a:// or http:// before its name.`;
    case "no-ipv6":
      return `The proxy ${proxyHost} is of version 4 of SOCKS, which knows no IPv6 addresses. Write socks5h:// in ${from} if it speaks version 5.`;
    case "name-not-found":
      return `The address of ${host} was not found here. To let the proxy ${proxyHost} find it, write socks5h:// (or socks4a://) in ${from}.`;
  }
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
