import type { Classification, Reason } from "../../shared/answer.ts";
import { gainWorthPaying, tierFor } from "./classify.ts";
import { isBlank, lineAfter, lineBefore } from "./code-shape.ts";
import type { CompletionPlace } from "./completion-place.ts";
import { completionWeights } from "./completion-weights.ts";
import { readScope } from "./read-scope.ts";

/**
 * How hard the place of a completion is. No word of a prompt takes part, for there is none: what counts is the place and
 * what stands around it. Every feature is 0 to 1. Those that have a weight in `completion-weights.ts` decide; the others
 * are written down with them, so that a larger set of labelled places can say what they are worth.
 *
 * | name           | range                              | why                                                               |
 * | -------------- | ---------------------------------- | ----------------------------------------------------------------- |
 * | `piece`        | 0 or 1                             | less than a line is missing: the line and its scope dictate it    |
 * | `closing`      | 0 or 1                             | a call or the like only has to be filled and closed               |
 * | `argument`     | 0 or 1                             | lines between brackets: entries among entries, or a nested query  |
 * | `import`       | 0 or 1                             | the rest of the file says what is used                            |
 * | `string`       | 0 or 1                             | a text, often like one nearby                                     |
 * | `comment`      | 0 or 1                             | says what the code beside it says                                 |
 * | `markup`       | 0 or 1                             | elements among elements                                           |
 * | `statement`    | 0 or 1                             | a statement among others, or the rest of a body                   |
 * | `body`         | 0 or 1                             | a body that has nothing in it yet                                 |
 * | `top`          | 0 or 1                             | nothing above says anything                                       |
 * | `doc`          | 0 … 6 lines of prose               | rules that a body has to keep, as far as it is still to be written |
 * | `outerDoc`     | the same                           | the same, of what the scope stands in, or of the file             |
 * | `tags`         | 0 … 8 lines, by doubling           | parameters, results and errors that were worth describing         |
 * | `tests`        | 0 … 31 lines, by doubling          | tests that stand beside the body are rules, too                   |
 * | `inTest`       | 0 or 1                             | a test follows its title and its neighbours                       |
 * | `parameters`   | 0 … 6                              | of the scope's head: things to be held together                   |
 * | `depth`        | 0 … 6 heads                        | indentation depth: far inside, the code around dictates           |
 * | `tokensBefore` | 0 … 12                             | what is written of the line already                               |
 * | `tokensLeft`   | 0 … 8                              | what the line has behind the cursor                               |
 * | `linesBefore`  | 0 … 31 lines, by doubling          | how far the scope has come                                        |
 * | `linesAfter`   | 0 … 31 lines, by doubling          | what follows uses what is missing, and so dictates it             |
 * | `sameHeads`    | 0 … 3                              | another case, test or setter of the same form stands nearby       |
 * | `sameLines`    | 0 … 3                              | lines beside it have the same form                                |
 */
export const completionFeatureNames = [
  "piece",
  "closing",
  "argument",
  "import",
  "string",
  "comment",
  "markup",
  "statement",
  "body",
  "top",
  "doc",
  "outerDoc",
  "tags",
  "tests",
  "inTest",
  "parameters",
  "depth",
  "tokensBefore",
  "tokensLeft",
  "linesBefore",
  "linesAfter",
  "sameHeads",
  "sameLines",
] as const;
export type CompletionFeatureName = (typeof completionFeatureNames)[number];
export type CompletionFeatures = Readonly<Record<CompletionFeatureName, number>>;

export interface ComplexityFacts {
  /** The whole document. */
  text: string;
  offset: number;
  languageId: string;
  /** What `placeOf` says of it. */
  place: CompletionPlace;
}

/** What the model of completions is made of: log-odds that the cheap model is right, and that the frontier one is. */
export interface CompletionWeights {
  baseline: { cheap: number; frontier: number };
  /** Of the cheap head, for the features that take part; the frontier's is its baseline alone. */
  cheap: Readonly<Partial<Record<CompletionFeatureName, number>>>;
}

/** The features of a place. Reads some thousand characters around the cursor; pure and total. */
export function completionFeatures({ text, offset, languageId, place }: ComplexityFacts): CompletionFeatures {
  const before = lineBefore(text.slice(Math.max(0, offset - mostOfLine), offset));
  const after = lineAfter(text.slice(offset, offset + mostOfLine));
  const { kind } = place;
  const is = (yes: boolean): number => (yes ? 1 : 0);
  const isPiece = !isBlank(before) || pieces.has(kind);
  const scope = readScope({ text, offset, languageId });
  const missing = isPiece ? 0 : missingShare(scope.linesAfter);
  return {
    piece: is(isPiece),
    closing: is(kind === "closing"),
    argument: is(kind === "argument"),
    import: is(kind === "import"),
    string: is(kind === "string"),
    comment: is(kind === "comment"),
    markup: is(kind === "markup"),
    statement: is(kind === "statement"),
    body: is(kind === "body" || kind === "described"),
    top: is(kind === "top"),
    doc: missing * share(scope.docLines, mostDocLines),
    outerDoc: missing * share(scope.outerDocLines, mostDocLines),
    tags: missing * byDoubling(scope.tagLines, 3),
    tests: missing * byDoubling(scope.testLines, lineDoublings),
    inTest: is(scope.isInTest),
    parameters: share(scope.parameters, 6),
    depth: share(scope.depth, 6),
    tokensBefore: share(countTokens(before), 12),
    tokensLeft: share(countTokens(after), 8),
    linesBefore: byDoubling(scope.linesBefore, lineDoublings),
    linesAfter: byDoubling(scope.linesAfter, lineDoublings),
    sameHeads: share(scope.siblingHeads, 3),
    sameLines: share(scope.siblingLines, 3),
  };
}

