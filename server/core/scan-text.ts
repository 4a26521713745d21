import { findWord, type KnownWord } from "./lexicon.ts";
import { kindGroups, unspacedWords, type WordGroup, zeroGroupCounts } from "./vocabulary.ts";

/** What one pass over a text finds: counts only, so that no word of it is kept. */
export interface TextScan {
  /** Words of prose in each group. */
  groups: Record<WordGroup, number>;
  /** The group of the first word that names a kind of work, a word that begins a sentence before any other; or null. */
  lead: WordGroup | null;
  /** Whether the lead begins a sentence, as a wish does. */
  leadAtStart: boolean;
  /** Sentences that begin with a word naming a kind of work, and questions. */
  asks: number;
  proseCharacters: number;
  codeCharacters: number;
  words: number;
  questionMarks: number;
  listItems: number;
  /** Names of files and paths in the prose. */
  filesNamed: number;
  /** Names of errors (`TypeError`, `error TS2322`, `E0502`). */
  errorNames: number;
  /** Lines of a stack trace. */
  traceLines: number;
  /** Marks of a stated problem: `O(n)`, `10^5`, `1 <= n`, `≤`. */
  boundMarks: number;
}

/**
 * Scans a question. Words count in prose alone: fenced blocks, lines that look like code, text between backticks, file
 * names and identifiers (`lockManager`, `dead_lock`, `race()`) name things and ask for nothing.
 */
export function scanText(text: string): TextScan {
  const lower = text.toLowerCase();
  // Some letters change their length in lower case (İ); then the two cannot be read side by side.
  const shown = lower.length === text.length ? text : lower;
  const scan = emptyScan();
  let fenced = false;
  let lineStart = 0;
  const wide = { seen: false };
  while (lineStart < shown.length) {
    let lineEnd = shown.indexOf("\n", lineStart);
    if (lineEnd < 0) lineEnd = shown.length;
    const first = skipBlanks(shown, lineStart, lineEnd);
    if (shown.startsWith("```", first) || shown.startsWith("~~~", first)) {
      fenced = !fenced;
    } else if (fenced || isTrace(lower, first, lineEnd, scan) || looksLikeCode(shown, first, lineStart, lineEnd)) {
      scan.codeCharacters += lineEnd - first;
      if (fenced) isTrace(lower, first, lineEnd, scan);
    } else if (lineEnd > first) {
      scan.proseCharacters += lineEnd - first;
      scanProse(shown, lower, first, lineEnd, scan, wide);
    }
    lineStart = lineEnd + 1;
  }
  if (wide.seen) scanUnspaced(lower, scan);
  return scan;
}

// lines ----------------------------------------------------------------------------------------------------------------

function skipBlanks(text: string, from: number, to: number): number {
  let at = from;
  while (at < to && text.charCodeAt(at) <= 32) at++;
  return at;
}

const traceStarts = [
  "at ",
  'file "',
  "traceback",
  "panic:",
  "goroutine ",
  "caused by:",
  "exception in thread",
  "thread '",
];

function isTrace(lower: string, first: number, lineEnd: number, scan: TextScan): boolean {
  for (const start of traceStarts) {
    if (!lower.startsWith(start, first)) continue;
    if (start === "at ") {
      // "at " begins prose too; a frame has a place in it.
      const colon = lower.indexOf(":", first);
      if (colon < 0 || colon >= lineEnd || !/^\d/.test(lower.charAt(colon + 1))) continue;
    }
    scan.traceLines++;
    return true;
  }
  return false;
}

/** A line with many signs of syntax, or an indented one with some. Quotation and list marks are not among them. */
function looksLikeCode(text: string, first: number, lineStart: number, lineEnd: number): boolean {
  const length = lineEnd - first;
  if (length < 3) return false;
  const sample = Math.min(length, 120);
  let signs = 0;
  for (let at = first; at < first + sample; at++) {
    const code = text.charCodeAt(at);
    if (code < 128 && isSign[code] === 1) signs++;
  }
  let end = lineEnd - 1;
  while (end > first && text.charCodeAt(end) <= 32) end--;
  const last = text.charCodeAt(end);
  const ends = last === 123 || last === 125 || last === 59;
  const indent = first - lineStart;
  return signs * 6 > sample || (ends && signs * 25 > sample) || (indent >= 2 && signs * 12 > sample);
}

