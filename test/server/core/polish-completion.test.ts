import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CompletionPlace, placeOf } from "../../../server/core/completion-place.ts";
import { type PolishFacts, polish } from "../../../server/core/polish-completion.ts";
import { polishers } from "../../../server/core/polishers.ts";

/** A file with ‸ where the cursor is, and how the model answered; the place is what the file's own shape says. */
interface Case extends Partial<Omit<PolishFacts, "prefix" | "suffix">> {
  file: string;
}

function polished({ file, ...more }: Case, raw: string) {
  const [prefix = "", suffix = ""] = file.split("‸");
  const languageId = more.languageId ?? "typescript";
  const place =
    more.place ?? placeOf({ text: prefix + suffix, offset: prefix.length, languageId, syntax: null, isInvoked: true });
  return polish(raw, { eol: "\n", fromChat: false, finished: "stop", ...more, prefix, suffix, languageId, place });
}
/** The file as it would be when the completion is taken over; ‸ is where the cursor then stands. */
function shown(given: Case, raw: string): string {
  const result = polished(given, raw);
  return result.text === null ? `nothing: ${result.why}` : given.file.replace("‸", `${result.text}‸`);
}
const check = (given: Case, raw: string, expected: string) => expect(shown(given, raw)).toBe(expected);
const many: CompletionPlace = { lines: "many", maxLines: 16, maxOutputTokens: 256, why: "", until: "scope" };

const body = "function area(width: number, height: number) {\n  ‸\n}\n";
const bodyFilled = "function area(width: number, height: number) {\n  return width * height;‸\n}\n";

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

describe("control characters", () => {
  it("are taken out, with escape sequences, half characters and byte order marks", () => {
    check({ file: body }, "\ufeffreturn\u0000 width\u0007 * \u001b[31mheight\u001b[0m;\ud83d", bodyFilled);
    check({ file: body }, "return width * height;\ufffd", bodyFilled);
  });

  it("leave tabs and whole emoji alone", () => {
    check({ file: 'const face = "‸"\n' }, "😀\t👍", 'const face = "😀\t👍‸"\n');
  });

  it("alone are nothing", () => {
    check({ file: body }, "\u0000\u0000\u0000", "nothing: nothing came");
  });
});

describe("thoughts", () => {
  it("are taken off, with the blank lines behind them", () => {
    check({ file: body }, "<think>\nThe area is the product.\n</think>\n\nreturn width * height;", bodyFilled);
    check({ file: body }, "The area is a product.</think>return width * height;", bodyFilled);
  });

  it("without an end leave nothing", () => {
    check({ file: body }, "<think>\nThe area is", "nothing: the model only thought");
  });
});

describe("marks", () => {
  it.each([
    "<|fim_middle|>return width * height;<|endoftext|>",
    "return width * height;<|fim_pad|><|fim_pad|>",
    "return width * height;<file_sep>src/other.ts\nexport {}",
    "return width * height; <EOT>",
    "return width * height;<｜end▁of▁sentence｜>",
    "return width * height;[PREFIX]function",
    "<|cursor|>return width * height;<|cursor|>",
  ])("go with what follows them: %s", (raw) => check({ file: body }, raw, bodyFilled));

  it("stay in a file that is about them", () => {
    const file = 'const start = "<|fim_prefix|>";\nconst end = "‸\n';
    check({ file }, '<|fim_prefix|>";', 'const start = "<|fim_prefix|>";\nconst end = "<|fim_prefix|>";‸\n');
  });
});

describe("code fences", () => {
  it.each([
    "```ts\nreturn width * height;\n```",
    "```\nreturn width * height;\n```\n",
    "\n```typescript\n  return width * height;\n```\n\nThis returns the area of the rectangle.",
    "~~~ts\nreturn width * height;\n~~~",
    "Here is the completed code:\n\n```ts\nreturn width * height;\n```",
    "Sure! The missing code is:\n```ts\nreturn width * height;\n```\n```ts\nother();\n```",
    "return width * height;\n```\n\nIt multiplies both.",
  ])("are taken off with what stands around them: %j", (raw) => {
    check({ file: body, fromChat: true }, raw, bodyFilled);
  });

  it("that have not closed hold the completion", () => {
    check({ file: body, fromChat: true, finished: "enough" }, "```ts\nreturn width * height;\n", bodyFilled);
  });

  it("are text in Markdown, unless Markdown is in them", () => {
    const file = "# Use\n\n‸\n";
    check({ file, languageId: "markdown", place: many }, "```ts\nrun();\n```", "# Use\n\n```ts\nrun();\n```‸\n");
    check(
      { file, languageId: "markdown", place: many, fromChat: true },
      "```markdown\nRun it.\n```",
      "# Use\n\nRun it.‸\n",
    );
  });

  it("of one line are backticks, in a language without them", () => {
    const file = "def area(w, h):\n    return ‸\n";
    check({ file, languageId: "python", fromChat: true }, "`w * h`", "def area(w, h):\n    return w * h‸\n");
    check({ file: "const name = ‸\n", fromChat: true }, "`wayfare`", "const name = `wayfare`‸\n");
  });
});

