import { join } from "node:path";
import { downloadAndUnzipVSCode, resolveCliPathFromVSCodeExecutablePath } from "@vscode/test-electron";
import { cache } from "./root.ts";
import { runCommand } from "./run-command.ts";

/** The command line of a desktop VS Code: `code` when it is on the PATH, else of one downloaded into .cache, once. */
export async function findDesktopEditor(): Promise<string> {
  const { code, output } = await runCommand("code", ["--version"], { output: "keep", shell: "on-windows" });
  // The first line is the version; a `code` that is something else prints something else.
  if (code === 0 && /^\d+\.\d+\.\d+/.test(output)) return "code";
  return resolveCliPathFromVSCodeExecutablePath(await downloadDesktopEditor());
}

/** Downloads the newest stable VS Code into .cache unless it is there; gives its program. */
export async function downloadDesktopEditor(): Promise<string> {
  try {
    return await downloadAndUnzipVSCode({ version: "stable", cachePath: join(cache, "desktop-editor") });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      `VS Code is not on the PATH as "code", and it cannot be downloaded (${why}). Install it from https://code.visualstudio.com, or use: npm start`,
    );
  }
}
