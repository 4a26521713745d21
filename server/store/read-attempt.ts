import * as z from "zod";
import { type Attempt, attemptSchema } from "../../shared/answer.ts";
import { jsonColumn } from "./json-column.ts";
import type { Settlement } from "./ledger.ts";

/**
 * A row of `attempts` as the rest of Wayfare knows it, with the settlement that waits to be written in place of a missing
 * one. null for a row that is still held, or that a later version wrote in a way this one cannot read.
 */
export function attemptOf(row: unknown, waiting: Settlement | undefined): Attempt | null {
  if (waiting !== undefined) {
    const held = heldRowSchema.safeParse(row);
    if (!held.success) return null;
    const { reason: _, promptSavedNano: __, generation: ___, estimated: ____, ...rest } = waiting;
    return { ...identityOf(held.data), ...rest };
  }
  const found = attemptRowSchema.safeParse(row);
  if (!found.success) return null;
  const { data } = found;
  return {
    ...identityOf(data),
    outcome: data.outcome,
    failure: data.failure,
    firstTokenMs: data.first_token_ms,
    durationMs: data.duration_ms,
    usage: data.usage,
    costNano: data.cost_nano,
    costSource: data.cost_source,
    ...(data.computed_nano === null ? {} : { computedNano: data.computed_nano }),
    ...(data.asked_output_tokens === null ? {} : { askedOutputTokens: data.asked_output_tokens }),
  };
}

function identityOf(row: z.infer<typeof heldRowSchema>) {
  return {
    id: row.attempt_id,
    providerId: row.provider_id,
    modelId: row.model_id,
    tier: row.tier,
    startedAtMs: row.started_at_ms,
    heldNano: row.held_nano,
  };
}

const attemptRowSchema = z.object({
  attempt_id: z.string(),
  provider_id: z.string(),
  model_id: z.string(),
  tier: attemptSchema.shape.tier,
  outcome: attemptSchema.shape.outcome,
  failure: jsonColumn(attemptSchema.shape.failure).nullable(),
  started_at_ms: z.number(),
  first_token_ms: z.number().nullable(),
  duration_ms: z.number(),
  usage: jsonColumn(attemptSchema.shape.usage).nullable(),
  held_nano: z.number(),
  cost_nano: z.number().nullable(),
  cost_source: attemptSchema.shape.costSource,
  computed_nano: z.number().nullable(),
  asked_output_tokens: z.number().nullable(),
});
const heldRowSchema = attemptRowSchema.pick({
  attempt_id: true,
  provider_id: true,
  model_id: true,
  tier: true,
  started_at_ms: true,
  held_nano: true,
});
