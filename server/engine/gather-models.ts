import type { ModelSummary, Tier } from "../../shared/answer.ts";
import { isLoopbackHost, presets } from "../../shared/presets.ts";
import type { ModelSetting, PriceOverride } from "../../shared/settings.ts";
import { type FimFamily, fimWireFor, ollamaFimWire } from "../core/fim-wire.ts";
import { modelFacts } from "../core/model-facts.ts";
import { familyOf } from "../core/model-families.ts";
import { isCloudModel } from "../core/ollama-window.ts";
import { costNano, isFree, usualCacheWrite1hUsd, usualCacheWriteUsd } from "../core/price.ts";
import { priceByHour } from "../core/price-at.ts";
import { chats } from "../core/propose-tiers.ts";
import type { FimWire, ListedModel, Price, PriceAt, Provider, Route } from "../core/provider.ts";
import type { UsableProvider } from "../core/read-providers.ts";
import type { Settings } from "../core/read-settings.ts";
import { wireRowFor } from "../providers/presets.ts";

/** What is known of a model, whatever tier it is in. */
export type KnownModel = Omit<Route, "tier">;

/** Looks a price up in the list that Wayfare brings along; null when it has no such model. */
export type FindKnownPrice = (query: {
  baseUrl: string;
  modelId: string;
  atMs: number;
}) => Promise<{ price: Price; priceAt?: PriceAt; windowTokens: number | null } | null>;

/** Models of one provider that can be picked in the chat. The largest gateways list some hundreds. */
const MOST_MODELS = 1_000;

/**
 * The models of one provider: those its row names, else those of its list, and those that tiers and mode name. A fact
 * comes from the person's own settings first, then from the provider's list, then from the price list that comes with
 * Wayfare; what none of them knows is null.
 */
export async function gatherModels(facts: {
  provider: UsableProvider;
  wire: Route["wire"];
  /** Model ids that tiers and mode name of this provider. */
  named: readonly string[];
  listed: readonly ListedModel[];
  /** The same models at prices that are not believed, and may be true all the same. */
  heldBack?: readonly ListedModel[];
  findKnownPrice: FindKnownPrice;
  nowMs: number;
  /** Stands for the key (`Route.account`). */
  account?: string;
  /** No more than so many; absent: 1,000. */
  most?: number;
}): Promise<KnownModel[]> {
  const { provider, wire, named, nowMs } = facts;
  const written = new Map((provider.models ?? []).map((model) => [model.id, model]));
  const listed = new Map(facts.listed.map((model) => [model.id, model]));
  const heldBack = new Map((facts.heldBack ?? []).map((model) => [model.id, model.price]));
  const ids = new Set([...named, ...(written.size > 0 ? written : listed).keys()]);
  // The same servers are rented out, too: only what runs on this machine is free unasked.
  const isHere = presets[provider.preset].servesModels === true && isLoopbackHost(new URL(provider.origin).hostname);

  // Who runs a server decides how much of a model's window it is given, and what of it is loaded.
  const isOwnServer = presets[provider.preset].servesModels === true;
  const row = wireRowFor(provider.preset, provider.baseUrl);

  const models: KnownModel[] = [];
  for (const modelId of [...ids].slice(0, facts.most ?? MOST_MODELS)) {
    // An Ollama hands some models on to its cloud: what it takes for them nobody says.
    const isLocal = isHere && !(provider.preset === "ollama" && isCloudModel({ origin: provider.origin, modelId }));
    const own = written.get(modelId);
    const list = listed.get(modelId);
    const ownPrice = own?.price === undefined ? null : priceFrom(own.price, { wire, modelId });
    const price = ownPrice ?? list?.price ?? (isLocal ? "free" : null);
    const hasWindow = (own?.windowTokens ?? list?.windowTokens ?? null) !== null;
    const known =
      (price === null || !hasWindow) && !isLocal
        ? await facts.findKnownPrice({
            baseUrl: provider.baseUrl,
            modelId,
            atMs: nowMs,
          })
        : null;
    const isListed = ownPrice === null && list !== undefined && list.price !== null;
    const unbelieved = isListed ? (heldBack.get(modelId) ?? "free") : "free";
    const nextPrices = unbelieved === "free" ? [] : [unbelieved];
    const inHours = isListed ? hourly(list) : price === null ? known?.priceAt : undefined;
    const priceAt = inHours === undefined ? undefined : withNext(inHours, nextPrices);
    models.push({
      providerId: provider.id,
      modelId,
      wire,
      origin: provider.origin,
      price: priceAt?.(nowMs).price ?? price ?? known?.price ?? null,
      ...(priceAt === undefined ? {} : { priceAt }),
      // Money is held for it, so that no cap breaks should it be true.
      ...(nextPrices.length === 0 ? {} : { nextPrices }),
      simulated: false,
      ...(list?.largestWindowTokens == null ? {} : { largestWindowTokens: list.largestWindowTokens }),
      ...(facts.account === undefined ? {} : { account: facts.account }),
      ...modelFacts({
        own: wire === "openai-compatible" || wire === "ollama" ? (own ?? null) : withoutFim(own),
        // What Ollama says of holes is about its template alone.
        listed: wire === "ollama" && list !== undefined ? { ...list, fillsHoles: null } : (list ?? null),
        known,
        family: isOwnServer ? null : familyOf(modelId),
        fim: fimOf(wire, modelId, row.fim, list),
      }),
      ...(row.documents === "taken" ? { takesDocuments: true } : {}),
      ...(row.cancelStopsBilling === "no" ? { billsOn: true } : {}),
    });
  }
  return models;
}

