import type {
  LanguageModelV4CallOptions,
  LanguageModelV4FilePart,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  LanguageModelV4ToolResultOutput,
} from "@ai-sdk/provider";
import * as z from "zod";
import { cacheMarkPlaces } from "../core/cache-marks.ts";
import type { Image, Message, ProviderRequest, ReasoningBlock, Tool, ToolCall } from "../core/provider.ts";
import { readJson } from "./read-json.ts";
import { isSimplifiable, simplifyTool } from "./simplify-schema.ts";
import { plainCallId } from "./tool-call-ids.ts";

/** A parameter that can be left out when a server refuses it, and the answer still means the same. */
export type SdkParameter = "temperature" | "cache_control" | "tool_schema" | "eager_input_streaming";

export interface SdkVendorOptions {
  /** What the vendor's package calls its options. */
  optionsName: string;
  /** Vendor options of each request. */
  options: Readonly<Record<string, string | number | boolean>>;
}

/** A request as the AI SDK takes it. `refused` names what this server is known not to take for this model. */
export function encodeCall(
  request: ProviderRequest,
  vendor: SdkVendorOptions,
  { refused, signal }: { refused: ReadonlySet<SdkParameter>; signal: AbortSignal },
): LanguageModelV4CallOptions {
  const { tools = [], toolChoice = "auto" } = request;
  // Word for arguments that are streamed as they are written, on by itself.
  const wholeInputs = refused.has("eager_input_streaming") ? { toolStreaming: false } : {};
  return {
    prompt: encodePrompt(request.messages, vendor.optionsName, refused),
    maxOutputTokens: request.maxOutputTokens,
    ...(request.temperature === undefined || refused.has("temperature") ? {} : { temperature: request.temperature }),
    ...(request.stop === undefined || request.stop.length === 0 ? {} : { stopSequences: [...request.stop] }),
    ...(tools.length === 0 ? {} : { tools: encodeTools(tools, refused), toolChoice: { type: toolChoice } }),
    abortSignal: signal,
    // The count of the prompt stands in the first event, and the SDK tells of it at the end alone.
    includeRawChunks: true,
    providerOptions: { [vendor.optionsName]: { ...vendor.options, ...wholeInputs } },
  };
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
    cache_control: cacheMarkPlaces(request.messages.filter(isSaid)).length > 0,
    tool_schema: isSimplifiable(request.tools ?? []),
    eager_input_streaming: (request.tools?.length ?? 0) > 0,
  };
  return isSent[parameter] ? parameter : null;
}

function parameterIn(named: string): SdkParameter | null {
  const last = named.slice(named.lastIndexOf(".") + 1);
  if (last === "temperature" || last === "cache_control" || last === "eager_input_streaming") return last;
  return /^(additionalProperties|\$schema|strict)$/.test(last) || /^tools\b.*input_schema/.test(named)
    ? "tool_schema"
    : null;
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
    (message.toolCalls?.length ?? 0) > 0
  );
}

function encodePrompt(
  messages: readonly Message[],
  optionsName: string,
  refused: ReadonlySet<SdkParameter>,
): LanguageModelV4Prompt {
  const said = messages.filter(isSaid);
  const marked = new Set(refused.has("cache_control") ? [] : cacheMarkPlaces(said));
  const mark = { [optionsName]: { cacheControl: { type: "ephemeral" } } };
  // A result names its tool only through the call that it answers.
  const toolNames = new Map(said.flatMap((each) => (each.toolCalls ?? []).map((call) => [call.id, call.name])));
  return said.flatMap((message, index) =>
    encodeMessage(message, optionsName, toolNames).map((encoded) =>
      marked.has(index) ? { ...encoded, providerOptions: mark } : encoded,
    ),
  );
}

function encodeMessage(
  message: Message,
  optionsName: string,
  toolNames: ReadonlyMap<string, string>,
): LanguageModelV4Message[] {
  const { role, text, images = [] } = message;
  const words = text.trim() === "" ? [] : [{ type: "text" as const, text }];
  switch (role) {
    case "system":
      return [{ role, content: text }];
    case "user":
      // Pictures first, as Anthropic advises.
      return [{ role, content: [...images.map(encodeImage), ...words] }];
    case "assistant":
      return [
        {
          role,
          content: [
            ...(message.reasoning ?? []).map((block) => encodeReasoning(block, optionsName)),
            ...words,
            ...(message.toolCalls ?? []).map(encodeToolCall),
          ],
        },
      ];
    case "tool": {
      const id = message.toolCallId ?? "";
      const result = {
        type: "tool-result" as const,
        toolCallId: plainCallId(id),
        toolName: toolNames.get(id) ?? "tool",
        output: encodeResult(message),
      };
      return [{ role, content: [result] }];
    }
  }
}

function encodeImage({ mediaType, base64 }: Image): LanguageModelV4FilePart {
  return { type: "file", mediaType, data: { type: "data", data: base64 } };
}

/** Signed or encrypted thinking as the vendor's package wants to see it again. */
function encodeReasoning({ text, signature, redactedData }: ReasoningBlock, optionsName: string) {
  const facts = redactedData === null ? { signature: signature ?? "" } : { redactedData };
  return { type: "reasoning" as const, text, providerOptions: { [optionsName]: facts } };
}

function encodeToolCall({ id, name, argumentsJson }: ToolCall) {
  const input = readJson(argumentsJson, z.record(z.string(), z.unknown())) ?? {};
  return { type: "tool-call" as const, toolCallId: plainCallId(id), toolName: name, input };
}

/** A failed tool has only words, for the SDK marks no pictures as an error. */
function encodeResult({ text, images = [], isError }: Message): LanguageModelV4ToolResultOutput {
  if (isError === true) return { type: "error-text", value: text };
  if (images.length === 0) return { type: "text", value: text };
  const words = text.trim() === "" ? [] : [{ type: "text" as const, text }];
  return { type: "content", value: [...words, ...images.map(encodeImage)] };
}
