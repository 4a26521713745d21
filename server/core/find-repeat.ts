import { isCloserLine } from "./code-shape.ts";

/**
 * Where a text begins to say the same again and again, or null: behind the first of three equal blocks of lines, of twelve
 * where they are rows of data, or at the start of the line that ends in one group of characters over and over.
 */
export function findRepeat(text: string): number | null {
  return repeatedLines(text) ?? repeatedCharacters(text);
}

/** The same in a text that is still coming: its last line may go on otherwise, and counts only once it is whole. */
export function findRepeatSoFar(text: string): number | null {
  return repeatedLines(text.slice(0, text.lastIndexOf("\n") + 1)) ?? repeatedCharacters(text);
}

/** Models that loop do so within this many lines. */
const maxBlock = 8;
const maxLines = 200;

/** The repeat that is whole first is the one that counts, so that lines which come later move nothing. */
function repeatedLines(text: string): number | null {
  // What follows the last line break is no line before something stands there.
  const whole = text.endsWith("\n") ? text.slice(0, -1) : text;
  const lines = whole.split("\n", maxLines).map((line) => line.trim());
  for (let end = 3; end <= lines.length; end++) {
    for (let size = 1; size <= maxBlock && 3 * size <= end; size++) {
      const times = lines.slice(end - size, end).every(isRow) ? minRows : 3;
      const start = end - times * size;
      if (start >= 0 && isTold(lines, start, size, times)) return offsetOfLine(text, start + size);
    }
  }
  return null;
}

/** `[0, 0, 0],`, `{ x: 0, y: 0 },`: what a table or a board has many equal ones of. */
function isRow(line: string): boolean {
  return /^[[({].*[\])}],?$/.test(line) || /^[-+\d.,\s"']+,$/.test(line);
}

/** Boards have eight or ten equal rows; more lines than sixteen nobody is offered. */
const minRows = 12;

function isTold(lines: readonly string[], start: number, size: number, times: number): boolean {
  let characters = 0;
  for (let index = start; index < start + size; index++) {
    const line = lines[index] ?? "";
    if (!isCloserLine(line)) characters += line.length;
    for (let time = 1; time < times; time++) if (lines[index + time * size] !== line) return false;
  }
  return characters >= minCharacters;
}

/** `0,` three times below each other is a table, not a loop. */
const minCharacters = 6;

function offsetOfLine(text: string, line: number): number {
  let offset = 0;
  for (let index = 0; index < line; index++) offset = text.indexOf("\n", offset) + 1;
  return offset;
}

const maxPeriod = 40;
const minTimes = 8;
const minRun = 80;
/** Rulers of one character are drawn up to the width of a page. */
const minRuler = 160;

function repeatedCharacters(text: string): number | null {
  const end = text.length;
  if (end < minRun) return null;
  for (let period = 1; period <= maxPeriod; period++) {
    let start = end - 1;
    while (start >= period && text[start] === text[start - period]) start--;
    const run = end - 1 - start + period;
    if (run < minRun || run < period * minTimes) continue;
    const isOfLines = text.slice(end - period).includes("\n");
    if (isOfLines && run < period * minRows && isRow(text.split("\n").at(-2)?.trim() ?? "")) return null;
    if (period === 1 && run < minRuler) return null;
    return text.lastIndexOf("\n", end - run) + 1;
  }
  return null;
}
