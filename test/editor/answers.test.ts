import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Playground } from "../../server/playground/start-playground.ts";
import { formatUsd } from "../../shared/money.ts";
import { answerText, ask, askAndWait, chatFrame, decisionText, lineText, openChat, pick, untilEnded } from "./chat.ts";
import { type EditorUnderTest, openEditor } from "./open-editor.ts";
import { serverPid } from "./processes.ts";
import { type LedgerRow, readLedger } from "./read-ledger.ts";
import { enterKeys } from "./set-up-provider.ts";
import { codeInAnswer, plainAnswer, startVendors, vendorSettings } from "./vendors.ts";
import { statusItem } from "./workbench.ts";

/** A person asks, things go wrong under way, and what is shown, booked and billed stays the same thing. */

let vendors: Playground;
let editor: EditorUnderTest;

beforeAll(async () => {
  vendors = await startVendors();
  editor = await openEditor({ folder: "sample", file: "src/duration.ts", settings: vendorSettings(vendors) });
  await enterKeys(editor.page, ["quarry", "alps"]);
  await openChat(editor.page);
});

afterAll(async () => {
  await editor?.close();
  await vendors?.close();
});

/** The rows of the ledger for one turn, as soon as all of them are settled. */
async function settledRows(turnId: string): Promise<LedgerRow[]> {
  const rows = () => readLedger(editor.storage).filter((row) => row.turn_id === turnId);
  await expect
    .poll(() => rows().length > 0 && rows().every((row) => row.outcome !== null), { timeout: 15_000 })
    .toBe(true);
  return rows();
}

/** Chip, ledger and the vendor's own log must tell the same story about the last answer. */
async function expectAgreement(turn: Awaited<ReturnType<typeof ask>>, provider: string, model: string): Promise<void> {
  const logged = vendors.log().at(-1);
  const row = (await settledRows((await turn.getAttribute("data-turn")) ?? "")).at(-1);
  expect(row).toMatchObject({
    provider_id: provider,
    model_id: model,
    book: "real",
    outcome: "done",
    cost_source: "computed",
    cost_nano: logged?.costNano,
  });
  expect(logged).toMatchObject({ model, status: 200, end: "finished" });
  const usage = row?.usage;
  expect((usage?.input ?? 0) + (usage?.cacheRead ?? 0) + (usage?.cacheWrite ?? 0)).toBe(logged?.inputTokens);
  expect(usage?.output).toBe(logged?.outputTokens);
  const line = await lineText(turn);
  expect(line).toContain(formatUsd(logged?.costNano ?? null));
  expect(line).toContain(model);
}

