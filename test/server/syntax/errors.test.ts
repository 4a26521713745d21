import { describe, expect, it } from "vitest";
import { createSyntax } from "../../../server/syntax/create-syntax.ts";
import { directory, engine, parserOf } from "./grammar-folder.ts";

async function check(languageId: string, text: string, expected: { count: number; firstLine: number | null }) {
  const parser = await parserOf(languageId);
  expect(parser.errors(text)).toEqual(expected);
}

const good: Record<string, string> = {
  typescript: "const list = <T,>(one: T): T[] => [one];\nexport type { A } from './a.ts';\n",
  typescriptreact: "const A = ({ one }: Props) => <div title={one}>two {three}</div>;\n",
  javascript: "const a = one?.two ?? [...three];\nexport default class { #one = 1; }\n",
  javascriptreact: "export const A = () => <>one</>;\n",
  python:
    "async def f(one: int, *, two=3) -> None:\n    match one:\n        case 1 if two:\n            print(f'{one!r}')\n",
  go: "package a\n\nfunc Map[T any](list []T, f func(T) T) []T {\n\tfor i := range 10 {\n\t\tf(list[i])\n\t}\n\treturn list\n}\n",
  java: 'record A(int one) {\n  String f() {\n    return switch (one) { case 1 -> "one"; default -> """\n      two""";\n    };\n  }\n}\n',
  rust: "impl<'a, T: Clone> A<'a, T> {\n    async fn f(&self) -> Result<(), E> {\n        let Some(x) = self.one else { return Ok(()) };\n        g(x).await?;\n        Ok(())\n    }\n}\n",
};

describe("errors", () => {
  for (const [languageId, text] of Object.entries(good)) {
    it(`are none in good ${languageId}`, () => check(languageId, text, { count: 0, firstLine: null }));
  }

  it("are counted, with the line of the first", async () => {
    await check("typescript", "const a = 1;\nconst b = = 2;\nconst c = 3;\nconst d = = 4;\n", {
      count: 2,
      firstLine: 2,
    });
    await check("go", "package a\n\nfunc f() {\n\tone(\n}\n", { count: 1, firstLine: 4 });
    await check("java", "class A {\n  int f() { return 1 }\n}\n", { count: 1, firstLine: 2 });
    await check("rust", "fn f() {\n    let = 1;\n}\n", { count: 1, firstLine: 2 });
  });

  it("are none in markup with an ampersand of its own", async () => {
    for (const languageId of ["typescriptreact", "javascriptreact"]) {
      await check(languageId, "const a = <h1>Terms & Conditions, R&D</h1>;\n", { count: 0, firstLine: null });
      await check(languageId, '<a href="/x?a=1&b=2">Q&amp;A&nbsp;</a>;\n', { count: 0, firstLine: null });
    }
    await check("typescript", "type A = B & C;\ntype D =\n  & B\n  & C;\nlet a = b & c && d;\na &= 1;\na &&= 2;\n", {
      count: 0,
      firstLine: null,
    });
    await check("typescript", "const a = b & & c;\n", { count: 1, firstLine: 1 });
    await check("rust", "fn f(a: &mut T) -> &T {\n    &a & &b\n}\n", { count: 0, firstLine: null });
  });

  it("are none in it while it is being typed either", async () => {
    const parser = await parserOf("typescriptreact");
    const text = "const A = () => <p>R&D & more{a && b}</p>;\n";
    for (let end = 1; end <= text.length; end += 1) parser.errors(text.slice(0, end));
    expect(parser.errors(text)).toEqual({ count: 0, firstLine: null });
    expect(parser.errors(text.replace("a && b", "a & b"))).toEqual({ count: 0, firstLine: null });
  });

  it("are tokens that are missing too, those a grammar does not show included", async () => {
    await check("typescript", "function f() {\n  return (1 + 2;\n}\n", { count: 1, firstLine: 2 });
    await check("python", "def f():\n    return return\n", { count: 1, firstLine: 2 });
  });

  it("are looked for in the first 50,000 characters", async () => {
    const parser = await parserOf("typescript");
    const text = "one();\n".repeat(7_200);
    expect(parser.errors(`${text}const a = = 1;\n`).count).toBe(0);
    expect(parser.errors(`const a = = 1;\n${text}`).count).toBe(1);
  });
});

describe("a text that differs a little from the one before", () => {
  /** A generator of numbers below `bound`, the same in each run. */
  function numbers(seed: number) {
    let state = seed;
    return (bound: number) => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((state / 2_147_483_648) * bound);
    };
  }

  it("has the errors that it has by itself", async () => {
    const below = numbers(7);
    const pieces = [
      "one();\n",
      "{",
      "}",
      "(",
      ")",
      "x",
      " = 2;\n",
      "if (a) {\n  b();\n}\n",
      '"',
      "\n",
      "// é𝒳\n",
      "class A { f() {} }\n",
    ];
    const parser = await parserOf("typescript");
    const other = await parserOf("typescriptreact");
    const alone = await createSyntax({ directory, engine }).load("typescript");
    if (alone === null) throw new Error("No grammar for typescript.");
    let text = "function f(one: string) {\n  return one.length;\n}\n".repeat(20);
    let differing = 0;
    for (let round = 0; round < 300; round += 1) {
      const at = below(text.length);
      const end = Math.min(text.length, at + (below(3) === 0 ? below(30) : 0));
      const next = text.slice(0, at) + pieces[below(pieces.length)] + text.slice(end);
      const step = parser.errors(next).count;
      // Nothing in common with anything: the next one is parsed from its beginning.
      alone.errors("");
      const whole = alone.errors(next).count;
      other.errors("");
      if ((step === 0) !== (whole === 0)) differing += 1;
      // Go on from good code as well as from broken.
      text = whole > 4 ? "function f(one: string) {\n  return one.length;\n}\n".repeat(20) : next;
      parser.errors(text);
    }
    expect(differing).toBe(0);
  });
});
