import { describe, expect, it } from "vitest";
import type { Route } from "../../../server/core/provider.ts";
import { readSettings } from "../../../server/core/read-settings.ts";
import { createEstimate } from "../../../server/engine/estimate.ts";
import { createHealth } from "../../../server/engine/health.ts";
import type { ContextItem } from "../../../shared/answer.ts";
import { engine } from "./ask-scene.ts";
import { activity, finish, routeOf, text } from "./scripted-provider.ts";

const dear = { fromInputTokens: 0, inputUsd: 10, outputUsd: 20, cacheReadUsd: 1, cacheWriteUsd: 12 };
const large = routeOf("large", { tier: "frontier", price: { source: "override", tiers: [dear] } });

const health = createHealth({ store: () => null, now: () => 0, onFault: () => undefined });

function estimate(routes: Route[], question: string, context: ContextItem[] = [], trusted = true) {
  const scene = {
    settings: readSettings({}).settings,
    problems: [],
    routes,
    routesFor: () => routes,
    providerOf: () => null,
    models: [],
    localRoutes: [],
    completions: { on: false, why: null, languages: {}, model: null },
    trusted,
    silent: null,
  };
  const run = createEstimate({ world: { scene: () => scene }, store: null, workspace: "here", health, now: () => 0 });
  return run({ sessionId: "s", question, context });
}

describe("the price shown ahead", () => {
  it("is that of the prompt and 600 tokens of answer, on each tier", () => {
    const shown = estimate([routeOf("small"), large], "rename foo to bar");
    expect(shown.inputTokens).toBeGreaterThan(4);
    expect(shown.cheap?.costNano).toBe(shown.inputTokens * 1_000 + 600 * 2_000);
    expect(shown.frontier?.costNano).toBe(shown.inputTokens * 10_000 + 600 * 20_000);
    expect(["cheap", "frontier"]).toContain(shown.tier);
  });

  it("is unknown, not zero, where a price or a tier is missing", () => {
    expect(estimate([routeOf("small", { price: null })], "hi")).toMatchObject({
      cheap: { modelId: "m", costNano: null },
      frontier: null,
    });
    expect(estimate([routeOf("small")], "hi").tier).toBe("cheap");
    expect(estimate([], "hi")).toMatchObject({ cheap: null, frontier: null, tier: null });
    expect(estimate([routeOf("small", { price: "free" })], "hi").cheap?.costNano).toBe(0);
  });

  it("counts only what would be sent", () => {
    const item: ContextItem = {
      kind: "file",
      path: "src/a.ts",
      languageId: "typescript",
      text: "const a = 1;\n".repeat(200),
      firstLine: 1,
      lastLine: 200,
      diagnostics: [],
    };
    const bare = estimate([routeOf("small")], "explain").inputTokens;
    expect(estimate([routeOf("small")], "explain", [item]).inputTokens).toBeGreaterThan(bare + 600);
    expect(estimate([routeOf("small")], "explain", [item], false).inputTokens).toBe(bare);
    expect(estimate([routeOf("small")], "explain", [{ ...item, path: ".env" }]).inputTokens).toBe(bare);
  });
});

describe("the price of a follow-up", () => {
  const params = { sessionId: "s", question: "And the second one?", context: [] };
  const cached = { input: 200, cacheRead: 0, cacheWrite: 800, output: 90, reasoning: 0 };

  async function afterOneAnswer(settings: Record<string, unknown> = {}) {
    const small = [[activity, text("one"), { type: "usage" as const, usage: cached, reportedCostUsd: null }, finish]];
    const { put, store, clock, scene } = await engine({ small, settings });
    await put("What does the first one do?");
    return createEstimate({ world: { scene: () => scene }, store, workspace: "here", health, now: clock.now });
  }

  it("takes answers to be as long as those before, and the conversation to be cached where it was asked", async () => {
    const shown = (await afterOneAnswer())(params);
    expect(shown.outputTokens).toBe(90);
    expect(shown.cachedTokens).toBe(shown.inputTokens);
    // The cheap vendor reads it from its cache at a tenth; the frontier one has never seen it.
    expect(shown.cheap?.costNano).toBe(shown.inputTokens * 100 + 90 * 2_000);
    expect(shown.frontier?.costNano).toBe(shown.inputTokens * 10_000 + 90 * 20_000);
    expect(shown.cap).toBeNull();
  });

  it("says which cap leaves too little for it, and what a picked model costs", async () => {
    const budget = { workspace: { daily: [0.003] } };
    const shown = (await afterOneAnswer({ budget }))({ ...params, mode: "small/m" });
    expect(shown.cap).toBe("this workspace's $0.003 a day");
    expect(shown.named).toMatchObject({ providerId: "small", modelId: "m" });
  });
});
