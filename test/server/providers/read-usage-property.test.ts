import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countedSchema, readCounted, readReportedCost } from "../../../server/providers/read-usage.ts";
import { usageSchema } from "../../../shared/answer.ts";

describe("whatever is sent", () => {
  const strange = fc.oneof(
    { weight: 4, arbitrary: fc.nat({ max: 5_000 }) },
    { weight: 2, arbitrary: fc.nat({ max: 5_000 }).map(String) },
    fc.double(),
    fc.integer(),
    fc.constantFrom(null, true, "", "much", "-3", "1e400", {}, [], Number.MAX_VALUE, 9e15),
  );
  const details = fc.oneof(
    fc.record(
      { cached_tokens: strange, cache_write_tokens: strange, cache_creation_tokens: strange },
      { requiredKeys: [] },
    ),
    strange,
  );
  const usage = fc.record(
    {
      prompt_tokens: strange,
      completion_tokens: strange,
      total_tokens: strange,
      input_tokens: strange,
      output_tokens: strange,
      prompt_tokens_details: details,
      input_tokens_details: details,
      completion_tokens_details: fc.oneof(fc.record({ reasoning_tokens: strange }), strange),
      output_tokens_details: fc.oneof(fc.record({ reasoning_tokens: strange }), strange),
      cache_read_input_tokens: strange,
      cache_creation_input_tokens: strange,
      cache_creation: fc.oneof(fc.record({ ephemeral_1h_input_tokens: strange }), strange),
      prompt_cache_hit_tokens: strange,
      cached_tokens: strange,
      prompt_eval_count: strange,
      eval_count: strange,
      cost: strange,
      is_byok: fc.oneof(fc.boolean(), strange),
      cost_details: fc.oneof(fc.record({ upstream_inference_cost: strange }), strange),
    },
    { requiredKeys: [] },
  );
  const counted = fc.record(
    {
      usage: fc.oneof(usage, strange),
      x_groq: fc.oneof(fc.record({ usage }), strange),
      timings: fc.oneof(fc.record({ cache_n: strange, prompt_n: strange, predicted_n: strange }), strange),
      usageMetadata: fc.oneof(
        fc.record({
          promptTokenCount: strange,
          candidatesTokenCount: strange,
          thoughtsTokenCount: strange,
          totalTokenCount: strange,
        }),
        strange,
      ),
      prompt_eval_count: strange,
      eval_count: strange,
    },
    { requiredKeys: [] },
  );

  it("comes to a valid count or to none, and to an amount of money or to none", () => {
    fc.assert(
      fc.property(counted, (event) => {
        const reading = readCounted(countedSchema.parse(event), null);
        if (reading === null) return;
        expect(usageSchema.safeParse(reading.usage).error).toBeUndefined();
        expect(reading.usage.cacheWrite1h ?? 0).toBeLessThanOrEqual(reading.usage.cacheWrite);
        expect(reading.usage.reasoning).toBeLessThanOrEqual(reading.usage.output);
        const costUsd = reading.from === null ? null : readReportedCost(reading.from, "free");
        expect(costUsd === null || (Number.isFinite(costUsd) && costUsd >= 0)).toBe(true);
      }),
    );
  });

  it("counts no token twice: however often and under whatever names the same is said", () => {
    const parts = fc.record({
      input: fc.integer({ min: 1, max: 9_000 }),
      read: fc.nat({ max: 9_000 }),
      write: fc.nat({ max: 9_000 }),
      output: fc.integer({ min: 1, max: 9_000 }),
      thought: fc.nat({ max: 9_000 }),
    });
    const ways = fc.record({ total: fc.boolean(), groq: fc.boolean(), timings: fc.boolean(), native: fc.boolean() });
    fc.assert(
      fc.property(parts, ways, (told, says) => {
        const prompt = told.input + told.read + told.write;
        const reasoning = Math.min(told.thought, told.output);
        const usage = {
          prompt_tokens: prompt,
          completion_tokens: told.output,
          ...(says.total ? { total_tokens: prompt + told.output } : {}),
          prompt_tokens_details: { cached_tokens: told.read, cache_write_tokens: told.write },
          completion_tokens_details: { reasoning_tokens: reasoning },
          ...(says.native
            ? {
                input_tokens: told.input,
                output_tokens: told.output,
                cache_read_input_tokens: told.read,
                cache_creation_input_tokens: told.write,
                prompt_eval_count: prompt,
                eval_count: told.output,
              }
            : {}),
        };
        const event = {
          usage,
          ...(says.groq ? { x_groq: { usage } } : {}),
          ...(says.timings ? { timings: { cache_n: told.read, prompt_n: told.input, predicted_n: told.output } } : {}),
        };
        expect(readCounted(countedSchema.parse(event), null)?.usage).toEqual({
          input: told.input,
          cacheRead: told.read,
          cacheWrite: told.write,
          output: told.output,
          reasoning,
        });
      }),
    );
  });
});
