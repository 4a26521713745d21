import {
  endsWithOpener,
  isBlank,
  isDocEnd,
  isInComment,
  isInDocstring,
  isInString,
  isProse,
  isSignature,
  lineAbove,
  lineAfter,
  lineBefore,
  withoutLineComment,
} from "./code-shape.ts";
import type { SyntaxPlace } from "./syntax.ts";

/** What is to be written where the cursor stands. */
export type PlaceKind =
  | "comment"
  | "string"
  | "import"
  | "prose"
  /** what is left of a line that only has closers, or a block before one */
  | "closing"
  /** the rest of a line of code */
  | "code"
  /** lines below an opening bracket, or between arguments */
  | "argument"
  /** lines of a body that was just opened */
  | "body"
  /** lines below a comment */
  | "described"
  | "markup"
  /** where nothing stands above */
  | "top"
  /** a statement or member among others */
  | "statement";

/** How much a completion may say where the cursor stands. */
export interface CompletionPlace {
  kind: PlaceKind;
  lines: "none" | "one" | "many";
  /** Lines that are not blank. */
  maxLines: number;
  maxOutputTokens: number;
  /** In a few words, for the log and for the person who wonders why nothing comes. */
  why: string;
  /**
   * Where many lines end of themselves: with the scope they stand in; with their first block or blank line; or, before a
   * closing bracket, with the first line that leaves nothing open.
   */
  until?: "scope" | "paragraph" | "brackets";
}

export interface PlaceFacts {
  /** The whole document. */
  text: string;
  offset: number;
  languageId: string;
  /** What the parser says, where there is one. */
  syntax: SyntaxPlace | null;
  /** The person asked for it by hand. */
  isInvoked: boolean;
}

/**
 * Whether to complete at a place at all, and how much: one line or many. Reads some thousand characters around the cursor,
 * however long the document or its line. Pure and total.
 */
