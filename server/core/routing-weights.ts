import * as z from "zod";
import type { ExpertHead, Experts } from "./experts.ts";
import { featureNames } from "./feature-table.ts";
import { textForms } from "./text-form.ts";
import { shapeNames, WORD_COLUMNS } from "./text-shape.ts";
import type { EditorWeights } from "./weights.ts";

/** The data file that training writes and the classifier reads: what it weighs with, and where that came from. */

/** Of the file's form. A file of a newer one is not read: what it means is not known here. */
export const WEIGHTS_VERSION = 1;

export interface RoutingWeights {
  /** YYYY-MM-DD. */
  trainedOn: string;
  /** How many rows of each source were trained on. */
  rows: Readonly<Record<string, number>>;
  /** Area recovered by set and pair, cross-validated on those rows. */
  scores: Readonly<Record<string, number>>;
  editor: EditorWeights;
  experts: Experts;
}

/** Far more than training gives, which is below 5; what is beyond it would decide every question alone. */
const MOST_WEIGHT = 1_000;
/** For means, spreads and limits. No number of a text's shape is beyond 4,000 (text-shape.ts). */
const MOST_MEASURE = 10_000;
/** What training adds to every spread, since shapes are divided by it. */
const LEAST_SPREAD = 1e-6;
const weight = z.number().min(-MOST_WEIGHT).max(MOST_WEIGHT);
const measure = z.number().min(-MOST_MEASURE).max(MOST_MEASURE);
const pair = z.strictObject({ cheap: weight, frontier: weight });
const dense = z.array(weight).length(shapeNames.length);
const nodes = 7;
const tree = z.strictObject({
  columns: z.array(z.int().nonnegative().lt(shapeNames.length)).length(nodes),
  limits: z.array(measure).length(nodes),
  leaves: z.array(weight).length(nodes + 1),
});
const head = z.strictObject({
  intercept: weight,
  dense,
  /** One signed byte a column, in base 64. */
  words: z
    .base64()
    .transform((coded) => Int8Array.from(Buffer.from(coded, "base64")))
    .refine((columns) => columns.length === WORD_COLUMNS, `needs ${WORD_COLUMNS} bytes`),
  wordScale: weight,
  base: weight,
  trees: z.array(tree),
});
const expert = z.strictObject({
  mean: z.array(measure).length(shapeNames.length),
  spread: z.array(measure.min(LEAST_SPREAD)).length(shapeNames.length),
  linearShare: z.number().min(0).max(1),
  heads: z.strictObject({ level: head, low: head, high: head }),
});
const fileSchema = z.strictObject({
  version: z.literal(WEIGHTS_VERSION),
  trainedOn: z.iso.date(),
  rows: z.record(z.string(), z.number()),
  scores: z.record(z.string(), z.number()),
  editor: z.strictObject({ baseline: pair, features: z.record(z.enum(featureNames), pair) }),
  experts: z.partialRecord(z.enum(textForms), expert),
});

/** The weights, or in words why they cannot be used. */
export type ReadWeights = { weights: RoutingWeights } | { problem: string };

/** The weights of a file's text. */
export function parseRoutingWeights(text: string): ReadWeights {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return { problem: "it is no JSON" };
  }
  const version = z.object({ version: z.number() }).safeParse(read).data?.version;
  if (version !== undefined && version > WEIGHTS_VERSION) {
    return { problem: `it is of version ${version}, and this Wayfare reads version ${WEIGHTS_VERSION}` };
  }
  const file = fileSchema.safeParse(read);
  if (!file.success) return { problem: problemOf(file.error) };
  const { version: _, ...weights } = file.data;
  return { weights };
}

export interface WeighedWith {
  /** What questions are weighed with; null: what was set by hand. */
  weights: RoutingWeights | null;
  /** What a person is told of what could not be read, a few sentences each. */
  notices: readonly string[];
}

/** What to weigh with, of what was read; undefined: nothing was. */
export function weighedWith(read: ReadWeights | undefined): WeighedWith {
  if (read === undefined) return { weights: null, notices: [] };
  if ("weights" in read) return { weights: read.weights, notices: [] };
  const notice = `Wayfare's routing weights cannot be read (${read.problem}): questions are weighed by simpler ones. Install the extension anew.`;
  return { weights: null, notices: [notice] };
}

/** The first thing that is wrong, with the field it is wrong in, in so many characters as a notice has room for. */
function problemOf({ issues: [first] }: z.ZodError): string {
  if (first === undefined) return "it has another form";
  return [first.path.join("."), first.message]
    .filter((part) => part !== "")
    .join(": ")
    .slice(0, 200);
}

/** The text of a file with these weights: the same weights give the same text. */
export function formatRoutingWeights(weights: RoutingWeights): string {
  const code = (head: ExpertHead) => ({ ...head, words: Buffer.from(head.words.buffer).toString("base64") });
  const experts = Object.fromEntries(
    Object.entries(weights.experts).map(([form, { heads, ...rest }]) => [
      form,
      { ...rest, heads: { level: code(heads.level), low: code(heads.low), high: code(heads.high) } },
    ]),
  );
  return `${JSON.stringify({ version: WEIGHTS_VERSION, ...weights, experts })}\n`;
}
