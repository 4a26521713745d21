import * as tls from "node:tls";
import type { NetworkSetting } from "../../shared/settings.ts";
import type { CertificateSeen } from "../core/describe-reach.ts";

/** More than any chain holds; a circle of issuers must end. */
const LONGEST_CHAIN = 10;

/**
 * What a connection's certificate says, down to the last issuer that was shown or is known here, and which of the stores
 * that are trusted holds an end of it. null where the host showed none.
 */
export function readCertificate(socket: tls.TLSSocket, network: NetworkSetting): CertificateSeen | null {
  const chain: tls.DetailedPeerCertificate[] = [];
  let next: tls.DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (next?.raw !== undefined && chain.length < LONGEST_CHAIN) {
    if (chain.some(({ fingerprint256 }) => fingerprint256 === next?.fingerprint256)) break;
    chain.push(next);
    next = next.issuerCertificate;
  }
  const [first] = chain;
  if (first === undefined) return null;
  const validToMs = Date.parse(first.valid_to);
  return {
    subject: nameOf(first.subject),
    issuer: nameOf(first.issuer),
    validToMs: Number.isNaN(validToMs) ? null : validToMs,
    isSelfSigned: JSON.stringify(first.subject) === JSON.stringify(first.issuer),
    chain: chain.map(({ subject }) => nameOf(subject)),
    store: storeOf(
      chain.map(({ raw }) => raw),
      network,
    ),
    protocol: socket.getProtocol() ?? "TLS",
    // With the check switched off in the settings, a connection comes about all the same, and says what is wrong.
    refusedAs: socket.authorized ? null : wordsOf(socket.authorizationError),
  };
}

function wordsOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault ?? "unknown");
}

/** "Let's Encrypt R11": organisation and name, once where one holds the other. */
function nameOf(certificate: tls.Certificate): string {
  const [organisation, name] = [text(certificate.O), text(certificate.CN)];
  if (name === "" || organisation === "") return name || organisation || "nobody by name";
  return name.includes(organisation) ? name : `${organisation} ${name}`;
}

/** A field that came several times is a list. */
function text(field: unknown): string {
  return Array.isArray(field) ? field.join(" ") : typeof field === "string" ? field : "";
}

/** Which store holds one of the chain, the end of it first; null: none that is trusted here. */
function storeOf(chain: readonly Buffer[], network: NetworkSetting): CertificateSeen["store"] {
  const ends = [...chain].reverse().map((raw) => raw.toString("base64"));
  const isIn = (certificates: readonly string[]): boolean => {
    const known = new Set(certificates.map((pem) => pem.replace(/-----[A-Z ]+-----|\s/g, "")));
    return ends.some((end) => known.has(end));
  };
  if (isIn(read("bundled"))) return "bundled";
  if (network.systemCertificates && isIn(read("system"))) return "system";
  if (isIn(network.extraCaPem?.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [])) {
    return "extraCaFile";
  }
  return isIn(read("extra")) ? "environment" : null;
}

/** Absent in Node before 22.15: only its own list is known there. */
function read(kind: "bundled" | "system" | "extra"): readonly string[] {
  const certificates: typeof tls.getCACertificates | undefined = tls.getCACertificates;
  try {
    return certificates ? certificates(kind) : kind === "bundled" ? tls.rootCertificates : [];
  } catch {
    // A store of the system's that cannot be read holds nothing for us, as when a request is made.
    return [];
  }
}
