import * as z from "zod";
import type { Failure } from "../../shared/failure.ts";
import { readJson } from "./read-json.ts";
import { readRetryAfter } from "./read-retry-after.ts";

/** An answer that is not what was asked for, as plain facts. */
export interface ErrorAnswer {
  /** HTTP status; 200 for an error inside a stream. */
  status: number;
  /** Lower-case names. */
  headers: Readonly<Record<string, string>>;
  body: string;
  /** Host (with a port that is not the usual one) as shown to a person. */
  host: string;
  /** null when the request was not about one model. */
  modelId: string | null;
  /** Texts that must not be repeated, for a vendor may quote the key it refuses. */
  secrets: readonly string[];
  /** Milliseconds since 1970; a date in Retry-After counts from here. */
  nowMs: number;
}

/**
 * What a vendor's error means. Codes and types decide first, then the status; the vendor's own words only where nothing
 * else tells two cases apart (an empty account and a rate limit are both 429 at some, 400 at others). The words are in
 * the message, on one line, at most 300 characters.
 */
export function readError(answer: ErrorAnswer): Failure {
  const contentType = answer.headers["content-type"] ?? "";
  const isPage = looksLikeHtml(contentType, answer.body);
  // A page with 502 or 429 comes from a gateway in front of the right API; its status says what happened.
  const statusSpeaks = answer.status >= 500 || answer.status === 429 || answer.status === 413;
  if (isPage && !statusSpeaks) return notAnApi(answer, contentType);
  if (answer.status >= 300 && answer.status < 400) return redirected(answer, contentType);

  const said = readBody(isPage ? titleOf(answer.body) : answer.body);
  const words = quote(said.words, answer.secrets);
  // Inside a 200 stream the error carries its own number, where it has one.
  const status = answer.status < 400 ? (said.status ?? answer.status) : answer.status;
  const evidence = { status, said, answer, words };
  for (const rule of rules) {
    const failure = rule(evidence);
    if (failure) return failure;
  }
  return unclassified(evidence);
}

/** True when the body is a web page, whatever its label says. */
export function looksLikeHtml(contentType: string, body: string): boolean {
  return /^\s*<(!doctype|html|head|body|\?xml)/i.test(body.slice(0, 500)) || /^text\/html/i.test(contentType);
}

/** The vendor's own words in an error, quoted on one line with a space before, or empty. */
export function wordsOf(answer: ErrorAnswer): string {
  const isPage = looksLikeHtml(answer.headers["content-type"] ?? "", answer.body);
  return quote(readBody(isPage ? titleOf(answer.body) : answer.body).words, answer.secrets);
}

interface Said {
  words: string;
  /** Codes and types the vendor gave, lower case. */
  codes: readonly string[];
  parameter: string | null;
  /** A status inside the body. */
  status: number | null;
  retryDelay: string | null;
  resetAtMs: number | null;
  flagged: boolean;
  isJson: boolean;
}

interface Evidence {
  status: number;
  said: Said;
  answer: ErrorAnswer;
  /** ` The vendor's words.` quoted, with a space before, or empty. */
  words: string;
}

type Rule = (evidence: Evidence) => Failure | null;

const quotaCodes = new Set([
  "insufficient_quota",
  "insufficient_credits",
  "insufficient_balance",
  "insufficient_funds",
  "billing_error",
  "billing_not_active",
  "billing_hard_limit_reached",
  "budget_exceeded",
  "payment_required",
  "credit_limit_exceeded",
  "quota_exceeded",
  "spend_limit_exceeded",
]);
const quotaWords =
  /credit balance|(insufficient|not enough|out of|no) (\w+ )?(credit|balance|fund|quota)|budget (has been |is |was )?exceeded|exceeded (\w+ )*(budget|credit)|(spend|spending|credit|key|budget) limit|billing|payment required|top up|recharge|(crossed|over) (spend|budget)|reached your \w+ (\w+ )?usage limit|free allocation/i;
