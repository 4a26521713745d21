import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readCommentedJson } from "../../../server/core/read-commented-json.ts";

const told = (text: string) => {
  const read = readCommentedJson(text);
  return read.ok ? read.value : `${read.line}:${read.column} ${read.message}`;
};

describe("JSON with comments", () => {
  it("is read as VS Code's settings are: comments, and a comma behind the last item", () => {
    const text = `\ufeff// who pays
{
  "a": [1, 2, /* two */ 3,], // "b": 4
  "c": "// no comment, \\"nor\\" /* this */",
  /* * ** / */
  "d": { "e": null, },
}
`;
    expect(told(text)).toEqual({ a: [1, 2, 3], c: '// no comment, "nor" /* this */', d: { e: null } });
    expect([told("{}"), told("[ ]"), told(" 7 "), told('""')]).toEqual([{}, [], 7, ""]);
  });

  it.each([
    ["", "1:1 It is empty. Write an object in braces."],
    ["// nothing\n", "2:1 It is empty. Write an object in braces."],
    ['{\n  "a": 1', "2:9 A closing brace is missing at the end."],
    ['{"a": [1', "1:9 A closing bracket is missing at the end."],
    ['{\n  "a": 1\n  "b": 2 }', "3:3 A comma is missing before it."],
    ['{ "a" 1 }', "1:7 A colon is missing before it."],
    ['{ "a" }', "1:7 A colon and a value are missing before it."],
    ['{ "a": }', "1:8 A value is missing before it."],
    ['{ "a": , }', "1:8 A comma too many stands here."],
    ["[1,,2]", "1:4 A comma too many stands here."],
    ["[,]", "1:2 A comma too many stands here."],
    ["{ , }", "1:3 A comma too many stands here."],
    ['{ "a":: 1 }', "1:7 A colon too many stands here."],
    ["{ a: 1 }", "1:3 This is no JSON. Texts and names need double quotes."],
    ["{ 1: 1 }", "1:3 A name in double quotes belongs here."],
    ["{ 'a': 1 }", "1:3 Single quotes are not JSON. Use double quotes."],
    [
      '{ "a": "b\n" }',
      "1:8 This text in quotes does not end in its line, or a backslash in it means nothing. Write \\\\ for one backslash.",
    ],
    [
      '{ "a": "C:\\work" }',
      "1:8 This text in quotes does not end in its line, or a backslash in it means nothing. Write \\\\ for one backslash.",
    ],
    ["{ /* a", "1:3 This comment does not end. Close it with */."],
    ["{ ]", "1:3 A closing bracket closes nothing here."],
    ["}", "1:1 A closing brace closes nothing here."],
    ["{} {}", "1:4 Something stands behind the end. Remove it."],
    ['{ "daily": 5,\n  "daily": 50 }', "2:3 This name stands here for the second time. Remove one of the two."],
  ])("says where it is wrong, and what to do: %j", (text, message) => {
    expect(told(text)).toBe(message);
  });

  it("never repeats what is written, which may be a key", () => {
    expect(told('{ "key": sk-live-0123456789abcdef }')).toBe(
      "1:10 This is no JSON. Texts and names need double quotes.",
    );
  });

  it("takes what JSON.parse takes, and refuses what it refuses but for comments and last commas", () => {
    const pieces = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"a"',
      '"b"',
      "1",
      "-0.5e3",
      "01",
      "true",
      "nul",
      " ",
      "\n",
      '"\\u00e4"',
      "-",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (list) => {
        const text = list.join("");
        const read = readCommentedJson(text);
        let value: unknown;
        let isJson = true;
        try {
          value = JSON.parse(text);
        } catch {
          isJson = false;
        }
        if (read.ok && isJson) expect(read.value).toEqual(value);
        if (read.ok && !isJson) expect(text).toMatch(/,\s*[}\]]/);
        if (!read.ok && isJson) expect(read.message).toContain("second time");
      }),
      { numRuns: 5_000 },
    );
    fc.assert(
      fc.property(fc.json(), (text) => {
        const read = readCommentedJson(text);
        if (read.ok) expect(read.value).toEqual(JSON.parse(text));
        else expect(read.message).toContain("second time");
      }),
    );
  });

  it("takes a deep and a long text", () => {
    const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
    expect(readCommentedJson(deep).ok).toBe(true);
    expect(told(`{ "a": "${"x".repeat(500_000)}`)).toMatch(/^1:8 This text in quotes does not end/);
    expect(told(`/*${"*".repeat(500_000)}`)).toBe("1:1 This comment does not end. Close it with */.");
  });
});
