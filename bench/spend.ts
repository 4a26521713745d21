import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Cap } from "../server/core/budget.ts";
import { migrations } from "../server/store/migrate.ts";
import { openStore } from "../server/store/open-store.ts";
import { quantile } from "./server-client.ts";

/**
 * Spend with every cap there can be, over a million attempts of two years, and the reservation that has to ask the same
 * caps. The rows are laid down in the shape before the sums were kept, so that the first opening has to build those.
 */
const ROWS = 1_000_000;
const RUNS = 500;
/** The steps of the shape that had no sums. */
const STEPS_BEFORE_SUMS = 2;

const directory = mkdtempSync(join(tmpdir(), "wayfare-bench-"));
const today = Date.UTC(2026, 10, 20, 12);
try {
  const old = new DatabaseSync(join(directory, "wayfare.sqlite"));
  old.exec(migrations.slice(0, STEPS_BEFORE_SUMS).join(""));
  old.exec(`PRAGMA user_version = ${STEPS_BEFORE_SUMS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS - 1})
    INSERT INTO attempts (attempt_id, turn_id, session_id, kind, workspace, book, tier, provider_id, model_id, instance_id,
      day, started_at_ms, held_nano, input_nano, output_nano_per_token, outcome, cost_nano, cost_source, duration_ms, reason)
    SELECT 'attempt ' || i, 'turn ' || (i / 2), 'session ' || (i / 20), iif(i % 4, 'completion', 'chat'), 'folder ' || (i % 7),
      'real', iif(i % 3, 'cheap', 'frontier'), 'vendor', 'model ' || (i % 5), 'bench',
      date('2026-11-20', '-' || (i % 730) || ' days'), 0, 900000, 1000, 2, 'done', 1000 + i % 1000, 'computed', 900, 'bench'
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

  const caps = (["global", "workspace", "completions"] as const).flatMap((scope) =>
    (["daily", "weekly", "monthly", "total"] as const).map(
      (period): Cap => ({ id: `${scope}.${period}`, scope, period, limitNano: 10 ** 15, setting: "" }),
    ),
  );
  const spending: number[] = [];
  const reserving: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const spendAt = performance.now();
    store.ledger.spend(caps, "folder 1");
    spending.push(performance.now() - spendAt);
    const reserveAt = performance.now();
    await store.ledger.reserve({
      attemptId: `run ${run}`,
      turnId: `run ${run}`,
      sessionId: "bench",
      kind: "chat",
      workspace: "folder 1",
      book: "real",
      tier: "cheap",
      providerId: "vendor",
      modelId: "model 1",
      startedAtMs: today,
      heldNano: 900_000,
      leastNano: 900_000,
      caps,
      inputNano: 1_000,
      outputNanoPerToken: 2,
    });
    reserving.push(performance.now() - reserveAt);
  }
  store.close();
  const said = (samples: number[]) =>
    `p50 ${quantile(samples, 0.5).toFixed(2)}, p99 ${quantile(samples, 0.99).toFixed(2)} ms`;
  console.log(`spend, both books and 12 caps, over ${ROWS.toLocaleString("en")} rows   ${said(spending)}  (bar 50)`);
  console.log(`reserve under 12 caps over the same rows               ${said(reserving)}`);
  console.log(`opening that builds the sums for the first time        ${openMs.toFixed(0)} ms, once`);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
