import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CompletionPlace, placeOf } from "../../../server/core/completion-place.ts";
import { polish } from "../../../server/core/polish-completion.ts";
import { createStopper } from "../../../server/core/stop-completion.ts";
import { holeOf } from "../../../server/core/surroundings.ts";

interface Given {
  file: string;
  languageId?: string;
  place?: CompletionPlace;
  fromChat?: boolean;
}

function factsOf({ file, languageId = "typescript", place, fromChat = false }: Given) {
  const [prefix = "", suffix = ""] = file.split("‸");
  const offset = prefix.length;
  const asked = place ?? placeOf({ text: prefix + suffix, offset, languageId, syntax: null, isInvoked: true });
  return { hole: holeOf({ prefix, suffix, languageId, place: asked }), fromChat };
}
/** So many statements, each different. */
const steps = (count: number) => Array.from({ length: count }, (_, at) => `  step${at}();\n`).join("");

/** What had come when the stopper had enough, character by character; null when it never had. */
function stoppedAt(given: Given, answer: string): string | null {
  const isEnough = createStopper(factsOf(given));
  for (let length = 1; length <= answer.length; length++) {
    if (isEnough(answer.slice(0, length))) return answer.slice(0, length);
  }
  return null;
}
const check = (given: Given, answer: string, expected: string | null) =>
  expect(stoppedAt(given, answer)).toBe(expected);

const many: CompletionPlace = {
  kind: "body",
  lines: "many",
  maxLines: 4,
  maxOutputTokens: 256,
  why: "",
  until: "scope",
};
const body = "function area(width, height) {\n  ‸\n}\n";

describe("one line is enough", () => {
  it("when it is whole", () => {
    check({ file: "const a = ‸\n" }, "b + c;\nconst d = 1;", "b + c;\n");
    check({ file: "const a = ‸\n" }, "b + c;", null);
  });

  it("and not blank", () => {
    check({ file: "// ‸\n" }, "\n\nfirst\nsecond", "\n\nfirst\n");
  });

  it("when it closes what the rest of the line closes", () => {
    check({ file: "foo(‸);\n" }, "a, b(1), c) + d", "a, b(1), c)");
    check({ file: "foo(‸);\n" }, 'a, ")", c);', 'a, ")", c)');
  });
});

describe("many lines are enough", () => {
  it("when the scope closes", () => {
    check({ file: body }, "const a = 1;\n  return a;\n}\nother();", "const a = 1;\n  return a;\n}");
    check({ file: "def f():\n    ‸\n", languageId: "python" }, "return 1\n\ndef g():\n", "return 1\n\nd");
  });

  it("when its own closer has come, where the suffix has none", () => {
    check({ file: "function f() {\n  ‸" }, "return 1;\n}\n\nfoo();", "return 1;\n}\n\nf");
  });

  it("when there are as many as the place takes", () => {
    check(
      { file: body, place: many },
      "a(1);\n  b(2);\n  c(3);\n  d(4);\n  e(5);",
      "a(1);\n  b(2);\n  c(3);\n  d(4);\n",
    );
  });

  it("at the line that closes what is open by then", () => {
    const place: CompletionPlace = { ...many, maxLines: 3, until: "paragraph" };
    const whole = "function a() {\n  b();\n  if (c) {\n    d();\n  }\n  return e;\n}";
    check({ file: "z();\n‸\n", place }, `${whole}\n\nf();`, `${whole}\n`);
    const python = "def a():\n    b()\n    c()\n    d()\n    return e\n";
    check({ file: "z()\n‸\n", place, languageId: "python" }, `${python}f()\ng()\n`, `${python}f()\n`);
    const statements = "const a = {\n  b: 1,\n  c: 2,\n  d: 3,\n};";
    check({ file: "z();\n‸\n", place: { ...place, until: "scope" } }, `${statements}\ne();\n`, `${statements}\n`);
  });

  it("at sixteen lines, whatever is open", () => {
    const place: CompletionPlace = { ...many, maxLines: 3, until: "paragraph" };
    const stopped = stoppedAt({ file: "z();\n‸\n", place }, `f(() => {\n${steps(40)}});\n`);
    expect(stopped?.split("\n").length).toBe(17);
  });

  it("between brackets, when the line or what it opened is whole", () => {
    check({ file: "foo(‸);\n" }, "a, b\nbar();", "a, b\n");
    check({ file: "foo(‸);\n" }, "\n  a,\n  b,\n", "\n");
    const callback = "async () => {\n  await one();\n\n  two();\n}";
    check({ file: 'it("works", ‸);\n' }, `${callback});\n`, `${callback})`);
    check({ file: 'it("works", ‸);\n' }, `${callback}\n\nthree();\n`, `${callback}\n`);
    check({ file: "setTimeout(‸)\n" }, "() => {\n  go();\n}, 100\nnext();", "() => {\n  go();\n}, 100\n");
  });

  it("at a blank line, where a paragraph was asked for", () => {
    const place: CompletionPlace = { ...many, until: "paragraph" };
    check({ file: "a();\n‸\n", place }, "b(1);\nc(2);\n\nd(3);", "b(1);\nc(2);\n\n");
    check({ file: "a();\n‸\n", place: many }, "b(1);\n\nd(3);\ne(4);", null);
    check({ file: "a();\n‸\n", place: many }, "b(1);\n\n\nd(3);\ne(4);", "b(1);\n\n\n");
  });

  it("when it begins to tell the line below", () => {
    const file = "const a = 1;\n‸\nconst c = compute(a);\n";
    check(
      { file, place: many },
      "const b = 2;\nconst c = compute(a);\nfoo();",
      "const b = 2;\nconst c = compute(a);\n",
    );
  });

  it("when it repeats itself", () => {
    const place: CompletionPlace = { ...many, maxLines: 100 };
    check({ file: body, place }, "again(1);\n  ".repeat(50), "again(1);\n  again(1);\n  again(1);\n");
    expect(stoppedAt({ file: body, place }, `const list = [${"0, ".repeat(400)}`)?.length).toBeLessThan(120);
  });
});

