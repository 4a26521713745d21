import type { NewProvider } from "./add-provider.ts";
import { nameProvider } from "./name-provider.ts";

/** The values of `wayfare.providers` and `wayfare.tiers` as they will be written. */
export interface ProviderSettings {
  providers: unknown[];
  tiers: Record<string, unknown>;
}

export type Writing = { ok: true; settings: ProviderSettings } | { ok: false; field: string; message: string };

/**
 * The person's settings with one more provider; everything that stands there stays, mistaken rows included. Refuses when
 * what stands there is of another shape altogether, since writing would destroy it.
 */
export function withProvider(providers: unknown, tiers: unknown, added: NewProvider): Writing {
  const present = readPresent(providers, tiers);
  if (!present.ok) return present;
  const row = {
    id: added.id,
    preset: added.preset,
    ...(added.baseUrl === null ? {} : { baseUrl: added.baseUrl }),
    ...(added.headers === undefined ? {} : { headers: added.headers }),
    ...(added.models.length === 0 ? {} : { models: added.models }),
  };
  const { settings } = present;
  return {
    ok: true,
    settings: {
      providers: [...settings.providers, row],
      tiers: {
        ...settings.tiers,
        cheap: joined(settings.tiers.cheap, added.tiers.cheap),
        frontier: joined(settings.tiers.frontier, added.tiers.frontier),
      },
    },
  };
}

/**
 * The new provider as it stands, or under another id when its own was given away meanwhile; its models are named after
 * the id.
 */
export function underFreeId(added: NewProvider, taken: readonly string[]): NewProvider {
  if (!taken.includes(added.id)) return added;
  const id = nameProvider(added.preset, added.baseUrl ?? "", taken);
  const renamed = (names: readonly string[]): string[] =>
    names.map((name) => (name.startsWith(`${added.id}/`) ? `${id}${name.slice(added.id.length)}` : name));
  return { ...added, id, tiers: { cheap: renamed(added.tiers.cheap), frontier: renamed(added.tiers.frontier) } };
}

/** The person's settings without the provider and its models. */
export function withoutProvider(providers: unknown, tiers: unknown, id: string): Writing {
  const present = readPresent(providers, tiers);
  if (!present.ok) return present;
  const { settings } = present;
  return {
    ok: true,
    settings: {
      providers: settings.providers.filter((row) => idOfRow(row) !== id),
      tiers: Object.fromEntries(
        Object.entries(settings.tiers).map(([tier, models]) => [
          tier,
          Array.isArray(models)
            ? models.filter((name: unknown) => typeof name !== "string" || !name.startsWith(`${id}/`))
            : models,
        ]),
      ),
    },
  };
}

/** What is changed of a provider; what is absent stays as it is written. */
export interface ProviderChange {
  disabled?: boolean;
  /** null: the preset's own. */
  baseUrl?: string | null;
  headers?: Readonly<Record<string, string>>;
  /** Ids that its row has to name, because it names some and others would not be found. */
  models?: readonly string[];
  /** `provider/model`; the provider's places in both tiers. */
  tiers?: { cheap: readonly string[]; frontier: readonly string[] };
}

/**
 * The person's settings with one provider changed; every other row and tier stays, mistaken ones included. Refuses when
 * there is no such provider any more.
 */
export function withChangedProvider(providers: unknown, tiers: unknown, id: string, change: ProviderChange): Writing {
  const present = readPresent(providers, tiers);
  if (!present.ok) return present;
  const { settings } = present;
  // Of rows with the same id only the first is used.
  const at = settings.providers.findIndex((row) => idOfRow(row) === id);
  if (at < 0) {
    return {
      ok: false,
      field: "wayfare.providers",
      message: `There is no provider "${id}" any more. Nothing was changed.`,
    };
  }
  return {
    ok: true,
    settings: {
      providers: settings.providers.map((row, index) => (index === at ? changedRow(row, change) : row)),
      tiers:
        change.tiers === undefined
          ? settings.tiers
          : {
              ...settings.tiers,
              cheap: replaced(settings.tiers.cheap, id, change.tiers.cheap),
              frontier: replaced(settings.tiers.frontier, id, change.tiers.frontier),
            },
    },
  };
}

