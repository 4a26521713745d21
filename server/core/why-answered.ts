import type { Tier } from "../../shared/answer.ts";
import { type Route, routeName } from "./provider.ts";

/**
 * Why the answer comes from the model it comes from, in a clause: one for the line of the chat, the headers of the
 * endpoint and the books. `why` is the plan's own reason. Where money stood in the way it says that; where every model of
 * the tier that the plan began with failed, that none of them answered.
 */
export function whyAnswered(
  planned: {
    mode: string;
    why: string;
    /** What the plan begins with; null: an empty plan. */
    first: Pick<Route, "tier"> | null;
    /** The tier that the question was taken for, where nobody chose one. */
    found: Tier | null;
  },
  walked: {
    /** null: nobody. */
    answeredBy: Pick<Route, "tier"> | null;
    /** Routes that a cap kept from being asked, in order. */
    refused: readonly { route: Pick<Route, "modelId">; reason: string }[];
  },
): string {
  const { mode, why, first } = planned;
  const { answeredBy, refused } = walked;
  if (answeredBy === null) return why;
  const isChosen = mode === "cheap" || mode === "frontier";
  const [dear] = refused;
  if (dear !== undefined) {
    const money = `${dear.route.modelId} ${dear.reason}`;
    return isChosen ? `${why}; ${money}` : money;
  }
  const wanted = isChosen ? mode : planned.found;
  // What the plan does not begin with its reason has told already.
  if (wanted === null || first?.tier !== wanted || answeredBy.tier === wanted) return why;
  return `${why}; no ${wanted} model answered`;
}

/** The routes that failed before this one, each once, behind the reason: "; acme/small and 2 others failed before"; "" for none. */
export function failedBeforeWords(failed: readonly Pick<Route, "providerId" | "modelId">[]): string {
  const [first, second, ...others] = new Set(failed.map(routeName));
  if (first === undefined) return "";
  if (second === undefined) return `; ${first} failed before`;
  return `; ${first} and ${others.length === 0 ? second : `${others.length + 1} others`} failed before`;
}
