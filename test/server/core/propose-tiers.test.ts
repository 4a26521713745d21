import { describe, expect, it } from "vitest";
import { proposeTiers } from "../../../server/core/propose-tiers.ts";
import type { ListedModel } from "../../../server/core/provider.ts";

type Listed = string | [id: string, inputUsd: number, outputUsd: number];
const propose = (providerId: string, models: readonly Listed[], free?: "free") =>
  proposeTiers(
    models.map((each) => {
      const [id, inputUsd, outputUsd] = typeof each === "string" ? [each, null, null] : each;
      const price: ListedModel["price"] =
        inputUsd === null
          ? (free ?? null)
          : {
              source: "provider",
              tiers: [{ fromInputTokens: 0, inputUsd, outputUsd, cacheReadUsd: inputUsd, cacheWriteUsd: inputUsd }],
            };
      return { providerId, model: { id, windowTokens: null, maxOutputTokens: null, price } };
    }),
  );

describe("proposed tiers", () => {
  it("for OpenAI, whose list has no prices and much that does not chat", () => {
    const ids =
      "gpt-4o gpt-4o-mini gpt-4o-2024-08-06 gpt-4o-audio-preview gpt-4o-search-preview gpt-4o-transcribe gpt-image-1 dall-e-3 tts-1-hd whisper-1 text-embedding-3-large omni-moderation-latest gpt-realtime gpt-5 gpt-5-2025-08-07 gpt-5-mini gpt-5.4 gpt-5.4-mini gpt-5.4-mini-2026-03-17 gpt-5.4-nano gpt-5.4-pro gpt-5.3-codex o3-deep-research o1-pro sora-2 babbage-002 gpt-3.5-turbo-instruct computer-use-preview".split(
        " ",
      );
    expect(propose("openai", ids)).toEqual({
      cheap: ["openai/gpt-5.4-mini", "openai/gpt-5.4-nano"],
      frontier: ["openai/gpt-5.4", "openai/gpt-5.3-codex"],
    });
  });

  it("for Anthropic: the newest of each family", () => {
    const ids =
      "claude-opus-4-5-20251101 claude-opus-4-1-20250805 claude-sonnet-4-5-20250929 claude-sonnet-4-20250514 claude-haiku-4-5-20251001 claude-3-5-haiku-20241022 claude-3-haiku-20240307".split(
        " ",
      );
    expect(propose("anthropic", ids)).toEqual({
      cheap: ["anthropic/claude-haiku-4-5-20251001"],
      frontier: ["anthropic/claude-sonnet-4-5-20250929", "anthropic/claude-opus-4-5-20251101"],
    });
  });

  it("for OpenRouter: three a tier out of hundreds, none of them free, dated, for search or for images", () => {
    const many = Array.from({ length: 400 }, (_, index): Listed => [`someone/finetune-${index}-70b`, 0.5, 0.7]);
    const made = propose("openrouter", [
      ...many,
      ["openai/gpt-5.4", 2.5, 15],
      ["openai/gpt-5.4-mini", 0.75, 4.5],
      ["openai/gpt-5.4-pro", 30, 180],
      ["anthropic/claude-sonnet-4.5", 3, 15],
      ["anthropic/claude-opus-4.5", 5, 25],
      ["anthropic/claude-haiku-4.5", 1, 5],
      ["google/gemini-3.5-flash", 0.3, 2.5],
      ["google/gemini-2.5-flash-image", 0.3, 2.5],
      ["qwen/qwen3-coder:free", 0, 0],
      ["perplexity/sonar-pro-search", 3, 15],
      ["deepseek/deepseek-v4-flash", 0.2, 0.6],
      ["openrouter/auto", 0, 0],
      ["meta-llama/llama-guard-4-12b", 0.1, 0.1],
    ]);
    expect(made).toEqual({
      cheap: [
        "openrouter/openai/gpt-5.4-mini",
        "openrouter/anthropic/claude-haiku-4.5",
        "openrouter/google/gemini-3.5-flash",
      ],
      frontier: [
        "openrouter/anthropic/claude-sonnet-4.5",
        "openrouter/openai/gpt-5.4",
        "openrouter/anthropic/claude-opus-4.5",
      ],
    });
  });

  it("for a server of one's own: free models are cheap, and a single one serves both tiers", () => {
    expect(propose("ollama", ["llama3.2:3b", "qwen3-coder:30b", "nomic-embed-text:latest"], "free")).toEqual({
      cheap: ["ollama/qwen3-coder:30b", "ollama/llama3.2:3b"],
      frontier: [],
    });
    expect(propose("ollama", ["gpt-oss:20b", "nomic-embed-text:latest"], "free")).toEqual({
      cheap: ["ollama/gpt-oss:20b"],
      frontier: ["ollama/gpt-oss:20b"],
    });
  });

  it("by price where no name is known", () => {
    expect(
      propose("corp", [
        ["house-large", 4, 20],
        ["house-small", 0.2, 1],
      ]),
    ).toEqual({
      cheap: ["corp/house-small"],
      frontier: ["corp/house-large"],
    });
    expect(
      propose("corp", [
        ["alpha", 1, 2],
        ["beta", 1.2, 2],
      ]).frontier,
    ).toEqual([]);
    const many = Array.from({ length: 40 }, (_, at) => `alpha-${at}`);
    expect(propose("corp", many)).toEqual({ cheap: [], frontier: [] });
    expect(propose("corp", ["alpha", "beta"])).toEqual({ cheap: ["corp/alpha", "corp/beta"], frontier: [] });
  });

  it("does not take a small distillation for the model it is named after", () => {
    expect(
      propose("x", [
        ["deepseek-r1-distill-qwen-7b", 0.1, 0.2],
        ["claude-sonnet-4.5", 3, 15],
      ]),
    ).toEqual({
      cheap: ["x/deepseek-r1-distill-qwen-7b"],
      frontier: ["x/claude-sonnet-4.5"],
    });
  });

  it("fall back on older models only where there is nothing newer", () => {
    expect(propose("azure", ["gpt-4o", "gpt-4o-mini"])).toEqual({
      cheap: ["azure/gpt-4o-mini"],
      frontier: ["azure/gpt-4o"],
    });
  });

  it("of nothing is nothing", () => {
    expect(propose("openai", [])).toEqual({ cheap: [], frontier: [] });
    expect(propose("openai", ["text-embedding-3-small"])).toEqual({ cheap: [], frontier: [] });
  });
});
