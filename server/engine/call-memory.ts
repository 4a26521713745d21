import type { Message, ReasoningBlock, ToolCall } from "../core/provider.ts";

/**
 * What belongs to a model's tool calls and has no place on the client's wire: a call's signature, and the thinking before
 * it. Clients send calls back by their ids, and vendors refuse the conversation where the rest is missing.
 */
export interface CallMemory {
  keep(calls: readonly ToolCall[], reasoning: readonly ReasoningBlock[]): void;
  /** The messages with what is known of their calls. */
  complete(messages: readonly Message[]): readonly Message[];
}

/** An agent makes some hundred calls in an hour, and several may run. */
const MOST_CALLS = 2_000;
/** Of thinking, in all. */
const MOST_CHARACTERS = 16_000_000;

interface Kept {
  signature: ToolCall["signature"];
  reasoning: readonly ReasoningBlock[];
  characters: number;
}

/** Lives as long as the process: where a call is not known any more, the conversation goes on without its thinking. */
export function createCallMemory(): CallMemory {
  /** By id, the one kept last at the end. */
  const kept = new Map<string, Kept>();
  let characters = 0;
  const forget = (id: string): void => {
    characters -= kept.get(id)?.characters ?? 0;
    kept.delete(id);
  };
  return {
    keep(calls, reasoning) {
      for (const [index, { id, signature }] of calls.entries()) {
        // The thinking came before all of them; it goes back once.
        const own = index === 0 ? reasoning : [];
        if (signature === undefined && own.length === 0) continue;
        const size = own.reduce((sum, { text, redactedData }) => sum + text.length + (redactedData?.length ?? 0), 0);
        forget(id);
        kept.set(id, { signature, reasoning: own, characters: size });
        characters += size;
      }
      for (const id of kept.keys()) {
        if (kept.size <= MOST_CALLS && characters <= MOST_CHARACTERS) break;
        forget(id);
      }
    },
    complete: (messages) =>
      kept.size === 0 || !messages.some(({ toolCalls = [] }) => toolCalls.some(({ id }) => kept.has(id)))
        ? messages
        : messages.map((message) => completed(message, kept)),
  };
}

function completed(message: Message, kept: ReadonlyMap<string, Kept>): Message {
  const { toolCalls = [] } = message;
  const reasoning = toolCalls.flatMap(({ id }) => kept.get(id)?.reasoning ?? []);
  if (!toolCalls.some(({ id }) => kept.has(id))) return message;
  return {
    ...message,
    toolCalls: toolCalls.map((call) => {
      const signature = kept.get(call.id)?.signature;
      return signature === undefined ? call : { ...call, signature };
    }),
    ...(reasoning.length === 0 ? {} : { reasoning }),
  };
}
