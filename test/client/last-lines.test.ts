import { describe, expect, it } from "vitest";
import { lastLines, lastWords } from "../../client/last-lines.ts";

const ESC = String.fromCharCode(27);

describe("what a process printed", () => {
  it("is put together from pieces, each stream's lines whole", () => {
    const { feed, lines } = lastLines();
    feed("out", "one\ntw");
    feed("err", "oh\r\n");
    feed("out", "o\nthree");
    expect(lines()).toEqual(["one", "oh", "two", "three"]);
  });

  it("is shown as a terminal shows it in the end, without colours", () => {
    const { feed, lines } = lastLines();
    feed("out", `${ESC}[31m✗ red${ESC}[0m\n10 %\r50 %\r100 %\n${ESC}]8;;http://a${ESC}\\a${ESC}]8;;${ESC}\\\n`);
    feed("out", `a\tb\u0000c\n`);
    expect(lines()).toEqual(["✗ red", "100 %", "a", "a  bc"]);
  });

  it("keeps the last 200 lines, and of a line without an end its beginning", () => {
    const { feed, lines } = lastLines();
    for (let at = 0; at < 1_000; at += 1) feed("out", `${at}\n`);
    expect([lines().length, lines()[0], lines().at(-1)]).toEqual([200, "800", "999"]);
    for (let at = 0; at < 1_000; at += 1) feed("out", "0123456789");
    expect(lines().at(-1)).toHaveLength(2_000);
    feed("out", "\nnext\n");
    expect(lines().slice(-1)).toEqual(["next"]);
    expect(lines().every((line) => line.length <= 2_000)).toBe(true);
  });

  it("ends with its last line that says something", () => {
    expect(lastWords(["a", " 2 failed ", "", "  "], 200)).toBe("2 failed");
    expect(lastWords(["x".repeat(300)], 200)).toBe(`${"x".repeat(199)}…`);
    expect(lastWords([], 200)).toBe("");
  });
});
