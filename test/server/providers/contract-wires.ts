import type { PresetId } from "../../../shared/settings.ts";
import { awsFrame, converseEvent, converseException } from "./aws-frames.ts";
import {
  candidate,
  candidateEnd,
  googleError,
  responsesBegin,
  responsesEnd,
  responsesError,
  responsesItem,
  responsesText,
} from "./native-streams.ts";
import { lastLine, said } from "./ollama-lines.ts";
import { event, messageStart, typed } from "./vendor-streams.ts";

/** What every adapter has to do, over real sockets. A wire is a row of the table. */
export interface WireUnderTest {
  name: string;
  preset: PresetId;
  basePath: string;
  requestPath: string;
  keyHeader: [name: string, value: string];
  /** What a stream calls itself; absent: server-sent events. */
  contentType?: string;
  /** How the text of a stream becomes bytes; absent: UTF-8. */
  encoding?: "latin1";
  /** The vendor's stream up to and without its end. */
  open(pieces: readonly string[]): string;
  close: string;
  error(type: string, message: string): string;
  inBandError: string;
  /** An event whose data is no JSON. */
  unreadable: string;
  /** What a request says beside the question. */
  body: object;
  /** A list with one model, `m-1`, and where it is asked for; absent: at a path that says models. */
  list: object;
  listPath?: string;
  /** What a model of the list costs; absent: nobody says. */
  listPrice?: "free";
  /** What an error without a status is taken for; absent: it names that its vendor is overloaded. */
  unnamedError?: "server-error";
  /** Tokens of the prompt; absent: 100 of 130 came from a cache. */
  usage?: { input: number; cacheRead: number };
  /** A whole answer as the vendor documents it, and the text in it. */
  fixture: { file: string; text: string; finish: "stop" | "tool-calls" };
}

