import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import type { Playground } from "../../server/playground/start-playground.ts";
import type { EditorUnderTest } from "./open-editor.ts";
import { quickInput, runCommand, statusItem } from "./workbench.ts";

/** What a person sees and does with ghost text. */

/** User settings with which a key means the same at each run: what is typed is what stands there, until it is saved. */
export const plainTyping = {
  "files.autoSave": "off",
  "editor.wordBasedSuggestions": "off",
  // The editor's own snippets may stand as ghost text where Wayfare has none.
  "editor.snippetSuggestions": "none",
  "editor.detectIndentation": false,
  "editor.tabSize": 2,
} as const;

/**
 * The ghost text that is shown, its lines separated by "\n"; "" when there is none. What stands in the cursor's line
 * between two pieces of it is left out.
 */
export async function ghostText(page: Page): Promise<string> {
  return page.evaluate(() => {
    const active = document.querySelector(".editor-group-container.active") ?? document;
    const textOf = (node: Element): string => node.textContent ?? "";
    const inLine = [...active.querySelectorAll(".view-line .ghost-text-decoration")].map(textOf).join("");
    const below = [...active.querySelectorAll(".suggest-preview-text .view-line")].map(textOf);
    const lines = inLine === "" && below.length === 0 ? [] : [inLine, ...below];
    return lines.join("\n").replaceAll("\u00a0", " ");
  });
}

/** Waits until exactly this ghost text is shown. */
export async function expectGhost(page: Page, text: string): Promise<void> {
  await expect.poll(() => ghostText(page)).toBe(text);
}

/** Puts the cursor there, counted from 1 as the status bar does. */
export async function goTo(page: Page, line: number, column: number): Promise<void> {
  const place = `Ln ${line}, Col ${column}`;
  if (!(await cursorPlace(page)).includes(place)) {
    await page.keyboard.press("Control+G");
    await quickInput(page).fill(`:${line}:${column}`);
    // Enter before the box has understood does nothing.
    const words = `to go to line ${line} at column ${column}.`;
    await page.locator(".quick-input-list .monaco-list-row", { hasText: words }).waitFor();
    await page.keyboard.press("Enter");
    await expect.poll(() => cursorPlace(page)).toContain(place);
  }
  await page.locator(".editor-group-container.active .monaco-editor.focused").first().waitFor();
}

/** "Ln 3, Col 10", as the status bar says it. */
export async function cursorPlace(page: Page): Promise<string> {
  return (await page.locator(".statusbar-item[id='status.editor.selection']").textContent()) ?? "";
}

/** Saves the open file, and gives its bytes as text. */
export async function savedText(editor: EditorUnderTest, path: string): Promise<string> {
  await editor.page.keyboard.press("Control+S");
  await editor.page.locator(".tab.active:not(.dirty)").waitFor();
  return readFileSync(join(editor.folder, path), "utf8");
}

/** Waits until one request is under way at the vendors. */
export async function untilAsked(vendors: Playground): Promise<void> {
  await expect.poll(() => vendors.openRequests(), { interval: 10 }).toBe(1);
}

/**
 * Does something that must close the upstream socket, waits for the vendor's own row about it, and gives the
 * milliseconds between the two, the way of the key through the browser included.
 */
export async function timeUntilClosed(vendors: Playground, act: () => Promise<void>): Promise<number> {
  const before = vendors.log().length;
  const startedAt = performance.now();
  const closed = (async () => {
    while (vendors.log().length === before) {
      if (performance.now() - startedAt > 20_000) throw new Error("The vendor's socket is still open.");
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return performance.now() - startedAt;
  })();
  await Promise.all([closed, act()]);
  expect(vendors.log().at(-1)?.end).toBe("closed");
  return closed;
}

/** What the status bar says of Wayfare, waited for. */
export async function expectStatus(page: Page, words: string): Promise<void> {
  await expect.poll(() => statusItem(page).textContent()).toContain(words);
}

/** The lines of Wayfare's log in a window, at most the latest 500, as a person reads and copies them. */
export async function readLog(page: Page): Promise<string[]> {
  await runCommand(page, "Wayfare: Show Log");
  const tab = page.locator(".tab.active", { hasText: "Wayfare Log" });
  await tab.waitFor();
  await page.locator(".editor-group-container.active .monaco-editor .view-lines").first().click();
  await page.evaluate(() => navigator.clipboard.writeText(""));
  await page.keyboard.press("Control+A");
  await page.keyboard.press("Control+C");
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await expect.poll(copied).not.toBe("");
  const text = await copied();
  await runCommand(page, "View: Close Editor");
  await tab.waitFor({ state: "hidden" });
  return text.split("\n").filter((line) => line !== "");
}
