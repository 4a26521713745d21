/** What a row belongs to. */
const dimensions = "day, book, workspace, kind, tier, provider_id, model_id, language, session_id";
/**
 * The tables of sums. `report_totals` has each day, and each month again (`span`), so that years are read in few rows.
 * Conversations are many and live for a day or two: they have a table of their own.
 */
const dayKeys = ["day", "book", "workspace", "kind", "tier", "provider_id", "model_id", "language"];
const totals = [
  {
    name: "report_totals",
    keys: ["span", ...dayKeys],
  },
  { name: "session_totals", keys: ["day", "book", "workspace", "session_id"] },
];

/** The columns of `report_totals`, by whose trigger keeps them; what a row does not have is 0. */
const ofAttempts = [
  "spent_nano",
  "unknown",
  "answers",
  "attempts",
  "failed_attempts",
  "failed_nano",
  "stopped_attempts",
  "stopped_nano",
  "input_tokens",
  "cache_read_tokens",
  "cache_write_tokens",
  "output_tokens",
  "prompt_saved_nano",
];
const ofRequests = [
  "requests",
  "kept_answers",
  "kept_saved_nano",
  "routed",
  "routed_nano",
  "routed_right",
  "frontier_nano",
  "frontier_right",
  "cheap_nano",
  "cheap_right",
  "left_out",
];
const ofAcceptances = ["accepted_lines", "accepted_completions"];
const measures = [...ofAttempts, ...ofRequests, ...ofAcceptances];

/** A column of shares (expected right answers) is a fraction; all others are whole numbers. */
const columnOf = (name: string) => `${name} ${name.endsWith("_right") ? "REAL" : "INTEGER"} NOT NULL DEFAULT 0`;

const added = (names: readonly string[]) => names.map((name) => `${name} = ${name} + excluded.${name}`).join(", ");

/** Adds what is selected (all dimensions, then the named sums) to every table of sums. */
const postAll = (names: readonly string[], selected: string) =>
  totals
    .map(({ name, keys }) => {
      const hasSpan = keys.includes("span");
      const source = hasSpan
        ? `SELECT 'day' AS span, * FROM (${selected}) UNION ALL SELECT 'month', substr(day, 1, 7) || '-01', ${[
            ...dimensions.split(", ").slice(1),
            ...names,
          ].join(", ")} FROM (${selected})`
        : selected;
      const columns = [...keys, ...names].join(", ");
      return `INSERT INTO ${name} (${columns}) SELECT ${keys.join(", ")}, ${names.join(", ")} FROM (${source}) WHERE true
     ON CONFLICT DO UPDATE SET ${added(names)};`;
    })
    .join("\n     ");

/** Adds to the sums; `sign` turns what is found in `view` into what is taken away again. */
const post = (names: readonly string[], view: string, where: string, sign: "" | "-" = "") =>
  postAll(
    names,
    `SELECT ${dimensions}, ${names.map((name) => `${sign}${name} AS ${name}`).join(", ")} FROM ${view} WHERE ${where}`,
  );

/** The same for all rows at once, summed before: how the tables begin. */
const postEach = (names: readonly string[], view: string) =>
  totals
    .map(({ name, keys }) => {
      const own = keys.filter((key) => key !== "span").join(", ");
      const span = keys.includes("span") ? "'day', " : "";
      return `INSERT INTO ${name} (${keys.join(", ")}, ${names.join(", ")})
     SELECT ${span}${own}, ${names.map((each) => `ifnull(SUM(${each}), 0)`).join(", ")}
     FROM ${view} WHERE true GROUP BY ${own} ON CONFLICT DO UPDATE SET ${added(names)};`;
    })
    .join("\n   ");

/** Months from their days. */
const postMonths = `INSERT INTO report_totals (span, ${dayKeys.join(", ")}, ${measures.join(", ")})
     SELECT 'month', substr(day, 1, 7) || '-01' AS month, ${dayKeys.slice(1).join(", ")}, ${measures
       .map((each) => `SUM(${each})`)
       .join(", ")}
     FROM report_totals WHERE span = 'day' GROUP BY month, ${dayKeys.slice(1).join(", ")};`;

/** What a later version wrote in another way counts as nothing. */
const token = (row: string, name: string) =>
  `iif(json_valid(${row}.usage), CAST(ifnull(json_extract(${row}.usage, '$.${name}'), 0) AS INTEGER), 0)`;

