import { isBlank, lineAbove, lineBefore } from "./code-shape.ts";
import { allMarks, fimFamilyOf, holeMark } from "./fim-families.ts";
import type { Message } from "./provider.ts";

/** About what a fill-in-the-middle model makes use of; more costs time to first token and seldom changes the answer. */
export const usualPrefixCharacters = 6_000;
export const usualSuffixCharacters = 2_000;

/**
 * The text on both sides of the cursor, at most so many characters each, from the beginning of a line to the end of one.
 * The far ends move in steps of some lines, so that a prompt begins with the same text while a person types and a
 * provider's cache keeps it. A line longer than the budget is cut in its middle, never through a surrogate pair. Work is
 * bounded by the budgets, not by the document.
 */
export function cutAround(facts: {
  text: string;
  offset: number;
  prefixCharacters: number;
  suffixCharacters: number;
}): { prefix: string; suffix: string } {
  const { text } = facts;
  const offset = wholeCharacterAt(text, Math.max(0, Math.min(facts.offset, text.length)));
  return {
    prefix: text.slice(windowStart(text, offset, Math.max(0, facts.prefixCharacters)), offset),
    suffix: text.slice(offset, windowEnd(text, offset, Math.max(0, facts.suffixCharacters))),
  };
}

/** Where the window may begin and end, in parts of its size: a larger step keeps caches longer and wastes more of it. */
const stepShare = 0.2;

function windowStart(text: string, offset: number, size: number): number {
  if (offset <= size) return 0;
  const step = Math.max(1, Math.floor(size * stepShare));
  const wanted = Math.ceil((offset - size) / step) * step;
  const line = text.lastIndexOf("\n", Math.max(0, wanted - 1)) + 1 === wanted ? wanted : nextLine(text, wanted, step);
  return wholeCharacterAt(text, Math.min(line ?? wanted, offset));
}

function windowEnd(text: string, offset: number, size: number): number {
  const behind = text.length - offset;
  if (behind <= size) return text.length;
  const step = Math.max(1, Math.floor(size * stepShare));
  // Counted from the document's end, which typing at the cursor does not move.
  const wanted = Math.max(offset, text.length - Math.ceil((behind - size) / step) * step);
  const end = text.lastIndexOf("\n", wanted) + 1;
  return wholeCharacterAt(text, end > offset && wanted - end <= step ? end : wanted);
}

/** The first line that begins within a step behind `from`, null when none does. */
function nextLine(text: string, from: number, step: number): number | null {
  const at = text.slice(from, from + step).indexOf("\n");
  return at === -1 ? null : from + at + 1;
}

function wholeCharacterAt(text: string, offset: number): number {
  const isLow = (text.charCodeAt(offset) & 0xfc00) === 0xdc00;
  const isAfterHigh = (text.charCodeAt(offset - 1) & 0xfc00) === 0xd800;
  return isLow && isAfterHigh ? offset - 1 : offset;
}

/**
 * What a model that only chats is asked: our rules, the code with one mark where text is missing, and at the very end the
 * line to continue, because models heed the end most. `lines` "one" asks for the rest of that line alone.
 */
export function fillMessages(facts: {
  prefix: string;
  suffix: string;
  languageId: string;
  path: string;
  lines?: "one" | "many";
}): Message[] {
  const prefix = broken(plainText(facts.prefix));
  const suffix = broken(plainText(facts.suffix));
  const line = lineBefore(prefix);
  const wish = facts.lines === "one" ? "Only the rest of this one line." : "No more than the block it stands in.";
  const last = isBlank(line) ? blankLine(line, lineAbove(prefix)) : `The line to continue:\n${ending(line)}`;
  return [
    { role: "system", text: systemPrompt },
    {
      role: "user",
      text: `File: ${facts.path}\nLanguage: ${facts.languageId}\n\n${prefix}${holeMark}${suffix}\n\n${wish}\n${last}`,
    },
  ];
}

function blankLine(line: string, above: string | null): string {
  const where = `The mark stands on a line of its own, ${line.length} ${line.length === 1 ? "character" : "characters"} in`;
  return above === null ? `${where}.` : `${where}, below this one:\n${ending(above)}`;
}

const ending = (line: string): string => line.slice(-maxRepeatedCharacters);
const maxRepeatedCharacters = 400;

/** A document's text as every model and every JSON reader takes it: lines ended by `\n`, no NUL, no half characters. */
export function plainText(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(/\0|\p{Surrogate}/gu, "");
}

const systemPrompt = `You complete code inside an editor. You are shown a part of a file in which text is missing at ${holeMark}.
Reply with the missing text alone, character for character what belongs there: no explanation, no Markdown, no code fence.
Do not repeat anything that stands before or after the mark. Close only the brackets that the text after the mark does not close.
Keep the style and indentation of the file. When nothing is missing, reply with nothing.`;

/**
 * The prompt of a model that knows marks of its own, for a plain /completions; null for a model whose marks are not known.
 * Marks that stand in the document itself are broken up, so that they cannot be mistaken for the prompt's.
 */
export function templatePrompt(
  modelId: string,
  sides: { prefix: string; suffix: string },
): { prompt: string; stop: string[] } | null {
  const family = fimFamilyOf(modelId);
  if (family === null) return null;
  const prompt = family.prompt(broken(plainText(sides.prefix)), broken(plainText(sides.suffix)));
  return { prompt, stop: [...family.stop] };
}

/** A mark in the document gets a blank behind its first character: the same to a reader, no mark to a tokenizer. */
function broken(text: string): string {
  if (!/[<[]/.test(text)) return text;
  let result = text;
  for (const mark of allMarks) {
    if (result.includes(mark)) result = result.replaceAll(mark, `${mark[0] ?? ""} ${mark.slice(1)}`);
  }
  return result;
}
