import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fillMessages } from "../../../server/core/fim-prompt.ts";
import { fillHole } from "../../../server/playground/fill-hole.ts";
import { readHolePrompt } from "../../../server/playground/read-hole-prompt.ts";
import { sampleTexts } from "../../../server/playground/sample-text.ts";
import { askAnthropic, scripted, start } from "./vendor-client.ts";

const sampleOnDisk = (path: string) => readFileSync(join(import.meta.dirname, "../../../media/sample", path), "utf8");

/** `█` marks the cursor, `├ ┤` what is written there: the picture is the expectation. */
function check(picture: string): void {
  const start = picture.indexOf("├");
  const end = picture.indexOf("┤");
  const prefix = picture.slice(0, start);
  const suffix = picture.slice(end + 1);
  expect(`${prefix}├${fillHole({ prefix, suffix })}┤${suffix}`).toBe(picture);
}

/** A sample file with the piece between the two marks missing. */
function checkSample(path: string, piece: string, change = (text: string) => text): void {
  const text = sampleOnDisk(path);
  const at = text.indexOf(piece);
  expect(at).toBeGreaterThan(0);
  const prefix = change(text.slice(0, at));
  const suffix = change(text.slice(at + piece.length));
  expect(fillHole({ prefix, suffix })).toBe(change(piece));
}

describe("the sample project", () => {
  it("is known as it is on disk", () => {
    for (const { path, text } of sampleTexts) expect(text).toBe(sampleOnDisk(path));
    expect(sampleTexts.map(({ path }) => path)).toEqual([
      "src/duration.ts",
      "src/pool.ts",
      "tools/report.py",
      "cmd/retry/main.go",
    ]);
  });

  it("is continued truly: the rest of a word, of a line, of a bracket, and whole lines", () => {
    checkSample("src/duration.ts", "ch.index !== end");
    checkSample("src/duration.ts", " = Math.round(ms / UNIT_MS.s) * UNIT_MS.s;");
    checkSample(
      "src/duration.ts",
      "    const count = Math.floor(rest / UNIT_MS[unit]);\n    rest -= count * UNIT_MS[unit];",
    );
    checkSample("src/pool.ts", "const value = await job.run(signal);");
    checkSample("tools/report.py", "rank = share / 100 * (len(ordered) - 1)");
    checkSample("cmd/retry/main.go", "\twait := base << attempt\n\tif wait > limit {\n\t\treturn limit\n\t}");
  });

  it("is continued with the file's own line ends", () => {
    checkSample(
      "src/duration.ts",
      "    total += Number(match[1]) * UNIT_MS[match[2]];\n    end = PART.lastIndex;",
      (text) => text.replaceAll("\n", "\r\n"),
    );
  });

  it("is known with other names in it", () => {
    checkSample("src/duration.ts", "total += Number(match[1]) * UNIT_MS[match[2]];", (text) =>
      text.replaceAll("parse", "parseDuration"),
    );
  });

  it("is written to the end of a declaration where nothing follows", () => {
    const text = sampleOnDisk("src/duration.ts");
    const format = text.slice(text.indexOf("export function format"));
    expect(fillHole({ prefix: text.slice(0, text.indexOf("format(ms")), suffix: "" })).toBe(
      format.slice("export function ".length).trimEnd(),
    );
  });

  it("does not write again what follows already", () => {
    const text = sampleOnDisk("src/duration.ts");
    const at = text.indexOf("  let match");
    expect(fillHole({ prefix: `${text.slice(0, at)}  `, suffix: `\n${text.slice(at)}` })).toBe("");
  });
});

