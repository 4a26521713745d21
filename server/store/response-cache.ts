import { createHash } from "node:crypto";
import * as z from "zod";
import { type Usage, usageSchema } from "../../shared/answer.ts";
import type { Database } from "./database.ts";
import { jsonColumn } from "./json-column.ts";

/**
 * Whole answers, kept for when the very same request is made again. All windows of a host share them; simulated and real
 * ones never meet. An answer goes with the conversation it was given in: where that is deleted, so is the answer.
 */
export interface ResponseCache {
  /** The answer kept for this request, if it is not too old; a row that cannot be read is none. Throws a ledger failure. */
  find(request: RequestName, limits: { nowMs: number; maxAgeMs: number }): KeptAnswer | null;
  /** Notes that a kept answer was used: what is used last goes last. Rejects with a ledger failure. */
  noteHit(request: RequestName, nowMs: number): Promise<void>;
  /**
   * Keeps an answer in the place of an older one. What is too old then goes, and beyond `maxBytes` what was longest
   * unused. Nothing is kept of a conversation that is deleted, nor an answer that takes more than its share of the room.
   * Rejects with a ledger failure.
   */
  keep(answer: NewAnswer, limits: { nowMs: number; maxAgeMs: number; maxBytes: number }): Promise<void>;
  /** Deletes the answers of one book, or all; resolves with what there was. Rejects with a ledger failure. */
  clear(book?: RequestName["book"]): Promise<{ answers: number; bytes: number }>;
}

export interface RequestName {
  /** `cacheKey` of the request; only its hash is kept. */
  key: string;
  book: "real" | "simulated";
}

export interface NewAnswer extends RequestName {
  sessionId: string;
  providerId: string;
  modelId: string;
  origin: string;
  /** Whole, to its own end: an answer that was cut is not kept. */
  text: string;
  finishReason: "stop";
  /** null: what it cost is not known. */
  costNano: number | null;
  usage: Usage | null;
}

export interface KeptAnswer {
  text: string;
  finishReason: "stop";
  costNano: number | null;
  usage: Usage | null;
  /** When it was given. */
  keptAtMs: number;
}

/**
 * What a row takes besides its answer, indexes included: 470 as measured on a file of 5,000. SQLite's pages of 4 KB are
 * seldom full, so the file itself may take more, up to twice as much where each answer is half a page.
 */
const ROW_BYTES = 512;
/** One answer may take this share of the room: a single one must not push out all others. */
const LARGEST_SHARE = 0.25;
/** Rows deleted at once: some milliseconds of the thread that streams. What is left over goes with the next answer. */
const MOST_DELETED = 100;

export function createResponseCache(database: Database): ResponseCache {
  const select = database.prepare(
    "SELECT answer, finish_reason, cost_nano, usage, created_at_ms FROM responses WHERE key = ? AND book = ?",
  );
  const hit = database.prepare(
    "UPDATE responses SET last_hit_at_ms = max(last_hit_at_ms, ?), hits = hits + 1 WHERE key = ?",
  );
  const remove = database.prepare("DELETE FROM responses WHERE key = ?");
  const insert = database.prepare(
    `INSERT INTO responses (key, book, session_id, provider_id, model_id, origin, bytes, hits, created_at_ms,
       last_hit_at_ms, finish_reason, cost_nano, usage, answer)
     SELECT ?, ?, session_id, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ? FROM sessions WHERE session_id = ?`,
  );
  const removeOld = database.prepare(
    `DELETE FROM responses WHERE key IN
       (SELECT key FROM responses WHERE created_at_ms < ? ORDER BY created_at_ms LIMIT ${MOST_DELETED})`,
  );
  const removeUnused = database.prepare(
    "DELETE FROM responses WHERE key IN (SELECT key FROM responses ORDER BY last_hit_at_ms, rowid LIMIT 1)",
  );
  const totals = database.prepare("SELECT answers, bytes FROM response_totals");
  const sum = database.prepare(
    "SELECT COUNT(*) AS answers, IFNULL(SUM(bytes), 0) AS bytes FROM responses WHERE book = ?",
  );
  const clearBook = database.prepare("DELETE FROM responses WHERE book = ?");

  const totalBytes = (): number => totalSchema.parse(totals.get()).bytes;

  return {
    find(request, { nowMs, maxAgeMs }) {
      const found = rowSchema.safeParse(database.read(() => select.get(hashOf(request), request.book)));
      if (!found.success) return null;
      const ageMs = nowMs - found.data.keptAtMs;
      // One from the future was written under a clock that was wrong: how old it is nobody knows.
      return ageMs >= 0 && ageMs <= maxAgeMs ? found.data : null;
    },

    async noteHit(request, nowMs) {
      const key = hashOf(request);
      await database.write("normal", () => hit.run(nowMs, key));
    },

    async keep(answer, { nowMs, maxAgeMs, maxBytes }) {
      const { book, sessionId, providerId, modelId, origin, text, finishReason, costNano, usage } = answer;
      const bytes = Buffer.byteLength(text) + ROW_BYTES;
      const key = hashOf(answer);
      const usageText = usage === null ? null : JSON.stringify(usage);
      await database.write("normal", () => {
        remove.run(key);
        if (bytes <= maxBytes * LARGEST_SHARE) {
          const row = [key, book, providerId, modelId, origin, bytes, nowMs, nowMs, finishReason, costNano, usageText];
          insert.run(...row, text, sessionId);
        }
        removeOld.run(nowMs - maxAgeMs);
        for (let deleted = 0; deleted < MOST_DELETED && totalBytes() > maxBytes; deleted++) removeUnused.run();
      });
    },

    clear: (book) =>
      database.write("normal", () => {
        const books = book === undefined ? (["real", "simulated"] as const) : [book];
        const freed = { answers: 0, bytes: 0 };
        for (const each of books) {
          const { answers, bytes } = totalSchema.parse(sum.get(each));
          freed.answers += answers;
          freed.bytes += bytes;
          clearBook.run(each);
        }
        return freed;
      }),
  };
}

function hashOf({ key, book }: RequestName): string {
  return createHash("sha256").update(`${book}\n${key}`).digest("hex");
}

const totalSchema = z.object({ answers: z.number(), bytes: z.number() });

const rowSchema = z
  .object({
    answer: z.string().min(1),
    finish_reason: z.literal("stop"),
    cost_nano: z.number().int().nonnegative().nullable(),
    usage: jsonColumn(usageSchema).nullable(),
    created_at_ms: z.number(),
  })
  .transform((row): KeptAnswer => {
    const { answer: text, finish_reason: finishReason, cost_nano: costNano, usage, created_at_ms: keptAtMs } = row;
    return { text, finishReason, costNano, usage, keptAtMs };
  });
