import * as z from "zod";
import { createRedactor } from "../../shared/redact.ts";
import { readJson } from "./read-json.ts";

/** What an error's body says, apart from what it means. */
export interface Said {
  words: string;
  /** Codes and types the vendor gave, lower case; those of a vendor behind it, too. */
  codes: readonly string[];
  parameter: string | null;
  /** A status inside the body. */
  status: number | null;
  retryDelay: string | null;
  resetAtMs: number | null;
  flagged: boolean;
  isJson: boolean;
  /** In Cloudflare's own form, which no vendor behind it uses. */
  isCloudflares: boolean;
  behind: BehindSaid | null;
}

/** A gateway says that this is a vendor's behind it: whose, where it names it, and whose account it was, where it says. */
export interface BehindSaid {
  name: string | null;
  account: "gateway" | "kept" | null;
}

const codeSchema = z.union([z.string(), z.number()]).nullish().catch(null);
const textSchema = z.string().nullish().catch(null);
const errorObjectSchema = z
  .looseObject({
    message: z.unknown(),
    code: codeSchema,
    type: textSchema,
    status: codeSchema,
    param: z.unknown(),
    metadata: z
      .looseObject({
        raw: z.unknown().optional(),
        provider_name: textSchema,
        is_byok: z.boolean().nullish().catch(null),
        limit_source: textSchema,
        reasons: z.array(z.string()).nullish().catch(null),
        headers: z.record(z.string(), z.unknown()).nullish().catch(null),
      })
      .nullish()
      .catch(null),
    details: z
      .array(z.looseObject({ retryDelay: textSchema, reason: textSchema }))
      .nullish()
      .catch(null),
  })
  .partial();
const issueSchema = z.looseObject({
  msg: textSchema,
  type: textSchema,
  loc: z.array(codeSchema).nullish().catch(null),
});

/** So deep lie errors within errors: a gateway's, its vendor's, and what that wraps. */
const DEEPEST = 3;

/**
 * The shapes seen: `{error:{…}}`, `{error:"…"}`, `{errors:[…]}`, `{message}`, `{detail:"…"|[…]}`, `[{error:{…}}]`, and any
 * of them as text inside another, where a gateway hands on what a vendor said. JSON that was cut off says what it can.
 */
export function readErrorText(body: string, headers: Readonly<Record<string, string>>, depth = 0): Said {
  // Amazon says the type in a header, with a colon and an address behind it in places.
  const amazons = (headers["x-amzn-errortype"] ?? "").replace(/:.*$/, "").toLowerCase();
  const json = readJson(body, z.unknown());
  if (json === undefined) return readUnparsed(body, amazons);
  const outer = asObject(Array.isArray(json) ? json[0] : json);
  // Portkey's own gateway puts what was no JSON into it: a page, or why it cannot reach the vendor.
  const wrapped = outer["html-message"];
  if (typeof wrapped === "string") {
    return readUnparsed(looksLikeHtml("", wrapped) ? titleOf(wrapped) : wrapped, amazons);
  }
  const inner = outer.error ?? (Array.isArray(outer.errors) ? outer.errors[0] : undefined) ?? outer;
  const first = Array.isArray(inner) ? inner[0] : inner;
  const parsed = errorObjectSchema.safeParse(typeof first === "string" ? { message: first } : first);
  const error = parsed.success ? parsed.data : {};
  // Mistral puts what is wrong with a field into its message, others beside it.
  const told = outer.detail ?? asObject(error.message).detail;
  const issue = issueSchema.safeParse(Array.isArray(told) ? told[0] : undefined);
  const detail = issue.success ? (issue.data.msg ?? "") : typeof told === "string" ? told : "";
  const place = issue.success ? issue.data.loc?.find((part) => typeof part === "string" && part !== "body") : null;
  const message = readNested(typeof error.message === "string" ? error.message : "", depth);
  const raw = readNested(textOf(error.metadata?.raw), depth);
  // OpenRouter's own words beside a vendor's say that there are some.
  const said = raw.words !== "" && /^provider returned error\.?$/i.test(message.words) ? "" : message.words;
  const words = [said || detail, raw.words].filter((text) => text !== "").join(" ");
  const reasons = (error.details ?? []).map(({ reason }) => reason);
  const own = [error.code, error.type, error.status, outer.type, outer.code, amazons, ...reasons].map((code) =>
    String(code ?? "").toLowerCase(),
  );
  const reset = Number(error.metadata?.headers?.["X-RateLimit-Reset"] ?? Number.NaN);
  const retryDelay = error.details?.find((row) => row.retryDelay)?.retryDelay;
  return {
    words,
    codes: [...own, ...message.codes, ...raw.codes],
    parameter: namedIn(error.param) ?? (typeof place === "string" ? place : null) ?? parameterIn(words),
    status: statusIn([error.code, error.status, outer.status, outer.code]),
    retryDelay: retryDelay ?? message.retryDelay ?? raw.retryDelay,
    resetAtMs: Number.isFinite(reset) ? reset : null,
    flagged: (error.metadata?.reasons?.length ?? 0) > 0,
    isJson: true,
    isCloudflares: outer.success === false && (Array.isArray(outer.errors) || Array.isArray(outer.error)),
    behind: readBehind(error, outer, message.words),
  };
}

type Nested = Pick<Said, "words" | "codes" | "retryDelay">;

