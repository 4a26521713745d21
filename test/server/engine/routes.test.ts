import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { createAsk } from "../../../server/engine/ask.ts";
import { systemClock } from "../../../server/engine/clock.ts";
import { createWorld } from "../../../server/engine/configure.ts";
import { createHealth } from "../../../server/engine/health.ts";
import { factsOfHealth } from "../../../server/engine/route-facts.ts";
import { createRoutes } from "../../../server/engine/routes.ts";
import { startPlayground } from "../../../server/playground/start-playground.ts";
import { createProvider } from "../../../server/providers/create-provider.ts";
import { createHttp } from "../../../server/providers/http.ts";
import { openStore } from "../../../server/store/open-store.ts";

/** The page of routes over real sockets and real books; the vendor is the playground's. */

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const usd = (inputUsd: number, outputUsd: number) => ({
  source: "provider" as const,
  tiers: [{ fromInputTokens: 0, inputUsd, outputUsd, cacheReadUsd: 0, cacheWriteUsd: 0 }] as const,
});
const model = (id: string) => ({
  id,
  wire: "openai-compatible" as const,
  tier: "cheap" as const,
  windowTokens: 128_000,
  maxOutputTokens: 8_000,
  price: usd(1, 2),
  answer: () => "ready",
});

async function start(settings: Record<string, unknown> = {}, twin: object | null = null, withKeys = ["acme", "twin"]) {
  const playground = await startPlayground({
    apiKey: "key",
    pace: "instant",
    models: ["fair", "dear", "best"].map(model),
  });
  closers.push(() => playground.close());
  const directory = mkdtempSync(join(tmpdir(), "wayfare-routes-"));
  closers.push(() => rmSync(directory, { recursive: true, force: true }));
  const store = await openStore({ directory, now: Date.now, timeZone: "UTC", instanceId: "one", pid: process.pid });
  closers.push(() => store.close());
  const world = createWorld({
    now: Date.now,
    createHttp,
    createProvider,
    findKnownPrice: async () => null,
    modelLists: store.modelLists,
    ledgerFailure: () => null,
    startPlayground: () => Promise.reject(new Error("not here")),
  });
  closers.push(() => world.close());
  const price = (input: number) => ({ input, output: 2 * input });
  const { problems } = await world.apply({
    configuration: {
      providers: [
        {
          id: "acme",
          preset: "openai-compatible",
          baseUrl: playground.openAiBaseUrl,
          models: [
            { id: "dear", price: price(3) },
            { id: "fair", price: price(1) },
            { id: "best", price: price(10) },
            { id: "local", price: "free" },
          ],
        },
        ...(twin === null
          ? []
          : [{ id: "twin", preset: "openai-compatible", baseUrl: playground.openAiBaseUrl, ...twin }]),
      ],
      tiers: { cheap: ["acme/dear", "acme/fair"], frontier: ["acme/best"] },
      mode: undefined,
      quality: undefined,
      playground: undefined,
      network: { proxySupport: "off" },
      ...settings,
    },
    keys: withKeys.map((providerId) => ({ providerId, origin: playground.origin, key: "key" })),
    trusted: true,
  });
  expect(problems.map(({ mend }) => mend)).toEqual(withKeys.includes("twin") ? [] : ["changeKey"]);
  const health = createHealth({ store: () => store.health, now: Date.now, onFault: () => undefined });
  let ids = 0;
  const shared = {
    world,
    store,
    clock: systemClock,
    random: () => 0,
    createId: () => `id-${++ids}`,
    workspace: "here",
    paused: store.pausedRoutes.names,
  };
  const routes = createRoutes({
    ...shared,
    facts: factsOfHealth(health),
    health,
  });
  const ask = createAsk({ ...shared, health });
  const put = (mode: string) =>
    ask(
      { sessionId: "s", turnId: shared.createId(), question: "rename foo to bar", context: [], mode },
      () => undefined,
      new AbortController().signal,
    );
  return { routes, put, playground, store, world };
}

const fair = { providerId: "acme", modelId: "fair" };
const signal = () => new AbortController().signal;

