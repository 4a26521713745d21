import { codeReader } from "./char-codes.ts";
import { sampleText } from "./sample-text.ts";

/**
 * What a text shows without being understood: its shape as a few dense numbers, and its words as hashed columns. What the
 * trained experts see of a question that brings no editor with it. Pure and total.
 */
export interface TextShape {
  /** One number for each name of `shapeTable`, in its order. */
  dense: Float64Array;
  /** Columns of the words that occur, below WORD_COLUMNS, and their values; the values' squares sum to 1. */
  columns: Int32Array;
  values: Float64Array;
}

/** The one place that says what each dense number is: its range, and why it is looked at. */
export const shapeTable = {
  characters: "ln(1 + n) of the whole text, 0 to 16: length alone is close to published routers",
  words: "ln(1 + n), 0 to 7: the same without code and numbers",
  wordLength: "letters of the mean word, 0 to 4,000: formal text has longer ones",
  distinctWords: "share of words that are new, 0 to 1: statements repeat their terms",
  beforeExamples: "ln(1 + characters) before the first example or bound, 0 to 9: what must be understood",
  constraints: "ln(1 + characters) of the stated bounds, 0 to 7: how much is promised about the input",
  constraintLines: "lines of the stated bounds, 0 to 800",
  largestPower: "the largest n of 10^n, 0 to 4,000: how large the input may be",
  smallestPower: "the smallest n of 10^n, 0 to 4,000",
  powers: "how many powers of ten stand there, 0 to 1,333",
  modulus: "a prime to count modulo, 0 or 1: counting problems",
  starterCode: "a class to fill in, 0 or 1: the shape of the answer is given",
  examples: "worked examples, 0 to 400: what is wanted can be checked",
  explained: "an example is explained, 0 or 1",
  formulas: "dollar signs per 100 characters, 0 to 100: formulas",
  digits: "digits per 100 characters, 0 to 100",
  brackets: "brackets per 100 characters, 0 to 100: code or tuples",
  upper: "capitals per 100 characters, 0 to 100: names, constants",
  operators: "operators per 100 characters, 0 to 100: formulas and code",
  lines: "ln(1 + n), 0 to 9",
  sentences: "full stops per 100 characters before the examples, 0 to 100: short sentences are plain ones",
  commas: "commas per 100 characters, 0 to 100: long sentences, lists of values",
  questions: "ln(1 + question marks), 0 to 9",
  numbers: "ln(1 + n), 0 to 8: a word problem's steps",
  largestNumber: "ln(1 + n), at most 1e12, 0 to 28",
  decimals: "ln(1 + n), 0 to 8: numbers that round",
  percents: "ln(1 + n), 0 to 9: shares of shares",
  money: "an amount in dollars, 0 or 1",
  slashes: "ln(1 + n), 0 to 9: fractions, paths, rates",
} as const;
export type ShapeName = keyof typeof shapeTable;
export const shapeNames = Object.keys(shapeTable).filter((name): name is ShapeName => Object.hasOwn(shapeTable, name));

/** So many columns for words; two words in one column are no harm among so many. */
export const WORD_COLUMNS = 4_096;
/** What is read of a text. */
export const SHAPE_CHARACTERS = 4_000;
/** The bounds of a problem are looked for in so many characters from where they begin. */
const BOUNDS_CHARACTERS = 800;
const LARGEST_NUMBER = 1e12;

const LETTER = 1;
const CAPITAL = 2;
const DIGIT = 3;
const BLANK = 4;
const kinds = new Uint8Array(65_536).fill(BLANK, 0, 33).fill(LETTER, 97, 123).fill(CAPITAL, 65, 91).fill(DIGIT, 48, 58);
const isBracket = marks("[](){}");
const isOperator = marks("_^\\<>=+*-");

function marks(all: string): Uint8Array {
  const found = new Uint8Array(128);
  for (const mark of all) found[mark.charCodeAt(0)] = 1;
  return found;
}

/** How often a word of each column was met; all zero between two calls. */
const met = new Uint16Array(WORD_COLUMNS);

/** FNV-1a, 32 bits. */
const HASH_START = 0x811c9dc5;
const HASH_FACTOR = 0x01000193;

const readCodes = codeReader(SHAPE_CHARACTERS);

