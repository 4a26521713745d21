import { describe, expect, it } from "vitest";
import type { ProviderPart } from "../../../server/core/provider.ts";
import { timers } from "../../../server/engine/timers.ts";
import { failureOf, isAbort } from "../../../shared/failure.ts";
import { createFakeClock, settle } from "./fake-clock.ts";
import { activity, finish, type Step, scriptedProvider, text } from "./scripted-provider.ts";

const timeouts = { headersMs: 10_000, firstContentMs: 20_000, gapMs: 5_000 };
const request = { modelId: "m", messages: [], maxOutputTokens: 10 };

function play(script: readonly Step[], { lateMs = 0, limits = timeouts } = {}) {
  const time = createFakeClock();
  const clock = { ...time, after: (ms: number, run: () => void) => time.after(ms + lateMs, run) };
  const provider = scriptedProvider(clock, [script]);
  const cancel = new AbortController();
  const parts: ProviderPart[] = [];
  const run = { end: "running" as "running" | "ended" | unknown };
  void (async () => {
    const call = timers(limits, clock, "acme/m")((each, options) => provider.stream(each, options));
    try {
      for await (const part of call(request, { signal: cancel.signal })) parts.push(part);
      run.end = "ended";
    } catch (error) {
      run.end = error;
    }
  })();
  return { clock, provider, cancel, parts, run };
}

describe("timers", () => {
  it("end an attempt without a sign of life after the first limit", async () => {
    const { clock, provider, run } = play([{ type: "hang" }]);
    await clock.advance(9_999);
    expect(run.end).toBe("running");
    await clock.advance(1);
    expect(failureOf(run.end)).toEqual({
      kind: "silence",
      phase: "headers",
      waitedMs: 10_000,
      message: "acme/m gave no sign of life for 10 s. Try again, or choose another model.",
    });
    expect(provider.aborted()).toBe(1);
    expect(provider.closed()).toBe(1);
    expect(clock.waiting()).toBe(0);
  });

  it("do not take keep-alives for content", async () => {
    const beats = Array.from({ length: 30 }, (): Step[] => [activity, { type: "wait", ms: 1_000 }]).flat();
    const { clock, run } = play([...beats, text("late"), finish]);
    await clock.advance(19_999);
    expect(run.end).toBe("running");
    await clock.advance(1);
    expect(failureOf(run.end)).toEqual({
      kind: "silence",
      phase: "first-content",
      waitedMs: 20_000,
      message: "acme/m took the question but wrote nothing for 20 s. Try again, or choose another model.",
    });
  });

  it("end a stream that stops in the middle, counted from its last content", async () => {
    const { clock, run, parts } = play([
      activity,
      text("one"),
      { type: "wait", ms: 4_000 },
      text("two"),
      { type: "wait", ms: 3_000 },
      activity,
      { type: "hang" },
    ]);
    await clock.advance(8_999);
    expect(run.end).toBe("running");
    await clock.advance(1);
    expect(failureOf(run.end)).toEqual({
      kind: "stall",
      waitedMs: 5_000,
      message: "acme/m stopped in the middle of its answer: nothing came for 5 s. Try again, or choose another model.",
    });
    expect(parts.filter((part) => part.type === "text-delta")).toHaveLength(2);
  });

  it("say nothing of the tenth of a second by which a busy machine rings late", async () => {
    const late = play([text("one"), { type: "hang" }], { lateMs: 90, limits: { ...timeouts, gapMs: 10_000 } });
    await late.clock.advance(11_000);
    expect(failureOf(late.run.end).message).toBe(
      "acme/m stopped in the middle of its answer: nothing came for 10 s. Try again, or choose another model.",
    );
  });

  it("let a healthy answer take as long as it takes, with reasoning as content", async () => {
    const long = Array.from({ length: 100 }, (): Step[] => [
      { type: "wait", ms: 4_900 },
      { type: "reasoning-delta", text: "hm" },
    ]).flat();
    const { clock, run, parts } = play([activity, ...long, text("done"), finish]);
    await clock.advance(100 * 4_900);
    expect(run.end).toBe("ended");
    expect(parts.at(-1)).toEqual({ type: "finish", reason: "stop" });
    expect(clock.waiting()).toBe(0);
  });

  it("do not count the time that the reader takes", async () => {
    const clock = createFakeClock();
    const provider = scriptedProvider(clock, [[text("a"), text("b"), finish]]);
    const call = timers(timeouts, clock, "acme/m")((each, options) => provider.stream(each, options));
    const seen: string[] = [];
    for await (const part of call(request, { signal: new AbortController().signal })) {
      seen.push(part.type);
      await clock.advance(60_000);
    }
    expect(seen).toEqual(["text-delta", "text-delta", "finish"]);
  });

  it("cancel at once and close the stream, also between two parts", async () => {
    const { clock, provider, cancel, run } = play([text("a"), { type: "hang" }]);
    await settle();
    cancel.abort();
    await settle();
    expect(isAbort(run.end)).toBe(true);
    expect(provider.closed()).toBe(1);
    expect(clock.waiting()).toBe(0);
  });

  it("cancel at once when the provider is deaf to its signal", async () => {
    const { cancel, run } = play([text("a"), { type: "deaf" }]);
    await settle();
    cancel.abort();
    await settle();
    expect(isAbort(run.end)).toBe(true);
  });

  it("close the stream when the reader leaves early", async () => {
    const clock = createFakeClock();
    const provider = scriptedProvider(clock, [[text("a"), text("b"), finish]]);
    const call = timers(timeouts, clock, "acme/m")((each, options) => provider.stream(each, options));
    for await (const part of call(request, { signal: new AbortController().signal })) {
      if (part.type === "text-delta") break;
    }
    await settle();
    expect(provider.closed()).toBe(1);
    expect(clock.waiting()).toBe(0);
  });

  it("wait a moment after the end for the connection to close, and no longer", async () => {
    const { clock, provider, run } = play([text("a"), finish, { type: "hang" }]);
    await clock.advance(200);
    expect(run.end).toBe("running");
    await clock.advance(100);
    expect(run.end).toBe("ended");
    expect(provider.aborted()).toBe(1);
  });

  it("leave a stream that closes by itself unaborted", async () => {
    const { clock, provider, run } = play([text("a"), finish, { type: "wait", ms: 20 }]);
    await clock.advance(30);
    expect(run.end).toBe("ended");
    expect(provider.aborted()).toBe(0);
  });

  it("take a tool call for content: a model that writes arguments is not silent", async () => {
    const call: Step = { type: "tool-call-start", index: 0, id: "c1", name: "read_file" };
    const piece: Step = { type: "tool-call-delta", index: 0, text: '{"p' };
    const wait: Step = { type: "wait", ms: 4_000 };
    const { clock, run } = play([activity, call, wait, piece, wait, piece, wait, piece, { type: "hang" }]);
    await clock.advance(12_000);
    expect(run.end).toBe("running");
    await clock.advance(5_000);
    expect(failureOf(run.end)).toMatchObject({ kind: "stall" });
  });
});