describe("an answer", () => {
  it("of the cheap tier is the vendor's bytes, once, and its price is the vendor's", async () => {
    await pick(editor.page, "Cheap");
    const turn = await askAndWait(editor.page, "What does this function do?");
    expect(await answerText(turn)).toBe(plainAnswer);
    expect(vendors.log().at(-1)?.text).toBe(plainAnswer);
    await expectAgreement(turn, "quarry", "pebble-1");
    expect(await lineText(turn)).toMatch(/^cheap /i);
  });

  it("of the frontier tier is the vendor's bytes, once, and its price is the vendor's", async () => {
    await pick(editor.page, "Frontier");
    const turn = await askAndWait(editor.page, "What does this function do?");
    expect(await answerText(turn)).toBe(plainAnswer);
    expect(vendors.log().at(-1)?.text).toBe(plainAnswer);
    await expectAgreement(turn, "alps", "summit-2");
    expect(await lineText(turn)).toMatch(/^frontier /i);
  });

  it("that holds code is copied as the vendor wrote it, whole and block by block", async () => {
    const turn = await askAndWait(editor.page, "Show the code");
    await turn.getByRole("button", { name: "Copy the whole answer" }).click();
    const clipboard = () => editor.page.evaluate(() => navigator.clipboard.readText());
    await expect.poll(clipboard).toBe(vendors.log().at(-1)?.text);
    expect(await turn.locator(".code-block code").evaluate((node) => node.textContent)).toBe(codeInAnswer);
    await turn.locator(".code-block").getByRole("button", { name: /copy/i }).click();
    await expect.poll(clipboard).toBe(codeInAnswer);
  });

  it("comes from the next route when the first one answers 500, and its line names the one that failed", async () => {
    vendors.setFault("summit-2", { kind: "status", status: 500 });
    const turn = await askAndWait(editor.page, "What does this function do, once more?");
    vendors.setFault("summit-2", null);
    expect(await answerText(turn)).toBe(plainAnswer);
    expect(await lineText(turn)).toMatch(/after alps\/summit-2 failed( twice)?$/);
    await expectAgreement(turn, "quarry", "ridge-3");
    const decision = await decisionText(turn);
    expect(decision).toContain("alps/summit-2");
    expect(decision).toContain("failed:");
    const rows = await settledRows((await turn.getAttribute("data-turn")) ?? "");
    expect(rows.map((row) => [row.model_id, row.outcome, row.cost_nano === 0 || row.outcome === "done"])).toEqual([
      ...rows.slice(0, -1).map(() => ["summit-2", "failed", true]),
      ["ridge-3", "done", true],
    ]);
  });

  it("that is stopped closes the vendor's socket, keeps its text, and is billed as an estimate", async () => {
    await pick(editor.page, "Cheap");
    vendors.setFault("pebble-1", { kind: "slow", tokensPerSecond: 30 });
    const turn = await ask(editor.page, "Explain this at length");
    await turn.locator(".markdown", { hasText: "The function walks" }).waitFor();
    await chatFrame(editor.page).getByRole("button", { name: "Stop (Escape)" }).click();
    await untilEnded(turn);
    vendors.setFault("pebble-1", null);
    await expect.poll(() => vendors.log().at(-1)?.end).toBe("closed");
    await expect.poll(() => vendors.openRequests()).toBe(0);
    const shown = await answerText(turn);
    expect(plainAnswer.startsWith(shown) && shown.length > 10 && shown.length < plainAnswer.length).toBe(true);
    const [row] = await settledRows((await turn.getAttribute("data-turn")) ?? "");
    expect(row).toMatchObject({ outcome: "cancelled", cost_source: "estimated" });
    expect(row?.cost_nano).toBeGreaterThan(0);
  });
});

describe("a server that is killed in the middle of an answer", () => {
  it("comes back, settles the broken attempt, and answers the next question", async () => {
    vendors.setFault("pebble-1", { kind: "slow", tokensPerSecond: 30 });
    const turn = await ask(editor.page, "Explain this at length again");
    await turn.locator(".markdown", { hasText: "The function walks" }).waitFor();
    const before = serverPid(editor.pid);
    expect(before).not.toBeNull();
    process.kill(before ?? 0, "SIGKILL");
    await turn.getByText(/^Interrupted/).waitFor();
    vendors.setFault("pebble-1", null);
    await expect.poll(() => serverPid(editor.pid), { timeout: 20_000 }).not.toBeNull();
    expect(serverPid(editor.pid)).not.toBe(before);
    const [row] = await settledRows((await turn.getAttribute("data-turn")) ?? "");
    expect(row?.outcome).toBe("crashed");
    expect(row?.cost_nano).toBeGreaterThan(0);
    expect(row?.cost_nano ?? 0).toBeLessThanOrEqual(row?.held_nano ?? 0);

    const next = await askAndWait(editor.page, "And now?");
    expect(await answerText(next)).toBe(plainAnswer);
    await expectAgreement(next, "quarry", "pebble-1");
  });
});

describe("a reload of the window", () => {
  it("keeps the conversation, the spending and the key", async () => {
    const chat = chatFrame(editor.page);
    const questions = await chat.locator(".question-words").allInnerTexts();
    const answers = () => chat.locator(".turn:not(:has-text('Interrupted:')) .answer .markdown").allInnerTexts();
    const answersBefore = await answers();
    const spent = await statusItem(editor.page).textContent();
    expect(questions.length).toBeGreaterThan(5);
    await editor.reload();
    await openChat(editor.page);
    await expect.poll(() => chat.locator(".question-words").allInnerTexts(), { timeout: 20_000 }).toEqual(questions);
    // All but the one that was cut by the server's end: of that one, what was written down in time.
    expect(await answers()).toEqual(answersBefore);
    await expect.poll(() => statusItem(editor.page).textContent(), { timeout: 30_000 }).toBe(spent);
    const turn = await askAndWait(editor.page, "Still there?");
    expect(await answerText(turn)).toBe(plainAnswer);
    await expectAgreement(turn, "quarry", "pebble-1");
  });
});
