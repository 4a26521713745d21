/**
 * A way to take a piece of code as a whole file: what is put around it, and the grammar it is read with. An answer shows
 * excerpts, and a method by itself is no file.
 */
export interface Reading {
  languageId: string;
  before: string;
  after: string;
}

interface Frames {
  /** Grammars, the language's own first: a fence often says "ts" over JSX. */
  grammars: readonly string[];
  /** What may stand before and after, nothing first; and how code must look to be taken so, where that is not open to any. */
  around: readonly (readonly [before: string, after: string, looks?: RegExp])[];
}

/** Code that begins with the end of the branch before it. */
const closing = /^(?:[ \t]*\/\/[^\n]*\n|\s)*\}/;

const scripts: Frames["around"] = [
  ["", ""],
  // Members of a class, the body of a function, members and elements, arguments, an expression, cases, one branch.
  ["class _ {\n", "\n}"],
  ["async function* _() {\n", "\n}"],
  ["_({\n", "\n});"],
  ["_(\n", "\n);"],
  ["_ = [\n", "\n];"],
  ["switch (_) {\n", "\n}"],
  ["if (_) {}\n", ""],
  ["try {}\n", ""],
  ["if (_) {\n", "", closing],
  ["try {\n", "", closing],
  ["_\n", ";"],
  ["_ = ", ";"],
  ["", " {}"],
  ["class _ {\n", " {}\n}"],
];
/** Between tags any words are text. */
const markup: Frames["around"] = [["_ = <>\n", "\n</>;", /^\s*[<{][\s\S]*[>}]\s*$/]];
const types: Frames["around"] = [
  ["interface _ {\n", "\n}"],
  ["type _ =\n", ";"],
  ["enum _ {\n", "\n}"],
];

const frames: Readonly<Record<string, Frames>> = {
  typescript: { grammars: ["typescript", "typescriptreact"], around: [...scripts, ...types, ...markup] },
  typescriptreact: { grammars: ["typescriptreact", "typescript"], around: [...scripts, ...types, ...markup] },
  javascript: { grammars: ["javascript", "typescriptreact"], around: [...scripts, ...markup] },
  javascriptreact: { grammars: ["javascriptreact", "typescriptreact"], around: [...scripts, ...markup] },
  python: {
    grammars: ["python"],
    around: [
      ["", ""],
      ["", "\n    pass"],
      ["", "\n        pass"],
      ["if _:\n    pass\n", ""],
      ["try:\n    pass\n", ""],
      ["match _:\n", ""],
      ["_ = {\n", "\n}"],
      ["_(\n", "\n)"],
      ["_ = [\n", "\n]"],
      ["_ = ", ""],
      ["", "\ndef _(): pass"],
      ["def _():\n", ""],
    ],
  },
  go: {
    grammars: ["go"],
    around: [
      ["", ""],
      ["package p\nfunc f() {\n", "\n}"],
      ["package p\ntype T struct {\n", "\n}"],
      ["package p\ntype T interface {\n", "\n}"],
      ["package p\nvar _ = T{\n", "\n}"],
      ["package p\nfunc f() {\nswitch {\n", "\n}\n}"],
      ["package p\nfunc f() {\nselect {\n", "\n}\n}"],
      ["package p\nvar _ = f(\n", "\n)"],
      ["package p\nvar _ = ", ""],
      ["package p\nimport (\n", "\n)"],
      ["package p\n", " {}"],
      ["package p\nfunc f() {\nif x {\n", "\n}", closing],
    ],
  },
  java: {
    grammars: ["java"],
    around: [
      ["", ""],
      ["class T {\n", "\n}"],
      ["class T { void f() {\n", "\n} }"],
      ["class T {\n", ";\n}"],
      ["class T {\n", " {}\n}"],
      ["interface T {\n", "\n}"],
      ["enum T {\n", "\n}"],
      ["class T { Object x = ", "; }"],
      ["class T { Object x = x\n", "; }"],
      ["class T { void f() { switch (x) {\n", "\n} } }"],
      ["class T { void f() { if (x) {}\n", "\n} }"],
      ["class T { void f() { try {}\n", "\n} }"],
      ["class T { void f() { if (x) {\n", "\n} }", closing],
      ["class T { void f() { try {\n", "\n} }", closing],
    ],
  },
  rust: {
    grammars: ["rust"],
    around: [
      ["", ""],
      ["fn f() {\n", "\n}"],
      ["impl T {\n", "\n}"],
      ["struct T {\n", "\n}"],
      ["enum T {\n", "\n}"],
      ["fn f() { match x {\n", "\n} }"],
      ["fn f() { T {\n", "\n} }"],
      ["fn f() { x(\n", "\n) }"],
      ["fn f() { x\n", "\n}"],
      ["fn f() { if x {}\n", "\n}"],
      ["fn f() { if x {\n", "\n}", closing],
      ["", ";"],
      ["", " {}"],
      ["impl T {\n", " {}\n}"],
    ],
  },
};

