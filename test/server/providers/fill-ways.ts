import type { FimWire } from "../../../server/core/provider.ts";
import type { PresetId } from "../../../shared/settings.ts";

/** A way of filling a hole, as the vendor at its other end speaks. */
export interface WayUnderTest {
  wire: FimWire;
  preset: PresetId;
  modelId: string;
  requestPath: string;
  body: Record<string, unknown>;
  /** The vendor's stream up to and without its end. */
  open(pieces: readonly string[]): string;
  close: string;
  length: string;
  inBandError: string;
  cacheRead: number;
}

/** How the vendors write. */
const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const textChunk = (text: string, finish_reason: string | null = null) =>
  event({ object: "text_completion", choices: [{ text, index: 0, finish_reason }] });
const deltaChunk = (content: string, finish_reason: string | null = null, more: object = {}) =>
  event({ object: "chat.completion.chunk", choices: [{ delta: { content }, index: 0, finish_reason }], ...more });
const usage = { prompt_tokens: 130, completion_tokens: 7, prompt_tokens_details: { cached_tokens: 100 } };
const counted = `${event({ choices: [], usage })}data: [DONE]\n\n`;
const overloaded = event({ error: { message: "Overloaded", code: 503 } });
/** One event of llama.cpp. */
export const slot = (content: string, more: object = {}) => event({ index: 0, content, stop: false, ...more });
const slotEnd = (stop_type: string) =>
  slot("", {
    stop: true,
    stop_type,
    truncated: false,
    tokens_evaluated: 130,
    tokens_predicted: 7,
    timings: { cache_n: 100, prompt_n: 30, predicted_n: 7 },
  });

/** What is sent with every hole but llama.cpp's. */
const usual = {
  max_tokens: 200,
  stream: true,
  stream_options: { include_usage: true },
  temperature: 0.1,
  stop: ["\n\n"],
};
export const ways: readonly WayUnderTest[] = [
  {
    wire: "suffix",
    preset: "openai-compatible",
    modelId: "deepseek-chat",
    requestPath: "/v1/completions",
    body: { model: "deepseek-chat", prompt: "const a = ", suffix: ";\n", ...usual },
    open: (pieces) => pieces.map((piece) => textChunk(piece)).join(""),
    close: textChunk("", "stop") + counted,
    length: textChunk("", "length") + counted,
    inBandError: overloaded,
    cacheRead: 100,
  },
  {
    wire: "mistral",
    preset: "openai-compatible",
    modelId: "codestral-latest",
    requestPath: "/v1/fim/completions",
    body: { model: "codestral-latest", prompt: "const a = ", suffix: ";\n", ...usual },
    open: (pieces) => deltaChunk("") + pieces.map((piece) => deltaChunk(piece)).join(""),
    close: `${deltaChunk("", "stop", { usage })}data: [DONE]\n\n`,
    length: `${deltaChunk("", "length", { usage })}data: [DONE]\n\n`,
    inBandError: event({ object: "error", message: "Overloaded", type: "overloaded", code: 503 }),
    cacheRead: 100,
  },
  {
    wire: "template",
    preset: "lmstudio",
    modelId: "qwen2.5-coder-7b",
    requestPath: "/v1/completions",
    body: {
      model: "qwen2.5-coder-7b",
      prompt: "<|fim_prefix|>const a = <|fim_suffix|>;\n<|fim_middle|>",
      ...usual,
      // With the model's own marks behind, and no more than any server takes.
      stop: ["\n\n", "<|endoftext|>", "<|file_sep|>", "<|fim_prefix|>"],
    },
    open: (pieces) => pieces.map((piece) => textChunk(piece)).join(""),
    close: textChunk("", "stop") + counted,
    length: textChunk("", "length") + counted,
    inBandError: overloaded,
    cacheRead: 100,
  },
  {
    wire: "infill",
    preset: "llamacpp",
    modelId: "whatever.gguf",
    requestPath: "/infill",
    body: {
      model: "whatever.gguf",
      input_prefix: "const a = ",
      input_suffix: ";\n",
      prompt: "",
      n_predict: 200,
      stream: true,
      cache_prompt: true,
      temperature: 0.1,
      stop: ["\n\n"],
    },
    open: (pieces) => pieces.map((piece) => slot(piece)).join(""),
    close: slotEnd("eos"),
    length: slotEnd("limit"),
    inBandError: event({ error: { code: 503, message: "Loading model", type: "unavailable_error" } }),
    cacheRead: 100,
  },
];
