import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inRoot } from "../../scripts/root.ts";
import type { Playground } from "../../server/playground/start-playground.ts";
import { formatUsd } from "../../shared/money.ts";
import { start } from "../server/store/books.ts";
import {
  answerText,
  ask,
  askAndWait,
  chatFrame,
  focusedName,
  moveFocus,
  newChat,
  openChat,
  setChatWidth,
  shownText,
  untilEnded,
} from "./chat.ts";
import { driveServer } from "./drive-server.ts";
import { type EditorUnderTest, openEditor } from "./open-editor.ts";
import { serverPid } from "./processes.ts";
import { readLedger, settledRows } from "./read-ledger.ts";
import { enterKeys } from "./set-up-provider.ts";
import { takePicture } from "./take-picture.ts";
import { themes } from "./theme.ts";
import { pebble, plainAnswer, startVendors, vendorKey, vendorSettings } from "./vendors.ts";
import { notifications, quickInput, quickRow, quickTitle, runCommand, statusItem } from "./workbench.ts";

/** Caps hold before a byte leaves, whoever wrote the settings and however many ask at once, and say the way out. */

/** "4 times" is answered at four times the length. */
const answerBy = (question: string) =>
  Array.from({ length: Number(/(\d) times/.exec(question)?.[1] ?? 1) }, () => plainAnswer).join("\n\n");

const sampleFile = readFileSync(inRoot("media", "sample", "src", "duration.ts"), "utf8");