/** A message that is, or ends with, an error of its own: the words that stand before it, and what it says. */
function readNested(text: string, depth: number): Nested {
  const at = text.search(/[{[]\s*\\?"/);
  if (at < 0 || depth >= DEEPEST) return { words: text, codes: [], retryDelay: null };
  const inner = readErrorText(text.slice(at).trim(), {}, depth + 1);
  if (inner.words === "" || inner.words.startsWith("{")) return { words: text, codes: [], retryDelay: null };
  return { words: text.slice(0, at) + inner.words, codes: inner.codes, retryDelay: inner.retryDelay };
}

/** OpenRouter hands on text, or an object that has the text in `data`. */
function textOf(raw: unknown): string {
  if (typeof raw === "string") return raw;
  const data = asObject(raw).data;
  if (typeof data === "string") return data;
  return typeof raw === "object" && raw !== null ? JSON.stringify(raw) : "";
}

/** A body that is no JSON, or that broke off within it: then what stands in it by name. */
function readUnparsed(body: string, amazons: string): Said {
  const isCut = /^\s*[{[]\s*["{[]/.test(body);
  const named = (name: string) =>
    isCut
      ? [...body.matchAll(new RegExp(`"${name}"\\s*:\\s*"((?:[^"\\\\]|\\\\.)*)`, "g"))].map((each) => each[1] ?? "")
      : [];
  const cut = named("message")[0] ?? "";
  const words = isCut ? unescaped(cut) : body.slice(0, 2_000);
  const codes = [...named("code"), ...named("type"), ...named("status")].map((code) => code.toLowerCase());
  return {
    words,
    codes: [amazons, ...codes],
    parameter: null,
    status: null,
    retryDelay: null,
    resetAtMs: null,
    flagged: false,
    isJson: false,
    isCloudflares: false,
    behind: null,
  };
}

/** The text of a JSON string that may end anywhere, half an escape included. */
function unescaped(text: string): string {
  const whole = text.slice(0, 2_000).replace(/\\u?[0-9a-fA-F]{0,3}$/, "");
  return readJson(`"${whole}"`, z.string()) ?? whole;
}

/** That a gateway speaks for a vendor, by the marks of each gateway: OpenRouter's, Portkey's, LiteLLM's, Vercel's. */
function readBehind(
  error: z.infer<typeof errorObjectSchema>,
  outer: Record<string, unknown>,
  words: string,
): BehindSaid | null {
  const { metadata } = error;
  if (metadata?.provider_name) {
    const isKept = metadata.is_byok === true;
    const isGateways = metadata.is_byok === false || metadata.limit_source === "upstream_provider_shared_pool";
    return { name: metadata.provider_name, account: isKept ? "kept" : isGateways ? "gateway" : null };
  }
  const portkeys = /^([a-z][\w-]*) error: /.exec(words)?.[1];
  if (portkeys !== undefined && (outer.provider === undefined || outer.provider === portkeys)) {
    return { name: portkeys, account: null };
  }
  if (/^litellm\.\w+/.test(words)) {
    return { name: /\b([A-Z]\w*?)Exception\b/.exec(words)?.[1]?.replace(/_/g, " ") ?? null, account: null };
  }
  if (error.type === "AI_APICallError" || Number.isInteger(asObject(error.param).statusCode)) {
    return { name: null, account: null };
  }
  return null;
}

/** LiteLLM writes Python's word for nothing. */
function namedIn(param: unknown): string | null {
  return typeof param === "string" && param !== "" && param !== "None" ? param : null;
}

/** Parameters that some server refuses and that can be left out or renamed; vendors often name them only in words. */
const knownParameters = [
  "stream_options",
  "max_completion_tokens",
  "max_tokens",
  "temperature",
  "top_p",
  "top_k",
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

/** True when the body is a web page, whatever its label says. */
export function looksLikeHtml(contentType: string, body: string): boolean {
  return /^\s*<(!doctype|html|head|body|\?xml)/i.test(body.slice(0, 500)) || /^text\/html/i.test(contentType);
}

/** What a web page calls itself; "" where it does not. */
export function titleOf(page: string): string {
  return /<title[^>]*>([^<]*)/i.exec(page)?.[1] ?? "";
}

/** Keys that are not ours: a gateway may quote one that it keeps. */
const redact = createRedactor(() => []);

/** ` "…"` on one line, without marks of HTML, secrets blotted out, at most 300 characters; empty for no words. */
export function quote(words: string, secrets: readonly string[]): string {
  // A megabyte in one line says no more than its beginning.
  let text = words.slice(0, 4_000);
  // A short "secret" would blot out ordinary words; no vendor's key is that short.
  for (const secret of secrets) if (secret.length >= 6) text = text.replaceAll(secret, "[key]");
  text = redact(withoutMarks(text))
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim();
  if (text === "") return "";
  return text.length > 300 ? ` "${text.slice(0, 299).replace(/[\uD800-\uDBFF]$/, "")}…"` : ` "${text}"`;
}

/** A page inside a message says its title, else its text; "<400>" and the like are no marks of HTML. */
function withoutMarks(text: string): string {
  if (!/<(!doctype|html|head|body|title|h1|p|div|br|center|span|a|script|style)\b[^>]*>/i.test(text)) return text;
  const at = text.search(/<(!doctype|html|head|body)\b/i);
  const title = titleOf(text).trim();
  if (at >= 0 && title !== "") return `${text.slice(0, at)} ${title}`;
  return text.replace(/<(script|style)\b[^>]*>[\s\S]*?(<\/\1\s*>|$)/gi, " ").replace(/<\/?[a-z!][^<>]*(>|$)/gi, " ");
}

export function asObject(value: unknown): Record<string, unknown> {
  return z.record(z.string(), z.unknown()).safeParse(value).data ?? {};
}