function changedRow(row: unknown, { disabled, baseUrl, headers, models }: ProviderChange): unknown {
  const changed: Record<string, unknown> = { ...(typeof row === "object" ? row : {}) };
  const set = (name: string, value: unknown, isWorthWriting: boolean): void => {
    if (isWorthWriting) changed[name] = value;
    else delete changed[name];
  };
  if (disabled !== undefined) set("disabled", true, disabled);
  if (baseUrl !== undefined) set("baseUrl", baseUrl, baseUrl !== null);
  if (headers !== undefined) set("headers", headers, Object.keys(headers).length > 0);
  if (models !== undefined) {
    const written = Array.isArray(changed.models) ? changed.models : [];
    const ids = new Set(written.map((each: unknown) => (typeof each === "string" ? each : idOfRow(each))));
    const added = models.filter((each) => !ids.has(each));
    set("models", [...written, ...added], written.length + added.length > 0);
  }
  return changed;
}

/** A tier in which the provider has these models and no others: those that stay keep their places, new ones come last. */
function replaced(present: unknown, id: string, chosen: readonly string[]): unknown[] {
  const rows: unknown[] = Array.isArray(present) ? present : [];
  const stay = rows.filter((name) => typeof name !== "string" || !name.startsWith(`${id}/`) || chosen.includes(name));
  return [...new Set([...stay, ...chosen])];
}

/** The provider's models in each tier, as `provider/model`. */
export function tierPlaces(tiers: unknown, id: string): { cheap: string[]; frontier: string[] } {
  const own = (tier: string): string[] => {
    const names = fieldOf(tiers, tier);
    return (Array.isArray(names) ? names : []).flatMap((name: unknown) =>
      typeof name === "string" && name.startsWith(`${id}/`) ? [name] : [],
    );
  };
  return { cheap: own("cheap"), frontier: own("frontier") };
}

export interface ListedProvider {
  id: string;
  preset: string;
  baseUrl: string | null;
  /** Those that can be sent. */
  headers: Record<string, string>;
  isOff: boolean;
  /** Ids of the models its row names. */
  models: string[];
}

/** Ids and presets of the rows that have them, in order, with what a request to them takes along. */
export function listProviders(providers: unknown): ListedProvider[] {
  if (!Array.isArray(providers)) return [];
  return providers.flatMap((row: unknown) => {
    const id = idOfRow(row);
    if (id === null) return [];
    const [preset, baseUrl] = [textOf(row, "preset") ?? "", textOf(row, "baseUrl")];
    const written = fieldOf(row, "models");
    const models = (Array.isArray(written) ? written : []).flatMap((each: unknown): string[] => {
      const name = typeof each === "string" ? each : idOfRow(each);
      return name === null ? [] : [name];
    });
    const disabled = fieldOf(row, "disabled");
    const isOff = disabled !== undefined && disabled !== null && disabled !== false;
    return [{ id, preset, baseUrl, headers: textsOf(fieldOf(row, "headers")), isOff, models }];
  });
}

function readPresent(providers: unknown, tiers: unknown): Writing {
  if (providers !== undefined && providers !== null && !Array.isArray(providers)) {
    return { ok: false, field: "wayfare.providers", message: "wayfare.providers is not a list. Mend it first." };
  }
  if (tiers !== undefined && tiers !== null && (typeof tiers !== "object" || Array.isArray(tiers))) {
    return {
      ok: false,
      field: "wayfare.tiers",
      message: 'wayfare.tiers is not of the form { "cheap": […], "frontier": […] }. Mend it first.',
    };
  }
  return { ok: true, settings: { providers: [...(providers ?? [])], tiers: { ...tiers } } };
}

function joined(present: unknown, added: readonly string[]): unknown[] {
  return [...new Set([...(Array.isArray(present) ? present : []), ...added])];
}

function idOfRow(row: unknown): string | null {
  return textOf(row, "id");
}

function textOf(row: unknown, field: string): string | null {
  const value = fieldOf(row, field);
  return typeof value === "string" ? value : null;
}

function fieldOf(row: unknown, field: string): unknown {
  if (typeof row !== "object" || row === null) return undefined;
  return Object.entries(row).find(([name]) => name === field)?.[1];
}

function textsOf(value: unknown): Record<string, string> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return {};
  const texts = Object.entries(value).flatMap(([name, text]: [string, unknown]): [string, string][] =>
    typeof text === "string" ? [[name, text]] : [],
  );
  return Object.fromEntries(texts);
}
