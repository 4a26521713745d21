import { join } from "node:path";
import { expect, it } from "vitest";
import { loadSqlite } from "../../../server/store/load-sqlite.ts";
import { migrations } from "../../../server/store/migrate.ts";
import { cap, open, raw, reservation, settlement, tempDirectory } from "./books.ts";

it("fills the sums from the attempts that were there, and keeps them from then on", async () => {
  const directory = tempDirectory();
  const { DatabaseSync } = await loadSqlite();
  const old = new DatabaseSync(join(directory, "wayfare.sqlite"));
  old.exec(`${migrations.slice(0, 2).join("")} PRAGMA user_version = 2`);
  const insert = old.prepare(
    `INSERT INTO attempts (attempt_id, turn_id, session_id, kind, workspace, book, tier, provider_id, model_id, instance_id,
       day, started_at_ms, held_nano, input_nano, output_nano_per_token, outcome, cost_nano)
     VALUES (?, 'turn', 'session', ?, ?, ?, 'cheap', 'vendor', ?, 'alive', ?, 1, ?, 1, 1, ?, ?)`,
  );
  const rows = [
    ["chat", "here", "real", "small", "2026-11-20", 900, "done", 10],
    ["chat", "here", "real", "small", "2026-11-20", 900, "failed", null],
    ["helper", "here", "real", "small", "2026-11-20", 900, "done", 200],
    ["chat", "elsewhere", "real", "large", "2026-11-16", 900, "done", 3_000],
    ["chat", "here", "real", "large", "2026-11-15", 900, "done", 40_000],
    ["chat", "here", "real", "large", "2025-11-20", 900, "done", 500_000],
    ["chat", "here", "simulated", "large", "2026-11-20", 900, "done", 6_000_000],
    ["chat", "here", "real", "small", "2026-11-20", 900, null, null],
  ] as const;
  for (const [i, [kind, workspace, book, model, day, held, outcome, cost]] of rows.entries()) {
    insert.run(`old ${i}`, kind, workspace, book, model, day, held, outcome, cost);
  }
  old.exec(`INSERT INTO instances VALUES ('alive', 'another host', 1, '', 1)`);
  old.close();

  const { ledger, path } = await open({ directory, now: () => Date.parse("2026-11-20T12:00:00Z") });
  expect(raw(path).prepare("PRAGMA user_version").get()).toEqual({ user_version: migrations.length });
  expect(ledger.spend()).toMatchObject({
    real: {
      spentNano: 210,
      heldNano: 900,
      unknown: 1,
      rows: [{ modelId: "small", costNano: 210, answers: 1 }],
    },
    simulated: { spentNano: 6_000_000, heldNano: 0, unknown: 0 },
  });
  const caps = ["daily", "weekly", "monthly", "total"].flatMap((period) =>
    ["global", "workspace"].map((scope) => cap(`${scope}.${period}`, 10 ** 9)),
  );
  const spent = () =>
    Object.fromEntries(ledger.capStates(caps, "here").map((state) => [state.id, [state.spentNano, state.heldNano]]));
  expect(spent()).toEqual({
    "global.daily": [210, 900],
    "workspace.daily": [210, 900],
    "global.weekly": [3_210, 900],
    "workspace.weekly": [210, 900],
    "global.monthly": [43_210, 900],
    "workspace.monthly": [40_210, 900],
    "global.total": [543_210, 900],
    "workspace.total": [540_210, 900],
  });

  await ledger.reserve(reservation({ heldNano: 50_000 }));
  await ledger.settle("attempt", settlement({ costNano: 1 }));
  raw(path).exec("UPDATE attempts SET outcome = 'done', cost_nano = 600 WHERE attempt_id = 'old 7'");
  expect(spent()).toMatchObject({ "global.daily": [811, 0], "workspace.total": [540_811, 0] });
});
