import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { BadInput, textOf } from "../../bench/routing/read-jsonl.ts";
import { parseRows, readDataFolder } from "../../bench/routing/rows.ts";

const root = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "wayfare-bad-input-"));
afterAll(() => rmSync(folder, { recursive: true }));

const question = { id: "a", source: "mmlu", prompt: "2 + 2?", group: "a", outcomes: { small: 1 } };
const file = (name: string, ...lines: string[]): string => {
  const path = join(folder, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, lines.map((line) => `${line}\n`).join(""));
  return path;
};
file("data/coding_train.jsonl", JSON.stringify(question));
file(
  "broken/coding_train.jsonl",
  JSON.stringify(question),
  "",
  JSON.stringify({ ...question, outcomes: { small: "1" } }),
);
file("empty/notes.txt", "nothing here");
const noAnswer = file(
  "no-answer.jsonl",
  JSON.stringify({ id: "a", set: "s", group: "a", weak: 1, strong: 1, visible: {} }),
);

/** What a script leaves behind: nothing is graded or trained before its arguments are read. */
const run = (script: "train" | "grade", ...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, "bench/routing", `${script}.ts`), ...args],
    {
      cwd: root,
      encoding: "utf8",
      timeout: 30_000,
    },
  );
  return { status, stdout, stderr: stderr.replaceAll(folder, "/tmp/here") };
};
const files =
  "Name the folder with the graded questions as DATA_FOLDER: it holds coding_train.jsonl, routellm_mmlu_train.jsonl, routellm_gsm8k_train.jsonl, routerarena_train.jsonl, or some of them.";
const sealed = "Name a file of graded questions or answers, one JSON object a line, behind --sealed.";
const trainUsage =
  "Name the folder with the graded questions: npm run train -- DATA_FOLDER [--date YYYY-MM-DD]. It holds one JSON object a line: {id, source, prompt, group, outcomes: {model: 0..1}}.";
const gradeUsage =
  "Name the folder with the graded questions: npm run bench:routing -- DATA_FOLDER [--sealed FILE …]. Each sealed file follows a --sealed of its own.";
const wrongAnswer =
  '/tmp/here/no-answer.jsonl, line 1, is no graded answer: field "visible.has": Invalid input: expected number, received undefined. Mend or remove that line.';

describe("the training and grading scripts say in a sentence what is wrong with their arguments", {
  timeout: 30_000,
}, () => {
  it.each<["train" | "grade", string[], string]>([
    ["train", ["/nowhere"], `/nowhere is not there. ${files}`],
    // A folder with nothing to train on: a script that took the date would write no weights of this.
    ["train", [join(folder, "empty"), "--date", "yesterday"], trainUsage],
    ["grade", ["/nowhere"], `/nowhere is not there. ${files}`],
    ["grade", [join(folder, "data"), "--sealed", "/nowhere.jsonl"], `/nowhere.jsonl is not there. ${sealed}`],
    ["grade", [join(folder, "data"), "--sealed", noAnswer], wrongAnswer],
    ["grade", [join(folder, "data"), "--seal", noAnswer], gradeUsage],
  ])("%s %j", (script, args, sentence) => {
    expect(run(script, ...args)).toEqual({ status: 1, stdout: "", stderr: `${sentence}\n` });
  });
});

describe("what is read for them", () => {
  const problem = (read: () => unknown): string => {
    try {
      read();
    } catch (error) {
      if (error instanceof BadInput) return error.message.replaceAll(folder, "/tmp/here");
      throw error;
    }
    return "no problem";
  };

  it("names the folder that is none, or has no questions", () => {
    expect(problem(() => readDataFolder(join(folder, "data")))).toBe("no problem");
    expect(problem(() => readDataFolder(noAnswer))).toBe(`/tmp/here/no-answer.jsonl is no folder. ${files}`);
    expect(problem(() => readDataFolder(join(folder, "empty")))).toBe(
      `There are no questions in /tmp/here/empty. ${files}`,
    );
    expect(problem(() => textOf(folder))).toBe("/tmp/here cannot be read: it is a folder.");
  });

  it("names the file, the line and the field of what is no question", () => {
    expect(problem(() => readDataFolder(join(folder, "broken")))).toBe(
      '/tmp/here/broken/coding_train.jsonl, line 3, is no graded question: field "outcomes.small": Invalid input: expected number, received string. Mend or remove that line.',
    );
    expect(problem(() => parseRows(`${JSON.stringify(question)}\n{\n`, "/tmp/q.jsonl"))).toBe(
      "/tmp/q.jsonl, line 2, is no graded question: it is no JSON. The file needs one JSON object a line.",
    );
  });
});
