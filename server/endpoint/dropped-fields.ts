import type { IncomingHttpHeaders } from "node:http";
import { imageDetailSchema } from "./openai-fields.ts";

/**
 * What the readers of bodies read past, by its names on that wire, each once: a client is told of it in
 * `x-wayfare-not-sent`. What says only what is anyhow so is not named. For bodies that have been read without a fault.
 */

type Body = Readonly<Record<string, unknown>>;

/** Of `/v1/chat/completions`. What of a tool is strict is carried, and so not named here. */
export function droppedOfChat(body: Body): string[] {
  const messages = listOf(body.messages);
  const parts = messages.flatMap((message) => listOf(fieldOf(message, "content")));
  const details = parts.map((part) => fieldOf(fieldOf(part, "image_url"), "detail"));
  return namesOf({
    "messages[].name": messages.some((message) => isSaid(fieldOf(message, "name"))),
    "messages[].content[].image_url.detail": details.some(
      (detail) => isSaid(detail) && detail !== "auto" && !imageDetailSchema.safeParse(detail).success,
    ),
    cache_control: isMarked([...messages, ...parts, ...listOf(body.tools)]),
  });
}

/** Of `/v1/messages`. Marks for the cache are not sent: Wayfare's own are set where they pay. */
export function droppedOfMessages(body: Body, headers: IncomingHttpHeaders): string[] {
  const tools = listOf(body.tools);
  const blocks = listOf(body.messages).flatMap((message) => listOf(fieldOf(message, "content")));
  const inResults = blocks.flatMap((block) => listOf(fieldOf(block, "content")));
  return namesOf({
    cache_control: isMarked([body, ...listOf(body.system), ...tools, ...blocks, ...inResults]),
    "messages[].content[].citations": blocks.some((block) => fieldOf(fieldOf(block, "citations"), "enabled") === true),
    "tools[].strict": tools.some((tool) => fieldOf(tool, "strict") === true),
    // Some betas change the price.
    "anthropic-beta": /[^\s,]/.test(String(headers["anthropic-beta"] ?? "")),
  });
}

function namesOf(dropped: Readonly<Record<string, boolean>>): string[] {
  return Object.keys(dropped).filter((name) => dropped[name] === true);
}

function isMarked(places: readonly unknown[]): boolean {
  return places.some((place) => isSaid(fieldOf(place, "cache_control")));
}

function isSaid(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** [] for what is no list. */
function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** undefined where `value` is no object, or has no such field. */
function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
