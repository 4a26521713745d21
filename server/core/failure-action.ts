import type { Failure, FailureKind } from "../../shared/failure.ts";
import { waitWords } from "../../shared/wait-words.ts";

/** What to do after a failed attempt. */
export interface FailureAction {
  /** How often the same route is tried again (with a little jitter) before the plan moves on. */
  retrySame: 0 | 1;
  /** Whether that comes before any other route is asked, or only where no other is left to ask. */
  retryWhen: "first" | "alone";
  /** How long the route asked to be left alone before that, in milliseconds. */
  waitMs: number;
  /** Whether the next route of the plan may be tried. */
  otherRoute: boolean;
  /** How long what `coolScope` names is left alone, in milliseconds; 0: not at all. */
  coolMs: number;
  /** What cools: nothing, the host, this model on this host, or this key on this host. */
  coolScope: CoolScope;
  /** Whether one such failure is enough for that, or more than half of the last requests have to fail. */
  trips: "at-once" | "by-share";
  /** Whether it counts among the model's failures, which the order of a plan and the breaker look at. */
  weighs: boolean;
  /** Only a route with a larger context window than this one is worth trying. */
  needsLargerWindow: boolean;
}
export type CoolScope = "none" | "host" | "model" | "key";

/** The action for a failure: one table row for its class, with the facts the failure itself brings. */
export function actionFor(failure: Failure): FailureAction {
  const row: FailureAction = {
    ...table[failure.kind],
    retryWhen: "first",
    waitMs: 0,
    needsLargerWindow: false,
    trips: byShare.has(failure.kind) ? "by-share" : "at-once",
    weighs: ofTheModel.has(failure.kind),
  };
  // Where it is about an account behind a gateway, or one model, the key is well for every other model.
  const isNarrower =
    ("upstream" in failure && failure.upstream !== undefined) || (failure.kind === "region" && failure.model !== null);
  if (row.coolScope === "key" && isNarrower) row.coolScope = "model";
  switch (failure.kind) {
    case "rate-limit":
      return failure.retryAfterMs === null
        ? { ...row, retrySame: 1, retryWhen: "alone", waitMs: UNNAMED_WAIT_MS }
        : afterWaiting(row, Math.max(failure.retryAfterMs, 0));
    case "network":
      // A name that does not resolve or a certificate that is not trusted will not be mended by asking again at once.
      // Without a network nobody is to blame, and nobody needs a rest.
      if (failure.cause === "offline") return { ...row, retrySame: 0, coolMs: 0, coolScope: "none", weighs: false };
      return failure.cause === "dns" || failure.cause === "tls" || failure.cause === "proxy"
        ? { ...row, retrySame: 0 }
        : row;
    case "context-length":
      return { ...row, needsLargerWindow: true };
    case "bad-request":
      // It said that it fills no holes, which is remembered: asked again, it is asked in chat.
      return failure.parameter === "suffix" ? { ...row, retrySame: 1 } : row;
    default:
      return row;
  }
}

function afterWaiting(row: FailureAction, waitMs: number): FailureAction {
  const cooled = { ...row, coolMs: Math.min(waitMs, maxCoolMs) };
  return waitMs <= PATIENCE_MS ? { ...cooled, retrySame: 1, retryWhen: "alone", waitMs } : cooled;
}

/** The few words shown beside a failed attempt: "no first token in 4.1 s", "rate limited, 20 s". */
export function describeAttempt(failure: Failure): string {
  switch (failure.kind) {
    case "network":
      return networkWords[failure.cause].replace("{host}", failure.host);
    case "silence":
      return failure.phase === "headers"
        ? `no answer in ${seconds(failure.waitedMs)}`
        : `no first token in ${seconds(failure.waitedMs)}`;
    case "stall":
      return `stalled for ${seconds(failure.waitedMs)}`;
    case "rate-limit":
      return failure.retryAfterMs === null ? "rate limited" : `rate limited, ${waitWords(failure.retryAfterMs)}`;
    case "overloaded":
      return `overloaded (${failure.status})`;
    case "server-error":
      return failure.status === 200 ? "an error in its answer" : `${failure.status} from the server`;
    case "auth":
      return `key refused (${failure.status})`;
    case "quota":
      return "out of credit";
    case "unknown-model":
      return `no model ${failure.model}`;
    case "no-access":
      return "no access to the model";
    case "region":
      return failure.model === null ? "not served in this region" : "model not served in this region";
    case "bad-request":
      if (failure.parameter === "suffix") return "does not fill in code";
      if (["images", "documents", "tools"].includes(failure.parameter ?? "")) return `takes no ${failure.parameter}`;
      if (failure.parameter === "addresses") return "takes no image by its address";
      if (failure.parameter === "prefill") return "does not go on with a begun answer";
      return failure.parameter === null
        ? `request refused (${failure.status})`
        : `"${failure.parameter}" refused (${failure.status})`;
    case "not-an-api":
      return failure.contentType === "" ? "not an API" : `not an API (${failure.contentType})`;
    default:
      return plainWords[failure.kind];
  }
}

