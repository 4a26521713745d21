import { open, rename, rm } from "node:fs/promises";
import { isAbsolute } from "node:path";
import * as z from "zod";
import { FailureError } from "../../shared/failure.ts";
import { usdFromNano } from "../../shared/money.ts";
import type { ExportResult, RequestRecord } from "../../shared/report.ts";
import type { Database } from "./database.ts";
import type { ReportScope } from "./report-book.ts";
import type { RequestBook } from "./request-book.ts";

/** Requests read at a time: some milliseconds, between which everything else has its turn. */
const READ_TOGETHER = 200;

/**
 * Writes the requests of a range with their attempts to a file, the oldest first. CSV has one row for each attempt, and one
 * for an answer that was kept; JSON one object for each request, with all that the audit has;
 * of what was asked only what the person has written down there, nothing of the history. The file is there whole, or
 * not at all. Rejects with a failure that names the path, or a ledger failure.
 */
export function createExport(
  database: Database,
  requests: Pick<RequestBook, "read">,
): (scope: ReportScope, target: { format: "csv" | "json"; path: string }) => Promise<ExportResult> {
  const next = database.prepare(
    `SELECT rowid AS id, day, request_id FROM requests WHERE book = ? AND (day, rowid) > (?, ?) AND day <= ?
       AND (?5 IS NULL OR workspace = ?5) ORDER BY day, rowid LIMIT ${READ_TOGETHER}`,
  );

  async function* records(scope: ReportScope): AsyncGenerator<RequestRecord & { day: string }> {
    let after = { day: scope.fromDay, id: -1 };
    for (;;) {
      const rows = database.read(() =>
        z.array(nextSchema).parse(next.all(scope.book, after.day, after.id, scope.toDay, scope.workspace)),
      );
      for (const { day, request_id: requestId } of rows) {
        const record = requests.read(requestId);
        if (record !== null) yield { ...record, day };
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < READ_TOGETHER) return;
      after = { day: last.day, id: last.id };
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  return async (scope, { format, path }) => {
    if (!isAbsolute(path)) throw cannotWrite(path, "it is no absolute path");
    const partPath = `${path}.part`;
    const result = { rows: 0, bytes: 0 };
    try {
      const file = await open(partPath, "w", 0o600);
      try {
        for await (const text of format === "csv" ? asCsv(records(scope), result) : asJson(records(scope), result)) {
          result.bytes += Buffer.byteLength(text);
          await file.write(text);
        }
      } finally {
        await file.close();
      }
      await rename(partPath, path);
      return result;
    } catch (error) {
      await rm(partPath, { force: true }).catch(() => undefined);
      if (error instanceof FailureError) throw error;
      throw cannotWrite(path, error instanceof Error ? error.message : String(error));
    }
  };
}

const nextSchema = z.object({ id: z.number(), day: z.string(), request_id: z.string() });

function cannotWrite(path: string, why: string): FailureError {
  return new FailureError({
    kind: "internal",
    message: `The costs cannot be written to ${path} (${why}): choose another folder or free some space, and export again.`,
  });
}

type Row = RequestRecord & { day: string };

/** Numbers that a person counts as rows: attempts, and answers that were kept. */
interface Counted {
  rows: number;
}

const columns = [
  "time",
  "day",
  "book",
  "request",
  "kind",
  "workspace",
  "session",
  "language",
  "mode",
  "provider",
  "model",
  "tier",
  "outcome",
  "failure",
  "input_tokens",
  "cache_read_tokens",
  "cache_write_tokens",
  "output_tokens",
  "reasoning_tokens",
  "cost_usd",
  "cost_source",
  "held_usd",
  "saved_usd",
  "first_token_ms",
  "duration_ms",
  "why",
] as const;

async function* asCsv(rows: AsyncIterable<Row>, counted: Counted): AsyncGenerator<string> {
  yield `${columns.join(",")}\r\n`;
  for await (const row of rows) {
    const common = {
      day: row.day,
      book: row.book,
      request: row.requestId,
      kind: row.kind,
      workspace: row.workspace,
      session: row.sessionId,
      language: row.language,
      mode: row.mode ?? "",
      why: row.why,
    };
    for (const attempt of row.attemptRows) {
      counted.rows += 1;
      yield line({
        ...common,
        time: new Date(attempt.startedAtMs).toISOString(),
        provider: attempt.providerId,
        model: attempt.modelId,
        tier: attempt.tier,
        outcome: attempt.outcome,
        failure: attempt.failure?.kind ?? "",
        input_tokens: attempt.usage?.input ?? "",
        cache_read_tokens: attempt.usage?.cacheRead ?? "",
        cache_write_tokens: attempt.usage?.cacheWrite ?? "",
        output_tokens: attempt.usage?.output ?? "",
        reasoning_tokens: attempt.usage?.reasoning ?? "",
        cost_usd: attempt.costNano === null ? "" : dollars(attempt.costNano),
        cost_source: attempt.costSource,
        held_usd: dollars(attempt.heldNano),
        first_token_ms: attempt.firstTokenMs ?? "",
        duration_ms: attempt.durationMs,
      });
    }
    if (row.state !== "cached") continue;
    counted.rows += 1;
    yield line({
      ...common,
      time: new Date(row.atMs).toISOString(),
      provider: row.providerId,
      model: row.modelId,
      tier: row.tier ?? "",
      outcome: "cached",
      cost_usd: "0",
      cost_source: "free",
      saved_usd: row.savedNano === null ? "" : dollars(row.savedNano),
    });
  }
}

/** Nine decimals are a nano-dollar: nothing is rounded, and no program reads an exponent wrongly. */
function dollars(nano: number): string {
  return usdFromNano(nano).toFixed(9);
}

function line(cells: Partial<Record<(typeof columns)[number], string | number>>): string {
  return `${columns.map((name) => cell(cells[name] ?? "")).join(",")}\r\n`;
}

/** RFC 4180; a text that a spreadsheet would take for a formula is given an apostrophe before it. */
function cell(value: string | number): string {
  const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

async function* asJson(rows: AsyncIterable<Row>, counted: Counted): AsyncGenerator<string> {
  let before = "[\n";
  for await (const row of rows) {
    counted.rows += row.attemptRows.length + (row.state === "cached" ? 1 : 0);
    const { sessionTitle: _title, questionHead: _head, ...audited } = row;
    yield `${before}${JSON.stringify(audited)}`;
    before = ",\n";
  }
  yield before === "[\n" ? "[]\n" : "\n]\n";
}
