import type { FactName, FactSource } from "../../shared/routes.ts";
import type { ModelSetting } from "../../shared/settings.ts";
import type { FamilyFacts } from "./model-families.ts";
import type { FimWire, ListedModel } from "./provider.ts";

/** What is known of a model beside its price. Unknown is null, and has no source. */
export interface ModelFacts {
  windowTokens: number | null;
  maxOutputTokens: number | null;
  takesImages: boolean | null;
  takesTools: boolean | null;
  thinks: boolean | null;
  /** null: it can only be asked in chat. */
  fim: FimWire | null;
  factSources: Partial<Record<FactName, FactSource>>;
}

/** What is taken for the window of a model of which nobody says it. */
export const ASSUMED_WINDOW_TOKENS = 8_000;

/** Who says something of a model; null: they know nothing of it. */
export interface FactOrigins {
  own: ModelSetting | null;
  listed: ListedModel | null;
  /** The price list that comes with Wayfare. */
  known: { windowTokens: number | null } | null;
  family: FamilyFacts | null;
  /** By the table of what fills holes at this provider; null: nothing, or only in chat. */
  fim: FimWire | null;
}

/**
 * Each fact from the first that states it: the person, the provider's list, the price list that comes with Wayfare, the
 * table of families.
 */
export function modelFacts({ own, listed, known, family, fim }: FactOrigins): ModelFacts {
  const factSources: ModelFacts["factSources"] = {};
  const first = <Value>(
    name: FactName,
    stated: Partial<Record<FactSource, Value | null | undefined>>,
  ): Value | null => {
    for (const source of order) {
      const value = stated[source];
      if (value === null || value === undefined) continue;
      factSources[name] = source;
      return value;
    }
    return null;
  };
  return {
    windowTokens: first("windowTokens", {
      override: own?.windowTokens,
      provider: listed?.windowTokens,
      "genai-prices": known?.windowTokens,
      family: family?.windowTokens,
    }),
    maxOutputTokens: first("maxOutputTokens", {
      override: own?.maxOutputTokens,
      provider: listed?.maxOutputTokens,
      family: family?.maxOutputTokens,
    }),
    takesImages: first("takesImages", {
      override: own?.images,
      provider: listed?.takesImages,
      family: family?.takesImages,
    }),
    takesTools: first("takesTools", { override: own?.tools, provider: listed?.takesTools, family: family?.takesTools }),
    thinks: first("thinks", { override: own?.reasoning, provider: listed?.thinks, family: family?.thinks }),
    fim: wireOf(
      first<FimWire | false>("fim", {
        override: own?.fim,
        // A list that says "no" is believed; one that says "yes" does not say how.
        provider: listed?.fillsHoles === false ? false : null,
        family: fim,
      }),
    ),
    factSources,
  };
}

const order: readonly FactSource[] = ["override", "provider", "genai-prices", "family"];

function wireOf(fim: FimWire | false | null): FimWire | null {
  return fim === false ? null : fim;
}

const sourceWords: Readonly<Record<FactSource, string>> = {
  override: "by your settings",
  provider: "by its provider's list",
  "genai-prices": "by the price list",
  family: "by its family",
};

/** ` (by its family)`, or nothing where the source is not known. */
export function bySource(route: { factSources?: ModelFacts["factSources"] }, name: FactName): string {
  const source = route.factSources?.[name];
  return source === undefined ? "" : ` (${sourceWords[source]})`;
}
