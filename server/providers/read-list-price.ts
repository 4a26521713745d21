import * as z from "zod";
import { rateNames, tierFor, usualCacheWrite1hUsd } from "../core/price.ts";
import type { ListedModel, Price, PriceHours, PriceTier } from "../core/provider.ts";

/** What a list says a model costs, in the shapes of those who state it in USD per token. */
export type ListPrice = Pick<ListedModel, "price" | "hours">;

const unknown: ListPrice = { price: null };

const tokens = z.number().int().positive().nullish().catch(null);
const usd = z
  .union([z.string().regex(/^-?\d/), z.number()])
  .transform(Number)
  .nullish()
  .catch(null);
/** HHMM in UTC, as minutes of the day. */
const minuteOfDay = z
  .union([z.string().regex(/^\d{1,2}:?\d{2}$/), z.number().int().nonnegative()])
  .transform((written) => Number(String(written).replace(":", "")))
  .refine((hhmm) => hhmm <= 2400 && hhmm % 100 < 60)
  .transform((hhmm) => (Math.floor(hhmm / 100) * 60 + (hhmm % 100)) % DAY_MINUTES)
  .nullish()
  .catch(null);
const DAY_MINUTES = 1_440;

// OpenRouter and Vercel -------------------------------------------------------------------------------------------------

const rates = {
  prompt: usd,
  completion: usd,
  request: usd,
  image: usd,
  internal_reasoning: usd,
  input_cache_read: usd,
  input_cache_write: usd,
};
const sizes = z
  .array(z.looseObject({ cost: usd, min: z.number().int().nonnegative().nullish().catch(null) }))
  .nullish()
  .catch(null);
export const pricingSchema = z.looseObject({
  ...rates,
  /** Vercel's names of the first two, and its rates by size. */
  input: usd,
  output: usd,
  input_tiers: sizes,
  output_tiers: sizes,
  input_cache_read_tiers: sizes,
  input_cache_write_tiers: sizes,
  overrides: z
    .array(
      z
        .looseObject({
          ...rates,
          min_prompt_tokens: tokens,
          utc_start: z.unknown().optional(),
          utc_end: z.unknown().optional(),
        })
        .transform(({ utc_start: start, utc_end: end, ...rest }) => ({ ...rest, window: readWindow(start, end) })),
    )
    .nullish()
    .catch(null),
});
type Pricing = z.infer<typeof pricingSchema>;
type Override = NonNullable<Pricing["overrides"]>[number];

/** From one minute of the day to before another; `unclear` where it cannot be read. Windows may pass midnight. */
type Window = { fromMinute: number; untilMinute: number } | "always" | "unclear";

function readWindow(start: unknown, end: unknown): Window {
  if (start == null && end == null) return "always";
  const fromMinute = minuteOfDay.parse(start);
  const untilMinute = minuteOfDay.parse(end);
  return fromMinute == null || untilMinute == null ? "unclear" : { fromMinute, untilMinute };
}

/**
 * OpenRouter's and Vercel's `pricing`. Of OpenRouter's overrides those count whose conditions all hold, and of these the
 * later wins for each rate (https://openrouter.ai/docs, PricingOverride). One that cannot be understood counts where it
 * makes a rate dearer, for that can never be too little to hold. A price of -1 means "it varies": unknown.
 */
export function readPricing(pricing: Pricing, modelId: string): ListPrice {
  const overrides = [...(pricing.overrides ?? []), ...ratesBySize(pricing)];
  const minutes = new Set([0]);
  for (const { window } of overrides) {
    if (typeof window === "object") minutes.add(window.fromMinute).add(window.untilMinute);
  }
  const hours: PriceHours[] = [];
  for (const fromMinute of [...minutes].sort((a, b) => a - b)) {
    const tiers = tiersAt(fromMinute, pricing, overrides, modelId);
    if (tiers === null) return unknown;
    const before = hours.at(-1);
    if (before === undefined || JSON.stringify(before.tiers) !== JSON.stringify(tiers))
      hours.push({ fromMinute, tiers });
  }
  const price: Price = { source: "provider", tiers: dearest(hours.map((row) => row.tiers)) };
  if (price.tiers.every(isZero)) return { price: "free" };
  return hours.length > 1 ? { price, hours } : { price };
}

