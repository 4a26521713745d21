import * as z from "zod";
import {
  type DearRequest,
  type Dimension,
  type ReportGroup,
  type ReportSums,
  reportGroupSchema,
  reportSumsSchema,
} from "../../shared/report.ts";
import type { Database } from "./database.ts";
import { requestColumns, requestOf, requestRowSchema, withHistory } from "./read-request.ts";

/** Which rows of the books a report is about. Days are inclusive; `workspace` null: all. */
export interface ReportScope {
  book: "real" | "simulated";
  fromDay: string;
  toDay: string;
  workspace: string | null;
}

/** Sums that are about routing and caches: see the columns of `report_totals`. */
export type RoutingSums = z.infer<typeof routingSchema>;

/** What reports are read from: sums by day, some thousands of rows for years of work. Each throws a ledger failure. */
export interface ReportBook {
  /** The first day with anything in it, or null. */
  firstDay(book: ReportScope["book"]): string | null;
  totals(scope: ReportScope): { sums: ReportSums; routing: RoutingSums };
  /** Dearest first, at most so many; `label` is the title of a conversation, or its tool's name for it ("" where there is none, or it is gone), and the key elsewhere. */
  groups(scope: ReportScope, by: Dimension, most: number): ReportGroup[];
  /** What was spent by bucket and key. Buckets are named by their first day; weeks begin on Monday. */
  timeline(
    scope: ReportScope,
    by: Dimension,
    unit: "day" | "week" | "month",
  ): { bucket: string; key: string; spentNano: number }[];
  /** Names of workspaces in this book, the latest used first, at most 200. */
  workspaces(book: ReportScope["book"]): string[];
  /** The dearest requests; those that cost nothing are none. */
  dearest(scope: ReportScope, count: number): DearRequest[];
}

const MOST_WORKSPACES = 200;

/** What a dimension is in the books. */
const columns: Readonly<Record<Exclude<Dimension, "session">, string>> = {
  tier: "tier",
  model: "provider_id || '/' || model_id",
  workspace: "workspace",
  language: "language",
  kind: "kind",
};

const buckets = {
  day: "day",
  week: "date(day, 'weekday 0', '-6 days')",
  month: "substr(day, 1, 7) || '-01'",
} as const;

/**
 * The rows of `report_totals` that a range comes to: the months that lie in it whole, and the days before and after them.
 * Parameters: 1 book, 2 workspace or NULL, then from and to of the days before, the months, and the days after.
 */
const inRange = (columns: string) =>
  ["day", "month", "day"]
    .map(
      (span, at) =>
        `SELECT ${columns} FROM report_totals WHERE span = '${span}' AND day BETWEEN ?${3 + 2 * at} AND ?${4 + 2 * at}
           AND book = ?1 AND (?2 IS NULL OR workspace = ?2)`,
    )
    .join(" UNION ALL ");

/** The parameters of `inRange`; a piece that is empty ends before it begins. */
function piecesOf({ book, workspace, fromDay, toDay }: ReportScope): (string | null)[] {
  const firstMonth = fromDay.endsWith("-01") ? fromDay : monthAfter(fromDay);
  const dayAfter = addDays(toDay, 1);
  const endMonth = dayAfter.endsWith("-01") ? dayAfter : monthOf(toDay);
  const none = ["1", "0"];
  const pieces =
    endMonth <= firstMonth
      ? [fromDay, toDay, ...none, ...none]
      : [fromDay, addDays(firstMonth, -1), firstMonth, addDays(endMonth, -1), endMonth, toDay];
  return [book, workspace, ...pieces];
}

const DAY_MS = 86_400_000;

function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

function monthOf(day: string): string {
  return `${day.slice(0, 7)}-01`;
}

function monthAfter(day: string): string {
  return monthOf(addDays(monthOf(day), 31));
}

const sum = (column: string, name: string) => `MIN(TOTAL(${column}), ${Number.MAX_SAFE_INTEGER}) AS ${name}`;

