import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codeReader } from "../../../server/core/char-codes.ts";
import { codesOf, standsAt, wordTable } from "../../../server/core/word-table.ts";

describe("the codes of a text", () => {
  it("are those of its characters, whatever was read before and however long it is", () => {
    const read = codeReader(20);
    const check = (text: string) => {
      const codes = read(text);
      expect(String.fromCharCode(...codes.subarray(0, text.length))).toBe(text);
      expect(codes[text.length]).toBe(0);
    };
    ["", "abc", "İ 🙂 \ud83d", "a longer text than there is room for", "ß"].forEach(check);
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 60 }), check));
    expect([...read("abcdef", 2).subarray(0, 3)]).toEqual([97, 98, 0]);
  });
});

describe("a table of words", () => {
  const words = ["lock", "locks", "mutex", "größe", "修复", "a"];
  const table = wordTable(new Map(words.map((word, at) => [word, at])));

  it("finds each of its words where it stands in a text, and no other", () => {
    for (const [at, word] of words.entries()) {
      expect(table.find(codesOf(`the ${word}!`), 4, 4 + word.length)).toBe(at);
    }
    for (const other of ["", "loc", "lockss", "Lock", "b"]) {
      expect(table.find(codesOf(other), 0, other.length)).toBe(undefined);
    }
  });

  it("takes none and thousands", () => {
    expect(wordTable(new Map()).find(codesOf("a"), 0, 1)).toBe(undefined);
    const many = Array.from({ length: 3_000 }, (_, at) => [`w${at}`, at] as const);
    const large = wordTable(new Map(many));
    expect(many.every(([word, at]) => large.find(codesOf(word), 0, word.length) === at)).toBe(true);
  });
});

describe("a word in a text", () => {
  it("stands there in capitals too, and not beyond the end", () => {
    const text = codesOf("Traceback (most");
    expect(standsAt(codesOf("traceback"), text, 0, text.length)).toBe(true);
    expect(standsAt(codesOf("traceback"), text, 0, 8)).toBe(false);
    expect(standsAt(codesOf("traceback"), text, 1, text.length)).toBe(false);
  });
});
