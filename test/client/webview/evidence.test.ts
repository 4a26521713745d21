// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import type { InsertEvidence, TestEvidence } from "../../../client/webview/messages.ts";
import { buttonWith, find, openByHand } from "./harness/open-by-hand.ts";
import { cheapDecision, frontierDecision, turn, withTurns } from "./harness/samples.ts";

const errors = (count: number): InsertEvidence => ({
  turnId: "turn-1",
  errors: { count, file: "duration.ts" },
  tests: null,
});

const page = (evidence: InsertEvidence | null, decision = cheapDecision) => {
  const opened = openByHand();
  opened.show(withTurns([turn({ decision })], { evidence }));
  opened.frame();
  return opened;
};

describe("errors that came with an insertion", () => {
  it("stand on their turn, and the frontier is asked once more by a click alone", () => {
    const { sent, last } = page(errors(3));
    const before = sent.length;
    expect(find(".evidence")?.textContent).toBe(
      "3 new errors in duration.ts after insertingRetry on frontier (about $0.004)",
    );
    expect(find(".evidence")?.closest("[data-turn]")?.getAttribute("data-turn")).toBe("turn-1");
    expect(sent).toHaveLength(before);
    buttonWith("Retry on frontier (about $0.004)")?.click();
    expect(last()).toEqual({ type: "retry", turnId: "turn-1", mode: "frontier" });
  });

  it("are asked about again as before where the frontier has answered", () => {
    const { last } = page(errors(1), frontierDecision);
    expect(find(".evidence")?.textContent).toBe("1 new error in duration.ts after insertingRetry");
    buttonWith("Retry")?.click();
    expect(last()).toEqual({ type: "retry", turnId: "turn-1", mode: "auto" });
  });

  it("are said when they come, not when the page is loaded again, and go when they are void", () => {
    const { receive, frame } = page(errors(3));
    expect(find("#live")?.textContent).toBe("");
    receive({ type: "patch", state: { evidence: null } });
    frame();
    expect(find(".evidence")?.hidden).toBe(true);
    expect(find("#live")?.textContent).toBe("");
    receive({ type: "patch", state: { evidence: errors(2) } });
    frame();
    expect(find(".evidence")?.hidden).toBe(false);
    expect(find("#live")?.textContent).toBe("2 new errors in duration.ts after inserting.");
  });

  it("are of no other turn, and keep the focus that was on their button", () => {
    const { receive } = page({ ...errors(3), turnId: "another" });
    expect(find(".evidence")?.hidden).toBe(true);
    receive({ type: "patch", state: { evidence: errors(3) } });
    buttonWith("Retry on frontier (about $0.004)")?.focus();
    receive({ type: "patch", state: { evidence: errors(2) } });
    expect(document.activeElement?.textContent).toBe("Retry on frontier (about $0.004)");
  });
});

describe("the person's own tests", () => {
  const tests = (state: TestEvidence): InsertEvidence => ({ turnId: "turn-1", errors: null, tests: state });
  const shown = () => [find(".evidence-words")?.textContent ?? "", ...buttons()];
  const buttons = () => [...document.querySelectorAll(".evidence button")].map((button) => button.textContent);
  const frontier = "Retry on frontier (about $0.004)";

  it.each<[TestEvidence, string[], string]>([
    [{ state: "ready" }, ["", "Run tests"], ""],
    [{ state: "running" }, ["running tests…", "Stop"], "running tests…"],
    [{ state: "passed" }, ["tests pass", "Show output", "Run again"], "tests pass."],
    [
      { state: "failed", how: "exit 1", lastLine: "2 failed" },
      ["tests fail (exit 1): 2 failed", frontier, "Show output", "Run again"],
      "tests fail (exit 1): 2 failed.",
    ],
    [
      { state: "failed", how: "SIGSEGV", lastLine: "" },
      ["tests fail (SIGSEGV)", frontier, "Show output", "Run again"],
      "tests fail (SIGSEGV).",
    ],
    [
      { state: "timedOut", seconds: 60 },
      ["no result within 60 s", "Show output", "Run again"],
      "no result within 60 s.",
    ],
    [{ state: "stopped" }, ["tests stopped", "Show output", "Run again"], "tests stopped."],
    [
      { state: "unrun", why: "exit 127: not found" },
      ["tests did not run: exit 127: not found", "Show output", "Run again"],
      "tests did not run: exit 127: not found.",
    ],
    [
      { state: "never" },
      ["tests are not run here; “Wayfare: Set Test Command…” changes that"],
      "tests are not run here; “Wayfare: Set Test Command…” changes that.",
    ],
  ])("are told of and can be seen to: %o", (state, words, said) => {
    const { receive, frame } = page(null);
    receive({ type: "patch", state: { evidence: tests(state) } });
    frame();
    expect(shown()).toEqual(words);
    expect(find("#live")?.textContent).toBe(said);
  });

  it("are run, stopped and looked into by a click, and the focus stays in the line", () => {
    const { receive, last } = page(tests({ state: "ready" }));
    const press = (words: string) => {
      buttonWith(words)?.focus();
      buttonWith(words)?.click();
      return last();
    };
    const becomes = (state: TestEvidence) => {
      receive({ type: "patch", state: { evidence: tests(state) } });
      return document.activeElement?.textContent;
    };
    expect(press("Run tests")).toEqual({ type: "tests", turnId: "turn-1", act: "run" });
    expect(becomes({ state: "running" })).toBe("Stop");
    expect(press("Stop")).toEqual({ type: "tests", turnId: "turn-1", act: "stop" });
    expect(becomes({ state: "passed" })).toBe("Show output");
    expect(press("Show output")).toEqual({ type: "tests", turnId: "turn-1", act: "output" });
    expect(press("Run again")).toEqual({ type: "tests", turnId: "turn-1", act: "run" });
    becomes({ state: "never" });
    expect(document.activeElement).toBe(find(".evidence"));
  });

  it("stand beside the errors, and the frontier is offered once", () => {
    page({ ...errors(2), tests: { state: "failed", how: "exit 1", lastLine: "no" } });
    expect([...document.querySelectorAll(".evidence-words")].map((each) => each.textContent)).toEqual([
      "2 new errors in duration.ts after inserting",
      "tests fail (exit 1): no",
    ]);
    expect(buttons()).toEqual([frontier, "Show output", "Run again"]);
  });
});
