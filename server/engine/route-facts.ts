import type { Route } from "../core/provider.ts";
import { routeName } from "../core/provider.ts";
import type { Clock } from "./clock.ts";
import type { Cooling } from "./cooling.ts";
import type { RouteFacts } from "./routes.ts";
import { chatTimeouts } from "./timers.ts";

/** What the pauses of this process tell of a route; of its speed and its failures nothing is kept there. */
export function factsOfCooling(cooling: Pick<Cooling, "pauses">, clock: Clock): RouteFacts {
  return {
    knowledgeOf(route: Route, nowMs: number) {
      const ticksMs = clock.ticks();
      const pause = cooling.pauses([route], ticksMs).get(routeName(route));
      return {
        state: pause === undefined ? "ready" : "resting",
        why: pause?.why ?? null,
        untilMs: pause === undefined ? null : nowMs + pause.untilMs - ticksMs,
        firstTokenP50Ms: null,
        firstTokenP95Ms: null,
        tokensPerSecond: null,
        requests: 0,
        failures: 0,
        lastUsedMs: null,
        timeouts: { ...chatTimeouts, learned: false },
      };
    },
  };
}
