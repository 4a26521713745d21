import { endsWithOpener, indentWidth, isBlank, isCloserLine, startsWithCloser } from "./code-shape.ts";
import { closedBySuffix } from "./fit-suffix.ts";
import { scanBrackets } from "./scan-brackets.ts";
import type { Surroundings } from "./surroundings.ts";

export interface FoundEnd {
  /** The completion is the text up to here. */
  end: number;
  why: string;
}

/**
 * Where a completion ends of itself, in a text that may still be coming: with its line, with its scope, at the line that
 * stands below the cursor anyway, after enough lines. null while nothing tells. More text never moves an end that was
 * found.
 */
export function findEnd(text: string, around: Surroundings): FoundEnd | null {
  const closed = closedBySuffix(text, around);
  const upTo = closed === null ? text : text.slice(0, closed);
  return endOfLines(upTo, around) ?? (closed === null ? null : { end: closed, why: "the suffix closes here" });
}

/** Where lines stand, and what has been read of them. */
interface Scan {
  /** Columns of the scope; null until a line tells. */
  base: number | null;
  /** Lines with content so far. */
  content: number;
  blank: number;
  /** The last line stands deeper or opens something. */
  isInBlock: boolean;
  /** The cursor's own line opened a scope, which a line at its own indentation ends. */
  opened: boolean;
  /** The last line's end before which everything was closed that the text opened. */
  settled: number | null;
  /** Closers of outer scopes have begun; nothing but closers may follow. */
  closing: boolean;
}

function endOfLines(text: string, around: Surroundings): FoundEnd | null {
  const scan: Scan = {
    base: isBlank(around.before) ? null : indentWidth(around.before),
    content: 0,
    blank: 0,
    isInBlock: false,
    opened: false,
    settled: null,
    closing: false,
  };
  let start = 0;
  for (;;) {
    const newline = text.indexOf("\n", start);
    const end = newline === -1 ? text.length : newline;
    const own = text.slice(start, end);
    const line = start === 0 ? around.before + own : own;
    const found = isBlank(line)
      ? atBlankLine({ start, isWhole: newline !== -1 }, scan, around)
      : atLine({ line, own, start, end, isWhole: newline !== -1 }, scan, around, text);
    if (found !== null) return found;
    if (newline === -1) return null;
    start = newline + 1;
  }
}

function atBlankLine(at: { start: number; isWhole: boolean }, scan: Scan, around: Surroundings): FoundEnd | null {
  if (!at.isWhole || scan.content === 0) return null;
  scan.blank++;
  if (scan.blank > 1) return { end: at.start, why: "two blank lines" };
  if (around.place.until === "paragraph" && !scan.isInBlock) return { end: at.start, why: "a blank line" };
  return null;
}

interface Line {
  line: string;
  /** What of it is the completion's. */
  own: string;
  start: number;
  end: number;
  isWhole: boolean;
}

function atLine(at: Line, scan: Scan, around: Surroundings, text: string): FoundEnd | null {
  const { line, start, end, isWhole } = at;
  const width = indentWidth(line);
  const isFirst = scan.content === 0;
  const isCloser = startsWithCloser(line) || /^\s*\/>/.test(line);
  const isOneLine = around.place.lines !== "many";
  const isBetween = around.place.until === "brackets";

  if (!isFirst && scan.base !== null && !around.isText) {
    if (scan.closing && !isCloser) return { end: start, why: "the scope closes" };
    // A label or a directive may stand further out than the code around it.
    const isOutside = width < scan.base && !/^\s*#\s*(?:if|else|elif|endif|define|include|pragma)/.test(line);
    const endsOpened = scan.opened && width === scan.base && start > 0;
    if ((isOutside || endsOpened) && !isCloser) return { end: start, why: "the scope closes" };
    // In a language without closers a blank line ends a block; the next line tells that it did.
    if (around.place.until === "paragraph" && scan.blank > 0 && width <= scan.base && !isCloser) {
      return { end: start, why: "a blank line" };
    }
    if (isOutside) scan.closing = true;
  }
  if (!isWhole) return null;
  if (around.below !== null && (start > 0 || isBlank(around.before)) && isSameLine(line, around.below, start === 0)) {
    return { end: start, why: "the next line begins" };
  }
  // What was opened has closed, or in a language without closers has ended, beyond the lines that are enough.
  if (scan.content >= around.place.maxLines && scan.base !== null && width <= scan.base && !isCloser) {
    return { end: start, why: "enough lines" };
  }
  const opens = endsWithOpener(line, around.languageId);
  if (isFirst && !isBlank(around.before)) scan.opened = opens;
  scan.base ??= width;
  scan.isInBlock = opens || width > scan.base;
  scan.content++;
  scan.blank = 0;
  // Nothing but the end of the cursor's own line has come.
  if (isFirst && isBlank(at.own)) return isBetween ? { end: 0, why: "no room for a line" } : null;
  if (isOneLine) return { end, why: "one line" };
  if (isBetween && scanBrackets(text.slice(0, end), around.languageId, around.quote).open.length === 0) {
    return { end, why: "nothing is open" };
  }
  if (!scan.isInBlock) scan.settled = end;
  if (scan.content >= Math.max(around.place.maxLines, mostLines))
    return { end: scan.settled ?? end, why: "enough lines" };
  if (scan.content >= around.place.maxLines && !scan.isInBlock) return { end, why: "enough lines" };
  const closesBlock = isCloser && width <= scan.base && !opens && !isFirst;
  if (closesBlock && scan.opened) return { end, why: "the scope closes" };
  if (closesBlock && around.place.until === "paragraph") return { end, why: "the block closes" };
  return null;
}

/** Lines that a text may have in order to close what it opened. */
const mostLines = 16;

function isSameLine(line: string, other: string, isFirst: boolean): boolean {
  if (line.trimEnd() === other.trimEnd()) return true;
  return isFirst && !isCloserLine(line) && line.trim().length >= minSame && line.trim() === other.trim();
}

/** Shorter lines (`break;`, `return;`) may well come twice. */
const minSame = 10;
