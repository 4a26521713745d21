import type { PriceFacts, PriceRow } from "../../../../shared/prices.ts";

/** The prices that the page of costs is shown. */

const nowMs = Date.UTC(2026, 10, 18, 12);

/** A cheap model by its provider's own list. */
export function priceRow(values: Partial<PriceRow> = {}): PriceRow {
  return {
    providerId: "openai",
    modelId: "gpt-5.4-mini",
    tier: "cheap",
    simulated: false,
    price: [{ fromInputTokens: 0, inputUsd: 0.25, outputUsd: 2, cacheReadUsd: 0.025, cacheWriteUsd: 0.25 }],
    source: "provider",
    asOfMs: nowMs,
    other: null,
    heldBack: null,
    next: null,
    note: null,
    ...values,
  };
}

export function prices(rows: PriceRow[], values: Partial<PriceFacts> = {}): PriceFacts {
  return { atMs: nowMs, updates: true, genaiPrices: { asOfMs: nowMs, isBundled: false }, rows, held: [], ...values };
}

/** Every kind of row: plain, of two sizes and not believed, free, unknown; with two lists that are held back. */
export const manyPrices = prices(
  [
    priceRow(),
    priceRow({
      providerId: "anthropic",
      modelId: "claude-sonnet-5",
      tier: "frontier",
      source: "genai-prices",
      price: [
        { fromInputTokens: 0, inputUsd: 3, outputUsd: 15, cacheReadUsd: 0.3, cacheWriteUsd: 3.75, cacheWrite1hUsd: 6 },
        {
          fromInputTokens: 200_001,
          inputUsd: 6,
          outputUsd: 22.5,
          cacheReadUsd: 0.6,
          cacheWriteUsd: 7.5,
          requestUsd: 0.01,
        },
      ],
      other: {
        source: "maker",
        price: [{ fromInputTokens: 0, inputUsd: 3, outputUsd: 16.8, cacheReadUsd: 0.3, cacheWriteUsd: 3.75 }],
        percent: 12,
        words: "output $15 → $16.80",
      },
      heldBack: "input $3 → $30",
    }),
    priceRow({ providerId: "ollama", modelId: "llama3.2:3b", price: "free", source: "override", asOfMs: null }),
    priceRow({ providerId: "gateway", modelId: "someone/unheard-of", price: null, source: null, asOfMs: null }),
  ],
  {
    held: [
      { source: "openrouter", sinceMs: nowMs, why: "it lists half as many models", lines: [], more: 0 },
      { source: "anthropic", sinceMs: nowMs, why: null, lines: ["held back: claude-sonnet-5 input $3 → $30"], more: 2 },
    ],
  },
);

/** The playground alone: every row simulated. */
export const playgroundPrices = prices(
  [["pebble-1", 0.2, 0.8] as const, ["boulder-1", 3, 15] as const].map(([modelId, inputUsd, outputUsd]) =>
    priceRow({
      providerId: "playground",
      modelId,
      simulated: true,
      source: null,
      asOfMs: null,
      price: [{ fromInputTokens: 0, inputUsd, outputUsd, cacheReadUsd: inputUsd / 10, cacheWriteUsd: inputUsd }],
    }),
  ),
);
