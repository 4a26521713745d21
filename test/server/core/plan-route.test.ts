import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planRoute, summarizePlan } from "../../../server/core/plan-route.ts";
import { type Route, routeName } from "../../../server/core/provider.ts";
import type { Tier } from "../../../shared/answer.ts";

import { all, classified, facts, plan, refusal, route } from "./plan-scene.ts";

describe("plan", () => {
  it("takes the tier's least expensive route first, unknown prices last, then the other tier", () => {
    const made = plan(facts(all));
    expect(made.names).toEqual(["b/small", "a/small", "b/mystery", "b/big", "a/big"]);
    expect(made.plan.map((step) => step.reason)).toEqual([
      "the least expensive cheap model, about $0.0004",
      "next cheap model, about $0.0008",
      "next cheap model, price unknown",
      "frontier, if no cheap model answers; about $0.0080",
      "frontier, if no cheap model answers; about $0.0120",
    ]);
    expect([made.tier, made.why]).toEqual(["cheap", "concurrency"]);
    expect(made.plan.map((step) => step.expectedCostNano)).toEqual([400_000, 800_000, null, 8_000_000, 12_000_000]);
  });

  it("orders by this request's own mix of input and output", () => {
    const talkative = route("a/talks", "cheap", 1);
    const reader = route("a/reads", "cheap", 0, {
      price: {
        source: "provider",
        tiers: [{ fromInputTokens: 0, inputUsd: 0.5, outputUsd: 20, cacheReadUsd: 0, cacheWriteUsd: 0 }],
      },
    });
    const long = facts([talkative, reader], { inputTokens: 100_000, expectedOutputTokens: 100 });
    const short = facts([talkative, reader], { inputTokens: 100, expectedOutputTokens: 1_000 });
    expect(plan(long).names[0]).toBe("a/reads");
    expect(plan(short).names[0]).toBe("a/talks");
  });

  it("keeps the person's own order between equals", () => {
    const routes = ["a/x", "b/y", "c/z"].map((name) => route(name, "cheap", null));
    expect(plan(facts(routes)).names).toEqual(["a/x", "b/y", "c/z"]);
    expect(plan(facts([...routes].reverse())).names).toEqual(["c/z", "b/y", "a/x"]);
  });

  it("follows the frontier when the question needs it, and the person when they chose a tier", () => {
    expect(plan(facts(all, { classification: classified("frontier") })).names.slice(0, 2)).toEqual(["b/big", "a/big"]);
    const chosen = plan(facts(all, { mode: "frontier", classification: null }));
    expect([chosen.names[0], chosen.why]).toEqual(["b/big", "you chose frontier"]);
  });

  it("never replaces a model picked by hand", () => {
    const picked = plan(
      facts(all, {
        mode: "a/big",
        classification: null,
        cooling: new Map([["a/big", { untilMs: 2e6, why: "rate limited" }]]),
      }),
    );
    expect(picked.names).toEqual(["a/big"]);
    expect([picked.tier, picked.why, picked.plan[0]?.reason]).toEqual(["frontier", "you chose a/big", "you chose it"]);
    expect(picked.leftOut.map((each) => each.reason)).toEqual(Array(4).fill("you chose a/big"));
  });

  it("leaves out what the question does not fit, and says by how much", () => {
    const made = plan(facts([route("a/tiny", "cheap", 0.1, { windowTokens: 8_192 }), ...all], { inputTokens: 6_000 }));
    expect(made.names).not.toContain("a/tiny");
    expect(made.leftOut).toEqual([
      { providerId: "a", modelId: "tiny", tier: "cheap", reason: "needs 11k tokens, window is 8.1k" },
    ]);
    const long = plan(
      facts([...all, route("a/long", "frontier", 9, { windowTokens: 1_000_000 })], { inputTokens: 205_000 }),
    );
    expect(long.names).toEqual(["a/long"]);
    expect(long.leftOut[0]?.reason).toBe("needs 210k tokens, window is 128k");
    expect(long.plan[0]?.reason).toBe("no cheap model can take it; about $1.87");
  });

  it("asks a model of unknown window after those that surely take what is too large for the window assumed of it", () => {
    const routes = [
      route("a/unknown", "cheap", 0.1, { windowTokens: null }),
      route("b/known", "cheap", 1),
      route("c/best", "frontier", 5),
    ];
    const of = (inputTokens: number) => {
      const planned = planRoute(facts(routes, { inputTokens }));
      return planned.ok ? planned.plan.map((step) => `${step.route.modelId}: ${step.reason}`) : [];
    };
    expect(of(1_000).map((step) => step.split(":")[0])).toEqual(["unknown", "known", "best"]);
    expect(of(20_000)).toEqual([
      "known: the least expensive cheap model, about $0.0230",
      "unknown: next cheap model, about $0.0023; window not known, 8k assumed",
      "best: frontier, if no cheap model answers; about $0.1150",
    ]);
  });

  it("leaves a cooling route for the last resort while there is another", () => {
    const cooling = new Map([["b/small", { untilMs: 1_020_000, why: "overloaded (503)" }]]);
    const made = plan(facts(all, { cooling }));
    expect([made.names[0], made.names.at(-1)]).toEqual(["a/small", "b/small"]);
    expect(made.plan.at(-1)?.reason).toBe("last resort, cooling down for 20 s: overloaded (503)");
    expect(plan(facts(all, { cooling, nowMs: 1_020_000 })).names[0]).toBe("b/small");
  });

  it("tries what only a person can mend last of all", () => {
    const cooling = new Map([["b/small", { untilMs: 1_020_000, why: "out of credit", ends: "lasting" as const }]]);
    const made = plan(facts(all, { cooling }));
    expect(made.plan.at(-1)?.reason).toBe("last resort, cooling down for 20 s: out of credit");
    expect(plan(facts([all[2]] as Route[], { cooling })).plan[0]?.reason).toBe(
      "tried although it is cooling down for 20 s: out of credit: nothing else is left",
    );
  });

  it("says why the other tier is asked first where its own rests", () => {
    const cooling = new Map([["a/small", { untilMs: 1_020_000, why: "key refused (401)", ends: "lasting" as const }]]);
    const made = planRoute(facts([all[0], all[1]] as Route[], { cooling, mode: "cheap" }));
    if (!made.ok) throw new Error(made.failure.message);
    expect(made.why).toBe("you chose cheap; a/small rests (key refused (401))");
    expect(made.plan[0]?.reason).toMatch(/^a\/small rests \(key refused \(401\)\); about \$/);
  });

  it("does not ask a model picked by hand before the time that its vendor named either", () => {
    const cooling = new Map([["a/small", { untilMs: 1_020_000, why: "rate limited, 20 s", ends: "named" as const }]]);
    expect(refusal(facts(all, { mode: "a/small", cooling })).message).toBe(
      "a/small has asked for a rest (rate limited, 20 s). a/small is tried again in 20 s. Wait, or add a model of another provider.",
    );
  });

  it("does not ask a route before the time that its vendor named, and says so when no other is left", () => {
    const pause = (untilMs: number) => ({ untilMs, why: "rate limited, 20 s", ends: "named" as const });
    const cooling = new Map([["b/small", pause(1_020_000)]]);
    const made = plan(facts(all, { cooling }));
    expect(made.names).not.toContain("b/small");
    expect(made.leftOut.map((each) => each.reason)).toEqual(["cooling down for 20 s: rate limited, 20 s"]);
    const both = new Map([
      ["a/small", pause(1_040_000)],
      ["b/small", pause(1_020_000)],
    ]);
    expect(planRoute(facts([all[1], all[2]] as Route[], { cooling: both }))).toEqual({
      ok: false,
      failure: {
        kind: "rate-limit",
        retryAfterMs: 20_000,
        message:
          "Each of 2 models has asked for a rest (rate limited, 20 s). b/small is tried again in 20 s. Wait, or add a model of another provider.",
      },
    });
  });

  it("tries cooling routes when nothing else is left, the one due first before the others", () => {
    const cooling = new Map([
      ["a/small", { untilMs: 1_060_000, why: "overloaded" }],
      ["b/small", { untilMs: 1_005_000, why: "rate limited" }],
    ]);
    const made = plan(facts([all[1], all[2]] as Route[], { cooling }));
    expect(made.names).toEqual(["b/small", "a/small"]);
    expect(made.plan[0]?.reason).toBe("tried although it is cooling down for 5 s: rate limited: nothing else is left");
  });

  it("uses a model that stands in both tiers once, in the tier that is wanted", () => {
    const both = [route("a/one", "cheap", 1), route("a/one", "frontier", 1)];
    const made = plan(facts(both, { classification: classified("frontier") }));
    expect(made.plan.map((step) => step.route.tier)).toEqual(["frontier"]);
    expect(made.leftOut.map((each) => each.reason)).toEqual(["already in the plan as frontier"]);
  });

  it("takes the other tier when the question's own has no model", () => {
    const made = plan(facts([all[0]] as Route[]));
    expect([made.names, made.plan[0]?.reason]).toEqual([["a/big"], "no cheap model can take it; about $0.0120"]);
  });

  it("is kept with the answer without addresses and prices", () => {
    expect(summarizePlan(plan(facts(all)).plan)[0]).toEqual({
      providerId: "b",
      modelId: "small",
      tier: "cheap",
      reason: "the least expensive cheap model, about $0.0004",
      expectedCostNano: 400_000,
    });
  });
});

