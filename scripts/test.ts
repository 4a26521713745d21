import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import type { NamedReason, TestCounts } from "./count-tests.ts";
import { installEditor, npm, packageExtension } from "./editor.ts";
import { installPortkey } from "./portkey.ts";
import { cache, inRoot, requireNode24, root } from "./root.ts";
import { mustRun, runCommand } from "./run-command.ts";
import { installSystemPackages } from "./system-packages.ts";

/**
 * `npm test`: every check there is, one stage after the other, each whatever the earlier ones came to. The last line
 * sums them up. `--only a,b` runs some stages, `--filter text` some test files of them.
 */

requireNode24();
const { values } = parseArgs({ options: { only: { type: "string" }, filter: { type: "string" } } });

/** The oldest Node that a VS Code of `engines.vscode` brings; the server runs there too. */
const oldestNodeVersion = "22.20.0";
const oldestNodeFolder = join(cache, "node-22.20");
const oldestNode = join(oldestNodeFolder, "node_modules", "node", "bin", "node");

/** What scripts/count-tests.ts writes. */
const reasonsSchema = z.array(z.object({ name: z.string(), reason: z.string() }));
const countsSchema = z.object({ passed: z.number(), failed: reasonsSchema, skipped: reasonsSchema });

interface Stage {
  id: string;
  heading: string;
  run(): Promise<TestCounts>;
}

const stages: readonly Stage[] = [
  { id: "install", heading: "Install what is missing", run: install },
  { id: "package", heading: "Build and package", run: () => asOne("build and package", packageExtension) },
  {
    id: "types",
    heading: "Type check",
    run: () => tool("type check", ["node_modules/typescript/bin/tsc", "--noEmit"]),
  },
  { id: "biome", heading: "Biome", run: () => tool("Biome", ["node_modules/@biomejs/biome/bin/biome", "check", "."]) },
  { id: "unit", heading: "Unit, contract and architecture tests", run: () => vitest(process.execPath, []) },
  {
    id: "oldest",
    heading: `The server's wires, books and use cases once more, on Node ${oldestNodeVersion}`,
    // The pure decisions do without: they touch nothing that a Node brings. Portkey's gateway is the same on both.
    run: () => vitest(oldestNode, ["--project", "server", "--project", "changes-the-process"]),
  },
  {
    id: "editor",
    heading: "The packaged extension in a real VS Code",
    run: () => vitest(process.execPath, ["--config", "test/editor/vitest.config.ts"]),
  },
];
const only = values.only?.split(",");
const unknown = only?.filter((id) => !stages.some((stage) => stage.id === id)) ?? [];
if (unknown.length > 0) {
  console.error(`There is no stage "${unknown.join('", "')}". Stages: ${stages.map((stage) => stage.id).join(", ")}.`);
  process.exit(1);
}

const counts: TestCounts = { passed: 0, failed: [], skipped: [] };
// The editor suite always needs the editor and a fresh package.
const needed = only?.includes("editor") ? ["install", "package", ...only] : only;
for (const stage of stages) {
  if (needed !== undefined && !needed.includes(stage.id)) continue;
  console.log(`\n━━ ${stage.heading} ━━`);
  const startedAt = performance.now();
  const result = await runStage(stage);
  counts.passed += result.passed;
  counts.failed.push(...result.failed);
  counts.skipped.push(...result.skipped);
  const verdict = result.failed.length === 0 ? "ok" : "FAILED";
  console.log(`${verdict}: ${summary(result)} in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
}
list("Skipped", counts.skipped);
list("Failed", counts.failed);
console.log(`\n${summary(counts)}`);
process.exitCode = counts.failed.length === 0 ? 0 : 1;

function list(heading: string, cases: readonly NamedReason[]): void {
  if (cases.length > 0) console.log(`\n${heading}:`);
  for (const { name, reason } of cases) console.log(`  ${name}: ${reason}`);
}

function summary(of: TestCounts): string {
  return `${of.passed} passed, ${of.failed.length} failed, ${of.skipped.length} skipped`;
}

async function runStage(stage: Stage): Promise<TestCounts> {
  try {
    return await stage.run();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return { passed: 0, failed: [{ name: stage.heading, reason: String(error) }], skipped: [] };
  }
}

async function install(): Promise<TestCounts> {
  await installEditor();
  await installOldestNode();
  for (const sentence of await installSystemPackages()) console.log(sentence);
  return { passed: 0, failed: [], skipped: await withoutPortkey() };
}

/** Installs Portkey's gateway. Where npm cannot, its tests are skipped and all others are not: gives what is said of that. */
async function withoutPortkey(): Promise<NamedReason[]> {
  try {
    await installPortkey();
    return [];
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return [{ name: "Portkey's own gateway", reason: said.split("\n").slice(0, 4).join(" ") }];
  }
}

async function installOldestNode(): Promise<void> {
  if (existsSync(oldestNode)) return;
  console.log(`Installing Node ${oldestNodeVersion} into .cache, once …`);
  const partial = `${oldestNodeFolder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  const quiet = ["--no-save", "--no-audit", "--no-fund", "--loglevel", "error"];
  const what = `Installing Node ${oldestNodeVersion}`;
  await npm(what, ["install", ...quiet, "--ignore-scripts", "--prefix", partial, `node@${oldestNodeVersion}`], partial);
  // The package fetches its program by an install script; run by hand, it does not depend on npm's settings.
  await mustRun(what, process.execPath, ["installArchSpecificPackage.js"], {
    cwd: join(partial, "node_modules", "node"),
    output: "keep",
  });
  rmSync(oldestNodeFolder, { recursive: true, force: true });
  renameSync(partial, oldestNodeFolder);
  if (!existsSync(oldestNode)) throw new Error(`Node ${oldestNodeVersion} did not arrive in ${oldestNode}.`);
}

async function asOne(name: string, work: () => Promise<void>): Promise<TestCounts> {
  await work();
  console.log(`✓ ${name}`);
  return { passed: 1, failed: [], skipped: [] };
}

/** A checker that passes or fails as a whole. */
async function tool(name: string, args: readonly string[]): Promise<TestCounts> {
  return asOne(name, async () => {
    const { code } = await runCommand(process.execPath, args, { cwd: root, output: "show" });
    if (code !== 0) throw new Error(`✗ ${name}`);
  });
}

async function vitest(node: string, args: readonly string[]): Promise<TestCounts> {
  if (!existsSync(node)) throw new Error(`${node} is missing.`);
  mkdirSync(cache, { recursive: true });
  const file = join(cache, "test-counts.json");
  rmSync(file, { force: true });
  const { code } = await runCommand(
    node,
    [
      inRoot("node_modules", "vitest", "vitest.mjs"),
      "run",
      "--reporter=default",
      "--reporter=./scripts/count-tests.ts",
      ...args,
      ...(values.filter === undefined ? [] : [values.filter]),
    ],
    { cwd: root, env: { ...process.env, WAYFARE_TEST_COUNTS: file }, output: "show" },
  );
  if (!existsSync(file)) throw new Error(`vitest ended with exit code ${code} and counted nothing.`);
  const result = countsSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  if (code !== 0 && result.failed.length === 0) throw new Error(`vitest ended with exit code ${code}.`);
  return result;
}