export const wires: readonly WireUnderTest[] = [
  {
    name: "OpenAI-compatible",
    preset: "openai-compatible",
    basePath: "/v1",
    requestPath: "/v1/chat/completions",
    keyHeader: ["authorization", "Bearer test-key-123"],
    open: (pieces) =>
      event({ choices: [{ index: 0, delta: { role: "assistant", content: "" } }] }) +
      pieces.map((content) => event({ choices: [{ index: 0, delta: { content } }] })).join(""),
    close:
      event({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }) +
      event({
        choices: [],
        usage: { prompt_tokens: 130, completion_tokens: 7, prompt_tokens_details: { cached_tokens: 100 } },
      }) +
      "data: [DONE]\n\n",
    error: (type, message) => JSON.stringify({ error: { message, type, code: type, param: null } }),
    inBandError: event({ error: { message: "Overloaded", code: 503 } }),
    unreadable: 'data: {"oops\n\n',
    body: { model: "some-model", stream: true, max_tokens: 2000 },
    list: { data: [{ id: "m-1", type: "model", object: "model" }] },
    fixture: {
      file: "openai.chunks.txt",
      text: "Use a `Map`:\n\n```ts\nconst seen = new Map<string, number>();\n```\nDone ✅ 你好",
      finish: "stop",
    },
  },
  {
    name: "Anthropic",
    preset: "anthropic",
    basePath: "/v1",
    requestPath: "/v1/messages",
    keyHeader: ["x-api-key", "test-key-123"],
    open: (pieces) =>
      messageStart({
        input_tokens: 30,
        cache_read_input_tokens: 100,
        cache_creation_input_tokens: 0,
        output_tokens: 1,
      }) +
      typed({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } }) +
      typed({ type: "ping" }) +
      pieces
        .map((text) => typed({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } }))
        .join(""),
    close:
      typed({ type: "content_block_stop", index: 0 }) +
      typed({
        type: "message_delta",
        delta: { stop_reason: "end_turn", stop_sequence: null },
        usage: { output_tokens: 7 },
      }) +
      typed({ type: "message_stop" }),
    error: (type, message) => JSON.stringify({ type: "error", error: { type, message } }),
    inBandError: typed({ type: "error", error: { type: "overloaded_error", message: "Overloaded" } }),
    unreadable: 'data: {"oops\n\n',
    body: { model: "some-model", stream: true, max_tokens: 2000 },
    list: { data: [{ id: "m-1", type: "model", object: "model" }] },
    fixture: { file: "anthropic.chunks.txt", text: "Rename `parse` to `parseDuration`.\r\nFertig 🎉", finish: "stop" },
  },
  {
    name: "Gemini",
    preset: "gemini",
    basePath: "/v1beta",
    requestPath: "/v1beta/models/some-model:streamGenerateContent?alt=sse",
    keyHeader: ["x-goog-api-key", "test-key-123"],
    open: (pieces) => candidate([{ text: "" }]) + pieces.map((text) => candidate([{ text }])).join(""),
    close: candidateEnd("STOP", {
      promptTokenCount: 130,
      candidatesTokenCount: 7,
      cachedContentTokenCount: 100,
      totalTokenCount: 137,
    }),
    error: googleError,
    inBandError: event(JSON.parse(googleError("overloaded_error", "The model is overloaded."))),
    unreadable: 'data: {"oops\n\n',
    body: {
      systemInstruction: { parts: [{ text: "Be brief." }] },
      contents: [{ role: "user", parts: [{ text: "Why?" }] }],
      generationConfig: { maxOutputTokens: 2000 },
    },
    list: {
      models: [
        { name: "models/m-1", supportedGenerationMethods: ["generateContent", "countTokens"] },
        { name: "models/embedding-1", supportedGenerationMethods: ["embedContent"] },
      ],
    },
    fixture: {
      file: "gemini.chunks.txt",
      text: "Rename `parse` to `parseDuration`.\r\nFertig 🎉",
      finish: "tool-calls",
    },
  },
  {
    name: "OpenAI Responses",
    preset: "openai-responses",
    basePath: "/v1",
    requestPath: "/v1/responses",
    keyHeader: ["authorization", "Bearer test-key-123"],
    open: (pieces) =>
      responsesBegin +
      responsesItem("added", 0, { id: "msg_0", type: "message", role: "assistant", content: [] }) +
      pieces.map((text) => responsesText(0, text)).join(""),
    close:
      responsesItem("done", 0, { id: "msg_0", type: "message", role: "assistant", content: [] }) +
      responsesEnd({
        input_tokens: 130,
        input_tokens_details: { cached_tokens: 100 },
        output_tokens: 7,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: 137,
      }),
    error: (type, message) => JSON.stringify({ error: { message, type, code: type, param: null } }),
    inBandError: responsesError("server_overloaded", "Overloaded"),
    unreadable: 'data: {"oops\n\n',
    body: { model: "some-model", stream: true, max_output_tokens: 2000, store: false },
    list: { data: [{ id: "m-1", type: "model", object: "model" }] },
    fixture: {
      file: "openai-responses.chunks.txt",
      text: "Rename `parse` to `parseDuration`.\r\nFertig 🎉",
      finish: "tool-calls",
    },
  },
  {
    name: "Bedrock",
    preset: "bedrock",
    basePath: "",
    requestPath: "/model/some-model/converse-stream",
    keyHeader: ["authorization", "Bearer test-key-123"],
    contentType: "application/vnd.amazon.eventstream",
    encoding: "latin1",
    open: (pieces) =>
      converseEvent("messageStart", { role: "assistant" }) +
      pieces.map((text) => converseEvent("contentBlockDelta", { contentBlockIndex: 0, delta: { text } })).join(""),
    close:
      converseEvent("contentBlockStop", { contentBlockIndex: 0 }) +
      converseEvent("messageStop", { stopReason: "end_turn" }) +
      converseEvent("metadata", {
        usage: { inputTokens: 30, outputTokens: 7, totalTokens: 137, cacheReadInputTokens: 100 },
        metrics: { latencyMs: 100 },
      }),
    error: (type, message) => JSON.stringify({ message, type }),
    inBandError: converseException("serviceUnavailableException", "Overloaded"),
    unreadable: awsFrame({ ":event-type": "contentBlockDelta", ":message-type": "event" }, '{"oops'),
    body: {
      system: [{ text: "Be brief." }],
      messages: [{ role: "user", content: [{ text: "Why?" }] }],
      inferenceConfig: { maxTokens: 2000 },
    },
    list: {
      modelSummaries: [{ modelId: "m-1", outputModalities: ["TEXT"], inferenceTypesSupported: ["ON_DEMAND"] }],
    },
    fixture: { file: "bedrock.frames", text: "Rename `parse` to `parseDuration`.\r\nFertig 🎉", finish: "tool-calls" },
  },
  {
    name: "Ollama",
    preset: "ollama",
    basePath: "",
    requestPath: "/api/chat",
    keyHeader: ["authorization", "Bearer test-key-123"],
    contentType: "application/x-ndjson",
    open: (pieces) => said({}) + pieces.map((content) => said({ content })).join(""),
    close: lastLine("chat", "stop"),
    error: (_type, message) => JSON.stringify({ error: message }),
    inBandError: '{"error":"an error was encountered while running the model"}\n',
    unnamedError: "server-error",
    unreadable: '{"oops\n',
    usage: { input: 130, cacheRead: 0 },
    body: { model: "some-model", stream: true, truncate: false, options: { num_predict: 2000, num_ctx: 8192 } },
    list: { models: [{ name: "m-1", model: "m-1", size: 1, digest: "d", details: { family: "llama" } }] },
    listPath: "/api/tags",
    listPrice: "free",
    fixture: {
      file: "ollama-native.chunks.txt",
      text: "Use a `Map`:\n\n```ts\nconst seen = new Map<string, number>();\n```\nDone ✅ 你好",
      finish: "stop",
    },
  },
];
