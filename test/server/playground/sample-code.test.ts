import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { transform } from "esbuild";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  ask,
  blockFor,
  blocksIn,
  duration,
  fileItem,
  pasteInto,
  pool,
  report,
  retry,
  sampleFolder,
  sampleText,
} from "./ask-sample.ts";

/** The code in the answers is real: it parses, fits the files, and does what the answers say. */

const tiers = ["cheap", "frontier"] as const;
const questions = [
  "explain this",
  "fix the bug",
  "write unit tests",
  "fix it and write tests",
  "document this",
  "rename it to somethingElse and document it",
];

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A copy of the sample project with some files replaced or added. */
function project(changes: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "wayfare-sample-"));
  folders.push(folder);
  cpSync(sampleFolder, folder, { recursive: true });
  for (const [path, text] of Object.entries(changes)) writeFileSync(join(folder, path), text);
  return folder;
}

function run(command: string, args: readonly string[], options: { cwd?: string; input?: string } = {}) {
  const env = { ...process.env, GOTOOLCHAIN: "local", GOPROXY: "off", GOFLAGS: "-mod=mod", NODE_OPTIONS: "" };
  const done = spawnSync(command, args, { ...options, env, encoding: "utf8", timeout: 120_000 });
  return { ok: done.status === 0, output: `${done.stdout}${done.stderr}` };
}

function has(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { input: "", encoding: "utf8" }).status === 0;
}

/** Skips the tests of a group, with the reason, on a machine without the language. */
function needs(command: string, args: readonly string[]): void {
  const found = has(command, args);
  beforeEach(({ skip }) => skip(!found, `${command} is not installed, so its code in the answers is not run`));
}

const fixed = (path: string, text = sampleText(path)) =>
  pasteInto(text, blockFor(ask({ question: "fix the bug", context: [fileItem(path, text)], tier: "frontier" }), path));
const testsFor = (path: string, tier: (typeof tiers)[number], testPath: string) =>
  blockFor(ask({ question: "write unit tests", context: [fileItem(path)], tier }), testPath);

/** Each starts a few processes, on a machine that may be busy. */
const slow = { timeout: 60_000 };

