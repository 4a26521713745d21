import * as z from "zod";
import type { Tool, ToolChoice } from "../core/provider.ts";
import type { RelayAsk } from "../core/relay.ts";
import { readMessage, readSystem } from "./anthropic-read-content.ts";
import { readShape } from "./read-shape.ts";
import { badRequest } from "./wire.ts";

export type ChatAsk = Extract<RelayAsk, { kind: "chat" }>;

/** What `/v1/messages` and its count of tokens have in common: whom, and what is asked. Throws WireErrors. */
export function readChat(body: Record<string, unknown>): { model: string; ask: ChatAsk; oneCallOnly: boolean } {
  const { model, messages } = readShape(chatSchema, body, "");
  const system = readSystem(body.system, "system");
  const said = messages.flatMap((message, index) => readMessage(message, `messages[${index}]`));
  if (said.every(({ role }) => role === "system"))
    throw badRequest("messages", "messages has nothing in it that asks: add a message of the user.");
  const tools = (readShape(listSchema, body.tools ?? [], "tools") ?? []).map(readTool);
  const { choice, oneCallOnly } = readChoice(body.tool_choice, tools);
  const ask: ChatAsk = {
    kind: "chat",
    messages: system === "" ? said : [{ role: "system", text: system }, ...said],
    tools,
    toolChoice: choice,
  };
  return { model, ask, oneCallOnly };
}

/** Fields that `readChat` reads. */
export const chatFields = ["model", "messages", "system", "tools", "tool_choice"] as const;

const listSchema = z.array(z.unknown());
const chatSchema = z.looseObject({
  model: z.string().min(1, "is empty"),
  messages: z.array(z.unknown()).min(1, "has to have at least one message"),
});
const toolTypeSchema = z.looseObject({ type: z.string().nullish() });
const toolSchema = z.looseObject({
  name: z.string().min(1, "is empty"),
  description: z.string().nullish(),
  input_schema: z.record(z.string(), z.unknown()),
});
const choiceSchema = z.looseObject({
  type: z.enum(["auto", "any", "none", "tool"]),
  disable_parallel_tool_use: z.boolean().nullish(),
});
const namedSchema = z.looseObject({ name: z.string().min(1, "is empty") });

/** Anthropic's own tools that run where the client is; their schemas are known to its models alone. */
const runByClient = /^(bash|text_editor|computer|memory)_\d/;

function readTool(value: unknown, index: number): Tool {
  const place = `tools[${index}]`;
  const { type } = readShape(toolTypeSchema, value, place);
  if (typeof type === "string" && type !== "custom") {
    const why = runByClient.test(type)
      ? "whose form only its vendor knows: of tools that the client runs, those with an input_schema are carried here. Describe it as a tool of the type custom, with a name, a description and an input_schema."
      : "a tool that the vendor runs: what it costs is not known before. Leave it out, or give a tool of your own.";
    throw badRequest(`${place}.type`, `${place}.type is "${type.slice(0, 60)}", ${why}`);
  }
  const { name, description, input_schema } = readShape(toolSchema, value, place);
  return { name, description: description ?? "", parameters: input_schema };
}

function readChoice(value: unknown, tools: readonly Tool[]): { choice: ToolChoice; oneCallOnly: boolean } {
  if (value === undefined || value === null) return { choice: "auto", oneCallOnly: false };
  const { type, disable_parallel_tool_use } = readShape(choiceSchema, value, "tool_choice");
  const oneCallOnly = disable_parallel_tool_use === true && tools.length > 0;
  if (type !== "tool") return { choice: type === "any" ? "required" : type, oneCallOnly };
  const { name } = readShape(namedSchema, value, "tool_choice");
  if (!tools.some((tool) => tool.name === name)) {
    throw badRequest("tool_choice.name", "tool_choice.name has to be the name of one of the tools.");
  }
  return { choice: { name }, oneCallOnly };
}
