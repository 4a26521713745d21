import { endsWithOpener, indentWidth, startsWithCloser } from "./code-shape.ts";
import { lineCommentMark } from "./read-line.ts";

/** What stands around a cursor, in lines: counted, never understood. */
export interface ScopeShape {
  /**
   * Lines of prose in the comment over the cursor, over the head of its scope, or in that scope's docstring. This and the
   * next two are counted where the cursor's line is blank before it: a line that has begun keeps to itself.
   */
  docLines: number;
  /** Lines of it that begin with a tag, such as `@param` or `:raises`. */
  tagLines: number;
  /** The most prose lines over any head further out, or at the top of the file; not those of a licence. */
  outerDocLines: number;
  /** Of the head of the scope, in its list of parameters; 0 where it has none. */
  parameters: number;
  /** Heads that the cursor stands under. */
  depth: number;
  /** Lines of code between the head of the scope and the cursor. */
  linesBefore: number;
  /** Lines of code from the cursor to where the scope ends. */
  linesAfter: number;
  /** Heads of the same form beside that of the scope: another case, another test, another setter. */
  siblingHeads: number;
  /** Lines beside the cursor's of the same form as far as it is written; on a blank line, those above that are alike. */
  siblingLines: number;
  /** Whether a head around the cursor is that of a test. */
  isInTest: boolean;
  /** Lines of tests near the cursor, where lines are missing and not of a test. */
  testLines: number;
}

interface Head {
  start: number;
  /** Where what it holds begins. */
  end: number;
  indent: number;
}

/** Bounds on what is read: a function and its neighbours, or the tests below it. */
const mostCharactersAbove = 4_000;
const mostCharactersBelow = 1_500;
const mostLinesAbove = 100;
/** A scope that has come this far has come far. */
const mostCounted = 50;
const mostHeads = 6;
/** Tests, cases and members stand near each other; further off they are another matter. */
const siblingReach = 60;
/** Longer lines are data or were minified; of those, this much. */
const mostOfLine = 200;

/** The scope that the cursor stands in, told by indentation and brackets in any language. Linear, bounded and total. */
export function readScope(facts: { text: string; offset: number; languageId: string }): ScopeShape {
  const { text, offset, languageId } = facts;
  const from = Math.max(0, offset - mostCharactersAbove);
  const above = shortened(text.slice(from, offset).split("\n"));
  const below = shortened(text.slice(offset, offset + mostCharactersBelow).split("\n"));
  const before = above.pop() ?? "";
  const skipped = Math.max(0, above.length - mostLinesAbove);
  const lines = skipped === 0 ? above : above.slice(skipped);
  const showsTop = from === 0 && skipped === 0;
  const after = below.shift() ?? "";
  const isFresh = isBlank(before);
  const indent = indentWidth(before);
  const heads = headsOver(lines, indent, languageId);
  const [head] = heads;

  const { own, outer } = isFresh ? docsAround(lines, heads, { languageId, showsTop }) : { own: noDoc, outer: 0 };

  const isInTest = heads.some(({ start }) => isTestHead(lines, start));
  const code = (line: string): boolean => !isBlank(line) && !isComment(line, languageId);
  const first = Math.max(head === undefined ? 0 : head.end + 1, lines.length - mostCounted);
  const inside = lines.slice(first).filter(code).length;
  return {
    docLines: own.prose,
    tagLines: own.tags,
    outerDocLines: outer,
    parameters: head === undefined ? 0 : parametersOf(lines.slice(head.start, head.end + 1).join(" ")),
    depth: heads.length,
    linesBefore: Math.max(0, inside - (head === undefined ? 0 : docstringBelow(lines, head.end, languageId).lines)),
    linesAfter: linesToEnd(below, indent, code),
    siblingHeads: head === undefined ? 0 : siblingHeadsOf(head, lines, below),
    siblingLines: siblingLinesOf(before, after, lines, below),
    isInTest,
    testLines: isInTest || !isFresh ? 0 : countTests(lines) + countTests(below),
  };
}

function shortened(lines: string[]): string[] {
  for (const [at, line] of lines.entries()) if (line.length > mostOfLine) lines[at] = line.slice(0, mostOfLine);
  return lines;
}

/** The lines that hold the cursor, from the innermost: each stands less deep than what it holds. */
function headsOver(lines: readonly string[], indent: number, languageId: string): Head[] {
  const heads: Head[] = [];
  let within = indent;
  for (let at = lines.length - 1; at >= 0 && within > 0 && heads.length < mostHeads; at -= 1) {
    const line = lines[at] ?? "";
    const width = indentWidth(line);
    if (width >= within || isBlank(line) || isComment(line, languageId)) continue;
    const end = at;
    // A brace of its own line, `): number {` and `} else {` belong to a line above that stands as deep.
    while (at > 0 && isRestOfHead(lines[at] ?? "", languageId)) {
      at -= 1;
      while (at > 0 && (isBlank(lines[at] ?? "") || indentWidth(lines[at] ?? "") > width)) at -= 1;
    }
    within = width;
    heads.push({ start: at, end, indent: width });
  }
  return heads;
}

