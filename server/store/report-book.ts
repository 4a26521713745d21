import * as z from "zod";
import { tierSchema } from "../../shared/answer.ts";
import {
  type DearRequest,
  type Dimension,
  type ReportGroup,
  type ReportSums,
  reportGroupSchema,
  reportSumsSchema,
} from "../../shared/report.ts";
import type { Database } from "./database.ts";

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
  /** Dearest first; `label` is the title of a conversation, and the key elsewhere. */
  groups(scope: ReportScope, by: Dimension): ReportGroup[];
  /** What was spent by bucket and key, the earliest first. Buckets are named by their first day; weeks begin on Monday. */
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
const columns: Readonly<Record<Dimension, string>> = {
  tier: "tier",
  model: "provider_id || '/' || model_id",
  workspace: "workspace",
  language: "language",
  kind: "kind",
  session: "session_id",
};

/** What a person knows it by, where that is something else. */
const labels: Partial<Readonly<Record<Dimension, string>>> = {
  session: "ifnull((SELECT title FROM sessions WHERE sessions.session_id = report_totals.session_id), '')",
};

const buckets = {
  day: "day",
  week: "date(day, 'weekday 0', '-6 days')",
  month: "substr(day, 1, 7) || '-01'",
} as const;

const within = `book = ? AND day BETWEEN ? AND ? AND (?4 IS NULL OR workspace = ?4)`;

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
  const first = database.prepare("SELECT MIN(day) AS day FROM report_totals WHERE book = ?");
  const all = database.prepare(
    `SELECT ${select(sumColumns)}, ${select(routingColumns)} FROM report_totals WHERE ${within}`,
  );
  const workspaces = database.prepare(
    `SELECT workspace FROM report_totals WHERE book = ? GROUP BY workspace ORDER BY MAX(day) DESC, workspace LIMIT ${MOST_WORKSPACES}`,
  );
  const dearest = database.prepare(
    `SELECT requests.*, ifnull(title, '') AS title FROM requests LEFT JOIN sessions USING (session_id)
     WHERE book = ? AND day BETWEEN ? AND ? AND cost_nano > 0 AND (?4 IS NULL OR requests.workspace = ?4)
     ORDER BY cost_nano DESC, at_ms DESC LIMIT ?5`,
  );
  const of = ({ book, fromDay, toDay, workspace }: ReportScope) => [book, fromDay, toDay, workspace] as const;

  return {
    firstDay: (book) => database.read(() => daySchema.parse(first.get(book)).day),
    totals: (scope) =>
      database.read(() => {
        const row = all.get(...of(scope));
        return { sums: reportSumsSchema.parse(row), routing: routingSchema.parse(row) };
      }),
    groups: (scope, by) =>
      database.read(() => {
        const grouped = database.prepare(
          `SELECT ${columns[by]} AS key, ${labels[by] ?? columns[by]} AS label, ${select(sumColumns)} FROM report_totals WHERE ${within}
           GROUP BY key HAVING TOTAL(requests) + TOTAL(attempts) + TOTAL(accepted_lines) > 0
           ORDER BY spentNano DESC, requests DESC, key`,
        );
        return z.array(reportGroupSchema).parse(grouped.all(...of(scope)));
      }),
    timeline: (scope, by, unit) =>
      database.read(() => {
        const rows = database.prepare(
          `SELECT ${buckets[unit]} AS bucket, ${columns[by]} AS key, ${sum("spent_nano", "spentNano")} FROM report_totals
           WHERE ${within} GROUP BY bucket, key ORDER BY bucket, key`,
        );
        return z.array(bucketSchema).parse(rows.all(...of(scope)));
      }),
    workspaces: (book) =>
      database.read(() =>
        z
          .array(z.object({ workspace: z.string() }))
          .parse(workspaces.all(book))
          .map((row) => row.workspace),
      ),
    dearest: (scope, count) =>
      database.read(() =>
        dearest.all(...of(scope), count).flatMap((found) => {
          const row = dearSchema.safeParse(found).data;
          if (row === undefined) return [];
          return [
            {
              requestId: row.request_id,
              atMs: row.at_ms,
              kind: row.kind,
              workspace: row.workspace,
              sessionId: row.session_id,
              sessionTitle: row.title,
              language: row.language,
              providerId: row.provider_id,
              modelId: row.model_id,
              tier: row.tier,
              attempts: row.attempts,
              costNano: row.cost_nano,
              why: row.why,
            },
          ];
        }),
      ),
  };
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
const bucketSchema = z.object({ bucket: z.string(), key: z.string(), spentNano: z.number() });
const dearSchema = z.object({
  request_id: z.string(),
  at_ms: z.number(),
  kind: z.enum(["chat", "completion", "helper"]),
  workspace: z.string(),
  session_id: z.string(),
  title: z.string(),
  language: z.string(),
  provider_id: z.string(),
  model_id: z.string(),
  tier: tierSchema.nullable().catch(null),
  attempts: z.number(),
  cost_nano: z.number(),
  why: z.string(),
});
