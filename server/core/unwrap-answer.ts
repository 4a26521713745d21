import { isBlank, lineBefore } from "./code-shape.ts";
import { allMarks } from "./fim-families.ts";

/**
 * What a model put around its completion, taken off: a model's thoughts, marks, prose and code fences, the file told back.
 * Each takes a text that may still be coming and gives what belongs at the cursor, or null when that has not begun.
 */

/** The completion within an answer, null when nothing of it has come. */
export function unwrapAnswer(answer: string, prefix: string): string | null {
  const thought = withoutThoughts(answer.replaceAll("\r\n", "\n"));
  if (thought === null) return null;
  const fenced = withoutFence(withoutMarks(thought, prefix), prefix);
  return fenced === null ? null : withoutEcho(fenced, prefix);
}

/** Thoughts stand before the answer; while they go on there is none. */
export function withoutThoughts(text: string): string | null {
  const close = /<\/(?:think|thinking|thought|reasoning)>\s*?\n?/.exec(text);
  const open = /^\s*<(?:think|thinking|thought|reasoning)>/.exec(text);
  if (open !== null) return close === null ? null : text.slice(close.index + close[0].length).replace(/^\n+/, "");
  // Some servers put the opening mark into the prompt, so that only the closing one comes.
  if (close !== null && close[0].startsWith("</think>"))
    return text.slice(close.index + close[0].length).replace(/^\n+/, "");
  return text;
}

/** The marks of a prompt: those at the start go, and what stands behind a later one belongs to nothing. */
export function withoutMarks(text: string, prefix: string): string {
  if (!/[<[]/.test(text)) return text;
  let result = text;
  for (let round = 0; round < 4; round++) {
    const mark = allMarks.find((each) => result.startsWith(each) && !prefix.includes(each));
    if (mark === undefined) break;
    result = result.slice(mark.length);
  }
  let end = result.length;
  for (const mark of allMarks) {
    const at = result.indexOf(mark);
    if (at !== -1 && at < end && !prefix.includes(mark)) end = at;
  }
  return result.slice(0, end);
}

/** What stands within a code fence; null while only the opening fence or the prose before it has come. */
export function withoutFence(text: string, prefix: string): string | null {
  if (prefix.trimEnd().endsWith("```")) return text;
  const open = /^(?:[^\n`]*\n){0,6}?[ \t]*(`{3,}|~{3,})([^\n`]*)(\n|$)/.exec(text);
  if (open === null) return text;
  if (open[3] === "") return null;
  const fence = open[1] ?? "```";
  const inside = text.slice(open[0].length);
  const close = new RegExp(`(?:^|\\n)[ \\t]*${fence}[ \\t]*(?=\\n|$)`).exec(inside);
  return close === null ? inside : inside.slice(0, close.index);
}

/** The line of the cursor told back, as it stands on its left. */
export function withoutEcho(text: string, prefix: string): string {
  const before = lineBefore(prefix);
  const line = before.trimStart();
  if (line.length < 4 || isBlank(line)) return text;
  const start = text.length - text.trimStart().length;
  return text.startsWith(line, start) ? text.slice(start + line.length) : text;
}