/** Reads a text once, at most 4,000 characters of it (head and tail); the words are in lower case. */
export function shapeOf(text: string): TextShape {
  const read = sampleText(text, SHAPE_CHARACTERS);
  const codes = readCodes(read);
  const length = Math.max(1, read.length);
  const before = firstOf(read, ["Constraints", "Input\n", "Sample Input", "Example 1"]);
  const bounds = read.indexOf("Constraints");
  const boundsEnd = bounds < 0 ? -1 : Math.min(read.length, bounds + BOUNDS_CHARACTERS);

  const columns: number[] = [];
  const meet = (hash: number): boolean => {
    const column = hash % WORD_COLUMNS;
    const times = met[column] ?? 0;
    met[column] = times + 1;
    if (times === 0) columns.push(column);
    return times === 0;
  };
  let words = 0;
  let letters = 0;
  let distinct = 0;
  let capitals = 0;
  let digits = 0;
  let numbers = 0;
  let largest = 0;
  let decimals = 0;
  let brackets = 0;
  let operators = 0;
  let lines = 0;
  let boundLines = 0;
  let stops = 0;
  let commas = 0;
  let questions = 0;
  let percents = 0;
  let slashes = 0;
  let dollars = 0;
  let money = 0;
  let powers = 0;
  let largestPower = 0;
  let smallestPower = Number.POSITIVE_INFINITY;
  const power = (of: number): void => {
    powers += 1;
    if (of > largestPower) largestPower = of;
    if (of < smallestPower) smallestPower = of;
  };

  for (let at = 0; at < read.length; ) {
    const code = codes[at] ?? 0;
    const kind = kinds[code];
    if (kind === LETTER || kind === CAPITAL) {
      let hash = HASH_START;
      const start = at;
      for (; at < read.length; at += 1) {
        let letter = codes[at] ?? 0;
        const its = kinds[letter];
        if (its === CAPITAL) {
          capitals += 1;
          letter += 32;
        } else if (its !== LETTER) break;
        hash = Math.imul(hash ^ letter, HASH_FACTOR);
      }
      words += 1;
      letters += at - start;
      if (meet(hash >>> 0)) distinct += 1;
      continue;
    }
    if (kind === DIGIT) {
      let hash = HASH_START;
      let value = 0;
      let isRound = true;
      const start = at;
      for (; at < read.length; at += 1) {
        const digit = codes[at] ?? 0;
        if (kinds[digit] !== DIGIT) break;
        if (digit !== (at === start ? 49 : 48)) isRound = false;
        value = value * 10 + digit - 48;
        hash = Math.imul(hash ^ digit, HASH_FACTOR);
      }
      digits += at - start;
      meet(hash >>> 0);
      if (start > 1 && codes[start - 1] === 46 && kinds[codes[start - 2] ?? 0] === DIGIT) decimals += 1;
      else numbers += 1;
      if (value > largest) largest = value;
      if (isRound && at - start >= 3) power(at - start - 1);
      else if (isRound && at - start === 2) {
        const exponent = exponentAt(read, at);
        if (exponent !== null) power(exponent);
      }
      continue;
    }
    at += 1;
    if (code === 10) {
      lines += 1;
      if (at > bounds && at <= boundsEnd) boundLines += 1;
    }
    if (kind === BLANK) continue;
    meet(Math.imul(HASH_START ^ code, HASH_FACTOR) >>> 0);
    if (code >= 128) continue;
    if (isBracket[code] === 1) brackets += 1;
    else if (isOperator[code] === 1) operators += 1;
    else if (code === 46) {
      if (at <= before) stops += 1;
    } else if (code === 44) commas += 1;
    else if (code === 63) questions += 1;
    else if (code === 37) percents += 1;
    else if (code === 47) slashes += 1;
    else if (code === 36) {
      dollars += 1;
      if (kinds[codes[at] ?? 0] === DIGIT) money = 1;
    }
  }

  const dense = Float64Array.of(
    Math.log1p(text.length),
    Math.log1p(words),
    letters / Math.max(1, words),
    distinct / Math.max(1, words),
    Math.log1p(before),
    Math.log1p(boundsEnd - Math.max(bounds, -1)),
    boundLines,
    largestPower,
    powers === 0 ? 0 : smallestPower,
    powers,
    Number(read.includes("998244353") || read.includes("10^9 + 7") || read.includes("10^9+7")),
    Number(read.includes("class Solution")),
    occurrences(read, "Example ") + occurrences(read, "Sample Input"),
    Number(read.includes("Explanation")),
    (100 * dollars) / length,
    (100 * digits) / length,
    (100 * brackets) / length,
    (100 * capitals) / length,
    (100 * operators) / length,
    Math.log1p(lines),
    (100 * stops) / Math.max(1, before),
    (100 * commas) / length,
    Math.log1p(questions),
    Math.log1p(numbers),
    Math.log1p(Math.min(LARGEST_NUMBER, largest)),
    Math.log1p(decimals),
    Math.log1p(percents),
    money,
    Math.log1p(slashes),
  );
  return { dense, ...takeWords(columns) };
}

/** How often each column was met, damped (1 + ln n) and scaled to length 1 over all; forgets it. */
function takeWords(found: readonly number[]): { columns: Int32Array; values: Float64Array } {
  const columns = new Int32Array(found);
  const values = new Float64Array(columns.length);
  let size = 0;
  for (let at = 0; at < columns.length; at += 1) {
    const column = columns[at] ?? 0;
    const times = met[column] ?? 1;
    const value = damped[times] ?? 1 + Math.log(times);
    met[column] = 0;
    values[at] = value;
    size += value * value;
  }
  const scale = size === 0 ? 0 : 1 / Math.sqrt(size);
  for (let at = 0; at < values.length; at += 1) values[at] = (values[at] ?? 0) * scale;
  return { columns, values };
}

/** 1 + ln n for as many times as a word is met in all but odd texts. */
const damped = Float64Array.from({ length: 1_024 }, (_, n) => 1 + Math.log(n));

/** Where the first of some marks stands; the whole length where none does. */
function firstOf(text: string, wanted: readonly string[]): number {
  let first = text.length;
  for (const mark of wanted) {
    const at = text.indexOf(mark);
    if (at >= 0 && at < first) first = at;
  }
  return first;
}

/** The n of `^n`, `^{n}` or ` ^ n` behind a 10; null where there is none. */
function exponentAt(text: string, from: number): number | null {
  let at = from;
  let isPower = false;
  for (; at < text.length && at < from + 4; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 94) isPower = true;
    else if (code !== 32 && code !== 123) break;
  }
  if (!isPower) return null;
  let exponent = -1;
  for (let digit = 0; digit < 3; digit += 1, at += 1) {
    const code = text.charCodeAt(at);
    if (!(code >= 48 && code <= 57)) break;
    exponent = Math.max(0, exponent) * 10 + code - 48;
  }
  return exponent < 0 ? null : exponent;
}

function occurrences(text: string, mark: string): number {
  let count = 0;
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + mark.length)) count += 1;
  return count;
}
