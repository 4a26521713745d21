import { describe, it } from "vitest";
import { body, bodyFilled, check, many } from "./marked-completion.ts";

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
  it("is what was asked for where the text is the content", () => {
    const kept = (file: string, languageId: string, raw: string) =>
      check({ file, languageId, fromChat: true }, raw, file.replace("‸", `${raw}‸`));
    kept("<p>‸</p>\n", "html", "Here is the best coffee in town.");
    kept("<p>\n  ‸\n</p>\n", "html", "Here is the best coffee in town.");
    kept("const a = <p>‸</p>;\n", "typescriptreact", "This will be the best coffee in town.");
    kept("const a = (\n  <p>\n    ‸\n  </p>\n);\n", "typescriptreact", "You can read it here.");
    kept("name: x\ndescription: ‸\n", "yaml", "This function will do a thing.");
    kept("name: x\nsteps:\n  - ‸\n", "yaml", "You need two cups.");
    kept("about: >-\n  ‸\n", "yaml", "This function will do a thing.");
    kept("Feature: a\n  Scenario: b\n    ‸\n", "gherkin", "Given there is a user called Bob.");
    kept('"""\n‸\n"""\n', "python", "Here is the text of the message.");
  });

  it("is said by the model even there, when it speaks of itself or introduces what follows", () => {
    const file = "name: x\ndescription: ‸\n";
    check({ file, languageId: "yaml", fromChat: true }, "Sure! Here is the line.", "nothing: prose instead of code");
    check({ file, languageId: "yaml", fromChat: true }, "I'm sorry, but I can't.", "nothing: prose instead of code");
    check(
      { file, languageId: "yaml", fromChat: true },
      "Here is the description:\n\nA small tool.",
      "name: x\ndescription: A small tool.‸\n",
    );
  });

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

  it("of a file with sentences in it is no prose", () => {
    const file =
      'def f():\n    """\n    Adds both of the numbers to each other.\n\n    Gives the sum of them all.\n    """\n    ‸\n';
    const whole = file.replace("‸", "return 1");
    check({ file, languageId: "python", fromChat: true }, whole, file.replace("‸", "return 1‸"));
  });

  it("of one line that stands further above is none", () => {
    const file = "if (a) {\n  event.preventDefault();\n  go();\n} else {\n  ‸\n}\n";
    const expected = file.replace("‸", "event.preventDefault();‸");
    check({ file, fromChat: true }, "event.preventDefault();", expected);
    check({ file }, "event.preventDefault();", expected);
  });

  it("is not one equal line of a model that fills holes", () => {
    const file = "test(1);\ntest(2);\n‸\n";
    check({ file, place: many }, "test(2);\ntest(3);", "test(1);\ntest(2);\ntest(2);\ntest(3);‸\n");
  });
});
