// Makes node_modules what package-lock.json says. It runs before every npm script, so it is plain JavaScript without
// dependencies and works on Node 20; what comes after it runs on the Node 24 that it has put into node_modules/.bin.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, "node_modules");
const stampFile = join(modules, ".wayfare-stamp");
const nodeMajor = 24;

const stamp = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .digest("hex");
if (!existsSync(stampFile) || readFileSync(stampFile, "utf8") !== stamp) {
  if (!isInstalled()) await install();
  writeFileSync(stampFile, stamp);
}
checkNode();

/** True when npm's own record of node_modules names every package of the lockfile in the same version. */
function isInstalled() {
  const record = join(modules, ".package-lock.json");
  if (!existsSync(record)) return false;
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  const present = JSON.parse(readFileSync(record, "utf8")).packages;
  return Object.entries(wanted).every(
    ([path, entry]) => path === "" || entry.optional === true || present[path]?.version === entry.version,
  );
}

async function install() {
  console.log("Installing the packages of package-lock.json (half a minute the first time) …");
  const startedAt = Date.now();
  const seconds = () => Math.round((Date.now() - startedAt) / 1000);
  const node = nodeOutsideModules();
  const npm = process.env.npm_execpath;
  const [command, before] = npm === undefined ? ["npm", []] : [node, [npm]];
  const child = spawn(command, [...before, "ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    // npm ci deletes node_modules, and the Node of node_modules/.bin with it: its child processes need another one.
    env: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ""}` },
    shell: process.platform === "win32" && npm === undefined,
  });
  const heartbeat = setInterval(() => console.log(`  … still installing, ${seconds()} s`), 5000);
  const code = await new Promise((resolve) => {
    child.once("error", (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.once("exit", resolve);
  });
  clearInterval(heartbeat);
  if (code !== 0) {
    console.error("npm ci failed: read the lines above. It needs a connection to the npm registry, or a filled cache.");
    process.exit(1);
  }
  console.log(`Packages installed in ${seconds()} s.`);
}

/** The Node that runs this script, or, when that is the one in node_modules, the next one on the PATH. */
function nodeOutsideModules() {
  if (!process.execPath.startsWith(modules + sep)) return process.execPath;
  const name = process.platform === "win32" ? "node.exe" : "node";
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => !folder.includes("node_modules"));
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  return found ?? process.execPath;
}

/** The `node` package brings its program by an install script, which some npm settings skip silently. */
function checkNode() {
  const program = join(modules, ".bin", process.platform === "win32" ? "node.cmd" : "node");
  const version = () =>
    spawnSync(program, ["--version"], { encoding: "utf8", shell: process.platform === "win32" }).stdout?.trim() ?? "";
  if (!version().startsWith(`v${nodeMajor}.`)) {
    spawnSync(process.execPath, ["installArchSpecificPackage.js"], { cwd: join(modules, "node"), stdio: "inherit" });
  }
  if (!version().startsWith(`v${nodeMajor}.`)) {
    console.error(
      `Node ${nodeMajor} is missing from node_modules (found "${version()}"). Its install script was probably blocked: run "npm rebuild node", or use Node ${nodeMajor} yourself.`,
    );
    process.exit(1);
  }
}
