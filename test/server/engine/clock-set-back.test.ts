import { describe, expect, it } from "vitest";
import { tellOnceAMinute } from "../../../server/engine/ask-completion.ts";
import { systemClock } from "../../../server/engine/clock.ts";
import type { Failure } from "../../../shared/failure.ts";
import { engine } from "./ask-scene.ts";
import { createFakeClock } from "./fake-clock.ts";
import { activity, finish, text, usage } from "./scripted-provider.ts";
import { walk } from "./walk-plan.ts";

const HOUR_MS = 3_600_000;

describe("a clock that is set while a request runs", () => {
  it.each([-HOUR_MS, HOUR_MS])("by %d ms: what lasted so long still lasted so long", async (byMs) => {
    const script = [activity, { type: "wait" as const, ms: 400 }, text("a"), { type: "wait" as const, ms: 600 }];
    const { clock, ledger, result } = walk({ a: [[...script, text("b"), usage(100, 2), finish]] });
    await clock.advance(100);
    clock.setNow(clock.now() + byMs);
    await clock.advance(900);
    expect((await result).attempts).toMatchObject([{ outcome: "done", firstTokenMs: 400, durationMs: 1_000 }]);
    expect(ledger.settled).toHaveLength(1);
  });

  it.each([-HOUR_MS, HOUR_MS])("by %d ms: silence ends an attempt when it is due", async (byMs) => {
    const { clock, result } = walk({ a: [[{ type: "hang" }]], b: [[activity, text("b"), finish]] });
    await clock.advance(1_000);
    clock.setNow(clock.now() + byMs);
    await clock.advance(8_999);
    expect(await Promise.race([result, "waiting"])).toBe("waiting");
    await clock.advance(1);
    await clock.advance(500);
    expect(await result).toMatchObject({ state: "done", text: "b" });
  });

  it("back: what came is still noted each second", async () => {
    const piece = [text("some words "), { type: "wait" as const, ms: 1_000 }];
    const { clock, ledger } = walk({ a: [[activity, ...piece, ...piece, ...piece, finish]] });
    await clock.advance(500);
    clock.setNow(clock.now() - HOUR_MS);
    await clock.advance(1_500);
    expect(ledger.noted).toHaveLength(2);
  });

  it("back: a route that rests is asked again when its rest is over", async () => {
    const failed = [
      { type: "fail" as const, failure: { kind: "rate-limit", retryAfterMs: 20_000, message: "" } as const },
    ];
    const whole = [activity, text("small says"), usage(1_000, 100), finish];
    const { put, clock } = await engine({ small: [failed, whole] });
    expect(await put("What is a closure?", "cheap")).toMatchObject({ answer: "large says" });
    clock.setNow(clock.now() - HOUR_MS);
    await clock.advance(20_001);
    expect(await put("What is a closure?", "cheap")).toMatchObject({ answer: "small says" });
  });

  it("back: the same fault is told again a minute later", async () => {
    const clock = createFakeClock();
    const told: Failure[] = [];
    const tell = tellOnceAMinute(clock, (failure) => told.push(failure));
    tell({ kind: "internal", message: "x" } as Failure);
    clock.setNow(clock.now() - HOUR_MS);
    await clock.advance(59_999);
    tell({ kind: "internal", message: "x" } as Failure);
    expect(told).toHaveLength(1);
    await clock.advance(1);
    tell({ kind: "internal", message: "x" } as Failure);
    expect(told).toHaveLength(2);
  });

  it("is not what the machine's own ticks come from", () => {
    expect(Math.abs(systemClock.ticks() - systemClock.now())).toBeGreaterThan(1_000_000_000);
  });
});
