import * as z from "zod";
import type { ListedModel } from "../core/provider.ts";
import type { Database } from "./database.ts";
import { jsonColumn } from "./json-column.ts";

/** What each provider said it offers, by the origin it was asked at, so that a start needs no network. */
export interface ModelLists {
  /** Replaces the list. Rejects with a ledger failure. */
  save(providerId: string, origin: string, models: readonly ListedModel[], asOfMs: number): Promise<void>;
  /** null when none was saved, or one was that this version cannot read. */
  read(providerId: string, origin: string): { models: ListedModel[]; asOfMs: number } | null;
}

/** Far more providers than a person has; beyond it the list that is longest unrefreshed goes. */
const MOST_LISTS = 100;
/** The largest gateways list some hundreds. */
const MOST_MODELS = 5_000;

export function createModelLists(database: Database): ModelLists {
  const upsert = database.prepare(
    `INSERT INTO model_lists (provider_id, origin, as_of_ms, models) VALUES (?, ?, ?, ?)
     ON CONFLICT (provider_id, origin) DO UPDATE SET as_of_ms = excluded.as_of_ms, models = excluded.models`,
  );
  const trim = database.prepare(
    `DELETE FROM model_lists WHERE rowid IN
       (SELECT rowid FROM model_lists ORDER BY as_of_ms DESC, rowid DESC LIMIT -1 OFFSET ${MOST_LISTS})`,
  );
  const find = database.prepare("SELECT as_of_ms, models FROM model_lists WHERE provider_id = ? AND origin = ?");

  return {
    async save(providerId, origin, models, asOfMs) {
      const text = JSON.stringify(models.slice(0, MOST_MODELS));
      await database.write("normal", () => {
        upsert.run(providerId, origin, asOfMs, text);
        trim.run();
      });
    },
    read(providerId, origin) {
      const row = rowSchema.safeParse(database.read(() => find.get(providerId, origin)));
      return row.success ? { models: row.data.models, asOfMs: row.data.as_of_ms } : null;
    },
  };
}

const tierSchema = z.object({
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
const tiersSchema = z.tuple([tierSchema], tierSchema);
export const listedModelSchema = z.object({
  id: z.string(),
  windowTokens: z.number().nullable(),
  largestWindowTokens: z.number().nullish(),
  maxOutputTokens: z.number().nullable(),
  price: z
    .union([
      z.literal("free"),
      z.object({
        source: z.enum(["override", "provider", "genai-prices"]),
        tiers: tiersSchema,
      }),
    ])
    .nullable(),
  hours: z.array(z.object({ fromMinute: z.number(), tiers: tiersSchema })).optional(),
  takesImages: z.boolean().nullish(),
  takesTools: z.boolean().nullish(),
  thinks: z.boolean().nullish(),
  fillsHoles: z.boolean().nullish(),
});
const rowSchema = z.object({ as_of_ms: z.number(), models: jsonColumn(z.array(listedModelSchema)) });
