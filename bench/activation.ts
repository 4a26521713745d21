import { openEditor } from "../test/editor/open-editor.ts";
import setUp from "../test/editor/set-up.ts";
import { runCommand } from "../test/editor/workbench.ts";
import { quantile } from "./server-client.ts";

/**
 * What Wayfare costs the extension host at start: code loading + activate, as VS Code itself reports it in "Startup
 * Performance", in fresh windows of a real VS Code with the packaged extension.
 */
const runs = 5;
const loading: number[] = [];
const activating: number[] = [];
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
    const row = report.split("\n").find((line) => line.includes("wayfare.wayfare"));
    // | Extension | Eager | Load Code | Call Activate | Finish Activate | Event | By |
    const cells = row?.split("|").map((cell) => cell.trim()) ?? [];
    loading.push(Number(cells[3]));
    activating.push(Number(cells[4]));
  } finally {
    await editor.close();
  }
}
const total = loading.map((ms, index) => ms + (activating[index] ?? Number.NaN));
console.log(
  `extension: code loading + activate          p50 ${quantile(total, 0.5)} ms = ${quantile(loading, 0.5)} + ${quantile(activating, 0.5)}  (bar 60)`,
);
