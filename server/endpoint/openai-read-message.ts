import * as z from "zod";
import type { Image, Message, PdfDocument, ToolCall } from "../core/provider.ts";
import { imageDetailSchema, saidFields } from "./openai-fields.ts";
import { readAddress } from "./read-address.ts";
import { readShape } from "./read-shape.ts";
import { badRequest } from "./wire.ts";

/** One message of a chat. `place`: `messages[2]`. Throws a WireError that names the field. */
export function readMessage(value: unknown, place: string): Message {
  const said = saidFields(readShape(objectSchema, value, place));
  const { role } = readShape(roleSchema, said, place);
  if (role === "function") {
    throw badRequest(`${place}.role`, `${place}.role is of before there were tools: send a message of the role tool.`);
  }
  if (said.function_call !== undefined) {
    const param = `${place}.function_call`;
    throw badRequest(param, `${param} is of before there were tools: send tool_calls.`);
  }
  if (said.audio !== undefined) throw badRequest(`${place}.audio`, `${place}.audio: sound is not read here.`);
  const { text, images, documents } = readContent(said, role, place);
  switch (role) {
    case "system":
    case "developer":
      return { role: "system", text };
    case "user":
      return { role, text, ...some({ images, documents }) };
    case "tool": {
      const { tool_call_id: toolCallId } = readShape(toolSchema, said, place);
      return { role, text, toolCallId, ...some({ images }) };
    }
    case "assistant": {
      // Their thinking is left out: the engine remembers what belongs to a call, and nothing else is to be trusted.
      const calls = readCalls(said.tool_calls, `${place}.tool_calls`);
      return calls.length === 0 ? { role, text } : { role, text, toolCalls: calls };
    }
  }
}

const objectSchema = z.record(z.string(), z.unknown(), "has to be an object");
const roleSchema = z.looseObject({
  role: z.enum(
    ["system", "developer", "user", "assistant", "tool", "function"],
    "has to be system, developer, user, assistant or tool",
  ),
});
type Role = z.infer<typeof roleSchema>["role"];
const toolSchema = z.looseObject({
  tool_call_id: z.string("has to be the id of the call").min(1, "has to be the id of the call"),
});

interface Content {
  text: string;
  images: readonly Image[];
  documents: readonly PdfDocument[];
}

/** Lists that are empty are left out. */
function some({ images = [], documents = [] }: Partial<Omit<Content, "text">>): Pick<Message, "images" | "documents"> {
  return { ...(images.length === 0 ? {} : { images }), ...(documents.length === 0 ? {} : { documents }) };
}

function readContent(said: Readonly<Record<string, unknown>>, role: Role, place: string): Content {
  const { content } = said;
  if (typeof content === "string") return { ...nothing, text: content };
  const param = `${place}.content`;
  if (content === undefined) {
    if (role === "assistant") return { ...nothing, text: typeof said.refusal === "string" ? said.refusal : "" };
    throw badRequest(param, `${param} is missing: a text, or a list of parts.`);
  }
  const parts = readShape(partsSchema, content, param);
  let text = "";
  const images: Image[] = [];
  const documents: PdfDocument[] = [];
  for (const [index, part] of parts.entries()) {
    const at = `${param}[${index}]`;
    if (part.type === "text") text += readShape(textPart, part, at).text;
    else if (part.type === "refusal") text += readShape(refusalPart, part, at).refusal;
    else if (part.type === "image_url" && (role === "user" || role === "tool")) {
      const { url, detail } = readShape(imagePart, part, at).image_url;
      const fineness = imageDetailSchema.safeParse(detail);
      const image = readImage(url, `${at}.image_url.url`);
      images.push(fineness.success ? { ...image, detail: fineness.data } : image);
    } else if (part.type === "file" && role === "user") documents.push(readFile(part, at));
    else {
      const taken = role === "user" ? "text, image_url and file" : role === "tool" ? "text and image_url" : "text";
      const named = JSON.stringify(part.type ?? null).slice(0, 60);
      throw badRequest(
        `${at}.type`,
        `${at}.type is ${named}; of a message of the role ${role}, ${taken} is read here.`,
      );
    }
  }
  return { text, images, documents };
}

const nothing: Content = { text: "", images: [], documents: [] };

/** A PDF: of all files OpenAI's chat takes no other. */
function readFile(part: unknown, at: string): PdfDocument {
  const { file } = readShape(filePart, part, at);
  const param = `${at}.file.file_data`;
  if (file.file_data === undefined) {
    throw badRequest(param, `${param} is missing, and no files are kept here: send the file itself, as a data: URL.`);
  }
  const begin = "data:application/pdf;base64,";
  if (file.file_data.slice(0, begin.length).toLowerCase() !== begin) {
    throw badRequest(param, `${param} has to be a data: URL of a PDF in base64. Send any other file's words as text.`);
  }
  const base64 = file.file_data.slice(begin.length);
  if (base64 === "" || /[^A-Za-z0-9+/=]/.test(base64)) throw badRequest(param, `${param} is not base64.`);
  return { base64, ...(file.filename == null || file.filename === "" ? {} : { name: file.filename }) };
}

const filePart = z.looseObject({
  file: z.looseObject({ file_data: z.string("has to be a data: URL").optional(), filename: z.string().nullish() }),
});

const partsSchema = z.array(objectSchema, "has to be a text, or a list of parts");
const textPart = z.looseObject({ text: z.string("has to be a text") });
const refusalPart = z.looseObject({ refusal: z.string("has to be a text") });
const imagePart = z.looseObject({
  image_url: z.looseObject({ url: z.string("has to be a data: URL, or an address"), detail: z.unknown().optional() }),
});

function readImage(url: string, param: string): Image {
  if (/^https?:/i.test(url)) return { url: readAddress(url, param) };
  const comma = url.indexOf(",");
  const said = /^data:(image\/[a-z]+);base64$/i.exec(url.slice(0, Math.max(0, comma)))?.[1]?.toLowerCase();
  const mediaType = mediaTypeSchema.safeParse(said === "image/jpg" ? "image/jpeg" : said);
  if (!mediaType.success) {
    throw badRequest(
      param,
      `${param} has to be a data: URL of a png, jpeg, gif or webp image in base64, or an https: address.`,
    );
  }
  const base64 = url.slice(comma + 1);
  if (base64 === "" || /[^A-Za-z0-9+/=]/.test(base64)) throw badRequest(param, `${param} is not base64.`);
  return { mediaType: mediaType.data, base64 };
}

const mediaTypeSchema = z.enum(["image/png", "image/jpeg", "image/gif", "image/webp"]);

function readCalls(value: unknown, place: string): ToolCall[] {
  return readShape(callsSchema, value ?? [], place).map((call) => ({
    id: call.id,
    name: call.function.name,
    // Some clients write nothing where a function takes nothing.
    argumentsJson: call.function.arguments.trim() === "" ? "{}" : call.function.arguments,
  }));
}

const id = z.string("has to be the id of the call").min(1, "has to be the id of the call");
const callsSchema = z.array(
  z.looseObject({
    id,
    type: z.literal("function", "has to be function: no other kind of call is read here").optional(),
    function: z.looseObject({
      name: z.string("has to be a name").min(1, "has to be a name"),
      arguments: z.string("has to be JSON as a text"),
    }),
  }),
  "has to be a list of calls",
);
