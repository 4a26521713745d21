import type { Failure } from "../../shared/failure.ts";
import { pickedSwitchedOff, pickedWithoutKey } from "../core/bar-routes.ts";
import { type Route, routeName } from "../core/provider.ts";
import type { UsableProvider } from "../core/read-providers.ts";
import type { Settings } from "../core/read-settings.ts";
import type { RelayModel } from "../core/relay.ts";
import type { Scene } from "./configure.ts";
import { namesOf } from "./gather-models.ts";

/**
 * What a client calls a model: a tier, `provider/model`, the model's own name where only one provider has it, or a name that
 * the settings say what it stands for.
 */
export function nameIn(scene: Scene, model: string): { ok: true; mode: string } | { ok: false; failure: Failure } {
  const { exact, byPattern } = scene.settings.endpoint.names;
  const own = ownName(scene, model);
  const target = exact.get(model) ?? (own.ok || !isUnknown(own.failure) ? null : byPattern(model));
  if (target === null) return own;
  const found = ownName(scene, target);
  if (found.ok || !isUnknown(found.failure)) return found;
  const message = `wayfare.endpoint.models says that "${model}" stands for "${target}", and there is no such model. Correct it there.`;
  return { ok: false, failure: { kind: "setup", field: "model", message } };
}

/** Whether nothing here is called so, and it is not that its provider cannot be asked. */
export function isUnknown(failure: Failure): boolean {
  return failure.kind === "setup" && failure.field === "model";
}

function ownName(scene: Scene, model: string): { ok: true; mode: string } | { ok: false; failure: Failure } {
  if (model === "auto" || model === "cheap" || model === "frontier") return { ok: true, mode: model };
  const names = scene.models.map(routeName);
  if (names.includes(model)) return { ok: true, mode: model };
  const same = names.filter((name) => name.slice(name.indexOf("/") + 1) === model);
  if (same.length === 1 && same[0] !== undefined) return { ok: true, mode: same[0] };
  const away = same.length === 0 ? whyAway(scene, model) : null;
  if (away !== null) return { ok: false, failure: away };
  const which =
    same.length > 1
      ? `Write one of ${same.join(", ")}.`
      : "GET /v1/models lists those there are; wayfare.endpoint.models says what other names stand for.";
  const why = same.length > 1 ? `Several providers have a model "${model}".` : `There is no model "${model}".`;
  return {
    ok: false,
    failure: {
      kind: "setup",
      field: "model",
      message: `${why} Ask for auto, cheap or frontier, or for one model. ${which}`,
    },
  };
}

/** Why a model cannot be asked whose provider is set up, and switched off or without its key; null: it is of none such. */
function whyAway({ settings, withoutKey = [] }: Scene, model: string): Failure | null {
  for (const provider of [...withoutKey, ...settings.switchedOff]) {
    const name = nameAt(provider, model, settings);
    if (name === null) continue;
    if (settings.switchedOff.includes(provider)) return pickedSwitchedOff(name);
    return pickedWithoutKey(name, { providerId: provider.id, origin: provider.origin });
  }
  return null;
}

/** `provider/model` where a name is one of this provider's: what it lists is not known, what the settings name of it is. */
function nameAt(provider: UsableProvider, model: string, settings: Settings): string | null {
  if (model.startsWith(`${provider.id}/`)) return model;
  const own = [...(provider.models ?? []).map(({ id }) => id), ...namesOf(settings, provider.id)];
  return own.includes(model) ? `${provider.id}/${model}` : null;
}

/** What a client can ask for: the tiers that are set up, every model, and the names that the settings say what they stand for. */
export function listModels(scene: Scene): RelayModel[] {
  const tiers = (["auto", "cheap", "frontier"] as const).map((id) => {
    const routes = scene.routes.filter(({ tier }) => id === "auto" || tier === id);
    const least = (of: (route: Route) => number | null) =>
      routes.reduce<number | null>((sum, route) => {
        const value = of(route);
        return sum === null || value === null ? (sum ?? value) : Math.min(sum, value);
      }, null);
    return {
      id,
      tier: id === "auto" ? null : id,
      windowTokens: least(({ windowTokens }) => windowTokens),
      maxOutputTokens: least((route) => route.maxOutputTokens),
    };
  });
  const own = scene.models.map((model) => ({
    id: routeName(model),
    tier: model.tier,
    windowTokens: model.windowTokens,
    maxOutputTokens: model.maxOutputTokens,
  }));
  const all = [...tiers.filter(({ id }) => scene.routes.some(({ tier }) => id === "auto" || tier === id)), ...own];
  const named = [...scene.settings.endpoint.names.exact.keys()].flatMap((id) => {
    const name = nameIn(scene, id);
    const model = name.ok ? all.find((each) => each.id === name.mode) : undefined;
    return model === undefined ? [] : [{ ...model, id }];
  });
  const given = new Set(named.map(({ id }) => id));
  return [...all.filter(({ id }) => !given.has(id)), ...named];
}
