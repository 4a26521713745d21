import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Playground } from "../../server/playground/start-playground.ts";
import { askAndWait, chatFrame, decisionText, lineText, newChat, openChat, pick, untilEnded } from "./chat.ts";
import { type EditorUnderTest, openEditor } from "./open-editor.ts";
import { enterKeys } from "./set-up-provider.ts";
import { takePicture } from "./take-picture.ts";
import { codeAnswer, plainAnswer, startVendors, vendorSettings } from "./vendors.ts";
import { statusItem } from "./workbench.ts";

/** Evidence and the person's word move a conversation between the tiers, and nothing else does. */

const sum = (ending: string) => `export function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0${ending}
}
`;
const python = "def total(values):\n    return sum(values)\n";
const answerOf = (ending: string) =>
  `In TypeScript:\n\n\`\`\`ts\n${sum(ending)}\`\`\`\n\nAnd in Python:\n\n\`\`\`python\n${python}\`\`\`\n`;

let vendors: Playground;
let editor: EditorUnderTest;

beforeAll(async () => {
  vendors = await startVendors({
    answer({ modelId, messages }) {
      const question = messages.at(-1)?.text ?? "";
      if (/show the code/i.test(question)) return codeAnswer;
      // The cheap one forgets a bracket.
      return /write a sum/i.test(question) ? answerOf(modelId === "pebble-1" ? ";" : ");") : plainAnswer;
    },
  });
  editor = await openEditor({ folder: "sample", file: "src/duration.ts", settings: vendorSettings(vendors) });
  await enterKeys(editor.page, ["quarry", "alps"]);
  await openChat(editor.page);
});

afterAll(async () => {
  await editor?.close();
  await vendors?.close();
});

const turns = () => chatFrame(editor.page).locator("article.turn");
const whoAnswers = () => chatFrame(editor.page).locator(".picker-words").innerText();

describe("code in an answer", () => {
  it("that does not parse is asked for again of the frontier in the same turn, and the line says why and for how much", async () => {
    const turn = await askAndWait(editor.page, "Write a sum");
    expect(await lineText(turn)).toMatch(
      /^frontier \$0\.\d{4} summit-2 · escalated: the cheap answer's code did not parse \(line 2\), \$0\.\d{4} more$/,
    );
    expect(await turn.locator(".code-block code").allTextContents()).toEqual([sum(");"), python]);
    expect(await turn.locator(".unparsed").count()).toBe(0);
    await takePicture(editor.page, "escalated");
  });

  it("that does not parse is marked at its line, and only that, where the cheap tier was picked by hand", async () => {
    await newChat(editor.page);
    await pick(editor.page, "Cheap");
    const turn = await askAndWait(editor.page, "Write a sum");
    expect(await lineText(turn)).toMatch(/^cheap .* pebble-1 /);
    const blocks = turn.locator(".code-block");
    expect(await blocks.locator("code").allTextContents()).toEqual([sum(";"), python]);
    expect(await blocks.nth(0).locator(".unparsed").innerText()).toMatch(
      /^\s*does not parse, line 2 Retry on frontier \(about \$0\.0\d+\)$/,
    );
    expect(await turn.locator(".unparsed").count()).toBe(1);
    await takePicture(editor.page, "does-not-parse");
  });

  it("is asked for again on the frontier by a click at the mark", async () => {
    await turns().first().locator(".unparsed").getByRole("button").click();
    const turn = turns().nth(1);
    await turn.waitFor();
    await untilEnded(turn);
    expect(await turn.locator(".question-words").innerText()).toBe("Write a sum");
    expect(await lineText(turn)).toMatch(/^frontier .* summit-2 /);
    expect(await turn.locator(".code-block code").allTextContents()).toEqual([sum(");"), python]);
    expect(await turn.locator(".unparsed").count()).toBe(0);
    expect(await turns().first().locator(".unparsed").count()).toBe(1);
  });

  it("that is sound bears no mark", async () => {
    await newChat(editor.page);
    const turn = await askAndWait(editor.page, "Show the code");
    expect(await turn.locator(".code-block").count()).toBe(1);
    expect(await turn.locator(".unparsed").count()).toBe(0);
  });
});

const hard =
  "Why does `parse` fail the second time, after a bad input? Find the root cause, prove that no order of calls can go wrong after the mend, and mind concurrent callers.";
const followUp = "And in one word?";

describe("a conversation", () => {
  it("stays on the frontier once a question of it was hard", async () => {
    await newChat(editor.page);
    expect(await lineText(await askAndWait(editor.page, hard))).toMatch(/^frontier .* summit-2 /);
    const next = await askAndWait(editor.page, followUp);
    // Either the question itself was weighed as a part of what went before, or the conversation kept its tier.
    expect(await lineText(next)).toMatch(
      /^frontier \$0\.\d{4} summit-2 · (continues a frontier answer|this conversation is on frontier)/,
    );
  });

  it("that is another one begins with its own question", async () => {
    await newChat(editor.page);
    expect(await lineText(await askAndWait(editor.page, followUp))).toMatch(/^cheap .* pebble-1 /);
  });

  it("that was cheap goes up for a harder question, and says that it is one", async () => {
    const turn = await askAndWait(editor.page, hard);
    expect(await lineText(turn)).toMatch(/^frontier .* summit-2 · harder than before: /);
  });
});

describe("Always frontier here", () => {
  const files = () => readdirSync(editor.folder, { recursive: true }).sort();
  const settings = () => readFileSync(join(editor.userData, "User", "settings.json"), "utf8");

  /** Opens a folder in this window, as a person does from the list of recent ones. */
  async function openFolder(folder: string): Promise<void> {
    await editor.page.goto(`${new URL(editor.page.url()).origin}/?${new URLSearchParams({ folder })}`);
    await statusItem(editor.page).waitFor({ timeout: 60_000 });
    await openChat(editor.page);
  }

  it("holds for every new chat of the workspace, over a reload, and is in no file", async () => {
    const before = { files: files(), settings: settings() };
    const turn = turns().last();
    await decisionText(turn);
    await turn.getByRole("button", { name: "Always frontier here" }).click();
    await turn.getByText("Always frontier here is set.").waitFor();
    await newChat(editor.page);
    expect(await whoAnswers()).toBe("Always frontier");
    expect(await lineText(await askAndWait(editor.page, followUp))).toMatch(
      /^frontier \$0\.\d{4} summit-2 · you chose frontier$/,
    );
    await editor.reload();
    await openChat(editor.page);
    await newChat(editor.page);
    await expect.poll(whoAnswers).toBe("Always frontier");
    expect({ files: files(), settings: settings() }).toEqual(before);
  });

  it("does not hold in another workspace, and still does in its own", async () => {
    const other = join(dirname(editor.folder), "other");
    mkdirSync(other);
    await openFolder(other);
    expect(await whoAnswers()).toBe("Auto");
    await openFolder(editor.folder);
    await newChat(editor.page);
    await expect.poll(whoAnswers).toBe("Always frontier");
  });
});
