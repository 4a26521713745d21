import { describeCap } from "../shared/cap-words.ts";
import { formatUsd } from "../shared/money.ts";
import type { BudgetWarning, CapState } from "../shared/protocol.ts";

/** The words in which budgets are spoken of in the editor. */

const spans = { daily: "today", weekly: "this week", monthly: "this month", total: "in total" } as const;

/** "80 % of this workspace's $1.00 a day is spent: $0.8123 today." */
export function warningWords({ cap, percent }: BudgetWarning, hostLabel: string): string {
  const where = hostLabel === "" ? "" : ` on ${hostLabel}`;
  const limit = `${describeCap(cap)}${where}`;
  const spent = `${formatUsd(cap.spentNano)} ${spans[cap.period]}`;
  return percent >= 100
    ? `The cap is reached: all of ${limit} is spent (${spent}). Only what is free is asked until it ends or is raised.`
    : `${percent} % of ${limit} is spent: ${spent}.`;
}

const DAY_MS = 24 * 60 * 60_000;

/**
 * "at this rate reached at 16:20", "… on Thursday 16:20" within a week, "… on 12 December" later; in the person's local
 * time, or that of `timeZone` (IANA).
 */
export function forecastWords(reachedAtMs: number, nowMs: number, timeZone?: string): string {
  const zone = timeZone === undefined ? {} : { timeZone };
  const dateOf = (atMs: number) => new Intl.DateTimeFormat("en-GB", { ...zone, dateStyle: "short" }).format(atMs);
  const time = new Intl.DateTimeFormat("en-GB", { ...zone, timeStyle: "short" }).format(reachedAtMs);
  if (dateOf(reachedAtMs) === dateOf(nowMs)) return `at this rate reached at ${time}`;
  // Six days on, the name of a weekday still means one day.
  if (reachedAtMs - nowMs < 6 * DAY_MS) {
    const weekday = new Intl.DateTimeFormat("en-GB", { ...zone, weekday: "long" }).format(reachedAtMs);
    return `at this rate reached on ${weekday} ${time}`;
  }
  return `at this rate reached on ${new Intl.DateTimeFormat("en-GB", { ...zone, day: "numeric", month: "long" }).format(reachedAtMs)}`;
}

/** More money does not mend a cap that cannot be read. */
export function canBeRaised({ isUnreadable }: Pick<CapState, "isUnreadable">): boolean {
  return isUnreadable !== true;
}

const cent = 10_000_000;

/** The smallest whole cent, in nano-dollars, that makes a question fit which lacks `lackingNano` under its cap. */
export function enoughFor(lackingNano: number): number {
  return Math.max(1, Math.ceil(lackingNano / cent)) * cent;
}

/**
 * Sums to raise a cap by: half of it, all of it, and twice, rounded to whole cents so that they can be read; at least a
 * cent.
 */
export function raiseSteps({ limitNano, raisedNano }: Pick<CapState, "limitNano" | "raisedNano">): number[] {
  const base = Math.max(limitNano - raisedNano, cent);
  return [...new Set([0.5, 1, 2].map((factor) => Math.max(cent, Math.round((base * factor) / cent) * cent)))];
}

/** Why a sum that was typed cannot be used, or null. "2", "2.50" and "$2.50" can. */
export function readSum(written: string): { nano: number } | { problem: string } {
  const match = /^\$?\s*(\d{1,6}(?:[.,]\d{1,9})?)$/.exec(written.trim());
  const usd = Number(match?.[1]?.replace(",", "."));
  if (match === null || !(usd > 0)) return { problem: "Write a sum in dollars above 0, for example 0.50" };
  return { nano: Math.round(usd * 1_000_000_000) };
}
