import { openEditor } from "../test/editor/open-editor.ts";
import setUp from "../test/editor/set-up.ts";
import { runCommand } from "../test/editor/workbench.ts";
import { quantile } from "./server-client.ts";

/**
 * What Wayfare costs the extension host at start: code loading + activate, as VS Code itself reports it in "Startup
 * Performance", in fresh windows of a real VS Code with the packaged extension.
 */
const runs = 7;
const loading: number[] = [];
const activating: number[] = [];
/** The least of VS Code's own extensions in the same windows: what loading any code costs beside a starting browser. */
const smallest: number[] = [];
await setUp();
for (let run = 0; run < runs; run += 1) {
  const editor = await openEditor({
    folder: "sample",
    file: "src/duration.ts",
    settings: { "wayfare.playground": true },
  });
  try {
    await runCommand(editor.page, "Developer: Startup Performance");
    await editor.page.locator(".tab.active", { hasText: "Startup Performance" }).waitFor();
    await editor.page.locator(".monaco-editor .view-lines", { hasText: "System Info" }).first().waitFor();
    // The report is longer than the window shows; the clipboard has all of it.
    await editor.page.locator(".monaco-editor .view-lines").first().click();
    await editor.page.keyboard.press("Control+A");
    await editor.page.keyboard.press("Control+C");
    const report = await editor.page.evaluate(() => navigator.clipboard.readText());
    // | Extension | Eager | Load Code | Call Activate | Finish Activate | Event | By |
    const timesOf = (extension: string): [loadMs: number, activateMs: number] => {
      const row = report.split("\n").find((line) => line.includes(`| ${extension}`));
      const cells = row?.split("|").map((cell) => Number(cell.trim())) ?? [];
      return [cells[3] ?? Number.NaN, cells[4] ?? Number.NaN];
    };
    const [load, activate] = timesOf("wayfare.wayfare");
    loading.push(load);
    activating.push(activate);
    smallest.push(timesOf("vscode.configuration-editing")[0]);
  } finally {
    await editor.close();
  }
}
const total = loading.map((ms, index) => ms + (activating[index] ?? Number.NaN));
console.log(
  `extension: code loading + activate           p50 ${quantile(total, 0.5)} ms, least ${Math.min(...total)} ms (bar 60); loading VS Code's own configuration-editing, a few kB, p50 ${quantile(smallest, 0.5)} ms, least ${Math.min(...smallest)} ms in the same windows`,
);
