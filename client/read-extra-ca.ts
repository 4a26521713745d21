import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import type { SettingProblem } from "../shared/settings.ts";

const field = "wayfare.network.extraCaFile";

/** A bundle of every public root is a quarter of this. */
const MAX_BYTES = 1_000_000;

/**
 * The text of the file of certificates that the setting names, or what is wrong with it. The server does not read files
 * of the person's choosing, so the client does. An empty setting gives neither.
 */
export async function readExtraCa(
  written: unknown,
  readFile: (path: string) => Promise<Uint8Array>,
): Promise<{ pem: string | null; problem: SettingProblem | null }> {
  const wrong = (message: string) => ({ pem: null, problem: { field, message } });
  if (written === undefined || written === null || written === "") return { pem: null, problem: null };
  if (typeof written !== "string") return wrong("It is not a text. Write the path of a PEM file.");
  const path = written.startsWith("~/") ? join(homedir(), written.slice(2)) : written;
  if (!isAbsolute(path))
    return wrong(`"${written}" is not a whole path. Write one that begins at the root or with ~/.`);
  try {
    const bytes = await readFile(path);
    if (bytes.byteLength > MAX_BYTES)
      return wrong(`"${written}" is larger than 1 MB. Give a file of certificates only.`);
    const pem = new TextDecoder().decode(bytes);
    if (pem.includes("-----BEGIN CERTIFICATE-----")) return { pem, problem: null };
    return wrong(`"${written}" holds no certificate. Give a PEM file, with "-----BEGIN CERTIFICATE-----" in it.`);
  } catch {
    return wrong(`"${written}" cannot be read. Give the path of a PEM file on this host, or empty the setting.`);
  }
}
