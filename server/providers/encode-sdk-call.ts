import type {
  JSONObject,
  LanguageModelV4CallOptions,
  LanguageModelV4FilePart,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  LanguageModelV4ToolChoice,
  LanguageModelV4ToolResultOutput,
} from "@ai-sdk/provider";
import * as z from "zod";
import { cacheMarkPlaces } from "../core/cache-marks.ts";
import { isAddressed, mediaTypeAt } from "../core/image-addresses.ts";
import type { DividedFields, ResponseFormat, SharedFields } from "../core/passed-on.ts";
import type {
  Image,
  ImageDetail,
  Message,
  PdfDocument,
  ProviderRequest,
  ReasoningBlock,
  Tool,
  ToolCall,
  ToolChoice,
} from "../core/provider.ts";
import { readJson } from "./read-json.ts";
import { isSimplifiable, simplifyTool } from "./simplify-schema.ts";
import { plainCallId } from "./tool-call-ids.ts";
import { isThinking } from "./with-fields.ts";

/** A parameter that can be left out when a server refuses it, and the answer still means the same. */
export type SdkParameter =
  | "temperature"
  | "top_p"
  | "top_k"
  | "cache_control"
  | "tool_schema"
  | "eager_input_streaming"
  | "reasoning_summary";

/** What the vendor's packages call their own facts and options. */
export interface SdkVendorOptions {
  /** Under which name the package looks for its options. */
  optionsName: string;
  /** Vendor options of each request to this model. */
  options(modelId: string, refused: ReadonlySet<SdkParameter>): JSONObject;
  /** The option for at most one call in an answer; absent: it has none. */
  oneCallOnly?: JSONObject;
  /** The option for a schema that not all answers have to fit to the letter; absent: it has none. */
  looseSchema?: JSONObject;
  /** The option for how finely an image is looked at; absent: it has none. */
  imageDetail?(detail: ImageDetail): JSONObject;
  /** What marks the end of a prompt that is to be kept; null: the vendor keeps by itself what this model has read. */
  cacheMark(modelId: string): JSONObject | null;
  /**
   * How a block of thinking names what has to come back with it: its signature, its encrypted form, and what else it
   * carries. A tool call's signature goes by the same name.
   */
  thinking: { signature: string; encrypted: string; tags: readonly string[] };
}

/**
 * A request as the AI SDK takes it. `refused` names what this server is known not to take for this model, `passed` is what
 * becomes of what a client asked for besides.
 */
export function encodeCall(
  request: ProviderRequest,
  vendor: SdkVendorOptions,
  {
    refused,
    passed: { shared, raw },
    signal,
  }: { refused: ReadonlySet<SdkParameter>; passed: Pick<DividedFields, "shared" | "raw">; signal: AbortSignal },
): LanguageModelV4CallOptions {
  const { tools = [], toolChoice = "auto" } = request;
  const mark = refused.has("cache_control") ? null : vendor.cacheMark(request.modelId);
  return {
    prompt: encodePrompt(request.messages, vendor, mark),
    maxOutputTokens: request.maxOutputTokens,
    ...(request.temperature === undefined || refused.has("temperature") || isThinking(raw)
      ? {}
      : { temperature: request.temperature }),
    ...encodeShared(shared, raw, refused),
    ...(request.stop === undefined || request.stop.length === 0 ? {} : { stopSequences: [...request.stop] }),
    ...(tools.length === 0 ? {} : { tools: encodeTools(tools, refused), toolChoice: encodeToolChoice(toolChoice) }),
    abortSignal: signal,
    // The count of the prompt stands in the first event, and the SDK tells of it at the end alone.
    includeRawChunks: true,
    providerOptions: {
      [vendor.optionsName]: {
        ...vendor.options(request.modelId, refused),
        ...(shared.oneCallOnly === true && tools.length > 0 ? vendor.oneCallOnly : {}),
        ...(shared.responseFormat !== undefined && shared.responseFormat.isStrict !== true ? vendor.looseSchema : {}),
      },
    },
  };
}

