import { endsWithOpener, isBlank, isCloserLine } from "./code-shape.ts";
import { allMarks } from "./fim-families.ts";
import { holdsWords, isAddressed, isProseLine } from "./prose-line.ts";
import type { Surroundings } from "./surroundings.ts";

/**
 * What a model put around its completion, taken off: thoughts, marks, prose, code fences, the file told back. Each takes a
 * text that may still be coming, and gives what belongs at the cursor, or null while that has not begun.
 */

/** Thoughts stand before the answer. */
export function withoutThoughts(text: string): string | null {
  const isOpen = /^\s*<(?:think|thinking|thought|reasoning)>/.test(text);
  const close = /<\/(?:think|thinking|thought|reasoning)>/.exec(text);
  if (close === null) return isOpen ? null : text;
  // Some servers put the opening mark into the prompt, so that only the closing one comes.
  if (!isOpen && close[0] !== "</think>") return text;
  return text.slice(close.index + close[0].length).replace(/^\s*?\n+/, "");
}

/** The marks of prompts: those at the start go, and what stands behind a later one belongs to nothing. */
export function withoutMarks(text: string, around: Surroundings): string {
  if (!/[<[]/.test(text)) return text;
  // A file that is about such marks may have them.
  const marks = allMarks.filter((mark) => !around.prefix.includes(mark) && !around.suffix.includes(mark));
  let result = text;
  for (let round = 0; round < maxLeadingMarks; round++) {
    const mark = marks.find((each) => result.startsWith(each));
    if (mark === undefined) break;
    result = result.slice(mark.length);
  }
  let end = result.length;
  for (const mark of marks) {
    const at = result.indexOf(mark);
    if (at !== -1 && at < end) end = at;
  }
  return result.slice(0, end);
}

const maxLeadingMarks = 4;

/** What stands within the first code fence; a fence that only closes ends the text. */
export function withoutFence(text: string, around: Surroundings): string | null {
  if (!text.includes("```") && !text.includes("~~~")) return text;
  const isMarkdown = around.languageId === "markdown";
  // In Markdown a fence may be what was missing, unless it holds Markdown itself.
  const opening = isMarkdown ? /^\s*(`{3,})(?:markdown|md)[ \t]*(\n|$)/.exec(text) : fence.exec(text);
  if (opening === null) return text;
  const [whole, mark = "```", end = ""] = opening;
  const above = text.slice(0, opening.index);
  if (!isBlank(above) && !around.fromChat) return text;
  if (!isBlank(above) && !above.split("\n").some((line) => isProseLine(line) || isHeading(line))) return above;
  if (end === "") return null;
  const inside = text.slice(opening.index + whole.length);
  const close = inside.split("\n").findIndex((line) => line.trim().startsWith(mark));
  return close === -1 ? inside : inside.split("\n").slice(0, close).join("\n");
}

/** "Completed code:", "Result:". */
function isHeading(line: string): boolean {
  return /^\**[A-Z][^;{}()[\]=<>$\\|"']*:\**$/.test(line.trim());
}

const fence = /(?<=^|\n)[ \t]*(`{3,}|~{3,})[^\n`]*(\n|$)/;

/** Sentences of a chat model before and after its code; null when there is nothing else. */
export function withoutProse(text: string, around: Surroundings): string | null {
  if (!around.fromChat || around.isText || around.quote !== null) return text;
  const lines = text.split("\n");
  let start = 0;
  while (start < lines.length && start < maxProseLines) {
    const line = lines[start] ?? "";
    if (!isBlank(line) && !isTalk(line, around)) break;
    start++;
  }
  const firstIsProse = lines.slice(0, start).some((line) => !isBlank(line));
  const kept = firstIsProse ? lines.slice(start) : lines;
  if (firstIsProse && isBlank(kept.join(""))) return null;
  const after = kept.findIndex(
    (line, index) =>
      index > 0 && isBlank(kept[index - 1] ?? "") && isTalk(line, around) && !isInText(kept.slice(0, index)),
  );
  const code = after === -1 ? kept : kept.slice(0, after);
  return unquoted(code.join("\n"), around);
}

const maxProseLines = 12;

/** A sentence of the model's own, not one of the file's that it tells back. */
function isTalk(line: string, around: Surroundings): boolean {
  if (holdsWords(around) && !isAddressed(line)) return false;
  return isProseLine(line) && !around.prefix.includes(line.trim()) && !around.suffix.includes(line.trim());
}

/** Whether the next line stands in a comment or a text of several lines. */
function isInText(lines: readonly string[]): boolean {
  const text = lines.join("\n");
  const isQuoted = ['"""', "'''", "`"].some((quote) => text.split(quote).length % 2 === 0);
  return isQuoted || text.lastIndexOf("/*") > text.lastIndexOf("*/");
}

/** One line between backticks is Markdown's, in a language that has no use for them. */
function unquoted(text: string, around: Surroundings): string {
  if (!noBackticks.has(around.languageId)) return text;
  return /^\s*`([^`\n]+)`\s*$/.exec(text)?.[1] ?? text;
}

const noBackticks = new Set(["python", "java", "c", "cpp", "csharp", "rust", "json", "jsonc", "css", "yaml"]);

/** The file told back up to the cursor, or only the cursor's own line or word; null while that goes on. */
export function withoutEcho(text: string, around: Surroundings): string | null {
  const lines = withoutLines(text, around);
  return lines === undefined ? withoutLine(text, around) : lines;
}

/** Lines above the cursor that are looked at for an echo. */
const maxEchoLines = 300;

/** undefined: no line above is told back. */
function withoutLines(text: string, around: Surroundings): string | null | undefined {
  const told = text.split("\n");
  const start = told.findIndex((line) => !isBlank(line));
  const first = told[start]?.trim();
  if (first === undefined) return undefined;
  const file = around.prefix.split("\n");
  const cursor = file.length - 1;
  let begun = false;
  for (let from = cursor - 1; from >= 0 && from >= cursor - maxEchoLines; from--) {
    const line = file[from]?.trim() ?? "";
    const isBegun = around.finished === "not yet" && start === told.length - 1 && line.startsWith(first);
    if (line !== first && !isBegun) continue;
    const echo = follow(told, start, file, from, around);
    if (echo === "begun") begun = true;
    else if (echo !== undefined) return echo.rest;
  }
  if (begun) return null;
  return around.fromChat ? behindLastLine(told, start, file) : undefined;
}

/**
 * What follows an echo of the lines from `from` to the cursor's; "begun" when the text ends within the echo; undefined when
 * it is none.
 */
function follow(
  told: readonly string[],
  start: number,
  file: readonly string[],
  from: number,
  around: Surroundings,
): { rest: string } | "begun" | undefined {
  const cursor = file.length - 1;
  const isComing = around.finished === "not yet";
  let equal = 0;
  for (let index = from; index < cursor; index++) {
    const at = start + index - from;
    const line = told[at];
    const wanted = file[index]?.trim() ?? "";
    const isLast = at >= told.length - 1;
    if (line === undefined || (isComing && isLast && wanted.startsWith(line.trim()))) {
      // Who fills holes repeats what stands above only if that is meant; in chat a line or two may be meant as well.
      return around.fromChat && (isComing || equal > 2) ? "begun" : undefined;
    }
    if (line.trim() !== wanted) return undefined;
    if (!isCloserLine(line)) equal++;
  }
  // A model made to fill holes seldom tells anything back, and one equal line may be meant, unless it begins a scope again.
  const mostMeant = around.fromChat || opensScope(told[start] ?? "", around) ? 0 : 1;
  if (equal <= mostMeant) return undefined;
  const at = start + cursor - from;
  const line = told[at];
  const before = (file[cursor] ?? "").trim();
  if (line === undefined) return "begun";
  if (before === "") return { rest: told.slice(at).join("\n") };
  if (!line.trimStart().startsWith(before)) {
    return isComing && at === told.length - 1 && before.startsWith(line.trim()) ? "begun" : undefined;
  }
  return { rest: [line.trimStart().slice(before.length), ...told.slice(at + 1)].join("\n") };
}

/** `export function area(width: number): number {`: nobody writes that again within itself. */
function opensScope(line: string, around: Surroundings): boolean {
  return line.trim().length >= minScopeLine && endsWithOpener(line, around.languageId);
}

/** `try {` and the like may stand within their own kind. */
const minScopeLine = 20;

/** The file told back with changes: what follows the last line above the cursor, if that is told once. */
function behindLastLine(told: readonly string[], start: number, file: readonly string[]): string | undefined {
  const top = file.findIndex((line) => !isBlank(line));
  if (top === -1 || told[start]?.trim() !== file[top]?.trim()) return undefined;
  const before = (file.at(-1) ?? "").trim();
  const last = before === "" ? file.findLast((line) => !isBlank(line))?.trim() : before;
  if (last === undefined || last.length < 6) return undefined;
  const at = told.findLastIndex((line) => (before === "" ? line.trim() === last : line.trim().startsWith(last)));
  if (at <= start) return undefined;
  if (before === "") return told.slice(at + 1).join("\n");
  return [(told[at] ?? "").trimStart().slice(last.length), ...told.slice(at + 1)].join("\n");
}

function withoutLine(text: string, around: Surroundings): string | null {
  const line = around.before.trimStart();
  if (isBlank(line)) return text;
  const told = text.trimStart();
  if (around.finished === "not yet" && around.fromChat && line.startsWith(told)) return null;
  const isLong = line.trimEnd().length >= (around.fromChat ? 1 : 8);
  if (isLong && told.startsWith(line)) return told.slice(line.length);
  if (isLong && around.fromChat && line.trimEnd().length > 2 && told.startsWith(line.trimEnd())) {
    return told.slice(line.trimEnd().length).trimStart();
  }
  if (around.fromChat) {
    // From some word of the line on.
    for (const word of line.matchAll(/(?<![\p{L}\p{N}_$])[\p{L}_$]/gu)) {
      const end = line.slice(word.index);
      if (end.length >= 3 && /[^\p{L}\p{N}_$]/u.test(end) && told.startsWith(end)) return told.slice(end.length);
    }
  }
  const begun = /[\p{L}\p{N}_$]+$/u.exec(line)?.[0] ?? "";
  const word = /^[\p{L}\p{N}_$]+/u.exec(text)?.[0] ?? "";
  const isBegunAgain = word.length > begun.length && word.startsWith(begun);
  return begun.length >= (around.fromChat ? 2 : 3) && isBegunAgain ? text.slice(begun.length) : text;
}
