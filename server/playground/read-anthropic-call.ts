import * as z from "zod";
import type { Image, Message, PdfDocument } from "../core/provider.ts";
import type { VendorModel } from "./vendor-model.ts";
import type { ReadCall, Refusal, Segment, VendorCall } from "./vendor-wire.ts";

/** Reads the body of a `/messages` request and refuses what the real vendor refuses, naming the place. */
export function readAnthropicCall(body: unknown, find: (modelId: string) => VendorModel | undefined): ReadCall {
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) return no(refusalOf(parsed.error));
  const asked = parsed.data;
  const model = find(asked.model);
  if (model === undefined) return no({ status: 404, message: `model: ${asked.model}` });
  const refused = Object.keys(asked).find((name) => model.refusedParameters?.includes(name));
  if (refused !== undefined) return bad(`${refused}: is not supported by ${model.id}`);
  if (asked.max_tokens > model.maxOutputTokens) {
    return bad(`max_tokens: ${asked.max_tokens} is over the ${model.maxOutputTokens} that ${model.id} writes at most`);
  }
  const misfit = thinkingMisfit(asked);
  if (misfit !== null) return bad(misfit);
  if (asked.messages[0]?.role !== "user") return bad('messages: the first message must have the role "user"');
  const last = asked.messages.at(-1);
  const system = systemSegments(asked.system);
  const tools = (asked.tools ?? []).map(({ name, input_schema }) => ({ name, parameters: input_schema }));
  const said: Segment[] =
    tools.length === 0 ? [] : [{ role: "system", text: JSON.stringify(asked.tools), marked: false }];
  const segments = [...said, ...system, ...asked.messages.flatMap(segmentsOf)];
  if (last?.role === "assistant" && /\s$/.test(segments.at(-1)?.text ?? "")) {
    return bad("messages: the text of a last assistant message must not end in whitespace");
  }
  if (segments.filter((each) => each.marked).length > maxCacheMarks) {
    return bad(`cache_control: at most ${maxCacheMarks} blocks may have one`);
  }
  const end = segments.at(-1);
  if (asked.cache_control !== undefined && end !== undefined) end.marked = true;
  const systemText = system.map((each) => each.text).join("\n");
  const conversation = asked.messages.flatMap(toMessages);
  const unanswered = misplacedResult(asked.messages);
  if (unanswered !== null) return bad(unanswered);
  if (model.cannotSee === true && conversation.some((message) => message.images !== undefined)) {
    return bad(`messages: ${model.id} does not support image input`);
  }
  if (model.cannotCall === true && tools.length > 0) return bad(`${model.id} does not support tools`);
  return {
    ok: true,
    call: {
      model,
      messages: systemText === "" ? conversation : [{ role: "system", text: systemText }, ...conversation],
      hole: null,
      segments,
      tools,
      toolChoice: readChoice(asked.tool_choice ?? { type: "auto" }),
      maxOutputTokens: asked.max_tokens,
      stop: asked.stop_sequences ?? [],
      stream: asked.stream ?? false,
      includeUsage: true,
    },
  };
}

function readChoice(
  choice: NonNullable<z.infer<typeof bodySchema>["tool_choice"]>,
): NonNullable<VendorCall["toolChoice"]> {
  if (choice.type === "tool") return { name: choice.name };
  return choice.type === "any" ? "required" : choice.type;
}

/** What does not go with the thinking that is asked for, as this vendor says it; null for nothing. */
function thinkingMisfit({ thinking, max_tokens, temperature, top_k }: z.infer<typeof bodySchema>): string | null {
  if (thinking === undefined || thinking.type === "disabled") return null;
  if (thinking.type === "enabled" && thinking.budget_tokens >= max_tokens) {
    return "`max_tokens` must be greater than `thinking.budget_tokens`";
  }
  if (temperature !== undefined && temperature !== 1) {
    return "`temperature` may only be set to 1 when thinking is enabled";
  }
  return top_k === undefined ? null : "`top_k` must be unset when thinking is enabled";
}

const maxCacheMarks = 4;

