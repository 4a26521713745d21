import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { vsix } from "../../scripts/editor.ts";
import { engineFile, grammarFiles } from "../../server/syntax/grammars.ts";
import { installed } from "./suite-folders.ts";

/** What travels in the package, as it is after its installation. */

const name = readdirSync(installed).find((each) => each.startsWith("wayfare.wayfare-")) ?? "";
const files = readdirSync(join(installed, name), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(join(installed, name).length + 1));

const grammars = [...new Set(grammarFiles.values())];
const packageOf = (file: string) => file.replace("tsx", "typescript").replace(".wasm", "");

describe("the package", () => {
  // Two and a half for what is in it now, with the wires of every provider; with all that is to come it may have five.
  it("is at most 2.5 MB", () => {
    expect(statSync(vsix).size).toBeLessThan(2.5 * 1_000_000);
  });

  it("holds bundles, media and papers, and no sources, maps, tests or modules", () => {
    const known = /^(dist\/(client|server|webview|grammars)\/|media\/|(package|package\.nls)\.json$|\.vsixmanifest$)/;
    const papers = /^(readme|changelog)\.md$|^LICENSE(\.txt|\.md)?$|^dist\/THIRD_PARTY_NOTICES\.txt$/i;
    expect(files.filter((file) => !known.test(file) && !papers.test(file))).toEqual([]);
    expect(files.filter((file) => /\.(map|ts|tsx)$|node_modules|media\/sample/.test(file))).toEqual([]);
    for (const paper of ["LICENSE.txt", "dist/THIRD_PARTY_NOTICES.txt", "readme.md"]) expect(files).toContain(paper);
  });

  it("holds the grammar of each language that is parsed, and the engine that runs them", () => {
    const held = files.filter((file) => file.startsWith("dist/grammars/")).sort();
    expect(held).toEqual([...grammars, engineFile].map((file) => `dist/grammars/${file}.br`).sort());
  });

  it("names every bundled package in its notices", () => {
    const notices = readFileSync(join(installed, name, "dist", "THIRD_PARTY_NOTICES.txt"), "utf8");
    const some = ["undici", "zod", "vscode-languageclient", "markdown-it", "dompurify", "@vscode/codicons"];
    const parsing = ["web-tree-sitter", "@vscode/tree-sitter-wasm", ...grammars.map(packageOf)];
    for (const each of [...some, ...parsing]) {
      expect(notices).toMatch(new RegExp(`^${each} \\d+\\.\\d+`, "m"));
    }
  });
});
