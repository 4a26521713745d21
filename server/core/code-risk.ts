import type { ContextItem } from "../../shared/answer.ts";
import { codeReader } from "./char-codes.ts";
import type { FeatureName } from "./feature-table.ts";
import { codesOf, wordTable } from "./word-table.ts";

/**
 * What the code that goes with a question deals in, told by the names in it: where a mistake is not seen at once, but shows
 * later, under load, or on a bill.
 */
export const riskDomains = [
  "concurrent",
  "rawMemory",
  "secrets",
  "calendar",
  "amounts",
  "stored",
  "spread",
  "typeLevel",
] as const;
export type RiskDomain = (typeof riskDomains)[number];
export type CodeRisk = Record<RiskDomain, number>;

/** What is read of the code of a question: the parts nearest to its beginning. */
const MOST_CHARACTERS = 3_000;

/** Parts of names, in lower case: `lockManager`, `lock_manager` and `LOCK` hold "lock". */
const parts: Readonly<Record<RiskDomain, string>> = {
  concurrent:
    "lock locks locked mutex rwlock atomic atomics volatile synchronized semaphore chan goroutine waitgroup thread threads threading spawn arc relaxed acquire release seqcst condvar barrier coroutine dispatcher gather cancel cancelled cancellation abort aborted inflight concurrent concurrency parallel executor debounce",
  rawMemory:
    "malloc calloc realloc free memcpy memmove strcpy strcat strlen sprintf unsafe ptr sizeof uint8 size_t reinterpret cast phantomdata transmute buf buffer offset mmap",
  secrets:
    "jwt token tokens password passwd secret hmac signature verify auth authorization authenticate cookie csrf cors bcrypt argon oauth permission permissions admin sanitize escape innerhtml eval shell nonce crypto hash digest tenant",
  calendar:
    "timezone tz utc dst datetime zoneinfo pytz date dates midnight weekday month cron schedule localdate zoneddatetime timestamp",
  amounts:
    "cents cent amount amounts price prices discount discounts tax vat invoice refund balance currency rounding rounded decimal bigdecimal money payment payments charge shares",
  stored:
    "alter migration migrations backfill transaction commit rollback isolation serializable deadlock unique constraint concurrently upsert conflict drop truncate schema nullable foreign",
  spread:
    "replica replicas outbox inbox idempotency idempotent retry retries consumer producer kafka broker leader quorum crdt lease heartbeat partition eventual offline replay webhook dedupe invalidate ttl",
  typeLevel: "infer keyof extends generic generics variance covariant contravariant lifetime dyn wildcard satisfies",
};

interface Part {
  /** Of all parts; by it is kept which were met. */
  number: number;
  domains: RiskDomain[];
}

const byName = new Map<string, Part>();
for (const domain of riskDomains) {
  for (const name of parts[domain].split(" ")) {
    const part = byName.get(name) ?? { number: byName.size, domains: [] };
    part.domains.push(domain);
    byName.set(name, part);
  }
}
const table = wordTable(byName);
const LONGEST_PART = Math.max(...[...byName.keys()].map((name) => name.length));
/** By a hash of three letters: whether any of those parts begins so. Most parts of code are turned away here. */
const beginnings = new Uint8Array(8_192);
for (const name of byName.keys()) beginnings[beginningOf(codesOf(name), 0, name.length)] = 1;

function beginningOf(codes: Uint16Array, from: number, to: number): number {
  const first = (codes[from] ?? 0) | 32;
  const second = (codes[from + 1] ?? 0) | 32;
  const third = from + 2 < to ? (codes[from + 2] ?? 0) | 32 : 0;
  return (first * 1369 + second * 37 + third) & 8_191;
}

const SMALL = 1;
const CAPITAL = 2;
/** The kind of each code: 0 for all that is no letter of a name. */
const kinds = new Uint8Array(65_536).fill(SMALL, 97, 123).fill(CAPITAL, 65, 91);
const readCode = codeReader(MOST_CHARACTERS);
/** The part that is looked at, in lower case. */
const part = new Uint16Array(LONGEST_PART);

