import { cacheMarkPlaces } from "../core/cache-marks.ts";
import { isAddressed } from "../core/image-addresses.ts";
import { divideFields } from "../core/passed-on.ts";
import type {
  Image,
  Message,
  PdfDocument,
  ProviderRequest,
  ReasoningBlock,
  ToolCall,
  ToolChoice,
} from "../core/provider.ts";
import type { WireRow } from "./presets.ts";
import { isSimplifiable, simplifyTool } from "./simplify-schema.ts";
import { nineCharacterCallId } from "./tool-call-ids.ts";

/**
 * A parameter that can be left out or renamed when a server refuses it, and the answer still means the same.
 * `tool_schema`: keywords of the tools' schemas that not every vendor reads.
 */
export type OptionalParameter =
  | "stream_options"
  | "max_tokens"
  | "max_completion_tokens"
  | "temperature"
  | "top_p"
  | "top_k"
  | "cache_control"
  | "detail"
  | "tool_schema"
  | "reasoning_content";

/** The body of a streamed chat request. `refused` names what this server is known not to take for this model. */
export function encodeChat(
  request: ProviderRequest,
  row: WireRow,
  refused: ReadonlySet<OptionalParameter>,
): Record<string, unknown> {
  const marks = row.cacheMarks === "anthropic-models" && request.modelId.includes("anthropic/");
  const places = marks && !refused.has("cache_control") ? cacheMarkPlaces(request.messages) : [];
  return {
    ...encodePassedOn(request, refused),
    model: request.modelId,
    messages: markPrefill(encodeMessages(request.messages, places, { row, refused }), request, row),
    ...encodeTools(request, refused),
    stream: true,
    ...(row.includeUsage === "ask" && !refused.has("stream_options")
      ? { stream_options: { include_usage: true } }
      : {}),
    ...encodeLimit(request.maxOutputTokens, row, refused),
    ...(request.temperature === undefined || refused.has("temperature") ? {} : { temperature: request.temperature }),
    ...(request.stop === undefined || request.stop.length === 0 ? {} : { stop: [...request.stop] }),
  };
}

/** What a client asked for beside what we write; it stands below that. */
function encodePassedOn(
  { passedOn, tools = [] }: ProviderRequest,
  refused: ReadonlySet<OptionalParameter>,
): Record<string, unknown> {
  const fields = { ...divideFields(passedOn, "openai-compatible").raw };
  if (refused.has("top_p")) delete fields.top_p;
  if (refused.has("top_k")) delete fields.top_k;
  // Without tools it is refused.
  if (tools.length === 0) delete fields.parallel_tool_calls;
  return fields;
}

/** True when the last message is a begun answer that this vendor only goes on with when it is marked. */
export function isMarkedPrefill({ messages }: Pick<ProviderRequest, "messages">, row: WireRow): boolean {
  const last = messages.at(-1);
  return row.prefill === "marked" && last?.role === "assistant" && (last.toolCalls?.length ?? 0) === 0;
}

function markPrefill(
  encoded: Record<string, unknown>[],
  request: ProviderRequest,
  row: WireRow,
): Record<string, unknown>[] {
  if (!isMarkedPrefill(request, row)) return encoded;
  return encoded.map((message, index) => (index === encoded.length - 1 ? { ...message, prefix: true } : message));
}

/** What to leave out, or to name otherwise, after `named` was refused; null when no request comes of it that differs. */
export function parameterToLeaveOut(
  named: string | null,
  request: Pick<ProviderRequest, "tools" | "passedOn"> & Partial<Pick<ProviderRequest, "messages">>,
  row: WireRow,
  refused: ReadonlySet<OptionalParameter>,
): OptionalParameter | null {
  if (named === null || (named === "stream_options" && row.includeUsage === "never")) return null;
  if (named === "stream_options" || named === "temperature" || named === "cache_control") {
    return refused.has(named) ? null : named;
  }
  if (named === "top_p" || named === "top_k") {
    return refused.has(named) || request.passedOn?.fields[named] === undefined ? null : named;
  }
  if (named === "max_tokens" || named === "max_completion_tokens") {
    // The bound on the answer holds the money back, so one of the two names is always sent.
    return limitField(row, refused) === named && !refused.has(otherLimit(named)) ? named : null;
  }
  if (lastStep(named) === "detail") {
    const isSent = request.messages?.some(({ images = [] }) => images.some(({ detail }) => detail !== undefined));
    return isSent !== true || refused.has("detail") ? null : "detail";
  }
  if (/^reasoning(_content|_details)?$/.test(lastStep(named))) {
    return refused.has("reasoning_content") ? null : "reasoning_content";
  }
  if (isSchemaKeyword(named)) {
    return refused.has("tool_schema") || !isSimplifiable(request.tools ?? []) ? null : "tool_schema";
  }
  return null;
}

/** `tools[0].function.parameters`, `$schema`, or where Google finds it: `tools[0].function_declarations[0].parameters`. */
function isSchemaKeyword(named: string): boolean {
  return /^(additionalProperties|\$schema|strict)$/.test(lastStep(named)) || /^tools?\b.*parameters/.test(named);
}

function lastStep(place: string): string {
  return place.slice(place.lastIndexOf(".") + 1);
}

interface EncodeFacts {
  row: WireRow;
  refused: ReadonlySet<OptionalParameter>;
}

