import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** False where there is no openssl; the tests that need certificates are then skipped. */
export const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

export interface Certificate {
  key: string;
  cert: string;
}

export interface Certificates {
  /** The private CA's certificate, PEM. */
  ca: string;
  /** For api.example.test, signed by the CA. */
  good: Certificate;
  /** For other.example.test, signed by the CA. */
  otherHost: Certificate;
  /** For api.example.test, signed by the CA, valid until yesterday. */
  expired: Certificate;
  /** For api.example.test, signed by itself. */
  selfSigned: Certificate;
  /** For ::1 and fd00::1, signed by the CA. */
  addresses: Certificate;
}

/** Makes a private CA and what it signs. Keys live in a temporary folder for a moment and are never committed. */
export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), "wayfare-certificates-"));
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const sign = (name: string, host: string, signer: string[], days = "2"): Certificate => {
    const commonName = host.includes(":") ? name : host;
    openssl("req", "-new", ...curve, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=${commonName}`);
    const subject = host.includes(":") ? host : `DNS:${host}`;
    writeFileSync(join(folder, `${name}.ext`), `subjectAltName=${subject}\n`);
    const how = signer.length > 0 ? signer : ["-signkey", `${name}.key`];
    openssl(
      "x509",
      "-req",
      "-in",
      `${name}.csr`,
      "-out",
      `${name}.crt`,
      "-days",
      days,
      "-extfile",
      `${name}.ext`,
      ...how,
    );
    return {
      key: readFileSync(join(folder, `${name}.key`), "utf8"),
      cert: readFileSync(join(folder, `${name}.crt`), "utf8"),
    };
  };
  try {
    openssl("req", "-x509", ...curve, "-keyout", "ca.key", "-out", "ca.crt", "-days", "2", "-subj", "/CN=Test CA");
    const byCa = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial"];
    return {
      ca: readFileSync(join(folder, "ca.crt"), "utf8"),
      good: sign("good", "api.example.test", byCa),
      otherHost: sign("other", "other.example.test", byCa),
      expired: sign("expired", "api.example.test", byCa, "-1"),
      selfSigned: sign("self", "api.example.test", []),
      addresses: sign("addresses", "IP:::1,IP:fd00::1", byCa),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface ClientCertificates {
  /** The CA that the host trusts, PEM. */
  ca: string;
  /** Signed by it. */
  good: Certificate;
  /** Signed by it, valid until yesterday. */
  expired: Certificate;
  /** Signed by another CA. */
  stranger: Certificate;
  /** The key of `good` behind the passphrase "secret", in the two ways PEM has for it. */
  locked: { pkcs8: string; traditional: string };
  /** `good` as PKCS #12 behind the same passphrase, in Base64; and as OpenSSL of the time before 3 made it. */
  pfx: string;
  oldPfx: string;
}

/** What people prove themselves with, made anew like the rest. */
export function makeClientCertificates(): ClientCertificates {
  const folder = mkdtempSync(join(tmpdir(), "wayfare-certificates-"));
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const read = (name: string, encoding: "utf8" | "base64" = "utf8") => readFileSync(join(folder, name), encoding);
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const authority = (name: string) =>
    openssl(
      "req",
      "-x509",
      ...curve,
      "-keyout",
      `${name}.key`,
      "-out",
      `${name}.crt`,
      "-days",
      "2",
      "-subj",
      `/CN=${name}`,
    );
  const sign = (name: string, ca: string, days = "2"): Certificate => {
    openssl("req", "-new", ...curve, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=${name}`);
    const by = ["-CA", `${ca}.crt`, "-CAkey", `${ca}.key`, "-CAcreateserial"];
    openssl("x509", "-req", "-in", `${name}.csr`, "-out", `${name}.crt`, "-days", days, ...by);
    return { key: read(`${name}.key`), cert: read(`${name}.crt`) };
  };
  try {
    authority("ours");
    authority("theirs");
    const good = sign("ann", "ours");
    openssl("pkcs8", "-topk8", "-in", "ann.key", "-out", "pkcs8.key", "-passout", "pass:secret");
    openssl("ec", "-in", "ann.key", "-aes256", "-out", "traditional.key", "-passout", "pass:secret");
    const pack = ["pkcs12", "-export", "-in", "ann.crt", "-inkey", "ann.key", "-passout", "pass:secret"];
    openssl(...pack, "-out", "ann.pfx");
    openssl(...pack, "-legacy", "-out", "old.pfx");
    return {
      ca: read("ours.crt"),
      good,
      expired: sign("late", "ours", "-1"),
      stranger: sign("stranger", "theirs"),
      locked: { pkcs8: read("pkcs8.key"), traditional: read("traditional.key") },
      pfx: read("ann.pfx", "base64"),
      oldPfx: read("old.pfx", "base64"),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
