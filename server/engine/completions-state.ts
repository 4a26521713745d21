import type { CompletionsState } from "../../shared/protocol.ts";
import { switchedOffWords } from "../core/bar-routes.ts";
import { isInPool } from "../core/narrow-pool.ts";
import { planCompletion } from "../core/plan-completion.ts";
import { type Route, routeName } from "../core/provider.ts";
import type { Settings } from "../core/read-settings.ts";

/** Of an ordinary completion, for the question which model comes first. */
const TYPICAL_TOKENS = { inputTokens: 1_500, maxOutputTokens: 256 };

/**
 * Whether completions are on with these settings, and why not although they are wanted. They are wanted when the person
 * turned them on, or said nothing while every model is simulated and so costs nothing. `routes` are those of the tiers
 * and the model that `wayfare.completions.model` names.
 */
export function completionsState(facts: {
  settings: Pick<Settings, "completions" | "pool" | "budget"> & Partial<Pick<Settings, "switchedOff">>;
  routes: readonly Route[];
  trusted: boolean;
}): CompletionsState {
  const { settings, routes, trusted } = facts;
  const { enabled, languages, model } = settings.completions;
  const isWanted = enabled ?? (routes.length > 0 && routes.every((route) => route.simulated));
  const off = (why: string | null): CompletionsState => ({ on: false, why, languages, model: null });
  if (!isWanted) return off(null);
  if (!trusted) return off("this workspace is not trusted");

  const isOff = (id: string): boolean => settings.switchedOff?.some((each) => each.id === id) === true;
  if (model !== null && isOff(model.slice(0, model.indexOf("/")))) return off(switchedOffWords);
  const inPool = routes.filter((route) => isInPool(routeName(route), settings.pool));
  if (inPool.length === 0 && routes.length > 0) return off("wayfare.pool leaves no model");
  const planned = planCompletion({
    routes: inPool,
    model,
    canFill: (route) => route.fim !== undefined && route.fim !== null,
    isCapped: settings.budget.caps.length + settings.budget.completionCaps.length > 0,
    ...TYPICAL_TOKENS,
    cooling: new Map(),
    nowMs: 0,
    isInvoked: false,
  });
  const first = planned.ok ? planned.plan[0] : undefined;
  if (first === undefined) return off(planned.ok ? null : planned.why);
  return { on: true, why: null, languages, model: routeName(first.route) };
}
