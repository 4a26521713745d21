import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { placeOf } from "../../../server/core/completion-place.ts";
import { type PolishFacts, polish } from "../../../server/core/polish-completion.ts";
import { polishers } from "../../../server/core/polishers.ts";
import { holeOf } from "../../../server/core/surroundings.ts";
import { body, bodyFilled, check, many, polished } from "./marked-completion.ts";

describe("a plain completion", () => {
  it("is shown as it came", () => {
    const result = polished({ file: body }, "return width * height;");
    expect(result).toEqual({ text: "return width * height;", applied: [] });
  });

  it("of several lines keeps them", () => {
    const raw = "const area = width * height;\n  return area;";
    check({ file: body }, raw, `function area(width: number, height: number) {\n  ${raw}‸\n}\n`);
  });

  it("goes on in the middle of a line", () => {
    check({ file: "const sum = ‸\n" }, "first + second;", "const sum = first + second;‸\n");
  });
});

describe("blanks and indentation", () => {
  it("has one blank where the cursor stands behind one", () => {
    check({ file: "const sum = ‸\n" }, " first;", "const sum = first;‸\n");
    check({ file: "const sum =‸\n" }, " first;", "const sum = first;‸\n");
  });

  it("does not indent the first line again", () => {
    check({ file: body }, "  return width * height;", bodyFilled);
    check({ file: body }, "\n  return width * height;", bodyFilled);
    const deep = "class A {\n    run() {\n        ‸\n    }\n}\n";
    check({ file: deep }, "        go();\n        stop();", deep.replace("‸", "go();\n        stop();‸"));
  });

  it("indents a first line that the editor has not", () => {
    const file = "def area(w, h):\n‸\n";
    check({ file, languageId: "python" }, "    return w * h", "def area(w, h):\n    return w * h‸\n");
    const half = "if a:\n    if b:\n    ‸\n";
    check({ file: half, languageId: "python" }, "    go()", "if a:\n    if b:\n        go()‸\n");
  });

  it("moves a block told from the first column to where the cursor stands", () => {
    const file = "class A {\n  run() {\n    ‸\n  }\n}\n";
    const raw = "if (this.on) {\n  this.go();\n}\nthis.stop();";
    const expected = "if (this.on) {\n      this.go();\n    }\n    this.stop();‸";
    check({ file, fromChat: true }, raw, file.replace("‸", expected));
    const python = "class A:\n    def run(self):\n        ‸\n";
    check(
      { file: python, languageId: "python", fromChat: true },
      "value = 1\nreturn value",
      "class A:\n    def run(self):\n        value = 1\n        return value‸\n",
    );
  });

  it("leaves a scope that a model for holes leaves", () => {
    const file = "def a():\n    ‸\n";
    check({ file, languageId: "python" }, "return 1\n\ndef b():\n    return 2", "def a():\n    return 1‸\n");
  });

  it("writes tabs in a file of tabs and spaces in a file of spaces", () => {
    const tabs = "class A {\n\trun() {\n\t\t‸\n\t}\n}\n";
    check(
      { file: tabs },
      "if (on) {\n            go();\n        }",
      tabs.replace("‸", "if (on) {\n\t\t\tgo();\n\t\t}‸"),
    );
    const spaces = "class A {\n  run() {\n    ‸\n  }\n}\n";
    check({ file: spaces }, "if (on) {\n\t\t\tgo();\n\t\t}", spaces.replace("‸", "if (on) {\n      go();\n    }‸"));
  });
});

describe("the file told back", () => {
  const told = bodyFilled.replace("‸", "");

  it("by a model that fills holes leaves what was missing, also when one line stands above the cursor", () => {
    check({ file: body }, told, bodyFilled);
    check({ file: `import fs from "node:fs";\n\n${body}` }, told, `import fs from "node:fs";\n\n${bodyFilled}`);
  });

  it("is not what begins a scope of the same short kind", () => {
    const file = "try {\n  ‸\n}\n";
    const raw = "try {\n    go();\n  } catch {}";
    check({ file, place: many }, raw, file.replace("‸", `${raw}‸`));
  });
});

