import {
  indentWidth,
  isBlank,
  isInComment,
  isInDocstring,
  isProse,
  lineAbove,
  lineAfter,
  lineBefore,
  lineBelow,
  openQuote,
} from "./code-shape.ts";
import type { CompletionPlace } from "./completion-place.ts";
import { type Bracket, scanBrackets } from "./scan-brackets.ts";

/** What stands around the place that a completion fills, looked at once for all that is decided about its text. */
export interface Hole {
  /** The nearest 6,000 characters before the cursor and 2,000 behind it, lines ended by `\n` alone. */
  prefix: string;
  suffix: string;
  languageId: string;
  place: CompletionPlace;
  /** The cursor's line, on its left and on its right. */
  before: string;
  after: string;
  /** The nearest lines above and below that are not blank. */
  above: string | null;
  below: string | null;
  /** Sentences rather than code: a language of prose, a comment, a text in triple quotes. */
  isText: boolean;
  /** The string that is open at the cursor, on its own line. */
  quote: string | null;
  /** What is open before the cursor, the innermost last. */
  openers: readonly PlacedBracket[];
  /** What the text behind the cursor closes, the innermost first. */
  closers: readonly PlacedBracket[];
}

/** The hole and how the text for it was asked and came. */
export interface Surroundings extends Hole {
  /** The model was asked in chat: prose, fences and the file told back are to be expected. */
  fromChat: boolean;
  /** How the text ended, or that it is still coming. */
  finished: "stop" | "length" | "enough" | "not yet";
}

export interface PlacedBracket {
  character: string;
  /** Of the line it stands on. */
  indent: number;
  /** Whether that is the cursor's line. */
  isHere: boolean;
  /** Whether nothing stands behind it on that line. */
  isLast: boolean;
}

/** Deeper than this nothing is told from its brackets. */
const maxBrackets = 200;
const prefixCharacters = 6_000;
const suffixCharacters = 2_000;

/**
 * The hole at a cursor, `prefix` and `suffix` being the document around it; what is further away than 6,000 characters
 * before and 2,000 behind it is not read. Half a millisecond, so it is looked at before a model is asked and not after.
 */
export function holeOf(facts: { prefix: string; suffix: string; languageId: string; place: CompletionPlace }): Hole {
  const { languageId, place } = facts;
  const prefix = withPlainEnds(facts.prefix.slice(-prefixCharacters));
  const suffix = withPlainEnds(facts.suffix.slice(0, suffixCharacters));
  const before = lineBefore(prefix);
  const inComment = isInComment(before, languageId);
  const quote = isProse(languageId) || inComment ? null : openQuote(before, languageId);
  const hereFrom = prefix.length - before.length;
  const hereTo = lineAfter(suffix).length;
  return {
    languageId,
    place,
    prefix,
    suffix,
    before,
    after: lineAfter(suffix),
    above: lineAbove(prefix),
    below: lineBelow(suffix),
    isText: inComment || isProse(languageId) || isInDocstring(prefix, languageId),
    quote,
    openers: scanBrackets(prefix, languageId)
      .open.slice(-maxBrackets)
      .map((bracket) => placed(bracket, prefix, bracket.offset >= hereFrom)),
    closers: scanBrackets(suffix, languageId, quote)
      .close.slice(0, maxBrackets)
      .map((bracket) => placed(bracket, suffix, bracket.offset < hereTo)),
  };
}

export function withPlainEnds(text: string): string {
  return text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
}

function placed({ character, offset }: Bracket, text: string, isHere: boolean): PlacedBracket {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const end = text.indexOf("\n", offset);
  return {
    character,
    indent: indentWidth(text.slice(start, offset)),
    isHere,
    isLast: isBlank(text.slice(offset + 1, end === -1 ? text.length : end)),
  };
}
