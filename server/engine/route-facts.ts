import type { Route } from "../core/provider.ts";
import type { Health } from "./health.ts";
import type { RouteFacts } from "./routes.ts";
import { chatBounds, chatTimeouts } from "./timers.ts";

/** What the page of routes shows of a route's health; its timers are those of a short question. */
export function factsOfHealth(health: Pick<Health, "of">): RouteFacts {
  return {
    knowledgeOf(route: Route) {
      const { speed, ...known } = health.of(route, chatTimeouts, chatBounds);
      return {
        ...known,
        firstTokenP50Ms: speed.firstContentP50Ms,
        firstTokenP95Ms: speed.firstContentP95Ms,
        tokensPerSecond: speed.tokensPerSecond,
      };
    },
  };
}
