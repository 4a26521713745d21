import { describe, expect, it } from "vitest";
import { type CompletionPlanFacts, planCompletion } from "../../../server/core/plan-completion.ts";
import type { Route } from "../../../server/core/provider.ts";
import { routeOf } from "../engine/scripted-provider.ts";

/** A million tokens in for so many dollars; out for twice as many. */
const costing = (usd: number): Route["price"] => ({
  source: "provider",
  tiers: [{ fromInputTokens: 0, inputUsd: usd, outputUsd: 2 * usd, cacheReadUsd: usd, cacheWriteUsd: usd }],
});
const fills = (id: string, extra: Partial<Route> = {}) => routeOf(id, { fim: "suffix", ...extra });

function plan(routes: Route[], facts: Partial<CompletionPlanFacts> = {}) {
  const planned = planCompletion({
    routes,
    model: null,
    canFill: (route) => (route.fim ?? null) !== null,
    isCapped: false,
    inputTokens: 1_000,
    maxOutputTokens: 200,
    cooling: new Map(),
    nowMs: 1_000,
    isInvoked: false,
    ...facts,
  });
  return {
    plan: planned.ok ? planned.plan.map(({ route, reason }) => `${route.providerId}: ${reason}`) : planned.why,
    leftOut: planned.leftOut.map(({ providerId, reason }) => `${providerId}: ${reason}`),
  };
}

describe("the plan of a completion", () => {
  it("begins with what fills holes, by price, then what chats, and never has the frontier", () => {
    const { plan: planned, leftOut } = plan([
      routeOf("chat", { price: "free" }),
      fills("unknown", { price: null }),
      fills("dear", { price: costing(3) }),
      fills("best", { tier: "frontier", price: costing(1) }),
      fills("fair", { price: costing(1) }),
    ]);
    expect(planned).toEqual([
      "fair: fills holes in code, about $0.0012",
      "dear: fills holes in code, about $0.0036",
      "unknown: fills holes in code, price unknown",
      "chat: asked in chat, free",
    ]);
    expect(leftOut).toEqual(["best: not a cheap model"]);
  });

  it("is the chosen model alone, whatever its tier and price", () => {
    const routes = [fills("fair"), routeOf("best", { tier: "frontier" })];
    expect(plan(routes, { model: "best/m" })).toEqual({
      plan: ["best: you chose it; asked in chat, about $0.0012"],
      leftOut: ["fair: you chose best/m"],
    });
    expect(plan(routes, { model: "gone/m" }).plan).toBe("its model is not set up");
  });

  it("leaves out what the person paused, and says so when that was all", () => {
    const routes = [fills("fair"), fills("other", { price: costing(3) })];
    expect(plan(routes, { paused: new Set(["fair/m"]) })).toEqual({
      plan: ["other: fills holes in code, about $0.0036"],
      leftOut: ["fair: paused by you"],
    });
    expect(plan(routes, { paused: new Set(["fair/m", "other/m"]), isInvoked: true }).plan).toBe("paused by you");
    expect(plan(routes, { model: "fair/m", paused: new Set(["fair/m"]) }).plan).toBe("paused by you");
  });

  it("leaves out what cools, unless the person asks by hand and nothing else is left", () => {
    const cooling = new Map([["fair/m", { untilMs: 2_000, why: "rate limited" }]]);
    const both = [fills("fair"), fills("dear", { price: costing(3) })];
    expect(plan(both, { cooling }).leftOut).toEqual(["fair: left alone: rate limited"]);
    expect(plan(both, { cooling, isInvoked: true }).plan).toHaveLength(1);
    expect(plan([fills("fair")], { cooling }).plan).toBe("rate limited");
    expect(plan([fills("fair")], { cooling, isInvoked: true }).plan).toHaveLength(1);
    expect(plan([fills("fair")], { cooling, nowMs: 2_000 }).plan).toHaveLength(1);
  });

  it("leaves out what has no known price where there is a cap, but for simulated money", () => {
    const unknown = fills("unknown", { price: null });
    expect(plan([unknown, fills("fair")], { isCapped: true }).leftOut).toEqual([
      "unknown: price not known, and there is a cap",
    ]);
    expect(plan([unknown], { isCapped: true }).plan).toBe("price not known");
    expect(plan([{ ...unknown, simulated: true }], { isCapped: true }).plan).toHaveLength(1);
  });

  it("leaves out windows that are too small, and a second row of the same model", () => {
    const small = fills("small", { windowTokens: 1_100 });
    expect(plan([small, fills("fair"), fills("fair")])).toMatchObject({
      plan: ["fair: fills holes in code, about $0.0012"],
      leftOut: ["small: its window is too small"],
    });
    expect(plan([small]).plan).toBe("prompt too long");
  });

  it("says what is missing where nothing is set up", () => {
    expect(plan([]).plan).toBe("no model is set up");
    expect(plan([fills("best", { tier: "frontier" })]).plan).toBe("no cheap model is set up");
  });
});
