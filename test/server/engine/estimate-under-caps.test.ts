import { describe, expect, it } from "vitest";
import { createEstimate } from "../../../server/engine/estimate.ts";
import { createHealth } from "../../../server/engine/health.ts";
import { answer, engine, frontierRoute } from "./ask-scene.ts";
import { routeOf } from "./scripted-provider.ts";

/** What is said of a question before it is sent, beside what then comes of it, over a real ledger. */

const unpriced = routeOf("small", { price: null });
const free = routeOf("small", { modelId: "free", price: "free" });

interface Case {
  daily: number;
  mode: string;
  ladder?: string[];
  routes?: ReturnType<typeof routeOf>[];
  localRoutes?: ReturnType<typeof routeOf>[];
}

/** $0.0012 of the cap is spent by a first question. */
async function compare({ daily, mode, ladder, routes, localRoutes }: Case) {
  const budget = { workspace: { daily: [daily] }, ...(ladder === undefined ? {} : { ladder }) };
  const made = await engine({
    settings: { budget, cache: { enabled: false } },
    small: [answer("small says")],
    ...(routes === undefined ? {} : { routes }),
    ...(localRoutes === undefined ? {} : { localRoutes }),
  });
  const { scene, store, clock, put } = made;
  const estimate = createEstimate({
    world: { scene: () => scene },
    store: () => store,
    health: createHealth({ store: () => null, now: clock.now, onFault: () => undefined }),
    workspace: "here",
    now: clock.now,
  });
  await put("What came first?", "cheap");
  const shown = estimate({ sessionId: "s", question: "hi", context: [], mode });
  const turn = await put("hi", mode);
  return { shown, turn };
}

describe("what is said under a cap is what then happens", () => {
  it("the other tier is asked, and what the first one lacks is said", async () => {
    const { shown, turn } = await compare({ daily: 0.011, mode: "frontier" });
    expect(shown).toMatchObject({ tier: "cheap", isRefused: false, inTheWay: { tier: "frontier" } });
    expect(shown.inTheWay?.shortage).toMatchObject({
      kind: "too-little",
      cap: "this workspace's $0.011 a day",
      leftNano: 9_800_000,
    });
    expect(turn.decision?.answeredBy).toMatchObject({ tier: "cheap" });
  });

  it("a shorter answer of the same tier comes before another tier", async () => {
    const { shown, turn } = await compare({ daily: 0.05, mode: "frontier" });
    expect(shown).toMatchObject({ tier: "frontier", isRefused: false, inTheWay: null });
    expect(shown.frontier?.lowered).not.toBeNull();
    expect(turn.decision?.answeredBy).toMatchObject({ tier: "frontier" });
  });

  it.each(["auto", "cheap", "frontier", "small/m"])("nobody is asked where nothing fits, in mode %s", async (mode) => {
    const { shown, turn } = await compare({ daily: 0.003, mode });
    expect(shown).toMatchObject({ tier: null, isRefused: true, local: null, inTheWay: { tier: "cheap" } });
    expect(turn).toMatchObject({ state: "failed", failure: { kind: "budget" } });
    const failure = turn.failure?.kind === "budget" ? turn.failure : null;
    const shortage = shown.inTheWay?.shortage;
    // The refusal names the same least, to the nano-dollar.
    expect(shortage).toMatchObject({ kind: "too-little", leftNano: 1_800_000 });
    expect(shortage?.kind === "too-little" ? shortage.neededNano : null).toBe(failure?.cap?.neededNano);
  });

  it("nobody is asked where the ladder has no step for it", async () => {
    const { shown, turn } = await compare({ daily: 0.011, mode: "frontier", ladder: [] });
    expect(shown).toMatchObject({ tier: null, isRefused: true, inTheWay: { tier: "frontier" } });
    expect(turn.failure?.kind).toBe("budget");
  });

  it("a free model of no tier is asked where nothing else fits", async () => {
    const { shown, turn } = await compare({ daily: 0.003, mode: "frontier", localRoutes: [free] });
    expect(shown).toMatchObject({ tier: null, isRefused: false, local: { modelId: "free", costNano: 0 } });
    expect(turn.decision?.answeredBy).toMatchObject({ modelId: "free" });
  });

  it("a model without a price is not asked under a cap", async () => {
    const { shown, turn } = await compare({ daily: 1, mode: "cheap", routes: [unpriced, frontierRoute] });
    expect(shown).toMatchObject({ cheap: null, tier: "frontier", isRefused: false });
    expect(turn.decision?.answeredBy).toMatchObject({ tier: "frontier" });
  });
});
