import * as z from "zod";
import { usageSchema } from "../../shared/answer.ts";
import type { CountedTokens } from "../core/calibrate.ts";
import { estimateError } from "../core/estimate-error.ts";
import type { Database } from "./database.ts";
import { jsonColumn } from "./json-column.ts";

/** How far our estimates of one model's tokens were from its vendor's counts; see `EstimateError` for the per cents. */
export interface ModelEstimateErrors {
  providerId: string;
  modelId: string;
  /** How many were looked at: the newest, at most 300. */
  requests: number;
  /** null where no prompt, or no answer, was counted. */
  medianInputPercent: number | null;
  p90InputPercent: number | null;
  medianOutputPercent: number | null;
  p90OutputPercent: number | null;
}

/**
 * For each model with an attempt in that time (milliseconds since 1970, the end not in it) whose tokens were counted by the
 * vendor, the most requests first. Simulated ones are left out. Throws a ledger failure.
 */
export type EstimateErrors = (fromMs: number, toMs: number) => ModelEstimateErrors[];

/** More hardly move a median, and the thread that streams is held up by no more than some milliseconds a model. */
const MOST_OF_A_MODEL = 300;

export function createEstimateErrors(database: Database): EstimateErrors {
  // The sums of the months know each model in a few rows.
  const models = database.prepare(
    "SELECT DISTINCT provider_id, model_id FROM report_totals WHERE span = 'month' AND book = 'real'",
  );
  const counted = database.prepare(
    `SELECT usage, estimated_input, estimated_output FROM attempts
     WHERE provider_id = ? AND model_id = ? AND started_at_ms >= ? AND started_at_ms < ?
       AND estimated_input IS NOT NULL AND book = 'real' AND cost_source IN ('reported', 'computed')
     ORDER BY started_at_ms DESC LIMIT ${MOST_OF_A_MODEL}`,
  );

  return (fromMs, toMs) =>
    database.read(() =>
      modelsSchema
        .parse(models.all())
        .flatMap(({ provider_id, model_id }) => {
          const rows = counted.all(provider_id, model_id, fromMs, toMs).flatMap((found) => {
            const row = rowSchema.safeParse(found).data;
            return row === undefined ? [] : [row];
          });
          if (rows.length === 0) return [];
          const input = estimateError(rows.map(inputOf));
          const output = estimateError(rows.map(outputOf));
          return [
            {
              providerId: provider_id,
              modelId: model_id,
              requests: rows.length,
              medianInputPercent: input?.medianPercent ?? null,
              p90InputPercent: input?.p90Percent ?? null,
              medianOutputPercent: output?.medianPercent ?? null,
              p90OutputPercent: output?.p90Percent ?? null,
            },
          ];
        })
        .sort((one, other) => other.requests - one.requests),
    );
}

const modelsSchema = z.array(z.object({ provider_id: z.string(), model_id: z.string() }));
/** A row without a count, or with one that this version cannot read, is passed over. */
const rowSchema = z.object({
  usage: jsonColumn(usageSchema),
  estimated_input: z.number(),
  estimated_output: z.number(),
});
type Row = z.infer<typeof rowSchema>;

function inputOf({ usage, estimated_input }: Row): CountedTokens {
  return { reported: usage.input + usage.cacheRead + usage.cacheWrite, estimated: estimated_input };
}

function outputOf({ usage, estimated_output }: Row): CountedTokens {
  return { reported: usage.output, estimated: estimated_output };
}
