import { describe, expect, it } from "vitest";
import { findPriceUnit } from "../../../server/core/price-unit.ts";

const sample = (input: number, output: number, inputUsd: number, outputUsd: number) => ({
  input,
  output,
  known: { inputUsd, outputUsd },
});

describe("the unit of a price list that documents none", () => {
  it("is the one in which three models and more agree with another list, a discount allowed", () => {
    const perMillion = [sample(0.15, 0.6, 0.15, 0.6), sample(2.4, 12, 3, 15), sample(1.25, 10, 1.25, 10)];
    expect(findPriceUnit(perMillion)).toBe(1);
    expect(
      findPriceUnit(perMillion.map((each) => ({ ...each, input: each.input / 1e3, output: each.output / 1e3 }))),
    ).toBe(1_000);
    expect(
      findPriceUnit(perMillion.map((each) => ({ ...each, input: each.input / 1e6, output: each.output / 1e6 }))),
    ).toBe(1_000_000);
  });

  it("is not found by two models, in another currency, or where a fifth disagrees", () => {
    const good = sample(3, 15, 3, 15);
    expect(findPriceUnit([good, good])).toBeNull();
    expect(
      findPriceUnit([sample(21, 105, 3, 15), sample(1.05, 4.2, 0.15, 0.6), sample(8.75, 70, 1.25, 10)]),
    ).toBeNull();
    expect(findPriceUnit([good, good, good, sample(3, 99, 3, 15)])).toBeNull();
    expect(findPriceUnit([good, good, good, good, sample(3, 99, 3, 15)])).toBe(1);
    expect(findPriceUnit([])).toBeNull();
    expect(findPriceUnit([sample(0, 0, 0, 0), sample(0, 0, 0, 0), sample(0, 0, 0, 0)])).toBeNull();
  });
});
