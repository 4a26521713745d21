import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Cap } from "../../../server/core/budget.ts";
import { failover } from "../../../server/engine/failover.ts";
import type { LadderStep } from "../../../shared/settings.ts";
import { createFakeClock } from "./fake-clock.ts";
import { fakeLedger } from "./fake-ledger.ts";
import { finish, routeOf, type Step, scriptedProvider, text, usage } from "./scripted-provider.ts";

const price = (inputUsd: number, outputUsd: number) => ({
  source: "provider" as const,
  tiers: [
    { fromInputTokens: 0, inputUsd, outputUsd, cacheReadUsd: inputUsd, cacheWriteUsd: inputUsd },
  ] as const satisfies readonly [unknown],
});
const routes = [
  routeOf("frontier", { tier: "frontier", price: price(10, 30) }),
  routeOf("middle", { price: price(1, 4) }),
  routeOf("cheap", { price: price(0.1, 0.4) }),
];

const cap = fc
  .record({
    scope: fc.constantFrom("global" as const, "workspace" as const, "completions" as const),
    period: fc.constantFrom("daily" as const, "total" as const),
    limitNano: fc.integer({ min: 0, max: 100_000_000 }),
  })
  .map((made): Cap => ({ ...made, id: `${made.scope}.${made.period}`, setting: "x" }));

const job = fc.record({
  startMs: fc.integer({ min: 0, max: 8_000 }),
  kind: fc.constantFrom("chat" as const, "completion" as const, "helper" as const),
  workspace: fc.constantFrom("w1", "w2"),
  inputTokens: fc.integer({ min: 1, max: 5_000 }),
  maxOutputTokens: fc.integer({ min: 256, max: 4_096 }),
  ladder: fc.subarray<LadderStep>(["cheap", "local"]),
  cancelAfterMs: fc.option(fc.integer({ min: 0, max: 9_000 }), { freq: 3 }),
});
/** How long an answer takes, what of its room it fills, and how its vendor counts: up to twice what we estimate. */
const vendor = fc.record({
  takesMs: fc.integer({ min: 0, max: 6_000 }),
  fills: fc.double({ min: 0, max: 1, noNaN: true }),
  overcount: fc.double({ min: 0.5, max: 2, noNaN: true }),
  ends: fc.constantFrom("whole", "cut", "fails"),
});

describe("requests side by side", () => {
  it("never spend or hold past a cap, and settle all they hold", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(cap, { selector: (each) => each.id, maxLength: 4 }),
        fc.array(fc.tuple(job, vendor), { minLength: 1, maxLength: 12 }),
        async (caps, requests) => {
          const clock = createFakeClock(0);
          const ledger = fakeLedger();
          const over: unknown[] = [];
          const check = (): void => {
            for (const workspace of ["w1", "w2"]) {
              for (const state of ledger.capStates(caps, workspace)) {
                if (state.spentNano + state.heldNano > state.limitNano) over.push(state);
              }
            }
          };
          ledger.onSettled(check);
          const lowered: boolean[] = [];
          const running = requests.map(async ([made, how], index) => {
            await new Promise<void>((resolve) => clock.after(made.startMs, resolve));
            const cancel = new AbortController();
            if (made.cancelAfterMs !== null) clock.after(made.cancelAfterMs, () => cancel.abort());
            let ids = 0;
            const providers = new Map(
              routes.map(({ providerId }) => {
                const provider = scriptedProvider(clock, [[]], providerId);
                return [
                  providerId,
                  {
                    ...provider,
                    async *stream(...[request, options]: Parameters<typeof provider.stream>) {
                      check();
                      lowered.push(request.maxOutputTokens < made.maxOutputTokens);
                      const script: Step[] = [
                        text("x"),
                        { type: "wait", ms: how.takesMs },
                        usage(
                          Math.floor(made.inputTokens * how.overcount),
                          Math.floor(request.maxOutputTokens * how.fills),
                        ),
                      ];
                      if (how.ends === "whole") script.push(finish);
                      if (how.ends === "fails") {
                        script.push({ type: "fail", failure: { kind: "server-error", status: 500, message: "" } });
                      }
                      yield* scriptedProvider(clock, [script], providerId).stream(request, options);
                    },
                  },
                ] as const;
              }),
            );
            return failover(
              {
                ...made,
                sessionId: "s",
                turnId: `t${index}`,
                steps: routes.map((route) => ({ route, reason: "" })),
                messages: [],
                boundTokens: made.inputTokens,
                leastOutputTokens: 256,
                caps: caps.filter((each) => each.scope !== "completions" || made.kind === "completion"),
              },
              {
                ledger,
                clock,
                random: () => 0.5,
                createId: () => `${index}-${++ids}`,
                providerOf: (route) => providers.get(route.providerId) ?? null,
              },
              () => undefined,
              cancel.signal,
            );
          });
          await clock.advance(1_000_000);
          const ends = await Promise.all(running);
          check();
          expect(over).toEqual([]);
          expect(ledger.capStates(caps, "w1").every((state) => state.heldNano === 0)).toBe(true);
          expect(ledger.settled.map((row) => row.attemptId).sort()).toEqual(
            ledger.reserved.map((row) => row.attemptId).sort(),
          );
          for (const end of ends) {
            if (end.failure?.kind === "budget") expect(end.failure.cap).toBeDefined();
            if (end.cutByCap !== null) expect(lowered).toContain(true);
          }
          expect(ledger.listeners.size).toBe(1);
        },
      ),
      { numRuns: 300 },
    );
  });
});
