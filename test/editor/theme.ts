import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { EditorUnderTest } from "./open-editor.ts";

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
  changeSettings(editor, { "workbench.colorTheme": name, "window.autoDetectHighContrast": false });
  const classes = async () => (await editor.page.locator(".monaco-workbench").getAttribute("class"))?.split(" ");
  await expect.poll(classes, { timeout: 15_000 }).toContain(className);
}

/** Changes user settings in the file, as a person with the JSON open does. */
export function changeSettings(editor: EditorUnderTest, changes: Record<string, unknown>): void {
  const file = join(editor.userData, "User", "settings.json");
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), ...changes }));
}
