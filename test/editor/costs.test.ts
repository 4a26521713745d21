import type { FrameLocator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Playground } from "../../server/playground/start-playground.ts";
import { askAndWait, chatFrame, openChat } from "./chat.ts";
import { type EditorUnderTest, openEditor } from "./open-editor.ts";
import { readLedger } from "./read-ledger.ts";
import { enterKeys } from "./set-up-provider.ts";
import { takePicture } from "./take-picture.ts";
import { themes, wear } from "./theme.ts";
import { startVendors, vendorSettings } from "./vendors.ts";
import { runCommand } from "./workbench.ts";

/** The page of costs over books that were filled by asking: its figures are those of the ledger. */

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

/** The chat is a view; the page of costs is a panel in the editor area. */
function costsFrame(): FrameLocator {
  return editor.page.frameLocator('iframe.webview:not([src*="purpose=webviewView"])').frameLocator("#active-frame");
}
const text = () => costsFrame().locator("body").innerText();

describe("Wayfare: Costs", () => {
  it("shows before sending what a question would cost on each tier", async () => {
    const chat = chatFrame(editor.page);
    await chat.locator("#question").fill("Which step reads the next entry?");
    await expect
      .poll(async () => (await chat.locator(".estimate").innerText()).replace(/\s+/g, " "))
      .toMatch(/^≈ [\d,]+ tokens · cheap \$0\.0\d* \(asked first\) · frontier \$0\.0\d*$/);
    expect(vendors.log()).toHaveLength(0);
    await takePicture(editor.page, "before-sending");
    await chat.locator("#question").fill("");
  });

  it("says what was spent, on what, and why the dearest request was", async () => {
    await askAndWait(editor.page, "Which step reads the next entry?");
    await askAndWait(editor.page, "And what does it return?");
    const spentUsd = readLedger(editor.storage).reduce((sum, row) => sum + Number(row.cost_nano), 0) / 1e9;
    await runCommand(editor.page, "Wayfare: Costs");
    await expect.poll(text, { timeout: 20_000 }).toContain(`$${spentUsd.toFixed(4)}`);
    expect(await text()).toMatch(/Prices now[\s\S]*pebble-1[\s\S]*\$0\.20/);
    const explain = costsFrame().getByRole("button", { name: /^Explain/ });
    await explain.first().click();
    await expect.poll(text).toContain("wayfare.audit.keepQuestions");
    expect(await text()).not.toContain("reads the next entry? ");
    await takePicture(editor.page, "costs");
  });

  it("is drawn in every theme", async () => {
    for (const theme of Object.keys(themes) as (keyof typeof themes)[]) {
      await wear(editor, theme);
      await runCommand(editor.page, "Wayfare: Costs");
      await expect.poll(text).toContain("The dearest requests");
      await takePicture(editor.page, `costs-${theme}`);
    }
  });
});
