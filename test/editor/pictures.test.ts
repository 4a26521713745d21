import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { askAndWait, chatFrame, decisionText, newChat, openChat, pick, setChatWidth } from "./chat.ts";
import { expectGhost, goTo } from "./ghost.ts";
import { type EditorUnderTest, openEditor } from "./open-editor.ts";
import { takePicture } from "./take-picture.ts";
import { changeSettings, themes, wear } from "./theme.ts";
import { runCommand } from "./workbench.ts";

/**
 * The chat with two answers in it, in every theme and width: pictures for people, axe-core for what a machine sees. And
 * ghost text in the sample project.
 */

let editor: EditorUnderTest;

beforeAll(async () => {
  editor = await openEditor({
    folder: "sample",
    file: "src/duration.ts",
    settings: { "wayfare.playground": true },
    viewport: { width: 1440, height: 900 },
  });
  await openChat(editor.page);
  await askAndWait(editor.page, "What does `parse` do?");
  await pick(editor.page, "Frontier");
  const turn = await askAndWait(editor.page, "Find the bug in `parse`");
  await decisionText(turn);
});

afterAll(() => editor?.close());

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const findingsSchema = z.object({
  violations: z.array(
    z.object({ id: z.string(), impact: z.string().nullable(), nodes: z.array(z.object({ html: z.string() })) }),
  ),
});

/** What axe-core finds serious or critical on the chat page, one line each. */
async function seriousFindings(): Promise<string[]> {
  const outer = await (await editor.page.locator("iframe.webview").elementHandle())?.contentFrame();
  const page = await (await outer?.$("#active-frame"))?.contentFrame();
  if (page === null || page === undefined) throw new Error("The chat page has no frame.");
  // The page's content policy forbids scripts of others; through the debugger's door it does not apply.
  await page.evaluate(axeSource);
  const result: unknown = await page.evaluate("axe.run(document, { resultTypes: ['violations'], iframes: false })");
  return findingsSchema
    .parse(result)
    .violations.filter((each) => each.impact === "serious" || each.impact === "critical")
    .map((each) => `${each.id}: ${each.nodes.map((node) => node.html).join(" | ")}`);
}

/** The page must never be wider than its frame: only code blocks scroll sideways, inside themselves. */
async function overflow(): Promise<number> {
  return chatFrame(editor.page)
    .locator("html")
    .evaluate((html) => html.scrollWidth - html.clientWidth);
}

describe.each(Object.keys(themes) as (keyof typeof themes)[])("in %s", (theme) => {
  it("looks right and axe-core finds nothing serious", async () => {
    await wear(editor, theme);
    await takePicture(editor.page, theme);
    expect(await seriousFindings()).toEqual([]);
  });
});

describe("the README's picture", () => {
  it("shows two answers beside the file, the second with its decision open", async () => {
    await wear(editor, "dark");
    await setChatWidth(editor.page, 470);
    await newChat(editor.page);
    await pick(editor.page, "Auto");
    await askAndWait(editor.page, "What does `parse` do?");
    const turn = await askAndWait(editor.page, "Why does `parse` fail the second time, after a bad input?");
    await decisionText(turn);
    await turn.locator(".decision-panel").scrollIntoViewIfNeeded();
    await editor.page.mouse.move(600, 880);
    await takePicture(editor.page, "readme");
  });
});

describe("the width", () => {
  it("of 300 pixels holds everything", async () => {
    await wear(editor, "dark");
    await editor.page.setViewportSize({ width: 1000, height: 900 });
    await setChatWidth(editor.page, 300);
    await expect.poll(overflow, { timeout: 10_000 }).toBe(0);
    await takePicture(editor.page, "dark-300px");
  });

  it("of the whole window keeps a readable measure", async () => {
    await editor.page.setViewportSize({ width: 1440, height: 900 });
    await runCommand(editor.page, "View: Maximize Secondary Side Bar");
    await expect
      .poll(
        () =>
          chatFrame(editor.page)
            .locator("body")
            .evaluate((body) => body.clientWidth),
        { timeout: 20_000 },
      )
      .toBeGreaterThan(1200);
    await expect.poll(overflow, { timeout: 10_000 }).toBe(0);
    const answer = await chatFrame(editor.page).locator(".turn .answer").first().boundingBox();
    expect(answer?.width).toBeLessThan(1000);
    await takePicture(editor.page, "dark-wide");
    await runCommand(editor.page, "View: Restore Secondary Side Bar");
  });
});

describe("ghost text in the sample project", () => {
  it("comes with the playground alone, and brings back what is missing", async () => {
    await changeSettings(editor, { "editor.minimap.enabled": false, "editor.stickyScroll.enabled": false });
    await wear(editor, "dark");
    await runCommand(editor.page, "View: Close Primary Side Bar");
    await runCommand(editor.page, "View: Hide Secondary Side Bar");
    await editor.page.setViewportSize({ width: 960, height: 600 });
    const lines = readFileSync(join(editor.folder, "src", "duration.ts"), "utf8").split("\n");
    const first = lines.findIndex((line) => line.includes("const parts: string[]")) + 1;
    const last = lines.findIndex((line) => line.includes('return parts.join("")')) - 1;
    await goTo(editor.page, first + 1, 1);
    for (let line = first; line <= last; line += 1) await editor.page.keyboard.press("Shift+ArrowDown");
    await editor.page.keyboard.press("Delete");
    await editor.page.keyboard.press("ArrowUp");
    await editor.page.keyboard.press("End");
    await editor.page.keyboard.press("Enter");
    const missing = lines.slice(first, last + 1).join("\n");
    await expectGhost(editor.page, missing.trimStart());
    // So that the pointer hovers over nothing.
    await editor.page.mouse.move(700, 560);
    await takePicture(editor.page, "readme-ghost-text");
  });
});
