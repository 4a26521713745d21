import type { Failure } from "../../shared/failure.ts";
import { actionFor } from "../core/failure-action.ts";
import type { Route } from "../core/provider.ts";

/** Why some routes of a plan need not be tried any more, learned from the attempts before them. */
export interface Avoided {
  add(route: Route, failure: Failure): void;
  has(route: Route): boolean;
}

/**
 * A refused key or an empty account speaks for every model behind it, a dead host for every model on it, and a prompt
 * too long for one window is too long for a smaller one. Lives as long as one walk of a plan.
 */
export function createAvoided(): Avoided {
  const keys = new Set<string>();
  const hosts = new Set<string>();
  let minWindowTokens = 0;
  return {
    add(route, failure) {
      const action = actionFor(failure);
      if (failure.kind === "auth" || failure.kind === "quota") keys.add(`${route.providerId} ${route.origin}`);
      if (action.coolScope === "host") hosts.add(route.origin);
      if (action.needsLargerWindow) minWindowTokens = Math.max(minWindowTokens, (route.windowTokens ?? 0) + 1);
    },
    has: (route) =>
      keys.has(`${route.providerId} ${route.origin}`) ||
      hosts.has(route.origin) ||
      (route.windowTokens !== null && route.windowTokens < minWindowTokens),
  };
}
