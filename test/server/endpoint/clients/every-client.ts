import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import Anthropic from "@anthropic-ai/sdk";
import { generateText, type LanguageModel, streamText } from "ai";
import OpenAI from "openai";
import { z } from "zod";
import { post, type Told, textOfResponse, token } from "./clients-scene.ts";

/** One way to ask for each client, so that a test can be told of all of them. */

export interface Question {
  model: string;
  text: string;
  /** A data: URL, or another. */
  image?: string;
  maxRetries?: number;
  signal?: AbortSignal;
  /** Hears each piece as it comes. */
  onText?(piece: string): void;
}

export interface Client {
  name: string;
  wire: "openai" | "anthropic";
  kind: "vendor's SDK" | "AI SDK" | "plain";
  ask(question: Question): Promise<Told>;
  stream(question: Question): Promise<Told>;
}

export function openAi(origin: string, apiKey = token): OpenAI {
  return new OpenAI({ apiKey, baseURL: `${origin}/v1` });
}

export function anthropic(origin: string, apiKey = token): Anthropic {
  return new Anthropic({ apiKey, baseURL: origin });
}

export function aiOpenAi(origin: string, apiKey = token) {
  const options = { includeUsage: true, supportsStructuredOutputs: true };
  return createOpenAICompatible({ name: "wayfare", apiKey, baseURL: `${origin}/v1`, ...options });
}

export function aiAnthropic(origin: string, apiKey = token) {
  return createAnthropic({ apiKey, baseURL: `${origin}/v1` });
}

export function everyClient(origin: string, apiKey = token): Client[] {
  return [
    openAiClient(openAi(origin, apiKey)),
    anthropicClient(anthropic(origin, apiKey)),
    aiClient("openai", (model) => aiOpenAi(origin, apiKey).chatModel(model)),
    aiClient("anthropic", (model) => aiAnthropic(origin, apiKey).languageModel(model)),
    plainClient(origin, apiKey),
  ];
}

export const clientNames = ["OpenAI SDK", "Anthropic SDK", "AI SDK openai", "AI SDK anthropic", "fetch"] as const;

export function clientOf(name: (typeof clientNames)[number], origin: string, apiKey = token): Client {
  const found = everyClient(origin, apiKey).find((client) => client.name === name);
  if (found === undefined) throw new Error(`There is no client "${name}".`);
  return found;
}

const retriesOf = ({ maxRetries, signal }: Question) => ({
  ...(maxRetries === undefined ? {} : { maxRetries }),
  ...(signal === undefined ? {} : { signal }),
});

function openAiClient(client: OpenAI): Client {
  const bodyOf = ({ model, text, image }: Question) => ({
    model,
    max_tokens: 400,
    messages: [
      {
        role: "user" as const,
        content:
          image === undefined
            ? text
            : [
                { type: "text" as const, text },
                { type: "image_url" as const, image_url: { url: image } },
              ],
      },
    ],
  });
  const usageOf = (usage: { prompt_tokens: number; completion_tokens: number } | null | undefined) => ({
    input: usage?.prompt_tokens ?? 0,
    output: usage?.completion_tokens ?? 0,
  });
  return {
    name: "OpenAI SDK",
    wire: "openai",
    kind: "vendor's SDK",
    async ask(question) {
      const { data, response } = await client.chat.completions
        .create(bodyOf(question), retriesOf(question))
        .withResponse();
      const text = data.choices[0]?.message.content ?? "";
      return { text, usage: usageOf(data.usage), headers: headersOf(response.headers), wayfare: wayfareIn(data) };
    },
    async stream(question) {
      const { data, response } = await client.chat.completions
        .create({ ...bodyOf(question), stream: true, stream_options: { include_usage: true } }, retriesOf(question))
        .withResponse();
      let text = "";
      let last: OpenAI.ChatCompletionChunk | undefined;
      for await (const chunk of data) {
        const piece = chunk.choices[0]?.delta.content ?? "";
        text += piece;
        if (piece !== "") question.onText?.(piece);
        last = chunk;
      }
      return { text, usage: usageOf(last?.usage), headers: headersOf(response.headers), wayfare: wayfareIn(last) };
    },
  };
}

function anthropicClient(client: Anthropic): Client {
  const imageOf = (image: string): Anthropic.ImageBlockParam => {
    const [, mediaType, data] = /^data:([^;]+);base64,(.*)$/.exec(image) ?? [];
    if (data === undefined) return { type: "image", source: { type: "url", url: image } };
    // What is no image to the SDK is sent all the same: it is for the endpoint to refuse.
    const media_type = mediaType as Anthropic.Base64ImageSource["media_type"];
    return { type: "image", source: { type: "base64", media_type, data } };
  };
  const bodyOf = ({ model, text, image }: Question) => ({
    model,
    max_tokens: 400,
    messages: [
      {
        role: "user" as const,
        content: image === undefined ? text : [imageOf(image), { type: "text" as const, text }],
      },
    ],
  });
  const usageOf = (usage: {
    input_tokens: number | null;
    cache_read_input_tokens: number | null;
    cache_creation_input_tokens: number | null;
    output_tokens: number;
  }) => ({
    input: (usage.input_tokens ?? 0) + (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0),
    output: usage.output_tokens,
  });
  return {
    name: "Anthropic SDK",
    wire: "anthropic",
    kind: "vendor's SDK",
    async ask(question) {
      const { data, response } = await client.messages.create(bodyOf(question), retriesOf(question)).withResponse();
      const text = data.content.map((block) => (block.type === "text" ? block.text : "")).join("");
      return { text, usage: usageOf(data.usage), headers: headersOf(response.headers), wayfare: wayfareIn(data) };
    },
    async stream(question) {
      const { data, response } = await client.messages
        .create({ ...bodyOf(question), stream: true }, retriesOf(question))
        .withResponse();
      let text = "";
      let usage = { input: 0, output: 0 };
      let wayfare: unknown;
      for await (const event of data) {
        if (event.type === "content_block_delta" && event.delta.type === "text_delta") {
          text += event.delta.text;
          question.onText?.(event.delta.text);
        }
        if (event.type === "message_delta") {
          usage = usageOf(event.usage);
          wayfare = wayfareIn(event);
        }
      }
      return { text, usage, headers: headersOf(response.headers), wayfare };
    },
  };
}