describe("a cap of a cent in the workspace's settings", () => {
  let vendors: Playground;
  let editor: EditorUnderTest;

  beforeAll(async () => {
    vendors = await startVendors({ answer: ({ messages }) => answerBy(messages.at(-1)?.text ?? "") });
    editor = await openEditor({
      folder: {
        "src/duration.ts": sampleFile,
        ".vscode/settings.json": '{ "wayfare.budget.workspace.daily": 0.01 }\n',
      },
      file: "src/duration.ts",
      settings: {
        ...vendorSettings(vendors),
        // Nothing among them that a cent would pay for.
        "wayfare.tiers": { cheap: ["alps/summit-2"], frontier: ["quarry/ridge-3"] },
        "wayfare.mode": "cheap",
        "workbench.colorTheme": themes.dark.name,
      },
    });
    await enterKeys(editor.page, ["quarry", "alps"]);
    await openChat(editor.page);
  });

  afterAll(async () => {
    await editor?.close();
    await vendors?.close();
  });

  const press = (key: string) => editor.page.keyboard.press(key);
  const spentNano = () => readLedger(editor.storage).reduce((sum, row) => sum + (row.cost_nano ?? 0), 0);
  const statusText = async () => ((await statusItem(editor.page).textContent()) ?? "").trim();
  const expectStatus = (text: string) => expect.poll(statusText).toBe(text);
  const warnings = async () => (await notifications(editor.page)).filter((each) => /spent/.test(each));

  it("is in the status bar, beside what is spent", async () => {
    await expectStatus("$0 · $0.01");
  });

  it("refuses before any byte leaves, and says what it needs, what holds it, and the ways out", async () => {
    const turn = await askAndWait(editor.page, "What does this function do?");
    const block = turn.locator(".block.failure");
    const words = await block.locator(".block-words").innerText();
    expect(words).toMatch(
      /^This needs at least \$0\.01\d\d, which does not fit under this workspace's \$0\.01 a day: \$0 is spent\. Raise it for today, change wayfare\.budget\.workspace\.daily, or use a model on this machine\.$/,
    );
    expect(await block.getByRole("button").allInnerTexts()).toEqual(["Raise for today", "Open the setting", "Retry"]);
    expect(vendors.log()).toEqual([]);
    expect(readLedger(editor.storage)).toEqual([]);
    await setChatWidth(editor.page, 470);
    // For the README: the refusal and the status bar without the room between them.
    await editor.page.setViewportSize({ width: 1280, height: 520 });
    await editor.page.mouse.move(400, 500);
    await takePicture(editor.page, "readme-budget", { x: 804, y: 36, width: 476, height: 484 });
    await editor.page.setViewportSize({ width: 1280, height: 800 });
  });

  it("is raised for today by the keyboard alone, and the question goes through", async () => {
    expect(await focusedName(editor.page)).toBe("Ask Wayfare");
    await moveFocus(editor.page, /^Raise for today$/, "Shift+Tab");
    await press("Enter");
    await expect
      .poll(() => quickTitle(editor.page).innerText())
      .toBe("Raise for Today: This workspace, a day, now $0.01");
    await takePicture(editor.page, "raise-for-today");
    const rows = editor.page.locator(".quick-input-list .monaco-list-row .label-name");
    expect(await rows.allInnerTexts()).toEqual(["$0.01 more · enough for this question", "$0.02 more", "Another sum…"]);
    await editor.page.keyboard.type("Another");
    await expect
      .poll(() => editor.page.locator(".quick-input-list .monaco-list-row.focused").innerText())
      .toContain("Another sum…");
    await press("Enter");
    await quickRow(editor.page, "$0.02 more").waitFor({ state: "hidden" });
    await quickInput(editor.page).waitFor();
    await editor.page.keyboard.type("0.09");
    await press("Enter");
    const said =
      "This workspace, a day: the cap is $0.10 until the day ends, which is recorded. The setting stays as it is.";
    await editor.page.locator(".statusbar-item", { hasText: said }).first().waitFor();

    const turn = chatFrame(editor.page).locator("article.turn").last();
    await turn.locator(".markdown", { hasText: "that is all there is to it" }).waitFor({ timeout: 20_000 });
    await untilEnded(turn);
    expect(await answerText(turn)).toBe(plainAnswer);
    const [row] = await settledRows(editor.storage, turn);
    expect(row).toMatchObject({ model_id: "summit-2", outcome: "done", cost_nano: vendors.log().at(-1)?.costNano });
    await expectStatus(`${formatUsd(row?.cost_nano ?? null)} · $0.10`);
    expect(await warnings()).toEqual([]);
    await runCommand(editor.page, "Notifications: Clear All Notifications");
  });

  it("is warned of at 50 % and at 80 %, once each", async () => {
    const marks = [
      ["Say it 4 times", 50],
      ["Say it 3 times", 80],
    ] as const;
    for (const [question, percent] of marks) {
      await newChat(editor.page);
      await askAndWait(editor.page, question);
      await expectStatus(`${formatUsd(spentNano())} · $0.10`);
      // The page itself says it, where no message covers the question box.
      await expect
        .poll(() => chatFrame(editor.page).locator(".cap-words").innerText())
        .toBe(`${Math.floor(spentNano() / 1_000_000)} % of this workspace's $0.10 a day is spent.`);
      expect(Math.floor(spentNano() / 1_000_000)).toBeGreaterThanOrEqual(percent);
      if (percent === 80) await takePicture(editor.page, "budget-warning");
      expect(await warnings()).toEqual([]);
    }
  });

  it("is used up by a server that is killed in mid-answer: what it held is spent, and 100 % is said", async () => {
    await newChat(editor.page);
    vendors.setFault("summit-2", { kind: "silence", phase: "headers" });
    const turn = await ask(editor.page, "Say it once more");
    await expect.poll(() => vendors.openRequests()).toBe(1);
    const [held] = readLedger(editor.storage).filter((row) => row.outcome === null);
    // The room for the answer was lowered to what was left.
    expect((held?.held_nano ?? 0) + spentNano()).toBe(100_000_000);
    const before = serverPid(editor.pid) ?? 0;
    // Whoever does not see the chat is told by a message.
    await runCommand(editor.page, "View: Toggle Secondary Side Bar Visibility");
    await editor.page.locator("iframe.webview").first().waitFor({ state: "hidden" });
    process.kill(before, "SIGKILL");
    await expect
      .poll(warnings)
      .toEqual([
        "The cap is reached: all of this workspace's $0.10 a day is spent ($0.1000 today). Only what is free is asked until it ends or is raised.",
      ]);
    const toast = editor.page.locator(".notifications-toasts .notification-list-item");
    await toast.hover();
    expect(await toast.getByRole("button").allInnerTexts()).toEqual(
      expect.arrayContaining(["Raise for Today", "Open Setting"]),
    );
    await openChat(editor.page);
    await turn.getByText(/^Interrupted/).waitFor();
    vendors.setFault("summit-2", null);
    const [row] = await settledRows(editor.storage, turn);
    expect(row).toMatchObject({ outcome: "crashed", cost_nano: held?.held_nano, cost_source: "reserved" });
    await expectStatus("$0.1000 · $0.10");
    await runCommand(editor.page, "Notifications: Clear All Notifications");

    const asked = vendors.log().length;
    const next = await askAndWait(editor.page, "And now?");
    expect(await shownText(next.locator(".block-words"))).toMatch(
      /^This needs at least \$0\.01\d\d, which does not fit under this workspace's \$0\.10 a day: \$0\.1000 is spent\. /,
    );
    expect(vendors.log()).toHaveLength(asked);
    expect(await warnings()).toEqual([]);
  });

  it("has nothing left to release, since the crash was settled by itself", async () => {
    await runCommand(editor.page, "Wayfare: Release Held Money");
    await expect.poll(() => notifications(editor.page)).toEqual(["No money is held."]);
    await runCommand(editor.page, "Notifications: Clear All Notifications");
  });

  it("lets go of what another process holds only when a person says so, at the sum that was shown", async () => {
    const { child } = await start(["hold", editor.storage, "other"]);
    try {
      await runCommand(editor.page, "Wayfare: Release Held Money");
      await expect.poll(() => quickTitle(editor.page).innerText()).toBe("Release Held Money");
      const rows = editor.page.locator(".quick-input-list .monaco-list-row");
      await rows.first().waitFor();
      for (const row of await rows.allInnerTexts()) {
        expect(row).toContain("$0.0009 held, settles at $0.0009");
        expect(row).toContain("chat · vendor/small");
        expect(row).toContain("another window that is running");
      }
      expect(await rows.count()).toBe(2);
      expect(await rows.locator("[aria-checked=true], input:checked").count()).toBe(0);
      await takePicture(editor.page, "release-held-money");
      for (const row of await rows.all()) await row.click();
      await editor.page.locator(".quick-input-widget").getByRole("button", { name: "OK" }).click();
      await expect
        .poll(() => notifications(editor.page))
        .toEqual(["Released $0.0018 of 2 requests, settled at $0.0018."]);
      const released = readLedger(editor.storage).filter((row) => row.attempt_id.startsWith("other-"));
      expect(released.map((row) => [row.outcome, row.cost_nano, row.cost_source])).toEqual([
        ["crashed", 900_000, "reserved"],
        ["crashed", 900_000, "reserved"],
      ]);
      await runCommand(editor.page, "Notifications: Clear All Notifications");
    } finally {
      child.kill("SIGKILL");
    }
  });

  it("is not warned of again after a reload", async () => {
    await editor.reload();
    await openChat(editor.page);
    await expectStatus("$0.1000 · $0.10");
    expect(await warnings()).toEqual([]);
  });
});

