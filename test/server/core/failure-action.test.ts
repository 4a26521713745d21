import { describe, expect, it } from "vitest";
import { actionFor, describeAttempt } from "../../../server/core/failure-action.ts";
import type { Failure } from "../../../shared/failure.ts";

const message = "…";
const failures = {
  dns: { kind: "network", cause: "dns", host: "api.example.com", message },
  refused: { kind: "network", cause: "refused", host: "127.0.0.1", message },
  reset: { kind: "network", cause: "reset", host: "api.example.com", message },
  tls: { kind: "network", cause: "tls", host: "api.example.com", message },
  proxy: { kind: "network", cause: "proxy", host: "api.example.com", message },
  headers: { kind: "silence", phase: "headers", waitedMs: 10_000, message },
  firstContent: { kind: "silence", phase: "first-content", waitedMs: 4_130, message },
  stall: { kind: "stall", waitedMs: 20_000, message },
  truncated: { kind: "truncated", message },
  limited: { kind: "rate-limit", retryAfterMs: 20_000, message },
  limitedUnknown: { kind: "rate-limit", retryAfterMs: null, message },
  overloaded: { kind: "overloaded", status: 529, message },
  serverError: { kind: "server-error", status: 500, message },
  auth: { kind: "auth", status: 401, message },
  quota: { kind: "quota", status: 402, message },
  unknownModel: { kind: "unknown-model", model: "gpt-9", message },
  tooLong: { kind: "context-length", message },
  badParameter: { kind: "bad-request", status: 400, parameter: "stream_options", message },
  noFill: { kind: "bad-request", status: 501, parameter: "suffix", message },
  noImages: { kind: "bad-request", status: 404, parameter: "images", message },
  noTools: { kind: "bad-request", status: 400, parameter: "tools", message },
  noPrefill: { kind: "bad-request", status: 400, parameter: "prefill", message },
  badRequest: { kind: "bad-request", status: 422, parameter: null, message },
  filtered: { kind: "content-filter", message },
  html: { kind: "not-an-api", status: 200, contentType: "text/html", message },
  malformed: { kind: "malformed", message },
  empty: { kind: "empty", message },
  budget: { kind: "budget", message },
  setup: { kind: "setup", field: "key", message },
  ledger: { kind: "ledger", message },
  internal: { kind: "internal", message },
} satisfies Record<string, Failure>;
const names = Object.keys(failures) as (keyof typeof failures)[];
const where = (test: (name: keyof typeof failures) => boolean) => names.filter(test);

describe("action", () => {
  it("tries the same route again only where that may help", () => {
    expect(where((name) => actionFor(failures[name]).retrySame === 1)).toEqual([
      "refused",
      "reset",
      "limitedUnknown",
      "serverError",
      // In chat, that is.
      "noFill",
    ]);
  });

  it("moves on except where another model must not or cannot be asked", () => {
    expect(where((name) => !actionFor(failures[name]).otherRoute)).toEqual(["filtered", "ledger", "internal"]);
  });

  it("cools what the failure speaks of: a key, a model or a host", () => {
    const cooled = (scope: string) => where((name) => actionFor(failures[name]).coolScope === scope);
    expect(cooled("key")).toEqual(["limited", "limitedUnknown", "auth", "quota"]);
    expect(cooled("model")).toEqual([
      "headers",
      "firstContent",
      "stall",
      "truncated",
      "overloaded",
      "serverError",
      "unknownModel",
      "malformed",
      "empty",
    ]);
    expect(cooled("host")).toEqual(["dns", "refused", "reset", "tls", "proxy", "html"]);
    expect(where((name) => actionFor(failures[name]).coolMs > 0)).toEqual(
      where((name) => actionFor(failures[name]).coolScope !== "none"),
    );
  });

  it("cools at once for what one failure proves, and by their share for what may be chance", () => {
    expect(where((name) => actionFor(failures[name]).trips === "by-share")).toEqual([
      "stall",
      "truncated",
      "serverError",
      "malformed",
      "empty",
    ]);
  });

  it("counts against the model what is neither the request's, the key's nor the account's fault", () => {
    expect(where((name) => actionFor(failures[name]).weighs)).toEqual([
      ...["dns", "refused", "reset", "tls", "proxy", "headers", "firstContent", "stall", "truncated", "overloaded"],
      ...["serverError", "malformed", "empty"],
    ]);
  });

  it("blames nobody for a machine without a network, and does not ask again at once", () => {
    const offline: Failure = { kind: "network", cause: "offline", host: "a", message };
    const action = { retrySame: 0, otherRoute: true, coolMs: 0, coolScope: "none", weighs: false };
    expect(actionFor(offline)).toMatchObject(action);
  });

  it("believes Retry-After, up to five minutes", () => {
    const coolMs = (retryAfterMs: number | null) => actionFor({ kind: "rate-limit", retryAfterMs, message }).coolMs;
    expect([null, 0, 2_000, 86_400_000, -5].map(coolMs)).toEqual([15_000, 0, 2_000, 300_000, 0]);
  });

  it("waits for a short Retry-After where no other route is left", () => {
    const limited = (retryAfterMs: number | null) => actionFor({ kind: "rate-limit", retryAfterMs, message });
    expect(limited(2_000)).toMatchObject({ retrySame: 1, retryWhen: "alone", waitMs: 2_000 });
    expect(limited(2_001)).toMatchObject({ retrySame: 0, waitMs: 0 });
    expect(limited(null)).toMatchObject({ retrySame: 1, retryWhen: "alone", waitMs: 1_000 });
    expect(actionFor(failures.serverError)).toMatchObject({ retrySame: 1, retryWhen: "first", waitMs: 0 });
  });

  it("asks for a larger window", () => {
    expect(where((name) => actionFor(failures[name]).needsLargerWindow)).toEqual(["tooLong"]);
  });
});

describe("a failed attempt", () => {
  it("is described in few words", () => {
    expect(Object.fromEntries(names.map((name) => [name, describeAttempt(failures[name])]))).toEqual({
      dns: "no such host: api.example.com",
      refused: "connection refused",
      reset: "connection reset",
      tls: "certificate not trusted",
      proxy: "proxy refused",
      headers: "no answer in 10 s",
      firstContent: "no first token in 4.1 s",
      stall: "stalled for 20 s",
      truncated: "cut off before its end",
      limited: "rate limited, 20 s",
      limitedUnknown: "rate limited",
      overloaded: "overloaded (529)",
      serverError: "500 from the server",
      auth: "key refused (401)",
      quota: "out of credit",
      unknownModel: "no model gpt-9",
      tooLong: "prompt too long for the model",
      badParameter: '"stream_options" refused (400)',
      noFill: "does not fill in code",
      noImages: "takes no images",
      noTools: "takes no tools",
      noPrefill: "does not go on with a begun answer",
      badRequest: "request refused (422)",
      filtered: "refused by its content filter",
      html: "not an API (text/html)",
      malformed: "unreadable answer",
      empty: "empty answer",
      budget: "over the budget",
      setup: "not set up",
      ledger: "the books cannot be kept",
      internal: "a fault in Wayfare",
    });
  });
});
