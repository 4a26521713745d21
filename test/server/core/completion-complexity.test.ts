import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  completionComplexity,
  completionFeatures,
  describeComplexity,
} from "../../../server/core/completion-complexity.ts";
import { placeOf } from "../../../server/core/completion-place.ts";
import { parserOf } from "../syntax/grammar-folder.ts";

/** Tier, and why, of the place at ‸; by the real parser where there is one for the language. */
async function check(languageId: string, marked: string, quality = 50) {
  const offset = marked.indexOf("‸");
  const text = marked.replace("‸", "");
  const parser = await parserOf(languageId).catch(() => null);
  const syntax = parser?.placeAt(text, offset) ?? null;
  const place = placeOf({ text, offset, languageId, syntax, isInvoked: true });
  const features = completionFeatures({ text, offset, languageId, place });
  const found = completionComplexity(features, { quality });
  return { tier: found.tier, why: describeComplexity(found), found };
}

const rules = `/**
 * Splits an amount over the parts so that the cents add up, whatever the shares.
 * The first parts get the cents that are left over; a part of nothing gets none.
 * A negative amount is split as its opposite is.
 */
`;

describe("what a completion's place needs", () => {
  it.each<[string, string, string, string]>([
    ["closing a call", "typescript", "const a = Math.max(one, ‸);\n", "closes a call"],
    ["an import", "typescript", 'import { readFile } from "‸";\n', "an import"],
    ["a string", "python", 'def f():\n    log.info("copied ‸")\n', "inside a string"],
    ["a comment", "go", "// Get returns ‸\nfunc Get() {}\n", "inside a comment"],
    ["an argument", "rust", "fn f() {\n    g(one, ‸\n}\n", "the rest of a line"],
    ["the rest of a line", "java", "class A {\n  int f() {\n    return ‸\n  }\n}\n", "the rest of a line"],
    [
      "a case like its neighbours",
      "typescript",
      'switch (a) {\n  case "one":\n    return 1;\n  case "two":\n    return 2;\n  case "three":\n    ‸\n}\n',
      "neighbours of the same form",
    ],
    [
      "a test like its neighbours",
      "python",
      "def test_one():\n    assert f(1) == 1\n\n\ndef test_two():\n    assert f(2) == 2\n\n\ndef test_three():\n    ‸\n",
      "neighbours of the same form",
    ],
    ["elements", "html", "<ul>\n  <li>one</li>\n  <li>two</li>\n  ‸\n</ul>\n", "lines of the same form beside it"],
  ])("cheap: %s", async (_, languageId, marked, why) => {
    const { tier, why: said } = await check(languageId, marked);
    expect(tier).toBe("cheap");
    expect(said).toContain(why);
  });

  it.each<[string, string, string, string]>([
    [
      "a body under a long doc comment",
      "typescript",
      `${rules}export function split(amount: number, parts: number[]): number[] {\n  ‸\n}\n`,
      "3 lines of comment to keep to",
    ],
    [
      "the rest of such a body",
      "typescript",
      `${rules}export function split(amount: number, parts: number[]): number[] {\n  if (amount < 0) throw new RangeError();\n  ‸\n}\n`,
      "3 lines of comment to keep to",
    ],
    [
      "a body under a docstring",
      "python",
      'def take(n: int) -> None:\n    """Takes n permits, in the order in which they were asked for.\n\n    A caller that is cancelled gives its place up without waking anybody twice.\n    """\n    ‸\n',
      "2 lines of comment to keep to",
    ],
    [
      "a body whose class has the rules",
      "java",
      `${rules}class Splitter {\n    long[] split(long amount, int[] parts) {\n        ‸\n    }\n}\n`,
      "3 lines of comment above its scope to keep to",
    ],
    [
      "a query under the comment that its file begins with",
      "sql",
      "-- Revenue by plan, with months of nothing as zero.\n-- A plan that changes within a month counts as the last.\n-- Plans that ended are left out.\n\nWITH months AS (\n  ‸\n)\n",
      "3 lines of comment above its scope to keep to",
    ],
    [
      "a body with its tests beside it",
      "typescript",
      `export function diff(before: Json, after: Json, path: string): Patch {\n  ‸\n}\n\ndescribe("diff", () => {\n${'  it("is empty for equal texts", () => {\n    expect(diff(1, 1, "")).toEqual([]);\n  });\n'.repeat(4)}});\n`,
      "14 lines of tests to pass",
    ],
  ])("frontier: %s", async (_, languageId, marked, why) => {
    const { tier, why: said } = await check(languageId, marked);
    expect(tier).toBe("frontier");
    expect(said).toContain(why);
  });

  it("takes rules for kept where the body goes on", async () => {
    const rest = "  const left = amount % parts.length;\n".repeat(6);
    const head = `${rules}export function split(amount: number, parts: number[]): number[] {\n  ‸\n`;
    expect((await check("typescript", `${head}}\n`)).found.features.doc).toBe(0.5);
    const { found } = await check("typescript", `${head}${rest}}\n`);
    expect(found.features.doc).toBe(0);
    expect(found.confidence < 0.3 || found.tier === "cheap").toBe(true);
  });

  it("takes a licence for no rule", async () => {
    const licence = `/*\n * Copyright of all who wrote it.\n${" * You may use it as you like, without any warranty.\n".repeat(8)} */\n\n`;
    const body = "class A {\n  one() {\n    return 1;\n  }\n  two() {\n    ‸\n  }\n}\n";
    const [bare, licensed] = [await check("typescript", body), await check("typescript", licence + body)];
    expect(licensed.found.cheapRight).toBe(bare.found.cheapRight);
  });

  it("sees what is above a line wherever its brace stands", async () => {
    const one = await check("java", `class A {\n${rules}    void f(int a) {\n        ‸\n    }\n}\n`);
    const two = await check("java", `class A {\n${rules}    void f(int a)\n    {\n        ‸\n    }\n}\n`);
    const three = await check(
      "java",
      `class A {\n${rules}    @Override\n    void f(\n        int a\n    ) {\n        ‸\n    }\n}\n`,
    );
    expect([two.found.features.doc, three.found.features.doc]).toEqual([
      one.found.features.doc,
      one.found.features.doc,
    ]);
    expect(one.found.features.doc).toBe(0.5);
  });

  it("asks for less gain the more quality is worth", async () => {
    const between = "function move(a, b) {\n  ‸\n}\n";
    expect((await check("javascript", between, 0)).tier).toBe("cheap");
    expect((await check("javascript", between, 100)).tier).toBe("frontier");
  });

  it("says where it is a close call", async () => {
    const { found } = await check("typescript", "function f(a) {\n  first(a);\n  ‸\n}\n");
    expect(found.confidence).toBeLessThan(0.3);
  });

  it("says the same whatever the words are", async () => {
    const place = (line: string) => `/**\n * ${line}\n * ${line}\n */\nfunction f(a: number) {\n  ‸\n}\n`;
    const easy = await check("typescript", place("A simple trivial helper, nothing to it."));
    const hard = await check("typescript", place("A lock-free proof of consensus under races."));
    expect(hard.found).toEqual(easy.found);
  });
});

