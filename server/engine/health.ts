import type { Attempt } from "../../shared/answer.ts";
import { type Failure, failureOf } from "../../shared/failure.ts";
import { actionFor } from "../core/failure-action.ts";
import {
  afterAnswer,
  afterFailure,
  faded,
  failureShare,
  type HealthRecord,
  healthState,
  limitedUntil,
  limitsAfterSending,
  unknownHealth,
} from "../core/health.ts";
import {
  learnTimers,
  requestClass,
  type Speed,
  type SpeedSample,
  speedOf,
  type TimeoutBounds,
  type Timeouts,
  withSample,
} from "../core/learn-timers.ts";
import type { PlanPause } from "../core/plan-route.ts";
import { type RateLimits, type Route, routeName } from "../core/provider.ts";
import type { RouteSpeed } from "../core/weigh-routes.ts";
import type { HealthChanges, HealthStore } from "../store/health-store.ts";
import { createHealthWriter } from "./write-health.ts";

/** One attempt, as its route's health sees it. */
export interface AttemptFacts {
  kind: "chat" | "completion" | "helper";
  /** Our estimate of the prompt. */
  inputTokens: number;
  /** When it left, in milliseconds since 1970. */
  startedAtMs: number;
  outcome: Attempt["outcome"];
  failure: Failure | null;
  timing: SpeedSample;
}

/** What is shown of a route's health. */
export interface RouteHealth {
  state: "ready" | "resting" | "probing" | "limited";
  why: string | null;
  untilMs: number | null;
  speed: Speed;
  /** They fade with time, so they may be fractions. */
  requests: number;
  failures: number;
  /** When an attempt at it ended last, and told something of it. */
  lastUsedMs: number | null;
  timeouts: Timeouts & { learned: boolean };
}

/**
 * How routes have been, for all that plan and wait: shared by the windows of a host through the store, and kept over a
 * restart; where the books cannot be opened it holds for this process. What is simulated stays in memory.
 */
export interface Health {
  /** A request is about to leave. A route that is to show whether it is well again takes no second one meanwhile. */
  begin(route: Route, inputTokens: number): void;
  /** The headers of an answer tell what is left of the key's limits. */
  heard(route: Route, limits: RateLimits): void;
  /** The same request has ended, whatever way. */
  ended(route: Route, facts: AttemptFacts): void;
  /** By `routeName`, as the plan takes it. */
  pauses(routes: readonly Route[], inputTokens: number): Map<string, PlanPause>;
  speeds(routes: readonly Route[], request: { kind: string; inputTokens: number }): Map<string, RouteSpeed>;
  timeoutsFor(
    route: Route,
    request: { kind: string; inputTokens: number },
    usual: Timeouts,
    bounds: TimeoutBounds,
  ): Timeouts & { learned: boolean };
  /** When the first of these may be asked again, and which; null when none rests. */
  soonest(routes: readonly Route[]): { route: Route; untilMs: number } | null;
  /** Why the key of a route was refused lately, in a few words: the key itself, or its account's credit. null: it was not. */
  keyTrouble(route: Route): string | null;
  /** Its host was blamed for what this machine's own network did. */
  forgive(route: Route): void;
  of(route: Route, usual: Timeouts, bounds: TimeoutBounds): RouteHealth;
  /** The person changed something, or wants to see a route asked: everything gets another chance. Speeds stay. */
  clear(): void;
}

export interface HealthDeps {
  /** null while the books are not open. */
  store(): HealthStore | null;
  /** Milliseconds since 1970. */
  now(): number;
  /** What could not be kept; the requests go on. */
  onFault(failure: Failure): void;
  /**
   * Runs something soon: how an answer went is written down with those of the same moment. What failed is written at once.
   * Absent: everything is.
   */
  soon?(run: () => void): void;
}

/** `isLimit`: by what the vendor's headers say is left, before it has refused anything. */
interface RoutePause extends Required<PlanPause> {
  isLimit: boolean;
}

