import type { ContextItem } from "../../shared/answer.ts";
import { addCodeRisk } from "./code-risk.ts";
import { emptyFeatures, type FeatureName, type Features } from "./feature-table.ts";
import type { Question } from "./provider.ts";
import { sampleText } from "./sample-text.ts";
import { scanText, type TextScan } from "./scan-text.ts";
import type { WordGroup } from "./vocabulary.ts";

/** What is read of a question's own text, and of the context after it: the head says what is wanted, the tail how. */
const maxCharacters = 4_000;

/**
 * What the classifier sees in a question. One pass over at most 4,000 characters, head and tail; longer texts are neither
 * read nor copied. Pure and total: any text gives features within their ranges.
 */
export function extractFeatures(question: Question): Features {
  const scan = scanText(onceOf(sampleText(question.text, maxCharacters)));
  const found = emptyFeatures();
  addKind(found, scan, question);
  addTopics(found, scan, question);
  addShape(found, scan, question);
  addEditor(found, scan, question);
  addHistory(found, scan, question);
  addCodeRisk(found, question.context);
  return found;
}

/** What is said over and over says no more than said once. Of a sample, head and tail are looked at each for itself. */
function onceOf(text: string): string {
  const period = text.length < MIN_REPEATED ? -1 : text.indexOf(text.slice(0, MAX_PERIOD), 1);
  if (period < 1 || period > MAX_PERIOD) return text;
  const repeats = (part: string) => part.slice(period) === part.slice(0, part.length - period);
  const isSample = text.length === maxCharacters;
  const isOnce = isSample
    ? repeats(text.slice(0, 0.6 * maxCharacters)) && repeats(text.slice(-0.25 * maxCharacters))
    : repeats(text);
  return isOnce ? text.slice(0, period) : text;
}

/** Characters: fewer are not searched for repetitions, and longer ones are not found. */
const MIN_REPEATED = 400;
const MAX_PERIOD = 64;

// kind of work ---------------------------------------------------------------------------------------------------------

const kindFeatures: Partial<Record<WordGroup, FeatureName>> = {
  rename: "isRename",
  document: "isDocument",
  format: "isFormat",
  explain: "isExplain",
  define: "isDefine",
  howto: "isHowto",
  message: "isMessage",
  pattern: "isPattern",
  test: "isTest",
  convert: "isConvert",
  fix: "isFix",
  write: "isWrite",
  edit: "isEdit",
  implement: "isImplement",
  refactor: "isRefactor",
  design: "isDesign",
  review: "isReview",
  optimize: "isOptimize",
  prove: "isProve",
  migrate: "isMigrate",
  investigate: "isInvestigate",
};

function addKind(found: Record<FeatureName, number>, scan: TextScan, question: Question): void {
  const named = kindOf(scan);
  // To rewrite or tidy a few lines, with no subject behind them, is to put them in another form.
  const isSmallChange = (named === "refactor" || named === "migrate") && isNarrow(question) && !hasSubject(scan);
  const kind = isSmallChange && (scan.groups.convert > 0 || named === "migrate") ? "convert" : named;
  const feature = kind === null ? undefined : kindFeatures[kind];
  if (feature !== undefined) found[feature] = 1;
}

/** Kinds that say what "write", "fix" or "change" is about: "write a commit message" is the second, not the first. */
const specific: readonly WordGroup[] = ["message", "document", "test", "pattern", "rename", "format"];
/** Kinds so general that a specific one beside them decides. */
const general: ReadonlySet<WordGroup | null> = new Set<WordGroup | null>([
  "write",
  "edit",
  "howto",
  "convert",
  "define",
  "implement",
  null,
]);

/** Kinds that a fault seen in production takes the place of: "the unit tests pass, but in production …" asks for no test. */
const overruled: ReadonlySet<WordGroup | null> = new Set<WordGroup | null>([
  "test",
  "write",
  "howto",
  "define",
  "pattern",
]);

function kindOf(scan: TextScan): WordGroup | null {
  const { groups, lead } = scan;
  if (groups.symptom > 0 && overruled.has(lead) && (groups.investigate > 0 || !scan.leadAtStart)) {
    return groups.investigate > 0 ? "investigate" : null;
  }
  if (general.has(lead)) {
    for (const kind of ["design", "migrate", "refactor", "prove"] as const) {
      if (lead !== "define" && groups[kind] > 0 && (lead === null || lead === "edit" || groups[kind] > 1)) return kind;
    }
    for (const kind of specific) if (groups[kind] > 0) return kind;
  }
  return lead;
}

/** What is seen to be right as soon as it stands there. */
function isMechanical(found: Features): boolean {
  return found.isRename + found.isDocument + found.isFormat + found.isMessage + found.isPattern > 0;
}

