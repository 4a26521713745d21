import { describe, expect, it } from "vitest";
import { windowAround } from "../../../server/core/syntax-window.ts";

const lines = (from: number, to: number, indent: string) =>
  Array.from({ length: to - from }, (_, at) => `${indent}line${from + at}();\n`).join("");

function windowOf(marked: string) {
  const [prefix = "", suffix = ""] = marked.split("█");
  return windowAround({ prefix, suffix });
}

describe("the window around a cursor", () => {
  it("is the whole of a short file", () => {
    expect(windowOf("class A {\n  f() {\n    █\n  }\n}\n")).toEqual({
      before: "class A {\n  f() {\n    ",
      after: "\n  }\n}\n",
    });
    expect(windowOf("█")).toEqual({ before: "", after: "" });
    expect(windowOf("one\r\n█two")).toEqual({ before: "one\r\n", after: "two" });
  });

  it("holds of what is around it the lines that open and close the blocks", () => {
    const { before, after } = windowOf(
      `import a;\nclass A {\n  one = 1;\n\n  f(\n    two,\n  ) {\n    if (three) {\n${lines(0, 90, "      ")}    } else {\n${lines(90, 400, "      ")}      █\n${lines(400, 700, "      ")}    }\n    four();\n  }\n\n  g() {}\n}\nlast();\n`,
    );
    expect(before.startsWith("class A {\n  f(\n  ) {\n    if (three) {\n    } else {\n      line")).toBe(true);
    expect(before.endsWith("      line399();\n      ")).toBe(true);
    expect(after.startsWith("\n      line400();\n")).toBe(true);
    expect(after.endsWith("();\n}\n}\n}\n")).toBe(true);
    expect(before.split("\n").length).toBeLessThanOrEqual(126);
    expect(after.split("\n").length).toBeLessThanOrEqual(46);
  });

  it("begins and ends where something begins that is not further in than the rest", () => {
    const functions = Array.from({ length: 60 }, (_, at) => `function f${at}() {\n${lines(0, 8, "  ")}}\n`).join("\n");
    const { before, after } = windowOf(`${functions}\n█\n${functions}`);
    expect(before).toMatch(/^function f\d+/);
    expect(after).toMatch(/\n}\n\n$/);
  });

  it("stays the same while the cursor moves a few lines on", () => {
    const functions = Array.from({ length: 60 }, (_, at) => `function f${at}() {\n${lines(0, 8, "  ")}}\n`).join("\n");
    const starts = new Set(
      [0, 1, 2, 3, 4].map((more) => windowOf(`${functions}\n${lines(0, more, "")}█`).before.slice(0, 30)),
    );
    expect(starts.size).toBe(1);
  });

  it("is bounded whatever the lines are like", () => {
    for (const text of ["x".repeat(500_000), "\n".repeat(500_000), " ".repeat(500_000), `${" x\n".repeat(100_000)}`]) {
      const { before, after } = windowAround({ prefix: text, suffix: text });
      expect(before.length).toBeLessThanOrEqual(8_100);
      expect(after.length).toBeLessThanOrEqual(3_100);
      expect(text.endsWith(before)).toBe(true);
      expect(text.startsWith(after)).toBe(true);
    }
  });
});
