import { describe, expect, it } from "vitest";
import type { ListedModel, Price } from "../../../server/core/provider.ts";
import { createTryConnection, type TryConnectionDeps } from "../../../server/engine/try-connection.ts";
import type { Http } from "../../../server/providers/http.ts";
import { type Failure, FailureError } from "../../../shared/failure.ts";
import { presetIdSchema } from "../../../shared/settings.ts";

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

  it.each<[string, string | null, string | undefined]>([
    ["litellm", "sk-1", "litellm"],
    ["vllm", null, "vllm"],
    ["ollama", null, "ollama"],
    ["ollama", "sk-1", "ollama"],
    // Behind a proxy that wants a key; the preset would send none.
    ["lmstudio", "sk-1", undefined],
  ])("says that %s answers at an address entered as any (key %s)", async (server, key, preset) => {
    const { tried } = setup({
      testConnection: async () => ({
        baseUrl: "https://models.example.com/v1",
        models: [{ id: "qwen2.5-coder:7b", windowTokens: null, maxOutputTokens: null, price: null }],
        server: presetIdSchema.parse(server),
        elapsedMs: 1,
      }),
      findKnownPrice: async () => null,
    });
    const result = await tried(
      { preset: "openai-compatible", baseUrl: "https://models.example.com", key, providerId: "example" },
      quiet,
    );
    expect(result.ok && result.preset).toBe(preset);
  });

  it("leaves out what embeds, paints, speaks or listens, and nothing that only is old", async () => {
    const ids = [
      "gpt-3.5-turbo",
      "text-embedding-3-small",
      "whisper-1",
      "gpt-image-1",
      "rerank-v3.5",
      "tts-1",
      "small",
    ];
    const listed = ids.map((id) => ({ id, windowTokens: null, maxOutputTokens: null, price: null }));
    const { tried } = setup({
      testConnection: async () => ({ baseUrl: "https://models.example.com/v1", models: listed, elapsedMs: 1 }),
      findKnownPrice: async () => null,
    });
    const result = await tried(
      { ...params, preset: "openai-compatible", baseUrl: "https://models.example.com" },
      quiet,
    );
    expect(result.ok ? result.models.map(({ modelId }) => modelId) : []).toEqual(["gpt-3.5-turbo", "small"]);
  });

  it("shows a list of five thousand whole", async () => {
    const many = Array.from({ length: 5_000 }, (_, at) => ({
      id: `m-${at}`,
      windowTokens: 8_000,
      maxOutputTokens: null,
      price: null,
    }));
    const { tried } = setup({
      testConnection: async () => ({ baseUrl: "https://api.anthropic.com/v1", models: many, elapsedMs: 1 }),
      findKnownPrice: async () => null,
    });
    const result = await tried(params, quiet);
    expect(result.ok && result.models.length).toBe(5_000);
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
