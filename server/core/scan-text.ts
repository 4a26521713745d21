import { codeReader } from "./char-codes.ts";
import { checkOn, findWord, type GroupNumber, hashOn, type KnownWord, phrasesOf } from "./lexicon.ts";
import { type UnspacedWord, unspacedFrom } from "./unspaced-words.ts";
import { groupNames, kindGroups, type WordGroup, zeroGroupCounts } from "./vocabulary.ts";
import { codesOf, standsAt } from "./word-table.ts";

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

/** A text that is being scanned, and what was found of it so far. */
interface Reading {
  /** The text, and its codes with one more letter behind the end. */
  text: string;
  codes: Uint16Array;
  scan: TextScan;
  /** Words of prose by the number of their group. */
  counts: Uint32Array;
  lead: GroupNumber;
  /** Characters of prose in scripts without spaces between words: each of them is half a word. */
  unspaced: number;
  /** Words of those scripts, each once, in the order in which they stand there, in prose or not. */
  unspacedMet: UnspacedWord[];
}

/** Room for as much of a question as is looked at; longer texts are read all the same. */
const usualCharacters = 4_000;
const readCodes = codeReader(usualCharacters);

/**
 * Scans a question. Words count in prose alone: fenced blocks, lines that look like code, text between backticks, file
 * names and identifiers (`lockManager`, `dead_lock`, `race()`) name things and ask for nothing.
 */
export function scanText(question: string): TextScan {
  // A text with this letter, the only one that grows in lower case, was in lower case when the weights were trained.
  const text = question.includes("İ") ? question.toLowerCase() : question;
  const codes = readCodes(text);
  // What ends with the text might go on: "main." like "main.ts".
  codes[text.length] = letterBehind;
  const scan = emptyScan();
  const counts = new Uint32Array(groupNames.length);
  const reading: Reading = { text, codes, scan, counts, lead: noGroup, unspaced: 0, unspacedMet: [] };
  let fenced = false;
  let lineStart = 0;
  while (lineStart < text.length) {
    const lineEnd = placeOf(newline, codes, lineStart, text.length);
    const first = skipBlanks(codes, lineStart, lineEnd);
    if (isFence(codes, first)) {
      fenced = !fenced;
      meetUnspaced(reading, first, lineEnd);
    } else if (fenced || isTrace(reading, first, lineEnd) || looksLikeCode(codes, first, lineStart, lineEnd)) {
      scan.codeCharacters += lineEnd - first;
      meetUnspaced(reading, first, lineEnd);
      if (fenced) isTrace(reading, first, lineEnd);
    } else if (lineEnd > first) {
      scan.proseCharacters += lineEnd - first;
      scanProse(reading, first, lineEnd);
    }
    lineStart = lineEnd + 1;
  }
  if (reading.unspaced > 0) countUnspaced(reading);
  scan.words += reading.unspaced / 2;
  scan.lead = groupNames[reading.lead] ?? null;
  for (const [group, name] of groupNames.entries()) scan.groups[name] = counts[group] ?? 0;
  return scan;
}

// lines ----------------------------------------------------------------------------------------------------------------

/** Where a code stands first, `to` where it does not. */
function placeOf(code: number, codes: Uint16Array, from: number, to: number): number {
  let at = from;
  while (at < to && codes[at] !== code) at++;
  return at;
}

function skipBlanks(codes: Uint16Array, from: number, to: number): number {
  let at = from;
  while (at < to && (codes[at] ?? 0) <= 32) at++;
  return at;
}

/** Three backticks or tildes. What stands behind the end of a text is neither. */
function isFence(codes: Uint16Array, first: number): boolean {
  const mark = codes[first];
  return (mark === backtick || mark === tilde) && codes[first + 1] === mark && codes[first + 2] === mark;
}

/** "at " begins prose too; a frame has a place in it. */
const frame = codesOf("at ");
const traceStarts = [
  frame,
  ...['file "', "traceback", "panic:", "goroutine ", "caused by:", "exception in thread", "thread '"].map(codesOf),
];

function isTrace({ codes, scan }: Reading, first: number, lineEnd: number): boolean {
  if ((codes[first] ?? 0) >= 128) return false;
  const start = traceStarts.find((each) => standsAt(each, codes, first, lineEnd));
  if (start === undefined || (start === frame && !hasPlace(codes, first, lineEnd))) return false;
  scan.traceLines++;
  return true;
}

/** A digit behind the first colon. */
function hasPlace(codes: Uint16Array, first: number, lineEnd: number): boolean {
  const at = placeOf(colon, codes, first, lineEnd);
  const behind = codes[at + 1] ?? 0;
  return at < lineEnd && behind >= 48 && behind <= 57;
}

