import { describe, expect, it } from "vitest";
import { describeAttempt } from "../../../server/core/failure-action.ts";
import { chatTimeouts, completionTimeouts, patientTimeouts } from "../../../server/engine/timers.ts";
import type { Failure } from "../../../shared/failure.ts";
import { settle } from "./fake-clock.ts";
import { activity, finish, routeOf, type Step, text, usage } from "./scripted-provider.ts";
import { walk } from "./walk-plan.ts";

const answer = (value: string): Step[] => [activity, text(value), usage(100, 50), finish];
const limited = (retryAfterMs: number | null): Step[] => [
  { type: "fail", failure: { kind: "rate-limit", retryAfterMs, message: "slow down" } },
];
const serverError: Failure = { kind: "server-error", status: 500, message: "500" };
const fails = (failure: Failure): Step[] => [{ type: "fail", failure }];
const shownOf = (emitted: readonly { type: string; text?: string }[]) =>
  emitted.flatMap((part) => (part.type === "text" ? [part.text] : part.type === "restart" ? ["|"] : []));

describe("the first words of a chat answer", () => {
  it("are held back for 24 characters, so that a cut among them is not seen", async () => {
    const { emitted, result } = walk({ a: [[text("Twenty-three characters")]], b: [answer("The whole answer.")] });
    const end = await result;
    expect(shownOf(emitted)).toEqual(["The whole answer."]);
    expect(end).toMatchObject({ text: "The whole answer.", writtenBy: "attempt-2" });
    expect(end.attempts[0]).toMatchObject({ failure: { kind: "truncated" }, costSource: "estimated" });

    const seen = walk({ a: [[text("Twenty-four "), text("characters.."), text("!")]], b: [answer("Whole.")] });
    await seen.result;
    expect(shownOf(seen.emitted)).toEqual(["Twenty-four ", "characters..", "!", "|", "Whole."]);
  });

  it("or for 0.12 s, whichever comes first", async () => {
    const { clock, emitted, result } = walk({
      a: [[text("One"), { type: "wait", ms: 100 }, text(" two"), { type: "wait", ms: 500 }, text(" three"), finish]],
    });
    await clock.advance(119);
    expect(shownOf(emitted)).toEqual([]);
    await clock.advance(1);
    expect(shownOf(emitted)).toEqual(["One", " two"]);
    await clock.advance(1_000);
    expect((await result).text).toBe("One two three");
    expect(clock.waiting()).toBe(0);
  });

  it("are shown when the answer ends with them, before its bill is written", async () => {
    const setup = walk({ a: [answer("Yes.")] });
    const write = setup.ledger.settle;
    const shownAtSettle: unknown[] = [];
    setup.ledger.settle = async (...settlement) => {
      shownAtSettle.push(...shownOf(setup.emitted));
      return write(...settlement);
    };
    await setup.result;
    expect(shownAtSettle).toEqual(["Yes."]);
  });

  it("stay held back from the screen of an older answer that has nothing better after it", async () => {
    const shown = "A long beginning that was seen";
    const { emitted, result, clock } = walk({ a: [[text(shown)]], b: [[text("Short")]] });
    await clock.advance(1_000);
    expect(await result).toMatchObject({ state: "failed", text: shown, writtenBy: "attempt-1" });
    expect(shownOf(emitted)).toEqual([shown]);
  });

  it("of a completion are not held back", async () => {
    const { emitted, result } = walk({ a: [[text("x"), { type: "hang" }]] }, { job: { kind: "completion" } });
    await settle();
    expect(shownOf(emitted)).toEqual(["x"]);
    void result;
  });
});

