import { describe, expect, it } from "vitest";
import { type Language, renameIdentifier } from "../../../server/playground/rename-identifier.ts";

function check(language: Language, source: string, from: string, to: string, expected: string) {
  expect(renameIdentifier(source, { language, from, to }).text).toBe(expected);
}

describe("renaming in TypeScript", () => {
  it("renames the function and its calls, not a method of the same name", () => {
    check(
      "typescript",
      "function parse(a) { return JSON.parse(a) + parse(a); }",
      "parse",
      "read",
      "function read(a) { return JSON.parse(a) + read(a); }",
    );
  });
  it("renames a property behind a dot", () => {
    check(
      "typescript",
      "interface A { size: number }\na.size = size2;",
      "size",
      "length",
      "interface A { length: number }\na.length = size2;",
    );
  });
  it("leaves strings and expressions alone, and follows into a template's holes", () => {
    check(
      "typescript",
      `const a = 1; f("a", 'a', /a+/g, \`a \${a} a\`); // a`,
      "a",
      "b",
      `const b = 1; f("a", 'a', /a+/g, \`a \${b} a\`); // a`,
    );
  });
  it("is not confused by divisions, or by quotes in comments", () => {
    check(
      "typescript",
      "// don't\nlet n = m / n / 2; /* n's */ n++;",
      "n",
      "k",
      "// don't\nlet k = m / k / 2; /* n's */ k++;",
    );
  });
  it("follows comments that name it as code", () => {
    check(
      "typescript",
      "/** See `go` and go(). Then go. */\nfunction go() {}",
      "go",
      "run",
      "/** See `run` and run(). Then go. */\nfunction run() {}",
    );
  });
  it("keeps longer names, dollar signs and CRLF", () => {
    check("typescript", "const a = aa + $a + a$;\r\nb(a);\r\n", "a", "x", "const x = aa + $a + a$;\r\nb(x);\r\n");
  });
  it("counts the places", () => {
    expect(renameIdentifier("a; a(a)", { language: "typescript", from: "a", to: "b" }).places).toBe(3);
    expect(renameIdentifier("b", { language: "typescript", from: "a", to: "b" }).places).toBe(0);
  });
});

describe("renaming in Python and Go", () => {
  it("follows into f-strings, not into others", () => {
    check(
      "python",
      "def f(x):\n    '''x is x'''\n    return f\"x {x:>4} {{x}}\" + 'x' # x",
      "x",
      "y",
      "def f(y):\n    '''x is x'''\n    return f\"x {y:>4} {{x}}\" + 'x' # x",
    );
  });
  it("renames the first word of a Go comment, as Go writes them", () => {
    check(
      "go",
      "// wait returns how long to wait.\nfunc wait() int { return fmt.wait + wait() + len(`wait`) }",
      "wait",
      "pause",
      "// pause returns how long to wait.\nfunc pause() int { return fmt.wait + pause() + len(`wait`) }",
    );
  });
});