describe("no plan", () => {
  it("without a model", () => {
    expect(refusal(facts([]))).toEqual({
      kind: "setup",
      field: "wayfare.providers",
      message:
        'No model is set up yet. Run "Wayfare: Add Provider", or turn on wayfare.playground to try Wayfare without a key.',
    });
  });

  it("for a tier without a model that the person chose", () => {
    expect(refusal(facts([all[0]] as Route[], { mode: "cheap" }))).toEqual({
      kind: "setup",
      field: "wayfare.tiers.cheap",
      message:
        'No cheap model is set up. Add one to wayfare.tiers.cheap, for example "a/big", or choose Auto or Frontier.',
    });
  });

  it("for a model that is not set up", () => {
    expect(refusal(facts(all, { mode: "openai/gpt-9" }))).toEqual({
      kind: "setup",
      field: "wayfare.mode",
      message:
        '"openai/gpt-9" is not set up. Choose auto, cheap, frontier or one of: a/big, a/small, b/small, b/mystery, b/big.',
    });
  });

  it("for a question that fits no window", () => {
    expect(refusal(facts(all, { inputTokens: 400_000 }))).toEqual({
      kind: "context-length",
      message:
        "The question does not fit any model: it needs 405k tokens and the largest window holds 128k. Send less context, or add a model with a larger window.",
    });
    expect(refusal(facts(all, { inputTokens: 400_000, mode: "a/big" })).message).toBe(
      "The question does not fit a/big: it needs 405k tokens, window is 128k. Send less context, or choose a model with a larger window.",
    );
  });
});

