import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { freePort } from "../../scripts/editor.ts";
import { inRoot, root } from "../../scripts/root.ts";
import { type ProcessGroup, startGroup } from "../../scripts/run-command.ts";
import { answerText, askAndWait, chatFrame, lineText } from "./chat.ts";
import { expectGhost, goTo } from "./ghost.ts";
import { launchBrowser } from "./launch-browser.ts";
import { descendantsOf } from "./processes.ts";
import { takePicture } from "./take-picture.ts";
import { statusItem } from "./workbench.ts";

/** `npm start`, as a newcomer runs it: one command, one address, and Wayfare is there without a click. */

let data: string;
let taken: Server;
let takenPort: number;
let start: ProcessGroup;
let printed = "";
let browser: Browser;
let context: BrowserContext;

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), "wayfare-start-"));
  takenPort = await freePort(45_000);
  taken = createServer().listen(takenPort, "127.0.0.1");
  start = startGroup(process.execPath, ["scripts/start.ts", "--port", String(takenPort), "--data", data], {
    cwd: root,
    env: process.env,
    onOutput: (text) => {
      printed += text;
    },
  });
  await vi.waitFor(() => expect(printed).toContain("Ctrl+C ends everything."), { timeout: 90_000 });
  browser = await launchBrowser();
  context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
});

afterEach((context) => {
  if (context.task.result?.state === "fail") console.error(printed);
});

afterAll(async () => {
  await browser?.close();
  await start?.stop();
  taken?.close();
  rmSync(data, { recursive: true, force: true });
});

const link = () => /^\s+(http:\/\/127\.0\.0\.1:\d+\/\S+)$/m.exec(printed)?.[1] ?? "";
const origin = () => /from another browser: (\S+)/.exec(printed)?.[1] ?? "";
const password = () => /password: (\S+)/.exec(printed)?.[1] ?? "";

describe("npm start", () => {
  it("takes the next port when the wanted one is taken, and says so", () => {
    expect(printed).toMatch(new RegExp(`^Port ${takenPort} is taken; using ${takenPort + 1}\\.$`, "m"));
    expect(origin()).toBe(`http://127.0.0.1:${takenPort + 1}`);
  });

  it("shows Wayfare without a click: the sample file, the chat with the cursor in it, the price", async () => {
    const page = context.pages()[0] ?? (await context.newPage());
    await page.goto(link());
    await page.locator(".tab.active", { hasText: "duration.ts" }).waitFor({ timeout: 60_000 });
    await chatFrame(page).locator("#question:focus").waitFor({ timeout: 60_000 });
    await expect.poll(() => statusItem(page).textContent(), { timeout: 20_000 }).toMatch(/\$0 simulated/);
    await expect.poll(() => page.locator(".monaco-editor .view-line").count()).toBeGreaterThan(10);
    await takePicture(page, "first-start");
    // Nothing else asks for the newcomer's attention.
    expect(await page.locator(".notifications-toasts .notification-list-item").count()).toBe(0);
    expect(await page.locator(".monaco-dialog-box").count()).toBe(0);
  });

  it("answers the first question about the sample file, labelled as simulated", async () => {
    const [page] = context.pages();
    if (page === undefined) throw new Error("The window is gone.");
    const turn = await askAndWait(page, "What does `parse` do?");
    expect(await answerText(turn)).toContain("parse");
    expect(await lineText(turn)).toMatch(/simulated/);
    expect(await lineText(turn)).toMatch(/\$0\.\d{4}|<\$0\.0001/);
    await takePicture(page, "first-answer");
  });

  it("completes code in the sample file at once, for nothing", async () => {
    const [page] = context.pages();
    if (page === undefined) throw new Error("The window is gone.");
    await page.locator(".editor-group-container.active .view-lines").first().click();
    const line = page.locator(".editor-group-container.active .view-line", { hasText: "return total;" });
    await goTo(page, 25, 1);
    await page.keyboard.press("Shift+ArrowDown");
    await page.keyboard.press("Delete");
    await expect.poll(() => line.count()).toBe(0);
    for (const key of ["ArrowUp", "End", "Enter"]) await page.keyboard.press(key);
    await expectGhost(page, "return total;");
    await takePicture(page, "first-ghost-text");
    await page.keyboard.press("Tab");
    await expectGhost(page, "");
    await expect.poll(() => line.count()).toBe(1);
    expect(await statusItem(page).textContent()).toMatch(/simulated/);
  });

  it("lets its link open the editor once, and the password after that", async () => {
    const again = await fetch(link(), { redirect: "manual" });
    expect(again.status).toBe(410);
    expect(await again.text()).toBe(
      `This link worked once. Open ${origin()} and give the password that npm start has printed.\n`,
    );
    const stranger = await fetch(origin(), { redirect: "manual" });
    expect(stranger.status).toBe(302);
    expect(stranger.headers.get("location")).toMatch(/login/);
    const second = await browser.newContext();
    const page = await second.newPage();
    await page.goto(origin());
    await page.locator("input[type=password]").fill(password());
    await page.keyboard.press("Enter");
    await page.locator(".monaco-workbench").waitFor({ timeout: 60_000 });
    await second.close();
  });

  it("ends with everything it has started on Ctrl+C", async () => {
    const below = descendantsOf(start.pid).map((each) => each.pid);
    expect(below.length).toBeGreaterThan(2);
    process.kill(start.pid, "SIGINT");
    expect(await start.exited).toBe(0);
    const alive = () => below.filter((pid) => isAlive(pid));
    await expect.poll(alive, { timeout: 10_000 }).toEqual([]);
    await expect(fetch(origin())).rejects.toThrow();
  });

  it("refuses a port that is none", async () => {
    let said = "";
    const group = startGroup(process.execPath, [inRoot("scripts", "start.ts"), "--port", "eighty"], {
      env: process.env,
      onOutput: (text) => {
        said += text;
      },
    });
    expect(await group.exited).toBe(1);
    expect(said).toBe(
      '--port takes a number from 1 to 65535, not "eighty". For example: npm start -- --port 9000\nSee: npm start -- --help\n',
    );
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // No such process any more.
    return false;
  }
}
