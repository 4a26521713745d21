import { stillFits } from "../core/reuse-completion.ts";
import type { Flight, Spot } from "./completion-requests.ts";
import type { CompleteParams } from "./use-cases.ts";

/** What is known of an open document. `offset` is null without the focus, undefined when only the text is known. */
export interface Present {
  version: number;
  text: string;
  offset: number | null | undefined;
}

/** Brackets and quotes that an editor closes by itself for one letter. */
const MOST_CLOSED = 4;

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
export function mayStillFit(flight: Flight, { text, offset }: Present): boolean {
  const { spot } = flight;
  if (offset === null) return false;
  if (spot.selected !== null) {
    // The letters of the item are typed one by one, or others that select it as well.
    const { startOffset } = spot.selected;
    const isBefore = text.slice(0, startOffset) === spot.prefix.slice(0, startOffset);
    return isBefore && text.endsWith(spot.suffix) && (offset === undefined || offset >= startOffset);
  }
  if (offset !== undefined) return fits(flight, split(text, offset));
  // What stands before the old suffix was typed; the last of it may be what the editor closed by itself.
  const end = text.length - spot.suffix.length;
  for (let closed = 0; closed <= MOST_CLOSED && end - closed >= spot.prefix.length; closed += 1) {
    if (fits(flight, split(text, end - closed))) return true;
  }
  return false;
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
