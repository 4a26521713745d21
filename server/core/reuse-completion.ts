import { openingOf } from "./polishers.ts";
import { surroundingsOf, withPlainEnds } from "./surroundings.ts";

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
   * Characters behind the cursor that the text takes the place of: brackets and quotes that the editor closed by itself
   * while the offer was typed, and that the text has in it. Mostly 0.
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
 * Whether a request that was sent from an anchor may still answer here: the text behind the cursor is the same and what
 * was typed since is the beginning of what has come, or what has come is the beginning of what was typed.
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
  if (extra < 0 || extra > maxClosed) return false;
  const typed = prefix.slice(anchorPrefix.length);
  const come = facts.textSoFar;
  if (!agree(typed, come) && !agree(typed, unwrapped(facts))) return false;
  if (extra > 0 && closersOf(typed) !== suffix.slice(0, extra)) return false;
  return prefix.startsWith(anchorPrefix) && suffix.endsWith(anchorSuffix);
}

function agree(typedText: string, comeText: string): boolean {
  const typed = withPlainEnds(typedText);
  const come = withPlainEnds(comeText);
  return come.length >= typed.length ? come.startsWith(typed) : typed.startsWith(come);
}

/** What has come without fences, thoughts and the like, which nobody types along. */
function unwrapped(facts: { anchorPrefix: string; anchorSuffix: string; textSoFar: string }): string {
  const place = { lines: "many", maxLines: 16, maxOutputTokens: 256, why: "" } as const;
  const around = surroundingsOf({
    prefix: facts.anchorPrefix,
    suffix: facts.anchorSuffix,
    languageId: "",
    place,
    fromChat: true,
    finished: "not yet",
  });
  return openingOf(facts.textSoFar, around) ?? "";
}

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

interface Place {
  prefix: string;
  suffix: string;
}

function afterTyping(offer: KeptOffer, place: Place, typedLength: number): FoundOffer | null {
  const rest = offer.text.slice(typedLength);
  if (rest === "") return null;
  const extra = place.suffix.length - offer.suffixLength;
  if (extra < 0 || extra > maxClosed) return null;
  const typed = offer.text.slice(0, typedLength);
  if (!place.prefix.endsWith(typed) || !place.suffix.startsWith(offer.after, extra)) return null;
  const cursor = place.prefix.length - typedLength;
  if (!endsAt(place.prefix, offer.before, cursor)) return null;
  if (extra === 0) return { id: offer.id, text: rest, replaces: 0 };
  const closed = place.suffix.slice(0, extra);
  if (closersOf(typed) !== closed) return null;
  return withClosed(offer.id, typed, rest, closed);
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

/** The editor has closed what was typed open. The offer's own closers take their place, or it has none and does not fit. */
function withClosed(id: string, typed: string, rest: string, closed: string): FoundOffer | null {
  const end = endOfClosers(typed, rest);
  if (end === null) return null;
  if (end === rest.length && rest.endsWith(closed)) {
    const text = rest.slice(0, -closed.length);
    return text === "" ? null : { id, text, replaces: 0 };
  }
  return { id, text: rest, replaces: closed.length };
}

/** Behind the character of `rest` that closes the last bracket which `typed` has left open, or null. */
function endOfClosers(typed: string, rest: string): number | null {
  const open = openOf(typed);
  for (let index = 0; index < rest.length; index++) {
    step(open, rest[index] ?? "");
    if (open.length === 0) return index + 1;
  }
  return null;
}

const closerOf: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}", '"': '"', "'": "'", "`": "`" };

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
