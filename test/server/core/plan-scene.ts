import { type PlanFacts, planRoute } from "../../../server/core/plan-route.ts";
import { type Route, routeName } from "../../../server/core/provider.ts";
import type { Classification, Tier } from "../../../shared/answer.ts";

export const route = (name: string, tier: Tier, inputUsd: number | null, more: Partial<Route> = {}): Route => ({
  providerId: name.split("/")[0] ?? "",
  modelId: name.slice(name.indexOf("/") + 1),
  tier,
  wire: "openai-compatible",
  origin: "https://api.example.com",
  price:
    inputUsd === null
      ? null
      : {
          source: "provider",
          tiers: [{ fromInputTokens: 0, inputUsd, outputUsd: inputUsd * 5, cacheReadUsd: 0, cacheWriteUsd: 0 }],
        },
  windowTokens: 128_000,
  maxOutputTokens: null,
  simulated: false,
  ...more,
});
export const classified = (tier: Tier): Classification => ({
  tier,
  cheapRight: 0.5,
  frontierRight: 0.9,
  confidence: 1,
  reasons: [{ feature: "concurrency", words: "concurrency", weight: tier === "frontier" ? 1 : -1 }],
  features: {},
});
export const facts = (routes: Route[], more: Partial<PlanFacts> = {}): PlanFacts => ({
  routes,
  mode: "auto",
  classification: classified("cheap"),
  inputTokens: 1_000,
  expectedOutputTokens: 600,
  maxOutputTokens: 4_096,
  cooling: new Map(),
  nowMs: 1_000_000,
  ...more,
});
export const plan = (given: PlanFacts) => {
  const result = planRoute(given);
  if (!result.ok) throw new Error(result.failure.message);
  return { ...result, names: result.plan.map((step) => routeName(step.route)) };
};
export const refusal = (given: PlanFacts) => {
  const result = planRoute(given);
  if (result.ok) throw new Error("a plan was made");
  return result.failure;
};

export const all = [
  route("a/big", "frontier", 3),
  route("a/small", "cheap", 0.2),
  route("b/small", "cheap", 0.1),
  route("b/mystery", "cheap", null),
  route("b/big", "frontier", 2),
];
