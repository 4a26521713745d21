import type { Failure } from "../../shared/failure.ts";
import { isLoopbackHost } from "../../shared/presets.ts";
import type { Route } from "../core/provider.ts";

/** Tells a provider that is down from a machine that has no network. */
export interface Offline {
  /**
   * What the failure of an attempt is in truth: where this machine has lost its network, a failure that says so and blames
   * nobody, else the one that was given. `forgive` is called for each route that was blamed for the same loss before.
   */
  judge(route: Route, failure: Failure, forgive: (route: Route) => void): Failure;
  /** It answered: there is a network. */
  answered(route: Route): void;
}

export interface OfflineDeps {
  /** Whether this machine has an address that others could reach it by. */
  hasNetwork(): boolean;
  ticks(): number;
}

/** Hosts that fail within this of one another fail for one reason. */
const TOGETHER_MS = 30_000;
/** The hosts of one walk of a plan, and some. */
const MOST_LOST = 20;

/**
 * The network is lost when no address is left, or when two hosts that have nothing to do with each other cannot be reached
 * within half a minute and none has answered since. A host that refuses or resets a connection was reached.
 */
export function createOffline({ hasNetwork, ticks }: OfflineDeps): Offline {
  /** Routes on other machines that could not be reached, by origin, since one was. */
  const lost = new Map<string, { route: Route; atMs: number }>();
  return {
    judge(route, failure, forgive) {
      if (failure.kind !== "network" || !cannotReach.has(failure.cause) || isHere(route)) return failure;
      const nowMs = ticks();
      const others = [...lost.values()].filter(
        (each) => each.route.origin !== route.origin && nowMs - each.atMs <= TOGETHER_MS,
      );
      lost.delete(route.origin);
      lost.set(route.origin, { route, atMs: nowMs });
      const oldest = lost.keys().next();
      if (lost.size > MOST_LOST && oldest.done !== true) lost.delete(oldest.value);
      if (others.length === 0 && hasNetwork()) return failure;
      for (const other of others) forgive(other.route);
      const hosts = [...others.map((other) => hostOf(other.route)), hostOf(route)].join(" nor ");
      const what = others.length === 0 ? `${hosts} cannot be reached` : `neither ${hosts} can be reached`;
      return {
        kind: "network",
        cause: "offline",
        host: failure.host,
        message: `This machine seems to be offline: ${what}. Check its network and ask again; no model is held to blame.`,
      };
    },
    answered(route) {
      if (!isHere(route)) lost.clear();
    },
  };
}

const cannotReach: ReadonlySet<string> = new Set(["dns", "unreachable", "connect-timeout"]);

function isHere(route: Route): boolean {
  return isLoopbackHost(new URL(route.origin).hostname);
}

function hostOf(route: Route): string {
  return new URL(route.origin).host;
}
