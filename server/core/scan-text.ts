import { groupNames, kindGroups, unspacedWords, type WordGroup, wordGroups, zeroGroupCounts } from "./vocabulary.ts";

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

// the vocabulary as it is looked up --------------------------------------------------------------------------------------

/** Words people begin with before they say what they want. */
const opening = new Set(
  "please pls can could would will you i we want need to help me us let's lets now then also just and so hi hey hello ok okay thanks first next finally quickly bitte kannst du mir ich möchte por favor puedes".split(
    " ",
  ),
);

const words = new Map<string, WordGroup[]>();
/** Phrases by their first two words, with what must follow them. */
const phrases = new Map<string, { rest: string; group: WordGroup }[]>();
/** By a hash of three letters: whether any known word begins so. Most words of a text are turned away here. */
const beginnings = new Uint8Array(8192);

for (const group of groupNames) {
  for (const entry of wordGroups[group].split(/,\s*/)) {
    const [one = "", two, ...rest] = entry.split(" ");
    beginnings[hashOf(one, 0, one.length)] = 1;
    if (two === undefined) {
      const key = stem(one);
      const groups = words.get(key) ?? [];
      // Forms of one word share a stem, and count once.
      if (!groups.includes(group)) words.set(key, [...groups, group]);
    } else {
      const key = `${stem(one)} ${stem(two)}`;
      phrases.set(key, [...(phrases.get(key) ?? []), { rest: rest.map(stem).join(" "), group }]);
      beginnings[hashOf(two, 0, two.length)] = 1;
    }
  }
}
for (const word of opening) beginnings[hashOf(word, 0, word.length)] = 1;

function hashOf(text: string, from: number, to: number): number {
  const a = text.charCodeAt(from);
  const b = from + 1 < to ? text.charCodeAt(from + 1) : 0;
  const c = from + 2 < to ? text.charCodeAt(from + 2) : 0;
  return (a * 1369 + b * 37 + c) & 8191;
}

/** A word without its ending. Crude, and the same on both sides, which is all that is needed. */
function stem(word: string): string {
  let length = word.length;
  if (length > 5 && word.endsWith("ing")) length -= 3;
  else if (length > 4 && word.endsWith("ed")) length -= 2;
  else if (length > 4 && word.endsWith("ies")) return `${word.slice(0, length - 3)}y`;
  else if (length > 5 && word.endsWith("es") && !word.endsWith("ces") && !word.endsWith("ges")) length -= 2;
  else if (length > 3 && word.endsWith("s") && !word.endsWith("ss") && !word.endsWith("us")) length -= 1;
  if (length < word.length || word.endsWith("e")) {
    if (length === word.length) length -= 1;
    // "debugging" → "debug"
    if (
      length > 4 &&
      word.charCodeAt(length - 1) === word.charCodeAt(length - 2) &&
      !/[lsz]/.test(word.charAt(length - 1))
    ) {
      length -= 1;
    } else if (word.charCodeAt(length - 1) === 101 && length > 3) length -= 1;
  }
  return length === word.length ? word : word.slice(0, length);
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
  let previous = "";
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
        previous = "";
        sentenceStart = false;
      } else if (
        (follow === 46 && isLetter(text.charCodeAt(end + 1))) ||
        before === 46 ||
        before === 47 ||
        before === 64
      ) {
        if (follow !== 46 && before === 46 && isExtension(lower, at, end)) scan.filesNamed++;
        previous = "";
        sentenceStart = false;
      } else {
        const word = beginnings[hashOf(lower, at, end)] === 1 ? lower.slice(at, end).replaceAll("’", "'") : "";
        if (word === "") {
          previous = "";
          sentenceStart = false;
        } else {
          const short = stem(word);
          countWord(word, short, previous, lower, end, to, sentenceStart, scan);
          sentenceStart = sentenceStart && opening.has(word);
          previous = short;
        }
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
        previous = "";
        sentenceStart = false;
        continue;
      }
    } else if (code === 63 || code === 0xff1f) {
      scan.questionMarks++;
      sentenceStart = true;
      previous = "";
    } else if (code === 46 || code === 33 || code === 58 || code === 59 || code === 0x3002) {
      sentenceStart = true;
      previous = "";
    } else if (code === 94 || code === 0x2264 || code === 0x2265) {
      // 10^5, 1 ≤ n
      scan.boundMarks++;
    } else if (code === 60 && text.charCodeAt(at + 1) === 61) scan.boundMarks++;
    else if (code === 44) sentenceStart = sentenceStart || previous === "";
    if (code >= 0x3040 && code <= 0xd7af) {
      wide.seen = true;
      scan.words += 0.5;
    }
    at++;
  }
}

function countWord(
  word: string,
  short: string,
  previous: string,
  lower: string,
  end: number,
  to: number,
  atStart: boolean,
  scan: TextScan,
): void {
  const groups = words.get(short);
  if (groups !== undefined) for (const group of groups) count(group, atStart, scan);
  if (previous === "") return;
  const found = phrases.get(`${previous} ${short}`);
  if (found === undefined) return;
  for (const { rest, group } of found) {
    if (rest === "" || nextWords(lower, end, to, rest)) count(group, atStart || opening.has(word), scan);
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

function nextWords(lower: string, from: number, to: number, rest: string): boolean {
  const text = lower.slice(from, Math.min(to, from + rest.length + 12)).trimStart();
  return text.startsWith(rest.split(" ")[0] ?? rest);
}

function countIdentifier(lower: string, at: number, end: number, follow: number, scan: TextScan): void {
  const name = lower.slice(at, Math.min(end, at + 40));
  if (/(error|exception)$|^(ts|e|cs|c)\d{3,5}$/.test(name)) scan.errorNames++;
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
