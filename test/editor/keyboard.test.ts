import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  askAndWait,
  chatFrame,
  decisionText,
  focusedName,
  lineText,
  moveFocus,
  newChat,
  openChat,
  pick,
  setChatWidth,
  untilEnded,
} from "./chat.ts";
import { type EditorUnderTest, openEditor } from "./open-editor.ts";
import { takePicture } from "./take-picture.ts";
import { wear } from "./theme.ts";
import { notifications, quickInput, quickRow, quickTitle, runCommand } from "./workbench.ts";

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
    await turn.getByText(/^Stopped/).waitFor({ timeout: 30_000 });
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

describe("Break a Route", () => {
  const hard =
    "Why does `parse` fail the second time, after a bad input? Find the root cause, prove that no order of calls can go wrong after the mend, and mind concurrent callers.";

  /** By the keyboard alone: the command, the model, what happens to it. */
  async function breakRoute(fault: string): Promise<void> {
    const { page } = editor;
    await page.keyboard.press("F1");
    await quickInput(page).fill(">Wayfare: Break a Route");
    await quickRow(page, "Wayfare: Break a Route").waitFor();
    await page.keyboard.press("Enter");
    for (const row of ["sim-large", fault]) {
      await quickRow(page, row).waitFor();
      expect(await quickTitle(page).innerText()).toBe("Break a Route");
      await page.keyboard.type(row);
      await expect.poll(() => page.locator(".quick-input-list .monaco-list-row.focused").innerText()).toContain(row);
      await page.keyboard.press("Enter");
    }
  }

  /** No box comes up, which would lie over the question. */
  async function expectStatusBar(words: string): Promise<void> {
    await editor.page.locator(".statusbar-item", { hasText: words }).first().waitFor();
  }

  it("makes a simulated model fail while a person watches, by the keyboard alone", async () => {
    await breakRoute("Answers 500");
    await expectStatusBar("sim-large: answers 500 until mended");
    expect(await notifications(editor.page)).toEqual([]);
    await newChat(editor.page);
    const turn = await askAndWait(editor.page, hard);
    expect(await lineText(turn)).toMatch(/^cheap simulated .*sim-small.*after playground\/sim-large failed twice$/);
    const decision = await decisionText(turn);
    expect(decision).toContain("playground/sim-large failed: ");
    await takePicture(editor.page, "break-a-route");
  });

  it("and mends it again", async () => {
    await breakRoute("Works again");
    await expectStatusBar("All simulated models work.");
    await openChat(editor.page);
    await pick(editor.page, "Frontier");
    const turn = await askAndWait(editor.page, "What does `parse` do?");
    expect(await lineText(turn)).toMatch(/^frontier simulated \$0\.\d{4} sim-large · you chose frontier$/);
  });

  it("lets a person see a cut stream replaced by the answer of another model", async () => {
    await breakRoute("Cuts the stream");
    await expectStatusBar("sim-large: cuts the stream until mended");
    await runCommand(editor.page, "View: Close Primary Side Bar");
    await setChatWidth(editor.page, 470);
    await wear(editor, "dark");
    await openChat(editor.page);
    const turn = await askAndWait(editor.page, "Explain `format` in one sentence.");
    expect(await turn.locator(".note").innerText()).toBe(
      "playground/sim-large: cut off before its end. Started again on playground/sim-small.",
    );
    await decisionText(turn);
    await turn.evaluate((node) => node.scrollIntoView({ block: "start" }));
    await editor.page.mouse.move(400, 780);
    await takePicture(editor.page, "readme-failover", { x: 804, y: 36, width: 476, height: 566 });
  });
});
