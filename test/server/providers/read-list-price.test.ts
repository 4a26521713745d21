import { describe, expect, it } from "vitest";
import { priceByHour } from "../../../server/core/price-at.ts";
import type { Price } from "../../../server/core/provider.ts";
import {
  type ModelInfo,
  modelInfoListSchema,
  pricingSchema,
  readModelInfo,
  readPricing,
} from "../../../server/providers/read-list-price.ts";

const openRouter = (pricing: object, modelId = "vendor/m") => readPricing(pricingSchema.parse(pricing), modelId);
/** Input and output of each tier, "from: input/output". */
const shown = (tiers: Price["tiers"] | undefined) =>
  tiers?.map((tier) => `${tier.fromInputTokens}: ${tier.inputUsd}/${tier.outputUsd}`).join(", ") ?? "?";
const tiersOf = (price: Price | "free" | null) => (price === null || price === "free" ? undefined : price.tiers);
const day = (pricing: object) =>
  openRouter(pricing).hours?.map(
    ({ fromMinute, tiers }) =>
      `${String(Math.floor(fromMinute / 60)).padStart(2, "0")}:${String(fromMinute % 60).padStart(2, "0")} ${shown(tiers)}`,
  );

describe("OpenRouter's overrides", () => {
  const base = { prompt: "0.000001", completion: "0.000004" };

  it("by the hour, in UTC; the price of a list is then the dearest of the day", () => {
    const pricing = { ...base, overrides: [{ utc_start: "0100", utc_end: "0430", prompt: "0.000002" }] };
    expect(day(pricing)).toEqual(["00:00 0: 1/4", "01:00 0: 2/4", "04:30 0: 1/4"]);
    expect(shown(tiersOf(openRouter(pricing).price))).toBe("0: 2/4");
  });

  it("past midnight, and to its end", () => {
    expect(day({ ...base, overrides: [{ utc_start: "1630", utc_end: "0030", prompt: "0.0000005" }] })).toEqual([
      "00:00 0: 0.5/4",
      "00:30 0: 1/4",
      "16:30 0: 0.5/4",
    ]);
    expect(day({ ...base, overrides: [{ utc_start: 2200, utc_end: 2400, completion: "0.000002" }] })).toEqual([
      "00:00 0: 1/4",
      "22:00 0: 1/2",
    ]);
  });

  it("of those that apply, the later wins for each rate", () => {
    const overrides = [
      { utc_start: "0000", utc_end: "1200", prompt: "0.000002", completion: "0.000008" },
      { utc_start: "0600", utc_end: "1800", prompt: "0.000003" },
    ];
    expect(day({ ...base, overrides })).toEqual(["00:00 0: 2/8", "06:00 0: 3/8", "12:00 0: 3/4", "18:00 0: 1/4"]);
  });

  it("by hour and size together", () => {
    const overrides = [
      { min_prompt_tokens: 200_000, prompt: "0.000002" },
      { min_prompt_tokens: 200_000, utc_start: "0800", utc_end: "0900", prompt: "0.000005" },
    ];
    expect(day({ ...base, overrides })).toEqual([
      "00:00 0: 1/4, 200000: 2/4",
      "08:00 0: 1/4, 200000: 5/4",
      "09:00 0: 1/4, 200000: 2/4",
    ]);
  });

  it("that cannot be understood count only where they are dearer", () => {
    for (const unclear of [{ utc_start: "soon", utc_end: "0800" }, { utc_start: "0800" }, { weekday: "sunday" }]) {
      const overrides = [{ ...unclear, prompt: "0.000003", completion: "0.000001" }];
      expect([
        openRouter({ ...base, overrides }).hours,
        shown(tiersOf(openRouter({ ...base, overrides }).price)),
      ]).toEqual([undefined, "0: 3/4"]);
    }
  });

  it("that vary make the price unknown", () => {
    expect(openRouter({ ...base, overrides: [{ min_prompt_tokens: 1_000, prompt: "-1" }] })).toEqual({ price: null });
  });

  it("gives the price of the time of a request", () => {
    const { hours = [] } = openRouter({
      ...base,
      overrides: [{ utc_start: "0100", utc_end: "0400", prompt: "0.000002" }],
    });
    const { price, next } = priceByHour(hours)(Date.UTC(2026, 0, 1, 0, 30));
    expect([shown(price?.tiers), next.map((each) => shown(each.tiers))]).toEqual(["0: 1/4", ["0: 2/4"]]);
  });
});

