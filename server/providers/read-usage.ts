import * as z from "zod";
import type { Usage } from "../../shared/answer.ts";

const count = z.number().finite().nonnegative().nullish().catch(null);
const amount = z
  .union([z.number(), z.string().regex(/^\d/).transform(Number)])
  .nullish()
  .catch(null);
const optionalObject = <Shape extends z.ZodRawShape>(shape: Shape) => z.looseObject(shape).nullish().catch(null);

/** The usage object of the OpenAI-compatible wire, with what vendors have added to it. Every field may be missing. */
export const chatUsageSchema = z.looseObject({
  prompt_tokens: count,
  completion_tokens: count,
  total_tokens: count,
  prompt_tokens_details: optionalObject({ cached_tokens: count, cache_write_tokens: count }),
  completion_tokens_details: optionalObject({ reasoning_tokens: count }),
  /** DeepSeek's name for the cached part. */
  prompt_cache_hit_tokens: count,
  cost: amount,
  is_byok: z.boolean().nullish().catch(null),
  cost_details: optionalObject({ upstream_inference_cost: amount }),
});
export type ChatUsage = z.infer<typeof chatUsageSchema>;

/**
 * Vendor's counts as Wayfare's: on this wire the cached tokens are inside `prompt_tokens`, so they are taken out of
 * `input`. null when nothing was counted: a prompt is never 0 tokens long, so zeros mean that nobody counted.
 */
export function readUsage(usage: ChatUsage): Usage | null {
  const prompt = whole(usage.prompt_tokens);
  const completion = whole(usage.completion_tokens);
  if (prompt === 0 && completion === 0) return null;
  const cacheRead = Math.min(
    prompt,
    whole(usage.prompt_tokens_details?.cached_tokens ?? usage.prompt_cache_hit_tokens),
  );
  const cacheWrite = Math.min(prompt - cacheRead, whole(usage.prompt_tokens_details?.cache_write_tokens));
  const reported = whole(usage.completion_tokens_details?.reasoning_tokens);
  // Some vendors leave the thinking out of completion_tokens and count it in the total alone. It is billed all the same.
  const outside = usage.total_tokens == null ? 0 : Math.max(0, whole(usage.total_tokens) - prompt - completion);
  const output = completion + (usage.total_tokens == null && reported > completion ? reported : outside);
  return {
    input: prompt - cacheRead - cacheWrite,
    cacheRead,
    cacheWrite,
    output,
    reasoning: Math.min(output, Math.max(reported, outside)),
  };
}

/**
 * What the vendor says the answer cost, in USD, or null. With the person's own upstream key (`is_byok`) the cost is the
 * gateway's fee alone, and the upstream price comes on top: where that is not told, neither is the cost. Without such a
 * key the upstream price is inside already.
 */
export function readReportedCost(usage: ChatUsage, zeroCost: "free" | "unknown"): number | null {
  if (usage.cost == null || !Number.isFinite(usage.cost) || usage.cost < 0) return null;
  const upstreamUsd = usage.is_byok ? usage.cost_details?.upstream_inference_cost : 0;
  if (upstreamUsd == null || !Number.isFinite(upstreamUsd) || upstreamUsd < 0) return null;
  const totalUsd = usage.cost + upstreamUsd;
  return totalUsd === 0 && zeroCost === "unknown" ? null : totalUsd;
}

function whole(number: number | null | undefined): number {
  return Math.round(number ?? 0);
}
