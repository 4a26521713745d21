import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { vsix } from "../../scripts/editor.ts";
import { installed } from "./suite-folders.ts";

/** What travels in the package, as it is after its installation. */

const name = readdirSync(installed).find((each) => each.startsWith("wayfare.wayfare-")) ?? "";
const files = readdirSync(join(installed, name), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(join(installed, name).length + 1));

describe("the package", () => {
  it("is at most 2 MB", () => {
    expect(statSync(vsix).size).toBeLessThan(2 * 2 ** 20);
  });

  it("holds bundles, media and papers, and no sources, maps, tests or modules", () => {
    const known = /^(dist\/(client|server|webview)\/|media\/|(package|package\.nls)\.json$|\.vsixmanifest$)/;
    const papers = /^(readme|changelog)\.md$|^LICENSE(\.txt|\.md)?$|^dist\/THIRD_PARTY_NOTICES\.txt$/i;
    expect(files.filter((file) => !known.test(file) && !papers.test(file))).toEqual([]);
    expect(files.filter((file) => /\.(map|ts|tsx)$|node_modules|media\/sample/.test(file))).toEqual([]);
    for (const paper of ["LICENSE.txt", "dist/THIRD_PARTY_NOTICES.txt", "readme.md"]) expect(files).toContain(paper);
  });

  it("names every bundled package in its notices", () => {
    const notices = readFileSync(join(installed, name, "dist", "THIRD_PARTY_NOTICES.txt"), "utf8");
    for (const each of ["undici", "zod", "vscode-languageclient", "markdown-it", "dompurify", "@vscode/codicons"]) {
      expect(notices).toMatch(new RegExp(`^${each} \\d+\\.\\d+`, "m"));
    }
  });
});
