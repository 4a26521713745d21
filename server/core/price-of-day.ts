import * as z from "zod";
import { type ShownPrice, shownPriceSchema } from "../../shared/prices.ts";
import { isFree, isOverride, type RoutePrice } from "./price.ts";
import { describePriceChange } from "./price-words.ts";
import type { Route } from "./provider.ts";

/** What a route costs over a day, as text that is the same as long as its price lists say the same. */

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** No vendor's hours begin between these. */
const STEP_MINUTES = 15;

/** null for the person's own price: theirs is no list whose change would be news. Times are of the UTC day of `nowMs`. */
export function noteDay(route: Pick<Route, "price" | "priceAt">, nowMs: number): string | null {
  if (isOverride(route.price)) return null;
  const dayMs = Math.floor(nowMs / DAY_MS) * DAY_MS;
  const rows: z.infer<typeof daySchema> = [];
  for (let minute = 0; minute < 1_440; minute += STEP_MINUTES) {
    const price = shownPrice(route.priceAt?.(dayMs + minute * MINUTE_MS).price ?? route.price);
    if (rows.length === 0 || JSON.stringify(rows.at(-1)?.price) !== JSON.stringify(price)) {
      rows.push({ fromMinute: minute, price });
    }
    if (route.priceAt === undefined) break;
  }
  return JSON.stringify(rows);
}

/** The first change between two such texts, in words; null where there is none that can be told. */
export function changeOfDay(before: string, after: string | null): string | null {
  const [was, is] = [readDay(before), readDay(after ?? "[]")];
  for (const fromMinute of [...new Set([...was, ...is].map((row) => row.fromMinute))].sort((a, b) => a - b)) {
    const words = describePriceChange(priceIn(was, fromMinute), priceIn(is, fromMinute));
    if (words === null) continue;
    return was.length < 2 && is.length < 2 ? words : `${words} (from ${clock(fromMinute)} UTC on)`;
  }
  return null;
}

/** A price as it is kept and shown: "free" for one of zeros, whoever named it. */
export function shownPrice(price: RoutePrice): ShownPrice {
  if (price === null) return null;
  return price === "free" || isFree(price) ? "free" : price.tiers.map((tier) => ({ ...tier }));
}

const daySchema = z.array(z.object({ fromMinute: z.number(), price: shownPriceSchema }));

function readDay(text: string): z.infer<typeof daySchema> {
  try {
    return daySchema.safeParse(JSON.parse(text)).data ?? [];
  } catch {
    return [];
  }
}

function priceIn(rows: z.infer<typeof daySchema>, minute: number): RoutePrice {
  const price = rows.findLast((row) => row.fromMinute <= minute)?.price ?? null;
  if (price === null || price === "free") return price;
  const [first, ...others] = price;
  return first === undefined ? null : { source: "provider", tiers: [first, ...others] };
}

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}
