import type { LadderStep } from "../../shared/settings.ts";
import { isFree } from "./price.ts";
import { type Route, routeName } from "./provider.ts";

/** A route in the order to try, with the reason it stands there. */
export interface RouteStep {
  route: Route;
  reason: string;
  /** It rests: only asked when every other has failed, and no reason to give up sooner on one that is well. */
  isLastResort?: true;
}

/** What is left to try after a further route was refused: only what needs less than that one did. */
export function stepFurtherDown(
  rest: readonly RouteStep[],
  refused: Route,
  neededNano: (route: Route) => number | null,
): RouteStep[] {
  const limit = neededNano(refused) ?? 0;
  return rest.filter((each) => (neededNano(each.route) ?? limit) < limit);
}

/**
 * What is left to try after a route was refused for its money, by the ladder: `cheap` goes on to what the plan has that
 * costs less, never to what costs as much or more; `local` to what is free, in the plan or on this machine beside it. No
 * real question goes down to a simulated answer. Each step's reason says that money brought the request here. [] refuses.
 */
export function stepDown(facts: {
  /** What the plan has after the refused route. */
  rest: readonly RouteStep[];
  /** Free routes of no tier. */
  localSteps: readonly RouteStep[];
  ladder: readonly LadderStep[];
  refused: Route;
  /** What was in the way: "this workspace's $1.00 a day". */
  cap: string;
  /** The least a route would hold for this request; null when its price is not known. */
  neededNano(route: Route): number | null;
}): RouteStep[] {
  const { rest, localSteps, ladder, refused, neededNano } = facts;
  const limit = neededNano(refused) ?? Number.POSITIVE_INFINITY;
  const because = `${routeName(refused)} does not fit under ${facts.cap}`;
  const found = new Map<string, RouteStep>();
  const add = ({ route }: RouteStep, what: string): void => {
    const name = routeName(route);
    if (!found.has(name)) found.set(name, { route, reason: `${what}: ${because}` });
  };
  for (const ladderStep of ladder) {
    for (const step of rest) {
      const needed = neededNano(step.route);
      if (step.route.simulated || needed === null || needed >= limit) continue;
      if (isFree(step.route.price)) add(step, "free");
      else if (ladderStep === "cheap") add(step, "less expensive");
    }
    if (ladderStep !== "local") continue;
    for (const step of localSteps) add(step, "free on this machine, though in no tier");
  }
  return [...found.values()];
}
