/**
 * How the simulated vendors cut a text into tokens: words with the blank before them, long words in pieces of six
 * letters, digits in threes, blanks and line ends in runs, one sign each, one character of other scripts each. Joined,
 * the pieces are the text. It is not the estimate Wayfare makes, on purpose: a vendor's count differs from every guess.
 */
const token = /[ \t]?[A-Za-z]{1,6}| ?\p{L}{1,2}| ?\d{1,3}|[ \t]{1,16}|(?:\r?\n){1,4}|[^\s\p{L}\d]|[\s\S]/gu;

/** The pieces of a text, in order. */
export function splitTokens(text: string): string[] {
  return text.match(token) ?? [];
}

/** How many pieces a text has, without keeping them. */
export function countTokens(text: string): number {
  let count = 0;
  token.lastIndex = 0;
  while (token.test(text)) count += 1;
  return count;
}
