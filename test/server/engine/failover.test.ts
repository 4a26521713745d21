import { describe, expect, it } from "vitest";
import type { PriceTier } from "../../../server/core/provider.ts";
import { type Failure, FailureError } from "../../../shared/failure.ts";
import type { AskPart } from "../../../shared/protocol.ts";
import { settle } from "./fake-clock.ts";
import { activity, finish, routeOf, type Step, text, usage } from "./scripted-provider.ts";
import { type Scripts, walk } from "./walk-plan.ts";

const asked = (providerId: string, failedBefore = 0): AskPart => ({
  type: "attempt",
  providerId,
  modelId: "m",
  tier: "cheap",
  failedBefore,
});
const answer = (value: string): Step[] => [activity, text(value), usage(100, 50), finish];
const serverError: Failure = { kind: "server-error", status: 500, message: "a.example.com answered 500." };
const refused: Failure = { kind: "network", cause: "refused", host: "a.example.com", message: "refused" };

describe("failover", () => {
  it("passes on one route's text byte for byte and settles its cost from the provider's count", async () => {
    const pieces = ["```ts\r\n", "const π = '🧭';", "\n```", " "];
    const { emitted, ledger, result } = walk({ a: [[activity, ...pieces.map(text), usage(100, 50), finish]] });
    const end = await result;
    expect(end.state).toBe("done");
    expect(end.text).toBe(pieces.join(""));
    expect(emitted).toEqual([asked("a"), ...pieces.map((piece) => ({ type: "text", text: piece }))]);
    expect(ledger.reserved).toMatchObject([
      { attemptId: "attempt-1", book: "real", heldNano: 200 * 1_000 + 4_096 * 2_000, inputNano: 200_000 },
    ]);
    expect(ledger.settled).toMatchObject([
      { attemptId: "attempt-1", outcome: "done", costNano: 200_000, costSource: "computed", reason: "because a" },
    ]);
    expect(end.attempts).toMatchObject([{ id: "attempt-1", outcome: "done", costNano: 200_000, failure: null }]);
  });

  it("holds money for the dearest price that may come into force while the request runs", async () => {
    const dear: PriceTier = { fromInputTokens: 0, inputUsd: 4, outputUsd: 1, cacheReadUsd: 4, cacheWriteUsd: 4 };
    const nextPrices = [{ source: "genai-prices", tiers: [dear] }] as const;
    const { ledger, result } = walk({ a: [answer("x")] }, { routes: [routeOf("a", { nextPrices })] });
    expect((await result).attempts[0]?.costNano).toBe(200_000);
    expect(ledger.reserved).toMatchObject([{ heldNano: 200 * 4_000 + 4_096 * 2_000 }]);
  });

  it("believes the cost that the provider reports", async () => {
    const { result } = walk({ a: [[text("x"), usage(100, 50, 0.00123), finish]] });
    expect((await result).attempts[0]).toMatchObject({ costNano: 1_230_000, costSource: "reported" });
  });

  it("estimates what a provider does not count, and a count of zeros is none", async () => {
    for (const script of [
      [text("four words of text"), finish],
      [text("four words of text"), usage(0, 0), finish],
    ]) {
      const attempt = (await walk({ a: [script] }).result).attempts[0];
      expect(attempt?.costSource).toBe("estimated");
      expect(attempt?.usage?.input).toBe(100);
      expect(attempt?.costNano).toBe(100_000 + (attempt?.usage?.output ?? 0) * 2_000);
      expect(attempt?.usage?.output).toBeGreaterThan(2);
    }
  });

  it("never books an unknown price as zero, and a free model as free", async () => {
    const unknown = await walk({ a: [answer("x")] }, { routes: [routeOf("a", { price: null })] }).result;
    expect(unknown.attempts[0]).toMatchObject({ costNano: null, costSource: "unknown", heldNano: 0 });
    const free = await walk({ a: [answer("x")] }, { routes: [routeOf("a", { price: "free" })] }).result;
    expect(free.attempts[0]).toMatchObject({ costNano: 0, costSource: "free" });
  });

  it("keeps simulated money in its own book", async () => {
    const { ledger, result } = walk({ a: [answer("x")] }, { routes: [routeOf("a", { simulated: true })] });
    await result;
    expect(ledger.reserved[0]?.book).toBe("simulated");
  });

  it("tries a failing server once more after a short random wait, then the next route", async () => {
    const { clock, emitted, result, provider } = walk({
      a: [[{ type: "fail", failure: serverError }]],
      b: [answer("b")],
    });
    await settle();
    expect(provider("a").requests).toHaveLength(1);
    await clock.advance(199);
    expect(provider("a").requests).toHaveLength(1);
    await clock.advance(1);
    expect(provider("a").requests).toHaveLength(2);
    const end = await result;
    expect(emitted).toEqual([asked("a"), asked("a", 1), asked("b", 2), { type: "text", text: "b" }]);
    expect(end.text).toBe("b");
    expect(end.answeredBy?.providerId).toBe("b");
    expect(end.attempts).toMatchObject([
      { outcome: "failed", costNano: 0, costSource: "free", failure: serverError, usage: null },
      { outcome: "failed", costNano: 0 },
      { outcome: "done", costNano: 200_000 },
    ]);
  });

  it("books what a failed attempt counted", async () => {
    const { result } = walk({
      a: [[usage(100, 0), { type: "fail", failure: { kind: "malformed", message: "bad" } }]],
      b: [answer("b")],
    });
    expect((await result).attempts[0]).toMatchObject({ outcome: "failed", costNano: 100_000, costSource: "computed" });
  });

  it("moves on from silence, and the silent attempt costs nothing", async () => {
    const { clock, emitted, result, provider } = walk({ a: [[activity, { type: "hang" }]], b: [answer("b")] });
    await clock.advance(20_000);
    const end = await result;
    expect(end.attempts[0]).toMatchObject({
      outcome: "failed",
      costNano: 0,
      failure: { kind: "silence" },
      firstTokenMs: null,
    });
    expect(provider("a").closed()).toBe(1);
    expect(emitted.map((part) => part.type)).toEqual(["attempt", "attempt", "text"]);
  });

  it("waits longer for the last route than for one that has another behind it", async () => {
    const { clock, result } = walk({ a: [[activity, { type: "wait", ms: 90_000 }, ...answer("slow")]] });
    await clock.advance(90_001);
    expect((await result).text).toBe("slow");
  });

  it("gives a free model on this machine time to load before it pays for another", async () => {
    const local = routeOf("a", { price: "free", origin: "http://127.0.0.1:11434" });
    const { clock, result } = walk(
      { a: [[{ type: "wait", ms: 45_000 }, ...answer("loaded")]], b: [answer("b")] },
      { routes: [local, routeOf("b")] },
    );
    await clock.advance(45_001);
    expect((await result).text).toBe("loaded");
  });

  it("starts again on the next route when a shown answer stalls, and meters what came", async () => {
    const { clock, emitted, result } = walk({ a: [[text("Half an"), { type: "hang" }]], b: [answer("whole")] });
    await clock.advance(20_000);
    const end = await result;
    expect(emitted).toEqual([
      asked("a"),
      { type: "text", text: "Half an" },
      asked("b", 1),
      { type: "restart", why: "a/m: stalled for 10 s" },
      { type: "text", text: "whole" },
    ]);
    expect(end.text).toBe("whole");
    expect(end.attempts[0]).toMatchObject({ outcome: "failed", costSource: "estimated", usage: { input: 100 } });
    expect(end.attempts[0]?.costNano).toBeGreaterThan(100_000);
  });

  it("takes a stream that closes without its end for cut, however whole it looks", async () => {
    const { result } = walk({ a: [[text("Whole.")]], b: [answer("B.")] });
    const end = await result;
    expect(end.attempts[0]?.failure).toEqual({
      kind: "truncated",
      message: "a/m closed the connection before its answer was complete. Try again, or choose another model.",
    });
    expect(end.text).toBe("B.");
  });

  it("never retries the same route once its content was shown", async () => {
    const { result, provider } = walk({ a: [[text("x"), { type: "fail", failure: serverError }]], b: [answer("b")] });
    await result;
    expect(provider("a").requests).toHaveLength(1);
  });

  it("keeps what had come when no route is left to start again on", async () => {
    const { emitted, result } = walk({
      a: [[text("Half")]],
      b: [[{ type: "fail", failure: { kind: "auth", status: 401, message: "The key of b was refused." } }]],
    });
    const end = await result;
    expect(end.state).toBe("failed");
    expect(end.text).toBe("Half");
    expect(emitted.some((part) => part.type === "restart")).toBe(false);
    expect(end.failure).toEqual({ kind: "auth", status: 401, message: "2 attempts failed. The key of b was refused." });
  });

  it("moves on from a finished answer without text", async () => {
    const { result } = walk({ a: [[activity, usage(100, 0), finish]], b: [answer("b")] });
    const end = await result;
    expect(end.attempts[0]).toMatchObject({
      failure: { kind: "empty", message: "a/m finished without any text. Try again, or choose another model." },
      costNano: 100_000,
    });
    expect(end.text).toBe("b");
  });

  it("stops at a refusal by the content filter: another model is the person's choice", async () => {
    const { result, provider } = walk({ a: [[{ type: "finish", reason: "content-filter" }]], b: [answer("b")] });
    const end = await result;
    expect(end.failure).toEqual({
      kind: "content-filter",
      message: "a/m refused to answer this question. Put it in other words, or choose another model.",
    });
    expect(provider("b").requests).toHaveLength(0);
  });

  it("does not knock again with a refused key, nor at a dead host, nor at a smaller window", async () => {
    const auth: Failure = { kind: "auth", status: 401, message: "no" };
    const two = await walk(
      { a: [[{ type: "fail", failure: auth }]], b: [answer("b")] },
      { routes: [routeOf("a"), routeOf("a", { modelId: "m2" }), routeOf("b")] },
    ).result;
    expect(two.attempts.map((attempt) => attempt.providerId)).toEqual(["a", "b"]);

    const host = walk(
      { a: [[{ type: "fail", failure: refused }]], b: [answer("b")] },
      { routes: [routeOf("a"), routeOf("a", { modelId: "m2" }), routeOf("b")] },
    );
    await host.clock.advance(1_000);
    expect((await host.result).attempts.map((attempt) => attempt.modelId + attempt.providerId)).toEqual([
      "ma",
      "ma",
      "mb",
    ]);

    const long: Failure = { kind: "context-length", message: "too long" };
    const window = await walk(
      { a: [[{ type: "fail", failure: long }]], b: [answer("b")], c: [answer("c")] },
      { routes: [routeOf("a"), routeOf("b", { windowTokens: 8_000 }), routeOf("c", { windowTokens: 1_000_000 })] },
    ).result;
    expect(window.answeredBy?.providerId).toBe("c");
  });

  it("sends nothing when money cannot be held", async () => {
    const failure: Failure = { kind: "ledger", message: "The disk is full." };
    const { result, provider, emitted } = walk(
      { a: [answer("a")], b: [answer("b")] },
      { refuse: { reserve: failure } },
    );
    expect(await result).toMatchObject({ state: "failed", failure, attempts: [] });
    expect(provider("a").requests).toHaveLength(0);
    expect(emitted).toEqual([]);
  });

  it("keeps an answer whose settlement cannot be written, and says so", async () => {
    const failure: Failure = { kind: "ledger", message: "The disk is full." };
    const { result, faults } = walk({ a: [answer("a")] }, { refuse: { settle: failure } });
    expect(await result).toMatchObject({ state: "done", text: "a" });
    expect(faults).toEqual([failure]);
  });

  it("keeps a paid answer when whoever is told of it fails, and says so", async () => {
    const full: Failure = { kind: "ledger", message: "The ledger cannot be read." };
    const onAttempt = () => {
      throw new FailureError(full);
    };
    const { result, faults } = walk({ a: [answer("whole")] }, { onAttempt });
    expect(await result).toMatchObject({ state: "done", text: "whole" });
    expect(faults).toEqual([full]);
  });

  it.each(["cancelled", "done"] as const)("counts all the room where the vendor writes on: %s", async (state) => {
    const script: Step[] = [activity, text("only so far "), { type: "hang" }];
    const isEnough = () => state === "done";
    const { cancel, result, provider, ledger } = walk(
      { a: [script] },
      { routes: [routeOf("a", { billsOn: true })], job: { kind: "completion", maxOutputTokens: 2_000, isEnough } },
    );
    await settle();
    cancel.abort();
    expect(await result).toMatchObject({ state, text: "only so far " });
    expect(provider("a").closed()).toBe(1);
    const asked = provider("a").requests[0]?.maxOutputTokens;
    expect(ledger.settled).toMatchObject([
      { outcome: state, costSource: "estimated", usage: { input: 100, output: asked } },
    ]);
    expect(asked).toBeGreaterThan(100);
  });

  it("cancels: closes the stream, keeps what came, settles it as an estimate, asks nobody else", async () => {
    const { cancel, result, provider, ledger, clock } = walk({
      a: [[text("Half an"), { type: "hang" }]],
      b: [answer("b")],
    });
    await settle();
    cancel.abort();
    const end = await result;
    expect(end).toMatchObject({ state: "cancelled", text: "Half an", failure: null });
    expect(provider("a").closed()).toBe(1);
    expect(provider("b").requests).toHaveLength(0);
    expect(ledger.settled).toMatchObject([{ outcome: "cancelled", costSource: "estimated", usage: { input: 100 } }]);
    expect(clock.waiting()).toBe(0);
  });

  it("meters the input of a request that was cancelled before its first content", async () => {
    const { cancel, result } = walk({ a: [[activity, { type: "hang" }]] });
    await settle();
    cancel.abort();
    expect((await result).attempts[0]).toMatchObject({ costNano: 100_000, costSource: "estimated" });
  });

  it("cancels during the wait before a retry", async () => {
    const { cancel, result, ledger } = walk({ a: [[{ type: "fail", failure: serverError }]] });
    await settle();
    cancel.abort();
    expect((await result).state).toBe("cancelled");
    expect(ledger.settled).toHaveLength(1);
  });

  it("sends nothing when it was cancelled before it began", async () => {
    const setup = walk({ a: [answer("a")] });
    setup.cancel.abort();
    await setup.result;
    expect(setup.ledger.settled.map((row) => row.costNano).filter((cost) => cost !== 0)).toEqual([]);
    expect(setup.provider("a").requests).toHaveLength(0);
  });

  it("settles and reports a fault of its own", async () => {
    const { result, ledger } = walk({ a: [[text("x"), { type: "throw", error: new TypeError("bug") }]] });
    expect(await result).toMatchObject({ state: "failed", failure: { kind: "internal", message: "bug" } });
    expect(ledger.settled).toHaveLength(1);
  });

  it("notes what came about each second", async () => {
    const { clock, result, ledger } = walk({
      a: [
        [
          text("one two three"),
          { type: "wait", ms: 1_100 },
          text(" four five"),
          { type: "wait", ms: 500 },
          text(" six"),
          finish,
        ],
      ],
    });
    await clock.advance(5_000);
    await result;
    expect(ledger.noted).toHaveLength(1);
    expect(ledger.noted[0]?.outputTokens).toBeGreaterThanOrEqual(5);
  });

  it("waits for a short Retry-After where no other route is left, else moves on at once", async () => {
    const limited = (retryAfterMs: number): Step[] => [
      { type: "fail", failure: { kind: "rate-limit", retryAfterMs, message: "slow down" } },
    ];
    const moved = walk({ a: [limited(1_000), answer("a")], b: [answer("b")] });
    expect((await moved.result).attempts.map((attempt) => attempt.providerId)).toEqual(["a", "b"]);

    const otherVendor = walk(
      { a: [limited(1_000), answer("a")] },
      { routes: [routeOf("a"), routeOf("a", { modelId: "m2", wire: "anthropic" })] },
    );
    expect((await otherVendor.result).attempts.map((attempt) => attempt.modelId)).toEqual(["m", "m2"]);

    const alone = walk({ a: [limited(1_000), answer("a")] });
    await alone.clock.advance(1_199);
    expect(alone.provider("a").requests).toHaveLength(1);
    await alone.clock.advance(1);
    expect(await alone.result).toMatchObject({ state: "done", text: "a" });

    const tooLong = walk({ a: [limited(60_000), answer("a")] });
    expect(await tooLong.result).toMatchObject({ state: "failed", attempts: [{ failure: { kind: "rate-limit" } }] });
  });

  it("gives up after eight attempts", async () => {
    const names = Array.from({ length: 12 }, (_, index) => `p${index}`);
    const scripts: Scripts = Object.fromEntries(names.map((name) => [name, [[finish]]]));
    const end = await walk(scripts).result;
    expect(end.attempts).toHaveLength(8);
    expect(end.failure?.message).toBe(
      "8 attempts failed. p7/m finished without any text. Try again, or choose another model.",
    );
  });

  it("asks for no more output than the model and its window have room for", async () => {
    const small = walk({ a: [answer("x")] }, { routes: [routeOf("a", { maxOutputTokens: 2_000 })] });
    await small.result;
    expect(small.provider("a").requests[0]?.maxOutputTokens).toBe(2_000);
    const tight = walk({ a: [answer("x")] }, { routes: [routeOf("a", { windowTokens: 2_110 })] });
    await tight.result;
    expect(tight.provider("a").requests[0]?.maxOutputTokens).toBe(2_000);
  });
});
