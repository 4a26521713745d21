import type { Tree } from "web-tree-sitter";
import type { SyntaxErrors } from "../core/syntax.ts";

/** No more nodes than these are looked at: a text with that many errors is no code of this language anyway. */
const MOST_NODES = 5_000;

/** The errors of a tree: nodes that do not fit the grammar, and tokens that are missing. Goes only where errors are. */
export function countErrors(tree: Tree): SyntaxErrors {
  let count = 0;
  let firstLine: number | null = null;
  if (!tree.rootNode.hasError) return { count, firstLine };
  const cursor = tree.walk();
  let nodes = 0;
  walk: while (nodes < MOST_NODES) {
    nodes += 1;
    const node = cursor.currentNode;
    const hasError = node.hasError;
    if (hasError && (node.isError || node.isMissing)) {
      count += 1;
      firstLine = Math.min(firstLine ?? Number.POSITIVE_INFINITY, node.startPosition.row + 1);
    }
    if (hasError && cursor.gotoFirstChild()) continue;
    while (!cursor.gotoNextSibling()) {
      if (!cursor.gotoParent()) break walk;
    }
  }
  cursor.delete();
  return { count, firstLine };
}
