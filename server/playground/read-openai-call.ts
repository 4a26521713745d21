import * as z from "zod";
import type { Image, Message } from "../core/provider.ts";
import type { VendorModel } from "./vendor-model.ts";
import type { ReadCall, Refusal, Segment, VendorCall } from "./vendor-wire.ts";

/** Reads the body of a chat request and refuses what the real vendor refuses, naming the parameter. */
export function readOpenAiCall(body: unknown, find: (modelId: string) => VendorModel | undefined): ReadCall {
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) return { ok: false, refusal: refusalOf(parsed.error) };
  const asked = parsed.data;
  const model = find(asked.model);
  if (model === undefined) return no({ status: 404, message: `There is no model '${asked.model}', or not for you.` });
  const refused = refusedParameter(asked, model);
  if (refused !== null) return no(refused);
  if (asked.stream_options !== undefined && asked.stream !== true) {
    const message = "'stream_options' goes only with 'stream': true.";
    return no({ status: 400, parameter: "stream_options", message });
  }
  if (asked.max_tokens != null && asked.max_completion_tokens != null) {
    const message = "Send 'max_tokens' or 'max_completion_tokens', not both.";
    return no({ status: 400, parameter: "max_tokens", message });
  }
  const limitName = asked.max_completion_tokens == null ? "max_tokens" : "max_completion_tokens";
  const limit = asked[limitName] ?? model.maxOutputTokens;
  if (limit > model.maxOutputTokens) {
    const message = `'${limitName}' is ${limit}; ${model.id} writes at most ${model.maxOutputTokens} tokens.`;
    return no({ status: 400, code: "invalid_value", parameter: limitName, message });
  }
  const messages = asked.messages.map(toMessage);
  const tools = (asked.tools ?? []).map(({ function: said }) => ({
    name: said.name,
    parameters: said.parameters ?? {},
  }));
  const unanswered = misplacedResult(messages);
  if (unanswered !== null) return no({ status: 400, parameter: "messages", message: unanswered });
  if (model.cannotSee === true && messages.some((message) => message.images !== undefined)) {
    return no({ status: 400, message: `${model.id} does not support image input.` });
  }
  if (model.cannotCall === true && tools.length > 0) {
    return no({ status: 400, message: `${model.id} does not support tools` });
  }
  return {
    ok: true,
    call: {
      model,
      messages,
      hole: null,
      segments: [
        ...(tools.length === 0 ? [] : [{ role: "system" as const, text: JSON.stringify(asked.tools), marked: false }]),
        ...messages.map(segmentOf),
      ],
      tools,
      toolChoice: readChoice(asked.tool_choice ?? "auto"),
      maxOutputTokens: limit,
      stop: typeof asked.stop === "string" ? [asked.stop] : (asked.stop ?? []),
      stream: asked.stream ?? false,
      includeUsage: asked.stream === true ? (asked.stream_options?.include_usage ?? false) : true,
    },
  };
}

function readChoice(
  choice: NonNullable<z.infer<typeof bodySchema>["tool_choice"]>,
): NonNullable<VendorCall["toolChoice"]> {
  return typeof choice === "string" ? choice : { name: choice.function.name };
}

const textPart = z.strictObject({ type: z.literal("text"), text: z.string() });
const imagePart = z.strictObject({
  type: z.literal("image_url"),
  image_url: z.strictObject({ url: z.string(), detail: z.string().optional() }),
});
const texts = z.union([z.string(), z.array(textPart).min(1)]);
const name = z.string().optional();
const messageSchema = z.discriminatedUnion("role", [
  z.strictObject({ role: z.literal("system"), content: texts, name }),
  z.strictObject({ role: z.literal("developer"), content: texts, name }),
  z.strictObject({
    role: z.literal("user"),
    content: z.union([z.string(), z.array(z.union([textPart, imagePart])).min(1)]),
    name,
  }),
  z.strictObject({
    role: z.literal("assistant"),
    content: texts.nullish(),
    refusal: z.string().nullish(),
    tool_calls: z
      .array(
        z.strictObject({
          id: z.string().min(1),
          type: z.literal("function"),
          function: z.strictObject({ name: z.string().min(1), arguments: z.string() }),
        }),
      )
      .min(1)
      .optional(),
    name,
  }),
  z.strictObject({ role: z.literal("tool"), content: texts, tool_call_id: z.string() }),
]);
type WireMessage = z.infer<typeof messageSchema>;

