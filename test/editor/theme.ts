import { readFileSync } from "node:fs";
import { join } from "node:path";
import { vi } from "vitest";
import type { EditorUnderTest } from "./open-editor.ts";
import { runCommand } from "./workbench.ts";

/** VS Code's own themes, one of each kind: the setting's name, and the class the workbench then has. */
export const themes = {
  light: { name: "Light 2026", className: "vs" },
  dark: { name: "Dark 2026", className: "vs-dark" },
  "hc-dark": { name: "Default High Contrast", className: "hc-black" },
  "hc-light": { name: "Default High Contrast Light", className: "hc-light" },
} as const;

/** Puts the window into a theme and waits until it is there. */
export async function wear(editor: EditorUnderTest, theme: keyof typeof themes): Promise<void> {
  const { name, className } = themes[theme];
  await changeSettings(editor, { "workbench.colorTheme": name, "window.autoDetectHighContrast": false });
  await editor.page.locator(`.monaco-workbench.${className}`).waitFor({ timeout: 15_000 });
}

/**
 * Changes user settings as a person does: opens the JSON, puts the new text in its place, saves, closes. (The file alone
 * would not do: this editor is installed without its native file watcher.)
 */
export async function changeSettings(editor: EditorUnderTest, changes: Record<string, unknown>): Promise<void> {
  const { page, userData } = editor;
  const file = join(userData, "User", "settings.json");
  const settings = { ...JSON.parse(readFileSync(file, "utf8")), ...changes };
  await runCommand(page, "Preferences: Open User Settings (JSON)");
  const tab = page.locator(".tab.active", { hasText: "settings.json" });
  await tab.waitFor();
  await page.locator(".editor-group-container.active .monaco-editor .view-lines").first().click();
  const text = JSON.stringify(settings, null, 2);
  await page.evaluate((words) => navigator.clipboard.writeText(words), text);
  await page.keyboard.press("Control+A");
  await page.keyboard.press("Control+V");
  // What is pasted arrives a moment later than the key: a save before it would keep the old settings.
  await vi.waitFor(
    async () => {
      await page.keyboard.press("Control+S");
      if (readFileSync(file, "utf8") !== text) throw new Error("The new settings are not saved yet.");
    },
    { timeout: 15_000, interval: 100 },
  );
  await page.locator(".tab.active:not(.dirty)", { hasText: "settings.json" }).waitFor();
  await runCommand(page, "View: Close Editor");
  await tab.waitFor({ state: "hidden" });
}