const cacheControl = z.strictObject({ type: z.literal("ephemeral"), ttl: z.enum(["5m", "1h"]).optional() }).nullish();
const textBlock = z.strictObject({
  type: z.literal("text"),
  text: z.string().min(1, "text content blocks must not be empty"),
  cache_control: cacheControl,
});
const imageBlock = z.strictObject({
  type: z.literal("image"),
  source: z.discriminatedUnion("type", [
    z.strictObject({
      type: z.literal("base64"),
      media_type: z.enum(["image/png", "image/jpeg", "image/gif", "image/webp"]),
      data: z.base64(),
    }),
    z.strictObject({ type: z.literal("url"), url: z.string().regex(/^https:/, "Only HTTPS URLs are supported.") }),
  ]),
  cache_control: cacheControl,
});
const documentBlock = z.strictObject({
  type: z.literal("document"),
  source: z.strictObject({ type: z.literal("base64"), media_type: z.literal("application/pdf"), data: z.base64() }),
  title: z.string().optional(),
  cache_control: cacheControl,
});
const callId = z.string().regex(/^[a-zA-Z0-9_-]+$/, "string should match pattern '^[a-zA-Z0-9_-]+$'");
const userBlock = z.discriminatedUnion("type", [
  textBlock,
  imageBlock,
  documentBlock,
  z.strictObject({
    type: z.literal("tool_result"),
    tool_use_id: callId,
    content: z.union([z.string(), z.array(z.discriminatedUnion("type", [textBlock, imageBlock]))]).optional(),
    is_error: z.boolean().optional(),
    cache_control: cacheControl,
  }),
]);
const assistantBlock = z.discriminatedUnion("type", [
  textBlock,
  z.strictObject({
    type: z.literal("tool_use"),
    id: callId,
    name: z.string().min(1),
    input: z.record(z.string(), z.unknown()),
    cache_control: cacheControl,
  }),
  z.strictObject({ type: z.literal("thinking"), thinking: z.string(), signature: z.string().min(1) }),
  z.strictObject({ type: z.literal("redacted_thinking"), data: z.string().min(1) }),
]);
const plainText = z.string().min(1, "content must not be empty");
const messageSchema = z.discriminatedUnion("role", [
  z.strictObject({ role: z.literal("user"), content: z.union([plainText, z.array(userBlock).min(1)]) }),
  z.strictObject({ role: z.literal("assistant"), content: z.union([plainText, z.array(assistantBlock).min(1)]) }),
]);
type WireMessage = z.infer<typeof messageSchema>;
type Block = z.infer<typeof userBlock> | z.infer<typeof assistantBlock>;
const toolSchema = z.strictObject({
  name: z.string().regex(/^[\w-]{1,128}$/),
  description: z.string().optional(),
  input_schema: z.looseObject({ type: z.literal("object") }),
  eager_input_streaming: z.boolean().optional(),
  cache_control: cacheControl,
});
const bodySchema = z.strictObject({
  model: z.string().min(1),
  max_tokens: z.int().min(1),
  messages: z.array(messageSchema).min(1),
  system: z.union([z.string(), z.array(textBlock)]).optional(),
  stream: z.boolean().optional(),
  stop_sequences: z.array(z.string().regex(/\S/)).optional(),
  temperature: z.number().min(0).max(1).optional(),
  top_p: z.number().min(0).max(1).optional(),
  tools: z.array(toolSchema).optional(),
  tool_choice: z
    .union([
      z.strictObject({ type: z.literal("none") }),
      z.strictObject({ type: z.enum(["auto", "any"]), disable_parallel_tool_use: z.boolean().optional() }),
      z.strictObject({
        type: z.literal("tool"),
        name: z.string(),
        disable_parallel_tool_use: z.boolean().optional(),
      }),
    ])
    .optional(),
  top_k: z.int().min(0).optional(),
  thinking: z
    .discriminatedUnion("type", [
      z.strictObject({ type: z.literal("enabled"), budget_tokens: z.int().min(1_024) }),
      z.strictObject({ type: z.literal("adaptive") }),
      z.strictObject({ type: z.literal("disabled") }),
    ])
    .optional(),
  metadata: z.strictObject({ user_id: z.string().nullish() }).optional(),
  service_tier: z.enum(["auto", "standard_only"]).optional(),
  cache_control: cacheControl.unwrap().unwrap().optional(),
});

function systemSegments(system: z.infer<typeof bodySchema>["system"]): Segment[] {
  if (system === undefined) return [];
  if (typeof system === "string") return system === "" ? [] : [{ role: "system", text: system, marked: false }];
  return system.map((block) => ({ role: "system", text: block.text, marked: block.cache_control != null }));
}

