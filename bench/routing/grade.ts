import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { classifyQuestion } from "../../server/core/classify.ts";
import { completionComplexity } from "../../server/core/completion-complexity.ts";
import { parseRoutingWeights, type RoutingWeights } from "../../server/core/routing-weights.ts";
import { syntax } from "../../test/server/syntax/grammar-folder.ts";
import { byKeywords, byLength } from "./baselines.ts";
import {
  type CascadeRow,
  cascadeFile,
  type Foresight,
  modelsOf,
  parseCascade,
  scoredByEvidence,
  scoredByPrior,
  scoredByVerifier,
} from "./cascade.ts";
import { crossValidated, type Foreseen, foreseenWith, scoredOf, trainedOn } from "./cross-validate.ts";
import { type EditorRequest, readEditorPart, verdictOf } from "./editor-set.ts";
import { areaRecovered, callsFor, interval, type Scored } from "./metric.ts";
import { BadInput, orSay, textOf } from "./read-jsonl.ts";
import { parseRows, type Row, readDataFolder } from "./rows.ts";
import { routingSets } from "./sets.ts";
import { completionRows } from "./train-completions.ts";
import { questionOf } from "./train-editor.ts";
import { strengthsOf } from "./train-experts.ts";

/**
 * `npm run bench:routing -- DATA_FOLDER [--sealed FILE …]`: how well the classifier routes, beside what it is to beat.
 * Questions of DATA_FOLDER are scored by models trained without their group; those of sealed files by the weights in the
 * package. The metric is in metric.ts.
 */

const { folder, sealed } = orSay(readArguments);

type SealedFile =
  | { kind: "questions"; path: string; rows: readonly Row[] }
  | { kind: "answers"; path: string; rows: readonly CascadeRow[] };

const SEEDS = [1, 2, 3];
const percent = (share: number) => (Number.isFinite(share) ? `${Math.round(100 * share)} %` : "–");
const three = (value: number) => (Number.isFinite(value) ? value.toFixed(3) : "–");

const rows = orSay(() => readDataFolder(folder));
const cascades = sealed.length > 0 ? null : orSay(() => readCascadesOf(folder));
const sealedFiles = orSay(() => sealed.map(readSealed));
const weights = orSay(readWeights);
if (sealedFiles.length === 0) {
  gradeSets();
  gradeTimeSplit();
  gradeLeftOut();
  if (cascades === null) console.log(`\n## Cascades: ${join(folder, cascadeFile)} is not there`);
  else gradeCascades(cascades, validatedForesight());
  await gradeEditor();
} else {
  for (const file of sealedFiles) gradeSealed(file);
  await gradeEditor();
}

function readArguments(): { folder: string; sealed: readonly string[] } {
  const usage =
    "Name the folder with the graded questions: npm run bench:routing -- DATA_FOLDER [--sealed FILE …]. Each sealed file follows a --sealed of its own.";
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { sealed: { type: "string", multiple: true } },
    });
    const [named, ...more] = positionals;
    if (named === undefined || more.length > 0) throw new BadInput(usage);
    return { folder: named, sealed: values.sealed ?? [] };
  } catch (error) {
    // An option that it does not know, or one without its value.
    if (error instanceof TypeError) throw new BadInput(usage);
    throw error;
  }
}

/** null: the folder has none. */
function readCascadesOf(dataFolder: string): CascadeRow[] | null {
  const path = join(dataFolder, cascadeFile);
  const text = textOf(path);
  return text === null ? null : parseCascade(text, path);
}

/** A file kept back from training: of questions, or of answers with what was seen of them. */
function readSealed(path: string): SealedFile {
  const mend = "Name a file of graded questions or answers, one JSON object a line, behind --sealed.";
  const text = textOf(path);
  if (text === null) throw new BadInput(`${path} is not there. ${mend}`);
  const file: SealedFile = text.slice(0, 2_000).includes('"visible"')
    ? { kind: "answers", path, rows: parseCascade(text, path) }
    : { kind: "questions", path, rows: parseRows(text, path) };
  if (file.rows.length === 0) throw new BadInput(`There are no questions in ${path}. ${mend}`);
  return file;
}

function readWeights(): RoutingWeights {
  const read = parseRoutingWeights(readFileSync(join(import.meta.dirname, "../../data/routing-weights.json"), "utf8"));
  if ("problem" in read)
    throw new BadInput(`data/routing-weights.json: ${read.problem}. Train anew with npm run train.`);
  return read.weights;
}

// sets and pairs ---------------------------------------------------------------------------------------------------------

