import { nanoFromUsd } from "../../shared/money.ts";
import type { Period } from "../../shared/protocol.ts";
import { ladderStepSchema, type SettingProblem, settingSchemas } from "../../shared/settings.ts";
import type { Budget, Calendar, Cap } from "./budget.ts";
import { nothingIsSent, unreadableRefusal } from "./describe-cap.ts";
import { listSchema, quoteValue, recordSchema } from "./read-providers.ts";

/** More than anyone spends on models by hand: a larger sum is a slip of the pen. Sums stay exact far beyond it. */
const MOST_USD = 1_000_000;

const periods: readonly Period[] = ["daily", "weekly", "monthly", "total"];

/**
 * Reads the caps and what goes with them. Of several levels of one cap the least holds. A cap that cannot be read is one
 * of $0 until it is mended, and its problem says so: a cap that fell away in silence would be the dearest mistake of all.
 * `maxPerDayUsd` are the levels of `wayfare.completions.maxPerDayUsd`.
 */
export function readBudget(written: unknown, maxPerDayUsd: unknown, problems: SettingProblem[]): Budget {
  const budget = recordSchema.safeParse(written ?? {}).data ?? {};
  const workspace = recordSchema.safeParse(budget.workspace ?? {}).data ?? {};
  const caps: Cap[] = [];
  for (const period of periods) {
    const setting = `wayfare.budget.${period}`;
    caps.push(...readCap({ scope: "global", period, setting, levels: [budget[period]] }, problems));
  }
  for (const period of periods) {
    const setting = `wayfare.budget.workspace.${period}`;
    caps.push(...readCap({ scope: "workspace", period, setting, levels: levelsOf(workspace[period]) }, problems));
  }
  return {
    caps,
    completionCaps: readCap(
      {
        scope: "completions",
        period: "daily",
        setting: "wayfare.completions.maxPerDayUsd",
        levels: levelsOf(maxPerDayUsd),
      },
      problems,
    ),
    warnAt: readWarnAt(budget.warnAt, problems),
    ladder: readLadder(budget.ladder, problems),
    calendar: readCalendar(budget.dayStartsAt, problems),
  };
}

/** The caps of one book that another tool names: amounts in USD as written, or why they cannot be read as a whole. */
export type BookLevels =
  | { book: string; levels: Readonly<Partial<Record<Period, unknown>>> }
  /** `setting` is what is to be mended; requests are refused with `refusal`. It is in `problems` already. */
  | { unread: { setting: string; refusal: string } };

/**
 * The caps of a book that another tool names: the global ones as they are, and for each time the least of the general
 * workspace's and the book's own. Where these cannot be read, a cap of $0 holds in all.
 */
export function capsOfEndpointWorkspace(
  general: readonly Cap[],
  written: BookLevels,
  problems: SettingProblem[],
): readonly Cap[] {
  const ofWorkspace = periods.flatMap((period): Cap[] => {
    const cap = { scope: "workspace", period } as const;
    let own: Cap[] = [];
    if ("levels" in written) {
      const { book, levels } = written;
      const setting = `wayfare.endpoint.workspaces.${book}.${period}`;
      own = readCap({ ...cap, setting, levels: [levels[period]], book }, problems);
    } else if (period === "total") {
      own = [{ ...cap, ...written.unread, id: `${cap.scope}.${period}`, limitNano: 0, isUnreadable: true }];
    }
    const all = [...own, ...general.filter(({ scope, period: each }) => scope === "workspace" && each === period)];
    const least = all.find(({ isUnreadable }) => isUnreadable === true) ?? leastOf(all);
    return least === null ? [] : [least];
  });
  return [...general.filter(({ scope }) => scope !== "workspace"), ...ofWorkspace];
}

function leastOf(caps: readonly Cap[]): Cap | null {
  return caps.reduce<Cap | null>(
    (least, cap) => (least === null || cap.limitNano < least.limitNano ? cap : least),
    null,
  );
}

function levelsOf(written: unknown): unknown[] {
  return listSchema.safeParse(written ?? []).data ?? [written];
}

/** The least of the levels; none when no level has a cap. `book`: the one that alone is under it. */
function readCap(
  {
    levels,
    book = null,
    ...cap
  }: Pick<Cap, "scope" | "period" | "setting"> & { levels: readonly unknown[]; book?: string | null },
  problems: SettingProblem[],
): Cap[] {
  const id = `${cap.scope}.${cap.period}`;
  let leastUsd: number | null = null;
  let isUnreadable = false;
  for (const level of levels) {
    if (level === undefined || level === null) continue;
    const usd = readAmount(level, { field: cap.setting, book }, problems);
    if (usd === null) isUnreadable = true;
    else leastUsd = Math.min(usd, leastUsd ?? usd);
  }
  if (isUnreadable) {
    const refusal = book === null ? {} : { refusal: unreadableRefusal(cap.setting, book) };
    return [{ ...cap, id, limitNano: 0, isUnreadable, ...refusal }];
  }
  return leastUsd === null ? [] : [{ ...cap, id, limitNano: nanoFromUsd(leastUsd) }];
}

