import { isApostrophe, lineCommentMark, withoutLineComment } from "./code-shape.ts";

export interface Bracket {
  character: string;
  offset: number;
}

/** Brackets of a piece of code that have no partner in it, each in the order they stand. */
export interface Unpaired {
  /** Openers that nothing closes. */
  open: Bracket[];
  /** Closers of what was opened before the piece. */
  close: Bracket[];
}

/**
 * One pass over a piece of code. Brackets in comments of a line and in strings of a line do not count; `quote` is the string
 * that is open where the piece begins. A quote that its line does not close is taken for an apostrophe, but on the last
 * line, which may still be coming. A closer of the wrong kind closes what it can reach and leaves the rest open.
 */
export function scanBrackets(text: string, languageId: string, quote: string | null = null): Unpaired {
  const open: Bracket[] = [];
  const close: Bracket[] = [];
  let lineStart = 0;
  let within = quote;
  while (lineStart <= text.length) {
    const newline = text.indexOf("\n", lineStart);
    const isLast = newline === -1;
    const whole = text.slice(lineStart, isLast ? text.length : newline);
    let from = 0;
    if (within !== null) {
      from = endOfString(whole, within, 0);
      if (from === -1) from = within === "`" || isLast ? whole.length : 0;
      else within = null;
      if (within !== "`") within = null;
    }
    const line = lineCommentMark(languageId) === null ? whole : whole.slice(0, codeLength(whole, from, languageId));
    for (let index = from; index < line.length; index++) {
      const character = line[index] ?? "";
      if (character === "\\") index++;
      else if (character === '"' || character === "'" || character === "`") {
        if (character === "'" && isApostrophe(line, index)) continue;
        const end = endOfString(line, character, index + 1);
        if (end !== -1) index = end - 1;
        else if (isLast || character === "`") {
          if (character === "`") within = "`";
          break;
        }
      } else step(open, close, character, lineStart + index);
    }
    if (isLast) break;
    lineStart = newline + 1;
  }
  return { open, close };
}

const openerOf: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };

function step(open: Bracket[], close: Bracket[], character: string, offset: number): void {
  if (character === "(" || character === "[" || character === "{") open.push({ character, offset });
  const opener = openerOf[character];
  if (opener === undefined) return;
  for (let index = open.length - 1; index >= 0; index--) {
    if (open[index]?.character !== opener) continue;
    open.splice(index);
    return;
  }
  close.push({ character, offset });
}

function codeLength(line: string, from: number, languageId: string): number {
  return from + withoutLineComment(line.slice(from), languageId).length;
}

/** Behind the closing quote, -1 when the line has none. */
function endOfString(line: string, quote: string, from: number): number {
  for (let index = from; index < line.length; index++) {
    if (line[index] === "\\") index++;
    else if (line[index] === quote) return index + 1;
  }
  return -1;
}
