import { describe, expect, it } from "vitest";
import { createIgnoreRules } from "../../client/ignore-rules.ts";

function rules(files: Record<string, string>) {
  const reads: string[] = [];
  const made = createIgnoreRules(async (folder, path) => {
    reads.push(`${folder}/${path}`);
    return files[path] ?? null;
  });
  return { ...made, reads, ask: (path: string) => made.ignores("file:///w", path) };
}

describe("ignore rules", () => {
  it.each([
    ["dist/a.js", true],
    ["dist/deep/b.js", true],
    ["src/a.ts", false],
    ["src/debug.log", true],
    // A deeper file brings back what a shallower one keeps out …
    ["src/keep.log", false],
    // … but git does not look into a folder that is ignored.
    ["dist/keep.log", true],
    // Anchored patterns belong to their own folder.
    ["src/local/x.ts", true],
    ["local/x.ts", false],
  ])("%s is ignored: %s", async (path, ignored) => {
    const { ask } = rules({
      ".gitignore": "dist/\n*.log\n",
      "src/.gitignore": "!keep.log\n/local/\n",
      "dist/.gitignore": "!keep.log\n",
    });
    expect(await ask(path)).toBe(ignored);
  });

  it("keep what either kind of file names: neither brings back what the other keeps out", async () => {
    const { ask } = rules({ ".gitignore": "a.txt\n!b.txt\n", ".wayfareignore": "!a.txt\nb.txt\n" });
    expect([await ask("a.txt"), await ask("b.txt"), await ask("c.txt")]).toEqual([true, true, false]);
  });

  it("read each file once, until they are told that one was written", async () => {
    const { ask, reads, forget } = rules({ ".gitignore": "a" });
    await ask("x/a");
    await ask("x/b");
    expect(reads).toHaveLength(4);
    forget();
    await ask("x/b");
    expect(reads).toHaveLength(8);
  });

  it("do not know what a file that cannot be read would say, and ask it again the next time", async () => {
    let isBroken = true;
    const made = createIgnoreRules(async (_folder, path) => {
      if (path === ".wayfareignore") return "*.log\n";
      if (isBroken && path === "src/.gitignore") throw new Error("no access");
      return null;
    });
    expect(await made.ignores("file:///w", "src/a.ts")).toBe("unknown");
    // One that can be read and names the file is enough to know.
    expect(await made.ignores("file:///w", "src/a.log")).toBe(true);
    // Elsewhere the broken one has no say.
    expect(await made.ignores("file:///w", "docs/a.ts")).toBe(false);
    isBroken = false;
    expect(await made.ignores("file:///w", "src/a.ts")).toBe(false);
  });

  it("take a path that leads out for no rule", async () => {
    expect(await rules({ ".gitignore": "*" }).ask("../a.ts")).toBe(false);
  });
});
