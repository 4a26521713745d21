import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createCoalescer, type Ended } from "../../../server/engine/coalesce.ts";
import type { AskPart } from "../../../shared/protocol.ts";
import { settle } from "./fake-clock.ts";

type Result = { state: "done" | "cancelled"; text: string };
const request = { key: "why?", scope: {} };

/** A request whose parts are given by hand; it ends as told, or once its signal aborts. */
function upstream() {
  let emit: (part: AskPart) => void = () => undefined;
  let text = "";
  const run = { begun: 0, aborted: false, ended: false };
  let end: (result: Result) => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  return {
    run,
    begin(to: (part: AskPart) => void, signal: AbortSignal): Promise<Result> {
      run.begun++;
      emit = to;
      return new Promise((resolve, reject) => {
        end = resolve;
        fail = reject;
        signal.addEventListener("abort", () => {
          run.aborted = !run.ended;
          resolve({ state: "cancelled", text });
        });
      });
    },
    give(part: AskPart) {
      if (run.ended || run.aborted) return;
      if (part.type === "restart") text = "";
      if (part.type === "text") text += part.text;
      emit(part);
    },
    finish() {
      if (run.begun === 0 || run.aborted) return;
      run.ended = true;
      end({ state: "done", text });
    },
    fail: (message: string) => fail(new Error(message)),
    text: () => text,
  };
}

function caller() {
  const cancel = new AbortController();
  let text = "";
  const parts: AskPart[] = [];
  const emit = (part: AskPart) => {
    parts.push(part);
    if (part.type === "restart") text = "";
    if (part.type === "text") text += part.text;
  };
  return { emit, signal: cancel.signal, cancel: () => cancel.abort(), text: () => text, parts };
}

const words = (value: string): AskPart => ({ type: "text", text: value });
const attempt: AskPart = { type: "attempt", providerId: "small", modelId: "m", tier: "cheap", failedBefore: 0 };

