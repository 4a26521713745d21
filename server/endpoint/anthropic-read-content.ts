import * as z from "zod";
import {
  type Image,
  type Message,
  type PdfDocument,
  type ReasoningBlock,
  type ToolCall,
  unknownWriter,
} from "../core/provider.ts";
import { readDocument } from "./anthropic-read-document.ts";
import { readAddress } from "./read-address.ts";
import { base64Schema, readShape } from "./read-shape.ts";
import { badRequest } from "./wire.ts";

/** Reads what stands in messages of Anthropic's wire. Marks for the cache are left out: ours are set where they pay. */

/** Between the blocks of one message, which are one text here. */
const betweenBlocks = "\n\n";

/** `place`: `messages[2]`. One message of theirs is several of ours where it brings results of tools. Throws WireErrors. */
export function readMessage(value: unknown, place: string): Message[] {
  const { role, content } = readShape(messageSchema, value, place);
  const at = `${place}.content`;
  if (role === "user") return readUser(content, at);
  if (role === "assistant") return readAssistant(content, at);
  const text = readSystem(content, at);
  return text === "" ? [] : [{ role, text }];
}

/** The text of a system prompt at `place`, "" where there is none. `value`: a text or blocks of text. Throws WireErrors. */
export function readSystem(value: unknown, place: string): string {
  return readBlocks(value ?? "", place)
    .map(({ block, type, place: at }) => {
      if (type !== "text") throw notTaken(type, at, "what a system says is text alone");
      return readShape(textSchema, block, at).text;
    })
    .filter((text) => text !== "")
    .join(betweenBlocks);
}

const messageSchema = z.looseObject({
  role: z.enum(["user", "assistant", "system"], 'has to be "user", "assistant" or "system"'),
  content: z.unknown(),
});
const textSchema = z.looseObject({ text: z.string() });
const sourceSchema = z.looseObject({ source: z.looseObject({ type: z.string() }) });
const addressSchema = z.looseObject({ source: z.looseObject({ url: z.string() }) });
const imageSchema = z.looseObject({
  source: z.looseObject({
    media_type: z.enum(["image/png", "image/jpeg", "image/gif", "image/webp"]),
    data: base64Schema,
  }),
});
const callSchema = z.looseObject({
  id: z.string().min(1),
  name: z.string().min(1),
  input: z.record(z.string(), z.unknown()),
});
const thinkingSchema = z.looseObject({
  thinking: z.string(),
  signature: z
    .string()
    .nullish()
    .transform((it) => it || null),
});
const redactedSchema = z.looseObject({ data: z.string().min(1) });
const resultSchema = z.looseObject({
  tool_use_id: z.string().min(1),
  content: z.unknown().optional(),
  is_error: z.boolean().nullish(),
});

interface Block {
  type: string;
  block: unknown;
  /** `messages[2].content[0]` */
  place: string;
}

/** A text is one block of text. */
function readBlocks(content: unknown, place: string): Block[] {
  if (typeof content === "string") {
    return content === "" ? [] : [{ type: "text", block: { type: "text", text: content }, place }];
  }
  const blocks = readShape(
    z.array(z.looseObject({ type: z.string() }), "has to be a text or a list of blocks"),
    content,
    place,
  );
  return blocks.map((block, index) => ({ type: block.type, block, place: `${place}[${index}]` }));
}

function readUser(content: unknown, at: string): Message[] {
  const results: Message[] = [];
  const texts: string[] = [];
  const images: Image[] = [];
  const documents: PdfDocument[] = [];
  for (const { type, block, place } of readBlocks(content, at)) {
    if (type === "text") texts.push(readShape(textSchema, block, place).text);
    else if (type === "image") images.push(readImage(block, place));
    else if (type === "document") {
      const read = readDocument(block, place);
      if ("text" in read) texts.push(read.text);
      else documents.push(read.pdf);
    } else if (type === "tool_result") results.push(readResult(block, place));
    else throw notTaken(type, place, "a user's message has text, images, documents and tool_result");
  }
  const text = texts.filter((each) => each !== "").join(betweenBlocks);
  if (text === "" && images.length === 0 && documents.length === 0) {
    if (results.length === 0) throw badRequest(at, `${at} is empty: give it a text.`);
    return results;
  }
  return [...results, { role: "user", text, ...some(images), ...(documents.length === 0 ? {} : { documents }) }];
}