/** The ways to read `code` of a language, the plain one first; none for a language without a grammar. */
export function readingsOf(languageId: string, code: string): Reading[] {
  const known = Object.hasOwn(frames, languageId) ? frames[languageId] : undefined;
  if (known === undefined) return [];
  return known.grammars.flatMap((grammar) =>
    known.around
      .filter(([, , looks]) => looks?.test(code) ?? true)
      .map(([before, after]) => ({ languageId: grammar, before, after })),
  );
}

/**
 * Why a piece of code is not meant to parse; null when it is. Something is left out of it, or it is no code of that
 * language but a change to it, a session with it, a pattern to be filled in,
 * or newer than the grammar.
 */
export function whyNotCode(
  text: string,
  languageId: string,
): "elided" | "diff" | "session" | "pattern" | "newer" | null {
  if (/^[ \t]*(?:\.{3,}|…|⋮|\[\.\.\.\]|\[…\])[ \t]*[,;]?[ \t]*$/m.test(text)) return "elided";
  if (/…|[({[<][ \t]*\.{3}[ \t]*[)}\]>]|\.{3}[ \t]*(?:$|\/\/|#|\/\*)|(?:\/\*|\/\/|#)[ \t]*\.{3}/m.test(text))
    return "elided";
  if (/^(?:@@ |diff --git |<{5,7}(?: |$)|>{5,7}(?: |$)|={7}$)/m.test(text)) return "diff";
  const marked = text.split("\n").filter((line) => /^[+-](?![+-])/.test(line)).length;
  if (marked >= 2 || (marked === 1 && /^[+-] /m.test(text))) return "diff";
  if (/^(?:>>> |In \[\d+\]: |\$ |> |[%!]\w)/m.test(text)) return "session";
  // `<your key>`, `<path-to-file>`, `{{ name }}`
  if (languageId !== "typescriptreact" && /<[a-z]+(?:[ _-][a-z]+)+>/i.test(text)) return "pattern";
  if (/\{\{[^{}\n]*\}\}|<%/.test(text) && !/react$|^(?:java|type)script$/.test(languageId)) return "pattern";
  if (newer[languageId]?.test(text)) return "newer";
  return null;
}

const newerScript = /^[ \t]*(?:export type \*|import defer\b|global \{)|\bimport\(["'][^"']+["']\)\.[\w.]+</m;

/** What the languages have by now and their grammars do not know yet. */
const newer: Readonly<Record<string, RegExp>> = {
  typescript: newerScript,
  typescriptreact: newerScript,
  javascript: newerScript,
  javascriptreact: newerScript,
  java: /^import module\b|\b_[ \t]*[,)]/m,
  rust: /^[ \t]*(?:pub[ \t]+)?safe (?:fn|static)\b|\bextern(?: "[^"\n]*")?[ \t]*\{[ \t]*(?:pub[ \t]+)?safe (?:fn|static)\b/m,
};

/** Without the indentation that all of its lines share; a tab and a space are not the same. */
export function withoutSharedIndent(text: string): string {
  let shared: string | null = null;
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const indent = /^[ \t]*/.exec(line)?.[0] ?? "";
    if (shared === null) shared = indent;
    let same = 0;
    while (same < shared.length && shared[same] === indent[same]) same += 1;
    shared = shared.slice(0, same);
  }
  const length = shared?.length ?? 0;
  return length === 0 ? text : text.replace(/^.*$/gm, (line) => line.slice(length));
}
