import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Playground } from "../../server/playground/start-playground.ts";
import { cursorPlace, expectGhost, goTo, plainTyping, savedText, timeUntilClosed, untilAsked } from "./ghost.ts";
import { type EditorUnderTest, openEditor } from "./open-editor.ts";
import { readLedger } from "./read-ledger.ts";
import { enterKeys } from "./set-up-provider.ts";
import { takePicture } from "./take-picture.ts";
import { changeSettings } from "./theme.ts";
import { allModels, brook, createFillScript, drift, fillSettings, foothill, startVendors } from "./vendors.ts";
import { openFile } from "./workbench.ts";

/** Ghost text as a person meets it: what is shown, what Tab writes, what the vendor was asked and when it was let go. */

const area = [
  "export function area(width: number, height: number): number {",
  "  const doubled = width * 2;",
  "  return",
  "}",
  "",
].join("\n");
const sum = ["export function sum(values: number[]): number {", "}", "", "sum([1, 2]);", ""].join("\n");
const sumBody = "let total = 0;\n  for (const value of values) total += value;\n  return total;";
const call = ["const width = 2;", "console.log();", ""].join("\n");
const taken = ["const price = 3;", "const total = price * 2;", "const rest = ", ""].join("\n");

/** Where a person types in `area`, what they type, and what the model adds to it. */
const places = [
  {
    words: "after a letter",
    at: [3, 9],
    keys: [" ", "w"],
    fill: "idth * height;",
    result: area.replace("return", "return width * height;"),
  },
  {
    words: "after a space",
    at: [3, 9],
    keys: [" "],
    fill: "width * height;",
    result: area.replace("return", "return width * height;"),
  },
  {
    words: "on a new line",
    at: [2, 29],
    keys: ["Enter"],
    fill: "const tripled = width * 3;",
    result: area.replace("  return", "  const tripled = width * 3;\n  return"),
  },
] as const;

const paces = [
  { pace: "0.2 s", firstTokenMs: 200 },
  { pace: "1.2 s", firstTokenMs: 1_200 },
] as const;

/** What is to be closed must not have ended by itself before, however long the machine holds a key press up. */
const NEVER_SOON_MS = 15_000;

const fills = createFillScript();
let vendors: Playground;
let editor: EditorUnderTest;

const late = (modelId: string, firstTokenMs: number) => vendors.setFault(modelId, { kind: "late", firstTokenMs });
const press = (key: string) => editor.page.keyboard.press(key);
const asked = () => vendors.log().length;

/** Opens a file of its own, so that nothing that was offered before can help, and puts the cursor there. */
async function stand(file: string, [line, column]: readonly [number, number]): Promise<void> {
  await openFile(editor.page, file);
  await goTo(editor.page, line, column);
}

beforeAll(async () => {
  vendors = await startVendors({ models: allModels, fills });
  const { keys, settings } = fillSettings(vendors, "template");
  const files = ["0.2 s", "1.2 s", "chat", "infill"].flatMap((name) => places.map((_, n) => [`${name}-${n}.ts`, area]));
  editor = await openEditor({
    folder: {
      ...Object.fromEntries(files),
      "along.ts": area,
      "moving.ts": area,
      "escape-0.ts": area,
      "escape-900.ts": area,
      "chat-moving.ts": area,
      "infill-moving.ts": area,
      "body.ts": sum,
      "chat-body.ts": sum,
      "infill-body.ts": sum,
      "windows.ts": sum.replaceAll("\n", "\r\n"),
      "call.ts": call,
      "taken.ts": taken,
    },
    file: "call.ts",
    settings: { ...settings, ...plainTyping },
  });
  await enterKeys(editor.page, keys);
});

afterAll(async () => {
  await editor?.close();
  await vendors?.close();
});

