import * as z from "zod";
import type { Usage } from "../../shared/answer.ts";

/**
 * More tokens than any request has: ten times the largest context window there is. A count beyond it is a fault, and one
 * fault must not use up a cap.
 */
export const MOST_TOKENS = 100_000_000;
/** xAI states a cost in units of which so many are one dollar. */
const TICKS_PER_USD = 10_000_000_000;

/** A number of tokens, or the text of one. Anything else, and what no count can be, is null. */
export const tokenCount = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\d+(\.\d+)?$/)
      .transform(Number),
  ])
  .pipe(z.number().finite().min(0).max(MOST_TOKENS))
  .nullish()
  .catch(null);
/** Dollars. May still be no amount of money; see `chargedUsd`. */
export const costAmount = z
  .union([z.number(), z.string().regex(/^\d/).transform(Number)])
  .nullish()
  .catch(null);
const optionalObject = <Shape extends z.ZodRawShape>(shape: Shape) => z.looseObject(shape).nullish().catch(null);

const inputDetails = {
  cached_tokens: tokenCount,
  /** OpenAI and OpenRouter; LiteLLM and Qwen have names of their own. */
  cache_write_tokens: tokenCount,
  cache_creation_tokens: tokenCount,
  cache_creation_input_tokens: tokenCount,
  cache_creation_token_details: optionalObject({ ephemeral_1h_input_tokens: tokenCount }),
};

/**
 * The usage object of the OpenAI-compatible wire, with what vendors have added to it and what gateways pass through from
 * other wires. Every field may be missing.
 */
export const chatUsageSchema = z.looseObject({
  prompt_tokens: tokenCount,
  completion_tokens: tokenCount,
  total_tokens: tokenCount,
  prompt_tokens_details: optionalObject(inputDetails),
  completion_tokens_details: optionalObject({ reasoning_tokens: tokenCount }),
  /** DeepSeek's name for the cached part, and Moonshot's. */
  prompt_cache_hit_tokens: tokenCount,
  prompt_cache_miss_tokens: tokenCount,
  cached_tokens: tokenCount,
  /** The names of OpenAI's Responses and of Anthropic's Messages. */
  input_tokens: tokenCount,
  output_tokens: tokenCount,
  input_tokens_details: optionalObject(inputDetails),
  output_tokens_details: optionalObject({ reasoning_tokens: tokenCount, thinking_tokens: tokenCount }),
  cache_read_input_tokens: tokenCount,
  cache_creation_input_tokens: tokenCount,
  cache_creation: optionalObject({ ephemeral_5m_input_tokens: tokenCount, ephemeral_1h_input_tokens: tokenCount }),
  /** Ollama's own. */
  prompt_eval_count: tokenCount,
  eval_count: tokenCount,
  cost: z
    .union([
      costAmount.unwrap().unwrap(),
      z.looseObject({ total_cost: costAmount }).transform((cost) => cost.total_cost ?? null),
    ])
    .nullish()
    .catch(null),
  cost_in_usd_ticks: costAmount,
  is_byok: z.boolean().nullish().catch(null),
  cost_details: optionalObject({ upstream_inference_cost: costAmount }),
});
export type ChatUsage = z.infer<typeof chatUsageSchema>;

/** Where a count may stand in an event or a document, the most trusted first. */
export const countedSchema = z.looseObject({
  usage: chatUsageSchema.nullish().catch(null),
  /** Groq's. */
  x_groq: optionalObject({ usage: chatUsageSchema.nullish().catch(null) }),
  /** Gemini's own. */
  usageMetadata: optionalObject({
    promptTokenCount: tokenCount,
    candidatesTokenCount: tokenCount,
    thoughtsTokenCount: tokenCount,
    toolUsePromptTokenCount: tokenCount,
    cachedContentTokenCount: tokenCount,
    totalTokenCount: tokenCount,
  }),
  /** llama.cpp's: what it had in memory, what it read anew, what it wrote. */
  timings: optionalObject({ cache_n: tokenCount, prompt_n: tokenCount, predicted_n: tokenCount }),
  prompt_eval_count: tokenCount,
  eval_count: tokenCount,
});
export type Counted = z.infer<typeof countedSchema>;

/** A count, and the object that it was read from; that object alone may tell the cost. */
export interface UsageReading {
  usage: Usage;
  from: ChatUsage | null;
}

/**
 * The one count of an event: of several places the first that holds any, so that nothing is counted twice. null without
 * any. `inChoice` is what stands in the first choice, where Moonshot puts it.
 */
