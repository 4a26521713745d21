import * as z from "zod";
import type { NanoUsd } from "../../shared/money.ts";
import type { Database } from "./database.ts";

/** That a person raised a cap for a day. Recorded for good: the file itself refuses to change or delete it. */
export interface Raise {
  raisedAtMs: number;
  /** `scope.period`, for example `workspace.daily`. */
  capId: string;
  /** Where the person was; a cap of all workspaces was raised in all of them. */
  workspace: string;
  /** The person's day that it holds for, as YYYY-MM-DD. */
  day: string;
  addedNano: NanoUsd;
  /** The limit before, with what was raised that day already, and after. */
  beforeNano: NanoUsd;
  afterNano: NanoUsd;
  /** Whose window it was: "WSL: Ubuntu"; empty on the person's own machine. */
  raisedBy: string;
}

/** For use inside a read or a write of the database. */
export interface RaiseLog {
  add(raise: Omit<Raise, "raisedAtMs" | "raisedBy">, nowMs: number): void;
  /** From `fromMs` to before `toMs`, the oldest first. */
  raisesBetween(fromMs: number, toMs: number): Raise[];
}

export function createRaiseLog(database: Database, raisedBy: string): RaiseLog {
  const insert = database.prepare(
    `INSERT INTO raise_log (raised_at_ms, cap_id, workspace, day, added_nano, before_nano, after_nano, raised_by)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const between = database.prepare(
    "SELECT * FROM raise_log WHERE raised_at_ms >= ? AND raised_at_ms < ? ORDER BY raised_at_ms, rowid",
  );
  return {
    add({ capId, workspace, day, addedNano, beforeNano, afterNano }, nowMs) {
      insert.run(nowMs, capId, workspace, day, addedNano, beforeNano, afterNano, raisedBy);
    },
    raisesBetween: (fromMs, toMs) =>
      z
        .array(rowSchema)
        .parse(between.all(fromMs, toMs))
        .map((row) => ({
          raisedAtMs: row.raised_at_ms,
          capId: row.cap_id,
          workspace: row.workspace,
          day: row.day,
          addedNano: row.added_nano,
          beforeNano: row.before_nano,
          afterNano: row.after_nano,
          raisedBy: row.raised_by,
        })),
  };
}

const rowSchema = z.object({
  raised_at_ms: z.number(),
  cap_id: z.string(),
  workspace: z.string(),
  day: z.string(),
  added_nano: z.number(),
  before_nano: z.number(),
  after_nano: z.number(),
  raised_by: z.string(),
});
