import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { cache, inRoot, root } from "./root.ts";
import { mustRun, type ProcessGroup, startGroup } from "./run-command.ts";

/**
 * The real VS Code in which Wayfare is shown and tested: the workbench and server that code-server ships, from npm. This
 * file installs it, packages the extension, installs that as a user would, and starts the editor behind a password.
 */

const codeServerVersion = "4.139.1";
export const vsix = inRoot("wayfare.vsix");

const editorFolder = join(cache, `code-server-${codeServerVersion}`);
const codeServer = join(editorFolder, "node_modules", "code-server");
const entry = join(codeServer, "out", "node", "entry.js");

/** Where the editor keeps the extensions it ships with. */
export const builtinExtensionsFolder = join(codeServer, "lib", "vscode", "extensions");

/** Downloads the editor into .cache unless it is there; about 600 MB, without its native modules, which are not needed. */
export async function installEditor(): Promise<void> {
  if (existsSync(join(editorFolder, "installed"))) return;
  console.log(`Installing VS Code (code-server ${codeServerVersion}) into .cache, once …`);
  // A half-finished install must not look finished: it happens beside its place and is moved there at the end.
  const partial = `${editorFolder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  rmSync(editorFolder, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"];
  await npm(
    "Installing code-server",
    ["install", ...quiet, "--no-save", "--prefix", partial, `code-server@${codeServerVersion}`],
    partial,
  );
  const workbench = join(partial, "node_modules", "code-server", "lib", "vscode");
  await npm("Installing the workbench's packages", ["install", ...quiet, "--omit=dev"], workbench);
  // TypeScript, which the workbench's own extensions share.
  await npm("Installing its extensions' packages", ["install", ...quiet, "--omit=dev"], join(workbench, "extensions"));
  writeFileSync(join(partial, "installed"), "");
  renameSync(partial, editorFolder);
}

/** Runs npm with the Node that runs this, in `cwd`; throws when it fails. */
export async function npm(what: string, args: readonly string[], cwd: string): Promise<void> {
  const program = process.env.npm_execpath;
  const [command, before] = program === undefined ? ["npm", []] : [process.execPath, [program]];
  await mustRun(what, command, [...before, ...args], { cwd, output: "keep", heartbeat: what.toLowerCase() });
}

/** Builds the bundles and writes wayfare.vsix; throws with the tool's own words when either fails. */
export async function packageExtension(): Promise<void> {
  await mustRun("The build", process.execPath, ["esbuild.mjs"], { cwd: root, output: "keep" });
  await mustRun(
    "Packaging the extension",
    process.execPath,
    [
      inRoot("node_modules", "@vscode", "vsce", "vsce"),
      "package",
      "--no-dependencies",
      "--allow-missing-repository",
      "--no-rewrite-relative-links",
      "--out",
      vsix,
    ],
    { cwd: root, output: "keep" },
  );
}

/** Folders that make up one installation of the editor: settings, state and secrets in one, extensions in the other. */
export interface EditorFolders {
  userData: string;
  extensions: string;
}

/** Installs wayfare.vsix the way `code --install-extension` does, replacing an older copy. */
export async function installExtension(folders: EditorFolders): Promise<void> {
  mkdirSync(folders.extensions, { recursive: true });
  await mustRun(
    "Installing the extension",
    process.execPath,
    [entry, ...folderArguments(folders), "--install-extension", vsix, "--force"],
    { env: editorEnvironment(folders, ""), output: "keep" },
  );
}

export interface EditorOptions {
  folders: EditorFolders;
  port: number;
  password: string;
  /** Replaces the folder of extensions that the editor ships with. */
  builtinExtensions?: string;
  workspaceTrust?: "on" | "off";
  /** Put before the command line: a tracer and its arguments. */
  wrapper?: readonly string[];
  /** Added to the editor's environment. */
  environment?: Readonly<Record<string, string>>;
  onOutput?: (text: string) => void;
  /** Called at once, long before the editor listens, so that whoever is interrupted meanwhile can end it. */
  onStarted?: (group: ProcessGroup) => void;
}

export interface RunningEditor {
  readonly origin: string;
  readonly group: ProcessGroup;
}

/** How long the editor may take until it listens; a cold disk needs ten seconds. */
const startTimeoutMs = 60_000;

/** Starts the editor on loopback behind the password and resolves when it listens; rejects with its last words. */
export async function startEditor(options: EditorOptions): Promise<RunningEditor> {
  const [command = process.execPath, ...before] = [...(options.wrapper ?? []), process.execPath];
  let output = "";
  let announce = (): void => {};
  const listening = new Promise<void>((resolve) => {
    announce = resolve;
  });
  const group = startGroup(
    command,
    [
      ...before,
      entry,
      "--bind-addr",
      `127.0.0.1:${options.port}`,
      "--auth",
      "password",
      // Cookies ignore ports: two editors on one host would log each other out.
      "--cookie-suffix",
      String(options.port),
      ...folderArguments(options.folders),
      ...(options.builtinExtensions === undefined ? [] : ["--builtin-extensions-dir", options.builtinExtensions]),
      ...(options.workspaceTrust === "on" ? [] : ["--disable-workspace-trust"]),
      "--disable-telemetry",
      "--disable-update-check",
      "--disable-getting-started-override",
      "--disable-proxy",
      "--ignore-last-opened",
    ],
    {
      cwd: root,
      env: { ...editorEnvironment(options.folders, options.password), ...options.environment },
      onOutput: (text) => {
        output = (output + text).slice(-20_000);
        options.onOutput?.(text);
        if (/HTTP server listening on/.test(output)) announce();
      },
    },
  );
  options.onStarted?.(group);
  const timeout = new Promise<string>((resolve) => {
    setTimeout(() => resolve(`did not listen within ${startTimeoutMs / 1000} s`), startTimeoutMs).unref();
  });
  const failure = await Promise.race([
    listening.then(() => null),
    group.exited.then((code) => `ended with exit code ${code}`),
    timeout,
  ]);
  if (failure !== null) {
    await group.stop();
    throw new Error(`The editor ${failure}.\n${output.trim().slice(-4000)}`);
  }
  return { origin: `http://127.0.0.1:${options.port}`, group };
}

