/**
 * Token counts without a tokenizer: one pass over the text by class of character. The constants are set so that prose
 * comes out near 4.5 characters a token and code near 3.3, which is where the byte-pair vocabularies in use agree; the
 * engine corrects the rest with a factor it learns from reported usage.
 */

/** About how many tokens a text is. For prices shown ahead and for the context window; never for money that is held. */
export function estimateTokens(text: string): number {
  return Math.ceil(countTokens(text, estimateWeights));
}

/**
 * A number of tokens that a text does not exceed: at most one a UTF-8 byte, which no byte-pair vocabulary can exceed, and
 * less where all of them merge: letters that look like words, a space before a word, runs of spaces or of the same sign.
 */
export function boundTokens(text: string): number {
  return Math.ceil(countTokens(text, boundWeights));
}

interface Weights {
  /** Tokens of a run of letters of one case pattern; `plain` says it is pronounceable and so likely in a vocabulary. */
  word(letters: number, upper: number, plain: number): number;
  digits(count: number): number;
  /** Spaces and `tabs` tabs, `count` in all; `beforeWord`: 1 when a letter follows, which then swallows one of them. */
  blanks(count: number, tabs: number, beforeWord: number): number;
  newlines(count: number): number;
  signs(count: number): number;
  /** A run of one sign repeated, of four or more. */
  repeated(count: number): number;
  cjk: number;
  latin: number;
  alphabet: number;
  other: number;
  /** Half a surrogate pair: an emoji has two. */
  surrogate: number;
}

const estimateWeights: Weights = {
  word: (letters, upper) =>
    letters <= 8 ? (upper > 3 ? 1 + (letters - 1) / 6 : 1) : 1 + (letters - 8) / 6 + (upper > 3 ? 1 : 0),
  digits: (count) => Math.ceil(count / 2.5),
  blanks: (count, _tabs, beforeWord) => (count - beforeWord <= 0 ? 0 : 1 + (count - beforeWord - 1) / 48),
  newlines: (count) => 0.6 + (count - 1) / 8,
  signs: (count) => (count === 1 ? 0.9 : 0.4 + count * 0.5),
  repeated: (count) => 1 + count / 12,
  cjk: 1,
  latin: 0.7,
  alphabet: 0.55,
  other: 1.3,
  surrogate: 1.3,
};

const boundWeights: Weights = {
  word: (letters, upper, plain) => {
    if (plain === 0) return letters;
    return upper > 1 ? Math.min(letters, Math.ceil((2 * letters) / 3) + 1) : Math.ceil(letters / 2);
  },
  // Some vocabularies give every digit its own token.
  digits: (count) => count,
  // A word swallows a space in every vocabulary, a tab in few; some have no runs of tabs, nor of both kinds mixed.
  blanks: (count, tabs, beforeWord) => {
    if (tabs > 0) return count;
    return count <= beforeWord ? 0 : Math.min(count, 1 + (count - beforeWord) / 4);
  },
  newlines: (count) => (count === 1 ? 1 : Math.min(count, 1 + count / 2)),
  signs: (count) => count,
  repeated: (count) => Math.min(count, 3 + count / 2),
  cjk: 3,
  latin: 2,
  alphabet: 2,
  other: 3,
  surrogate: 2,
};

// Classes of the first 128 characters.
const LOWER = 1;
const UPPER = 2;
const DIGIT = 3;
const BLANK = 4;
const NEWLINE = 5;
const SIGN = 6;
const classOf = new Uint8Array(128);
/** 1 for a vowel: a run of letters without one in any five is taken for noise, not a word. */
const vowel = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  classOf[code] = SIGN;
  if (code >= 97 && code <= 122) classOf[code] = LOWER;
  if (code >= 65 && code <= 90) classOf[code] = UPPER;
  if (code >= 48 && code <= 57) classOf[code] = DIGIT;
  if (code === 32 || code === 9) classOf[code] = BLANK;
  if (code === 10 || code === 13) classOf[code] = NEWLINE;
}
for (const letter of "aeiouyAEIOUY") vowel[letter.charCodeAt(0)] = 1;

/** Consonants in a row that a word of a vocabulary has; with more, or without a vowel, letters may stand alone. */
const maxConsonants = 3;

function countTokens(text: string, weights: Weights): number {
  const length = text.length;
  let total = 0;
  let at = 0;
  while (at < length) {
    const code = text.charCodeAt(at);
    if (code >= 128) {
      total += wide(code, weights);
      at++;
      continue;
    }
    const kind = classOf[code] ?? SIGN;
    let end = at + 1;
    if (kind === LOWER || kind === UPPER) {
      let upper = kind === UPPER ? 1 : 0;
      let consonants = vowel[code] === 1 ? 0 : 1;
      let vowels = vowel[code] === 1 ? 1 : 0;
      let plain = 1;
      let previous = kind;
      while (end < length) {
        const next = text.charCodeAt(end);
        const nextKind = next < 128 ? classOf[next] : 0;
        if (nextKind !== LOWER && nextKind !== UPPER) break;
        // A hump of camelCase begins a new word.
        if (nextKind === UPPER && previous === LOWER) break;
        if (nextKind === UPPER) upper++;
        if (vowel[next] === 1) {
          vowels = 1;
          consonants = 0;
        } else consonants++;
        if (consonants > maxConsonants) plain = 0;
        previous = nextKind;
        end++;
      }
      total += weights.word(end - at, upper, plain * vowels);
    } else if (kind === SIGN) {
      let same = 1;
      while (end < length) {
        const next = text.charCodeAt(end);
        if (next >= 128 || classOf[next] !== SIGN) break;
        if (next === code) same++;
        end++;
      }
      const count = end - at;
      total += same === count && count >= 4 ? weights.repeated(count) : weights.signs(count);
    } else {
      let tabs = code === 9 ? 1 : 0;
      while (end < length) {
        const next = text.charCodeAt(end);
        if (next >= 128 || classOf[next] !== kind) break;
        if (next === 9) tabs++;
        end++;
      }
      const count = end - at;
      if (kind === DIGIT) total += weights.digits(count);
      else if (kind === NEWLINE) total += weights.newlines(count);
      else {
        const next = end < length ? text.charCodeAt(end) : 0;
        const nextKind = next < 128 ? classOf[next] : 0;
        total += weights.blanks(count, tabs, nextKind === LOWER || nextKind === UPPER ? 1 : 0);
      }
    }
    at = end;
  }
  return total;
}

function wide(code: number, weights: Weights): number {
  if (code < 0x250) return weights.latin;
  if (code < 0x590) return weights.alphabet;
  if (code < 0x800) return weights.alphabet;
  if ((code >= 0x3040 && code <= 0x9fff) || (code >= 0xac00 && code <= 0xd7af)) return weights.cjk;
  if (code >= 0xd800 && code <= 0xdfff) return weights.surrogate;
  return weights.other;
}
