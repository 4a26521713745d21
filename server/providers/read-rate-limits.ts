import type { ProviderPart, RateLimit, RateLimits } from "../core/provider.ts";
import { readDuration } from "./read-retry-after.ts";

/**
 * What a vendor's headers (lower-case names) say is left of its rate limits, from `nowMs` (milliseconds since 1970); null
 * when they say nothing. Several windows of one kind (a minute and a month, input and output) come to the one with the
 * least left, which is the one that refuses first. Never throws: what cannot be read counts as not said.
 *
 * Understood: OpenAI, Groq and Azure (`x-ratelimit-remaining-tokens`, resets as `6m0s`), Cerebras and Mistral (the same
 * with a window behind it, `…-tokens-minute`, `…-req-minute`, resets in seconds), Mistral's older `ratelimitbysize-*`,
 * OpenRouter (`x-ratelimit-remaining`, reset in milliseconds since 1970), the IETF's draft in each of its spellings
 * (`ratelimit-remaining`, `RateLimit: limit=…, remaining=…, reset=…`, `RateLimit: "default";r=…;t=…`), and Anthropic
 * (`anthropic-ratelimit-input-tokens-remaining`, resets as RFC 3339 times).
 */
export function readRateLimits(headers: Readonly<Record<string, string>>, nowMs: number): RateLimits | null {
  // Most servers say nothing, and there are three dozen names to look for.
  if (!Object.keys(headers).some((name) => name.includes("ratelimit"))) return null;
  const read = (window: Window): RateLimit[] => {
    const limit = readCount(headers[window.limit]?.split(/[,;]/)[0]);
    const remaining = readCount(headers[window.remaining]);
    return limitOf(limit, remaining, readReset(headers[window.reset], nowMs) ?? latestReset(window.lastsMs, nowMs));
  };
  const requests = tightest([...requestWindows.flatMap(read), ...readDraft(headers, nowMs)]);
  const tokens = tightest(tokenWindows.flatMap(read));
  return requests === null && tokens === null ? null : { requests, tokens };
}

/** The first part of an answer: its headers are there, and this is what they say of the vendor's limits. */
export function headersPart(headers: Readonly<Record<string, string>>, nowMs: number): ProviderPart {
  const limits = readRateLimits(headers, nowMs);
  return limits === null ? { type: "activity" } : { type: "activity", limits };
}

/** Names of the three headers of one window. */
interface Window {
  limit: string;
  remaining: string;
  reset: string;
  /** Where the name tells it: without a reset header the window is over after this at the latest. */
  lastsMs: number | null;
}

const lengthsMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000, month: null };

function windowOf(start: string, end = "", lastsMs: number | null = null): Window {
  return { limit: `${start}limit${end}`, remaining: `${start}remaining${end}`, reset: `${start}reset${end}`, lastsMs };
}

function windowsNamed(start: string, end = ""): Window[] {
  return [
    windowOf(start, end),
    ...Object.entries(lengthsMs).map(([name, lastsMs]) => windowOf(start, `${end}-${name}`, lastsMs)),
  ];
}

function anthropicWindow(what: string): Window {
  const name = (field: string) => `anthropic-ratelimit-${what}-${field}`;
  return { limit: name("limit"), remaining: name("remaining"), reset: name("reset"), lastsMs: null };
}

const requestWindows: readonly Window[] = [
  ...windowsNamed("x-ratelimit-", "-requests"),
  ...windowsNamed("x-ratelimit-", "-req"),
  anthropicWindow("requests"),
  windowOf("x-ratelimit-"),
  windowOf("ratelimit-"),
];
const tokenWindows: readonly Window[] = [
  ...windowsNamed("x-ratelimit-", "-tokens"),
  // Of two that say the same is left, the first counts: this one tells its reset.
  windowOf("ratelimitbysize-"),
  ...windowsNamed("x-ratelimitbysize-"),
  ...["tokens", "input-tokens", "output-tokens"].map(anthropicWindow),
];

/** The draft's single header: `limit=10, remaining=5, reset=7`, or a list of `"name";r=5;t=7` with the limits in a policy. */
function readDraft(headers: Readonly<Record<string, string>>, nowMs: number): RateLimit[] {
  const said = headers.ratelimit ?? "";
  const field = (item: string, name: string) => new RegExp(`(?:^|[;,\\s])${name}=([^;,\\s]+)`, "i").exec(item)?.[1];
  const whole = limitOf(
    readCount(field(said, "limit")),
    readCount(field(said, "remaining")),
    readReset(field(said, "reset"), nowMs),
  );
  const nameOf = (item: string) => item.split(";")[0]?.trim();
  const policies = (headers["ratelimit-policy"] ?? "").split(",");
  const items = said.split(",").flatMap((item) => {
    const policy = policies.find((one) => nameOf(one) === nameOf(item)) ?? "";
    return limitOf(readCount(field(policy, "q")), readCount(field(item, "r")), readReset(field(item, "t"), nowMs));
  });
  return [...whole, ...items];
}

/** Nothing where nothing is said of what is left, or where the limit is 0: who answers has no such limit. */
function limitOf(limit: number | null, remaining: number | null, resetAtMs: number | null): RateLimit[] {
  return remaining === null || limit === 0 ? [] : [{ limit, remaining, resetAtMs }];
}

function tightest(limits: readonly RateLimit[]): RateLimit | null {
  const [first, ...others] = limits;
  if (first === undefined) return null;
  return others.reduce((least, one) => {
    if (one.remaining !== least.remaining) return one.remaining < least.remaining ? one : least;
    return least.resetAtMs === null ? one : least;
  }, first);
}

/** A whole count; null for anything else, "-1" for "unlimited" included. */
function readCount(text: string | undefined): number | null {
  return /^\s*\d{1,15}(\.\d+)?\s*$/.test(text ?? "") ? Math.floor(Number(text)) : null;
}

/** A reset further off than the longest window there is, a month, is no time. */
const longestMs = 32 * 86_400_000;
/** As a number of seconds from now this is 31 years; as a time it is in 2001. */
const firstEpochSeconds = 1e9;
const firstEpochMs = 1e12;

/** A duration (`6m0s`), seconds from now, seconds or milliseconds since 1970, or an RFC 3339 time. */
function readReset(text: string | undefined, nowMs: number): number | null {
  const value = text?.trim() ?? "";
  const atMs = /^\d+(\.\d+)?$/.test(value)
    ? fromNumber(Number(value), nowMs)
    : /^(\d+(\.\d+)?(ms|[hms]))+$/.test(value)
      ? nowMs + (readDuration(value) ?? 0)
      : /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/i.test(value)
        ? Date.parse(value)
        : Number.NaN;
  return Math.abs(atMs - nowMs) <= longestMs ? Math.ceil(atMs) : null;
}

function fromNumber(value: number, nowMs: number): number {
  if (value >= firstEpochMs) return value;
  return value >= firstEpochSeconds ? value * 1000 : nowMs + value * 1000;
}

function latestReset(lastsMs: number | null, nowMs: number): number | null {
  return lastsMs === null ? null : nowMs + lastsMs;
}
