/**
 * How much of a model's context window Ollama is told to load (`options.num_ctx`). Unasked it loads 4,096 tokens on most
 * machines, 32,768 with 24 GiB of video memory (https://docs.ollama.com/context-length), and cuts what is longer.
 */

/** The lowest rung: a question with a file fits, and a completion does, so that one size serves both. */
const LEAST_WINDOW_TOKENS = 8_192;
/** Each token of it takes memory, about 1 GiB for 8,192 of a model of 8 billion parameters: more than this only on the person's word. */
const MOST_WINDOW_TOKENS = 32_768;
/** An estimate of tokens may be short by so much, and a chat template puts words of its own around each message. */
const SLACK_PERCENT = 25;

/** The window that is planned with, of a model that can `contextTokens`. */
export function usableWindow(contextTokens: number): number {
  return Math.min(contextTokens, MOST_WINDOW_TOKENS);
}

/** The most that is loaded for a route; `windowTokens` is the route's own, null where nobody says it. */
export function largestLoad(windowTokens: number | null): number {
  return windowTokens ?? MOST_WINDOW_TOKENS;
}

/**
 * The window for a request: the lowest of 8,192, 16,384, … tokens in which an estimated prompt and the room for the answer
 * fit, at most what the route has, and never less than what was asked for last (0: nothing was), for every change loads
 * the model anew.
 */
export function windowToLoad(facts: {
  promptTokens: number;
  roomTokens: number;
  windowTokens: number | null;
  lastTokens: number;
}): number {
  const neededTokens = Math.ceil((facts.promptTokens * (100 + SLACK_PERCENT)) / 100) + facts.roomTokens;
  const mostTokens = largestLoad(facts.windowTokens);
  let rung = LEAST_WINDOW_TOKENS;
  while (rung < neededTokens && rung < mostTokens) rung *= 2;
  return Math.max(facts.lastTokens, Math.min(rung, mostTokens));
}

/** True for a model that Ollama hands on to its cloud, which always has its whole window (`gpt-oss:120b-cloud`). */
export function isCloudModel({ origin, modelId }: { origin: string; modelId: string }): boolean {
  return origin === "https://ollama.com" || /[:-]cloud$/.test(modelId);
}
