import * as z from "zod";
import type { FinishReason, ProviderPart } from "../core/provider.ts";
import type { ToolCallPiece } from "./collect-tool-calls.ts";
import {
  createEventDecoder,
  type DecoderOptions,
  type EventDecoder,
  type EventReading,
  isMalformedCall,
} from "./decode-events.ts";
import { type ChunkMould, createChunkMould, readPlainChunk } from "./plain-chunk.ts";
import { readGenerationId } from "./read-generation.ts";
import { parseJson } from "./read-json.ts";
import { chatUsageSchema, countedSchema, readCounted, readReportedCost } from "./read-usage.ts";

export type ChatDecoderOptions = DecoderOptions;

/**
 * The OpenAI-compatible wire: chat, whose text is in a `delta`, and `/completions`, whose text stands in the choice
 * itself. What ends and what breaks an answer is said at `createEventDecoder`.
 */
export function createChatDecoder(options: ChatDecoderOptions): EventDecoder {
  let toldId = readGenerationId(options.headers["x-generation-id"]);
  const mould = createChunkMould();
  return createEventDecoder(options, (data) => {
    const found = mould.read(data) ?? readChunk(data, options, mould);
    if (found === null || isOfKind(found, "error")) return found;
    const reading = isOfKind(found, "chunk") ? found : found.text;
    if (options.generationIds !== "told") return reading;
    const id = readGenerationId(found.id);
    if (id === toldId) return reading;
    toldId = id;
    if (id === null) return reading;
    const chunk = typeof reading === "string" ? plainReading(reading) : reading;
    return { ...chunk, parts: [{ type: "activity", generationId: id }, ...chunk.parts] };
  });
}

type ChunkReading = Extract<EventReading, { kind: "chunk" }>;
type ChatReading = Extract<EventReading, { kind: "error" }> | (ChunkReading & { id: string | null });
/** A piece of text and nothing else. */
interface PlainChunk {
  id: string | null;
  text: string;
}

function isOfKind<Kind extends ChatReading["kind"]>(
  found: ChatReading | PlainChunk,
  kind: Kind,
): found is Extract<ChatReading, { kind: Kind }> {
  return "kind" in found && found.kind === kind;
}

function readChunk(data: string, options: ChatDecoderOptions, mould: ChunkMould): ChatReading | PlainChunk | null {
  const value = parseJson(data);
  const plain = readPlainChunk(value);
  if (plain !== null) {
    mould.learn(data, plain);
    return plain;
  }
  const chunk = chunkSchema.safeParse(value).data;
  if (isError(chunk ?? errorOnlySchema.safeParse(value).data)) return { kind: "error" };
  if (!chunk) return null;
  const choice = chunk.choices?.find((one) => (one.index ?? 0) === 0);
  if (isErrorName(choice?.finish_reason)) return { kind: "error", name: choice.finish_reason };
  const parts: ProviderPart[] = [];
  const body = choice?.delta ?? choice?.message;
  const content = readContent(body?.content);
  const details = readDetails(body?.reasoning_details);
  const reasoning = (body?.reasoning_content || body?.reasoning || details.text) + content.reasoning;
  if (reasoning !== "") parts.push({ type: "reasoning-delta", text: reasoning });
  parts.push(...details.ends);
  // A refusal is what the model says to the person in place of an answer.
  const words = content.text + (body ? (body.refusal ?? "") : (choice?.text ?? ""));
  if (words !== "") parts.push({ type: "text-delta", text: words });
  const counted = readCounted(chunk, choice?.usage ?? null, options.cachedTokens);
  return {
    kind: "chunk",
    id: chunk.id ?? null,
    parts,
    // With the last event some servers send the whole message once more, beside the delta or in its place.
    toolCalls: [...readToolCalls(choice?.delta), ...readToolCalls(choice?.message).map(byPlace)],
    finish: finishOf(choice?.finish_reason ?? ""),
    usage: counted && {
      type: "usage",
      usage: counted.usage,
      reportedCostUsd:
        (counted.from && readReportedCost(counted.from, options.zeroCost)) ??
        (chunk.object === "chat.completion" ? costInHeaders(options.headers) : null),
    },
    isLast: false,
    isAnswer: (chunk.choices?.length ?? 0) > 0,
  };
}

function plainReading(text: string): ChunkReading {
  const parts: ProviderPart[] = text === "" ? [] : [{ type: "text-delta", text }];
  return { kind: "chunk", parts, finish: null, usage: null, isLast: false, isAnswer: true };
}

/**
 * LiteLLM's cost of an answer in one document, in USD; null without any. Of a stream its headers leave before the answer is
 * written, and say nothing that can be believed.
 */
function costInHeaders(headers: ChatDecoderOptions["headers"]): number | null {
  const costUsd = Number(headers["x-litellm-response-cost"] ?? "");
  return Number.isFinite(costUsd) && costUsd > 0 ? costUsd : null;
}

function finishOf(reason: string): FinishReason | "error" | "malformed-call" | null {
  if (reason === "") return null;
  if (isMalformedCall(reason)) return "malformed-call";
  return reason === "error" ? "error" : (finishReasons[reason.toLowerCase()] ?? "other");
}

/**
 * Portkey's own gateway makes of an error in Anthropic's stream a chunk without words, whose finish reason is the error's
 * type, and writes `[DONE]` behind it.
 */
