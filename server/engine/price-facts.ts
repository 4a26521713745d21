import type { HeldList, PriceRow } from "../../shared/prices.ts";
import type { RoutePrice } from "../core/price.ts";
import { shownPrice } from "../core/price-of-day.ts";
import { changeWords, rateChanges } from "../core/price-words.ts";
import type { Price, Route } from "../core/provider.ts";
import { routeName } from "../core/provider.ts";
import type { HeldPrices } from "../store/price-book.ts";
import type { Scene } from "./configure.ts";

/** Sources that differ by more than this are told of. */
const MOST_APART_PERCENT = 2;

/** Routes of the tiers, and the models that mode and completions name, each once. */
export function configuredRoutes(scene: Scene): Route[] {
  const named = new Set([scene.settings.mode, scene.settings.completions.model ?? ""]);
  const routes = new Map(scene.routes.map((route) => [routeName(route), route]));
  for (const name of named) {
    for (const route of scene.routesFor(name)) {
      if (routeName(route) === name && !routes.has(name)) routes.set(name, route);
    }
  }
  return [...routes.values()];
}

/** What a request pays at a time. */
export function priceThen(route: Pick<Route, "price" | "priceAt">, atMs: number): RoutePrice {
  return route.priceAt === undefined ? route.price : route.priceAt(atMs).price;
}

const MINUTE_MS = 60_000;
const LOOK_AHEAD_MINUTES = 2 * 1_440;

/** The next change of a price by the hour, within two days; null where there is none. */
export function nextChange(route: Pick<Route, "price" | "priceAt">, nowMs: number): PriceRow["next"] {
  if (route.priceAt === undefined) return null;
  const now = shownPrice(priceThen(route, nowMs));
  const startMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
  for (let minute = 1; minute <= LOOK_AHEAD_MINUTES; minute++) {
    const atMs = startMs + minute * MINUTE_MS;
    const price = shownPrice(priceThen(route, atMs));
    if (JSON.stringify(price) !== JSON.stringify(now)) return { atMs, price };
  }
  return null;
}

/** How far another source's price is from ours, by the rate that differs most; null within 2 %. */
export function disagreement(
  ours: RoutePrice,
  other: { price: Price; source: "genai-prices" | "maker" } | null,
): PriceRow["other"] {
  if (ours === null || other === null) return null;
  let farthest: { percent: number; words: string } | null = null;
  for (const change of rateChanges(ours, other.price)) {
    const { fromUsd, toUsd } = change;
    const percent = fromUsd === 0 ? 100 : ((toUsd - fromUsd) / fromUsd) * 100;
    if (Math.abs(percent) <= MOST_APART_PERCENT || Math.abs(percent) <= Math.abs(farthest?.percent ?? 0)) continue;
    farthest = { percent: Math.round(percent * 10) / 10, words: changeWords(change) };
  }
  if (farthest === null) return null;
  return { source: other.source, price: [...other.price.tiers], ...farthest };
}

/** More lines than these are counted, not shown. */
const MOST_LINES = 50;

export function heldList({ source, sinceMs, heldBack }: HeldPrices): HeldList {
  const lines = heldBack.changes.slice(0, MOST_LINES).map(({ id, words }) => `held back: ${id} ${words}`);
  return { source, sinceMs, why: heldBack.why, lines, more: heldBack.changes.length - lines.length };
}
