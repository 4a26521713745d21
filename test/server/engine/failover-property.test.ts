import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { failover } from "../../../server/engine/failover.ts";
import type { Failure } from "../../../shared/failure.ts";
import type { AskPart } from "../../../shared/protocol.ts";
import { createFakeClock } from "./fake-clock.ts";
import { fakeLedger } from "./fake-ledger.ts";
import { activity, finish, routeOf, type Step, scriptedProvider, text, usage } from "./scripted-provider.ts";
import { walk } from "./walk-plan.ts";

const failures: Failure[] = [
  { kind: "server-error", status: 500, message: "500" },
  { kind: "overloaded", status: 529, message: "529" },
  { kind: "rate-limit", retryAfterMs: 1_000, message: "429" },
  { kind: "rate-limit", retryAfterMs: null, message: "429" },
  { kind: "auth", status: 401, message: "401" },
  { kind: "network", cause: "reset", host: "h", message: "reset" },
  { kind: "truncated", message: "cut" },
  { kind: "malformed", message: "bad" },
  { kind: "context-length", message: "long" },
  { kind: "bad-request", status: 400, parameter: "x", message: "400" },
];

const step = fc.oneof(
  { weight: 4, arbitrary: fc.string({ minLength: 1, maxLength: 6, unit: "grapheme" }).map(text) },
  { weight: 1, arbitrary: fc.constant(activity) },
  { weight: 1, arbitrary: fc.constant<Step>({ type: "reasoning-delta", text: "hm" }) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 30_000 }).map((ms): Step => ({ type: "wait", ms })) },
);
const ending = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Step[]>([usage(10, 5), finish]) },
  { weight: 1, arbitrary: fc.constant<Step[]>([finish]) },
  { weight: 1, arbitrary: fc.constant<Step[]>([]) },
  { weight: 2, arbitrary: fc.constantFrom<Step[]>([{ type: "hang" }], [{ type: "deaf" }]) },
  { weight: 4, arbitrary: fc.constantFrom(...failures).map((failure): Step[] => [{ type: "fail", failure }]) },
  { weight: 1, arbitrary: fc.constant<Step[]>([{ type: "throw", error: new Error("bug") }]) },
);
const script = fc.tuple(fc.array(step, { maxLength: 6 }), ending).map(([steps, end]) => [...steps, ...end]);
const vendor = fc.array(script, { minLength: 1, maxLength: 3 });

describe("failover, whatever its providers do", () => {
  it("shows exactly one route's text, settles each reservation once, and ends", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(vendor, { minLength: 1, maxLength: 4 }),
        fc.option(fc.integer({ min: 0, max: 60_000 })),
        async (vendors, cancelAfterMs) => {
          const clock = createFakeClock();
          const ledger = fakeLedger();
          const cancel = new AbortController();
          const emitted: AskPart[] = [];
          const providers = new Map(
            vendors.map((scripts, index) => [`p${index}`, scriptedProvider(clock, scripts, `p${index}`)]),
          );
          let ids = 0;
          if (cancelAfterMs !== null) clock.after(cancelAfterMs, () => cancel.abort());
          const walked = failover(
            {
              sessionId: "s",
              turnId: "t",
              kind: "chat",
              workspace: "w",
              steps: [...providers.keys()].map((id) => ({ route: routeOf(id), reason: "" })),
              messages: [],
              inputTokens: 10,
              boundTokens: 20,
              maxOutputTokens: 100,
              leastOutputTokens: 100,
              caps: [],
              ladder: [],
            },
            {
              ledger,
              clock,
              random: () => 0.5,
              createId: () => `a${++ids}`,
              providerOf: (route) => providers.get(route.providerId) ?? null,
            },
            (part) => emitted.push(part),
            cancel.signal,
          );
          // Every route silent to its last limit, retried, is far within this.
          await clock.advance(4_000_000);
          const end = await walked;

          const lastRestart = emitted.findLastIndex((part) => part.type === "restart");
          const shown = emitted.slice(lastRestart + 1).flatMap((part) => (part.type === "text" ? [part.text] : []));
          expect(end.text).toBe(shown.join(""));
          // Since the last restart no second route has spoken.
          const speakers = new Set<number>();
          let attempt = 0;
          for (const [index, part] of emitted.entries()) {
            if (part.type === "attempt") attempt += 1;
            else if (index > lastRestart && part.type !== "restart") speakers.add(attempt);
          }
          expect(speakers.size).toBeLessThanOrEqual(1);

          expect(ledger.settled.map((row) => row.attemptId)).toEqual(ledger.reserved.map((row) => row.attemptId));
          expect(end.attempts).toHaveLength(ledger.settled.length);
          expect(end.attempts.length).toBeLessThanOrEqual(8);
          for (const id of providers.keys()) {
            expect(end.attempts.filter(({ providerId }) => providerId === id).length).toBeLessThanOrEqual(2);
          }
          expect(end.state === "failed").toBe(end.failure !== null);
          expect(end.state === "done").toBe(end.answeredBy !== null);
          if (end.state === "done") expect(end.text).not.toBe("");
          expect(clock.waiting() - (cancelAfterMs !== null && !cancel.signal.aborted ? 1 : 0)).toBe(0);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it("never ends a stream whose pauses are within the limits, however long it lasts", async () => {
    const pause = fc.integer({ min: 0, max: 9_999 });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 9_999 }),
        fc.integer({ min: 0, max: 9_999 }),
        fc.array(fc.tuple(pause, fc.constantFrom<Step>(text("word "), { type: "reasoning-delta", text: "hm" })), {
          minLength: 1,
          maxLength: 60,
        }),
        async (headersMs, contentMs, pieces) => {
          const stream: Step[] = [
            { type: "wait", ms: headersMs },
            activity,
            { type: "wait", ms: contentMs },
            text("first "),
            ...pieces.flatMap(([ms, piece]): Step[] => [{ type: "wait", ms }, activity, piece]),
            usage(10, 5),
            finish,
          ];
          const { clock, result, provider } = walk({ a: [stream], b: [[text("another"), finish]] });
          await clock.advance(1_000_000);
          expect(await result).toMatchObject({ state: "done", answeredBy: { providerId: "a" } });
          expect(provider("b").requests).toEqual([]);
        },
      ),
    );
  });
});