/** What an attempt adds to each sum, before or after a change (`old`, `new`): nothing while it is held. */
const attemptMeasures = (row: "old" | "new" | "attempts"): Record<string, string> => {
  const cost = `ifnull(${row}.cost_nano, 0)`;
  const failed = `(${row}.outcome IN ('failed', 'crashed'))`;
  const stopped = `(${row}.outcome = 'cancelled')`;
  return {
    spent_nano: cost,
    unknown: `(${row}.cost_nano IS NULL)`,
    answers: `(${row}.outcome = 'done' AND ${row}.kind = 'chat')`,
    attempts: "1",
    failed_attempts: failed,
    failed_nano: `iif(${failed}, ${cost}, 0)`,
    stopped_attempts: stopped,
    stopped_nano: `iif(${stopped}, ${cost}, 0)`,
    input_tokens: token(row, "input"),
    cache_read_tokens: token(row, "cacheRead"),
    cache_write_tokens: token(row, "cacheWrite"),
    output_tokens: token(row, "output"),
    prompt_saved_nano: `ifnull(${row}.prompt_saved_nano, 0)`,
  };
};
const newSums = attemptMeasures("new");
const oldSums = attemptMeasures("old");

/** Adds an attempt, or its change, to the request that it belongs to; the first one begins it. */
const addToRequest = (amount: (name: string) => string) =>
  `INSERT INTO requests (request_id, at_ms, day, book, kind, workspace, session_id, language, tier, provider_id, model_id,
       attempts, cost_nano, unknown, why)
     VALUES (new.turn_id, new.started_at_ms, new.day, new.book, new.kind, new.workspace, new.session_id, new.language,
       new.tier, new.provider_id, new.model_id, ${amount("attempts")}, ${amount("spent_nano")}, ${amount("unknown")},
       ifnull(new.reason, ''))
     ON CONFLICT DO UPDATE SET attempts = attempts + excluded.attempts, cost_nano = cost_nano + excluded.cost_nano,
       unknown = unknown + excluded.unknown;`;

const spentOf = (row: string) => `iif(${row}.outcome IS NULL, 0, ifnull(${row}.cost_nano, 0))`;
const heldOf = (row: string) => `iif(${row}.outcome IS NULL, ${row}.held_nano, 0)`;

/** What an attempt belongs to is another than before. */
const isMoved = `(${dimensions
  .split(", ")
  .map((name) => `old.${name} <> new.${name}`)
  .join(" OR ")})`;
const takeOut = `INSERT INTO period_postings
       VALUES (old.book, old.day, old.workspace, old.kind, -${spentOf("old")}, -${heldOf("old")});
     ${post(ofAttempts, "attempt_sums", "attempt_id = old.attempt_id AND posted = 1", "-")}`;

/** What a request adds to the sums of requests. `isRouted`: which kinds are weighed, and so compared with one model for all. */
const requestSums = (isRouted: string) => `CREATE VIEW request_sums AS SELECT request_id, ${dimensions},
     attempts > 0 AS requests,
     state IS 'cached' AS kept_answers,
     iif(state IS 'cached', ifnull(saved_nano, 0), 0) AS kept_saved_nano,
     routed,
     iif(routed, cost_nano, 0) AS routed_nano,
     iif(routed, iif(tier = 'frontier', frontier_right, cheap_right), 0.0) AS routed_right,
     iif(routed, frontier_nano, 0) AS frontier_nano,
     iif(routed, frontier_right, 0.0) AS frontier_right,
     iif(routed, cheap_nano, 0) AS cheap_nano,
     iif(routed, cheap_right, 0.0) AS cheap_right,
     ${isRouted} AND ifnull(state, '') IN ('done', 'cached') AND NOT routed AS left_out
   FROM (SELECT *, state IS 'done' AND ${isRouted} AND mode IS 'auto' AND unknown = 0 AND attempts > 0
       AND frontier_nano IS NOT NULL AND cheap_nano IS NOT NULL AND frontier_right IS NOT NULL AND cheap_right IS NOT NULL AS routed
     FROM requests);`;

/**
 * What other tools ask is weighed like a question of the chat, and is compared like one from here on: what was written
 * down of it is taken out of the sums and put in anew. Their conversations have no history here: what a tool called one,
 * and when it began, is all that tells them apart, and goes with the last of its requests.
 */
export const toolsReportSchema = `${post(ofRequests, "request_sums", "kind = 'endpoint'", "-")}
   DROP VIEW request_sums;
   ${requestSums("kind IN ('chat', 'endpoint')")}
   ${post(ofRequests, "request_sums", "kind = 'endpoint'")}

   CREATE TABLE tool_conversations (
     session_id TEXT PRIMARY KEY,
     name TEXT,
     begun_at_ms REAL NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX requests_of_tools ON requests (session_id) WHERE kind = 'endpoint';
   CREATE TRIGGER tool_request_deleted AFTER DELETE ON requests WHEN old.kind = 'endpoint' BEGIN
     DELETE FROM tool_conversations WHERE session_id = old.session_id
       AND NOT EXISTS (SELECT 1 FROM requests WHERE kind = 'endpoint' AND session_id = old.session_id);
   END;`;

