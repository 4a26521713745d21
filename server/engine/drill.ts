import { FailureError } from "../../shared/failure.ts";
import type { AskPart } from "../../shared/protocol.ts";
import type { DrillResult, DrillRow } from "../../shared/routes.ts";
import type { ProviderSetting } from "../../shared/settings.ts";
import { describeDrill, seconds } from "../core/describe-drill.ts";
import { estimateTokens } from "../core/estimate-tokens.ts";
import { describeAttempt } from "../core/failure-action.ts";
import type { Price, Provider, Route, SimulatedWire, Wire } from "../core/provider.ts";
import { routeName } from "../core/provider.ts";
import type { Http } from "../providers/http.ts";
import { abortError, type Clock } from "./clock.ts";
import type { World } from "./configure.ts";
import { type DrillFault, type DrillScene, drillScenes } from "./drill-faults.ts";
import { type FailoverDeps, type FailoverResult, failover, MAX_ATTEMPTS, MIN_OUTPUT_TOKENS } from "./failover.ts";
import { ordinaryPlan } from "./ordinary-plan.ts";
import { CHAT_OUTPUT_TOKENS } from "./prepare-question.ts";

/** A simulated vendor on loopback. */
export interface DrillVendor {
  openAiBaseUrl: string;
  anthropicBaseUrl: string;
  apiKey: string;
  setFault(modelId: string, fault: DrillFault): void;
  close(): Promise<void>;
}

/** A model that a simulated vendor serves in the place of a real one. */
export interface DrillModel {
  id: string;
  wire: SimulatedWire;
  tier: Route["tier"];
  windowTokens: number;
  maxOutputTokens: number;
  price: Price;
  answer: () => string;
  firstTokenMs: number;
}

export interface DrillDeps {
  world: Pick<World, "settled" | "during">;
  clock: Clock;
  /** 0 ≤ x < 1 */
  random(): number;
  createId(): string;
  /** Routes that the person paused, by `routeName`. */
  paused(): ReadonlySet<string>;
  /** A way out of its own, which is closed after the drill. */
  createHttp(): Http;
  createProvider(options: { setting: ProviderSetting; key: string | null; http: Http }): Provider | Promise<Provider>;
  /** Loads and starts a simulated vendor; called in a drill, and not before. */
  startVendor(models: readonly DrillModel[]): Promise<DrillVendor>;
  /** `TIMES_FASTER` when absent. */
  timesFaster?: number;
}

/**
 * The longest wait, two minutes for a route that has no other behind it, takes twelve seconds then. Much faster, and the
 * machine's own delays, which grow by as much, would be mistaken for a vendor's.
 */
const TIMES_FASTER = 10;
/** Of a model in good health, in real life. */
const FIRST_TOKEN_MS = 400;
/** For models whose window or longest answer nobody knows. */
const ENOUGH_TOKENS = 200_000;

const question = "What does this function return when the list is empty?";

/**
 * Breaks a copy of the person's plan in every way that simulated vendors can, and tells what a person who asks meanwhile
 * would have seen. The vendors speak real HTTP on loopback, the walk is the one that every question takes, with its
 * timers run faster and books that are thrown away: nothing is asked of a real provider, nothing is paid, and no route's
 * health hears of it. Everything that was opened is closed, whatever way it ends. Rejects with the plan's own failure when
 * there is no plan, and with an AbortError.
 */
export function createDrill(deps: DrillDeps): (signal: AbortSignal) => Promise<DrillResult> {
  const timesFaster = deps.timesFaster ?? TIMES_FASTER;
  return async (signal) => {
    await deps.world.settled();
    const plan = await deps.world.during(async (scene) => {
      const { mode } = scene.settings;
      return ordinaryPlan(scene, { mode, nowMs: deps.clock.now(), paused: deps.paused() });
    });
    if (!plan.ok) throw new FailureError(plan.failure);
    // Whoever stands behind the last attempt is never asked.
    const routes = plan.plan.slice(0, MAX_ATTEMPTS).map(({ route }) => copyOf(route));
    const rows = await playAll(routes, { ...deps, timesFaster }, signal);
    return { plan: routes.map(routeName), timesFaster, rows };
  };
}

/** Its money is simulated, and its price stays what it is now. */
function copyOf({ priceAt: _priceAt, nextPrices: _nextPrices, ...route }: Route): Route {
  return { ...route, simulated: true };
}

type Stage = DrillDeps & { timesFaster: number };

