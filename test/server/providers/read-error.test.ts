import { describe, expect, it } from "vitest";
import { type ErrorAnswer, readError } from "../../../server/providers/read-error.ts";

const nowMs = Date.parse("2026-06-01T12:00:00Z");

function read(status: number, body: unknown, more: Partial<ErrorAnswer> = {}) {
  return readError({
    status,
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers: { "content-type": "application/json" },
    host: "api.example.com",
    modelId: "vendor/model-x",
    secrets: [],
    nowMs,
    ...more,
  });
}

const openAi = (message: string, code: string | null, more: object = {}) => ({
  error: { message, type: "invalid_request_error", param: null, code, ...more },
});
const anthropic = (type: string, message: string) => ({ type: "error", error: { type, message }, request_id: "req_1" });

describe("Portkey's own gateway", () => {
  it.each([
    [
      500,
      "Message: fetch failed Cause: Error: connect ECONNREFUSED 127.0.0.1:39663 Name: TypeError",
      'api.example.com failed (500). "Message: fetch failed Cause: Error: connect ECONNREFUSED 127.0.0.1:39663 Name: TypeError"',
    ],
    [
      502,
      "<!doctype html>\n<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>",
      'api.example.com failed (502). "502 Bad Gateway"',
    ],
  ])("says in html-message what was no JSON: %s", (status, said, message) => {
    expect(read(status, { "html-message": said })).toEqual({ kind: "server-error", status, message });
  });

  it("fails by itself as npm installs it today, and the mend is said", () => {
    expect(read(500, { status: "failure", message: "Something went wrong" })).toEqual({
      kind: "server-error",
      status: 500,
      message:
        'api.example.com failed (500). "Something went wrong" If this is Portkey\'s own gateway 1.15.2, run it with @hono/node-server 1.13.8: with newer ones it fails so.',
    });
  });
});

