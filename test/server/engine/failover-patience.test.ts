import { describe, expect, it } from "vitest";
import { createHealth } from "../../../server/engine/health.ts";
import { createFakeClock } from "./fake-clock.ts";
import { activity, finish, routeOf, type Step, text, usage } from "./scripted-provider.ts";
import { walk } from "./walk-plan.ts";

const hang: Step[] = [activity, { type: "hang" }];
const whole = [activity, text("an answer"), usage(100, 2), finish];

describe("a person's patience", () => {
  it("ends a question that no route answers, and says so", async () => {
    const scripts = Object.fromEntries([..."abcdefgh"].map((id) => [id, [hang]]));
    const { clock, result, provider } = walk(scripts, { job: { waitingMs: 50_000 } });
    await clock.advance(60_000);
    expect((await result).failure).toMatchObject({
      kind: "silence",
      message:
        "3 attempts in 50 s brought no answer, and that is as long as a question is tried. Last, c/m: no first token in 10 s. Ask again, or choose another model.",
    });
    expect(provider("d").requests).toHaveLength(0);
  });

  it("does not end an answer that is coming, however long it takes", async () => {
    const words = Array.from({ length: 40 }, (_, index): Step[] => [
      text(`${index} `),
      { type: "wait", ms: 5_000 },
    ]).flat();
    const { clock, result } = walk({ a: [[activity, ...words, finish]] }, { job: { waitingMs: 50_000 } });
    await clock.advance(201_000);
    expect(await result).toMatchObject({ state: "done", attempts: [{ durationMs: 200_000 }] });
  });

  it("waits longer for the last route that is well than until one that rests could be tried", async () => {
    const slow: Step[] = [activity, { type: "wait", ms: 40_000 }, text("thought through"), usage(100, 2), finish];
    const routes = ["a", "b"].map((id) => routeOf(id));
    const steps = routes.map((route, index) => ({
      route,
      reason: "",
      ...(index === 1 ? { isLastResort: true as const } : {}),
    }));
    const { clock, result, provider } = walk({ a: [slow], b: [whole] }, { routes, job: { steps } });
    await clock.advance(40_000);
    expect(await result).toMatchObject({ state: "done", text: "thought through" });
    expect(provider("b").requests).toHaveLength(0);
  });

  it("does not count what was written before a break", async () => {
    const words = Array.from({ length: 30 }, (_, index): Step[] => [
      text(`${index} `),
      { type: "wait", ms: 2_000 },
    ]).flat();
    const broken: Step[] = [activity, ...words, { type: "fail", failure: { kind: "truncated", message: "" } }];
    const { clock, result } = walk({ a: [broken], b: [whole] }, { job: { waitingMs: 50_000 } });
    await clock.advance(61_000);
    expect(await result).toMatchObject({ state: "done", text: "an answer" });
  });
});

describe("when every route is down", () => {
  it("the one that is tried again first is named, and when", async () => {
    const clock = createFakeClock();
    const health = createHealth({ store: () => null, now: clock.now, onFault: () => undefined });
    const busy = (retryAfterMs: number): Step[] => [
      { type: "fail", failure: { kind: "rate-limit", retryAfterMs, message: "It is busy." } },
    ];
    const { result } = walk({ a: [busy(90_000)], b: [busy(12_000)] }, { clock, health });
    expect((await result).failure?.message).toBe("2 attempts failed. It is busy. b/m is tried again in 12 s.");
  });

  it("nothing is promised where only the person can mend it", async () => {
    const clock = createFakeClock();
    const health = createHealth({ store: () => null, now: clock.now, onFault: () => undefined });
    const refused: Step[] = [{ type: "fail", failure: { kind: "auth", status: 401, message: "No such key." } }];
    const { result } = walk({ a: [refused] }, { clock, health });
    expect((await result).failure?.message).toBe("No such key.");
  });
});

describe("timers that have learned", () => {
  it("leave a route that is usually quick sooner, and rest it", async () => {
    const clock = createFakeClock();
    const health = createHealth({ store: () => null, now: clock.now, onFault: () => undefined });
    const quick: Step[] = [activity, { type: "wait", ms: 1_000 }, text("quick"), usage(100, 2), finish];
    const ask = (scripts: Parameters<typeof walk>[0]) => walk(scripts, { clock, health });
    for (let count = 0; count < 8; count += 1) {
      const { result } = ask({ a: [quick], b: [whole] });
      await clock.advance(1_000);
      await result;
    }
    const { result } = ask({ a: [hang], b: [whole] });
    await clock.advance(4_999);
    expect(await Promise.race([result, "waiting"])).toBe("waiting");
    await clock.advance(500);
    expect(await result).toMatchObject({ state: "done", text: "an answer" });
  });
});
