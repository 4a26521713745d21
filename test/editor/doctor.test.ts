import type { FrameLocator, Locator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Playground } from "../../server/playground/start-playground.ts";
import { type EditorUnderTest, openEditor } from "./open-editor.ts";
import { readLedger } from "./read-ledger.ts";
import { answerDialog, enterKeys } from "./set-up-provider.ts";
import { takePicture } from "./take-picture.ts";
import { startVendors, vendorKey, vendorSettings } from "./vendors.ts";
import { runCommand } from "./workbench.ts";

/** The doctor, as a person runs it: a provider that is well, another whose key is missing, and one word that costs. */

let vendors: Playground;
let editor: EditorUnderTest;

beforeAll(async () => {
  vendors = await startVendors();
  editor = await openEditor({ folder: "sample", file: "src/duration.ts", settings: vendorSettings(vendors) });
  await enterKeys(editor.page, ["quarry"]);
});

afterAll(async () => {
  await editor?.close();
  await vendors?.close();
});

/** The chat is a view; the page is a panel in the editor area. */
function doctorFrame(): FrameLocator {
  return editor.page.frameLocator('iframe.webview:not([src*="purpose=webviewView"])').frameLocator("#active-frame");
}
const provider = (id: string): Locator =>
  doctorFrame()
    .locator("section")
    .filter({ has: doctorFrame().getByRole("heading", { level: 2, name: new RegExp(`^${id}:`) }) });
const check = (of: Locator, title: string): Locator =>
  of.locator("li.check").filter({ has: doctorFrame().getByRole("heading", { level: 3, name: title, exact: true }) });
const here = (title: string) => check(doctorFrame().locator("main"), title);

describe("Wayfare: Doctor", () => {
  it("begins by itself, and says of each provider and of the machine what is well and what is not", async () => {
    await runCommand(editor.page, "Wayfare: Doctor");
    await expect
      .poll(() => doctorFrame().locator(".doctor-sum").innerText(), { timeout: 30_000 })
      .toMatch(/in order, \d+ not checked\.$/);
    expect(await check(provider("quarry"), "Key").innerText()).toMatch(/^In order[\s\S]*The provider accepts it/);
    expect(await check(provider("quarry"), "Models").innerText()).toMatch(/It lists \d+ models\./);
    expect(await check(provider("alps"), "Key").innerText()).toMatch(/^Broken[\s\S]*Change the key/);
    expect(await here("Settings").innerText()).toContain('"alps" has no key');
    expect(await here("Books").innerText()).toMatch(/^In order[\s\S]*every page was read and is sound/);
    expect(await here("Clock").innerText()).toMatch(/Right to within \d+ s/);
    expect(await here("Versions").innerText()).toMatch(/Wayfare \d[\s\S]*The server: Node/);
    expect(readLedger(editor.storage)).toEqual([]);
    await takePicture(editor.page, "doctor");
  });

  it("asks one word only after it named the price, and pays it through the books", async () => {
    const answer = check(provider("quarry"), "A tiny answer");
    expect(await answer.innerText()).toMatch(/Not asked\. One word of [\w.-]+ costs at most \$0\.00/);
    await answer.getByRole("button", { name: /^Ask for one word/ }).click();
    expect(await answerDialog(editor.page, "Cancel")).toMatch(/Ask quarry\/[\w.-]+ for one word, for at most \$0\.00/);
    expect(readLedger(editor.storage)).toEqual([]);
    await answer.getByRole("button", { name: /^Ask for one word/ }).click();
    await answerDialog(editor.page, "Ask It");
    await expect.poll(() => answer.innerText(), { timeout: 20_000 }).toMatch(/^In order[\s\S]*It answered after/);
    expect(readLedger(editor.storage)).toHaveLength(1);
  });

  it("checks one row again, and Copy Diagnostics takes what was found along, without the key", async () => {
    await check(provider("quarry"), "Connection")
      .getByRole("button", { name: /^Check again/ })
      .click();
    await expect
      .poll(() => check(provider("quarry"), "Connection").innerText())
      .toMatch(/^In order[\s\S]*Connected to 127\.0\.0\.1 in \d+ ms/);
    await doctorFrame().getByRole("button", { name: "Copy diagnostics" }).click();
    const copied = () => editor.page.evaluate(() => navigator.clipboard.readText());
    await expect.poll(copied).toMatch(/### Doctor\n\n- ok: quarry: [\s\S]*- broken: alps: [\s\S]*, Key: /);
    expect(await copied()).not.toContain(vendorKey);
  });
});
