import * as z from "zod";
import { type Session, type Turn, turnSchema } from "../../shared/answer.ts";
import type { SessionHead } from "../../shared/protocol.ts";
import type { Database } from "./database.ts";
import type { Instances } from "./instances.ts";
import { jsonColumn } from "./json-column.ts";

/** Conversations, as the chat page shows them. They stay on this host. */
export interface SessionStore {
  /** Conversations of a workspace, the latest first, at most 200. */
  list(workspace: string): SessionHead[];
  /** null when it is not kept. A turn whose process died in the middle is "interrupted", with what had come. */
  read(sessionId: string): Session | null;
  /**
   * Writes a conversation's head and one turn of it, new or known. A conversation removed meanwhile stays removed.
   * Rejects with a ledger failure.
   */
  saveTurn(head: SavedHead, turn: Turn): Promise<void>;
  /** Notes an answer that is still coming, in case this process dies. May be lost; only the latest text counts. */
  saveAnswerText(turnId: string, text: string): void;
  /** Deletes a conversation; nothing happens when it is not kept. Rejects with a ledger failure. */
  remove(sessionId: string): Promise<void>;
}

/**
 * What is kept of a conversation beside its turns. `workspace` names the books' workspace it belongs to. What it cost is
 * read from the ledger.
 */
export type SavedHead = Omit<SessionHead, "costNano" | "knownNano" | "simulated"> & { workspace: string };

const MOST_LISTED = 200;
/** Conversations kept of one workspace: years of daily work. Beyond it the one longest untouched is dropped. */
const MOST_KEPT = 500;
/** Removals remembered against a turn that ends after its conversation was deleted. */
const MOST_REMOVED = 1_000;

export function createSessionStore(database: Database, instances: Instances): SessionStore {
  const heads = database.prepare(
    headsWithCost(`WHERE workspace = ? ORDER BY updated_at_ms DESC, rowid DESC LIMIT ${MOST_LISTED}`),
  );
  const head = database.prepare(headsWithCost("WHERE session_id = ?"));
  const turnsOf = database.prepare(
    "SELECT instance_id, state, answer, body FROM turns WHERE session_id = ? ORDER BY turn_order",
  );
  const upsertHead = database.prepare(
    `INSERT INTO sessions (session_id, workspace, title, updated_at_ms) VALUES (?, ?, ?, ?)
     ON CONFLICT (session_id) DO UPDATE SET workspace = excluded.workspace, title = excluded.title,
       updated_at_ms = excluded.updated_at_ms`,
  );
  const upsertTurn = database.prepare(
    `INSERT INTO turns (turn_id, session_id, instance_id, state, answer, body) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (turn_id) DO UPDATE SET session_id = excluded.session_id, instance_id = excluded.instance_id,
       state = excluded.state, answer = excluded.answer, body = excluded.body`,
  );
  const updateAnswer = database.prepare("UPDATE turns SET answer = ? WHERE turn_id = ? AND state = 'answering'");
  const deleteHead = database.prepare("DELETE FROM sessions WHERE session_id = ?");
  const trim = database.prepare(
    `DELETE FROM sessions WHERE rowid IN (SELECT rowid FROM sessions WHERE workspace = ?
       ORDER BY updated_at_ms DESC, rowid DESC LIMIT -1 OFFSET ${MOST_KEPT})`,
  );

  const removed = new Set<string>();
  /** Texts not yet written, one for each answer under way. */
  const coming = new Map<string, string>();

  const turnOf = (row: unknown): Turn | null => {
    const found = turnRowSchema.safeParse(row);
    if (!found.success) return null;
    const { instance_id: owner, state, answer, body } = found.data;
    const isLost = state === "answering" && instances.isGone(owner);
    return { ...body, answer, state: isLost ? "interrupted" : state };
  };

  return {
    list: (workspace) =>
      database
        .read(() => heads.all(workspace))
        .flatMap((row) => {
          const found = headRowSchema.safeParse(row);
          return found.success ? [found.data] : [];
        }),

    read(sessionId) {
      const [headRow, turnRows] = database.read(() => [head.get(sessionId), turnsOf.all(sessionId)] as const);
      const found = headRowSchema.safeParse(headRow);
      if (!found.success) return null;
      const turns = turnRows.flatMap((row) => turnOf(row) ?? []);
      return { ...found.data, turns };
    },

    async saveTurn(saved, turn) {
      if (removed.has(saved.id)) return;
      const { answer, state, ...rest } = turn;
      const body = JSON.stringify(rest);
      coming.delete(turn.id);
      await database.write("normal", () => {
        upsertHead.run(saved.id, saved.workspace, saved.title, saved.updatedAtMs);
        upsertTurn.run(turn.id, saved.id, instances.ownId, state, answer, body);
        trim.run(saved.workspace);
      });
    },

    saveAnswerText(turnId, text) {
      const isQueued = coming.has(turnId);
      coming.set(turnId, text);
      if (isQueued) return;
      database
        .write("normal", () => {
          const latest = coming.get(turnId);
          if (latest !== undefined) updateAnswer.run(latest, turnId);
        })
        // Best effort: the turn itself is written at its end, and that failure is told.
        .catch(() => undefined)
        .finally(() => coming.delete(turnId));
    },

    async remove(sessionId) {
      const [oldest] = removed;
      if (removed.size >= MOST_REMOVED && oldest !== undefined) removed.delete(oldest);
      removed.add(sessionId);
      await database.write("normal", () => deleteHead.run(sessionId));
    },
  };
}

