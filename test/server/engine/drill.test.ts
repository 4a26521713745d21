import { describe, expect, it } from "vitest";
import type { Route } from "../../../server/core/provider.ts";
import { readSettings } from "../../../server/core/read-settings.ts";
import { systemClock } from "../../../server/engine/clock.ts";
import type { Scene } from "../../../server/engine/configure.ts";
import { createDrill, type DrillModel } from "../../../server/engine/drill.ts";
import { type Playground, startPlayground } from "../../../server/playground/start-playground.ts";
import { createProvider } from "../../../server/providers/create-provider.ts";
import { createHttp } from "../../../server/providers/http.ts";
import { networkSettingSchema } from "../../../shared/settings.ts";
import { routeOf } from "./scripted-provider.ts";

/** The whole drill over real sockets: only the person's plan is made up. */

const mini = routeOf("openai", { modelId: "gpt-mini", origin: "https://api.openai.com" });
const coder = routeOf("gateway", { modelId: "qwen/coder", origin: "https://gateway.example" });
const opus = routeOf("anthropic", {
  modelId: "opus",
  tier: "frontier",
  wire: "anthropic",
  origin: "https://api.anthropic.com",
  price: {
    source: "provider",
    tiers: [{ fromInputTokens: 0, inputUsd: 5, outputUsd: 25, cacheReadUsd: 0.5, cacheWriteUsd: 6.25 }],
  },
});

function drillOf(routes: Route[], options: { paused?: string[]; timesFaster?: number; onStart?: () => void } = {}) {
  const vendors: { playground: Playground; models: readonly DrillModel[]; isClosed: boolean }[] = [];
  const ways = { opened: 0, closed: 0 };
  const scene: Scene = {
    settings: readSettings({}).settings,
    problems: [],
    routes,
    routesFor: () => routes,
    // The person's own providers: to ask one of them would be the worst that a drill could do.
    providerOf: () => {
      throw new Error("A real provider was asked.");
    },
    models: [],
    localRoutes: [],
    completions: { on: false, why: null, languages: {}, model: null },
    trusted: true,
    silent: null,
  };
  let ids = 0;
  const drill = createDrill({
    world: { settled: async () => undefined, during: (use) => use(scene) },
    clock: systemClock,
    random: () => 0.5,
    createId: () => `id-${++ids}`,
    paused: () => new Set(options.paused),
    createHttp() {
      const http = createHttp(networkSettingSchema.parse({ proxySupport: "off" }));
      ways.opened += 1;
      return {
        ...http,
        async close() {
          await http.close();
          ways.closed += 1;
        },
      };
    },
    createProvider,
    ...(options.timesFaster === undefined ? {} : { timesFaster: options.timesFaster }),
    async startVendor(models) {
      options.onStart?.();
      const apiKey = "drill";
      const playground = await startPlayground({ apiKey, pace: "instant", models });
      const vendor = { playground, models, isClosed: false };
      vendors.push(vendor);
      return {
        ...playground,
        apiKey,
        async close() {
          await playground.close();
          vendor.isClosed = true;
        },
      };
    },
  });
  const run = (signal = new AbortController().signal) => drill(signal);
  return { run, vendors, ways };
}

/** What each row says with its times left out: they are the machine's. */
const withoutTimes = (says: string) => says.replace(/\b\d+(\.\d)? s\b(?!”)/g, "… s");