describe("TypeScript in the answers", slow, () => {
  it.each([duration, pool])("parses, for %s and every kind of question", async (path) => {
    for (const question of questions) {
      for (const tier of tiers) {
        for (const block of blocksIn(ask({ question, context: [fileItem(path)], tier }))) {
          expect(block.language).toBe("ts");
          await transform(block.code, { loader: "ts" });
        }
      }
    }
  });

  it("mends the planted bug, and nothing else is different", () => {
    const before = sampleText(duration).split("\n");
    const after = fixed(duration).split("\n");
    expect(before.filter((line) => !after.includes(line))).toEqual([
      "  let match: RegExpExecArray | null;",
      "  while ((match = PART.exec(text)) !== null) {",
      "    end = PART.lastIndex;",
    ]);
    expect(after.filter((line) => !before.includes(line))).toEqual([
      "  for (const match of text.matchAll(PART)) {",
      "    end += match[0].length;",
    ]);
  });

  const test = "src/duration.test.ts";
  const poolTest = "src/pool.test.ts";
  const node = (folder: string, path: string) => run(process.execPath, ["--no-warnings", path], { cwd: folder });

  it("tests of the cheap tier pass on the file as it is; the frontier's find the bug", () => {
    expect(node(project({ [test]: testsFor(duration, "cheap", test) }), test)).toMatchObject({ ok: true });
    const found = node(project({ [test]: testsFor(duration, "frontier", test) }), test);
    expect(found.ok).toBe(false);
    expect(found.output).toMatch(
      /not ok \d+ - a refused text does not spoil the next one|✖ a refused text does not spoil/,
    );
    expect(found.output).toMatch(/(# |ℹ )fail 1\n/);
  });

  it("tests of both tiers pass on the fixed file", () => {
    for (const tier of tiers) {
      const folder = project({ [duration]: fixed(duration), [test]: testsFor(duration, tier, test) });
      expect(node(folder, test)).toMatchObject({ ok: true });
    }
  });

  it("tests of the pool pass once the bug is fixed, with and without the pool's own fix", () => {
    const code = testsFor(pool, "frontier", poolTest);
    expect(node(project({ [poolTest]: testsFor(pool, "cheap", poolTest) }), poolTest)).toMatchObject({ ok: true });
    expect(node(project({ [poolTest]: code }), poolTest).output).toMatch(
      /a bad timeout does not change the next job's/,
    );
    expect(node(project({ [duration]: fixed(duration), [poolTest]: code }), poolTest)).toMatchObject({ ok: true });
    const both = { [duration]: fixed(duration), [pool]: fixed(pool), [poolTest]: code };
    expect(node(project(both), poolTest)).toMatchObject({ ok: true });
    const cheap = pasteInto(sampleText(pool), blockFor(ask({ question: "fix", context: [fileItem(pool)] }), pool));
    expect(cheap.replace("Math.max(1, limit)", "limit")).toBe(sampleText(pool));
  });

  it("names in tests follow a rename", () => {
    const renamed = blockFor(ask({ question: "rename parse to parseDuration" }), duration);
    const answer = ask({ question: "write tests", context: [fileItem(duration, renamed)] });
    const folder = project({ [duration]: renamed, [test]: blockFor(answer, test) });
    expect(node(folder, test)).toMatchObject({ ok: true });
  });

  it("type-checks in the project it is made for", () => {
    const everything = {
      [duration]: blockFor(
        ask({ question: "document this", context: [fileItem(duration, fixed(duration))], tier: "frontier" }),
        duration,
      ),
      [pool]: blockFor(
        ask({ question: "document this", context: [fileItem(pool, fixed(pool))], tier: "frontier" }),
        pool,
      ),
    };
    const tsc = join(import.meta.dirname, "../../../node_modules/typescript/bin/tsc");
    expect(run(process.execPath, [tsc, "-p", project(everything)])).toEqual({ ok: true, output: "" });
    expect(run(process.execPath, [tsc, "-p", sampleFolder])).toEqual({ ok: true, output: "" });
  });
});

describe("Python in the answers", slow, () => {
  needs("python3", ["-c", "import ast, unittest"]);
  const test = "tools/test_report.py";

  it("parses, for every kind of question", () => {
    const codes = questions.flatMap((question) =>
      tiers.flatMap((tier) =>
        blocksIn(ask({ question, context: [fileItem(report)], tier })).map((block) => block.code),
      ),
    );
    expect(codes.length).toBeGreaterThan(8);
    const check = "import ast, json, sys\nfor code in json.load(sys.stdin): ast.parse(code)";
    expect(run("python3", ["-c", check], { input: JSON.stringify([...codes, sampleText(report)]) })).toEqual({
      ok: true,
      output: "",
    });
  });

  it("tests pass on the file as it is and on the fixed one", () => {
    for (const tier of tiers) {
      for (const text of [sampleText(report), fixed(report)]) {
        const folder = project({ [report]: text, [test]: testsFor(report, tier, test) });
        expect(run("python3", ["-B", test], { cwd: folder })).toMatchObject({ ok: true });
      }
    }
  });

  it("the fixed report names the bad line", () => {
    const folder = project({ [report]: fixed(report) });
    const good = run("python3", ["-B", report], { cwd: folder, input: "build\t1200\nbuild\t900\nlint\t5\n" });
    expect(good.output.split("\n").map((line) => line.trim().split(/\s+/))).toEqual([
      ["job", "runs", "median", "p95"],
      ["build", "2", "1050.0", "1185.0"],
      ["lint", "1", "5.0", "5.0"],
      [""],
    ]);
    const bad = run("python3", ["-B", report], { cwd: folder, input: "build\t1200\nbuild\tsoon\n" });
    expect(bad.output).toContain("ValueError: line 2: 'soon' is not a number");
  });
});

describe("Go in the answers", slow, () => {
  needs("gofmt", ["-d"]);
  it("is formatted as gofmt would, for every kind of question", () => {
    for (const question of questions) {
      for (const tier of tiers) {
        for (const { code, path } of blocksIn(ask({ question, context: [fileItem(retry)], tier }))) {
          const whole = code.startsWith("package") || code.startsWith("// Command") ? code : `package main\n\n${code}`;
          expect([path, run("gofmt", ["-e", "-d"], { input: whole }).output]).toEqual([path, ""]);
        }
      }
    }
  });
});

describe("Go tests in the answers", () => {
  needs("go", ["version"]);
  const test = "cmd/retry/main_test.go";
  const go = (changes: Record<string, string>) =>
    run("go", ["test", "./..."], { cwd: join(project(changes), "cmd/retry") });

  // The first run compiles Go's own packages when nothing is in its cache.
  it("pass once the overflow is fixed, and find it before", { timeout: 180_000 }, () => {
    expect(go({ [test]: testsFor(retry, "cheap", test) })).toMatchObject({ ok: true });
    const code = testsFor(retry, "frontier", test);
    const found = go({ [test]: code });
    expect(found.output).toContain("backoff(100, 1s, 1m0s) = 0s, want 1m0s");
    expect(go({ [retry]: fixed(retry), [test]: code })).toMatchObject({ ok: true });
    const cheap = pasteInto(sampleText(retry), blockFor(ask({ question: "fix", context: [fileItem(retry)] }), retry));
    expect(go({ [retry]: cheap, [test]: testsFor(retry, "cheap", test) })).toMatchObject({ ok: true });
  });
});