/** Vercel's rates by size, each as an override from its size on; the first has no least size and is the plain rate. */
function ratesBySize(pricing: Pricing): Override[] {
  const lists = {
    prompt: pricing.input_tiers,
    completion: pricing.output_tiers,
    input_cache_read: pricing.input_cache_read_tiers,
    input_cache_write: pricing.input_cache_write_tiers,
  };
  return Object.entries(lists).flatMap(([name, list]) =>
    (list ?? []).flatMap(({ cost, min }) =>
      cost == null || !min ? [] : [{ window: "always" as const, min_prompt_tokens: min, [name]: cost }],
    ),
  );
}

function tiersAt(
  minute: number,
  pricing: Pricing,
  overrides: readonly Override[],
  modelId: string,
): Price["tiers"] | null {
  const inForce = overrides.filter(({ window }) => typeof window === "string" || isWithin(minute, window));
  const starts = new Set([0, ...inForce.map((one) => one.min_prompt_tokens ?? 0)]);
  const tiers: PriceTier[] = [];
  for (const start of [...starts].sort((a, b) => a - b)) {
    let rated: Pricing = pricing;
    for (const one of inForce) if ((one.min_prompt_tokens ?? 0) <= start) rated = overlay(rated, one);
    const tier = readTier(rated, start, modelId);
    if (tier === null) return null;
    tiers.push(tier);
  }
  return asTiers(tiers);
}

/** A window of no length is the whole day. */
function isWithin(minute: number, { fromMinute, untilMinute }: Exclude<Window, string>): boolean {
  if (fromMinute < untilMinute) return fromMinute <= minute && minute < untilMinute;
  return fromMinute <= minute || minute < untilMinute;
}

/** What an override does not name stays as it was. */
function overlay(base: Pricing, one: Override): Pricing {
  // A condition that nobody has told of yet is as unclear as a time that cannot be read.
  const isUnclear = one.window === "unclear" || (one.window === "always" && one.min_prompt_tokens == null);
  const result = { ...base };
  for (const name of ["prompt", "completion", "request", "image", "internal_reasoning", ...cacheNames] as const) {
    const rate = one[name];
    if (rate == null) continue;
    result[name] = isUnclear && rate >= 0 ? Math.max(rate, base[name] ?? 0) : rate;
  }
  return result;
}
const cacheNames = ["input_cache_read", "input_cache_write"] as const;

/** USD per token as USD per million; null where a price is missing or below zero. */
function readTier(pricing: Pricing, fromInputTokens: number, modelId: string): PriceTier | null {
  return makeTier(fromInputTokens, modelId, {
    input: pricing.prompt ?? pricing.input,
    output: pricing.completion ?? pricing.output,
    cacheRead: pricing.input_cache_read,
    cacheWrite: pricing.input_cache_write,
    // Zero says that thinking has no price of its own, not that it is free.
    reasoning: pricing.internal_reasoning === 0 ? null : pricing.internal_reasoning,
    image: pricing.image,
    request: pricing.request,
  });
}

// LiteLLM ---------------------------------------------------------------------------------------------------------------

const costs = {
  input_cost_per_token: usd,
  output_cost_per_token: usd,
  cache_read_input_token_cost: usd,
  cache_creation_input_token_cost: usd,
  cache_creation_input_token_cost_above_1hr: usd,
  output_cost_per_reasoning_token: usd,
  input_cost_per_image: usd,
  input_cost_per_request: usd,
};
type Costs = Record<keyof typeof costs, number | null | undefined>;

