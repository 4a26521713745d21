import { describe, expect, it } from "vitest";
import { daysOf, savingsOf, toldApart } from "../../../server/engine/report.ts";
import type { RoutingSums } from "../../../server/store/report-book.ts";
import type { ContextItem } from "../../../shared/answer.ts";
import type { ReportParams } from "../../../shared/report.ts";
import { answer, engine } from "./ask-scene.ts";
import { activity, text } from "./scripted-provider.ts";

const today: ReportParams = { range: { kind: "days", days: 1 }, book: "real", workspace: null, splitBy: "tier" };
const file: ContextItem = {
  kind: "file",
  path: "src/a.ts",
  languageId: "typescript",
  text: "export const a = 1;",
  firstLine: 1,
  lastLine: 1,
  diagnostics: [],
};
const down = { type: "fail", failure: { kind: "server-error", status: 500, message: "vendor answered 500." } } as const;

describe("the report of answers", () => {
  it("says what was spent on what, and what the other models would have cost", async () => {
    const { put, costs, audit } = await engine({ small: [answer("one"), answer("two")], large: [answer("three")] });
    await put("What does this do?", "auto", [file]);
    await put("And this one?", "auto");
    await put("Chosen by hand", "frontier");
    await audit.idle();
    const report = await costs.report(today);
    // 1,000 tokens in and 100 out: $1 and $2 a million on the cheap one, $10 and $20 on the frontier one.
    expect(report.total).toMatchObject({ spentNano: 2 * 1_200_000 + 12_000_000, requests: 3, answers: 3, unknown: 0 });
    expect(report.total).toMatchObject({ inputTokens: 3_000, outputTokens: 300, failedAttempts: 0 });
    expect(report.groups.tier.map(({ key, spentNano, requests }) => [key, spentNano, requests])).toEqual([
      ["frontier", 12_000_000, 1],
      ["cheap", 2_400_000, 2],
    ]);
    // The follow-up is about the same code, though it came without it.
    expect(report.groups.language.map(({ key, requests }) => [key, requests])).toEqual([["typescript", 3]]);
    expect(report.groups.session.map(({ label, requests }) => [label, requests])).toEqual([["What does this do?", 3]]);
    expect(report.timeline).toEqual({
      unit: "day",
      buckets: ["2026-05-04"],
      series: [
        { key: "frontier", label: "frontier", spentNano: [12_000_000] },
        { key: "cheap", label: "cheap", spentNano: [2_400_000] },
      ],
    });
    expect(report.savings).toMatchObject({
      answers: 2,
      leftOut: 1,
      routed: { costNano: 2_400_000 },
      frontier: { costNano: 24_000_000 },
      cheap: { costNano: 2_400_000 },
      // The frontier's extra $0.0108 an answer over the tenth of a right answer that it must bring at quality 50.
      wrongAnswerNano: 108_000_000,
    });
    // Each bears its own question, not that of the conversation's beginning.
    expect(
      report.dearest.map(({ providerId, costNano, questionHead, why }) => [providerId, costNano, questionHead, why]),
    ).toEqual([
      ["large", 12_000_000, "Chosen by hand", "you chose frontier"],
      ["small", 1_200_000, "What does this do?", expect.any(String)],
      ["small", 1_200_000, "And this one?", expect.any(String)],
    ]);
  });

  it("counts a failed attempt with its cost, and the answer once", async () => {
    const { put, costs, audit } = await engine({ small: [[activity, text("begun"), down]], large: [answer("whole")] });
    await put("What does this do?", "auto");
    await audit.idle();
    const { total, groups, dearest } = await costs.report(today);
    expect(total).toMatchObject({ requests: 1, answers: 1, attempts: 2, failedAttempts: 1 });
    expect(total.failedNano).toBeGreaterThan(0);
    expect(groups.model.map(({ key, requests, failedAttempts }) => [key, requests, failedAttempts])).toEqual([
      ["large/m", 1, 0],
      ["small/m", 0, 1],
    ]);
    expect(dearest[0]).toMatchObject({ providerId: "large", attempts: 2, costNano: total.spentNano });
  });

  it("counts an answer that was kept as saved, not as asked", async () => {
    const { ask, costs, audit } = await engine({ small: [answer("one")] });
    const put = (sessionId: string, turnId: string) =>
      ask(
        { sessionId, turnId, question: "Same?", context: [], mode: "cheap" },
        () => undefined,
        new AbortController().signal,
      );
    await put("s1", "t1");
    await put("s2", "t2");
    await audit.idle();
    const { total, cache } = await costs.report(today);
    expect(total).toMatchObject({ requests: 1, spentNano: 1_200_000 });
    expect(cache).toMatchObject({ keptAnswers: 1, keptSavedNano: 1_200_000 });
    expect(await costs.explainRequest("t2")).toMatchObject({
      state: "cached",
      savedNano: 1_200_000,
      costNano: 0,
      attemptRows: [],
    });
  });

  it("counts code that was taken over, also before the bill is written", async () => {
    const { put, costs, audit } = await engine({ small: [answer("one")] });
    const turn = put("What does this do?", "auto", [file]);
    costs.acceptedCode({ turnId: "t1", sessionId: "s", languageId: "typescript", lines: 12, how: "insert" });
    costs.acceptedCode({ turnId: "nobody", sessionId: "s", languageId: "go", lines: 5, how: "copy" });
    await turn;
    costs.acceptedCode({ turnId: "t1", sessionId: "s", languageId: "typescript", lines: 3, how: "copy" });
    await audit.idle();
    const { total, groups } = await costs.report(today);
    expect(total).toMatchObject({ acceptedLines: 15, acceptedCompletions: 0 });
    expect(groups.language.map(({ key, acceptedLines }) => [key, acceptedLines])).toEqual([["typescript", 15]]);
  });

  it("is empty, and no failure, where nothing was asked", async () => {
    const { costs } = await engine();
    const report = await costs.report({ ...today, range: { kind: "all" }, splitBy: "session" });
    expect(report).toMatchObject({ fromDay: "2026-05-04", toDay: "2026-05-04", savings: null, dearest: [] });
    expect(report.total.spentNano).toBe(0);
    expect(report.workspaces).toEqual(["here"]);
  });
});

