import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boundTokens, estimateTokens } from "../../../server/core/estimate-tokens.ts";

const prose =
  "The server keeps a pool of connections and hands one to each request. When none is left the request waits, and after five seconds it fails with a clear message. ".repeat(
    20,
  );
const code = `export function total(items: readonly Item[], discount: number): number {
  let sum = 0;
  for (const item of items) {
    if (item.quantity <= 0) continue;
    sum += item.priceCents * item.quantity;
  }
  return Math.round(sum * (1 - discount));
}
`.repeat(20);
const perToken = (text: string) => text.length / estimateTokens(text);

describe("estimate", () => {
  it("comes near what byte-pair vocabularies give for prose and for code", () => {
    expect(perToken(prose)).toBeGreaterThan(4);
    expect(perToken(prose)).toBeLessThan(5.6);
    expect(perToken(code)).toBeGreaterThan(2.8);
    expect(perToken(code)).toBeLessThan(4.2);
  });

  it("knows the classes apart", () => {
    expect(estimateTokens("")).toBe(0);
    expect(estimateTokens("hello")).toBe(1);
    expect(estimateTokens(`${" ".repeat(40)}x`)).toBeLessThanOrEqual(3);
    expect(estimateTokens("漢字仮名交じり文")).toBe(8);
    expect(estimateTokens("4111111111111111")).toBeGreaterThanOrEqual(6);
    expect(estimateTokens("🙂🙂🙂🙂")).toBeGreaterThanOrEqual(8);
    expect(estimateTokens("-".repeat(80))).toBeLessThan(12);
    const base64 = "aGVsbG8gd29ybGQsIHRoaXMgaXMgYmFzZTY0IG9mIHNvbWUgdGV4dA";
    expect(perToken(base64)).toBeLessThan(3);
  });
});

const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 400 }),
  fc.string({ unit: "grapheme-ascii", maxLength: 400 }),
  fc
    .array(fc.constantFrom("word", " ", "\n", "    ", "{}", "=>", "漢", "é", "Ж", "🙂", "9", "====", "HTTP"), {
      maxLength: 100,
    })
    .map((parts) => parts.join("")),
);

describe("bound", () => {
  it("is never below the estimate, nor above one token a byte", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const bound = boundTokens(text);
        expect(bound).toBeGreaterThanOrEqual(estimateTokens(text));
        expect(bound).toBeLessThanOrEqual(Buffer.byteLength(text));
      }),
    );
  });

  it("takes every letter for a token where no word is in sight", () => {
    expect(boundTokens("xqzjkvwx")).toBe(8);
    expect(boundTokens("9007199254740993")).toBe(16);
    expect(boundTokens("\ta")).toBe(2);
    expect(boundTokens("\t\t\t\t\t\t\t\ta")).toBe(9);
    expect(boundTokens("漢字")).toBe(6);
  });

  it("is no more than about twice the estimate for prose and code, so that a cap does not refuse what fits", () => {
    expect(boundTokens(prose) / estimateTokens(prose)).toBeLessThan(3);
    expect(boundTokens(code) / estimateTokens(code)).toBeLessThan(2.6);
  });
});