describe("fifty questions at once from two servers of one host", () => {
  it("spend no more than the cap, although the vendor counts half as many tokens again", async () => {
    const storage = mkdtempSync(join(tmpdir(), "wayfare-budget-"));
    const vendors = await startVendors({ tokenFactor: 1.5, firstTokenMs: 50 });
    const { "wayfare.providers": providers } = vendorSettings(vendors);
    const configuration = {
      configuration: {
        providers,
        tiers: { cheap: [`quarry/${pebble.id}`], frontier: [] },
        mode: "cheap",
        quality: 50,
        playground: false,
        network: {},
        budget: { workspace: { daily: [0.01] } },
      },
      keys: [{ providerId: "quarry", origin: vendors.origin, key: vendorKey }],
      trusted: true,
    };
    const books = { storage, workspace: "file:///here" };
    const servers = await Promise.all(["one", "two"].map((name) => driveServer(name, books, configuration)));
    try {
      const turns = await Promise.all(
        Array.from({ length: 50 }, (_, n) =>
          servers[n % 2]?.ask(`Question ${n}: what does this function do?`, "cheap"),
        ),
      );
      const states = turns.map((turn) => turn?.state);
      const refusals = turns.filter((turn) => turn?.failure?.kind === "budget");
      expect(states.filter((state) => state === "done").length + refusals.length).toBe(50);
      const rows = readLedger(storage);
      const spent = rows.reduce((sum, row) => sum + (row.cost_nano ?? 0), 0);
      const billed = vendors.log().reduce((sum, row) => sum + row.costNano, 0);
      console.log(
        `50 questions, 2 servers, a cap of $0.01: ${states.filter((state) => state === "done").length} answered, ${refusals.length} refused, ${formatUsd(spent)} in the ledger, ${formatUsd(billed)} on the vendor's bill`,
      );
      expect(spent).toBeLessThanOrEqual(10_000_000);
      expect(billed).toBeLessThanOrEqual(10_000_000);
      expect(spent).toBe(billed);
      // It is the cap that ends it, and not much before it.
      expect(spent).toBeGreaterThan(7_000_000);
      expect(rows.filter((row) => row.outcome === null)).toEqual([]);
    } finally {
      await Promise.all(servers.map((server) => server.stop()));
      await vendors.close();
      rmSync(storage, { recursive: true, force: true });
    }
  });
});
