import type { Failure } from "../../shared/failure.ts";
import { actionFor } from "../core/failure-action.ts";
import type { Route } from "../core/provider.ts";

/** Why some routes of a plan need not be tried any more, or only when nothing else is left, as attempts have shown. */
export interface Avoided {
  add(route: Route, failure: Failure): void;
  /** True when asking it would be in vain. */
  has(route: Route): boolean;
  /** True when it is worth a try only where no other route is left. */
  isLast(route: Route): boolean;
}

/**
 * A refused key, an empty account or a page instead of an API speaks for every model behind the same address; a host that
 * cannot be reached for every model on it; and a prompt too long for one window is too long for one that is no larger. A
 * reset connection speaks for nothing but itself. A rate limit belongs to the key on its host, and a window that nobody
 * knows may be as small as the one that was too small: such routes come after all others, and are asked rather than
 * nobody, since some limits hold for one model only. Lives as long as one walk of a plan.
 */
export function createAvoided(): Avoided {
  const services = new Set<string>();
  const limited = new Set<string>();
  const hosts = new Set<string>();
  let minWindowTokens = 0;
  return {
    add(route, failure) {
      if (failure.kind === "auth" || failure.kind === "quota" || failure.kind === "not-an-api") {
        services.add(serviceOf(route));
      }
      if (failure.kind === "rate-limit") limited.add(serviceOf(route));
      if (failure.kind === "network" && failure.cause !== "reset") hosts.add(route.origin);
      if (actionFor(failure).needsLargerWindow) {
        minWindowTokens = Math.max(minWindowTokens, (route.windowTokens ?? 0) + 1);
      }
    },
    has: (route) =>
      services.has(serviceOf(route)) ||
      hosts.has(route.origin) ||
      (route.windowTokens !== null && route.windowTokens < minWindowTokens),
    isLast: (route) => limited.has(serviceOf(route)) || (minWindowTokens > 0 && route.windowTokens === null),
  };
}

/** A key at its vendor: two wires of one provider are two vendors. */
function serviceOf({ providerId, origin, wire }: Route): string {
  return `${providerId} ${wire} ${origin}`;
}