function isErrorName(reason: string | null | undefined): reason is string {
  return reason != null && /^[a-z]+(_[a-z]+)*_error$/i.test(reason);
}

const finishReasons: Readonly<Record<string, FinishReason>> = {
  stop: "stop",
  end_turn: "stop",
  eos: "stop",
  eos_token: "stop",
  stop_sequence: "stop",
  length: "length",
  max_tokens: "length",
  model_length: "length",
  content_filter: "content-filter",
  safety: "content-filter",
  tool_calls: "tool-calls",
  tool_call: "tool-calls",
  tool_use: "tool-calls",
  function_call: "tool-calls",
};

const text = z.string().nullish().catch(null);
const contentPartSchema = z.looseObject({ type: text, text, thinking: z.unknown().optional() });
const contentSchema = z.union([z.string(), z.array(contentPartSchema)]).nullish();
const functionSchema = z.looseObject({ name: text, arguments: z.unknown().optional() }).nullish().catch(null);
const toolCallSchema = z.looseObject({
  index: z.number().nullish().catch(null),
  id: text,
  function: functionSchema,
  /** Of servers that leave the wrapper out. */
  name: text,
  arguments: z.unknown().optional(),
  /** Google's own. */
  extra_content: z
    .looseObject({ google: z.looseObject({ thought_signature: text }).nullish().catch(null) })
    .nullish()
    .catch(null),
});
const detailSchema = z.looseObject({
  type: text,
  text,
  summary: text,
  data: text,
  signature: text,
  id: text,
  format: text,
});
const deltaSchema = z
  .looseObject({
    content: contentSchema,
    reasoning_content: text,
    reasoning: text,
    /** OpenRouter's blocks, with what the model's own vendor signs. */
    reasoning_details: z.array(detailSchema).nullish().catch(null),
    refusal: text,
    // Not forgiven: a call that cannot be read must not pass for an answer without one.
    tool_calls: z.array(toolCallSchema).nullish(),
    /** What calls were named before there could be several. */
    function_call: functionSchema,
  })
  .nullish();
type Delta = z.infer<typeof deltaSchema>;
const chunkSchema = countedSchema.extend({
  id: text,
  choices: z
    .array(
      z.looseObject({
        index: z.number().nullish().catch(null),
        delta: deltaSchema,
        message: deltaSchema,
        /** Of `/completions`. */
        text: z.string().nullish(),
        finish_reason: z.string().nullish(),
        usage: chatUsageSchema.nullish().catch(null),
      }),
    )
    .nullish(),
  error: z.unknown().optional(),
  object: text,
});
const errorOnlySchema = z.looseObject({ error: z.unknown().optional(), object: text });

/** `{"error": …}` at most vendors, `{"object": "error", "message": …}` at some servers. */
function isError(chunk: z.infer<typeof errorOnlySchema> | undefined): boolean {
  return Boolean(chunk?.error) || chunk?.object === "error";
}

/** Content is a string, or at some vendors a list of parts in which the thinking comes as a part of its own. */
function readContent(content: z.infer<typeof contentSchema>): { text: string; reasoning: string } {
  if (content == null) return { text: "", reasoning: "" };
  if (typeof content === "string") return { text: content, reasoning: "" };
  const inner = (value: unknown): string => {
    const list = z.array(contentPartSchema).safeParse(value);
    return list.success ? list.data.map((part) => part.text ?? "").join("") : typeof value === "string" ? value : "";
  };
  return {
    text: content.map((part) => (part.type === "thinking" ? "" : (part.text ?? ""))).join(""),
    reasoning: content.map((part) => (part.type === "thinking" ? inner(part.thinking) : "")).join(""),
  };
}

function readToolCalls(delta: Delta): ToolCallPiece[] {
  const old = delta?.function_call;
  const pieces = (delta?.tool_calls ?? []).map((call) => ({
    index: call.index ?? null,
    id: call.id || null,
    name: call.function?.name || call.name || null,
    argumentsText: argumentsOf(call.function?.arguments ?? call.arguments),
    signature: call.extra_content?.google?.thought_signature || null,
  }));
  if (old == null || pieces.length > 0) return pieces;
  return [{ index: 0, id: null, name: old.name || null, argumentsText: argumentsOf(old.arguments) }];
}

/** In a whole message the place of a call is its number. */
function byPlace(piece: ToolCallPiece, place: number): ToolCallPiece {
  return { ...piece, index: piece.index ?? place };
}

/** Arguments are a string of JSON, or at some servers the object itself. */
function argumentsOf(value: unknown): string {
  return typeof value === "string" ? value : value == null ? "" : JSON.stringify(value);
}

/** What OpenRouter's details say beside the plain text: where a block ends, and with which signature. */
function readDetails(details: NonNullable<Delta>["reasoning_details"]): { text: string; ends: ProviderPart[] } {
  const ends: ProviderPart[] = [];
  let text = "";
  for (const detail of details ?? []) {
    text += detail.text || detail.summary || "";
    const signature = detail.signature || null;
    const redactedData = detail.data || null;
    if (signature === null && redactedData === null) continue;
    const tags = Object.fromEntries(
      [["id", detail.id] as const, ["format", detail.format] as const].flatMap(([name, tag]) =>
        tag ? [[name, tag]] : [],
      ),
    );
    const end: ProviderPart = { type: "reasoning-end", signature, redactedData };
    ends.push(Object.keys(tags).length === 0 ? end : { ...end, tags });
  }
  return { text, ends };
}
