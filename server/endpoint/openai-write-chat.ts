import type { FinishReason } from "../core/provider.ts";
import { routeName } from "../core/provider.ts";
import type { RelayBeginning, RelayEnd, RelayPart } from "../core/relay.ts";
import { openAiErrorBody } from "./openai-errors.ts";
import { usageOf } from "./openai-usage.ts";
import { wayfareOf } from "./wayfare-field.ts";
import type { AnswerWriter } from "./wire.ts";

type Done = Extract<RelayEnd, { state: "done" }>;

/** An answer of `/v1/chat/completions`. `includeUsage`: a last chunk counts the tokens, and each other says that it does not. */
export function createChatWriter(options: { id: string; nowMs: number; includeUsage: boolean }): AnswerWriter {
  const id = `chatcmpl-${options.id}`;
  const created = Math.floor(options.nowMs / 1_000);
  /** What stands before and behind a delta is the same in all chunks: only the delta is encoded anew. */
  let before = "";
  const noUsage = options.includeUsage ? ',"usage":null' : "";
  const behind = `},"finish_reason":null}]${noUsage}}\n\n`;
  let hasBegun = false;
  /** Calls whose arguments came in pieces; those of the others come with the whole call. */
  const pieced = new Set<number>();

  const chunk = (delta: string): string => {
    const role = hasBegun ? "" : '"role":"assistant",';
    hasBegun = true;
    return before + role + delta + behind;
  };

  return {
    begin(beginning) {
      before = `data: ${JSON.stringify(head("chat.completion.chunk", beginning)).slice(0, -1)},"choices":[{"index":0,"delta":{`;
      return "";
    },
    part(part: RelayPart) {
      switch (part.type) {
        case "text-delta":
          return chunk(`"content":${JSON.stringify(part.text)}`);
        case "reasoning-delta":
          return chunk(`"reasoning_content":${JSON.stringify(part.text)}`);
        case "reasoning-end":
          return "";
        case "tool-call-start": {
          const call = {
            index: part.index,
            id: part.id,
            type: "function",
            function: { name: part.name, arguments: "" },
          };
          // A message that begins with a call has no content, and says so.
          return chunk(`${hasBegun ? "" : '"content":null,'}"tool_calls":[${JSON.stringify(call)}]`);
        }
        case "tool-call-delta":
          pieced.add(part.index);
          return argumentsChunk(part.index, part.text);
        case "tool-call":
          return pieced.has(part.index) || part.argumentsJson === ""
            ? ""
            : argumentsChunk(part.index, part.argumentsJson);
      }
    },
    end(end) {
      const opening = hasBegun ? "" : chunk('"content":""');
      const wayfare = wayfareOf(end);
      const choices = [{ index: 0, delta: {}, finish_reason: finishReasons[end.finishReason] }];
      const shared = head("chat.completion.chunk", end.beginning);
      const last = options.includeUsage
        ? event({ ...shared, choices, usage: null }) +
          event({ ...shared, choices: [], usage: usageOf(end.usage), wayfare })
        : event({ ...shared, choices, wayfare });
      return `${opening}${last}data: [DONE]\n\n`;
    },
    fail: (fault) => event(openAiErrorBody(fault)),
    whole(end) {
      const message = messageOf(end);
      const choices = [{ index: 0, message, logprobs: null, finish_reason: finishReasons[end.finishReason] }];
      return {
        ...head("chat.completion", end.beginning),
        choices,
        usage: usageOf(end.usage),
        wayfare: wayfareOf(end),
      };
    },
  };

  function head(object: string, { route }: RelayBeginning): Record<string, unknown> {
    return { id, object, created, model: routeName(route) };
  }

  function argumentsChunk(index: number, text: string): string {
    return chunk(`"tool_calls":[{"index":${index},"function":{"arguments":${JSON.stringify(text)}}}]`);
  }
}

function messageOf({ text, reasoning, toolCalls }: Done): Record<string, unknown> {
  const thinking = reasoning.map((block) => block.text).join("");
  return {
    role: "assistant",
    content: text === "" && toolCalls.length > 0 ? null : text,
    refusal: null,
    ...(thinking === "" ? {} : { reasoning_content: thinking }),
    ...(toolCalls.length === 0
      ? {}
      : {
          tool_calls: toolCalls.map(({ id, name, argumentsJson }) => ({
            id,
            type: "function",
            function: { name, arguments: argumentsJson },
          })),
        }),
  };
}

export const finishReasons: Readonly<Record<FinishReason, string>> = {
  stop: "stop",
  length: "length",
  "tool-calls": "tool_calls",
  "content-filter": "content_filter",
  other: "stop",
};

export function event(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}
