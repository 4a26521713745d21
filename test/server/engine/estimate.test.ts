import { describe, expect, it } from "vitest";
import type { Route } from "../../../server/core/provider.ts";
import { readSettings } from "../../../server/core/read-settings.ts";
import { createEstimate } from "../../../server/engine/estimate.ts";
import { createHealth } from "../../../server/engine/health.ts";
import type { ContextItem } from "../../../shared/answer.ts";
import { routeOf } from "./scripted-provider.ts";

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
  const run = createEstimate({ world: { scene: () => scene }, sessions: { read: () => null }, health, now: () => 0 });
  return run({ sessionId: "s", question, context });
}

describe("the price shown ahead", () => {
  it("is that of the prompt and 600 tokens of answer, on each tier", () => {
    const shown = estimate([routeOf("small"), large], "rename foo to bar");
    expect(shown.inputTokens).toBeGreaterThan(4);
    expect(shown.cheapNano).toBe(shown.inputTokens * 1_000 + 600 * 2_000);
    expect(shown.frontierNano).toBe(shown.inputTokens * 10_000 + 600 * 20_000);
    expect(["cheap", "frontier"]).toContain(shown.tier);
  });

  it("is unknown, not zero, where a price or a tier is missing", () => {
    expect(estimate([routeOf("small", { price: null })], "hi")).toMatchObject({ cheapNano: null, frontierNano: null });
    expect(estimate([routeOf("small")], "hi").tier).toBe("cheap");
    expect(estimate([], "hi")).toMatchObject({ cheapNano: null, frontierNano: null, tier: null });
    expect(estimate([routeOf("small", { price: "free" })], "hi").cheapNano).toBe(0);
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