export function readCounted(
  counted: Counted,
  inChoice: ChatUsage | null,
  cachedTokens: CachedTokens = "either",
): UsageReading | null {
  for (const from of [counted.usage, counted.x_groq?.usage, inChoice]) {
    const usage = from ? readUsage(withTimings(from, counted), cachedTokens) : null;
    if (from && usage) return { usage, from };
  }
  const usage = readGemini(counted) ?? readTimings(counted) ?? readEvaluated(counted);
  return usage && { usage, from: null };
}

/**
 * Vendor's counts as Wayfare's. Under OpenAI's names the cached tokens are inside the prompt's and are taken out of
 * `input`; under Anthropic's they stand beside it. null when nothing was counted: a prompt is never 0 tokens long, so zeros
 * mean that nobody counted.
 */
export function readUsage(usage: ChatUsage, cachedTokens: CachedTokens = "either"): Usage | null {
  const details = usage.prompt_tokens_details;
  if (whole(usage.prompt_tokens) + whole(usage.completion_tokens) > 0) {
    const cacheRead =
      details?.cached_tokens ?? usage.prompt_cache_hit_tokens ?? usage.cached_tokens ?? usage.cache_read_input_tokens;
    return countsInside({
      cachedTokens,
      prompt: usage.prompt_tokens,
      completion: usage.completion_tokens,
      total: usage.total_tokens,
      cacheRead,
      cacheWrite: writtenIn(details) ?? usage.cache_creation_input_tokens,
      cacheWrite1h: hourIn(details) ?? usage.cache_creation?.ephemeral_1h_input_tokens,
      reasoning: usage.completion_tokens_details?.reasoning_tokens,
    });
  }
  const outer = [usage.input_tokens, usage.cache_read_input_tokens, usage.cache_creation_input_tokens];
  if ([...outer, usage.output_tokens].every((each) => whole(each) === 0)) return readEvaluated(usage);
  const reasoning = usage.output_tokens_details?.reasoning_tokens ?? usage.output_tokens_details?.thinking_tokens;
  const inner = usage.input_tokens_details;
  const hasOuter = (usage.cache_read_input_tokens ?? usage.cache_creation_input_tokens ?? usage.cache_creation) != null;
  if (hasOuter && inner == null) return countsBeside(usage, reasoning);
  return countsInside({
    prompt: usage.input_tokens,
    completion: usage.output_tokens,
    total: usage.total_tokens,
    cacheRead: inner?.cached_tokens,
    cacheWrite: writtenIn(inner),
    cacheWrite1h: hourIn(inner),
    reasoning,
  });
}

/**
 * What the vendor says the answer cost, in USD, or null. With the person's own upstream key (`is_byok`) the cost is the
 * gateway's fee alone, and the upstream price comes on top: where that is not told, neither is the cost. Without such a
 * key the upstream price is inside already. Vercel's `market_cost` and `gateway_cost` are not what is charged: `cost` is.
 */
export function readReportedCost(usage: ChatUsage, zeroCost: "free" | "unknown"): number | null {
  const costUsd = usage.cost ?? (usage.cost_in_usd_ticks == null ? null : usage.cost_in_usd_ticks / TICKS_PER_USD);
  return chargedUsd(
    { costUsd, isByok: usage.is_byok === true, upstreamUsd: usage.cost_details?.upstream_inference_cost ?? null },
    zeroCost,
  );
}

/** The fee, and with the person's own upstream key what that key is charged on top. null where a part of it is not told. */
export function chargedUsd(
  cost: { costUsd: number | null; isByok: boolean; upstreamUsd: number | null },
  zeroCost: "free" | "unknown",
): number | null {
  const parts = cost.isByok ? [cost.costUsd, cost.upstreamUsd] : [cost.costUsd];
  let totalUsd = 0;
  for (const part of parts) {
    if (part === null || !Number.isFinite(part) || part < 0) return null;
    totalUsd += part;
  }
  // Two amounts that are numbers may come to more than a number holds.
  if (!Number.isFinite(totalUsd)) return null;
  return totalUsd === 0 && zeroCost === "unknown" ? null : totalUsd;
}

type Count = number | null | undefined;

/** Where the vendor documents what came from the cache: inside the prompt's count, beside it, or either by its upstream. */
export type CachedTokens = "inside" | "beside" | "either";

interface InsideCounts {
  /** Absent: `either`. */
  cachedTokens?: CachedTokens;
  prompt: Count;
  completion: Count;
  total: Count;
  cacheRead: Count;
  cacheWrite: Count;
  cacheWrite1h?: Count;
  reasoning: Count;
}