describe("one whole answer", () => {
  it("comes after a 500, a rate limit, silence, a stall and a cut, and each is named", async () => {
    const shown = "An answer that a person reads, ";
    const { clock, emitted, result } = walk({
      error: [fails(serverError)],
      limit: [limited(20_000)],
      silent: [[activity, { type: "hang" }]],
      stalls: [[text(shown), { type: "hang" }]],
      cut: [[text(shown)]],
      whole: [answer("whole and once.")],
    });
    await clock.advance(120_000);
    const end = await result;
    expect(end).toMatchObject({ state: "done", text: "whole and once.", answeredBy: { providerId: "whole" } });
    expect(shownOf(emitted)).toEqual([shown, "|", shown, "|", "whole and once."]);
    expect(end.attempts.map(({ providerId, failure }) => [providerId, failure && describeAttempt(failure)])).toEqual([
      ["error", "500 from the server"],
      ["error", "500 from the server"],
      ["limit", "rate limited, 20 s"],
      ["silent", "no first token in 20 s"],
      ["stalls", "stalled for 10 s"],
      ["cut", "cut off before its end"],
      ["whole", null],
    ]);
    expect(end.attempts.map((attempt) => attempt.costSource)).toEqual([
      "free",
      "free",
      "free",
      "free",
      "estimated",
      "estimated",
      "computed",
    ]);
    expect(emitted.flatMap((part) => (part.type === "restart" ? [part.why] : []))).toEqual([
      "stalls/m: stalled for 10 s",
      "cut/m: cut off before its end",
    ]);
  });
});

describe("a rate limit", () => {
  const sameKey = [routeOf("a"), routeOf("a", { modelId: "m2" }), routeOf("b")];
  it.each([20_000, null])("of a key leaves its other models for last (Retry-After %s ms)", async (retryAfterMs) => {
    const { result } = walk({ a: [limited(retryAfterMs)], b: [answer("b")] }, { routes: sameKey });
    expect((await result).attempts.map((attempt) => `${attempt.providerId}/${attempt.modelId}`)).toEqual([
      "a/m",
      "b/m",
    ]);
  });

  it("does not keep another model of the key from answering where nobody else is left", async () => {
    const { result } = walk({ a: [limited(20_000), answer("m2")] }, { routes: sameKey.slice(0, 2) });
    expect(await result).toMatchObject({ state: "done", text: "m2", answeredBy: { modelId: "m2" } });
  });
});

describe("a prompt too long for a window", () => {
  const tooLong = fails({ kind: "context-length", message: "too long" });
  it("goes on to larger windows, and to unknown ones only after those", async () => {
    const { result } = walk(
      { a: [tooLong], unknown: [answer("unknown")], same: [answer("same")], larger: [tooLong] },
      {
        routes: [
          routeOf("a"),
          routeOf("unknown", { windowTokens: null }),
          routeOf("same"),
          routeOf("larger", { windowTokens: 1_000_000 }),
        ],
      },
    );
    expect((await result).attempts.map((attempt) => attempt.providerId)).toEqual(["a", "larger", "unknown"]);
  });
});

describe("a request of its own kind", () => {
  it("ends as done when there is enough: the upstream is closed at once, and what came is metered", async () => {
    let seen = "";
    const setup = walk(
      { a: [[activity, text("one\n"), text("two\n"), text("three\n"), { type: "hang" }]] },
      { job: { kind: "completion", isEnough: () => seen.includes("two") } },
    );
    const push = setup.emitted.push.bind(setup.emitted);
    setup.emitted.push = (part) => {
      if (part.type === "text") seen += part.text;
      return push(part);
    };
    await settle();
    const end = await setup.result;
    expect(end).toMatchObject({ state: "done", text: "one\ntwo\n", finishReason: "stop" });
    expect(setup.provider("a").closed()).toBe(1);
    expect(setup.ledger.settled).toMatchObject([{ outcome: "done", costSource: "estimated" }]);
    expect(end.attempts[0]?.usage).toMatchObject({ input: 100 });
    expect(setup.clock.waiting()).toBe(0);
  });

  it("may come to nothing", async () => {
    const { result } = walk({ a: [[activity, usage(100, 0), finish]] }, { job: { acceptsEmpty: true } });
    expect(await result).toMatchObject({ state: "done", text: "", attempts: [{ costNano: 100_000 }] });
  });

  it("is asked in its own way, with the room that was held", async () => {
    const asked: unknown[] = [];
    const { result, provider } = walk(
      { a: [answer("chat")] },
      {
        job: {
          maxOutputTokens: 64,
          leastOutputTokens: 16,
          caps: [
            {
              id: "global.daily",
              scope: "global",
              period: "daily",
              limitNano: 200_000 + 32 * 2_000,
              setting: "wayfare.budget.daily",
            },
          ],
          async *call(by, route, maxOutputTokens, { signal }) {
            asked.push([by.id, route.modelId, maxOutputTokens, signal.aborted]);
            yield { type: "text-delta", text: "filled" };
            yield { type: "finish", reason: "stop" };
          },
        },
      },
    );
    expect((await result).text).toBe("filled");
    expect(asked).toEqual([["a", "m", 32, false]]);
    expect(provider("a").requests).toEqual([]);
  });

  it("has patience of its own", () => {
    expect(chatTimeouts).toEqual({ headersMs: 10_000, firstContentMs: 20_000, gapMs: 10_000 });
    expect(completionTimeouts).toEqual({ headersMs: 4_000, firstContentMs: 5_000, gapMs: 2_000 });
    expect(patientTimeouts.firstContentMs).toBeGreaterThan(chatTimeouts.firstContentMs);
  });
});