describe("a line that is still coming", () => {
  it("is no repeat of the lines above it: it may go on otherwise", () => {
    const place: CompletionPlace = { ...many, maxLines: 100 };
    const isEnough = createStopper(factsOf({ file: body, place }));
    expect(isEnough("return x;\n  return x;\n  return x;")).toBe(false);
    expect(isEnough("return x;\n  return x;\n  return x; // last")).toBe(false);
    expect(isEnough("return x;\n  return x;\n  return x;\n")).toBe(true);
  });

  it("is no blank line either, before something stands there", () => {
    const place: CompletionPlace = { ...many, maxLines: 100 };
    const isEnough = createStopper(factsOf({ file: body, place }));
    expect(isEnough("return x;\n\n  return x;\n\n  return x;\n")).toBe(false);
    expect(isEnough("return x;\n\n  return x;\n\n  return x;\n\n  ")).toBe(true);
  });
});

describe("what stands around a completion", () => {
  it("is not counted", () => {
    const given = { file: "  const a = ‸\n", fromChat: true };
    check(given, "<think>\nhm\nwell\n</think>\nb;\nc;", "<think>\nhm\nwell\n</think>\nb;\n");
    check(given, "Here is the line:\n\n```ts\nb + c;\n```\nIt adds.", "Here is the line:\n\n```ts\nb + c;\n");
    check(given, "  const a = b + c;\nfoo", "  const a = b + c;\n");
  });

  it("may be the file told back", () => {
    const answer = "function area(width, height) {\n  return width;\n}\n";
    check({ file: body, fromChat: true }, answer, "function area(width, height) {\n  return width;\n}");
  });
});

describe("bad input", () => {
  it("is cut when it is longer than any completion", () => {
    expect(createStopper(factsOf({ file: body }))("x".repeat(20_000))).toBe(true);
  });

  it("never throws, and never changes its mind in plain code", () => {
    const piece = fc.constantFrom(
      "{",
      "}",
      "(",
      ")",
      "\n",
      "\n  ",
      "foo(1);",
      "return x;",
      "if (a) ",
      '"',
      " // b",
      "\n\n",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (parts) => {
        const isEnough = createStopper(factsOf({ file: body }));
        let was = false;
        for (let count = 1; count <= parts.length; count++) {
          const is = isEnough(parts.slice(0, count).join(""));
          expect(is || !was).toBe(true);
          was = is;
        }
      }),
      { numRuns: 500 },
    );
  });

  it("stops with what would be shown of the whole answer", () => {
    const piece = fc.constantFrom("\n", "\n  ", "foo(1);", "return x;", "if (a) {", "\n  }", "\n}", "bar(2);", "\n\n");
    fc.assert(
      fc.property(fc.array(piece, { minLength: 3, maxLength: 30 }), (parts) => {
        const facts = factsOf({ file: body });
        const isEnough = createStopper(facts);
        const answer = parts.join("");
        const count = parts.findIndex((_, index) => isEnough(parts.slice(0, index + 1).join("")));
        if (count === -1) return;
        const early = polish(parts.slice(0, count + 1).join(""), { ...facts, eol: "\n", finished: "enough" });
        const late = polish(answer, { ...facts, eol: "\n", finished: "stop" });
        expect(early.text).toBe(late.text);
      }),
      { numRuns: 1_000 },
    );
  });
});
