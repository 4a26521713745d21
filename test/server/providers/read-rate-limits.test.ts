import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { ProviderPart, RateLimits } from "../../../server/core/provider.ts";
import { createProvider } from "../../../server/providers/create-provider.ts";
import { createHttp } from "../../../server/providers/http.ts";
import { readRateLimits } from "../../../server/providers/read-rate-limits.ts";
import { networkSettingSchema } from "../../../shared/settings.ts";
import { startRawServer } from "./raw-server.ts";

const nowMs = Date.parse("2026-10-05T12:00:00Z");
const inMs = (ms: number) => nowMs + ms;
const nothing: RateLimits = { requests: null, tokens: null };

interface Case {
  vendor: string;
  headers: Record<string, string>;
  limits: RateLimits | null;
}
/** Each vendor's headers as its own pages show them, or as its servers send them. */
const cases: readonly Case[] = [
  {
    vendor: "OpenAI",
    headers: {
      "x-ratelimit-limit-requests": "60",
      "x-ratelimit-limit-tokens": "150000",
      "x-ratelimit-remaining-requests": "59",
      "x-ratelimit-remaining-tokens": "149984",
      "x-ratelimit-reset-requests": "1s",
      "x-ratelimit-reset-tokens": "6m0s",
    },
    limits: {
      requests: { limit: 60, remaining: 59, resetAtMs: inMs(1_000) },
      tokens: { limit: 150_000, remaining: 149_984, resetAtMs: inMs(360_000) },
    },
  },
  {
    vendor: "OpenAI, with short resets",
    headers: {
      "x-ratelimit-limit-requests": "5000",
      "x-ratelimit-remaining-requests": "4999",
      "x-ratelimit-reset-requests": "12ms",
      "x-ratelimit-limit-tokens": "160000",
      "x-ratelimit-remaining-tokens": "159976",
      "x-ratelimit-reset-tokens": "20ms",
    },
    limits: {
      requests: { limit: 5_000, remaining: 4_999, resetAtMs: inMs(12) },
      tokens: { limit: 160_000, remaining: 159_976, resetAtMs: inMs(20) },
    },
  },
  {
    vendor: "Azure OpenAI, which tells only what is left",
    headers: { "x-ratelimit-remaining-requests": "119", "x-ratelimit-remaining-tokens": "0" },
    limits: {
      requests: { limit: null, remaining: 119, resetAtMs: null },
      tokens: { limit: null, remaining: 0, resetAtMs: null },
    },
  },
  {
    vendor: "Groq",
    headers: {
      "x-ratelimit-limit-requests": "14400",
      "x-ratelimit-limit-tokens": "18000",
      "x-ratelimit-remaining-requests": "14370",
      "x-ratelimit-remaining-tokens": "17997",
      "x-ratelimit-reset-requests": "2m59.56s",
      "x-ratelimit-reset-tokens": "7.66s",
    },
    limits: {
      requests: { limit: 14_400, remaining: 14_370, resetAtMs: inMs(179_560) },
      tokens: { limit: 18_000, remaining: 17_997, resetAtMs: inMs(7_660) },
    },
  },
  {
    vendor: "Cerebras, with the window in the name and seconds",
    headers: {
      "x-ratelimit-limit-requests-day": "1000000000",
      "x-ratelimit-limit-tokens-minute": "1000000000",
      "x-ratelimit-remaining-requests-day": "999997455",
      "x-ratelimit-remaining-tokens-minute": "999998298",
      "x-ratelimit-reset-requests-day": "33011.382",
      "x-ratelimit-reset-tokens-minute": "11.382",
    },
    limits: {
      requests: { limit: 1_000_000_000, remaining: 999_997_455, resetAtMs: inMs(33_011_382) },
      tokens: { limit: 1_000_000_000, remaining: 999_998_298, resetAtMs: inMs(11_382) },
    },
  },
  {
    vendor: "Mistral: a minute without a reset is over in a minute",
    headers: {
      "x-ratelimit-limit-tokens-minute": "5000000",
      "x-ratelimit-remaining-tokens-minute": "4999911",
      "x-ratelimit-tokens-query-cost": "52",
      "x-ratelimit-limit-req-minute": "720",
      "x-ratelimit-remaining-req-minute": "717",
    },
    limits: {
      requests: { limit: 720, remaining: 717, resetAtMs: inMs(60_000) },
      tokens: { limit: 5_000_000, remaining: 4_999_911, resetAtMs: inMs(60_000) },
    },
  },
  {
    vendor: "Mistral's older names, all of them about tokens",
    headers: {
      "ratelimitbysize-limit": "500000",
      "ratelimitbysize-remaining": "499983",
      "ratelimitbysize-reset": "24",
      "ratelimitbysize-query-cost": "17",
      "x-ratelimitbysize-limit-minute": "500000",
      "x-ratelimitbysize-remaining-minute": "499983",
      "x-ratelimitbysize-limit-month": "1000000000",
      "x-ratelimitbysize-remaining-month": "998312001",
    },
    limits: { ...nothing, tokens: { limit: 500_000, remaining: 499_983, resetAtMs: inMs(24_000) } },
  },
  {
    vendor: "a month that is nearly used up counts before the minute",
    headers: {
      "x-ratelimitbysize-limit-minute": "500000",
      "x-ratelimitbysize-remaining-minute": "499983",
      "x-ratelimitbysize-limit-month": "1000000000",
      "x-ratelimitbysize-remaining-month": "12",
    },
    limits: { ...nothing, tokens: { limit: 1_000_000_000, remaining: 12, resetAtMs: null } },
  },
  {
    vendor: "OpenRouter, in milliseconds since 1970",
    headers: {
      "x-ratelimit-limit": "20",
      "x-ratelimit-remaining": "3",
      "x-ratelimit-reset": String(inMs(41_250)),
    },
    limits: { ...nothing, requests: { limit: 20, remaining: 3, resetAtMs: inMs(41_250) } },
  },
  {
    vendor: "the same in seconds since 1970",
    headers: {
      "x-ratelimit-limit": "20",
      "x-ratelimit-remaining": "3",
      "x-ratelimit-reset": String(inMs(0) / 1_000 + 9),
    },
    limits: { ...nothing, requests: { limit: 20, remaining: 3, resetAtMs: inMs(9_000) } },
  },
  {
    vendor: "IETF draft 02, three headers in seconds, a policy behind the limit",
    headers: { "ratelimit-limit": "100, 100;w=10", "ratelimit-remaining": "50", "ratelimit-reset": "50" },
    limits: { ...nothing, requests: { limit: 100, remaining: 50, resetAtMs: inMs(50_000) } },
  },
  {
    vendor: "IETF draft 07, one header",
    headers: { ratelimit: "limit=100, remaining=50, reset=5", "ratelimit-policy": "100;w=10" },
    limits: { ...nothing, requests: { limit: 100, remaining: 50, resetAtMs: inMs(5_000) } },
  },
  {
    vendor: "Cloudflare, IETF draft 09",
    headers: { ratelimit: '"default";r=50;t=30', "ratelimit-policy": '"burst";q=100;w=60,"default";q=1200;w=300' },
    limits: { ...nothing, requests: { limit: 1_200, remaining: 50, resetAtMs: inMs(30_000) } },
  },
  {
    vendor: "the tightest of several of the draft's limits",
    headers: { ratelimit: '"default";r=50;t=30, "burst";r=2;t=1', "ratelimit-policy": '"default";q=1200;w=300' },
    limits: { ...nothing, requests: { limit: null, remaining: 2, resetAtMs: inMs(1_000) } },
  },
  {
    vendor: "Anthropic: of input and output, the one with less left",
    headers: {
      "anthropic-ratelimit-requests-limit": "50",
      "anthropic-ratelimit-requests-remaining": "49",
      "anthropic-ratelimit-requests-reset": "2026-10-05T12:00:01Z",
      "anthropic-ratelimit-tokens-limit": "48000",
      "anthropic-ratelimit-tokens-remaining": "47000",
      "anthropic-ratelimit-tokens-reset": "2026-10-05T12:00:02Z",
      "anthropic-ratelimit-input-tokens-limit": "40000",
      "anthropic-ratelimit-input-tokens-remaining": "40000",
      "anthropic-ratelimit-input-tokens-reset": "2026-10-05T12:00:00Z",
      "anthropic-ratelimit-output-tokens-limit": "8000",
      "anthropic-ratelimit-output-tokens-remaining": "7000",
      "anthropic-ratelimit-output-tokens-reset": "2026-10-05T14:00:07+02:00",
    },
    limits: {
      requests: { limit: 50, remaining: 49, resetAtMs: inMs(1_000) },
      tokens: { limit: 8_000, remaining: 7_000, resetAtMs: inMs(7_000) },
    },
  },
  {
    vendor: "a vendor without limits",
    headers: { "content-type": "text/event-stream", "retry-after": "3" },
    limits: null,
  },
  {
    vendor: "a limit alone, which tells nothing of what is left",
    headers: { "x-ratelimit-limit-requests": "60", "x-ratelimit-reset-requests": "1s" },
    limits: null,
  },
  {
    vendor: "a limit of 0, which no vendor that answers has",
    headers: { "x-ratelimit-limit-tokens": "0", "x-ratelimit-remaining-tokens": "0" },
    limits: null,
  },
  {
    vendor: "-1 for unlimited",
    headers: { "x-ratelimit-limit-tokens": "-1", "x-ratelimit-remaining-tokens": "-1", "x-ratelimit-remaining": "7" },
    limits: { ...nothing, requests: { limit: null, remaining: 7, resetAtMs: null } },
  },
];

