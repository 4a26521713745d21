import * as z from "zod";
import { tierSchema } from "../../shared/answer.ts";
import type { DearRequest } from "../../shared/report.ts";

/** A row of `requests` with the title of its conversation. What names a tier that only a later version knows has none. */
export const requestRowSchema = z.object({
  request_id: z.string(),
  at_ms: z.number(),
  kind: z.enum(["chat", "completion", "helper"]),
  workspace: z.string(),
  session_id: z.string(),
  title: z.string(),
  language: z.string(),
  provider_id: z.string(),
  model_id: z.string(),
  tier: tierSchema.nullable().catch(null),
  attempts: z.number(),
  cost_nano: z.number(),
  why: z.string(),
});

/** A request as the rest of Wayfare knows it. */
export function requestOf(row: z.infer<typeof requestRowSchema>): DearRequest {
  return {
    requestId: row.request_id,
    atMs: row.at_ms,
    kind: row.kind,
    workspace: row.workspace,
    sessionId: row.session_id,
    sessionTitle: row.title,
    language: row.language,
    providerId: row.provider_id,
    modelId: row.model_id,
    tier: row.tier,
    attempts: row.attempts,
    costNano: row.cost_nano,
    why: row.why,
  };
}
