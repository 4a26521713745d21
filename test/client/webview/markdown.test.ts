// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import { isSafeLink, parseMarkdown, renderBlock } from "../../../client/webview/markdown.ts";

const actions = { copy: () => {}, insert: () => {}, now: () => 0 };

function rendered(text: string): HTMLElement {
  const root = document.createElement("div");
  for (const block of parseMarkdown(text).blocks) root.append(...renderBlock(block, actions));
  return root;
}

describe("markdown", () => {
  it("renders what an answer is made of", () => {
    const root = rendered(
      "# Title\n\nSome *em*, **strong**, ~~gone~~ and `code`.\n\n3. three\n4. four\n\n> quoted\n\n| a | b |\n|--|--:|\n| 1 | 2 |\n",
    );
    expect(root.querySelector("h3")?.textContent).toBe("Title");
    expect(root.querySelector("p")?.innerHTML).toBe(
      "Some <em>em</em>, <strong>strong</strong>, <s>gone</s> and <code>code</code>.",
    );
    expect(root.querySelector("ol")?.outerHTML.replaceAll("\n", "")).toBe(
      '<ol start="3"><li>three</li><li>four</li></ol>',
    );
    expect(root.querySelector("blockquote p")?.textContent).toBe("quoted");
    expect(root.querySelector("td:last-child")?.className).toBe("align-right");
  });

  it("shows HTML as the text it is", () => {
    const text = '<img src=x onerror="alert(1)"> <b>bold</b>\n\n<script>alert(2)</script>\n\n<div style="x">d</div>';
    const root = rendered(text);
    expect(root.querySelectorAll("img, b, script, [style], [onerror]")).toHaveLength(0);
    expect(root.textContent).toContain("<script>alert(2)</script>");
    expect(root.textContent).toContain('<img src=x onerror="alert(1)">');
  });

  it.each([
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#115;cript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](command:workbench.action.terminal.new)",
    "[x](vscode://file/etc/passwd)",
    "[x](file:///etc/passwd)",
    "[x](//evil.example/x)",
    "[x](/relative)",
    "[x](#anchor)",
    "[x](http://plain.example)",
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    "![x](javascript:alert(1))",
    "`[x](https://in.code)`",
  ])("makes no link of %s", (text) => {
    const root = rendered(text);
    expect(root.querySelectorAll("a[href]")).toHaveLength(0);
    expect(root.querySelectorAll("img, script")).toHaveLength(0);
  });

  it("links to the web and to mail, addresses written out included", () => {
    const root = rendered("[a](https://a.example/p?q=1 'said') <mailto:me@b.example> https://c.example file.py");
    expect([...root.querySelectorAll("a")].map((link) => link.getAttribute("href"))).toEqual([
      "https://a.example/p?q=1",
      "mailto:me@b.example",
      "https://c.example",
    ]);
    expect(root.querySelector("a")?.title).toBe("said");
  });

  it("loads no picture: its description is a link to it", () => {
    const root = rendered("![a chart](https://evil.example/p.png?secret) ![](https://evil.example/q.png)");
    expect(root.querySelectorAll("img")).toHaveLength(0);
    expect([...root.querySelectorAll("a")].map((link) => [link.textContent, link.getAttribute("href")])).toEqual([
      ["a chart", "https://evil.example/p.png?secret"],
      ["image", "https://evil.example/q.png"],
    ]);
  });

  it("keeps quotes in an address from becoming attributes", () => {
    const root = rendered('[x](https://a.example/"onmouseover="alert(1))');
    for (const link of root.querySelectorAll("a")) expect(link.getAttributeNames().sort()).toEqual(["href", "title"]);
  });

  it("puts code in a list into a block with its buttons too", () => {
    const root = rendered("- first:\n\n  ```go\n  package main\n  ```\n");
    expect(root.querySelector("li .code-block .code-title")?.textContent).toBe("Go");
    expect(root.querySelector("li .code-block code")?.textContent).toBe("package main\n");
  });

  it("knows an address by its scheme", () => {
    expect(["https://a", "mailto:a@b", "HTTPS://A"].map(isSafeLink)).toEqual([true, true, true]);
    expect(["http://a", "https:a", "command:x", " javascript:x", ""].map(isSafeLink)).toEqual(Array(5).fill(false));
  });
});