describe("every route", () => {
  it("is either in the plan or left out with a reason, once", () => {
    const anyRoute = fc
      .tuple(
        fc.constantFrom("a", "b"),
        fc.constantFrom("m", "n", "o", "p"),
        fc.constantFrom<Tier>("cheap", "frontier"),
        fc.option(fc.integer({ min: 0, max: 20 })),
        fc.option(fc.integer({ min: 1_000, max: 300_000 })),
      )
      .map(([provider, model, tier, usd, windowTokens]) => route(`${provider}/${model}`, tier, usd, { windowTokens }));
    fc.assert(
      fc.property(
        fc.array(anyRoute, { minLength: 1, maxLength: 12 }),
        fc.constantFrom("auto", "cheap", "frontier", "a/m"),
        fc.constantFrom<Tier>("cheap", "frontier"),
        fc.integer({ min: 1, max: 250_000 }),
        fc.subarray(["a/m", "a/n", "b/o", "b/p"]),
        (routes, mode, tier, inputTokens, cooled) => {
          const cooling = new Map(cooled.map((name) => [name, { untilMs: 1_100_000, why: "rate limited" }]));
          const result = planRoute(facts(routes, { mode, classification: classified(tier), inputTokens, cooling }));
          if (!result.ok) return;
          const named = [...result.plan.map((step) => step.route), ...result.leftOut].map(
            (each) => `${routeName(each)} ${each.tier}`,
          );
          expect(named.sort()).toEqual(routes.map((each) => `${routeName(each)} ${each.tier}`).sort());
          const reasons = [...result.plan, ...result.leftOut].map((each) => each.reason);
          expect(reasons.filter((reason) => reason === "")).toEqual([]);
          expect(new Set(result.plan.map((step) => routeName(step.route))).size).toBe(result.plan.length);
        },
      ),
    );
  });
});

