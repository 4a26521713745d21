import type { ModelSummary, Tier } from "../../shared/answer.ts";
import { isLoopbackHost, presets } from "../../shared/presets.ts";
import type { PriceOverride } from "../../shared/settings.ts";
import { fimWireFor } from "../core/fim-wire.ts";
import { costNano, isFree, usualCacheWrite1hUsd, usualCacheWriteUsd } from "../core/price.ts";
import { priceByHour } from "../core/price-at.ts";
import type { ListedModel, Price, PriceAt, Provider, Route } from "../core/provider.ts";
import type { UsableProvider } from "../core/read-providers.ts";

/** What is known of a model, whatever tier it is in. */
export type KnownModel = Omit<Route, "tier">;

/** Looks a price up in the list that Wayfare brings along; null when it has no such model. */
export type FindKnownPrice = (query: {
  baseUrl: string;
  modelId: string;
  atMs: number;
}) => Promise<{ price: Price; priceAt?: PriceAt; windowTokens: number | null } | null>;

/** Models of one provider. The largest gateways list some hundreds. */
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
}): Promise<KnownModel[]> {
  const { provider, wire, named, nowMs } = facts;
  const written = new Map((provider.models ?? []).map((model) => [model.id, model]));
  const listed = new Map(facts.listed.map((model) => [model.id, model]));
  const heldBack = new Map((facts.heldBack ?? []).map((model) => [model.id, model.price]));
  const ids = new Set([...named, ...(written.size > 0 ? written : listed).keys()]);
  // The same servers are rented out, too: only what runs on this machine is free unasked.
  const isLocal = presets[provider.preset].key === "none" && isLoopbackHost(new URL(provider.origin).hostname);

  const models: KnownModel[] = [];
  for (const modelId of [...ids].slice(0, MOST_MODELS)) {
    const own = written.get(modelId);
    const list = listed.get(modelId);
    const ownPrice = own?.price === undefined ? null : priceFrom(own.price, { wire, modelId });
    const price = ownPrice ?? list?.price ?? (isLocal ? "free" : null);
    const windowTokens = own?.windowTokens ?? list?.windowTokens ?? null;
    const known =
      (price === null || windowTokens === null) && !isLocal
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
      windowTokens: windowTokens ?? known?.windowTokens ?? null,
      maxOutputTokens: own?.maxOutputTokens ?? list?.maxOutputTokens ?? null,
      simulated: false,
      ...(facts.account === undefined ? {} : { account: facts.account }),
      takesImages: list?.takesImages ?? null,
      takesTools: list?.takesTools ?? null,
      fim:
        wire === "openai-compatible" ? fimWireFor({ preset: provider.preset, origin: provider.origin, modelId }) : null,
    });
  }
  return models;
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
    return lacks.length === 0
      ? route
      : { ...route, ...Object.fromEntries(lacks.map((need) => [lackingIn[need], false])) };
  });
}

const lackingIn = { images: "takesImages", tools: "takesTools", prefill: "takesPrefill" } as const;

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