/** A line with many signs of syntax, or an indented one with some. Quotation and list marks are not among them. */
function looksLikeCode(codes: Uint16Array, first: number, lineStart: number, lineEnd: number): boolean {
  const length = lineEnd - first;
  if (length < 3) return false;
  const sample = Math.min(length, 120);
  let signs = 0;
  for (let at = first; at < first + sample; at++) signs += isSign[codes[at] ?? 0] ?? 0;
  let end = lineEnd - 1;
  while (end > first && (codes[end] ?? 0) <= 32) end--;
  const last = codes[end];
  const ends = last === 123 || last === 125 || last === 59;
  const indent = first - lineStart;
  return signs * 6 > sample || (ends && signs * 25 > sample) || (indent >= 2 && signs * 12 > sample);
}

const isSign = new Uint8Array(65_536);
for (const sign of "{}()[];=<>&|+*\\$#@") isSign[sign.charCodeAt(0)] = 1;

// words ----------------------------------------------------------------------------------------------------------------

const OTHER = 0;
/** What ends a sentence, states a bound or holds a name. */
const MARK = 1;
/** A character of a script without spaces between words. */
const UNSPACED = 2;
/** It belongs to a word where a letter follows. */
const APOSTROPHE = 3;
const LOWER = 4;
const UPPER = 5;
/** A digit or an underscore. */
const DIGIT = 6;
/** The kind of each UTF-16 code: those of words are the last. */
const kinds = new Uint8Array(65_536).fill(LOWER, 0xc0, 0x2000).fill(UNSPACED, 0x3040, 0xd7b0);
kinds.fill(LOWER, 97, 123).fill(UPPER, 65, 91).fill(DIGIT, 48, 58);
kinds[95] = DIGIT;
for (const mark of "`?？.!:;。^≤≥<,") kinds[mark.charCodeAt(0)] = MARK;
for (const mark of "'’") kinds[mark.charCodeAt(0)] = APOSTROPHE;

const letterBehind = 97;
const backtick = 96;
const newline = 10;
const colon = 58;
const tilde = 126;
const noGroup = -1;

/** Where a scan stands in a line of prose, which goes from `from` to `to`. */
interface Place {
  from: number;
  to: number;
  /** A sentence may begin here. */
  atStart: boolean;
  /** The known word before, unless something else stands between. */
  previous: KnownWord | null;
}

function scanProse(reading: Reading, from: number, to: number): void {
  const { codes, scan } = reading;
  const place: Place = { from, to, atStart: true, previous: null };
  let at = from;
  if (isListItem(codes, from, to)) {
    scan.listItems++;
    at = from + 2;
  }
  while (at < to) {
    const kind = kinds[codes[at] ?? 0] ?? OTHER;
    if (kind < LOWER) {
      if (kind === MARK) at = takeMark(reading, place, at);
      else {
        if (kind === UNSPACED) {
          reading.unspaced++;
          meetUnspacedAt(reading, at);
        }
        at++;
      }
      continue;
    }
    const start = at;
    let isName = kind === DIGIT;
    let hash = hashOn(0, codes[at] ?? 0);
    let check = checkOn(0, codes[at] ?? 0);
    for (at++; at < to; at++) {
      const letter = codes[at] ?? 0;
      const next = kinds[letter] ?? OTHER;
      if (next < LOWER && (next !== APOSTROPHE || !isLetter(codes[at + 1]))) break;
      // A digit anywhere, a capital behind a small letter.
      if (next > LOWER) isName ||= next === DIGIT || (codes[at - 1] ?? 0) > 96;
      hash = hashOn(hash, letter);
      check = checkOn(check, letter);
    }
    scan.words++;
    const follow = at < to ? codes[at] : 32;
    const before = start > from ? codes[start - 1] : 32;
    if (isName || follow === 40) {
      countIdentifier(reading, start, at, follow);
      // "p99" and "1 in 10" are words of their own.
      place.previous = at - start <= 3 && follow !== 40 ? findWord(reading, start, at, hash, check) : null;
      if (place.previous !== null) for (const group of place.previous.groups) count(group, false, reading);
      place.atStart = false;
    } else if ((follow === 46 && isLetter(codes[at + 1])) || before === 46 || before === 47 || before === 64) {
      if (follow !== 46 && before === 46 && isExtension(reading.text, start, at)) scan.filesNamed++;
      place.previous = null;
      place.atStart = false;
    } else {
      const word = findWord(reading, start, at, hash, check);
      if (word !== null) countWord(word, reading, place, at);
      place.atStart &&= word?.opening === true;
      place.previous = word;
    }
  }
}

/** Takes the mark at a place, a name between backticks with it, and says what comes after. */
function takeMark(reading: Reading, place: Place, at: number): number {
  const { text, codes, scan } = reading;
  const code = codes[at];
  if (code === backtick) {
    const close = placeOf(backtick, codes, at + 1, place.to);
    if (close === place.to) return at + 1;
    if (isExtensionAt(text, at + 1, close)) scan.filesNamed++;
    scan.words++;
    meetUnspaced(reading, at, close);
    place.previous = null;
    place.atStart = false;
    return close + 1;
  }
  // 10^5, 1 ≤ n, 1 <= n
  if (code === 94 || code === 0x2264 || code === 0x2265) scan.boundMarks++;
  else if (code === 60) scan.boundMarks += codes[at + 1] === 61 ? 1 : 0;
  else if (code === 44) place.atStart ||= place.previous === null;
  else {
    if (code === 63 || code === 0xff1f) scan.questionMarks++;
    place.atStart = true;
    place.previous = null;
  }
  return at + 1;
}