describe("the list of routes", () => {
  it("has each tier in the order of the plan, with what the settings say", async () => {
    const { routes, playground } = await start();
    const { rows } = routes.list();
    expect(rows.map(({ modelId, tier, price }) => [modelId, tier, price])).toEqual([
      ["fair", "cheap", { inputUsd: 1, outputUsd: 2 }],
      ["dear", "cheap", { inputUsd: 3, outputUsd: 6 }],
      ["best", "frontier", { inputUsd: 10, outputUsd: 20 }],
      ["local", "cheap", "free"],
    ]);
    // In no tier: it is kept for a cap that leaves nothing else, and is no route of the cheap tier.
    expect(rows.map(({ isReserve }) => isReserve === true)).toEqual([false, false, false, true]);
    expect(rows[0]).toMatchObject({
      host: new URL(playground.origin).host,
      simulated: false,
      state: "ready",
      why: null,
      untilMs: null,
      timeouts: { headersMs: 10_000, firstContentMs: 20_000, gapMs: 10_000, learned: false },
    });
  });

  it("is empty with nothing set up", async () => {
    const { routes } = await start({ providers: undefined, tiers: undefined });
    expect(routes.list().rows).toEqual([]);
  });
});

describe("a pause", () => {
  it("keeps every question away from the route, until it is taken back", async () => {
    const { routes, put } = await start();
    const { rows } = await routes.pause({ ...fair, paused: true });
    expect(rows.find(({ modelId }) => modelId === "fair")).toMatchObject({
      state: "paused",
      why: "by you",
      untilMs: null,
    });
    const turn = await put("cheap");
    expect(turn.decision?.answeredBy?.modelId).toBe("dear");
    expect(turn.decision?.leftOut).toContainEqual({ ...fair, tier: "cheap", reason: "paused by you" });
    expect(await put("acme/fair")).toMatchObject({
      state: "failed",
      failure: {
        kind: "setup",
        mend: "showRoutes",
        message: 'acme/fair is paused by you. Resume it in "Wayfare: Routes", or choose another model.',
      },
    });
    await routes.pause({ ...fair, paused: false });
    expect((await put("cheap")).decision?.answeredBy?.modelId).toBe("fair");
  });
});

describe("a provider without the key it needs", () => {
  it("is asked nothing, and its models stand on the page with the way to the key", async () => {
    const twin = { preset: "openai", models: [{ id: "fair", windowTokens: 9_000, price: { input: 1, output: 2 } }] };
    const { routes, put, playground } = await start({ tiers: { cheap: ["twin/fair", "acme/dear"] } }, twin, ["acme"]);
    const { rows } = routes.list();
    expect(rows.map(({ providerId, modelId, state, why }) => [providerId, modelId, state, why])).toEqual([
      ["acme", "dear", "ready", null],
      ["acme", "local", "ready", null],
      ["twin", "fair", "keyless", 'run "Wayfare: Change Key"'],
    ]);
    expect(rows[2]).toMatchObject({ price: { inputUsd: 1, outputUsd: 2 }, facts: { windowTokens: 9_000 } });
    await put("auto");
    expect(playground.log().map(({ model }) => model)).toEqual(["dear"]);
  });
});