const isSign = new Uint8Array(128);
for (const sign of "{}()[];=<>&|+*\\$#@") isSign[sign.charCodeAt(0)] = 1;

// words ----------------------------------------------------------------------------------------------------------------

/** 1: ASCII letter in lower case, 2: upper case, 3: digit or underscore. */
const letterClass = new Uint8Array(128);
for (let code = 97; code <= 122; code++) letterClass[code] = 1;
for (let code = 65; code <= 90; code++) letterClass[code] = 2;
for (let code = 48; code <= 57; code++) letterClass[code] = 3;
letterClass[95] = 3;

const apostrophe = 39;
const backtick = 96;

function scanProse(
  text: string,
  lower: string,
  from: number,
  to: number,
  scan: TextScan,
  wide: { seen: boolean },
): void {
  let at = from;
  let sentenceStart = true;
  let previous: KnownWord | null = null;
  if (isListItem(text, from, to)) {
    scan.listItems++;
    at = from + 2;
  }
  while (at < to) {
    const code = text.charCodeAt(at);
    const kind = code < 128 ? letterClass[code] : isLetter(code) ? 1 : 0;
    if (kind === 1 || kind === 2 || kind === 3) {
      let end = at + 1;
      let mixed = kind === 3;
      let humps = false;
      while (end < to) {
        const next = text.charCodeAt(end);
        const nextKind = next < 128 ? letterClass[next] : isLetter(next) ? 1 : 0;
        if (nextKind === 3) mixed = true;
        else if (nextKind === 2) {
          if (text.charCodeAt(end - 1) > 96) humps = true;
        } else if (nextKind !== 1) {
          if ((next !== apostrophe && next !== 8217) || !isLetter(text.charCodeAt(end + 1))) break;
        }
        end++;
      }
      scan.words++;
      const follow = end < to ? text.charCodeAt(end) : 32;
      const before = at > from ? text.charCodeAt(at - 1) : 32;
      if (mixed || humps || follow === 40) {
        countIdentifier(lower, at, end, follow, scan);
        // "p99" and "1 in 10" are words of their own.
        previous = end - at <= 3 && follow !== 40 ? findWord(lower, at, end) : null;
        for (const group of previous?.groups ?? []) count(group, false, scan);
        sentenceStart = false;
      } else if (
        (follow === 46 && isLetter(text.charCodeAt(end + 1))) ||
        before === 46 ||
        before === 47 ||
        before === 64
      ) {
        if (follow !== 46 && before === 46 && isExtension(lower, at, end)) scan.filesNamed++;
        previous = null;
        sentenceStart = false;
      } else {
        const word = findWord(lower, at, end);
        if (word !== null) countWord(word, previous, lower, end, to, sentenceStart, scan);
        sentenceStart = sentenceStart && word?.opening === true;
        previous = word;
      }
      at = end;
      continue;
    }
    if (code === backtick) {
      const close = text.indexOf("`", at + 1);
      if (close > at && close < to) {
        if (isExtensionAt(lower, at + 1, close)) scan.filesNamed++;
        scan.words++;
        at = close + 1;
        previous = null;
        sentenceStart = false;
        continue;
      }
    } else if (code === 63 || code === 0xff1f) {
      scan.questionMarks++;
      sentenceStart = true;
      previous = null;
    } else if (code === 46 || code === 33 || code === 58 || code === 59 || code === 0x3002) {
      sentenceStart = true;
      previous = null;
    } else if (code === 94 || code === 0x2264 || code === 0x2265) {
      // 10^5, 1 ≤ n
      scan.boundMarks++;
    } else if (code === 60 && text.charCodeAt(at + 1) === 61) scan.boundMarks++;
    else if (code === 44) sentenceStart = sentenceStart || previous === null;
    if (code >= 0x3040 && code <= 0xd7af) {
      wide.seen = true;
      scan.words += 0.5;
    }
    at++;
  }
}

