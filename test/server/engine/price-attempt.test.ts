import { describe, expect, it } from "vitest";
import type { Price } from "../../../server/core/provider.ts";
import { type AttemptFacts, priceAttempt } from "../../../server/engine/price-attempt.ts";

const priceOf = (source: Price["source"], inputUsd: number, outputUsd: number): Price => ({
  source,
  tiers: [{ fromInputTokens: 0, inputUsd, outputUsd, cacheReadUsd: inputUsd, cacheWriteUsd: inputUsd }],
});
/** A whole answer of 1,000 tokens to 2,000, for which the provider reports $0.50. */
const costAt = (price: AttemptFacts["route"]["price"], extra: Partial<AttemptFacts> = {}) => {
  const { costNano, costSource } = priceAttempt({
    route: { price },
    outcome: "done",
    sent: true,
    inputTokens: 2_100,
    receivedTokens: 1_100,
    usage: { input: 2_000, cacheRead: 0, cacheWrite: 0, output: 1_000, reasoning: 0 },
    reportedCostUsd: 0.5,
    usageIsEarly: false,
    factors: { input: 1, output: 1 },
    heldNano: 0,
    ...extra,
  });
  return [costSource, costNano];
};

describe("what an attempt cost", () => {
  it("is what the person's own price makes of it, whatever the provider reports", () => {
    expect(costAt(priceOf("override", 1, 2))).toEqual(["computed", 4_000_000]);
    expect(costAt(priceOf("override", 0, 0))).toEqual(["free", 0]);
  });

  it("is what the provider reports, before any list's price", () => {
    for (const price of [priceOf("provider", 1, 2), priceOf("genai-prices", 1, 2), "free", null] as const) {
      expect(costAt(price)).toEqual(["reported", 500_000_000]);
    }
    expect(costAt(priceOf("provider", 1, 2), { reportedCostUsd: null })).toEqual(["computed", 4_000_000]);
    expect(costAt(null, { reportedCostUsd: null })).toEqual(["unknown", null]);
  });

  it("has a fee for each image that was sent", () => {
    const [tier] = priceOf("provider", 1, 2).tiers;
    const price: Price = { source: "provider", tiers: [{ ...tier, imageUsd: 0.001 }] };
    expect(costAt(price, { reportedCostUsd: null, images: 3 })).toEqual(["computed", 7_000_000]);
  });

  it("is all the room for the answer where the vendor writes on for nobody", () => {
    const cut = { outcome: "cancelled", usage: null, reportedCostUsd: null, receivedTokens: 100 } as const;
    const price = priceOf("provider", 1, 2);
    expect(costAt(price, cut)).toEqual(["estimated", 2_300_000]);
    expect(costAt(price, { ...cut, billsOnTokens: 1_000 })).toEqual(["estimated", 4_100_000]);
    // More came than there was room for; nothing was sent; nothing costs anything; nobody knows what it costs.
    expect(costAt(price, { ...cut, billsOnTokens: 50 })).toEqual(["estimated", 2_300_000]);
    expect(costAt(price, { ...cut, billsOnTokens: 1_000, sent: false })).toEqual(["free", 0]);
    expect(costAt("free", { ...cut, billsOnTokens: 1_000 })).toEqual(["free", 0]);
    expect(costAt(null, { ...cut, billsOnTokens: 1_000 })).toEqual(["unknown", null]);
    // The vendor's own count is the last word.
    expect(costAt(price, { reportedCostUsd: null, billsOnTokens: 5_000 })).toEqual(["computed", 4_000_000]);
  });

  it("is at least the sum that was told on the way, where more came after it", () => {
    const early = { usageIsEarly: true, outcome: "failed", reportedCostUsd: 0.001 } as const;
    expect(costAt(priceOf("provider", 1, 2), early)).toEqual(["estimated", 4_200_000]);
    expect(costAt(priceOf("provider", 1, 2), { ...early, reportedCostUsd: 0.5 })).toEqual(["estimated", 500_000_000]);
    expect(costAt(null, early)).toEqual(["estimated", 1_000_000]);
  });

  it("is an estimate where the provider counted nothing but a sum that the person's own price beats", () => {
    const usage = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 };
    expect(costAt(priceOf("override", 1, 2), { usage })).toEqual(["estimated", 4_300_000]);
    expect(costAt(priceOf("provider", 1, 2), { usage })).toEqual(["reported", 500_000_000]);
  });

  it("is in part an estimate where the provider left out the prompt or the answer", () => {
    const counts = { cacheRead: 0, cacheWrite: 0, reasoning: 0 };
    const noReport = { reportedCostUsd: null };
    const noPrompt = { ...noReport, usage: { ...counts, input: 0, output: 3_000 } };
    expect(costAt(priceOf("provider", 1, 2), noPrompt)).toEqual(["estimated", 8_100_000]);
    const noAnswer = { ...noReport, usage: { ...counts, input: 2_000, output: 0 } };
    expect(costAt(priceOf("provider", 1, 2), noAnswer)).toEqual(["estimated", 4_200_000]);
    expect(costAt(priceOf("provider", 1, 2), { ...noAnswer, receivedTokens: 0 })).toEqual(["computed", 2_000_000]);
  });

  it("keeps our own figure beside what the provider reports, where there is a whole one", () => {
    const beside = (extra: Partial<AttemptFacts>) => priceAttempt({ ...facts, ...extra }).computedNano;
    const facts: AttemptFacts = {
      route: { price: priceOf("provider", 1, 2) },
      outcome: "done",
      sent: true,
      inputTokens: 2_100,
      receivedTokens: 1_100,
      usage: { input: 2_000, cacheRead: 0, cacheWrite: 0, output: 1_000, reasoning: 0 },
      reportedCostUsd: 0.5,
      usageIsEarly: false,
      factors: { input: 1, output: 1 },
      heldNano: 0,
    };
    expect(beside({})).toBe(4_000_000);
    expect(beside({ route: { price: null } })).toBeUndefined();
    expect(beside({ route: { price: "free" } })).toBeUndefined();
    expect(beside({ route: { ...facts.route, simulated: true } })).toBeUndefined();
    expect(beside({ reportedCostUsd: null })).toBeUndefined();
    expect(beside({ usage: { input: 0, cacheRead: 0, cacheWrite: 0, output: 9, reasoning: 0 } })).toBeUndefined();
  });
});