describe("a fence of a chat model", () => {
  it.each(["Here you go:", "Here it is:", "Completed code:", "**Result:**", "Sure, here is the body:"])(
    "is opened behind %s",
    (words) => {
      const raw = `${words}\n\n\`\`\`ts\nreturn width * height;\n\`\`\`\n\nHope this helps!`;
      check({ file: body, fromChat: true }, raw, bodyFilled);
    },
  );

  it("does not take code before it for words", () => {
    const raw = "return width * height;\n```\nThis returns the area.";
    check({ file: body, fromChat: true }, raw, bodyFilled);
  });
});

describe("repetition", () => {
  it("is said once", () => {
    const raw = "console.log(width);\n  console.log(width);\n  console.log(width);\n  console.log(width);";
    check({ file: body, place: many }, raw, body.replace("‸", "console.log(width);‸"));
    const pair = "open(width);\n  close(height);\n  ".repeat(6);
    check({ file: body, place: many }, pair, body.replace("‸", "open(width);\n  close(height);‸"));
  });

  it("is said once, too, where the model was stopped within it", () => {
    const said = "console.log(width, height);";
    check({ file: body, finished: "enough" }, `${said}\n  ${said}\n  ${said}`, body.replace("‸", `${said}‸`));
  });

  it("of characters leaves the lines before it", () => {
    const raw = `const a = width;\n  const list = [${"0, ".repeat(60)}`;
    check({ file: body, place: many, finished: "length" }, raw, body.replace("‸", "const a = width;‸"));
    check({ file: "const list = [‸\n", finished: "length" }, "0, ".repeat(60), "nothing: only repetition");
  });

  it("is not rows of data", () => {
    const file = "const board = [\n  ‸\n];\n";
    const rows = (count: number) => Array.from({ length: count }, () => "[0, 0, 0],").join("\n  ");
    check({ file }, rows(3), `const board = [\n  ${rows(3)}‸\n];\n`);
    check({ file, place: many }, rows(10), `const board = [\n  ${rows(10)}‸\n];\n`);
    check({ file, place: many }, rows(14), `const board = [\n  ${rows(1)}‸\n];\n`);
    check(
      { file },
      "{ x: 0, y: 0 },\n  { x: 0, y: 0 },\n  { x: 0, y: 0 },",
      `const board = [\n  ${"{ x: 0, y: 0 },\n  ".repeat(3).trimEnd()}‸\n];\n`,
    );
  });

  it("is not a table, a closing or a ruler", () => {
    const rows = "const rows = [\n    0,\n    0,\n    0,\n  ];";
    check({ file: body, place: many }, rows, body.replace("‸", `${rows}‸`));
    check({ file: "// ‸\n" }, "-".repeat(100), `// ${"-".repeat(100)}‸\n`);
  });
});

describe("an answer cut at its token limit", () => {
  it("loses its half line", () => {
    const raw = "const area = width * height;\n  return are";
    check({ file: body, finished: "length" }, raw, body.replace("‸", "const area = width * height;‸"));
  });

  it("of one line loses its half word", () => {
    const raw = 'fetchEverything(first, second, "third", options.fou';
    check(
      { file: "const all = ‸\n", finished: "length" },
      raw,
      'const all = fetchEverything(first, second, "third",‸\n',
    );
    check({ file: "const all = ‸\n", finished: "length" }, "fetchEver", "nothing: only half a line came");
  });

  it("keeps a line that came whole", () => {
    check({ file: "const all = ‸\n", finished: "length" }, "fetch(first);\nconst oth", "const all = fetch(first);‸\n");
  });
});

