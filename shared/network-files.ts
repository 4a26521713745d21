import type * as z from "zod";
import { type Configuration, clientCertificateSettingSchema, type SettingProblem } from "./settings.ts";

/**
 * Reads the files that network settings name: further certificates to trust, and those that are shown to hosts that ask.
 * How a file is read is the caller's: the extension host has VS Code's file system, the headless endpoint Node's.
 */
export interface NetworkFiles {
  /** A path as settings have it, made whole; null when it cannot be. */
  wholePath(written: string): string | null;
  /** Rejects when it cannot be read. */
  readFile(path: string): Promise<Uint8Array>;
}

export interface CertificateFiles extends NetworkFiles {
  /** The passphrase that is kept for a file, by its whole path. */
  readPassphrase(path: string): Promise<string | undefined>;
}

const caField = "wayfare.network.extraCaFile";
const certificatesField = "wayfare.network.clientCertificates";

/** A bundle of every public root is a quarter of this. */
const MAX_CA_BYTES = 1_000_000;

/** A certificate with its chain and key is some kilobytes. */
const MAX_CERTIFICATE_BYTES = 200_000;

/** More hosts than a person has; each file is read at every change of a setting. */
const MAX_ROWS = 50;

type Row = z.infer<typeof clientCertificateSettingSchema>;
type Certificate = NonNullable<Configuration["network"]["clientCertificates"]>[number];

/** The text of the file that `wayfare.network.extraCaFile` names, or what is wrong with it. An empty setting gives neither. */
export async function readExtraCaFile(
  written: unknown,
  { wholePath, readFile }: NetworkFiles,
): Promise<{ pem: string | null; problem: SettingProblem | null }> {
  const wrong = (message: string) => ({ pem: null, problem: { field: caField, message } });
  if (written === undefined || written === null || written === "") return { pem: null, problem: null };
  if (typeof written !== "string") return wrong("It is not a text. Write the path of a PEM file.");
  const path = wholePath(written);
  if (path === null) return wrong(`"${written}" is not a whole path. Write one that begins at the root or with ~/.`);
  try {
    const bytes = await readFile(path);
    if (bytes.byteLength > MAX_CA_BYTES)
      return wrong(`"${written}" is larger than 1 MB. Give a file of certificates only.`);
    const pem = new TextDecoder().decode(bytes);
    if (pem.includes("-----BEGIN CERTIFICATE-----")) return { pem, problem: null };
    return wrong(`"${written}" holds no certificate. Give a PEM file, with "-----BEGIN CERTIFICATE-----" in it.`);
  } catch {
    return wrong(`"${written}" cannot be read. Give the path of a PEM file on this host, or empty the setting.`);
  }
}

/**
 * The certificates that `wayfare.network.clientCertificates` names, as the server shows them to hosts that ask. A row that
 * cannot be read is left out and told with its field; whether keys, passphrases and certificates fit together is for
 * `checkClientCertificate` to say.
 */
export async function readCertificateFiles(
  written: unknown,
  files: CertificateFiles,
): Promise<{ certificates: Certificate[]; problems: SettingProblem[] }> {
  if (written === undefined || written === null) return { certificates: [], problems: [] };
  if (!Array.isArray(written)) {
    const message = `It is not a list. Write [ { "host": "api.example.com", "certFile": "~/me.pem", "keyFile": "~/me.key" } ].`;
    return { certificates: [], problems: [{ field: certificatesField, message }] };
  }
  const rows: readonly unknown[] = written.slice(0, MAX_ROWS);
  const read = await Promise.all(rows.map((row, index) => readRow(row, `${certificatesField}[${index}]`, files)));
  const problems = read.flatMap((each) => ("message" in each ? [each] : []));
  if (written.length > MAX_ROWS) {
    problems.push({
      field: certificatesField,
      message: `Only the first ${MAX_ROWS} rows are used. Use "*." before a name for many hosts.`,
    });
  }
  return { certificates: read.flatMap((each) => ("message" in each ? [] : [each])), problems };
}

/** The file of a row that a passphrase may lock, as written; null where the row cannot be read. */
export function lockedFile(row: unknown): string | null {
  const parsed = clientCertificateSettingSchema.safeParse(row).data;
  if (parsed === undefined) return null;
  return "pfxFile" in parsed ? parsed.pfxFile : parsed.keyFile;
}

async function readRow(row: unknown, place: string, files: CertificateFiles): Promise<Certificate | SettingProblem> {
  const parsed = clientCertificateSettingSchema.safeParse(row);
  if (!parsed.success) {
    const message = `It is no certificate. Write certFile and keyFile (PEM), or pfxFile (PKCS #12), and the host they are for if not all.`;
    return { field: place, message };
  }
  const locked = files.wholePath(lockedFile(row) ?? "");
  const passphrase = locked === null ? undefined : await files.readPassphrase(locked);
  const shared = {
    field: place,
    host: parsed.data.host ?? "*",
    ...(passphrase === undefined || passphrase === "" ? {} : { passphrase }),
  };
  return readFiles(parsed.data, shared, files);
}

async function readFiles(
  row: Row,
  shared: Pick<Certificate, "field" | "host" | "passphrase">,
  files: NetworkFiles,
): Promise<Certificate | SettingProblem> {
  if ("pfxFile" in row) {
    const pfx = await readBytes(row.pfxFile, `${shared.field}.pfxFile`, files);
    return pfx instanceof Uint8Array ? { ...shared, pfxBase64: Buffer.from(pfx).toString("base64") } : pfx;
  }
  const cert = await readBytes(row.certFile, `${shared.field}.certFile`, files);
  if (!(cert instanceof Uint8Array)) return cert;
  const key = await readBytes(row.keyFile, `${shared.field}.keyFile`, files);
  if (!(key instanceof Uint8Array)) return key;
  return { ...shared, certPem: new TextDecoder().decode(cert), keyPem: new TextDecoder().decode(key) };
}

async function readBytes(
  written: string,
  place: string,
  { wholePath, readFile }: NetworkFiles,
): Promise<Uint8Array | SettingProblem> {
  const wrong = (message: string) => ({ field: place, message });
  const path = wholePath(written);
  if (path === null) return wrong(`"${written}" is not a whole path. Write one that begins at the root or with ~/.`);
  try {
    const bytes = await readFile(path);
    if (bytes.byteLength <= MAX_CERTIFICATE_BYTES) return bytes;
    return wrong(`"${written}" is larger than 200 kB. Give a file of one certificate or key.`);
  } catch {
    return wrong(`"${written}" cannot be read. Give the path of a file on this host.`);
  }
}
