import { request } from "node:http";
import type { FrameLocator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../scripts/editor.ts";
import type { Playground } from "../../server/playground/start-playground.ts";
import { type EditorUnderTest, openEditor, openPages } from "./open-editor.ts";
import { readLedger } from "./read-ledger.ts";
import { answerDialog, enterKeys } from "./set-up-provider.ts";
import { takePicture } from "./take-picture.ts";
import { changeSettings, themes, wear } from "./theme.ts";
import { startVendors, vendorSettings } from "./vendors.ts";
import { runCommand, statusItem } from "./workbench.ts";

/** Other tools ask through a window: started by command, shown with its token, paid from the same books, handed on. */

let vendors: Playground;
let editor: EditorUnderTest;
let port: number;
let token = "";

beforeAll(async () => {
  vendors = await startVendors();
  port = await freePort(38_377);
  editor = await openEditor({
    folder: "sample",
    settings: { ...vendorSettings(vendors), "wayfare.endpoint.port": port },
  });
  await editor.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await enterKeys(editor.page, ["quarry", "alps"]);
});

afterAll(async () => {
  await editor?.close();
  await vendors?.close();
});

const frameOf = (page: Page): FrameLocator =>
  page.frameLocator('iframe.webview:not([src*="purpose=webviewView"])').frameLocator("#active-frame");
const shownIn = (page: Page) => frameOf(page).locator("body").innerText();
const copied = () => editor.page.evaluate(() => navigator.clipboard.readText());

interface Answer {
  status: number;
  headers: Record<string, unknown>;
  body: string;
}

/** What a tool on this machine is answered; status 0: nobody listens. */
function ask(path: string, headers: Record<string, string>, body: object | null): Promise<Answer> {
  return new Promise((resolve) => {
    const sent = request({
      host: "127.0.0.1",
      port,
      path,
      method: body === null ? "GET" : "POST",
      agent: false,
      headers,
    });
    sent.on("error", () => resolve({ status: 0, headers: {}, body: "" }));
    sent.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (piece: string) => {
        text += piece;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    sent.end(body === null ? undefined : JSON.stringify(body));
  });
}
const question = { model: "auto", messages: [{ role: "user", content: "What does this line do: const a = 1?" }] };
const askAuto = () =>
  ask("/v1/chat/completions", { authorization: `Bearer ${token}`, "content-type": "application/json" }, question);

describe("the local endpoint", () => {
  it("opens no port before it is started", async () => {
    expect((await ask("/health", {}, null)).status).toBe(0);
  });

  it("is started by command, and its page has addresses, token and what to paste", async () => {
    await runCommand(editor.page, "Wayfare: Start Local Endpoint");
    await expect.poll(() => shownIn(editor.page), { timeout: 30_000 }).toContain("Running: tools on this machine");
    const words = await shownIn(editor.page);
    expect(words).toContain(`http://127.0.0.1:${port}/v1`);
    expect(words).not.toMatch(/wf-[A-Za-z0-9_-]{20}/);
    await frameOf(editor.page).getByRole("button", { name: "Copy the token" }).click();
    await expect.poll(copied).toMatch(/^wf-[A-Za-z0-9_-]{43}$/);
    token = await copied();
    await frameOf(editor.page)
      .getByRole("button", { name: /copy.*curl/i })
      .click();
    await expect.poll(copied).toContain(`Authorization: Bearer ${token}`);
    for (const theme of Object.keys(themes) as (keyof typeof themes)[]) {
      await wear(editor, theme);
      // The page was behind the settings, and is drawn anew.
      await expect.poll(() => shownIn(editor.page), { timeout: 20_000 }).toContain("Running: tools on this machine");
      await takePicture(editor.page, `endpoint-${theme}`);
    }
  });

  it("answers who shows the token, and the ledger, the page and the status bar say what it cost", async () => {
    expect((await ask("/v1/models", {}, null)).status).toBe(401);
    const { status, headers, body } = await askAuto();
    expect(status).toBe(200);
    expect(headers["x-wayfare-model"]).toBe("quarry/pebble-1");
    // The answer is told before its bill is written.
    await expect.poll(() => readLedger(editor.storage)[0]?.outcome).toBe("done");
    const [row] = readLedger(editor.storage);
    expect(row).toMatchObject({ kind: "endpoint", workspace: "endpoint", outcome: "done", book: "real" });
    expect(Math.round(Number(headers["x-wayfare-cost-usd"]) * 1e9)).toBe(row?.cost_nano);
    expect(JSON.parse(body)).toMatchObject({ model: "quarry/pebble-1", choices: [{ finish_reason: "stop" }] });
    await expect.poll(() => shownIn(editor.page), { timeout: 30_000 }).toMatch(/\$0\.\d+ today in 1 request/);
    await expect.poll(() => statusItem(editor.page).innerHTML()).toContain("codicon-plug");
  });

  it("is handed on to the next window when the first one closes", async () => {
    const second = await editor.context.newPage();
    openPages.add(second);
    await second.goto(`${new URL(editor.page.url()).origin}/?folder=${encodeURIComponent(editor.folder)}`);
    await second.locator(".monaco-workbench").waitFor({ timeout: 60_000 });
    await expect.poll(() => statusItem(second).textContent(), { timeout: 30_000 }).toContain("$");
    await runCommand(second, "Wayfare: Show Local Endpoint");
    await expect.poll(() => shownIn(second), { timeout: 30_000 }).toContain("Running in another window");
    await changeSettings(editor, { "wayfare.endpoint.port": port });
    await runCommand(editor.page, "Wayfare: Restart Server");
    await expect.poll(() => shownIn(second), { timeout: 30_000 }).toContain("Running: tools on this machine");
    await expect.poll(() => shownIn(editor.page), { timeout: 30_000 }).toContain("Running in another window");
    expect((await askAuto()).status).toBe(200);
    openPages.delete(second);
    await second.close();
    await expect.poll(() => shownIn(editor.page), { timeout: 60_000 }).toContain("Running: tools on this machine");
    expect((await askAuto()).status).toBe(200);
  });

  it("lets nobody in with an old token", async () => {
    await runCommand(editor.page, "Wayfare: Make a New Endpoint Token");
    await answerDialog(editor.page, "Make a New Token");
    await expect.poll(async () => (await askAuto()).status, { timeout: 20_000 }).toBe(401);
  });

  it("is stopped by command, and the port is closed", async () => {
    await runCommand(editor.page, "Wayfare: Stop Local Endpoint");
    await expect.poll(async () => (await ask("/health", {}, null)).status, { timeout: 20_000 }).toBe(0);
    await expect.poll(() => shownIn(editor.page)).toContain("It is off: no other tool is answered.");
  });
});
