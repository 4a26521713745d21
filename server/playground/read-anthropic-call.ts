import * as z from "zod";
import type { Message } from "../core/provider.ts";
import type { VendorModel } from "./vendor-model.ts";
import type { ReadCall, Refusal, Segment } from "./vendor-wire.ts";

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
  if (asked.messages[0]?.role !== "user") return bad('messages: the first message must have the role "user"');
  const last = asked.messages.at(-1);
  const system = systemSegments(asked.system);
  const segments = [...system, ...asked.messages.flatMap(segmentsOf)];
  if (last?.role === "assistant" && /\s$/.test(segments.at(-1)?.text ?? "")) {
    return bad("messages: the text of a last assistant message must not end in whitespace");
  }
  if (segments.filter((each) => each.marked).length > maxCacheMarks) {
    return bad(`cache_control: at most ${maxCacheMarks} blocks may have one`);
  }
  const end = segments.at(-1);
  if (asked.cache_control !== undefined && end !== undefined) end.marked = true;
  const systemText = system.map((each) => each.text).join("\n");
  const conversation = asked.messages.map(
    (message): Message => ({
      role: message.role,
      text: segmentsOf(message)
        .map((each) => each.text)
        .join("\n\n"),
    }),
  );
  return {
    ok: true,
    call: {
      model,
      messages: systemText === "" ? conversation : [{ role: "system", text: systemText }, ...conversation],
      hole: null,
      segments,
      maxOutputTokens: asked.max_tokens,
      stop: asked.stop_sequences ?? [],
      stream: asked.stream ?? false,
      includeUsage: true,
    },
  };
}

const maxCacheMarks = 4;

const cacheControl = z.strictObject({ type: z.literal("ephemeral"), ttl: z.enum(["5m", "1h"]).optional() }).nullish();
const textBlock = z.strictObject({
  type: z.literal("text"),
  text: z.string().min(1, "text content blocks must not be empty"),
  cache_control: cacheControl,
});
const messageSchema = z.strictObject({
  role: z.enum(["user", "assistant"]),
  content: z.union([z.string().min(1, "content must not be empty"), z.array(textBlock).min(1)]),
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
  top_k: z.int().min(0).optional(),
  metadata: z.strictObject({ user_id: z.string().nullish() }).optional(),
  service_tier: z.enum(["auto", "standard_only"]).optional(),
  cache_control: cacheControl.unwrap().unwrap().optional(),
});

function systemSegments(system: z.infer<typeof bodySchema>["system"]): Segment[] {
  if (system === undefined) return [];
  if (typeof system === "string") return system === "" ? [] : [{ role: "system", text: system, marked: false }];
  return system.map((block) => ({ role: "system", text: block.text, marked: block.cache_control != null }));
}

function segmentsOf(message: z.infer<typeof messageSchema>): Segment[] {
  const { role, content } = message;
  if (typeof content === "string") return [{ role, text: content, marked: false }];
  return content.map((block) => ({ role, text: block.text, marked: block.cache_control != null }));
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
