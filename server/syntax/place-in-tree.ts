import type { Node, Tree } from "web-tree-sitter";
import type { SyntaxPlace } from "../core/syntax.ts";
import type { SyntaxWindow } from "../core/syntax-window.ts";
import { indentedPlace } from "./indented-place.ts";
import { findOpenings, type Opening } from "./open-brackets.ts";
import type { PlaceTable } from "./place-tables.ts";

/**
 * Where in the syntax the cursor between the two halves of `window` stands, `tree` being the tree of both. Works on code
 * that is being typed: what is open around the cursor counts, whether or not the rest of the file closes it.
 */
export function placeInTree(tree: Tree, window: SyntaxWindow, table: PlaceTable): SyntaxPlace {
  const at = window.before.length;
  const node = tree.rootNode.descendantForIndex(Math.max(0, at - 1), at) ?? tree.rootNode;
  const openings = findOpenings(tree.rootNode, at, window.before, table);
  const bodies = openings.filter((each) => each.means === "body").length;
  const depth = table.byIndentation ? indentedPlace(window).depth : bodies;
  return { kind: kindAt(node, openings[0], window, table), depth };
}

function kindAt(
  node: Node,
  opening: Opening | undefined,
  window: SyntaxWindow,
  table: PlaceTable,
): SyntaxPlace["kind"] {
  const { before, after } = window;
  const at = before.length;
  const line = before.slice(before.lastIndexOf("\n") + 1);
  if (importsAt(node, at, line, table)) return "import";
  let isInterpolated = false;
  for (let each: Node | null = node; each !== null && !isInterpolated; each = each.parent) {
    isInterpolated = table.interpolations.has(each.type);
    if (table.comments.has(each.type) && isInComment(each, at, before)) return "comment";
    if (table.strings.has(each.type) && isInString(each, at)) return "string";
    if (isQuote(each) && each.endIndex === at && each.parent?.isError) return "string";
  }
  if (!isInterpolated && leavesStringOpen(line, table)) return "string";
  const inMarkup = markupAt(node, at, table);
  if (inMarkup !== null) return inMarkup;
  if (opening?.means === "list") return "argument";
  if (opening?.means === "expression") return "expression";
  if (table.byIndentation) return beginsStatement(window) ? indentedPlace(window).kind : "expression";
  if (opening !== undefined && isEmptyBody(opening, window)) return "empty-body";
  return beginsStatement({ before, after }) ? "statement" : "expression";
}

function isInComment(comment: Node, at: number, before: string): boolean {
  if (comment.startIndex >= at || comment.endIndex < at) return false;
  if (comment.endIndex > at) return before.slice(comment.startIndex, at).length > 1;
  const text = before.slice(comment.startIndex, at);
  return !text.endsWith("\n") && !(text.startsWith("/*") && text.endsWith("*/") && text.length > 3);
}

/** After its opening quote and before its closing one; a piece of a string's inside counts to both of its ends. */
function isInString(string: Node, at: number): boolean {
  const isInside = /fragment|content/.test(string.type);
  if (isInside) return string.startIndex <= at && at <= string.endIndex;
  return string.startIndex < at && (at < string.endIndex || string.lastChild?.isMissing === true);
}

function isQuote(node: Node): boolean {
  return node.childCount === 0 && /^["'`]$|^string_start$/.test(node.type);
}

/** Strings in an import are paths, and belong to it. */
function importsAt(node: Node, at: number, line: string, table: PlaceTable): boolean {
  const isEnded = /^[ \t]*$|[;{}]\s*$/.test(line);
  for (let each: Node | null = node; each !== null; each = each.parent) {
    if (table.comments.has(each.type)) return false;
    if (table.imports.has(each.type)) return each.startIndex < at && !(at === each.endIndex && isEnded);
  }
  return table.importLine.test(line) && !line.trimEnd().endsWith(";");
}

/** A quote that is opened on this line and not closed, in code too broken for the parser to see a string. */
function leavesStringOpen(line: string, table: PlaceTable): boolean {
  const rest = line.replace(/\\.|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`/g, "");
  const comment = table.byIndentation ? rest.indexOf("#") : rest.indexOf("//");
  const quote = rest.search(table.quotes);
  return quote !== -1 && (comment === -1 || quote < comment);
}

/** Among the children of an element, or in one of its tags; null where there is none around the cursor. */
function markupAt(node: Node, at: number, table: PlaceTable): "markup" | "expression" | null {
  for (let each: Node | null = node; each !== null; each = each.parent) {
    // Behind a tag's end begins what the tag holds.
    if (each.startIndex >= at || each.endIndex <= at) continue;
    if (table.bodies.has(each.type) || table.lists.has(each.type)) return null;
    if (table.tags.has(each.type)) return "expression";
    if (table.elements.has(each.type)) return "markup";
  }
  return null;
}

/** Nothing but space and comments stands between the brace and the cursor, and the block ends right after it. */
function isEmptyBody(opening: Opening, { before, after }: SyntaxWindow): boolean {
  const inside = before.slice(opening.end).replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*\n/g, "");
  if (inside.trim() !== "") return false;
  const next = /\S/.exec(after);
  if (next === null || next[0] === "}") return true;
  // Not closed yet: what follows is no part of it when it stands no further in than the line that opened it.
  return !opening.isClosed && indentOf(after, next.index) <= indentOf(before, opening.end - 1);
}

/** Columns before the first character of the line that holds `at`. */
function indentOf(text: string, at: number): number {
  const lineStart = text.lastIndexOf("\n", at - 1) + 1;
  return /^[ \t]*/.exec(text.slice(lineStart, at))?.[0].replaceAll("\t", "    ").length ?? 0;
}

/** Before the cursor stands the end of something, and then at most the beginning of one word. */
function beginsStatement({ before }: SyntaxWindow): boolean {
  const text = before.replace(/[\w$@#-]*$/, "").replace(/[ \t]+$/, "");
  const last = text.at(-1);
  if (last === undefined || last === ";" || last === "{" || last === "}") return true;
  if (last !== "\n") return false;
  const above = text.trimEnd();
  if (above === "" || /(?:\+\+|--|\*\/|\*)$/.test(above)) return true;
  return !/[=(+\-&|?.\\[<]$|=>$/.test(above);
}
