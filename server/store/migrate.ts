import type { DatabaseSync } from "node:sqlite";
import { newerSchema } from "./explain-ledger-failure.ts";

/**
 * The shape of the books, one step for each version, never edited once released: the file remembers in `user_version`
 * how many it has seen. Money is whole nano-dollars; NULL money is an unknown price; a row without an outcome is held.
 */
export const migrations: readonly string[] = [
  `CREATE TABLE instances (
     instance_id TEXT PRIMARY KEY,
     host TEXT NOT NULL,
     pid INTEGER NOT NULL,
     start_mark TEXT NOT NULL,
     beat_at_ms INTEGER NOT NULL
   ) STRICT;

   CREATE TABLE attempts (
     attempt_id TEXT PRIMARY KEY,
     turn_id TEXT NOT NULL,
     session_id TEXT NOT NULL,
     kind TEXT NOT NULL,
     workspace TEXT NOT NULL,
     book TEXT NOT NULL,
     tier TEXT NOT NULL,
     provider_id TEXT NOT NULL,
     model_id TEXT NOT NULL,
     instance_id TEXT NOT NULL,
     day TEXT NOT NULL,
     started_at_ms REAL NOT NULL,
     held_nano INTEGER NOT NULL,
     input_nano INTEGER,
     output_nano_per_token REAL,
     noted_output_tokens REAL,
     noted_at_ms REAL,
     outcome TEXT,
     failure TEXT,
     usage TEXT,
     cost_nano INTEGER,
     cost_source TEXT,
     first_token_ms REAL,
     duration_ms REAL,
     reason TEXT,
     settled_at_ms REAL
   ) STRICT;
   CREATE INDEX attempts_by_day ON attempts (day, book, tier, provider_id, model_id, outcome, kind, cost_nano, held_nano);
   CREATE INDEX attempts_by_turn ON attempts (turn_id);
   CREATE INDEX attempts_held ON attempts (instance_id) WHERE outcome IS NULL;

   CREATE TABLE sessions (
     session_id TEXT PRIMARY KEY,
     workspace TEXT NOT NULL,
     title TEXT NOT NULL,
     updated_at_ms REAL NOT NULL,
     cost_nano INTEGER,
     simulated INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX sessions_by_workspace ON sessions (workspace, updated_at_ms);

   CREATE TABLE turns (
     turn_order INTEGER PRIMARY KEY,
     turn_id TEXT NOT NULL UNIQUE,
     session_id TEXT NOT NULL REFERENCES sessions (session_id) ON DELETE CASCADE,
     instance_id TEXT NOT NULL,
     state TEXT NOT NULL,
     answer TEXT NOT NULL,
     body TEXT NOT NULL
   ) STRICT;
   CREATE INDEX turns_by_session ON turns (session_id, turn_order);

   CREATE TABLE model_lists (
     provider_id TEXT NOT NULL,
     origin TEXT NOT NULL,
     as_of_ms REAL NOT NULL,
     models TEXT NOT NULL,
     PRIMARY KEY (provider_id, origin)
   ) STRICT;`,
  // What a conversation cost is what its attempts cost, also those of answers that were asked again.
  `CREATE INDEX attempts_by_session ON attempts (session_id, outcome, book, cost_nano);
   ALTER TABLE sessions DROP COLUMN cost_nano;
   ALTER TABLE sessions DROP COLUMN simulated;`,
];

/**
 * Brings the file to the newest schema in one transaction. Several processes may do this at once: the version is read
 * again under the write lock, so each step runs once. Throws SQLite's busy error when another is at it just now, and a
 * ledger failure when the file comes from a later Wayfare.
 */
export function migrate(database: DatabaseSync, path: string): void {
  if (versionOf(database, path) === migrations.length) return;
  database.exec("BEGIN IMMEDIATE");
  try {
    for (const step of migrations.slice(versionOf(database, path))) database.exec(step);
    database.exec(`PRAGMA user_version = ${migrations.length}; COMMIT`);
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

function versionOf(database: DatabaseSync, path: string): number {
  const version = Number(database.prepare("PRAGMA user_version").get()?.user_version);
  if (version > migrations.length) throw newerSchema(path, version, migrations.length);
  return version;
}
