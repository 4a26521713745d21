import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boundTokens } from "../../../server/core/estimate-tokens.ts";
import { countTokens, splitTokens } from "../../../server/playground/count-tokens.ts";

const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.string({
    unit: fc.constantFrom("a", "B", "e", " ", "\n", "\r\n", "\t", "7", "=", "{", "日", "é", "🙂", "_"),
    maxLength: 300,
  }),
);

describe("the vendors' tokens", () => {
  it("join to the text, and are as many as counted", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const pieces = splitTokens(text);
        expect(pieces.join("")).toBe(text);
        expect(countTokens(text)).toBe(pieces.length);
      }),
    );
  });

  it("never exceed the bound that money is held for", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(countTokens(text)).toBeLessThanOrEqual(boundTokens(text));
      }),
      { numRuns: 1_000 },
    );
  });

  it("are about the size a model's are", () => {
    const source = "export function parse(text: string): number {\n  return 12345;\n}\n";
    expect(splitTokens(source).join("|")).toBe(
      "export| functi|on| parse|(|text|:| string|)|:| number| |{|\n|  |return| 123|45|;|\n|}|\n",
    );
    expect(splitTokens("日本🙂")).toEqual(["日本", "🙂"]);
  });
});
