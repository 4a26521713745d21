import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Playground } from "../../server/playground/start-playground.ts";
import {
  cursorPlace,
  expectGhost,
  expectStatus,
  ghostText,
  goTo,
  plainTyping,
  readLog,
  savedText,
  untilAsked,
} from "./ghost.ts";
import { type EditorUnderTest, openEditor, openPages } from "./open-editor.ts";
import { readLedger } from "./read-ledger.ts";
import { answerDialog, enterKeys } from "./set-up-provider.ts";
import { allModels, createFillScript, drift, fillSettings, startVendors } from "./vendors.ts";
import { openFile, runCommand, statusItem } from "./workbench.ts";

/** Models that answer badly, files that are no text for people, documents that change while a request is under way. */

const sum = ["export function sum(values: number[]): number {", "}", "", "sum([1, 2]);", ""].join("\n");
const body = "let total = 0;\n  for (const value of values) total += value;\n  return total;";
const filled = sum.replace("{\n", `{\n  ${body}\n`);

const line = "  console.log(values.length, values[0]);";
/** What the model writes into the empty body of `sum`, and what is shown of it; "" when nothing is. */
const answers = [
  { what: "the whole file", text: filled, shown: body },
  { what: "the same line for ever", text: `${line.trim()}\n${`${line}\n`.repeat(5_000)}`, shown: line.trim() },
  {
    what: "NUL bytes and escape sequences",
    text: "let total\u0000 = 0;\u001b[31m\n  return\u0000 total;",
    shown: "let total = 0;\n  return total;",
  },
  { what: "the marks of its own prompt", text: `${body}<|fim_suffix|>\n}<|endoftext|>`, shown: body },
  { what: "CRLF in an LF file", text: body.replaceAll("\n", "\r\n"), shown: body },
  { what: "brackets that never close", text: "if (values.length > 0 {{{ (((", shown: "" },
  { what: "nothing but white space", text: "   \n\n   \n", shown: "" },
  {
    what: "prose",
    text: "Sure! The function should add up all the values and then return the total to you.",
    shown: "",
  },
  { what: "an apology", text: "I'm sorry, but I can't help with completing this code.", shown: "" },
  {
    what: "a code fence with sentences around it",
    text: `Here you go:\n\n\`\`\`ts\n  ${body}\n\`\`\`\n\nHope this helps!`,
    shown: "",
  },
] as const;

const fills = createFillScript();
let vendors: Playground;
let editor: EditorUnderTest;

const late = (firstTokenMs: number) => vendors.setFault(drift.id, { kind: "late", firstTokenMs });
const press = (key: string) => editor.page.keyboard.press(key);

async function stand(file: string, at: readonly [number, number]): Promise<void> {
  await openFile(editor.page, file);
  await goTo(editor.page, at[0], at[1]);
}

beforeAll(async () => {
  vendors = await startVendors({ models: allModels, fills });
  const { keys, settings } = fillSettings(vendors, "template");
  editor = await openEditor({
    folder: {
      ...Object.fromEntries(answers.map((_, n) => [`bad-${n}.ts`, sum])),
      "wide.js": `const data = "${"0123456789".repeat(100_000)}";\nconst size = \n`,
      "changed.ts": sum,
      "closed.ts": sum,
      "renamed.ts": sum,
      "both.ts": sum,
    },
    file: "changed.ts",
    settings: { ...settings, ...plainTyping, "explorer.confirmDragAndDrop": false },
  });
  await enterKeys(editor.page, keys);
});

afterAll(async () => {
  await editor?.close();
  await vendors?.close();
});

describe("a model that answers with", () => {
  it.each(answers)("$what shows what is code of it, or nothing", async ({ text, shown }) => {
    const n = answers.findIndex((each) => each.text === text);
    await stand(`bad-${n}.ts`, [1, 48]);
    late(0);
    fills.write(text);
    const before = vendors.log().length;
    await press("Enter");
    await expect.poll(() => vendors.log().length).toBe(before + 1);
    if (shown === "") {
      await expectStatus(editor.page, "nothing to suggest");
      expect(await ghostText(editor.page)).toBe("");
    } else {
      await expectGhost(editor.page, shown);
      await press("Tab");
    }
    const inserted = shown === "" ? "\n" : `${shown}\n`;
    const saved = await savedText(editor, `bad-${n}.ts`);
    expect(saved.replace(/^ +$/m, "")).toBe(sum.replace("{\n", shown === "" ? `{\n${inserted}` : `{\n  ${inserted}`));
    expect(vendors.log().length).toBe(before + 1);
  });
});

describe("a line of a megabyte", () => {
  it("is left alone, and the line below it is completed with a prompt of the usual size", async () => {
    const before = vendors.log().length;
    await openFile(editor.page, "wide.js");
    await goTo(editor.page, 1, 200);
    await press("x");
    fills.write("ata.length;");
    await goTo(editor.page, 2, 14);
    await press("d");
    await expectGhost(editor.page, "ata.length;");
    expect(vendors.log().length).toBe(before + 1);
    expect(fills.asked.at(-1)?.prefix.length).toBeLessThan(20_000);
    expect(fills.asked.at(-1)?.prefix.endsWith("const size = d")).toBe(true);
  });
});

