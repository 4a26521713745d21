import type { Failure } from "../../shared/failure.ts";
import { actionFor } from "../core/failure-action.ts";
import type { Route } from "../core/provider.ts";

/** Why some routes of a plan need not be tried any more, learned from the attempts before them. */
export interface Avoided {
  add(route: Route, failure: Failure): void;
  has(route: Route): boolean;
}

/**
 * A refused key, an empty account or a page instead of an API speaks for every model behind the same address; a host that
 * cannot be reached for every model on it; and a prompt too long for one window is too long for a smaller one. A reset
 * connection speaks for nothing but itself. Lives as long as one walk of a plan.
 */
export function createAvoided(): Avoided {
  const services = new Set<string>();
  const hosts = new Set<string>();
  let minWindowTokens = 0;
  return {
    add(route, failure) {
      if (failure.kind === "auth" || failure.kind === "quota" || failure.kind === "not-an-api") {
        services.add(serviceOf(route));
      }
      if (failure.kind === "network" && failure.cause !== "reset") hosts.add(route.origin);
      if (actionFor(failure).needsLargerWindow) {
        minWindowTokens = Math.max(minWindowTokens, (route.windowTokens ?? 0) + 1);
      }
    },
    has: (route) =>
      services.has(serviceOf(route)) ||
      hosts.has(route.origin) ||
      (route.windowTokens !== null && route.windowTokens < minWindowTokens),
  };
}

function serviceOf({ providerId, origin, wire }: Route): string {
  return `${providerId} ${wire} ${origin}`;
}