/** How many different parts of names of each domain stand in the code: none or one (0) to four or more (1). Reads 3,000 characters. */
export function codeRiskOf(context: readonly ContextItem[]): CodeRisk {
  const met = new Uint8Array(byName.size);
  const risk: CodeRisk = {
    concurrent: 0,
    rawMemory: 0,
    secrets: 0,
    calendar: 0,
    amounts: 0,
    stored: 0,
    spread: 0,
    typeLevel: 0,
  };
  let left = MOST_CHARACTERS;
  for (const { text } of context) {
    const end = Math.min(text.length, left);
    left -= end;
    const codes = readCode(text, end);
    for (let at = 0; at < end; ) {
      let last = kinds[codes[at] ?? 0] ?? 0;
      const start = at;
      at += 1;
      if (last === 0) continue;
      // A capital begins a new part unless the one before it was one too.
      for (; at < end; at += 1) {
        const kind = kinds[codes[at] ?? 0] ?? 0;
        if (kind === 0 || kind > last) break;
        last = kind;
      }
      const length = at - start;
      if (length > LONGEST_PART || length < 2) continue;
      if (beginnings[beginningOf(codes, start, at)] !== 1) continue;
      for (let letter = 0; letter < length; letter += 1) part[letter] = (codes[start + letter] ?? 0) | 32;
      const known = table.find(part, 0, length);
      if (known === undefined || met[known.number] === 1) continue;
      met[known.number] = 1;
      for (const domain of known.domains) risk[domain] += 1;
    }
    if (left <= 0) break;
  }
  // One such name alone is chance.
  for (const domain of riskDomains) risk[domain] = Math.min(1, Math.max(0, risk[domain] - 1) / 3);
  return risk;
}

const featureOf: Readonly<Record<RiskDomain, FeatureName>> = {
  concurrent: "concurrentCode",
  rawMemory: "rawMemoryCode",
  secrets: "secretCode",
  calendar: "calendarCode",
  amounts: "amountCode",
  stored: "storedCode",
  spread: "spreadCode",
  typeLevel: "typeLevelCode",
};
/** So many lines of code, or more, count as 1. */
const MANY_LINES = 60;
const LONG_LINES = 160;

/** A change that is seen to be right takes little of the code's risk; trouble that names itself half of it. */
function shareOf(found: Readonly<Record<FeatureName, number>>): number {
  if (found.isRename + found.isDocument + found.isFormat > 0) return 0.3;
  if (found.isEdit + found.isConvert > 0 && found.brief > 0) return 0.4;
  return found.errorNamed + found.stackTrace > 0 ? 0.5 : 1;
}

/** Adds what the code that goes along says; the kind of work must be known. A rename or a doc comment takes little risk. */
export function addCodeRisk(found: Record<FeatureName, number>, context: readonly ContextItem[]): void {
  const risk = codeRiskOf(context);
  const share = shareOf(found);
  let sum = 0;
  for (const domain of riskDomains) {
    sum += risk[domain];
    found[featureOf[domain]] = risk[domain] * share;
  }
  const all = Math.min(1, sum / 2) * share;
  if (found.isTest > 0) found.riskyTest = all;
  if (found.isReview + found.isInvestigate + found.isFix > 0) found.riskyChange = all;
  let lines = 0;
  let diff = 0;
  for (const { firstLine, lastLine, languageId } of context) {
    lines += lastLine - firstLine + 1;
    if (languageId === "diff") diff += lastLine - firstLine + 1;
  }
  // A message about a change; a better name for something is a message too, and no risk.
  if (found.isMessage > 0 && diff > 0) found.riskyMessage = all;
  found.codeLines = Math.min(1, lines / MANY_LINES);
  found.longCode = Math.min(1, Math.max(0, lines - MANY_LINES) / (LONG_LINES - MANY_LINES));
  const trouble = Math.max(found.diagnosis, found.mishap, found.symptom, found.signs, found.errorNamed, found.isFix);
  if (lines > 0 && lines <= MANY_LINES) found.seenTrouble = trouble;
  found.diffLines = Math.min(1, diff / MANY_LINES);
}
