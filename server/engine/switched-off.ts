import { type Route, routeName } from "../core/provider.ts";
import type { UsableProvider } from "../core/read-providers.ts";
import type { Settings } from "../core/read-settings.ts";
import { wireRowFor } from "../providers/presets.ts";
import {
  buildRoutes,
  type FindKnownPrice,
  gatherModels,
  type KnownModel,
  namesOf,
  tierOfModel,
} from "./gather-models.ts";

/**
 * What is known, without asking anybody, of the models that tiers, mode and completions name of providers that cannot be
 * asked: those that are switched off, or have no key.
 */
export async function unaskedRoutes(
  providers: readonly UsableProvider[],
  settings: Settings,
  deps: { findKnownPrice: FindKnownPrice; now(): number },
): Promise<Route[]> {
  const models = new Map<string, KnownModel>();
  for (const setting of providers) {
    const named = namesOf(settings, setting.id);
    const found = await gatherModels({
      provider: { ...setting, models: (setting.models ?? []).filter(({ id }) => named.includes(id)) },
      wire: wireRowFor(setting.preset, setting.baseUrl).wire,
      named,
      listed: [],
      findKnownPrice: deps.findKnownPrice,
      nowMs: deps.now(),
    });
    for (const model of found) models.set(routeName(model), model);
  }
  const routes = buildRoutes(models, settings.tiers);
  const inTier = new Set(routes.map(routeName));
  const others = [...models].filter(([name]) => !inTier.has(name)).map(([, model]) => model);
  return [...routes, ...others.map((model): Route => ({ ...model, tier: tierOfModel(model, routes) }))];
}
