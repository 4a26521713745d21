import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allMarks, fimFamilies } from "../../../server/core/fim-families.ts";
import { cutAround, fillMessages, templatePrompt } from "../../../server/core/fim-prompt.ts";

const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `line ${from + index} of this file\n`).join("");

describe("the text around the cursor", () => {
  const text = lines(0, 2_000);
  const offset = text.indexOf("line 1000 ");
  const cut = (at: number, source = text) =>
    cutAround({ text: source, offset: at, prefixCharacters: 600, suffixCharacters: 300 });

  it("is whole in a small file", () => {
    expect(cut(5, "hello\nworld\n")).toEqual({ prefix: "hello", suffix: "\nworld\n" });
  });

  it("begins and ends with a line and keeps to its budget", () => {
    const { prefix, suffix } = cut(offset);
    expect(prefix).toMatch(/^line \d+ of this file\n/);
    expect(suffix).toMatch(/of this file\n$/);
    expect(prefix.length).toBeLessThanOrEqual(600);
    expect(prefix.length).toBeGreaterThan(400);
    expect(suffix.length).toBeLessThanOrEqual(300);
    expect(suffix.length).toBeGreaterThan(150);
  });

  it("begins at the same line while a person types, so that a provider's cache keeps it", () => {
    let typed = text;
    const prefixes = new Set<string>();
    const suffixes = new Set<string>();
    for (let index = 0; index < 60; index++) {
      typed = `${typed.slice(0, offset + index)}x${typed.slice(offset + index)}`;
      const { prefix, suffix } = cut(offset + index + 1, typed);
      prefixes.add(prefix.split("\n")[0] ?? "");
      suffixes.add(suffix);
    }
    expect(prefixes.size).toBeLessThanOrEqual(2);
    expect(suffixes.size).toBe(1);
  });

  it("of one endless line is cut within it, never through a character", () => {
    const smiles = "😀".repeat(50_000);
    const { prefix, suffix } = cut(50_000, smiles);
    expect(prefix.length).toBeGreaterThan(400);
    expect(suffix.length).toBeGreaterThan(150);
    expect(prefix + suffix).not.toMatch(/\p{Surrogate}/u);
    const half = cut(50_001, smiles);
    expect(half.prefix + half.suffix).not.toMatch(/\p{Surrogate}/u);
  });

  it("is a part of the document in any case, within its budgets", () => {
    const part = fc.constantFrom("a", "\n", "\r\n", "\t", "😀", "\u0000", "long enough to be a line of its own\n");
    fc.assert(
      fc.property(fc.array(part, { maxLength: 80 }), fc.nat(), fc.nat(60), fc.nat(60), (parts, at, before, behind) => {
        const source = parts.join("");
        const { prefix, suffix } = cutAround({
          text: source,
          offset: source.length === 0 ? 0 : at % source.length,
          prefixCharacters: before,
          suffixCharacters: behind,
        });
        expect(source).toContain(prefix + suffix);
        expect(prefix.length).toBeLessThanOrEqual(before + 1);
        expect(suffix.length).toBeLessThanOrEqual(behind + 1);
        expect(prefix + suffix).not.toMatch(/\p{Surrogate}/u);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("the prompt of a model with marks", () => {
  it.each([
    ["qwen2.5-coder:1.5b-base", "<|fim_prefix|>PRE<|fim_suffix|>SUF<|fim_middle|>"],
    ["Qwen/Qwen2.5-Coder-32B-Instruct", "<|fim_prefix|>PRE<|fim_suffix|>SUF<|fim_middle|>"],
    ["qwen3-coder-30b-a3b", "<|fim_prefix|>PRE<|fim_suffix|>SUF<|fim_middle|>"],
    ["bigcode/starcoder2-7b", "<fim_prefix>PRE<fim_suffix>SUF<fim_middle>"],
    ["codellama:7b-code", "<PRE> PRE <SUF>SUF <MID>"],
    ["deepseek-coder-v2:16b-lite-base", "<｜fim▁begin｜>PRE<｜fim▁hole｜>SUF<｜fim▁end｜>"],
    ["codestral-latest", "[SUFFIX]SUF[PREFIX]PRE"],
    ["codegemma:2b", "<|fim_prefix|>PRE<|fim_suffix|>SUF<|fim_middle|>"],
  ])("%s", (modelId, prompt) => {
    expect(templatePrompt(modelId, { prefix: "PRE", suffix: "SUF" })?.prompt).toBe(prompt);
  });

  it.each(["gpt-5", "claude-sonnet-4", "qwen3-32b", "llama3", "deepseek-chat", ""])("is unknown for %j", (modelId) => {
    expect(templatePrompt(modelId, { prefix: "a", suffix: "b" })).toBeNull();
  });

  it("has at most four stops, all of them marks", () => {
    for (const { stop, marks } of fimFamilies) {
      expect(stop.length).toBeLessThanOrEqual(4);
      for (const each of stop) expect(marks).toContain(each);
    }
  });

  it("has no mark of the document's in it", () => {
    const prefix = `const marks = ${JSON.stringify(allMarks)};\n`;
    for (const modelId of ["qwen2.5-coder", "codegemma", "deepseek-coder", "codestral", "codellama", "starcoder2"]) {
      const marks = fimFamilies.find((family) => family.models.test(modelId))?.marks ?? [];
      const prompt = templatePrompt(modelId, { prefix, suffix: prefix })?.prompt ?? "";
      expect(marks.length).toBeGreaterThan(0);
      for (const mark of marks) expect(prompt.split(mark).length - 1).toBeLessThanOrEqual(1);
    }
  });
});

describe("the messages for a model that only chats", () => {
  const messages = fillMessages({
    prefix: "function area(width, height) {\n  const half = ",
    suffix: "\n}\n",
    languageId: "typescript",
    path: "src/area.ts",
    lines: "one",
  });

  it("show the file with one mark where text is missing, and end with the line to continue", () => {
    expect(messages.map((message) => message.role)).toEqual(["system", "user"]);
    expect(messages[1]?.text).toBe(
      "File: src/area.ts\nLanguage: typescript\n\nfunction area(width, height) {\n  const half = <|cursor|>\n}\n\n\n" +
        "Only the rest of this one line.\nThe line to continue:\n  const half = ",
    );
  });

  it("ask for the missing text alone", () => {
    expect(messages[0]?.text).toContain("Reply with the missing text alone");
    expect(messages[0]?.text).toContain("<|cursor|>");
  });

  it("say where the cursor stands on a blank line", () => {
    const [, user] = fillMessages({ prefix: "a {\n    ", suffix: "", languageId: "css", path: "a.css" });
    expect(user?.text).toMatch(
      /\nNo more than the block it stands in\.\nThe mark stands on a line of its own, 4 characters in, below this one:\na \{$/,
    );
  });

  it("have the mark once, though the file has it too", () => {
    const [, user] = fillMessages({ prefix: "a <|cursor|> b", suffix: "<|cursor|>", languageId: "x", path: "x" });
    expect(user?.text.split("<|cursor|>")).toHaveLength(2);
  });
});
