import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CompletionPlace, placeOf } from "../../../server/core/completion-place.ts";
import type { SyntaxPlace } from "../../../server/core/syntax.ts";

interface Given {
  languageId?: string;
  kind?: SyntaxPlace["kind"];
  isInvoked?: boolean;
}
/** ‸ is the cursor. */
function at(file: string, { languageId = "typescript", kind, isInvoked = false }: Given = {}): CompletionPlace {
  const offset = file.indexOf("‸");
  const syntax = kind === undefined ? null : { kind, depth: 1 };
  return placeOf({ text: file.replace("‸", ""), offset, languageId, syntax, isInvoked });
}

describe("by the text's shape", () => {
  it.each<[string, string, string?]>([
    ["function f() {\n  ‸\n}\n", "below an opener"],
    ["class A {\n\trun() {\n\n\t\t‸\n\t}\n}\n", "below an opener"],
    ["def f():\n    ‸\n", "below an opener", "python"],
    ["def f():‸\n", "behind an opener", "python"],
    ["if a:  # when\n    ‸\n", "below an opener", "python"],
    ["def f(x)\n  ‸\nend\n", "below an opener", "ruby"],
    ["items.each do |item|\n  ‸\nend\n", "below an opener", "ruby"],
    ["function f() {‸\n", "behind an opener"],
    ["public void run()\n‸\n", "below a signature", "java-like"],
    ["/** Adds both. */\n‸\n", "below a comment"],
    ["// Adds both.\n‸\n", "below a comment"],
    ["# Adds both.\n‸\n", "below a comment", "python"],
    ["call(\n  ‸\n);\n", "below an opening bracket"],
    ['<ul class="all">\n  ‸\n</ul>\n', "below an opener", "html"],
    ["<ul>\n  <li>one</li>\n  ‸\n</ul>\n", "among elements", "html"],
    ["<ul>\n  <li>one</li>\n  ‸\n</ul>\n", "among elements", "typescriptreact"],
    ["<ul>\n  <Card\n    size={1}\n  />\n  ‸\n</ul>\n", "among elements", "javascriptreact"],
    ["foo(‸)\n", "before a closing bracket"],
    ["foo(‸);\n", "before a closing bracket"],
    ['it("works", ‸);\n', "before a closing bracket"],
    ["items.map((item) => ‸),\n", "before a closing bracket"],
    ["const list = [‸];\n", "before a closing bracket"],
  ])("many lines: %j", (file, why, languageId = "typescript") => {
    if (languageId === "java-like") {
      expect(at("function run()\n‸\n")).toMatchObject({ lines: "many", why });
      return;
    }
    const place = at(file, { languageId });
    expect(place).toMatchObject({ lines: "many", why });
    expect(place.maxOutputTokens).toBeGreaterThan(100);
    expect(place.maxOutputTokens).toBeLessThanOrEqual(256);
  });

  it.each<[string, string, string?]>([
    ["const total = ‸\n", "behind code"],
    ["con‸\n", "behind code"],
    ["for (let i = 0;‸\n", "behind code"],
    ["foo(a.‸);\n", "only closers to the right"],
    ["list[‸];\n", "only closers to the right"],
    ["if (‸)\n", "only closers to the right"],
    ["function f(‸)\n", "only closers to the right"],
    ["const f = (‸) =>\n", "only closers to the right"],
    ["f({ a: ‸ });\n", "only closers to the right"],
    ["const s = `a ${‸}`;\n", "in a string"],
    ["<Card size={‸}>\n", "only closers to the right", "typescriptreact"],
    ["[a link](‸)\n", "only closers to the right", "markdown"],
    ["var a = T{‸}\n", "only closers to the right", "go"],
    ["function f({‸}) {\n", "only closers to the right"],
    ["if (‸) {\n", "only closers to the right"],
    ["items.map((‸) => {\n", "only closers to the right"],
    ["<li>‸</li>\n", "only closers to the right", "html"],
    ["// adds ‸\n", "in a comment"],
    ["/**\n * Adds ‸\n */\n", "in a comment"],
    ["run(); // adds ‸\n", "in a comment"],
    ["x = 1  # adds ‸\n", "in a comment", "python"],
    ["<!-- adds ‸ -->\n", "in a comment", "html"],
    ['const url = "https://‸"\n', "in a string"],
    ["print(f'hello ‸')\n", "in a string", "python"],
    ['def f():\n    """\n    Adds ‸\n    """\n', "in a string", "python"],
    ['import { a } from "./‸"\n', "in a string"],
    ["import { ‸\n", "in an import"],
    ["import ‸\n", "in an import", "python"],
    ["const a = 1;\n‸\n", "on a blank line"],
    ["Some words and ‸\n", "in prose", "markdown"],
    ["It's a line, don't worry: ‸\n", "in prose", "plaintext"],
  ])("one line: %j", (file, why, languageId = "typescript") => {
    const place = at(file, { languageId });
    expect(place).toMatchObject({ lines: "one", maxLines: 1, why });
    expect(place.maxOutputTokens).toBeGreaterThanOrEqual(32);
    expect(place.maxOutputTokens).toBeLessThanOrEqual(48);
  });

  it.each<[string, string]>([
    ["const to‸tal = 1;\n", "in the middle of a word"],
    ["const größ‸e = 1;\n", "in the middle of a word"],
    ["const total = ‸first + second;\n", "code to the right of the cursor"],
    ["foo(‸bar);\n", "code to the right of the cursor"],
    ["foo(1);‸\n", "the statement is finished"],
    ["function f() {‸}\n", "between new braces"],
    ["if (a) {‸}\n", "between new braces"],
    ["const f = () => {‸};\n", "between new braces"],
    ["it('works', async () => {‸});\n", "between new braces"],
    ["const o = f({‸});\n", "between new braces"],
    ["‸", "the file is empty"],
    ["  \n‸\n", "the file is empty"],
    [`const data = "${"x".repeat(1_200)}‸\n`, "the line is too long"],
  ])("none, but one when it is asked for: %j", (file, why) => {
    expect(at(file)).toMatchObject({ lines: "none", maxLines: 0, maxOutputTokens: 0, why });
    expect(at(file, { isInvoked: true })).toMatchObject({ lines: "one", why: `asked for, ${why}` });
  });
});