function gradeSets(): void {
  console.log(
    `\n## Sets and pairs (ten-fold by group, mean of ${SEEDS.length} splits; 95 % bootstrap interval of the first)`,
  );
  const validated = SEEDS.map((seed) => crossValidated(rows, seed));
  table(validated, rows);
}

/** One line a pair: ours, then what it is to beat. Means over several scorings of the same rows. */
function table(scorings: readonly ReadonlyMap<Row, Foreseen>[], graded: readonly Row[]): void {
  console.log("| set | pair | n | weak → strong | APGR | 95 % | CPT50 | CPT80 | length | keywords | oracle |");
  console.log("|---|---|---|---|---|---|---|---|---|---|---|");
  for (const set of routingSets) {
    const areas: number[] = [];
    for (const pair of set.pairs) {
      const scored = scorings.map((gains) => scoredOf(set, pair, graded, (row) => gains.get(row)?.gain(...pair) ?? 0));
      const first = scored[0] ?? [];
      if (first.length === 0) continue;
      const area = mean(scored.map(areaRecovered));
      areas.push(area);
      const [low, high] = interval(first, areaRecovered);
      const by = (score: (prompt: string) => number) =>
        areaRecovered(scoredOf(set, pair, graded, (row) => score(row.prompt)));
      const oracle = areaRecovered(first.map((each) => ({ ...each, score: each.strong - each.weak })));
      const right = (of: (each: Scored) => number) => percent(mean(first.map(of)));
      console.log(
        `| ${set.name} | ${pair.join(" → ")} | ${first.length} | ${right((each) => each.weak)} → ${right((each) => each.strong)} | **${three(area)}** | ${three(low)}–${three(high)} | ${percent(mean(scored.map((each) => callsFor(0.5, each))))} | ${percent(mean(scored.map((each) => callsFor(0.8, each))))} | ${three(by(byLength))} | ${three(by(byKeywords))} | ${three(oracle)} |`,
      );
    }
    if (areas.length > 1)
      console.log(`| ${set.name} | mean of ${areas.length} pairs | | | **${three(mean(areas))}** | | | | | | |`);
  }
  console.log("Chance, and asking either model always, is .500 with CPT50 50 % and CPT80 80 %.");
}

// harder splits ----------------------------------------------------------------------------------------------------------

function gradeTimeSplit(): void {
  const set = routingSets.find(({ name }) => name === "LiveCodeBench");
  if (set === undefined) return;
  const dates = rows
    .filter(set.holds)
    .map(({ date }) => date ?? "")
    .sort();
  const middle = dates[Math.floor(dates.length / 2)] ?? "";
  const isNew = (row: Row) => set.holds(row) && (row.date ?? "") >= middle;
  const newer = rows.filter(isNew);
  const gains = trainedOn(
    rows.filter((row) => !isNew(row)),
    newer,
  );
  const areas = set.pairs.map((pair) =>
    areaRecovered(scoredOf(set, pair, newer, (row) => gains.get(row)?.gain(...pair) ?? 0)),
  );
  console.log(`\n## LiveCodeBench by time: trained before ${middle}, ${newer.length} questions from then on`);
  console.log(`APGR ${areas.map(three).join(", ")}; mean **${three(mean(areas))}**`);
}

function gradeLeftOut(): void {
  console.log("\n## Leave one source out: trained on the others only");
  for (const set of routingSets) {
    const mine = rows.filter(set.holds);
    if (mine.length === 0) continue;
    // How strong a model is on an unseen source is its mean there, as a person's own record would tell.
    const gains = trainedOn(
      rows.filter((row) => !set.holds(row)),
      mine,
      strengthsOf(mine),
    );
    const areas = set.pairs.map((pair) =>
      areaRecovered(scoredOf(set, pair, mine, (row) => gains.get(row)?.gain(...pair) ?? 0)),
    );
    console.log(`${set.name}: ${areas.map(three).join(", ")}${areas.length > 1 ? `; mean ${three(mean(areas))}` : ""}`);
  }
}

// cascades ---------------------------------------------------------------------------------------------------------------

/** LiveCodeBench rows by the prompt in the questions' file, without its group; of other sets nothing is foreseen. */
function validatedForesight(): Foresight {
  const foreseen = crossValidated(rows, SEEDS[0] ?? 1);
  const rowOf = new Map(rows.map((row) => [row.id, row]));
  return (row) => {
    const known = rowOf.get(row.id);
    return foresightOf(row, known === undefined ? undefined : foreseen.get(known));
  };
}

function foresightOf(row: CascadeRow, foreseen: Foreseen | undefined): ReturnType<Foresight> {
  const models = modelsOf(row.set);
  if (models === null || foreseen === undefined) return { cheapRight: 0, frontierRight: 0 };
  return { cheapRight: foreseen.right(models[0]), frontierRight: foreseen.right(models[1]) };
}

