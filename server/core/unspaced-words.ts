import type { GroupNumber } from "./lexicon.ts";
import { groupNames, unspacedWords } from "./vocabulary.ts";
import { codesOf } from "./word-table.ts";

/** A word of a script that has no spaces between words. */
export interface UnspacedWord {
  codes: Uint16Array;
  group: GroupNumber;
}

/** Those that begin with a character, given as its code. */
export function unspacedFrom(code: number): readonly UnspacedWord[] {
  return byFirst.get(code) ?? none;
}

const none: readonly UnspacedWord[] = [];
const byFirst = new Map<number, UnspacedWord[]>();
for (const [name, list] of unspacedWords) {
  for (const word of list.split(" ")) {
    const known = { codes: codesOf(word), group: groupNames.indexOf(name) };
    const first = word.charCodeAt(0);
    byFirst.set(first, [...(byFirst.get(first) ?? []), known]);
  }
}
