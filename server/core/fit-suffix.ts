import { isBlank, isCloserLine, openQuote } from "./code-shape.ts";
import { scanBrackets } from "./scan-brackets.ts";
import type { PlacedBracket, Surroundings } from "./surroundings.ts";

/** What the text behind the cursor already has is not written a second time. */

/**
 * Where a text begins to close what the suffix closes, or null. Which of two closers belongs to which opener is told by
 * the number of both on the cursor's line and, across lines, by their indentation.
 */
export function closedBySuffix(text: string, around: Surroundings): number | null {
  if (around.isText || around.closers.length === 0 || !/[)\]}]/.test(text)) return null;
  const openers = [...around.openers];
  const closer = around.closers[0];
  if (closer === undefined) return null;
  const closersHere = around.closers.filter((each) => each.isHere).length;
  for (const { character, offset } of scanBrackets(text, around.languageId, around.quote).close) {
    const openHere = openers.filter((each) => each.isHere).length;
    const opener = take(openers, openerOf[character]);
    if (character !== closer.character) continue;
    if (closer.isHere) {
      if (opener?.isHere === true && openHere > closersHere) continue;
      return offset;
    }
    // What was opened and gone on with on the cursor's line closes on that line.
    if (opener?.isHere === true && !opener.isLast) continue;
    if (opener === undefined || opener.indent <= closer.indent) return offset;
  }
  return null;
}

const openerOf: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };

/** The innermost opener of a kind; those within it, left open by mistake or misread, go too. */
function take(openers: PlacedBracket[], character: string | undefined): PlacedBracket | undefined {
  const index = openers.findLastIndex((each) => each.character === character);
  return index === -1 ? undefined : openers.splice(index)[0];
}

/** The text without what the rest of the cursor's line has once more: `;`, a quote, `) {`, a whole expression. */
export function withoutOverlap(text: string, around: Surroundings): string {
  const rest = around.after.trim();
  if (rest === "") return text;
  const most = Math.min(rest.length, text.length, maxOverlap);
  for (let length = most; length > 0; length--) {
    const tail = rest.slice(0, length);
    if (!text.endsWith(tail)) continue;
    const kept = text.slice(0, -length);
    if (mayGo(tail, kept, text, around)) return kept;
  }
  return text;
}

const maxOverlap = 400;

function mayGo(tail: string, kept: string, text: string, around: Surroundings): boolean {
  // A closer whose opener stays would be missing.
  if (scanBrackets(tail, around.languageId).close.length > 0) return false;
  if (/["'`]/.test(tail)) {
    const open = openQuote(lastLine(around, kept), around.languageId);
    return open !== null && tail.startsWith(open);
  }
  // A tag or an angle bracket closes what the completion opened, if that is still open.
  if (closesOwn(tail, text)) return false;
  // A word is only left out whole.
  const isWord = /^[\p{L}\p{N}_$]/u.test(tail);
  return !isWord || (tail.length >= 3 && !/[\p{L}\p{N}_$]$/u.test(kept)) || kept === "" || tail === text;
}

function closesOwn(tail: string, text: string): boolean {
  const tag = /^<\/([\w.:-]+)/.exec(tail)?.[1];
  if (tag !== undefined) return text.split(`<${tag}`).length >= text.split(`</${tag}`).length;
  if (!tail.includes(">") || tail.includes("<")) return false;
  const opened = text.match(/<(?![=<\s])/g)?.length ?? 0;
  const closed = text.match(/(?<![=-])>(?!=)/g)?.length ?? 0;
  return opened >= closed;
}

function lastLine(around: Surroundings, text: string): string {
  const newline = text.lastIndexOf("\n");
  return newline === -1 ? around.before + text : text.slice(newline + 1);
}

/** The text without its last lines where they are the lines below the cursor. */
export function withoutLinesBelow(text: string, around: Surroundings): string {
  if (!isBlank(around.after)) return text;
  const below = around.suffix
    .split("\n")
    .slice(1)
    .filter((line) => !isBlank(line))
    .slice(0, maxLinesBelow);
  const lines = text.split("\n");
  const first = isBlank(around.before) ? 0 : 1;
  for (let count = Math.min(below.length, lines.length - first); count > 0; count--) {
    const tail = lines.slice(-count);
    if (tail.every(isCloserLine)) continue;
    const indented = lines.length === count ? [around.before + (tail[0] ?? ""), ...tail.slice(1)] : tail;
    if (indented.every((line, index) => line.trim() === below[index]?.trim())) return lines.slice(0, -count).join("\n");
  }
  return text;
}

const maxLinesBelow = 12;