const meaning: ReadonlySet<FeatureName> = new Set<FeatureName>(["isExplain", "isDefine", "isHowto"]);
/** Words of these kinds anywhere show that more is wanted than a change of form or an explanation. */
const thinking: readonly WordGroup[] = ["design", "refactor", "review", "optimize", "prove", "migrate"];

function damping(found: Record<FeatureName, number>, scan: TextScan, question: Question): number {
  const asksMore =
    thinking.some((kind) => scan.groups[kind] > 0) || found.diagnosis > 0 || found.symptom > 0 || found.signs >= 0.5;
  if (asksMore) return 1;
  // Whether an attacker gets through this code is no question of how something is written.
  if (scan.groups.security > 0 && found.isHowto > 0 && depth(question) === 1) return 1;
  if (isMechanical(found)) return 0.3;
  for (const name of meaning) if (found[name] > 0) return 0.4;
  if (found.isEdit > 0 && question.context.length <= 1) return 0.4;
  if (found.isTest > 0) return 0.7;
  return 1;
}

// subjects -------------------------------------------------------------------------------------------------------------

const topics = [
  "concurrency",
  "distributed",
  "security",
  "performance",
  "types",
  "memory",
  "algorithm",
  "numerical",
] as const;

function strongestTopic(found: Features): number {
  const { concurrency, distributed, security, performance, types, memory, algorithm, numerical } = found;
  return Math.max(concurrency, distributed, security, performance, types, memory, algorithm, numerical);
}

function addTopics(found: Record<FeatureName, number>, scan: TextScan, question: Question): void {
  // A message about a race is a message.
  if (found.isMessage > 0) return;
  const { groups } = scan;
  const ease = easeOf(scan, question);
  const troubled = groups.misbehave > 0 || groups.symptom > 0 || groups.mishap > 0 || scan.errorNames > 0;
  found.symptom = upTo(groups.symptom, 2);
  found.mishap = upTo(groups.mishap, 2) * ease;
  found.signs = signs(scan) * ease;
  // A fault that names itself is found where it is thrown; one that does not has to be thought of.
  const named = scan.errorNames > 0 || question.context.some((item) => item.kind === "selection" && lines(item) <= 15);
  const cause = groups.symptom > 0 ? 1 : named ? 0.3 : 0.8;
  found.diagnosis = groups.investigate > 0 && troubled ? cause * ease : 0;
  const share = damping(found, scan, question);
  // A how-to at the end of a told trouble asks for more than the manual says.
  if (found.signs >= 0.5 || found.symptom > 0) for (const name of meaning) found[name] *= told;
  else if (!scan.leadAtStart && scan.words >= 12 && depth(question) * ease === 1 && groups.beginner === 0) {
    for (const name of ["isHowto", "isDefine"] as const) found[name] *= told;
  }
  // "Implement a spreadsheet" is hard, and "the spreadsheet's icon" is not.
  const built = groups.implement > 0 ? groups.built : 0;
  let met = 0;
  for (const topic of topics) {
    // The first word counts most: a second one of the same subject makes sure, a third adds nothing.
    const times = topic === "algorithm" ? groups.algorithm + built : groups[topic];
    const strength = times === 0 ? 0 : times === 1 ? 0.75 : 1;
    found[topic] = strength * share;
    if (strength > 0) met++;
  }
  found.expert = upTo(groups.expert, 2) * (isMechanical(found) ? 0.3 : 1);
  found.topics = upTo(met - 1, 2) * share;
  found.proof = found.isProve > 0 ? 0 : upTo(groups.prove, 2) * share * ease;
  found.designWords = found.isDesign > 0 ? 0 : upTo(groups.design, 2) * share * ease;
  if (matterEase(scan, question) < 1) for (const name of grave) found[name] *= 0.5;
  // "All files" of a shell command are its object, not the code base; "exactly as before" of ten lines is seen at once.
  const thinks =
    thinking.some((kind) => groups[kind] > 0) || groups.wide > 0 || groups.parts > 1 || depth(question) === 1;
  found.wide =
    upTo(groups.wide + groups.parts * (thinks ? 1 : 0.3), 2) *
    (met > 0 || found.isRefactor + found.isMigrate > 0 ? 1 : ease);
  found.demanding = upTo(groups.demanding, 3) * (met === 0 && isChange(found) && isNarrow(question) ? 0.3 : ease);
  found.bounds = upTo(scan.boundMarks, 3);
  // "A small type checker" is no small thing.
  const subject = Math.max(found.expert, found.proof, strongestTopic(found));
  found.small = upTo(groups.small, 2) * (1 - subject);
  found.harder = upTo(groups.harder, 1);
  found.quicker = upTo(groups.quicker, 1);
  const hard = met > 0 || found.symptom > 0 || found.signs >= 0.5 || found.expert + found.proof + found.designWords > 0;
  found.light = matterEase(scan, question) < 1 && !hard ? 1 : 0;
  found.beginner = groups.beginner > 0 && !hard ? 1 : 0;
  const changes = found.isFix + found.isReview + found.isInvestigate + found.isOptimize + found.isRefactor > 0;
  if (changes) found.hardCode = hardCode(question.context);
}

