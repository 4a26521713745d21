import * as z from "zod";
import type { Usage } from "../../shared/answer.ts";
import { estimateTokens } from "../core/estimate-tokens.ts";
import { type FinishReason, routeName } from "../core/provider.ts";
import type { RelayEnd } from "../core/relay.ts";
import { createBlockLine, type WireEvent } from "./anthropic-blocks.ts";
import { errorBody } from "./anthropic-errors.ts";
import { wayfareOf } from "./wayfare-field.ts";
import type { AnswerWriter } from "./wire.ts";

type Done = Extract<RelayEnd, { state: "done" }>;

/**
 * Writes an answer of POST /v1/messages. Route and cost stand beside the usage, as `wayfare`: in a stream's last but one
 * event, or in the whole message. `thinking`: whether it is told.
 */
export function messagesWriter({ id, thinking }: { id: string; thinking: "shown" | "hidden" }): AnswerWriter {
  const line = createBlockLine({ thinking });
  return {
    begin({ route, inputTokens }) {
      // As the wire has it, one token counts as written at the start; the last count is the true one.
      const usage = { ...writeUsage({ input: inputTokens, cacheRead: 0, cacheWrite: 0 }), output_tokens: 1 };
      const message = {
        ...messageOf(id, routeName(route)),
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage,
      };
      return writeEvents([{ type: "message_start", message }]);
    },
    part: (part) => writeEvents(line.take(part)),
    end(end) {
      const delta = stopOf(end);
      return writeEvents([
        ...line.end(),
        { type: "message_delta", delta, usage: usageOf(end), wayfare: wayfareOf(end) },
        { type: "message_stop" },
      ]);
    },
    fail: (fault) => writeEvents([{ ...errorBody(fault, id), type: "error" }]),
    whole: (end) => ({
      ...messageOf(id, routeName(end.beginning.route)),
      content: [
        ...(thinking === "shown" ? end.reasoning.flatMap(writeReasoning) : []),
        ...(end.text === "" ? [] : [{ type: "text", text: end.text }]),
        ...end.toolCalls.map((call) => ({
          type: "tool_use",
          id: call.id,
          name: call.name,
          input: readArguments(call.argumentsJson),
        })),
      ],
      ...stopOf(end),
      usage: usageOf(end),
      wayfare: wayfareOf(end),
    }),
  };
}

function messageOf(id: string, model: string): Record<string, unknown> {
  return { id: `msg_${id}`, type: "message", role: "assistant", model };
}

function writeEvents(events: readonly WireEvent[]): string {
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");
}

/** Which stop sequence ended an answer only Anthropic says; elsewhere it has ended, and no more is known. */
function stopOf({ finishReason, stopSequence }: Done): Record<string, string | null> {
  if (stopSequence !== undefined) return { stop_reason: "stop_sequence", stop_sequence: stopSequence };
  return { stop_reason: stopReasons[finishReason], stop_sequence: null };
}

const stopReasons: Record<FinishReason, string> = {
  stop: "end_turn",
  length: "max_tokens",
  "tool-calls": "tool_use",
  "content-filter": "refusal",
  other: "end_turn",
};

/** Input is what no cache read or wrote, on this wire as with us. */
function writeUsage(usage: Pick<Usage, "input" | "cacheRead" | "cacheWrite">): Record<string, number> {
  return {
    input_tokens: usage.input,
    cache_creation_input_tokens: usage.cacheWrite,
    cache_read_input_tokens: usage.cacheRead,
  };
}

/** Where the vendor counted nothing, our estimate; the wire has no word for unknown. */
function usageOf({ usage, beginning, text, toolCalls }: Done): Record<string, number> {
  if (usage !== null) return { ...writeUsage(usage), output_tokens: usage.output };
  const said = text + toolCalls.map(({ name, argumentsJson }) => name + argumentsJson).join("");
  const input = writeUsage({ input: beginning.inputTokens, cacheRead: 0, cacheWrite: 0 });
  return { ...input, output_tokens: estimateTokens(said) };
}

function writeReasoning({ text, signature, redactedData }: Done["reasoning"][number]): Record<string, unknown>[] {
  const told =
    text === "" && signature === null ? [] : [{ type: "thinking", thinking: text, signature: signature ?? "" }];
  return redactedData === null ? told : [...told, { type: "redacted_thinking", data: redactedData }];
}

const argumentsSchema = z.record(z.string(), z.unknown());

/** Providers have seen to it that arguments are an object; what could not be read would be none. */
function readArguments(json: string): Record<string, unknown> {
  try {
    return argumentsSchema.safeParse(JSON.parse(json)).data ?? {};
  } catch {
    return {};
  }
}
