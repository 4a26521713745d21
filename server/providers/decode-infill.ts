import * as z from "zod";
import type { Usage } from "../../shared/answer.ts";
import type { FinishReason } from "../core/provider.ts";
import { createEventDecoder, type DecoderOptions, type EventDecoder, type EventReading } from "./decode-events.ts";
import { readJson } from "./read-json.ts";
import { tokenCount } from "./read-usage.ts";

/**
 * llama.cpp's own wire: events with `content` and `stop`; the one with `stop: true` is the last, says why, and counts.
 * What breaks an answer is said at `createEventDecoder`.
 */
export function createInfillDecoder(options: DecoderOptions): EventDecoder {
  return createEventDecoder(options, readEvent);
}

function readEvent(data: string): EventReading | null {
  const event = readJson(data, eventSchema);
  if (event === undefined) return null;
  if (event.error != null) return { kind: "error" };
  const { content } = event;
  if (content == null && event.stop !== true) return null;
  const usage = event.stop === true ? countOf(event) : null;
  return {
    kind: "chunk",
    parts: content == null || content === "" ? [] : [{ type: "text-delta", text: content }],
    finish: event.stop === true ? finishOf(event) : null,
    usage: usage && { type: "usage", usage, reportedCostUsd: null },
    isLast: event.stop === true,
    isAnswer: content != null,
  };
}

const flag = z.boolean().nullish().catch(null);
const eventSchema = z.looseObject({
  content: z.string().nullish(),
  stop: flag,
  /** none, eos, limit, word */
  stop_type: z.string().nullish().catch(null),
  /** How older servers say `limit`. */
  stopped_limit: flag,
  /** The model's window was full. */
  truncated: flag,
  tokens_evaluated: tokenCount,
  tokens_predicted: tokenCount,
  timings: z.looseObject({ cache_n: tokenCount, prompt_n: tokenCount, predicted_n: tokenCount }).nullish().catch(null),
  error: z.unknown().optional(),
});
type Event = z.infer<typeof eventSchema>;

function finishOf(event: Event): FinishReason {
  if (event.stop_type === "limit" || event.stopped_limit || event.truncated) return "length";
  return "stop";
}

/** `tokens_evaluated` is the whole prompt, what was still in the cache included. null when nothing was counted. */
function countOf({ tokens_evaluated, tokens_predicted, timings }: Event): Usage | null {
  const cached = whole(timings?.cache_n);
  const prompt = whole(tokens_evaluated) || whole(timings?.prompt_n) + cached;
  const output = whole(tokens_predicted ?? timings?.predicted_n);
  if (prompt === 0 && output === 0) return null;
  const cacheRead = Math.min(prompt, cached);
  return { input: prompt - cacheRead, cacheRead, cacheWrite: 0, output, reasoning: 0 };
}

function whole(number: number | null | undefined): number {
  return Math.round(number ?? 0);
}
