import type { FrameLocator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Playground } from "../../server/playground/start-playground.ts";
import { askAndWait, chatFrame, openChat, untilEnded } from "./chat.ts";
import { type EditorUnderTest, openEditor } from "./open-editor.ts";
import { answerDialog, enterKeys } from "./set-up-provider.ts";
import { takePicture } from "./take-picture.ts";
import { startVendors, vendorSettings } from "./vendors.ts";
import { runCommand } from "./workbench.ts";

/** What a person does with answers is learned on their machine, and the page shows and forgets it. */

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

/** The chat is a view; the page is a panel in the editor area. */
function learnedFrame(): FrameLocator {
  return editor.page.frameLocator('iframe.webview:not([src*="purpose=webviewView"])').frameLocator("#active-frame");
}
const text = () => learnedFrame().locator("body").innerText();
/** The cells of the row of one model, as they are read. */
const cells = async (model: string) =>
  (await learnedFrame().locator("tbody tr", { hasText: model }).locator("th, td").allInnerTexts()).map((cell) =>
    cell.replace(/\s+/g, " ").trim(),
  );

describe("Wayfare: What Was Learned", () => {
  it("begins with nothing, and says that nothing leaves the machine", async () => {
    await runCommand(editor.page, "Wayfare: What Was Learned");
    await expect.poll(text, { timeout: 20_000 }).toContain("Nothing was learned yet.");
    expect(await text()).toContain("Nothing of it leaves this machine.");
    await runCommand(editor.page, "View: Close Editor");
  });

  it("counts code that was inserted, and takes it back when that is undone", async () => {
    const turn = await askAndWait(editor.page, "Rename parseDuration to readDuration. Show the code.");
    await turn
      .getByRole("button", { name: /^Insert/ })
      .first()
      .click();
    await runCommand(editor.page, "Wayfare: What Was Learned");
    await expect
      .poll(() => cells("pebble-1"), { timeout: 20_000 })
      .toEqual([
        "pebble-1",
        "Edits",
        "TypeScript",
        "once 1 inserted",
        "–",
        "–",
        "–",
        expect.stringMatching(/^\+\d points?: better than thought$/),
        expect.any(String),
        "Forget",
      ]);
    await runCommand(editor.page, "View: Close Editor");
    const code = editor.page.locator(".editor-instance .monaco-editor").first();
    await expect.poll(() => code.innerText()).toMatch(/function.escape/);
    // The page that is closing still takes the focus for a moment, and the keys with it: then again.
    const undone = async () => {
      await code.locator(".view-lines").click();
      await editor.page.keyboard.press("Control+z");
      return code.innerText();
    };
    await expect.poll(undone, { timeout: 20_000, interval: 1_000 }).not.toMatch(/function.escape/);
    await runCommand(editor.page, "Wayfare: What Was Learned");
    await expect.poll(async () => (await cells("pebble-1"))[5], { timeout: 30_000 }).toBe("once");
    expect((await cells("pebble-1"))[3]).toBe("none left 1 inserted");
    await runCommand(editor.page, "View: Close Editor");
  });

  it("counts a question that was asked again on the frontier tier against the cheap model", async () => {
    const first = chatFrame(editor.page).locator("article.turn").first();
    await first.locator("button.decision-line").click();
    await first.getByRole("button", { name: /^Retry on frontier/ }).click();
    await untilEnded(chatFrame(editor.page).locator("article.turn").nth(1));
    await runCommand(editor.page, "Wayfare: What Was Learned");
    await expect
      .poll(async () => (await cells("pebble-1"))[4], { timeout: 20_000 })
      .toBe("once 1 on the frontier tier");
    await takePicture(editor.page, "learned");
  });

  it("forgets everything, once the person is sure", async () => {
    await learnedFrame().getByRole("button", { name: "Forget everything" }).click();
    expect(await answerDialog(editor.page, "Forget Everything")).toContain("Forget everything that was learned");
    await expect.poll(text).toContain("Nothing was learned yet.");
  });
});
