import { splitTokens } from "./count-tokens.ts";
import { readAnthropicCall } from "./read-anthropic-call.ts";
import type { VendorModel } from "./vendor-model.ts";
import type { Finish, Reply, VendorWire } from "./vendor-wire.ts";

/** A vendor that speaks `/messages`: events with names, tokens counted outside the cache. */
export const anthropicVendor: VendorWire = {
  wire: "anthropic",
  askPath: "/messages",
  keyIn(headers) {
    const key = headers["x-api-key"];
    return typeof key === "string" && key !== "" ? key : null;
  },
  checkHeaders(headers) {
    if (typeof headers["anthropic-version"] !== "string") {
      return { status: 400, message: "anthropic-version: the header is required" };
    }
    if (/^application\/json\b/i.test(String(headers["content-type"] ?? ""))) return null;
    return { status: 400, message: "content-type: must be application/json" };
  },
  readCall: readAnthropicCall,
  tooLong: (call, inputTokens) => ({
    status: 400,
    message: `prompt is too long: ${inputTokens} tokens, the model takes ${call.model.windowTokens}`,
  }),
  headers: (requestId) => ({ "request-id": requestId }),
  errorBody(refusal, requestId) {
    const type = refusal.code ?? kinds[refusal.status] ?? (refusal.status >= 500 ? "api_error" : kinds[400]);
    return JSON.stringify({ type: "error", error: { type, message: refusal.message }, request_id: requestId });
  },
  opening(reply) {
    const started = { ...message(reply), content: [], stop_reason: null, usage: startUsage(reply) };
    const block = { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } };
    return `${event({ type: "message_start", message: started })}${event(block)}${ping}`;
  },
  delta: (_, text) => event({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } }),
  toolCalls(_, calls, style) {
    if (calls.length === 0) return [];
    // Arguments come in pieces or in one; there is no later event that they could come with.
    return [
      stopOf(0),
      ...calls.flatMap(({ index, id, name, argumentsJson }) => {
        const at = index + 1;
        const pieces = style === "streamed" ? splitTokens(argumentsJson) : [argumentsJson];
        return [
          event({ type: "content_block_start", index: at, content_block: { type: "tool_use", id, name, input: {} } }),
          ...pieces.map((text) =>
            event({ type: "content_block_delta", index: at, delta: { type: "input_json_delta", partial_json: text } }),
          ),
          stopOf(at),
        ];
      }),
    ];
  },
  closing(reply, finish) {
    const delta = { stop_reason: stopReason(finish), stop_sequence: null };
    const usage = reply.includeUsage ? { output_tokens: reply.usage.output } : { output_tokens: 0 };
    const end = event({ type: "message_delta", delta, usage });
    return `${finish === "tool-calls" ? "" : stopOf(0)}${end}${event({ type: "message_stop" })}`;
  },
  closingWithoutEnd: () => stopOf(0),
  keepAlive: () => ping,
  errorEvent: () => event({ type: "error", error: { type: "overloaded_error", message: "The model is busy." } }),
  document(reply, text, finish, calls) {
    const content = [
      ...(text === "" ? [] : [{ type: "text", text }]),
      ...calls.map(({ id, name, argumentsJson }) => ({ type: "tool_use", id, name, input: JSON.parse(argumentsJson) })),
    ];
    const usage = reply.includeUsage ? { usage: { ...startUsage(reply), output_tokens: reply.usage.output } } : {};
    return JSON.stringify({ ...message(reply), content, stop_reason: stopReason(finish), ...usage });
  },
  modelList: (models) => ({
    data: models.map(modelEntry),
    has_more: false,
    first_id: models[0]?.id ?? null,
    last_id: models.at(-1)?.id ?? null,
  }),
  modelEntry,
};

function modelEntry(model: VendorModel): Record<string, unknown> {
  return { type: "model", id: model.id, display_name: model.id, created_at: "2026-01-01T00:00:00Z" };
}

function event(data: { type: string } & Record<string, unknown>): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
}

const ping = event({ type: "ping" });
const stopOf = (index: number) => event({ type: "content_block_stop", index });

function message(reply: Reply): Record<string, unknown> {
  return {
    id: `msg_${reply.id}`,
    type: "message",
    role: "assistant",
    model: reply.modelId,
    stop_sequence: null,
  };
}

/** As the stream begins one token counts as written; the last event has the true number. */
function startUsage(reply: Reply): Record<string, unknown> {
  if (!reply.includeUsage) return { input_tokens: 0, output_tokens: 0 };
  return {
    input_tokens: reply.usage.input,
    cache_creation_input_tokens: reply.usage.cacheWrite,
    cache_read_input_tokens: reply.usage.cacheRead,
    output_tokens: 1,
    service_tier: "standard",
  };
}

function stopReason(finish: Finish): string {
  if (finish === "tool-calls") return "tool_use";
  return finish === "length" ? "max_tokens" : finish === "stop-sequence" ? "stop_sequence" : "end_turn";
}

const kinds: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  500: "api_error",
  504: "timeout_error",
  529: "overloaded_error",
};