function aiClient(wire: Client["wire"], modelOf: (model: string) => LanguageModel): Client {
  const callOf = ({ model, text, image, maxRetries, signal }: Question) => ({
    model: modelOf(model),
    maxOutputTokens: 400,
    ...(maxRetries === undefined ? {} : { maxRetries }),
    ...(signal === undefined ? {} : { abortSignal: signal }),
    messages: [
      {
        role: "user" as const,
        content: [{ type: "text" as const, text }, ...(image === undefined ? [] : [fileOf(image)])],
      },
    ],
  });
  const usageOf = (usage: { inputTokens: number | undefined; outputTokens: number | undefined }) => ({
    input: usage.inputTokens ?? 0,
    output: usage.outputTokens ?? 0,
  });
  return {
    name: `AI SDK ${wire}`,
    wire,
    kind: "AI SDK",
    async ask(question) {
      const { text, usage, response } = await generateText({ ...callOf(question), include: { responseBody: true } });
      const { headers = {}, body } = response;
      return { text, usage: usageOf(usage), headers, wayfare: wayfareIn(body) };
    },
    async stream(question) {
      const result = streamText({ ...callOf(question), includeRawChunks: true, onError: () => undefined });
      let text = "";
      let wayfare: unknown;
      for await (const part of result.fullStream) {
        if (part.type === "error") throw part.error;
        if (part.type === "abort") throw new Error("aborted");
        if (part.type === "text-delta") {
          text += part.text;
          question.onText?.(part.text);
        }
        if (part.type === "raw") wayfare = wayfareIn(part.rawValue) ?? wayfare;
      }
      const { headers = {} } = await result.response;
      return { text, usage: usageOf(await result.usage), headers, wayfare };
    },
  };
}

function fileOf(image: string) {
  const [, mediaType, data] = /^data:([^;]+);base64,(.*)$/.exec(image) ?? [];
  if (mediaType === undefined || data === undefined) {
    return { type: "file" as const, mediaType: "image", data: new URL(image) };
  }
  return { type: "file" as const, mediaType, data };
}

/** Nothing between the test and the bytes but Node; it sees trailers. */
function plainClient(origin: string, apiKey: string): Client {
  const bodyOf = ({ model, text, image }: Question) => ({
    model,
    max_tokens: 400,
    messages: [
      {
        role: "user",
        content:
          image === undefined
            ? text
            : [
                { type: "text", text },
                { type: "image_url", image_url: { url: image } },
              ],
      },
    ],
  });
  const said = async (body: unknown) => {
    const response = await post(origin, "/v1/chat/completions", body, { authorization: `Bearer ${apiKey}` });
    const text = await textOfResponse(response);
    const headers = Object.fromEntries(
      Object.entries({ ...response.headers, ...response.trailers }).map(([name, value]) => [name, String(value)]),
    );
    if (response.statusCode !== 200) throw new PlainError(response.statusCode ?? 0, text, headers);
    return { text, headers };
  };
  return {
    name: "fetch",
    wire: "openai",
    kind: "plain",
    async ask(question) {
      const { text, headers } = await said(bodyOf(question));
      const answer = answerSchema.parse(JSON.parse(text));
      return toldBy([answer], headers);
    },
    async stream(question) {
      const body = { ...bodyOf(question), stream: true, stream_options: { include_usage: true } };
      const { text, headers } = await said(body);
      const events = text.split("\n\n").filter((event) => event !== "");
      if (events.pop() !== "data: [DONE]") throw new Error("The stream has no end.");
      return toldBy(
        events.map((event) => answerSchema.parse(JSON.parse(event.replace(/^data: /, "")))),
        headers,
      );
    },
  };
}

export class PlainError extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  constructor(status: number, text: string, headers: Readonly<Record<string, string>>) {
    super(text);
    this.status = status;
    this.headers = headers;
  }
}

const contentSchema = z.looseObject({ content: z.string().nullish() });
const answerSchema = z.looseObject({
  choices: z.array(z.looseObject({ delta: contentSchema.optional(), message: contentSchema.optional() })),
  usage: z.looseObject({ prompt_tokens: z.int(), completion_tokens: z.int() }).nullish(),
});

function toldBy(answers: readonly z.infer<typeof answerSchema>[], headers: Told["headers"]): Told {
  const last = answers.at(-1);
  const text = answers.map(({ choices: [one] }) => (one?.delta ?? one?.message)?.content ?? "").join("");
  const usage = { input: last?.usage?.prompt_tokens ?? 0, output: last?.usage?.completion_tokens ?? 0 };
  return { text, usage, headers, wayfare: wayfareIn(last) };
}

function headersOf(headers: Headers): Record<string, string> {
  return Object.fromEntries(headers);
}

function wayfareIn(value: unknown): unknown {
  return z.looseObject({ wayfare: z.unknown() }).safeParse(value).data?.wayfare;
}
