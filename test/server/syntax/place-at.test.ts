import { describe, expect, it } from "vitest";
import { grammarFiles } from "../../../server/syntax/grammars.ts";
import { parserOf } from "./grammar-folder.ts";

/** Kind and depth of the place at `█`. */
async function check(languageId: string, marked: string, expected: string) {
  const parser = await parserOf(languageId);
  const offset = marked.indexOf("█");
  const place = parser.placeAt(marked.replace("█", ""), offset);
  expect(`${place?.kind} ${place?.depth}`).toBe(expected);
}

const ecmaScript: [string, string][] = [
  ["const a = 1; // what █", "comment 0"],
  ["// what █\nconst a = 1;", "comment 0"],
  ["function f() {\n  /* in a block█ */\n}", "comment 1"],
  ["/**\n * █\n */\nfunction f() {}\n", "comment 0"],
  ["/** over */ █", "expression 0"],
  ['const a = "one█ two";', "string 0"],
  ['const a = "█";', "string 0"],
  ['const a = "one█\nconst b = 1;\n', "string 0"],
  ["const a = `one ${two} █`;", "string 0"],
  ["const a = `one ${tw█}`;", "expression 0"],
  ['import { one } from "█', "import 0"],
  ['import { one█ } from "./one.js";\n', "import 0"],
  ["import █", "import 0"],
  ["f(one, █)", "argument 0"],
  ["f(one, █\nconst b = 1;\n", "argument 0"],
  ["function f(one, █) {\n}\n", "argument 0"],
  ["const a = [1, █];", "argument 0"],
  ["const a = { one: 1, █ };", "argument 0"],
  ["function f() {\n  return { one: 1,\n    █\n  };\n}\n", "argument 1"],
  ["list[█]", "argument 0"],
  ["function f() {█}", "empty-body 1"],
  ["function f() {\n  █\n}\n", "empty-body 1"],
  ["class A {\n  f() {\n    █\n  }\n}\n", "empty-body 2"],
  ["class A {\n  f() {\n    █\n}\n", "empty-body 2"],
  ["class A {\n  █\n}\n", "empty-body 1"],
  ["function f() {\n  █\n\nfunction g() {}\n", "empty-body 1"],
  ["if (one) {\n  // first\n  █\n}\n", "empty-body 1"],
  ["█", "statement 0"],
  ["const a = 1;\n█", "statement 0"],
  ["function f() {\n  const a = 1;\n  █\n}\n", "statement 1"],
  ["function f() {\n  const a = 1;\n  ret█\n}\n", "statement 1"],
  ["function f() {\n  █\n  return 1;\n}\n", "statement 1"],
  ["class A {\n  one = 1;\n  █\n}\n", "statement 1"],
  ["switch (a) {\n  case 1:\n    █\n}\n", "statement 1"],
  ["const a = █;", "expression 0"],
  ["const a = █", "expression 0"],
  ["function f() {\n  return one.█\n}\n", "expression 1"],
  ["function f() {\n  const a =\n    █\n}\n", "expression 1"],
  ["if (one && █) {\n}\n", "expression 0"],
  ["if (one && █", "expression 0"],
  [
    "function f() {\n  if (one) {\n    for (const each of list) {\n      g(each);\n      █\n    }\n  }\n}\n",
    "statement 3",
  ],
];

const typed: [string, string][] = [
  ["interface A {\n  one: string;\n  █\n}\n", "statement 1"],
  ["interface A {\n  █\n}\n", "empty-body 1"],
  ["const a: Map<string, █> = new Map();", "argument 0"],
  ["enum A {\n  One,\n  █\n}\n", "statement 1"],
  ["export async function f(one: string, █): Promise<void> {\n}\n", "argument 0"],
  ["const a: █ = 1;", "expression 0"],
  ['import type { One } from "./█";\n', "import 0"],
];

