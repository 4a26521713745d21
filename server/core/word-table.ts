import { lowerOf } from "./char-codes.ts";

/** Values by words, looked up where a word stands among the codes of a text: none is cut out of it for that. */
export interface WordTable<Value> {
  /** The value of the word at `from` … `to`, as it is written there. */
  find(codes: Uint16Array, from: number, to: number): Value | undefined;
}

/** A table of these words. Slots that are taken are passed over; a quarter are at most. */
export function wordTable<Value>(entries: ReadonlyMap<string, Value>): WordTable<Value> {
  const size = 2 ** Math.ceil(Math.log2(4 * entries.size + 1));
  const words = [...entries.keys()];
  const values = [...entries.values()];
  const letters = codesOf(words.join(""));
  /** Where the letters of each word begin and, one further, where they end. */
  const bounds = new Uint32Array(entries.size + 1);
  /** One more than the number of the word; 0: free. */
  const slots = new Uint16Array(size);
  let end = 0;
  let number = 0;
  for (const word of words) {
    const start = end;
    end += word.length;
    number += 1;
    bounds[number] = end;
    let slot = hashOf(letters, start, end) & (size - 1);
    while (slots[slot] !== 0) slot = (slot + 1) & (size - 1);
    slots[slot] = number;
  }

  const stands = (at: number, codes: Uint16Array, from: number, to: number): boolean => {
    const start = bounds[at] ?? 0;
    if ((bounds[at + 1] ?? 0) - start !== to - from) return false;
    for (let letter = from; letter < to; letter += 1) {
      if (letters[start + letter - from] !== codes[letter]) return false;
    }
    return true;
  };
  const find = (codes: Uint16Array, from: number, to: number): Value | undefined => {
    for (let slot = hashOf(codes, from, to) & (size - 1); ; slot = (slot + 1) & (size - 1)) {
      const taken = slots[slot] ?? 0;
      if (taken === 0) return undefined;
      if (stands(taken - 1, codes, from, to)) return values[taken - 1];
    }
  };
  return { find };
}

/** FNV-1a, 32 bits, its upper half folded into the lower one. */
function hashOf(codes: Uint16Array, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let at = from; at < to; at += 1) hash = Math.imul(hash ^ (codes[at] ?? 0), 0x01000193);
  return hash ^ (hash >>> 16);
}

/** Whether a word, given in lower case, stands at a place before `to`, in capitals or not. */
export function standsAt(word: Uint16Array, codes: Uint16Array, from: number, to: number): boolean {
  if (from + word.length > to) return false;
  for (let at = 0; at < word.length; at += 1) if (lowerOf(codes[from + at] ?? 0) !== word[at]) return false;
  return true;
}

export function codesOf(word: string): Uint16Array {
  const codes = new Uint16Array(word.length);
  for (let at = 0; at < word.length; at += 1) codes[at] = word.charCodeAt(at);
  return codes;
}