/** Kinds that weigh less where the matter is light: the structure of a style sheet, a review of a config file. */
const grave = ["isDesign", "isReview", "isOptimize", "isRefactor"] as const;

function hasSubject({ groups, boundMarks }: TextScan): boolean {
  return topics.some((topic) => groups[topic] > 0) || groups.expert + groups.prove + groups.amount + boundMarks > 0;
}

/** What is left of a kind that asks for a meaning where trouble is told. */
const told = 0.3;

/** Languages in which a mistake is seen at once and put right in a line. */
const lightLanguages: ReadonlySet<string> = new Set(
  "css scss less html json jsonc yaml toml ini dockerfile makefile shellscript markdown dotenv properties ignore xml dockercompose editorconfig".split(
    " ",
  ),
);
const maxLightLines = 150;

const byForm: ReadonlySet<WordGroup> = new Set<WordGroup>(["edit", "convert", "write", "rename", "document", "format"]);

/** How much words of trouble and of reach count: in full, or less beside a layout, a shell command, a config file. */
function matterEase(scan: TextScan, { context }: Question): number {
  if (context.length === 0) return scan.groups.light > 0 || scan.groups.pattern > 0 ? 0.3 : 1;
  const isLight = (item: ContextItem) => lightLanguages.has(item.languageId) && lines(item) <= maxLightLines;
  if (context.length <= 2 && context.every(isLight)) return 0.2;
  return scan.groups.light > 1 ? 0.6 : 1;
}

/** The same, and less as well where a few lines are to change in a way that the wish names. */
function easeOf(scan: TextScan, question: Question): number {
  const isNamed = scan.lead !== null && scan.leadAtStart && byForm.has(scan.lead) && isNarrow(question);
  return Math.min(matterEase(scan, question), isNamed && !hasSubject(scan) ? 0.6 : 1);
}

const oneSign = ["speed", "varies", "actors", "amount", "live", "symptom"] as const;
const halfSign = ["contrast", "stakes"] as const;

/**
 * How many signs of difficulty meet that are plain words each: "faster" says nothing, and neither does "in the evening";
 * together they say that speed depends on something. 0 for one sign, 1 for three.
 */
function signs(scan: TextScan): number {
  const { groups } = scan;
  let met = 0;
  for (const group of oneSign) if (groups[group] > 0) met++;
  for (const group of halfSign) if (groups[group] > 0) met += 0.5;
  if (groups.mishap > 0) met++;
  else if (groups.misbehave > 0) met += 0.5;
  if (groups.live > 1) met++;
  if (groups.speed > 1) met += 0.5;
  if (groups.beginner > 0) met -= 0.5;
  met += upTo(groups.performance + groups.concurrency + groups.distributed + groups.demanding, 2);
  return upTo(met - 1, 2);
}

/** How much there is to understand beside a story: nothing beside a few lines, much in a file that needs scrolling. */
function depth({ context }: Question): number {
  let most = 0;
  for (const item of context) if (!lightLanguages.has(item.languageId)) most = Math.max(most, lines(item));
  return context.length > 1 ? 1 : ramp(most, 20, 80);
}

/** A change named by its verb, whose result is compared with what stood there. */
function isChange(found: Record<FeatureName, number>): boolean {
  return found.isEdit + found.isConvert + found.isExplain > 0 || isMechanical(found);
}

/** One place of at most 60 lines. */
function isNarrow({ context }: Question): boolean {
  return context.length === 1 && context.every((item) => lines(item) <= 60);
}

// shape ----------------------------------------------------------------------------------------------------------------

function addShape(found: Record<FeatureName, number>, scan: TextScan, question: Question): void {
  const all = scan.proseCharacters + scan.codeCharacters;
  const hasSubject = strongestTopic(found) > 0.5 || found.symptom > 0 || found.proof > 0 || found.designWords > 0;
  found.brief = scan.words <= 12 && hasKind(found) && !hasSubject && found.expert === 0 ? 1 : 0;
  const trouble = Math.max(found.signs, found.mishap, found.symptom, found.diagnosis, strongestTopic(found));
  const isTold = scan.words >= 8 && !hasKind(found) && scan.codeCharacters < scan.proseCharacters;
  found.narrative = isTold ? Math.max(upTo(trouble, 0.5), depth(question) * easeOf(scan, question)) : 0;
  found.proseLength = ramp(scan.proseCharacters, 400, 2_400);
  found.asks = upTo(scan.asks - 1, 3);
  found.listItems = upTo(scan.listItems, 6);
  found.filesNamed = upTo(scan.filesNamed - 1, 3);
  found.codeShare = all === 0 ? 0 : scan.codeCharacters / all;
  found.stackTrace = upTo(scan.traceLines, 2);
  found.errorNamed = upTo(scan.errorNames, 1);
}

