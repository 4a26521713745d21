import { splitTokens } from "./count-tokens.ts";
import { readOpenAiCall } from "./read-openai-call.ts";
import type { VendorModel } from "./vendor-model.ts";
import type { Finish, NumberedCall, Refusal, Reply, VendorWire } from "./vendor-wire.ts";

/** A vendor that speaks `/chat/completions`, as strictly as the one that invented it. */
export const openAiVendor: VendorWire = {
  wire: "openai-compatible",
  askPath: "/chat/completions",
  keyIn(headers) {
    const match = /^Bearer (\S+)$/i.exec(String(headers.authorization ?? ""));
    return match?.[1] ?? null;
  },
  checkHeaders(headers) {
    if (/^application\/json\b/i.test(String(headers["content-type"] ?? ""))) return null;
    return { status: 400, message: "Send the body as application/json." };
  },
  readCall: readOpenAiCall,
  tooLong: (call, inputTokens) => ({
    status: 400,
    code: "context_length_exceeded",
    parameter: "messages",
    message: `The messages come to ${inputTokens} tokens; the maximum context length of ${call.model.id} is ${call.model.windowTokens}.`,
  }),
  headers: (requestId) => ({ "x-request-id": requestId, "openai-version": "2020-10-01" }),
  errorBody: (refusal) => JSON.stringify({ error: errorOf(refusal) }),
  opening: (reply) => chunk(reply, { role: "assistant", content: "", refusal: null }, null),
  delta: (reply, text) => chunk(reply, { content: text }, null),
  toolCalls: (reply, calls, style) =>
    calls.flatMap((call) => {
      const { index, name, argumentsJson } = call;
      if (style === "whole") return [chunk(reply, { tool_calls: [wholeCall(call)] }, null)];
      const begun = { index, id: call.id, type: "function", function: { name, arguments: "" } };
      const pieces = style === "at-end" ? [] : splitTokens(argumentsJson);
      return [
        chunk(reply, { tool_calls: [begun] }, null),
        ...pieces.map((text) => chunk(reply, { tool_calls: [{ index, function: { arguments: text } }] }, null)),
      ];
    }),
  closing(reply, finish) {
    const late = (reply.lateCalls ?? []).map(({ index, argumentsJson }) => ({
      index,
      function: { arguments: argumentsJson },
    }));
    const last = late.length === 0 ? {} : { tool_calls: late };
    const usage = reply.includeUsage ? event({ ...head(reply), choices: [], usage: usageOf(reply) }) : "";
    return `${chunk(reply, last, finishReason(finish))}${usage}data: [DONE]\n\n`;
  },
  closingWithoutEnd: () => "",
  keepAlive: () => ": keep-alive\n\n",
  errorEvent: () => event({ error: errorOf({ status: 500, message: "The model stopped answering; try again." }) }),
  document(reply, text, finish, calls) {
    const { object: _, ...rest } = head(reply);
    const made = calls.length === 0 ? {} : { tool_calls: calls.map(wholeCall) };
    const content = calls.length > 0 && text === "" ? null : text;
    const message = { role: "assistant", content, refusal: null, ...made };
    const choices = [{ index: 0, message, logprobs: null, finish_reason: finishReason(finish) }];
    const usage = reply.includeUsage ? { usage: usageOf(reply) } : {};
    return JSON.stringify({ ...rest, object: "chat.completion", choices, ...usage });
  },
  modelList: (models) => ({ object: "list", data: models.map(modelEntry) }),
  modelEntry,
};

function modelEntry(model: VendorModel): Record<string, unknown> {
  return { id: model.id, object: "model", created: releasedAtSeconds, owned_by: "wayfare-playground" };
}

const releasedAtSeconds = 1_767_225_600;

function event(data: Record<string, unknown>): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

/** The id of an answer, as it stands in each of its events. */
export function answerId({ id }: Pick<Reply, "id">): string {
  return `chatcmpl-${id}`;
}

function head(reply: Reply): { object: string } & Record<string, unknown> {
  return {
    id: answerId(reply),
    object: "chat.completion.chunk",
    created: reply.createdSeconds,
    model: reply.modelId,
    service_tier: "default",
    system_fingerprint: "fp_playground",
  };
}

function chunk(reply: Reply, delta: Record<string, unknown>, reason: string | null): string {
  const choices = [{ index: 0, delta, logprobs: null, finish_reason: reason }];
  // A caller that asked for usage finds the field, empty, in every chunk but the last.
  return event({ ...head(reply), choices, ...(reply.includeUsage ? { usage: null } : {}) });
}

function wholeCall({ index, id, name, argumentsJson }: NumberedCall): Record<string, unknown> {
  return { index, id, type: "function", function: { name, arguments: argumentsJson } };
}

function finishReason(finish: Finish): string {
  if (finish === "tool-calls") return "tool_calls";
  return finish === "length" ? "length" : "stop";
}

function usageOf(reply: Reply): Record<string, unknown> {
  const { input, cacheRead, cacheWrite, output, reasoning } = reply.usage;
  const prompt = input + cacheRead + cacheWrite;
  return {
    prompt_tokens: prompt,
    completion_tokens: output,
    total_tokens: prompt + output,
    prompt_tokens_details: { cached_tokens: cacheRead, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

function errorOf(refusal: Refusal): Record<string, unknown> {
  const fallback = kinds[refusal.status] ?? (refusal.status >= 500 ? "server_error" : "invalid_request_error");
  return {
    message: refusal.message,
    type: fallback,
    param: refusal.parameter ?? null,
    code: refusal.code ?? codes[refusal.status] ?? null,
  };
}

const kinds: Readonly<Record<number, string>> = { 429: "requests", 500: "server_error", 503: "server_error" };
const codes: Readonly<Record<number, string>> = {
  401: "invalid_api_key",
  404: "model_not_found",
  429: "rate_limit_exceeded",
};
