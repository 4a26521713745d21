import type { MatchLogic, ModelPrice, Provider } from "@pydantic/genai-prices";
import * as z from "zod";
import { mapPrice } from "./known-prices.ts";
import type { ListedModel } from "./provider.ts";

/** The list of known prices as `@pydantic/genai-prices` publishes it: vendors with their models. */
export type PriceData = readonly Provider[];

/** The day the list that comes with Wayfare was published, milliseconds since 1970: that of `@pydantic/genai-prices` 0.1.8 on npm. */
export const bundledPricesAsOfMs = Date.UTC(2026, 8, 23);

/** Patterns and names longer than these are no part of a list of prices. */
const words = z.string().max(500);
const pattern = words.refine((text) => {
  try {
    return new RegExp(text) !== null;
  } catch {
    return false;
  }
});
const matchSchema: z.ZodType<MatchLogic> = z.lazy(() =>
  z.union([
    z.strictObject({ equals: words }),
    z.strictObject({ starts_with: words }),
    z.strictObject({ ends_with: words }),
    z.strictObject({ contains: words }),
    z.strictObject({ regex: pattern }),
    z.strictObject({ or: z.array(matchSchema).max(200) }),
    z.strictObject({ and: z.array(matchSchema).max(200) }),
  ]),
);
const amount = z.number().nonnegative().finite();
const priceSchema = z.record(
  z.string(),
  z.union([
    amount,
    z.object({ base: amount, tiers: z.array(z.object({ start: z.number().nonnegative(), price: amount })) }),
  ]),
);
const constraintSchema = z.union([
  z
    .looseObject({ start_date: z.iso.date() })
    .transform(({ start_date }) => ({ type: "start_date" as const, start_date })),
  z
    .looseObject({ start_time: words, end_time: words })
    .transform(({ start_time, end_time }) => ({ type: "time_of_date" as const, start_time, end_time })),
]);
const modelSchema = z.object({
  id: words,
  match: matchSchema,
  context_window: z.number().positive().exactOptional(),
  prices: z.union([
    z.array(z.object({ constraint: constraintSchema.exactOptional(), prices: priceSchema })).min(1),
    priceSchema,
  ]),
});
const vendorSchema = z.object({
  id: words,
  name: words,
  api_pattern: pattern,
  model_match: matchSchema.exactOptional(),
  provider_match: matchSchema.exactOptional(),
  fallback_model_providers: z.array(words).exactOptional(),
  models: z.array(modelSchema).max(5_000),
});
const dataSchema = z.array(vendorSchema).min(1).max(500);

/** What the published text says, without what we have no use for; null when it is not such a list. Never throws. */
export function readPriceData(body: string): PriceData | null {
  try {
    return dataSchema.safeParse(JSON.parse(body)).data ?? null;
  } catch {
    return null;
  }
}

/** The prices in force at `atMs`, one row for each model, `vendor/model`. */
export function rowsOfPriceData(data: PriceData, atMs: number): ListedModel[] {
  return data.flatMap((vendor) =>
    vendor.models.map((model) => {
      const wire = vendor.id === "anthropic" ? "anthropic" : "openai-compatible";
      const price = mapPrice(priceInForce(model.prices, atMs), { modelId: model.id, wire });
      return { id: `${vendor.id}/${model.id}`, windowTokens: null, maxOutputTokens: null, price };
    }),
  );
}

/** The same list with the models of these names as an older one has them. */
export function withOlderPrices(data: PriceData, older: PriceData, names: ReadonlySet<string>): PriceData {
  const before = new Map<string, Provider["models"][number]["prices"]>(
    older.flatMap((vendor) => vendor.models.map((model) => [`${vendor.id}/${model.id}`, model.prices] as const)),
  );
  return data.map((vendor) => ({
    ...vendor,
    models: vendor.models.map((model) => {
      const name = `${vendor.id}/${model.id}`;
      return names.has(name) ? { ...model, prices: before.get(name) ?? model.prices } : model;
    }),
  }));
}

/** Makes the package find prices in this list from now on. Rejects when it cannot use it; it then keeps what it had. */
export async function usePriceData(data: PriceData): Promise<void> {
  const { updatePrices, waitForUpdate } = await import("@pydantic/genai-prices");
  updatePrices(({ setProviderData }) => setProviderData([...data]));
  await waitForUpdate();
}

/** The list that prices are found in now: the one that came with the package unless another was given. */
export async function presentPriceData(): Promise<PriceData> {
  const { waitForUpdate } = await import("@pydantic/genai-prices");
  return (await waitForUpdate()) ?? [];
}

/** Later rows of a model begin later; those by the hour are left to the price of the hour. */
function priceInForce(prices: Provider["models"][number]["prices"], atMs: number): ModelPrice {
  if (!Array.isArray(prices)) return prices;
  const begun = prices.filter(
    ({ constraint }) =>
      constraint === undefined || (constraint.type === "start_date" && Date.parse(constraint.start_date) <= atMs),
  );
  return (begun.at(-1) ?? prices[0])?.prices ?? {};
}
