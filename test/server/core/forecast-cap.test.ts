import { describe, expect, it } from "vitest";
import { forecastCap } from "../../../server/core/forecast-cap.ts";
import type { Period } from "../../../shared/protocol.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const nowMs = Date.parse("2026-11-18T14:20:00Z");

interface Facts {
  period?: Period;
  roomNano?: number;
  costNano?: number;
  payments?: number;
  overMs?: number;
  endsAtMs?: number;
}

function forecast({ period = "daily", roomNano = 2_000, costNano = 1_000, payments = 5, ...facts }: Facts = {}) {
  const { overMs = HOUR_MS, endsAtMs = Date.parse("2026-11-19T00:00:00Z") } = facts;
  const recent = { costNano, payments, firstAtMs: payments === 0 ? null : nowMs - overMs };
  const atMs = forecastCap({ period, roomNano, recent, nowMs, isInPeriod: (at) => at < endsAtMs });
  return atMs === null ? null : new Date(atMs).toISOString().slice(0, 16);
}

describe("a forecast", () => {
  it("goes on as the last hour went, in whole five minutes", () => {
    expect(forecast()).toBe("2026-11-18T16:20");
    expect(forecast({ roomNano: 2_001 })).toBe("2026-11-18T16:25");
    // Work began twenty minutes ago: that is the rate, not a third of it.
    expect(forecast({ overMs: 20 * MINUTE_MS })).toBe("2026-11-18T15:00");
  });

  it("of what is longer than a day goes on as its days went", () => {
    const week = { period: "weekly", endsAtMs: Date.parse("2026-11-23T00:00:00Z"), overMs: 2 * DAY_MS } as const;
    expect(forecast({ ...week, roomNano: 1_000 })).toBe("2026-11-20T14:20");
    expect(forecast({ ...week, roomNano: 3_000 })).toBeNull();
    expect(forecast({ ...week, overMs: DAY_MS - 1 })).toBeNull();
  });

  it.each<[string, Facts]>([
    ["it is reached", { roomNano: 0 }],
    ["the period ends before", { roomNano: 10_000 }],
    ["nothing was paid", { costNano: 0, payments: 0 }],
    ["two answers are no rate", { payments: 2 }],
    ["five minutes are no rate", { overMs: 5 * MINUTE_MS }],
    ["it would be in a thousand years", { roomNano: 10 ** 15, endsAtMs: Number.POSITIVE_INFINITY }],
  ])("is none when %s", (_why, facts) => {
    expect(forecast(facts)).toBeNull();
  });
});
