import { describe, expect, it } from "vitest";
import type { Parser } from "../../../server/core/syntax.ts";
import { verifyCompletion } from "../../../server/core/verify-completion.ts";
import { parserOf } from "../syntax/grammar-folder.ts";

/**
 * `marked` holds the text offered between `├` and `┤`. `expected` is the same picture with what may be shown, or null when
 * nothing may.
 */
async function check(languageId: string, marked: string, expected: string | null) {
  const parser = await parserOf(languageId);
  const [prefix = "", rest = ""] = marked.split("├");
  const [text = "", suffix = ""] = rest.split("┤");
  const verified = verifyCompletion({ parser, prefix, suffix, text });
  expect(verified.text === null ? null : `${prefix}├${verified.text}┤${suffix}`).toBe(expected);
  expect(verified.cut).toBe(verified.text !== text);
}
const checkKept = (languageId: string, marked: string) => check(languageId, marked, marked);

describe("a completion that fits", () => {
  it("is left as it is", async () => {
    await checkKept("typescript", "const one = ├two + three;┤\n");
    await checkKept("typescript", "function f() {\n  ├const a = 1;\n  return a;┤\n}\n");
    await checkKept("python", "def f(one):\n    ├if one:\n        return 1\n    return 2┤\n");
    await checkKept(
      "go",
      "package a\n\nfunc f() error {\n\t├if err := g(); err != nil {\n\t\treturn err\n\t}\n\treturn nil┤\n}\n",
    );
    await checkKept("java", "class A {\n  ├int f() {\n    return 1;\n  }┤\n}\n");
    await checkKept("rust", "fn f() -> i32 {\n    ├let a = 1;\n    a┤\n}\n");
    await checkKept("go", "package a\n\n├func f() {}┤");
  });

  it("may finish what the person began", async () => {
    await checkKept("typescript", "const list = [1, 2].map((each) => {├\n  return each + 1;\n});┤\n");
    await checkKept("typescript", "if (one├) {\n  two();\n}┤\n");
    await checkKept("python", "print(├one, two)┤\n");
  });

  it("may stay as broken as the code is", async () => {
    await checkKept("typescript", "function f( {\n  const a = 1;\n  ├const b = 2;┤\n");
    await checkKept("typescript", "const a = ;\nconst b = ├1;┤\n");
    await checkKept("python", "def f(:\n    pass\n\none = ├1┤\n");
    await checkKept("typescript", "const a = = ├one┤\nconst b = 1;\n");
    await checkKept("typescript", "import { ├one }┤\nconst b = 1;\n");
    await checkKept("typescript", "f(\n  one,\n  ├two,┤\nconst b = 1;\n");
  });

  it("may be one line that opens a block", async () => {
    await checkKept("typescript", "function f() {\n  ├for (const each of list) {┤\n}\n");
    await checkKept("go", "package a\n\nfunc f() {\n\t├if err != nil {┤\n}\n");
    await checkKept("python", "def f(one):\n    ├for each in one:┤\n\nf(1)\n");
    await checkKept("javascript", "├describe('one', () => {┤\n");
  });

  it("may leave to the person what they are in the middle of", async () => {
    await checkKept("typescript", "function f() {\n  if (one === ├two┤\n}\n");
    await checkKept("typescript", "function f() {\n  const a = g(├one, [two┤\n}\n");
    await checkKept("typescript", "const a = f(├(one) => {┤\n");
    await checkKept("python", "def f():\n    while one ├in two┤\n\nf()\n");
    await checkKept("go", "package a\n\nfunc f() {\n\tif ├one == two┤\n}\n");
  });

  it("may be the words of a comment or a string", async () => {
    await checkKept("typescript", "// Says ├what (is it {┤\nconst a = 1;\n");
    await checkKept("typescript", 'throw new Error("├no such (thing┤");\n');
  });
});

