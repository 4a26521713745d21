import type { Message, ProviderRequest } from "../core/provider.ts";
import type { WireRow } from "./presets.ts";

/** A parameter that can be left out or renamed when a server refuses it. */
export type OptionalParameter =
  | "stream_options"
  | "max_tokens"
  | "max_completion_tokens"
  | "temperature"
  | "cache_control";

/** The body of a streamed chat request. `refused` names what this server is known not to take for this model. */
export function encodeChat(
  request: ProviderRequest,
  row: WireRow,
  refused: ReadonlySet<OptionalParameter>,
): Record<string, unknown> {
  const marks = row.cacheMarks === "anthropic-models" && request.modelId.includes("anthropic/");
  const places = marks && !refused.has("cache_control") ? cacheMarkPlaces(request.messages) : [];
  return {
    model: request.modelId,
    messages: request.messages.map((message, index) => encodeMessage(message, places.includes(index))),
    stream: true,
    ...(row.includeUsage === "ask" && !refused.has("stream_options")
      ? { stream_options: { include_usage: true } }
      : {}),
    ...encodeLimit(request.maxOutputTokens, row, refused),
    ...(request.temperature === undefined || refused.has("temperature") ? {} : { temperature: request.temperature }),
    ...(request.stop === undefined || request.stop.length === 0 ? {} : { stop: [...request.stop] }),
  };
}

/** True when leaving the parameter out, or giving it its other name, makes a request that differs. */
export function canDoWithout(
  name: string | null,
  row: WireRow,
  refused: ReadonlySet<OptionalParameter>,
): name is OptionalParameter {
  if (name === "stream_options" || name === "temperature" || name === "cache_control") return !refused.has(name);
  // The bound on the answer holds the money back, so one of the two names is always sent.
  if (name === "max_tokens" || name === "max_completion_tokens")
    return limitField(row, refused) === name && refused.size < 4 && !refused.has(otherLimit(name));
  return false;
}

/** The smallest prompt that Anthropic keeps is 1,024 tokens; shorter marks only cost. About four characters a token. */
const smallestCachedCharacters = 4_096;

/**
 * Messages whose end is worth a cache mark: the first when it is long enough to be kept, and, in a conversation, the last
 * one before the new question, for everything up to there comes again next time. Writing costs a quarter more than
 * reading once saves, so a first question's own text is not marked.
 */
export function cacheMarkPlaces(messages: readonly Message[]): number[] {
  const places = new Set<number>();
  if ((messages[0]?.text.length ?? 0) >= smallestCachedCharacters && messages.length > 1) places.add(0);
  const last = messages.length - 2;
  const before = messages.slice(0, last + 1).reduce((sum, message) => sum + message.text.length, 0);
  if (messages[last]?.role === "assistant" && before >= smallestCachedCharacters) places.add(last);
  return [...places];
}

function encodeMessage(message: Message, marked: boolean): Record<string, unknown> {
  if (!marked) return { role: message.role, content: message.text };
  const part = { type: "text", text: message.text, cache_control: { type: "ephemeral" } };
  return { role: message.role, content: [part] };
}

function encodeLimit(tokens: number, row: WireRow, refused: ReadonlySet<OptionalParameter>): Record<string, number> {
  return { [limitField(row, refused)]: tokens };
}

function limitField(row: WireRow, refused: ReadonlySet<OptionalParameter>): "max_tokens" | "max_completion_tokens" {
  return refused.has(row.maxTokensField) ? otherLimit(row.maxTokensField) : row.maxTokensField;
}

function otherLimit(name: "max_tokens" | "max_completion_tokens"): "max_tokens" | "max_completion_tokens" {
  return name === "max_tokens" ? "max_completion_tokens" : "max_tokens";
}
