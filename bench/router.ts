import { fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { request } from "undici";
import { planRoute } from "../server/core/plan-route.ts";
import { type Provider, type ProviderPart, type Route, routeName } from "../server/core/provider.ts";
import { worthOfSecondNano } from "../server/core/weigh-routes.ts";
import { systemClock } from "../server/engine/clock.ts";
import { failover } from "../server/engine/failover.ts";
import { createHealth } from "../server/engine/health.ts";
import { createProvider } from "../server/providers/create-provider.ts";
import { createHttp } from "../server/providers/http.ts";
import { openStore } from "../server/store/open-store.ts";
import { FailureError } from "../shared/failure.ts";
import { networkSettingSchema } from "../shared/settings.ts";
import { quantile } from "./server-client.ts";

/**
 * The router under load, over real sockets and with the real books: planning, failing over, the cost of a stream, and
 * 10,000 requests of which a fifth meets a fault, then 10,000 more for the memory. Timers are shortened to 0.3 s, so that
 * silent vendors do not make the run an hour long; every fault else is as it comes.
 */
const REQUESTS = 10_000;
const AT_ONCE = 48;
const directory = mkdtempSync(join(tmpdir(), "wayfare-bench-"));
const store = await openStore({ directory, now: Date.now, timeZone: "UTC", instanceId: "bench", pid: process.pid });
const health = createHealth({ store: () => store.health, now: Date.now, onFault: (failure) => console.log(failure) });
const price = {
  source: "override" as const,
  tiers: [{ fromInputTokens: 0, inputUsd: 0.2, outputUsd: 1, cacheReadUsd: 0.02, cacheWriteUsd: 0.2 }] as const,
};
const routeOf = (index: number, origin: string): Route => ({
  providerId: `p${index}`,
  modelId: `m${index}`,
  tier: index % 2 === 0 ? "cheap" : "frontier",
  wire: "openai-compatible",
  origin,
  price: { ...price, tiers: [{ ...price.tiers[0], inputUsd: 0.2 + index / 100 }] },
  windowTokens: 128_000,
  maxOutputTokens: 8_192,
  simulated: false,
});
const facts = (routes: readonly Route[]) => ({
  routes,
  mode: "cheap",
  classification: null,
  inputTokens: 100,
  expectedOutputTokens: 600,
  maxOutputTokens: 4_096,
  nowMs: Date.now(),
  secondNano: worthOfSecondNano(50),
});

// A plan with 50 routes, of which some rest and all have been measured.
const fifty = Array.from({ length: 50 }, (_, index) => routeOf(index, `https://h${index}.example`));
const cooling = new Map([["p4/m4", { untilMs: Date.now() + 60_000, why: "overloaded (529)" }]]);
const speeds = new Map(
  fifty.map((route, index) => [
    routeName(route),
    { firstContentMs: 200 + index, tokensPerSecond: 80, failureShare: index / 200 },
  ]),
);
const planTimes: number[] = [];
for (let round = 0; round < 3_000; round += 1) {
  const startedAt = performance.now();
  planRoute({ ...facts(fifty), cooling, speeds });
  if (round >= 500) planTimes.push((performance.now() - startedAt) * 1000);
}
console.log(
  `plan with 50 routes: p50 ${quantile(planTimes, 0.5).toFixed(0)} µs, p99 ${quantile(planTimes, 0.99).toFixed(0)} µs  (bar 50)`,
);

const timeouts = {
  usual: { headersMs: 300, firstContentMs: 300, gapMs: 300 },
  patient: { headersMs: 300, firstContentMs: 300, gapMs: 300 },
  bounds: {
    least: { headersMs: 300, firstContentMs: 300, gapMs: 300 },
    most: { headersMs: 300, firstContentMs: 300, gapMs: 300 },
  },
};
/** How often and how long is waited for routes that all rest: half a minute. */
const MOST_WAITS = 600;
const WAIT_MS = 50;
async function ask(routes: readonly Route[], providerOf: (route: Route) => Provider | null) {
  // For a while every route may have asked for a rest. A person is told until when, and comes back; a loop that did not
  // would count thousands of such sentences in that time.
  const plan = () => planRoute({ ...facts(routes), cooling: health.pauses(routes, 100) });
  let planned = plan();
  for (let tries = 0; !planned.ok && tries < MOST_WAITS; tries += 1) {
    await pause(WAIT_MS);
    planned = plan();
  }
  if (!planned.ok) return { state: "failed" as const, text: "", attempts: [], failure: planned.failure };
  let shown = "";
  const result = await failover(
    {
      sessionId: "s",
      turnId: randomUUID(),
      kind: "chat",
      workspace: "bench",
      steps: planned.plan,
      messages: [{ role: "user", text: "Say sixty-four words." }],
      inputTokens: 100,
      boundTokens: 150,
      maxOutputTokens: 1_024,
      leastOutputTokens: 1_024,
      caps: [],
      ladder: [],
      timeouts,
    },
    {
      ledger: store.ledger,
      clock: systemClock,
      random: Math.random,
      createId: randomUUID,
      providerOf,
      health,
      onLedgerFault: (failure) => console.log(failure),
    },
    (part) => {
      if (part.type === "text") shown += part.text;
      if (part.type === "restart") shown = "";
    },
    new AbortController().signal,
  );
  if (result.text !== shown) throw new Error("what was shown is not what was kept");
  return result;
}

// From the fault to the next route's request, money held for it included.
const gaps: number[] = [];
let failedAt = 0;
const scripted = (id: string, stream: () => AsyncGenerator<ProviderPart>): Provider => ({
  id,
  wire: "openai-compatible",
  origin: "http://127.0.0.1:1",
  stream,
  listModels: async () => [],
});
const fails = scripted("p0", async function* () {
  yield { type: "activity" };
  failedAt = performance.now();
  throw new FailureError({ kind: "empty", message: "empty" });
});
const answers = scripted("p2", async function* () {
  gaps.push(performance.now() - failedAt);
  yield { type: "text-delta", text: "yes" };
  yield { type: "finish", reason: "stop" };
});
const pair = [routeOf(0, "http://127.0.0.1:1"), routeOf(2, "http://127.0.0.1:1")];
for (let round = 0; round < 300; round += 1) {
  await ask(pair, (route) => (route.providerId === "p0" ? fails : answers));
  health.clear();
}
console.log(
  `failover to the next route's request: p50 ${quantile(gaps.slice(50), 0.5).toFixed(2)} ms, p99 ${quantile(gaps.slice(50), 0.99).toFixed(2)} ms  (bar 5)`,
);

const vendor = fork("bench/faulty-vendor.ts");
const origins = await new Promise<string[]>((resolve) => vendor.once("message", (value) => resolve(value as string[])));
const setShare = (share: number) =>
  new Promise((resolve) => {
    vendor.once("message", resolve);
    vendor.send(share);
  });
const http = createHttp(networkSettingSchema.parse({ systemCertificates: false }));
const routes = origins.flatMap((origin, index) => [routeOf(index * 2, origin), routeOf(index * 2 + 1, origin)]);
const providers = new Map(
  routes.map(({ providerId, origin }) => [
    providerId,
    createProvider({
      setting: { id: providerId, preset: "openai-compatible", baseUrl: `${origin}/v1` },
      key: "bench",
      http,
    }),
  ]),
);
const providerOf = (route: Route) => providers.get(route.providerId) ?? null;

// The CPU of a stream of 64 chunks, beside a bare undici call that reads and drops it.
async function cpuOf(run: () => Promise<unknown>): Promise<number> {
  for (let round = 0; round < 200; round += 1) await run();
  const before = process.cpuUsage();
  for (let round = 0; round < 1_000; round += 1) await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000_000;
}
const bareMs = await cpuOf(async () => {
  const response = await request(`${origins[0]}/v1/chat/completions`, { method: "POST", body: "{}" });
  for await (const _ of response.body);
});
const routedMs = await cpuOf(() => ask(routes, providerOf));
console.log(
  `CPU of a stream of 64 chunks in process: ${routedMs.toFixed(2)} ms routed, ${bareMs.toFixed(2)} ms bare; ${(((routedMs - bareMs) * 1000) / 64).toFixed(0)} µs a chunk added`,
);

const whole = Array.from({ length: 64 }, (_, index) => `word${index} `).join("");
async function load(count: number): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const tally = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
  let left = count;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (left > 0) {
        left -= 1;
        const result = await ask(routes, providerOf);
        if (result.attempts.length > 8) throw new Error("more than eight attempts");
        if (result.state === "done" && result.text !== whole)
          throw new Error(`a doubled or cut answer: ${result.text}`);
        if (result.state === "done") tally(result.attempts.length === 1 ? "whole at once" : "whole after failing over");
        else tally(`clear error: ${result.failure?.kind ?? "none"}`);
        for (const { failure } of result.attempts) if (failure !== null) tally(`attempt failed: ${failure.kind}`);
      }
    }),
  );
  return counts;
}
const memory = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().rss / 1e6;
};

await setShare(0.2);
const startedAt = performance.now();
const counts = await load(REQUESTS);
const seconds = (performance.now() - startedAt) / 1000;
console.log(
  `${REQUESTS} requests, 20 % of the vendors' answers faulty, ${AT_ONCE} at once, in ${seconds.toFixed(0)} s:`,
);
for (const [name, value] of [...counts].sort(([a], [b]) => a.localeCompare(b))) console.log(`  ${name}: ${value}`);
const held = store.ledger.held().length;
console.log(`  left held in the books: ${held}  (bar 0)`);
const [before, first] = [memory(), process.memoryUsage().heapUsed / 1e6];
await load(REQUESTS);
const [after, second] = [memory(), process.memoryUsage().heapUsed / 1e6];
console.log(
  `memory after them ${before.toFixed(0)} MB (heap ${first.toFixed(0)}), after ${REQUESTS} more ${after.toFixed(0)} MB (heap ${second.toFixed(0)})`,
);

await http.close();
store.close();
vendor.kill();
rmSync(directory, { recursive: true, force: true });
