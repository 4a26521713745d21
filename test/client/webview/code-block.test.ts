// @vitest-environment jsdom
import { describe, expect, it, vi } from "vitest";
import { codeBlock, readInfo } from "../../../client/webview/code-block.ts";
import { highlighted } from "../../../client/webview/highlight.ts";

describe("a code block", () => {
  it.each([
    ["", "", ""],
    ["ts", "ts", ""],
    ["ts src/duration.ts", "ts", "src/duration.ts"],
    ["ts:src/duration.ts", "ts", "src/duration.ts"],
    ['python title="a/b.py"', "python", "a/b.py"],
    ["c++", "c++", ""],
    ["{.python}", "", ""],
    ["js run this please", "js", ""],
  ])("reads %j as language %j and path %j", (info, language, path) => {
    expect(readInfo(info)).toEqual({ language, path });
  });

  it("says its language and path, and copies or inserts exactly its code", () => {
    const copy = vi.fn();
    const insert = vi.fn();
    const block = codeBlock({ info: "ts src/a.ts", kind: "fence" }, { copy, insert, now: () => 0 });
    block.finish("const a = '<&>';\n");
    const [copyButton, insertButton] = block.element.querySelectorAll("button");
    const shown = [...block.element.querySelectorAll(".code-title > span")].map((part) => part.textContent);
    expect(shown).toEqual(["a.ts", "src · TypeScript"]);
    expect(block.element.querySelector(".code-title")?.getAttribute("title")).toBe("TypeScript · src/a.ts");
    expect(copyButton?.getAttribute("aria-label")).toBe("Copy this TypeScript · src/a.ts code");
    expect(insertButton?.getAttribute("aria-label")).toBe("Insert this TypeScript · src/a.ts code at the cursor");
    copyButton?.click();
    insertButton?.click();
    const from = { block: block.element, language: "ts" };
    expect(copy).toHaveBeenCalledWith("const a = '<&>';\n", from);
    expect(insert).toHaveBeenCalledWith("const a = '<&>';\n", from);
    expect(copyButton?.textContent).toBe("Copied");
  });

  it("shows growing code in full at every step, coloured as it goes, and ends coloured throughout", () => {
    const code = 'export function f(a: number): string {\n  return a + "<b> & c";\n}\n'.repeat(12);
    let atMs = 0;
    const block = codeBlock({ info: "ts", kind: "fence" }, { copy: () => {}, insert: () => {}, now: () => atMs });
    const keywords = () => block.element.querySelectorAll(".hljs-keyword").length;
    let colouredAnew = 0;
    for (let length = 1; length < code.length; length += 7) {
      atMs += 16;
      const before = keywords();
      block.grow(code.slice(0, length));
      if (keywords() > before) colouredAnew++;
      expect(block.element.querySelector("code")?.textContent).toBe(code.slice(0, length));
    }
    expect(keywords()).toBeGreaterThan(12);
    // 784 characters from 60 on, each time 1.6 times as long: six times at most.
    expect(colouredAnew).toBeLessThanOrEqual(6);
    block.finish(code);
    expect(block.element.querySelector("code")?.textContent).toBe(code);
    expect(keywords()).toBe(36);
  });

  it("colours nothing it does not know, and leaves very long code plain", () => {
    expect(highlighted("a < b", "no-such-language").childNodes).toHaveLength(1);
    expect(highlighted("let a = 1;\n".repeat(6_000), "ts").childNodes).toHaveLength(1);
  });
});
