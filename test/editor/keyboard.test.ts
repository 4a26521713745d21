import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chatFrame, focusedName, moveFocus, untilEnded } from "./chat.ts";
import { type EditorUnderTest, openEditor } from "./open-editor.ts";
import { quickInput, quickRow } from "./workbench.ts";

/** Everything without a mouse: from the palette into the chat, a question, its answer, its decision, and out again. */

let editor: EditorUnderTest;

beforeAll(async () => {
  editor = await openEditor({ folder: "sample", file: "src/duration.ts", settings: { "wayfare.playground": true } });
});

afterAll(() => editor?.close());

const press = (key: string) => editor.page.keyboard.press(key);
const focused = () => focusedName(editor.page);
const moveTo = (name: RegExp, key?: string) => moveFocus(editor.page, name, key);

describe("the keyboard alone", () => {
  it("opens the chat with the cursor in the question", async () => {
    await press("Control+1");
    await expect.poll(() => editor.page.evaluate(() => document.activeElement?.tagName)).not.toBe("IFRAME");
    await press("F1");
    await quickInput(editor.page).waitFor();
    await editor.page.keyboard.type("Wayfare: Focus Chat");
    await quickRow(editor.page, "Wayfare: Focus Chat").waitFor();
    await press("Enter");
    await chatFrame(editor.page).locator("#question:focus").waitFor({ timeout: 30_000 });
  });

  it("breaks a line with Shift+Enter and sends with Enter", async () => {
    await editor.page.keyboard.type("What does parse do?");
    await press("Shift+Enter");
    await editor.page.keyboard.type("One sentence.");
    await press("Enter");
    const turn = chatFrame(editor.page).locator("article.turn").first();
    await untilEnded(turn);
    expect(await turn.locator(".question-words").textContent()).toBe("What does parse do?\nOne sentence.");
    expect(await focused()).toBe("Ask Wayfare");
  });

  it("stops an answer with Escape", async () => {
    await editor.page.keyboard.type("Write a unit test for parse");
    await press("Enter");
    const turn = chatFrame(editor.page).locator("article.turn").nth(1);
    await turn.waitFor();
    await press("Escape");
    await turn.getByText(/^Stopped/).waitFor({ timeout: 10_000 });
  });

  it("picks a tier, brings the last question back and sends it again", async () => {
    await moveTo(/^Who answers: /);
    await press("Enter");
    await press("ArrowDown");
    await press("Enter");
    await expect.poll(focused).toBe("Who answers: Cheap");
    await moveTo(/^Ask Wayfare$/, "Shift+Tab");
    await press("ArrowUp");
    expect(await chatFrame(editor.page).locator("#question").inputValue()).toBe("Write a unit test for parse");
    await press("Enter");
    await untilEnded(chatFrame(editor.page).locator("article.turn").nth(2));
  });

  it("opens the decision and copies the code", async () => {
    await moveTo(/cheap/i, "Shift+Tab");
    await press("Enter");
    const turn = chatFrame(editor.page).locator("article.turn").nth(2);
    await turn.locator(".decision-panel").waitFor();
    await moveTo(/^Copy(?! the whole)/, "Shift+Tab");
    await press("Enter");
    const code = await turn
      .locator(".code-block code")
      .last()
      .evaluate((node) => node.textContent);
    await expect.poll(() => editor.page.evaluate(() => navigator.clipboard.readText())).toBe(code);
  });

  it("leaves the chat for the editor", async () => {
    await press("Control+1");
    await expect.poll(() => editor.page.evaluate(() => document.activeElement?.tagName)).not.toBe("IFRAME");
  });
});
