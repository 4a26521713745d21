import type { Failure } from "../../shared/failure.ts";
import { type Behind, type Upstream, upstreamOf, whoIs } from "./error-upstream.ts";
import {
  accessCodes,
  accessWords,
  authCodes,
  blockedCodes,
  contextCodes,
  contextWords,
  filterCodes,
  filterWords,
  keyWords,
  missingWords,
  modelCodes,
  modelWords,
  overloadedCodes,
  quotaCodes,
  quotaWords,
  rateCodes,
  rateWords,
  regionCodes,
  regionWords,
} from "./error-words.ts";
import { mendAccess, mendAuth, mendModel, mendQuota, mendRate } from "./mend-words.ts";
import { looksLikeHtml, quote, readErrorText, type Said, titleOf } from "./read-error-body.ts";
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
  /** Codes by which this vendor names a limit of the rate, lower case, and others an empty account; absent: none. */
  rateCodes?: readonly string[];
  /** What is known of the vendors behind this address; absent or null: it is none that stands before others. */
  behind?: Behind | null;
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

  const said = readErrorText(isPage ? titleOf(answer.body) : answer.body, answer.headers);
  const words = quote(said.words, answer.secrets);
  // Inside a 200 stream the error carries its own number, where it has one.
  const status = answer.status < 400 ? (said.status ?? answer.status) : answer.status;
  const upstream = upstreamOf(said, answer);
  const who = whoIs(upstream, answer.host);
  const evidence = {
    status,
    said,
    answer,
    words,
    upstream,
    who,
    number: status < 400 ? "in its answer" : String(status),
  };
  for (const rule of rules) {
    const failure = rule(evidence);
    if (failure) return failure;
  }
  return unclassified(evidence);
}

/** The vendor's own words in an error, quoted on one line with a space before, or empty. */
export function wordsOf(answer: ErrorAnswer): string {
  const isPage = looksLikeHtml(answer.headers["content-type"] ?? "", answer.body);
  return quote(readErrorText(isPage ? titleOf(answer.body) : answer.body, answer.headers).words, answer.secrets);
}

interface Evidence {
  status: number;
  said: Said;
  answer: ErrorAnswer;
  /** ` The vendor's words.` quoted, with a space before, or empty. */
  words: string;
  /** The vendor behind a gateway, whose error this is. */
  upstream: Upstream | null;
  /** Who is meant, as the subject of a sentence. */
  who: string;
  /** The status, as it stands in brackets. */
  number: string;
}

type Rule = (evidence: Evidence) => Failure | null;