describe("while a request is under way", () => {
  it("the document changes elsewhere: nothing wrong is inserted, and the request ends", async () => {
    await stand("changed.ts", [1, 48]);
    late(1_500);
    fills.write(body);
    await press("Enter");
    await untilAsked(vendors);
    await goTo(editor.page, 6, 1);
    await editor.page.keyboard.type("sum([3, 4]);");
    await expect.poll(() => vendors.openRequests()).toBe(0);
    expect(await ghostText(editor.page)).toBe("");
    const saved = await savedText(editor, "changed.ts");
    expect(saved.replace(/^ +$/m, "")).toBe(`${sum.replace("{\n", "{\n\n").trimEnd()}\nsum([3, 4]);`);
  });

  it("the document is closed: its socket closes, and no window says anything", async () => {
    const before = vendors.log().length;
    await stand("closed.ts", [1, 48]);
    late(3_000);
    await press("Enter");
    await untilAsked(vendors);
    await runCommand(editor.page, "View: Close Editor");
    await answerDialog(editor.page, "Don't Save");
    await expect.poll(() => vendors.openRequests()).toBe(0);
    expect(vendors.log().at(-1)).toMatchObject({ end: "closed" });
    expect(vendors.log().length).toBe(before + 1);
    expect(await editor.page.locator(".notifications-toasts .notification-list-item").count()).toBe(0);
  });

  it("the document is renamed: under its new name it is completed as ever", async () => {
    await stand("renamed.ts", [1, 48]);
    late(1_500);
    fills.write(body);
    await press("Enter");
    await untilAsked(vendors);
    await runCommand(editor.page, "File: Reveal Active File in Explorer View");
    await press("F2");
    const box = editor.page.locator(".explorer-folders-view .monaco-inputbox input");
    await box.fill("anew.ts");
    await press("Enter");
    await editor.page.locator(".tab.active", { hasText: "anew.ts" }).waitFor();
    expect(existsSync(join(editor.folder, "renamed.ts"))).toBe(false);
    await expect.poll(() => vendors.openRequests()).toBe(0);
    late(200);
    // The new name has the focus: a person clicks into the text.
    await editor.page.locator(".editor-group-container.active .view-lines").first().click();
    await expect.poll(() => cursorPlace(editor.page)).not.toContain("Ln 2,");
    await goTo(editor.page, 2, 3);
    fills.write("et total = 0;");
    await press("l");
    await expectGhost(editor.page, "et total = 0;");
    await press("Tab");
    expect(await savedText(editor, "anew.ts")).toBe(sum.replace("{\n", "{\n  let total = 0;\n"));
  });
});

describe("two windows on one file", () => {
  it("complete each for itself, from one ledger, and log next to nothing", async () => {
    const logged = (await readLog(editor.page)).length;
    const before = vendors.log().length;
    const booked = readLedger(editor.storage).length;
    late(200);
    fills.write(body);
    const other = await editor.context.newPage();
    openPages.add(other);
    await other.goto(`${new URL(editor.page.url()).origin}/?folder=${encodeURIComponent(editor.folder)}`);
    await other.locator(".monaco-workbench").waitFor({ timeout: 60_000 });
    await expect.poll(() => statusItem(other).textContent(), { timeout: 30_000 }).toContain("$");
    await openFile(other, "both.ts");
    await stand("both.ts", [1, 48]);

    await press("Enter");
    await expectGhost(editor.page, body);
    expect(await ghostText(other)).toBe("");
    expect(vendors.log().length).toBe(before + 1);

    await goTo(other, 4, 13);
    await other.keyboard.press("Enter");
    fills.write("um([3]);");
    await other.keyboard.press("s");
    await expectGhost(other, "um([3]);");
    await press("Tab");
    expect(await savedText(editor, "both.ts")).toBe(filled);
    await other.keyboard.press("Tab");
    await expectGhost(other, "");
    await expect.poll(() => readLedger(editor.storage).filter((row) => row.outcome === null)).toEqual([]);
    expect(readLedger(editor.storage).length - booked).toBe(vendors.log().length - before);
    const lines = (await readLog(editor.page)).length - logged + (await readLog(other)).length;
    console.log(`Two windows wrote ${lines} lines into their logs.`);
    expect(lines).toBeGreaterThan(0);
    expect(lines).toBeLessThan(30);
    openPages.delete(other);
    await other.close();
  });
});

describe("after all that", () => {
  it("the log has said nothing over and over", async () => {
    const words = (await readLog(editor.page)).map((each) => each.replace(/[\d.:-]+/g, "0"));
    const counts = new Map<string, number>();
    for (const each of words) counts.set(each, (counts.get(each) ?? 0) + 1);
    const often = [...counts].filter(([each, count]) => count > 20 || (/error|warn/i.test(each) && count > 3));
    expect(often).toEqual([]);
  });
});
