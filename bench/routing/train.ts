import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { formatRoutingWeights, parseRoutingWeights, type RoutingWeights } from "../../server/core/routing-weights.ts";
import { crossValidated, scoredOf } from "./cross-validate.ts";
import { readEditorPart } from "./editor-set.ts";
import { areaRecovered } from "./metric.ts";
import { plainSet } from "./plain-set.ts";
import { orSay } from "./read-jsonl.ts";
import { readDataFolder } from "./rows.ts";
import { routingSets } from "./sets.ts";
import { exampleOf, exampleOfTier, trainEditor } from "./train-editor.ts";
import { trainExperts } from "./train-experts.ts";

/**
 * `npm run train -- DATA_FOLDER [--date YYYY-MM-DD]`: trains the classifier and writes data/routing-weights.json. The same
 * data gives the same file: its date changes only where something else does, or where one is named.
 */

/** A request of the plain set counts half: it has one label, and was written to be clear. */
const PLAIN_WEIGHT = 0.5;

export const weightsFile = join(import.meta.dirname, "../../data/routing-weights.json");

const [folder, flag, named] = process.argv.slice(2);
if (folder === undefined || folder.startsWith("--") || (flag !== undefined && (flag !== "--date" || !isDate(named)))) {
  console.error(
    "Name the folder with the graded questions: npm run train -- DATA_FOLDER [--date YYYY-MM-DD]. It holds one JSON object a line: {id, source, prompt, group, outcomes: {model: 0..1}}.",
  );
  process.exit(1);
}

const rows = orSay(() => readDataFolder(folder));
const editor = readEditorPart("train").filter(({ kind }) => kind !== "completion");
const plain = plainSet();
const counts: Record<string, number> = {};
for (const { source } of rows) counts[source] = (counts[source] ?? 0) + 1;
counts["editor requests"] = editor.length;
counts["plain requests"] = plain.length;

console.log(`Cross-validating on ${rows.length} questions …`);
const foreseen = crossValidated(rows, 1);
const scores: Record<string, number> = {};
for (const set of routingSets) {
  for (const pair of set.pairs) {
    const [weak, strong] = pair;
    const area = areaRecovered(scoredOf(set, pair, rows, (row) => foreseen.get(row)?.gain(weak, strong) ?? 0));
    if (Number.isFinite(area)) scores[`${set.name}: ${weak} → ${strong}`] = Number(area.toFixed(3));
  }
}

console.log("Training on all of them …");
const { plain: _, ...experts } = trainExperts(rows);
const examples = [
  ...plain.map(({ question, tier }) => exampleOfTier(question, tier, PLAIN_WEIGHT)),
  ...editor.map(exampleOf),
];
const weights: RoutingWeights = {
  trainedOn: named ?? today(),
  rows: counts,
  scores,
  editor: trainEditor(examples),
  experts,
};
const before = readBefore();
const isSame =
  before !== null &&
  formatRoutingWeights({ ...before, trainedOn: weights.trainedOn }) === formatRoutingWeights(weights);
if (isSame && named === undefined) {
  console.log(`Nothing changed: ${weightsFile} stays of ${before.trainedOn}.`);
} else {
  writeFileSync(weightsFile, formatRoutingWeights(weights));
  console.log(`Wrote ${weightsFile}: ${JSON.stringify(counts)}, cross-validated ${JSON.stringify(scores)}.`);
}

function readBefore(): RoutingWeights | null {
  try {
    const read = parseRoutingWeights(readFileSync(weightsFile, "utf8"));
    return "weights" in read ? read.weights : null;
  } catch {
    return null;
  }
}

function isDate(words: string | undefined): boolean {
  return z.iso.date().safeParse(words).success;
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}