export function placeOf(facts: PlaceFacts): CompletionPlace {
  const prefix = facts.text.slice(Math.max(0, facts.offset - maxCharacters), facts.offset);
  const suffix = facts.text.slice(facts.offset, facts.offset + maxCharacters);
  const before = lineBefore(prefix);
  const after = withoutLineComment(lineAfter(suffix), facts.languageId);
  const { languageId } = facts;

  const inside = facts.syntax === null ? shapeOf(prefix, before, languageId) : facts.syntax.kind;
  const obstacle = obstacleAt({ prefix, suffix, before, after, languageId, inside });
  if (obstacle !== null) {
    const kind = inside === "comment" || inside === "string" || inside === "import" ? inside : "code";
    return facts.isInvoked ? one(kind, `asked for, ${obstacle}`) : none(kind, obstacle);
  }

  if (inside === "comment") return one("comment", "in a comment");
  if (inside === "string") return short("string", "in a string");
  if (inside === "import") return short("import", "in an import");
  if (isProse(languageId)) return one("prose", isBlank(after) ? "in prose" : "only closers to the right");
  if (!isBlank(after)) return takesBlock(before, after) ? toBrackets : one("closing", "only closers to the right");

  const above = lineAbove(prefix);
  if (!isBlank(before)) {
    // A blank behind the opener says that it goes on in the same line.
    if (endsWithOpener(before, languageId) && !/[([\s]$/.test(before)) return body("body", "behind an opener");
    return one("code", "behind code");
  }
  if (inside === "empty-body") return body("body", "in an empty body");
  if (inside === "markup") return paragraph("markup", "among elements");
  if (above === null)
    return inside === "statement" ? paragraph("top", "at the top of the file") : one("top", "at the top of the file");
  if (endsWithOpener(above, languageId)) {
    return /[([]\s*$/.test(above) ? paragraph("argument", "below an opening bracket") : body("body", "below an opener");
  }
  if (facts.syntax === null && endsElement(above, languageId)) return paragraph("markup", "among elements");
  if (isDocEnd(above, languageId) && !/\n[ \t]*\r?\n[ \t]*$/.test(prefix))
    return body("described", "below a comment", "paragraph");
  if (isSignature(above) && !/[;}]\s*$/.test(above)) return body("body", "below a signature");
  if (inside === "argument") return one("argument", "among arguments");
  if (inside === "statement") return paragraph("statement", "where a statement begins");
  return one("statement", "on a blank line");
}

const maxCharacters = 8_000;
/** A line this long is data or was minified. */
const longLine = 1_000;

interface Around {
  prefix: string;
  suffix: string;
  before: string;
  after: string;
  languageId: string;
  inside: Inside;
}

type Inside = SyntaxPlace["kind"] | "code";

/** Why nothing is offered here unless it is asked for, or null. */
function obstacleAt(around: Around): string | null {
  const { prefix, suffix, before, after, languageId } = around;
  if (isBlank(prefix) && isBlank(suffix)) return "the file is empty";
  if (before.length + after.length > longLine) return "the line is too long";
  if (/[\p{L}\p{N}_$]$/u.test(before) && /^[\p{L}\p{N}_$]/u.test(after)) return "in the middle of a word";
  if (!isBlank(after) && !isOnlyClosers(after)) return "code to the right of the cursor";
  if (isBlank(after) && isFinished(before, languageId)) return "the statement is finished";
  // Enter follows, and what a model says before it begins with that line's end.
  if (isBetweenBraces(around)) return "between new braces";
  return null;
}

/** Between a brace and the one that the editor closed it with, unless an expression belongs there and not lines. */
function isBetweenBraces({ before, after, inside, languageId }: Around): boolean {
  if (!before.endsWith("{") || !after.startsWith("}") || isProse(languageId)) return false;
  // Names that are taken out of what a function is given.
  if (/(?:\{|=>)\s*$/.test(after)) return false;
  if (inside === "empty-body") return true;
  if (inside !== "argument" && inside !== "code") return false;
  if (inside === "code" && elementLanguages.has(languageId) && /(?:^\s*|=|[^=]>\s*)\{$/.test(before)) return false;
  return /(?:^|[\s)(,=:[?])\{$/.test(before);
}

/** Where a callback or a literal of several lines may begin: an argument or an element, with the closing bracket behind it. */
function takesBlock(before: string, after: string): boolean {
  if (!/^\s*[)\]]/.test(after) || /(?:[{:]|=>)\s*$/.test(after)) return false;
  if (!/(?:[(,]|=>|(?:^|[^\p{L}\p{N}_$)\]])\[)\s*$/u.test(before) || isSignature(before)) return false;
  return !/\b(?:if|elif|while|until|for|switch|catch|with|match)\s*\($/.test(before);
}

/** Whether a line ends in a tag. */
function endsElement(line: string, languageId: string): boolean {
  return elementLanguages.has(languageId) && /(?:^\s*<[\w/!].*|\/)>\s*$/.test(line) && !/[=-]>\s*$/.test(line);
}

/** Languages that have elements, or lines between tags. */
const elementLanguages = new Set([
  "html",
  "xml",
  "xsl",
  "vue",
  "svelte",
  "handlebars",
  "typescriptreact",
  "javascriptreact",
]);

/** Closers of brackets, quotes, tags and comments, then what may follow them: `) {`, `}) => {`, `</div>`. */
function isOnlyClosers(after: string): boolean {
  return /^\s*(?:[)\]}>"'`;,]|\*\/|-->|\/>|<\/[\w.:-]*>)*\s*(?:=>)?\s*[:{;,]?\s*$/.test(after);
}

/** A semicolon ends a statement, unless a bracket that the line opened is still open, as in `for (;`. */
function isFinished(before: string, languageId: string): boolean {
  if (isProse(languageId) || !before.endsWith(";") || isInComment(before, languageId)) return false;
  if (isInString(before, languageId)) return false;
  let open = 0;
  for (const character of before) {
    if (character === "(" || character === "[") open++;
    else if (character === ")" || character === "]") open--;
  }
  return open <= 0;
}

function shapeOf(prefix: string, before: string, languageId: string): "comment" | "string" | "import" | "code" {
  if (isInComment(before, languageId)) return "comment";
  if (isInString(before, languageId) || isInDocstring(prefix, languageId)) return "string";
  if (/^\s*(?:import|from|use|using|#include|require|package)\b/.test(before)) return "import";
  return "code";
}

const none = (kind: PlaceKind, why: string): CompletionPlace => ({
  kind,
  lines: "none",
  maxLines: 0,
  maxOutputTokens: 0,
  why,
});
const one = (kind: PlaceKind, why: string): CompletionPlace => ({
  kind,
  lines: "one",
  maxLines: 1,
  maxOutputTokens: 48,
  why,
});
const short = (kind: PlaceKind, why: string): CompletionPlace => ({
  kind,
  lines: "one",
  maxLines: 1,
  maxOutputTokens: 32,
  why,
});
const body = (kind: PlaceKind, why: string, until: "scope" | "paragraph" = "scope"): CompletionPlace => ({
  kind,
  lines: "many",
  maxLines: 16,
  maxOutputTokens: 256,
  why,
  until,
});
const paragraph = (kind: PlaceKind, why: string): CompletionPlace => ({
  kind,
  lines: "many",
  maxLines: 6,
  // The text of a block goes on to its end.
  maxOutputTokens: 256,
  why,
  until: "paragraph",
});
const toBrackets: CompletionPlace = {
  kind: "closing",
  lines: "many",
  maxLines: 16,
  maxOutputTokens: 256,
  why: "before a closing bracket",
  until: "brackets",
};
