import * as z from "zod";
import { type Held, heldSchema } from "../../shared/protocol.ts";
import type { Database } from "./database.ts";
import type { Instances } from "./instances.ts";
import {
  type CrashCost,
  crashCost,
  createCrashWriter,
  type HeldRow,
  heldRowSchema,
  unnotedCost,
} from "./settle-crashed.ts";

/** Money that is held just now, and the way to let it go when whoever holds it will not. */
export interface HeldMoney {
  /** The oldest first, at most 1,000. Throws a ledger failure. */
  held(): Held[];
  /**
   * Settles held attempts as after a crash, and gives those it settled. What this process holds stays, and what is no
   * longer held is passed over. Should a holder live after all, its own settlement replaces this one later. Rejects with
   * a ledger failure.
   */
  release(attemptIds: readonly string[]): Promise<Held[]>;
}

const MOST_LISTED = 1_000;

export function createHeldMoney(database: Database, instances: Instances, now: () => number): HeldMoney {
  const all = database.prepare(
    `SELECT * FROM attempts WHERE outcome IS NULL ORDER BY started_at_ms, rowid LIMIT ${MOST_LISTED}`,
  );
  const one = database.prepare("SELECT * FROM attempts WHERE attempt_id = ? AND outcome IS NULL");
  const write = createCrashWriter(database);

  /** null for a row that a later version wrote in a way this one cannot read. */
  const read = (found: unknown): { row: HeldRow; cost: CrashCost; held: Held } | null => {
    const row = rowSchema.safeParse(found).data;
    if (row === undefined) return null;
    const holder = instances.holderOf(row.instance_id, now());
    const cost = instances.isSurelyGone(row.instance_id) ? crashCost(row) : unnotedCost(row);
    const held = heldSchema.safeParse({
      attemptId: row.attempt_id,
      providerId: row.provider_id,
      modelId: row.model_id,
      kind: row.kind,
      workspace: row.workspace,
      simulated: row.book === "simulated",
      startedAtMs: row.started_at_ms,
      heldNano: row.held_nano,
      holder,
      settlesAtNano: cost.costNano,
    }).data;
    return held === undefined ? null : { row, cost, held };
  };

  return {
    held: () => database.read(() => all.all().flatMap((found) => read(found)?.held ?? [])),

    release: (attemptIds) =>
      database.write("full", () =>
        [...new Set(attemptIds)].flatMap((attemptId) => {
          const found = read(one.get(attemptId));
          if (found === null || found.held.holder === "this") return [];
          write(found.row, found.cost, now());
          return [found.held];
        }),
      ),
  };
}

const rowSchema = heldRowSchema.extend({
  provider_id: z.string(),
  model_id: z.string(),
  kind: z.string(),
  workspace: z.string(),
  book: z.string(),
  instance_id: z.string(),
});
