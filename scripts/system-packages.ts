import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { runCommand } from "./run-command.ts";

/** Programs of the system that the editor suite needs, with the Debian package that brings each. */
const chromiumNames = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The Chromium (or Chrome) that drives the editor suite, or null; WAYFARE_CHROMIUM names another. */
export function findChromium(): string | null {
  const named = process.env.WAYFARE_CHROMIUM;
  if (named !== undefined && named !== "") return isProgram(named) ? named : null;
  return findProgram(chromiumNames);
}

/** strace, which watches the connect calls, or null. */
export function findStrace(): string | null {
  return findProgram(["strace"]);
}

/**
 * Installs what is missing with apt when this is root on Debian or a relative. Gives one sentence for each program that
 * is still missing, with the command that brings it; none when all are there.
 */
export async function installSystemPackages(): Promise<string[]> {
  const missing = missingPackages();
  const isRoot = process.getuid?.() === 0;
  const apt = findProgram(["apt-get"]);
  if (missing.length > 0 && isRoot && apt !== null) {
    console.log(`Installing ${missing.join(" and ")} by apt …`);
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    await runCommand(apt, ["update", "-q"], { env, output: "keep", heartbeat: "apt-get update" });
    const installed = await runCommand(apt, ["install", "-y", "-q", "--no-install-recommends", ...missing], {
      env,
      output: "keep",
      heartbeat: "apt-get install",
    });
    if (installed.code !== 0) console.log(installed.output.trim().slice(-2000));
  }
  return missingPackages().map((name) =>
    name === "strace" && process.platform !== "linux"
      ? "strace exists on Linux only: the tests that watch sockets are skipped."
      : `${name} is missing. Install it: sudo apt-get install -y ${name}${
          name === "chromium" ? " (or any Chrome or Chromium, named by WAYFARE_CHROMIUM=/path/to/it)" : ""
        }`,
  );
}

function missingPackages(): string[] {
  return [...(findChromium() === null ? ["chromium"] : []), ...(findStrace() === null ? ["strace"] : [])];
}

function findProgram(names: readonly string[]): string | null {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/bin", "/usr/local/bin"];
  for (const name of names) {
    const found = folders.map((folder) => join(folder, name)).find(isProgram);
    if (found !== undefined) return found;
  }
  return null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not there, or not for us to run: the same answer.
    return false;
  }
}
