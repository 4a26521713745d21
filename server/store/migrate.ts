import type { DatabaseSync } from "node:sqlite";
import { newerSchema } from "./explain-ledger-failure.ts";
import { reportSchema, toolsReportSchema } from "./report-schema.ts";

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
  // Sums that every cap and every bill is read from, kept by the database itself: no writer can forget them.
  `CREATE TABLE day_totals (
     day TEXT NOT NULL,
     book TEXT NOT NULL,
     workspace TEXT NOT NULL,
     kind TEXT NOT NULL,
     tier TEXT NOT NULL,
     provider_id TEXT NOT NULL,
     model_id TEXT NOT NULL,
     spent_nano INTEGER NOT NULL,
     held_nano INTEGER NOT NULL,
     unknown INTEGER NOT NULL,
     answers INTEGER NOT NULL,
     PRIMARY KEY (day, book, workspace, kind, tier, provider_id, model_id)
   ) STRICT, WITHOUT ROWID;

   -- One row for the day, one for the week, one for the month and one for all time: a cap is read in a few rows.
   CREATE TABLE period_totals (
     book TEXT NOT NULL,
     period TEXT NOT NULL,
     workspace TEXT NOT NULL,
     kind TEXT NOT NULL,
     spent_nano INTEGER NOT NULL,
     held_nano INTEGER NOT NULL,
     PRIMARY KEY (book, period, workspace, kind)
   ) STRICT, WITHOUT ROWID;

   CREATE VIEW postings AS SELECT * FROM day_totals WHERE 0;
   CREATE TRIGGER post INSTEAD OF INSERT ON postings BEGIN
     INSERT INTO day_totals VALUES (new.day, new.book, new.workspace, new.kind, new.tier, new.provider_id, new.model_id,
       new.spent_nano, new.held_nano, new.unknown, new.answers)
     ON CONFLICT DO UPDATE SET spent_nano = spent_nano + excluded.spent_nano, held_nano = held_nano + excluded.held_nano,
       unknown = unknown + excluded.unknown, answers = answers + excluded.answers;
     INSERT INTO period_totals
       SELECT new.book, period, new.workspace, new.kind, new.spent_nano, new.held_nano FROM (
         SELECT new.day AS period
         UNION ALL SELECT 'week ' || date(new.day, 'weekday 0', '-6 days')
         UNION ALL SELECT substr(new.day, 1, 7)
         UNION ALL SELECT 'total'
       ) WHERE period IS NOT NULL
     ON CONFLICT DO UPDATE SET spent_nano = spent_nano + excluded.spent_nano, held_nano = held_nano + excluded.held_nano;
   END;

   CREATE VIEW posted AS SELECT attempt_id, day, book, workspace, kind, tier, provider_id, model_id,
     iif(outcome IS NULL, 0, ifnull(cost_nano, 0)) AS spent_nano,
     iif(outcome IS NULL, held_nano, 0) AS held_nano,
     outcome IS NOT NULL AND cost_nano IS NULL AS unknown,
     outcome IS 'done' AND kind = 'chat' AS answers
   FROM attempts;
   INSERT INTO day_totals SELECT day, book, workspace, kind, tier, provider_id, model_id,
     SUM(spent_nano), SUM(held_nano), SUM(unknown), SUM(answers)
   FROM posted GROUP BY day, book, workspace, kind, tier, provider_id, model_id;
   INSERT INTO period_totals SELECT book, period, workspace, kind, SUM(spent_nano), SUM(held_nano) FROM (
     SELECT day AS period, * FROM day_totals
     UNION ALL SELECT 'week ' || date(day, 'weekday 0', '-6 days'), * FROM day_totals
     UNION ALL SELECT substr(day, 1, 7), * FROM day_totals
     UNION ALL SELECT 'total', * FROM day_totals
   ) WHERE period IS NOT NULL GROUP BY book, period, workspace, kind;

   CREATE TRIGGER attempt_reserved AFTER INSERT ON attempts BEGIN
     INSERT INTO postings SELECT day, book, workspace, kind, tier, provider_id, model_id,
       spent_nano, held_nano, unknown, answers FROM posted WHERE attempt_id = new.attempt_id;
   END;
   CREATE TRIGGER attempt_changing BEFORE UPDATE OF day, book, workspace, kind, tier, provider_id, model_id, outcome,
     cost_nano, held_nano ON attempts BEGIN
     INSERT INTO postings SELECT day, book, workspace, kind, tier, provider_id, model_id,
       -spent_nano, -held_nano, -unknown, -answers FROM posted WHERE attempt_id = old.attempt_id;
   END;
   CREATE TRIGGER attempt_changed AFTER UPDATE OF day, book, workspace, kind, tier, provider_id, model_id, outcome,
     cost_nano, held_nano ON attempts BEGIN
     INSERT INTO postings SELECT day, book, workspace, kind, tier, provider_id, model_id,
       spent_nano, held_nano, unknown, answers FROM posted WHERE attempt_id = new.attempt_id;
   END;
   CREATE TRIGGER attempt_deleted BEFORE DELETE ON attempts BEGIN
     INSERT INTO postings SELECT day, book, workspace, kind, tier, provider_id, model_id,
       -spent_nano, -held_nano, -unknown, -answers FROM posted WHERE attempt_id = old.attempt_id;
   END;
   -- The bill of a day is read from its totals.
   DROP INDEX attempts_by_day;

   CREATE TABLE raises (
     cap_id TEXT NOT NULL,
     workspace TEXT NOT NULL,
     day TEXT NOT NULL,
     added_nano INTEGER NOT NULL,
     PRIMARY KEY (cap_id, workspace, day)
   ) STRICT, WITHOUT ROWID;

   CREATE TABLE warnings (
     cap_id TEXT NOT NULL,
     workspace TEXT NOT NULL,
     limit_nano INTEGER NOT NULL,
     period TEXT NOT NULL,
     percent REAL NOT NULL,
     given_at_ms REAL NOT NULL,
     PRIMARY KEY (cap_id, workspace, limit_nano, period, percent)
   ) STRICT, WITHOUT ROWID;`,
  // Health of hosts, keys and models. version only grows, so that a window finds what others have changed.
  `CREATE TABLE health (
     name TEXT NOT NULL,
     kind TEXT NOT NULL,
     body TEXT NOT NULL,
     version INTEGER NOT NULL UNIQUE,
     PRIMARY KEY (name, kind)
   ) STRICT;`,
  // Whole answers for when the same request is made again, and their sum, kept by the database: the bound is of the file.
  `CREATE TABLE responses (
     key TEXT PRIMARY KEY,
     book TEXT NOT NULL,
     session_id TEXT NOT NULL,
     provider_id TEXT NOT NULL,
     model_id TEXT NOT NULL,
     origin TEXT NOT NULL,
     bytes INTEGER NOT NULL,
     hits INTEGER NOT NULL,
     created_at_ms REAL NOT NULL,
     last_hit_at_ms REAL NOT NULL,
     finish_reason TEXT NOT NULL,
     cost_nano INTEGER,
     usage TEXT,
     answer TEXT NOT NULL
   ) STRICT;
   CREATE INDEX responses_by_age ON responses (created_at_ms);
   CREATE INDEX responses_by_use ON responses (last_hit_at_ms);
   CREATE INDEX responses_by_session ON responses (session_id);

   CREATE TABLE response_totals (answers INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT;
   INSERT INTO response_totals VALUES (0, 0);
   CREATE TRIGGER response_kept AFTER INSERT ON responses BEGIN
     UPDATE response_totals SET answers = answers + 1, bytes = bytes + new.bytes;
   END;
   CREATE TRIGGER response_dropped AFTER DELETE ON responses BEGIN
     UPDATE response_totals SET answers = answers - 1, bytes = bytes - old.bytes;
   END;
   -- A deleted conversation is gone everywhere.
   CREATE TRIGGER session_deleted AFTER DELETE ON sessions BEGIN
     DELETE FROM responses WHERE session_id = old.session_id;
   END;`,
  // Routes that the person left out of every plan, one row for each.
  `CREATE TABLE paused_routes (
     provider_id TEXT NOT NULL,
     model_id TEXT NOT NULL,
     paused_at_ms REAL NOT NULL,
     PRIMARY KEY (provider_id, model_id)
   ) STRICT, WITHOUT ROWID;`,
  // What our own figures were beside the provider's, by what a provider can be asked later, and how vendors count.
  `ALTER TABLE attempts ADD COLUMN computed_nano INTEGER;
   ALTER TABLE attempts ADD COLUMN asked_output_tokens INTEGER;
   ALTER TABLE attempts ADD COLUMN estimated_input REAL;
   ALTER TABLE attempts ADD COLUMN estimated_output REAL;
   ALTER TABLE attempts ADD COLUMN generation_id TEXT;
   ALTER TABLE attempts ADD COLUMN generation_origin TEXT;
   ALTER TABLE attempts ADD COLUMN reconciled_at_ms REAL;
   CREATE INDEX attempts_to_reconcile ON attempts (started_at_ms)
     WHERE generation_id IS NOT NULL AND reconciled_at_ms IS NULL AND cost_source IN ('estimated', 'reserved');
   CREATE INDEX attempts_estimated ON attempts (provider_id, model_id, started_at_ms)
     WHERE estimated_input IS NOT NULL AND book = 'real' AND cost_source IN ('reported', 'computed');

   CREATE TABLE calibrations (
     origin TEXT NOT NULL,
     provider_id TEXT NOT NULL,
     model_id TEXT NOT NULL,
     input TEXT NOT NULL,
     output TEXT NOT NULL,
     learned_at_ms REAL NOT NULL,
     PRIMARY KEY (origin, provider_id, model_id)
   ) STRICT, WITHOUT ROWID;`,
  // Prices: what of a new list is not believed, the newest list of known prices, and what each route was last known to cost.
  `CREATE TABLE held_prices (
     source TEXT NOT NULL,
     origin TEXT NOT NULL,
     since_ms REAL NOT NULL,
     body TEXT NOT NULL,
     PRIMARY KEY (source, origin)
   ) STRICT;
   CREATE TABLE price_data (version TEXT PRIMARY KEY, as_of_ms REAL NOT NULL, body TEXT NOT NULL) STRICT;
   CREATE TABLE noted_prices (name TEXT PRIMARY KEY, price TEXT NOT NULL, noted_at_ms REAL NOT NULL) STRICT;`,
  // Who raised which cap, when and by how much, for good; what a person was told once on this host; what a damaged file
  // could not tell (accepted_at_ms is NULL until a person takes it); and what was paid lately, for forecasts.
  `CREATE TABLE raise_log (
     raised_at_ms REAL NOT NULL,
     cap_id TEXT NOT NULL,
     workspace TEXT NOT NULL,
     day TEXT NOT NULL,
     added_nano INTEGER NOT NULL,
     before_nano INTEGER NOT NULL,
     after_nano INTEGER NOT NULL,
     raised_by TEXT NOT NULL
   ) STRICT;
   CREATE INDEX raise_log_by_time ON raise_log (raised_at_ms);
   CREATE TRIGGER raise_log_stays BEFORE UPDATE ON raise_log BEGIN SELECT RAISE(ABORT, 'A raise is recorded for good.'); END;
   CREATE TRIGGER raise_log_is_kept BEFORE DELETE ON raise_log BEGIN SELECT RAISE(ABORT, 'A raise is recorded for good.'); END;

   CREATE TABLE notices (
     notice TEXT PRIMARY KEY,
     given_at_ms REAL NOT NULL
   ) STRICT, WITHOUT ROWID;

   CREATE TABLE losses (
     set_aside TEXT PRIMARY KEY,
     found_at_ms REAL NOT NULL,
     attempts INTEGER NOT NULL,
     counts_known INTEGER NOT NULL,
     accepted_at_ms REAL
   ) STRICT, WITHOUT ROWID;

   CREATE INDEX attempts_by_settled ON attempts (settled_at_ms, workspace, kind, cost_nano)
     WHERE book = 'real' AND cost_nano > 0 AND settled_at_ms IS NOT NULL;`,
  // Last, for a table that many triggers read is slow to give another column.
  reportSchema,
  // What was done with answers, counted by day: what is learned on this machine. Never a word of question or answer.
  `CREATE TABLE observations (
     provider_id TEXT NOT NULL,
     model_id TEXT NOT NULL,
     book TEXT NOT NULL,
     kind TEXT NOT NULL,
     language TEXT NOT NULL,
     signal TEXT NOT NULL,
     day INTEGER NOT NULL,
     times INTEGER NOT NULL,
     last_at_ms REAL NOT NULL,
     PRIMARY KEY (provider_id, model_id, book, kind, language, signal, day)
   ) STRICT, WITHOUT ROWID;`,
  toolsReportSchema,
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
