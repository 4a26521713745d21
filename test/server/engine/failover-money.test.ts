import { describe, expect, it } from "vitest";
import type { Cap } from "../../../server/core/budget.ts";
import type { FailoverJob } from "../../../server/engine/failover.ts";
import type { LadderStep } from "../../../shared/settings.ts";
import { createFakeClock, settle } from "./fake-clock.ts";
import { fakeLedger } from "./fake-ledger.ts";
import { finish, routeOf, type Step, text, usage } from "./scripted-provider.ts";
import { walk } from "./walk-plan.ts";

/** At $1 a million in and $2 out, of 100 tokens of prompt: 200,000 held for the prompt, 2,000 for each token of answer. */
const PROMPT_NANO = 200 * 1_000;
const FULL_NANO = PROMPT_NANO + 4_096 * 2_000;
const LEAST_NANO = PROMPT_NANO + 1_024 * 2_000;

const cap = (limitNano: number, extra: Partial<Cap> = {}): Cap => ({
  id: "workspace.daily",
  scope: "workspace",
  period: "daily",
  limitNano,
  setting: "wayfare.budget.workspace.daily",
  ...extra,
});
const price = (inputUsd: number, outputUsd: number) => ({
  source: "provider" as const,
  tiers: [
    { fromInputTokens: 0, inputUsd, outputUsd, cacheReadUsd: inputUsd, cacheWriteUsd: inputUsd },
  ] as const satisfies readonly [unknown],
});
const dear = routeOf("dear", { tier: "frontier", price: price(10, 20) });
const dearer = routeOf("dearer", { tier: "frontier", price: price(30, 60) });
const cheap = routeOf("cheap");
const free = routeOf("free", { price: "free" });
const local = routeOf("local", { price: "free", origin: "http://localhost:11434" });
const answer = (value: string): Step[] => [text(value), usage(100, 50), finish];
const scripts = Object.fromEntries(
  ["dear", "dearer", "cheap", "free", "local", "a"].map((id) => [id, [answer(`${id} says`)]]),
);
const under = (limitNano: number, ladder: readonly LadderStep[] = ["cheap", "local"]): Partial<FailoverJob> => ({
  caps: [cap(limitNano)],
  ladder,
});
const both = async (job: Partial<FailoverJob>, routes = [dear, cheap]) => {
  const { result, ledger, provider, emitted } = walk(scripts, { routes, job });
  return { end: await result, ledger, provider, emitted };
};

