import { describe, expect, it } from "vitest";
import { type Edit, newErrors, type SeenError } from "../../client/new-errors.ts";

/** `message@line:character`, as a list a person can read. */
const errors = (...words: string[]): SeenError[] =>
  words.map((each) => {
    const [, message = "", line, character] = /^(.*)@(\d+):(\d+)$/.exec(each) ?? [];
    return { message, source: "ts", start: { line: Number(line), character: Number(character) } };
  });
const words = (found: SeenError[]) => found.map(({ message, start }) => `${message}@${start.line}:${start.character}`);
const edit = (start: [number, number], end: [number, number], text: string): Edit => ({
  start: { line: start[0], character: start[1] },
  end: { line: end[0], character: end[1] },
  text,
});
const check = (before: string[], edits: Edit[], after: string[]) =>
  words(newErrors(errors(...before), edits, errors(...after)));

describe("which errors are new after an insertion", () => {
  const twoLines = edit([2, 0], [2, 0], "let a;\nlet b;\n");

  it("are those that stand nowhere an old one was moved to", () => {
    expect(check([], [twoLines], [])).toEqual([]);
    expect(check([], [twoLines], ["no b@3:4"])).toEqual(["no b@3:4"]);
    expect(check(["no x@1:4", "no y@5:2"], [twoLines], ["no x@1:4", "no y@7:2", "no b@3:4"])).toEqual(["no b@3:4"]);
  });

  it("are found by their place although as many went as came", () => {
    expect(check(["no x@1:4"], [twoLines], ["no x@3:4"])).toEqual(["no x@3:4"]);
    expect(check(["no x@1:4"], [twoLines], ["no b@1:4"])).toEqual(["no b@1:4"]);
  });

  it("count one for one where the words are the same", () => {
    const before = ["no x@5:2"];
    expect(check(before, [twoLines], ["no x@2:4", "no x@7:2", "no x@3:4"])).toEqual(["no x@2:4", "no x@3:4"]);
  });

  it("are moved within a line, and by the last line of what is inserted", () => {
    expect(check(["no x@2:8"], [edit([2, 4], [2, 4], "abc")], ["no x@2:11"])).toEqual([]);
    expect(check(["no x@2:8"], [edit([2, 4], [2, 4], "a\r\nbcd")], ["no x@3:7"])).toEqual([]);
    expect(check(["no x@6:1"], [edit([2, 4], [4, 1], "a")], ["no x@4:1"])).toEqual([]);
  });

  it("are none where code is inserted over itself, errors and all", () => {
    const over = edit([2, 0], [4, 1], "function f() {\n  return x;\n}");
    expect(check(["no x@3:9"], [over], ["no x@3:9"])).toEqual([]);
    expect(check(["no x@3:9"], [over], ["no x@3:9", "no x@4:0"])).toEqual(["no x@4:0"]);
  });

  it("are none where the one at the cursor stays before, or moves behind what is inserted", () => {
    const at = edit([2, 0], [2, 0], "let a;\n");
    expect(check(["'}' expected@2:0"], [at], ["'}' expected@2:0"])).toEqual([]);
    expect(check(["'}' expected@2:0"], [at], ["'}' expected@3:0"])).toEqual([]);
  });

  it("are none where a checker points at another word of the same line", () => {
    expect(check(["no x@1:4"], [twoLines], ["no x@1:9"])).toEqual([]);
  });

  it("follow several edits, each in the places of the text it met", () => {
    const edits = [edit([9, 0], [9, 0], "z\n"), edit([2, 0], [2, 0], "a\n"), edit([0, 0], [1, 0], "")];
    expect(check(["no x@5:3", "no y@9:1"], edits, ["no x@5:3", "no y@10:1"])).toEqual([]);
  });

  it("are told apart by who says so", () => {
    const [one] = errors("no x@1:4");
    if (one === undefined) throw new Error("no error");
    expect(newErrors([one], [], [{ ...one, source: "eslint" }])).toHaveLength(1);
  });
});
