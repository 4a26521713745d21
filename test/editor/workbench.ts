import type { Locator, Page } from "playwright-core";

/** What a person does to the workbench around the chat, with the keyboard where it can be. */

/** Runs a command by its title in the palette, its dots left out; fails when no command has exactly this title. */
export async function runCommand(page: Page, title: string): Promise<void> {
  // Something else may take the focus and with it the palette, as a window does that has just been loaded: then again.
  for (let tries = 1; ; tries += 1) {
    await page.keyboard.press("F1");
    try {
      await quickInput(page).fill(`>${title}`, { timeout: 5_000 });
      await quickRow(page, title).click({ timeout: 5_000 });
      // What opens next may stand under the pointer, and what pops up for its first row would lie over the second.
      await page.mouse.move(0, 0);
      return;
    } catch (error) {
      if (tries === 3) throw error;
    }
  }
}

/** The box of whatever quick input is open: palette, pick or input. */
export function quickInput(page: Page): Locator {
  return page.locator(".quick-input-widget:not([style*='display: none']) .quick-input-box input");
}

/** The heading of the open quick input, such as "Add Provider (2/4)". */
export function quickTitle(page: Page): Locator {
  return page.locator(".quick-input-widget .quick-input-title");
}

/** The message under the open input box. */
export function quickMessage(page: Page): Locator {
  return page.locator(".quick-input-widget .quick-input-message");
}

/** A row of the open quick pick by its label. */
export function quickRow(page: Page, label: string): Locator {
  return page
    .locator(".quick-input-list .monaco-list-row")
    .filter({ has: page.locator(".label-name", { hasText: new RegExp(`^${escapeExpression(label)}(…|\\.\\.\\.)?$`) }) })
    .first();
}

/** Types into the open input box and confirms. */
export async function answerInput(page: Page, text: string): Promise<void> {
  const input = quickInput(page);
  await input.fill(text);
  await input.press("Enter");
}

/** Types into the open box for a key, which shows none of it, and confirms. */
export async function answerMasked(page: Page, text: string): Promise<void> {
  const input = page.locator(".quick-input-widget input[type=password]");
  await input.waitFor({ timeout: 20_000 });
  await input.fill(text);
  await input.press("Enter");
}

/** Texts of the notifications that are shown now. */
export async function notifications(page: Page): Promise<string[]> {
  return page.locator(".notifications-toasts .notification-list-item-message").allInnerTexts();
}

/** Wayfare's item in the status bar. */
export function statusItem(page: Page): Locator {
  return page.locator('.statusbar-item[id^="wayfare"]').first();
}

/** Opens a file of the workspace by name. */
export async function openFile(page: Page, name: string): Promise<void> {
  await page.keyboard.press("F1");
  const input = quickInput(page);
  await input.waitFor();
  await input.fill(name);
  await page.locator(".quick-input-list .monaco-list-row").first().waitFor();
  await input.press("Enter");
  await page.locator(".tab.active", { hasText: name.split("/").at(-1) ?? name }).waitFor();
}

function escapeExpression(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
