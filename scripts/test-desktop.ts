import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTests } from "@vscode/test-electron";
import { build } from "esbuild";
import { downloadDesktopEditor } from "./desktop-editor.ts";
import { inRoot, requireNode24, root } from "./root.ts";
import { mustRun } from "./run-command.ts";

/** `npm run test:desktop`: the checks of test/editor/in-host.ts inside a downloaded desktop VS Code. */

requireNode24();
const work = mkdtempSync(join(tmpdir(), "wayfare-desktop-"));
try {
  await mustRun("The build", process.execPath, ["esbuild.mjs"], { cwd: root, output: "keep" });
  const entry = join(work, "in-host.cjs");
  await build({
    entryPoints: [inRoot("test", "editor", "in-host.ts")],
    outfile: entry,
    bundle: true,
    platform: "node",
    format: "cjs",
    external: ["vscode"],
    logLevel: "warning",
  });
  await runTests({
    vscodeExecutablePath: await downloadDesktopEditor(),
    extensionDevelopmentPath: root,
    extensionTestsPath: entry,
    launchArgs: ["--user-data-dir", join(work, "user"), "--disable-extensions", "--disable-workspace-trust"],
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}