const bodySchema = z.strictObject({
  model: z.string().min(1),
  messages: z.array(messageSchema).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.strictObject({ include_usage: z.boolean().optional() }).optional(),
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  stop: z.union([z.string(), z.array(z.string()).min(1).max(4)]).nullish(),
  n: z.literal(1).nullish(),
  seed: z.int().nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  user: z.string().optional(),
  prompt_cache_key: z.string().optional(),
  reasoning_effort: z.string().nullish(),
  response_format: z.unknown().optional(),
  tools: z
    .array(
      z.strictObject({
        type: z.literal("function"),
        function: z.strictObject({
          name: z.string().regex(/^[\w-]{1,64}$/),
          description: z.string().optional(),
          parameters: z.looseObject({ type: z.literal("object") }).optional(),
          strict: z.boolean().nullish(),
        }),
      }),
    )
    .min(1)
    .optional(),
  tool_choice: z
    .union([
      z.enum(["auto", "none", "required"]),
      z.strictObject({ type: z.literal("function"), function: z.strictObject({ name: z.string() }) }),
    ])
    .optional(),
  parallel_tool_calls: z.boolean().optional(),
  metadata: z.record(z.string(), z.string()).nullish(),
  store: z.boolean().nullish(),
  service_tier: z.string().nullish(),
});

function toMessage(message: WireMessage): Message {
  const content = message.content ?? "";
  const parts = typeof content === "string" ? [{ type: "text" as const, text: content }] : content;
  const text = parts.map((part) => (part.type === "text" ? part.text : "")).join("");
  const images = parts.flatMap((part) => (part.type === "text" ? [] : imageIn(part.image_url.url)));
  const role = message.role === "developer" ? "system" : message.role;
  const calls = message.role === "assistant" ? (message.tool_calls ?? []) : [];
  return {
    role,
    text,
    ...(images.length === 0 ? {} : { images }),
    ...(calls.length === 0
      ? {}
      : {
          toolCalls: calls.map((call) => ({
            id: call.id,
            name: call.function.name,
            argumentsJson: call.function.arguments,
          })),
        }),
    ...(message.role === "tool" ? { toolCallId: message.tool_call_id } : {}),
  };
}

const mediaTypeSchema = z.enum(["image/png", "image/jpeg", "image/gif", "image/webp"]);

function imageIn(url: string): Image[] {
  if (/^https?:/.test(url)) return [{ url }];
  const [, said, base64 = ""] = /^data:([^;]+);base64,(.*)$/s.exec(url) ?? [];
  const mediaType = mediaTypeSchema.safeParse(said);
  return mediaType.success ? [{ mediaType: mediaType.data, base64 }] : [];
}

function segmentOf({ role, text, images = [], toolCalls = [] }: Message): Segment {
  const calls = toolCalls.map((call) => `${call.name}${call.argumentsJson}`).join("");
  return { role, text: text + calls, marked: false, images: images.length };
}

/** What is wrong with the order of calls and results, as this vendor says it; null for nothing. */
function misplacedResult(messages: readonly Message[]): string | null {
  let open = new Set<string>();
  for (const message of messages) {
    if (message.role === "tool") {
      if (!open.delete(message.toolCallId ?? "")) {
        return "messages with role 'tool' must be a response to a preceding message with 'tool_calls'.";
      }
      continue;
    }
    if (open.size > 0) break;
    open = new Set((message.toolCalls ?? []).map((call) => call.id));
  }
  if (open.size === 0) return null;
  return `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id': ${[...open].join(", ")}.`;
}

/** A parameter that the model does not take, as this vendor says it; null when it takes all of them. */
export function refusedParameter(asked: object, model: VendorModel): Refusal | null {
  const refused = Object.keys(asked).find((name) => model.refusedParameters?.includes(name));
  if (refused === undefined) return null;
  const message = `Unsupported parameter: '${refused}' cannot be used with ${model.id}.`;
  return { status: 400, code: "unsupported_parameter", parameter: refused, message };
}

function no(refusal: Refusal): ReadCall {
  return { ok: false, refusal };
}

/** The first thing that is wrong, with its place as this vendor writes it: `messages[2].role`. */
export function refusalOf(error: z.ZodError): Refusal {
  const issue = error.issues[0];
  if (issue === undefined) return { status: 400, message: "The request cannot be read." };
  const place = placeOf(issue.path);
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0] ?? "";
    const parameter = place === "" ? key : `${place}.${key}`;
    return { status: 400, code: "unknown_parameter", parameter, message: `Unknown parameter: '${parameter}'.` };
  }
  if (place === "") return { status: 400, message: "The body must be a JSON object with a model and messages." };
  const code = issue.code === "invalid_type" ? "invalid_type" : "invalid_value";
  return { status: 400, code, parameter: place, message: `'${place}' is not valid: ${lowerFirst(issue.message)}.` };
}

function placeOf(path: readonly PropertyKey[]): string {
  let place = "";
  for (const step of path) {
    if (typeof step === "number") place += `[${step}]`;
    else place += place === "" ? String(step) : `.${String(step)}`;
  }
  return place;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