function encodeMessages(
  messages: readonly Message[],
  places: readonly number[],
  facts: EncodeFacts,
): Record<string, unknown>[] {
  const encoded: Record<string, unknown>[] = [];
  /** A tool's answer is text on this wire; its images follow behind the last result, as if the person showed them. */
  let waiting: Image[] = [];
  for (const [index, message] of messages.entries()) {
    encoded.push(encodeMessage(message, places.includes(index), facts));
    if (message.role === "tool") waiting.push(...(message.images ?? []));
    if (waiting.length === 0 || messages[index + 1]?.role === "tool") continue;
    encoded.push({
      role: "user",
      content: [{ type: "text", text: "The tool's images:" }, ...waiting.map((image) => encodeImage(image, facts))],
    });
    waiting = [];
  }
  return encoded;
}

function encodeMessage(message: Message, marked: boolean, facts: EncodeFacts): Record<string, unknown> {
  const { role, text } = message;
  if (role === "tool") {
    return { role, tool_call_id: encodeCallId(message.toolCallId ?? "", facts), content: text };
  }
  const calls = role === "assistant" ? (message.toolCalls ?? []) : [];
  const images = role === "user" ? (message.images ?? []) : [];
  const part = { type: "text", text, ...(marked ? { cache_control: { type: "ephemeral" } } : {}) };
  const documents = role === "user" ? (message.documents ?? []) : [];
  const shown = [...images.map((image) => encodeImage(image, facts)), ...documents.map(encodeDocument)];
  const words = text === "" && shown.length > 0 ? [] : [part];
  const content = marked || shown.length > 0 ? [...words, ...shown] : text;
  if (calls.length === 0) return { role, content };
  return {
    role,
    content: text === "" ? null : content,
    tool_calls: calls.map((call) => encodeCall(call, facts)),
    ...encodeReasoning(message.reasoning ?? [], facts),
  };
}

function encodeImage(image: Image, { refused }: EncodeFacts): Record<string, unknown> {
  const url = isAddressed(image) ? image.url : `data:${image.mediaType};base64,${image.base64}`;
  const detail = image.detail === undefined || refused.has("detail") ? {} : { detail: image.detail };
  return { type: "image_url", image_url: { url, ...detail } };
}

/** https://platform.openai.com/docs/guides/pdf-files: a name has to be there. */
function encodeDocument({ base64, name = "document.pdf" }: PdfDocument): Record<string, unknown> {
  return { type: "file", file: { filename: name, file_data: `data:application/pdf;base64,${base64}` } };
}

/**
 * Google's signed calls: without the signature of its own model it refuses the conversation, and for calls of other models
 * it names this word to write instead. https://ai.google.dev/gemini-api/docs/thought-signatures
 */
const otherModelsCall = "skip_thought_signature_validator";

function encodeCall(call: ToolCall, facts: EncodeFacts): Record<string, unknown> {
  const signature = call.signature?.value ?? (facts.row.callSignatures === "google" ? otherModelsCall : null);
  return {
    id: encodeCallId(call.id, facts),
    type: "function",
    function: { name: call.name, arguments: call.argumentsJson },
    ...(signature === null ? {} : { extra_content: { google: { thought_signature: signature } } }),
  };
}

function encodeCallId(id: string, { row }: EncodeFacts): string {
  return row.toolCallIds === "nine-characters" ? nineCharacterCallId(id) : id;
}

/**
 * The thinking behind calls goes back with them: DeepSeek and Moonshot refuse the conversation without it, and OpenRouter
 * hands signed blocks on to the vendor that signed them. Elsewhere nothing is lost where a server does not take it.
 */
function encodeReasoning(blocks: readonly ReasoningBlock[], { row, refused }: EncodeFacts): Record<string, unknown> {
  if (blocks.length === 0 || refused.has("reasoning_content")) return {};
  if (row.reasoningField === "reasoning_details") {
    return {
      reasoning_details: blocks.map(({ text, signature, redactedData, tags }, index) =>
        redactedData === null
          ? { ...tags, type: "reasoning.text", text, signature, index }
          : { ...tags, type: "reasoning.encrypted", data: redactedData, index },
      ),
    };
  }
  const text = blocks.map((block) => block.text).join("");
  return text === "" ? {} : { reasoning_content: text };
}

function encodeTools(
  { tools = [], toolChoice = "auto" }: ProviderRequest,
  refused: ReadonlySet<OptionalParameter>,
): Record<string, unknown> {
  if (tools.length === 0) return {};
  const said = refused.has("tool_schema") ? tools.map(simplifyTool) : tools;
  return {
    tools: said.map(({ name, description, parameters, isStrict }) => ({
      type: "function",
      function: { name, description, parameters, ...(isStrict === true ? { strict: true } : {}) },
    })),
    // Every vendor chooses by itself where nothing is said, and some refuse the word.
    ...(toolChoice === "auto" ? {} : { tool_choice: encodeToolChoice(toolChoice) }),
  };
}

function encodeToolChoice(choice: ToolChoice): unknown {
  return typeof choice === "string" ? choice : { type: "function", function: { name: choice.name } };
}

function encodeLimit(tokens: number, row: WireRow, refused: ReadonlySet<OptionalParameter>): Record<string, number> {
  return { [limitField(row, refused)]: tokens };
}

function limitField(row: WireRow, refused: ReadonlySet<OptionalParameter>): "max_tokens" | "max_completion_tokens" {
  return refused.has(row.maxTokensField) ? otherLimit(row.maxTokensField) : row.maxTokensField;
}

function otherLimit(name: "max_tokens" | "max_completion_tokens"): "max_tokens" | "max_completion_tokens" {
  return name === "max_tokens" ? "max_completion_tokens" : "max_tokens";
}
