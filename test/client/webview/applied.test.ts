// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import type { Applied } from "../../../shared/answer.ts";
import { appliedWords } from "../../../shared/applied-words.ts";
import { buttonWith, find, openByHand } from "./harness/open-by-hand.ts";
import { cheapDecision, frontierDecision, turn, withTurns } from "./harness/samples.ts";

const tests = { isFailed: true, failed: 1, failedShare: 0.1, crashed: false, timedOut: false };
const seen = (applied: Partial<Applied>): Applied => ({ file: "duration.ts", addedErrors: 0, ...applied });

describe("what went wrong after inserting", () => {
  it.each<[Partial<Applied>, string | null]>([
    [{}, null],
    [{ addedErrors: 1 }, "1 new error in duration.ts after inserting"],
    [{ addedErrors: 1_200 }, "1,200 new errors in duration.ts after inserting"],
    [{ tests }, "1 failing test after inserting"],
    [{ tests: { ...tests, failed: 3 } }, "3 failing tests after inserting"],
    [{ tests: { ...tests, failed: null } }, "failing tests after inserting"],
    [{ tests: { ...tests, crashed: true } }, "tests that crash after inserting"],
    [{ tests: { ...tests, timedOut: true } }, "tests that do not end in time after inserting"],
    [{ tests: { ...tests, isFailed: false, failed: 0 } }, null],
    [{ addedErrors: 3, tests }, "3 new errors in duration.ts and 1 failing test after inserting"],
  ])("is said in plain words: %o", (applied, words) => {
    expect(appliedWords(seen(applied))).toBe(words);
  });

  it("stands under the answer with a way to the frontier that says what it costs; nothing is asked by itself", () => {
    const page = openByHand();
    const decision = { ...cheapDecision, applied: seen({ addedErrors: 3 }) };
    page.show(withTurns([turn({ id: "t", decision })]));
    expect(find(".applied .block-words")?.textContent).toBe("3 new errors in duration.ts after inserting");
    expect(page.sent.filter(({ type }) => type === "retry")).toEqual([]);
    const button = find(".applied button");
    expect(button?.textContent).toMatch(/^Retry on frontier \(about \$[\d.]+\)$/);
    button?.click();
    expect(page.sent.at(-1)).toEqual({ type: "retry", turnId: "t", mode: "frontier" });
  });

  it("stands aside while the line of evidence says the same and more, and comes back when that is gone", () => {
    const page = openByHand();
    const turns = [turn({ id: "t", decision: { ...cheapDecision, applied: seen({ addedErrors: 3 }) } })];
    const evidence = { turnId: "t", errors: { count: 3, file: "duration.ts" }, tests: null };
    page.show(withTurns(turns, { evidence }));
    expect(find(".applied")?.hidden).toBe(true);
    expect(find(".evidence")?.textContent).toContain("3 new errors in duration.ts after inserting");
    page.show(withTurns(turns, { evidence: { ...evidence, turnId: "another" } }));
    expect(find(".applied")?.hidden).toBe(false);
  });

  it("offers to ask again where the frontier answered, and stands nowhere when nothing is wrong", () => {
    const page = openByHand();
    page.show(withTurns([turn({ id: "t", decision: { ...frontierDecision, applied: seen({ tests }) } })]));
    buttonWith("Retry")?.click();
    expect(page.sent.at(-1)).toEqual({ type: "retry", turnId: "t", mode: "auto" });
    page.show(withTurns([turn({ decision: { ...cheapDecision, applied: seen({}) } })]));
    expect(find(".applied")).toBeNull();
  });
});
