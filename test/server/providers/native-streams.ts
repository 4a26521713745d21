import { event, typed } from "./vendor-streams.ts";

/** A piece of Gemini's answer, as `streamGenerateContent?alt=sse` writes it. */
export const candidate = (parts: readonly object[], finishReason?: string) =>
  event({
    candidates: [
      { content: { parts, role: "model" }, index: 0, ...(finishReason === undefined ? {} : { finishReason }) },
    ],
    usageMetadata: { promptTokenCount: 130, cachedContentTokenCount: 100, totalTokenCount: 130 },
    modelVersion: "m",
    responseId: "r1",
  });

/** Gemini's last event. What it thought stands beside what it wrote. */
export const candidateEnd = (finishReason: string, counts: Readonly<Record<string, number>>) =>
  event({
    candidates: [{ content: { parts: [], role: "model" }, finishReason, index: 0 }],
    usageMetadata: counts,
    modelVersion: "m",
    responseId: "r1",
  });

/** Google's names for what a status means. */
const googleStatus: Readonly<Record<string, string>> = {
  authentication_error: "UNAUTHENTICATED",
  rate_limit_error: "RESOURCE_EXHAUSTED",
  api_error: "INTERNAL",
  overloaded_error: "UNAVAILABLE",
  not_found_error: "NOT_FOUND",
};
const googleCode: Readonly<Record<string, number>> = {
  authentication_error: 401,
  rate_limit_error: 429,
  api_error: 500,
  overloaded_error: 503,
  billing_error: 402,
  not_found_error: 404,
};
export const googleError = (type: string, message: string, details: readonly object[] = []) =>
  JSON.stringify({
    error: { code: googleCode[type] ?? 400, message, status: googleStatus[type] ?? "INVALID_ARGUMENT", details },
  });

/** Each event of OpenAI's Responses is numbered; what reads them needs no right number. */
const numbered = (type: string, fields: object) => typed({ type, sequence_number: 0, ...fields });
const response = { id: "resp_1", object: "response", created_at: 1_790_000_000, model: "m" };

export const responsesBegin =
  numbered("response.created", { response: { ...response, status: "in_progress" } }) +
  numbered("response.in_progress", { response: { ...response, status: "in_progress" } });

export function responsesItem(type: "added" | "done", output_index: number, item: object): string {
  return numbered(`response.output_item.${type}`, { output_index, item });
}

export const responsesText = (at: number, delta: string) =>
  numbered("response.output_text.delta", { item_id: `msg_${at}`, output_index: at, content_index: 0, delta });

export const responsesArguments = (at: number, delta: string) =>
  numbered("response.function_call_arguments.delta", { item_id: `fc_${at}`, output_index: at, delta });

export const responsesSummary = (at: number, part: number, delta: string) =>
  numbered("response.reasoning_summary_part.added", {
    item_id: `rs_${at}`,
    output_index: at,
    summary_index: part,
    part: { type: "summary_text", text: "" },
  }) +
  numbered("response.reasoning_summary_text.delta", {
    item_id: `rs_${at}`,
    output_index: at,
    summary_index: part,
    delta,
  }) +
  numbered("response.reasoning_summary_part.done", {
    item_id: `rs_${at}`,
    output_index: at,
    summary_index: part,
    part: { type: "summary_text", text: delta },
  });

export const responsesEnd = (usage: object, reason: string | null = null) =>
  numbered(reason === null ? "response.completed" : "response.incomplete", {
    response: {
      ...response,
      status: reason === null ? "completed" : "incomplete",
      incomplete_details: reason === null ? null : { reason },
      usage,
    },
  });

export const responsesError = (code: string, message: string) => numbered("error", { code, message, param: null });