const modelInfoSchema = z.looseObject({
  ...costs,
  tiered_pricing: z
    .array(z.looseObject({ ...costs, range: z.tuple([z.number(), z.number()]).rest(z.number()) }))
    .nullish()
    .catch(null),
});
export type ModelInfo = z.infer<typeof modelInfoSchema>;

/** Rows of a LiteLLM proxy's `/model/info`: what each public name of a model costs. */
export const modelInfoListSchema = z.looseObject({
  data: z.array(z.looseObject({ model_name: z.string(), model_info: modelInfoSchema }).nullable().catch(null)),
});

/**
 * A LiteLLM proxy's price of a model: rates beyond a size (`…_above_200k_tokens`, `tiered_pricing`) are for the whole
 * request, as it bills them. It knows 0 for what it has no price of, so that is unknown.
 */
export function readModelInfo(info: ModelInfo, modelId: string): Price | null {
  const tiers: PriceTier[] = [];
  const add = (fromInputTokens: number, at: Partial<Costs>): boolean => {
    const tier = makeTier(fromInputTokens, modelId, {
      input: at.input_cost_per_token,
      output: at.output_cost_per_token,
      cacheRead: at.cache_read_input_token_cost,
      cacheWrite: at.cache_creation_input_token_cost,
      cacheWrite1h: at.cache_creation_input_token_cost_above_1hr,
      reasoning: at.output_cost_per_reasoning_token,
      image: at.input_cost_per_image,
      request: at.input_cost_per_request,
    });
    if (tier !== null) tiers.push(tier);
    return tier !== null;
  };
  const bands = [...(info.tiered_pricing ?? [])].sort((a, b) => a.range[0] - b.range[0]);
  if (bands.length > 0) {
    // A band's own rates come first; the first band is for the smallest prompts wherever it begins.
    for (const [index, band] of bands.entries()) {
      if (!add(index === 0 ? 0 : Math.round(band.range[0]) + 1, { ...info, ...withoutNulls(band) })) return null;
    }
  } else {
    if (!add(0, info)) return null;
    for (const [from, above] of ratesAbove(info)) if (!add(from + 1, { ...info, ...above })) return null;
  }
  const found = asTiers(tiers);
  return found === null || found.every(isZero) ? null : { source: "provider", tiers: found };
}

/** The sizes that rates are named for, each with the rates in force beyond it; ascending. */
function ratesAbove(info: ModelInfo): [number, Partial<Costs>][] {
  const named = new Map<number, Partial<Costs>>();
  for (const [key, value] of Object.entries(info)) {
    const match = /^(.+)_above_(\d+)k_tokens$/.exec(key);
    const rate = usd.parse(value);
    const name = Object.keys(costs).find((each): each is keyof Costs => each === match?.[1]);
    if (match === null || name === undefined || rate == null) continue;
    const from = Number(match[2]) * 1_000;
    named.set(from, { ...named.get(from), [name]: rate });
  }
  let before: Partial<Costs> = {};
  return [...named]
    .sort(([a], [b]) => a - b)
    .map(([from, above]) => {
      before = { ...before, ...above };
      return [from, before];
    });
}

function withoutNulls(band: Partial<Costs>): Partial<Costs> {
  return Object.fromEntries(Object.entries(band).filter(([, value]) => value != null));
}

// TokenMix --------------------------------------------------------------------------------------------------------------

const amount = z.union([z.string().regex(/^\d/), z.number().nonnegative()]).transform(Number);

/** TokenMix's public `/api/models`. In which unit its prices are is documented nowhere. */
export const tokenMixListSchema = z.looseObject({
  data: z.looseObject({
    list: z.array(
      z
        .looseObject({
          model_id: z.string(),
          short_id: z.string().nullish().catch(null),
          input_price: amount,
          output_price: amount,
        })
        .nullable()
        .catch(null),
    ),
  }),
});

