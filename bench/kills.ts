import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Cap } from "../server/core/budget.ts";
import { openStore } from "../server/store/open-store.ts";
import { failureOf } from "../shared/failure.ts";

/**
 * Four processes that reserve, note, settle under one cap, of which one at a time is killed (SIGKILL) at a random moment and
 * replaced, a hundred times. Each writes down what was acknowledged to it, outside of the ledger, before it goes on.
 */
const PROCESSES = 4;
const KILLS = Number(process.env.KILLS ?? 100);
const HELD_NANO = 900_000;
/** Little enough that it is reached, so that the last requests fight for the room. */
const LIMIT_NANO = Number(process.env.LIMIT_NANO ?? 6_000_000_000);
const cap: Cap = { id: "global.daily", scope: "global", period: "daily", limitNano: LIMIT_NANO, setting: "" };

const [role, directory = "", name = ""] = process.argv.slice(2);
if (role === undefined) await lead();
else await spend();

async function lead(): Promise<void> {
  const shared = mkdtempSync(join(tmpdir(), "wayfare-bench-"));
  const living = new Set<ChildProcess>();
  let born = 0;
  const bear = async (): Promise<void> => {
    born += 1;
    const child = fork(import.meta.filename, ["process", shared, `p${born}`]);
    await once(child, "message");
    living.add(child);
  };
  try {
    const store = await openBooks(shared, "lead");
    await Promise.all(Array.from({ length: PROCESSES }, bear));
    for (let kills = 0; kills < KILLS; kills += 1) {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 60));
      const victim = [...living][Math.floor(Math.random() * living.size)];
      if (victim === undefined) continue;
      living.delete(victim);
      const gone = once(victim, "exit");
      victim.kill("SIGKILL");
      await gone;
      await Promise.all([bear(), store.ledger.settleDead()]);
    }
    await Promise.all(
      [...living].map(async (child) => {
        const gone = once(child, "exit");
        child.kill("SIGKILL");
        await gone;
      }),
    );
    living.clear();
    await store.ledger.settleDead();
    const [state] = store.ledger.capStates([cap], "bench");
    store.close();

    const acknowledged = readdirSync(shared)
      .filter((file) => file.endsWith(".log"))
      .flatMap((file) => readFileSync(join(shared, file), "utf8").split("\n").slice(0, -1))
      .map((line) => line.split(" "));
    const database = new DatabaseSync(join(shared, "wayfare.sqlite"));
    const rows = new Map(
      database
        .prepare("SELECT attempt_id, outcome, cost_nano FROM attempts")
        .all()
        .map((row) => [row.attempt_id, row]),
    );
    const check = database.prepare("PRAGMA integrity_check").get()?.integrity_check;
    database.close();
    const lost = acknowledged.filter(([what, id, nano]) => {
      const row = rows.get(id ?? "");
      if (row === undefined) return true;
      return what === "settled" && (row.outcome !== "done" || row.cost_nano !== Number(nano));
    });
    const phantoms = [...rows.values()].filter((row) => row.outcome === null);
    const sum = [...rows.values()].reduce((total, row) => total + Number(row.cost_nano ?? 0), 0);
    const crashed = [...rows.values()].filter((row) => row.outcome === "crashed").length;
    const count = (what: string) => acknowledged.filter(([each]) => each === what).length;
    console.log(`kills: ${KILLS} at random moments, ${PROCESSES} processes at a time, one cap; integrity ${check}`);
    console.log(`  acknowledged                 ${count("reserved")} reservations, ${count("settled")} settlements`);
    console.log(`  lost                         ${lost.length}  (bar 0)`);
    console.log(`  settled for dead processes   ${crashed}`);
    console.log(`  phantom holds                ${phantoms.length}, ${state?.heldNano} nano-dollars  (bar 0)`);
    console.log(`  spent, cap                   ${sum}, ${LIMIT_NANO} nano-dollars  (bar: spent ≤ cap)`);
    const isWrong = lost.length > 0 || phantoms.length > 0 || state?.heldNano !== 0 || sum > LIMIT_NANO;
    if (isWrong || state.spentNano !== sum || check !== "ok") {
      console.log(`  WRONG: the sums say ${state?.spentNano}`);
      process.exitCode = 1;
    }
  } finally {
    for (const child of living) child.kill("SIGKILL");
    rmSync(shared, { recursive: true, force: true });
  }
}

function openBooks(at: string, instance: string) {
  const instanceId = `${instance} ${process.pid}`;
  return openStore({ directory: at, now: () => Date.now(), timeZone: "UTC", instanceId, pid: process.pid });
}

/** Three streams at a time, for ever. What is acknowledged is in a file before anything else happens. */
async function spend(): Promise<void> {
  const store = await openBooks(directory, name);
  const log = openSync(join(directory, `${name}.log`), "a");
  const stream = async (index: number): Promise<void> => {
    for (let asked = 0; ; asked += 1) {
      const attemptId = `${name}-${index}-${asked}`;
      try {
        const { heldNano } = await store.ledger.reserve({
          attemptId,
          turnId: attemptId,
          sessionId: "bench",
          kind: "chat",
          workspace: "bench",
          book: "real",
          tier: "cheap",
          providerId: "vendor",
          modelId: "model",
          startedAtMs: Date.now(),
          heldNano: HELD_NANO,
          leastNano: HELD_NANO / 3,
          caps: [cap],
          inputNano: 100_000,
          outputNanoPerToken: 200,
        });
        writeSync(log, `reserved ${attemptId} ${heldNano}\n`);
        store.ledger.noteProgress(attemptId, { outputTokens: 10 });
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 4));
        const costNano = Math.floor(heldNano * Math.random());
        await store.ledger.settle(attemptId, {
          outcome: "done",
          failure: null,
          usage: { input: 400, cacheRead: 0, cacheWrite: 0, output: 60, reasoning: 0 },
          costNano,
          costSource: "computed",
          firstTokenMs: 2,
          durationMs: 4,
          reason: "bench",
        });
        writeSync(log, `settled ${attemptId} ${costNano}\n`);
      } catch (error) {
        if (failureOf(error).kind !== "budget") throw error;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
  };
  process.send?.("ready");
  await Promise.all([0, 1, 2].map(stream));
}
