import type { Attempt } from "../../shared/answer.ts";
import { type Failure, FailureError } from "../../shared/failure.ts";
import type {
  PauseRouteParams,
  RouteParams,
  RouteRow,
  RouteTable,
  RouteTest,
  RouteTestResult,
} from "../../shared/routes.ts";
import { switchedOffWords } from "../core/bar-routes.ts";
import { estimateTokens } from "../core/estimate-tokens.ts";
import { ASSUMED_WINDOW_TOKENS } from "../core/model-facts.ts";
import { isFree } from "../core/price.ts";
import { type Route, routeName } from "../core/provider.ts";
import type { Store } from "../store/open-store.ts";
import { type Audit, auditOfWalk } from "./audit.ts";
import type { Clock } from "./clock.ts";
import type { Scene, World } from "./configure.ts";
import { type FailoverDeps, failover, isLocal } from "./failover.ts";
import { priceRoutes } from "./gather-models.ts";
import { boundFor } from "./hold-money.ts";
import { inPlanOrder } from "./ordinary-plan.ts";
import { chatBounds, patientTimeouts } from "./timers.ts";

/** What is known of a route's health: everything of a row that is not in the settings. */
export type RouteKnowledge = Pick<
  RouteRow,
  | "why"
  | "untilMs"
  | "firstTokenP50Ms"
  | "firstTokenP95Ms"
  | "tokensPerSecond"
  | "requests"
  | "failures"
  | "lastUsedMs"
  | "timeouts"
> & { state: Exclude<RouteRow["state"], "paused" | "off" | "keyless"> };

/** Where the page of routes has its facts from. Times are milliseconds since 1970. */
export interface RouteFacts {
  knowledgeOf(route: Route, nowMs: number): RouteKnowledge;
}

export interface RoutesDeps {
  world: Pick<World, "settled" | "during" | "scene" | "silent">;
  /** null when the books could not be opened. */
  store: Pick<Store, "ledger" | "pausedRoutes"> | null;
  facts: RouteFacts;
  clock: Clock;
  /** 0 ≤ x < 1 */
  random(): number;
  createId(): string;
  /** The workspace of the books. */
  workspace: string;
  /** Routes that the person paused, by `routeName`. Empty when the books cannot be read: then nothing is sent anyway. */
  paused(): ReadonlySet<string>;
  /** After each settlement of a test. */
  onAttempt?(attempt: Attempt, route: Route): void;
  onFault?(failure: Failure): void;
  calibration?: NonNullable<FailoverDeps["calibration"]>;
  /** What came of a test counts there. */
  health?: NonNullable<FailoverDeps["health"]>;
  offline?: NonNullable<FailoverDeps["offline"]>;
  /** Writes down how each test ended; absent: nobody does. */
  audit?: Pick<Audit, "ended">;
}

export interface Routes {
  /**
   * Every route that is set up, the cheap ones first, each tier in the order of the plan of an ordinary question; behind
   * them what is kept in reserve, and what cannot be asked as it is set up.
   */
  list(): RouteTable;
  /** Rejects with a ledger failure when it cannot be kept. */
  pause(params: PauseRouteParams): Promise<RouteTable>;
  /**
   * Asks a route one tiny question, a paused one, too: under the caps, in the books, and waited for as any other question.
   * What came of it counts for its health. Rejects with an AbortError, or with a failure where there is no such route.
   */
  test(params: RouteParams, signal: AbortSignal): Promise<RouteTestResult>;
}

/** The rows of tests in the books stand in one conversation that nobody opens. */
const TESTS_SESSION = "route tests";
const question = "Answer with the one word: ready";
/** A model that thinks first needs room for it; one that does not writes a word. */
const TEST_OUTPUT_TOKENS = 512;
const LEAST_OUTPUT_TOKENS = 16;

/** The most that a test of a route costs; null: its price is not known. */
export function testBoundNano(route: Route): number | null {
  const inputTokens = estimateTokens(question);
  return boundFor(route, { inputTokens, boundTokens: question.length }, TEST_OUTPUT_TOKENS)?.totalNano ?? null;
}

export function createRoutes(deps: RoutesDeps): Routes {
  const list = (): RouteTable => {
    const scene = deps.world.scene();
    const atMs = deps.clock.now();
    const names = deps.paused();
    const routes = routesOf(scene, atMs);
    const reserve = reserveOf(scene);
    const chosen = routes.filter((route) => !reserve.has(routeName(route)));
    const kept = routes.filter((route) => reserve.has(routeName(route)));
    const known = (route: Route): RouteKnowledge => deps.facts.knowledgeOf(route, atMs);
    const ordered = (["cheap", "frontier"] as const).flatMap((tier) => inPlanOrder(scene, chosen, tier));
    return {
      atMs,
      rows: [
        ...ordered.map((route) => rowOf(route, known(route), names)),
        ...kept.map((route) => ({ ...rowOf(route, known(route), names), isReserve: true })),
        ...(scene.switchedOff ?? []).map((route) => unaskedRow(route, known(route), "off")),
        ...(scene.keyless ?? []).map((route) => unaskedRow(route, known(route), "keyless")),
      ],
    };
  };

  return {
    list,
    async pause({ providerId, modelId, paused: isPaused }) {
      if (deps.store === null) {
        throw new FailureError(
          deps.world.silent() ?? { kind: "ledger", message: "The books are not open. Restart Wayfare." },
        );
      }
      await deps.store.pausedRoutes.set({ providerId, modelId }, isPaused, deps.clock.now());
      return list();
    },
    async test(params, signal) {
      await deps.world.settled();
      const result = await deps.world.during((scene) => testRoute(params, scene, deps, signal));
      return { ...result, ...list() };
    },
  };
}

