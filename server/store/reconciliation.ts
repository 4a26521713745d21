import * as z from "zod";
import type { Usage } from "../../shared/answer.ts";
import type { NanoUsd } from "../../shared/money.ts";
import type { Database } from "./database.ts";

/** An attempt whose cost is not the provider's word yet, and by what the provider can be asked for it. */
export interface PendingBill {
  attemptId: string;
  turnId: string;
  sessionId: string;
  kind: string;
  workspace: string;
  providerId: string;
  modelId: string;
  generationId: string;
  /** Where it was asked: the id means nothing elsewhere. */
  origin: string;
}

/** Bills that come late: what a provider charged for an attempt that was settled by an estimate, or by what was held. */
export interface Reconciliation {
  /** Attempts begun at `sinceMs` or later whose provider can still be asked, the newest first, at most 100. Throws a ledger failure. */
  toReconcile(sinceMs: number): PendingBill[];
  /**
   * Puts the provider's own sum in the place of an estimate or of what was held, safe from a loss of power: at cost source
   * `reported`, once for each attempt. `usage` null keeps the counts that are there. Resolves with whether this was it:
   * false, and nothing is changed, for an attempt that is held, was billed by the provider itself, or does not exist.
   * Rejects with a ledger failure, and with a RangeError for what is no amount of money.
   */
  reconcile(attemptId: string, bill: { usage: Usage | null; costNano: NanoUsd }): Promise<boolean>;
}

/** Far more than are cut in the while that a provider takes to know what they cost. */
const MOST_PENDING = 100;

export function createReconciliation(database: Database, now: () => number): Reconciliation {
  const pending = database.prepare(
    `SELECT attempt_id, turn_id, session_id, kind, workspace, provider_id, model_id, generation_id, generation_origin
     FROM attempts
     WHERE generation_id IS NOT NULL AND reconciled_at_ms IS NULL AND cost_source IN ('estimated', 'reserved')
       AND started_at_ms >= ? AND outcome IS NOT NULL
     ORDER BY started_at_ms DESC LIMIT ${MOST_PENDING}`,
  );
  const amend = database.prepare(
    `UPDATE attempts SET usage = ifnull(?, usage), cost_nano = ?, cost_source = 'reported', reconciled_at_ms = ?
     WHERE attempt_id = ? AND outcome IS NOT NULL AND reconciled_at_ms IS NULL
       AND (cost_source IN ('estimated', 'reserved') OR outcome = 'crashed')`,
  );

  return {
    toReconcile(sinceMs) {
      return database
        .read(() => pending.all(sinceMs))
        .flatMap((found) => {
          const row = pendingRowSchema.safeParse(found).data;
          return row === undefined ? [] : [row];
        });
    },
    async reconcile(attemptId, { usage, costNano }) {
      if (!Number.isSafeInteger(costNano) || costNano < 0) throw new RangeError(`Not an amount of money: ${costNano}`);
      const counts = usage === null ? null : JSON.stringify(usage);
      return database.write("full", () => Number(amend.run(counts, costNano, now(), attemptId).changes) === 1);
    },
  };
}

const pendingRowSchema = z
  .object({
    attempt_id: z.string(),
    turn_id: z.string(),
    session_id: z.string(),
    kind: z.string(),
    workspace: z.string(),
    provider_id: z.string(),
    model_id: z.string(),
    generation_id: z.string(),
    generation_origin: z.string(),
  })
  .transform(
    (row): PendingBill => ({
      attemptId: row.attempt_id,
      turnId: row.turn_id,
      sessionId: row.session_id,
      kind: row.kind,
      workspace: row.workspace,
      providerId: row.provider_id,
      modelId: row.model_id,
      generationId: row.generation_id,
      origin: row.generation_origin,
    }),
  );