describe("prose", () => {
  it.each([
    "Here is the missing part of the function you asked for.",
    "I cannot complete this code because I don't know what it does.",
    "I'm sorry, but I can't help with that.",
    "Sure, I can help you with that!",
    "The missing code is a return statement that multiplies the two.",
    "It looks like the function is already complete. There is nothing to add.",
    "To complete this function, you need to return the product.\n\nLet me know if you have questions.",
  ])("instead of code is nothing: %s", (raw) => {
    check({ file: body, fromChat: true }, raw, "nothing: prose instead of code");
  });

  it("before and after code goes", () => {
    check({ file: body, fromChat: true }, "Here is the missing line:\n\nreturn width * height;", bodyFilled);
    check({ file: body, fromChat: true }, "return width * height;\n\nThis multiplies the two sides.", bodyFilled);
  });

  it("is what a comment and a document are made of", () => {
    check(
      { file: "// ‸\nfoo();\n", fromChat: true },
      "Here is the list of users.",
      "// Here is the list of users.‸\nfoo();\n",
    );
    const file = "# Notes\n\n‸\n";
    check(
      { file, languageId: "markdown", fromChat: true },
      "Here is what we know.",
      "# Notes\n\nHere is what we know.‸\n",
    );
    const docs = 'def area():\n    """\n    ‸\n';
    check(
      { file: docs, languageId: "python", fromChat: true },
      "Here is how the area is found.",
      'def area():\n    """\n    Here is how the area is found.‸\n',
    );
  });

  it("is not mistaken in code that looks like words", () => {
    check(
      { file: "‸\n", languageId: "sql", fromChat: true, place: many },
      "SELECT name FROM users",
      "SELECT name FROM users‸\n",
    );
    check(
      { file: body, fromChat: true },
      "this.area = width * height;",
      body.replace("‸", "this.area = width * height;‸"),
    );
  });
});