/** Those of the tiers, and beside them the models that settings name and free ones on this machine, each once. */
function routesOf(scene: Scene, nowMs: number): readonly Route[] {
  const { mode, completions } = scene.settings;
  const named = completions.model === null ? [] : scene.routesFor(completions.model);
  const routes = [...scene.routes];
  const seen = new Set(routes.map(routeName));
  for (const route of [...scene.routesFor(mode), ...named, ...scene.localRoutes]) {
    if (seen.has(routeName(route))) continue;
    seen.add(routeName(route));
    routes.push(route);
  }
  return priceRoutes(routes, nowMs);
}

/** Free models on this machine that nothing names: they are there for a cap that leaves nothing else. */
function reserveOf({ routes, localRoutes, settings }: Scene): ReadonlySet<string> {
  const named = new Set([...routes.map(routeName), settings.mode, settings.completions.model]);
  return new Set(localRoutes.map(routeName).filter((name) => !named.has(name)));
}

function rowOf(route: Route, known: RouteKnowledge, paused: ReadonlySet<string>): RouteRow {
  const { providerId, modelId, tier, simulated } = route;
  const row = {
    providerId,
    modelId,
    tier,
    host: new URL(route.origin).host,
    simulated,
    ...known,
    price: priceOf(route),
    facts: factsOf(route),
  };
  return paused.has(routeName(route)) ? { ...row, state: "paused", why: "by you", untilMs: null } : row;
}

function unaskedRow(route: Route, known: RouteKnowledge, state: "off" | "keyless"): RouteRow {
  return { ...rowOf(route, known, new Set()), state, why: unaskedWords[state], untilMs: null };
}

const unaskedWords = { off: switchedOffWords, keyless: 'run "Wayfare: Change Key"' } as const;

function factsOf(route: Route): NonNullable<RouteRow["facts"]> {
  return {
    windowTokens: route.windowTokens,
    ...(route.largestWindowTokens == null ? {} : { largestWindowTokens: route.largestWindowTokens }),
    assumedWindowTokens: ASSUMED_WINDOW_TOKENS,
    maxOutputTokens: route.maxOutputTokens,
    takesImages: route.takesImages ?? null,
    takesTools: route.takesTools ?? null,
    thinks: route.thinks ?? null,
    fillsHoles: (route.fim ?? null) !== null,
    sources: route.factSources ?? {},
  };
}

function priceOf({ price }: Route): RouteRow["price"] {
  if (price === null) return null;
  if (price === "free" || isFree(price)) return "free";
  const [{ inputUsd, outputUsd }] = price.tiers;
  return { inputUsd, outputUsd };
}

async function testRoute(params: RouteParams, scene: Scene, deps: RoutesDeps, signal: AbortSignal): Promise<RouteTest> {
  const name = routeName(params);
  const nowMs = deps.clock.now();
  // What can be picked by hand can be tested, in a tier or not.
  const all = [...routesOf(scene, nowMs), ...priceRoutes(scene.routesFor(name), nowMs)];
  const route = all.find((each) => routeName(each) === name);
  if (route === undefined) {
    throw new FailureError({
      kind: "unknown-model",
      model: params.modelId,
      message: `${name} is not set up any more.`,
    });
  }
  const { store } = deps;
  const silent = deps.world.silent(name);
  if (store === null || silent?.kind === "ledger") {
    const failure = silent ?? { kind: "ledger" as const, message: "The books are not open. Restart Wayfare." };
    return { ok: false, firstTokenMs: null, costNano: 0, failure };
  }
  const { timeouts } = deps.facts.knowledgeOf(route, nowMs);
  const patience = isLocal(route) ? patientTimeouts : timeouts;
  const inputTokens = estimateTokens(question);
  const requestId = deps.createId();
  const plan = [{ route, reason: "you tested it", expectedCostNano: null }];
  const result = await failover(
    {
      sessionId: TESTS_SESSION,
      turnId: requestId,
      kind: "helper",
      workspace: deps.workspace,
      steps: plan,
      messages: [{ role: "user", text: question }],
      inputTokens,
      boundTokens: question.length,
      maxOutputTokens: TEST_OUTPUT_TOKENS,
      leastOutputTokens: LEAST_OUTPUT_TOKENS,
      caps: scene.settings.budget.caps,
      ladder: [],
      timeouts: { usual: patience, patient: patience, bounds: chatBounds },
    },
    {
      ledger: store.ledger,
      clock: deps.clock,
      random: deps.random,
      createId: deps.createId,
      providerOf: scene.providerOf,
      ...(deps.onFault === undefined ? {} : { onLedgerFault: deps.onFault }),
      ...(deps.onAttempt === undefined ? {} : { onAttempt: deps.onAttempt }),
      ...(deps.calibration === undefined ? {} : { calibration: deps.calibration }),
      ...(deps.health === undefined ? {} : { health: deps.health }),
      ...(deps.offline === undefined ? {} : { offline: deps.offline }),
    },
    () => undefined,
    signal,
  );
  const { workspace } = deps;
  const asTest = { requestId, kind: "helper", sessionId: TESTS_SESSION, language: "", mode: name } as const;
  const audited = auditOfWalk({ ...asTest, workspace, plan }, result);
  if (audited !== null) deps.audit?.ended(audited);
  if (result.state === "cancelled") throw new DOMException("The test was cancelled", "AbortError");
  const costs = result.attempts.map(({ costNano }) => costNano);
  return {
    ok: result.state === "done",
    firstTokenMs: result.attempts.at(-1)?.firstTokenMs ?? null,
    costNano: costs.reduce<number | null>((sum, cost) => (sum === null || cost === null ? null : sum + cost), 0),
    failure: result.failure,
  };
}
