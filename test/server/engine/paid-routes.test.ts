import { describe, expect, it } from "vitest";
import { createPaidRoutes } from "../../../server/engine/paid-routes.ts";
import { routeOf } from "./scripted-provider.ts";
import { listed, openai, openaiKey, settings, world } from "./world-scene.ts";

const cost = (costNano: number | null, costSource: "reported" | "computed" | "free" = "reported") => ({
  costNano,
  costSource,
});
const configured = settings(
  {
    providers: [
      { ...openai, models: ["a", { id: "mine", price: "free" }] },
      { id: "ollama", preset: "ollama" },
    ],
    tiers: { cheap: ["ollama/q", "openai/mine", "openai/a"] },
  },
  [openaiKey],
);
async function set() {
  const { world: made } = world({
    lists: { openai: [listed("a", { price: "free" })], ollama: [listed("q"), listed("local")] },
  });
  await made.apply(configured);
  const route = (name: string) => {
    const found = made
      .scene()
      .routesFor(name)
      .find((each) => `${each.providerId}/${each.modelId}` === name);
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
  };
  const summary = (id: string) => made.scene().models.find(({ modelId }) => modelId === id);
  return { made, route, summary };
}

describe("a model that was free, and whose provider reports a cost", () => {
  it("has no known price from then on, and the log hears of it once", async () => {
    const { made, route, summary } = await set();
    expect(made.heardCost(cost(10_000_000), route("openai/a"))).toBe(
      "openai/a was taken for free, and its provider reports a cost of $0.0100. Its price counts as unknown until Wayfare is restarted; write it in wayfare.providers.",
    );
    expect(made.heardCost(cost(10_000_000), { ...route("openai/a"), price: "free" })).toBeNull();
    expect(route("openai/a").price).toBeNull();
    expect(made.scene().routes.map(({ modelId, price }) => [modelId, price === null])).toEqual([
      ["q", false],
      ["mine", false],
      ["a", true],
    ]);
    expect(summary("a")).toMatchObject({ inputPerMillionUsd: null, outputPerMillionUsd: null, priceSource: null });
    expect(summary("q")).toMatchObject({ priceSource: "free" });
  });

  it("stays so with new settings, until they name a price", async () => {
    const { made, route } = await set();
    made.heardCost(cost(1), route("openai/a"));
    await made.apply(configured);
    expect(route("openai/a").price).toBeNull();
    const models = [{ id: "a", price: { input: 1, output: 2 } }];
    await made.apply(settings({ providers: [{ ...openai, models }], tiers: { cheap: ["openai/a"] } }, [openaiKey]));
    expect(route("openai/a").price).toMatchObject({ source: "override" });
  });

  it("is no longer at hand as a free one on this machine", async () => {
    const { made, route } = await set();
    expect(made.scene().localRoutes.map(({ modelId }) => modelId)).toEqual(["local"]);
    made.heardCost(cost(1), route("ollama/local"));
    expect(made.scene().localRoutes).toEqual([]);
  });

  it("is not one that costs nothing, has a price, is the person's own word, or is simulated", async () => {
    const { made, route } = await set();
    const a = route("openai/a");
    for (const each of [cost(0), cost(null), cost(5, "computed"), cost(0, "free")]) {
      expect(made.heardCost(each, a)).toBeNull();
    }
    expect(made.heardCost(cost(5), route("openai/mine"))).toBeNull();
    expect(made.heardCost(cost(5), { ...a, simulated: true })).toBeNull();
    expect(made.heardCost(cost(5), routeOf("a"))).toBeNull();
    expect(route("openai/a").price).toBe("free");
  });

  it("is remembered with two hundred others, and no more", () => {
    const paid = createPaidRoutes();
    const route = (id: number) => routeOf("a", { modelId: `m${id}`, price: "free" });
    for (let id = 0; id <= 200; id++) expect(paid.heard(cost(1), route(id))).toBe(true);
    expect([paid.heard(cost(1), route(200)), paid.heard(cost(1), route(0))]).toEqual([false, true]);
  });
});
