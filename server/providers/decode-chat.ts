import * as z from "zod";
import type { FinishReason, ProviderPart } from "../core/provider.ts";
import { createEventDecoder, type DecoderOptions, type EventDecoder, type EventReading } from "./decode-events.ts";
import { readJson } from "./read-json.ts";
import { chatUsageSchema, readReportedCost, readUsage } from "./read-usage.ts";

export type ChatDecoderOptions = DecoderOptions;

/**
 * The OpenAI-compatible wire: chat, whose text is in a `delta`, and `/completions`, whose text stands in the choice
 * itself. What ends and what breaks an answer is said at `createEventDecoder`.
 */
export function createChatDecoder(options: ChatDecoderOptions): EventDecoder {
  return createEventDecoder(options, (data) => readChunk(data, options.zeroCost));
}

function readChunk(data: string, zeroCost: "free" | "unknown"): EventReading | null {
  const chunk = readJson(data, chunkSchema);
  if (isError(chunk ?? readJson(data, errorOnlySchema))) return { kind: "error" };
  if (!chunk) return null;
  const choice = chunk.choices?.find((one) => (one.index ?? 0) === 0);
  const parts: ProviderPart[] = [];
  const body = choice?.delta ?? choice?.message;
  const content = readContent(body?.content);
  const reasoning = (body?.reasoning_content || body?.reasoning || "") + content.reasoning;
  if (reasoning !== "") parts.push({ type: "reasoning-delta", text: reasoning });
  // A refusal is what the model says to the person in place of an answer.
  const words = content.text + (body ? (body.refusal ?? "") : (choice?.text ?? ""));
  if (words !== "") parts.push({ type: "text-delta", text: words });
  const counted = chunk.usage ? readUsage(chunk.usage) : null;
  return {
    kind: "chunk",
    parts,
    finish: finishOf(choice?.finish_reason ?? ""),
    usage:
      chunk.usage && counted
        ? { type: "usage", usage: counted, reportedCostUsd: readReportedCost(chunk.usage, zeroCost) }
        : null,
    isLast: false,
    isAnswer: (chunk.choices?.length ?? 0) > 0,
  };
}

function finishOf(reason: string): FinishReason | "error" | null {
  if (reason === "") return null;
  return reason === "error" ? "error" : (finishReasons[reason.toLowerCase()] ?? "other");
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
};

const text = z.string().nullish().catch(null);
const contentPartSchema = z.looseObject({ type: text, text, thinking: z.unknown().optional() });
const contentSchema = z.union([z.string(), z.array(contentPartSchema)]).nullish();
const deltaSchema = z
  .looseObject({ content: contentSchema, reasoning_content: text, reasoning: text, refusal: text })
  .nullish();
const chunkSchema = z.looseObject({
  choices: z
    .array(
      z.looseObject({
        index: z.number().nullish().catch(null),
        delta: deltaSchema,
        message: deltaSchema,
        /** Of `/completions`. */
        text: z.string().nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .nullish(),
  usage: chatUsageSchema.nullish().catch(null),
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
