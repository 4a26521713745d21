import { describe, expect, it } from "vitest";
import { type Route, routeName } from "../../../server/core/provider.ts";
import { readSettings } from "../../../server/core/read-settings.ts";
import { createEstimate, type EstimateDeps } from "../../../server/engine/estimate.ts";
import { createHealth } from "../../../server/engine/health.ts";
import type { ContextItem, Session } from "../../../shared/answer.ts";
import type { EstimateParams } from "../../../shared/estimate.ts";
import type { CapState } from "../../../shared/protocol.ts";
import { attempt, cheapDecision, turn } from "../../client/webview/harness/samples.ts";
import { createFakeClock } from "./fake-clock.ts";
import { routeOf, scriptedProvider } from "./scripted-provider.ts";

const dear = { fromInputTokens: 0, inputUsd: 10, outputUsd: 20, cacheReadUsd: 1, cacheWriteUsd: 12 };
const large = routeOf("large", { tier: "frontier", price: { source: "override", tiers: [dear] } });
const small = routeOf("small");

/** Never asked: only routes that have one can be. */
const provider = scriptedProvider(createFakeClock(0), []);
const health = createHealth({ store: () => null, now: () => 0, onFault: () => undefined });

interface Facts {
  trusted?: boolean;
  session?: Session;
  /** Left under this workspace's dollar a day. */
  leftNano?: number;
  heldNano?: number;
  isUnreadable?: true;
  lately?: { answers: number; meanTokens: number };
  factor?: number;
  nowMs?: number;
}

function estimator(routes: Route[], facts: Facts = {}) {
  const { settings } = readSettings(facts.leftNano === undefined ? {} : { budget: { workspace: { daily: 1 } } });
  const reads = { conversation: 0 };
  const cap = (): CapState => ({
    id: "workspace.daily",
    scope: "workspace",
    period: "daily",
    limitNano: 1_000_000_000,
    raisedNano: 0,
    spentNano: 1_000_000_000 - (facts.leftNano ?? 0),
    heldNano: facts.heldNano ?? 0,
    setting: "wayfare.budget.workspace.daily",
    ...(facts.isUnreadable === undefined ? {} : { isUnreadable: true }),
  });
  const scene = {
    settings,
    problems: [],
    routes,
    routesFor: () => routes,
    providerOf: () => provider,
    models: [],
    localRoutes: [],
    completions: { on: false, why: null, languages: {}, model: null },
    trusted: facts.trusted ?? true,
    silent: null,
  };
  const store: ReturnType<EstimateDeps["store"]> = {
    sessions: {
      read() {
        reads.conversation += 1;
        return facts.session ?? null;
      },
    },
    responses: { find: () => null },
    ledger: { capStates: () => [cap()] },
    answerLengths: {
      read: () => new Map(facts.lately === undefined ? [] : [[routeName(small), facts.lately]]),
    },
  };
  const run = createEstimate({
    world: { scene: () => scene },
    store: () => store,
    health,
    ...(facts.factor === undefined ? {} : { calibration: { typicalInputFactor: () => facts.factor ?? null } }),
    workspace: "here",
    now: () => facts.nowMs ?? 0,
  });
  const estimate = (params: Partial<EstimateParams>) => run({ sessionId: "s", question: "", ...params });
  return { estimate, reads };
}

const estimate = (routes: Route[], params: Partial<EstimateParams>, facts: Facts = {}) =>
  estimator(routes, facts).estimate({ context: [], ...params });

const file: ContextItem = {
  kind: "file",
  path: "src/a.ts",
  languageId: "typescript",
  text: "const a = 1;\n".repeat(200),
  firstLine: 1,
  lastLine: 200,
  diagnostics: [],
};

const answered = (id: string, output: number) =>
  turn({
    id,
    decision: {
      ...cheapDecision,
      attempts: [
        attempt({
          providerId: small.providerId,
          modelId: small.modelId,
          usage: { input: 2_000, cacheRead: 3_000, cacheWrite: 0, output, reasoning: 0 },
          startedAtMs: 1_000,
          durationMs: 1_000,
        }),
      ],
    },
  });
const sessionOf = (...turns: Session["turns"]): Session => ({
  id: "s",
  title: "",
  updatedAtMs: 0,
  costNano: 0,
  simulated: false,
  turns,
});