/** USD, or null with a problem. */
function readAmount(
  written: unknown,
  { field, book }: { field: string; book: string | null },
  problems: SettingProblem[],
): number | null {
  if (typeof written === "number" && written >= 0 && written <= MOST_USD) return written;
  const isTooMuch = typeof written === "number" && written > MOST_USD;
  const mend = isTooMuch ? `a number up to ${MOST_USD}` : "a number such as 2.5";
  problems.push({
    field,
    message: `${whyNoAmount(written)}. ${capitalized(nothingIsSent(book))}: write ${mend}, or null for no cap.`,
  });
  return null;
}

/** A sentence that begins with it. */
export function capitalized(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function whyNoAmount(written: unknown): string {
  if (typeof written !== "number") return `${quoteValue(written)} is not an amount in USD`;
  if (written < 0) return `${written} is below zero`;
  if (Number.isNaN(written)) return "NaN is not an amount in USD";
  return `${Number.isFinite(written) ? `$${written}` : "An infinite amount"} is more than a cap can be`;
}

function readWarnAt(written: unknown, problems: SettingProblem[]): number[] {
  const standard = [...settingSchemas["budget.warnAt"].parse(undefined)];
  if (written === undefined || written === null) return standard;
  const rows = listSchema.safeParse(written);
  if (!rows.success) {
    problems.push({
      field: "wayfare.budget.warnAt",
      message: `${quoteValue(written)} is not a list. ${listed(standard)} per cent are used. Write [ 50, 80, 100 ].`,
    });
    return standard;
  }
  const marks = new Set<number>();
  for (const [index, row] of rows.data.entries()) {
    if (typeof row === "number" && row > 0 && row <= 100) marks.add(row);
    else {
      problems.push({
        field: `wayfare.budget.warnAt[${index}]`,
        message: `${quoteValue(row)} is not a percentage. Write a number above 0 and up to 100.`,
      });
    }
  }
  return [...marks].sort((a, b) => a - b);
}

function readLadder(written: unknown, problems: SettingProblem[]): Budget["ladder"] {
  const standard = settingSchemas["budget.ladder"].parse(undefined);
  if (written === undefined || written === null) return standard;
  const rows = listSchema.safeParse(written);
  if (!rows.success) {
    problems.push({
      field: "wayfare.budget.ladder",
      message: `${quoteValue(written)} is not a list, so nothing is tried at a cap. Write [ "cheap", "local" ].`,
    });
    return [];
  }
  const steps = new Set<Budget["ladder"][number]>();
  for (const [index, row] of rows.data.entries()) {
    const step = ladderStepSchema.safeParse(row);
    if (step.success) steps.add(step.data);
    else {
      problems.push({
        field: `wayfare.budget.ladder[${index}]`,
        message: `${quoteValue(row)} is not a step. The steps are cheap and local.`,
      });
    }
  }
  return [...steps];
}

const dayStart = /^([01]?\d|2[0-3]):([0-5]\d)(?:\s+(\S+))?$/;

function readCalendar(written: unknown, problems: SettingProblem[]): Calendar {
  const midnight: Calendar = { timeZone: null, dayStartsAtMinutes: 0 };
  if (written === undefined || written === null) return midnight;
  const found = typeof written === "string" ? dayStart.exec(written.trim()) : null;
  if (found === null) {
    problems.push({
      field: "wayfare.budget.dayStartsAt",
      message: `${quoteValue(written)} is not a time of day. Midnight is used. Write "HH:MM", or "HH:MM Area/City" where your time zone is not the machine's.`,
    });
    return midnight;
  }
  const dayStartsAtMinutes = Number(found[1]) * 60 + Number(found[2]);
  const zone = found[3];
  if (zone === undefined) return { timeZone: null, dayStartsAtMinutes };
  if (isTimeZone(zone)) return { timeZone: zone, dayStartsAtMinutes };
  problems.push({
    field: "wayfare.budget.dayStartsAt",
    message: `There is no time zone "${zone}". The machine's is used. Write one such as Europe/Paris.`,
  });
  return { timeZone: null, dayStartsAtMinutes };
}

/** True for an IANA name that this Node knows. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function listed(marks: readonly number[]): string {
  return `${marks.slice(0, -1).join(", ")} and ${marks.at(-1)}`;
}
