import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Locator } from "playwright-core";
import { expect } from "vitest";

/** A row of the ledger as the file has it. */
export interface LedgerRow {
  attempt_id: string;
  turn_id: string;
  session_id: string;
  book: string;
  tier: string;
  provider_id: string;
  model_id: string;
  outcome: string | null;
  held_nano: number;
  cost_nano: number | null;
  cost_source: string | null;
  /** null: never counted. */
  usage: { input: number; cacheRead: number; cacheWrite: number; output: number; reasoning: number } | null;
}

/** All attempts in the books, oldest first, read from the file itself and not through Wayfare. */
export function readLedger(storage: string): LedgerRow[] {
  const file = join(storage, "wayfare.sqlite");
  if (!existsSync(file)) return [];
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const rows = database.prepare("SELECT * FROM attempts ORDER BY rowid").all();
    return rows.map((row) => ({ ...row, usage: JSON.parse(String(row.usage)) }) as unknown as LedgerRow);
  } finally {
    database.close();
  }
}

/** The rows of one turn, oldest first, as soon as all of them are settled. */
export async function settledRows(storage: string, turn: Locator): Promise<LedgerRow[]> {
  const turnId = await turn.getAttribute("data-turn");
  const rows = () => readLedger(storage).filter((row) => row.turn_id === turnId);
  await expect.poll(() => rows().length > 0 && rows().every((row) => row.outcome !== null)).toBe(true);
  return rows();
}
