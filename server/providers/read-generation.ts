import * as z from "zod";
import type { GenerationBill } from "../core/provider.ts";
import type { Http } from "./http.ts";
import { authorize, type ProviderFacts } from "./provider-facts.ts";
import { readBody } from "./read-body.ts";
import { readJson } from "./read-json.ts";
import { chargedUsd, costAmount, countsInside, tokenCount } from "./read-usage.ts";

/** An id that a gateway gives an answer; a longer or stranger one is none that can be asked for. */
const generationIdPattern = /^[\w.:-]{1,200}$/;

/** The id as it may be kept and asked for, or null. */
export function readGenerationId(id: string | null | undefined): string | null {
  return id != null && generationIdPattern.test(id) ? id : null;
}

/**
 * Asks a gateway what an answer cost that it calls `generationId`: one GET, which costs nothing. null while the gateway does
 * not know it, and where what it says is no bill. Throws a FailureError when it cannot be reached, and an AbortError.
 */
export async function askGeneration(
  facts: ProviderFacts,
  http: Http,
  generationId: string,
  signal: AbortSignal,
): Promise<GenerationBill | null> {
  const url = `${facts.baseUrl}${facts.row.generationPath}?id=${encodeURIComponent(generationId)}`;
  const response = await http.request(url, {
    method: "GET",
    headers: { ...authorize(facts), accept: "application/json" },
    signal,
  });
  const body = await readBody(response.body, longestBillBytes);
  return response.status === 200 ? readGeneration(body, generationId, facts.row.zeroCost) : null;
}

/** A bill is a few hundred bytes. */
const longestBillBytes = 64_000;

/**
 * The bill of one answer in OpenRouter's and Vercel's shape, which is the same. The fee is the whole cost, but with the
 * person's own upstream key: then that key's price comes on top. null for the bill of another answer, and where a part of
 * the sum is not told.
 */
export function readGeneration(
  body: string,
  generationId: string,
  zeroCost: "free" | "unknown",
): GenerationBill | null {
  const data = readJson(body, generationSchema)?.data;
  if (data == null || (data.id != null && data.id !== generationId)) return null;
  const costUsd = chargedUsd(
    {
      costUsd: data.total_cost ?? null,
      isByok: data.is_byok === true,
      upstreamUsd: data.upstream_inference_cost ?? null,
    },
    zeroCost,
  );
  if (costUsd === null) return null;
  const usage = countsInside({
    prompt: data.native_tokens_prompt ?? data.tokens_prompt,
    completion: data.native_tokens_completion ?? data.tokens_completion,
    total: null,
    cacheRead: data.native_tokens_cached,
    cacheWrite: data.native_tokens_cache_creation,
    reasoning: data.native_tokens_reasoning,
  });
  return { usage, costUsd };
}

const generationSchema = z.looseObject({
  data: z.looseObject({
    id: z.string().nullish().catch(null),
    total_cost: costAmount,
    upstream_inference_cost: costAmount,
    is_byok: z.boolean().nullish().catch(null),
    native_tokens_prompt: tokenCount,
    native_tokens_completion: tokenCount,
    native_tokens_reasoning: tokenCount,
    native_tokens_cached: tokenCount,
    native_tokens_cache_creation: tokenCount,
    tokens_prompt: tokenCount,
    tokens_completion: tokenCount,
  }),
});