/** How it fills a hole, by the tables of models and by what an Ollama says of its own. */
function fimOf(
  wire: Route["wire"],
  modelId: string,
  family: FimFamily,
  listed: ListedModel | undefined,
): FimWire | null {
  if (wire === "ollama") return ollamaFimWire({ modelId, insert: listed?.fillsHoles ?? null });
  return wire === "openai-compatible" ? fimWireFor({ family, modelId }) : null;
}

/** The wire of Anthropic has no way to fill a hole, whatever is written. */
function withoutFim(own: ModelSetting | undefined): ModelSetting | null {
  if (own === undefined) return null;
  const { fim: _fim, ...rest } = own;
  return rest;
}

/** The models that tiers, mode and completions name of a provider. */
export function namesOf(settings: Pick<Settings, "tiers" | "mode" | "completions">, providerId: string): string[] {
  const prefix = `${providerId}/`;
  return [...settings.tiers.cheap, ...settings.tiers.frontier, settings.mode, settings.completions.model ?? ""]
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length));
}

/** The routes of the tiers, in the person's order; names that nothing is known of are left out. */
export function buildRoutes(
  models: ReadonlyMap<string, KnownModel>,
  tiers: Readonly<Record<Tier, readonly string[]>>,
): Route[] {
  return (["cheap", "frontier"] as const).flatMap((tier) =>
    tiers[tier].flatMap((name) => {
      const model = models.get(name);
      return model === undefined ? [] : [{ ...model, tier }];
    }),
  );
}

/** The same routes at the prices in force at `nowMs`. */
export function priceRoutes(routes: readonly Route[], nowMs: number): readonly Route[] {
  if (routes.every((route) => route.priceAt === undefined)) return routes;
  return routes.map((route) => {
    if (route.priceAt === undefined) return route;
    const { price, next } = route.priceAt(nowMs);
    return { ...route, price, nextPrices: next };
  });
}

/** The same routes, with what their servers have said that they do not take. */
export function learnedRoutes(
  routes: readonly Route[],
  providerOf: (route: Route) => Pick<Provider, "lacks"> | null,
): readonly Route[] {
  return routes.map((route) => {
    const lacks = providerOf(route)?.lacks?.(route.modelId) ?? [];
    if (lacks.length === 0) return route;
    const learned = Object.fromEntries(lacks.map((need) => [lackingIn[need], false]));
    // Its server said it: whoever said something else before is no source any more.
    const sources = Object.entries(route.factSources ?? {}).filter(([name]) => !Object.hasOwn(learned, name));
    return {
      ...route,
      ...learned,
      ...(route.factSources === undefined ? {} : { factSources: Object.fromEntries(sources) }),
    };
  });
}

