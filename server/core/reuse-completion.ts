import { openingOf } from "./polishers.ts";
import { holeOf, withPlainEnds } from "./surroundings.ts";

/** A completion that was offered, or could have been. */
export interface Offer {
  uri: string;
  /** The document up to the cursor that it was made for, and from there on. */
  prefix: string;
  suffix: string;
  text: string;
  id: string;
}

export interface FoundOffer {
  id: string;
  /** What is left to insert; never empty. */
  text: string;
  /**
   * Characters behind the cursor, on its own line, that the text takes the place of: brackets and quotes that the editor
   * closed by itself while the offer was typed, and that the text has in it. Mostly 0.
   */
  replaces: number;
}

export interface Offers {
  remember(offer: Offer): void;
  /**
   * An offer that holds here: made here, or typed along since, or with some of what it continued deleted again. What was
   * typed is always its beginning. The one found last comes first, so that the text on screen does not change.
   */
  find(place: { uri: string; prefix: string; suffix: string }): FoundOffer | null;
  forget(uri: string): void;
}

/**
 * Keeps the last `most` offers. Of each document it keeps and compares the 6,000 characters before the cursor and 2,000
 * behind it, which are what a model was shown, and the lengths: neither memory nor time grows with the document.
 */
export function createOffers({ most }: { most: number }): Offers {
  /** The latest last. */
  let kept: KeptOffer[] = [];

  return {
    remember(offer) {
      const { uri, prefix, suffix, text, id } = offer;
      if (text === "" || most <= 0) return;
      const one: KeptOffer = {
        uri,
        id,
        text,
        prefixLength: prefix.length,
        suffixLength: suffix.length,
        before: detached(prefix.slice(-prefixWindow)),
        after: detached(suffix.slice(0, suffixWindow)),
      };
      kept = kept.filter((each) => !isSamePlace(each, one));
      kept.push(one);
      if (kept.length > most) kept = kept.slice(-most);
    },
    find(place) {
      let best: { offer: KeptOffer; found: FoundOffer; rank: number } | null = null;
      for (let index = kept.length - 1; index >= 0; index--) {
        const offer = kept[index];
        if (offer === undefined || offer.uri !== place.uri) continue;
        const typed = place.prefix.length - offer.prefixLength;
        const rank = typed < 0 ? 1 : 0;
        if (best !== null && best.rank <= rank) continue;
        const found = typed < 0 ? afterDeleting(offer, place, -typed) : afterTyping(offer, place, typed);
        if (found !== null) best = { offer, found, rank };
        if (best?.rank === 0) break;
      }
      if (best === null) return null;
      const { offer, found } = best;
      kept = kept.filter((each) => each !== offer);
      kept.push(offer);
      return found;
    },
    forget(uri) {
      kept = kept.filter((each) => each.uri !== uri);
    },
  };
}

/**
 * Whether a request that was sent from an anchor may still answer here: the text behind the cursor is the same but for what
 * the editor closed, and what was typed since is the beginning of what has come, or what has come is the beginning of what
 * was typed. A line that is still coming and may turn out to be a model's talk says nothing yet.
 */
export function stillFits(facts: {
  anchorPrefix: string;
  anchorSuffix: string;
  prefix: string;
  suffix: string;
  textSoFar: string;
}): boolean {
  const { anchorPrefix, anchorSuffix, prefix, suffix } = facts;
  const length = prefix.length - anchorPrefix.length;
  if (length < 0 || length > maxTypedCharacters) return false;
  const extra = suffix.length - anchorSuffix.length;
  const typed = prefix.slice(anchorPrefix.length);
  if (!isClosedBy(typed, suffix, extra)) return false;
  if (!agree(typed, facts.textSoFar) && !agree(typed, unwrapped(facts))) return false;
  return prefix.startsWith(anchorPrefix) && suffix.endsWith(anchorSuffix);
}

/**
 * Where the cursor may be while only the text is known: before the old suffix, and before what the editor may have closed
 * there, on the cursor's line or on lines of their own. The last first; some few.
 */
export function cursorsBefore(text: string, suffixLength: number): number[] {
  const end = text.length - suffixLength;
  if (end < 0) return [];
  const offsets = [end];
  let closed = 0;
  for (let at = end - 1; at >= 0 && end - at <= maxClosed + maxClosedSpace; at--) {
    const character = text[at] ?? "";
    if (isSpace(character)) {
      if (character === "\n") offsets.push(text[at - 1] === "\r" ? at - 1 : at);
      continue;
    }
    closed += 1;
    if (closed > maxClosed || !isCloser(character)) break;
    offsets.push(at);
  }
  return offsets;
}

function agree(typedText: string, comeText: string): boolean {
  const typed = withPlainEnds(typedText);
  const come = withPlainEnds(comeText);
  return come.length >= typed.length ? come.startsWith(typed) : typed.startsWith(come);
}

/** What has come without fences, thoughts and the like, which nobody types along. */
function unwrapped(facts: { anchorPrefix: string; anchorSuffix: string; textSoFar: string }): string {
  const place = { kind: "body", lines: "many", maxLines: 16, maxOutputTokens: 256, why: "" } as const;
  const hole = holeOf({ prefix: facts.anchorPrefix, suffix: facts.anchorSuffix, languageId: "", place });
  const around = { ...hole, fromChat: true, finished: "not yet" } as const;
  return openingOf(facts.textSoFar.replace(perhapsTalk, ""), around) ?? "";
}

