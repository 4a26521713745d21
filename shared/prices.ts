import * as z from "zod";
import { tierSchema } from "./answer.ts";

/** What a route costs, where that is known from, and what is not believed: for the page of costs. */

/** A rate is USD per million tokens, but `imageUsd` and `requestUsd`, which are USD each. What is absent has no price of its own. */
export const priceTierSchema = z.object({
  /** The whole request is billed at the tier that its prompt reaches. */
  fromInputTokens: z.number(),
  inputUsd: z.number(),
  outputUsd: z.number(),
  cacheReadUsd: z.number(),
  cacheWriteUsd: z.number(),
  cacheWrite1hUsd: z.number().optional(),
  reasoningUsd: z.number().optional(),
  imageUsd: z.number().optional(),
  requestUsd: z.number().optional(),
});

/** "free"; null: not known. */
export const shownPriceSchema = z.union([z.literal("free"), z.array(priceTierSchema).min(1)]).nullable();
export type ShownPrice = z.infer<typeof shownPriceSchema>;

export const priceRowSchema = z.object({
  providerId: z.string(),
  modelId: z.string(),
  tier: tierSchema,
  simulated: z.boolean(),
  /** What a request pays that is sent now. */
  price: shownPriceSchema,
  /** override: the person's own; provider: its live list; genai-prices: the list that comes with Wayfare; null: nobody's, or free. */
  source: z.enum(["override", "provider", "genai-prices"]).nullable(),
  /** The day of that list; null where it has none, as the person's own. */
  asOfMs: z.number().nullable(),
  /** Another source that knows the model, where the two differ by more than 2 %. */
  other: z
    .object({
      /** "genai-prices", of the same seller; "maker": what the model's maker takes itself. */
      source: z.enum(["genai-prices", "maker"]),
      price: z.array(priceTierSchema).min(1),
      /** Of the rate that differs most: how much more (below 0: less) the other says, in per cent of ours. */
      percent: z.number(),
      /** "cache read $0.10 → $0.25": from ours to the other's. */
      words: z.string(),
    })
    .nullable(),
  /** A change of this price that is not believed: "input $2.50 → $25"; null: none. */
  heldBack: z.string().nullable(),
  /** When the price changes by the hour, within two days, and what it is then. */
  next: z.object({ atMs: z.number(), price: shownPriceSchema }).nullable(),
  /** Why the price is not known, where that can be said. */
  note: z.string().nullable(),
});
export type PriceRow = z.infer<typeof priceRowSchema>;

/** A list of which something is not believed. */
export const heldListSchema = z.object({
  /** A provider's id, or "genai-prices". */
  source: z.string(),
  sinceMs: z.number(),
  /** Why nothing, or no price, of the list is believed; null: only single prices. */
  why: z.string().nullable(),
  /** "held back: openai/x input $2.50 → $25", the first of them. */
  lines: z.array(z.string()),
  /** How many more there are. */
  more: z.number(),
});
export type HeldList = z.infer<typeof heldListSchema>;

export const priceFactsSchema = z.object({
  /** By the server's clock. */
  atMs: z.number(),
  /** Whether price lists are read again by themselves. */
  updates: z.boolean(),
  /** The day of the list of known prices, and whether it is still the one that came with this version. */
  genaiPrices: z.object({ asOfMs: z.number(), isBundled: z.boolean() }),
  /** Every route of the tiers, and the models that mode and completions name. */
  rows: z.array(priceRowSchema),
  held: z.array(heldListSchema),
});
export type PriceFacts = z.infer<typeof priceFactsSchema>;

/** "gpt-5.4-mini: input $0.25 → $0.30 per million" */
export const priceChangeSchema = z.object({ providerId: z.string(), modelId: z.string(), words: z.string() });
export type PriceChange = z.infer<typeof priceChangeSchema>;
export type PricesChanged = { changes: PriceChange[] };

export type RefreshedPrices = {
  /** What changed of any model, in words; the first of them, and how many more. */
  changes: PriceChange[];
  more: number;
  /** Lists that could not be read or are not believed, each a sentence. */
  problems: string[];
  /** How many lists were read. */
  read: number;
};

/** `source` as in `HeldList`. */
export const acceptPricesParamsSchema = z.strictObject({ source: z.string().min(1) });
export type AcceptPricesParams = z.infer<typeof acceptPricesParamsSchema>;
