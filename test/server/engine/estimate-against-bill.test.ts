import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findKnownPrice } from "../../../server/core/known-prices.ts";
import { type Ask, createAsk } from "../../../server/engine/ask.ts";
import { createCalibration } from "../../../server/engine/calibration.ts";
import { systemClock } from "../../../server/engine/clock.ts";
import { createWorld, type World } from "../../../server/engine/configure.ts";
import { createEstimate } from "../../../server/engine/estimate.ts";
import { createHealth } from "../../../server/engine/health.ts";
import { billRequest } from "../../../server/playground/bill-request.ts";
import { type Playground, playgroundModels, startPlayground } from "../../../server/playground/start-playground.ts";
import { createProvider } from "../../../server/providers/create-provider.ts";
import { createHttp } from "../../../server/providers/http.ts";
import { openStore, type Store } from "../../../server/store/open-store.ts";
import type { ContextItem, Turn } from "../../../shared/answer.ts";
import type { EstimateResult, RouteEstimate } from "../../../shared/estimate.ts";

/** What is shown before a question is sent, beside what the simulated vendors then bill for it over real HTTP. */

const directory = mkdtempSync(join(tmpdir(), "wayfare-estimate-"));
const health = createHealth({ store: () => null, now: Date.now, onFault: () => undefined });
const calibration = createCalibration();
let playground: Playground;
let store: Store;
let world: World;
let ask: Ask;
let estimate: ReturnType<typeof createEstimate>;
let ids = 0;

beforeAll(async () => {
  playground = await startPlayground({ apiKey: "key-of-the-playground", pace: "instant" });
  store = await openStore({ directory, now: Date.now, timeZone: "UTC", instanceId: "one", pid: process.pid });
  world = createWorld({
    now: Date.now,
    createHttp,
    createProvider,
    findKnownPrice,
    modelLists: store.modelLists,
    ledgerFailure: () => null,
    startPlayground: async () => ({ ...playground, apiKey: "key-of-the-playground", models: playgroundModels }),
  });
  await world.apply({
    configuration: {
      providers: undefined,
      tiers: undefined,
      mode: undefined,
      quality: undefined,
      playground: true,
      network: {},
      cache: { enabled: false },
    },
    keys: [],
    trusted: true,
  });
  ask = createAsk({
    world,
    store,
    clock: systemClock,
    health,
    calibration,
    random: () => 0,
    createId: () => `a${++ids}`,
    workspace: "here",
  });
  estimate = createEstimate({ world, store: () => store, health, calibration, workspace: "here", now: Date.now });
});
afterAll(async () => {
  await world.close();
  await playground.close();
  store.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Real source, long enough for a vendor to keep it. */
const source = readFileSync(new URL("../../../server/core/estimate-tokens.ts", import.meta.url), "utf8");
const file: ContextItem = {
  kind: "file",
  path: "src/estimate-tokens.ts",
  languageId: "typescript",
  text: source,
  firstLine: 1,
  lastLine: source.split("\n").length,
  diagnostics: [],
};

interface Compared {
  shown: RouteEstimate;
  turn: Turn;
  /** Prompt tokens: as shown and as billed. */
  tokens: [shown: number, billed: number];
  /** What the prompt alone costs, in nano-dollars: by the tokens that were shown, and as the vendor billed it. */
  inputNano: [shown: number, billed: number];
}

async function compare(sessionId: string, tier: "cheap" | "frontier", question: string): Promise<Compared> {
  const requestsBefore = playground.log().length;
  const result: EstimateResult = estimate({ sessionId, question, context: [file], mode: tier });
  expect(playground.log()).toHaveLength(requestsBefore);
  const shown = result[tier];
  if (shown === null) throw new Error("nothing was shown");
  const turn = await ask(
    { sessionId, turnId: `${sessionId}-${++ids}`, question, context: [file], mode: tier },
    () => undefined,
    new AbortController().signal,
  );
  expect(turn.state).toBe("done");
  const usage = turn.decision?.attempts.at(-1)?.usage;
  const model = playgroundModels.find(({ id }) => id === shown.modelId);
  if (usage === null || usage === undefined || model === undefined) throw new Error("nothing was billed");
  const price = model.price;
  const { cacheReadTokens: cacheRead, cacheWriteTokens: cacheWrite, inputTokens } = shown;
  const output = { output: 0, reasoning: 0 };
  return {
    shown,
    turn,
    tokens: [inputTokens, usage.input + usage.cacheRead + usage.cacheWrite],
    inputNano: [
      billRequest({ input: inputTokens - cacheRead - cacheWrite, cacheRead, cacheWrite, ...output }, price),
      billRequest({ ...usage, ...output }, price),
    ],
  };
}

const errorOf = ([shown, billed]: readonly [number, number]) => Math.abs(shown - billed) / billed;

describe.each(["cheap", "frontier"] as const)("the price shown for %s", (tier) => {
  it("is near the bill before the first count, within 3 % once calibrated, cold and warm", async () => {
    const first = await compare(`${tier}-1`, tier, "Explain how newlines are counted.");
    expect(first.shown).toMatchObject({ isCalibrated: false, cacheReadTokens: 0, answerFrom: "usual" });
    // Nothing is known of this vendor's way of counting yet.
    expect(errorOf(first.tokens)).toBeLessThan(0.25);

    const second = await compare(`${tier}-1`, tier, "And how are digits?");
    expect(second.shown.isCalibrated).toBe(true);
    expect(errorOf(second.tokens)).toBeLessThan(0.03);
    // One vendor is told what to keep, and bills the writing; of the other nobody knows yet that it keeps anything.
    if (tier === "frontier") expect(errorOf(second.inputNano)).toBeLessThan(0.03);
    else expect(second.inputNano[0]).toBeGreaterThan(second.inputNano[1]);

    const third = await compare(`${tier}-1`, tier, "And signs?");
    expect(third.shown.cacheReadTokens).toBeGreaterThan(1_024);
    expect(third.shown.answerFrom).toBe("conversation");
    expect(errorOf(third.tokens)).toBeLessThan(0.03);
    expect(errorOf(third.inputNano)).toBeLessThan(0.1);
  });
});
