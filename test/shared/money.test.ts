import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatUsd, nanoFromUsd, usdFromNano } from "../../shared/money.ts";

describe("money", () => {
  it("turns dollars into whole nano-dollars, half up", () => {
    expect(nanoFromUsd(0.0000012)).toBe(1200);
    expect(nanoFromUsd(1)).toBe(1_000_000_000);
    expect(nanoFromUsd(0.5e-9)).toBe(1);
    expect(nanoFromUsd(0.4e-9)).toBe(0);
  });

  it("refuses what is no amount", () => {
    for (const wrong of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => nanoFromUsd(wrong)).toThrow(`Not an amount of money: ${wrong}`);
    }
  });

  it("comes back from every amount it made", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000_000_000 }), (nano) => {
        expect(nanoFromUsd(usdFromNano(nano))).toBe(nano);
      }),
    );
  });

  it("shows amounts so that nothing unknown or small looks like zero", () => {
    expect(
      [null, 0, 1, 49_999, 50_000, 4_200_000, 999_900_000, 1_000_000_000, 1_254_000_000, 1_204_500_000_000].map(
        formatUsd,
      ),
    ).toEqual(["?", "$0", "<$0.0001", "<$0.0001", "$0.0001", "$0.0042", "$0.9999", "$1.00", "$1.25", "$1,204.50"]);
  });
});