// the editor -----------------------------------------------------------------------------------------------------------

function addEditor(found: Record<FeatureName, number>, scan: TextScan, question: Question): void {
  const languages = new Set<string>();
  const paths = new Set<string>();
  const troubledPaths = new Set<string>();
  let selected = 0;
  let problems = 0;
  for (const item of question.context) {
    languages.add(item.languageId);
    paths.add(item.path);
    if (item.kind === "selection") selected += lines(item);
    for (const each of item.diagnostics) if (each.severity === "error") problems++;
    if (item.diagnostics.length > 0) troubledPaths.add(item.path);
  }
  found.selectionSmall = selected > 0 && selected <= 15 ? 1 : 0;
  found.selectionLarge = ramp(selected, 80, 400);
  found.noContext = question.context.length === 0 && scan.codeCharacters === 0 ? 1 : 0;
  found.filesAttached = ramp(paths.size, 1, 6);
  found.languages = languages.size > 1 ? 1 : 0;
  found.problems = problems === 0 ? 0 : Math.min(1, 0.07 + 0.233 * problems);
  found.problemFiles = upTo(troubledPaths.size - 1, 2);
}

/** Signs in code that whoever changes it must think about who else runs. Read in at most 1,500 characters a question. */
const hardSigns =
  /\b(Mutex|RwLock|mutex|atomic|Atomics|SharedArrayBuffer|synchronized|volatile|pthread_\w+|std::thread|memory_order|compare_exchange|CAS|chan\b|sync\.|go func|asyncio\.Lock|threading\.|Semaphore|unsafe|malloc|reinterpret_cast|PhantomData|Promise\.race|transaction|SELECT .* FOR UPDATE)\b/g;
const maxCodeCharacters = 1_500;

function hardCode(context: readonly ContextItem[]): number {
  let left = maxCodeCharacters;
  let signs = 0;
  for (const item of context) {
    if (left <= 0) break;
    const part = item.text.slice(0, left);
    left -= part.length;
    signs += part.match(hardSigns)?.length ?? 0;
  }
  return upTo(signs, 4);
}

// what happened before -------------------------------------------------------------------------------------------------

/** How far back a failure still says something about this question. */
const maxTurnsBack = 4;

function addHistory(found: Record<FeatureName, number>, scan: TextScan, question: Question): void {
  const { history } = question;
  const last = history.at(-1);
  if (scan.words <= 6 && scan.groups.social > 0 && !hasKind(found)) found.social = 1;
  if (last === undefined) return;
  found.turn = upTo(history.length, 8);
  let failed = 0;
  for (const turn of history.slice(-maxTurnsBack)) if (turn.failed) failed++;
  found.failedTurns = upTo(failed, 2);
  const complains = scan.groups.again > 0 && (scan.groups.misbehave > 0 || scan.words <= 25);
  found.sameAgain = complains || sharesError(question.text, last.question) ? 1 : 0;
  if (found.sameAgain > 0) found.social = 0;
  const short = scan.words <= 8 && !hasKind(found) && found.social === 0 && found.noContext + scan.codeCharacters <= 1;
  found.followUp = short || (scan.groups.followUp > 0 && scan.words <= 8) ? 1 : 0;
  if (found.followUp > 0 && last.tier === "frontier" && !isMechanical(found)) found.stayFrontier = 1;
}

function hasKind(found: Features): boolean {
  return kinds.some((name) => found[name] > 0);
}

const kinds: readonly FeatureName[] = Object.values(kindFeatures);

/** The same line that names an error stands in this question and in the one before it. */
function sharesError(text: string, before: string): boolean {
  const found = /[^\n]{0,120}(?:error|exception|panic)\b[^\n]{4,160}/i.exec(text.slice(0, maxCharacters));
  if (found === null) return false;
  const line = found[0].trim();
  return line.length >= 12 && before.slice(0, maxCharacters).includes(line);
}

// numbers --------------------------------------------------------------------------------------------------------------

function lines(item: ContextItem): number {
  return item.lastLine - item.firstLine + 1;
}

/** count / most, between 0 and 1. */
function upTo(count: number, most: number): number {
  return count <= 0 ? 0 : count >= most ? 1 : count / most;
}

function ramp(value: number, from: number, to: number): number {
  return upTo(value - from, to - from);
}