const NO_SAMPLES: SpeedSample[] = [];
const scopes = ["host", "key", "model"] as const;
const kinds = ["chat", "completion", "helper"] as const;
/** Far more than a person's providers have. */
const MOST_NAMES = 2_000;

export function createHealth(deps: HealthDeps): Health {
  const records = new Map<string, HealthRecord>();
  const speeds = new Map<string, SpeedSample[]>();
  /** Samples never change, they are replaced: what was read out of some holds for as long as they do. */
  const known = new WeakMap<readonly SpeedSample[], Speed>();
  const speedOfSamples = (samples: readonly SpeedSample[]): Speed => {
    const before = known.get(samples);
    if (before !== undefined) return before;
    const speed = speedOf(samples);
    known.set(samples, speed);
    return speed;
  };
  /** When the requests under way have left, by the name of each record that they concern. */
  const underWay = new Map<string, number[]>();
  /** Records of simulated routes, which live in no book. */
  const played = new Set<string>();
  const takeOver = (changes: HealthChanges): void => {
    // What comes from the store is older than what is on its way there.
    for (const [name, record] of changes.records) if (!writer.isPending(name)) keep(records, name, record);
    for (const [name, samples] of changes.speeds) if (!writer.isPending(name)) keep(speeds, name, samples);
  };
  const writer = createHealthWriter({ ...deps, onWritten: takeOver });

  /** Takes over what other windows have found out. */
  const refresh = (): void => {
    try {
      const changes = deps.store()?.changes();
      if (changes !== undefined) takeOver(changes);
    } catch (error) {
      deps.onFault(failureOf(error));
    }
  };

  const change = (
    route: Route,
    recordChanges: { name: string; change(before: HealthRecord): HealthRecord }[],
    sample: { name: string; value: SpeedSample } | null,
    isUrgent: boolean,
  ): void => {
    for (const { name, change } of recordChanges) keep(records, name, change(records.get(name) ?? unknownHealth()));
    if (sample !== null) keep(speeds, sample.name, withSample(speeds.get(sample.name) ?? [], sample.value));
    const store = deps.store();
    if (route.simulated) for (const { name } of recordChanges) played.add(name);
    if (route.simulated || store === null) return;
    writer.add(
      recordChanges.map(({ name, change }) => ({ name, change: (before) => change(before ?? unknownHealth()) })),
      sample === null ? [] : [{ name: sample.name, change: (before) => withSample(before ?? [], sample.value) }],
      isUrgent,
    );
  };

  const began = (route: Route): void => {
    for (const scope of scopes) {
      const name = nameOf(route, scope);
      const left = underWay.get(name);
      if (left === undefined) underWay.set(name, [deps.now()]);
      else left.push(deps.now());
    }
  };
  const over = (route: Route, startedAtMs: number): void => {
    for (const scope of scopes) {
      const name = nameOf(route, scope);
      const left = underWay.get(name);
      if (left === undefined) continue;
      // The one that left at that time, or just after: it was told of in between.
      const index = left.findIndex((atMs) => atMs >= startedAtMs);
      left.splice(index < 0 ? 0 : index, 1);
      if (left.length === 0) underWay.delete(name);
    }
  };
  /** Whether a request that left after a rest had ended is still to show what came of it. */
  const isProbed = (name: string, { rest }: HealthRecord): boolean =>
    rest !== null && (underWay.get(name) ?? []).some((atMs) => atMs >= rest.atMs + rest.restMs);

  /** What keeps a route from being asked now: a time that its vendor named before all else, then what lasts longest. */
  const pauseOf = (route: Route, inputTokens: number, nowMs: number): RoutePause | null => {
    const pauses: RoutePause[] = [];
    for (const scope of scopes) {
      const name = nameOf(route, scope);
      const record = records.get(name);
      if (record === undefined) continue;
      const health = healthState(record, nowMs);
      if (health.state === "open") pauses.push({ ...health, isLimit: false });
      if (health.state === "half-open" && isProbed(name, record)) {
        pauses.push({ untilMs: Number.POSITIVE_INFINITY, why: health.why, ends: "passing", isLimit: false });
      }
      const limit = scope === "key" ? limitedUntil(record, inputTokens, nowMs) : null;
      if (limit !== null) pauses.push({ ...limit, ends: "passing", isLimit: true });
    }
    const rank = ({ ends }: RoutePause) => Number(ends === "named");
    return pauses.sort((a, b) => rank(b) - rank(a) || b.untilMs - a.untilMs)[0] ?? null;
  };

  return {
    begin(route, inputTokens) {
      began(route);
      const key = nameOf(route, "key");
      const record = records.get(key);
      if (record !== undefined && record.limits !== null) keep(records, key, limitsAfterSending(record, inputTokens));
    },
    heard(route, limits) {
      change(route, [{ name: nameOf(route, "key"), change: (before) => ({ ...before, limits }) }], null, false);
    },
    ended(route, facts) {
      over(route, facts.startedAtMs);
      const nowMs = deps.now();
      const { outcome, failure, timing, startedAtMs } = facts;
      const changes: { name: string; change(before: HealthRecord): HealthRecord }[] = [];
      if (outcome === "done") {
        for (const scope of scopes) {
          const name = nameOf(route, scope);
          // A host and a key that nothing stands against need no row for each answer.
          if (scope !== "model" && (records.get(name)?.rest ?? null) === null) continue;
          changes.push({ name, change: (before) => afterAnswer(before, startedAtMs, nowMs) });
        }
      } else if (outcome === "failed" && failure !== null) {
        const { coolScope, weighs } = actionFor(failure);
        for (const scope of scopes) {
          const concerns = scope === coolScope || (scope === "model" && (weighs || failure.kind === "rate-limit"));
          if (!concerns) continue;
          changes.push({
            name: nameOf(route, scope),
            change: (before) => afterFailure(before, failure, scope, nowMs),
          });
        }
      }
      const isGivenUp = failure?.kind === "silence" || failure?.kind === "stall";
      const waited = isGivenUp ? withWaiting(timing, failure) : timing;
      const sample =
        outcome === "done" || isGivenUp
          ? { name: speedName(route, requestClass(facts.kind, facts.inputTokens)), value: waited }
          : null;
      if (changes.length > 0 || sample !== null) change(route, changes, sample, outcome !== "done");
    },
    pauses(routes, inputTokens) {
      refresh();
      const nowMs = deps.now();
      const found = new Map<string, PlanPause>();
      if (records.size === 0) return found;
      for (const route of routes) {
        const pause = pauseOf(route, inputTokens, nowMs);
        if (pause === null) continue;
        const { untilMs, why, ends } = pause;
        found.set(routeName(route), { untilMs, why, ends });
      }
      return found;
    },
    speeds(routes, { kind, inputTokens }) {
      const nowMs = deps.now();
      const found = new Map<string, RouteSpeed>();
      for (const route of routes) {
        const record = records.get(nameOf(route, "model"));
        const samples = speeds.get(speedName(route, requestClass(kind, inputTokens)));
        if (record === undefined && samples === undefined) continue;
        const { firstContentP50Ms, tokensPerSecond } = speedOfSamples(samples ?? NO_SAMPLES);
        found.set(routeName(route), {
          firstContentMs: firstContentP50Ms,
          tokensPerSecond,
          failureShare: record === undefined ? 0 : failureShare(record, nowMs),
        });
      }
      return found;
    },
    timeoutsFor(route, { kind, inputTokens }, usual, bounds) {
      return learnTimers(speeds.get(speedName(route, requestClass(kind, inputTokens))) ?? [], usual, bounds);
    },
    soonest(routes) {
      const nowMs = deps.now();
      let found: { route: Route; untilMs: number } | null = null;
      for (const route of routes) {
        const untilMs = pauseOf(route, 0, nowMs)?.untilMs;
        if (untilMs === undefined || !Number.isFinite(untilMs)) continue;
        if (found === null || untilMs < found.untilMs) found = { route, untilMs };
      }
      return found;
    },
    keyTrouble(route) {
      refresh();
      const record = records.get(nameOf(route, "key")) ?? unknownHealth();
      // Of a key nothing else lasts: whatever passes by itself is a limit.
      return record.rest?.ends === "lasting" && healthState(record, deps.now()).state !== "closed"
        ? record.rest.why
        : null;
    },
    forgive(route) {
      const blameless = (before: HealthRecord): HealthRecord => ({
        ...before,
        rest: null,
        failures: Math.max(before.failures - 1, 0),
        requests: Math.max(before.requests - 1, 0),
      });
      change(
        route,
        [nameOf(route, "host"), nameOf(route, "model")].map((name) => ({ name, change: blameless })),
        null,
        true,
      );
    },
    of(route, usual, bounds) {
      refresh();
      const nowMs = deps.now();
      const record = records.get(nameOf(route, "model")) ?? unknownHealth();
      const pause = pauseOf(route, 0, nowMs);
      const halfOpen = scopes
        .map((scope) => healthState(records.get(nameOf(route, scope)) ?? unknownHealth(), nowMs))
        .find(({ state }) => state === "half-open");
      const ofChat = kinds.flatMap((kind) =>
        ["short", "middle", "long"].flatMap((size) => speeds.get(speedName(route, `${kind} ${size}`)) ?? []),
      );
      const isResting = pause !== null && Number.isFinite(pause.untilMs);
      const state = isResting ? (pause.isLimit ? "limited" : "resting") : halfOpen === undefined ? "ready" : "probing";
      return {
        state,
        why: pause?.why ?? (halfOpen?.state === "half-open" ? halfOpen.why : null),
        untilMs: isResting ? pause.untilMs : null,
        speed: speedOf(ofChat),
        ...faded(record, nowMs),
        lastUsedMs: record.countedAtMs === 0 ? null : record.countedAtMs,
        timeouts: learnTimers(speeds.get(speedName(route, "chat short")) ?? [], usual, bounds),
      };
    },
    clear() {
      const blamed = [...records].filter(([, each]) => each.rest !== null || each.limits !== null || each.failures > 0);
      const afresh = (before: HealthRecord): HealthRecord => ({ ...unknownHealth(), countedAtMs: before.countedAtMs });
      for (const [name, record] of blamed) keep(records, name, afresh(record));
      const store = deps.store();
      const kept = blamed.filter(([name]) => !played.has(name));
      if (kept.length === 0 || store === null) return;
      store
        .update(
          kept.map(([name]) => ({ name, change: (before) => afresh(before ?? unknownHealth()) })),
          [],
        )
        .catch((error: unknown) => deps.onFault(failureOf(error)));
    },
  };
}

