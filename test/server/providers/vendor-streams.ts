import type { PresetId } from "../../../shared/settings.ts";

/** What vendors of both wires write, as text of an event stream, for servers that then do something wrong with it. */
export interface VendorStream {
  preset: PresetId;
  /** The beginning, which says nothing yet: a role, a ping. */
  start: string;
  text(piece: string): string;
  reasoning(piece: string): string;
  /** Ends the answer; `counts` null leaves the usage out as far as the wire allows. */
  end(finish: "stop" | "length" | "refused", counts: { input: number; output: number } | null): string;
  /** An error in the middle of a stream. */
  fault(type: string, message: string): string;
  /** An error's body. */
  error(type: string, message: string): string;
  /** A keep-alive that is no content. */
  ping: string;
}

/** One event of a stream, by name where the wire has names. */
export const event = (value: unknown, name?: string) =>
  `${name ? `event: ${name}\n` : ""}data: ${JSON.stringify(value)}\n\n`;
const choice = (delta: object, finish_reason: string | null = null) =>
  event({ choices: [{ index: 0, delta, finish_reason }] });
export const typed = (value: { type: string; [field: string]: unknown }) => event(value, value.type);
/** What each answer of Anthropic's begins with. */
export const messageStart = (usage: Readonly<Record<string, number>>) =>
  typed({
    type: "message_start",
    message: {
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "m",
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage,
    },
  });
const openAiFinish = { stop: "stop", length: "length", refused: "content_filter" };
const anthropicFinish = { stop: "end_turn", length: "max_tokens", refused: "refusal" };

export const openAiStream: VendorStream = {
  preset: "openai-compatible",
  start: choice({ role: "assistant", content: "" }),
  text: (content) => choice({ content }),
  reasoning: (piece) => choice({ reasoning_content: piece }),
  end: (finish, counts) =>
    choice({}, openAiFinish[finish]) +
    (counts === null
      ? ""
      : event({ choices: [], usage: { prompt_tokens: counts.input, completion_tokens: counts.output } })) +
    "data: [DONE]\n\n",
  fault: (type, message) => event({ error: { message, type, code: type } }),
  error: (type, message) => JSON.stringify({ error: { message, type, code: type, param: null } }),
  ping: ": keep-alive\n\n",
};

export const anthropicStream: VendorStream = {
  preset: "anthropic",
  start:
    messageStart({ input_tokens: 0, output_tokens: 0 }) +
    typed({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } }),
  text: (text) => typed({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } }),
  reasoning: (thinking) =>
    typed({ type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking } }),
  end: (finish, counts) =>
    typed({ type: "content_block_stop", index: 0 }) +
    typed({
      type: "message_delta",
      delta: { stop_reason: anthropicFinish[finish], stop_sequence: null },
      usage: { input_tokens: counts?.input ?? 0, output_tokens: counts?.output ?? 0 },
    }) +
    typed({ type: "message_stop" }),
  fault: (type, message) => typed({ type: "error", error: { type, message } }),
  error: (type, message) => JSON.stringify({ type: "error", error: { type, message } }),
  ping: typed({ type: "ping" }),
};

export const vendorStreams = [openAiStream, anthropicStream] as const;
