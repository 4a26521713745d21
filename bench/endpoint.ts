import { closeSync, fdatasyncSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import * as z from "zod";
import { artifacts, inRoot, requireNode24 } from "../scripts/root.ts";
import { askChild, cpuMs, endAll, rssMb, startChild } from "./endpoint/children.ts";
import { type Contestant, names, startContestant, strangers } from "./endpoint/contestants.ts";
import { firstByteSchema, type Load, loadSchema, type Task } from "./endpoint/load-task.ts";
import { type Figures, report } from "./endpoint/report.ts";
import { quantile } from "./server-client.ts";

/**
 * `npm run bench:endpoint [-- --quick] [--without ours,litellm] [--pace turns]`: the local endpoint beside a direct call, a
 * bare pass-through and the gateways of others, in one run on loopback. The vendor, the load generator and each contestant
 * are processes of their own; contestants take turns, so that what else the machine does hits all alike. Each answer is
 * checked. `--pace turns` sends each of the 64 chunks in a packet of its own under load.
 */
requireNode24();
const { values: flags } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    without: { type: "string", default: "" },
    pace: { type: "string", default: "burst" },
  },
});
const without = flags.without.split(",").filter((name) => name !== "");
const stranger = without.find((name) => !names.some((each) => each === name));
if (stranger !== undefined) throw new Error(`--without ${stranger}: the contestants are ${names.join(", ")}.`);
const loadPace = z.enum(["burst", "turns"]).parse(flags.pace);
const size = flags.quick
  ? { memory: 1_000, warmUp: 50, firstByteRounds: 200, loadRounds: 5, roundMs: 600, mostMs: 3 * 60_000 }
  : { memory: 10_000, warmUp: 100, firstByteRounds: 1_000, loadRounds: 9, roundMs: 1_000, mostMs: 15 * 60_000 };
const AT_ONCE = 32;
const WARM_UP_MS = 3_000;
/** Not for one who is far slower than the others: it would make the run long, and say nothing of us. */
const ofMemory: readonly string[] = ["pass-through", "ours", "portkey"];

// A disk, not the memory that /tmp may be: the ledger is to be durable.
mkdirSync(artifacts, { recursive: true });
const folder = mkdtempSync(join(artifacts, "bench-endpoint-"));
const contestants: Contestant[] = [];
async function clear(): Promise<void> {
  await endAll();
  rmSync(folder, { recursive: true, force: true });
}
async function giveUp(why: string): Promise<void> {
  console.error(why);
  await clear();
  process.exit(1);
}
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => giveUp(`Ended by ${signal}.`));
setTimeout(() => giveUp(`Not done after ${size.mostMs / 60_000} minutes.`), size.mostMs).unref();

try {
  await run();
} finally {
  await clear();
}