function countWord(word: KnownWord, reading: Reading, { previous, atStart, to }: Place, end: number): void {
  for (const group of word.groups) count(group, atStart, reading);
  if (previous === null) return;
  for (const { group, third } of phrasesOf(previous, word)) {
    if (third === "" || continuesWith(reading, end, to, third)) count(group, atStart || word.opening, reading);
  }
}

/** In the middle of a sentence these are told, not asked for: "when a client is writing", "the tests pass". */
const onlyAtStart = numbersOf(["write", "edit", "fix", "implement"]);
const isKind = numbersOf([...kindGroups]);

/** For each group by its number: 1 where it is one of these. */
function numbersOf(names: readonly WordGroup[]): Uint8Array {
  return Uint8Array.from(groupNames, (name) => Number(names.includes(name)));
}

function count(group: GroupNumber, atStart: boolean, reading: Reading): void {
  const { counts, scan } = reading;
  counts[group] = (counts[group] ?? 0) + 1;
  if (isKind[group] !== 1) return;
  if (atStart) {
    scan.asks++;
    if (scan.asks === 1) {
      reading.lead = group;
      scan.leadAtStart = true;
    }
  } else if (reading.lead === noGroup && onlyAtStart[group] !== 1) reading.lead = group;
}

function continuesWith({ text, codes }: Reading, from: number, to: number, beginning: string): boolean {
  const at = skipBlanks(codes, from, to);
  return at < to && text.slice(at, at + beginning.length).toLowerCase() === beginning;
}

function countIdentifier(reading: Reading, at: number, end: number, follow: number | undefined): void {
  const { text, codes, counts, scan } = reading;
  const name = text.slice(at, Math.min(end, at + 40)).toLowerCase();
  if (/(error|exception)$|^(ts|e|cs|c)\d{3,5}$/.test(name)) scan.errorNames++;
  const first = codes[at] ?? 0;
  // 800ms, 6gb, 50k: how long and how much.
  if (first >= 48 && first <= 57) {
    if (name.endsWith("ms")) counts[speed] = (counts[speed] ?? 0) + 1;
    else if (name.endsWith("gb") || name.endsWith("k")) counts[amount] = (counts[amount] ?? 0) + 1;
  }
  if (follow === 40 && (name === "o" || name === "θ")) scan.boundMarks++;
  if (follow === 46 && isExtensionAt(text, at, end + 6)) scan.filesNamed++;
}

const speed = groupNames.indexOf("speed");
const amount = groupNames.indexOf("amount");

const extensions = new Set(
  "ts tsx js jsx mjs cjs py go rs java kt cs cpp cc c h hpp rb php swift scala sql sh yml yaml json toml md css scss html vue svelte dart ex exs hs ml lua r proto tf".split(
    " ",
  ),
);

function isExtension(text: string, at: number, end: number): boolean {
  return end - at <= 6 && extensions.has(text.slice(at, end).toLowerCase());
}

function isExtensionAt(text: string, at: number, end: number): boolean {
  const name = text.slice(Math.max(at, end - 60), end).toLowerCase();
  const found = /\.([a-z]{1,6})\b/.exec(name);
  return found?.[1] !== undefined && extensions.has(found[1]);
}

function isLetter(code: number | undefined): boolean {
  const kind = kinds[code ?? 0];
  return kind === LOWER || kind === UPPER;
}

function isListItem(codes: Uint16Array, from: number, to: number): boolean {
  if (to - from < 4) return false;
  const code = codes[from] ?? 0;
  const next = codes[from + 1];
  if ((code === 45 || code === 42 || code === 0x2022) && next === 32) return true;
  return code >= 48 && code <= 57 && (next === 46 || next === 41) && codes[from + 2] === 32;
}

/** Looks for words of scripts without spaces where no prose is. */
function meetUnspaced(reading: Reading, from: number, to: number): void {
  for (let at = from; at < to; at++) if (kinds[reading.codes[at] ?? 0] === UNSPACED) meetUnspacedAt(reading, at);
}

function meetUnspacedAt({ text, codes, unspacedMet }: Reading, at: number): void {
  for (const word of unspacedFrom(codes[at] ?? 0)) {
    if (standsAt(word.codes, codes, at, text.length) && !unspacedMet.includes(word)) unspacedMet.push(word);
  }
}

/** The first of them that names a kind of work leads. */
function countUnspaced(reading: Reading): void {
  const { counts, scan, unspacedMet } = reading;
  for (const { group } of unspacedMet) counts[group] = (counts[group] ?? 0) + 1;
  const lead = unspacedMet.find(({ group }) => isKind[group] === 1);
  if (lead === undefined) return;
  reading.lead = lead.group;
  scan.leadAtStart = true;
  scan.asks++;
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