/** A rate limit that names the page for payments as advice stays one. */
const rateWords = /^rate limit (reached|exceeded)/i;
const contextCodes = new Set([
  "context_length_exceeded",
  "context_window_exceeded",
  "exceed_context_size_error",
  "request_too_large",
  "string_above_max_length",
  "max_tokens_exceeded",
]);
const contextWords =
  /(maximum|max|model'?s?) (context|prompt|input) ?(length|window|size)|context (length|window|size)|prompt is too long|prompt too long|(input|request|prompt) (is |was )?too (long|large)|too many (input |prompt )?tokens|exceed\w* the (available )?context|max_model_len|reduce the length|input length and .?max_tokens.? exceed|input token count .*exceeds/i;
const modelCodes = new Set(["model_not_found", "invalid_model", "unknown_model", "model_not_available"]);
const modelWords =
  /model\b.{0,120}(not (be )?found|does(n't| not) exist|not exist|not a valid model|is not (available|supported|valid)|unknown)|(no such|unknown|invalid|unsupported) model|not a valid model|no endpoints found|pulling it first/i;
const filterCodes = new Set([
  "content_filter",
  "content_policy_violation",
  "responsibleaipolicyviolation",
  "data_inspection_failed",
  "moderation_blocked",
  "safety",
]);
const filterWords = /content (management )?(policy|filter)|flagged|moderation|safety (system|filter)/i;
const overloadedCodes = new Set([
  "overloaded_error",
  "overloaded",
  "engine_overloaded",
  "server_overloaded",
  "server_busy",
]);
const rateCodes = new Set([
  "rate_limit_exceeded",
  "rate_limit_error",
  "rate_limited",
  "too_many_requests",
  "resource_exhausted",
]);
const authCodes = new Set([
  "invalid_api_key",
  "authentication_error",
  "invalid_authentication",
  "unauthorized",
  "permission_error",
]);

/** Read from the top; the first that answers decides. */
const rules: readonly Rule[] = [
  function quota({ status, said, answer, words }) {
    const byCode = has(said, quotaCodes);
    // Some name billing in the words of a plain rate limit, but then say when to come back.
    const waits = readRetryAfter(answer.headers, said, answer.nowMs) !== null;
    const isRate = waits || (has(said, rateCodes) && rateWords.test(said.words));
    const byWords = (status === 429 || status === 403 || status === 400) && !isRate && quotaWords.test(said.words);
    if (status !== 402 && !byCode && !byWords) return null;
    const message = `The account at ${answer.host} is out of credit or over its limit (${status}).${words} Add credit or raise the limit there.`;
    return { kind: "quota", status, message };
  },
  function contentFilter({ status, said, answer, words }) {
    const byWords = (status === 400 || status === 403) && filterWords.test(said.words);
    if (!has(said, filterCodes) && !said.flagged && !byWords) return null;
    return { kind: "content-filter", message: `${answer.host} refused the question by its content rules.${words}` };
  },
  function contextLength({ status, said, answer, words }) {
    const byWords = status < 500 && status !== 429 && status !== 401 && contextWords.test(said.words);
    if (status !== 413 && !has(said, contextCodes) && !byWords) return null;
    const model = answer.modelId === null ? "the model" : `"${answer.modelId}"`;
    const message = `The request is too long for ${model} at ${answer.host}.${words} Attach less, or start a new chat.`;
    return { kind: "context-length", message };
  },
  function rateLimit({ status, said, answer, words }) {
    if (status !== 429 && !(status < 500 && has(said, rateCodes))) return null;
    const retryAfterMs = readRetryAfter(answer.headers, said, answer.nowMs);
    const wait = retryAfterMs === null ? "" : ` It asks for a pause of ${seconds(retryAfterMs)}.`;
    return {
      kind: "rate-limit",
      retryAfterMs,
      message: `${answer.host} limits the rate of requests (${status}).${wait}${words}`,
    };
  },
  function overloaded({ status, said, answer, words }) {
    if (status !== 503 && status !== 529 && !has(said, overloadedCodes)) return null;
    return { kind: "overloaded", status, message: `${answer.host} is overloaded (${status}).${words}` };
  },
  function unknownModel({ status, said, answer, words }) {
    if (answer.modelId === null || status >= 500) return null;
    const byWords = (status === 404 || status === 400 || status === 403) && modelWords.test(said.words);
    const byCode = has(said, modelCodes) || (status === 404 && said.codes.includes("not_found_error"));
    if (!byCode && !byWords) return null;
    const message = `${answer.host} has no model "${answer.modelId}" for this key.${words} Correct the name in wayfare.tiers.`;
    return { kind: "unknown-model", model: answer.modelId, message };
  },
  function auth({ status, said, answer, words }) {
    if (status !== 401 && status !== 403 && !has(said, authCodes)) return null;
    const what = status === 403 ? "does not allow this with the key" : "refused the key";
    return { kind: "auth", status, message: `${answer.host} ${what} (${status}).${words} Run "Wayfare: Change Key".` };
  },
  function serverError({ status, answer, words }) {
    if (status < 500 && status !== 408) return null;
    return { kind: "server-error", status, message: `${answer.host} failed (${status}).${words}` };
  },
  function wrongPath({ status, said, answer, words }) {
    if (status !== 404 && status !== 405) return null;
    const contentType = answer.headers["content-type"] ?? "";
    const mend = "Check the path of the base URL; it often ends in /v1.";
    const message = `${answer.host} answers, but there is no such API at that address (${status}).${said.isJson ? words : ""} ${mend}`;
    return { kind: "not-an-api", status, contentType, message };
  },
  function badRequest({ status, said, answer, words }) {
    if (status < 400) return null;
    const about = said.parameter === null ? "the request" : `the parameter "${said.parameter}"`;
    return {
      kind: "bad-request",
      status,
      parameter: said.parameter,
      message: `${answer.host} does not take ${about} (${status}).${words}`,
    };
  },
];

/** An error inside a 200 that says nothing we know. */
function unclassified({ said, answer, words }: Evidence): Failure {
  if (answer.body.trim() === "") {
    const message = `${answer.host} answered without a word (${answer.status}). Check the base URL.`;
    return { kind: "malformed", message };
  }
  if (!said.isJson || said.words === "")
    return { kind: "malformed", message: `${answer.host} answered with something unreadable.${words}` };
  return { kind: "server-error", status: answer.status, message: `${answer.host} broke off with an error.${words}` };
}

function notAnApi(answer: ErrorAnswer, contentType: string): Failure {
  const said = quote(titleOf(answer.body), answer.secrets);
  const message = `${answer.host} answered with a web page, not with an API (${answer.status}).${said} Check the base URL; a login page of your network can also answer in its place.`;
  return { kind: "not-an-api", status: answer.status, contentType, message };
}

function titleOf(page: string): string {
  return /<title[^>]*>([^<]*)/i.exec(page)?.[1] ?? "";
}

function redirected(answer: ErrorAnswer, contentType: string): Failure {
  const location = answer.headers.location ?? "";
  const own = `https://${answer.host}`;
  const target = location !== "" && URL.canParse(location, own) ? new URL(location, own) : null;
  // A path alone is one at the same host.
  const where = target === null ? "" : ` to ${URL.canParse(location) ? target.origin : target.host}${target.pathname}`;
  const message = `${answer.host} redirects${where} (${answer.status}), and a key is never sent along. Put the address that answers into the base URL.`;
  return { kind: "not-an-api", status: answer.status, contentType, message };
}

const codeSchema = z.union([z.string(), z.number()]).nullish().catch(null);
const textSchema = z.string().nullish().catch(null);
const errorObjectSchema = z
  .looseObject({
    message: z.unknown(),
    code: codeSchema,
    type: textSchema,
    status: codeSchema,
    param: textSchema,
    metadata: z
      .looseObject({
        raw: textSchema,
        reasons: z.array(z.string()).nullish().catch(null),
        headers: z.record(z.string(), z.unknown()).nullish().catch(null),
      })
      .nullish()
      .catch(null),
    details: z
      .array(z.looseObject({ retryDelay: textSchema }))
      .nullish()
      .catch(null),
  })
  .partial();
const issueSchema = z.looseObject({
  msg: textSchema,
  type: textSchema,
  loc: z.array(codeSchema).nullish().catch(null),
});

/** The shapes seen: `{error:{…}}`, `{error:"…"}`, `{errors:[…]}`, `{message}`, `{detail:"…"|[…]}`, `[{error:{…}}]`. */
function readBody(body: string): Said {
  const json = readJson(body, z.unknown());
  if (json === undefined) {
    return {
      words: body.slice(0, 2_000),
      codes: [],
      parameter: null,
      status: null,
      retryDelay: null,
      resetAtMs: null,
      flagged: false,
      isJson: false,
    };
  }
  const outer = asObject(Array.isArray(json) ? json[0] : json);
  const inner = outer.error ?? (Array.isArray(outer.errors) ? outer.errors[0] : undefined) ?? outer;
  const first = Array.isArray(inner) ? inner[0] : inner;
  const parsed = errorObjectSchema.safeParse(typeof first === "string" ? { message: first } : first);
  const error = parsed.success ? parsed.data : {};
  const issue = issueSchema.safeParse(Array.isArray(outer.detail) ? outer.detail[0] : undefined);
  const detail = issue.success ? (issue.data.msg ?? "") : typeof outer.detail === "string" ? outer.detail : "";
  const place = issue.success ? issue.data.loc?.find((part) => typeof part === "string" && part !== "body") : null;
  const message = typeof error.message === "string" ? error.message : "";
  const words = [message || detail, error.metadata?.raw ?? ""].filter((text) => text !== "").join(" ");
  const codes = [error.code, error.type, error.status, outer.type, outer.code].map((code) =>
    String(code ?? "").toLowerCase(),
  );
  const reset = Number(error.metadata?.headers?.["X-RateLimit-Reset"] ?? Number.NaN);
  return {
    words,
    codes,
    parameter: error.param ?? (typeof place === "string" ? place : null) ?? parameterIn(words),
    status: statusIn([error.code, error.status, outer.status, outer.code]),
    retryDelay: error.details?.find((row) => row.retryDelay)?.retryDelay ?? null,
    resetAtMs: Number.isFinite(reset) ? reset : null,
    flagged: (error.metadata?.reasons?.length ?? 0) > 0,
    isJson: true,
  };
}

/** Parameters that some server refuses and that can be left out or renamed; vendors often name them only in words. */
const knownParameters = [
  "stream_options",
  "max_completion_tokens",
  "max_tokens",
  "temperature",
  "stop",
  "suffix",
  "cache_control",
  "additionalProperties",
  "$schema",
  "strict",
  "eager_input_streaming",
  "reasoning_content",
  "reasoning_details",
  "tool_choice",
  "tools",
];

function parameterIn(words: string): string | null {
  if (!/unsupported|not supported|unknown|unrecogni[sz]ed|extra|unexpected|not permitted|invalid/i.test(words))
    return null;
  // The first named is the refused one; a second is the vendor's advice ("use 'max_completion_tokens' instead").
  const places = knownParameters
    .map((name) => ({ name, at: words.search(new RegExp(`(?<![\\w$])${name.replace("$", "\\$")}\\b`)) }))
    .filter((place) => place.at >= 0);
  return places.sort((a, b) => a.at - b.at)[0]?.name ?? null;
}

function statusIn(candidates: readonly unknown[]): number | null {
  const numbers = candidates.map(Number);
  return numbers.find((number) => Number.isInteger(number) && number >= 400 && number <= 599) ?? null;
}

function has(said: Said, codes: ReadonlySet<string>): boolean {
  return said.codes.some((code) => codes.has(code));
}

/** ` "…"` on one line, secrets blotted out, at most 300 characters; empty for no words. */
export function quote(words: string, secrets: readonly string[]): string {
  let text = words;
  // A short "secret" would blot out ordinary words; no vendor's key is that short.
  for (const secret of secrets) if (secret.length >= 6) text = text.replaceAll(secret, "[key]");
  text = text.replace(/[\s\p{Cc}]+/gu, " ").trim();
  if (text === "") return "";
  return text.length > 300 ? ` "${text.slice(0, 299).replace(/[\uD800-\uDBFF]$/, "")}…"` : ` "${text}"`;
}

function seconds(ms: number): string {
  return ms < 10_000 ? `${Math.ceil(ms / 100) / 10} s` : `${Math.ceil(ms / 1000)} s`;
}

function asObject(value: unknown): Record<string, unknown> {
  return z.record(z.string(), z.unknown()).safeParse(value).data ?? {};
}
