import * as z from "zod";
import { plainText, templatePrompt } from "../core/fim-prompt.ts";
import { isAddressed } from "../core/image-addresses.ts";
import { divideFields } from "../core/passed-on.ts";
import type { FimRequest, Image, Message, ProviderRequest, Tool, ToolCall } from "../core/provider.ts";
import { readJson } from "./read-json.ts";

/**
 * The body of a streamed `/api/chat`. `windowTokens` is what is to be loaded; null leaves it to the server. What does not
 * fit is refused and not cut in silence, where the server is new enough to know `truncate` and `shift`.
 * https://docs.ollama.com/api/chat
 */
export function encodeOllamaChat(request: ProviderRequest, windowTokens: number | null): Record<string, unknown> {
  const { modelId, tools = [], toolChoice = "auto" } = request;
  const { shared } = divideFields(request.passedOn, "ollama");
  const { options, ...rest } = common(request, windowTokens, request.stop ?? []);
  return {
    model: modelId,
    messages: encodeMessages(request.messages),
    // It has no word for a choice: without tools there is none.
    ...(tools.length === 0 || toolChoice === "none" ? {} : { tools: tools.map(encodeTool) }),
    ...(shared.responseFormat === undefined ? {} : { format: shared.responseFormat.schema ?? "json" }),
    ...rest,
    options: {
      ...(shared.topP === undefined ? {} : { top_p: shared.topP }),
      ...(shared.topK === undefined ? {} : { top_k: shared.topK }),
      ...(shared.seed === undefined ? {} : { seed: shared.seed }),
      ...(shared.presencePenalty === undefined ? {} : { presence_penalty: shared.presencePenalty }),
      ...(shared.frequencyPenalty === undefined ? {} : { frequency_penalty: shared.frequencyPenalty }),
      ...options,
    },
  };
}

/**
 * The body of a streamed `/api/generate` that fills a hole: by the template of a model that can `insert`, or with the
 * model's own marks, past its template. null where its marks are not known. https://docs.ollama.com/api/generate
 */
export function encodeOllamaFill(request: FimRequest, windowTokens: number | null): Record<string, unknown> | null {
  const { modelId, stop = [] } = request;
  const sides = { prefix: plainText(request.prefix), suffix: plainText(request.suffix) };
  // A model that thinks does so unasked.
  const model = { model: modelId, think: false };
  if (request.wire === "suffix") {
    return { ...model, prompt: sides.prefix, suffix: sides.suffix, ...common(request, windowTokens, stop) };
  }
  const written = request.wire === "template" ? templatePrompt(modelId, sides) : null;
  if (written === null) return null;
  const stops = [...new Set([...stop, ...written.stop])];
  return { ...model, prompt: written.prompt, raw: true, ...common(request, windowTokens, stops) };
}

function common(
  request: Pick<ProviderRequest, "maxOutputTokens" | "temperature">,
  windowTokens: number | null,
  stop: readonly string[],
): { options: Record<string, unknown> } & Record<string, unknown> {
  return {
    stream: true,
    truncate: false,
    shift: false,
    options: {
      num_predict: request.maxOutputTokens,
      ...(windowTokens === null ? {} : { num_ctx: windowTokens }),
      ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
      ...(stop.length === 0 ? {} : { stop: [...stop] }),
    },
  };
}

function encodeMessages(messages: readonly Message[]): Record<string, unknown>[] {
  const encoded: Record<string, unknown>[] = [];
  const toolNames = new Map<string, string>();
  /** Images of a tool's answer follow behind the last result, as if the person showed them. */
  let waiting: Image[] = [];
  for (const [index, message] of messages.entries()) {
    for (const { id, name } of message.toolCalls ?? []) toolNames.set(id, name);
    encoded.push(encodeMessage(message, toolNames));
    if (message.role === "tool") waiting.push(...(message.images ?? []));
    if (waiting.length === 0 || messages[index + 1]?.role === "tool") continue;
    encoded.push({ role: "user", content: "The tool's images:", ...encodeImages(waiting) });
    waiting = [];
  }
  return encoded;
}

function encodeMessage(message: Message, toolNames: ReadonlyMap<string, string>): Record<string, unknown> {
  const { role, text } = message;
  const plain = { role, content: text };
  if (role === "tool") {
    const id = message.toolCallId ?? "";
    const name = toolNames.get(id);
    return { ...plain, tool_call_id: id, ...(name === undefined ? {} : { tool_name: name }) };
  }
  if (role === "user") return { ...plain, ...encodeImages(message.images ?? []) };
  const calls = role === "assistant" ? (message.toolCalls ?? []) : [];
  if (calls.length === 0) return plain;
  const thinking = (message.reasoning ?? []).map((block) => block.text).join("");
  return { ...plain, ...(thinking === "" ? {} : { thinking }), tool_calls: calls.map(encodeCall) };
}

/** An address has no place here, and does not come so far. */
function encodeImages(images: readonly Image[]): { images?: string[] } {
  const inline = images.flatMap((image) => (isAddressed(image) ? [] : [image.base64]));
  return inline.length === 0 ? {} : { images: inline };
}

const argumentsSchema = z.record(z.string(), z.unknown());

/** Arguments are an object on this wire, and no text. */
function encodeCall({ id, name, argumentsJson }: ToolCall): Record<string, unknown> {
  return { id, function: { name, arguments: readJson(argumentsJson, argumentsSchema) ?? {} } };
}

function encodeTool({ name, description, parameters }: Tool): Record<string, unknown> {
  return { type: "function", function: { name, description, parameters } };
}