/** Names as the report has them, with the columns they are the sums of. */
const sumColumns: Readonly<Record<keyof ReportSums, string>> = {
  spentNano: "spent_nano",
  unknown: "unknown",
  requests: "requests",
  answers: "answers",
  attempts: "attempts",
  failedAttempts: "failed_attempts",
  failedNano: "failed_nano",
  stoppedAttempts: "stopped_attempts",
  stoppedNano: "stopped_nano",
  inputTokens: "input_tokens",
  cacheReadTokens: "cache_read_tokens",
  cacheWriteTokens: "cache_write_tokens",
  outputTokens: "output_tokens",
  acceptedLines: "accepted_lines",
  acceptedCompletions: "accepted_completions",
};
const routingColumns: Readonly<Record<keyof RoutingSums, string>> = {
  routed: "routed",
  leftOut: "left_out",
  routedNano: "routed_nano",
  routedRight: "routed_right",
  frontierNano: "frontier_nano",
  frontierRight: "frontier_right",
  cheapNano: "cheap_nano",
  cheapRight: "cheap_right",
  promptSavedNano: "prompt_saved_nano",
  keptAnswers: "kept_answers",
  keptSavedNano: "kept_saved_nano",
};
const select = (named: Readonly<Record<string, string>>) =>
  Object.entries(named)
    .map(([name, column]) => sum(column, name))
    .join(", ");