describe("the price shown ahead", () => {
  it("is that of the prompt and 600 tokens of answer, on each tier", () => {
    const { cheap, frontier, picked, tier } = estimate([small, large], { question: "rename foo to bar" });
    const inputTokens = cheap?.inputTokens ?? 0;
    expect(inputTokens).toBeGreaterThan(4);
    expect(cheap).toMatchObject({
      answerTokens: 600,
      answerFrom: "usual",
      isCalibrated: false,
      lowered: null,
      shortage: null,
    });
    expect(cheap?.costNano).toBe(inputTokens * 1_000 + 600 * 2_000);
    expect(frontier?.costNano).toBe(inputTokens * 10_000 + 600 * 20_000);
    // What is held covers 4,096 tokens of answer, whatever comes.
    expect(frontier?.heldNano).toBeGreaterThan(4_096 * 20_000 + inputTokens * 12_000);
    expect(picked).toBeNull();
    expect(["cheap", "frontier"]).toContain(tier);
  });

  it("is unknown, not zero, where a price is missing, and nothing where a tier is", () => {
    const unpriced = estimate([routeOf("small", { price: null })], { question: "hi" });
    expect(unpriced.cheap).toMatchObject({ costNano: null, heldNano: null });
    expect(unpriced.frontier).toBeNull();
    expect(unpriced.tier).toBe("cheap");
    expect(estimate([], { question: "hi" })).toEqual({
      cheap: null,
      frontier: null,
      picked: null,
      local: null,
      tier: null,
      isRefused: false,
      inTheWay: null,
      fromCache: false,
    });
    const free = estimate([routeOf("small", { price: "free" })], { question: "hi" }, { leftNano: 0 });
    expect(free.cheap).toMatchObject({ costNano: 0, heldNano: 0, shortage: null });
  });

  it("names no tier before there is a question", () => {
    const { cheap, tier } = estimate([small, large], { question: "  ", context: [file] });
    expect(cheap?.inputTokens).toBeGreaterThan(600);
    expect(tier).toBeNull();
  });

  it("is that of the picked model alone", () => {
    const { cheap, frontier, picked, tier } = estimate([small, large], { question: "hi", mode: routeName(large) });
    expect({ cheap, frontier, tier }).toEqual({ cheap: null, frontier: null, tier: "frontier" });
    expect(picked).toMatchObject({ providerId: large.providerId, modelId: large.modelId, tier: "frontier" });
    expect(estimate([small], { question: "hi", mode: "gone/gone" }).picked).toBeNull();
    const chosen = estimate([small, large], { question: "hi", mode: "frontier" });
    expect(chosen.tier).toBe("frontier");
    expect(chosen.cheap).not.toBeNull();
  });

  it("counts only what would be sent", () => {
    const tokens = (params: Partial<EstimateParams>, facts?: Facts) =>
      estimate([small], { question: "explain", ...params }, facts).cheap?.inputTokens ?? 0;
    const bare = tokens({});
    expect(tokens({ context: [file] })).toBeGreaterThan(bare + 600);
    expect(tokens({ context: [file] }, { trusted: false })).toBe(bare);
    expect(tokens({ context: [{ ...file, path: ".env" }] })).toBe(bare);
  });

  it("takes the context and the conversation as they were, when only the letters change", () => {
    const { estimate: again, reads } = estimator([small], { session: sessionOf(answered("a", 100)) });
    const tokens = (params: Partial<EstimateParams>) => again(params).cheap?.inputTokens ?? 0;
    const first = tokens({ question: "explain", context: [file] });
    expect(tokens({ question: "explain" })).toBe(first);
    expect(tokens({ question: "explain this" })).toBe(first + 1);
    expect(reads.conversation).toBe(1);
    expect(tokens({ question: "explain", context: [] })).toBeLessThan(first - 600);
    expect(reads.conversation).toBe(2);
    tokens({ question: "explain", sessionId: "another" });
    expect(reads.conversation).toBe(3);
  });

  it("is that of a prompt cut to the window of each tier", () => {
    const narrow = routeOf("small", { windowTokens: 12_000 });
    const long = { ...file, text: file.text.repeat(20), lastLine: 4_000 };
    const { cheap, frontier } = estimate([narrow, large], { question: "hi", context: [long], mode: "frontier" });
    expect(cheap?.inputTokens).toBeLessThan(12_000);
    expect(frontier?.inputTokens).toBeGreaterThan(12_000);
  });

  it("counts as the vendor has counted lately", () => {
    const plain = estimate([small], { question: "explain", context: [file] }).cheap?.inputTokens ?? 0;
    const { cheap } = estimate([small], { question: "explain", context: [file] }, { factor: 1.25 });
    expect(cheap).toMatchObject({ inputTokens: Math.round(plain * 1.25), isCalibrated: true });
  });

  it("takes an answer to be as long as this model's in the conversation, else lately, else 600 tokens", () => {
    const length = (facts: Facts) => {
      const { cheap } = estimate([small], { question: "hi" }, facts);
      return [cheap?.answerTokens, cheap?.answerFrom];
    };
    const lately = { answers: 3, meanTokens: 321.4 };
    expect(length({})).toEqual([600, "usual"]);
    expect(length({ lately: { answers: 2, meanTokens: 321.4 } })).toEqual([600, "usual"]);
    expect(length({ lately })).toEqual([321, "model"]);
    expect(length({ lately: { answers: 9, meanTokens: 90_000 } })).toEqual([4_096, "model"]);
    expect(length({ lately, session: sessionOf(answered("a", 50)) })).toEqual([321, "model"]);
    expect(length({ lately, session: sessionOf(answered("a", 50), answered("b", 151)) })).toEqual([
      101,
      "conversation",
    ]);
  });

  it("takes what the conversation has cached at its price, for as long as it is kept", () => {
    const session = sessionOf(answered("a", 50));
    const ask = (nowMs: number) => estimate([small], { question: "hi", context: [file] }, { session, nowMs }).cheap;
    const cold = ask(400_000);
    expect(cold?.cacheReadTokens).toBe(0);
    const warm = ask(3_000);
    // More was kept than is sent again: no more than the prompt comes out of a cache.
    expect(warm?.cacheReadTokens).toBe(Math.min(5_000, cold?.inputTokens ?? 0));
    expect(warm?.inputTokens).toBe(cold?.inputTokens);
    expect(warm?.costNano).toBeLessThan(cold?.costNano ?? 0);
  });

  it("says that a cap leaves less than must be held, also for what others hold, and which cap it is", () => {
    const shortages = (facts: Facts) => {
      const { cheap, frontier } = estimate([small, large], { question: "hi" }, facts);
      return [cheap?.shortage, frontier?.shortage];
    };
    const cap = "this workspace's $1.00 a day";
    expect(shortages({ leftNano: 1_000_000_000 })).toEqual([null, null]);
    // 1,024 tokens of a frontier answer are $0.02, of a cheap one $0.002.
    const short = { kind: "too-little", cap, leftNano: 10_000_000 };
    expect(shortages({ leftNano: 10_000_000 })).toEqual([null, expect.objectContaining(short)]);
    expect(shortages({ leftNano: 1_000_000_000, heldNano: 990_000_000 })[1]).toMatchObject(short);
    expect(shortages({ leftNano: 0 })).toMatchObject([
      { cap, leftNano: 0 },
      { cap, leftNano: 0 },
    ]);
    const broken = { kind: "unreadable-cap", setting: "wayfare.budget.workspace.daily" };
    expect(shortages({ leftNano: 1_000_000_000, isUnreadable: true })).toEqual([broken, broken]);
  });

  it("is that of a shorter answer where a cap leaves room for no more", () => {
    const lately = { answers: 3, meanTokens: 3_000 };
    const [whole, low] = [1_000_000_000, 4_000_000].map(
      (leftNano) => estimate([small], { question: "hi" }, { leftNano, lately }).cheap,
    );
    expect(whole).toMatchObject({ answerTokens: 3_000, lowered: null });
    expect(low).toMatchObject({ heldNano: 4_000_000, shortage: null });
    expect(low?.lowered?.cap).toBe("this workspace's $1.00 a day");
    // 4,000,000 nano-dollars, less the prompt's share, at 2,000 a token.
    expect(low?.lowered?.outputTokens).toBeLessThan(2_000);
    expect(low?.lowered?.outputTokens).toBeGreaterThan(1_800);
    expect(low?.answerTokens).toBe(low?.lowered?.outputTokens);
  });
});