describe("Vercel's rates by size", () => {
  it("are for the whole prompt from their size on", () => {
    const { price } = openRouter({
      input: "0.00000125",
      output: "0.00001",
      input_cache_read: "0.000000125",
      input_tiers: [
        { cost: "0.00000125", max: 200_001 },
        { cost: "0.0000025", min: 200_001 },
      ],
      output_tiers: [
        { cost: "0.00001", min: 0, max: 200_001 },
        { cost: "0.000015", min: 200_001 },
      ],
      input_cache_read_tiers: [{ cost: "0.000000125" }, { cost: "0.00000025", min: 272_000 }, { min: 5 }],
    });
    expect(shown(tiersOf(price))).toBe("0: 1.25/10, 200001: 2.5/15, 272000: 2.5/15");
    expect(tiersOf(price)?.map((tier) => tier.cacheReadUsd)).toEqual([0.125, 0.125, 0.25]);
  });
});

describe("rates beside those of input and output", () => {
  it("thinking, images and requests; zero says that thinking has none of its own", () => {
    expect(
      openRouter({
        prompt: "0.000001",
        completion: "0.000004",
        internal_reasoning: "0",
        image: "0.0048",
        request: "0.01",
      }),
    ).toMatchObject({ price: { tiers: [{ outputUsd: 4, imageUsd: 0.0048, requestUsd: 0.01 }] } });
    const { price } = openRouter({ prompt: "0.000001", completion: "0.000004", internal_reasoning: "0.000003" });
    expect(tiersOf(price)?.[0].reasoningUsd).toBe(3);
  });

  it("an hour of Anthropic's cache is twice the input where its writes are priced at all", () => {
    const pricing = { prompt: "0.000003", completion: "0.000015", input_cache_write: "0.00000375" };
    expect(tiersOf(openRouter(pricing, "anthropic/claude-x").price)?.[0].cacheWrite1hUsd).toBe(6);
    expect(tiersOf(openRouter(pricing, "openai/gpt-x").price)?.[0].cacheWrite1hUsd).toBeUndefined();
  });
});

describe("LiteLLM's /model/info", () => {
  const read = (info: object) => {
    const row = modelInfoListSchema.parse({ data: [{ model_name: "m", model_info: info }] }).data[0];
    return readModelInfo(row?.model_info as ModelInfo, "m");
  };
  const base = { input_cost_per_token: 0.000003, output_cost_per_token: 0.000015 };

  it("reads cache, the hour, thinking, and sizes for the whole request", () => {
    expect(
      read({
        ...base,
        cache_read_input_token_cost: 3e-7,
        cache_creation_input_token_cost: 0.00000375,
        cache_creation_input_token_cost_above_1hr: 0.000006,
        output_cost_per_reasoning_token: null,
        input_cost_per_token_above_200k_tokens: 0.000006,
        output_cost_per_token_above_200k_tokens: 0.0000225,
        cache_read_input_token_cost_above_200k_tokens: 6e-7,
        input_cost_per_token_above_128k_tokens: null,
        input_cost_per_token_priority: 1,
      }),
    ).toEqual({
      source: "provider",
      tiers: [
        {
          fromInputTokens: 0,
          inputUsd: 3,
          outputUsd: 15,
          cacheReadUsd: 0.3,
          cacheWriteUsd: 3.75,
          cacheWrite1hUsd: 6,
        },
        {
          fromInputTokens: 200_001,
          inputUsd: 6,
          outputUsd: 22.5,
          cacheReadUsd: 0.6,
          cacheWriteUsd: 3.75,
          cacheWrite1hUsd: 6,
        },
      ],
    });
  });

  it("reads bands of sizes", () => {
    const bands = [
      { range: [128_000, 256_000], input_cost_per_token: 0.000002, output_cost_per_token: 0.000006 },
      { range: [0, 128_000], input_cost_per_token: 0.000001, output_cost_per_token: 0.000003 },
    ];
    expect(shown(tiersOf(read({ tiered_pricing: bands })))).toBe("0: 1/3, 128001: 2/6");
  });

  it("knows zero for what it has no price of: unknown", () => {
    expect(read({ input_cost_per_token: 0, output_cost_per_token: 0 })).toBeNull();
    expect(read({ input_cost_per_token: null, output_cost_per_token: null })).toBeNull();
    expect(read({})).toBeNull();
  });
});
