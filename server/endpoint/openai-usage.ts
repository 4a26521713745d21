import type { Usage } from "../../shared/answer.ts";

/** Tokens as OpenAI counts them: those of the prompt include what the cache read or wrote. null where nobody counted. */
export function usageOf(usage: Usage | null): Record<string, unknown> | null {
  if (usage === null) return null;
  const prompt = usage.input + usage.cacheRead + usage.cacheWrite;
  return {
    prompt_tokens: prompt,
    completion_tokens: usage.output,
    total_tokens: prompt + usage.output,
    prompt_tokens_details: { cached_tokens: usage.cacheRead },
    completion_tokens_details: { reasoning_tokens: usage.reasoning },
  };
}