describe("a tier of which no model can take the request", () => {
  const blind = (name: string, more: Parameters<typeof route>[3] = {}) =>
    route(name, "cheap", 0.1, { takesImages: false, ...more });
  const large = route("a/big", "frontier", 3);
  const whyOf = (cheap: ReturnType<typeof route>[], more: Parameters<typeof facts>[1] = {}) =>
    plan(facts([...cheap, large], more)).why;
  const images = { needs: { images: true } };

  it("says so in place of what the question was taken for", () => {
    expect(whyOf([blind("b/small")], images)).toBe("no cheap model takes images");
    expect(whyOf([blind("b/small", { takesTools: false })], { needs: { images: true, tools: true } })).toBe(
      "no cheap model takes images and takes tools",
    );
    const small = (windowTokens: number) => route("c/small", "cheap", 0.1, { windowTokens, maxOutputTokens: 2_400 });
    expect(whyOf([small(1_000), small(2_000)])).toBe("no cheap model has room for it (2,000 tokens; it needs 3,400)");
    expect(whyOf([blind("b/small"), small(2_000)], images)).toBe(
      "no cheap model that takes images has room for it (2,000 tokens; it needs 3,400)",
    );
  });

  it("says that there was no other tier to ask, and whose doing that is", () => {
    const able = route("b/small", "cheap", 0.1);
    const twin = route("c/small", "cheap", 0.1);
    expect(whyOf([])).toBe("no cheap model is set up");
    expect(whyOf([able], { paused: new Set(["b/small"]) })).toBe("the only cheap model is out: paused by you");
    expect(whyOf([able, twin], { pool: [["a/big"]] })).toBe("every cheap model is out: outside wayfare.pool");
    expect(whyOf([], { switchedOff: [able] })).toBe("the only cheap model is out: its provider is switched off");
    expect(whyOf([], { keyless: [able] })).toBe("the only cheap model is out: its provider has no key");
    expect(whyOf([able], { switchedOff: [twin], paused: new Set(["b/small"]) })).toBe(
      "no cheap model may be asked (each is one of these: its provider is switched off; paused by you)",
    );
  });

  it("says nothing of it where one could", () => {
    const able = route("b/small", "cheap", 0.1);
    expect(whyOf([blind("c/small"), able], images)).toBe("concurrency");
    expect(whyOf([blind("c/small"), able], { ...images, mode: "cheap" })).toBe("you chose cheap");
  });

  it("says it behind the person's own choice", () => {
    expect(whyOf([blind("b/small")], { ...images, mode: "cheap" })).toBe(
      "you chose cheap, and no cheap model takes images",
    );
    const narrow = route("c/small", "cheap", 0.1, { windowTokens: 8_000 });
    expect(whyOf([narrow], { mode: "cheap", inputTokens: 30_000 })).toBe(
      "you chose cheap, and no cheap model has room for it (8,000 tokens; it needs 34,100)",
    );
    const caps = [
      {
        id: "workspace.daily",
        scope: "workspace",
        period: "daily",
        limitNano: 1e7,
        setting: "wayfare.budget.workspace.daily",
      },
    ] as const;
    const unpriced = route("a/big", "frontier", null);
    expect(plan(facts([route("b/small", "cheap", 0.1), unpriced], { mode: "frontier", caps })).why).toBe(
      "you chose frontier, and the only frontier model is out: its price is not known, and a cap is set",
    );
  });

  it("says where the conversation is cached, if that brings the other tier", () => {
    const warm = { name: "a/big", cachedTokens: 90_000 };
    const made = plan(facts([route("b/small", "cheap", 1), large], { warm, inputTokens: 90_000 }));
    expect(made.names[0]).toBe("a/big");
    expect([made.why, made.elsewhere]).toEqual([
      "concurrency; a/big has this conversation cached and costs less",
      "a/big has this conversation cached and costs less",
    ]);
  });

  it("says it of the frontier as well", () => {
    const narrow = route("a/big", "frontier", 3, { windowTokens: 4_000 });
    const { why, floor } = plan(
      facts([route("b/small", "cheap", 0.1), narrow], { classification: classified("frontier") }),
    );
    expect([why, floor]).toEqual(Array(2).fill("no frontier model has room for it (4,000 tokens; it needs 5,100)"));
  });
});
