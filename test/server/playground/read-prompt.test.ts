import { describe, expect, it } from "vitest";
import { composePrompt } from "../../../server/core/compose-prompt.ts";
import { readPrompt } from "../../../server/playground/read-prompt.ts";

describe("a prompt, as the simulated vendors read it", () => {
  it("has the question as it was typed, without the names it was asked with, and its files with their texts", () => {
    const context = [
      {
        kind: "file" as const,
        path: "src/pool.ts",
        languageId: "typescript",
        text: "const pool = 1;\n",
        firstLine: 1,
        lastLine: 1,
        diagnostics: [],
      },
    ];
    const { messages } = composePrompt({
      question: { text: "[sic] What does it export?", context, history: [] },
      budgetTokens: 4_000,
    });
    expect(messages[1]?.text).toContain("[asked with src/pool.ts]\n[sic] What does it export?");
    expect(readPrompt(messages)).toEqual({
      question: "[sic] What does it export?",
      texts: [{ path: "src/pool.ts", kind: "file", text: "const pool = 1;\n", problems: [], isNew: true }],
    });
    expect(readPrompt([{ role: "user", text: "[todo]" }]).question).toBe("[todo]");
  });
});
