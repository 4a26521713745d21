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
}

/** Makes a private CA and what it signs. Keys live in a temporary folder for a moment and are never committed. */
export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), "wayfare-certificates-"));
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const sign = (name: string, host: string, signer: string[], days = "2"): Certificate => {
    openssl("req", "-new", ...curve, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=${host}`);
    writeFileSync(join(folder, `${name}.ext`), `subjectAltName=DNS:${host}\n`);
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
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