/** The beginning of a mark, a fence or a sentence, in a line that is still coming. */
const perhapsTalk = /(?<=^|\n)[ \t]*(?:(?:<|`|~|\[[A-Z])[^\n]{0,24}|[A-Z][\p{L}'’,.! ]{0,80})$/u;

interface KeptOffer {
  uri: string;
  id: string;
  text: string;
  prefixLength: number;
  suffixLength: number;
  /** The ends of the document next to the cursor. */
  before: string;
  after: string;
}

const prefixWindow = 6_000;
const suffixWindow = 2_000;
/** Nobody types more than this while a request is under way; a paste is not typing. */
const maxTypedCharacters = 200;
/** Characters that may be deleted before what an offer continued is taken to be unwanted. */
const maxDeleted = 40;
/** Brackets and quotes an editor closes by itself in a row. */
const maxClosed = 4;
/** White space around them: they stand on a line of their own, indented. */
const maxClosedSpace = 200;

interface Place {
  prefix: string;
  suffix: string;
}

function afterTyping(offer: KeptOffer, place: Place, typedLength: number): FoundOffer | null {
  const rest = offer.text.slice(typedLength);
  if (rest === "") return null;
  const extra = place.suffix.length - offer.suffixLength;
  if (extra < 0 || extra > maxClosed + maxClosedSpace) return null;
  const typed = offer.text.slice(0, typedLength);
  if (!place.prefix.endsWith(typed) || !place.suffix.startsWith(offer.after, extra)) return null;
  const cursor = place.prefix.length - typedLength;
  if (!endsAt(place.prefix, offer.before, cursor)) return null;
  if (extra === 0) return { id: offer.id, text: rest, replaces: 0 };
  return isClosedBy(typed, place.suffix, extra)
    ? withClosed(offer.id, typed, rest, place.suffix.slice(0, extra))
    : null;
}

/** What was deleted comes back with the offer, if it was the end of one line. */
function afterDeleting(offer: KeptOffer, place: Place, deletedLength: number): FoundOffer | null {
  if (deletedLength > maxDeleted || deletedLength >= offer.before.length) return null;
  if (place.suffix.length !== offer.suffixLength || !place.suffix.startsWith(offer.after)) return null;
  const left = offer.before.slice(0, -deletedLength);
  const deleted = offer.before.slice(-deletedLength);
  if (deleted.includes("\n") || !endsAt(place.prefix, left, place.prefix.length)) return null;
  return { id: offer.id, text: deleted + offer.text, replaces: 0 };
}

/** Whether `text` up to `end` ends with `part`. */
function endsAt(text: string, part: string, end: number): boolean {
  return end >= part.length && text.startsWith(part, end - part.length);
}

/** Whether the first `length` characters of `suffix` are what an editor closes by itself behind `typed`. */
function isClosedBy(typed: string, suffix: string, length: number): boolean {
  if (length === 0) return true;
  if (length < 0 || length > maxClosed + maxClosedSpace) return false;
  const closers = withoutSpace(suffix.slice(0, length));
  return closers !== "" && closers.length <= maxClosed && closers === closersOf(typed);
}

function withoutSpace(text: string): string {
  return text.replace(/\s/g, "");
}

/** The editor has closed what was typed open. The offer's own closers take their place, or it has none and does not fit. */
function withClosed(id: string, typed: string, rest: string, closed: string): FoundOffer | null {
  const end = endOfClosers(typed, rest, 0);
  if (end === null) return null;
  if (closed.includes("\n")) {
    // What is replaced is on one line, so closers on other lines stay: the offer goes as far as the first of them.
    const first = endOfClosers(typed, rest, withoutSpace(closed).length - 1) ?? end;
    const text = rest.slice(0, first - 1).trimEnd();
    return text === "" ? null : { id, text, replaces: 0 };
  }
  if (end === rest.length && rest.endsWith(closed)) {
    const text = rest.slice(0, -closed.length);
    return text === "" ? null : { id, text, replaces: 0 };
  }
  return { id, text: rest, replaces: closed.length };
}

/** Behind the character of `rest` that leaves `depth` of the brackets open which `typed` has left open, or null. */
function endOfClosers(typed: string, rest: string, depth: number): number | null {
  const open = openOf(typed);
  for (let index = 0; index < rest.length; index++) {
    step(open, rest[index] ?? "");
    if (open.length === depth) return index + 1;
  }
  return null;
}

const closerOf: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}", '"': '"', "'": "'", "`": "`" };

function isSpace(character: string): boolean {
  return /\s/.test(character);
}

function isCloser(character: string): boolean {
  return Object.values(closerOf).includes(character);
}

/** What an editor closes behind `typed`, the innermost first. */
function closersOf(typed: string): string {
  return openOf(typed).reverse().join("");
}

/** The closers that `typed` waits for, the innermost last. */
function openOf(typed: string): string[] {
  const open: string[] = [];
  for (const character of typed) step(open, character);
  return open;
}

function step(open: string[], character: string): void {
  const wanted = open.at(-1);
  if (character === wanted) open.pop();
  else if (wanted === '"' || wanted === "'" || wanted === "`") return;
  else {
    const closer = closerOf[character];
    if (closer !== undefined) open.push(closer);
  }
}

function isSamePlace(one: KeptOffer, other: KeptOffer): boolean {
  return (
    one.uri === other.uri &&
    one.prefixLength === other.prefixLength &&
    one.suffixLength === other.suffixLength &&
    one.before === other.before &&
    one.after === other.after
  );
}

/** A copy: a slice would keep the whole document it was cut from in memory. */
function detached(text: string): string {
  return ` ${text}`.slice(1);
}
