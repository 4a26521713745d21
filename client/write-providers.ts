import type { NewProvider } from "./add-provider.ts";

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

/** Ids and presets of the rows that have them, in order. */
export function listProviders(providers: unknown): { id: string; preset: string; baseUrl: string | null }[] {
  if (!Array.isArray(providers)) return [];
  return providers.flatMap((row: unknown) => {
    const id = idOfRow(row);
    if (id === null) return [];
    return [{ id, preset: textOf(row, "preset") ?? "", baseUrl: textOf(row, "baseUrl") }];
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
  if (typeof row !== "object" || row === null) return null;
  const value: unknown = Object.entries(row).find(([name]) => name === field)?.[1];
  return typeof value === "string" ? value : null;
}