const markup: [string, string][] = [
  ["const a = <div>█</div>;", "markup 0"],
  ["const a = <div █></div>;", "expression 0"],
  ["const a = <div>{█}</div>;", "expression 0"],
  ["const a = <div />█;", "expression 0"],
  ["const a = <div>{f(█)}</div>;", "argument 0"],
  ["const a = list.map((one) => <li>█</li>);", "markup 0"],
  ["const a = (\n  <ul>\n    <li />\n    █\n    <li />\n  </ul>\n);\n", "markup 0"],
  ["const a = <ul>{list.map(() => {\n  █\n})}</ul>;\n", "empty-body 1"],
  ["function A() {\n  return (\n    <div>\n      █\n    </div>\n  );\n}\n", "markup 1"],
  ['const a = <b title="█" />;', "string 0"],
  ["const a = <b on={() => {\n  █\n}} />;", "empty-body 1"],
];

const cases: Record<string, [string, string][]> = {
  javascript: [...ecmaScript, ...markup],
  javascriptreact: [...ecmaScript, ...markup],
  typescript: [...ecmaScript, ...typed],
  typescriptreact: [...ecmaScript, ...typed, ...markup],
  python: [
    ["one = 1  # what █", "comment 0"],
    ["# what █\none = 1\n", "comment 0"],
    ['one = "two █"', "string 0"],
    ["one = 'two █\nthree = 1\n", "string 0"],
    ['def f():\n    """Says █"""\n', "string 1"],
    ['one = f"two {thr█}"', "expression 0"],
    ["from one import █", "import 0"],
    ["from one import two, █\n\nthree = 1\n", "import 0"],
    ["import o█\n", "import 0"],
    ["f(one, █)", "argument 0"],
    ["f(one, █\ntwo = 1\n", "argument 0"],
    ["def f(one, █):\n    pass\n", "argument 0"],
    ["one = [1, █]", "argument 0"],
    ["one = {'two': █}", "argument 0"],
    ["one[█]", "argument 0"],
    ["def f():\n    █", "empty-body 1"],
    ["def f():\n    █\n\ndef g():\n    pass\n", "empty-body 1"],
    ["class A:\n    def f(self):\n        █\n", "empty-body 2"],
    ["class A:\n    def f(self):\n        # first\n        █\n", "empty-body 2"],
    ["if one:\n    █\nelse:\n    pass\n", "empty-body 1"],
    ["one = 1\n█", "statement 0"],
    ["def f():\n    one = 1\n    █\n", "statement 1"],
    ["def f():\n    one = 1\n    ret█\n", "statement 1"],
    ["class A:\n    def f(self):\n        for one in two:\n            three(one)\n            █\n", "statement 3"],
    ["class A:\n    def f(self):\n        return 1\n\n    █\n", "statement 1"],
    ["one = █", "expression 0"],
    ["def f():\n    return one.█\n", "expression 1"],
    ["if one and █:\n    pass\n", "expression 0"],
  ],
  go: [
    ["package a\n\n// what █\nfunc f() {}\n", "comment 0"],
    ['package a\n\nvar b = "one █"\n', "string 0"],
    ["package a\n\nvar b = `one █`\n", "string 0"],
    ['package a\n\nimport (\n\t"fmt"\n\t█\n)\n', "import 0"],
    ['package a\n\nimport "█"\n', "import 0"],
    ["package a\n\nfunc f() {\n\tg(one, █)\n}\n", "argument 1"],
    ["package a\n\nfunc f(one int, █) {\n}\n", "argument 0"],
    ["package a\n\nvar b = []int{1, █}\n", "argument 0"],
    ["package a\n\nfunc f() {\n\tone[█]\n}\n", "argument 1"],
    ["package a\n\nfunc f() {\n\t█\n}\n", "empty-body 1"],
    ["package a\n\nfunc f() {\n\t█\n\nfunc g() {}\n", "empty-body 1"],
    ["package a\n\ntype A struct {\n\t█\n}\n", "empty-body 1"],
    ["package a\n\nfunc f() error {\n\tif err != nil {\n\t\t█\n\t}\n}\n", "empty-body 2"],
    ["package a\n\nfunc f() {\n\tone := 1\n\t█\n}\n", "statement 1"],
    ["package a\n\nfunc f() {\n\tone := 1\n\tret█\n}\n", "statement 1"],
    ["package a\n\ntype A struct {\n\tOne int\n\t█\n}\n", "statement 1"],
    ["package a\n\n█\n", "statement 0"],
    ["package a\n\nfunc f() {\n\tone := █\n}\n", "expression 1"],
    ["package a\n\nfunc f() int {\n\treturn one.█\n}\n", "expression 1"],
  ],
  java: [
    ["class A {\n  // what █\n}\n", "comment 1"],
    ["/** what █ */\nclass A {}\n", "comment 0"],
    ['class A {\n  String a = "one █";\n}\n', "string 1"],
    ["import java.util.█;\n", "import 0"],
    ["import java.util.█", "import 0"],
    ["class A {\n  void f() {\n    g(one, █);\n  }\n}\n", "argument 2"],
    ["class A {\n  void f() {\n    g(one, █\n  }\n}\n", "argument 2"],
    ["class A {\n  void f(int one, █) {\n  }\n}\n", "argument 1"],
    ["class A {\n  int[] a = {1, █};\n}\n", "argument 1"],
    ["class A {\n  List<█> a;\n}\n", "argument 1"],
    ["class A {\n  void f() {\n    █\n  }\n}\n", "empty-body 2"],
    ["class A {\n  A() {\n    █\n  }\n}\n", "empty-body 2"],
    ["class A {\n  █\n}\n", "empty-body 1"],
    ["class A {\n  void f() {\n    int one = 1;\n    █\n  }\n}\n", "statement 2"],
    ["class A {\n  int one = 1;\n\n  pub█\n}\n", "statement 1"],
    ["class A {\n  int one = █;\n}\n", "expression 1"],
    ["class A {\n  int f() {\n    return this.█\n  }\n}\n", "expression 2"],
  ],
  rust: [
    ["// what █\nfn f() {}\n", "comment 0"],
    ["/// what █\nfn f() {}\n", "comment 0"],
    ['fn f() {\n    let a = "one █";\n}\n', "string 1"],
    ["use std::collections::█;\n", "import 0"],
    ["use std::{fmt, █};\n", "import 0"],
    ["fn f() {\n    g(one, █);\n}\n", "argument 1"],
    ["fn f() {\n    g(one, █\n}\n", "argument 1"],
    ["fn f(one: i32, █) {\n}\n", "argument 0"],
    ['fn f() {\n    println!("{}", █);\n}\n', "argument 1"],
    ["fn f() {\n    let a = vec![1, █];\n}\n", "argument 1"],
    ["fn f() {\n    let a = A { one: 1, █ };\n}\n", "argument 1"],
    ["fn f(a: Vec<█>) {}\n", "argument 0"],
    ["fn f() {\n    █\n}\n", "empty-body 1"],
    ["impl A {\n    █\n}\n", "empty-body 1"],
    ["fn f() {\n    match one {\n        █\n    }\n}\n", "empty-body 2"],
    ["fn f() {\n    let a = 1;\n    █\n}\n", "statement 1"],
    ["struct A {\n    one: i32,\n    █\n}\n", "statement 1"],
    ["fn f() {\n    match one {\n        1 => 2,\n        █\n    }\n}\n", "statement 2"],
    ["fn f() {\n    let a = █;\n}\n", "expression 1"],
    ["fn f() -> i32 {\n    self.one.█\n}\n", "expression 1"],
  ],
};

describe("the place of the cursor", () => {
  it("is tried in every language with a grammar", () => {
    expect(Object.keys(cases).sort()).toEqual([...grammarFiles.keys()].sort());
  });

  for (const [languageId, list] of Object.entries(cases)) {
    describe(languageId, () => {
      for (const [marked, expected] of list) {
        it(`${JSON.stringify(marked)} is ${expected}`, () => check(languageId, marked, expected));
      }
    });
  }
});
