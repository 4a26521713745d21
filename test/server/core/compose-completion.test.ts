import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CHAT_TOKENS, composeCompletion } from "../../../server/core/compose-completion.ts";
import { boundTokens, estimateTokens } from "../../../server/core/estimate-tokens.ts";

/** `█` marks the cursor. */
const compose = (marked: string, path = "/home/alice/pool/src/a.ts") =>
  composeCompletion({
    text: marked.replace("█", ""),
    offset: marked.indexOf("█"),
    languageId: "typescript",
    path,
    lines: "one",
  });

describe("the prompt of a completion", () => {
  it("sends the file's name and not where it lies, on either kind of system", () => {
    for (const path of ["/home/alice/pool/src/a.ts", "C:\\Users\\alice\\pool\\a.ts"]) {
      const sent = compose("const x = █\n", path)
        .messages.map(({ text }) => text)
        .join("\n");
      expect(sent).toContain("a.ts");
      expect(sent).not.toMatch(/alice|pool/);
    }
  });

  it("never weighs more than what money is held for, in whichever way it is asked", () => {
    const marks = 64;
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 4_000 }), fc.nat(4_000), (text, at) => {
        const offset = Math.min(at, text.length);
        const prompt = composeCompletion({ text, offset, languageId: "python", path: "a.py", lines: "many" });
        const filled = boundTokens(prompt.prefix) + boundTokens(prompt.suffix) + marks;
        const asked = prompt.messages.reduce((sum, message) => sum + boundTokens(message.text), 0);
        expect(prompt.boundTokens).toBeGreaterThanOrEqual(Math.max(filled, asked));
      }),
      { numRuns: 200 },
    );
  });

  it("weighs about so much more in chat", () => {
    const { messages, inputTokens } = compose(`${"const total = sum(values);\n".repeat(100)}const x = █\nexport {};\n`);
    const inChat = messages.reduce((sum, message) => sum + estimateTokens(message.text) + 4, 0);
    expect(Math.abs(inChat - inputTokens - CHAT_TOKENS)).toBeLessThan(40);
  });

  it("knows the line ends around the hole, and whether its line is blank", () => {
    expect(compose("a\r\n  █\r\nb")).toMatchObject({ eol: "\r\n", isBlankLine: true });
    expect(compose("a\n  b█\r\n")).toMatchObject({ eol: "\n", isBlankLine: false });
    expect(compose("a█\r\nb\r\n")).toMatchObject({ eol: "\r\n", isBlankLine: false });
    expect(compose("█")).toMatchObject({ eol: "\n", isBlankLine: true });
  });
});