/** A provider that says "retry after" is waited for up to this, where nobody else can answer meanwhile. */
const PATIENCE_MS = 2_000;
/** Where a provider says "too many" and no time, and nobody else can answer: most limits count by the second or minute. */
const UNNAMED_WAIT_MS = 1_000;
/** A Retry-After beyond this is not believed: some servers name hours, and a person would rather try again. */
const maxCoolMs = 300_000;

/**
 * One row per class of failure. Where `coolScope` is "key" for a refused key or an empty account, five minutes stand in
 * for "until the person acts": credit is bought on the provider's own page, which Wayfare never sees.
 */
const table: Record<FailureKind, Pick<FailureAction, "retrySame" | "otherRoute" | "coolMs" | "coolScope">> = {
  network: { retrySame: 1, otherRoute: true, coolMs: 10_000, coolScope: "host" },
  silence: { retrySame: 0, otherRoute: true, coolMs: 15_000, coolScope: "model" },
  stall: { retrySame: 0, otherRoute: true, coolMs: 15_000, coolScope: "model" },
  truncated: { retrySame: 0, otherRoute: true, coolMs: 15_000, coolScope: "model" },
  "rate-limit": { retrySame: 0, otherRoute: true, coolMs: 15_000, coolScope: "key" },
  overloaded: { retrySame: 0, otherRoute: true, coolMs: 15_000, coolScope: "model" },
  "server-error": { retrySame: 1, otherRoute: true, coolMs: 15_000, coolScope: "model" },
  auth: { retrySame: 0, otherRoute: true, coolMs: 300_000, coolScope: "key" },
  "no-access": { retrySame: 0, otherRoute: true, coolMs: 300_000, coolScope: "model" },
  region: { retrySame: 0, otherRoute: true, coolMs: 300_000, coolScope: "key" },
  quota: { retrySame: 0, otherRoute: true, coolMs: 300_000, coolScope: "key" },
  "unknown-model": { retrySame: 0, otherRoute: true, coolMs: 300_000, coolScope: "model" },
  "context-length": { retrySame: 0, otherRoute: true, coolMs: 0, coolScope: "none" },
  "bad-request": { retrySame: 0, otherRoute: true, coolMs: 0, coolScope: "none" },
  // Another model would be asked to say what this one would not: that is the person's choice, not the router's.
  "content-filter": { retrySame: 0, otherRoute: false, coolMs: 0, coolScope: "none" },
  "not-an-api": { retrySame: 0, otherRoute: true, coolMs: 60_000, coolScope: "host" },
  malformed: { retrySame: 0, otherRoute: true, coolMs: 15_000, coolScope: "model" },
  empty: { retrySame: 0, otherRoute: true, coolMs: 15_000, coolScope: "model" },
  // A cheaper route may still fit under the cap.
  budget: { retrySame: 0, otherRoute: true, coolMs: 0, coolScope: "none" },
  // One provider without a key does not silence the others.
  setup: { retrySame: 0, otherRoute: true, coolMs: 0, coolScope: "none" },
  ledger: { retrySame: 0, otherRoute: false, coolMs: 0, coolScope: "none" },
  internal: { retrySame: 0, otherRoute: false, coolMs: 0, coolScope: "none" },
};

/** One of these may be chance, and the next request goes well; several are none. */
const byShare: ReadonlySet<FailureKind> = new Set(["server-error", "stall", "truncated", "malformed", "empty"]);

/** What a model, or the way to it, did badly: not what the request, the key or the account is to blame for. */
const ofTheModel: ReadonlySet<FailureKind> = new Set([...byShare, "network", "silence", "overloaded"]);

const networkWords = {
  dns: "no such host: {host}",
  refused: "connection refused",
  reset: "connection reset",
  tls: "certificate not trusted",
  proxy: "proxy refused",
  unreachable: "{host} cannot be reached",
  "connect-timeout": "no connection in time",
  offline: "this machine is offline",
} as const;

const plainWords = {
  truncated: "cut off before its end",
  "context-length": "prompt too long for the model",
  "content-filter": "refused by its content filter",
  malformed: "unreadable answer",
  empty: "empty answer",
  budget: "over the budget",
  setup: "not set up",
  ledger: "the books cannot be kept",
  internal: "a fault in Wayfare",
} as const;

function seconds(ms: number): string {
  const value = ms / 1000;
  return `${value < 10 && !Number.isInteger(value) ? value.toFixed(1) : Math.round(value)} s`;
}

/** It refused the request for what stands in it, and not because this model cannot take images, tools and the like. */
export function isAboutContent(failure: Failure): boolean {
  return failure.kind === "bad-request" && !capabilities.has(failure.parameter ?? "");
}

const capabilities: ReadonlySet<string> = new Set(["images", "addresses", "documents", "tools", "prefill", "suffix"]);
