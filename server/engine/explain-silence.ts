import type { Failure } from "../../shared/failure.ts";
import type { SettingProblem } from "../../shared/settings.ts";
import { isInPool } from "../core/narrow-pool.ts";
import { planRoute } from "../core/plan-route.ts";
import { type Route, routeName } from "../core/provider.ts";
import type { Settings } from "../core/read-settings.ts";
import type { KnownModel } from "./gather-models.ts";

/** Why nothing can be asked with these settings, or null. */
export function whySilent(facts: {
  settings: Settings;
  problems: readonly SettingProblem[];
  routes: readonly Route[];
  models: ReadonlyMap<string, KnownModel>;
  /** Models of providers that are switched off. */
  switchedOff: readonly Route[];
}): Failure | null {
  const { settings, problems, routes, models, switchedOff } = facts;
  const names = [...routes.map(routeName), ...(models.has(settings.mode) ? [settings.mode] : [])];
  if (names.some((name) => isInPool(name, settings.pool))) return null;
  if (routes.length > 0) return whyNothing(routes, settings.pool);
  if (names.length > 0) return null;
  // Someone who set a provider up wants to know what is wrong with it, not how to begin.
  const problem = problems.find(({ field }) => /^wayfare\.(providers|tiers|playground)/.test(field));
  if (problem !== undefined) return { kind: "setup", ...problem };
  if (switchedOff.length > 0) return whyNothing([], [], switchedOff);
  if (settings.providers.length > 0) {
    const [example] = models.keys();
    return {
      kind: "setup",
      field: "wayfare.tiers",
      message: `No model is chosen yet. Run "Wayfare: Add Provider" to have them proposed, or write wayfare.tiers, for example { "cheap": ["${example ?? `${settings.providers[0]?.id}/model`}"] }.`,
    };
  }
  return whyNothing([], []);
}

/** Why no question at all can be asked of these routes, in the plan's own words. */
function whyNothing(
  routes: readonly Route[],
  pool: Settings["pool"],
  switchedOff: readonly Route[] = [],
): Failure | null {
  const nothing = planRoute({
    routes,
    switchedOff,
    pool,
    mode: "auto",
    classification: null,
    inputTokens: 0,
    expectedOutputTokens: 0,
    maxOutputTokens: 0,
    cooling: new Map(),
    nowMs: 0,
  });
  return nothing.ok ? null : nothing.failure;
}