describe.each(paces)("a model that takes $pace to its first token", ({ pace, firstTokenMs }) => {
  it.each(places)("completes $words, and Tab writes its bytes", async (place) => {
    const file = `${pace}-${places.indexOf(place)}.ts`;
    await stand(file, place.at);
    late(drift.id, firstTokenMs);
    fills.write(place.fill);
    const before = asked();
    for (const key of place.keys) await press(key);
    await expectGhost(editor.page, place.fill);
    const rows = vendors.log().slice(before);
    const whole = { model: drift.id, path: "/completions", status: 200, end: "finished", text: place.fill };
    expect(rows.at(-1)).toMatchObject(whole);
    await press("Tab");
    await expectGhost(editor.page, "");
    expect(await savedText(editor, file)).toBe(place.result);
    expect(asked()).toBe(before + rows.length);
  });
});

describe("what was offered", () => {
  it("stays while it is typed along, deleted and taken word by word, and nothing more is asked", async () => {
    await stand("along.ts", [3, 9]);
    late(drift.id, 200);
    fills.write("width * height;");
    await press(" ");
    await expectGhost(editor.page, "width * height;");
    const before = asked();
    await press("w");
    await expectGhost(editor.page, "idth * height;");
    await press("i");
    await expectGhost(editor.page, "dth * height;");
    await press("Backspace");
    await expectGhost(editor.page, "idth * height;");
    await press("Control+ArrowRight");
    await expectGhost(editor.page, " * height;");
    await press(" ");
    await expectGhost(editor.page, "* height;");
    await press("Tab");
    expect(await savedText(editor, "along.ts")).toBe(places[1].result);
    expect(asked()).toBe(before);
    expect(vendors.openRequests()).toBe(0);
  });
});

describe("the upstream socket", () => {
  it("closes when the cursor moves on, and nothing is shown", async () => {
    await stand("moving.ts", [3, 9]);
    late(drift.id, NEVER_SOON_MS);
    fills.write("width * height;");
    await press(" ");
    await untilAsked(vendors);
    const elapsedMs = await timeUntilClosed(vendors, () => press("ArrowUp"));
    console.log(`The socket closed ${elapsedMs.toFixed(0)} ms after the key that moved the cursor.`);
    await expectGhost(editor.page, "");
  });

  it.each([
    { when: "at once", waitMs: 0 },
    { when: "when VS Code itself has stopped waiting", waitMs: 900 },
  ])("closes at Escape, pressed $when", async ({ waitMs }) => {
    await stand(`escape-${waitMs}.ts`, [3, 9]);
    late(drift.id, NEVER_SOON_MS);
    await press(" ");
    await untilAsked(vendors);
    await editor.page.waitForTimeout(waitMs);
    expect(vendors.openRequests()).toBe(1);
    const elapsedMs = await timeUntilClosed(vendors, () => press("Escape"));
    console.log(`The socket closed ${elapsedMs.toFixed(0)} ms after Escape, pressed ${waitMs} ms after the request.`);
    await expectGhost(editor.page, "");
    // Escape is about what was under way, and not about the next letter.
    late(drift.id, 200);
    fills.write("eight * width;");
    await press("h");
    await expectGhost(editor.page, "eight * width;");
  });
});

describe("how much is offered", () => {
  it("is many lines in an empty body", async () => {
    await stand("body.ts", [1, 48]);
    late(drift.id, 0);
    fills.write(sumBody);
    await press("Enter");
    await expectGhost(editor.page, sumBody);
    await takePicture(editor.page, "ghost-text-body");
    await press("Tab");
    expect(await savedText(editor, "body.ts")).toBe(sum.replace("{\n", `{\n  ${sumBody}\n`));
    expect(vendors.log().at(-1)?.text).toBe(sumBody);
  });

  it("is one line in an argument, without what stands behind the cursor", async () => {
    await stand("call.ts", [2, 13]);
    fills.write("idth, 2);\nconsole.log(height);\n");
    await press("w");
    await expectGhost(editor.page, "idth, 2");
    await press("Tab");
    expect(await savedText(editor, "call.ts")).toBe(call.replace("log()", "log(width, 2)"));
  });

  it("is nothing where code stands to the right, and nothing is asked there", async () => {
    await stand("taken.ts", [2, 15]);
    fills.write("otal;");
    const before = asked();
    await press(" ");
    // The next place in the same file is asked for alone: the one before would have come first.
    await goTo(editor.page, 3, 14);
    await press("t");
    await expectGhost(editor.page, "otal;");
    expect(asked()).toBe(before + 1);
    expect(fills.asked.at(-1)?.prefix).toContain("const rest = t");
  });

  it("has the file's own line ends", async () => {
    const windows = sum.replaceAll("\n", "\r\n");
    await stand("windows.ts", [1, 48]);
    fills.write(sumBody);
    await press("Enter");
    await expectGhost(editor.page, sumBody);
    await press("Tab");
    const body = sumBody.replaceAll("\n", "\r\n");
    expect(await savedText(editor, "windows.ts")).toBe(windows.replace("{\r\n", `{\r\n  ${body}\r\n`));
  });
});