async function run(): Promise<void> {
  const busy = loadavg()[0] ?? 0;
  const vendor = await startChild("vendor.ts");
  const generator = await startChild("load.ts");
  const setPace = async (pace: string) => z.record(z.string(), z.number()).parse(await askChild(vendor.child, pace));
  const load = async (target: Contestant["target"], mostRequests: number, mostMs: number, warmUp: number) => {
    const task: Task = { kind: "load", target, atOnce: AT_ONCE, warmUp, mostRequests, mostMs };
    return loadSchema.parse(await askChild(generator.child, task));
  };

  const figures = new Map<string, Figures>();
  const figuresOf = ({ name, title }: Contestant): Figures => {
    const known = figures.get(name);
    if (known !== undefined) return known;
    const made: Figures = {
      name,
      title,
      firstByte: null,
      loads: [],
      cpuMsPerRequest: null,
      memory: [],
      asked: 0,
      reachedVendor: 0,
    };
    figures.set(name, made);
    return made;
  };

  for (const name of names) {
    if (without.includes(name)) {
      console.log(`${name}: left out by --without.`);
      continue;
    }
    try {
      contestants.push(await startContestant(name, String(vendor.said), folder));
    } catch (error) {
      if (!strangers.includes(name)) throw error;
      console.log(`${name}: not in this run: ${lastLines(error)}`);
    }
  }

  console.log(`memory, ${size.memory} requests and as many again …`);
  await setPace(loadPace);
  // First, and a warm-up for what follows.
  for (const contestant of contestants) {
    const own = figuresOf(contestant);
    const { name, pid, target } = contestant;
    const measure = async () => {
      await pause(1_000);
      const mb = pid === null ? null : rssMb(pid);
      if (mb !== null) own.memory.push({ requests: own.asked, rssMb: mb });
    };
    const isOfMemory = ofMemory.includes(name);
    if (isOfMemory) await measure();
    for (let part = 0; part < (isOfMemory ? 2 : 1); part += 1) {
      const result = await load(
        target,
        isOfMemory ? size.memory : size.warmUp * 3,
        isOfMemory ? size.mostMs : WARM_UP_MS,
        0,
      );
      own.asked += result.asked;
      refuseBroken(contestant, result);
      if (isOfMemory) await measure();
    }
  }

  console.log(`first byte, ${size.firstByteRounds} rounds …`);
  await setPace("first-alone");
  const targets = contestants.map(({ target }) => target);
  const task: Task = { kind: "first-byte", targets, warmUp: size.warmUp, rounds: size.firstByteRounds };
  const timed = firstByteSchema.parse(await askChild(generator.child, task));
  for (const contestant of contestants) {
    const own = figuresOf(contestant);
    own.firstByte = timed.find(({ name }) => name === contestant.name) ?? null;
    own.asked += own.firstByte?.asked ?? 0;
  }

  console.log(`${AT_ONCE} at once, ${size.loadRounds} rounds …`);
  await setPace(loadPace);
  const cpu = new Map<string, { ms: number; requests: number }>();
  for (let round = 0; round < size.loadRounds; round += 1) {
    // From the other end each time, so that nobody always follows the same one.
    for (const contestant of round % 2 === 0 ? contestants : contestants.toReversed()) {
      const own = figuresOf(contestant);
      const { name, pid, target } = contestant;
      const before = pid === null ? null : cpuMs(pid);
      const result = await load(target, 100_000, size.roundMs, AT_ONCE);
      await pause(200);
      const after = pid === null ? null : cpuMs(pid);
      own.loads.push(result);
      own.asked += result.asked;
      if (before === null || after === null) continue;
      const sum = cpu.get(name) ?? { ms: 0, requests: 0 };
      sum.ms += after - before;
      sum.requests += result.asked;
      cpu.set(name, sum);
      own.cpuMsPerRequest = sum.ms / sum.requests;
    }
  }

  const counts = await setPace(loadPace);
  for (const own of figures.values()) own.reachedVendor = counts[own.name] ?? 0;
  const { lines, isWrong } = report([...figures.values()]);
  const undici = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(inRoot("node_modules/undici/package.json"), "utf8")));
  const [first] = cpus();
  console.log(
    [
      "",
      `${first?.model.trim()}, ${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, load ${busy.toFixed(1)} before; node ${process.versions.node}, undici ${undici.version}`,
      `one write and fdatasync alone, where the ledger is: p50 ${quantile(syncAlone(), 0.5).toFixed(2)} ms; chunks under load: ${loadPace === "turns" ? "a packet each" : "a write each, in one packet"}`,
      "",
      ...lines,
    ].join("\n"),
  );
  if (isWrong) process.exitCode = 1;
}

/** Programs say at the end what was wrong; a page of it is too much here. */
function lastLines(error: unknown): string {
  const lines = (error instanceof Error ? error.message : String(error)).split("\n");
  return lines.length > 4 ? [lines[0], ...lines.slice(-3)].join("\n  ") : lines.join("\n  ");
}

/** A contestant that does not answer is found out at once, not after minutes. */
function refuseBroken({ title }: Contestant, { wrong, right }: Load): void {
  if (wrong.count > right) throw new Error(`${title} does not answer as it should: ${wrong.first}`);
}

/** What the disk itself takes for a durable write of a page, in milliseconds. */
function syncAlone(): number[] {
  const page = Buffer.alloc(4_096);
  const descriptor = openSync(join(folder, "sync"), "w");
  const samples = Array.from({ length: 100 }, () => {
    const startedAtMs = performance.now();
    writeSync(descriptor, page);
    fdatasyncSync(descriptor);
    return performance.now() - startedAtMs;
  });
  closeSync(descriptor);
  return samples;
}