function encodeShared(
  shared: SharedFields,
  raw: DividedFields["raw"],
  refused: ReadonlySet<SdkParameter>,
): Partial<LanguageModelV4CallOptions> {
  const { topP, topK, seed, presencePenalty, frequencyPenalty, responseFormat } = shared;
  return {
    ...(topP === undefined || refused.has("top_p") ? {} : { topP }),
    ...(topK === undefined || refused.has("top_k") || isThinking(raw) ? {} : { topK }),
    ...(seed === undefined ? {} : { seed }),
    ...(presencePenalty === undefined ? {} : { presencePenalty }),
    ...(frequencyPenalty === undefined ? {} : { frequencyPenalty }),
    ...(responseFormat === undefined ? {} : { responseFormat: encodeFormat(responseFormat) }),
  };
}

function encodeFormat({
  schema,
  isStrict: _,
  ...facts
}: ResponseFormat): NonNullable<LanguageModelV4CallOptions["responseFormat"]> {
  return schema === null ? { type: "json" } : { type: "json", schema, ...facts };
}

/** What to leave out after `named` was refused; null when no request comes of it that differs. */
export function sdkParameterToLeaveOut(
  named: string | null,
  request: ProviderRequest,
  refused: ReadonlySet<SdkParameter>,
): SdkParameter | null {
  const parameter = named === null ? null : parameterIn(named);
  if (parameter === null || refused.has(parameter)) return null;
  const isSent = {
    temperature: request.temperature !== undefined,
    top_p: request.passedOn?.fields.top_p !== undefined,
    top_k: request.passedOn?.fields.top_k !== undefined,
    cache_control: cacheMarkPlaces(request.messages.filter(isSaid)).length > 0,
    tool_schema: isSimplifiable(request.tools ?? []),
    eager_input_streaming: (request.tools?.length ?? 0) > 0,
    reasoning_summary: true,
  };
  return isSent[parameter] ? parameter : null;
}

function parameterIn(named: string): SdkParameter | null {
  const last = named.slice(named.lastIndexOf(".") + 1);
  if (last === "temperature" || last === "cache_control" || last === "eager_input_streaming") return last;
  if (named === "top_p" || named === "top_k") return named;
  if (named === "reasoning.summary") return "reasoning_summary";
  return /^(additionalProperties|\$schema|strict)$/.test(last) || /^tools\b.*input_schema/.test(named)
    ? "tool_schema"
    : null;
}

function encodeToolChoice(choice: ToolChoice): LanguageModelV4ToolChoice {
  return typeof choice === "string" ? { type: choice } : { type: "tool", toolName: choice.name };
}

function encodeTools(
  tools: readonly Tool[],
  refused: ReadonlySet<SdkParameter>,
): NonNullable<LanguageModelV4CallOptions["tools"]> {
  const said = refused.has("tool_schema") ? tools.map(simplifyTool) : tools;
  return said.map(({ name, description, parameters }) => ({
    type: "function",
    name,
    description,
    inputSchema: parameters,
  }));
}

/** Messages without anything to be seen are left out: vendors refuse empty text. */
function isSaid(message: Message): boolean {
  return (
    message.role === "tool" ||
    message.text.trim() !== "" ||
    (message.images?.length ?? 0) > 0 ||
    (message.documents?.length ?? 0) > 0 ||
    (message.toolCalls?.length ?? 0) > 0
  );
}

function encodePrompt(
  messages: readonly Message[],
  vendor: SdkVendorOptions,
  mark: JSONObject | null,
): LanguageModelV4Prompt {
  const said = messages.filter(isSaid);
  const marked = new Set(mark === null ? [] : cacheMarkPlaces(said));
  const providerOptions = { [vendor.optionsName]: mark ?? {} };
  // A result names its tool only through the call that it answers.
  const toolNames = new Map(said.flatMap((each) => (each.toolCalls ?? []).map((call) => [call.id, call.name])));
  return said.flatMap((message, index) =>
    encodeMessage(message, vendor, toolNames).map((encoded) =>
      marked.has(index) ? { ...encoded, providerOptions } : encoded,
    ),
  );
}

