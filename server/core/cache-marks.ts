import type { Message, Route } from "./provider.ts";

/**
 * Whether a model's vendor keeps only what is marked for it: Anthropic's models on their own wire, behind a gateway that
 * takes the marks (`anthropic/…`), and at Amazon (`eu.anthropic.…`). The others keep by themselves what they have read.
 */
export function keepsWhatIsMarked({ wire, modelId }: Pick<Route, "wire" | "modelId">): boolean {
  return wire === "anthropic" || /anthropic\/|(^|\.)anthropic\./.test(modelId);
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
