import type { Finding } from "../../shared/doctor.ts";
import type { Failure } from "../../shared/failure.ts";
import { setting } from "./mend-failure.ts";

/** What was seen of a host's address. */
export interface AddressSeen {
  /** What was looked up: the provider's host, or the proxy's. */
  host: string;
  /** host:port of the proxy, which finds the provider's address itself; null: none is used. */
  proxy: string | null;
  addresses: readonly string[];
  /** It is written as an address, so nothing had to be found. */
  isLiteral: boolean;
  elapsedMs: number;
}

/** Which way requests go, and by which setting. */
export type WayOutSeen =
  | { kind: "direct"; because: "off" | "this machine" | "no proxy" | "http.noProxy" | "NO_PROXY" }
  | { kind: "proxy"; proxy: string; from: string; credentialsFrom: string | null }
  /** VS Code's own network sends, and which way is its to know. */
  | { kind: "extensionHost" }
  | { kind: "unusable"; from: string; message: string };

export interface CertificateSeen {
  /** Whom it was issued for, and who signed it. */
  subject: string;
  issuer: string;
  /** Milliseconds since 1970; null: it cannot be read. */
  validToMs: number | null;
  isSelfSigned: boolean;
  /** Names from the host's own to the last that is known. */
  chain: readonly string[];
  /** Which store of trusted certificates holds an end of the chain: Node's own, the system's, the setting's file, or that of NODE_EXTRA_CA_CERTS. */
  store: "bundled" | "system" | "extraCaFile" | "environment" | null;
  /** "TLSv1.3". */
  protocol: string;
  /** Why a check refuses it, as Node says it; null: it is trusted. */
  refusedAs: string | null;
}

export interface ConnectionSeen {
  elapsedMs: number;
  /** The address that was connected to: the proxy's, where one is used. */
  remote: string | null;
  /** null: plain http, which is for this machine alone. */
  certificate: CertificateSeen | null;
  /** Why the certificate is not trusted, or null. */
  failure: Failure | null;
}

/** How the host's address was found. */
export function addressFinding({ host, proxy, addresses, isLiteral, elapsedMs }: AddressSeen): Finding {
  const found = isLiteral
    ? `${host} is written as an address, so nothing has to be found.`
    : `${host} is at ${few(addresses)}, found in ${milliseconds(elapsedMs)}.`;
  return ok(proxy === null ? found : `${found} It is the proxy, which finds the provider itself.`);
}

/** The connection alone, whatever its certificate is worth. */
export function reachFinding({ elapsedMs, remote, certificate }: ConnectionSeen): Finding {
  const at = remote === null ? "" : ` to ${remote}`;
  const by = certificate === null ? "" : `, by ${certificate.protocol}`;
  return ok(`Connected${at} in ${milliseconds(elapsedMs)}${by}.`);
}

/** A certificate that ends within so many days is told of. */
const SOON_DAYS = 14;
const DAY_MS = 86_400_000;

/**
 * Whose certificate it is, who vouches for it, and how long. `isKnownVendor`: the address is a public service's own, whose
 * certificate every machine knows; where another CA signed it, somebody in between reads along.
 */
