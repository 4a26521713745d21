import type { Node, Tree } from "web-tree-sitter";
import type { SyntaxErrors } from "../core/syntax.ts";

/** No more nodes than these are looked at: a text with that many errors is no code of this language anyway. */
const MOST_NODES = 5_000;

/**
 * The errors of a tree: nodes that do not fit the grammar, and tokens that are missing. Goes only where errors are. What is
 * nested in an error is the parser's guess at pieces of one broken thing and counts no further, unless that thing is the
 * whole text.
 */
export function countErrors(tree: Tree): SyntaxErrors {
  let count = 0;
  let firstLine: number | null = null;
  if (!tree.rootNode.hasError) return { count, firstLine };
  const found = (node: Node): void => {
    count += 1;
    firstLine = Math.min(firstLine ?? Number.POSITIVE_INFINITY, node.startPosition.row + 1);
  };

  const cursor = tree.walk();
  /** Of the nodes above: how many errors there were before each. */
  const countBefore: number[] = [];
  walk: for (let nodes = 0; nodes < MOST_NODES; nodes += 1) {
    const node = cursor.currentNode;
    const isWrong = node.isError || node.isMissing;
    if (isWrong) found(node);
    const below = count;
    if (node.hasError && (!isWrong || node.parent === null) && cursor.gotoFirstChild()) {
      countBefore.push(below);
      continue;
    }
    while (!cursor.gotoNextSibling()) {
      if (!cursor.gotoParent()) break walk;
      // It has an error and none of its children does: a token is missing that the grammar does not show, like a line's end.
      if (countBefore.pop() === count && !cursor.currentNode.isError) found(cursor.currentNode);
    }
  }
  cursor.delete();
  return { count, firstLine };
}
