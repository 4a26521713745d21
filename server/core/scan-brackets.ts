import { readLine } from "./read-line.ts";

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
 * One pass over a piece of code. Brackets in comments, patterns and strings do not count; `quote` is the string that is open
 * where the piece begins. A quote that its line does not close is taken for an apostrophe, but on the last line, which may
 * still be coming. A closer of the wrong kind closes what it can reach and leaves the rest open.
 */
export function scanBrackets(text: string, languageId: string, quote: string | null = null): Unpaired {
  const found: Unpaired = { open: [], close: [] };
  let within = quote;
  let start = 0;
  for (;;) {
    const newline = text.indexOf("\n", start);
    const line = text.slice(start, newline === -1 ? text.length : newline);
    const read = readLine(line, languageId, within);
    step(found, read.code, start);
    const isLast = newline === -1;
    if (!isLast && read.quote !== null && read.quote !== "`")
      step(found, line.slice(read.quoteAt), start + read.quoteAt);
    if (isLast) return found;
    within = read.quote === "`" ? "`" : null;
    start = newline + 1;
  }
}

const openerOf: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };

function step({ open, close }: Unpaired, code: string, start: number): void {
  for (const { 0: character, index } of code.matchAll(/[()[\]{}]/g)) {
    const opener = openerOf[character];
    if (opener === undefined) open.push({ character, offset: start + index });
    else {
      const partner = open.findLastIndex((each) => each.character === opener);
      if (partner === -1) close.push({ character, offset: start + index });
      else open.splice(partner);
    }
  }
}