export function certificateFinding(
  { certificate, failure }: ConnectionSeen,
  { isKnownVendor, nowMs }: { isKnownVendor: boolean; nowMs: number },
): Finding {
  if (certificate === null) {
    return { state: "skipped", seen: "Plain http, which never leaves this machine.", advice: null, ways: [] };
  }
  const { issuer, subject, isSelfSigned, store, validToMs, refusedAs } = certificate;
  const by = isSelfSigned ? "It is signed by itself" : `It is signed by ${issuer}`;
  const until = validToMs === null ? "" : `, valid until ${day(validToMs)}`;
  const says = `${by}${until}.`;
  const extraCa = setting("wayfare.network.extraCaFile");
  if (failure !== null) {
    const isOther = isKnownVendor && !isSelfSigned && mayBeOther(refusedAs);
    return {
      state: "broken",
      seen: `${failure.message} It is for ${subject}. ${says}`,
      advice: isOther
        ? `${issuer} is no public authority: a proxy or a virus scanner opens this connection and would read your key. If that is your company's, ask for its CA file; if it is nobody's that you know, do not go on.`
        : null,
      ways: [extraCa],
    };
  }
  if (refusedAs !== null) {
    return {
      state: "warning",
      seen: `It is not checked, because http.proxyStrictSSL is off; a check refuses it (${refusedAs}). ${says}`,
      advice:
        "Whoever is in between can read your key. Name the CA in wayfare.network.extraCaFile and turn the check on again.",
      ways: [setting("http.proxyStrictSSL"), extraCa],
    };
  }
  const trusted = `${says} ${store === null ? "It is trusted" : `It is trusted by ${stores[store]}`}.`;
  const leftDays = validToMs === null ? SOON_DAYS : Math.floor((validToMs - nowMs) / DAY_MS);
  if (isKnownVendor && store !== null && store !== "bundled") {
    return {
      state: "warning",
      seen: trusted,
      advice: `${certificate.chain.at(-1) ?? issuer} is no public authority: a proxy or a virus scanner of this machine or network opens the connection and reads what is sent, your key too. In a company that is usual; elsewhere find out who it is.`,
      ways: [],
    };
  }
  if (leftDays < SOON_DAYS) {
    const when = leftDays < 1 ? "within a day" : leftDays === 1 ? "in a day" : `in ${leftDays} days`;
    return { state: "warning", seen: trusted, advice: `It ends ${when}. Its owner must renew it.`, ways: [] };
  }
  return ok(trusted);
}

/** A certificate of another name or age may well be the vendor's own. */
function mayBeOther(refusedAs: string | null): boolean {
  return refusedAs !== null && !["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID"].includes(refusedAs);
}

const stores = {
  bundled: "the list of public authorities that Node brings",
  system: "this machine's own store",
  extraCaFile: "the file in wayfare.network.extraCaFile",
  environment: "the file in NODE_EXTRA_CA_CERTS",
} as const;

/** Which way requests go. `failure` is the connection's, where it did not come about. */
export function wayOutFinding(seen: WayOutSeen, failure: Failure | null): Finding {
  if (seen.kind === "unusable") {
    return { state: "broken", seen: seen.message, advice: null, ways: [settingOf(seen.from)].flat() };
  }
  if (seen.kind === "direct") return ok(directly[seen.because]);
  if (seen.kind === "extensionHost") {
    return ok("By VS Code's own network, as wayfare.network.via says; which proxy that takes is for VS Code to know.");
  }
  const { proxy, from, credentialsFrom } = seen;
  const login = credentialsFrom === null ? "without a user name" : `with the user name in ${credentialsFrom}`;
  const says = `By the proxy ${proxy}, named in ${from}, ${login}.`;
  const isItsFault = failure?.kind === "network" && failure.cause === "proxy";
  if (!isItsFault) return ok(says);
  return { state: "broken", seen: `${says} ${failure.message}`, advice: null, ways: settingOf(from) };
}

/** A variable of the environment is no setting that could be opened. */
function settingOf(name: string): Finding["ways"] {
  return name.startsWith("http.") ? [setting(name)] : [setting("http.proxy")];
}

const directly = {
  off: 'Directly: http.proxySupport is "off".',
  "this machine": "Directly, as everything on this machine.",
  "no proxy": "Directly: no proxy is set.",
  "http.noProxy": "Directly: http.noProxy names this host.",
  NO_PROXY: "Directly: NO_PROXY names this host.",
} as const;

function ok(seen: string): Finding {
  return { state: "ok", seen, advice: null, ways: [] };
}

function milliseconds(ms: number): string {
  return `${Math.max(1, Math.round(ms))} ms`;
}

/** A date of the calendar, in UTC. */
function day(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

/** At most two are named. */
function few(addresses: readonly string[]): string {
  const [first = "no address", second] = addresses;
  const more = addresses.length - 2;
  return `${first}${second === undefined ? "" : `, ${second}`}${more > 0 ? ` and ${more} more` : ""}`;
}
