import { randomBytes } from "node:crypto";
import { join, resolve } from "node:path";
import {
  type EditorFolders,
  freePort,
  installEditor,
  installExtension,
  logIn,
  packageExtension,
  startEditor,
} from "./editor.ts";
import { copySample, firstFile, seedSettings } from "./first-start.ts";
import { type OpenLink, serveOpenLink } from "./open-link.ts";
import { cache, requireNode24 } from "./root.ts";
import type { ProcessGroup } from "./run-command.ts";
import { readStartArguments, startHelp } from "./start-arguments.ts";

/**
 * `npm start [-- --port N] [--no-playground] [--data DIR]`: a real VS Code in the browser with Wayfare and a sample
 * project in it. DIR keeps settings, state and the copy of the project; .cache/start unless given.
 */

requireNode24();
const asked = readStartArguments(process.argv.slice(2));
if (asked.kind === "help") {
  console.log(startHelp);
  process.exit(0);
}
if (asked.kind === "wrong") fail(`${asked.message}\nSee: npm start -- --help`);
const wantedPort = asked.port;
if (process.platform === "win32") {
  fail("The editor in the browser runs on Linux and macOS. On Windows use: npm run start:desktop");
}

const data = resolve(asked.data ?? join(cache, "start"));
const folders: EditorFolders = {
  userData: join(data, "user"),
  extensions: join(data, "extensions"),
};
const sample = join(data, "sample");

try {
  await installEditor();
  console.log("Building and packaging Wayfare …");
  await packageExtension();
  await installExtension(folders);
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
}
copySample(sample);
seedSettings(folders.userData, asked.playground ? "on" : "off");

let group: ProcessGroup | null = null;
let link: OpenLink | null = null;
let ending = false;
async function end(code: number): Promise<void> {
  if (ending) return;
  ending = true;
  link?.close();
  await group?.stop();
  process.exit(code);
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void end(0));
// npm may be gone without having passed its signal on: then nobody could end the editor any more.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) void end(0);
}, 1000);

try {
  const port = await freePort(wantedPort);
  if (port !== wantedPort) console.log(`Port ${wantedPort} is taken; using ${port}.`);
  const password = randomBytes(12).toString("base64url");
  console.log("Starting VS Code …");
  const { origin } = await startEditor({
    folders,
    port,
    password,
    onStarted(started) {
      group = started;
      void started.exited.then((code) => {
        if (!ending) console.error(`VS Code has ended by itself (exit code ${code}).`);
        return end(1);
      });
    },
  });
  link = await serveOpenLink({
    cookie: await logIn(origin, password),
    target: `${origin}/?${new URLSearchParams({
      folder: sample,
      payload: JSON.stringify([["openFile", `vscode-remote://127.0.0.1:${port}${join(sample, firstFile)}`]]),
    })}`,
    fallback: `This link worked once. Open ${origin} and give the password that npm start has printed.`,
    onOpened: () => console.log("Opened. For a second browser use the address and the password above."),
  });
  console.log(`
  Wayfare is ready. Open this address (it works once):

    ${link.url}

  Again, or from another browser: ${origin}   password: ${password}
  Ctrl+C ends everything.
`);
} catch (error) {
  if (!ending) console.error(error instanceof Error ? error.message : String(error));
  await end(1);
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
