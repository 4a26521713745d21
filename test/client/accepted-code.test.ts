import { describe, expect, it } from "vitest";
import { type AcceptedCode, acceptedCode, languageIdOf, linesOf } from "../../client/accepted-code.ts";

describe("code that is taken over", () => {
  it("counts each block of a turn once as long as the page lives, whichever button it was", () => {
    const told: AcceptedCode[] = [];
    const { begin, take } = acceptedCode((code) => told.push(code));
    const first = { turnId: "t1", block: 0, language: "ts" };
    take(first, "const a = 1;\nconst b = 2;\n", "copy");
    take(first, "const a = 1;\nconst b = 2;\n", "insert");
    take({ ...first, block: 1 }, "x\n", "insert");
    take({ ...first, turnId: "t2" }, "\n \n", "copy");
    expect(told).toEqual([
      { turnId: "t1", languageId: "typescript", lines: 2, how: "copy" },
      { turnId: "t1", languageId: "typescript", lines: 1, how: "insert" },
    ]);
    begin();
    take(first, "const a = 1;", "insert");
    expect(told.at(-1)).toEqual({ turnId: "t1", languageId: "typescript", lines: 1, how: "insert" });
  });

  it("has the lines a person sees, and the language by VS Code's name", () => {
    expect(["", "\n\n", "a", "a\n", "a\n\nb\r\n\n"].map(linesOf)).toEqual([0, 0, 1, 1, 3]);
    expect(["ts", "TSX", "C++", "go", "", "vue"].map(languageIdOf)).toEqual([
      "typescript",
      "typescriptreact",
      "cpp",
      "go",
      "",
      "vue",
    ]);
  });
});
