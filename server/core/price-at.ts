import type { ConditionalPrice } from "@pydantic/genai-prices";
import type { Price, PriceAt, PriceHours } from "./provider.ts";

/** A request that runs longer than this is billed at a price that nothing was held for; none is known to. */
const LONGEST_REQUEST_MS = 3_600_000;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

type Rows = readonly Pick<ConditionalPrice, "constraint">[];

/** True when the price of these rows may be another one at some time after `nowMs`. */
export function isTimed(rows: Rows, nowMs: number): boolean {
  return Number.isFinite(nextRowMs(rows, nowMs));
}

/**
 * The price at a time, asked for at each question: looked up once and kept until it changes, or a change comes within reach
 * of a request that begins now. `nextChangeMs` gives the next time after a time at which it may be another.
 */
export function createPriceAt(
  nextChangeMs: (afterMs: number) => number,
  lookUp: (atMs: number) => Price | null,
): PriceAt {
  let kept: { fromMs: number; untilMs: number; found: ReturnType<PriceAt> } | null = null;
  return (atMs) => {
    if (kept !== null && kept.fromMs <= atMs && atMs < kept.untilMs) return kept.found;
    const next: Price[] = [];
    let changeMs = nextChangeMs(atMs);
    const firstChangeMs = changeMs;
    while (changeMs <= atMs + LONGEST_REQUEST_MS) {
      const price = lookUp(changeMs);
      if (price !== null) next.push(price);
      changeMs = nextChangeMs(changeMs);
    }
    // The first change that no request could reach yet comes into reach an hour before it.
    const untilMs = Math.min(firstChangeMs, changeMs - LONGEST_REQUEST_MS);
    kept = { fromMs: atMs, untilMs, found: { price: lookUp(atMs), next } };
    return kept.found;
  };
}

/** The price of a provider's list that changes with the hour: the same each day, in UTC. */
export function priceByHour(hours: readonly PriceHours[]): PriceAt {
  const starts = hours.map(({ fromMinute }) => fromMinute * MINUTE_MS);
  const lookUp = (atMs: number): Price | null => {
    const ofDayMs = atMs - Math.floor(atMs / DAY_MS) * DAY_MS;
    const row = hours[starts.findLastIndex((startMs) => startMs <= ofDayMs)];
    return row === undefined ? null : { source: "provider", tiers: row.tiers };
  };
  return createPriceAt((afterMs) => {
    const dayMs = Math.floor(afterMs / DAY_MS) * DAY_MS;
    const ofDayMs = starts.find((startMs) => dayMs + startMs > afterMs);
    return ofDayMs === undefined ? dayMs + DAY_MS + (starts[0] ?? 0) : dayMs + ofDayMs;
  }, lookUp);
}

/** The next time after `atMs` at which a row begins or ends; Infinity when none does. */
export function nextRowMs(rows: Rows, atMs: number): number {
  let nextMs = Number.POSITIVE_INFINITY;
  for (const { constraint } of rows) {
    if (constraint === undefined) continue;
    if (constraint.type === "start_date") {
      const startMs = Date.parse(constraint.start_date);
      if (startMs > atMs) nextMs = Math.min(nextMs, startMs);
      continue;
    }
    for (const time of [constraint.start_time, constraint.end_time]) {
      const ofDayMs = Date.parse(`1970-01-01T${time}`);
      if (Number.isNaN(ofDayMs)) continue;
      const dueMs = ofDayMs + Math.floor((atMs - ofDayMs) / DAY_MS) * DAY_MS + DAY_MS;
      nextMs = Math.min(nextMs, dueMs);
    }
  }
  return nextMs;
}
