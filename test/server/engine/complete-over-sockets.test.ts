import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { findKnownPrice } from "../../../server/core/known-prices.ts";
import { systemClock } from "../../../server/engine/clock.ts";
import { createComplete } from "../../../server/engine/complete.ts";
import { createWorld } from "../../../server/engine/configure.ts";
import { createHealth } from "../../../server/engine/health.ts";
import { startPlayground, type VendorModel } from "../../../server/playground/start-playground.ts";
import { createProvider } from "../../../server/providers/create-provider.ts";
import { createHttp } from "../../../server/providers/http.ts";
import { openStore } from "../../../server/store/open-store.ts";
import type { CompletionReady } from "../../../shared/protocol.ts";

/** Ghost text with its real wires, sockets and books, from vendors that keep their own log. */

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const price = { input: 1, output: 2 };
const model = (id: string, extra: Partial<VendorModel> = {}): VendorModel => ({
  id,
  wire: "openai-compatible",
  tier: "cheap",
  windowTokens: 32_000,
  maxOutputTokens: 4_000,
  price: {
    source: "provider",
    tiers: [{ fromInputTokens: 0, inputUsd: 1, outputUsd: 2, cacheReadUsd: 1, cacheWriteUsd: 1 }],
  },
  fill: () => "sum(values) / values.length;",
  ...extra,
});

type Shop = "ollama" | "openai" | "anthropic" | "llamacpp";

async function start(models: VendorModel[], { shop = "ollama" as Shop, dailyUsd = 1 } = {}) {
  const playground = await startPlayground({ apiKey: "key", pace: "instant", models });
  closers.push(() => playground.close());
  const directory = mkdtempSync(join(tmpdir(), "wayfare-ghost-"));
  closers.push(() => rmSync(directory, { recursive: true, force: true }));
  const store = await openStore({ directory, now: Date.now, timeZone: "UTC", instanceId: "one", pid: process.pid });
  closers.push(() => store.close());
  const world = createWorld({
    now: Date.now,
    createHttp,
    createProvider,
    findKnownPrice,
    modelLists: store.modelLists,
    ledgerFailure: () => null,
    startPlayground: () => Promise.reject(new Error("not here")),
  });
  closers.push(() => world.close());
  const at = {
    ollama: { preset: "ollama", baseUrl: playground.ollamaBaseUrl },
    openai: { preset: "openai-compatible", baseUrl: playground.openAiBaseUrl },
    anthropic: { preset: "anthropic", baseUrl: playground.anthropicBaseUrl },
    llamacpp: { preset: "llamacpp", baseUrl: playground.llamaCppBaseUrl },
  }[shop];
  const { problems } = await world.apply({
    configuration: {
      providers: [{ id: "acme", ...at, models: models.map(({ id }) => ({ id, price, windowTokens: 32_000 })) }],
      tiers: { cheap: models.map(({ id }) => `acme/${id}`) },
      mode: undefined,
      quality: undefined,
      playground: undefined,
      network: { proxySupport: "off" },
      budget: { daily: dailyUsd },
      completions: { enabled: true },
    },
    keys: [{ providerId: "acme", origin: playground.origin, key: "key" }],
    trusted: true,
  });
  expect(problems).toEqual([]);
  const ready: CompletionReady[] = [];
  let ids = 0;
  const ghost = createComplete({
    world,
    store,
    clock: systemClock,
    health: createHealth({ store: () => null, now: Date.now, onFault: () => undefined }),
    random: () => 0,
    createId: () => `c${++ids}`,
    workspace: "here",
    syntax: { ready: () => null, load: async () => null },
    onReady: (place) => ready.push(place),
    onState: () => undefined,
    onFault: () => undefined,
  });
  closers.push(() => ghost.close());
  const text = "const mean = \nexport {};\n";
  const ask = (signal = new AbortController().signal, version = 1) =>
    ghost.complete(
      {
        uri: "file:///w/a.ts",
        path: "/w/a.ts",
        languageId: "typescript",
        version,
        text,
        offset: 13,
        isInvoked: true,
        selected: null,
      },
      signal,
    );
  return { playground, store, ghost, ready, ask, text };
}

describe("ghost text over real sockets", () => {
  const shops: [Shop, string, string][] = [
    ["ollama", "starcoder2:3b", "/completions"],
    ["openai", "qwen2.5-coder", "/completions"],
    ["llamacpp", "loaded.gguf", "/infill"],
    ["anthropic", "chatty", "/messages"],
    ["openai", "gpt-plain", "/chat/completions"],
  ];
  it.each(shops)("from %s %s comes by %s, byte for byte, paid once", async (shop, id, path) => {
    const wire = shop === "anthropic" || shop === "llamacpp" ? shop : "openai-compatible";
    const { ask, playground, store } = await start([model(id, { wire })], { shop });
    expect(await ask()).toMatchObject({ text: "sum(values) / values.length;", startOffset: 13, endOffset: 13 });
    await expect.poll(() => playground.log()).toMatchObject([{ path, status: 200 }]);
    await expect.poll(() => store.ledger.spend().real.heldNano).toBe(0);
    expect(store.ledger.spend().real.spentNano).toBeGreaterThan(0);
  });

  it("closes the socket when it is dismissed, and settles what came", async () => {
    const { ask, playground, store, ghost } = await start([model("starcoder2:3b", { firstTokenMs: 60_000 })]);
    const asked = ask();
    await expect.poll(() => playground.openRequests()).toBe(1);
    ghost.dismiss("file:///w/a.ts");
    expect(await asked).toBeNull();
    await expect.poll(() => playground.openRequests()).toBe(0);
    expect(playground.log()).toMatchObject([{ end: "closed" }]);
    await expect.poll(() => store.ledger.spend().real.heldNano).toBe(0);
  });

  it("outlives the cancelled request and is told of, and then costs nothing more", async () => {
    const { ask, playground, ready } = await start([model("starcoder2:3b", { firstTokenMs: 300 })]);
    const cancel = new AbortController();
    const asked = ask(cancel.signal);
    await expect.poll(() => playground.openRequests()).toBe(1);
    cancel.abort();
    expect(await asked).toBeNull();
    await expect.poll(() => ready).toEqual([{ uri: "file:///w/a.ts", version: 1, line: 0, character: 13 }]);
    expect(await ask()).toMatchObject({ text: "sum(values) / values.length;" });
    await expect.poll(() => playground.log().length).toBe(1);
  });

  it.each(["cut", "500"] as const)("comes whole from the next model: %s", async (fault) => {
    const { ask, playground } = await start([
      model("starcoder2:3b", { fill: () => "broken.off.in.the.middle();" }),
      model("qwen2.5-coder:7b"),
    ]);
    playground.breakRoute({ modelId: "starcoder2:3b", fault });
    expect(await ask()).toMatchObject({ text: "sum(values) / values.length;" });
  });

  it("sends nothing under a spent cap", async () => {
    const { ask, playground, ghost } = await start([model("starcoder2:3b")], { dailyUsd: 0.000_000_1 });
    expect(await ask()).toBeNull();
    expect(ghost.state().silent).toBe("budget reached");
    expect([playground.log(), playground.openConnections()]).toEqual([[], 0]);
  });
});
