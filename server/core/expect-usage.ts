import type { Usage } from "../../shared/answer.ts";
import { cacheMarkPlaces, keepsWhatIsMarked } from "./cache-marks.ts";
import { estimateTokens } from "./estimate-tokens.ts";
import { type Message, type Route, routeName } from "./provider.ts";

/** No vendor that documents it keeps a shorter beginning of a prompt. */
const SMALLEST_KEPT_TOKENS = 1_024;

/**
 * The tokens that a vendor will most likely bill for a prompt, before it is sent: estimated, times `factor` (how this
 * vendor counts beside us), and split by what its cache gives and takes. What the last request left there, `warm`, is in
 * the vendor's own count. `outputTokens` is the caller's guess of the answer.
 */
export function expectUsage(facts: {
  route: Route;
  messages: readonly Message[];
  inputTokens: number;
  factor: number;
  warm: { name: string; cachedTokens: number } | null;
  outputTokens: number;
}): Usage {
  const { route, messages, factor, warm, outputTokens } = facts;
  const total = Math.round(facts.inputTokens * factor);
  const keepable = keepsWhatIsMarked(route) ? Math.round(markedTokens(messages) * factor) : total;
  const kept = keepable < SMALLEST_KEPT_TOKENS ? 0 : Math.min(keepable, total);
  const cacheRead = warm?.name === routeName(route) ? Math.min(warm.cachedTokens, kept) : 0;
  const cacheWrite = keepsWhatIsMarked(route) ? kept - cacheRead : 0;
  return { input: total - cacheRead - cacheWrite, cacheRead, cacheWrite, output: outputTokens, reasoning: 0 };
}

/** Up to the last message that is marked to be kept. */
function markedTokens(messages: readonly Message[]): number {
  const last = cacheMarkPlaces(messages).at(-1);
  if (last === undefined) return 0;
  return messages.slice(0, last + 1).reduce((sum, { text }) => sum + estimateTokens(text) + MESSAGE_TOKENS, 0);
}

/** What a chat format adds around each message. */
const MESSAGE_TOKENS = 4;
