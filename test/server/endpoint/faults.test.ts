import { describe, expect, it } from "vitest";
import { decimalUsd, headerText } from "../../../server/endpoint/answer-headers.ts";
import { createFailedAnswers } from "../../../server/endpoint/failed-answers.ts";
import { faultOf } from "../../../server/endpoint/fault-of.ts";
import { findJsonBreak } from "../../../server/endpoint/find-json-break.ts";
import { openAiErrorBody } from "../../../server/endpoint/openai-errors.ts";
import type { Failure } from "../../../shared/failure.ts";

const message = "It broke.";
describe("a failure of the engine's", () => {
  it.each<[Failure, number, string, string, string | null]>([
    [{ kind: "context-length", message }, 400, "context_length_exceeded", "invalid_request_error", "messages"],
    [
      { kind: "bad-request", status: 422, parameter: "top_k", message },
      400,
      "bad_request",
      "invalid_request_error",
      "top_k",
    ],
    [{ kind: "content-filter", message }, 400, "content_filter", "invalid_request_error", null],
    [{ kind: "budget", message }, 402, "budget_exceeded", "insufficient_quota", null],
    [{ kind: "setup", field: "model", message }, 404, "model_not_found", "invalid_request_error", "model"],
    [{ kind: "setup", field: "wayfare.providers", message }, 503, "not_set_up", "server_error", null],
    [{ kind: "ledger", message }, 503, "ledger_unavailable", "server_error", null],
    [{ kind: "rate-limit", retryAfterMs: null, message }, 429, "rate_limit_exceeded", "rate_limit_error", null],
    [{ kind: "overloaded", status: 529, message }, 503, "overloaded", "server_error", null],
    [{ kind: "silence", phase: "headers", waitedMs: 1, message }, 504, "upstream_silence", "server_error", null],
    [{ kind: "stall", waitedMs: 1, message }, 504, "upstream_stall", "server_error", null],
    [{ kind: "auth", status: 401, message }, 502, "upstream_auth", "server_error", null],
    [{ kind: "quota", status: 402, message }, 502, "upstream_quota", "server_error", null],
    [{ kind: "no-access", status: 403, model: "m", message }, 502, "upstream_no_access", "server_error", null],
    [{ kind: "region", status: 403, model: null, message }, 502, "upstream_region", "server_error", null],
    [{ kind: "unknown-model", model: "m", message }, 502, "upstream_unknown_model", "server_error", null],
    [
      { kind: "not-an-api", status: 200, contentType: "text/html", message },
      502,
      "upstream_not_an_api",
      "server_error",
      null,
    ],
    [{ kind: "malformed", message }, 502, "upstream_malformed", "server_error", null],
    [{ kind: "empty", message }, 502, "upstream_empty", "server_error", null],
    [{ kind: "truncated", message }, 502, "upstream_truncated", "server_error", null],
    [{ kind: "network", cause: "dns", host: "h", message }, 502, "upstream_network", "server_error", null],
    [{ kind: "server-error", status: 500, message }, 502, "upstream_server_error", "server_error", null],
    [{ kind: "internal", message }, 500, "internal_error", "server_error", null],
  ])("%o is told as %i %s", (failure, status, code, type, param) => {
    const fault = faultOf(failure);
    expect([fault.status, openAiErrorBody(fault)]).toEqual([status, { error: { message, type, param, code } }]);
  });
});

