import { cursorsBefore, stillFits } from "../core/reuse-completion.ts";
import type { Flight, Spot } from "./completion-requests.ts";
import type { CompleteParams } from "./use-cases.ts";

/** What is known of an open document. `offset` is null without the focus, undefined when only the text is known. */
export interface Present {
  version: number;
  text: string;
  offset: number | null | undefined;
}

/** Where a completion is wanted: the selected item of the suggest widget is taken as if it were written. */
export function spotOf(params: CompleteParams): Spot {
  const { uri, version, path, languageId, selected } = params;
  const document = { uri, version, path, languageId, cursorOffset: params.offset, selected };
  if (selected === null) {
    const { text, offset } = params;
    return { ...document, text, offset, ...split(text, offset) };
  }
  const before = params.text.slice(0, selected.startOffset) + selected.text;
  const text = before + params.text.slice(selected.endOffset);
  return { ...document, text, offset: before.length, ...split(text, before.length) };
}

export function split(text: string, offset: number): { prefix: string; suffix: string } {
  return { prefix: text.slice(0, offset), suffix: text.slice(offset) };
}

/** Names a place for as long as the document does not change. */
export function keyOf({ version, cursorOffset, selected }: Spot): string {
  return `${version} ${cursorOffset} ${selected?.text ?? ""}`;
}

/** Whether a request under way may answer here, too. */
export function fits(flight: Flight, { prefix, suffix }: { prefix: string; suffix: string }): boolean {
  const { spot, textSoFar } = flight;
  return stillFits({ anchorPrefix: spot.prefix, anchorSuffix: spot.suffix, prefix, suffix, textSoFar });
}

/** The same for what is known of a document: what only its next word can tell is given the benefit of the doubt. */
export function mayStillFit(flight: Flight, present: Present): boolean {
  const { spot } = flight;
  const { text, offset } = present;
  if (offset === null) return false;
  // Nothing has changed: asked after every piece of a text that comes, and documents are long.
  if (present.version === spot.version && offset === spot.cursorOffset) return true;
  // Also for an item that was selected: it may have been taken over.
  if (isStillSelected(spot, present)) return true;
  if (offset !== undefined) return fits(flight, split(text, offset));
  return cursorsBefore(text, spot.suffix.length).some((cursor) => fits(flight, split(text, cursor)));
}

/** Whether the item of a spot may still be selected: its letters are typed one by one, or others that select it as well. */
export function isStillSelected(spot: Spot, { version, text, offset }: Present): boolean {
  if (spot.selected === null || offset === null) return false;
  if (version === spot.version && (offset === spot.cursorOffset || offset === undefined)) return true;
  const { startOffset, endOffset } = spot.selected;
  // The item may replace what stands behind the cursor, too.
  const cursor = text.length - spot.suffix.length - Math.max(endOffset - spot.cursorOffset, 0);
  if (cursor < startOffset || (offset !== undefined && offset !== cursor)) return false;
  if (!text.endsWith(spot.suffix) || !spot.prefix.startsWith(text.slice(0, startOffset))) return false;
  return selects(text.slice(startOffset, cursor), spot.selected.text);
}

/** As the suggest widget finds items: by some of their letters in their order, large or small. */
function selects(typed: string, item: string): boolean {
  const letters = item.toLowerCase();
  let from = 0;
  for (const letter of typed.toLowerCase()) {
    const at = letters.indexOf(letter, from);
    if (at === -1) return false;
    from = at + letter.length;
  }
  return true;
}

export function isSamePlace(one: Present, other: Present): boolean {
  return one.version === other.version && one.offset === other.offset;
}

export function isSameSpot(one: Spot, other: Spot): boolean {
  return one.prefix === other.prefix && one.suffix === other.suffix;
}

/** As LSP counts: from 0, in UTF-16. */
export function positionAt(text: string, offset: number): { line: number; character: number } {
  let line = 0;
  let start = 0;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", start)) {
    line += 1;
    start = at + 1;
  }
  return { line, character: offset - start };
}
