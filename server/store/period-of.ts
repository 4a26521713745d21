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
