import type { Language } from "./rename-identifier.ts";

/** A declaration in a file: where its line begins, where what belongs to it ends, and whether it is explained. */
export interface Declaration {
  start: number;
  end: number;
  indent: string;
  documented: boolean;
}

/** Finds the declaration whose first line the pattern matches; null when there is none. */
export function findDeclaration(source: string, language: Language, pattern: RegExp): Declaration | null {
  const match = new RegExp(pattern.source, "m").exec(source);
  if (match === null) return null;
  const start = source.lastIndexOf("\n", match.index) + 1;
  const indent = /^[ \t]*/.exec(source.slice(start))?.[0] ?? "";
  const end = endOf(source, start, indent, language);
  const above = source.slice(0, start).trimEnd();
  const body = source.slice(start, end);
  const documented =
    language === "python"
      ? /^[^\n]*:\s*\n\s*("""|''')/.test(body)
      : /(\*\/|(^|\n)[ \t]*\/\/[^\n]*)$/.test(above) && !/\n\s*\n/.test(source.slice(above.length, start));
  return { start, end, indent, documented };
}

/**
 * Writes a doc comment where the language wants it: above the declaration, in Python below its first line. `words` are
 * the lines of the comment without any marks. Every other byte stays.
 */
export function insertDoc(
  source: string,
  language: Language,
  declaration: Declaration,
  words: readonly string[],
): string {
  const eol = source.includes("\r\n") ? "\r\n" : "\n";
  const { start, indent } = declaration;
  const lines = commentLines(language, words).map((line) => (line === "" ? "" : `${indent}${line}`));
  const at = language === "python" ? source.indexOf("\n", start) + 1 : start;
  return `${source.slice(0, at)}${lines.join(eol)}${eol}${source.slice(at)}`;
}

function commentLines(language: Language, words: readonly string[]): string[] {
  if (language === "go") return words.map((line) => (line === "" ? "//" : `// ${line}`));
  if (language === "python") {
    const [first = "", ...more] = words;
    if (more.length === 0) return [`    """${first}"""`];
    return [`    """${first}`, ...more.map((line) => (line === "" ? "" : `    ${line}`)), '    """'];
  }
  if (words.length === 1) return [`/** ${words[0]} */`];
  return ["/**", ...words.map((line) => (line === "" ? " *" : ` * ${line}`)), " */"];
}

function endOf(source: string, start: number, indent: string, language: Language): number {
  const lines = source.slice(start).split("\n");
  const first = (lines[0] ?? "").trimEnd();
  let length = (lines[0] ?? "").length + 1;
  const opens = language === "python" ? first.endsWith(":") : /[{([]$/.test(first);
  if (!opens) return Math.min(source.length, start + length);
  for (const line of lines.slice(1)) {
    const isInside = line.trim() === "" || line.startsWith(`${indent} `) || line.startsWith(`${indent}\t`);
    if (!isInside && language === "python") break;
    length += line.length + 1;
    if (!isInside) break;
  }
  return Math.min(source.length, start + source.slice(start, start + length).trimEnd().length + 1);
}
