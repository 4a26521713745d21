import type { FrameLocator, Locator, Page } from "playwright-core";
import { expect, vi } from "vitest";
import { runCommand } from "./workbench.ts";

/** What a person sees and does in the chat page. */

/** The chat page itself, inside VS Code's two frames around every webview; it is there before any other page of ours. */
export function chatFrame(page: Page): FrameLocator {
  return page.frameLocator("iframe.webview").first().frameLocator("#active-frame");
}

/** Opens the chat by its command and waits until a question can be typed. */
export async function openChat(page: Page): Promise<FrameLocator> {
  await runCommand(page, "Wayfare: Focus Chat");
  const chat = chatFrame(page);
  await chat.locator("#question").waitFor({ timeout: 30_000 });
  return chat;
}

/** Begins a new chat and waits until its question box has the focus: it comes last, and would close what was opened before. */
export async function newChat(page: Page): Promise<void> {
  await runCommand(page, "Wayfare: New Chat");
  await expect.poll(() => chatFrame(page).locator("article.turn").count(), { timeout: 30_000 }).toBe(0);
  await chatFrame(page).locator("#question:focus").waitFor({ timeout: 30_000 });
}

/** Types a question and sends it with Enter; gives the turn, of which the answer is still coming. */
export async function ask(page: Page, question: string): Promise<Locator> {
  const chat = chatFrame(page);
  const before = await chat.locator("article.turn").count();
  const box = chat.locator("#question");
  await box.fill(question);
  const turn = chat.locator("article.turn").nth(before);
  // A command that ends just now gives the focus back to where it was, and a key pressed meanwhile goes there: then again.
  for (let tries = 1; tries <= 5; tries += 1) {
    await vi.waitFor(async () => expect(await hasFocus(box)).toBe(true), { timeout: 20_000, interval: 100 });
    await box.press("Enter");
    const isTaken = (await box.inputValue()) !== question;
    if (await isThere(turn, isTaken ? 20_000 : 5_000)) return turn;
    if (isTaken) break;
  }
  throw new Error(`There is no turn for "${question}" after Enter: ${await pageAsItIs(page)}`);
}

async function isThere(turn: Locator, waitMs: number): Promise<boolean> {
  return turn.waitFor({ timeout: waitMs }).then(
    () => true,
    () => false,
  );
}

/** What would tell why a question was not taken: a run elsewhere leaves nothing but these words. */
async function pageAsItIs(page: Page): Promise<string> {
  const inChat = await chatFrame(page)
    .locator("body")
    .evaluate((body) => {
      const textOf = (selector: string) => body.querySelector(selector)?.textContent ?? null;
      const box = body.querySelector<HTMLTextAreaElement>("#question");
      return {
        box: box?.value,
        isFocused: document.hasFocus() && document.activeElement === box,
        send: body.querySelector(".send")?.getAttribute("aria-label"),
        turns: [...body.querySelectorAll("article.turn .question")].map((turn) => turn.textContent),
        live: textOf("#live"),
        notices: textOf("#notices"),
      };
    })
    .catch((error: unknown) => `the chat cannot be read: ${String(error)}`);
  const around = await page.evaluate(() => ({
    focus: document.activeElement?.outerHTML.slice(0, 200),
    dialog: document.querySelector(".monaco-dialog-box")?.textContent ?? null,
    quickInput: document.querySelector(".quick-input-widget:not([style*='display: none'])")?.textContent ?? null,
    notifications: document.querySelector(".notifications-toasts")?.textContent ?? null,
  }));
  return JSON.stringify({ inChat, around });
}

async function hasFocus(box: Locator): Promise<boolean> {
  await box.focus();
  return box.evaluate((element) => document.hasFocus() && document.activeElement === element);
}

/** Waits until the answer of a turn has ended, however it ended, and its line stands under it. */
export async function untilEnded(turn: Locator): Promise<void> {
  await turn.locator('.answer[aria-busy="false"]').waitFor({ timeout: 45_000 });
}

/** Asks and waits for the end. */
export async function askAndWait(page: Page, question: string): Promise<Locator> {
  const turn = await ask(page, question);
  await untilEnded(turn);
  return turn;
}

/** Sets who answers: "Auto", "Cheap", "Frontier", or a model by its full name. */
export async function pick(page: Page, words: string): Promise<void> {
  const chat = chatFrame(page);
  await chat.locator(".picker-button").click();
  await chat
    .locator('[role="option"]', { has: chat.locator(".picker-name", { hasText: words }) })
    .first()
    .click();
  await chat.locator(".picker-words", { hasText: words.split("/").at(-1) ?? words }).waitFor();
}

/** The rendered text of an answer. */
export function answerText(turn: Locator): Promise<string> {
  return turn.locator(".answer .markdown").evaluate((node) => node.textContent ?? "");
}

/** The line under an answer as its parts follow each other: tier, cost, model, why. */
export async function lineText(turn: Locator): Promise<string> {
  const parts = await turn.locator("button.decision-line > *").allInnerTexts();
  return parts.join(" ").replace(/\s+/g, " ").trim();
}

/** Opens the decision under an answer and gives its whole text. */
export async function decisionText(turn: Locator): Promise<string> {
  const line = turn.locator("button.decision-line");
  if ((await line.getAttribute("aria-expanded")) !== "true") await line.click();
  return shownText(turn.locator(".decision-panel"));
}

/** What a person can read of an element, as it is laid out. */
export async function shownText(locator: Locator): Promise<string> {
  return (await locator.allInnerTexts()).join("\n").trim();
}

/** What has the focus on the chat page, by its accessible name or its text. */
export function focusedName(page: Page): Promise<string> {
  return chatFrame(page)
    .locator("*:focus")
    .last()
    .evaluate((node) => node.getAttribute("aria-label") ?? node.textContent ?? "");
}

/** Presses Tab (or another key) until what has the focus on the chat page is called so; at most forty times. */
export async function moveFocus(page: Page, name: RegExp, key = "Tab"): Promise<void> {
  for (let steps = 0; steps < 40; steps += 1) {
    if (name.test(await focusedName(page))) return;
    await page.keyboard.press(key);
  }
  throw new Error(`Nothing called ${name} was reached; the focus is on "${await focusedName(page)}".`);
}

/**
 * Drags the edge of the chat until it is so wide, give or take a few pixels. The workbench lays itself out for a while
 * after its window changed, and a drag in that time is lost: then again.
 */
export async function setChatWidth(page: Page, pixels: number): Promise<void> {
  const part = page.locator(".part.auxiliarybar");
  await vi.waitFor(
    async () => {
      const box = await part.boundingBox();
      if (box === null) throw new Error("The chat is not shown.");
      await page.mouse.move(box.x - 1, 400);
      await page.mouse.down();
      await page.mouse.move(box.x - 1 + box.width - pixels, 400, { steps: 5 });
      await page.mouse.up();
      const off = async () => Math.abs((await part.evaluate((node) => node.clientWidth)) - pixels);
      await expect.poll(off, { timeout: 2_000 }).toBeLessThan(20);
    },
    { timeout: 30_000, interval: 500 },
  );
}
