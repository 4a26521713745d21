import type { Tier } from "../../shared/answer.ts";
import type { EstimateResult, Shortage } from "../../shared/estimate.ts";
import type { LadderStep } from "../../shared/settings.ts";
import type { Route } from "../core/provider.ts";
import { type RouteStep, stepDown, stepFurtherDown } from "../core/step-down.ts";
import type { ForeseenHold } from "./hold-money.ts";

export interface ForeseenWalk {
  /** The route that would be asked first; null: none would. */
  asked: Route | null;
  /** It is none of the plan's: a free model of no tier. */
  isLocal: boolean;
  inTheWay: EstimateResult["inTheWay"];
}

/** Whom the walk of a plan would ask first, by the same ladder, were each hold to end as `hold` foresees it. */
export function foreseeWalk(facts: {
  /** Those that can be reached, in the order to try. */
  steps: readonly RouteStep[];
  localSteps: readonly RouteStep[];
  ladder: readonly LadderStep[];
  hold(route: Route): ForeseenHold;
  neededNano(route: Route): number | null;
}): ForeseenWalk {
  const { localSteps, ladder, neededNano } = facts;
  const refused: { tier: Tier; shortage: Shortage }[] = [];
  let rest = facts.steps;
  for (let step = rest[0]; step !== undefined; step = rest[0]) {
    const { route } = step;
    const hold = facts.hold(route);
    if (hold.state === "held") {
      const isLocal = !facts.steps.some((each) => each.route === route);
      return { asked: route, isLocal, inTheWay: refused.find(({ tier }) => isLocal || tier !== route.tier) ?? null };
    }
    const { cap, shortage } = hold;
    refused.push({ tier: route.tier, shortage });
    rest = rest.slice(1);
    rest =
      refused.length === 1
        ? stepDown({ rest, localSteps, ladder, refused: route, cap, neededNano })
        : stepFurtherDown(rest, route, neededNano);
  }
  const [first, ...others] = refused;
  return { asked: null, isLocal: false, inTheWay: first === undefined ? null : others.reduce(leastNeeding, first) };
}

type Refused = NonNullable<EstimateResult["inTheWay"]>;

/** The refusal that the person would read: as for the failure of a walk, that of the least need. */
function leastNeeding(earlier: Refused, later: Refused): Refused {
  if (earlier.shortage.kind !== "too-little" || later.shortage.kind !== "too-little") return earlier;
  return later.shortage.neededNano < earlier.shortage.neededNano ? later : earlier;
}
