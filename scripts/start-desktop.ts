import { join } from "node:path";
import { findDesktopEditor } from "./desktop-editor.ts";
import { packageExtension, vsix } from "./editor.ts";
import { copySample, firstFile, seedSettings } from "./first-start.ts";
import { cache, requireNode24 } from "./root.ts";
import { mustRun, runCommand } from "./run-command.ts";
import { asksForHelp, desktopHelp } from "./start-arguments.ts";

/**
 * `npm run start:desktop`: the same as `npm start` with a VS Code of the desktop, the `code` on the PATH or else one that
 * is downloaded. It runs with settings and extensions of its own, so the person's are neither used nor changed.
 */

requireNode24();
const argv = process.argv.slice(2);
if (asksForHelp(argv)) {
  console.log(desktopHelp);
  process.exit(0);
}
if (argv.length > 0) {
  console.error(
    `npm run start:desktop takes no arguments, and got ${argv.join(" ")}.\nSee: npm run start:desktop -- --help`,
  );
  process.exit(1);
}
const userData = join(cache, "desktop", "user");
const own = ["--user-data-dir", userData, "--extensions-dir", join(cache, "desktop", "extensions")];
const sample = join(cache, "desktop", "sample");

try {
  console.log("Building and packaging Wayfare …");
  await packageExtension();
  const editor = await findDesktopEditor();
  await mustRun("Installing the extension", editor, [...own, "--install-extension", vsix, "--force"], {
    output: "keep",
    shell: "on-windows",
  });
  copySample(sample);
  seedSettings(userData, "on");
  console.log("Opening VS Code. Close its window to end.");
  const { code, output } = await runCommand(
    editor,
    [...own, "--disable-workspace-trust", "--new-window", "--wait", sample, "--goto", join(sample, firstFile)],
    { output: "keep", shell: "on-windows" },
  );
  if (code !== 0) throw new Error(`VS Code ended with exit code ${code}.\n${output.trim().slice(-4000)}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