/**
 * Logs in with the password and gives the session's cookie, `name=value`. Throws when the editor refuses, and says what
 * it answered.
 */
export async function logIn(origin: string, password: string): Promise<string> {
  const response = await fetch(`${origin}/login`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", origin },
    body: new URLSearchParams({ password }),
    redirect: "manual",
  });
  await response.arrayBuffer();
  const cookie = response.headers.getSetCookie()[0]?.split(";")[0];
  if (cookie === undefined) throw new Error(`The editor refused its own password (HTTP ${response.status}).`);
  return cookie;
}

/** The first free port of loopback from `first` on, looking at no more than a hundred; 0 asks the system for any. */
export async function freePort(first: number): Promise<number> {
  for (let port = first; port < first + 100 && port <= 65_535; port += 1) {
    const found = await tryPort(port);
    if (found !== null) return found;
  }
  throw new Error(
    `No free port between ${first} and ${Math.min(first + 99, 65_535)}. Name another: npm start -- --port N.`,
  );
}

function tryPort(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(null));
    probe.listen(port, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : null));
    });
  });
}

function folderArguments(folders: EditorFolders): string[] {
  return [
    "--user-data-dir",
    folders.userData,
    "--extensions-dir",
    folders.extensions,
    // Without its own file and socket it would read the person's code-server settings, and talk to their instance.
    "--config",
    join(folders.userData, "code-server.yaml"),
    "--session-socket",
    join(folders.userData, "session.sock"),
  ];
}

/** The editor gets this environment without npm's own variables, and with its Node first on the PATH. */
function editorEnvironment(folders: EditorFolders, password: string): NodeJS.ProcessEnv {
  mkdirSync(folders.userData, { recursive: true });
  const config = join(folders.userData, "code-server.yaml");
  if (!existsSync(config)) writeFileSync(config, "auth: password\n");
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|INIT_CWD$|NODE_OPTIONS$|VSCODE_|CODE_SERVER_|VITEST)/.test(name),
  );
  return {
    ...Object.fromEntries(inherited),
    // As a hash of one round, which is enough for a random password: with a plain one the editor computes a slow hash (argon2)
    // for each of the hundreds of files that a page loads, ten seconds of a processor in all.
    ...(password === "" ? {} : { HASHED_PASSWORD: createHash("sha256").update(password).digest("hex") }),
    PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ""}`,
  };
}