/** Read from the top; the first that answers decides. */
const rules: readonly Rule[] = [
  function region({ status, said, answer, words, upstream, who, number }) {
    const mayBeRegion = status === 400 || status === 403 || status === 404 || status === 451;
    const byWords = mayBeRegion && regionWords.some((each) => each.test(said.words));
    // Anthropic's own words for it, with a type that it has for nothing else.
    const isAnthropics = has(said, ["forbidden"]) && /^request not allowed/i.test(said.words);
    if (!has(said, regionCodes) && !byWords && !isAnthropics) return null;
    const isOfModel = answer.modelId !== null && /\bmodels?\b|vertex/i.test(said.words);
    const what = isOfModel ? `serve "${answer.modelId}" in this region` : "serve the region that it was asked from";
    const mend =
      upstream?.account === "gateway"
        ? `It was asked by ${answer.host}, not from where you are: choose another model.`
        : "Choose another model or provider; a proxy (http.proxy) or a VPN counts as where you are.";
    const model = isOfModel ? answer.modelId : null;
    return {
      kind: "region",
      status,
      model,
      message: `${who} does not ${what} (${number}).${words} ${mend}`,
      ...behind(upstream),
    };
  },
  function quota({ status, said, answer, words, upstream, who, number }) {
    if (status === 429 && said.codes.some((code) => answer.rateCodes?.includes(code))) return null;
    const byCode = has(said, quotaCodes);
    // Some name billing in the words of a plain rate limit, but then say when to come back.
    const waits = readRetryAfter(answer.headers, said, answer.nowMs) !== null;
    const isRate = waits || (has(said, rateCodes) && rateWords.test(said.words));
    const mayBeQuota = status === 429 || status === 403 || status === 400 || status === 412;
    const byWords = mayBeQuota && !isRate && quotaWords.test(said.words);
    if (status !== 402 && !byCode && !byWords) return null;
    const where = upstream === null ? `at ${answer.host}` : `at ${who}`;
    const message = `The account ${where.replace(/,$/, "")} is out of credit or over its limit (${number}).${words} ${mendQuota(upstream, answer.host)}`;
    return { kind: "quota", status, message, ...behind(upstream) };
  },
  function contentFilter({ status, said, words, upstream, who }) {
    const byWords = (status === 400 || status === 403 || status === 424) && filterWords.test(said.words);
    if (!has(said, filterCodes) && !said.flagged && !byWords) return null;
    const message = `${who} refused the question by its content rules.${words} Put it in other words, or choose another model.`;
    return { kind: "content-filter", message, ...behind(upstream) };
  },
  function contextLength({ status, said, answer, words, upstream }) {
    const byWords = status < 500 && status !== 429 && status !== 401 && contextWords.test(said.words);
    if (status !== 413 && !has(said, contextCodes) && !byWords) return null;
    const model = answer.modelId === null ? "the model" : `"${answer.modelId}"`;
    const message = `The request is too long for ${model} at ${answer.host}.${words} Attach less, or start a new chat.`;
    return { kind: "context-length", message, ...behind(upstream) };
  },
  function noAccess({ status, said, answer, words, upstream, who, number }) {
    if (answer.modelId === null || status === 429 || status >= 500) return null;
    // Where the model may not be there at all, that is what is said.
    const mayBeMissing = missingWords.test(said.words);
    const byWords = !mayBeMissing && accessWords.test(said.words);
    if (!has(said, accessCodes) && !byWords) return null;
    const message = `${who} does not let this account use "${answer.modelId}" (${number}).${words} ${mendAccess(upstream, answer.host)}`;
    return { kind: "no-access", status, model: answer.modelId, message, ...behind(upstream) };
  },
  function rateLimit({ status, said, answer, words, upstream, who, number }) {
    if (status !== 429 && !(status < 500 && has(said, rateCodes))) return null;
    const retryAfterMs = readRetryAfter(answer.headers, said, answer.nowMs);
    const message = `${who} limits the rate of requests (${number}).${words} ${mendRate(retryAfterMs, upstream, answer.host)}`;
    return { kind: "rate-limit", retryAfterMs, message, ...behind(upstream) };
  },
  function overloaded({ status, said, words, upstream, who, number }) {
    if (status !== 503 && status !== 529 && !has(said, overloadedCodes)) return null;
    return { kind: "overloaded", status, message: `${who} is overloaded (${number}).${words}`, ...behind(upstream) };
  },
  function unknownModel({ status, said, answer, words, upstream, who }) {
    if (answer.modelId === null || status >= 500) return null;
    // Google says of what is not allowed that it may not exist either.
    const isDenied = said.codes.includes("permission_denied");
    const byWords = !isDenied && (status === 404 || status === 400 || status === 403) && modelWords.test(said.words);
    // Google says its status by number and by name; where the path is wrong it answers with a page.
    const isGoogles = said.codes.includes("404") && said.codes.includes("not_found");
    const byCode = has(said, modelCodes) || (status === 404 && (said.codes.includes("not_found_error") || isGoogles));
    if (!byCode && !byWords) return null;
    const message = `${who} has no model "${answer.modelId}" for this key.${words} ${mendModel(said.words, answer.modelId)}`;
    return { kind: "unknown-model", model: answer.modelId, message, ...behind(upstream) };
  },
  function auth({ status, said, answer, words, upstream, who, number }) {
    const byWords = status === 400 && keyWords.test(said.words);
    if (status !== 401 && status !== 403 && !has(said, authCodes) && !byWords) return null;
    const what = status === 403 || has(said, blockedCodes) ? "does not allow this with the key" : "refused the key";
    const message = `${who} ${what} (${number}).${words} ${mendAuth(upstream, answer.host)}`;
    return { kind: "auth", status, message, ...behind(upstream) };
  },
  function serverError({ status, said, words, upstream, who, number }) {
    // 424 is Amazon's for a model that failed behind it.
    if (status < 500 && status !== 408 && status !== 424) return null;
    const mend = said.codes.includes("failure") && said.words === "Something went wrong" ? portkeyMend : "";
    return { kind: "server-error", status, message: `${who} failed (${number}).${words}${mend}`, ...behind(upstream) };
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

/** As npm installs it, each answer and each list of models ends so (https://github.com/Portkey-AI/gateway/issues/1550). */
const portkeyMend =
  " If this is Portkey's own gateway 1.15.2, run it with @hono/node-server 1.13.8: with newer ones it fails so.";

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

function redirected(answer: ErrorAnswer, contentType: string): Failure {
  const location = answer.headers.location ?? "";
  const own = `https://${answer.host}`;
  const target = location !== "" && URL.canParse(location, own) ? new URL(location, own) : null;
  // A path alone is one at the same host.
  const where = target === null ? "" : ` to ${URL.canParse(location) ? target.origin : target.host}${target.pathname}`;
  const message = `${answer.host} redirects${where} (${answer.status}), and a key is never sent along. Put the address that answers into the base URL.`;
  return { kind: "not-an-api", status: answer.status, contentType, message };
}

function has(said: Said, codes: Iterable<string>): boolean {
  const known = new Set(codes);
  return said.codes.some((code) => known.has(code));
}

/** The failure's own note of whose it is; nothing where it is that of whoever was asked. */
function behind(upstream: Upstream | null): { upstream?: Upstream } {
  return upstream === null ? {} : { upstream };
}