describe("answers that failed", () => {
  const failed = faultOf({ kind: "truncated", message });
  const scene = () => {
    const clock = { nowMs: 0 };
    return { clock, answers: createFailedAnswers(() => clock.nowMs) };
  };

  it("are told again for ten seconds", () => {
    const { clock, answers } = scene();
    answers.remember("a", failed);
    clock.nowMs = 9_999;
    const again = "This is the answer of 9 s ago; the same request is asked anew in 1 s, a different one at once.";
    expect(answers.recall("a")).toEqual({ fault: { ...failed, message: `It broke. ${again}` }, agoMs: 9_999 });
    expect(answers.recall("b")).toBeNull();
    clock.nowMs = 10_000;
    expect(answers.recall("a")).toBeNull();
    answers.remember("a", failed);
    clock.nowMs = 0;
    expect(answers.recall("a")).toBeNull();
  });

  it("are those that a repetition would meet again", () => {
    const { answers } = scene();
    const kept: Failure[] = [
      { kind: "overloaded", status: 503, message },
      { kind: "stall", waitedMs: 1, message },
      { kind: "auth", status: 401, message },
      { kind: "rate-limit", retryAfterMs: null, message },
    ];
    const others: Failure[] = [
      { kind: "budget", message },
      { kind: "context-length", message },
      { kind: "ledger", message },
      { kind: "internal", message },
      { kind: "setup", field: "model", message },
    ];
    for (const failure of [...kept, ...others]) answers.remember(failure.kind, faultOf(failure));
    expect([...kept, ...others].filter(({ kind }) => answers.recall(kind) !== null)).toEqual(kept);
  });

  it("are not told beyond the wait that was named, and name what is left of it", () => {
    const { clock, answers } = scene();
    answers.remember("a", { ...failed, retryAfterMs: 3_000 });
    clock.nowMs = 999;
    expect(answers.recall("a")?.fault.message).toBe(
      "It broke. This is the answer of a moment ago; the same request is asked anew in 3 s, a different one at once.",
    );
    clock.nowMs = 2_000;
    expect(answers.recall("a")?.fault).toMatchObject({
      retryAfterMs: 1_000,
      message: expect.stringContaining("This is the answer of 2 s ago; the same request is asked anew in 1 s,"),
    });
    clock.nowMs = 3_000;
    expect(answers.recall("a")).toBeNull();
  });

  it("are told in sentences that stand apart, and each time from the first one on", () => {
    const { clock, answers } = scene();
    answers.remember("a", { ...failed, message: "No end mark" });
    clock.nowMs = 3_000;
    const again = "This is the answer of 3 s ago; the same request is asked anew in 7 s, a different one at once.";
    for (const _ of [1, 2]) expect(answers.recall("a")?.fault.message).toBe(`No end mark. ${again}`);
  });

  it("are the last 200, and none after they were forgotten", () => {
    const { answers } = scene();
    for (let key = 0; key < 201; key += 1) answers.remember(String(key), failed);
    expect([answers.recall("0"), answers.recall("1") !== null, answers.recall("200") !== null]).toEqual([
      null,
      true,
      true,
    ]);
    answers.forget();
    expect(answers.recall("200")).toBeNull();
  });
});

describe("headers", () => {
  it.each([
    [0, "0"],
    [1, "0.000000001"],
    [1_260, "0.00000126"],
    [1_500_000_000, "1.5"],
    [2_000_000_000, "2"],
    [9_007_199_254_740_991, "9007199.254740991"],
  ])("%i nano-dollars are %s", (nano, usd) => expect(decimalUsd(nano)).toBe(usd));

  it.each([
    ["plain, as it is", "plain, as it is"],
    ["a\r\nx-evil: 1", "a%0D%0Ax-evil: 1"],
    ["50 % → ü", "50 %25 %E2%86%92 %C3%BC"],
    ["half \ud83d pair", "half ? pair"],
    ["a".repeat(50), "a".repeat(40)],
    [`${"a".repeat(37)}→`, "a".repeat(37)],
  ])("%j is written %j", (text, written) => expect(headerText(text, 40)).toBe(written));
});

describe("where a text ceases to be JSON, marked █", () => {
  it.each([
    "█",
    "{█",
    '{"a"█',
    '{"a":█',
    '{"a":1█',
    '{"a":1,█}',
    "{█a:1}",
    '{"a" █1}',
    '{"a":1 █"b":2}',
    "[1,█]",
    "[1 █2]",
    "[█,1]",
    "[1] █2",
    "[tru█",
    "[█True]",
    "[█'a']",
    "[0█1]",
    "[1█.]",
    "[█NaN]",
    '["a█\n"]',
    '["a█\\x"]',
    '["a\\u12█',
    '["a█\\u12"]',
    '["\\u12ab\\n█',
    '[{"a":[]}█}',
    '{"a":"b"}█}',
    "[█}",
  ])("%j", (marked) => {
    const text = marked.replace("█", "");
    expect(() => JSON.parse(text)).toThrow();
    const place = findJsonBreak(text);
    expect(`${text.slice(0, place)}█${text.slice(place)}`).toBe(marked);
  });

  it("is found behind a string of many megabytes", () => {
    const text = `["${"x".repeat(20_000_000)}" 1]`;
    expect(findJsonBreak(text)).toBe(text.length - 2);
  });
});
