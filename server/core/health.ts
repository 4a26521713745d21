import type { Failure, FailureKind } from "../../shared/failure.ts";
import { actionFor, describeAttempt } from "./failure-action.ts";
import type { RateLimits } from "./provider.ts";

/**
 * What is known of a host, of a key at it, or of a model on it: plain data, kept in the store as it is. Times are
 * milliseconds since 1970, because windows and restarts share them.
 */
export interface HealthRecord {
  /** null: closed, nothing stands against it. Else it is left alone for a while, and then tried by one request at a time. */
  rest: Rest | null;
  /** Requests that ended here and those of them that failed for its own fault; both fade by half in `HALF_LIFE_MS`. */
  requests: number;
  failures: number;
  countedAtMs: number;
  /** What the vendor said of this key's limits in its last answer; null when it says nothing. */
  limits: RateLimits | null;
}

/**
 * `named`: at the time that the vendor named. `passing`: by itself, as far as we guess. `lasting`: most likely not before a
 * person does something, about a key, an account or a setting.
 */
export type RestEnd = "named" | "passing" | "lasting";

export interface Rest {
  atMs: number;
  restMs: number;
  /** In words such as "rate limited, 20 s". */
  why: string;
  /** What its end hangs on. */
  ends: RestEnd;
  /** How often in a row it was renewed: each time it lasts twice as long. */
  renewed: number;
}

/** `open`: left alone until then. `half-open`: its rest is over, and a request is to show whether it is well again. */
export type HealthState =
  | { state: "closed" }
  | { state: "open"; untilMs: number; why: string; ends: RestEnd }
  | { state: "half-open"; why: string };

/** Counts fade by half in this: what was wrong ten minutes ago weighs little. */
const HALF_LIFE_MS = 180_000;
/** A share of failures over this, among at least so many requests, opens the breaker (`actionFor` says of which failures). */
const MOST_FAILURE_SHARE = 0.5;
const LEAST_REQUESTS = 5;
/** A rest doubles each time a probe fails, up to this. */
const LONGEST_REST_MS = 300_000;
/** What only the person can mend is tried once an hour at last: credit is bought on a page that Wayfare never sees. */
const LONGEST_REST_OF_ACCOUNT_MS = 3_600_000;
/** So long after its end a rest that nobody has tested is forgotten. */
const FORGOTTEN_AFTER_MS = 900_000;
/** A time further ahead than this was written before the machine's clock was set back. */
const CLOCK_SLACK_MS = 5_000;

const lasting: ReadonlySet<FailureKind> = new Set([
  "auth",
  "quota",
  "no-access",
  "region",
  "unknown-model",
  "not-an-api",
]);

export function unknownHealth(): HealthRecord {
  return { rest: null, requests: 0, failures: 0, countedAtMs: 0, limits: null };
}

export function healthState({ rest }: HealthRecord, nowMs: number): HealthState {
  if (rest === null || rest.atMs > nowMs + CLOCK_SLACK_MS) return { state: "closed" };
  const untilMs = rest.atMs + rest.restMs;
  if (nowMs < untilMs) return { state: "open", untilMs, why: rest.why, ends: rest.ends };
  return nowMs < untilMs + FORGOTTEN_AFTER_MS ? { state: "half-open", why: rest.why } : { state: "closed" };
}

/** The share of its requests that failed, 0 to 1; 0 when nothing is known. */
export function failureShare(record: HealthRecord, nowMs: number): number {
  const { requests, failures } = faded(record, nowMs);
  // Two requests are no statistics: the smaller the number, the nearer the share is to nothing.
  return failures / Math.max(requests, LEAST_REQUESTS);
}

/** Requests and failures as they count now. */
export function faded(record: HealthRecord, nowMs: number): { requests: number; failures: number } {
  const passedMs = Math.max(nowMs - record.countedAtMs, 0);
  const factor = 0.5 ** (passedMs / HALF_LIFE_MS);
  return { requests: record.requests * factor, failures: record.failures * factor };
}

/**
 * After an answer that was asked for at `askedAtMs`: it is well. One that was asked for before a rest began says nothing
 * of what that rest is for.
 */
