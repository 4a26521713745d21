import { describe, expect, it } from "vitest";
import { engine, frontierRoute } from "./ask-scene.ts";
import { finish, routeOf, type Step, text, usage } from "./scripted-provider.ts";

describe("ask under a cap", () => {
  const capped = (usd: number, extra: Record<string, unknown> = {}) => ({
    budget: { workspace: { daily: [usd] }, ...extra },
  });

  it("sends nothing that does not fit, and says what is spent, needed and to be done", async () => {
    const { put, providers, store } = await engine({ settings: capped(0.001) });
    const turn = await put("why?", "frontier");
    expect(turn).toMatchObject({
      state: "failed",
      failure: {
        kind: "budget",
        cap: { id: "workspace.daily", setting: "wayfare.budget.workspace.daily", limitNano: 1_000_000, spentNano: 0 },
      },
    });
    expect(turn.failure?.message).toMatch(
      /^This needs at least \$0\.0\d\d\d, which does not fit under this workspace's \$0\.001 a day: \$0 is spent\. Raise it for today, change wayfare\.budget\.workspace\.daily, or use a model on this machine\.$/,
    );
    expect([providers.small?.requests, providers.large?.requests]).toEqual([[], []]);
    expect(turn.decision).toMatchObject({ plan: [], attempts: [], answeredBy: null, costNano: 0 });
    expect(turn.decision?.leftOut.map((each) => `${each.providerId}: ${each.reason}`)).toEqual([
      "large: does not fit under this workspace's $0.001 a day",
      "small: does not fit under this workspace's $0.001 a day",
    ]);
    expect(store.ledger.spend()).toMatchObject({ real: { spentNano: 0, heldNano: 0 } });
  });

  it("goes down to what fits, and says that money brought it there", async () => {
    const { put, providers } = await engine({ settings: capped(0.01) });
    const turn = await put("why?", "frontier");
    expect([turn.state, turn.answer, providers.large?.requests.length]).toEqual(["done", "small says", 0]);
    expect(turn.decision?.why).toBe("you chose frontier; m does not fit under this workspace's $0.01 a day");
    expect(turn.decision?.plan.map((each) => `${each.providerId}: ${each.reason}`)).toEqual([
      "small: less expensive: large/m does not fit under this workspace's $0.01 a day",
    ]);
  });

  it("ends at a model on this machine that is in no tier, and says so", async () => {
    const local = routeOf("large", { modelId: "local", price: "free", origin: "http://127.0.0.1:11434" });
    const { put } = await engine({ settings: capped(0), localRoutes: [local] });
    const turn = await put("why?", "cheap");
    expect(turn).toMatchObject({ state: "done", answer: "large says" });
    expect(turn.decision?.plan.map((each) => `${each.modelId}: ${each.reason}`)).toEqual([
      "local: free on this machine, though in no tier: small/m does not fit under this workspace's $0 a day",
    ]);
    // A model picked by hand is not replaced.
    const picked = await put("why?", "small/m");
    expect(picked).toMatchObject({ state: "failed", failure: { kind: "budget" } });
  });

  it("tells of an answer that the cap cut short", async () => {
    const cutShort: Step[] = [text("half of it"), usage(100, 1_500), { type: "finish", reason: "length" }];
    const { put } = await engine({ small: [cutShort], settings: capped(0.004) });
    const turn = await put("why?", "cheap");
    expect(turn.decision).toMatchObject({ finishReason: "length", cutByCap: "this workspace's $0.004 a day" });
  });

  it("leaves out a model whose price nobody knows", async () => {
    const { put, providers } = await engine({
      settings: capped(1),
      routes: [routeOf("small", { price: null }), frontierRoute],
    });
    const turn = await put("why?", "cheap");
    expect(turn.answer).toBe("large says");
    expect(turn.decision?.leftOut[0]?.reason).toBe(
      'its price is not known, and a cap is set: write its price in wayfare.providers, or "free"',
    );
    expect(providers.small?.requests).toEqual([]);
  });

  it("learns nothing for the next question from one that was refused", async () => {
    const question = "TypeError: Cannot read properties of undefined (reading 'length'). Why?";
    const { put } = await engine({ settings: capped(0.001) });
    const [first, ...others] = [await put(question), await put(question), await put(question)];
    expect(first?.failure?.kind).toBe("budget");
    for (const { decision } of others) expect(decision?.classification).toEqual(first?.decision?.classification);
  });

  it("learns from an answer that came out empty", async () => {
    const { put } = await engine({ small: [[finish]], large: [[finish]] });
    await put("hello");
    const words = (await put("hello")).decision?.classification?.reasons.map((reason) => reason.words);
    expect(words).toContain("earlier answers failed");
    expect(words?.[0]).toBe("weighed afresh, since the last answer failed");
  });
});
