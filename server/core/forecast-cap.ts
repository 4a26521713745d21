import type { NanoUsd } from "../../shared/money.ts";
import type { Period } from "../../shared/protocol.ts";

/** What was paid under a cap in the time that its forecast looks back on. */
export interface RecentSpend {
  costNano: NanoUsd;
  /** Payments, and the time of the first of them; null without any. */
  payments: number;
  firstAtMs: number | null;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A day goes on like its last hour; what is longer goes on like the last week, with its nights and its free days. */
export function looksBackMs(period: Period): number {
  return period === "daily" ? HOUR_MS : 7 * DAY_MS;
}

/** With fewer there is no rate, only a question or two. */
const LEAST_PAYMENTS = 3;
/** A few minutes of a day, and less than a day of a week, are not how it goes on. */
const leastMs = (period: Period): number => (period === "daily" ? 10 * MINUTE_MS : DAY_MS);
/** So exact is a forecast; it then also changes no more often than there is something to tell. */
const STEP_MS = 5 * MINUTE_MS;

/**
 * When a cap is reached if it goes on as it has gone lately (milliseconds since 1970, whole five minutes), or null: it is
 * reached, it will not be in its present period, or too little is known. `isInPeriod` tells whether an instant to come is
 * still in that.
 */
export function forecastCap(facts: {
  period: Period;
  roomNano: NanoUsd;
  recent: RecentSpend;
  nowMs: number;
  isInPeriod(atMs: number): boolean;
}): number | null {
  const { period, roomNano, recent, nowMs, isInPeriod } = facts;
  const { costNano, payments, firstAtMs } = recent;
  if (roomNano <= 0 || payments < LEAST_PAYMENTS || firstAtMs === null || costNano <= 0) return null;
  const overMs = nowMs - firstAtMs;
  if (overMs < leastMs(period)) return null;
  const atMs = Math.ceil((nowMs + (roomNano / costNano) * overMs) / STEP_MS) * STEP_MS;
  // Beyond it no calendar goes.
  if (!(atMs < nowMs + 366 * DAY_MS)) return null;
  return isInPeriod(atMs) ? atMs : null;
}