/** Counts of a vendor whose prompt holds the cached tokens; a total that says otherwise is believed. null for zeros. */
export function countsInside(told: InsideCounts): Usage | null {
  const [prompt, completion, reasoning] = [whole(told.prompt), whole(told.completion), whole(told.reasoning)];
  if (prompt === 0 && completion === 0) return null;
  const [read, write] = [whole(told.cacheRead), whole(told.cacheWrite)];
  // Some vendors leave the thinking out of the completion and count it in the total alone. It is billed all the same.
  const beyond = told.total == null ? 0 : Math.max(0, whole(told.total) - prompt - completion);
  const cached = read + write;
  // Some gateways hand on Anthropic's counts, cache outside, under OpenAI's names: then only the total shows it.
  const isOutside =
    told.cachedTokens === "inside"
      ? false
      : cached > prompt
        ? told.total == null || beyond >= cached
        : cached > 0 && beyond !== reasoning && (beyond === cached || beyond === cached + reasoning);
  const outside = isOutside ? Math.max(0, beyond - cached) : beyond;
  const cacheRead = isOutside ? read : Math.min(prompt, read);
  const cacheWrite = isOutside ? write : Math.min(prompt - cacheRead, write);
  const output = completion + (told.total == null && reasoning > completion ? reasoning : outside);
  return {
    input: isOutside ? prompt : prompt - cacheRead - cacheWrite,
    cacheRead,
    cacheWrite,
    ...keptForAnHour(cacheWrite, told.cacheWrite1h),
    output,
    reasoning: Math.min(output, Math.max(reasoning, outside)),
  };
}

/** Anthropic's: what the cache read and wrote stands beside `input_tokens`. */
function countsBeside(usage: ChatUsage, reasoning: Count): Usage {
  const hour = whole(usage.cache_creation?.ephemeral_1h_input_tokens);
  const kinds = whole(usage.cache_creation?.ephemeral_5m_input_tokens) + hour;
  const cacheWrite = Math.max(whole(usage.cache_creation_input_tokens), kinds);
  const output = whole(usage.output_tokens);
  return {
    input: whole(usage.input_tokens),
    cacheRead: whole(usage.cache_read_input_tokens),
    cacheWrite,
    ...keptForAnHour(cacheWrite, hour),
    output,
    reasoning: Math.min(output, whole(reasoning)),
  };
}

/** Of what the cache wrote, the part that is kept for an hour; nothing where there is none. */
export function keptForAnHour(cacheWrite: number, hour: Count): { cacheWrite1h?: number } {
  const cacheWrite1h = Math.min(cacheWrite, whole(hour));
  return cacheWrite1h === 0 ? {} : { cacheWrite1h };
}

function readGemini({ usageMetadata: told }: Counted): Usage | null {
  if (told == null) return null;
  return countsInside({
    prompt: whole(told.promptTokenCount) + whole(told.toolUsePromptTokenCount),
    // The thinking is not among the candidates.
    completion: whole(told.candidatesTokenCount) + whole(told.thoughtsTokenCount),
    total: told.totalTokenCount,
    cacheRead: told.cachedContentTokenCount,
    cacheWrite: null,
    reasoning: told.thoughtsTokenCount,
  });
}

function readTimings({ timings }: Counted): Usage | null {
  if (timings == null) return null;
  const [cacheRead, input, output] = [whole(timings.cache_n), whole(timings.prompt_n), whole(timings.predicted_n)];
  if (input + output === 0) return null;
  return { input, cacheRead, cacheWrite: 0, output, reasoning: 0 };
}

/** llama.cpp counts the whole prompt in `usage`, and says in its timings how much of it was in memory. */
function withTimings(usage: ChatUsage, { timings }: Counted): ChatUsage {
  if (timings?.cache_n == null || usage.prompt_tokens_details != null) return usage;
  return { ...usage, prompt_tokens_details: { cached_tokens: timings.cache_n } };
}

function readEvaluated(told: Pick<Counted, "prompt_eval_count" | "eval_count">): Usage | null {
  const [input, output] = [whole(told.prompt_eval_count), whole(told.eval_count)];
  return input + output === 0 ? null : { input, cacheRead: 0, cacheWrite: 0, output, reasoning: 0 };
}

type InputDetails = ChatUsage["prompt_tokens_details"];

function writtenIn(details: InputDetails): Count {
  return details?.cache_write_tokens ?? details?.cache_creation_tokens ?? details?.cache_creation_input_tokens;
}

function hourIn(details: InputDetails): Count {
  return details?.cache_creation_token_details?.ephemeral_1h_input_tokens;
}

function whole(number: Count): number {
  return Math.round(number ?? 0);
}
