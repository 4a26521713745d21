import type { Question } from "../../../server/core/provider.ts";
import type { ContextItem, Tier } from "../../../shared/answer.ts";
import type { EditorRequest } from "./editor-requests.ts";

const languages: Readonly<Record<string, string>> = {
  c: "c",
  cpp: "cpp",
  css: "css",
  go: "go",
  html: "html",
  java: "java",
  js: "javascript",
  json: "json",
  py: "python",
  sql: "sql",
  ts: "typescript",
  tsx: "typescriptreact",
  yml: "yaml",
  Dockerfile: "dockerfile",
  Makefile: "makefile",
};

/** The part of `plain-simple-requests.ts` and `plain-hard-requests.ts` that the vocabulary and the weights may be fitted to. */
export function open(requests: readonly EditorRequest[]): EditorRequest[] {
  return requests.filter((_, index) => index % 2 === 0);
}

/** The part held back. */
export function heldBack(requests: readonly EditorRequest[]): EditorRequest[] {
  return requests.filter((_, index) => index % 2 === 1);
}

type Turn = Question["history"][number];

export function simple(text: string, ...around: (ContextItem | Turn[])[]): EditorRequest {
  return request("cheap", text, around);
}

export function hard(text: string, ...around: (ContextItem | Turn[])[]): EditorRequest {
  return request("frontier", text, around);
}

function request(tier: Tier, text: string, around: (ContextItem | Turn[])[]): EditorRequest {
  const context: ContextItem[] = [];
  const history: Turn[] = [];
  for (const each of around) {
    if (Array.isArray(each)) history.push(...each);
    else context.push(each);
  }
  return { tier, text, context, history };
}

export function turn(question: string): Turn {
  return { question, answer: "…", failed: false, tier: "cheap", askedWith: [] };
}

/** A whole file. */
export function at(path: string, lines: number, text = "const value = 1;\n"): ContextItem {
  const languageId = languages[path.slice(path.lastIndexOf(".") + 1)] ?? "plaintext";
  const times = Math.max(1, Math.floor(lines / (text.split("\n").length - 1)));
  return { kind: "file", path, languageId, text: text.repeat(times), firstLine: 1, lastLine: lines, diagnostics: [] };
}

/** Selected lines of a file. */
export function part(path: string, lines: number, text?: string): ContextItem {
  return { ...at(path, lines, text), kind: "selection", firstLine: 12, lastLine: 11 + lines };
}

export function problem(item: ContextItem, message: string): ContextItem {
  return { ...item, diagnostics: [{ severity: "error", line: item.firstLine, message }] };
}
