import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Route } from "../../../server/core/provider.ts";
import { readSettings } from "../../../server/core/read-settings.ts";
import { type AskDeps, createAsk } from "../../../server/engine/ask.ts";
import { createAudit } from "../../../server/engine/audit.ts";
import type { Scene } from "../../../server/engine/configure.ts";
import { createCosts } from "../../../server/engine/costs.ts";
import { createHealth } from "../../../server/engine/health.ts";
import { createLearning } from "../../../server/engine/learning.ts";
import { openStore } from "../../../server/store/open-store.ts";
import type { ContextItem } from "../../../shared/answer.ts";
import type { Failure } from "../../../shared/failure.ts";
import type { AskPart } from "../../../shared/protocol.ts";
import { createFakeClock, type FakeClock } from "./fake-clock.ts";
import {
  activity,
  finish,
  routeOf,
  type ScriptedProvider,
  type Step,
  scriptedProvider,
  text,
  usage,
} from "./scripted-provider.ts";

/** What the frontier route costs; the cheap one costs what a scripted route does. */
export const frontierPrice = { fromInputTokens: 0, inputUsd: 10, outputUsd: 20, cacheReadUsd: 1, cacheWriteUsd: 12 };
const cheapRoute = routeOf("small");
export const frontierRoute = routeOf("large", {
  tier: "frontier",
  price: { source: "override", tiers: [frontierPrice] },
});

interface Setup {
  small?: readonly (readonly Step[])[];
  large?: readonly (readonly Step[])[];
  routes?: Route[];
  trusted?: boolean;
  silent?: Failure | null;
  clock?: FakeClock;
  settings?: Record<string, unknown>;
  localRoutes?: Route[];
  unparsedBlocks?: AskDeps["unparsedBlocks"];
  codeIsComing?: (answer: string) => void;
  onAmended?: AskDeps["onAmended"];
}

/** An engine over two scripted providers and a real store in a folder of its own. */
export async function engine(setup: Setup = {}) {
  const clock = setup.clock ?? createFakeClock(Date.UTC(2026, 4, 4, 12));
  const directory = mkdtempSync(join(tmpdir(), "wayfare-ask-"));
  const store = await openStore({ directory, now: clock.now, timeZone: "UTC", instanceId: "one", pid: process.pid });
  onTestFinished(() => {
    store.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const providers: Record<string, ScriptedProvider> = {
    small: scriptedProvider(clock, setup.small ?? [answer("small says")], "small"),
    large: scriptedProvider(clock, setup.large ?? [answer("large says")], "large"),
  };
  const routes = [...(setup.routes ?? [cheapRoute, frontierRoute])];
  const scene: Scene = {
    settings: readSettings(setup.settings ?? {}).settings,
    problems: [],
    routes,
    routesFor: () => routes,
    providerOf: (route) => providers[route.providerId] ?? null,
    models: [],
    localRoutes: setup.localRoutes ?? [],
    completions: { on: false, why: null, languages: {}, model: null },
    trusted: setup.trusted ?? true,
    silent: null,
  };
  const faults: Failure[] = [];
  let ids = 0;
  const audit = createAudit({ store: () => store, now: clock.now, onFault: (failure) => faults.push(failure) });
  const costs = createCosts({
    books: { store: () => store, failure: () => null },
    audit,
    now: clock.now,
    workspace: "here",
    hostLabel: "",
    quality: () => 50,
    onDeleted: () => undefined,
  });
  const health = createHealth({ store: () => null, now: clock.now, onFault: () => undefined });
  const learning = createLearning({
    store: () => store,
    now: clock.now,
    isOn: () => scene.settings.learning.enabled,
    onFault: (failure) => faults.push(failure),
  });
  const ask = createAsk({
    world: {
      settled: async () => undefined,
      silent: () => setup.silent ?? null,
      during: (use) => use(scene),
    },
    store,
    clock,
    health,
    random: () => 0,
    createId: () => `attempt-${++ids}`,
    workspace: "here",
    audit,
    learning,
    onFault: (failure) => faults.push(failure),
    ...(setup.onAmended === undefined ? {} : { onAmended: setup.onAmended }),
    ...(setup.codeIsComing === undefined ? {} : { codeIsComing: setup.codeIsComing }),
    ...(setup.unparsedBlocks === undefined ? {} : { unparsedBlocks: setup.unparsedBlocks }),
  });
  const emitted: AskPart[] = [];
  let turns = 0;
  const put = (question: string, mode = "auto", context: ContextItem[] = [], signal = new AbortController().signal) =>
    ask({ sessionId: "s", turnId: `t${++turns}`, question, context, mode }, (part) => emitted.push(part), signal);
  return { ask, put, health, store, emitted, providers, clock, faults, routes, audit, costs, learning, scene };
}

/** A whole answer of 1,000 tokens in and 100 out. */
export function answer(value: string): Step[] {
  return [activity, text(value), usage(1_000, 100), finish];
}