/**
 * The books as the report reads them. `requests` is the audit: one row for each question or completion, begun by the
 * database itself for the first attempt that is settled, so that none is missing after a crash; what was decided is added
 * at the end. A settlement writes the attempt and what caps are read from, and nothing else: it waits for the disk. The
 * rest follows a moment later, when the attempt is marked as posted; what a crash left unposted is found by its index.
 * `report_totals` are the sums over attempts, requests and accepted code, kept by triggers, so that a report reads some
 * thousands of rows and not a million. What is changed later posts its difference.
 */
export const reportSchema = `
   DROP TRIGGER attempt_reserved;
   DROP TRIGGER attempt_changing;
   DROP TRIGGER attempt_changed;
   DROP TRIGGER attempt_deleted;
   DROP TRIGGER post;
   DROP VIEW postings;
   DROP VIEW posted;
   DROP TABLE day_totals;

   ALTER TABLE attempts ADD COLUMN language TEXT NOT NULL DEFAULT '';
   ALTER TABLE attempts ADD COLUMN prompt_saved_nano INTEGER;
   ALTER TABLE attempts ADD COLUMN posted INTEGER NOT NULL DEFAULT 0;
   UPDATE attempts SET posted = 1 WHERE outcome IS NOT NULL;
   CREATE INDEX attempts_unposted ON attempts (day) WHERE posted = 0 AND outcome IS NOT NULL;

   CREATE TABLE requests (
     request_id TEXT PRIMARY KEY,
     at_ms REAL NOT NULL,
     day TEXT NOT NULL,
     book TEXT NOT NULL,
     kind TEXT NOT NULL,
     workspace TEXT NOT NULL,
     session_id TEXT NOT NULL,
     language TEXT NOT NULL,
     tier TEXT NOT NULL,
     provider_id TEXT NOT NULL,
     model_id TEXT NOT NULL,
     attempts INTEGER NOT NULL,
     cost_nano INTEGER NOT NULL,
     unknown INTEGER NOT NULL,
     state TEXT,
     mode TEXT,
     why TEXT NOT NULL DEFAULT '',
     frontier_nano INTEGER,
     cheap_nano INTEGER,
     frontier_right REAL,
     cheap_right REAL,
     saved_nano INTEGER,
     record TEXT,
     question TEXT
   ) STRICT;
   INSERT INTO requests (request_id, at_ms, day, book, kind, workspace, session_id, language, tier, provider_id, model_id,
       attempts, cost_nano, unknown, state, why)
     SELECT turn_id, started_at_ms, day, book, kind, workspace, session_id, '', tier, provider_id, model_id, all_attempts, cost,
       unpriced, iif(done, 'done', outcome), ifnull(reason, '')
     -- With one MAX all other columns are those of the row that has it: of the attempt that answered, where one did.
     FROM (SELECT *, MAX(outcome = 'done') AS done, COUNT(*) AS all_attempts, SUM(ifnull(cost_nano, 0)) AS cost,
         SUM(cost_nano IS NULL) AS unpriced
       FROM attempts WHERE outcome IS NOT NULL GROUP BY turn_id);
   CREATE INDEX requests_by_cost ON requests (book, cost_nano, day, workspace);
   CREATE INDEX requests_by_day ON requests (book, day, cost_nano, workspace);

   CREATE TABLE acceptances (
     acceptance_id INTEGER PRIMARY KEY,
     request_id TEXT NOT NULL,
     at_ms REAL NOT NULL,
     how TEXT NOT NULL,
     day TEXT NOT NULL,
     book TEXT NOT NULL,
     workspace TEXT NOT NULL,
     kind TEXT NOT NULL,
     tier TEXT NOT NULL,
     provider_id TEXT NOT NULL,
     model_id TEXT NOT NULL,
     language TEXT NOT NULL,
     session_id TEXT NOT NULL,
     accepted_lines INTEGER NOT NULL,
     accepted_completions INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX acceptances_by_request ON acceptances (request_id);

   ${totals
     .map(
       ({ name, keys }) => `CREATE TABLE ${name} (${keys.map((key) => `${key} TEXT NOT NULL`).join(", ")},
     ${measures.map(columnOf).join(", ")}, PRIMARY KEY (${keys.join(", ")})) STRICT, WITHOUT ROWID;`,
     )
     .join("\n   ")}

   ${requestSums("kind = 'chat'")}

   CREATE VIEW attempt_sums AS SELECT attempt_id, posted, ${dimensions}, ${Object.entries(attemptMeasures("attempts"))
     .map(([name, sum]) => `${sum} AS ${name}`)
     .join(", ")}
   FROM attempts WHERE outcome IS NOT NULL;

   ${postEach(ofAttempts, "attempt_sums")}
   ${postEach(ofRequests, "request_sums")}
   ${postMonths}

   -- What caps are read from: one row for the day, the week, the month and all time.
   CREATE VIEW period_postings AS SELECT book, period AS day, workspace, kind, spent_nano, held_nano FROM period_totals WHERE 0;
   CREATE TRIGGER post_period INSTEAD OF INSERT ON period_postings BEGIN
     INSERT INTO period_totals
       SELECT new.book, period, new.workspace, new.kind, new.spent_nano, new.held_nano FROM (
         SELECT new.day AS period
         UNION ALL SELECT 'week ' || date(new.day, 'weekday 0', '-6 days')
         UNION ALL SELECT substr(new.day, 1, 7)
         UNION ALL SELECT 'total'
       ) WHERE period IS NOT NULL
     ON CONFLICT DO UPDATE SET spent_nano = spent_nano + excluded.spent_nano, held_nano = held_nano + excluded.held_nano;
   END;

   CREATE TRIGGER attempt_reserved AFTER INSERT ON attempts WHEN ${heldOf("new")} <> 0 OR ${spentOf("new")} <> 0 BEGIN
     INSERT INTO period_postings VALUES (new.book, new.day, new.workspace, new.kind, ${spentOf("new")}, ${heldOf("new")});
   END;
   CREATE TRIGGER attempt_money AFTER UPDATE OF outcome, cost_nano, held_nano ON attempts
     WHEN (${spentOf("new")} <> ${spentOf("old")} OR ${heldOf("new")} <> ${heldOf("old")}) AND NOT ${isMoved} BEGIN
     INSERT INTO period_postings VALUES (new.book, new.day, new.workspace, new.kind,
       ${spentOf("new")} - ${spentOf("old")}, ${heldOf("new")} - ${heldOf("old")});
   END;
   CREATE TRIGGER attempt_posted AFTER UPDATE OF posted ON attempts WHEN new.posted = 1 AND old.posted = 0 BEGIN
     ${post(ofAttempts, "attempt_sums", "attempt_id = new.attempt_id")}
     ${addToRequest((name) => newSums[name] ?? "0")}
   END;
   CREATE TRIGGER attempt_amended AFTER UPDATE OF outcome, cost_nano, usage, prompt_saved_nano ON attempts
     WHEN old.posted = 1 AND new.posted = 1 AND NOT ${isMoved} BEGIN
     ${postAll(
       ofAttempts,
       `SELECT ${dimensions
         .split(", ")
         .map((name) => `new.${name} AS ${name}`)
         .join(", ")}, ${ofAttempts.map((name) => `${newSums[name]} - ${oldSums[name]} AS ${name}`).join(", ")}`,
     )}
     ${addToRequest((name) => `${newSums[name]} - ${oldSums[name]}`)}
   END;
   -- Only by hand: nothing of ours moves an attempt.
   CREATE TRIGGER attempt_moving BEFORE UPDATE ON attempts WHEN ${isMoved} BEGIN
     ${takeOut}
   END;
   CREATE TRIGGER attempt_moved AFTER UPDATE ON attempts WHEN ${isMoved} BEGIN
     INSERT INTO period_postings VALUES (new.book, new.day, new.workspace, new.kind, ${spentOf("new")}, ${heldOf("new")});
     ${post(ofAttempts, "attempt_sums", "attempt_id = new.attempt_id AND posted = 1")}
   END;
   CREATE TRIGGER attempt_deleted BEFORE DELETE ON attempts BEGIN
     ${takeOut}
   END;

   CREATE TRIGGER request_begun AFTER INSERT ON requests BEGIN
     ${post(ofRequests, "request_sums", "request_id = new.request_id")}
   END;
   CREATE TRIGGER request_changing BEFORE UPDATE ON requests
     WHEN old.state IS NOT NULL OR new.state IS NOT NULL OR (old.attempts > 0) <> (new.attempts > 0) BEGIN
     ${post(ofRequests, "request_sums", "request_id = old.request_id", "-")}
   END;
   CREATE TRIGGER request_changed AFTER UPDATE ON requests
     WHEN old.state IS NOT NULL OR new.state IS NOT NULL OR (old.attempts > 0) <> (new.attempts > 0) BEGIN
     ${post(ofRequests, "request_sums", "request_id = new.request_id")}
   END;
   CREATE TRIGGER request_deleted BEFORE DELETE ON requests BEGIN
     ${post(ofRequests, "request_sums", "request_id = old.request_id", "-")}
   END;

   CREATE TRIGGER code_accepted AFTER INSERT ON acceptances BEGIN
     ${post(ofAcceptances, "acceptances", "acceptance_id = new.acceptance_id")}
   END;
   CREATE TRIGGER acceptance_deleted BEFORE DELETE ON acceptances BEGIN
     ${post(ofAcceptances, "acceptances", "acceptance_id = old.acceptance_id", "-")}
   END;`;
