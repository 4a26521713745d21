import * as z from "zod";
import type { FinishReason, ProviderPart } from "../core/provider.ts";
import type { ToolCallPiece } from "./collect-tool-calls.ts";
import { createEventDecoder, type DecoderOptions, type EventDecoder, type EventReading } from "./decode-events.ts";
import { readJson } from "./read-json.ts";
import { countedSchema, readCounted } from "./read-usage.ts";

/**
 * Ollama's own wire: one JSON object a line, of `/api/chat` (`message`) and of `/api/generate` (`response`). The line with
 * `done: true` is the last, says why, and counts; a line with `error` alone ends an answer that began well.
 * https://docs.ollama.com/api/streaming, https://docs.ollama.com/api/errors
 */
export function createOllamaDecoder(options: DecoderOptions): EventDecoder {
  let calls = 0;
  return createEventDecoder(options, (line) => readLine(line, () => calls++), "lines");
}

/** `nextIndex` numbers the calls: each comes whole, and older servers number none of them. */
function readLine(text: string, nextIndex: () => number): EventReading | null {
  const line = readJson(text, lineSchema);
  if (line === undefined) return null;
  if (line.error != null) return { kind: "error" };
  const { message, response, done } = line;
  if (message == null && response == null && done !== true) return null;
  const parts: ProviderPart[] = [];
  const thinking = message?.thinking ?? line.thinking ?? "";
  if (thinking !== "") parts.push({ type: "reasoning-delta", text: thinking });
  const words = message?.content ?? response ?? "";
  if (words !== "") parts.push({ type: "text-delta", text: words });
  const isLast = done === true;
  const counted = isLast ? readCounted(line, null) : null;
  return {
    kind: "chunk",
    parts,
    toolCalls: (message?.tool_calls ?? []).map((call) => pieceOf(call, nextIndex())),
    finish: isLast ? finishOf(line.done_reason ?? "") : null,
    usage: counted && { type: "usage", usage: counted.usage, reportedCostUsd: null },
    isLast,
    isAnswer: true,
  };
}

const text = z.string().nullish().catch(null);
const callSchema = z.looseObject({
  id: text,
  function: z.looseObject({ name: text, arguments: z.unknown().optional() }),
});
const lineSchema = countedSchema.extend({
  message: z
    .looseObject({
      content: z.string().nullish(),
      thinking: text,
      // Not forgiven: a call that cannot be read must not pass for an answer without one.
      tool_calls: z.array(callSchema).nullish(),
    })
    .nullish(),
  response: z.string().nullish(),
  thinking: text,
  done: z.boolean().nullish().catch(null),
  done_reason: text,
  error: z.unknown().optional(),
});

function pieceOf(call: z.infer<typeof callSchema>, index: number): ToolCallPiece {
  const { name, arguments: given } = call.function;
  const argumentsText = typeof given === "string" ? given : JSON.stringify(given ?? {});
  return { index, id: call.id || null, name: name ?? null, argumentsText };
}

/** Old servers give no reason; `load` and `unload` come for a question without words. */
function finishOf(reason: string): FinishReason {
  return reason === "length" ? "length" : "stop";
}
