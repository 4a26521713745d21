import { spawnSync } from "node:child_process";
import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findStrace } from "../../scripts/system-packages.ts";
import type { Playground } from "../../server/playground/start-playground.ts";
import { answerText, askAndWait, chatFrame, lineText, openChat } from "./chat.ts";
import { type EditorUnderTest, openEditor } from "./open-editor.ts";
import { serverPid } from "./processes.ts";
import { answerDialog, tickRows } from "./set-up-provider.ts";
import { takePicture } from "./take-picture.ts";
import { plainAnswer, startVendors, vendorKey } from "./vendors.ts";
import { socketCalls, watchWrapper } from "./watch-sockets.ts";
import {
  answerInput,
  answerMasked,
  quickInput,
  quickMessage,
  quickRow,
  quickTitle,
  runCommand,
  statusItem,
} from "./workbench.ts";

/** From a window without a folder and nothing set up to the first answer of a provider, watched at the connect call. */

const strace = findStrace();
let work = "";
let vendors: Playground;
let portal: Server;
let editor: EditorUnderTest;

beforeAll(async () => {
  vendors = await startVendors();
  portal = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end("<!DOCTYPE html><title>Guest network</title>");
  }).listen(0, "127.0.0.1");
  editor = await openEditor({
    folder: "none",
    // Without the ports of other programs on this machine in the way.
    wrapper: (folder) => {
      work = folder;
      return strace === null ? [] : watchWrapper(strace, folder);
    },
  });
});

afterAll(async () => {
  await editor?.close();
  portal?.close();
  await vendors?.close();
});

const portOf = (url: string) => new URL(url).port;

describe("before anything is set up", () => {
  it("Wayfare is there without a folder, says so, and offers two ways in", async () => {
    expect(await statusItem(editor.page).textContent()).toContain("Wayfare: set up");
    const chat = await openChat(editor.page);
    await chat.getByRole("heading", { name: "Two ways to begin" }).waitFor();
    expect(await chat.locator(".way-in strong").allInnerTexts()).toEqual(["Try the playground", "Add a provider"]);
    await takePicture(editor.page, "nothing-set-up");
  });

  it("a question is held back and no server runs", async () => {
    const chat = chatFrame(editor.page);
    await chat.locator("#question").fill("Hello?");
    await chat.locator("#question").press("Enter");
    expect(await chat.locator("article.turn").count()).toBe(0);
    expect(serverPid(editor.pid)).toBeNull();
  });

  it("not one socket is opened, loopback included", async (context) => {
    if (strace === null) return context.skip("strace is not installed");
    // Longer than any of Wayfare's delays at start.
    await editor.page.waitForTimeout(4000);
    expect(socketCalls(work)).toEqual([]);
  });
});

describe("Add Provider", () => {
  it("refuses addresses that cannot be used, in words that name the mend", async () => {
    await runCommand(editor.page, "Wayfare: Add Provider");
    await quickInput(editor.page).fill("OpenAI-compatible");
    await quickRow(editor.page, "OpenAI-compatible").click();
    await expect.poll(() => quickTitle(editor.page).textContent()).toContain("Add OpenAI-compatible");
    const refusals = [
      ["api.example.com/v1", '"api.example.com/v1" has no scheme. Write https://api.example.com/v1.'],
      [
        "http://api.example.com/v1",
        "http://api.example.com would send your key and your code unencrypted. Write https://api.example.com; http is for this machine only.",
      ],
    ] as const;
    for (const [address, words] of refusals) {
      await answerInput(editor.page, address);
      await expect.poll(() => quickMessage(editor.page).textContent()).toContain(words);
    }
  });

  it("tells a web page from an API, and a wrong key from both", async () => {
    const address = portal.address();
    await answerInput(editor.page, `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/v1`);
    await answerMasked(editor.page, "sk-suite-wrong-key-000000");
    expect(await answerDialog(editor.page, "Edit URL")).toContain("answered with a web page, not with an API");
    await expect.poll(() => quickInput(editor.page).getAttribute("type")).toBe("text");
    await answerInput(editor.page, vendors.openAiBaseUrl);
    await answerMasked(editor.page, "sk-suite-wrong-key-000000");
    expect(await answerDialog(editor.page, "Edit Key")).toMatch(/\(401\)/);
  });

  it("lists the provider's own models and takes the confirmed tiers", async () => {
    await answerMasked(editor.page, vendorKey);
    await quickRow(editor.page, "pebble-1").waitFor({ timeout: 20_000 });
    await expect.poll(() => quickTitle(editor.page).textContent()).toContain("cheap tier");
    await takePicture(editor.page, "add-provider");
    await tickRows(editor.page, ["pebble-1"]);
    await expect.poll(() => quickTitle(editor.page).textContent()).toContain("frontier tier");
    await tickRows(editor.page, ["ridge-3"]);
    await expect.poll(() => statusItem(editor.page).textContent(), { timeout: 20_000 }).toContain("$0");
  });

  it("leads to an answer, of which the unknown price is shown as ? and never as $0", async () => {
    await openChat(editor.page);
    const turn = await askAndWait(editor.page, "What is a closure?");
    expect(await answerText(turn)).toBe(plainAnswer);
    const line = await lineText(turn);
    expect(line).toContain("?");
    expect(line).not.toContain("$0");
  });

  it("is what the same watch sees: the vendor's port, and only after setup", async (context) => {
    if (strace === null) return context.skip("strace is not installed");
    const reached = socketCalls(work).map((each) => each.to);
    expect(reached).toContain(`127.0.0.1:${portOf(vendors.origin)}`);
    // What was called is this machine alone, by the one process that may.
    expect(reached.filter((to) => !/^(127\.|\[::1\])/.test(to))).toEqual([]);
    expect([...new Set(socketCalls(work).map((each) => /dist\/server\/main\.js/.test(each.by)))]).toEqual([true]);
  });

  it("keeps the key out of settings, log and storage", () => {
    const found = spawnSync("grep", ["-rlF", vendorKey, editor.userData], { encoding: "utf8" });
    // 1: searched everything and found nothing.
    expect([found.status, found.stdout]).toEqual([1, ""]);
  });
});
