import { fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { request } from "undici";
import { createAsk } from "../server/engine/ask.ts";
import { systemClock } from "../server/engine/clock.ts";
import { createWorld } from "../server/engine/configure.ts";
import { createHealth } from "../server/engine/health.ts";
import { createProvider } from "../server/providers/create-provider.ts";
import { createHttp } from "../server/providers/http.ts";
import { openStore } from "../server/store/open-store.ts";
import { configurationFor, quantile } from "./server-client.ts";

/**
 * Time to first byte that Wayfare adds in process: the same question to the same vendor, by a bare undici call and
 * through a whole turn (prompt, classification, plan, money held in the ledger, stream decoded), taking turns in one run.
 */
const rounds = 400;
const vendor = fork("bench/vendor.ts");
const baseUrl = await new Promise<string>((resolve) => vendor.once("message", (url) => resolve(String(url))));
const directory = mkdtempSync(join(tmpdir(), "wayfare-bench-"));
const now = Date.now;
const store = await openStore({ directory, now, timeZone: "UTC", instanceId: "bench", pid: process.pid });
const world = createWorld({
  now,
  createHttp,
  createProvider: ({ setting, key, http }) => createProvider({ setting, key, http, now }),
  findKnownPrice: async () => null,
  modelLists: store.modelLists,
  ledgerFailure: () => null,
  startPlayground: () => Promise.reject(new Error("not used")),
});
await world.apply(configurationFor(baseUrl));
let ids = 0;
const createId = () => `id-${ids++}`;
const ask = createAsk({
  world,
  store,
  clock: systemClock,
  health: createHealth({ store: () => null, now: Date.now, onFault: () => undefined }),
  random: Math.random,
  createId,
  workspace: "bench",
});
let asked = 0;
/** Another one each time: the same one again would be answered from what was kept. */
const nextQuestion = () => `Rename parameter ${asked++} and keep the rest as it is.`;

async function direct(): Promise<number> {
  const startedAt = performance.now();
  const response = await request(`${baseUrl}/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer bench" },
    body: JSON.stringify({ model: "bench", stream: true, messages: [{ role: "user", content: nextQuestion() }] }),
  });
  let firstMs = Number.NaN;
  for await (const chunk of response.body) {
    if (Number.isNaN(firstMs) && String(chunk).includes('"content":"Sixty')) firstMs = performance.now() - startedAt;
  }
  return firstMs;
}

async function routed(): Promise<number> {
  const startedAt = performance.now();
  let firstMs = Number.NaN;
  const turn = await ask(
    { sessionId: createId(), turnId: createId(), question: nextQuestion(), context: [], mode: "auto" },
    (part) => {
      if (part.type === "text" && Number.isNaN(firstMs)) firstMs = performance.now() - startedAt;
    },
    new AbortController().signal,
  );
  if (turn.state !== "done") throw new Error(turn.failure?.message ?? turn.state);
  return firstMs;
}

const bare: number[] = [];
const ours: number[] = [];
for (let round = 0; round < rounds; round += 1) {
  const [first, second] = [await direct(), await routed()];
  if (round < 50) continue;
  bare.push(first);
  ours.push(second);
}
const line = (share: number) => {
  const [b, o] = [quantile(bare, share), quantile(ours, share)];
  return `direct ${b.toFixed(2)} ms, routed ${o.toFixed(2)} ms, added ${(o - b).toFixed(2)} ms`;
};
console.log(`time to first byte, in process, p50: ${line(0.5)}`);
console.log(`time to first byte, in process, p99: ${line(0.99)}`);

await world.close();
store.close();
vendor.kill();
rmSync(directory, { recursive: true, force: true });
