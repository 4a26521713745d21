import * as z from "zod";
import type { NanoUsd } from "../../shared/money.ts";
import type { Database } from "./database.ts";
import { laterPeriods } from "./period-of.ts";

/** Real money that is booked for days that have not begun: it counts in the present period of every cap. */
export interface BookedLater {
  /** Spent and held. */
  nano: NanoUsd;
  /** The last of those days, as YYYY-MM-DD. */
  lastDay: string;
  /** clock: some of it was asked for later than now is. calendar: all of it before, but days began earlier then. */
  because: "clock" | "calendar";
}

/** Of the rows that were written last: there is no index by day, and what was asked just before the clock was set is near. */
const LOOKED_AT = 1_000;

/** Makes the function that looks for it, for use inside a read; null where there is none, which one look tells. */
export function createLaterDays(database: Database): (day: string, nowMs: number) => BookedLater | null {
  const sum = database.prepare(
    `SELECT MIN(COALESCE(SUM(spent_nano + held_nano), 0), ${Number.MAX_SAFE_INTEGER}) AS nano, MAX(period) AS last_day
     FROM period_totals WHERE book = 'real' AND period > ? AND period < ? AND length(period) = ?`,
  );
  const asked = database.prepare(
    `SELECT 1 FROM attempts WHERE rowid > (SELECT MAX(rowid) FROM attempts) - ${LOOKED_AT}
       AND day > ? AND started_at_ms > ? AND book = 'real' LIMIT 1`,
  );
  return (day, nowMs) => {
    const { after, before, length } = laterPeriods("daily", day);
    const { nano, last_day: lastDay } = rowSchema.parse(sum.get(after, before, length));
    if (nano === 0 || lastDay === null) return null;
    const because = asked.get(day, nowMs) === undefined ? "calendar" : "clock";
    return { nano, lastDay, because };
  };
}

const rowSchema = z.object({ nano: z.number(), last_day: z.string().nullable() });
