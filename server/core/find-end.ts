import { indentWidth, isBlank, isCloserLine, lineBefore, lineBelow } from "./code-shape.ts";
import type { CompletionPlace } from "./completion-place.ts";

/** Where a completion ends, in a text that may still be coming; null when nothing tells its end yet. */
export function findEnd(
  text: string,
  facts: { place: CompletionPlace; prefix: string; suffix: string; languageId: string },
): { end: number; why: string } | null {
  const { place } = facts;
  const before = lineBefore(facts.prefix);
  const below = lineBelow(facts.suffix);
  let base: number | null = isBlank(before) ? null : indentWidth(before);
  let content = 0;
  let start = 0;
  while (start <= text.length) {
    const newline = text.indexOf("\n", start);
    const isWhole = newline !== -1;
    const line = (start === 0 ? before : "") + text.slice(start, isWhole ? newline : text.length);
    if (!isBlank(line)) {
      const width = indentWidth(line);
      if (content > 0 && base !== null && width < base) return { end: start, why: "the scope closes" };
      base ??= width;
      if (isWhole) {
        if (below !== null && (start > 0 || isBlank(before)) && isSameLine(line, below)) {
          return { end: start, why: "the next line begins" };
        }
        content++;
        const most = place.lines === "many" ? place.maxLines : 1;
        if (content >= most && (start > 0 || !isBlank(text.slice(0, newline))))
          return { end: newline, why: "enough lines" };
      }
    } else if (isWhole && content > 0 && place.until === "paragraph") return { end: start, why: "a blank line" };
    if (!isWhole) break;
    start = newline + 1;
  }
  return null;
}

function isSameLine(line: string, other: string): boolean {
  if (line.trimEnd() === other.trimEnd()) return true;
  return !isCloserLine(line) && line.trim().length >= 10 && line.trim() === other.trim();
}