describe("money under a cap", () => {
  it("is held in full where there is room for it", async () => {
    const { result, ledger, provider } = walk({ a: [answer("x")] }, { job: under(FULL_NANO) });
    expect(await result).toMatchObject({ state: "done", cutByCap: null, refused: [], steppedDown: [] });
    expect(ledger.reserved).toMatchObject([{ heldNano: FULL_NANO, leastNano: LEAST_NANO }]);
    expect(provider("a").requests[0]?.maxOutputTokens).toBe(4_096);
  });

  it("lowers the room for the answer to what is left, and says so when the answer used it up", async () => {
    const long: Step[] = [text("half"), usage(100, 2_000), { type: "finish", reason: "length" }];
    const { result, ledger, provider } = walk({ a: [long] }, { job: under(PROMPT_NANO + 2_000 * 2_000 + 1_999) });
    expect(await result).toMatchObject({ state: "done", cutByCap: "this workspace's $0.0042 a day" });
    expect(provider("a").requests[0]?.maxOutputTokens).toBe(2_000);
    expect(ledger.reserved[0]?.heldNano).toBeLessThanOrEqual(PROMPT_NANO + 2_000 * 2_000 + 1_999);

    const short = await walk({ a: [answer("whole")] }, { job: under(LEAST_NANO) }).result;
    expect(short.cutByCap).toBeNull();
    const own: Step[] = [text("half"), usage(100, 4_096), { type: "finish", reason: "length" }];
    expect((await walk({ a: [own] }, { job: under(FULL_NANO) }).result).cutByCap).toBeNull();
  });

  it("is never held for less than the least answer: then nothing is sent", async () => {
    const { result, ledger, provider, emitted } = walk(
      { a: [answer("x")] },
      { job: { ...under(LEAST_NANO - 1), ladder: [] } },
    );
    const end = await result;
    expect(end).toMatchObject({
      state: "failed",
      attempts: [],
      failure: {
        kind: "budget",
        message:
          "This needs at least $0.0023, which does not fit under this workspace's $0.0022 a day: $0 is spent. Raise it for today, change wayfare.budget.workspace.daily, or use a model on this machine.",
        cap: { id: "workspace.daily", limitNano: LEAST_NANO - 1, spentNano: 0, heldNano: 0, neededNano: LEAST_NANO },
      },
    });
    expect([ledger.reserved, provider("a").requests, emitted]).toEqual([[], [], []]);
  });

  it("needs no more than the model can write", async () => {
    const small = routeOf("a", { maxOutputTokens: 100 });
    const { end } = await both(under(PROMPT_NANO + 100 * 2_000), [small]);
    expect(end.state).toBe("done");
  });

  it("does not hold simulated money, nor what is free", async () => {
    for (const route of [routeOf("a", { simulated: true }), routeOf("a", { price: "free" })]) {
      expect((await both(under(0), [route])).end.state).toBe("done");
    }
  });

  it("is not held for a price nobody knows, nor under a cap nobody can read", async () => {
    const unknown = await both(under(FULL_NANO), [routeOf("a", { price: null })]);
    expect(unknown.end.failure).toEqual({
      kind: "budget",
      message:
        "a/m cannot be asked under a cap: its price is not known. Write it in wayfare.providers, or remove the cap.",
    });
    const unreadable = { caps: [cap(0, { isUnreadable: true })], ladder: ["local" as const] };
    const broken = await both(unreadable, [cheap]);
    expect(broken.end.failure).toEqual({
      kind: "budget",
      message:
        "wayfare.budget.workspace.daily is no amount, so nothing that costs is sent until it is mended. Write a number such as 2.5, or null for no cap.",
    });
    expect(broken.ledger.reserved).toEqual([]);
    expect((await both(unreadable, [cheap, free])).end.text).toBe("free says");
    const refusal = 'There is no cap "dayly" in the book "ci". Write daily.';
    const ofBook = { ...unreadable, caps: [cap(0, { isUnreadable: true, refusal })] };
    expect((await both(ofBook, [cheap])).end.failure).toEqual({ kind: "budget", message: refusal });
  });
});

describe("at a cap", () => {
  it("goes on to what costs less, never to what costs more", async () => {
    const { end, ledger } = await both(under(LEAST_NANO), [dear, dearer, cheap]);
    expect(end).toMatchObject({ text: "cheap says", answeredBy: { providerId: "cheap" } });
    expect(ledger.reserved.map((row) => row.providerId)).toEqual(["cheap"]);
    expect(ledger.settled[0]?.reason).toBe("less expensive: dear/m does not fit under this workspace's $0.0022 a day");
    expect(end.refused).toEqual([{ route: dear, reason: "does not fit under this workspace's $0.0022 a day" }]);

    const upwards = await both(under(LEAST_NANO - 1), [cheap, dear]);
    expect(upwards.end.failure).toMatchObject({ kind: "budget", cap: { neededNano: LEAST_NANO } });
    expect(upwards.end.refused).toHaveLength(1);
  });

  it("says at last what the least expensive of the refused would have needed", async () => {
    const { end } = await both(under(LEAST_NANO - 1), [dearer, dear, cheap]);
    expect(end.refused.map(({ route }) => route.providerId)).toEqual(["dearer", "dear", "cheap"]);
    expect(end.failure).toMatchObject({ kind: "budget", cap: { id: "workspace.daily", neededNano: LEAST_NANO } });
    expect(end.failure?.message).toMatch(/^This needs at least \$0\.0023, which does not fit/);
  });

  it("does not go up to what costs more after a fault further down", async () => {
    const { result, clock } = walk(
      { ...scripts, cheap: [[{ type: "fail", failure: { kind: "overloaded", status: 503, message: "busy" } }]] },
      { routes: [dear, cheap, dearer], job: under(LEAST_NANO) },
    );
    await clock.advance(10_000);
    const end = await result;
    expect(end.attempts.map((attempt) => attempt.providerId)).toEqual(["cheap"]);
    expect(end.failure?.kind).toBe("budget");
    expect(end.failure?.message).toMatch(/^1 attempt failed\. This needs at least \$0\.0225, which does not fit/);
  });

  it("ends at what is free: in the plan, or on this machine in no tier", async () => {
    const localSteps = [{ route: local, reason: "free" }];
    const inPlan = await both({ ...under(1), localSteps }, [dear, cheap, free]);
    expect(inPlan.end.text).toBe("free says");
    const beside = await both({ ...under(1), localSteps });
    expect(beside.end.text).toBe("local says");
    expect(beside.ledger.settled[0]?.reason).toBe(
      "free on this machine, though in no tier: dear/m does not fit under this workspace's <$0.0001 a day",
    );
  });

  it("takes only the steps of the ladder", async () => {
    const localSteps = [{ route: local, reason: "free" }];
    const job = (ladder: LadderStep[], limitNano = LEAST_NANO) => ({ ...under(limitNano, ladder), localSteps });
    expect((await both(job([]), [dear, cheap, free])).end.state).toBe("failed");
    expect((await both(job(["local"]))).end.text).toBe("local says");
    expect((await both(job(["local", "cheap"]), [dear, cheap, free])).end.text).toBe("free says");
    expect((await both(job(["cheap"], 1), [dear, cheap])).end.failure).toMatchObject({ kind: "budget" });
  });

  it("gives no real question a simulated answer", async () => {
    const { end } = await both(under(1), [dear, routeOf("a", { simulated: true })]);
    expect(end.failure?.kind).toBe("budget");
  });
});

