import { describe, expect, it } from "vitest";
import type { LearnKey } from "../../../server/core/learn-key.ts";
import { learnedShift, type Observed } from "../../../server/core/learn-tier.ts";
import { learnedWords } from "../../../server/core/learned-words.ts";
import type { LearnSignal } from "../../../shared/learned.ts";

const today = 20_000;
const model = { providerId: "openai", modelId: "gpt-5-mini", simulated: false };
const fix: LearnKey = { kind: "fix", languageId: "typescript", model };
const rustTest: LearnKey = { kind: "test", languageId: "rust", model };
const pythonEdit: LearnKey = { kind: "edit", languageId: "python", model };
const seen = (key: LearnKey, signals: Partial<Record<LearnSignal, number>>): Observed[] =>
  (Object.keys(signals) as LearnSignal[]).map((signal) => ({
    ...key,
    signal,
    day: today,
    times: signals[signal] ?? 0,
  }));
/** With the shift that the same counts give. */
const wordsFor = (key: LearnKey, ...observed: Observed[][]) => {
  const all = observed.flat();
  const shift = learnedShift(all, key, today * 86_400_000);
  return learnedWords(all, { key, shift, tier: "cheap", today });
};

describe("what a reason says of what was learned", () => {
  it("names the count of an anecdote and where it was seen, instead of calling it often", () => {
    const one = seen(fix, { escalated: 1 });
    expect(wordsFor(fix, one)).toBe(
      "1 answer of your cheap model here had to be escalated (seen once in TypeScript fixes)",
    );
    expect(wordsFor(rustTest, one)).toBe(
      "1 answer of your cheap model here had to be escalated (seen once in TypeScript fixes)",
    );
    expect(wordsFor(fix, seen(fix, { sentUp: 2 }))).toBe(
      "2 answers of your cheap model here were not kept (seen twice in TypeScript fixes)",
    );
    expect(wordsFor(fix, seen(fix, { inserted: 1 }))).toBe(
      "1 answer of your cheap model here was kept (seen once in TypeScript fixes)",
    );
  });

  it("tells an insertion that was undone as one answer that was not kept", () => {
    expect(wordsFor(fix, seen(fix, { inserted: 1, undone: 1 }))).toBe(
      "1 answer of your cheap model here was not kept (seen once in TypeScript fixes)",
    );
  });

  it("tells answers that a person was never shown as escalated, not as ones that they did not keep", () => {
    expect(wordsFor(fix, seen(fix, { escalated: 3 }))).toBe(
      "3 of 3 TypeScript fixes of your cheap model judged here had to be escalated",
    );
  });

  it.each([
    [{ inserted: 1, sentUp: 2 }, "2 of 3 TypeScript fixes of your cheap model judged here were not kept"],
    [{ inserted: 2, sentUp: 1 }, "1 of 3 TypeScript fixes of your cheap model judged here was not kept"],
    [
      { escalated: 3, sentUp: 1, copied: 1 },
      "3 of 5 TypeScript fixes of your cheap model judged here had to be escalated",
    ],
    // Of the two that were escalated the person saw nothing.
    [{ escalated: 2, sentUp: 3, copied: 1 }, "3 of 4 TypeScript fixes of your cheap model judged here were not kept"],
    // Two new answers on the same tier weigh as much as one escalation.
    [{ escalated: 2, regenerated: 3 }, "2 of 5 TypeScript fixes of your cheap model judged here had to be escalated"],
    [{ inserted: 14, escalated: 1 }, "14 of 15 TypeScript fixes of your cheap model judged here were kept"],
  ] as const)("says the stronger of what was seen: %j", (signals, words) => {
    expect(wordsFor(fix, seen(fix, signals))).toBe(words);
  });

  it("says where it was seen when it was seen elsewhere", () => {
    expect(wordsFor({ ...fix, kind: "test" }, seen(fix, { escalated: 4 }))).toBe(
      "4 of 4 TypeScript answers of your cheap model judged here had to be escalated (seen 4 times in TypeScript fixes)",
    );
    expect(wordsFor(fix, seen(rustTest, { sentUp: 2 }), seen(pythonEdit, { sentUp: 1 }))).toBe(
      "3 of 3 answers of your cheap model judged here were not kept (seen twice in Rust tests and once in Python edits)",
    );
    const fourth = { ...pythonEdit, kind: "chat", languageId: "" } as const;
    expect(
      wordsFor(fix, seen(rustTest, { sentUp: 3 }), seen(pythonEdit, { sentUp: 2 }), seen(fourth, { sentUp: 1 })),
    ).toBe(
      "6 of 6 answers of your cheap model judged here were not kept (seen 3 times in Rust tests and twice in Python edits and elsewhere)",
    );
  });

  it("does not let much good elsewhere hide what speaks against just this", () => {
    const edits = seen({ ...fix, kind: "edit" }, { inserted: 1, copied: 8 });
    expect(wordsFor(fix, seen(fix, { escalated: 2 }), edits)).toBe(
      "2 answers of your cheap model here had to be escalated (seen twice in TypeScript fixes)",
    );
  });

  it("tells ghost text of ghost text alone", () => {
    const ghost: LearnKey = { ...fix, kind: "completion" };
    expect(wordsFor(ghost, seen(ghost, { completed: 9 }), seen(fix, { sentUp: 5 }))).toBe(
      "9 of 9 TypeScript completions of your cheap model judged here were kept",
    );
  });
});
