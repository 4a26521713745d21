import type { Period } from "../../shared/protocol.ts";

/** The key of the period that a day (YYYY-MM-DD) falls in, as the sums of the books know it. Weeks begin on Monday. */
export function periodOf(period: Period, day: string): string {
  if (period === "total") return "total";
  if (period === "daily") return day;
  if (period === "monthly") return day.slice(0, 7);
  const at = new Date(`${day}T00:00:00Z`);
  const daysSinceMonday = (at.getUTCDay() + 6) % 7;
  at.setUTCDate(at.getUTCDate() - daysSinceMonday);
  return `week ${at.toISOString().slice(0, 10)}`;
}

/**
 * Where the keys of all later periods of that kind lie: above `after`, below `before`, and `length` characters long, in
 * SQLite's order of text. Keys of other kinds lie among them, but have another length. "total" has no later one.
 */
export function laterPeriods(period: Period, day: string): { after: string; before: string; length: number } {
  if (period === "total") return { after: "", before: "", length: 0 };
  const key = periodOf(period, day);
  // ":" comes next to "9", so it is above every digit; and above "-", so that no day of a month is above the month.
  return { after: `${key}:`, before: period === "weekly" ? "week :" : ":", length: key.length };
}