describe("any text", () => {
  it("gives features from 0 to 1 and a finite decision", () => {
    const piece = fc.constantFrom(
      "\n",
      "  ",
      "\t",
      "{",
      "}",
      "(",
      ")",
      '"""',
      "/*",
      "*/",
      "//",
      "#",
      "it(",
      "a",
      "é",
      "😀",
      "\r\n",
      "@x",
      "\0",
      "‮",
    );
    const text = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(""));
    const languages = fc.constantFrom("typescript", "python", "html", "markdown", "sql", "unknown");
    fc.assert(
      fc.property(text, text, languages, fc.boolean(), (before, after, languageId, isInvoked) => {
        const facts = { text: before + after, offset: before.length, languageId };
        const place = placeOf({ ...facts, syntax: null, isInvoked });
        const features = completionFeatures({ ...facts, place });
        expect(Object.values(features).filter((value) => !(value >= 0 && value <= 1))).toEqual([]);
        const { cheapRight, frontierRight, confidence } = completionComplexity(features, { quality: 50 });
        for (const each of [cheapRight, frontierRight, confidence]) expect(each >= 0 && each <= 1).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ["nothing", "", 0],
    ["ten million characters of one line", "a".repeat(10_000_000), 5_000_000],
    ["a million lines", "a\n".repeat(1_000_000), 1_000_001],
    ["a million brackets", "(".repeat(1_000_000), 500_000],
    ["comments only", "/* a b\n".repeat(100_000), 350_000],
  ])("ends soon on %s", (_, text, offset) => {
    const facts = { text, offset, languageId: "typescript" };
    const place = placeOf({ ...facts, syntax: null, isInvoked: true });
    expect(completionComplexity(completionFeatures({ ...facts, place }), { quality: 50 }).cheapRight).toBeGreaterThan(
      0,
    );
  });
});
