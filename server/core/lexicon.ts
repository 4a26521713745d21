import { groupNames, type WordGroup, wordGroups } from "./vocabulary.ts";

/** A word of the vocabulary, as `findWord` gives it. */
export interface KnownWord {
  groups: readonly WordGroup[];
  /** Phrases that begin with this word, by their second word. */
  phrases: ReadonlyMap<KnownWord, readonly Phrase[]>;
  /** A word people begin with before they say what they want: "please", "can". */
  opening: boolean;
}
export interface Phrase {
  group: WordGroup;
  /** The beginning of the third word, or "". */
  third: string;
}

/** The vocabulary's entry for the word at `from` … `to` of a text in lower case, in any of its forms; or null. */
export function findWord(lower: string, from: number, to: number): KnownWord | null {
  if (to - from > maxWordLength || beginnings[hashOf(lower, from, to)] !== 1) return null;
  const word = lower.slice(from, to);
  const known = seen.get(word);
  if (known !== undefined) return known;
  const found = byStem.get(stem(word.replaceAll("’", "'"))) ?? null;
  if (word.length <= maxSeenLength) {
    if (seen.size >= maxSeen) seen.clear();
    seen.set(word, found);
  }
  return found;
}

/** The longest word of the vocabulary is shorter. */
const maxWordLength = 30;
/** Words whose entry is already known, so that each is stemmed once. Twice the vocabulary; then it starts anew. */
const seen = new Map<string, KnownWord | null>();
const maxSeen = 2_000;
/** A longer slice would keep the whole text it was cut from alive in memory. */
const maxSeenLength = 12;

/** Words people begin with before they say what they want. */
const opening = new Set(
  "please pls can could would will you i we want need to help me us let's lets now then also just and so hi hey hello ok okay thanks first next finally quickly bitte kannst du mir ich möchte por favor puedes".split(
    " ",
  ),
);

interface Entry extends KnownWord {
  groups: WordGroup[];
  phrases: Map<KnownWord, Phrase[]>;
  opening: boolean;
}

const byStem = new Map<string, Entry>();
/** By a hash of three letters: whether any known word begins so. Most words of a text are turned away here. */
const beginnings = new Uint8Array(65_536);

for (const group of groupNames) {
  for (const listed of wordGroups[group].split(/,\s*/)) {
    const [first = "", second, third = ""] = listed.split(" ");
    const entry = entryFor(first);
    if (second === undefined) {
      // Forms of one word share a stem, and count once.
      if (!entry.groups.includes(group)) entry.groups.push(group);
      continue;
    }
    const next = entryFor(second);
    entry.phrases.set(next, [...(entry.phrases.get(next) ?? []), { group, third: stem(third) }]);
  }
}
for (const word of opening) entryFor(word).opening = true;

function entryFor(word: string): Entry {
  beginnings[hashOf(word, 0, word.length)] = 1;
  const key = stem(word);
  const known = byStem.get(key);
  if (known !== undefined) return known;
  const entry: Entry = { groups: [], phrases: new Map(), opening: false };
  byStem.set(key, entry);
  return entry;
}

function hashOf(text: string, from: number, to: number): number {
  const a = text.charCodeAt(from);
  const b = from + 1 < to ? text.charCodeAt(from + 1) : 0;
  const c = from + 2 < to ? text.charCodeAt(from + 2) : 0;
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
