/** What of a document is parsed around a cursor. */
export interface SyntaxWindow {
  /** Up to the cursor. */
  before: string;
  /** From the cursor on. */
  after: string;
}

/**
 * How far a window reaches. A parser needs a millisecond for seven thousand characters, and a keystroke has two for all
 * that happens in the server.
 */
const MOST_LINES_BEFORE = 120;
const MOST_LINES_AFTER = 40;
const MOST_CHARACTERS_BEFORE = 8_000;
const MOST_CHARACTERS_AFTER = 3_000;
/** How far the openings and closings of the blocks around a window are looked for: 30 ns a line. */
const MOST_LINES_AROUND = 15_000;
const MOST_CHARACTERS_AROUND = 1_000_000;
/** Deeper nesting than this is left open. */
const MOST_BLOCKS_AROUND = 20;

/**
 * The text around a cursor that is worth parsing: whole lines, at most 8,000 characters before it and 3,000 after, and of
 * the blocks that begin before or end after them just the opening and closing lines, found by indentation. So what stands
 * in the window is parsed as what it is in the file: a method as a method, and nothing is open that the file closes.
 *
 * The window begins and ends where the indentation is least within its outer half. So it is not cut in the middle of a
 * statement, and stays the same while the cursor moves a little, which lets a parser keep what it has.
 */
export function windowAround({ prefix, suffix }: { prefix: string; suffix: string }): SyntaxWindow {
  const start = startOf(prefix);
  const end = endOf(suffix);
  const openings = start === 0 ? "" : openingsBefore(prefix, start);
  const closings = end === suffix.length ? "" : closingsAfter(suffix, end);
  return { before: openings + prefix.slice(start), after: suffix.slice(0, end) + closings };
}

/** Offset in `prefix` at which the window begins. */
function startOf(prefix: string): number {
  let line = prefix.lastIndexOf("\n") + 1;
  let best = -1;
  let leastIndent = Number.POSITIVE_INFINITY;
  let last = line;
  for (let lines = 0; ; lines += 1) {
    if (prefix.length - line > MOST_CHARACTERS_BEFORE || lines > MOST_LINES_BEFORE) break;
    last = line;
    if (lines >= MOST_LINES_BEFORE / 2 || prefix.length - line > MOST_CHARACTERS_BEFORE / 2) {
      const indent = mayBegin(prefix, line) ? indentAt(prefix, line) : Number.POSITIVE_INFINITY;
      // The earliest of equals: it stays the best one longest while the cursor moves on.
      if (indent <= leastIndent) [best, leastIndent] = [line, indent];
    }
    if (line === 0) return 0;
    line = prefix.lastIndexOf("\n", line - 2) + 1;
  }
  if (prefix.length - last > MOST_CHARACTERS_BEFORE) return prefix.length - MOST_CHARACTERS_BEFORE;
  return best === -1 ? last : best;
}

/** Offset in `suffix` at which the window ends: its end, or where a line begins. */
function endOf(suffix: string): number {
  let line = suffix.indexOf("\n") + 1;
  if (line === 0) return Math.min(suffix.length, MOST_CHARACTERS_AFTER);
  let best = -1;
  let leastIndent = Number.POSITIVE_INFINITY;
  let last = line;
  for (let lines = 0; lines <= MOST_LINES_AFTER && line <= MOST_CHARACTERS_AFTER; lines += 1) {
    last = line;
    if (lines >= MOST_LINES_AFTER / 2 || line > MOST_CHARACTERS_AFTER / 2) {
      const indent = mayBegin(suffix, line) ? indentAt(suffix, line) : Number.POSITIVE_INFINITY;
      if (indent <= leastIndent) [best, leastIndent] = [line, indent];
    }
    const next = suffix.indexOf("\n", line) + 1;
    if (next === 0) return suffix.length - line > MOST_CHARACTERS_AFTER ? line : suffix.length;
    line = next;
  }
  if (last > MOST_CHARACTERS_AFTER) return MOST_CHARACTERS_AFTER;
  return best === -1 ? last : best;
}

/** The lines that open the blocks around `start`, outermost first, each found by being indented less than what it holds. */
function openingsBefore(prefix: string, start: number): string {
  const found: string[] = [];
  let indent = indentAt(prefix, start);
  let line = start;
  for (let lines = 0; line > 0 && indent > 0; lines += 1) {
    if (lines === MOST_LINES_AROUND || start - line > MOST_CHARACTERS_AROUND || found.length === MOST_BLOCKS_AROUND)
      break;
    const end = line;
    line = prefix.lastIndexOf("\n", line - 2) + 1;
    if (isFurtherIn(prefix, line, indent) || !isCode(prefix, line)) continue;
    const own = indentAt(prefix, line);
    found.push(prefix.slice(line, end));
    // `} else {` and `) {` open a block, and stand as far in as what they close.
    indent = isCloser(prefix.charCodeAt(line + lengthOfIndent(prefix, line))) ? own + 1 : own;
  }
  return found.reverse().join("");
}

/** The closing brackets of the blocks that are open at `end`, innermost first. */
function closingsAfter(suffix: string, end: number): string {
  let found = "";
  let indent = Number.POSITIVE_INFINITY;
  let line = end;
  for (let lines = 0, blocks = 0; line < suffix.length && indent > 0; lines += 1) {
    if (lines === MOST_LINES_AROUND || line - end > MOST_CHARACTERS_AROUND || blocks === MOST_BLOCKS_AROUND) break;
    if (!isFurtherIn(suffix, line, indent) && isCode(suffix, line)) {
      const own = indentAt(suffix, line);
      closers.lastIndex = line + lengthOfIndent(suffix, line);
      const closing = closers.exec(suffix)?.[0];
      if (closing !== undefined) {
        found += `${closing}\n`;
        blocks += 1;
      }
      indent = own;
    }
    const next = suffix.indexOf("\n", line) + 1;
    if (next === 0) break;
    line = next;
  }
  return found;
}

const closers = /[)\]}]+[;,]?/y;

/** Indented by at least `columns`, or empty: most lines by far, and told from their first few characters. */
function isFurtherIn(text: string, line: number, columns: number): boolean {
  for (let at = line, indent = 0; indent < columns; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x20) indent += 1;
    else if (code === 0x09) indent += 4;
    else return code === 0x0a || code === 0x0d;
  }
  return true;
}

/** A line at which a statement can begin: not empty, no closing bracket, no text of a comment. */
function mayBegin(text: string, line: number): boolean {
  return isCode(text, line) && !isCloser(text.charCodeAt(line + lengthOfIndent(text, line)));
}

function isCode(text: string, line: number): boolean {
  const first = text[line + lengthOfIndent(text, line)] ?? "\n";
  return first !== "\n" && first !== "\r" && first !== "*" && first !== "#" && first !== "/";
}

/** `)`, `]` or `}`. */
function isCloser(code: number): boolean {
  return code === 0x29 || code === 0x5d || code === 0x7d;
}

function lengthOfIndent(text: string, line: number): number {
  let at = line;
  while (text.charCodeAt(at) === 0x20 || text.charCodeAt(at) === 0x09) at += 1;
  return at - line;
}

/** Columns before the first character of a line; a tab counts as four. */
function indentAt(text: string, line: number): number {
  let columns = 0;
  for (let at = line; ; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x20) columns += 1;
    else if (code === 0x09) columns += 4;
    else return columns;
  }
}
