import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Playground } from "../../server/playground/start-playground.ts";
import { answerText, askAndWait, chatFrame, decisionText, lineText, openChat, pick, shownText } from "./chat.ts";
import { type EditorUnderTest, openEditor } from "./open-editor.ts";
import { enterKeys } from "./set-up-provider.ts";
import { takePicture } from "./take-picture.ts";
import { changeSettings } from "./theme.ts";
import { plainAnswer, startVendors, vendorSettings } from "./vendors.ts";
import { notifications, openFile, runCommand, statusItem } from "./workbench.ts";

/** What people get wrong, and what they are told: nothing is lost, and the words name the field and the mend. */

let vendors: Playground;
let editor: EditorUnderTest;

beforeAll(async () => {
  vendors = await startVendors();
});

afterAll(() => vendors?.close());

describe("settings and files", () => {
  beforeAll(async () => {
    const settings = vendorSettings(vendors);
    editor = await openEditor({
      folder: {
        "small.ts": "export const small = 1;\n",
        "large.sql": "-- five megabytes\n".repeat(291_272),
        ".env": "A=1\n",
      },
      file: "small.ts",
      settings: {
        ...settings,
        "wayfare.providers": [
          ...settings["wayfare.providers"].map((each) =>
            each.id === "alps" ? { ...each, models: [...each.models, "no-such-model"] } : each,
          ),
          { id: "Bad Id", preset: "openai-compatible", baseUrl: "https://api.example.com/v1" },
          { id: "bare", preset: "openai-compatible", baseUrl: "api.example.com" },
        ],
        "wayfare.tiers": { cheap: ["quarry/pebble-1"], frontier: ["alps/no-such-model"] },
        "wayfare.quality": "very",
      },
    });
    await openChat(editor.page);
  });

  afterAll(() => editor?.close());

  it("malformed settings are named, field by field, and the others still work", async () => {
    await expect
      .poll(async () => (await notifications(editor.page)).join("\n"), { timeout: 20_000 })
      .toMatch(/wayfare\./);
    const words = (await notifications(editor.page)).join("\n");
    expect(words).toContain("wayfare.providers[2].id");
    await takePicture(editor.page, "malformed-settings");
    await runCommand(editor.page, "Notifications: Clear All Notifications");
  });

  it("a provider without a key asks for it", async () => {
    await openChat(editor.page);
    await pick(editor.page, "Cheap");
    const turn = await askAndWait(editor.page, "Hello?");
    expect(await shownText(turn)).toMatch(/key/i);
    expect(vendors.log().filter((row) => row.status === 200)).toEqual([]);
    await enterKeys(editor.page, ["quarry"]);
    await openChat(editor.page);
    expect(await answerText(await askAndWait(editor.page, "Hello again?"))).toBe(plainAnswer);
  });

  it("a file of five megabytes is not sent, and its chip says why", async () => {
    await openFile(editor.page, "large.sql");
    const chip = chatFrame(editor.page).locator(".composer-chips .chip.refused");
    await chip.waitFor({ timeout: 15_000 });
    expect(await shownText(chip)).toMatch(/large\.sql.*not sent: /s);
    await takePicture(editor.page, "large-file");
    await openChat(editor.page);
    expect(await answerText(await askAndWait(editor.page, "And without it?"))).toBe(plainAnswer);
  });

  it("a secret file is not sent", async () => {
    await openFile(editor.page, ".env");
    const chip = chatFrame(editor.page).locator(".composer-chips .chip.refused");
    await expect.poll(() => shownText(chip)).toMatch(/\.env.*not sent: /s);
  });

  it("an untitled file is sent under its name", async () => {
    await runCommand(editor.page, "File: New Untitled Text File");
    await editor.page.locator(".tab.active", { hasText: "Untitled-1" }).waitFor();
    await editor.page.locator(".monaco-editor.focused, .monaco-editor").first().click();
    await editor.page.keyboard.type("const unsaved = 1;");
    await expect
      .poll(() => chatFrame(editor.page).locator(".composer-chips .chip-words").allInnerTexts(), { timeout: 30_000 })
      .toContain("Untitled-1");
    await openChat(editor.page);
    const turn = await askAndWait(editor.page, "What is in it?");
    expect(await answerText(turn)).toBe(plainAnswer);
    expect(await turn.locator(".question .chip-words").allInnerTexts()).toEqual(["Untitled-1"]);
  });

  it("a model that its provider does not have is named, with the setting to correct", async () => {
    await runCommand(editor.page, "Notifications: Clear All Notifications");
    await enterKeys(editor.page, ["alps"]);
    await openChat(editor.page);
    await pick(editor.page, "Frontier");
    const turn = await askAndWait(editor.page, "And on the frontier?");
    expect(await lineText(turn)).toContain("after alps/no-such-model failed");
    const decision = await decisionText(turn);
    expect(decision).toContain('has no model "no-such-model" for this key.');
    expect(decision).toContain("Correct the name in wayfare.tiers; it cost nothing");
  });

  it("settings that are mended while the window is open are taken at once", async () => {
    await changeSettings(editor, { ...vendorSettings(vendors), "wayfare.quality": 50 });
    await openChat(editor.page);
    await chatFrame(editor.page).locator(".picker-button").click();
    await expect
      .poll(() => chatFrame(editor.page).locator(".picker-name").allInnerTexts(), { timeout: 15_000 })
      .toEqual(expect.arrayContaining([expect.stringContaining("alps/summit-2")]));
    await editor.page.keyboard.press("Escape");
  });

  const caps = [
    ["wayfare.budget.daily", -1, "-1 is below zero", "a number such as 2.5"],
    ["wayfare.budget.daily", 1e99, "$1e+99 is more than a cap can be", "a number up to 1000000"],
    ["wayfare.budget.workspace.monthly", "1e99", '"1e99" is not an amount in USD', "a number such as 2.5"],
  ] as const;

  it.each(caps)("%s: %j stops all that costs, and the words name the field", async (field, written, why, mend) => {
    const none = { "wayfare.budget.daily": null, "wayfare.budget.workspace.monthly": null };
    await runCommand(editor.page, "Notifications: Clear All Notifications");
    await changeSettings(editor, { ...none, [field]: written });
    await expect
      .poll(() => notifications(editor.page))
      .toEqual([`${field}: ${why}. Nothing that costs is sent until it is mended: write ${mend}, or null for no cap.`]);
    const asked = vendors.log().length;
    await openChat(editor.page);
    const turn = await askAndWait(editor.page, "Hello under a cap?");
    expect(await shownText(turn.locator(".block-words"))).toBe(
      `${field} is no amount, so nothing that costs is sent until it is mended. Write a number such as 2.5, or null for no cap.`,
    );
    expect(vendors.log()).toHaveLength(asked);
  });

  it("a cap that is mended lets the next question through", async () => {
    await changeSettings(editor, { "wayfare.budget.daily": 1, "wayfare.budget.workspace.monthly": null });
    await openChat(editor.page);
    expect(await answerText(await askAndWait(editor.page, "And now?"))).toBe(plainAnswer);
  });
});

describe("a ledger that cannot be opened", () => {
  let blocked: EditorUnderTest;

  beforeAll(async () => {
    blocked = await openEditor({
      folder: "sample",
      file: "src/duration.ts",
      settings: { "wayfare.playground": true },
      // A folder in the ledger's place: also for root, who may write into read-only folders.
      prepare: ({ storage }) => mkdirSync(join(storage, "wayfare.sqlite"), { recursive: true }),
    });
  });

  afterAll(() => blocked?.close());

  it("is said in the status bar and the chat, and nothing is sent", async () => {
    await openChat(blocked.page);
    await expect.poll(() => statusItem(blocked.page).textContent(), { timeout: 20_000 }).toContain("ledger problem");
    const turn = await askAndWait(blocked.page, "What does `parse` do?");
    expect(await shownText(turn.locator(".block.failure"))).toContain("cannot be opened because a folder has its name");
    await takePicture(blocked.page, "ledger-blocked");
  });
});

afterEach(() => {
  for (const id of ["pebble-1", "summit-2", "ridge-3"]) vendors.setFault(id, null);
});