describe("conversations with the same title", () => {
  it("are told apart, and those without one stay as they are", async () => {
    const { ask, costs, audit } = await engine({
      small: [answer("one"), answer("two")],
      settings: { cache: { enabled: false } },
    });
    for (const id of ["s1", "s2"]) {
      const params = { sessionId: id, turnId: `turn of ${id}`, question: "Same?", context: [], mode: "cheap" };
      await ask(params, () => undefined, new AbortController().signal);
    }
    await audit.idle();
    const { groups, timeline } = await costs.report({ ...today, splitBy: "session" });
    expect(groups.session.map(({ label }) => label).sort()).toEqual(["Same?", "Same? (2)"]);
    expect(timeline.series.map(({ label }) => label).sort()).toEqual(["Same?", "Same? (2)"]);
    const [first] = groups.session;
    if (first === undefined) throw new Error("no conversation");
    const nameless = { ...first, label: "" };
    expect(toldApart([nameless, nameless]).map(({ label }) => label)).toEqual(["", ""]);
  });
});

describe("the record of a request", () => {
  it("has features, plan, attempts and reasons, and never what was asked", async () => {
    const { put, costs, audit } = await engine();
    await put("Where is the treasure buried?", "auto", [file]);
    await audit.idle();
    const record = await costs.explainRequest("t1");
    expect(record).toMatchObject({
      kind: "chat",
      workspace: "here",
      language: "typescript",
      mode: "auto",
      state: "done",
      question: null,
      costNano: 1_200_000,
    });
    expect(Object.keys(record?.classification?.features ?? {}).length).toBeGreaterThan(5);
    expect(record?.plan.map(({ providerId }) => providerId)).toEqual(["small", "large"]);
    expect(record?.attemptRows.map(({ providerId, costSource }) => [providerId, costSource])).toEqual([
      ["small", "computed"],
    ]);
    const { sessionTitle: _title, questionHead: _head, ...rest } = record ?? { sessionTitle: "", questionHead: "" };
    expect(JSON.stringify(rest)).not.toMatch(/treasure|export const/);
  });

  it("has the question where the person wants that", async () => {
    const { put, costs, audit } = await engine({ settings: { audit: { keepQuestions: true } } });
    await put("Where is the treasure buried?");
    await audit.idle();
    expect((await costs.explainRequest("t1"))?.question).toBe("Where is the treasure buried?");
  });
});

describe("the days of a range", () => {
  it.each([
    [{ kind: "days", days: 1 }, "2026-03-01", "2026-03-01"],
    [{ kind: "days", days: 30 }, "2026-01-31", "2026-03-01"],
    [{ kind: "month" }, "2026-03-01", "2026-03-01"],
    [{ kind: "all" }, "2025-12-24", "2026-03-01"],
    [{ kind: "between", fromDay: "2026-02-01", toDay: "2026-02-28" }, "2026-02-01", "2026-02-28"],
  ] as const)("%o", (range, fromDay, toDay) => {
    expect(daysOf(range, "2026-03-01", () => "2025-12-24")).toEqual({ fromDay, toDay });
  });

  it("are today alone where the only entries lie ahead, or there are none", () => {
    for (const first of ["2027-01-01", null]) {
      expect(daysOf({ kind: "all" }, "2026-03-01", () => first)).toEqual({
        fromDay: "2026-03-01",
        toDay: "2026-03-01",
      });
    }
  });
});

describe("what routing saved", () => {
  const sums: RoutingSums = {
    routed: 100,
    leftOut: 4,
    routedNano: 300,
    routedRight: 85,
    frontierNano: 1_100,
    frontierRight: 90,
    cheapNano: 100,
    cheapRight: 75,
    promptSavedNano: 0,
    keptAnswers: 0,
    keptSavedNano: 0,
  };

  it("is held against the one model that costs least with its wrong answers", () => {
    // 10 a piece more for the frontier. At quality 50 it must bring a tenth: a wrong answer counts 100.
    expect(savingsOf(sums, 50)).toMatchObject({ wrongAnswerNano: 100, bestSingle: "frontier" });
    // At full economy it must bring four tenths: a wrong answer counts 25, and the cheap one is the best.
    expect(savingsOf(sums, 0)).toMatchObject({ wrongAnswerNano: 25, bestSingle: "cheap" });
  });

  it("is nothing without answers, and the better model is the best where it costs no more", () => {
    expect(savingsOf({ ...sums, routed: 0 }, 50)).toBeNull();
    expect(savingsOf({ ...sums, frontierNano: 90 }, 50)).toMatchObject({ wrongAnswerNano: 0, bestSingle: "frontier" });
  });
});
