import * as z from "zod";
import type { Cap } from "../core/budget.ts";
import type { Database } from "./database.ts";
import { periodOf } from "./period-of.ts";

/** Books that were damaged and set aside. */
export interface Loss {
  /** The name of the old file, in the same folder. */
  setAside: string;
  foundAtMs: number;
  /** How many attempts could be read of it. */
  attempts: number;
  /** False when caps had counted more than is known now, and no person has taken that yet. */
  isSettled: boolean;
}

/** What damaged books could not tell, for use inside a read or a write. */
export interface LossBook {
  all(): Loss[];
  /** The loss that leaves one of these caps without its count in its present period, or null. */
  under(caps: readonly Cap[], day: string): Loss | null;
  /** From now on caps count from what could be read. */
  accept(nowMs: number): void;
}

export function createLossBook(database: Database, dayOf: (atMs: number) => string): LossBook {
  const all = database.prepare("SELECT * FROM losses ORDER BY found_at_ms");
  const open = database.prepare("SELECT * FROM losses WHERE counts_known = 0 AND accepted_at_ms IS NULL");
  const accept = database.prepare("UPDATE losses SET accepted_at_ms = ? WHERE accepted_at_ms IS NULL");
  const read = (rows: unknown): Loss[] =>
    rowsSchema.parse(rows).map((row) => ({
      setAside: row.set_aside,
      foundAtMs: row.found_at_ms,
      attempts: row.attempts,
      isSettled: row.counts_known !== 0 || row.accepted_at_ms !== null,
    }));
  return {
    all: () => read(all.all()),
    under(caps, day) {
      const losses = read(open.all());
      // What was counted before a period began is not in its count.
      const touches = (cap: Cap) => (loss: Loss) =>
        periodOf(cap.period, day) <= periodOf(cap.period, dayOf(loss.foundAtMs));
      return caps.flatMap((cap) => losses.filter(touches(cap)))[0] ?? null;
    },
    accept: (nowMs) => void accept.run(nowMs),
  };
}

const rowsSchema = z.array(
  z.object({
    set_aside: z.string(),
    found_at_ms: z.number(),
    attempts: z.number(),
    counts_known: z.number(),
    accepted_at_ms: z.number().nullable(),
  }),
);
