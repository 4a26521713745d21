import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { createCrashWriter, heldRowSchema, unnotedCost } from "./settle-crashed.ts";

/** What could be read of a damaged file. */
export interface Salvaged {
  attempts: number;
  /** True when all that caps had counted is known: from the sums, or else from every attempt. */
  countsKnown: boolean;
}

/** What a start may take at most: about 300,000 attempts. The newest are read first, and the rest stays in the old file. */
const LONGEST_MS = 10_000;
/** Rows that are read at once, and of which one that cannot be read is looked for by halves. */
const PIECE_ROWS = 512;
/** After so many pieces in a row of which nothing can be read, what is left of the table is given up. */
const DEAD_PIECES = 20;
/** A row of the books takes more, so a file has no more rows than this says. */
const LEAST_ROW_BYTES = 32;

/** Kept by triggers, about processes that hold the old file, or put right afterwards. */
const NOT_COPIED = ["instances", "response_totals", "report_totals", "session_totals", "period_totals"];
/** Columns that are not copied but begin anew: the attempts are posted again, to their requests and to every sum. */
const ANEW: Readonly<Record<string, readonly string[]>> = {
  attempts: ["posted"],
  requests: ["attempts", "cost_nano", "unknown"],
};
/** What money depends on, before what only takes time. */
const FIRST = ["raises", "losses", "notices", "raise_log", "paused_routes", "attempts", "sessions", "turns"];

/**
 * Copies what can be read of the damaged `source` into `target`, which is new and has the newest schema. What was held is
 * booked as spent, all of it: whoever held it may still spend it. The sums of the old file hold where the attempts they
 * came from cannot be read. Throws only what `target` throws.
 */
export function salvage(
  source: DatabaseSync,
  target: DatabaseSync,
  facts: { nowMs: number; fileBytes: number },
): Salvaged {
  const endsAtMs = performance.now() + LONGEST_MS;
  const isLate = () => performance.now() > endsAtMs;
  const periods = readWhole(source, "period_totals", isLate);

  target.exec("BEGIN");
  const all = target
    .prepare(
      "SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite%'",
    )
    .all()
    .filter(({ name }) => !NOT_COPIED.includes(String(name)))
    .map(({ name, wr }) => ({ name: String(name), hasRowid: wr === 0 }));
  const place = ({ name }: { name: string }) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  let areAttemptsWhole = false;
  for (const table of all.sort((a, b) => place(a) - place(b))) {
    const add = createAdder(source, target, table.name);
    if (add === null) continue;
    let isWhole = true;
    const rows = table.hasRowid
      ? rowsByRowid(source, table.name, facts.fileBytes, isLate)
      : readWhole(source, table.name, isLate);
    if ("rows" in rows) isWhole = rows.isWhole;
    for (const row of "rows" in rows ? rows.rows : rows) isWhole = row !== null && add(row) && isWhole;
    if (table.name === "attempts") areAttemptsWhole = isWhole;
  }
  target.exec("DELETE FROM turns WHERE session_id NOT IN (SELECT session_id FROM sessions)");
  settleHeld(target, facts.nowMs);
  for (const row of periods.rows) raiseTotal(target, row);
  const attempts = Number(target.prepare("SELECT COUNT(*) AS rows FROM attempts").get()?.rows);
  target.exec("COMMIT");
  return { attempts, countsKnown: areAttemptsWhole || agrees(periods) };
}

type Row = Record<string, SQLOutputValue>;

/** The rows of a small table until one cannot be read. A table that is not there has none, and is not whole. */
function readWhole(source: DatabaseSync, table: string, isLate: () => boolean): { rows: Row[]; isWhole: boolean } {
  const rows: Row[] = [];
  try {
    for (const row of readingBigInts(source, `SELECT * FROM ${table}`).iterate()) {
      rows.push(row);
      if (isLate()) return { rows, isWhole: false };
    }
    return { rows, isWhole: true };
  } catch {
    return { rows, isWhole: false };
  }
}

