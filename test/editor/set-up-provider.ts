import type { Page } from "playwright-core";
import { vendorKey } from "./vendors.ts";
import { answerMasked, quickRow, runCommand } from "./workbench.ts";

/** Gives providers that the settings already name their keys, through the command a person uses for it. */
export async function enterKeys(page: Page, providerIds: readonly string[], key: string = vendorKey): Promise<void> {
  for (const id of providerIds) {
    await runCommand(page, "Wayfare: Change Key");
    await quickRow(page, id).click();
    // Where it stays, the next list opens under it, and what pops up for its first row lies over the second.
    await page.mouse.move(0, 0);
    await answerMasked(page, key);
    await page.getByText(`The new key of ${id} is in use.`).first().waitFor({ timeout: 20_000 });
    // The message lies over the chat's composer for ten seconds.
    await runCommand(page, "Notifications: Clear All Notifications");
  }
}

/** Ticks these rows of the open pick, unticks all others, and confirms. */
export async function tickRows(page: Page, labels: readonly string[]): Promise<void> {
  const names = page.locator(".quick-input-list .monaco-list-row .label-name");
  await names.first().waitFor();
  // By name, each anew: the list may draw its rows again after a tick.
  for (const name of await names.allInnerTexts()) {
    const box = quickRow(page, name)
      .locator("[role=checkbox], input[type=checkbox], .quick-input-list-checkbox")
      .first();
    if ((await box.count()) > 0) await box.setChecked(labels.includes(name));
  }
  await page.locator(".quick-input-widget").getByRole("button", { name: "OK" }).click();
}

/** The text of the dialog in front of the window, and a press on one of its buttons. */
export async function answerDialog(page: Page, button: string): Promise<string> {
  const dialog = page.locator(".monaco-dialog-box");
  await dialog.waitFor({ timeout: 20_000 });
  const text = (await dialog.locator(".dialog-message-container").allInnerTexts()).join("\n");
  await dialog.getByRole("button", { name: button }).click();
  await dialog.waitFor({ state: "hidden" });
  return text;
}