describe("money that others hold", () => {
  const waiting = (limitNano: number, heldNano: number, job: Partial<FailoverJob> = {}) => {
    const clock = createFakeClock();
    const ledger = fakeLedger();
    ledger.takeUp("other", heldNano);
    return { ...walk(scripts, { routes: [dear, cheap], job: { ...under(limitNano), ...job }, ledger, clock }), ledger };
  };
  const dearLeast = 200 * 10_000 + 1_024 * 20_000;
  const done = { outcome: "done", costNano: 0, costSource: "computed", usage: null, reason: "" };

  it("is waited for, and taken as soon as it is settled", async () => {
    const { clock, ledger, result } = waiting(dearLeast, dearLeast);
    await clock.advance(3_000);
    expect(ledger.reserved).toEqual([]);
    await ledger.settle("other", done);
    await settle();
    expect(ledger.reserved).toMatchObject([{ providerId: "dear", heldNano: dearLeast }]);
    expect((await result).text).toBe("dear says");
    expect([clock.waiting(), ledger.listeners.size]).toEqual([0, 0]);
  });

  it("is looked for four times a second, since another process tells nobody", async () => {
    const { clock, ledger, result } = waiting(dearLeast, dearLeast);
    let tries = 0;
    ledger.hooks.beforeReserve = () => {
      tries += 1;
    };
    await clock.advance(1_000);
    expect(tries).toBe(4);
    const silently = [...ledger.listeners];
    ledger.listeners.clear();
    await ledger.settle("other", done);
    for (const listener of silently) ledger.listeners.add(listener);
    await clock.advance(250);
    expect((await result).text).toBe("dear says");
  });

  it("is waited for 5 s in all; then the ladder acts", async () => {
    const { clock, result } = waiting(dearLeast + LEAST_NANO, dearLeast);
    await clock.advance(4_999);
    let ended = false;
    void result.then(() => {
      ended = true;
    });
    await settle();
    expect(ended).toBe(false);
    await clock.advance(251);
    expect((await result).text).toBe("cheap says");
  });

  it("is not waited for where spent money alone is in the way, nor for long by a completion", async () => {
    const spent = fakeLedger();
    spent.takeUp("before", 1);
    await spent.settle("before", { ...done, costNano: 1 });
    spent.takeUp("other", 5);
    const { result } = walk(scripts, { routes: [dear], job: under(dearLeast), ledger: spent });
    expect((await result).failure?.message).toMatch(/<\$0\.0001 is spent and <\$0\.0001 held for other requests\./);

    const completion = waiting(dearLeast, dearLeast, { kind: "completion", ladder: [] });
    await completion.clock.advance(1_250);
    expect((await completion.result).state).toBe("failed");
  });

  it("is not waited for by a request that was cancelled", async () => {
    const { clock, cancel, result, ledger } = waiting(dearLeast, dearLeast);
    await clock.advance(100);
    cancel.abort();
    expect(await result).toMatchObject({ state: "cancelled", attempts: [] });
    expect([clock.waiting(), ledger.listeners.size, ledger.reserved.length]).toEqual([0, 0, 0]);
  });
});
