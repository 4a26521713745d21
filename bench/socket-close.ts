import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAsk } from "../server/engine/ask.ts";
import { systemClock } from "../server/engine/clock.ts";
import { createComplete } from "../server/engine/complete.ts";
import { createWorld } from "../server/engine/configure.ts";
import { createHealth } from "../server/engine/health.ts";
import { startPlayground } from "../server/playground/start-playground.ts";
import { createProvider } from "../server/providers/create-provider.ts";
import { createHttp } from "../server/providers/http.ts";
import { openStore } from "../server/store/open-store.ts";
import { quantile } from "./server-client.ts";

/**
 * How soon a vendor sees the socket closed when nobody wants its answer any more, over real sockets: ghost text that is
 * dismissed, ghost text whose cursor moved on, and a chat answer that is cancelled in its middle.
 */
const rounds = 60;
const warmUp = 10;
const modelId = "starcoder2:3b";
const price = { input: 0.1, output: 0.2 };
const tier = { fromInputTokens: 0, inputUsd: 0.1, outputUsd: 0.2, cacheReadUsd: 0.1, cacheWriteUsd: 0.1 };

const playground = await startPlayground({
  apiKey: "bench",
  pace: "realistic",
  models: [
    {
      id: modelId,
      wire: "openai-compatible",
      tier: "cheap",
      windowTokens: 32_000,
      maxOutputTokens: 8_000,
      price: { source: "provider", tiers: [tier] },
      pace: { firstTokenMs: [1, 2], tokensPerSecond: [20, 20] },
      fill: () => "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v.w.x.y.z",
      answer: () => "One word after the other, slowly enough to be cut off in the middle of the sentence. ".repeat(20),
    },
  ],
});
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
await world.apply({
  configuration: {
    providers: [
      {
        id: "bench",
        preset: "ollama",
        baseUrl: playground.ollamaBaseUrl,
        models: [{ id: modelId, windowTokens: 32_000, price }],
      },
    ],
    tiers: { cheap: [`bench/${modelId}`], frontier: [] },
    mode: "auto",
    quality: 50,
    playground: false,
    network: { proxySupport: "off" },
    completions: { enabled: true },
  },
  keys: [],
  trusted: true,
});
let ids = 0;
const common = {
  world,
  store,
  clock: systemClock,
  health: createHealth({ store: () => null, now: Date.now, onFault: () => undefined }),
  random: Math.random,
  createId: () => `id-${ids++}`,
  workspace: "bench",
};
const ghost = createComplete({
  ...common,
  syntax: { ready: () => null, load: async () => null },
  onReady: () => undefined,
  onState: () => undefined,
  onFault: (failure) => console.error(failure.message),
});
const ask = createAsk(common);

const until = async (isSo: () => boolean): Promise<void> => {
  const startedAt = performance.now();
  while (!isSo()) {
    if (performance.now() - startedAt > 5_000) throw new Error("it did not come to that within 5 s");
    await new Promise((resolve) => setImmediate(resolve));
  }
};
/** From `end` until the vendor has seen the socket close. */
async function closing(end: () => void): Promise<number> {
  const startedAt = performance.now();
  end();
  await until(() => playground.openRequests() === 0);
  return performance.now() - startedAt;
}

let version = 0;
async function ghostText(end: (document: { uri: string; version: number; text: string }) => void): Promise<number> {
  version += 1;
  const document = { uri: "file:///bench/a.ts", version, text: `const x${version} = \n` };
  const offset = document.text.length - 1;
  const answering = ghost.complete(
    { ...document, path: "/bench/a.ts", languageId: "typescript", offset, isInvoked: true, selected: null },
    new AbortController().signal,
  );
  await until(() => playground.openRequests() === 1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  const ms = await closing(() => end(document));
  await answering;
  return ms;
}

async function chat(): Promise<number> {
  const cancel = new AbortController();
  const answering = ask(
    { sessionId: "bench", turnId: common.createId(), question: "Why?", context: [], mode: "cheap" },
    () => undefined,
    cancel.signal,
  );
  await until(() => playground.openRequests() === 1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  const ms = await closing(() => cancel.abort());
  const turn = await answering;
  if (turn.state !== "cancelled") throw new Error(turn.failure?.message ?? turn.state);
  return ms;
}

const ways = {
  "ghost text dismissed": () => ghostText(({ uri }) => ghost.dismiss(uri)),
  "ghost text, cursor moved on": () => ghostText((document) => ghost.cursor({ ...document, offset: 0 })),
  "chat answer cancelled": chat,
};
for (const [name, run] of Object.entries(ways)) {
  const samples: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const ms = await run();
    if (round >= warmUp) samples.push(ms);
  }
  const [middle, most] = [quantile(samples, 0.5), quantile(samples, 1)];
  console.log(`upstream socket closed, ${name}: p50 ${middle.toFixed(2)} ms, most ${most.toFixed(2)} ms  (bar 10)`);
}

await ghost.close();
await world.close();
store.close();
await playground.close();
rmSync(directory, { recursive: true, force: true });
