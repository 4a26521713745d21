import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { closeSync, fdatasyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cap } from "../server/core/budget.ts";
import { openStore } from "../server/store/open-store.ts";
import { quantile } from "./server-client.ts";

/**
 * Four processes that each reserve and settle 50 requests a second against one cap, in one ledger. Each also counts its
 * own milliseconds, as one that streams would feel them; beside them a fifth process does only that, so that what the
 * machine itself withholds can be told apart. A settlement is over when it is safe from a loss of power, so what such a
 * write takes on this disk stands beside it, too.
 */
const PROCESSES = 4;
const REQUESTS_PER_SECOND = 50;
const SECONDS = Number(process.env.SECONDS ?? 5);
/** Between the two writes of a request. */
const STREAM_MS = 100;
const HELD_NANO = 900_000;
const COST_NANO = 300_000;

interface Samples {
  reserveMs: number[];
  settleMs: number[];
  /** How much longer than they should the milliseconds of this process took. */
  lateMs: number[];
  /** The same without the time in which it was ready and another process had the processor; where Linux tells. */
  ownLateMs: number[];
  refused: number;
}

const [role, directory = ""] = process.argv.slice(2);
if (role === undefined) await lead();
else {
  process.once("message", async (task) => process.send?.(await measure(task === "write")));
  process.send?.("ready");
}

async function lead(): Promise<void> {
  const shared = mkdtempSync(join(tmpdir(), "wayfare-bench-"));
  const children: ChildProcess[] = [];
  try {
    const syncMs = syncAlone(join(shared, "sync"));
    // Made first, so that nobody measures the making of it.
    (await openBooks(shared)).close();
    for (let i = 0; i <= PROCESSES; i += 1) children.push(fork(import.meta.filename, ["process", shared]));
    await Promise.all(children.map((child) => once(child, "message")));
    const ends = children.map(async (child): Promise<Samples> => (await once(child, "message"))[0]);
    for (const [i, child] of children.entries()) child.send(i < PROCESSES ? "write" : "only count");
    const all = await Promise.all(ends);
    const writers = all.slice(0, PROCESSES);
    const of = (pick: (samples: Samples) => number[]) => writers.flatMap(pick);
    const requests = of((each) => each.reserveMs).length;

    console.log(
      `reserve + settle: ${requests} requests of ${PROCESSES} processes in ${SECONDS} s against one cap, ${writers.reduce((sum, each) => sum + each.refused, 0)} refused`,
    );
    const both = of((each) => each.reserveMs.map((ms, i) => ms + (each.settleMs[i] ?? Number.NaN)));
    line(
      "reserve",
      of((each) => each.reserveMs),
      "bar p50 0.5, p99 25",
    );
    line(
      "settle, durable",
      of((each) => each.settleMs),
      `one write and fdatasync alone: p50 ${quantile(syncMs, 0.5).toFixed(2)}`,
    );
    line("both", both, "bar p99 25");
    const blocked = of((each) => each.ownLateMs);
    line("event loop blocked by us", blocked, "bar: never over 5");
    const late = of((each) => each.lateMs);
    line("event loop late", late, "with what the machine withholds");
    line("event loop late, idle", all[PROCESSES]?.lateMs ?? [], "a process that writes nothing");
  } finally {
    for (const child of children) child.kill();
    rmSync(shared, { recursive: true, force: true });
  }
}

function line(name: string, samples: readonly number[], beside: string): void {
  const [p50, p99, worst] = [0.5, 0.99, 1].map((share) => quantile(samples, share).toFixed(2).padStart(7));
  console.log(`  ${name.padEnd(28)} p50 ${p50}  p99 ${p99}  worst ${worst} ms  (${beside})`);
}

function openBooks(at: string) {
  const instanceId = `bench ${process.pid}`;
  return openStore({ directory: at, now: () => Date.now(), timeZone: "UTC", instanceId, pid: process.pid });
}

async function measure(isWriter: boolean): Promise<Samples> {
  const cap: Cap = { id: "global.daily", scope: "global", period: "daily", limitNano: 10 ** 12, setting: "" };
  const samples: Samples = { reserveMs: [], settleMs: [], lateMs: [], ownLateMs: [], refused: 0 };
  const store = isWriter ? await openBooks(directory) : null;
  const everyMs = 1_000 / REQUESTS_PER_SECOND;
  const startsAtMs = performance.now() + 200 + Math.random() * everyMs;
  const under: Promise<void>[] = [];
  let asked = 0;

  const request = async (attemptId: string): Promise<void> => {
    if (store === null) return;
    const reserveAtMs = performance.now();
    try {
      await store.ledger.reserve({
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
        leastNano: HELD_NANO,
        caps: [cap],
        inputNano: 100_000,
        outputNanoPerToken: 200,
      });
    } catch {
      samples.refused += 1;
      return;
    }
    const reservedMs = performance.now() - reserveAtMs;
    await new Promise((resolve) => setTimeout(resolve, STREAM_MS));
    const settleAtMs = performance.now();
    await store.ledger.settle(attemptId, {
      outcome: "done",
      failure: null,
      usage: { input: 400, cacheRead: 0, cacheWrite: 0, output: 60, reasoning: 0 },
      costNano: COST_NANO,
      costSource: "computed",
      firstTokenMs: 20,
      durationMs: STREAM_MS,
      reason: "bench",
    });
    samples.reserveMs.push(reservedMs);
    samples.settleMs.push(performance.now() - settleAtMs);
  };

  let lastMs = startsAtMs;
  let lastWithheldMs = withheldMs();
  await new Promise<void>((resolve) => {
    const tick = setInterval(() => {
      const nowMs = performance.now();
      if (nowMs < startsAtMs) return;
      const withheld = withheldMs();
      const lateMs = Math.max(0, nowMs - lastMs - 1);
      samples.lateMs.push(lateMs);
      samples.ownLateMs.push(Math.max(0, lateMs - (withheld - lastWithheldMs)));
      lastMs = nowMs;
      lastWithheldMs = withheld;
      if (nowMs >= startsAtMs + SECONDS * 1_000) {
        clearInterval(tick);
        resolve();
      }
      for (; startsAtMs + asked * everyMs <= nowMs; asked += 1) under.push(request(`${process.pid} ${asked}`));
    }, 1);
  });
  await Promise.all(under);
  store?.close();
  return samples;
}

/** How long this thread has waited for a processor so far, in milliseconds. */
function withheldMs(): number {
  try {
    return Number(readFileSync("/proc/self/schedstat", "utf8").split(" ")[1]) / 1e6;
  } catch {
    return 0;
  }
}

/** What the disk itself takes for a durable write of a page, in milliseconds. */
function syncAlone(file: string): number[] {
  const page = Buffer.alloc(4_096);
  const descriptor = openSync(file, "w");
  const samples = Array.from({ length: 200 }, () => {
    const startedAtMs = performance.now();
    writeSync(descriptor, page);
    fdatasyncSync(descriptor);
    return performance.now() - startedAtMs;
  });
  closeSync(descriptor);
  return samples;
}
