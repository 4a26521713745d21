import { describe, expect, it } from "vitest";
import { findKnownPrice } from "../../../server/core/known-prices.ts";
import { costNano } from "../../../server/core/price.ts";

const noonMs = Date.UTC(2026, 10, 20, 12);
const find = (baseUrl: string, modelId: string, atMs = noonMs) => findKnownPrice({ baseUrl, modelId, atMs });
const openai = "https://api.openai.com/v1";
const anthropic = "https://api.anthropic.com/v1";
const openrouter = "https://openrouter.ai/api/v1";
const deepseek = "https://api.deepseek.com";

describe("known price", () => {
  it("is found by the vendor's address, with the window", async () => {
    const found = await find(openai, "gpt-4o-mini");
    expect(found).toEqual({
      price: {
        source: "genai-prices",
        tiers: [{ fromInputTokens: 0, inputUsd: 0.15, outputUsd: 0.6, cacheReadUsd: 0.075, cacheWriteUsd: 0.15 }],
      },
      windowTokens: 128_000,
    });
    const usage = { input: 1_000_000, cacheRead: 1_000_000, cacheWrite: 0, output: 1_000_000, reasoning: 0 };
    expect(costNano(usage, found?.price ?? null)).toBe(825_000_000);
  });

  it("keeps tiers by prompt size: the list's tier begins after its start", async () => {
    const sonnet = await find(anthropic, "claude-sonnet-4-5-20250929");
    expect(sonnet?.price.tiers).toEqual([
      { fromInputTokens: 0, inputUsd: 3, outputUsd: 15, cacheReadUsd: 0.3, cacheWriteUsd: 3.75, cacheWrite1hUsd: 6 },
      {
        fromInputTokens: 200_001,
        inputUsd: 6,
        outputUsd: 22.5,
        cacheReadUsd: 0.6,
        cacheWriteUsd: 7.5,
        cacheWrite1hUsd: 12,
      },
    ]);
  });

  it("is the one in force: start dates and hours of the day", async () => {
    const input = async (baseUrl: string, modelId: string, atMs: number) =>
      (await find(baseUrl, modelId, atMs))?.price.tiers[0].inputUsd;
    expect(await input(openai, "o3", Date.UTC(2025, 5, 9))).toBe(10);
    expect(await input(openai, "o3", Date.UTC(2025, 5, 10))).toBe(2);
    expect(await input(deepseek, "deepseek-v4-pro", Date.UTC(2026, 10, 20, 2))).toBe(1.32);
    expect(await input(deepseek, "deepseek-v4-pro", Date.UTC(2026, 10, 20, 12))).toBe(0.66);
  });

  it("follows the hour, and names what comes into force while a request could run", async () => {
    const at = (hour: number, minute = 0) => Date.UTC(2026, 10, 20, hour, minute);
    const known = await find(deepseek, "deepseek-v4-pro", at(12));
    const inputs = (atMs: number) => {
      const found = known?.priceAt?.(atMs);
      return [found?.price?.tiers[0].inputUsd, ...(found?.next ?? []).map((price) => price.tiers[0].inputUsd)];
    };
    // Dear from 1 to 4 and from 6 to 10 o'clock.
    expect(inputs(at(12))).toEqual([0.66]);
    expect(inputs(at(23, 59))).toEqual([0.66]);
    expect(inputs(at(24, 30))).toEqual([0.66, 1.32]);
    expect(inputs(at(25))).toEqual([1.32]);
    expect(inputs(at(27, 59))).toEqual([1.32, 0.66]);
    expect(inputs(at(28))).toEqual([0.66]);
    expect(inputs(at(12))).toEqual([0.66]);
    expect((await find(openai, "o3"))?.priceAt).toBeUndefined();
  });

  it("knows OpenRouter's names and Google's long ones", async () => {
    expect((await find(openrouter, "anthropic/claude-sonnet-4.5"))?.price.tiers[0].outputUsd).toBe(15);
    const google = "https://generativelanguage.googleapis.com/v1beta/openai";
    expect(await find(google, "models/gemini-2.5-flash")).toEqual(await find(google, "gemini-2.5-flash"));
  });

  it("is never that of a sibling", async () => {
    for (const [baseUrl, modelId] of [
      [anthropic, "claude-sonnet-5-5"],
      [anthropic, "claude-haiku-4-50"],
      [openai, "gpt-5.4-micro"],
      [openai, "gpt-5-nano-turbo"],
      [openrouter, "anthropic/claude-sonnet-5.5"],
      [deepseek, "deepseek-v4-pro-max"],
    ] as const) {
      expect([modelId, await find(baseUrl, modelId)]).toEqual([modelId, null]);
    }
  });

  it("is unknown behind a gateway, on this machine, or at an address that only begins like a vendor's", async () => {
    expect(await find("https://llm.corp.example/v1", "gpt-4o-mini")).toBeNull();
    expect(await find("https://api.openai.com.example.net/v1", "gpt-4o-mini")).toBeNull();
    expect(await find("http://127.0.0.1:11434/v1", "gpt-4o-mini")).toBeNull();
    expect(await find("not an address", "gpt-4o-mini")).toBeNull();
    expect(await find("http://[::1]:1234/v1", "gpt-4o-mini")).toBeNull();
  });

  it("takes a quarter more than the input for writing Anthropic's cache, where the list does not say", async () => {
    for (const [baseUrl, modelId, cacheWriteUsd] of [
      ["https://api.anthropic.com/v1", "claude-2", 10],
      ["https://openrouter.ai/api/v1", "anthropic/claude-2", 10],
      ["https://api.anthropic.com/v1", "claude-3-haiku-20240307", 0.3],
    ] as const) {
      expect((await find(baseUrl, modelId))?.price.tiers[0].cacheWriteUsd).toBe(cacheWriteUsd);
    }
  });

  it("has the fee of each request, and the rate of thinking where that is one of its own", async () => {
    const perplexity = "https://api.perplexity.ai";
    const tiers = async (modelId: string) => (await find(perplexity, modelId))?.price.tiers;
    const usual = { fromInputTokens: 0, cacheReadUsd: 3, cacheWriteUsd: 3 };
    expect(await tiers("sonar-pro")).toEqual([{ ...usual, inputUsd: 3, outputUsd: 15, requestUsd: 0.014 }]);
    expect((await tiers("sonar-deep-research"))?.[0]).toMatchObject({ outputUsd: 8, reasoningUsd: 3 });
  });

  it("is unknown where the list has a unit that a price by tokens cannot carry", async () => {
    expect(await find(openai, "whisper-1")).toBeNull();
  });
});
