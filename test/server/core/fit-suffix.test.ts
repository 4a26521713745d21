import { describe, expect, it } from "vitest";
import { body, check, many, polished } from "./marked-completion.ts";

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

describe("angle brackets and tags", () => {
  it("are closed once", () => {
    check({ file: "const all: Array<‸>;\n" }, "string>", "const all: Array<string‸>;\n");
    check({ file: "const all: Array<‸>;\n" }, "Map<string, number>", "const all: Array<Map<string, number>‸>;\n");
    check({ file: "<li>‸</li>\n", languageId: "html" }, "first</li>", "<li>first‸</li>\n");
    check({ file: "<b>‸</b>\n", languageId: "html" }, "a <b>c</b>", "<b>a <b>c</b>‸</b>\n");
    const list = "<ul>\n  ‸\n</ul>\n";
    check({ file: list, languageId: "html" }, "<li>a</li>\n</ul>\n<p>", list.replace("‸", "<li>a</li>‸"));
  });
});

describe("brackets that cannot be paired", () => {
  it("in a regular expression do not hide the others", () => {
    const file = "function f(text) {\n  const at = text.search(/[(]/);\n  ‸\n}\n";
    check({ file, place: many }, "return at;\n}\nf();", file.replace("‸", "return at;‸"));
  });

  it("are not looked for in patterns and strings", () => {
    const file = "function f(text) {\n  ‸\n}\n";
    const raw = 'if (/[)\\]}]/.test(text)) return "}";\n}';
    check({ file }, raw, file.replace("‸", 'if (/[)\\]}]/.test(text)) return "}";‸'));
  });

  it("opened and gone on with in the cursor's line close there", () => {
    const file = "function f({ first, ‸\n  return first;\n}\n";
    check({ file }, "second }) {", "function f({ first, second }) {‸\n  return first;\n}\n");
  });

  it("by the thousand take no time", () => {
    const file = `${"(".repeat(6_000)}‸${")".repeat(2_000)}`;
    expect(polished({ file }, `a${")".repeat(100)}`).text).toBe("a");
  });
});
