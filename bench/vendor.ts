import { startPlayground } from "../server/playground/start-playground.ts";

/** A simulated vendor in a process of its own, without pauses; tells its parent where it listens. */
const playground = await startPlayground({
  apiKey: "bench",
  pace: "instant",
  models: [
    {
      id: "bench",
      wire: "openai-compatible",
      tier: "cheap",
      windowTokens: 128_000,
      maxOutputTokens: 8_192,
      price: {
        source: "provider",
        tiers: [{ fromInputTokens: 0, inputUsd: 0.15, outputUsd: 0.6, cacheReadUsd: 0.015, cacheWriteUsd: 0.15 }],
      },
      answer: () => "Sixty-four words would be the usual answer, but the first one is all that counts here.",
    },
  ],
});
process.send?.(playground.openAiBaseUrl);
process.once("disconnect", () => process.exit(0));
