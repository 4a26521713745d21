import * as z from "zod";
import { tierSchema } from "../../shared/answer.ts";
import type { DearRequest } from "../../shared/report.ts";
import { questionHead } from "../core/question-head.ts";

/** What a query selects of one request, or of some in `from`: the row with what the history has of it. */
export const requestColumns = `requests.*, ifnull(title, '') AS title,
  ifnull(iif(json_valid(body), json_extract(body, '$.question'), ''), '') AS asked`;
export const withHistory = "LEFT JOIN sessions USING (session_id) LEFT JOIN turns ON turns.turn_id = request_id";

/** A row of `requests` with what the history has of it. What names a tier that only a later version knows has none. */
export const requestRowSchema = z.object({
  request_id: z.string(),
  at_ms: z.number(),
  kind: z.enum(["chat", "completion", "helper", "endpoint"]),
  workspace: z.string(),
  session_id: z.string(),
  title: z.string(),
  asked: z.string().catch(""),
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
    questionHead: questionHead(row.asked),
    language: row.language,
    providerId: row.provider_id,
    modelId: row.model_id,
    tier: row.tier,
    attempts: row.attempts,
    costNano: row.cost_nano,
    why: row.why,
  };
}