// all -------------------------------------------------------------------------------------------------------------------

type Rate = number | null | undefined;

/** A tier from rates in USD per token; null where input or output is missing, or one is below zero. */
function makeTier(
  fromInputTokens: number,
  modelId: string,
  perToken: {
    input: Rate;
    output: Rate;
    cacheRead?: Rate;
    cacheWrite?: Rate;
    cacheWrite1h?: Rate;
    reasoning?: Rate;
    image?: Rate;
    request?: Rate;
  },
): PriceTier | null {
  if (Object.values(perToken).some((rate) => rate != null && !(rate >= 0 && rate < 1_000))) return null;
  const inputUsd = perMillion(perToken.input);
  const outputUsd = perMillion(perToken.output);
  if (inputUsd === undefined || outputUsd === undefined) return null;
  const cacheWriteUsd = perMillion(perToken.cacheWrite);
  // Who prices the usual write has a cache; that of an hour is then the vendor's usual multiple.
  const usual1hUsd =
    cacheWriteUsd === undefined ? undefined : usualCacheWrite1hUsd(inputUsd, { wire: "openai-compatible", modelId });
  const cacheWrite1hUsd = perMillion(perToken.cacheWrite1h) ?? usual1hUsd;
  const reasoningUsd = perMillion(perToken.reasoning);
  return {
    fromInputTokens,
    inputUsd,
    outputUsd,
    cacheReadUsd: perMillion(perToken.cacheRead) ?? inputUsd,
    cacheWriteUsd: cacheWriteUsd ?? inputUsd,
    ...(cacheWrite1hUsd === undefined ? {} : { cacheWrite1hUsd }),
    ...(reasoningUsd === undefined || reasoningUsd === outputUsd ? {} : { reasoningUsd }),
    ...(perToken.image ? { imageUsd: perToken.image } : {}),
    ...(perToken.request ? { requestUsd: perToken.request } : {}),
  };
}

/** Rounded to a millionth of a dollar, for 0.0000025 × 1,000,000 is not 2.5 in binary. */
function perMillion(usdPerToken: Rate): number | undefined {
  return usdPerToken == null ? undefined : Math.round(usdPerToken * 1e12) / 1e6;
}

function isZero(tier: PriceTier): boolean {
  return rateNames.every((name) => !tier[name]);
}

function asTiers(tiers: readonly PriceTier[]): Price["tiers"] | null {
  const [first, ...others] = tiers;
  return first === undefined ? null : [first, ...others];
}

/** For each size the dearest rate of the day. */
function dearest(days: readonly Price["tiers"][]): Price["tiers"] {
  const starts = new Set(days.flatMap((tiers) => tiers.map((tier) => tier.fromInputTokens)));
  const found = [...starts]
    .sort((a, b) => a - b)
    .map((from) =>
      days
        .map((tiers): PriceTier => ({ ...tierFor({ source: "provider", tiers }, from), fromInputTokens: from }))
        .reduce(dearer),
    );
  return asTiers(found) ?? [noTier];
}

const noTier: PriceTier = { fromInputTokens: 0, inputUsd: 0, outputUsd: 0, cacheReadUsd: 0, cacheWriteUsd: 0 };

function dearer(a: PriceTier, b: PriceTier): PriceTier {
  const result = { ...a };
  for (const name of rateNames) {
    const rate = Math.max(usualRate(a, name) ?? 0, usualRate(b, name) ?? 0);
    if (a[name] !== undefined || b[name] !== undefined) result[name] = rate;
  }
  return result;
}

/** A rate that is not named is that of the rate it is a kind of. */
function usualRate(tier: PriceTier, name: (typeof rateNames)[number]): number | undefined {
  if (name === "reasoningUsd") return tier.reasoningUsd ?? tier.outputUsd;
  return name === "cacheWrite1hUsd" ? (tier.cacheWrite1hUsd ?? tier.cacheWriteUsd) : tier[name];
}
