/** Blocks that no place in a file makes right, each with the line of its first error. All of them must be marked. */
export const brokenBlocks: readonly (readonly [info: string, code: string, line: number])[] = [
  ["ts", "export function add(a: number, b: number {\n  return a + b;\n}\n", 1],
  ["ts", "const list = [1, 2, 3;\nconsole.log(list);\n", 1],
  [
    "ts",
    "async function load() {\n  const response = await fetch(url);\n  if (response.ok {\n    return response.json();\n  }\n}\n",
    3,
  ],
  ["ts", "const a = = 2;\n", 1],
  ["tsx", "export const A = () => (\n  <div>\n    <span title={one>two</span>\n  </div>\n);\n", 1],
  ["js", "function f() {\n  return { a: 1 b: 2 };\n}\n", 2],
  ["js", "items.forEach(item => {\n  console.log(item;\n});\n", 2],
  ["python", "def add(a, b)\n    return a + b\n", 1],
  ["python", "for each in items:\n    print(each\n    total += 1\n", 2],
  ["py", "if a == 1:\n    b = = 2\n", 2],
  ["py", "class A:\n    def f(self:\n        return 1\n", 2],
  ["go", "func add(a int, b int) int {\n\treturn a +\n}\n", 2],
  ["go", "for i := 0; i < 10; i++ {\n\tfmt.Println(i\n}\n", 2],
  ["java", "public int add(int a, int b) {\n    return a + b\n}\n", 2],
  ["java", 'List<String> names = new ArrayList<>(;\nnames.add("one");\n', 1],
  ["rust", "fn add(a: i32, b: i32) -> i32 {\n    let = a + b;\n    a + b\n}\n", 2],
  ["rust", "match value {\n    Some(x) => x\n    None => 0,\n}\n", 2],
  [
    "ts",
    "export class Store {\n  private items = [];\n\n  add(item) {\n    this.items.push(item;\n  }\n\n  size() {\n    return this.items.length;\n  }\n}\n",
    5,
  ],
];
