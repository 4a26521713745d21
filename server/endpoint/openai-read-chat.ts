import * as z from "zod";
import type { Tool, ToolChoice } from "../core/provider.ts";
import { droppedOfChat } from "./dropped-fields.ts";
import { passedOnOf, refuseFields, saidFields, sharedFields } from "./openai-fields.ts";
import { readMessage } from "./openai-read-message.ts";
import { createChatWriter } from "./openai-write-chat.ts";
import { readShape, tokenBound } from "./read-shape.ts";
import { badRequest, type WireCall } from "./wire.ts";

/** The body of `POST /v1/chat/completions`. Throws a WireError that names the field and the mend. */
export function readChat(body: Readonly<Record<string, unknown>>): WireCall {
  const said = saidFields(body);
  refuseFields(said);
  const asked = readShape(bodySchema, said);
  const messages = asked.messages.map((message, index) => readMessage(message, `messages[${index}]`));
  const tools = readTools(said.tools);
  const isStreamed = asked.stream ?? false;
  const includeUsage = isStreamed && asked.stream_options?.include_usage === true;
  return {
    request: {
      model: asked.model,
      ask: { kind: "chat", messages, tools, toolChoice: readChoice(said.tool_choice, tools) },
      maxOutputTokens: asked.max_completion_tokens ?? asked.max_tokens ?? null,
      ...(asked.temperature === undefined ? {} : { temperature: asked.temperature }),
      ...(asked.stop === undefined || asked.stop.length === 0 ? {} : { stop: asked.stop }),
      passedOn: passedOnOf(said, readHere),
      dropped: droppedOfChat(body),
      isStreamed,
    },
    answer: ({ id, nowMs }) => createChatWriter({ id, nowMs, includeUsage }),
  };
}

const bodySchema = z.looseObject({
  ...sharedFields,
  messages: z.array(z.unknown(), "has to be a list of messages").min(1, "has to hold a message"),
  max_completion_tokens: tokenBound.optional(),
});

const readHere: ReadonlySet<string> = new Set([...Object.keys(bodySchema.shape), "tools", "tool_choice"]);

function readTools(value: unknown): Tool[] {
  if (value === undefined) return [];
  return readShape(toolsSchema, value, "tools").map((tool, index) => {
    const place = `tools[${index}]`;
    if (tool.type !== "function") {
      const named = JSON.stringify(tool.type ?? null).slice(0, 60);
      throw badRequest(`${place}.type`, `${place}.type is ${named}; only tools of the type function are handed on.`);
    }
    const said = readShape(functionSchema, tool.function, `${place}.function`);
    return {
      name: said.name,
      description: said.description ?? "",
      parameters: said.parameters ?? { type: "object", properties: {} },
      ...(said.strict === true ? { isStrict: true } : {}),
    };
  });
}

const toolsSchema = z.array(
  z.looseObject({ type: z.unknown().optional(), function: z.unknown().optional() }),
  "has to be a list of tools",
);
const functionSchema = z.looseObject(
  {
    name: z.string("has to be a name").min(1, "has to be a name"),
    description: z.string("has to be a text").nullish(),
    parameters: z.record(z.string(), z.unknown(), "has to be a JSON schema").nullish(),
    strict: z.boolean().nullish(),
  },
  "has to be an object with a name",
);

function readChoice(value: unknown, tools: readonly Tool[]): ToolChoice {
  if (value === undefined) return "auto";
  const param = "tool_choice";
  const choice = choiceSchema.safeParse(value);
  if (!choice.success) {
    throw badRequest(param, `${param} has to be auto, none, required, or {"type":"function","function":{"name":…}}.`);
  }
  if (choice.data === "auto" || choice.data === "none") return choice.data;
  if (choice.data === "required") {
    if (tools.length > 0) return "required";
    throw badRequest(param, `${param} is required, and there are no tools.`);
  }
  const { name } = choice.data.function;
  if (tools.some((tool) => tool.name === name)) return { name };
  throw badRequest(
    `${param}.function.name`,
    `${param} names ${JSON.stringify(name.slice(0, 100))}, which is none of the tools.`,
  );
}

const choiceSchema = z.union([
  z.enum(["auto", "none", "required"]),
  z.looseObject({ type: z.literal("function"), function: z.looseObject({ name: z.string().min(1) }) }),
]);
