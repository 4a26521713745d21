import type { Hole } from "./vendor-wire.ts";

/** What can be seen around a hole in any text, without knowing its language well. */
export interface Scene {
  /** The line up to the cursor, and what stands behind the cursor on it. */
  line: string;
  rest: string;
  indent: string;
  /** One step of indentation in this file. */
  step: string;
  above: readonly string[];
  below: readonly string[];
  language: "python" | "go" | "braces";
  /** ";" where statements end so, else "". */
  end: string;
  /** Brackets that the line opens and nothing behind the cursor closes: what would close them, the innermost first. */
  closers: readonly string[];
  /** The quote of a string that is open at the cursor, or null. */
  quote: string | null;
  isComment: boolean;
  /** Identifiers, the most frequent and then the nearest first. */
  names: readonly string[];
}

/** Lines and characters that are looked at: a model has a window, and a file may be one line of a megabyte. */
const mostLines = 200;
const mostCharacters = 20_000;
const mostLineCharacters = 2_000;

/** Reads the text on both sides of a hole. Takes text with "\n" line ends. */
export function readScene({ prefix, suffix }: Hole): Scene {
  const near = prefix.slice(-mostCharacters);
  const above = near.split("\n").slice(-mostLines);
  const line = (above.pop() ?? "").slice(-mostLineCharacters);
  const below = suffix.slice(0, mostCharacters).split("\n").slice(0, mostLines);
  const rest = (below.shift() ?? "").slice(0, mostLineCharacters);
  const around = [...above, ...below];
  const language = languageOf(around);
  const { open, quote, isComment } = scanLine(line, language);
  return {
    line,
    rest,
    indent: /^\s*/.exec(line)?.[0] ?? "",
    step: stepOf(around, language),
    above,
    below,
    language,
    end: endOf(around, language),
    closers: withoutClosed(open, rest),
    quote,
    isComment,
    names: namesIn(
      near.slice(0, near.length - (/[\w$]+$/.exec(line)?.[0].length ?? 0)),
      suffix.slice(0, mostCharacters),
    ),
  };
}

function languageOf(lines: readonly string[]): Scene["language"] {
  if (lines.some((line) => /^(package \w+|func )/.test(line))) return "go";
  const python = lines.filter((line) =>
    /^\s*(def |class |from \S+ import |import \w+\s*$|elif |if .*:\s*$)/.test(line),
  );
  const braces = lines.filter((line) => /[{};]\s*$/.test(line));
  return python.length > braces.length ? "python" : "braces";
}

/** ";" where most statements end so, and in a text that has none yet. */
function endOf(lines: readonly string[], language: Scene["language"]): string {
  if (language !== "braces") return "";
  const statements = lines.filter((line) => /[\w)\]"'`;]\s*$/.test(line));
  return statements.filter((line) => /;\s*$/.test(line)).length * 2 >= statements.length ? ";" : "";
}

function stepOf(lines: readonly string[], language: Scene["language"]): string {
  if (lines.some((line) => line.startsWith("\t"))) return "\t";
  const widths = lines.flatMap((line) => /^( {2,8})\S/.exec(line)?.[1]?.length ?? []);
  return " ".repeat(widths.length > 0 ? Math.min(...widths) : language === "python" ? 4 : 2);
}

const pairs: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/** Brackets, strings and comments of the one line. */
function scanLine(line: string, language: Scene["language"]) {
  const open: string[] = [];
  let quote: string | null = null;
  for (let at = 0; at < line.length; at += 1) {
    const sign = line[at] ?? "";
    if (quote !== null) {
      if (sign === "\\") at += 1;
      else if (sign === quote) quote = null;
    } else if (sign === '"' || sign === "'" || sign === "`") quote = sign;
    else if (line.startsWith(language === "python" ? "#" : "//", at)) return { open, quote, isComment: true };
    else if (pairs[sign] !== undefined) open.push(sign);
    else if (/[)\]}]/.test(sign)) open.pop();
  }
  return { open, quote, isComment: /^\s*(\*|\/\*)/.test(line) };
}

/** The editor closes brackets by itself: those behind the cursor are not closed twice. */
function withoutClosed(open: readonly string[], rest: string): string[] {
  const needed = open.map((sign) => pairs[sign] ?? "").reverse();
  const there = /^\s*([)\]}]+)/.exec(rest)?.[1] ?? "";
  return needed.slice(0, Math.max(0, needed.length - there.length));
}

/** Words of the languages themselves, which are no names. */
const keywords = new Set(
  (
    "and as async await bool boolean break case catch class const continue def default defer del do elif else enum except " +
    "export extends false finally float for from func function global go if implements import in instanceof int interface " +
    "is lambda let map new nil None not null number of or package pass private protected public raise range readonly " +
    "return self static str string struct super switch this throw True False true try type typeof undefined unknown var " +
    "void while with yield"
  ).split(" "),
);

export function isKeyword(word: string): boolean {
  return keywords.has(word);
}

function namesIn(before: string, after: string): string[] {
  const found = new Map<string, { count: number; last: number }>();
  let order = 0;
  for (const [word] of `${after}\n${before}`.matchAll(/[A-Za-z_$][\w$]{1,60}/g)) {
    if (keywords.has(word)) continue;
    const known = found.get(word);
    order += 1;
    found.set(word, { count: (known?.count ?? 0) + 1, last: order });
  }
  return [...found].sort(([, a], [, b]) => b.count - a.count || b.last - a.last).map(([word]) => word);
}