describe("the bill of an attempt", () => {
  const words = "some words of an answer that a person reads ";
  type Row = [string, Step[], number, Partial<{ cancelAtMs: number }>, string, "nothing" | "input" | "all" | number];
  it.each<Row>([
    ["done, counted", answer(words), 0, {}, "computed", 200_000],
    ["done, reported", [text(words), usage(100, 50, 0.001), finish], 0, {}, "reported", 1_000_000],
    ["done, not counted", [text(words), finish], 0, {}, "estimated", "all"],
    ["refused", fails(serverError), 1_000, {}, "free", "nothing"],
    ["refused, with a count", [usage(100, 0), ...fails(serverError)], 1_000, {}, "computed", 100_000],
    ["silent", [{ type: "hang" }], 200_000, {}, "free", "nothing"],
    ["silent after a sign of life", [activity, { type: "hang" }], 200_000, {}, "free", "nothing"],
    ["empty", [activity, finish], 0, {}, "free", "nothing"],
    ["stalled", [text(words), { type: "hang" }], 200_000, {}, "estimated", "all"],
    ["cut", [text(words)], 0, {}, "estimated", "all"],
    ["cut within what was held back", [text("so")], 0, {}, "estimated", "all"],
    ["cut after a count", [text(words), usage(100, 50)], 0, {}, "computed", 200_000],
    ["failed on the way", [text(words), ...fails(serverError)], 0, {}, "estimated", "all"],
    ["refused by a filter", [{ type: "finish", reason: "content-filter" }], 0, {}, "free", "nothing"],
    ["cancelled before the first word", [activity, { type: "hang" }], 100, { cancelAtMs: 50 }, "estimated", "input"],
    ["cancelled on the way", [text(words), { type: "hang" }], 100, { cancelAtMs: 50 }, "estimated", "all"],
    ["deaf to its cancel", [text(words), { type: "deaf" }], 100, { cancelAtMs: 50 }, "estimated", "all"],
  ])("%s", async (_name, script, passMs, { cancelAtMs }, source, cost) => {
    const { clock, cancel, result, ledger } = walk({ a: [script] });
    if (cancelAtMs !== undefined) clock.after(cancelAtMs, () => cancel.abort());
    await clock.advance(passMs);
    const end = await result;
    const row = end.attempts[0];
    expect(row?.costSource).toBe(source);
    if (typeof cost === "number") expect(row?.costNano).toBe(cost);
    else if (cost === "nothing") expect([row?.costNano, row?.usage]).toEqual([0, null]);
    else if (cost === "input") expect([row?.costNano, row?.usage?.output]).toEqual([100_000, 0]);
    else {
      expect(row?.usage).toMatchObject({ input: 100 });
      expect(row?.costNano).toBe(100_000 + (row?.usage?.output ?? 0) * 2_000);
      expect(row?.usage?.output).toBeGreaterThan(0);
    }
    expect(ledger.settled.map((each) => each.attemptId)).toEqual(ledger.reserved.map((each) => each.attemptId));
  });
});