async function playAll(routes: readonly Route[], deps: Stage, signal: AbortSignal): Promise<DrillRow[]> {
  const http = deps.createHttp();
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const play = (scene: DrillScene) => playScene(scene, { routes, http, deps, signal: either });
  const scenes = drillScenes(deps.timesFaster);
  const rows = new Map<DrillScene, DrillRow>();
  let lanes: Promise<unknown>[] = [];
  try {
    // What a wire loads when it is first used must not count as a vendor's delay.
    await warmUp({ routes, http, deps, signal: either });
    const quick = async (): Promise<void> => {
      for (const scene of scenes) if (scene.isSlow !== true) rows.set(scene, await play(scene));
    };
    const slow = scenes.filter((scene) => scene.isSlow === true);
    lanes = [quick(), ...slow.map(async (scene) => rows.set(scene, await play(scene)))];
    await Promise.all(lanes);
  } finally {
    over.abort();
    await Promise.allSettled(lanes);
    await http.close();
  }
  return scenes.flatMap((scene) => rows.get(scene) ?? []);
}

interface Cast {
  routes: readonly Route[];
  http: Http;
  deps: Stage;
  signal: AbortSignal;
}

async function playScene(scene: DrillScene, { routes, http, deps, signal }: Cast): Promise<DrillRow> {
  const clock = fasterClock(deps.clock, deps.timesFaster);
  return withVendors({ routes, http, deps, signal }, async (vendors) => {
    for (const route of scene.routes === "first" ? routes.slice(0, 1) : routes) {
      const { vendor } = vendors.of(route);
      if (scene.fault === "gone") await vendor.close();
      else if (scene.fault !== null) vendor.setFault(route.modelId, scene.fault);
    }
    const seen: { part: AskPart; atMs: number }[] = [];
    const startedMs = clock.ticks();
    const result = await failover(
      {
        sessionId: "drill",
        turnId: deps.createId(),
        kind: "chat",
        workspace: "drill",
        steps: routes.map((route) => ({ route, reason: "drill" })),
        messages: [{ role: "user", text: question }],
        inputTokens: estimateTokens(question),
        boundTokens: question.length,
        maxOutputTokens: CHAT_OUTPUT_TOKENS,
        leastOutputTokens: MIN_OUTPUT_TOKENS,
        caps: [],
        ladder: [],
      },
      {
        ledger: throwAwayBooks,
        clock,
        random: deps.random,
        createId: deps.createId,
        providerOf: (route) => vendors.of(route).provider,
      },
      (part) => seen.push({ part, atMs: clock.ticks() - startedMs }),
      signal,
    );
    if (result.state === "cancelled") throw abortError();
    const tookMs = clock.ticks() - startedMs;
    return rowOf(scene, { routes, result: withRealHosts(result, routes, vendors), seen, tookMs });
  });
}

/** The error as it would read in real life: a vendor goes by its host there. */
function withRealHosts(result: FailoverResult, routes: readonly Route[], vendors: Vendors): FailoverResult {
  if (result.failure === null) return result;
  let { message } = result.failure;
  for (const route of routes) {
    const simulated = new URL(vendors.of(route).vendor.openAiBaseUrl).host;
    message = message.replaceAll(simulated, new URL(route.origin).host);
  }
  return { ...result, failure: { ...result.failure, message } };
}

function rowOf(
  scene: DrillScene,
  facts: {
    routes: readonly Route[];
    result: FailoverResult;
    seen: readonly { part: AskPart; atMs: number }[];
    tookMs: number;
  },
): DrillRow {
  const { result, tookMs } = facts;
  const screen = replay(facts.seen);
  const by = result.answeredBy;
  const isWhole = by !== null && screen.text === answerOf(by);
  const waitedMs = Math.round(by === null ? tookMs : (screen.beganMs ?? tookMs));
  const first = facts.routes[0];
  const trouble = result.attempts[0]?.failure ?? null;
  const costs = result.attempts.map(({ costNano }) => costNano);
  return {
    fault: scene.words,
    says: describeDrill({
      first: first === undefined ? "" : routeName(first),
      answeredBy: by === null ? null : routeName(by),
      restarts: screen.restarts,
      trouble: trouble === null ? null : describeAttempt(trouble),
      characters: screen.text.length,
      isWhole,
      waitedMs,
      tookMs,
      error: result.failure?.message ?? null,
    }),
    answeredBy: by === null ? null : routeName(by),
    restarts: screen.restarts.length,
    waitedMs,
    isWhole,
    costNano: costs.reduce<number | null>((sum, cost) => (sum === null || cost === null ? null : sum + cost), 0),
    attempts: result.attempts.map((attempt) => ({
      name: routeName(attempt),
      words:
        attempt.failure === null
          ? `answered, first token in ${seconds(attempt.firstTokenMs ?? attempt.durationMs)}`
          : describeAttempt(attempt.failure),
    })),
  };
}