function isRestOfHead(line: string, languageId: string): boolean {
  return /^\s*\{\s*$/.test(line) || (startsWithCloser(line) && endsWithOpener(line, languageId));
}

/** The comment over the cursor or else its scope's own, and the longest of those further out. */
function docsAround(
  lines: readonly string[],
  [head, ...further]: readonly Head[],
  { languageId, showsTop }: { languageId: string; showsTop: boolean },
): { own: Doc; outer: number } {
  const over = docOver(lines, lines.length, languageId);
  const own = over.prose + over.tags > 0 || head === undefined ? over : docOf(head, lines, languageId);
  let outer = 0;
  for (const each of further) outer = Math.max(outer, docOf(each, lines, languageId).prose);
  if (showsTop && own.prose === 0) outer = Math.max(outer, docOnTop(lines, languageId));
  return { own, outer };
}

interface Doc {
  prose: number;
  tags: number;
}
const noDoc: Doc = { prose: 0, tags: 0 };

/** The comment over a head, or the docstring below it. */
function docOf(head: Head, lines: readonly string[], languageId: string): Doc {
  const over = docOver(lines, head.start, languageId);
  const below = docstringBelow(lines, head.end, languageId);
  return over.prose + over.tags >= below.prose + below.tags ? over : below;
}

/** The comment that ends right above a line, decorators and attributes between them left aside. */
function docOver(lines: readonly string[], index: number, languageId: string): Doc {
  let at = index - 1;
  while (at >= 0 && /^\s*(?:@\w|#\[|\[\w+[\](]|template\b)/.test(lines[at] ?? "")) at -= 1;
  const last = (lines[at] ?? "").trimEnd();
  const found: string[] = [];
  if (last.endsWith("*/")) {
    for (; at >= 0; at -= 1) {
      found.push(lines[at] ?? "");
      if ((lines[at] ?? "").includes("/*")) break;
    }
  } else for (; at >= 0 && isLineComment(lines[at] ?? "", languageId); at -= 1) found.push(lines[at] ?? "");
  return weigh(found);
}

/** Between triple quotes, as the first thing below a head. */
function docstringBelow(lines: readonly string[], headEnd: number, languageId: string): Doc & { lines: number } {
  if (languageId !== "python") return { ...noDoc, lines: 0 };
  let at = headEnd + 1;
  while (at < lines.length && isBlank(lines[at] ?? "")) at += 1;
  return docstringAt(lines, at);
}

function docstringAt(lines: readonly string[], from: number): Doc & { lines: number } {
  const mark = /^\s*[rRuU]?("""|''')/.exec(lines[from] ?? "")?.[1];
  if (mark === undefined) return { ...noDoc, lines: 0 };
  const found: string[] = [];
  for (let at = from; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    found.push(line);
    if (line.indexOf(mark, at === from ? line.indexOf(mark) + 3 : 0) !== -1) {
      return { ...weigh(found), lines: found.filter((each) => !isBlank(each)).length };
    }
  }
  return { ...noDoc, lines: 0 };
}

/** The comment that a file begins with, unless it is about rights. */
function docOnTop(lines: readonly string[], languageId: string): number {
  let at = 0;
  while (at < lines.length && (isBlank(lines[at] ?? "") || /^(?:#!|<\?php)/.test(lines[at] ?? ""))) at += 1;
  const begin = at;
  if (languageId === "python" && !isLineComment(lines[at] ?? "", languageId)) return docstringAt(lines, at).prose;
  if (/^\s*\/\*/.test(lines[at] ?? "")) {
    while (at < lines.length && !(lines[at] ?? "").includes("*/")) at += 1;
    at += 1;
  } else while (at < lines.length && isLineComment(lines[at] ?? "", languageId)) at += 1;
  const found = lines.slice(begin, at);
  return found.some((line) => /copyright|licen[sc]e|SPDX/i.test(line)) ? 0 : weigh(found).prose;
}

/** Prose and tags of the lines of a comment; lines of marks alone, and of a word or two, are nothing to go by. */
function weigh(comment: readonly string[]): Doc {
  let prose = 0;
  let tags = 0;
  for (const line of comment) {
    const said = line.replace(/^[\s/*#;!"'rR-]+/, "");
    if (/^[@\\:]\w/.test(said)) tags += 1;
    else if (/\p{L}.*\s.*\p{L}/u.test(said)) prose += 1;
  }
  return { prose, tags };
}

function isLineComment(line: string, languageId: string): boolean {
  const mark = lineCommentMark(languageId);
  return mark !== null && line.startsWith(mark, beginOf(line)) && !line.startsWith("#!");
}

/** Told by the line alone, as lines are counted: the inside of a block comment begins with a star. */
function isComment(line: string, languageId: string): boolean {
  const first = line[beginOf(line)];
  if ((first === "/" || first === "*" || first === "<") && /^\s*(?:\/\*|\*\/|\*(?:\s|$)|<!--)/.test(line)) return true;
  return isLineComment(line, languageId);
}

function parametersOf(head: string): number {
  const open = head.indexOf("(");
  const inside = open === -1 ? "" : head.slice(open + 1);
  let depth = 0;
  let count = /^\s*\)/.test(inside) || inside === "" ? 0 : 1;
  for (const character of inside) {
    if ("([{<".includes(character)) depth += 1;
    else if (")]}>".includes(character)) depth -= 1;
    else if (character === "," && depth === 0) count += 1;
    if (depth < 0) break;
  }
  return count;
}

function linesToEnd(below: readonly string[], indent: number, isCode: (line: string) => boolean): number {
  let count = 0;
  for (const line of below) {
    if (isBlank(line)) continue;
    if (indentWidth(line) < indent || (indent > 0 && indentWidth(line) === 0)) break;
    if (isCode(line)) count += 1;
  }
  return count;
}

function siblingHeadsOf(head: Head, lines: readonly string[], below: readonly string[]): number {
  const isAlike = likeness(lines[head.start] ?? "");
  const near = lines.slice(Math.max(0, head.start - siblingReach), head.start);
  return near.filter(isAlike).length + below.slice(0, siblingReach / 2).filter(isAlike).length;
}

/** Lines near the cursor's that could be its twin. */
function siblingLinesOf(before: string, after: string, lines: readonly string[], below: readonly string[]): number {
  const near: string[] = [];
  for (let at = lines.length - 1; at >= 0 && near.length < 4; at -= 1) {
    const line = lines[at] ?? "";
    if (!isBlank(line)) near.push(line);
  }
  if (isBlank(before)) {
    const [last, ...others] = near;
    return last === undefined || !isBlank(after) ? 0 : others.filter(likeness(last)).length;
  }
  // Of a name or a bracket alone there is no telling.
  if (formOf(before).length < 3) return 0;
  const isAlike = likeness(before, "so far");
  const next = below.slice(0, 6).filter((line) => !isBlank(line));
  return near.filter(isAlike).length + next.slice(0, 3).filter(isAlike).length;
}

/** Whether a line stands as deep as another and has its form, or begins with it. */
function likeness(line: string, extent?: "so far"): (other: string) => boolean {
  const indent = indentWidth(line);
  const form = formOf(line);
  // The first word is compared before a form is made of a line: most lines differ in it.
  const firstWord = form.slice(0, form.indexOf(" "));
  return (other) => {
    if (indentWidth(other) !== indent || !other.startsWith(firstWord, beginOf(other))) return false;
    const theirs = formOf(other);
    return extent === "so far" ? theirs.startsWith(form) : theirs === form;
  };
}

/** A line with its first word as it is, every later one as `a`, every string as `"`, and no other space. */
function formOf(line: string): string {
  const from = beginOf(line);
  let at = from;
  while (isWord(line.charCodeAt(at))) at += 1;
  let form = `${line.slice(from, at)} `;
  const end = Math.min(line.length, from + mostOfForm);
  while (at < end) {
    const code = line.charCodeAt(at);
    if (isWord(code)) {
      form += "a";
      while (isWord(line.charCodeAt(at))) at += 1;
    } else if (code === 34 || code === 39 || code === 96) {
      form += '"';
      at += 1;
      while (at < end && line.charCodeAt(at) !== code) at += line.charCodeAt(at) === 92 ? 2 : 1;
      at += 1;
    } else {
      if (code > 32) form += line[at];
      at += 1;
    }
  }
  return form;
}
/** What lines have in common shows before this. */
const mostOfForm = 80;

/** Letters, digits, `_`, `$`, and whatever is not ASCII. */
function isWord(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 95 ||
    code === 36 ||
    code > 127
  );
}

/** Where the first character stands that is no white space; the length of a blank line. */
function beginOf(line: string): number {
  let at = 0;
  while (at < line.length && line.charCodeAt(at) <= 32) at += 1;
  return at;
}

function isBlank(line: string): boolean {
  return beginOf(line) === line.length;
}

/** Three characters that every head of a test begins with: most lines begin with others. */
const testStarts = new Set("it(,it.,it ,tes,des,con,spe,asy,def,fun,pub,fn ,@Te,#[t,[Fa,[Te,[Th".split(","));
const testHead =
  /^\s*(?:(?:it|test|describe|context|specify)(?:\.\w+)*\s*[("']|(?:async\s+)?def test_|func Test|(?:pub )?fn test_|@Test\b|#\[(?:tokio::)?test\b|\[(?:Fact|Test|Theory|TestMethod)\b)/;

/** A test by its own form, or by the mark on the line above it. */
function isTestHead(lines: readonly string[], index: number): boolean {
  return isTest(lines[index] ?? "") || isTest(lines[index - 1] ?? "");
}

function isTest(line: string): boolean {
  const begin = beginOf(line);
  return testStarts.has(line.slice(begin, begin + 3)) && testHead.test(line);
}

/** Lines from the first head of a test on. */
function countTests(lines: readonly string[]): number {
  const first = lines.findIndex(isTest);
  return first === -1 ? 0 : lines.slice(first).filter((line) => !isBlank(line)).length;
}
