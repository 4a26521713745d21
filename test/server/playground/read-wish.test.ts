import { describe, expect, it } from "vitest";
import { readWish } from "../../../server/playground/read-wish.ts";

type Kind = "explain" | "fix" | "test" | "document" | "rename";

function kinds(question: string): Kind[] {
  const wish = readWish(question);
  const all: Kind[] = ["explain", "fix", "test", "document", "rename"];
  return all.filter((kind) => wish[kind] !== false && wish[kind] !== null);
}

describe("what a person wants", () => {
  it.each([
    ["what does this do?", ["explain"]],
    ["What does this do", ["explain"]],
    ["explain parse", ["explain"]],
    ["How does the pool work?", ["explain"]],
    ["eli5", ["explain"]],
    ["summarise this file", ["explain"]],
    ["walk me through runAll", ["explain"]],
    ["why is end compared with text.length?", ["explain"]],
    ["Write a unit test", ["test"]],
    ["unit tests please", ["test"]],
    ["add tests for pct", ["test"]],
    ["test this function", ["test"]],
    ["Can you generate some test cases covering the edge cases?", ["test"]],
    ["how would you test backoff?", ["test"]],
    ["write a test for the bug", ["test"]],
    ["fix the bug and write a test for it", ["fix", "test"]],
    ["add a doc comment", ["document"]],
    ["Document this", ["document"]],
    ["write a docstring for pct", ["document"]],
    ["please add JSDoc", ["document"]],
    ["add comments", ["document"]],
    ["fix this", ["fix"]],
    ["why does it fail", ["fix"]],
    ['Why does parse("1h30m") sometimes throw?', ["fix"]],
    ["what's wrong here", ["fix"]],
    ["is there a bug in pool.ts?", ["fix"]],
    ["find the problem", ["fix"]],
    ["review this code", ["fix"]],
    ["is this correct?", ["fix"]],
    ["it doesn’t work", ["fix"]],
    ["a valid duration is sometimes rejected", ["fix"]],
    ["fix the failing test", ["fix"]],
    ["rename parse to parseDuration", ["rename"]],
    ["Rename parse to parseDuration and add a doc comment", ["document", "rename"]],
    ["find a better name for pct", ["rename"]],
    ["hello", []],
    ["translate this to Rust", []],
    ["write a haiku", []],
  ] satisfies [string, Kind[]][])("%s", (question, expected) => {
    expect(kinds(question)).toEqual(expected);
  });

  it.each([
    ["rename parse to parseDuration", "parse", "parseDuration"],
    ["Rename `parse()` to `parseDuration`", "parse", "parseDuration"],
    ["please rename the function pct into percentile", "pct", "percentile"],
    ["rename parse -> parseDuration", "parse", "parseDuration"],
    ["rename variable total to sum everywhere", "total", "sum"],
    ["rename parse in this file to parseDuration", "parse", "parseDuration"],
    ["rename it to parseDuration", null, "parseDuration"],
    ["rename this function to parseDuration", null, "parseDuration"],
    ["rename to parseDuration", null, "parseDuration"],
    ["change the name of pct to percentile", "pct", "percentile"],
    ["call pct percentile instead", "pct", "percentile"],
    ["pct should be called percentile", "pct", "percentile"],
    ["find a better name for pct", "pct", null],
    ["rename this", null, null],
  ])("reads the names in: %s", (question, from, to) => {
    expect(readWish(question).rename).toEqual({ from, to });
  });
});