describe("a completion that adds errors", () => {
  it("is cut back to the longest beginning that adds none", async () => {
    await check(
      "typescript",
      "function f() {\n  ├const a = 1;\n  const b = 2;\n  if (a ===┤\n}\n",
      "function f() {\n  ├const a = 1;\n  const b = 2;┤\n}\n",
    );
    await check("python", "def f():\n    ├one = 1\n    two = (3┤\n", "def f():\n    ├one = 1┤\n");
  });

  it("loses the closing brackets it has too many of", async () => {
    await check(
      "typescript",
      "function f() {\n  ├return 1;\n}\n}┤\n}\nconst a = 1;\n",
      "function f() {\n  ├return 1;┤\n}\nconst a = 1;\n",
    );
  });

  it("is dropped when nothing of it fits", async () => {
    await check("typescript", "const one = ├Sure, here is the code you wanted┤;\nconst two = 2;\n", null);
    await check("typescript", "function f() {\n  ├if (one {┤\n}\n", null);
    await check("python", "def f():\n    ├return return┤\n", null);
    await check("go", "package a\n\nfunc f() {\n\t├one := := 1┤\n}\n", null);
    await check("rust", "fn f() {\n    ├let = 1;┤\n}\n", null);
  });

  it("is not left open before what stands to the right of the cursor", async () => {
    await check("typescript", 'it("works", ├async () => {┤);\n', null);
    await check("typescript", "const a = f(├(one) => {┤)\n", null);
    await check("typescript", 'it("works", ├async () => {\n  one();┤);\n', null);
    await checkKept("typescript", 'it("works", ├async () => {\n  one();\n}┤);\n');
    await checkKept("typescript", "const a = f(├(one) => {┤ // so\n");
    await checkKept("typescript", "if (├one) {\n  two(┤);\n}\n");
  });

  it("is cut between lines whatever ends them", async () => {
    await check(
      "typescript",
      "function f() {\r\n  ├one();\r\n  two(;\r\n  three();┤\r\n}\r\n",
      "function f() {\r\n  ├one();┤\r\n}\r\n",
    );
  });
});

describe("in a long file", () => {
  const methods = Array.from(
    { length: 400 },
    (_, at) => `  method${at}(one: string): number {\n    if (one) {\n      return ${at};\n    }\n    return 0;\n  }\n`,
  );
  const head = `export class Long {\n${methods.slice(0, 200).join("\n")}\n`;
  const tail = `\n${methods.slice(200).join("\n")}}\n`;

  it("a method is still a method", async () => {
    await checkKept("typescript", `${head}  ├async other(): Promise<void> {\n    await one();\n  }┤\n${tail}`);
    await checkKept("typescript", `${head}  f() {\n    if (one) {\n      ├two();\n      return;┤\n    }\n  }\n${tail}`);
  });

  it("what breaks is still seen", async () => {
    await check("typescript", `${head}  f() {\n    ├return (one;┤\n  }\n${tail}`, null);
  });

  it("at most 12,000 characters are parsed at a time, in a file of one line too", () => {
    for (const prefix of [head, "x".repeat(1_000_000), `${"  one();\n".repeat(100_000)}`]) {
      const seen: number[] = [];
      const parser: Parser = {
        errors(text) {
          seen.push(text.length);
          return { count: 0, firstLine: null };
        },
        placeAt: () => null,
      };
      verifyCompletion({ parser, prefix, suffix: prefix, text: "one();" });
      expect(Math.max(...seen)).toBeLessThanOrEqual(12_000);
    }
  });
});

it("parses a bounded number of times", () => {
  for (const lines of [1, 40, 256, 4_000]) {
    let parses = 0;
    const parser: Parser = {
      errors(text) {
        parses += 1;
        return { count: text === "" ? 0 : 1, firstLine: 1 };
      },
      placeAt: () => null,
    };
    verifyCompletion({ parser, prefix: "", suffix: "", text: "one({\n".repeat(lines) });
    expect(parses).toBeLessThanOrEqual(2 + 5 * (8 + Math.ceil(Math.log2(lines + 1))));
  }
});
