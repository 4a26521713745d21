/** A place in a document, both counted from 0, `character` in UTF-16 units. */
export interface Place {
  line: number;
  character: number;
}

/** An error as the editor shows it; where it ends is not compared, for it grows with the text in it. */
export interface SeenError {
  message: string;
  /** Who says so ("ts", "eslint"); "" where nobody is named. */
  source: string;
  start: Place;
}

/** The text from `start` to `end` (exclusive) became `text`. */
export interface Edit {
  start: Place;
  end: Place;
  text: string;
}

/**
 * The errors of `after` that were not there before the edits, in their order. An error is the same when its message and
 * source are, and it stands where the edits have moved it; each one of before accounts for one of after. What stood in
 * replaced text may be anywhere in what replaced it: a function that is inserted over itself keeps its errors. Last, the
 * same words in the same line are the same error, for a checker may point at another word of it.
 *
 * `edits` are in the order in which they were made, each in the places of the text it met.
 */
export function newErrors(
  before: readonly SeenError[],
  edits: readonly Edit[],
  after: readonly SeenError[],
): SeenError[] {
  let old = before.map((error) => ({ error, span: moved(error.start, edits) }));
  let rest = [...after];
  for (const isThere of [isAt, isWithin, isInLineOf]) {
    const unmatched: SeenError[] = [];
    for (const error of rest) {
      const match = old.find((each) => saysTheSame(each.error, error) && isThere(each.span, error.start));
      if (match === undefined) unmatched.push(error);
      else old = old.filter((each) => each !== match);
    }
    rest = unmatched;
  }
  return rest;
}

/** From where to where an error may begin after edits; the two are one place unless its own text was edited. */
interface Span {
  from: Place;
  to: Place;
}

const saysTheSame = (one: SeenError, other: SeenError) => one.message === other.message && one.source === other.source;
const isAt = ({ from, to }: Span, at: Place) => compare(from, at) === 0 && compare(to, at) === 0;
const isWithin = ({ from, to }: Span, at: Place) => compare(from, at) <= 0 && compare(at, to) <= 0;
const isInLineOf = ({ from, to }: Span, at: Place) => from.line <= at.line && at.line <= to.line;

function moved(place: Place, edits: readonly Edit[]): Span {
  let span: Span = { from: place, to: place };
  for (const edit of edits) span = { from: movedBack(span.from, edit), to: movedOn(span.to, edit) };
  return span;
}

/** At the place of an insertion itself a checker may mean what was before it or what comes after: this is the former. */
function movedBack(place: Place, { start, end, text }: Edit): Place {
  if (compare(place, start) <= 0) return place;
  return compare(place, end) < 0 ? start : shifted(place, end, endOf(start, text));
}

function movedOn(place: Place, { start, end, text }: Edit): Place {
  if (compare(place, start) < 0) return place;
  const newEnd = endOf(start, text);
  return compare(place, end) < 0 ? newEnd : shifted(place, end, newEnd);
}

/** A place behind `oldEnd`, once that has become `newEnd`. */
function shifted(place: Place, oldEnd: Place, newEnd: Place): Place {
  const line = place.line - oldEnd.line + newEnd.line;
  if (place.line > oldEnd.line) return { line, character: place.character };
  return { line, character: place.character - oldEnd.character + newEnd.character };
}

function endOf(start: Place, text: string): Place {
  const lines = text.split(/\r\n|\r|\n/);
  const last = lines.at(-1) ?? "";
  if (lines.length === 1) return { line: start.line, character: start.character + last.length };
  return { line: start.line + lines.length - 1, character: last.length };
}

function compare(one: Place, other: Place): number {
  return one.line - other.line || one.character - other.character;
}
