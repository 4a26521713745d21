import { describe, expect, it } from "vitest";
import {
  afterAnswer,
  afterFailure,
  failureShare,
  type HealthRecord,
  healthState,
  limitedUntil,
  limitsAfterSending,
  unknownHealth,
} from "../../../server/core/health.ts";
import type { Failure } from "../../../shared/failure.ts";

const message = "";
const overloaded: Failure = { kind: "overloaded", status: 529, message };
const broken: Failure = { kind: "server-error", status: 500, message };
const NOW = 1_800_000_000_000;

/** The model's record after these failures, each at its second. */
function failing(
  failure: Failure,
  seconds: readonly number[],
  scope: "host" | "key" | "model" = "model",
): HealthRecord {
  return seconds.reduce((record, second) => afterFailure(record, failure, scope, NOW + second * 1000), unknownHealth());
}
const restS = (record: HealthRecord) => (record.rest === null ? null : record.rest.restMs / 1000);

describe("a breaker", () => {
  it("opens for a while, is tried, and closes with an answer", () => {
    const record = failing(overloaded, [0]);
    expect(healthState(record, NOW + 14_999)).toEqual({
      state: "open",
      untilMs: NOW + 15_000,
      why: "overloaded (529)",
      ends: "passing",
    });
    expect(healthState(record, NOW + 15_000)).toEqual({ state: "half-open", why: "overloaded (529)" });
    expect(healthState(afterAnswer(record, NOW + 16_000, NOW + 16_000), NOW + 16_000)).toEqual({ state: "closed" });
  });

  it("stays open twice as long each time it was tried in vain, five minutes at most", () => {
    const tried: (number | null)[] = [];
    let record = failing(overloaded, [0]);
    for (let round = 0; round < 7; round += 1) {
      tried.push(restS(record));
      const untilMs = (record.rest?.atMs ?? 0) + (record.rest?.restMs ?? 0);
      record = afterFailure(record, overloaded, "model", untilMs + 1);
    }
    expect(tried).toEqual([15, 30, 60, 120, 240, 300, 300]);
  });

  it("takes requests that fail together for one sign", () => {
    expect(restS(failing(overloaded, [0, 0.1, 0.2]))).toBe(15);
  });

  it("waits for more than half of at least five requests where one failure may be chance", () => {
    expect(restS(failing(broken, [0, 1, 2, 3]))).toBeNull();
    expect(restS(failing(broken, [0, 1, 2, 3, 4]))).toBe(15);
    let mixed = unknownHealth();
    for (let second = 0; second < 20; second += 1) {
      mixed =
        second % 2 === 0
          ? afterAnswer(mixed, NOW + second * 1000, NOW + second * 1000)
          : afterFailure(mixed, broken, "model", NOW + second * 1000);
    }
    expect(restS(mixed)).toBeNull();
    // What happened an hour ago counts no more.
    expect(restS(failing(broken, [0, 1, 2, 3, 3_600]))).toBeNull();
  });

  it("begins to count afresh once it is well", () => {
    const well = afterAnswer(failing(broken, [0, 1, 2, 3, 4]), NOW + 20_000, NOW + 20_000);
    expect(restS(afterFailure(well, broken, "model", NOW + 21_000))).toBeNull();
  });

  it("rests as long as the vendor names, key and model both, and the key is free when another model answers", () => {
    const limited: Failure = { kind: "rate-limit", retryAfterMs: 40_000, message };
    expect([restS(failing(limited, [0], "key")), restS(failing(limited, [0], "model"))]).toEqual([40, 40]);
    expect(restS(failing(limited, [0], "host"))).toBeNull();
    expect(restS(afterAnswer(failing(limited, [0], "key"), NOW + 1_000, NOW + 1_000))).toBeNull();
    // Without a word of the vendor's it doubles.
    const unnamed: Failure = { kind: "rate-limit", retryAfterMs: null, message };
    expect(restS(failing(unnamed, [0, 16, 50], "key"))).toBe(60);
  });

  it("tries an empty account again after five minutes, and an hour at last", () => {
    const empty: Failure = { kind: "quota", status: 402, message };
    expect(restS(failing(empty, [0], "key"))).toBe(300);
    expect(restS(failing(empty, [0, 301, 1_000, 3_000, 6_000], "key"))).toBe(3_600);
    expect(restS(failing(empty, [0], "model"))).toBeNull();
  });

  it("begins again with a short rest once an old one is forgotten", () => {
    expect(restS(failing(overloaded, [0, 16, 50, 120, 86_400]))).toBe(15);
  });

  it("is forgotten a quarter of an hour after its end, and when the clock was set back before it", () => {
    const record = failing(overloaded, [0]);
    expect(healthState(record, NOW + 15_000 + 900_000)).toEqual({ state: "closed" });
    expect(healthState(record, NOW - 3_600_000)).toEqual({ state: "closed" });
  });

  it("fades: a share of failures halves its weight in three minutes", () => {
    const record = failing(broken, [0, 0, 0, 0]);
    expect(failureShare(record, NOW)).toBe(0.8);
    expect(failureShare(record, NOW + 180_000)).toBe(0.4);
    // One of one is no statistics.
    expect(failureShare(failing(broken, [0]), NOW)).toBe(0.2);
  });
});

describe("a vendor's own count", () => {
  const counting = (requests: number, tokens: number): HealthRecord => ({
    ...unknownHealth(),
    limits: {
      requests: { limit: 50, remaining: requests, resetAtMs: NOW + 20_000 },
      tokens: { limit: 10_000, remaining: tokens, resetAtMs: NOW + 5_000 },
    },
  });

  it("keeps a request back that it would refuse, until its reset", () => {
    expect(limitedUntil(counting(1, 10_000), 400, NOW)).toBeNull();
    expect(limitedUntil(counting(0, 10_000), 400, NOW)).toEqual({
      untilMs: NOW + 20_000,
      why: "no requests left, as it counts",
    });
    expect(limitedUntil(counting(1, 399), 400, NOW)).toEqual({
      untilMs: NOW + 5_000,
      why: "too few tokens left, as it counts",
    });
    expect(limitedUntil(counting(0, 0), 400, NOW + 20_000)).toBeNull();
  });

  it("is not taken to forbid what no reset would ever allow", () => {
    expect(limitedUntil(counting(1, 10_000), 20_000, NOW)).toBeNull();
  });

  it("goes down with each request that leaves", () => {
    const record = limitsAfterSending(counting(1, 10_000), 400);
    expect(record.limits).toMatchObject({ requests: { remaining: 0 }, tokens: { remaining: 9_600 } });
    expect(limitedUntil(record, 400, NOW)?.untilMs).toBe(NOW + 20_000);
  });
});