/** What was on the page, from the parts that were sent to it. */
function replay(seen: readonly { part: AskPart; atMs: number }[]) {
  let text = "";
  let beganMs: number | null = null;
  const restarts: { characters: number; why: string }[] = [];
  for (const { part, atMs } of seen) {
    if (part.type === "restart") {
      restarts.push({ characters: text.length, why: part.why });
      text = "";
      beganMs = null;
    } else if (part.type === "text") {
      text += part.text;
      beganMs ??= atMs;
    }
  }
  return { text, beganMs, restarts };
}

/** Each model's own words, long enough to be broken off in sight, with what is easily mangled on the way. */
function answerOf(route: Route): string {
  return `When the list is empty it returns 0, says ${routeName(route)} 🧭.\r\n\n\`\`\`ts\nexport const mean = (of: number[]) => (of.length === 0 ? 0 : sum(of) / of.length);\n\`\`\`\n\nThese are its last words.\n`;
}

interface Vendors {
  of(route: Route): { vendor: DrillVendor; provider: Provider };
}

/** One vendor for each account of the plan, so that what is told of a key or a host is true of the copy, too. */
async function withVendors<Result>(
  { routes, http, deps, signal }: Cast,
  use: (vendors: Vendors) => Promise<Result>,
): Promise<Result> {
  const accounts = new Map<string, Route[]>();
  for (const route of routes) accounts.set(accountOf(route), [...(accounts.get(accountOf(route)) ?? []), route]);
  const open = new Map<string, { vendor: DrillVendor; provider: Provider }>();
  const started: DrillVendor[] = [];
  try {
    for (const [account, served] of accounts) {
      signal.throwIfAborted();
      const vendor = await deps.startVendor(served.map((route) => modelOf(route, deps.timesFaster)));
      started.push(vendor);
      const [{ providerId: id, wire: own } = { providerId: "", wire: "openai-compatible" as const }] = served;
      const wire = standInFor(own);
      const baseUrl = wire === "anthropic" ? vendor.anthropicBaseUrl : vendor.openAiBaseUrl;
      const setting = { id, preset: wire, baseUrl };
      open.set(account, { vendor, provider: await deps.createProvider({ setting, key: vendor.apiKey, http }) });
    }
    return await use({
      of(route) {
        const found = open.get(accountOf(route));
        if (found === undefined) throw new Error(`The drill has no vendor for ${routeName(route)}.`);
        return found;
      },
    });
  } finally {
    await Promise.allSettled(started.map((vendor) => vendor.close()));
  }
}

function accountOf({ providerId, wire, origin }: Route): string {
  return `${providerId} ${wire} ${origin}`;
}

/** The simulated vendors speak two wires; a vendor with another is played over the one that most speak. */
function standInFor(wire: Wire): SimulatedWire {
  return wire === "anthropic" ? wire : "openai-compatible";
}

const nothing = { fromInputTokens: 0, inputUsd: 0, outputUsd: 0, cacheReadUsd: 0, cacheWriteUsd: 0 };

function modelOf(route: Route, timesFaster: number): DrillModel {
  const { modelId, wire, tier, windowTokens, maxOutputTokens, price } = route;
  return {
    id: modelId,
    wire: standInFor(wire),
    tier,
    windowTokens: windowTokens ?? ENOUGH_TOKENS,
    maxOutputTokens: maxOutputTokens ?? ENOUGH_TOKENS,
    price: price === null || price === "free" ? { source: "provider", tiers: [nothing] } : price,
    answer: () => answerOf(route),
    firstTokenMs: FIRST_TOKEN_MS / timesFaster,
  };
}

async function warmUp(cast: Cast): Promise<void> {
  const first = new Map(cast.routes.map((route) => [route.wire, route]));
  await withVendors({ ...cast, routes: [...first.values()] }, async (vendors) => {
    for (const route of first.values()) {
      const { provider } = vendors.of(route);
      const request = {
        modelId: route.modelId,
        messages: [{ role: "user" as const, text: question }],
        maxOutputTokens: 64,
      };
      for await (const part of provider.stream(request, { signal: cast.signal })) if (part.type === "finish") break;
    }
  });
}

/** Grants everything and keeps nothing. */
const throwAwayBooks: FailoverDeps["ledger"] = {
  reserve: async ({ heldNano }) => ({ heldNano }),
  noteProgress: () => undefined,
  noteGeneration: () => undefined,
  settle: async () => undefined,
  onSettled: () => () => undefined,
  capStates: () => [],
};

/** A clock on which everything takes `times` as long as it does, so that its timers ring so much earlier. */
function fasterClock(clock: Clock, times: number): Clock {
  return {
    now: clock.now,
    ticks: () => clock.ticks() * times,
    after: (delayMs, run) => clock.after(delayMs / times, run),
  };
}
