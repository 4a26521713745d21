import { setTimeout as pause } from "node:timers/promises";
import { Pool } from "undici";
import { quantile } from "../server-client.ts";
import { faultInside, faultOf, hasText } from "./answer.ts";
import { type FirstByte, type Load, type Target, type Task, taskSchema } from "./load-task.ts";

/** The load generator, in a process of its own: undici's bare dispatcher. Each task of its parent is answered with figures. */
const STREAMS = 32;
/** The contestant may still be writing its books when its answer is over; that is not to fall on the next one's. */
const BETWEEN_MS = 3;
/** Under load one answer in so many is read event by event; the others are checked by counting, to be no bottleneck. */
const READ_EACH = 16;
const TIMEOUT_MS = 20_000;

interface Answer {
  byteMs: number;
  textMs: number;
  totalMs: number;
  status: number;
  body: Buffer;
}

const pools = new Map<string, Pool>();
function poolOf({ origin }: Target): Pool {
  const known = pools.get(origin);
  if (known !== undefined) return known;
  const pool = new Pool(origin, { connections: STREAMS, headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS });
  pools.set(origin, pool);
  return pool;
}

let asked = 0;
/** Another question each time: the same one again might be answered from what somebody kept. */
function nextBody(model: string): string {
  asked += 1;
  const content = `In the function below, rename parameter ${asked} and keep the rest as it is.\n\nexport function area(width: number, height: number): number {\n  return width * height;\n}`;
  const messages = [
    { role: "system", content: "You are a careful engineer. Answer with code alone." },
    { role: "user", content },
  ];
  return JSON.stringify({ model, stream: true, stream_options: { include_usage: true }, max_tokens: 1_024, messages });
}

function ask(pool: Pool, { path, headers, model }: Target): Promise<Answer> {
  const body = nextBody(model);
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const chunks: Buffer[] = [];
    let [status, byteMs, textMs] = [0, Number.NaN, Number.NaN];
    pool.dispatch(
      { method: "POST", path, headers, body },
      {
        // Asked for by undici.
        onRequestStart() {},
        onResponseStart(_controller, statusCode) {
          status = statusCode;
        },
        onResponseData(_controller, chunk) {
          if (Number.isNaN(textMs)) {
            const ms = performance.now() - startedAt;
            if (chunks.length === 0) byteMs = ms;
            if (hasText(chunk)) textMs = ms;
          }
          chunks.push(chunk);
        },
        onResponseEnd() {
          resolve({ byteMs, textMs, totalMs: performance.now() - startedAt, status, body: Buffer.concat(chunks) });
        },
        onResponseError(_controller, error) {
          reject(error);
        },
      },
    );
  });
}

async function timeFirstByte({ targets, warmUp, rounds }: Extract<Task, { kind: "first-byte" }>): Promise<FirstByte[]> {
  const results = targets.map((target) => {
    const result: FirstByte = { name: target.name, byteMs: [], textMs: [], asked: 0, wrong: { count: 0, first: null } };
    return { target, result };
  });
  for (let round = 0; round < warmUp + rounds; round += 1) {
    for (const { target, result } of shuffled(results)) {
      result.asked += 1;
      try {
        const { status, body, byteMs, textMs } = await ask(poolOf(target), target);
        const fault = faultOf(status, body) ?? faultInside(body);
        if (fault !== null) note(result.wrong, fault);
        else if (round >= warmUp) {
          result.byteMs.push(byteMs);
          result.textMs.push(textMs);
        }
      } catch (error) {
        note(result.wrong, String(error));
      }
      await pause(BETWEEN_MS);
    }
  }
  return results.map(({ result }) => result);
}

async function load(task: Extract<Task, { kind: "load" }>): Promise<Load> {
  const { target, atOnce, warmUp, mostRequests, mostMs } = task;
  const pool = poolOf(target);
  const wrong: Load["wrong"] = { count: 0, first: null };
  const totals: number[] = [];
  let sent = 0;
  const run = async (most: number, untilMs: number): Promise<void> => {
    const last = sent + most;
    const stream = async (): Promise<void> => {
      while (sent < last && performance.now() < untilMs) {
        sent += 1;
        const isRead = sent % READ_EACH === 0;
        try {
          const { status, body, totalMs } = await ask(pool, target);
          const fault = faultOf(status, body) ?? (isRead ? faultInside(body) : null);
          if (fault === null) totals.push(totalMs);
          else note(wrong, fault);
        } catch (error) {
          note(wrong, String(error));
        }
      }
    };
    await Promise.all(Array.from({ length: atOnce }, stream));
  };
  await run(warmUp, Number.POSITIVE_INFINITY);
  totals.length = 0;
  const before = process.cpuUsage();
  const startedAt = performance.now();
  await run(mostRequests, startedAt + mostMs);
  const elapsedMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(before);
  const ownShare = (user + system) / 1_000 / elapsedMs;
  return { right: totals.length, asked: sent, wrong, elapsedMs, p99Ms: quantile(totals, 0.99), ownShare };
}

function note(wrong: Load["wrong"], fault: string): void {
  wrong.count += 1;
  wrong.first ??= fault;
}

function shuffled<Item>(items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

process.on("message", async (message) => {
  const task = taskSchema.parse(message);
  process.send?.(task.kind === "load" ? await load(task) : await timeFirstByte(task));
});
process.once("disconnect", () => process.exit(0));
process.send?.("ready");