function encodeMessage(
  message: Message,
  vendor: SdkVendorOptions,
  toolNames: ReadonlyMap<string, string>,
): LanguageModelV4Message[] {
  const { role, text, images = [], documents = [] } = message;
  const words = text.trim() === "" ? [] : [{ type: "text" as const, text }];
  switch (role) {
    case "system":
      return [{ role, content: text }];
    case "user":
      // Pictures and documents first, as Anthropic advises.
      return [
        {
          role,
          content: [...images.map((image) => encodeImage(image, vendor)), ...documents.map(encodeDocument), ...words],
        },
      ];
    case "assistant":
      return [
        {
          role,
          content: [
            ...(message.reasoning ?? []).map((block) => encodeReasoning(block, vendor)),
            ...words,
            ...(message.toolCalls ?? []).map((call) => encodeToolCall(call, vendor)),
          ],
        },
      ];
    case "tool": {
      const id = message.toolCallId ?? "";
      const result = {
        type: "tool-result" as const,
        toolCallId: plainCallId(id),
        toolName: toolNames.get(id) ?? "tool",
        output: encodeResult(message, vendor),
      };
      return [{ role, content: [result] }];
    }
  }
}

/** The package writes an address down as it is: it is the SDK above it that would fetch, and that is not in use here. */
function encodeImage(image: Image, { optionsName, imageDetail }: SdkVendorOptions): LanguageModelV4FilePart {
  const options = image.detail === undefined ? undefined : imageDetail?.(image.detail);
  const detail = options === undefined ? {} : { providerOptions: { [optionsName]: options } };
  if (!isAddressed(image)) {
    return { type: "file", mediaType: image.mediaType, data: { type: "data", data: image.base64 }, ...detail };
  }
  const mediaType = mediaTypeAt(image.url) ?? "image/*";
  return { type: "file", mediaType, data: { type: "url", url: new URL(image.url) }, ...detail };
}

function encodeDocument({ base64, name }: PdfDocument): LanguageModelV4FilePart {
  const data = { type: "data", data: base64 } as const;
  return { type: "file", mediaType: "application/pdf", data, ...(name === undefined ? {} : { filename: name }) };
}

/** Signed or encrypted thinking as the vendor's package wants to see it again. */
function encodeReasoning({ text, signature, redactedData, tags }: ReasoningBlock, vendor: SdkVendorOptions) {
  const names = vendor.thinking;
  const facts = redactedData === null ? { [names.signature]: signature ?? "" } : { [names.encrypted]: redactedData };
  return { type: "reasoning" as const, text, providerOptions: { [vendor.optionsName]: { ...tags, ...facts } } };
}

function encodeToolCall({ id, name, argumentsJson, signature }: ToolCall, vendor: SdkVendorOptions) {
  const input = readJson(argumentsJson, z.record(z.string(), z.unknown())) ?? {};
  const call = { type: "tool-call" as const, toolCallId: plainCallId(id), toolName: name, input };
  if (signature === undefined) return call;
  return { ...call, providerOptions: { [vendor.optionsName]: { [vendor.thinking.signature]: signature.value } } };
}

/** A failed tool has only words, for the SDK marks no pictures as an error. */
function encodeResult(
  { text, images = [], isError }: Message,
  vendor: SdkVendorOptions,
): LanguageModelV4ToolResultOutput {
  if (isError === true) return { type: "error-text", value: text };
  if (images.length === 0) return { type: "text", value: text };
  const words = text.trim() === "" ? [] : [{ type: "text" as const, text }];
  return { type: "content", value: [...words, ...images.map((image) => encodeImage(image, vendor))] };
}