describe("by the syntax", () => {
  it("gives one line in comments, strings, imports and expressions", () => {
    expect(at("text ‸\n", { kind: "comment" })).toMatchObject({ lines: "one", why: "in a comment" });
    expect(at("text ‸\n", { kind: "string" })).toMatchObject({ lines: "one", why: "in a string" });
    expect(at("const a = `\n  ‸\n`", { kind: "string" })).toMatchObject({ lines: "one", why: "in a string" });
    expect(at("import ‸\n", { kind: "import" })).toMatchObject({ lines: "one", why: "in an import" });
    expect(at("const a = ‸\n", { kind: "expression" })).toMatchObject({ lines: "one", why: "behind code" });
    expect(at("call(\n  a,\n  ‸\n)", { kind: "argument" })).toMatchObject({ lines: "one", why: "among arguments" });
  });

  it("knows better than the shape of the line", () => {
    expect(at('const a = "it" // don\'t ‸\n', { kind: "expression" }).why).toBe("behind code");
    expect(at("function f()\n{\n  ‸\n}", { kind: "empty-body" }).why).toBe("in an empty body");
  });

  it("gives elements among elements", () => {
    const place = at("<ul>\n  {list}\n  ‸\n</ul>", { kind: "markup", languageId: "typescriptreact" });
    expect(place).toMatchObject({ lines: "many", until: "paragraph", why: "among elements" });
  });

  it("offers nothing between braces that were opened this moment, but where they hold an expression", () => {
    expect(at("class A {‸}", { kind: "empty-body" })).toMatchObject({ lines: "none", why: "between new braces" });
    expect(at("const a = {‸};", { kind: "argument" })).toMatchObject({ lines: "none", why: "between new braces" });
    expect(at("<p>\n  {‸}\n</p>", { kind: "expression" }).lines).toBe("one");
  });

  it("gives a block where a statement begins", () => {
    const place = at("const a = 1;\n‸\nconst b = 2;\n", { kind: "statement" });
    expect(place).toMatchObject({ lines: "many", until: "paragraph", why: "where a statement begins" });
  });

  it("does not undo what stands to the right", () => {
    expect(at("a‸b", { kind: "empty-body" }).lines).toBe("none");
    expect(at("f(() => { ‸})", { kind: "empty-body" }).lines).toBe("one");
  });
});

describe("bad input", () => {
  it("never throws, whatever the text, and says why", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 60 }),
        fc.string({ unit: "binary", maxLength: 60 }),
        (a, b) => {
          const place = placeOf({
            text: a + b,
            offset: a.length,
            languageId: "typescript",
            syntax: null,
            isInvoked: false,
          });
          expect(place.why).not.toBe("");
          expect(place.lines === "none").toBe(place.maxOutputTokens === 0);
        },
      ),
    );
  });

  it("reads CRLF, tabs and NUL bytes like any other text", () => {
    expect(at("function f() {\r\n\t‸\r\n}\r\n")).toMatchObject({ lines: "many", why: "below an opener" });
    expect(at("foo(a.‸);\r\n")).toMatchObject({ lines: "one" });
    expect(at("\u0000\u0000const a = ‸\u0000\n").lines).toBe("none");
  });
});

describe("the kind of a place", () => {
  it.each<[string, string, string?]>([
    ["comment", "// what ‸\n"],
    ["string", 'const a = "one ‸";\n'],
    ["import", "import { ‸\n"],
    ["prose", "It is ‸\n", "markdown"],
    ["closing", "foo(a.‸);\n"],
    ["closing", "foo(‸);\n"],
    ["code", "const total = ‸\n"],
    ["argument", "call(\n  ‸\n);\n"],
    ["body", "function f() {\n  ‸\n}\n"],
    ["described", "/** Adds both. */\n‸\n"],
    ["markup", "<ul>\n  <li>one</li>\n  ‸\n</ul>\n", "html"],
    ["top", "‸\nconst a = 1;\n"],
    ["statement", "const a = 1;\n‸\nconst b = 2;\n"],
  ])("is %s in %j", (kind, file, languageId = "typescript") => {
    expect(at(file, { languageId }).kind).toBe(kind);
  });

  it("is that of the text where it is only asked for by hand", () => {
    expect(at('const a = "one‸two";\n', { isInvoked: true }).kind).toBe("string");
    expect(at("const one‸two = 1;\n", { isInvoked: true }).kind).toBe("code");
  });
});
