import { createHash } from "node:crypto";
import type { Usage } from "../../shared/answer.ts";
import { countTokens } from "./count-tokens.ts";
import type { VendorCall } from "./vendor-wire.ts";

/** What a vendor remembers of the prompts it has read, so that it can bill their beginnings for less. */
export interface PromptCache {
  /** Counts the tokens of a prompt, and which of them are read from the cache or written to it. */
  read(call: VendorCall, nowMs: number): Usage;
}

/** Shorter beginnings are not kept, as at the real vendors. */
const smallestTokens = 1_024;
/** The OpenAI-compatible vendor counts what it had in steps of so many. */
const stepTokens = 128;
const keptForMs = 5 * 60_000;
/** Beginnings remembered for one model; the oldest goes first. A conversation needs two a turn. */
const maxBeginnings = 400;
const tokensPerMessage = 3;
/** Every image alike: these vendors do not look at its size. */
const tokensPerImage = 1_100;

/** One for each model: caches are never shared between models. */
export function createPromptCache(): PromptCache {
  const keptUntilMs = new Map<string, number>();

  function keep(key: string, nowMs: number): void {
    keptUntilMs.delete(key);
    keptUntilMs.set(key, nowMs + keptForMs);
    const oldest = keptUntilMs.keys().next().value;
    if (keptUntilMs.size > maxBeginnings && oldest !== undefined) keptUntilMs.delete(oldest);
  }

  return {
    read(call, nowMs) {
      const factor = call.model.tokenFactor ?? 1;
      const marks = call.model.wire === "anthropic";
      const hash = createHash("sha256");
      const worthKeeping: string[] = [];
      let tokens = 0;
      let readTokens = 0;
      let markedTokens = 0;
      for (const segment of call.segments) {
        hash.update(`${segment.role}\u0000${segment.text}\u0001`);
        tokens += tokensPerMessage + Math.ceil(countTokens(segment.text) * factor);
        tokens += (segment.images ?? 0) * tokensPerImage;
        if (tokens < smallestTokens) continue;
        const key = hash.copy().digest("base64");
        if ((keptUntilMs.get(key) ?? 0) > nowMs) readTokens = tokens;
        if (marks && !segment.marked) continue;
        markedTokens = tokens;
        worthKeeping.push(key);
      }
      for (const key of worthKeeping) keep(key, nowMs);
      const total = tokens + tokensPerMessage;
      if (!marks) {
        const cacheRead = readTokens - (readTokens % stepTokens);
        return { input: total - cacheRead, cacheRead, cacheWrite: 0, output: 0, reasoning: 0 };
      }
      // What lies behind the last mark is neither read nor written, even where an earlier prompt went further.
      const cacheRead = Math.min(readTokens, markedTokens);
      const cacheWrite = markedTokens - cacheRead;
      return { input: total - cacheRead - cacheWrite, cacheRead, cacheWrite, output: 0, reasoning: 0 };
    },
  };
}
