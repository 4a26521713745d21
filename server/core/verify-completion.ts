import type { Parser } from "./syntax.ts";
import { windowAround } from "./syntax-window.ts";

export interface Verified {
  /** What may be shown; null when nothing of it may. */
  text: string | null;
  /** It is shorter than what was given. */
  cut: boolean;
}

/** Beginnings that are tried one line shorter each; after that the rest is halved, which a hundred lines need seven of. */
const MOST_SINGLE_CUTS = 8;

/**
 * Holds a completion against the grammar, in a window around the cursor: if putting `text` between `prefix` and `suffix`
 * leaves more errors than may be, the text is cut back from its end, line by line, to the longest beginning that leaves no
 * more. A line may leave its own brackets open, as a person does who goes on typing inside them; a text of several lines
 * may do so only when nothing else of it would be left. Where other text stands to the right of the cursor, neither may.
 *
 * Code that is being typed is broken most of the time, so errors are compared and never counted by themselves: what was
 * broken before may stay so. Only where a mere word at the cursor would mend it must the completion mend it too.
 */
export function verifyCompletion({
  parser,
  prefix,
  suffix,
  text,
}: {
  parser: Parser;
  prefix: string;
  suffix: string;
  text: string;
}): Verified {
  const { before, after } = windowAround({ prefix, suffix });
  const line = before.slice(before.lastIndexOf("\n") + 1);
  // Some grammars miss the end of the last line.
  const end = after.endsWith("\n") ? after : `${after}\n`;
  const errorsWith = (inserted: string) => parser.errors(before + inserted + end).count;
  // Most completions are whole, and then nothing needs to be known of the code without them.
  const errors = errorsWith(text);
  if (errors === 0) return { text, cut: false };
  const mayStay = errorsThatMayStay(line, errorsWith);
  if (errors <= mayStay) return { text, cut: false };

  const beginnings = beginningsOf(text);
  const whole = longest(beginnings, (beginning) => errorsWith(beginning) <= mayStay);
  if (whole !== null) return { text: whole, cut: true };
  if (!endsLine.test(after)) return { text: null, cut: true };
  const open = longest([...beginnings, text], (beginning) =>
    endingsOf(line, beginning).some((ending) => errorsWith(beginning + ending) <= mayStay),
  );
  return { text: open, cut: open !== text };
}

/** Nothing but a comment stands to the right of the cursor. */
const endsLine = /^[ \t]*(?:\r?\n|$|\/\/|#)/;

/**
 * How many errors there may be with the completion in: those there are without it; or fewer, when a mere word put at the
 * cursor, with what a person may still type behind it, leaves fewer.
 */
function errorsThatMayStay(line: string, errorsWith: (inserted: string) => number): number {
  let least = errorsWith("");
  const word = /\w$/.test(line) ? "" : "x";
  for (const ending of ["", ...endingsOf(line, word)]) {
    if (least === 0) break;
    least = Math.min(least, errorsWith(word + ending));
  }
  return least;
}

/** The text without its last line, without its last two, and so on: shortest first. None is empty. */
function beginningsOf(text: string): string[] {
  const found: string[] = [];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) {
    const beginning = text.slice(0, text[at - 1] === "\r" ? at - 1 : at);
    if (beginning.trim() !== "" && beginning !== found.at(-1)) found.push(beginning);
  }
  return found;
}

/** The longest of `candidates`, which are in order of length, that passes: the last few one by one, the rest by halves. */
function longest(candidates: readonly string[], passes: (candidate: string) => boolean): string | null {
  let end = candidates.length;
  for (let tries = 0; tries < MOST_SINGLE_CUTS && end > 0; tries += 1) {
    end -= 1;
    const candidate = candidates[end];
    if (candidate !== undefined && passes(candidate)) return candidate;
  }
  let [low, found]: [number, string | null] = [0, null];
  while (low < end) {
    const middle = (low + end) >> 1;
    const candidate = candidates[middle];
    if (candidate !== undefined && passes(candidate)) {
      found = candidate;
      low = middle + 1;
    } else {
      end = middle;
    }
  }
  return found;
}

const closerOf: Record<string, string> = { "(": ")", "[": "]", "{": "}" };

/** What a person may still type behind `text`, standing after `line`, to make it whole: at most five ways. */
function endingsOf(line: string, text: string): string[] {
  const open = closingOf(line + text);
  const endings = [closingOf(text), open, `${open} {}`];
  const indent = /^[ \t]*/.exec((line + text).slice((line + text).lastIndexOf("\n") + 1))?.[0] ?? "";
  endings.push(`${/:\s*$/.test(text) ? "" : `${open}:`}\n${indent}    pass`);
  return [...new Set(endings)].filter((each) => each !== "");
}

/** What closes the brackets that `text` leaves open, strings and comments aside. */
function closingOf(text: string): string {
  const code = text.replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|\/\*[\s\S]*?\*\//g, "");
  const open: string[] = [];
  for (const bracket of code.replace(/(?:\/\/|#).*$/gm, "").match(/[()[\]{}]/g) ?? []) {
    const closer = closerOf[bracket];
    if (closer !== undefined) open.push(closer);
    else if (open.at(-1) === bracket) open.pop();
  }
  return open.reverse().join("");
}
