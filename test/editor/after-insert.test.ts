import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Playground } from "../../server/playground/start-playground.ts";
import { askAndWait, chatFrame, lineText, openChat, pick, untilEnded } from "./chat.ts";
import { type EditorUnderTest, openEditor } from "./open-editor.ts";
import { answerDialog, enterKeys } from "./set-up-provider.ts";
import { takePicture } from "./take-picture.ts";
import { startVendors, vendorSettings } from "./vendors.ts";
import { answerInput, openFile, runCommand } from "./workbench.ts";

/** What a person sees after they inserted code of an answer: errors that came with it, and their own tests. */

const file = "src/broken.ts";
const old = 'export const old: number = "text";\n';
const inserted = "export const sum: number = missingName + otherName;\n";

let vendors: Playground;
let editor: EditorUnderTest;

beforeAll(async () => {
  vendors = await startVendors({ answer: () => `Here:\n\n\`\`\`ts\n${inserted}\`\`\`\n` });
  editor = await openEditor({
    folder: "sample",
    file: "src/duration.ts",
    // The checker is the editor's own, as people have it; it is to fetch nothing.
    moreBuiltins: ["typescript-language-features"],
    settings: {
      ...vendorSettings(vendors),
      "typescript.disableAutomaticTypeAcquisition": true,
      // Tests read the disk: that the document is there is Wayfare's doing.
      "files.autoSave": "off",
    },
  });
  writeFileSync(join(editor.folder, file), old);
  await enterKeys(editor.page, ["quarry", "alps"]);
  await openFile(editor.page, file);
  // The checker is up, and has found what was wrong before.
  await editor.page.locator(".squiggly-error").first().waitFor({ timeout: 60_000 });
  await openChat(editor.page);
  await pick(editor.page, "Cheap");
});

afterAll(async () => {
  await editor?.close();
  await vendors?.close();
});

const turns = () => chatFrame(editor.page).locator("article.turn");
const evidence = (): Locator => turns().first().locator(".evidence");
const words = () => evidence().locator(".evidence-words").allInnerTexts();
const insert = () => turns().first().getByRole("button", { name: "Insert this" }).click();
const press = (name: string) => evidence().getByRole("button", { name, exact: true }).click();
const text = () => readFileSync(join(editor.folder, file), "utf8");
const asked = () => vendors.log().length;

describe("code of an answer that is inserted", () => {
  it("brings errors, which are told on its turn without those of before, and sends nothing", async () => {
    await askAndWait(editor.page, "Write a sum");
    expect(await evidence().isVisible()).toBe(false);
    const before = asked();
    await insert();
    await expect.poll(words).toEqual(["2 new errors in broken.ts after inserting"]);
    expect(await evidence().getByRole("button").allInnerTexts()).toEqual([
      expect.stringMatching(/^Retry on frontier \(about \$0\.0\d+\)$/),
    ]);
    expect(asked()).toBe(before);
    await takePicture(editor.page, "new-errors");
  });

  it("is told of no more once it is undone", async () => {
    // The insertion gave the focus to the editor.
    await editor.page.keyboard.press("ControlOrMeta+z");
    await evidence().waitFor({ state: "hidden" });
    expect(text()).toBe(old);
  });
});

describe("the person's own tests", () => {
  it("are run after asking, over what was inserted, and their failure stands on the turn", async () => {
    await runCommand(editor.page, "Wayfare: Set Test Command");
    await answerInput(editor.page, 'node -e "process.exit(1)"');
    await insert();
    await press("Run tests");
    const question = await answerDialog(editor.page, "Run");
    expect(question).toContain('Run "node -e "process.exit(1)"" in sample?');
    expect(question).toContain("broken.ts is saved first.");
    await expect.poll(words).toContain("tests fail (exit 1)");
    expect(text()).toBe(inserted + old);
    await takePicture(editor.page, "tests-fail");
  });

  it("are run again without asking, and what they printed is shown", async () => {
    await runCommand(editor.page, "Wayfare: Set Test Command");
    await answerInput(editor.page, "echo all 41 are well");
    await press("Run again");
    await answerDialog(editor.page, "Run");
    await expect.poll(words).toContain("tests pass");
    await press("Run again");
    await expect.poll(words).toContain("tests pass");
    expect(await editor.page.locator(".monaco-dialog-box").count()).toBe(0);
    await press("Show output");
    // This editor shows no channels, and a document takes their place. Lines are drawn with hard spaces.
    const lines = async () => (await editor.page.locator(".view-line").allInnerTexts()).map((line) => line.trim());
    await expect.poll(lines).toContain("all\u00a041\u00a0are\u00a0well");
  });

  it("leave it to the person to ask the frontier, who is asked once more by a click", async () => {
    const before = asked();
    await evidence()
      .getByRole("button", { name: /^Retry on frontier/ })
      .click();
    const turn = turns().nth(1);
    await turn.waitFor();
    await untilEnded(turn);
    expect(await turn.locator(".question-words").innerText()).toBe("Write a sum");
    expect(await lineText(turn)).toMatch(/^frontier .* summit-2 /);
    expect(asked()).toBe(before + 1);
  });
});