describe("identical requests under way", () => {
  it("go out once, and whoever comes late is given at once what has come", async () => {
    const requests = createCoalescer<Result>();
    const source = upstream();
    const [first, second] = [caller(), caller()];
    const one = requests.run(request, first, source.begin);
    source.give(attempt);
    source.give({ type: "reasoning", text: "hm" });
    source.give(words("Use "));
    source.give(words("a "));
    const two = requests.run(request, second, source.begin);
    expect(second.parts).toEqual([attempt, { type: "reasoning", text: "hm" }, words("Use a ")]);
    source.give(words("map."));
    source.finish();
    expect(await one).toEqual({ role: "own", result: { state: "done", text: "Use a map." } });
    expect(await two).toEqual({ role: "joined", result: { state: "done", text: "Use a map." } });
    expect([first.text(), second.text(), source.run.begun]).toEqual(["Use a map.", "Use a map.", 1]);
    expect(requests.underWay()).toBe(0);
  });

  it("pass a new beginning on, which nobody is told of who came after it", async () => {
    const requests = createCoalescer<Result>();
    const source = upstream();
    const [first, second, third] = [caller(), caller(), caller()];
    const all = [requests.run(request, first, source.begin)];
    source.give(words("Half an"));
    all.push(requests.run(request, second, source.begin));
    source.give({ type: "restart", why: "small/m: cut off" });
    source.give(words("Whole."));
    all.push(requests.run(request, third, source.begin));
    source.finish();
    await Promise.all(all);
    expect(second.parts).toEqual([words("Half an"), { type: "restart", why: "small/m: cut off" }, words("Whole.")]);
    expect(third.parts).toEqual([words("Whole.")]);
  });

  it("go on when one leaves, and end with the last", async () => {
    const requests = createCoalescer<Result>();
    const source = upstream();
    const [first, second] = [caller(), caller()];
    const one = requests.run(request, first, source.begin);
    const two = requests.run(request, second, source.begin);
    source.give(attempt);
    source.give(words("Half "));
    first.cancel();
    const left = await one;
    expect(left).toMatchObject({ role: "left", shown: { text: "Half ", attempt } });
    source.give(words("of it"));
    expect([first.text(), second.text(), source.run.aborted]).toEqual(["Half ", "Half of it", false]);
    second.cancel();
    expect(source.run.aborted).toBe(true);
    const result = { state: "cancelled", text: "Half of it" };
    expect(await two).toEqual({ role: "joined", result });
    // What it came to is told to the one in whose name it went out.
    expect(left.role === "left" ? await left.bill : null).toEqual(result);
  });

  it("have no bill for one who left and had only joined", async () => {
    const requests = createCoalescer<Result>();
    const source = upstream();
    const [first, second] = [caller(), caller()];
    const one = requests.run(request, first, source.begin);
    const two = requests.run(request, second, source.begin);
    second.cancel();
    expect(await two).toEqual({ role: "left", shown: { text: "", attempt: null }, bill: null });
    source.finish();
    expect((await one).role).toBe("own");
  });

  it("are joined by nobody once they are being closed, nor by what is asked in another state of things", async () => {
    const requests = createCoalescer<Result>();
    const [one, two, three] = [upstream(), upstream(), upstream()];
    const [first, second, third] = [caller(), caller(), caller()];
    const ends = [requests.run(request, first, one.begin)];
    first.cancel();
    ends.push(requests.run(request, second, two.begin));
    ends.push(requests.run({ ...request, scope: {} }, third, three.begin));
    expect([one.run.begun, two.run.begun, three.run.begun]).toEqual([1, 1, 1]);
    two.finish();
    three.finish();
    expect((await Promise.all(ends)).map(({ role }) => role)).toEqual(["own", "own", "own"]);
    expect(requests.underWay()).toBe(0);
  });

  it("fail for all", async () => {
    const requests = createCoalescer<Result>();
    const source = upstream();
    const both = [requests.run(request, caller(), source.begin), requests.run(request, caller(), source.begin)];
    source.fail("no such thing");
    expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(requests.underWay()).toBe(0);
  });

  it("give each caller exactly the text of one run, or its own cancellation, in whatever order things happen", async () => {
    const step = fc.oneof(
      fc.constant({ do: "join" } as const),
      fc.record({
        do: fc.constant("part" as const),
        text: fc.string({ minLength: 1, maxLength: 4, unit: "grapheme" }),
      }),
      fc.constant({ do: "restart" } as const),
      fc.record({ do: fc.constant("cancel" as const), who: fc.nat(5) }),
      fc.constant({ do: "finish" } as const),
      fc.constant({ do: "wait" } as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const requests = createCoalescer<Result>();
        const runs: ReturnType<typeof upstream>[] = [];
        const callers: {
          of: number;
          who: ReturnType<typeof caller>;
          ended: Promise<Ended<Result>>;
          cancelled?: { text: string; inTime: boolean };
        }[] = [];
        for (const each of steps) {
          const now = runs.at(-1);
          if (each.do === "join") {
            const who = caller();
            const next = upstream();
            const ended = requests.run(request, who, (emit, signal) => {
              runs.push(next);
              return next.begin(emit, signal);
            });
            callers.push({ of: runs.length - 1, who, ended });
          } else if (each.do === "part") now?.give(words(each.text));
          else if (each.do === "restart") now?.give({ type: "restart", why: "cut off" });
          else if (each.do === "finish") now?.finish();
          else if (each.do === "wait") await settle();
          else {
            const one = callers[each.who];
            if (one === undefined || one.who.signal.aborted) continue;
            const run = runs[one.of];
            one.cancelled = { text: one.who.text(), inTime: run?.run.ended !== true };
            one.who.cancel();
          }
        }
        for (const run of runs) run.finish();
        for (const { of, who, ended, cancelled } of callers) {
          const run = runs[of];
          const end = await ended;
          if (cancelled === undefined) {
            // Everyone who stayed has the whole text of the one run.
            expect(end.role === "left" ? null : end.result).toEqual({ state: "done", text: run?.text() });
            expect(who.text()).toBe(run?.text());
          } else {
            expect(end.role === "left" ? end.shown.text : end.result.text).toBe(cancelled.text);
            if (cancelled.inTime) expect(end.role === "left" || end.result.state === "cancelled").toBe(true);
            expect(who.text()).toBe(cancelled.text);
          }
        }
        // A run that everybody left is closed, one that somebody waited for is not; and nothing is left under way.
        for (const [index, run] of runs.entries()) {
          const waited = callers.filter(({ of }) => of === index);
          expect(run.run.aborted).toBe(waited.every(({ cancelled }) => cancelled?.inTime === true));
        }
        expect(requests.underWay()).toBe(0);
      }),
    );
  });
});
