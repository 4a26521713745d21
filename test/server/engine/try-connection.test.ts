import { describe, expect, it } from "vitest";
import type { ListedModel, Price } from "../../../server/core/provider.ts";
import { createTryConnection, type TryConnectionDeps } from "../../../server/engine/try-connection.ts";
import type { Http } from "../../../server/providers/http.ts";
import { type Failure, FailureError } from "../../../shared/failure.ts";

const price = (inputUsd: number, outputUsd: number): Price => ({
  source: "genai-prices",
  tiers: [{ fromInputTokens: 0, inputUsd, outputUsd, cacheReadUsd: inputUsd, cacheWriteUsd: inputUsd }],
});
const models: ListedModel[] = [
  { id: "claude-haiku-4-5", windowTokens: 200_000, maxOutputTokens: null, price: null },
  { id: "claude-opus-4-5", windowTokens: 200_000, maxOutputTokens: null, price: null },
];
const params = { preset: "anthropic" as const, key: "sk-ant-1", providerId: "anthropic" };

function setup(overrides: Partial<TryConnectionDeps> = {}) {
  const saved: { providerId: string; origin: string; models: readonly ListedModel[] }[] = [];
  const faults: string[] = [];
  const tried = createTryConnection({
    world: { withHttp: (use) => use({} as Http) },
    testConnection: async () => ({ baseUrl: "https://api.anthropic.com/v1", models, elapsedMs: 120 }),
    findKnownPrice: async ({ modelId }) => ({
      price: modelId.includes("haiku") ? price(1, 5) : price(5, 25),
      windowTokens: null,
    }),
    modelLists: {
      save: async (providerId, origin, list) => void saved.push({ providerId, origin, models: list }),
    },
    now: () => 5,
    onFault: (message) => faults.push(message),
    ...overrides,
  });
  return { tried, saved, faults };
}
const quiet = new AbortController().signal;

describe("trying a connection", () => {
  it("lists the models with known prices, proposes tiers by them, and keeps the list as it was given", async () => {
    const { tried, saved } = setup();
    const result = await tried(params, quiet);
    expect(result).toMatchObject({
      ok: true,
      baseUrl: "https://api.anthropic.com/v1",
      elapsedMs: 120,
      tiers: { cheap: ["anthropic/claude-haiku-4-5"], frontier: ["anthropic/claude-opus-4-5"] },
      models: [
        { modelId: "claude-haiku-4-5", tier: "cheap", inputPerMillionUsd: 1, priceSource: "genai-prices" },
        { modelId: "claude-opus-4-5", tier: "frontier", outputPerMillionUsd: 25 },
      ],
    });
    expect(saved).toEqual([{ providerId: "anthropic", origin: "https://api.anthropic.com", models }]);
  });

  it("gives a failure as an answer", async () => {
    const failure: Failure = { kind: "auth", status: 401, message: "api.anthropic.com refused the key." };
    const { tried, saved } = setup({ testConnection: () => Promise.reject(new FailureError(failure)) });
    expect(await tried(params, quiet)).toEqual({ ok: false, failure });
    expect(saved).toEqual([]);
  });

  it("goes on when the list cannot be kept, and tells of it", async () => {
    const { tried, faults } = setup({
      modelLists: { save: () => Promise.reject(new FailureError({ kind: "ledger", message: "The disk is full." })) },
    });
    expect((await tried(params, quiet)).ok).toBe(true);
    expect(faults).toEqual(["The disk is full."]);
    expect((await setup({ modelLists: null }).tried(params, quiet)).ok).toBe(true);
  });

  it("is cancelled like any other request", async () => {
    const abort = new DOMException("stop", "AbortError");
    const { tried } = setup({ testConnection: () => Promise.reject(abort) });
    await expect(tried(params, quiet)).rejects.toBe(abort);
  });
});
