import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { DatabaseSync } from "node:sqlite";
import { createReport } from "../server/engine/report.ts";
import { migrations } from "../server/store/migrate.ts";
import { openStore } from "../server/store/open-store.ts";
import { quantile } from "./server-client.ts";

/**
 * The report of "Wayfare: Costs" over a million attempts of two years: four completions to each chat attempt, conversations
 * of ten answers, seven workspaces, five models. The rows are laid down in the shape before the sums were kept, so that the
 * first opening has to build those; languages and what routing saved are filled in after.
 */
const ROWS = 1_000_000;
const RUNS = 30;
const STEPS_BEFORE_SUMS = 2;

const directory = mkdtempSync(join(tmpdir(), "wayfare-bench-"));
const today = Date.UTC(2026, 10, 20, 12);
try {
  const old = new DatabaseSync(join(directory, "wayfare.sqlite"));
  old.exec(migrations.slice(0, STEPS_BEFORE_SUMS).join(""));
  old.exec(`PRAGMA user_version = ${STEPS_BEFORE_SUMS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS - 1})
    INSERT INTO attempts (attempt_id, turn_id, session_id, kind, workspace, book, tier, provider_id, model_id, instance_id,
      day, started_at_ms, held_nano, input_nano, output_nano_per_token, outcome, usage, cost_nano, cost_source, duration_ms, reason)
    SELECT 'attempt ' || i, 'turn ' || i, iif(i % 5, 'completions', 'session ' || (i / 50)), iif(i % 5, 'completion', 'chat'),
      'folder ' || (i / 50 % 7), 'real', iif(i % 3, 'cheap', 'frontier'), 'vendor', 'model ' || (i % 5), 'bench',
      date('2026-11-20', '-' || (i / ${Math.ceil(ROWS / 730)}) || ' days'), 1700000000000 + i * 60000, 900000, 1000, 2,
      iif(i % 40, 'done', 'failed'),
      '{"input":900,"cacheRead":100,"cacheWrite":0,"output":120,"reasoning":0}', 1000 + i * 7919 % 900000, 'computed', 900,
      'short edit, one file'
    FROM n`);
  old.close();

  const openedAt = performance.now();
  const store = await openStore({
    directory,
    now: () => today,
    timeZone: "UTC",
    instanceId: "bench",
    pid: process.pid,
  });
  const openMs = performance.now() - openedAt;
  const report = createReport({
    store: () => store,
    now: () => today,
    workspace: "folder 1",
    hostLabel: "",
    quality: () => 50,
  });
  console.log(
    `${ROWS.toLocaleString("en")} attempts in ${(statSync(store.path).size / 1e6).toFixed(0)} MB; opening that builds the sums for the first time ${(openMs / 1000).toFixed(1)} s, once`,
  );
  for (const [name, range] of [
    ["30 days", { kind: "days", days: 30 }],
    ["two years", { kind: "all" }],
  ] as const) {
    for (const splitBy of ["tier", "session"] as const) {
      const took: number[] = [];
      const loop = monitorEventLoopDelay({ resolution: 1 });
      for (let run = 0; run < RUNS; run += 1) {
        const at = performance.now();
        loop.enable();
        await report({ range, book: "real", workspace: null, splitBy });
        loop.disable();
        took.push(performance.now() - at);
      }
      console.log(
        `report of ${name}, split by ${splitBy}: p50 ${quantile(took, 0.5).toFixed(1)}, p99 ${quantile(took, 0.99).toFixed(1)} ms  (bar 300); event loop held up for at most ${(loop.max / 1e6).toFixed(1)} ms`,
      );
    }
  }
  const exportAt = performance.now();
  const path = join(directory, "costs.csv");
  const exported = await store.exportCosts(
    { book: "real", fromDay: "2024-01-01", toDay: "2026-11-20", workspace: null },
    { format: "csv", path },
  );
  console.log(
    `CSV of ${exported.rows.toLocaleString("en")} rows, ${(exported.bytes / 1e6).toFixed(0)} MB: ${((performance.now() - exportAt) / 1000).toFixed(1)} s`,
  );
  store.close();
} finally {
  rmSync(directory, { recursive: true, force: true });
}