describe("what vendors say, by class", () => {
  it.each([
    // the key
    ["auth", 401, openAi("Incorrect API key provided", "invalid_api_key")],
    ["auth", 401, anthropic("authentication_error", "invalid x-api-key")],
    ["auth", 403, anthropic("permission_error", "Your API key does not have permission")],
    ["auth", 401, ""],
    ["auth", 400, { error: { message: "API key not valid.", status: "INVALID_ARGUMENT", code: "invalid_api_key" } }],
    // money
    ["quota", 429, openAi("You exceeded your current quota, please check your plan", "insufficient_quota")],
    ["quota", 402, { error: { code: 402, message: "This request requires more credits" } }],
    ["quota", 400, anthropic("invalid_request_error", "Your credit balance is too low to access the API")],
    ["quota", 400, { error: { message: "Budget has been exceeded!", type: "budget_exceeded", code: "400" } }],
    ["quota", 403, { error: { code: 403, message: "Key limit exceeded (monthly limit)" } }],
    [
      "quota",
      402,
      { error: { message: "Insufficient Balance", type: "unknown_error", code: "invalid_request_error" } },
    ],
    ["quota", 429, { error: { message: "Monthly spending limit reached" } }],
    ["quota", 429, { error: { message: "Crossed spend within 30d. Budget: 5", type: "None", code: "429" } }],
    ["quota", 400, anthropic("invalid_request_error", "You have reached your specified API usage limits.")],
    [
      "quota",
      429,
      { errors: [{ code: 3036, message: "You have used up your daily free allocation of 10,000 neurons" }] },
    ],
    [
      "rate-limit",
      429,
      openAi(
        "Rate limit reached for requests per day (RPD). Visit the billing page to add a card.",
        "rate_limit_exceeded",
      ),
    ],
    // rate
    ["rate-limit", 429, openAi("Rate limit reached for requests", "rate_limit_exceeded")],
    ["rate-limit", 429, anthropic("rate_limit_error", "This request would exceed your rate limit")],
    ["rate-limit", 429, "<html><title>429 Too Many Requests</title></html>"],
    [
      "rate-limit",
      429,
      openAi("Rate limit reached. Please try again in 20s. Add a payment method at https://x/account/billing.", null),
    ],
    [
      "rate-limit",
      429,
      [
        {
          error: {
            code: 429,
            message: "You exceeded your current quota, please check your plan and billing details.",
            status: "RESOURCE_EXHAUSTED",
            details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "34s" }],
          },
        },
      ],
    ],
    // load
    ["overloaded", 529, anthropic("overloaded_error", "Overloaded")],
    ["overloaded", 503, ""],
    ["overloaded", 200, anthropic("overloaded_error", "Overloaded")],
    ["overloaded", 503, "<html><title>503 Service Temporarily Unavailable</title></html>"],
    ["server-error", 500, { error: { message: "The server had an error" } }],
    ["server-error", 502, "<html><head><title>502 Bad Gateway</title></head></html>"],
    ["server-error", 408, ""],
    ["server-error", 200, { error: { code: 502, message: "Provider returned error" } }],
    // length
    ["context-length", 400, openAi("This model's maximum context length is 128000 tokens.", "context_length_exceeded")],
    ["context-length", 400, anthropic("invalid_request_error", "prompt is too long: 205001 tokens > 200000 maximum")],
    ["context-length", 413, anthropic("request_too_large", "Request exceeds the maximum size")],
    ["context-length", 400, { error: { code: 400, type: "exceed_context_size_error", message: "n_ctx 4096" } }],
    ["context-length", 400, { object: "error", message: "... exceeds max_model_len of 8192", code: 400 }],
    ["context-length", 413, "<html><title>413 Request Entity Too Large</title></html>"],
    // the model
    ["unknown-model", 404, openAi("The model `vendor/model-x` does not exist", "model_not_found")],
    ["unknown-model", 404, anthropic("not_found_error", "model: model-x")],
    ["unknown-model", 400, { error: { code: 400, message: "vendor/model-x is not a valid model ID" } }],
    ["unknown-model", 404, { error: { code: 404, message: "No endpoints found for vendor/model-x." } }],
    [
      "unknown-model",
      404,
      { error: { message: 'model "model-x" not found, try pulling it first', type: "api_error" } },
    ],
    ["unknown-model", 400, { error: { message: "Model Not Exist", type: "invalid_request_error" } }],
    ["no-access", 403, openAi("Project `p` does not have access to model `x`", "model_not_found")],
    // the content
    ["content-filter", 400, openAi("The response was filtered", "content_filter")],
    [
      "content-filter",
      403,
      { error: { code: 403, message: "Input was flagged", metadata: { reasons: ["violence"] } } },
    ],
    // the request
    ["bad-request", 400, openAi("Unknown parameter: 'foo'", "unknown_parameter", { param: "foo" })],
    [
      "bad-request",
      422,
      { detail: [{ type: "extra_forbidden", loc: ["body", "stream_options"], msg: "not permitted" }] },
    ],
    // the address
    ["not-an-api", 404, { detail: "Not Found" }],
    ["not-an-api", 404, "<!DOCTYPE html><title>Not here</title>"],
    ["not-an-api", 403, "<html><title>Attention Required!</title></html>"],
    ["not-an-api", 301, ""],
  ])("%s: %i %j", (kind, status, body) => {
    expect(read(status, body).kind).toBe(kind);
  });
});

