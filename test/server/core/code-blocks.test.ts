import fc from "fast-check";
import MarkdownIt from "markdown-it";
import { describe, expect, it } from "vitest";
import { codeBlocks, languageIdOf } from "../../../server/core/code-blocks.ts";

/** What the chat page makes of it: `client/webview/markdown.ts` reads with this parser. */
const page = new MarkdownIt({ html: false, linkify: true, typographer: false });
const shown = (text: string) =>
  page
    .parse(text, {})
    .filter((token) => token.type === "fence")
    .map((token) => ({ info: token.info.trim(), text: token.content }));
/** Space in empty lines means nothing to a parser. */
const withoutSpace = (blocks: { info: string; text: string }[]) =>
  blocks.map(({ info, text }) => ({ info, text: text.replace(/^[ \t]+$/gm, "").trimEnd() }));

function check(markdown: string, expected: { info: string; text: string }[]) {
  const found = codeBlocks(markdown).map(({ info, text }) => ({ info, text }));
  expect(found).toEqual(expected);
  expect(withoutSpace(found)).toEqual(withoutSpace(shown(markdown)));
}

describe("the code blocks of an answer", () => {
  it("stand between fences of backticks or tildes", () => {
    check("Before\n\n```ts\nconst a = 1;\n```\n\nand\n\n~~~py\nb = 2\n~~~\n", [
      { info: "ts", text: "const a = 1;\n" },
      { info: "py", text: "b = 2\n" },
    ]);
  });

  it("hold shorter fences and other marks as text", () => {
    check("````md\n```ts\na\n```\n````\n~~~\n```\n~~~\n", [
      { info: "md", text: "```ts\na\n```\n" },
      { info: "", text: "```\n" },
    ]);
  });

  it("stand in lists, nested lists and quotes, without their marks", () => {
    check(
      "1. One:\n\n   ```ts\n   if (a) {\n     b();\n   }\n   ```\n\n2. Two:\n   - three\n     ```py\n     x = 1\n     ```\n",
      [
        { info: "ts", text: "if (a) {\n  b();\n}\n" },
        { info: "py", text: "x = 1\n" },
      ],
    );
    check("> ```go\n> x := 1\n> ```\n", [{ info: "go", text: "x := 1\n" }]);
    check("- ```sh\n  ls\n  ```\n- > ~~~\n  > a\n  > ~~~\n", [
      { info: "sh", text: "ls\n" },
      { info: "", text: "a\n" },
    ]);
  });

  it("end with what holds them, and with the answer", () => {
    check("- ```sh\n  ls\n\nafter\n\n```ts\nconst a", [
      { info: "sh", text: "ls\n\n" },
      { info: "ts", text: "const a\n" },
    ]);
    expect(codeBlocks("```ts\na\n```\n```ts\nb").map((block) => block.isClosed)).toEqual([true, false]);
  });

  it("are not what only looks like a fence", () => {
    check("    ```ts\n    indented\n", []);
    check("It says ```inline``` here\n``` not `a fence\n", []);
    check("text\n    ```\n", []);
  });

  it("may have any kind of line end", () => {
    check("```ts\r\none\r\n```\r\n", [{ info: "ts", text: "one\n" }]);
  });

  it("are those of the chat page, whatever a model writes", () => {
    const piece = fc.constantFrom(
      ...[
        "```",
        "```ts",
        "````",
        "~~~",
        "~~~ py",
        "  ```",
        "   ```js",
        "    ```",
        "\t```",
        "``",
        "text",
        "more text",
        "",
      ],
      ...[
        "- ",
        "- text",
        "1. ",
        "1. text",
        "2. two",
        "10) ten",
        "  - in",
        "    - deep",
        "> ",
        ">",
        "> text",
        "> ```",
        "> - a",
      ],
      ...[
        "- ```",
        "  text",
        "     five",
        "# Head",
        "---",
        "- - -",
        "***",
        "===",
        "   ",
        "  ",
        "- > ```",
        "  > a",
        "1. ```ts",
        "   a",
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (lines) => {
        const markdown = `${lines.join("\n")}\n`;
        expect(withoutSpace(codeBlocks(markdown))).toEqual(withoutSpace(shown(markdown)));
      }),
      { numRuns: 3_000, seed: 11 },
    );
  });
});

describe("the language of a code block", () => {
  it("is the editor's, by any usual name", () => {
    const names = [
      "ts",
      "TypeScript",
      "tsx",
      "js",
      "jsx",
      "mjs",
      "py",
      "python3",
      "golang",
      "rs",
      "sh",
      "bash",
      "zsh",
      "cs",
      "c++",
    ];
    expect(names.map(languageIdOf)).toEqual([
      ...[
        "typescript",
        "typescript",
        "typescriptreact",
        "javascript",
        "javascriptreact",
        "javascript",
        "python",
        "python",
      ],
      ...["go", "rust", "shellscript", "shellscript", "shellscript", "csharp", "cpp"],
    ]);
  });

  it("stands first, whatever follows it", () => {
    for (const info of ["ts src/a.ts", "ts:src/a.ts", 'ts title="a.ts"', "ts {1,3}", "ts{1,3}", " ts "]) {
      expect(languageIdOf(info)).toBe("typescript");
    }
  });

  it("is unknown for other names, and without any", () => {
    for (const info of ["", "text", "brainfuck", "constructor", "{.python}"]) expect(languageIdOf(info)).toBe(null);
  });
});
