import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { readExtraCaFile } from "../shared/network-files.ts";
import type { SettingProblem } from "../shared/settings.ts";

/**
 * The text of the file of certificates that the setting names, or what is wrong with it. The editor's server does not read
 * files of the person's choosing, so the client does. An empty setting gives neither.
 */
export function readExtraCa(
  written: unknown,
  readFile: (path: string) => Promise<Uint8Array>,
): Promise<{ pem: string | null; problem: SettingProblem | null }> {
  return readExtraCaFile(written, { wholePath, readFile });
}

/** A path as the settings have it, with `~/` for the home of whoever runs VS Code; null when it is not a whole one. */
export function wholePath(written: string): string | null {
  const path = written.startsWith("~/") ? join(homedir(), written.slice(2)) : written;
  return isAbsolute(path) ? path : null;
}