/**
 * Which tier a completion needs, with the same two heads and the same exchange rate as a question: the frontier is worth
 * it when what it adds exceeds what `quality` (0 economy … 100) says it must. Pure and total.
 */
export function completionComplexity(
  features: CompletionFeatures,
  { quality, weights = completionWeights }: { quality: number; weights?: CompletionWeights },
): Classification {
  let cheap = weights.baseline.cheap;
  const reasons: Reason[] = [];
  for (const name of completionFeatureNames) {
    const value = features[name];
    const weight = weights.cheap[name];
    if (value === 0 || weight === undefined) continue;
    cheap += weight * value;
    const towards = -weight * value;
    if (Math.abs(towards) >= minReasonWeight) {
      reasons.push({ feature: name, words: wordsFor(name, features), weight: towards });
    }
  }
  reasons.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
  return {
    ...tierFor({
      cheapRight: probability(cheap),
      frontierRight: probability(weights.baseline.frontier),
      leastGain: gainWorthPaying(quality),
    }),
    reasons: reasons.slice(0, maxReasons),
    features: { ...features },
  };
}

/** One clause for the record of a completion: the two reasons that weighed most for the tier it needs. */
export function describeComplexity({ tier, reasons }: Pick<Classification, "tier" | "reasons">): string {
  const sign = tier === "frontier" ? 1 : -1;
  const found = reasons.filter((each) => each.weight * sign > 0).map((each) => each.words);
  if (found.length === 0) return tier === "cheap" ? "a simple place" : "not a simple place";
  return found.slice(0, 2).join(", ");
}

type Words = string | ((features: CompletionFeatures) => string);

const words: Readonly<Record<CompletionFeatureName, Words>> = {
  piece: (features) => {
    const place = (["closing", "import", "string", "comment"] as const).find((name) => features[name] === 1);
    return place === undefined ? "the rest of a line" : wordsFor(place, features);
  },
  closing: "closes a call",
  argument: "lines between brackets",
  import: "an import",
  string: "inside a string",
  comment: "inside a comment",
  markup: "elements among elements",
  statement: "a statement among others",
  body: "a whole body",
  top: "the top of a file",
  doc: ({ doc }) => `${linesIn(doc * mostDocLines, mostDocLines)} of comment to keep to`,
  outerDoc: ({ outerDoc }) => `${linesIn(outerDoc * mostDocLines, mostDocLines)} of comment above its scope to keep to`,
  tags: "described parameters",
  tests: ({ tests }) => `${linesIn(2 ** (tests * lineDoublings) - 1, 2 ** lineDoublings - 1)} of tests to pass`,
  inTest: "inside a test",
  parameters: "parameters to hold together",
  depth: "deep inside other code",
  tokensBefore: "a line that has begun",
  tokensLeft: "code behind the cursor",
  linesBefore: "code above it in its scope",
  linesAfter: "the code below dictates it",
  sameHeads: "neighbours of the same form",
  sameLines: "lines of the same form beside it",
};

function wordsFor(name: CompletionFeatureName, features: CompletionFeatures): string {
  const found = words[name];
  return typeof found === "string" ? found : found(features);
}

/** Where less than a line is missing even when the cursor's line is blank. */
const pieces: ReadonlySet<CompletionPlace["kind"]> = new Set([
  "comment",
  "string",
  "import",
  "prose",
  "closing",
  "code",
]);
const minReasonWeight = 0.1;
const maxReasons = 8;
const mostOfLine = 2_000;

function probability(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}

function share(count: number, most: number): number {
  return Math.min(1, count / most);
}

/** 0 for none, 1 for 2^`doublings` − 1: the tenth line adds less than the second. */
function byDoubling(count: number, doublings: number): number {
  return Math.min(1, Math.log2(1 + count) / doublings);
}

/** How much of a body is still to be written: all of it at its end, nothing where code enough follows in its scope. */
function missingShare(linesAfter: number): number {
  return Math.min(1, Math.max(0, (6 - linesAfter) / 4));
}

/** "1 line", "4 lines", "at least 6 lines". */
function linesIn(lines: number, most: number): string {
  const count = Math.max(1, Math.round(lines));
  if (count >= most) return `at least ${most} lines`;
  return count === 1 ? "1 line" : `${count} lines`;
}

/** A comment as long as this is a specification, and so is a longer one. */
const mostDocLines = 6;
/** 31 lines. */
const lineDoublings = 5;

/** Words and marks of a line, as many of them as make a difference. */
function countTokens(line: string): number {
  let count = 0;
  let isInWord = false;
  for (let at = 0; at < line.length && count < mostTokens; at += 1) {
    const character = line.charCodeAt(at);
    const isSpace = character === 32 || character === 9;
    const isWord = !isSpace && (character > 127 || /\w|\$/.test(line[at] ?? ""));
    if (!isSpace && !(isWord && isInWord)) count += 1;
    isInWord = isWord;
  }
  return count;
}
const mostTokens = 16;