describe("the drill", () => {
  it("tells of every fault what a person would have seen, and closes all that it opened", {
    timeout: 60_000,
  }, async () => {
    const { run, vendors, ways } = drillOf([mini, coder, opus]);
    const { plan, rows, timesFaster } = await run();
    expect(plan).toEqual(["openai/gpt-mini", "gateway/qwen/coder", "anthropic/opus"]);
    expect(timesFaster).toBe(10);
    const whole = "The whole answer from openai/gpt-mini, after … s";
    const next = "After … s the whole answer from gateway/qwen/coder.";
    const unseen = (why: string) => `Nothing was shown of openai/gpt-mini: ${why}. ${next}`;
    const again = (count: number, why: string) =>
      `${count} characters of an answer, then a mark: “openai/gpt-mini: ${why}”. The text began again after … s, and the whole answer came from gateway/qwen/coder.`;
    expect(rows.map((row) => [row.fault, withoutTimes(row.says)])).toEqual([
      ["Nothing", `${whole}.`],
      ["Takes 3 s to its first word", `${whole}.`],
      ["Writes 4 tokens a second", `${whole}; it was written until … s.`],
      ["Does not count its tokens", `${whole}.`],
      ["Nobody listens at its address", unseen("connection refused")],
      ["Its server fails (500)", unseen("500 from the server")],
      ["Is overloaded (503)", unseen("overloaded (503)")],
      ["Too many requests (429, again in 2 s)", unseen("rate limited, … s")],
      ["Refuses the key (401)", unseen("key refused (401)")],
      ["Is out of credit (402)", unseen("out of credit")],
      ["Sends a login page", unseen("not an API (text/html; charset=utf-8)")],
      ["Sends an error as if all were well (200)", unseen("an error in its answer")],
      ["Sends an empty answer", unseen("empty answer")],
      ["Takes the connection and stays silent", unseen("no answer in … s")],
      ["Sends signs of life and no word", unseen("no first token in … s")],
      ["Stops in the middle", again(92, "stalled for 10 s")],
      ["Cuts the connection in the middle", again(92, "cut off before its end")],
      ["Reports an error in the middle", again(92, "an error in its answer")],
      ["Ends without its end signal", again(184, "cut off before its end")],
      [
        "Every route fails (500)",
        'No answer, and after … s an error: “6 attempts failed. api.anthropic.com failed (500). "The vendor answers 500, as it was told to."”',
      ],
    ]);
    expect(rows.map(({ isWhole }) => isWhole)).toEqual([...Array(19).fill(true), false]);
    expect(rows.map(({ restarts }) => restarts)).toEqual([...Array(15).fill(0), 1, 1, 1, 1, 0]);
    const answered = (row: (typeof rows)[number]) => row.answeredBy;
    expect(rows.map(answered)).toEqual([
      ...Array(4).fill("openai/gpt-mini"),
      ...Array(15).fill("gateway/qwen/coder"),
      null,
    ]);
    // As long as real life would have taken, though nobody waited so long.
    expect(rows.find(({ fault }) => fault === "Sends signs of life and no word")?.waitedMs).toBeGreaterThan(20_000);
    expect(rows.every(({ costNano }, at) => (at === 19 ? costNano === 0 : Number(costNano) > 0))).toBe(true);
    expect(rows[5]?.attempts.map(({ name, words }) => `${name}: ${withoutTimes(words)}`)).toEqual([
      "openai/gpt-mini: 500 from the server",
      "openai/gpt-mini: 500 from the server",
      "gateway/qwen/coder: answered, first token in … s",
    ]);

    expect(vendors.every(({ isClosed }) => isClosed)).toBe(true);
    await expect.poll(() => vendors.reduce((sum, { playground }) => sum + playground.openConnections(), 0)).toBe(0);
    expect(ways).toEqual({ opened: 1, closed: 1 });
    expect(vendors[2]?.models.map(({ id, price }) => [id, price])).toEqual([["gpt-mini", mini.price]]);
  });

  it("waits for a route that has no other behind it as patiently as real life does", { timeout: 60_000 }, async () => {
    const { run } = drillOf([mini], { timesFaster: 100 });
    const { rows } = await run();
    const says = (fault: string) => withoutTimes(rows.find((row) => row.fault === fault)?.says ?? "");
    expect(says("Sends signs of life and no word")).toBe(
      "No answer, and after … s an error: “openai/gpt-mini took the question but wrote nothing for … s. Try again, or choose another model.”",
    );
    expect(rows.find(({ fault }) => fault === "Sends signs of life and no word")?.waitedMs).toBeGreaterThan(120_000);
    expect(says("Cuts the connection in the middle")).toMatch(
      /^92 characters of an answer, which stay; after … s an error: “/,
    );
  });

  it("takes two accounts of one host for two, and two models of one account for one", { timeout: 60_000 }, async () => {
    const sister = { ...mini, modelId: "gpt-nano" };
    const other = { ...mini, providerId: "work" };
    const { rows } = await drillOf([mini, sister, other], { timesFaster: 20 }).run();
    const refused = rows.find(({ fault }) => fault === "Refuses the key (401)");
    expect(refused?.attempts.map(({ name }) => name)).toEqual(["openai/gpt-mini", "work/gpt-mini"]);
    const gone = rows.find(({ fault }) => fault === "Nobody listens at its address");
    expect(gone).toMatchObject({ answeredBy: null, isWhole: false });
  });

  it("says why there is nothing to drill, and starts nothing", async () => {
    const { run, vendors, ways } = drillOf([mini, opus], { paused: ["openai/gpt-mini", "anthropic/opus"] });
    await expect(run()).rejects.toThrow(
      'Nothing can be asked: openai/gpt-mini, anthropic/opus are all paused by you. Resume one in "Wayfare: Routes".',
    );
    await expect(drillOf([]).run()).rejects.toThrow(/^No model is set up yet/);
    expect([vendors.length, ways.opened]).toEqual([0, 0]);
  });

  it("leaves what is paused out, and has the model that was picked by hand alone", { timeout: 60_000 }, async () => {
    const fast = { timesFaster: 100 };
    expect((await drillOf([mini, coder], { ...fast, paused: ["openai/gpt-mini"] }).run()).plan).toEqual([
      "gateway/qwen/coder",
    ]);
  });

  it("closes everything when it is cancelled in the middle", async () => {
    const cancel = new AbortController();
    const { run, vendors, ways } = drillOf([mini, coder], {
      onStart: () => {
        if (vendors.length >= 8) cancel.abort();
      },
    });
    await expect(run(cancel.signal)).rejects.toMatchObject({ name: "AbortError" });
    expect(vendors.length).toBeGreaterThanOrEqual(8);
    expect(vendors.every(({ isClosed }) => isClosed)).toBe(true);
    expect(ways).toEqual({ opened: 1, closed: 1 });
  });

  it("closes everything when a vendor cannot be started", async () => {
    const { run, vendors, ways } = drillOf([mini, coder], {
      onStart: () => {
        if (vendors.length >= 5) throw new Error("No port is free.");
      },
    });
    await expect(run()).rejects.toThrow("No port is free.");
    expect(vendors.every(({ isClosed }) => isClosed)).toBe(true);
    expect(ways).toEqual({ opened: 1, closed: 1 });
  });
});
