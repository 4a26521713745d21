import { lowerOf } from "./char-codes.ts";
import { groupNames, wordGroups } from "./vocabulary.ts";
import { codesOf } from "./word-table.ts";

/** The number of a group: its place among `groupNames`. */
export type GroupNumber = number;

/** A word of the vocabulary, as `findWord` gives it. */
export interface KnownWord {
  /** Its own among all known words. */
  number: number;
  groups: readonly GroupNumber[];
  /** A word people begin with before they say what they want: "please", "can". */
  opening: boolean;
}
export interface Phrase {
  group: GroupNumber;
  /** The beginning of the third word, or "". */
  third: string;
}

/**
 * Two hashes of a word, each of that of its letters up to one and of this one; 0 is that of none. Whoever finds where a word
 * ends makes them on the way. Two words that share both, 64 bits, are not to be met.
 */
export function hashOn(hash: number, letter: number): number {
  return Math.imul(hash ^ letter, 0x01000193);
}
export function checkOn(check: number, letter: number): number {
  return Math.imul(check + letter, 0x2c1b3c6d);
}

/**
 * The vocabulary's entry for the word at `from` … `to` of a text, given as it stands and as its codes, in any of the word's
 * forms; or null. The hashes are the word's.
 */
export function findWord(
  { text, codes }: { text: string; codes: Uint16Array },
  from: number,
  to: number,
  hash: number,
  check: number,
): KnownWord | null {
  const slot = (hash ^ (hash >>> 16)) & (SEEN_WORDS - 1);
  if (seenHashes[slot] === hash && seenChecks[slot] === check) return seenEntries[slot] ?? null;
  const mayBeKnown = to - from <= LONGEST_WORD && beginnings[beginningOf(codes, from, to)] === 1;
  const found = mayBeKnown ? entryOf(text.slice(from, to)) : null;
  seenHashes[slot] = hash;
  seenChecks[slot] = check;
  seenEntries[slot] = found;
  return found;
}

/**
 * Words whose entry is already known, so that each is stemmed once: of those with one slot the last. So many that few words
 * of one question share a slot.
 */
const SEEN_WORDS = 16_384;
const seenHashes = new Int32Array(SEEN_WORDS);
const seenChecks = new Int32Array(SEEN_WORDS);
const seenEntries = new Array<KnownWord | null>(SEEN_WORDS).fill(null);

/** The longest word of the vocabulary is shorter. */
const LONGEST_WORD = 30;

/** Words people begin with before they say what they want. */
const opening = new Set(
  "please pls can could would will you i we want need to help me us let's lets now then also just and so hi hey hello ok okay thanks first next finally quickly bitte kannst du mir ich möchte por favor puedes".split(
    " ",
  ),
);

interface Entry extends KnownWord {
  groups: GroupNumber[];
  opening: boolean;
}

/** Phrases by their first two words. */
const phrases = new Map<number, Phrase[]>();
/** By a hash of two words: whether any phrase begins so. */
const pairs = new Uint8Array(32_768);

/** The phrases that begin with two words. */
export function phrasesOf({ number: first }: KnownWord, { number: second }: KnownWord): readonly Phrase[] {
  return pairs[hashOfPair(first, second)] === 1 ? (phrases.get(keyOfPair(first, second)) ?? none) : none;
}

const none: readonly Phrase[] = [];

function hashOfPair(first: number, second: number): number {
  return (first * 37 + second) & (pairs.length - 1);
}

function keyOfPair(first: number, second: number): number {
  return first * 65_536 + second;
}

const byStem = new Map<string, Entry>();
/** By a hash of three letters: whether any known word begins so. Most words of a text are turned away here. */
const beginnings = new Uint8Array(65_536);

for (const [group, name] of groupNames.entries()) {
  for (const listed of wordGroups[name].split(/,\s*/)) {
    const [first = "", second, third = ""] = listed.split(" ");
    const entry = entryFor(first);
    if (second === undefined) {
      // Forms of one word share a stem, and count once.
      if (!entry.groups.includes(group)) entry.groups.push(group);
      continue;
    }
    const next = entryFor(second);
    const key = keyOfPair(entry.number, next.number);
    pairs[hashOfPair(entry.number, next.number)] = 1;
    phrases.set(key, [...(phrases.get(key) ?? []), { group, third: stem(third) }]);
  }
}
for (const word of opening) entryFor(word).opening = true;

function entryFor(word: string): Entry {
  beginnings[beginningOf(codesOf(word.slice(0, 3)), 0, word.length)] = 1;
  const key = stem(word);
  const known = byStem.get(key);
  if (known !== undefined) return known;
  const entry: Entry = { number: byStem.size, groups: [], opening: false };
  byStem.set(key, entry);
  return entry;
}

function entryOf(word: string): KnownWord | null {
  return byStem.get(stem(word.toLowerCase().replaceAll("’", "'"))) ?? null;
}

function beginningOf(codes: Uint16Array, from: number, to: number): number {
  const a = lowerOf(codes[from] ?? 0);
  const b = from + 1 < to ? lowerOf(codes[from + 1] ?? 0) : 0;
  const c = from + 2 < to ? lowerOf(codes[from + 2] ?? 0) : 0;
  return (a * 1369 + b * 37 + c) & 65_535;
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