describe("the end", () => {
  it("of one line is its end", () => {
    check({ file: "const sum = ‸\n" }, "first + second;\nconst other = 3;", "const sum = first + second;‸\n");
    check({ file: "// the ‸\n" }, "sum of both\nfunction sum() {}", "// the sum of both‸\n");
  });

  it("of a body is where its scope closes", () => {
    check({ file: body }, "return width * height;\n}\n\nfunction other() {}", bodyFilled);
    const open = "function area(width: number, height: number) {\n  ‸";
    check(
      { file: open },
      "return width * height;\n}\n\nfunction other() {}",
      open.replace("‸", "return width * height;\n}‸"),
    );
  });

  it("of a body behind its opener is where it closes", () => {
    const file = "function area(width, height) {‸";
    check({ file }, "\n  return width;\n}\nother();", "function area(width, height) {\n  return width;\n}‸");
    check({ file: "def a():‸\n", languageId: "python" }, "\n    return 1\nb()", "def a():\n    return 1‸\n");
  });

  it("below a comment is that of one block", () => {
    const file = "/** The area. */\n‸\n\nmain();\n";
    const raw = "function area(w, h) {\n  const a = w * h;\n\n  return a;\n}\n\nfunction other() {}";
    check({ file }, raw, file.replace("‸", "function area(w, h) {\n  const a = w * h;\n\n  return a;\n}‸"));
  });

  it("keeps else with its if", () => {
    const file = "// chooses\n‸\n";
    const raw = "if (a) {\n  b();\n} else {\n  c();\n}\nd();";
    check({ file }, raw, file.replace("‸", "if (a) {\n  b();\n} else {\n  c();\n}‸"));
  });

  it("before other text leaves no bracket open", () => {
    const file = 'it("works", ‸);\n';
    check({ file }, "async () => {", "nothing: left open");
    check({ file, finished: "length" }, "async () => {\n  await one();\n  tw", "nothing: left open");
    check({ file }, "async () => {\n  await one();\n}", 'it("works", async () => {\n  await one();\n}‸);\n');
    check({ file: "foo(‸;\n" }, "bar(1))", "foo(bar(1))‸;\n");
    check({ file: "foo(bar(‸))\n" }, "one(2", "nothing: left open");
    check({ file: "foo(‸))\n" }, "bar(1", "foo(bar(1‸))\n");
    check({ file: "foo(‸ // so\n" }, "bar(1", "foo(bar(1‸ // so\n");
    check({ file: "<p>‸</p>\n", languageId: "html" }, "a :( face", "<p>a :( face‸</p>\n");
    check({ file: 'say("‸");\n' }, "what (is", 'say("what (is‸");\n');
  });

  it("comes after enough lines", () => {
    const raw = Array.from({ length: 30 }, (_, index) => `step${index}(width);`).join("\n  ");
    const result = polished({ file: body }, raw);
    expect(result.text?.split("\n")).toHaveLength(16);
  });
});

describe("white space", () => {
  it("at the end of lines goes", () => {
    const raw = "const a = width;  \n\t\n  return a;  \n\n";
    check({ file: body, place: many }, raw, body.replace("‸", "const a = width;\n\n  return a;‸"));
  });

  it.each(["", " ", "\n\n", "  \n\t\n", "\r\n"])("alone is nothing: %j", (raw) => {
    expect(polished({ file: body }, raw).text).toBeNull();
  });

  it("is the file's at the end of lines", () => {
    const file = "function area(w, h) {\r\n  ‸\r\n}\r\n";
    check({ file, eol: "\r\n" }, "const a = w;\n  return a;", file.replace("‸", "const a = w;\r\n  return a;‸"));
    check(
      { file: body, place: many },
      "const a = w;\r\n  return a;\r\n",
      body.replace("‸", "const a = w;\n  return a;‸"),
    );
  });
});

describe("a blank at the cursor", () => {
  it("that a chat model forgot is put between two words", () => {
    check({ file: "  return‸\n", fromChat: true }, "width * height;", "  return width * height;‸\n");
    check({ file: "  return‸\n" }, "edValue;", "  returnedValue;‸\n");
    check({ file: "  this.return‸\n", fromChat: true }, "Value();", "  this.returnValue();‸\n");
  });
});

