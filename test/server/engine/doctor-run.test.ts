import { describe, expect, it, onTestFinished } from "vitest";
import { startPlayground } from "../../../server/playground/start-playground.ts";
import { isAbort } from "../../../shared/failure.ts";
import { empty, listOf, of, openList, start, vendor } from "./doctor-scene.ts";

/** A run of the doctor as a whole, and the one question in it that costs. */

describe("the tiny answer", () => {
  const models = ["fair", "dear"].map((id) => ({
    id,
    wire: "openai-compatible" as const,
    tier: "cheap" as const,
    windowTokens: 128_000,
    maxOutputTokens: 8_000,
    price: {
      source: "provider" as const,
      tiers: [{ fromInputTokens: 0, inputUsd: 1, outputUsd: 2, cacheReadUsd: 0, cacheWriteUsd: 0 }] as const,
    },
    answer: () => "ready",
  }));
  const world = async (budget: object = {}) => {
    const playground = await startPlayground({ apiKey: "key", pace: "instant", models });
    onTestFinished(() => playground.close());
    const provider = {
      id: "acme",
      baseUrl: playground.openAiBaseUrl,
      key: "key",
      models: [
        { id: "dear", price: { input: 10, output: 20 } },
        { id: "fair", price: { input: 1, output: 2 } },
      ],
    };
    const all = await start([provider], { tiers: { cheap: ["acme/dear", "acme/fair"] }, budget });
    return { ...all, playground };
  };
  const call = "provider acme call";

  it("is asked of the cheapest model, only when allowed, and paid through the books", async () => {
    const { run, playground, store } = await world();
    const offer = (await run()).get(call)?.offer;
    expect(offer?.modelId).toBe("fair");
    // All that came was the empty question, which costs nothing.
    expect(playground.log().map(({ status, costNano }) => [status, costNano])).toEqual([[400, 0]]);
    const row = (await run(call, { allowNano: offer?.boundNano ?? 0 })).get(call);
    expect(row).toMatchObject({
      state: "ok",
      seen: expect.stringMatching(/^It answered after \d+ ms, and cost <\$0\.0001\.$/),
    });
    expect(playground.log().map(({ model }) => model)).toEqual(["", "fair"]);
    const { real } = store.ledger.spend();
    expect(real.spentNano).toBeGreaterThan(0);
    expect(real.spentNano).toBeLessThanOrEqual(offer?.boundNano ?? 0);
    expect(real.heldNano).toBe(0);
  });

  it("is not asked for more than the person was told", async () => {
    const { run, playground } = await world();
    const offer = (await run(call)).get(call)?.offer;
    const row = (await run(call, { allowNano: (offer?.boundNano ?? 0) - 1 })).get(call);
    expect(row).toMatchObject({ state: "skipped", offer });
    expect(playground.log()).toEqual([]);
  });

  it("is refused by a cap as any other request", async () => {
    const { run, playground } = await world({ daily: 0 });
    const row = (await run(call, { allowNano: 1_000_000_000 })).get(call);
    expect(row).toMatchObject({ state: "broken", ways: [{ kind: "setting", setting: "wayfare.budget.daily" }] });
    expect(playground.log()).toEqual([]);
  });
});

describe("a run", () => {
  it("looks at four providers at once, and at no more", async () => {
    let open = 0;
    let most = 0;
    const waiting: (() => void)[] = [];
    const there = await vendor(async (request, response, body) => {
      open += 1;
      most = Math.max(most, open);
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        // Four have come, or a moment has passed without a fifth.
        if (open === 4) setTimeout(() => waiting.splice(0).map((each) => each()), 5);
      });
      open -= 1;
      await openList(listOf("small"), empty)(request, response, body);
    });
    const providers = Array.from({ length: 20 }, (_, at) => of(`p${at}`, there));
    const rows = await (await start(providers)).run();
    expect(most).toBe(4);
    expect([...rows.values()].filter(({ title, state }) => title === "Key" && state === "ok")).toHaveLength(20);
    expect([...rows.keys()].slice(0, 8)).toEqual([
      ...["address", "reach", "tls", "proxy", "key", "models", "call"].map((check) => `provider p0 ${check}`),
      "provider p1 address",
    ]);
  });

  it("that is called off ends at once, tells nothing more, and leaves no socket", async () => {
    const stop = new AbortController();
    const there = await vendor(() => {
      stop.abort();
      return new Promise(() => undefined);
    });
    const { run, told } = await start([of("acme", there)]);
    expect(await run(null, { signal: stop.signal }).catch(isAbort)).toBe(true);
    const count = told.length;
    await there.untilSockets(0);
    expect(told.length).toBe(count);
    expect(told.filter(({ id }) => id.endsWith("key")).at(-1)?.state).toBe("checking");
  });

  it("without a provider looks at what is here, and opens no socket", async () => {
    const rows = await (await start([])).run();
    expect([...rows.values()].map(({ id, state }) => [id, state])).toEqual([
      ["ledger", "ok"],
      ["clock", "skipped"],
      ["settings", "ok"],
      ["caps", "ok"],
    ]);
  });

  it("names settings that cannot be used, and goes on with the others", async () => {
    const { run } = await start([{ id: "acme", baseUrl: "ftp://nowhere" }]);
    expect((await run()).get("settings")).toMatchObject({
      state: "broken",
      seen: expect.stringMatching(/^wayfare\.providers\[0\]/),
      ways: [{ kind: "setting", setting: "wayfare.providers" }],
    });
  });
});
