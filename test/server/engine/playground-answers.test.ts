import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findKnownPrice } from "../../../server/core/known-prices.ts";
import { type Ask, createAsk } from "../../../server/engine/ask.ts";
import { systemClock } from "../../../server/engine/clock.ts";
import { createWorld, type World } from "../../../server/engine/configure.ts";
import { createHealth } from "../../../server/engine/health.ts";
import { type Playground, playgroundModels, startPlayground } from "../../../server/playground/start-playground.ts";
import { createProvider } from "../../../server/providers/create-provider.ts";
import { createHttp } from "../../../server/providers/http.ts";
import { openStore, type Store } from "../../../server/store/open-store.ts";
import type { AskPart } from "../../../shared/protocol.ts";

/** The whole server below the language-server wire, against the simulated vendors on both wires. */

const directory = mkdtempSync(join(tmpdir(), "wayfare-playground-"));
let playground: Playground;
let store: Store;
let world: World;
let ask: Ask;
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
      // Each question is to be asked, however often.
      cache: { enabled: false },
    },
    keys: [],
    trusted: true,
  });
  ask = createAsk({
    world,
    store,
    clock: systemClock,
    health: createHealth({ store: () => null, now: Date.now, onFault: () => undefined }),
    random: () => 0,
    createId: () => `a${++ids}`,
    workspace: "here",
  });
});
afterAll(async () => {
  await world.close();
  await playground.close();
  store.close();
  rmSync(directory, { recursive: true, force: true });
});

async function put(turnId: string, mode: string) {
  const emitted: AskPart[] = [];
  const turn = await ask(
    { sessionId: turnId, turnId, question: "What is a monad?", context: [], mode },
    (part) => emitted.push(part),
    new AbortController().signal,
  );
  return { turn, emitted };
}

describe.each([
  ["cheap", "sim-small"],
  ["frontier", "sim-large"],
])("a question on the %s tier", (mode, modelId) => {
  it("is the vendor's own text, and ledger, decision and the vendor's log agree on tokens and cost", async () => {
    const { turn, emitted } = await put(`turn-${mode}`, mode);
    expect(turn).toMatchObject({ state: "done", failure: null });
    const row = playground.log().at(-1);
    expect(row).toMatchObject({ model: modelId, status: 200, end: "finished" });
    expect(turn.answer).toBe(row?.text);
    expect(emitted.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("")).toBe(row?.text);
    expect(turn.decision).toMatchObject({
      answeredBy: { providerId: "playground", modelId },
      costNano: row?.costNano,
      costSource: "computed",
      simulated: true,
    });
    const usage = turn.decision?.attempts[0]?.usage;
    expect((usage?.input ?? 0) + (usage?.cacheRead ?? 0) + (usage?.cacheWrite ?? 0)).toBe(row?.inputTokens);
    expect(usage?.output).toBe(row?.outputTokens);
    expect(store.ledger.attemptsOfTurn(turn.id)).toEqual(turn.decision?.attempts);
    expect(store.ledger.spend().real.spentNano).toBe(0);
  });

  it("holds at least what it costs", async () => {
    const { turn } = await put(`held-${mode}`, mode);
    const attempt = turn.decision?.attempts[0];
    expect(attempt?.heldNano).toBeGreaterThanOrEqual(attempt?.costNano ?? Number.POSITIVE_INFINITY);
  });

  it("is carried on by the other tier when its vendor fails in any way", async () => {
    for (const fault of [
      { kind: "status", status: 529 },
      { kind: "status", status: 429, headers: { "retry-after": "2" } },
      { kind: "html" },
      { kind: "json-error-200" },
      { kind: "empty" },
      { kind: "cut", afterCharacters: 20 },
      { kind: "no-end-signal" },
      { kind: "in-band-error", afterCharacters: 20 },
    ] as const) {
      // Each fault meets a router without memory of the last.
      const fresh = createAsk({
        world,
        store,
        clock: systemClock,
        health: createHealth({ store: () => null, now: Date.now, onFault: () => undefined }),
        random: () => 0,
        createId: () => `a${++ids}`,
        workspace: "here",
      });
      playground.setFault(modelId, fault);
      const turnId = `fault-${mode}-${fault.kind}`;
      const turn = await fresh(
        { sessionId: turnId, turnId, question: "What is a monad?", context: [], mode },
        () => undefined,
        new AbortController().signal,
      );
      playground.setFault(modelId, null);
      expect([fault.kind, turn.state, turn.answer === playground.log().at(-1)?.text]).toEqual([
        fault.kind,
        "done",
        true,
      ]);
      expect(turn.decision?.attempts[0]).toMatchObject({ modelId, outcome: "failed" });
      expect(turn.decision?.answeredBy?.modelId).not.toBe(modelId);
      // Another vendor is there to ask, so nobody waits until this one may be asked again.
      if ("status" in fault) expect(turn.decision?.attempts).toHaveLength(2);
    }
  });
});
