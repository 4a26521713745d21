import type { ProviderRequest, Tool } from "../../../server/core/provider.ts";
import type { PresetId } from "../../../shared/settings.ts";
import { event, messageStart, typed } from "./vendor-streams.ts";

/** How a vendor streams tool calls and thinking, and refuses; a wire each. */
export interface PartWire {
  name: string;
  preset: PresetId;
  text(text: string): string;
  /** A call in pieces of its arguments; `at` is its place among all content. */
  call(at: number, id: string, name: string, pieces: readonly string[]): string;
  /** The pieces of several calls, one of each in turn. */
  interleaved(calls: readonly { id: string; name: string; pieces: readonly string[] }[]): string;
  thinking(at: number, text: string, signature: string): string;
  redacted(at: number, data: string): string;
  begin: string;
  end(reason: "calls" | "stop" | "length" | "malformed"): string;
  error(message: string): string;
}

const delta = (fields: object) => event({ choices: [{ index: 0, delta: fields }] });
const blockStart = (index: number, block: object) =>
  typed({ type: "content_block_start", index, content_block: block });
const blockDelta = (index: number, fields: object) => typed({ type: "content_block_delta", index, delta: fields });
const blockStop = (index: number) => typed({ type: "content_block_stop", index });
const json = (index: number, partial_json: string) => blockDelta(index, { type: "input_json_delta", partial_json });

export const partWires: readonly PartWire[] = [
  {
    name: "OpenAI-compatible",
    preset: "openrouter",
    begin: delta({ role: "assistant", content: "" }),
    text: (content) => delta({ content }),
    call: (at, id, name, pieces) =>
      delta({ tool_calls: [{ index: at, id, type: "function", function: { name, arguments: "" } }] }) +
      pieces.map((text) => delta({ tool_calls: [{ index: at, function: { arguments: text } }] })).join(""),
    interleaved: (calls) =>
      calls
        .map(({ id, name }, index) =>
          delta({ tool_calls: [{ index, id, type: "function", function: { name, arguments: "" } }] }),
        )
        .join("") + inTurn(calls, (index, text) => delta({ tool_calls: [{ index, function: { arguments: text } }] })),
    thinking: (index, text, signature) =>
      delta({ reasoning: text, reasoning_details: [{ type: "reasoning.text", text, index }] }) +
      delta({ reasoning_details: [{ type: "reasoning.text", signature, index }] }),
    redacted: (index, data) => delta({ reasoning_details: [{ type: "reasoning.encrypted", data, index }] }),
    end(reason) {
      const said = {
        calls: "tool_calls",
        stop: "stop",
        length: "length",
        malformed: "function_call_filter: MALFORMED_FUNCTION_CALL",
      };
      const usage = { prompt_tokens: 30, completion_tokens: 7 };
      const last = event({ choices: [{ index: 0, delta: {}, finish_reason: said[reason] }], usage });
      return `${last}data: [DONE]\n\n`;
    },
    error: (message) => JSON.stringify({ error: { message, type: "invalid_request_error", code: null, param: null } }),
  },
  {
    name: "Anthropic",
    preset: "anthropic",
    begin: messageStart({ input_tokens: 30, output_tokens: 1 }),
    text: (text) =>
      blockStart(0, { type: "text", text: "" }) + blockDelta(0, { type: "text_delta", text }) + blockStop(0),
    call: (at, id, name, pieces) =>
      blockStart(at, { type: "tool_use", id, name, input: {} }) +
      pieces.map((text) => json(at, text)).join("") +
      blockStop(at),
    interleaved: (calls) =>
      calls.map(({ id, name }, index) => blockStart(index, { type: "tool_use", id, name, input: {} })).join("") +
      inTurn(calls, json) +
      calls.map((_, index) => blockStop(index)).join(""),
    thinking: (at, thinking, signature) =>
      blockStart(at, { type: "thinking", thinking: "" }) +
      blockDelta(at, { type: "thinking_delta", thinking }) +
      blockDelta(at, { type: "signature_delta", signature }) +
      blockStop(at),
    redacted: (at, data) => blockStart(at, { type: "redacted_thinking", data }) + blockStop(at),
    end(reason) {
      const said = { calls: "tool_use", stop: "end_turn", length: "max_tokens", malformed: "MALFORMED_FUNCTION_CALL" };
      return (
        typed({
          type: "message_delta",
          delta: { stop_reason: said[reason], stop_sequence: null },
          usage: { output_tokens: 7 },
        }) + typed({ type: "message_stop" })
      );
    },
    error: (message) => JSON.stringify({ type: "error", error: { type: "invalid_request_error", message } }),
  },
];

function inTurn(
  calls: readonly { pieces: readonly string[] }[],
  write: (index: number, text: string) => string,
): string {
  const most = Math.max(...calls.map((call) => call.pieces.length));
  let text = "";
  for (let step = 0; step < most; step++) {
    for (const [index, call] of calls.entries()) text += write(index, call.pieces[step] ?? "");
  }
  return text;
}

export const readFile: Tool = {
  name: "read_file",
  description: "Reads a file.",
  parameters: {
    type: "object",
    properties: { path: { type: "string" }, strict: { type: "boolean", default: false } },
    required: ["path"],
    additionalProperties: false,
  },
};
export const toolRequest: ProviderRequest = {
  modelId: "anthropic/some-model",
  messages: [{ role: "user", text: "What is in a.ts?" }],
  tools: [readFile],
  maxOutputTokens: 2_000,
};
/** One pixel. */
export const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
