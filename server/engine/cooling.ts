import type { Failure } from "../../shared/failure.ts";
import { actionFor, type CoolScope, describeAttempt } from "../core/failure-action.ts";
import { type Route, routeName } from "../core/provider.ts";

/** Which routes are left alone for now, from what happened to earlier requests of this process. Times are ticks of the clock. */
export interface Cooling {
  failed(route: Route, failure: Failure, ticksMs: number): void;
  /** A success proves the host, the key and the model well again. */
  answered(route: Route): void;
  /** By `routeName`, as the plan takes it. */
  pauses(routes: readonly Route[], ticksMs: number): Map<string, { untilMs: number; why: string }>;
  /** The person changed the settings or a key: everything gets another chance. */
  clear(): void;
}

/** Far more hosts, keys and models than a person uses; beyond it the oldest pause is forgotten. */
const MOST_PAUSES = 500;

export function createCooling(): Cooling {
  const pauses = new Map<string, { untilMs: number; why: string }>();
  const put = (key: string, pause: { untilMs: number; why: string }): void => {
    pauses.delete(key);
    pauses.set(key, pause);
    const oldest = pauses.keys().next();
    if (pauses.size > MOST_PAUSES && oldest.done !== true) pauses.delete(oldest.value);
  };
  return {
    failed(route, failure, ticksMs) {
      const { coolMs, coolScope } = actionFor(failure);
      if (coolScope === "none" || coolMs === 0) return;
      const pause = { untilMs: ticksMs + coolMs, why: describeAttempt(failure) };
      put(keyOf(route, coolScope), pause);
      // Another model may answer with the same key meanwhile. That frees the key, and not the model that asked for a rest.
      if (failure.kind === "rate-limit") put(keyOf(route, "model"), pause);
    },
    answered(route) {
      for (const scope of scopes) pauses.delete(keyOf(route, scope));
    },
    pauses(routes, ticksMs) {
      const found = new Map<string, { untilMs: number; why: string }>();
      if (pauses.size === 0) return found;
      for (const route of routes) {
        for (const scope of scopes) {
          const pause = pauses.get(keyOf(route, scope));
          const known = found.get(routeName(route));
          if (pause !== undefined && pause.untilMs > Math.max(ticksMs, known?.untilMs ?? 0)) {
            found.set(routeName(route), pause);
          }
        }
      }
      return found;
    },
    clear: () => pauses.clear(),
  };
}

const scopes: readonly Exclude<CoolScope, "none">[] = ["host", "key", "model"];

function keyOf(route: Route, scope: Exclude<CoolScope, "none">): string {
  if (scope === "host") return `host ${route.origin}`;
  // Two wires of one provider are two vendors, each with its own limits and account.
  if (scope === "key") return `key ${route.origin} ${route.providerId} ${route.wire}`;
  return `model ${route.origin} ${route.modelId}`;
}
