import * as z from "zod";
import {
  type Classification,
  classificationSchema,
  type LeftOutRoute,
  leftOutRouteSchema,
  type PlannedRoute,
  plannedRouteSchema,
} from "../../shared/answer.ts";
import type { NanoUsd } from "../../shared/money.ts";
import type { DeleteCostsParams, DeleteCostsResult, RequestRecord } from "../../shared/report.ts";
import type { Database } from "./database.ts";
import { jsonColumn } from "./json-column.ts";
import type { RequestKind } from "./ledger.ts";
import { attemptOf } from "./read-attempt.ts";
import { requestColumns, requestOf, requestRowSchema, withHistory } from "./read-request.ts";

/** What is written down of a request when it is over. Its attempts and their cost are in the ledger already. */
export interface EndedRequest {
  requestId: string;
  atMs: number;
  /** The person's day, YYYY-MM-DD. */
  day: string;
  book: "real" | "simulated";
  kind: RequestKind;
  workspace: string;
  sessionId: string;
  language: string;
  /** Who answered, or was asked first. */
  route: { providerId: string; modelId: string; tier: "cheap" | "frontier" };
  state: "done" | "failed" | "cancelled" | "cached";
  mode: string;
  why: string;
  classification: Classification | null;
  plan: readonly PlannedRoute[];
  leftOut: readonly LeftOutRoute[];
  /** What the same tokens would have cost with the first model of each tier; null: not known, or there is none. */
  frontierNano: NanoUsd | null;
  cheapNano: NanoUsd | null;
  /** For a kept answer: what it had cost; null: not known. */
  savedNano: NanoUsd | null;
  /** null unless the person has questions written down. */
  question: string | null;
  /** What another tool calls the conversation; null: nothing. Absent where it is none of another tool's. */
  conversation?: string | null;
}

/** The audit: a row for each request, and the code that was taken over from its answer. */
export interface RequestBook {
  /** Writes down how a request ended; ended again (asked once more under its name), the newer takes the older's place. Rejects with a ledger failure. */
  end(request: EndedRequest): Promise<void>;
  /**
   * Notes code that was taken over, under the day and the model of the request it came from. False when there is no such
   * request. Rejects with a ledger failure.
   */
  accept(acceptance: {
    requestId: string;
    atMs: number;
    lines: number;
    how: "tab" | "insert" | "copy";
  }): Promise<boolean>;
  /** All that is known of a request; null when nothing is. */
  read(requestId: string): RequestRecord | null;
  /**
   * Deletes the requests of whole days in one book, of one workspace or all, with their attempts, some hundred at a time, so that nobody waits for it. What caps
   * have counted stays; what is still held stays, too. Rejects with a ledger failure; what was deleted by then is.
   */
  deleteDays(scope: DeleteCostsParams): Promise<DeleteCostsResult>;
}

/** Requests deleted in one transaction: some milliseconds. */
const DELETED_TOGETHER = 100;

