import {
  type Message,
  type ReasoningBlock,
  type Route,
  type ToolCall,
  unknownWriter,
  type Writer,
} from "./provider.ts";

/**
 * What of a conversation may go to a route. Thinking that another model wrote, or the same one elsewhere, is left out: its
 * signature would be refused, and its words are no answer of this model's. So is thinking without a signature where the
 * wire wants one (all but the OpenAI-compatible), and where nothing hangs on it: an OpenAI-compatible vendor wants to see
 * the thinking behind tool calls again, and no other. Where nobody knows who wrote it, Anthropic's wire has it, whose vendor
 * checks it and wants it back with the calls. A call keeps its signature only for the model that signed it. Text, calls, results and
 * images stay as they are: whether a model takes them is for the plan to say, and nothing is dropped unseen.
 */
export function fitMessages(
  messages: readonly Message[],
  route: Pick<Route, "wire" | "origin" | "modelId">,
): readonly Message[] {
  return messages.some((message) => message.reasoning !== undefined || message.toolCalls !== undefined)
    ? messages.map((message) => fitMessage(message, route))
    : messages;
}

function fitMessage(message: Message, route: Pick<Route, "wire" | "origin" | "modelId">): Message {
  const { reasoning, toolCalls, ...rest } = message;
  if (reasoning === undefined && toolCalls === undefined) return message;
  const hasCalls = (toolCalls?.length ?? 0) > 0;
  const kept = (reasoning ?? []).filter((block) => mayBeBy(block.by, route) && isWanted(block, route, hasCalls));
  return {
    ...rest,
    ...(kept.length > 0 ? { reasoning: kept } : {}),
    ...(toolCalls === undefined ? {} : { toolCalls: toolCalls.map((call) => fitCall(call, route)) }),
  };
}

function isWanted(block: ReasoningBlock, route: Pick<Route, "wire">, hasCalls: boolean): boolean {
  const isPlain = route.wire === "openai-compatible" || route.wire === "ollama";
  return isPlain ? hasCalls : block.signature !== null || block.redactedData !== null;
}

function fitCall(call: ToolCall, route: Pick<Route, "origin" | "modelId">): ToolCall {
  if (call.signature === undefined || isBy(call.signature.by, route)) return call;
  const { signature: _, ...unsigned } = call;
  return unsigned;
}

function mayBeBy(writer: Writer, route: Pick<Route, "wire" | "origin" | "modelId">): boolean {
  return isBy(writer, route) || (isBy(writer, unknownWriter) && route.wire === "anthropic");
}

function isBy(writer: Writer, route: Pick<Route, "origin" | "modelId">): boolean {
  return writer.origin === route.origin && writer.modelId === route.modelId;
}