/** The rows of a large table, the newest first; null stands for some that could not be read. */
function* rowsByRowid(
  source: DatabaseSync,
  table: string,
  fileBytes: number,
  isLate: () => boolean,
): Generator<Row | null> {
  let read: (first: number, last: number) => Row[];
  try {
    const piece = readingBigInts(source, `SELECT * FROM ${table} WHERE rowid BETWEEN ? AND ? ORDER BY rowid DESC`);
    read = (first, to) => piece.all(first, to);
  } catch {
    return yield null;
  }
  let last: number | null = null;
  try {
    last = Number(source.prepare(`SELECT COALESCE(MAX(rowid), 0) AS last FROM ${table}`).get()?.last);
  } catch {
    // The end is gone, so it is looked for from the beginning.
    yield null;
  }
  const pieces = Math.ceil((last ?? fileBytes / LEAST_ROW_BYTES) / PIECE_ROWS);
  let deadPieces = 0;
  for (let piece = 0; piece < pieces; piece++) {
    if (isLate() || deadPieces === DEAD_PIECES) return yield null;
    const first = 1 + (last === null ? piece : pieces - 1 - piece) * PIECE_ROWS;
    let isAlive = false;
    let isBroken = false;
    for (const row of byHalves(read, first, first + PIECE_ROWS - 1)) {
      if (row === null) isBroken = true;
      else isAlive = true;
      yield row;
    }
    deadPieces = isBroken && !isAlive ? deadPieces + 1 : 0;
  }
}

function* byHalves(read: (first: number, last: number) => Row[], first: number, last: number): Generator<Row | null> {
  let rows: Row[] = [];
  try {
    rows = read(first, last);
  } catch {
    if (first === last) return yield null;
    const middle = Math.floor((first + last) / 2);
    yield* byHalves(read, middle + 1, last);
    return yield* byHalves(read, first, middle);
  }
  yield* rows;
}

/** Makes the function that copies a row, by the columns that both files have; false for a row that the new one does not take. */
function createAdder(source: DatabaseSync, target: DatabaseSync, table: string): ((row: Row) => boolean) | null {
  const columnsOf = (database: DatabaseSync) =>
    database
      .prepare("SELECT name FROM pragma_table_info(?)")
      .all(table)
      .map(({ name }) => String(name));
  try {
    const there = columnsOf(source);
    const anew = ANEW[table] ?? [];
    const both = columnsOf(target).filter((name) => there.includes(name));
    const insert = target.prepare(
      `INSERT INTO ${table} (${both.join(", ")}) VALUES (${both.map(() => "?").join(", ")}) ON CONFLICT DO NOTHING`,
    );
    return (row) => {
      try {
        insert.run(...both.map((name) => (anew.includes(name) ? 0 : (row[name] ?? null))));
        return true;
      } catch {
        return false; // What a damaged page made of it is no row of this table.
      }
    };
  } catch {
    return null;
  }
}

function settleHeld(target: DatabaseSync, nowMs: number): void {
  const write = createCrashWriter(target);
  for (const found of target.prepare("SELECT * FROM attempts WHERE outcome IS NULL").all()) {
    const row = heldRowSchema.safeParse(found).data;
    if (row !== undefined) write(row, unnotedCost(row), nowMs);
  }
}

/** A sum of the old file holds where it is more than what its attempts came to. */
function raiseTotal(target: DatabaseSync, row: Row): void {
  const { held_nano: held, spent_nano: spent, ...keys } = row;
  if (typeof held !== "bigint" || typeof spent !== "bigint" || held < 0n || spent < 0n) return;
  const all = { ...keys, spent_nano: held + spent, held_nano: 0n };
  const columns = Object.keys(all);
  try {
    target
      .prepare(
        `INSERT INTO period_totals (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})
         ON CONFLICT DO UPDATE SET spent_nano = MAX(spent_nano, excluded.spent_nano)`,
      )
      .run(...Object.values(all));
  } catch {
    // Not a sum that this version keeps.
  }
}

/** True when the sums were read to the end, and the days come to the total: each is kept beside the other. */
function agrees({ rows, isWhole }: { rows: readonly Row[]; isWhole: boolean }): boolean {
  let days = 0n;
  let total = 0n;
  for (const { period, held_nano: held, spent_nano: spent } of rows) {
    if (typeof held !== "bigint" || typeof spent !== "bigint" || held < 0n || spent < 0n) return false;
    if (period === "total") total += held + spent;
    else if (typeof period === "string" && /^\d{4}-\d\d-\d\d$/.test(period)) days += held + spent;
  }
  return isWhole && days === total;
}

function readingBigInts(source: DatabaseSync, sql: string) {
  const statement = source.prepare(sql);
  statement.setReadBigInts(true);
  return statement;
}
