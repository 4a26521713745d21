/** What a line of code is made of, told by the line alone. */

export interface ReadLine {
  /** The line with the insides of its strings, patterns and comments blanked, of the same length. */
  code: string;
  /** Where its comment begins, null without one. */
  commentAt: number | null;
  /** The quote that is open at its end, null when none is. */
  quote: string | null;
  /** Where that string begins; 0 when it began on a line before. */
  quoteAt: number;
}

/** One pass over a line; `quote` is the string that is open at its beginning. */
export function readLine(line: string, languageId: string, quote: string | null = null): ReadLine {
  const mark = lineCommentMark(languageId);
  const hasPatterns = patternLanguages.has(languageId);
  let open = quote;
  let openAt = 0;
  let code = "";
  /** What of the line is in `code` already. */
  let done = 0;
  for (let index = 0; index < line.length; index++) {
    const character = line[index] ?? "";
    if (open !== null) {
      if (character === "\\") index++;
      else if (character === open) {
        code += " ".repeat(index - done) + character;
        done = index + 1;
        open = null;
      }
      continue;
    }
    if (character === '"' || character === "`" || (character === "'" && !isApostrophe(line, index))) {
      open = character;
      openAt = index;
      code += line.slice(done, index + 1);
      done = index + 1;
    } else if (mark !== null && character === mark[0] && isComment(line, index, mark)) {
      code += line.slice(done, index);
      return { code: code.padEnd(line.length), commentAt: index, quote: null, quoteAt: 0 };
    } else if (character === "/" && hasPatterns && beginsPattern(line, index)) {
      const end = endOfPattern(line, index + 1);
      code += line.slice(done, index + 1) + " ".repeat(end - index - 1);
      done = end;
      index = end - 1;
    }
  }
  code += open === null ? line.slice(done) : " ".repeat(line.length - done);
  return { code, commentAt: null, quote: open, quoteAt: openAt };
}

/** What begins a comment that ends with its line, null for a language that has none. */
export function lineCommentMark(languageId: string): string | null {
  if (hashLanguages.has(languageId)) return "#";
  if (dashLanguages.has(languageId)) return "--";
  if (semicolonLanguages.has(languageId)) return ";";
  return noLineComment.has(languageId) ? null : "//";
}

/** Whether a single quote stands in a word or names a lifetime, rather than beginning a string, `f'…'` included. */
function isApostrophe(line: string, index: number): boolean {
  if (!/[\w&<]/.test(line[index - 1] ?? " ")) return false;
  return !/(?:^|[^\w&<])[fFrRbBuU]{1,2}$/.test(line.slice(Math.max(0, index - 3), index));
}

function isComment(line: string, index: number, mark: string): boolean {
  if (!line.startsWith(mark, index)) return false;
  // `http://`, `$#`, `{#each}` and the like are none.
  if (mark === "//") return line[index - 1] !== ":";
  return mark !== "#" || !/[\w$&{]/.test(line[index - 1] ?? " ");
}

/** A slash divides behind a value and begins a pattern elsewhere. */
function beginsPattern(line: string, index: number): boolean {
  const next = line[index + 1];
  if (next === "/" || next === "*" || next === undefined || next === ">") return false;
  const before = line.slice(Math.max(0, index - 20), index).trimEnd();
  return before === "" || /(?:[(,=:[!&|?{};+~]|=>|\breturn|\btypeof|\bcase)$/.test(before);
}

/** Behind the pattern's closing slash; the line's end when that is still to come. */
function endOfPattern(line: string, from: number): number {
  let isInClass = false;
  for (let index = from; index < line.length; index++) {
    const character = line[index];
    if (character === "\\") index++;
    else if (character === "[") isInClass = true;
    else if (character === "]") isInClass = false;
    else if (character === "/" && !isInClass) return index + 1;
  }
  return line.length;
}

/** Languages of sentences, where no bracket and no indentation tells a scope. */
export const proseLanguages: ReadonlySet<string> = new Set([
  "plaintext",
  "markdown",
  "latex",
  "tex",
  "restructuredtext",
  "asciidoc",
  "git-commit",
  "scminput",
]);
/** Languages of elements between tags. */
export const markupLanguages: ReadonlySet<string> = new Set(["html", "xml", "vue", "svelte", "handlebars", "xsl"]);
const patternLanguages = new Set([
  "typescript",
  "typescriptreact",
  "javascript",
  "javascriptreact",
  "vue",
  "svelte",
  "coffeescript",
  "ruby",
]);
const hashLanguages = new Set([
  "python",
  "ruby",
  "shellscript",
  "perl",
  "perl6",
  "r",
  "yaml",
  "toml",
  "dockerfile",
  "makefile",
  "elixir",
  "julia",
  "crystal",
  "nim",
  "gdscript",
  "coffeescript",
  "powershell",
  "cmake",
  "terraform",
  "graphql",
  "ignore",
  "dotenv",
  "properties",
]);
const dashLanguages = new Set(["lua", "sql", "haskell", "elm", "ada", "vhdl"]);
const semicolonLanguages = new Set(["clojure", "lisp", "ini"]);
const noLineComment = new Set(["css", "json", "csv", ...proseLanguages, ...markupLanguages]);