describe("any other text", () => {
  it("gets the rest of a name that it uses, and closes what is open", () => {
    check("const limit = 3;\nconst items = [limit];\nconsole.log(ite├ms┤)\n");
    check("const limit = 3;\nconst items = [limit];\nconsole.log(ite├ms);┤\n");
    check("const limit = 3;\nif (lim├it┤\n");
    check("total = 0\nvalues = [1]\nprint(val├ues)┤\n");
  });

  it("gets closing brackets, once", () => {
    check("const items = [1];\nuse(items[0├]);┤\n");
    check("const items = [1];\nuse(items[0├]┤)\n");
    check("const items = [1];\nif (items.length > 1├) {┤\n");
  });

  it("gets a return under a signature, in the language's own way", () => {
    check("function add(left: number, right: number): number {\n  ├return left + right;┤\n}\n");
    check("function add(left: number, right: number): number {├\n  return left + right;\n}┤\n");
    check('function name(): string {\n  ├return "";┤\n}\n');
    check("function half(value: number): number {├\n  return value;\n┤}\n");
    check("def area(width, height):\n    ├return width * height┤\n");
    check("package a\n\nfunc add(left int, right int) int {\n\t├return left + right┤\n}\n");
    check("function isSame(a: string, b: string): boolean {\n    ├return a === b;┤\n}\n");
    check("function log(text: string): void {\n  ├┤\n}\n");
  });

  it("gives back what was made last", () => {
    check("function twice(value: number) {\n  const result = value * 2;\n  ├return result;┤\n}\n");
    check("function twice(value: number) {\n  const result = value * 2;\n  return ├result;┤\n}\n");
  });

  it("gets the end of an import that stands elsewhere", () => {
    check('import { a } from "./some-file.ts";\nimport { b } from "./so├me-file.ts";┤\n');
  });

  it("gets nothing where nothing is known: comments, the middle of code, an empty file", () => {
    check("// a remark about ├┤\nconst a = 1;\n");
    check("const a = 1;\nconst b ├┤= a;\n");
    check("├┤");
    check("const wholly = 1;\nconst who├┤\n");
  });

  it("is answered alike each time, and soon, whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), fc.string({ maxLength: 200 }), (prefix, suffix) => {
        expect(fillHole({ prefix, suffix })).toBe(fillHole({ prefix, suffix }));
      }),
    );
    for (const prefix of ["x".repeat(1e6), "f(".repeat(5e5), " ".repeat(1e6), "\n".repeat(1e6), "a = [".repeat(2e5)]) {
      expect(fillHole({ prefix, suffix: prefix }).length).toBeLessThan(2_000);
    }
  });
});

describe("a hole in a prompt for words", () => {
  const prefix = "const limit = 3;\n\nconst items = [limit];\nconsole.log(ite";
  const suffix = ")\n\nexport { items };\n";
  const prompt = (lines: "one" | "many") =>
    fillMessages({ prefix, suffix, languageId: "typescript", path: "src/a.ts", lines });

  it("is found as it was put in", () => {
    for (const lines of ["one", "many"] as const) expect(readHolePrompt(prompt(lines))).toEqual({ prefix, suffix });
    const blank = { prefix: "function f() {\n    ", suffix: "\n}\n" };
    const messages = fillMessages({ ...blank, languageId: "typescript", path: "a.ts" });
    expect(readHolePrompt(messages)).toEqual(blank);
    expect(readHolePrompt([{ role: "user", text: "What does <|cursor|> mean?" }])).toBeNull();
  });

  const ask = async (playground: Awaited<ReturnType<typeof start>>, model: string, before = prefix) => {
    const [system, user] = fillMessages({ prefix: before, suffix, languageId: "typescript", path: "a.ts" });
    const messages = [{ role: "user", content: user?.text }];
    const answer = await askAnthropic(playground, { model, system: system?.text, messages });
    return (await answer.json()).content?.[0]?.text;
  };

  it("is filled by the frontier model as by the cheap one, one time in three inside a fence", async () => {
    const playground = await start();
    const answers = await Promise.all(["", "\n", "\n\n"].map((more) => ask(playground, "sim-large", more + prefix)));
    expect(answers.toSorted()).toEqual(["```\nms\n```", "ms", "ms"]);
    expect(playground.log()[0]).toMatchObject({ wire: "anthropic", path: "/messages" });
  });

  it("is filled byte for byte by a model with a script of its own, which is told that it was asked in words", async () => {
    const model = scripted("m", "words", {
      wire: "anthropic",
      fill: ({ via, prefix: before }) => `${via}:${before.slice(-3)}`,
    });
    expect(await ask(await start({ models: [model] }), "m")).toBe("chat:ite");
  });
});