function countWord(
  word: KnownWord,
  previous: KnownWord | null,
  lower: string,
  end: number,
  to: number,
  atStart: boolean,
  scan: TextScan,
): void {
  for (const group of word.groups) count(group, atStart, scan);
  const found = previous?.phrases.get(word);
  if (found === undefined) return;
  for (const { group, third } of found) {
    if (third === "" || continuesWith(lower, end, to, third)) count(group, atStart || word.opening, scan);
  }
}

/** In the middle of a sentence these are told, not asked for: "when a client is writing", "the tests pass". */
const onlyAtStart: ReadonlySet<WordGroup> = new Set<WordGroup>(["write", "edit", "fix", "implement"]);

function count(group: WordGroup, atStart: boolean, scan: TextScan): void {
  scan.groups[group]++;
  if (!kindGroups.has(group)) return;
  if (atStart) {
    scan.asks++;
    if (scan.asks === 1) {
      scan.lead = group;
      scan.leadAtStart = true;
    }
  } else if (scan.lead === null && !onlyAtStart.has(group)) scan.lead = group;
}

function continuesWith(lower: string, from: number, to: number, beginning: string): boolean {
  const at = skipBlanks(lower, from, to);
  return at < to && lower.startsWith(beginning, at);
}

function countIdentifier(lower: string, at: number, end: number, follow: number, scan: TextScan): void {
  const name = lower.slice(at, Math.min(end, at + 40));
  if (/(error|exception)$|^(ts|e|cs|c)\d{3,5}$/.test(name)) scan.errorNames++;
  const first = lower.charCodeAt(at);
  // 800ms, 6gb, 50k: how long and how much.
  if (first >= 48 && first <= 57) {
    if (name.endsWith("ms")) scan.groups.speed++;
    else if (name.endsWith("gb") || name.endsWith("k")) scan.groups.amount++;
  }
  if (follow === 40 && (name === "o" || name === "θ")) scan.boundMarks++;
  if (follow === 46 && isExtensionAt(lower, at, end + 6)) scan.filesNamed++;
}

const extensions = new Set(
  "ts tsx js jsx mjs cjs py go rs java kt cs cpp cc c h hpp rb php swift scala sql sh yml yaml json toml md css scss html vue svelte dart ex exs hs ml lua r proto tf".split(
    " ",
  ),
);

function isExtension(lower: string, at: number, end: number): boolean {
  return end - at <= 6 && extensions.has(lower.slice(at, end));
}

function isExtensionAt(lower: string, at: number, end: number): boolean {
  const name = lower.slice(Math.max(at, end - 60), end);
  const found = /\.([a-z]{1,6})\b/.exec(name);
  return found?.[1] !== undefined && extensions.has(found[1]);
}

function isLetter(code: number): boolean {
  if (code < 128) return letterClass[code] === 1 || letterClass[code] === 2;
  return (code >= 0xc0 && code < 0x2000) || Number.isNaN(code);
}

function isListItem(text: string, from: number, to: number): boolean {
  const code = text.charCodeAt(from);
  const next = text.charCodeAt(from + 1);
  if (to - from < 4) return false;
  if ((code === 45 || code === 42 || code === 0x2022) && next === 32) return true;
  return code >= 48 && code <= 57 && (next === 46 || next === 41) && text.charCodeAt(from + 2) === 32;
}

const unspaced = unspacedWords.flatMap(([group, list]) => list.split(" ").map((word) => ({ group, word })));

function scanUnspaced(lower: string, scan: TextScan): void {
  let firstAt = Number.POSITIVE_INFINITY;
  for (const { group, word } of unspaced) {
    const at = lower.indexOf(word);
    if (at < 0) continue;
    scan.groups[group]++;
    if (kindGroups.has(group) && at < firstAt) {
      firstAt = at;
      scan.lead = group;
      scan.leadAtStart = true;
    }
  }
  if (firstAt < Number.POSITIVE_INFINITY) scan.asks++;
}

function emptyScan(): TextScan {
  return {
    groups: { ...zeroGroupCounts },
    lead: null,
    leadAtStart: false,
    asks: 0,
    proseCharacters: 0,
    codeCharacters: 0,
    words: 0,
    questionMarks: 0,
    listItems: 0,
    filesNamed: 0,
    errorNames: 0,
    traceLines: 0,
    boundMarks: 0,
  };
}
