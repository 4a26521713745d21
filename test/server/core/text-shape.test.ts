import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ShapeName, shapeNames, shapeOf, WORD_COLUMNS } from "../../../server/core/text-shape.ts";

const read = (text: string) => {
  const { dense } = shapeOf(text);
  return (name: ShapeName) => dense[shapeNames.indexOf(name)];
};

describe("the shape of a text", () => {
  it("counts what the table names", () => {
    const of = read(
      "You are given $n$ coins ($1 \\leq n \\leq 10^{5}$). Find the sum modulo 998244353.\n\nExample 1:\n3.5 + 20% = $4?\nConstraints:\n1 <= n\n2 <= m\n",
    );
    expect(of("largestPower")).toBe(5);
    expect(of("powers")).toBe(1);
    expect(of("modulus")).toBe(1);
    expect(of("examples")).toBe(1);
    expect(of("decimals")).toBeCloseTo(Math.log1p(1), 12);
    expect(of("percents")).toBeCloseTo(Math.log1p(1), 12);
    expect(of("questions")).toBeCloseTo(Math.log1p(1), 12);
    expect(of("money")).toBe(1);
    expect(of("constraintLines")).toBe(3);
    expect(of("largestNumber")).toBeCloseTo(Math.log1p(998_244_353), 12);
    expect(of("starterCode")).toBe(0);
  });

  it("takes 100000 and 10 ^ 5 for powers of ten, and 10 and 1050 not", () => {
    expect(read("100000 and 10 ^ 5")("powers")).toBe(2);
    expect(read("10 of 1050")("powers")).toBe(0);
  });

  it("gives the same words for the same text in capitals, and other words for another text", () => {
    const words = (text: string) => [...shapeOf(text).columns].sort((a, b) => a - b);
    expect(words("MERGE sort")).toEqual(words("merge SORT"));
    expect(words("merge sort")).not.toEqual(words("binary search"));
  });

  it("reads the head and the tail of a text of 10 MB, and knows how long it is", () => {
    const long = shapeOf(`deadlock ${"x ".repeat(5_000_000)} modulo`);
    expect(long.dense[0]).toBeCloseTo(Math.log1p(10_000_016), 6);
    expect([...long.columns]).toEqual(expect.arrayContaining([...shapeOf("deadlock x modulo").columns]));
  });

  it("is finite for every text, and forgets the one before", () => {
    const alone = shapeOf("a plain question?");
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" })), (text) => {
        const { dense, columns, values } = shapeOf(text);
        expect([...dense].every(Number.isFinite)).toBe(true);
        expect([...columns].every((column) => column >= 0 && column < WORD_COLUMNS)).toBe(true);
        const length = [...values].reduce((sum, value) => sum + value * value, 0);
        expect(columns.length === 0 ? length : Math.round(length * 1e9) / 1e9).toBe(columns.length === 0 ? 0 : 1);
        expect(shapeOf("a plain question?")).toEqual(alone);
      }),
    );
  });
});
