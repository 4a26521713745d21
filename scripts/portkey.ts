import { cpSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { npm } from "./editor.ts";
import { cache, inRoot } from "./root.ts";
import { type ProcessGroup, startGroup } from "./run-command.ts";

/**
 * Portkey's own gateway, from npm: what the self-hosted preset is tried against. This file installs it, as its lockfile in
 * scripts/portkey says, and runs it on loopback.
 */

/** Works only with the Node server of Hono that scripts/portkey/package.json holds it to: with newer ones each list of models is a 500. */
export const portkeyVersion = "1.15.2";
const folder = join(cache, `portkey-${portkeyVersion}`);
const program = join(folder, "node_modules", "@portkey-ai", "gateway", "build", "start-server.js");

/** Whether `startPortkey` finds anything to start. */
export function hasPortkey(): boolean {
  return existsSync(join(folder, "installed"));
}

/** Downloads the gateway into .cache unless it is there, about 25 MB. Throws with npm's own words when it cannot. */
export async function installPortkey(): Promise<void> {
  if (hasPortkey()) return;
  console.log(`Installing Portkey's gateway ${portkeyVersion} into .cache, once …`);
  // A half-finished install must not look finished: it happens beside its place and is moved there at the end.
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  for (const file of ["package.json", "package-lock.json"]) {
    cpSync(inRoot("scripts", "portkey", file), join(partial, file));
  }
  await npm(
    "Installing Portkey's gateway",
    ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"],
    partial,
  );
  writeFileSync(join(partial, "installed"), "");
  renameSync(partial, folder);
}

export interface RunningPortkey {
  pid: number;
  /** http://127.0.0.1:port, without /v1. */
  origin: string;
  /** What it printed: faults it met, the last 20,000 characters. */
  output(): string;
  /** Ends it. Safe to call twice. */
  stop(): Promise<void>;
}

/** How long it may take until it listens; a busy machine needs a second. */
const startTimeoutMs = 20_000;

/**
 * Starts the gateway on any free port of loopback, with nothing of our environment, and resolves when it listens. Rejects
 * with its last words. What it is to ask, and where, each request says in its headers.
 */
export async function startPortkey(): Promise<RunningPortkey> {
  let output = "";
  let announce = (_port: string): void => {};
  const listening = new Promise<string>((resolve) => {
    announce = resolve;
  });
  const group: ProcessGroup = startGroup(
    process.execPath,
    ["--import", inRoot("scripts", "portkey", "listen-on-loopback.mjs"), program, "--port=0", "--headless"],
    {
      cwd: folder,
      env: { PATH: process.env.PATH, NODE_ENV: "production" },
      onOutput: (text) => {
        output = (output + text).slice(-20_000);
        const port = /listening on loopback port (\d+)/.exec(output)?.[1];
        if (port !== undefined) announce(port);
      },
    },
  );
  const timeout = new Promise<null>((resolve) => {
    setTimeout(() => resolve(null), startTimeoutMs).unref();
  });
  const port = await Promise.race([listening, group.exited.then(() => null), timeout]);
  if (port === null) {
    await group.stop();
    throw new Error(`Portkey's gateway did not start.\n${output.trim().slice(-4000)}`);
  }
  return { pid: group.pid, origin: `http://127.0.0.1:${port}`, output: () => output, stop: group.stop };
}