describe("a provider that is switched off", () => {
  const tiers = { cheap: ["twin/fair", "acme/dear"], frontier: ["twin/best"] };
  const off = { models: [{ id: "fair", price: "free" }, "best"], disabled: true };

  it("is asked nothing, its models stand on the page as off, and the decision says why they were left out", async () => {
    const { routes, put, playground } = await start({ tiers }, off);
    expect(
      routes.list().rows.map(({ providerId, modelId, tier, state, why }) => [providerId, modelId, tier, state, why]),
    ).toEqual([
      ["acme", "dear", "cheap", "ready", null],
      ["acme", "local", "cheap", "ready", null],
      ["twin", "fair", "cheap", "off", "its provider is switched off"],
      ["twin", "best", "frontier", "off", "its provider is switched off"],
    ]);
    const turn = await put("auto");
    expect(turn.decision?.answeredBy).toMatchObject({ providerId: "acme", modelId: "dear" });
    expect(turn.decision?.leftOut).toEqual([
      { providerId: "twin", modelId: "fair", tier: "cheap", reason: "its provider is switched off" },
      { providerId: "twin", modelId: "best", tier: "frontier", reason: "its provider is switched off" },
    ]);
    expect(await put("twin/fair")).toMatchObject({
      state: "failed",
      failure: {
        kind: "setup",
        mend: "editProvider",
        message:
          'twin/fair cannot be asked: its provider is switched off. Run "Wayfare: Edit Provider" to switch it on, or choose another model.',
      },
    });
    expect(playground.log().map(({ model }) => model)).toEqual(["dear"]);
  });

  it("comes back with its models and tiers as they were", async () => {
    const { put } = await start({ tiers }, { ...off, disabled: false });
    expect((await put("auto")).decision?.answeredBy).toMatchObject({ providerId: "twin", modelId: "fair" });
  });

  it("leaves nothing to ask when it is the only one, and the answer says how to switch it on", async () => {
    const { put, playground } = await start({ tiers: { cheap: ["twin/fair"] } }, off);
    expect(await put("auto")).toMatchObject({
      state: "failed",
      failure: {
        kind: "setup",
        field: "wayfare.providers",
        mend: "editProvider",
        message: 'Nothing can be asked: twin is switched off. Run "Wayfare: Edit Provider" and switch one on.',
      },
    });
    expect(playground.log()).toEqual([]);
  });
});

describe("a test", () => {
  it("asks the one route one tiny question, and pays for it in the ordinary books", async () => {
    const { routes, playground, store } = await start();
    const result = await routes.test(fair, signal());
    expect(result).toMatchObject({ ok: true, failure: null });
    expect(result.firstTokenMs).toBeGreaterThanOrEqual(0);
    const [asked, ...others] = playground.log();
    expect([asked?.model, asked?.text, others]).toEqual(["fair", "ready", []]);
    // The vendor's own bill, for its price is the one that is written in the settings.
    expect(result.costNano).toBe(asked?.costNano);
    expect(store.ledger.spend().real).toMatchObject({ spentNano: asked?.costNano, heldNano: 0 });
    expect(result.rows).toHaveLength(4);
  });

  it("is asked of a paused route, too", async () => {
    const { routes } = await start();
    await routes.pause({ ...fair, paused: true });
    const result = await routes.test(fair, signal());
    expect([result.ok, result.rows.find(({ modelId }) => modelId === "fair")?.state]).toEqual([true, "paused"]);
  });

  it("gives the failure's own sentence, and the route rests as after any other failure", async () => {
    const { routes, playground } = await start();
    playground.setFault("fair", { kind: "status", status: 429, headers: { "retry-after": "60" } });
    const result = await routes.test(fair, signal());
    expect(result).toMatchObject({ ok: false, costNano: 0, failure: { kind: "rate-limit", retryAfterMs: 60_000 } });
    const row = result.rows.find(({ modelId }) => modelId === "fair");
    expect(row).toMatchObject({ state: "resting", why: "rate limited, 60 s" });
    expect(Number(row?.untilMs) - result.atMs).toBeGreaterThan(50_000);
  });

  it("is refused by a cap like any question, and nothing is sent", async () => {
    const { routes, playground } = await start({ budget: { workspace: { daily: 0 } } });
    const result = await routes.test(fair, signal());
    expect(result).toMatchObject({ ok: false, costNano: 0, failure: { kind: "budget" } });
    expect(playground.log()).toEqual([]);
  });

  it("can be cancelled", async () => {
    const { routes, playground, store } = await start();
    playground.setFault("fair", { kind: "silence", phase: "headers" });
    const cancel = new AbortController();
    const test = routes.test(fair, cancel.signal);
    await expect.poll(() => playground.openRequests()).toBe(1);
    cancel.abort();
    await expect(test).rejects.toMatchObject({ name: "AbortError" });
    expect(store.ledger.spend().real.heldNano).toBe(0);
  });

  it("says so of a route that is gone", async () => {
    const { routes } = await start();
    await expect(routes.test({ ...fair, modelId: "gone" }, signal())).rejects.toThrow(
      "acme/gone is not set up any more.",
    );
  });
});
