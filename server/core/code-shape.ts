import { lineCommentMark, markupLanguages, proseLanguages, readLine } from "./read-line.ts";

/**
 * What the shape of a line tells without a parser: how deep it stands, whether it opens or closes something, whether it is
 * a comment. Rough on purpose, right for the languages people write most, and never slow.
 */

/** Width of a tab when lines are compared; files that mix tabs and spaces are compared by it, nothing is written by it. */
const tabWidth = 4;

/** Columns of white space before a line's first character. */
export function indentWidth(line: string): number {
  let width = 0;
  for (let index = 0; index < line.length; index++) {
    const code = line.charCodeAt(index);
    if (code === 32) width++;
    else if (code === 9) width += tabWidth - (width % tabWidth);
    else break;
  }
  return width;
}

/** The white space before a line's first character. */
export function indentOf(line: string): string {
  return /^[ \t]*/.exec(line)?.[0] ?? "";
}

export function isBlank(text: string): boolean {
  return !/\S/.test(text);
}

/** The text of the cursor's line on its left, at most its last 2,000 characters. */
export function lineBefore(prefix: string): string {
  const tail = prefix.slice(-maxLineCharacters);
  return tail.slice(tail.lastIndexOf("\n") + 1);
}

/** The text of the cursor's line on its right without its end, at most 2,000 characters. */
export function lineAfter(suffix: string): string {
  const head = suffix.slice(0, maxLineCharacters);
  const end = head.indexOf("\n");
  return (end === -1 ? head : head.slice(0, end)).replace(/\r$/, "");
}

/** Longer lines are data or minified code; nobody reads their far end. */
const maxLineCharacters = 2_000;

/** The nearest line above the cursor's that is not blank, among the 20 above it; null when there is none. */
export function lineAbove(prefix: string): string | null {
  const lines = prefix.slice(-maxLookCharacters).split("\n");
  for (let index = lines.length - 2; index >= 0 && index >= lines.length - 22; index--) {
    const line = lines[index];
    if (line !== undefined && !isBlank(line)) return line.replace(/\r$/, "");
  }
  return null;
}

/** The first line below the cursor's that is not blank, among the 20 below it; null when there is none. */
export function lineBelow(suffix: string): string | null {
  const lines = suffix.slice(0, maxLookCharacters).split("\n", 22);
  for (const line of lines.slice(1)) if (!isBlank(line)) return line.replace(/\r$/, "");
  return null;
}

const maxLookCharacters = 8_000;

/** Only what closes: brackets, quotes, tags, the separators after them, and an `end` of its own. */
export function isCloserLine(line: string): boolean {
  return /^\s*(?:(?:[)\]}>"'`;,:]|\*\/|<\/[\w.:-]*>?)+|end[;,)]*|fi|done|esac)\s*$/.test(line);
}

/** Whether a line begins with what closes a scope: `}`, `} else {`, `</div>`, `end`. */
export function startsWithCloser(line: string): boolean {
  return /^\s*(?:[)\]}]|<\/|end\b|fi\b|done\b|esac\b)/.test(line);
}

/** Whether the code of a line ends in what opens a scope: a bracket, or the colon or word of the language. */
export function endsWithOpener(line: string, languageId: string): boolean {
  const code = readLine(line, languageId).code.trimEnd();
  if (/[{([]$/.test(code)) return true;
  if (colonLanguages.has(languageId)) return code.endsWith(":");
  if (wordLanguages.has(languageId)) {
    return (
      /(?:^|\s)(?:do|then|else|repeat|begin|of)(?:\s*\|[^|]*\|)?$/.test(code) ||
      /^\s*(?:def|class|module|if|elsif|elseif|unless|while|until|case|when|for|function|local function|begin|else)\b/.test(
        code,
      )
    );
  }
  if (markupLanguages.has(languageId))
    return /<[A-Za-z][^<>]*[^/]>$|<[A-Za-z]>$/.test(code) && !/<\/[^<>]*>$/.test(code);
  return false;
}

/** Whether a line begins a function, a class or the like that has its body elsewhere. */
export function isSignature(line: string): boolean {
  return /^\s*(?:(?:export|default|public|private|protected|internal|static|async|abstract|override|final|virtual|inline|pub(?:\([^)]*\))?|unsafe|const)\s+)*(?:function\b|def\s|class\s|interface\s|struct\s|enum\s|trait\s|impl\b|fn\s|func\s|sub\s|module\s|namespace\s)/.test(
    line,
  );
}

/** Whether a line ends a comment that stands above what it describes: a doc block's end, or a line of comment. */
export function isDocEnd(line: string, languageId: string): boolean {
  const code = line.trim();
  if (code.endsWith("*/")) return true;
  if (/("""|''')$/.test(code) && languageId === "python") return true;
  const mark = lineCommentMark(languageId);
  return mark !== null && code.startsWith(mark) && !code.startsWith("#!");
}

/** Whether the cursor stands in a comment, told by its own line alone. */
export function isInComment(before: string, languageId: string): boolean {
  const trimmed = before.trimStart();
  const mark = lineCommentMark(languageId);
  if (readLine(before, languageId).commentAt !== null) return true;
  if (mark === "//" || blockCommentLanguages.has(languageId)) {
    const open = before.lastIndexOf("/*");
    if (open !== -1 && before.indexOf("*/", open) === -1) return true;
    if (/^\*(?:\s|$)/.test(trimmed) && !trimmed.includes("*/")) return true;
  }
  if (markupLanguages.has(languageId) || languageId === "markdown") {
    const open = before.lastIndexOf("<!--");
    return open !== -1 && before.indexOf("-->", open) === -1;
  }
  return false;
}

/** Whether the cursor stands in a text between triple quotes, of which the window may show the end of an earlier one. */
export function isInDocstring(prefix: string, languageId: string): boolean {
  if (languageId !== "python") return false;
  const last = Math.max(prefix.lastIndexOf('"""'), prefix.lastIndexOf("'''"));
  if (last === -1) return false;
  const opensBlock = /:[ \t]*(?:#.*)?\n\s*[rRuU]?$/.test(prefix.slice(Math.max(0, last - 400), last));
  const mark = prefix.slice(last, last + 3);
  return opensBlock || (prefix.split(mark).length - 1) % 2 === 1;
}

/** Whether the cursor stands in a string, told by the quotes of its own line alone. */
export function isInString(before: string, languageId: string): boolean {
  if (isProse(languageId)) return false;
  return openQuote(before, languageId) !== null;
}

/** The quote that is open at the end of a line, or null. */
export function openQuote(before: string, languageId: string): string | null {
  return readLine(before, languageId).quote;
}

/** Languages of sentences, where no bracket and no indentation tells a scope. */
export function isProse(languageId: string): boolean {
  return proseLanguages.has(languageId);
}

/** A line up to its comment; the line itself when it has none. */
export function withoutLineComment(line: string, languageId: string): string {
  const { commentAt } = readLine(line, languageId);
  return commentAt === null ? line : line.slice(0, commentAt);
}

const colonLanguages = new Set(["python", "yaml", "nim", "gdscript", "coffeescript"]);
const wordLanguages = new Set(["ruby", "lua", "elixir", "shellscript", "julia", "crystal", "pascal"]);
const blockCommentLanguages = new Set(["css", "vue", "svelte"]);