export function afterAnswer(record: HealthRecord, askedAtMs: number, nowMs: number): HealthRecord {
  if (record.rest === null) return counted(record, { failed: 0 }, nowMs);
  if (askedAtMs < record.rest.atMs && record.rest.atMs <= nowMs) return counted(record, { failed: 0 }, nowMs);
  // What came before a rest that has proved well is no sign of what comes.
  return { ...counted({ ...record, requests: 0, failures: 0 }, { failed: 0 }, nowMs), rest: null };
}

/** After a failure that speaks against what the record is about. One that does not, changes nothing. */
export function afterFailure(
  record: HealthRecord,
  failure: Failure,
  scope: "host" | "key" | "model",
  nowMs: number,
): HealthRecord {
  const action = actionFor(failure);
  const next = scope === "model" && action.weighs ? counted(record, { failed: 1 }, nowMs) : record;
  // A limit may hold for one model only: the model that asked for a rest gets it, also when its key is soon free again.
  const concerns = action.coolScope === scope || (failure.kind === "rate-limit" && scope === "model");
  if (!concerns || action.coolMs === 0) return next;
  const before = healthState(record, nowMs);
  // Requests that were under way together fail together: that is one sign, not several.
  if (before.state === "open" && action.trips === "by-share") return next;
  if (action.trips === "by-share" && before.state === "closed") {
    const { requests, failures } = next;
    // Five within a minute have faded to nearly five.
    if (Math.round(requests) < LEAST_REQUESTS || failures / requests <= MOST_FAILURE_SHARE) return next;
  }
  const renewedBefore = before.state === "closed" ? 0 : (record.rest?.renewed ?? 0);
  const renewed = before.state === "half-open" ? renewedBefore + 1 : renewedBefore;
  const isOfAccount = ["auth", "quota", "no-access", "region"].includes(failure.kind);
  const longestMs = isOfAccount ? LONGEST_REST_OF_ACCOUNT_MS : LONGEST_REST_MS;
  // What the vendor named is what it wants; only a rest of our own choosing grows.
  const isNamed = failure.kind === "rate-limit" && failure.retryAfterMs !== null;
  const restMs = isNamed ? action.coolMs : Math.min(action.coolMs * 2 ** Math.min(renewed, 20), longestMs);
  const rest: Rest = {
    atMs: nowMs,
    restMs,
    ends: isNamed ? "named" : lasting.has(failure.kind) ? "lasting" : "passing",
    why: describeAttempt(failure),
    renewed,
  };
  if (before.state === "open" && record.rest !== null && before.untilMs >= nowMs + restMs) return next;
  return { ...next, rest };
}

/** Until when the vendor's own count leaves no room for a request of so many tokens, and why; null: there is room. */
export function limitedUntil(
  { limits }: HealthRecord,
  inputTokens: number,
  nowMs: number,
): { untilMs: number; why: string } | null {
  if (limits === null) return null;
  const waits = [
    limits.requests !== null && limits.requests.remaining < 1
      ? { untilMs: limits.requests.resetAtMs, why: "no requests left, as it counts" }
      : null,
    // A vendor whose whole limit is smaller than the request would never be asked; its own refusal says more.
    limits.tokens !== null &&
    limits.tokens.remaining < inputTokens &&
    (limits.tokens.limit ?? inputTokens) >= inputTokens
      ? { untilMs: limits.tokens.resetAtMs, why: "too few tokens left, as it counts" }
      : null,
  ];
  let longest: { untilMs: number; why: string } | null = null;
  for (const wait of waits) {
    if (wait === null || wait.untilMs === null || wait.untilMs <= nowMs) continue;
    const untilMs = Math.min(wait.untilMs, nowMs + LONGEST_REST_MS);
    if (longest === null || untilMs > longest.untilMs) longest = { untilMs, why: wait.why };
  }
  return longest;
}

/** The limits after one more request has left, before the vendor's next word about them. */
export function limitsAfterSending(record: HealthRecord, inputTokens: number): HealthRecord {
  const { limits } = record;
  if (limits === null) return record;
  const { requests, tokens } = limits;
  return {
    ...record,
    limits: {
      requests: requests === null ? null : { ...requests, remaining: requests.remaining - 1 },
      tokens: tokens === null ? null : { ...tokens, remaining: tokens.remaining - inputTokens },
    },
  };
}

function counted(record: HealthRecord, { failed }: { failed: 0 | 1 }, nowMs: number): HealthRecord {
  const { requests, failures } = faded(record, nowMs);
  return { ...record, requests: requests + 1, failures: failures + failed, countedAtMs: nowMs };
}
