import { describe, expect, it } from "vitest";
import { type PlanFacts, planRoute } from "../../../server/core/plan-route.ts";
import type { Price, Route } from "../../../server/core/provider.ts";
import { warmRoute } from "../../../server/core/warm-route.ts";
import { type RouteSpeed, worthOfSecondNano } from "../../../server/core/weigh-routes.ts";
import type { Turn } from "../../../shared/answer.ts";
import { cheapDecision } from "../../client/webview/harness/samples.ts";
import { routeOf } from "../engine/scripted-provider.ts";

const priced = (inputUsd: number, outputUsd: number, cacheReadUsd = inputUsd): Price => ({
  source: "override",
  tiers: [{ fromInputTokens: 0, inputUsd, outputUsd, cacheReadUsd, cacheWriteUsd: inputUsd }],
});
/** At 2,000 tokens in and 600 out: $0.0016 and $0.0020. */
const a = routeOf("a", { price: priced(0.2, 2) });
const b = routeOf("b", { price: priced(0.4, 2) });
const speed = (firstContentMs: number | null, failureShare = 0): RouteSpeed => ({
  firstContentMs,
  tokensPerSecond: 100,
  failureShare,
});

function plan(routes: Route[], facts: Partial<PlanFacts> = {}) {
  const planned = planRoute({
    routes,
    mode: "cheap",
    classification: null,
    inputTokens: 2_000,
    expectedOutputTokens: 600,
    maxOutputTokens: 4_096,
    cooling: new Map(),
    nowMs: 0,
    secondNano: worthOfSecondNano(50),
    ...facts,
  });
  if (!planned.ok) throw new Error(planned.failure.message);
  return planned.plan.map(({ route, reason }) => `${route.providerId}: ${reason}`);
}
const speeds = (ofA: RouteSpeed, ofB: RouteSpeed) => ({
  speeds: new Map([
    ["a/m", ofA],
    ["b/m", ofB],
  ]),
});

describe("routes of one tier", () => {
  it("go by what the answer costs while nothing is known of their speed", () => {
    expect(plan([b, a])).toEqual([
      "a: the least expensive cheap model, about $0.0016",
      "b: next cheap model, about $0.0020",
    ]);
  });

  it("go by waiting, too: one that is done sooner for little more comes first", () => {
    expect(plan([a, b], speeds(speed(9_000), speed(500)))[0]).toBe(
      "b: done in about 6.5 s, a/m in 15 s, about $0.0020",
    );
    // Three seconds are not worth $0.0004 at the middle; with quality over economy they are.
    expect(plan([a, b], speeds(speed(3_500), speed(500)))[0]).toMatch(/^a: the least expensive/);
    const eager = { ...speeds(speed(3_500), speed(500)), secondNano: worthOfSecondNano(100) };
    expect(plan([a, b], eager)[0]).toMatch(/^b: done in/);
    const frugal = { ...speeds(speed(90_000), speed(500)), secondNano: worthOfSecondNano(0) };
    expect(plan([a, b], frugal)[0]).toMatch(/^a: the least expensive/);
  });

  it("go by failures, too", () => {
    expect(plan([a, b], speeds(speed(500, 0.5), speed(500)))[0]).toBe(
      "b: fails less than a/m (50 % lately), about $0.0020",
    );
  });

  it("go by waiting alone where no price is known", () => {
    const unknown = [routeOf("a", { price: null }), routeOf("b", { price: null })];
    expect(plan(unknown)[0]).toMatch(/^a: /);
    expect(plan(unknown, speeds(speed(9_000), speed(500)))[0]).toMatch(/^b: /);
  });

  it("are not held back for want of answers to measure: a new one is taken for as fast as the fastest", () => {
    const onlyB = { speeds: new Map([["b/m", speed(500)]]) };
    expect(plan([a, b], onlyB)[0]).toMatch(/^a: the least expensive/);
  });

  it("are weighed for the tokens of this very request", () => {
    const dearInput = routeOf("in", { price: priced(1, 1) });
    const dearOutput = routeOf("out", { price: priced(0.1, 8) });
    expect(plan([dearInput, dearOutput], { inputTokens: 100 })[0]).toMatch(/^in: /);
    expect(plan([dearInput, dearOutput], { inputTokens: 50_000 })[0]).toMatch(/^out: /);
  });
});

describe("a conversation that a vendor has cached", () => {
  const big = routeOf("big", { tier: "frontier", price: priced(3, 15, 0.3) });
  const facts = { mode: "auto", inputTokens: 100_000, maxOutputTokens: 4_096 };
  const classification = { ...(cheapDecision.classification as NonNullable<typeof cheapDecision.classification>) };
  const cheapish = routeOf("cheapish", { price: priced(0.5, 2) });

  it("stays on its model in the tier while that costs less than another that begins anew", () => {
    const other = routeOf("other", { price: priced(0.25, 2) });
    const cached = routeOf("cached", { price: priced(0.3, 2, 0.03) });
    const warm = { name: "cached/m", cachedTokens: 90_000 };
    expect(plan([other, cached], { inputTokens: 100_000 })[0]).toMatch(/^other: /);
    expect(plan([other, cached], { inputTokens: 100_000, warm })[0]).toMatch(/^cached: the least expensive/);
  });

  it("stays on the better tier while that costs less than the change", () => {
    const warm = { name: "big/m", cachedTokens: 99_000 };
    const simple = { ...facts, classification: { ...classification, tier: "cheap" as const } };
    expect(plan([cheapish, big], { ...simple, warm })[0]).toBe(
      "big: has 99k tokens of this conversation cached, about $0.0417: less than a cheap model that begins anew",
    );
    expect(plan([cheapish, big], { ...simple, warm: { ...warm, cachedTokens: 50_000 } })[0]).toMatch(/^cheapish: /);
    // Who chose the cheap tier gets it.
    expect(plan([cheapish, big], { ...simple, mode: "cheap", warm })[0]).toMatch(/^cheapish: /);
  });

  it("is known by what the last answer's own count says, for five minutes", () => {
    const attempt = {
      ...(cheapDecision.attempts[0] as NonNullable<(typeof cheapDecision.attempts)[0]>),
      outcome: "done" as const,
      startedAtMs: 1_000,
      durationMs: 2_000,
    };
    const turn = (cacheRead: number): Turn => ({
      id: "t",
      askedAtMs: 0,
      question: "q",
      context: [],
      answer: "a",
      state: "done",
      failure: null,
      decision: {
        ...cheapDecision,
        attempts: [{ ...attempt, usage: { input: 1_000, cacheRead, cacheWrite: 0, output: 5, reasoning: 0 } }],
      },
    });
    const name = `${attempt.providerId}/${attempt.modelId}`;
    expect(warmRoute([turn(9_000)], 303_000 - 1)).toEqual({ name, cachedTokens: 10_000 });
    expect(warmRoute([turn(9_000)], 303_000)).toBeNull();
    // Nothing was read from a cache nor written to one: this vendor keeps none.
    expect(warmRoute([turn(0)], 4_000)).toBeNull();
    expect(warmRoute([], 4_000)).toBeNull();
  });
});