describe.each([
  { how: "chat", model: foothill, path: "/messages", words: "that only chats" },
  { how: "infill", model: brook, path: "/infill", words: "of a llama.cpp server" },
] as const)("a model $words", ({ how, model, path }) => {
  beforeAll(async () => {
    await changeSettings(editor, fillSettings(vendors, how).settings);
  });

  it.each(places)("completes $words, and Tab writes its bytes", async (place) => {
    const file = `${how}-${places.indexOf(place)}.ts`;
    await stand(file, place.at);
    late(model.id, 200);
    fills.write(place.fill);
    for (const key of place.keys) await press(key);
    await expectGhost(editor.page, place.fill);
    expect(vendors.log().at(-1)).toMatchObject({ model: model.id, path, end: "finished", text: place.fill });
    await press("Tab");
    expect(await savedText(editor, file)).toBe(place.result);
  });

  it("completes an empty body, shown after VS Code has stopped waiting", async () => {
    const file = `${how}-body.ts`;
    await stand(file, [1, 48]);
    late(model.id, 1_200);
    // In chat there are words around it, as such models are.
    const text = how === "chat" ? `Here you go:\n\n\`\`\`ts\n  ${sumBody}\n\`\`\`\n` : sumBody;
    fills.write(text);
    await press("Enter");
    await expectGhost(editor.page, sumBody);
    expect(vendors.log().at(-1)).toMatchObject({ model: model.id, path });
    expect(text.startsWith(vendors.log().at(-1)?.text ?? "?")).toBe(true);
    const before = asked();
    await press("l");
    await expectGhost(editor.page, sumBody.slice(1));
    await press("Tab");
    expect(await savedText(editor, file)).toBe(sum.replace("{\n", `{\n  ${sumBody}\n`));
    expect(asked()).toBe(before);
  });

  it("is let go when the cursor moves on, and at Escape", async () => {
    await stand(`${how}-moving.ts`, [3, 9]);
    late(model.id, NEVER_SOON_MS);
    await press(" ");
    await untilAsked(vendors);
    const movedMs = await timeUntilClosed(vendors, () => press("ArrowUp"));
    // The status bar is behind: what it says of the place before would be taken for the way back.
    await expect.poll(() => cursorPlace(editor.page)).toContain("Ln 2");
    await goTo(editor.page, 3, 10);
    await press("w");
    await untilAsked(vendors);
    const escapedMs = await timeUntilClosed(vendors, () => press("Escape"));
    console.log(
      `Socket of ${path}: closed ${movedMs.toFixed(0)} ms after moving, ${escapedMs.toFixed(0)} after Escape.`,
    );
    await expectGhost(editor.page, "");
  });
});

describe("the books", () => {
  it("have every request settled, and where it came to its end, at the vendor's own price", async () => {
    await expect.poll(() => readLedger(editor.storage).filter((row) => row.outcome === null)).toEqual([]);
    const rows = readLedger(editor.storage);
    expect(rows.length).toBe(vendors.log().length);
    const computed = rows.flatMap((row, n) =>
      row.cost_source === "computed" ? [[row, vendors.log()[n]] as const] : [],
    );
    expect(computed.length).toBeGreaterThan(10);
    for (const [row, logged] of computed)
      expect(row).toMatchObject({ model_id: logged?.model, cost_nano: logged?.costNano });
    // The others were closed before their last byte, or nobody is paid for them.
    const sources = new Set(rows.map((row) => row.cost_source));
    expect([...sources].sort()).toEqual(["computed", "estimated", "free"]);
  });
});