describe("rate limits in headers", () => {
  it.each(cases)("$vendor", ({ headers, limits }) => {
    expect(readRateLimits(headers, nowMs)).toEqual(limits);
  });

  it.each([
    ["soon"],
    [""],
    ["-5"],
    ["1 s"],
    ["6m0"],
    ["NaN"],
    ["Infinity"],
    ["1e3"],
    ["0x10"],
    ["2026-99-99T12:00:00Z"],
    ["1970-01-01T00:00:00Z"],
    ["9999-01-01T00:00:00Z"],
    ["99999999h"],
    ["99999999999999999999"],
    ["9".repeat(400)],
    ["Mon, 05 Oct 2026"],
  ])("a reset of %j is no time", (reset) => {
    const headers = { "x-ratelimit-remaining-requests": "5", "x-ratelimit-reset-requests": reset };
    expect(readRateLimits(headers, nowMs)?.requests).toEqual({ limit: null, remaining: 5, resetAtMs: null });
  });

  it.each([["many"], [""], ["-3"], ["5, 5"], ["1e3"], ["0x10"], ["NaN"], ["1".repeat(16)], ["１２"]])(
    "%j left is not said",
    (remaining) => {
      expect(readRateLimits({ "x-ratelimit-remaining-requests": remaining }, nowMs)).toBeNull();
    },
  );

  it("takes anything without throwing, and gives whole numbers or null", () => {
    const names = [...new Set(cases.flatMap((one) => Object.keys(one.headers)))];
    const values = [...new Set(cases.flatMap((one) => Object.values(one.headers)))];
    const value = fc.oneof(fc.string(), fc.constantFrom(...values), fc.stringMatching(/^[\d.,;=:"a-zTZ-]{0,20}$/));
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), value), (headers) => {
        const limits = readRateLimits(headers, nowMs);
        const found = [limits?.requests, limits?.tokens].flatMap((one) => one ?? []);
        expect(limits === null).toBe(found.length === 0);
        for (const { limit, remaining, resetAtMs } of found) {
          for (const number of [limit ?? 1, remaining, resetAtMs ?? 0]) expect(Number.isSafeInteger(number)).toBe(true);
          expect(limit).not.toBe(0);
          expect(remaining).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});

describe("the first part of an answer", () => {
  const closers: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  it.each([
    { preset: "openai-compatible" as const, vendor: "OpenAI" },
    { preset: "anthropic" as const, vendor: "Anthropic: of input and output, the one with less left" },
  ])("brings them, before anything else has come ($preset)", async ({ preset, vendor }) => {
    const known = cases.find((one) => one.vendor === vendor);
    const server = await startRawServer((_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream", ...known?.headers });
      response.flushHeaders();
    });
    const http = createHttp(networkSettingSchema.parse({ systemCertificates: false }));
    closers.push(
      () => server.close(),
      () => http.close(),
    );
    const setting = { id: "vendor", preset, baseUrl: `${server.origin}/v1` };
    const provider = createProvider({ setting, key: "test-key-123", http, now: () => nowMs });
    const request = { modelId: "m", messages: [{ role: "user" as const, text: "Why?" }], maxOutputTokens: 10 };
    let first: ProviderPart | undefined;
    for await (const part of provider.stream(request, { signal: new AbortController().signal })) {
      first = part;
      break;
    }
    expect(first).toEqual({ type: "activity", limits: known?.limits });
    await server.untilSockets(0);
  });
});
