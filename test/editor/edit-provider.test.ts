import type { FrameLocator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Playground } from "../../server/playground/start-playground.ts";
import { askAndWait, lineText, openChat } from "./chat.ts";
import { type EditorUnderTest, openEditor } from "./open-editor.ts";
import { enterKeys } from "./set-up-provider.ts";
import { takePicture } from "./take-picture.ts";
import { startVendors, vendorSettings } from "./vendors.ts";
import { notifications, quickRow, runCommand } from "./workbench.ts";

/** A provider that is switched off and on again, as a person does it. */

let vendors: Playground;
let editor: EditorUnderTest;

beforeAll(async () => {
  vendors = await startVendors();
  editor = await openEditor({ folder: "sample", file: "src/duration.ts", settings: vendorSettings(vendors) });
  await enterKeys(editor.page, ["quarry", "alps"]);
  await openChat(editor.page);
});

afterAll(async () => {
  await editor?.close();
  await vendors?.close();
});

function routesFrame(): FrameLocator {
  return editor.page.frameLocator('iframe.webview:not([src*="purpose=webviewView"])').frameLocator("#active-frame");
}
const rows = () => routesFrame().locator("table.routes").innerText();

async function turn(row: "Switch off" | "Switch on"): Promise<void> {
  const { page } = editor;
  await quickRow(page, row).click();
  const words = row === "Switch on" ? "quarry is switched on." : "quarry is switched off.";
  await expect.poll(async () => (await notifications(page)).join("\n"), { timeout: 20_000 }).toContain(words);
  await runCommand(page, "Notifications: Clear All Notifications");
}

describe("Wayfare: Edit Provider", () => {
  it("switches a provider off: no question reaches it, and the page of routes says so", async () => {
    const { page } = editor;
    await runCommand(page, "Wayfare: Edit Provider");
    await quickRow(page, "quarry").click();
    await quickRow(page, "Models and tiers").waitFor();
    await takePicture(editor.page, "edit-provider");
    await turn("Switch off");
    const asked = vendors.log().length;
    const answered = await askAndWait(page, "Which step reads the next entry?");
    expect(await lineText(answered)).toMatch(/summit-2/);
    const models = vendors.log().slice(asked);
    expect(models.map(({ model }) => model)).not.toContain("pebble-1");
    await runCommand(page, "Wayfare: Routes");
    await expect.poll(rows, { timeout: 20_000 }).toMatch(/pebble-1[\s\S]*Off[\s\S]*its provider is switched off/);
    await takePicture(editor.page, "routes-switched-off");
  });

  it("is switched on again from the page of routes, with the key it had", async () => {
    await routesFrame()
      .getByRole("button", { name: /^Edit the provider of quarry\/pebble-1/ })
      .click();
    await turn("Switch on");
    const answered = await askAndWait(editor.page, "And now?");
    expect(await lineText(answered)).toMatch(/pebble-1/);
  });
});