const lackingIn = {
  images: "takesImages",
  addresses: "takesAddresses",
  documents: "takesDocuments",
  tools: "takesTools",
  prefill: "takesPrefill",
} as const;

/** A ladder that ends at models on this machine tries no more than a few of them. */
const MOST_LOCAL_ROUTES = 4;

/** Free models on this machine that are in no tier, for a cap that leaves nothing else. */
export function localRoutes(models: ReadonlyMap<string, KnownModel>, inTier: ReadonlyMap<string, unknown>): Route[] {
  const found: Route[] = [];
  for (const [name, model] of models) {
    if (found.length === MOST_LOCAL_ROUTES) break;
    const isLocal = !model.simulated && isFree(model.price) && isLoopbackHost(new URL(model.origin).hostname);
    if (isLocal && !inTier.has(name) && chats(model.modelId)) found.push({ ...model, tier: "cheap" });
  }
  return found;
}

/** A model of no tier counts as cheap when an ordinary answer costs no more than the dearest cheap route's would. */
export function tierOfModel(model: KnownModel, routes: readonly Route[]): Tier {
  const listedIn = routes.find((route) => route.providerId === model.providerId && route.modelId === model.modelId);
  if (listedIn !== undefined) return listedIn.tier;
  const cost = costNano(ordinary, model.price);
  const cheap = routes.filter((route) => route.tier === "cheap").map((route) => costNano(ordinary, route.price) ?? 0);
  return cost !== null && (cost === 0 || cost <= Math.max(0, ...cheap)) ? "cheap" : "frontier";
}

const ordinary = { input: 3_000, cacheRead: 0, cacheWrite: 0, output: 600, reasoning: 0 };

/** A model as the pickers show it. Of several price tiers the first is shown. */
export function summarizeModel(model: KnownModel, tier: Tier | null): ModelSummary {
  const { providerId, modelId, windowTokens, maxOutputTokens, simulated, price } = model;
  const first = price === null ? null : price === "free" ? { inputUsd: 0, outputUsd: 0 } : price.tiers[0];
  return {
    providerId,
    modelId,
    tier,
    windowTokens,
    maxOutputTokens,
    inputPerMillionUsd: first?.inputUsd ?? null,
    outputPerMillionUsd: first?.outputUsd ?? null,
    priceSource: price === null ? null : price === "free" || isFree(price) ? "free" : price.source,
    simulated,
    ...(model.takesImages == null ? {} : { takesImages: model.takesImages }),
    ...(model.takesTools == null ? {} : { takesTools: model.takesTools }),
    ...(model.thinks == null ? {} : { thinks: model.thinks }),
    ...(model.fim == null ? {} : { fillsHoles: true }),
  };
}

function withNext(priceAt: PriceAt, more: readonly Price[]): PriceAt {
  if (more.length === 0) return priceAt;
  return (atMs) => {
    const { price, next } = priceAt(atMs);
    return { price, next: [...next, ...more] };
  };
}

function hourly({ hours }: ListedModel): PriceAt | undefined {
  return hours === undefined ? undefined : priceByHour(hours);
}

function priceFrom(written: PriceOverride, model: Pick<Route, "wire" | "modelId">): Price {
  // A price of zeros, and not the word, because it must be seen to be the person's own.
  const rates: Exclude<PriceOverride, "free"> = written === "free" ? { input: 0, output: 0 } : written;
  const { input, output, cacheRead, cacheWrite, reasoning, request, image } = rates;
  const cacheWrite1hUsd =
    rates.cacheWrite1h ?? (cacheWrite === undefined ? usualCacheWrite1hUsd(input, model) : undefined);
  const tier = {
    fromInputTokens: 0,
    inputUsd: input,
    outputUsd: output,
    cacheReadUsd: cacheRead ?? input,
    cacheWriteUsd: cacheWrite ?? usualCacheWriteUsd(input, model),
    ...(cacheWrite1hUsd === undefined ? {} : { cacheWrite1hUsd }),
    ...(reasoning === undefined ? {} : { reasoningUsd: reasoning }),
    ...(image === undefined ? {} : { imageUsd: image }),
    ...(request === undefined ? {} : { requestUsd: request }),
  };
  return { source: "override", tiers: [tier] };
}