/** Heads, each with what its settled attempts cost in either book, whatever became of the turns they were made for. */
function headsWithCost(which: string): string {
  return `WITH heads AS (SELECT rowid AS age, session_id, title, updated_at_ms FROM sessions ${which})
    SELECT session_id, title, updated_at_ms,
      COUNT(*) FILTER (WHERE book = 'real') AS attempts,
      COUNT(*) FILTER (WHERE book = 'real' AND cost_nano IS NULL) AS unknown,
      COALESCE(SUM(cost_nano) FILTER (WHERE book = 'real'), 0) AS spent_nano,
      COUNT(*) FILTER (WHERE book = 'simulated') AS simulated_attempts,
      COUNT(*) FILTER (WHERE book = 'simulated' AND cost_nano IS NULL) AS simulated_unknown,
      COALESCE(SUM(cost_nano) FILTER (WHERE book = 'simulated'), 0) AS simulated_nano
    FROM heads LEFT JOIN (SELECT session_id AS of_session, book, cost_nano FROM attempts WHERE outcome IS NOT NULL)
      ON of_session = session_id
    GROUP BY session_id ORDER BY updated_at_ms DESC, age DESC`;
}

const headRowSchema = z
  .object({
    session_id: z.string(),
    title: z.string(),
    updated_at_ms: z.number(),
    attempts: z.number(),
    unknown: z.number(),
    spent_nano: z.number(),
    simulated_attempts: z.number(),
    simulated_unknown: z.number(),
    simulated_nano: z.number(),
  })
  .transform((row): SessionHead => {
    // Simulated money is told only where there is no real money it could be taken for.
    const simulated = row.attempts === 0 && row.simulated_attempts > 0;
    const unknown = simulated ? row.simulated_unknown : row.unknown;
    const knownNano = simulated ? row.simulated_nano : row.spent_nano;
    return {
      id: row.session_id,
      title: row.title,
      updatedAtMs: row.updated_at_ms,
      costNano: unknown > 0 ? null : knownNano,
      knownNano: unknown > 0 ? knownNano : undefined,
      simulated,
    };
  });

const turnRowSchema = z.object({
  instance_id: z.string(),
  state: turnSchema.shape.state,
  answer: z.string(),
  body: jsonColumn(turnSchema.omit({ answer: true, state: true })),
});
