import type { Usage } from "../../shared/answer.ts";
import type { NanoUsd } from "../../shared/money.ts";
import { costNano, type RoutePrice } from "./price.ts";

/**
 * What a vendor's prompt cache saved on a request: the same tokens without a cache, less what they cost with it. Negative
 * where writing to the cache cost more than reading from it saved. null when the price is not known.
 */
export function promptSavingsNano(usage: Usage, price: RoutePrice): NanoUsd | null {
  if (usage.cacheRead === 0 && usage.cacheWrite === 0) return price === null ? null : 0;
  const withCache = costNano(usage, price);
  const input = usage.input + usage.cacheRead + usage.cacheWrite;
  const without = costNano({ ...usage, input, cacheRead: 0, cacheWrite: 0 }, price);
  return withCache === null || without === null ? null : without - withCache;
}