/** The name of what a failure speaks of. Two wires of one provider are two vendors, each with its own limits and account. */
function nameOf(route: Route, scope: (typeof scopes)[number]): string {
  if (scope === "host") return `host ${route.origin}`;
  if (scope === "key") return `key ${route.origin} ${route.wire} ${route.account ?? route.providerId}`;
  return `model ${route.origin} ${route.modelId}`;
}

function speedName(route: Route, requestClass: string): string {
  return `${requestClass} ${route.origin} ${route.modelId}`;
}

/** An attempt that was given up had waited at least so long: that is what it tells. */
function withWaiting(timing: SpeedSample, failure: Extract<Failure, { kind: "silence" | "stall" }>): SpeedSample {
  const none: SpeedSample = {
    headersMs: null,
    firstContentMs: null,
    gapMs: null,
    tokensPerSecond: null,
    isGivenUp: true,
  };
  const { waitedMs } = failure;
  if (failure.kind === "stall") return { ...none, gapMs: waitedMs };
  return failure.phase === "headers"
    ? { ...none, headersMs: waitedMs, firstContentMs: waitedMs }
    : { ...none, headersMs: timing.headersMs, firstContentMs: waitedMs };
}

function keep<Value>(map: Map<string, Value>, name: string, value: Value): void {
  map.delete(name);
  map.set(name, value);
  const oldest = map.keys().next();
  if (map.size > MOST_NAMES && oldest.done !== true) map.delete(oldest.value);
}