function blocksOf({ content }: WireMessage): readonly Block[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}

function segmentsOf(message: WireMessage): Segment[] {
  return blocksOf(message).map((block) => ({
    role: message.role,
    text: textOf(block),
    marked: "cache_control" in block && block.cache_control != null,
    // A document is shown as one page of it.
    images: imagesOf(block).length + documentsOf(block).length,
  }));
}

/** What the model reads of a block. */
function textOf(block: Block): string {
  switch (block.type) {
    case "text":
      return block.text;
    case "tool_use":
      return `${block.name}${JSON.stringify(block.input)}`;
    case "tool_result":
      return typeof block.content === "string" ? block.content : (block.content ?? []).map(textOf).join("\n");
    case "thinking":
      return block.thinking;
    default:
      return "";
  }
}

function documentsOf(block: Block): PdfDocument[] {
  if (block.type !== "document") return [];
  return [{ base64: block.source.data, ...(block.title === undefined ? {} : { name: block.title }) }];
}

function imagesOf(block: Block): Image[] {
  if (block.type === "image") {
    const { source } = block;
    return [source.type === "url" ? { url: source.url } : { mediaType: source.media_type, base64: source.data }];
  }
  if (block.type !== "tool_result" || typeof block.content === "string") return [];
  return (block.content ?? []).flatMap(imagesOf);
}

/** One message as it came, with each result apart, and before what the person says. */
function toMessages(message: WireMessage): Message[] {
  const blocks = blocksOf(message);
  const results = blocks.flatMap((block): Message[] => {
    if (block.type !== "tool_result") return [];
    const images = imagesOf(block);
    const told = { role: "tool" as const, text: textOf(block), toolCallId: block.tool_use_id };
    return [
      {
        ...told,
        ...(block.is_error === true ? { isError: true } : {}),
        ...(images.length === 0 ? {} : { images }),
      },
    ];
  });
  const rest = blocks.filter((block) => block.type !== "tool_result");
  if (rest.length === 0) return results;
  const images = rest.flatMap(imagesOf);
  const documents = rest.flatMap(documentsOf);
  const calls = rest.flatMap((block) =>
    block.type === "tool_use" ? [{ id: block.id, name: block.name, argumentsJson: JSON.stringify(block.input) }] : [],
  );
  const text = rest.flatMap((block) => (block.type === "text" ? [block.text] : [])).join("\n\n");
  return [
    ...results,
    {
      role: message.role,
      text,
      ...(images.length === 0 ? {} : { images }),
      ...(documents.length === 0 ? {} : { documents }),
      ...(calls.length === 0 ? {} : { toolCalls: calls }),
    },
  ];
}

/** What is wrong with the order of calls and results, as this vendor says it; null for nothing. */
function misplacedResult(messages: readonly WireMessage[]): string | null {
  let open: string[] = [];
  for (const [index, message] of messages.entries()) {
    const blocks = blocksOf(message);
    const results = blocks.flatMap((block) => (block.type === "tool_result" ? [block.tool_use_id] : []));
    const missing = open.filter((id) => !results.includes(id));
    if (missing.length > 0) {
      return `messages.${index - 1}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing.join(", ")}`;
    }
    const strange = results.filter((id) => !open.includes(id));
    if (strange.length > 0) {
      return `messages.${index}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${strange.join(", ")}`;
    }
    open = blocks.flatMap((block) => (block.type === "tool_use" ? [block.id] : []));
  }
  return null;
}

function no(refusal: Refusal): ReadCall {
  return { ok: false, refusal };
}

function bad(message: string): ReadCall {
  return no({ status: 400, message });
}

/** The first thing that is wrong, with its place as this vendor writes it: `messages.2.role: …`. */
function refusalOf(error: z.ZodError): Refusal {
  const issue = error.issues[0];
  if (issue === undefined) return { status: 400, message: "the request cannot be read" };
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    const place = [...path, issue.keys[0] ?? ""].join(".");
    return { status: 400, message: `${place}: extra inputs are not permitted` };
  }
  const words = issue.message.charAt(0).toLowerCase() + issue.message.slice(1);
  return { status: 400, message: `${path.length === 0 ? "body" : path.join(".")}: ${words}` };
}
