import { describe, expect, it } from "vitest";
import { type CompletionPlanFacts, planCompletion, worthFrontier } from "../../../server/core/plan-completion.ts";
import type { Route } from "../../../server/core/provider.ts";
import type { Classification } from "../../../shared/answer.ts";
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

describe("the plan of a completion that is worth the frontier", () => {
  const frontier = "4 lines of comment to keep to";
  const both = [
    fills("fair"),
    routeOf("dearest", { tier: "frontier", price: costing(9) }),
    routeOf("best", { tier: "frontier", price: costing(5) }),
  ];

  it("begins with the frontier, and the cheap tier steps in", () => {
    expect(plan(both, { frontier, isInvoked: true })).toEqual({
      plan: [
        "best: 4 lines of comment to keep to: worth a frontier model; asked in chat, about $0.0060",
        "dearest: 4 lines of comment to keep to: worth a frontier model; asked in chat, about $0.0108",
        "fair: fills holes in code, about $0.0012",
      ],
      leftOut: [],
    });
  });

  it("is an ordinary one where the frontier cools, is paused, or a model is pinned", () => {
    const cooling = new Map(["best/m", "dearest/m"].map((name) => [name, { untilMs: 2_000, why: "rate limited" }]));
    const ordinary = ["fair: fills holes in code, about $0.0012"];
    expect(plan(both, { frontier, isInvoked: true, cooling }).plan).toEqual(ordinary);
    expect(plan(both, { frontier, isInvoked: true, paused: new Set(["best/m", "dearest/m"]) }).plan).toEqual(ordinary);
    expect(plan(both, { frontier, isInvoked: true, model: "fair/m" }).plan).toEqual([
      "fair: you chose it; fills holes in code, about $0.0012",
    ]);
  });
});

describe("a completion is worth the frontier", () => {
  const complexity: Classification = {
    tier: "frontier",
    cheapRight: 0.1,
    frontierRight: 0.98,
    confidence: 1,
    reasons: [{ feature: "doc", words: "4 lines of comment to keep to", weight: 4 }],
    features: {},
  };
  const facts = {
    isInvoked: true,
    lines: "many",
    complexity,
    model: null,
    mode: "auto",
  } as const;

  it("when it was asked for by hand, is several lines, and clearly gains", () => {
    expect(worthFrontier(facts)).toBe("4 lines of comment to keep to");
    expect(worthFrontier({ ...facts, mode: "frontier" })).toBe("4 lines of comment to keep to");
  });

  it.each([
    ["it came while one typed", { isInvoked: false }],
    ["it is one line", { lines: "one" as const }],
    ["the cheap model does", { complexity: { ...complexity, tier: "cheap" as const } }],
    ["it is a close call", { complexity: { ...complexity, confidence: 0.1 } }],
    ["a model is pinned", { model: "fair/m" }],
    ["the person keeps to the cheap tier", { mode: "cheap" }],
    ["the person keeps to one model", { mode: "best/m" }],
  ])("not when %s", (_, changes) => {
    expect(worthFrontier({ ...facts, ...changes })).toBeNull();
  });
});
