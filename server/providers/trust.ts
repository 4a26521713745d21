import * as tls from "node:tls";
import { FailureError } from "../../shared/failure.ts";
import type { ClientCertificate, NetworkSetting } from "../../shared/settings.ts";
import { contextOptionsOf } from "./client-certificates.ts";

/**
 * Whom to trust: Node's own bundle, the operating system's store where Node can read it (from 22.15 on) and the setting
 * allows it, and the person's CA file. Made once, for parsing hundreds of certificates takes longer than a handshake.
 * undefined: Node's default will do. Throws a FailureError when the person's file holds no certificate.
 */
export function trustFor(
  network: NetworkSetting,
  certificate: ClientCertificate | null = null,
): tls.SecureContext | undefined {
  const own = certificate === null ? {} : contextOptionsOf(certificate);
  const extra = network.extraCaPem ?? "";
  const system = network.systemCertificates ? readStore("system") : [];
  if (extra.trim() === "" && system.length === 0) {
    return certificate === null ? undefined : tls.createSecureContext(own);
  }
  if (extra.trim() !== "" && !extra.includes("-----BEGIN CERTIFICATE-----")) throw unreadableCaFile();
  const bundled = readStore("default");
  const extraList = extra.trim() === "" ? [] : [extra];
  try {
    return tls.createSecureContext({ ca: [...new Set([...bundled, ...system, ...extraList])], ...own });
  } catch {
    // A system store may hold certificates that OpenSSL refuses; without it the rest still works.
    return contextOf([...bundled, ...extraList], own);
  }
}

function contextOf(ca: string[], own: tls.SecureContextOptions): tls.SecureContext {
  try {
    return tls.createSecureContext({ ca, ...own });
  } catch (error) {
    throw unreadableCaFile(error);
  }
}

function readStore(kind: "default" | "system"): readonly string[] {
  const read: typeof tls.getCACertificates | undefined = tls.getCACertificates;
  try {
    return read ? read(kind) : kind === "default" ? tls.rootCertificates : [];
  } catch {
    return kind === "default" ? tls.rootCertificates : [];
  }
}

function unreadableCaFile(cause?: unknown): FailureError {
  const message = "The file in wayfare.network.extraCaFile holds no readable certificate. It must be a PEM file.";
  return new FailureError({ kind: "setup", field: "wayfare.network.extraCaFile", message }, { cause });
}