function readAssistant(content: unknown, at: string): Message[] {
  const texts: string[] = [];
  const toolCalls: ToolCall[] = [];
  const reasoning: ReasoningBlock[] = [];
  for (const { type, block, place } of readBlocks(content, at)) {
    if (type === "text") texts.push(readShape(textSchema, block, place).text);
    else if (type === "tool_use") {
      const { id, name, input } = readShape(callSchema, block, place);
      toolCalls.push({ id, name, argumentsJson: JSON.stringify(input) });
    } else if (type === "thinking") {
      const { thinking, signature } = readShape(thinkingSchema, block, place);
      reasoning.push({ text: thinking, signature, redactedData: null, by: unknownWriter });
    } else if (type === "redacted_thinking") {
      const { data } = readShape(redactedSchema, block, place);
      reasoning.push({ text: "", signature: null, redactedData: data, by: unknownWriter });
    } else throw notTaken(type, place, "an assistant's message has text, tool_use and thinking");
  }
  const text = texts.filter((each) => each !== "").join(betweenBlocks);
  // Vendors want to see the thinking behind calls again, and no other; whose it is, the engine knows by the calls' ids if
  // they were made through it.
  if (toolCalls.length > 0) {
    return [{ role: "assistant", text, toolCalls, ...(reasoning.length === 0 ? {} : { reasoning }) }];
  }
  return text === "" ? [] : [{ role: "assistant", text }];
}

function readResult(value: unknown, place: string): Message {
  const { tool_use_id, content, is_error } = readShape(resultSchema, value, place);
  const texts: string[] = [];
  const images: Image[] = [];
  for (const { type, block, place: at } of readBlocks(content ?? "", `${place}.content`)) {
    if (type === "text") texts.push(readShape(textSchema, block, at).text);
    else if (type === "image") images.push(readImage(block, at));
    else if (type === "document") texts.push(readTextDocument(block, at));
    else throw notTaken(type, at, "a tool's result has text, images and documents of text");
  }
  return {
    role: "tool",
    text: texts.join("\n"),
    toolCallId: tool_use_id,
    ...(is_error === true ? { isError: true } : {}),
    ...some(images),
  };
}

/** What is shown as a PDF is the person's: no wire but Anthropic's has a place for one in a result. */
function readTextDocument(block: unknown, place: string): string {
  const read = readDocument(block, place);
  if ("text" in read) return read.text;
  const field = `${place}.source.type`;
  throw badRequest(
    field,
    `${field} is "base64": in a tool's result a document is read as text alone. Send it beside the result.`,
  );
}

function readImage(value: unknown, place: string): Image {
  const { source } = readShape(sourceSchema, value, place);
  if (source.type === "url") {
    return { url: readAddress(readShape(addressSchema, value, place).source.url, `${place}.source.url`) };
  }
  if (source.type !== "base64") {
    const field = `${place}.source.type`;
    throw badRequest(
      field,
      `${field} is "${source.type.slice(0, 60)}", and no files are kept here: send the image itself, as base64, or its address, as url.`,
    );
  }
  const { data, media_type } = readShape(imageSchema, value, place).source;
  return { mediaType: media_type, base64: data };
}

function some(images: readonly Image[]): { images?: readonly Image[] } {
  return images.length === 0 ? {} : { images };
}

function notTaken(type: string, place: string, what: string) {
  const field = `${place}.type`;
  return badRequest(field, `${field} is "${type.slice(0, 60)}", which is not taken here: ${what}.`);
}
