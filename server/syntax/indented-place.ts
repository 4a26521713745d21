import type { SyntaxPlace } from "../core/syntax.ts";
import type { SyntaxWindow } from "../core/syntax-window.ts";

/**
 * The place of a cursor at the beginning of a line where blocks are made by indentation. A tree ends a block before the
 * empty lines that follow it, so the indentation of the cursor itself says which block it is in.
 */
export function indentedPlace({ before, after }: SyntaxWindow): SyntaxPlace {
  const lines = before.split("\n");
  const current = lines.pop() ?? "";
  let column = columnsOf(current);
  const above = lines.findLast(isCode) ?? "";
  const opensBlock = /:\s*(?:#.*)?$/.test(above) && columnsOf(above) < column;
  const next = after.split("\n").slice(1).find(isCode);
  const isEmpty = opensBlock && (next === undefined || columnsOf(next) < column);
  let depth = 0;
  for (let at = lines.length - 1; at >= 0 && column > 0; at -= 1) {
    const line = lines[at] ?? "";
    if (!isCode(line) || columnsOf(line) >= column) continue;
    column = columnsOf(line);
    depth += 1;
  }
  return { kind: isEmpty ? "empty-body" : "statement", depth };
}

function isCode(line: string): boolean {
  return /^\s*[^\s#]/.test(line);
}

/** Columns before the first character, or of the whole line when it is empty; a tab counts as four. */
function columnsOf(line: string): number {
  return /^[ \t]*/.exec(line)?.[0].replaceAll("\t", "    ").length ?? 0;
}
