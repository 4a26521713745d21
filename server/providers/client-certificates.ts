import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { createSecureContext, type SecureContextOptions } from "node:tls";
import type { ClientCertificate, SettingProblem } from "../../shared/settings.ts";

/**
 * Which certificate a host is shown when it asks for one: the first whose `host` fits, which is `*`, a name, `*.` and the
 * name that all are below, or an address, each with `:port` or for every port. `target` is where the connection goes.
 */
export function clientCertificateFor(
  target: { hostname: string; port: string },
  certificates: readonly ClientCertificate[],
): ClientCertificate | null {
  return certificates.find(({ host }) => fits(host, target)) ?? null;
}

function fits(written: string, target: { hostname: string; port: string }): boolean {
  const pattern = written.trim().toLowerCase();
  const parts = /^(\[[0-9a-f:.]+\]|[^:]+):(\d+)$/.exec(pattern);
  if (parts && parts[2] !== target.port) return false;
  const [name, host] = [parts?.[1] ?? pattern, target.hostname.toLowerCase()].map((text) =>
    text.replace(/^\[(.*)\]$/, "$1"),
  );
  if (name === undefined || host === undefined) return false;
  return name === "*" || name === host || (name.startsWith("*.") && host.endsWith(name.slice(1)));
}

/** What Node's TLS takes of it. */
export function contextOptionsOf(certificate: ClientCertificate): SecureContextOptions {
  const { passphrase } = certificate;
  const files =
    "pfxBase64" in certificate
      ? { pfx: Buffer.from(certificate.pfxBase64, "base64") }
      : { cert: certificate.certPem, key: certificate.keyPem };
  return { ...files, ...(passphrase === undefined ? {} : { passphrase }) };
}

/** Why this certificate cannot be used, with the field and the mend, or null. Opens it, which takes a millisecond. */
export function checkClientCertificate(certificate: ClientCertificate, nowMs: number): SettingProblem | null {
  return "pfxBase64" in certificate ? checkPfx(certificate) : checkPair(certificate, nowMs);
}

type Pfx = Extract<ClientCertificate, { pfxBase64: string }>;
type Pair = Extract<ClientCertificate, { certPem: string }>;

const enter = 'Run "Wayfare: Enter Certificate Passphrase".';

function checkPfx(certificate: Pfx): SettingProblem | null {
  const field = `${certificate.field}.pfxFile`;
  const options = contextOptionsOf(certificate);
  // Every such file is an ASN.1 sequence.
  if (Buffer.from(certificate.pfxBase64, "base64")[0] !== 0x30) {
    return { field, message: "The file is no PKCS #12 file (.p12, .pfx). Name one, or give certFile and keyFile." };
  }
  try {
    createSecureContext(options);
    return null;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ERR_CRYPTO_UNSUPPORTED_OPERATION") {
      const message =
        "The file is encrypted in an old way that is not read any more. Export it anew, or give its parts as PEM in certFile and keyFile.";
      return { field, message };
    }
    return wrongPassphrase(field, certificate.passphrase);
  }
}

function checkPair(certificate: Pair, nowMs: number): SettingProblem | null {
  const certField = `${certificate.field}.certFile`;
  const keyField = `${certificate.field}.keyFile`;
  const shown = readCertificate(certificate.certPem);
  if (shown === null) {
    return { field: certField, message: "The file holds no readable certificate. It must be a PEM file." };
  }
  if (/-----BEGIN (ENCRYPTED |[^\n]*\nProc-Type: 4,ENCRYPTED)/.test(certificate.keyPem.replaceAll("\r\n", "\n"))) {
    if (certificate.passphrase === undefined || readKey(certificate) === null) {
      return wrongPassphrase(keyField, certificate.passphrase);
    }
  }
  const key = readKey(certificate);
  if (key === null) {
    const message = 'The file holds no readable private key. It must be a PEM file with "PRIVATE KEY" in it.';
    return { field: keyField, message };
  }
  if (!shown.checkPrivateKey(key)) {
    const message =
      "The key in this file is not that of the certificate in certFile. Name the two that belong together.";
    return { field: keyField, message };
  }
  const endsAtMs = Date.parse(shown.validTo);
  if (endsAtMs > nowMs) return null;
  const day = new Date(endsAtMs).toISOString().slice(0, 10);
  return { field: certField, message: `The certificate expired on ${day}. Name the files of one that is valid.` };
}

function wrongPassphrase(field: string, passphrase: string | undefined): SettingProblem {
  const what =
    passphrase === undefined ? "The file is locked with a passphrase." : "The passphrase is not that of the file.";
  return { field, message: `${what} ${enter}`, mend: "enterPassphrase" };
}

function readCertificate(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    return null;
  }
}

function readKey({ keyPem, passphrase }: Pair): KeyObject | null {
  try {
    return createPrivateKey({ key: keyPem, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch {
    return null;
  }
}
