import { describe, expect, it } from "vitest";
import { calibrated, factorOf, learnRatio, type Ratios } from "../../../server/core/calibrate.ts";

const learned = (...pairs: [reported: number, estimated: number][]): Ratios =>
  pairs.reduce<Ratios>((ratios, [reported, estimated]) => learnRatio(ratios, { reported, estimated }), []);
const uncapped = { isCapped: false };

describe("what a vendor's count is to our estimate", () => {
  it("is, before anything is known, as we count, and cautious under a cap", () => {
    expect(factorOf([], uncapped)).toBe(1);
    expect(factorOf([], { isCapped: true })).toBe(1.5);
  });

  it("is the largest that was seen, also under a cap", () => {
    const ratios = learned([110, 100], [140, 100], [90, 100]);
    expect([factorOf(ratios, uncapped), factorOf(ratios, { isCapped: true })]).toEqual([1.4, 1.4]);
    expect(factorOf(learned([80, 100]), { isCapped: true })).toBe(0.8);
  });

  it("is forgotten after twenty more attempts", () => {
    const dear: [number, number] = [200, 100];
    const usual = Array.from({ length: 20 }, (): [number, number] => [110, 100]);
    expect(factorOf(learned(dear, ...usual.slice(1)), uncapped)).toBe(2);
    expect(factorOf(learned(dear, ...usual), uncapped)).toBe(1.1);
  });

  it("stays between a half and three", () => {
    expect(factorOf(learned([9_000, 100]), uncapped)).toBe(3);
    expect(factorOf(learned([1, 100]), uncapped)).toBe(0.5);
  });

  it("is not learned from a few tokens, nor from no count", () => {
    expect(learned([40, 15], [0, 100], [Number.NaN, 100], [Number.POSITIVE_INFINITY, 100])).toEqual([]);
    expect(learned([40, 16])).toEqual([2.5]);
  });

  it("makes whole tokens, rounded up", () => {
    expect(calibrated(101, 1.5)).toBe(152);
    expect(calibrated(0, 1.5)).toBe(0);
  });
});