describe("an echo", () => {
  it("of the cursor's line goes", () => {
    check({ file: "const sum = ‸\n", fromChat: true }, "const sum = first + second;", "const sum = first + second;‸\n");
    check({ file: "  return ‸\n", fromChat: true }, "  return first;", "  return first;‸\n");
    check({ file: "  return calculate(‸\n" }, "return calculate(first);", "  return calculate(first);‸\n");
  });

  it("of the begun word goes", () => {
    check(
      { file: "const total = calc‸\n", fromChat: true },
      "calculateTotal(items);",
      "const total = calculateTotal(items);‸\n",
    );
    check({ file: "  await get‸\n", fromChat: true }, "await getUser(id);", "  await getUser(id);‸\n");
  });

  it("of the lines above goes", () => {
    const raw = "function area(width: number, height: number) {\n  return width * height;";
    check({ file: body, fromChat: true }, raw, bodyFilled);
    check(
      { file: "let a = 1;\nlet b = 2;\nlet c = ‸\n" },
      "let a = 1;\nlet b = 2;\nlet c = 3;",
      "let a = 1;\nlet b = 2;\nlet c = 3;‸\n",
    );
  });

  it("of the whole file leaves what was missing", () => {
    const file = `import { log } from "./log";\n\n${body}\nlog(area(1, 2));\n`;
    const whole = `import { log } from "./log";\n\n${bodyFilled.replace("‸", "")}\nlog(area(1, 2));\n`;
    check({ file, fromChat: true }, whole, file.replace("‸", "return width * height;‸"));
    check({ file, fromChat: true }, `\`\`\`ts\n${whole}\`\`\`\n`, file.replace("‸", "return width * height;‸"));
  });

  it("of the whole file, changed a little, too", () => {
    const file = `import { log } from "./log";\n\n${body}`;
    const raw = `import { log } from "./log";\n// areas\n${bodyFilled.replace("‸", "")}`;
    check({ file, fromChat: true }, raw, file.replace("‸", "return width * height;‸"));
  });

  it("and nothing else is nothing", () => {
    check(
      { file: body, fromChat: true },
      "function area(width: number, height: number) {\n",
      "nothing: the file told back",
    );
  });

  it("is not one equal line of a model that fills holes", () => {
    const file = "test(1);\ntest(2);\n‸\n";
    check({ file, place: many }, "test(2);\ntest(3);", "test(1);\ntest(2);\ntest(2);\ntest(3);‸\n");
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

describe("repetition", () => {
  it("is said once", () => {
    const raw = "console.log(width);\n  console.log(width);\n  console.log(width);\n  console.log(width);";
    check({ file: body, place: many }, raw, body.replace("‸", "console.log(width);‸"));
    const pair = "open(width);\n  close(height);\n  ".repeat(6);
    check({ file: body, place: many }, pair, body.replace("‸", "open(width);\n  close(height);‸"));
  });

  it("of characters leaves the lines before it", () => {
    const raw = `const a = width;\n  const list = [${"0, ".repeat(60)}`;
    check({ file: body, place: many, finished: "length" }, raw, body.replace("‸", "const a = width;‸"));
    check({ file: "const list = [‸\n", finished: "length" }, "0, ".repeat(60), "nothing: only repetition");
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

  it("comes after enough lines", () => {
    const raw = Array.from({ length: 30 }, (_, index) => `step${index}(width);`).join("\n  ");
    const result = polished({ file: body }, raw);
    expect(result.text?.split("\n")).toHaveLength(16);
  });
});

describe("what the suffix closes", () => {
  it("is not closed again", () => {
    check({ file: "foo(‸)\n" }, "first, second);", "foo(first, second‸)\n");
    check({ file: "foo(bar(‸));\n" }, "first));", "foo(bar(first‸));\n");
    check({ file: "const all = [‸];\n" }, "1, 2];", "const all = [1, 2‸];\n");
    check({ file: "call(() => {\n  ‸\n});\n" }, "go();\n});", "call(() => {\n  go();‸\n});\n");
    check({ file: "foo(\n  first,\n  ‸\n);\n" }, "second)", "foo(\n  first,\n  second‸\n);\n");
  });

  it("is closed where the suffix has too little", () => {
    check({ file: "foo(bar(‸)\n" }, "first))", "foo(bar(first)‸)\n");
    const file = "function f() {\n  if (a) {\n    ‸\n}\n";
    check({ file, place: many }, "b();\n  }\n  c();\n}", file.replace("‸", "b();\n  }‸"));
  });

  it("leaves what the completion opens itself", () => {
    check({ file: "foo(‸)\n" }, "bar()", "foo(bar()‸)\n");
    check({ file: "foo(‸)\n" }, 'bar(")")', 'foo(bar(")")‸)\n');
    check({ file: body, place: many }, "if (a) {\n    b();\n  }", body.replace("‸", "if (a) {\n    b();\n  }‸"));
  });

  it("knows strings", () => {
    check({ file: 'print("‸")\n', languageId: "python" }, 'hello :)")', 'print("hello :)‸")\n');
    check({ file: 'const name = "‸";\n' }, 'wayfare";', 'const name = "wayfare‸";\n');
  });
});

describe("overlap with the rest of the line", () => {
  it("is taken off", () => {
    check({ file: "const a = ‸;\n" }, "5;", "const a = 5‸;\n");
    check({ file: "if (‸) {\n" }, "a > 1) {", "if (a > 1‸) {\n");
    check({ file: "const a = ‸foo(1);\n" }, "await foo(1);", "const a = await ‸foo(1);\n".replace("await ‸", "await‸"));
  });
});

describe("lines that are there already", () => {
  it("below end the completion", () => {
    const file = "const a = 1;\n‸\nconst c = compute(a);\n";
    check({ file, place: many }, "const b = 2;\nconst c = compute(a);", file.replace("‸", "const b = 2;‸"));
    const indented = "  ‸\n  const c = compute(a);\n";
    check(
      { file: indented, place: many },
      "const b = 2;\nconst c = compute(a);\n",
      indented.replace("‸", "const b = 2;‸"),
    );
  });

  it("are not offered again", () => {
    check({ file: "‸\nconst c = compute(a);\n", place: many }, "const c = compute(a);", "nothing: nothing new");
    check({ file: "con‸\nconst c = compute(a);\n" }, "st c = compute(a);", "nothing: a line that is there already");
    check(
      { file: "const c = compute(a);\n‸\n", place: many },
      "const c = compute(a);",
      "nothing: a line that is there already",
    );
  });

  it("may be short and come twice", () => {
    const file = "case 1:\n  one();\n  ‸\ncase 2:\n  break;\n";
    check({ file, place: many }, "break;", file.replace("‸", "break;‸"));
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
        const result = polish(raw, { ...(given as typeof given & PolishFacts), place });
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