describe("messages", () => {
  it("names host, fact, vendor's words and the mend", () => {
    expect(read(401, openAi("Incorrect API key provided", "invalid_api_key")).message).toBe(
      'api.example.com refused the key (401). "Incorrect API key provided" Run "Wayfare: Change Key".',
    );
    expect(read(402, { error: { message: "Insufficient credits" } }).message).toBe(
      'The account at api.example.com is out of credit or over its limit (402). "Insufficient credits" Add credit or raise the limit there.',
    );
    expect(read(404, openAi("The model `x` does not exist", "model_not_found"))).toEqual({
      kind: "unknown-model",
      model: "vendor/model-x",
      message:
        'api.example.com has no model "vendor/model-x" for this key. "The model `x` does not exist" Correct the name in wayfare.tiers.',
    });
    expect(read(400, anthropic("invalid_request_error", "prompt is too long")).message).toBe(
      'The request is too long for "vendor/model-x" at api.example.com. "prompt is too long" Attach less, or start a new chat.',
    );
    expect(read(404, { detail: "Not Found" }).message).toBe(
      'api.example.com answers, but there is no such API at that address (404). "Not Found" Check the path of the base URL; it often ends in /v1.',
    );
    expect(read(302, "", { headers: { location: "https://login.example.com/sso?token=abc" } }).message).toBe(
      "api.example.com redirects to https://login.example.com/sso (302), and a key is never sent along. Put the address that answers into the base URL.",
    );
    expect(read(429, "", { headers: { "retry-after": "7" } }).message).toBe(
      "api.example.com limits the rate of requests (429). Again in 7 s, or choose another model.",
    );
  });

  it("keeps the vendor's words to one line and 300 characters", () => {
    const { message } = read(500, { error: { message: `line one\r\n\tline two ${"x".repeat(900)}` } });
    expect(message).not.toMatch(/[\r\n\t]/);
    expect(message.startsWith('api.example.com failed (500). "line one line two xxx')).toBe(true);
    expect(message.endsWith('…"')).toBe(true);
    expect(/"(.*)"/.exec(message)?.[1]).toHaveLength(300);
  });

  it("blots out a key that the vendor quotes", () => {
    const failure = read(401, openAi("Incorrect API key provided: sk-live-abcdef.", null), {
      secrets: ["sk-live-abcdef"],
    });
    expect(failure.message).toContain("Incorrect API key provided: [key].");
    expect(JSON.stringify(failure)).not.toContain("abcdef");
  });
});

describe("the parameter that is refused", () => {
  it.each([
    [
      "max_tokens",
      openAi("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.", null, {
        param: "max_tokens",
      }),
    ],
    ["max_tokens", { error: "'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead." }],
    [
      "stream_options",
      { detail: [{ type: "extra_forbidden", loc: ["body", "stream_options", "include_usage"], msg: "no" }] },
    ],
    ["temperature", { error: { message: "Unsupported value: temperature does not support 0.2" } }],
    [null, { error: { message: "Something else" } }],
  ])("is %s", (parameter, body) => {
    const failure = read(400, body);
    expect(failure.kind === "bad-request" && failure.parameter).toBe(parameter);
  });
});

describe("how long to wait", () => {
  it.each([
    [{ "retry-after": "20" }, "", 20_000],
    [{ "retry-after": "0.5" }, "", 500],
    [{ "retry-after-ms": "1500", "retry-after": "60" }, "", 1_500],
    [{ "retry-after": "Mon, 01 Jun 2026 12:00:30 GMT" }, "", 30_000],
    [{ "retry-after": "Mon, 01 Jun 2026 11:00:00 GMT" }, "", 0],
    [{ "retry-after": "99999999" }, "", 86_400_000],
    [{ "retry-after": "soon" }, "", null],
    [{ "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "6m0s" }, "", 360_000],
    [{ "x-ratelimit-remaining-tokens": "12", "x-ratelimit-reset-tokens": "6m0s" }, "", null],
    [{}, "Please try again in 1.2s.", 1_200],
    [{}, "Please try again in 250ms.", 250],
    [{}, "Slow down", null],
  ])("%j %s → %s ms", (headers, words, retryAfterMs) => {
    expect(read(429, { error: { message: words } }, { headers })).toMatchObject({ kind: "rate-limit", retryAfterMs });
  });

  it("reads the reset time that a gateway puts into the body", () => {
    const body = {
      error: { code: 429, message: "limit", metadata: { headers: { "X-RateLimit-Reset": String(nowMs + 5_000) } } },
    };
    expect(read(429, body)).toMatchObject({ retryAfterMs: 5_000 });
  });
});
