import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod";
import { inRoot } from "../../scripts/root.ts";
import type { Playground } from "../../server/playground/start-playground.ts";
import { contextItemSchema, tierSchema } from "../../shared/answer.ts";
import type { EstimateParams } from "../../shared/estimate.ts";
import { askAndWait, newChat, openChat } from "./chat.ts";
import { type EditorUnderTest, openEditor } from "./open-editor.ts";
import { readLedger } from "./read-ledger.ts";
import { enterKeys } from "./set-up-provider.ts";
import { plainAnswer, startVendors, vendorSettings } from "./vendors.ts";
import { runCommand } from "./workbench.ts";

/**
 * Forty requests that any colleague would call simple or hard, written by someone who had not seen the classifier, each
 * put to the installed extension as the chat puts them while they are typed.
 */
const cases = z
  .array(
    z.object({
      id: z.string(),
      want: tierSchema,
      question: z.string(),
      context: z.array(contextItemSchema),
      history: z.array(z.object({ question: z.string(), answer: z.string() })),
    }),
  )
  .parse(JSON.parse(readFileSync(inRoot("test", "fixtures", "plain.json"), "utf8")));

/** So many go where a person would send them. */
const LEAST_RIGHT = 38;

let vendors: Playground;
let editor: EditorUnderTest;
let exchange = "";

beforeAll(async () => {
  const answers = new Map(cases.flatMap(({ history }) => history.map((each) => [each.question, each.answer])));
  vendors = await startVendors({
    answer({ messages }) {
      const asked = messages.at(-1)?.text ?? "";
      return [...answers].find(([question]) => asked.includes(question))?.[1] ?? plainAnswer;
    },
  });
  editor = await openEditor({
    folder: "none",
    settings: vendorSettings(vendors),
    prepare({ userData }) {
      exchange = join(userData, "exchange");
      mkdirSync(exchange, { recursive: true });
      installAsker(join(dirname(userData), "extensions"), exchange);
    },
  });
  await enterKeys(editor.page, ["quarry", "alps"]);
  await openChat(editor.page);
});

afterAll(async () => {
  await editor?.close();
  await vendors?.close();
});

/** A small extension beside Wayfare, which asks it what a caller in the same host can ask. */
function installAsker(extensions: string, folder: string): void {
  const name = "suite.asker-1.0.0";
  const place = join(extensions, name);
  mkdirSync(place, { recursive: true });
  const manifest = {
    name: "asker",
    publisher: "suite",
    version: "1.0.0",
    engines: { vscode: "^1.106.0" },
    main: "./main.js",
    activationEvents: ["onStartupFinished"],
    extensionKind: ["workspace"],
    contributes: { commands: [{ command: "suite.estimate", title: "Estimate All", category: "Suite" }] },
  };
  const main = `
    const { readFileSync, writeFileSync, renameSync } = require("node:fs");
    const vscode = require("vscode");
    const folder = ${JSON.stringify(folder)};
    exports.activate = (context) => {
      context.subscriptions.push(vscode.commands.registerCommand("suite.estimate", async () => {
        const { estimate } = await vscode.extensions.getExtension("wayfare.wayfare").activate();
        const results = [];
        for (const params of JSON.parse(readFileSync(folder + "/asked.json", "utf8"))) results.push(await estimate(params));
        writeFileSync(folder + "/answered.partial", JSON.stringify(results));
        renameSync(folder + "/answered.partial", folder + "/answered.json");
      }));
    };
  `;
  writeFileSync(join(place, "package.json"), JSON.stringify(manifest));
  writeFileSync(join(place, "main.js"), main);
  const list = join(extensions, "extensions.json");
  const installed: unknown[] = JSON.parse(readFileSync(list, "utf8"));
  const location = { $mid: 1, path: place, scheme: "file" };
  const entry = { identifier: { id: "suite.asker" }, version: "1.0.0", location, relativeLocation: name, metadata: {} };
  writeFileSync(list, JSON.stringify([...installed, entry]));
}

/** Asks the earlier questions of a case for real, in a chat of its own, and gives the conversation. */
async function converse(history: (typeof cases)[number]["history"]): Promise<string> {
  if (history.length === 0) return "";
  await newChat(editor.page);
  let turnId: string | null = null;
  for (const { question } of history) {
    turnId = await (await askAndWait(editor.page, question)).getAttribute("data-turn");
  }
  return readLedger(editor.storage).find((row) => row.turn_id === turnId)?.session_id ?? "";
}

/** The most that one threshold on the length of question and context gets right, whichever side is the hard one. */
function lengthAlone(): number {
  const sized = cases.map(({ question, context, want }) => ({
    length: question.length + context.reduce((sum, { text }) => sum + text.length, 0),
    isHard: want === "frontier",
  }));
  const rightAt = (threshold: number) => sized.filter((each) => each.length >= threshold === each.isHard).length;
  const counts = [...sized.map(({ length }) => length), Number.POSITIVE_INFINITY].map(rightAt);
  return Math.max(...counts, ...counts.map((right) => sized.length - right));
}

it(`at least ${LEAST_RIGHT} of forty plain requests go where a person would send them`, async () => {
  const asked: EstimateParams[] = [];
  for (const { question, context, history } of cases) {
    asked.push({ sessionId: await converse(history), question, context });
  }
  writeFileSync(join(exchange, "asked.json"), JSON.stringify(asked));
  await runCommand(editor.page, "Suite: Estimate All");
  const read = () => readFileSync(join(exchange, "answered.json"), "utf8");
  await expect.poll(read).not.toBe("");
  const answered = z.array(z.object({ tier: tierSchema.nullable() })).parse(JSON.parse(read()));
  const wrong = cases.flatMap(({ id, want }, n) => (answered[n]?.tier === want ? [] : [`${id} (${want})`]));
  const right = cases.length - wrong.length;
  console.log(`plain requests: ${right} of ${cases.length} right; by length alone at most ${lengthAlone()}`);
  expect(cases).toHaveLength(40);
  expect(answered).toHaveLength(40);
  expect(right, `wrong: ${wrong.join(", ")}`).toBeGreaterThanOrEqual(LEAST_RIGHT);
});
