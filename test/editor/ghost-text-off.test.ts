import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Playground } from "../../server/playground/start-playground.ts";
import { expectGhost, expectStatus, ghostText, goTo, plainTyping } from "./ghost.ts";
import { type EditorUnderTest, openEditor } from "./open-editor.ts";
import { enterKeys } from "./set-up-provider.ts";
import { takePicture } from "./take-picture.ts";
import { changeSettings } from "./theme.ts";
import { allModels, createFillScript, fillSettings, startVendors } from "./vendors.ts";
import { openFile, quickRow, runCommand, statusItem } from "./workbench.ts";

/** Where no ghost text may come: no request leaves, and the status bar says why. */

/** In every text that must not leave; the vendor would write it down. */
const secret = "quiet-7d21";
const code = `const first = 1;\nconst ${secret.replace("-", "_")} = \n`;

const fills = createFillScript("first;");
let vendors: Playground;
let editor: EditorUnderTest;

const press = (key: string) => editor.page.keyboard.press(key);

beforeAll(async () => {
  vendors = await startVendors({ models: allModels, fills });
  const { keys, settings } = fillSettings(vendors, "template");
  const { "wayfare.completions.enabled": _on, ...asSetUp } = settings;
  editor = await openEditor({
    folder: {
      "open.ts": "const first = 1;\nconst second = \nconst third = \nconst fourth = \nconst fifth = \nconst sixth = \n",
      "ignored.ts": code,
      ".gitignore": "ignored.ts\n",
      ".env": `NAME=1\nKEY_${secret}=\n`,
      "notes.md": `# Notes\n\n${secret} is \n`,
    },
    file: "open.ts",
    workspaceTrust: "on",
    settings: {
      ...asSetUp,
      ...plainTyping,
      // Else the editor does not find an ignored file by its name.
      "search.useIgnoreFiles": false,
      "security.workspace.trust.startupPrompt": "never",
      // Plain text is completed here, so that a secret file is kept in for what it is.
      "wayfare.completions.languages": { "*": true, markdown: false },
    },
  });
  await enterKeys(editor.page, keys);
});

afterAll(async () => {
  await editor?.close();
  await vendors?.close();
});

/** Types at the end of a line, and asks by hand as well: nothing may come of either. */
async function typeInVain(file: string, line: number, column: number): Promise<void> {
  await openFile(editor.page, file);
  await goTo(editor.page, line, column);
  await editor.page.keyboard.type("f", { delay: 50 });
  await runCommand(editor.page, "Trigger Inline Suggestion");
  await goTo(editor.page, line, column + 1);
}

/** Completes at a line of its own in a file that may be sent, and proves by it that nothing else was asked before. */
async function expectOnlyThis(line: number, column: number, before: number): Promise<void> {
  await openFile(editor.page, "open.ts");
  await goTo(editor.page, line, column);
  fills.write("irst;");
  await press("f");
  await expectGhost(editor.page, "irst;");
  expect(vendors.log().length).toBe(before + 1);
  expect(JSON.stringify(fills.asked)).not.toContain(secret);
  await press("Tab");
}

describe("a provider that was just set up", () => {
  it("completes nothing until completions are turned on, and the status bar does not complain", async () => {
    await typeInVain("open.ts", 2, 16);
    expect(vendors.log()).toEqual([]);
    expect(await statusItem(editor.page).textContent()).not.toMatch(/off|trust/);
    await press("Backspace");
  });
});

describe("a workspace that is not trusted", () => {
  it("gets no completion though they are turned on, and the status bar says why", async () => {
    await changeSettings(editor, { "wayfare.completions.enabled": true });
    await openFile(editor.page, "open.ts");
    await expectStatus(editor.page, "not trusted");
    await typeInVain("open.ts", 2, 16);
    await takePicture(editor.page, "ghost-text-not-trusted");
    await press("Backspace");
    expect(vendors.log()).toEqual([]);
  });

  it("gets the first one as soon as it is trusted", async () => {
    await runCommand(editor.page, "Workspaces: Manage Workspace Trust");
    await editor.page.locator(".workspace-trust-editor").getByRole("button", { name: "Trust", exact: true }).click();
    await runCommand(editor.page, "View: Close Editor");
    await expect.poll(() => statusItem(editor.page).textContent()).not.toContain("not trusted");
    await expectOnlyThis(2, 16, 0);
  });
});

describe("what is kept in", () => {
  it.each([
    { file: "ignored.ts", line: 2, column: 20, words: "file ignored" },
    { file: ".env", line: 2, column: 16, words: "secret file" },
    { file: "notes.md", line: 3, column: 15, words: "markdown off" },
  ])("is $file: $words", async ({ file, line, column, words }) => {
    const before = vendors.log().length;
    await openFile(editor.page, file);
    await expectStatus(editor.page, words);
    await typeInVain(file, line, column);
    await expectStatus(editor.page, words);
    expect(await ghostText(editor.page)).toBe("");
    expect(vendors.log().length).toBe(before);
    expect(vendors.openRequests()).toBe(0);
  });

  it("and the next file is completed again", () => expectOnlyThis(3, 15, vendors.log().length));
});

describe("a snooze", () => {
  it("keeps still and says until when, and ends by command", async () => {
    const before = vendors.log().length;
    await openFile(editor.page, "open.ts");
    await runCommand(editor.page, "Wayfare: Snooze Completions");
    await quickRow(editor.page, "5 minutes").click();
    await expect.poll(() => statusItem(editor.page).textContent()).toMatch(/snoozed until \d\d:\d\d/);
    await typeInVain("open.ts", 4, 16);
    await press("Backspace");
    await takePicture(editor.page, "ghost-text-snoozed");
    await runCommand(editor.page, "Wayfare: Resume Completions");
    await expect.poll(() => statusItem(editor.page).textContent()).not.toContain("snoozed");
    await expectOnlyThis(4, 16, before);
  });
});

describe("a cap of completions for the day", () => {
  it("lets no request leave once it is reached, and the status bar says so", async () => {
    const before = vendors.log().length;
    await changeSettings(editor, { "wayfare.completions.maxPerDayUsd": 0.000_001 });
    // The cap stands in the status bar as soon as it holds.
    await expectStatus(editor.page, " · ");
    await typeInVain("open.ts", 5, 15);
    await expectStatus(editor.page, "budget reached");
    expect(await ghostText(editor.page)).toBe("");
    await takePicture(editor.page, "ghost-text-budget");
    expect(vendors.log().length).toBe(before);
    await press("Backspace");
    await changeSettings(editor, { "wayfare.completions.maxPerDayUsd": null });
    // And is gone from it as soon as it holds no more: a letter before that would still be refused.
    await expect.poll(() => statusItem(editor.page).textContent()).not.toContain(" · ");
    await expectOnlyThis(5, 15, before);
    expect(await statusItem(editor.page).textContent()).not.toContain("budget");
  });
});
