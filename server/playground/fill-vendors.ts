import { openAiVendor } from "./openai-vendor.ts";
import { readCompletionCall, readInfillCall, readMistralCall } from "./read-fill-call.ts";
import type { VendorModel } from "./vendor-model.ts";
import type { Finish, Refusal, Reply, VendorWire } from "./vendor-wire.ts";

/** `/completions` beside the chat of the same vendor: text in the choice itself. */
export const completionsVendor: VendorWire = {
  ...openAiVendor,
  askPath: "/completions",
  readCall: readCompletionCall,
  tooLong: (call, inputTokens) => ({ ...openAiVendor.tooLong(call, inputTokens), parameter: "prompt" }),
  opening: () => "",
  delta: (reply, text) => textChunk(reply, text, null),
  closing(reply, finish) {
    const usage = reply.includeUsage ? event({ ...textHead(reply), choices: [], usage: usageOf(reply) }) : "";
    return `${textChunk(reply, "", endReason(finish))}${usage}data: [DONE]\n\n`;
  },
  document(reply, text, finish) {
    const choices = [{ text, index: 0, logprobs: null, finish_reason: endReason(finish) }];
    return JSON.stringify({ ...textHead(reply), choices, ...(reply.includeUsage ? { usage: usageOf(reply) } : {}) });
  },
};

/** Mistral's path for holes, which answers as its chat does: the usage comes with the reason. */
export const mistralVendor: VendorWire = {
  ...openAiVendor,
  askPath: "/fim/completions",
  readCall: readMistralCall,
  tooLong: (call, inputTokens) => ({ ...openAiVendor.tooLong(call, inputTokens), parameter: "prompt" }),
  headers: (requestId) => ({ "mistral-correlation-id": requestId }),
  errorBody: ({ status, message, code, parameter }) =>
    JSON.stringify({
      object: "error",
      message,
      type: code ?? errorTypes[status] ?? "api_error",
      param: parameter ?? null,
      code: null,
    }),
  opening: (reply) => mistralChunk(reply, { role: "assistant", content: "" }, null),
  delta: (reply, text) => mistralChunk(reply, { content: text }, null),
  closing: (reply, finish) => `${mistralChunk(reply, { content: "" }, endReason(finish))}data: [DONE]\n\n`,
  document(reply, text, finish) {
    const message = { role: "assistant", content: text, tool_calls: null };
    const choices = [{ index: 0, message, finish_reason: endReason(finish) }];
    const head = { ...mistralHead(reply), object: "chat.completion" };
    return JSON.stringify({ ...head, choices, ...(reply.includeUsage ? { usage: usageOf(reply) } : {}) });
  },
};

const errorTypes: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "unauthorized",
  422: "invalid_request_error",
  429: "rate_limited",
};

/** llama.cpp's own path at its root. */
export const infillVendor: VendorWire = {
  ...openAiVendor,
  wire: "llamacpp",
  askPath: "/infill",
  readCall: readInfillCall,
  tooLong: (call, inputTokens) => ({
    status: 400,
    code: "exceed_context_size_error",
    message: `the request exceeds the available context size (${inputTokens} tokens, ${call.model.windowTokens} available)`,
  }),
  headers: () => ({ server: "llama.cpp" }),
  errorBody: llamaError,
  opening: () => "",
  delta: (_, text) => event({ index: 0, content: text, tokens: [], stop: false, id_slot: 0 }),
  // No [DONE]: the event with `stop: true` is the last.
  closing: (reply, finish) => event(llamaEnd(reply, "", finish)),
  errorEvent: () => event({ error: { code: 500, message: "slot was lost; try again", type: "server_error" } }),
  document: (reply, text, finish) => JSON.stringify(llamaEnd(reply, text, finish)),
  modelList: (models) => ({ object: "list", data: models.map(llamaEntry) }),
  modelEntry: llamaEntry,
};

/** Its chat, which is OpenAI's under /v1. */
export const llamaChatVendor: VendorWire = {
  ...openAiVendor,
  wire: "llamacpp",
  askPath: "/v1/chat/completions",
  headers: infillVendor.headers,
  errorBody: llamaError,
  modelList: infillVendor.modelList,
  modelEntry: llamaEntry,
};

function llamaEntry(model: VendorModel): Record<string, unknown> {
  return { id: model.id, object: "model", created: 1_767_225_600, owned_by: "llamacpp" };
}

function llamaError({ status, message, code }: Refusal): string {
  return JSON.stringify({ error: { code: status, message, type: code ?? "invalid_request_error" } });
}

function llamaEnd(reply: Reply, content: string, finish: Finish): Record<string, unknown> {
  const prompt = promptTokens(reply);
  const counts = {
    tokens_predicted: reply.usage.output,
    tokens_evaluated: prompt,
    tokens_cached: prompt + reply.usage.output,
    timings: { cache_n: reply.usage.cacheRead, prompt_n: reply.usage.input, predicted_n: reply.usage.output },
  };
  return {
    index: 0,
    content,
    tokens: [],
    id_slot: 0,
    stop: true,
    model: reply.modelId,
    ...(reply.includeUsage ? counts : {}),
    truncated: false,
    stop_type: finish === "length" ? "limit" : finish === "stop-sequence" ? "word" : "eos",
    stopping_word: "",
  };
}

function event(data: Record<string, unknown>): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

function textHead(reply: Reply): Record<string, unknown> {
  return { id: `cmpl-${reply.id}`, object: "text_completion", created: reply.createdSeconds, model: reply.modelId };
}

function textChunk(reply: Reply, text: string, reason: string | null): string {
  return event({ ...textHead(reply), choices: [{ text, index: 0, logprobs: null, finish_reason: reason }] });
}

function mistralHead(reply: Reply): Record<string, unknown> {
  return { id: reply.id, object: "chat.completion.chunk", created: reply.createdSeconds, model: reply.modelId };
}

function mistralChunk(reply: Reply, delta: Record<string, unknown>, reason: string | null): string {
  const usage = reason !== null && reply.includeUsage ? { usage: usageOf(reply) } : {};
  return event({ ...mistralHead(reply), choices: [{ index: 0, delta, finish_reason: reason }], ...usage });
}

function endReason(finish: Finish): string {
  return finish === "length" ? "length" : "stop";
}

function promptTokens({ usage }: Reply): number {
  return usage.input + usage.cacheRead + usage.cacheWrite;
}

function usageOf(reply: Reply): Record<string, unknown> {
  const prompt = promptTokens(reply);
  return {
    prompt_tokens: prompt,
    completion_tokens: reply.usage.output,
    total_tokens: prompt + reply.usage.output,
    prompt_tokens_details: { cached_tokens: reply.usage.cacheRead },
  };
}
