import type { FrameLocator, Locator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Playground } from "../../server/playground/start-playground.ts";
import { askAndWait, lineText, openChat } from "./chat.ts";
import { type EditorUnderTest, openEditor } from "./open-editor.ts";
import { readLedger } from "./read-ledger.ts";
import { enterKeys } from "./set-up-provider.ts";
import { takePicture } from "./take-picture.ts";
import { themes, wear } from "./theme.ts";
import { startVendors, vendorSettings } from "./vendors.ts";
import { runCommand } from "./workbench.ts";

/** The page of routes, as a person finds it: what is known of each, and what can be done about it. */

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

/** The chat is a view; the page of routes is a panel in the editor area. */
function routesFrame(): FrameLocator {
  return editor.page.frameLocator('iframe.webview:not([src*="purpose=webviewView"])').frameLocator("#active-frame");
}
/** Attempts in the books. */
const paidRows = () => readLedger(editor.storage);
const row = (model: string): Locator => routesFrame().locator("tr.route", { hasText: model });

describe("Wayfare: Routes", () => {
  it("lists the routes of each tier with their price, and none is blamed", async () => {
    const turn = await askAndWait(editor.page, "Which step reads the next entry?");
    expect(await lineText(turn)).toMatch(/^cheap .* pebble-1 /);
    await runCommand(editor.page, "Wayfare: Routes");
    await row("pebble-1").waitFor();
    await expect.poll(() => row("pebble-1").innerText()).toMatch(/Ready[\s\S]*of 1[\s\S]*\$0\.20 \/ \$0\.80/);
    expect(await row("summit-2").innerText()).toMatch(/Ready[\s\S]*\$2 \/ \$10/);
    await takePicture(editor.page, "routes");
  });

  it("tries a route now, and says what came of it", async () => {
    const before = paidRows().length;
    await row("summit-2").getByRole("button", { name: /^Test/ }).click();
    await expect
      .poll(() => routesFrame().locator("table").innerText(), { timeout: 20_000 })
      .toMatch(/Answered in [\d.]+ s for \$0\.0\d+/);
    expect(paidRows()).toHaveLength(before + 1);
  });

  it("pauses a route, which no question then reaches, and resumes it", async () => {
    await row("pebble-1")
      .getByRole("button", { name: /^Pause/ })
      .click();
    await expect.poll(() => row("pebble-1").innerText()).toContain("Paused\nby you");
    const turn = await askAndWait(editor.page, "And now?");
    expect(await lineText(turn)).not.toContain("pebble-1");
    await row("pebble-1")
      .getByRole("button", { name: /^Resume/ })
      .click();
    await expect.poll(() => row("pebble-1").innerText()).toContain("Ready");
  });

  it("drills the plan, at no cost, and shows what a person would have seen", async () => {
    const before = paidRows().length;
    const asked = vendors.log().length;
    await routesFrame().getByRole("button", { name: /drill/i }).click();
    await expect
      .poll(() => routesFrame().locator("body").innerText(), { timeout: 60_000 })
      .toMatch(/stall[\s\S]*whole/i);
    await takePicture(editor.page, "routes-drill");
    expect([paidRows().length, vendors.log().length]).toEqual([before, asked]);
  });

  it("is readable in every theme", async () => {
    for (const theme of Object.keys(themes) as (keyof typeof themes)[]) {
      await wear(editor, theme);
      await runCommand(editor.page, "Wayfare: Routes");
      await row("pebble-1").waitFor();
      await takePicture(editor.page, `routes-${theme}`);
    }
  });
});