export function createReportBook(database: Database): ReportBook {
  const first = database.prepare("SELECT MIN(day) AS day FROM report_totals WHERE span = 'day' AND book = ?");
  const all = database.prepare(
    `SELECT ${select(sumColumns)}, ${select(routingColumns)}
     FROM (${inRange([...Object.values(sumColumns), ...Object.values(routingColumns)].join(", "))})`,
  );
  const workspaces = database.prepare(
    `SELECT workspace FROM report_totals WHERE span = 'month' AND book = ?
     GROUP BY workspace ORDER BY MAX(day) DESC, workspace LIMIT ${MOST_WORKSPACES}`,
  );
  const grouped = (by: Exclude<Dimension, "session">) =>
    database.prepare(
      `SELECT ${columns[by]} AS key, ${columns[by]} AS label, ${select(sumColumns)}
       FROM (${inRange(`*`)}) GROUP BY key HAVING TOTAL(requests) + TOTAL(attempts) + TOTAL(accepted_lines) > 0
       ORDER BY spentNano DESC, requests DESC, key`,
    );
  // The dearest first, by one column, and then all columns of those: there are thousands of conversations.
  const sessions = database.prepare(
    `SELECT session_id AS key, ifnull((SELECT title FROM sessions WHERE sessions.session_id = some.session_id),
         ifnull((SELECT name FROM tool_conversations AS tools WHERE tools.session_id = some.session_id), '')) AS label,
       (SELECT begun_at_ms FROM tool_conversations AS tools WHERE tools.session_id = some.session_id) AS begunAtMs,
       ${select(sumColumns)}
     FROM session_totals AS some
     WHERE day BETWEEN ?3 AND ?4 AND book = ?1 AND (?2 IS NULL OR workspace = ?2) AND session_id IN (
       SELECT session_id FROM session_totals WHERE day BETWEEN ?3 AND ?4 AND book = ?1 AND (?2 IS NULL OR workspace = ?2)
       GROUP BY session_id ORDER BY TOTAL(spent_nano) DESC, session_id LIMIT ?5)
     GROUP BY session_id HAVING TOTAL(requests) + TOTAL(attempts) + TOTAL(accepted_lines) > 0
     ORDER BY spentNano DESC, requests DESC, key`,
  );
  const spentBy = (by: Dimension, unit: keyof typeof buckets) =>
    database.prepare(
      by === "session"
        ? `SELECT ${buckets[unit]} AS bucket, session_id AS key, ${sum("spent_nano", "spentNano")} FROM session_totals
           WHERE day BETWEEN ?3 AND ?4 AND book = ?1 AND (?2 IS NULL OR workspace = ?2) GROUP BY bucket, key`
        : unit === "month"
          ? `SELECT ${buckets.month} AS bucket, ${columns[by]} AS key, ${sum("spent_nano", "spentNano")}
           FROM (${inRange("*")}) GROUP BY bucket, key`
          : `SELECT ${buckets[unit]} AS bucket, ${columns[by]} AS key, ${sum("spent_nano", "spentNano")} FROM report_totals
           WHERE span = 'day' AND day BETWEEN ?3 AND ?4 AND book = ?1 AND (?2 IS NULL OR workspace = ?2) GROUP BY bucket, key`,
    );
  // Within a few months the days are looked through, beyond them the requests from the dearest on.
  const dearestOf = (index: "requests_by_day" | "requests_by_cost") =>
    database.prepare(
      `SELECT ${requestColumns}
       FROM (SELECT rowid AS id FROM requests INDEXED BY ${index}
         WHERE book = ?1 AND day BETWEEN ?3 AND ?4 AND cost_nano > 0 AND (?2 IS NULL OR workspace = ?2)
         ORDER BY cost_nano DESC LIMIT ?5) JOIN requests ON requests.rowid = id ${withHistory}
       ORDER BY cost_nano DESC, at_ms DESC`,
    );
  const ofDays = ({ book, workspace, fromDay, toDay }: ReportScope) => [book, workspace, fromDay, toDay] as const;

  return {
    firstDay: (book) => database.read(() => daySchema.parse(first.get(book)).day),
    totals: (scope) =>
      database.read(() => {
        const row = all.get(...piecesOf(scope));
        return { sums: reportSumsSchema.parse(row), routing: routingSchema.parse(row) };
      }),
    groups: (scope, by, most) =>
      database.read(() =>
        by === "session"
          ? z.array(sessionSchema).parse(sessions.all(...ofDays(scope), most))
          : z.array(reportGroupSchema).parse(
              grouped(by)
                .all(...piecesOf(scope))
                .slice(0, most),
            ),
      ),
    timeline: (scope, by, unit) =>
      database.read(() =>
        z
          .array(bucketSchema)
          .parse(spentBy(by, unit).all(...(unit === "month" && by !== "session" ? piecesOf(scope) : ofDays(scope)))),
      ),
    workspaces: (book) =>
      database.read(() =>
        z
          .array(z.object({ workspace: z.string() }))
          .parse(workspaces.all(book))
          .map((row) => row.workspace),
      ),
    dearest: (scope, count) =>
      database.read(() =>
        dearestOf(isLong(scope) ? "requests_by_cost" : "requests_by_day")
          .all(...ofDays(scope), count)
          .flatMap((found) => {
            const row = requestRowSchema.safeParse(found).data;
            return row === undefined ? [] : [requestOf(row)];
          }),
      ),
  };
}

const LONG_DAYS = 120;

function isLong({ fromDay, toDay }: ReportScope): boolean {
  return Date.parse(toDay) - Date.parse(fromDay) > LONG_DAYS * DAY_MS;
}

const daySchema = z.object({ day: z.string().nullable() });
const routingSchema = z.object({
  routed: z.number(),
  leftOut: z.number(),
  routedNano: z.number(),
  routedRight: z.number(),
  frontierNano: z.number(),
  frontierRight: z.number(),
  cheapNano: z.number(),
  cheapRight: z.number(),
  promptSavedNano: z.number(),
  keptAnswers: z.number(),
  keptSavedNano: z.number(),
});
const sessionSchema = reportGroupSchema
  .extend({ begunAtMs: z.number().nullable() })
  .transform(({ begunAtMs, ...group }) => (begunAtMs === null ? group : { ...group, begunAtMs }));
const bucketSchema = z.object({ bucket: z.string(), key: z.string(), spentNano: z.number() });