export function createRequestBook(database: Database): RequestBook {
  const upsert = database.prepare(
    `INSERT INTO requests (request_id, at_ms, day, book, kind, workspace, session_id, language, tier, provider_id, model_id,
       attempts, cost_nano, unknown, state, mode, why, frontier_nano, cheap_nano, frontier_right, cheap_right, saved_nano,
       record, question)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET language = excluded.language, tier = excluded.tier, provider_id = excluded.provider_id,
       model_id = excluded.model_id, state = excluded.state, mode = excluded.mode, why = excluded.why,
       frontier_nano = excluded.frontier_nano, cheap_nano = excluded.cheap_nano, frontier_right = excluded.frontier_right,
       cheap_right = excluded.cheap_right, saved_nano = excluded.saved_nano, record = excluded.record,
       question = excluded.question`,
  );
  const beginConversation = database.prepare(
    "INSERT INTO tool_conversations (session_id, name, begun_at_ms) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
  );
  const accept = database.prepare(
    `INSERT INTO acceptances (request_id, at_ms, how, day, book, workspace, kind, tier, provider_id, model_id, language,
       session_id, accepted_lines, accepted_completions)
     SELECT request_id, ?, ?, day, book, workspace, kind, tier, provider_id, model_id, language, session_id, ?,
       kind = 'completion'
     FROM requests WHERE request_id = ?`,
  );
  const one = database.prepare(`SELECT ${requestColumns} FROM requests ${withHistory} WHERE request_id = ?`);
  const attemptsOf = database.prepare("SELECT * FROM attempts WHERE turn_id = ? ORDER BY rowid");

  const someOfDays = `SELECT request_id, attempts FROM requests WHERE book = ? AND day BETWEEN ? AND ?
    AND (?4 IS NULL OR workspace = ?4) AND NOT EXISTS (SELECT 1 FROM attempts WHERE turn_id = request_id AND outcome IS NULL) LIMIT ${DELETED_TOGETHER}`;
  const find = database.prepare(someOfDays);
  // What caps are read from is given back what the deletion takes: history goes, and no room comes of it.
  const keepCounted = database.prepare(
    `INSERT INTO period_postings (book, day, workspace, kind, spent_nano, held_nano)
     SELECT book, day, workspace, kind, ifnull(cost_nano, 0), 0 FROM attempts WHERE turn_id = ?`,
  );
  const deleteAttempts = database.prepare("DELETE FROM attempts WHERE turn_id = ?");
  const deleteAcceptances = database.prepare("DELETE FROM acceptances WHERE request_id = ?");
  const deleteRequest = database.prepare("DELETE FROM requests WHERE request_id = ?");

  return {
    async end(r) {
      const { classification: seen } = r;
      const record = JSON.stringify({ classification: seen, plan: r.plan, leftOut: r.leftOut });
      await database.write("normal", () => {
        upsert.run(
          r.requestId,
          r.atMs,
          r.day,
          r.book,
          r.kind,
          r.workspace,
          r.sessionId,
          r.language,
          r.route.tier,
          r.route.providerId,
          r.route.modelId,
          r.state,
          r.mode,
          r.why,
          r.frontierNano,
          r.cheapNano,
          seen?.frontierRight ?? null,
          seen?.cheapRight ?? null,
          r.savedNano,
          record,
          r.question,
        );
        if (r.conversation !== undefined) beginConversation.run(r.sessionId, r.conversation, r.atMs);
      });
    },

    accept({ requestId, atMs, lines, how }) {
      return database.write("normal", () => Number(accept.run(atMs, how, lines, requestId).changes) > 0);
    },

    read(requestId) {
      return database.read(() => {
        const row = rowSchema.safeParse(one.get(requestId)).data;
        if (row === undefined) return null;
        const attemptRows = attemptsOf.all(requestId).flatMap((found) => attemptOf(found, undefined) ?? []);
        const { classification, plan, leftOut } = row.record ?? { classification: null, plan: [], leftOut: [] };
        return {
          ...requestOf(row),
          costNano: row.unknown > 0 ? null : row.cost_nano,
          book: row.book,
          state: row.state ?? "unfinished",
          mode: row.mode,
          classification,
          plan,
          leftOut,
          attemptRows,
          savedNano: row.saved_nano,
          question: row.question,
        };
      });
    },

    async deleteDays({ book, fromDay, toDay, workspace }) {
      const deleted = { requests: 0, attempts: 0, keptAnswers: 0 };
      for (;;) {
        const { found, asked, attempts } = await database.write("normal", () => {
          const rows = z.array(foundSchema).parse(find.all(book, fromDay, toDay, workspace));
          let attempts = 0;
          for (const { request_id: requestId } of rows) {
            keepCounted.run(requestId);
            deleteAcceptances.run(requestId);
            attempts += Number(deleteAttempts.run(requestId).changes);
            deleteRequest.run(requestId);
          }
          return { found: rows.length, asked: rows.filter((row) => row.attempts > 0).length, attempts };
        });
        deleted.requests += asked;
        deleted.keptAnswers += found - asked;
        deleted.attempts += attempts;
        if (found < DELETED_TOGETHER) return deleted;
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}

const foundSchema = z.object({ request_id: z.string(), attempts: z.number() });

const recordSchema = z.object({
  classification: classificationSchema.nullable(),
  plan: z.array(plannedRouteSchema),
  leftOut: z.array(leftOutRouteSchema),
});

const rowSchema = requestRowSchema.extend({
  book: z.enum(["real", "simulated"]),
  unknown: z.number(),
  state: z.enum(["done", "failed", "cancelled", "cached"]).nullable().catch(null),
  mode: z.string().nullable(),
  saved_nano: z.number().nullable(),
  record: jsonColumn(recordSchema).nullable().catch(null),
  question: z.string().nullable(),
});