describe("behind an opener", () => {
  it("a chat model's body begins on a line of its own", () => {
    const file = "  run() {‸\n  stop() {}\n";
    check(
      { file, fromChat: true },
      "this.go();\nthis.stop();",
      "  run() {\n    this.go();\n    this.stop();‸\n  stop() {}\n",
    );
    check(
      { file: "def f():‸\n", languageId: "python", fromChat: true },
      "    if a:\n        b()",
      "def f():\n    if a:\n        b()‸\n",
    );
  });
});

describe("a paragraph", () => {
  it("without closers ends behind its block", () => {
    const file = "# Adds.\n‸\n";
    const raw = "def add(a, b):\n    c = a + b\n\n    return c\n\ndef sub(a, b):\n    return a - b";
    check({ file, languageId: "python" }, raw, "# Adds.\ndef add(a, b):\n    c = a + b\n\n    return c‸\n");
  });
});

describe("whatever comes", () => {
  const text = fc.oneof(
    fc.string({ maxLength: 200 }),
    fc.string({ unit: "binary", maxLength: 100 }),
    fc
      .array(
        fc.constantFrom(
          "{",
          "}",
          "(",
          ")",
          "\n",
          "\r\n",
          "  ",
          "\t",
          "foo",
          "return x;",
          "```",
          "<think>",
          "</think>",
          '"',
          "'",
          "// a",
          "\u0000",
          "😀",
          "Here is",
        ),
        { maxLength: 40 },
      )
      .map((parts) => parts.join("")),
  );
  const facts = fc.record({
    prefix: text,
    suffix: text,
    languageId: fc.constantFrom("typescript", "python", "markdown", "html", "nothing-known"),
    eol: fc.constantFrom("\n", "\r\n"),
    fromChat: fc.boolean(),
    finished: fc.constantFrom("stop", "length", "enough"),
  });

  it("gives a text that is not blank, well formed, without a NUL, in the file's line ends; or a reason", () => {
    fc.assert(
      fc.property(text, facts, (raw, given) => {
        const { prefix, suffix, languageId } = given;
        const place = placeOf({
          text: prefix + suffix,
          offset: prefix.length,
          languageId,
          syntax: null,
          isInvoked: true,
        });
        const hole = holeOf({ prefix, suffix, languageId, place });
        const result = polish(raw, { ...(given as typeof given & PolishFacts), hole });
        if (result.text === null) {
          expect(result.why).not.toBe("");
          return;
        }
        expect(result.text.trim()).not.toBe("");
        expect(result.text).not.toContain("\u0000");
        expect(result.text).not.toMatch(/\p{Surrogate}/u);
        expect(result.text.replaceAll(given.eol, "")).not.toMatch(/[\r\n]/);
      }),
      { numRuns: 2_000 },
    );
  });

  it("polished again stays as it is, where it is one line of code", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("foo", "bar(1)", " + ", "x", ", "), { minLength: 1, maxLength: 6 }),
        (parts) => {
          const file = "const total = ‸\n";
          const once = polished({ file }, parts.join(""));
          if (once.text !== null) expect(polished({ file }, once.text).text).toBe(once.text);
        },
      ),
    );
  });

  it("takes as long for a line of a megabyte as for another", () => {
    const file = `${"x".repeat(1_000_000)}‸${"y".repeat(1_000_000)}`;
    expect(polished({ file }, "z".repeat(1_000_000)).text?.length ?? 0).toBeLessThan(20_000);
  });
});

describe("the list", () => {
  it("says of each what it is for, in a sentence", () => {
    expect(new Set(polishers.map((each) => each.name)).size).toBe(polishers.length);
    for (const { why, nothing } of polishers) {
      expect(why).toMatch(/^[A-Z].*\.$/);
      expect(nothing).toMatch(/^[a-z].*[a-z]$/);
    }
  });

  it("names those that changed something", () => {
    expect(polished({ file: body, fromChat: true }, "```ts\nreturn width * height;  \n```")).toEqual({
      text: "return width * height;",
      applied: ["code fence", "white space at the end"],
    });
  });
});
