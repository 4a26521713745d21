import { readFileSync } from "node:fs";
import { join } from "node:path";
import { composePrompt } from "../../../server/core/compose-prompt.ts";
import type { Question } from "../../../server/core/provider.ts";
import { answerQuestion, simulatedLabel } from "../../../server/playground/answer-question.ts";
import type { ContextItem, Tier } from "../../../shared/answer.ts";

export const sampleFolder = join(import.meta.dirname, "../../../media/sample");

export const duration = "src/duration.ts";
export const pool = "src/pool.ts";
export const report = "tools/report.py";
export const retry = "cmd/retry/main.go";

export function sampleText(path: string): string {
  return readFileSync(join(sampleFolder, path), "utf8");
}

export function fileItem(path: string, text = sampleText(path)): ContextItem {
  const languageId = path.endsWith(".ts") ? "typescript" : path.endsWith(".py") ? "python" : "go";
  const lastLine = text.split("\n").length;
  return { kind: "file", path, languageId, text, firstLine: 1, lastLine, diagnostics: [] };
}

/** Lines of a sample file, as the editor sends a selection. */
export function selection(path: string, firstLine: number, lastLine: number): ContextItem {
  const text = sampleText(path)
    .split("\n")
    .slice(firstLine - 1, lastLine)
    .join("\n");
  return { ...fileItem(path, text), kind: "selection", firstLine, lastLine };
}

export interface Asked {
  question: string;
  context?: ContextItem[];
  history?: Question["history"];
  tier?: Tier;
}

/** Asks a simulated model what Wayfare would ask it; the answer without its label, which must be its last line. */
export function ask({ question, context = [fileItem(duration)], history = [], tier = "cheap" }: Asked): string {
  const { messages, inputTokens } = composePrompt({
    question: { text: question, context, history },
    budgetTokens: 100_000,
  });
  const request = {
    modelId: tier === "cheap" ? "sim-small" : "sim-large",
    tier,
    messages,
    inputTokens,
    maxOutputTokens: 4_096,
  };
  const answer = answerQuestion(request);
  const end = `\n\n${simulatedLabel}\n`;
  if (!answer.endsWith(end)) throw new Error(`Not labelled as simulated:\n${answer}`);
  return answer.slice(0, -end.length);
}

export interface CodeBlock {
  language: string;
  path: string;
  code: string;
}

export function blocksIn(answer: string): CodeBlock[] {
  return [...answer.matchAll(/^(```+)(\w+)(?: (\S+))?\n([\s\S]*?)\n\1$/gm)].map((match) => ({
    language: match[2] ?? "",
    path: match[3] ?? "",
    code: `${match[4]}\n`,
  }));
}

/** The block that belongs to a file; fails when there is none. */
export function blockFor(answer: string, path: string): string {
  const block = blocksIn(answer).find((each) => each.path === path);
  if (block === undefined) throw new Error(`No code for ${path} in:\n${answer}`);
  return block.code;
}

/** A file with the declarations of `code` in the places of those that begin alike, as a person would paste them. */
export function pasteInto(file: string, code: string): string {
  let text = file;
  for (const block of declarationsIn(code)) {
    const head = block.slice(0, block.indexOf("\n"));
    const old = declarationsIn(text).find((each) => each.slice(0, each.indexOf("\n")) === head);
    if (old === undefined) throw new Error(`Nothing in the file begins with: ${head}`);
    text = text.replace(old, () => block);
  }
  return text;
}

function declarationsIn(code: string): string[] {
  return code.match(/^(?:export )?(?:async )?(?:function|def|func) [^\n]*\n(?:(?:[ \t][^\n]*)?\n)*(?:\}\n)?/gm) ?? [];
}