function gradeCascades(cascade: readonly CascadeRow[], foresight: Foresight): void {
  console.log("\n## Cascades: the cheap answer is seen before the frontier is asked");
  console.log("| set | n | prompt only | with evidence | CPT50 | CPT80 | perfect verifier | E |");
  console.log("|---|---|---|---|---|---|---|---|");
  const bySet = groupedBySet(cascade);
  const kinds = new Map<string, number[]>();
  for (const [set, members] of bySet) {
    const prior = areaRecovered(scoredByPrior(members, foresight));
    const seen = scoredByEvidence(members, foresight);
    const area = areaRecovered(seen);
    const perfect = areaRecovered(scoredByVerifier(members));
    const kind = /\bLCB\b/.test(set) ? "LiveCodeBench" : "others";
    kinds.set(kind, [...(kinds.get(kind) ?? []), area]);
    console.log(
      `| ${set} | ${members.length} | ${three(prior)} | **${three(area)}** | ${percent(callsFor(0.5, seen))} | ${percent(callsFor(0.8, seen))} | ${three(perfect)} | ${((area - 0.5) / (perfect - 0.5)).toFixed(2)} |`,
    );
  }
  for (const [kind, areas] of kinds) console.log(`${kind}: mean **${three(mean(areas))}**`);
}

function groupedBySet(cascade: readonly CascadeRow[]): Map<string, CascadeRow[]> {
  const sets = new Map<string, CascadeRow[]>();
  for (const row of cascade) sets.set(row.set, [...(sets.get(row.set) ?? []), row]);
  return sets;
}

// requests from the editor -------------------------------------------------------------------------------------------------

/** How requests of one label were decided. */
interface Decided {
  all: number;
  sure: number;
  cheap: number;
}

async function gradeEditor(): Promise<void> {
  console.log("\n## Requests from the editor, test part (where both readers agree; quality 50)");
  const test = readEditorPart("test");
  const places = new Map((await completionRows(test, syntax)).map((row) => [row.id, row.features]));
  const decide = (request: EditorRequest) => {
    const place = places.get(request.id);
    if (place !== undefined) return completionComplexity(place, { quality: 50 });
    return classifyQuestion(questionOf(request), { quality: 50, weights });
  };
  const count = (kinds: (kind: EditorRequest["kind"]) => boolean, label: "cheap" | "frontier"): Decided => {
    const mine = test.filter((request) => kinds(request.kind) && verdictOf(request) === label).map(decide);
    const cheap = mine.filter(({ tier }) => tier === "cheap");
    return { all: mine.length, sure: cheap.filter(({ doubt }) => doubt !== true).length, cheap: cheap.length };
  };
  console.log("| kind | needs | n | to cheap, sure | to cheap, with a mark of doubt | to frontier |");
  console.log("|---|---|---|---|---|---|");
  for (const kind of [...new Set(test.map((request) => request.kind)), "all"]) {
    for (const label of ["cheap", "frontier"] as const) {
      const each = count((its) => kind === "all" || its === kind, label);
      console.log(
        `| ${kind} | ${label} | ${each.all} | ${each.sure} | ${each.cheap - each.sure} | ${each.all - each.cheap} |`,
      );
    }
  }
  const hard = count(() => true, "frontier");
  const easy = count(() => true, "cheap");
  console.log(
    `Of what needs frontier ${percent(hard.sure / hard.all)} go to cheap without a mark; of what cheap will do ${percent(easy.cheap / easy.all)} go to cheap. Disputed by the readers: ${test.filter((request) => verdictOf(request) === "disputed").length}.`,
  );
}

// sealed files -------------------------------------------------------------------------------------------------------------

function gradeSealed(file: SealedFile): void {
  console.log(`\n## ${file.path}, by the weights of ${weights.trainedOn}`);
  const strengths = strengthsOf(rows);
  if (file.kind === "answers") {
    const ofContests = new Map([["livecodebench", strengths.get("livecodebench") ?? new Map<string, number>()]]);
    const prompts = new Map(rows.map(({ id, prompt }) => [id, prompt]));
    gradeCascades(file.rows, (row) => {
      const prompt = row.prompt ?? prompts.get(row.id);
      if (prompt === undefined) return foresightOf(row, undefined);
      const asked: Row = { id: row.id, source: "livecodebench", group: row.group, prompt, outcomes: {} };
      return foresightOf(row, foreseenWith(weights.experts, ofContests, [asked]).get(asked));
    });
    return;
  }
  table([foreseenWith(weights.experts, strengths, file.rows)], file.rows);
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
}
