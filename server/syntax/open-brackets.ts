import type { Node } from "web-tree-sitter";
import type { PlaceTable } from "./place-tables.ts";

/** A bracket that is open where the cursor stands. */
export interface Opening {
  means: "body" | "list" | "expression";
  /** Offset behind the bracket. */
  end: number;
  /** The code closes it. */
  isClosed: boolean;
}

/** No more nodes than these are looked at: enough for a block of a few hundred statements. */
const MOST_NODES = 1_500;

const closerOf: Record<string, string> = { "(": ")", "[": "]", "{": "}", "${": "}", "<": ">", "#{": "}" };
const openers = new Set(Object.keys(closerOf));
const closers = new Set(Object.values(closerOf));

/**
 * The brackets that are open at `at`, innermost first. Looks to the left from the cursor and upwards. In broken code, where
 * brackets stand loose among the nodes that do not fit, it counts them one against the other.
 */
export function findOpenings(root: Node, at: number, before: string, table: PlaceTable): Opening[] {
  const found: Opening[] = [];
  let closed = 0;
  let nodes = 0;

  /** Reads one node that ends at or before the cursor. */
  const read = (node: Node): void => {
    nodes += 1;
    if (nodes > MOST_NODES || node.startIndex >= at) return;
    if (node.childCount > 0) {
      // A whole node holds nothing open.
      if (node.hasError || node.endIndex > at) readChildren(node);
      return;
    }
    if (node.isMissing || node.endIndex > at) return;
    if (closers.has(node.type) && isBracket(node)) closed += 1;
    else if (openers.has(node.type) && isBracket(node)) {
      if (closed > 0) closed -= 1;
      else found.push(openingAt(node));
    }
  };
  const readChildren = (node: Node): void => {
    for (let child = lastChildBefore(node, at); child !== null; child = child.previousSibling) read(child);
  };
  /** `<` is a bracket around types and an operator elsewhere. */
  const isBracket = (node: Node): boolean =>
    (node.type !== "<" && node.type !== ">") || table.lists.has(node.parent?.type ?? "");

  const openingAt = (node: Node): Opening => {
    const parent = node.parent;
    const type = parent?.type ?? "";
    const last = parent?.lastChild;
    const isClosed = last?.type === closerOf[node.type] && !last?.isMissing;
    const facts = { end: node.endIndex, isClosed };
    if (table.lists.has(type)) return { ...facts, means: "list" };
    if (table.bodies.has(type)) return { ...facts, means: "body" };
    if (parent?.isError) return { ...facts, means: meaningOf(node.type, before.slice(0, node.startIndex)) };
    return { ...facts, means: "expression" };
  };

  readChildren(root);
  return found;
}

/** The last child that begins before `at`. */
function lastChildBefore(node: Node, at: number): Node | null {
  const following = node.firstChildForIndex(at);
  if (following === null) return node.lastChild;
  return following.startIndex < at ? following : following.previousSibling;
}

/** What a bracket means that the parser could not place, by what stands before it. */
function meaningOf(bracket: string, text: string): Opening["means"] {
  const before = text.slice(-200).trimEnd();
  if (bracket === "(") {
    return /\b(?:if|while|for|switch|catch|match|return|await|with)$|[=&|?:,(]$/.test(before) ? "expression" : "list";
  }
  if (bracket === "{") return /(?:[=(,:[?]|\breturn|&&|\|\|)$/.test(before) ? "list" : "body";
  return bracket === "${" || bracket === "#{" ? "expression" : "list";
}
