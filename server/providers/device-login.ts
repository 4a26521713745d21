import * as z from "zod";
import { FailureError } from "../../shared/failure.ts";
import { isLoopbackHost } from "../../shared/presets.ts";
import type { Http } from "./http.ts";
import { readErrorBody } from "./read-body.ts";
import { readJson } from "./read-json.ts";

/** What a vendor gives for a login in the browser (RFC 8628, §3.2). */
export interface DeviceCode {
  deviceCode: string;
  /** What the person compares, or types, on the page. */
  userCode: string;
  /** Where they confirm it; with the code in it where the vendor gives such an address. */
  page: string;
  expiresInMs: number;
  intervalMs: number;
}

/** What comes of asking whether the person has confirmed it (RFC 8628, §3.5). */
export type DeviceAnswer =
  | { state: "granted"; key: string }
  | { state: "pending" }
  /** null: five seconds more than before. */
  | { state: "slowDown"; intervalMs: number | null };

/** `origin`: where the vendor's API is. */
export interface DeviceRequest {
  http: Http;
  origin: string;
  label: string;
  signal: AbortSignal;
}

/** RFC 8628: five seconds where the vendor names no pause. */
const USUAL_INTERVAL_S = 5;
/** A code is good for a quarter of an hour where nothing is said, and is never waited for longer than an hour. */
const USUAL_LIFE_S = 900;
const MOST_LIFE_S = 3_600;
/** Asked no more often than each second, whatever a vendor says, and no less often than each minute. */
const MOST_INTERVAL_S = 60;

const seconds = z.number().positive().nullish().catch(null);
const codeSchema = z.looseObject({
  device_code: z.string().min(1),
  user_code: z.string().min(1).max(40),
  verification_uri: z.string(),
  verification_uri_complete: z.string().nullish().catch(null),
  expires_in: seconds,
  interval: seconds,
});
const tokenSchema = z.looseObject({ access_token: z.string().min(1) });
/** The RFC's `error`; TokenMix says the same words in `message`. */
const refusalSchema = z.looseObject({
  error: z.string().nullish().catch(null),
  message: z.string().nullish().catch(null),
  error_description: z.string().nullish().catch(null),
});

/** TokenMix puts the RFC's fields into `data`; others have them bare. */
function readEnveloped<Fields>(text: string, schema: z.ZodType<Fields>): Fields | null {
  return readJson(text, z.looseObject({ data: schema }))?.data ?? readJson(text, schema) ?? null;
}

/** Asks for a code. Throws a FailureError, in the vendor's own words where it has any, and an AbortError. */
export async function requestDeviceCode(request: DeviceRequest): Promise<DeviceCode> {
  const { label } = request;
  const answer = await post(request, "/api/auth/device/code", { client_name: "Wayfare" });
  const code = answer.status === 200 ? readEnveloped(answer.body, codeSchema) : null;
  if (code === null) throw refused(answer, `${label} gave no code for a login`);
  const page = code.verification_uri_complete ?? code.verification_uri;
  if (!isSafePage(page)) {
    throw loginFailure(`${label} named no page that can be opened for a login. Paste a key instead.`);
  }
  return {
    deviceCode: code.device_code,
    userCode: code.user_code,
    page,
    expiresInMs: Math.min(code.expires_in ?? USUAL_LIFE_S, MOST_LIFE_S) * 1_000,
    intervalMs: between(1, code.interval ?? USUAL_INTERVAL_S, MOST_INTERVAL_S) * 1_000,
  };
}

/** Asks once whether the code was confirmed. Throws when it never will be: denied, expired, no more keys. */
export async function requestDeviceToken(request: DeviceRequest, deviceCode: string): Promise<DeviceAnswer> {
  const { label } = request;
  const answer = await post(request, "/api/auth/device/token", {
    grant_type: "urn:ietf:params:oauth:grant-type:device_code",
    device_code: deviceCode,
  });
  const token = answer.status === 200 ? readEnveloped(answer.body, tokenSchema) : null;
  if (token !== null) return { state: "granted", key: token.access_token };
  const said = readJson(answer.body, refusalSchema);
  const word = [said?.error, said?.message].find((each) => typeof each === "string" && Object.hasOwn(ends, each));
  if (word === "authorization_pending") return { state: "pending" };
  if (word === "slow_down") {
    const waitS = Number(answer.headers["retry-after"] ?? "");
    return { state: "slowDown", intervalMs: waitS > 0 ? between(1, waitS, MOST_INTERVAL_S) * 1_000 : null };
  }
  if (word !== undefined && word !== null) throw loginFailure(`${label}: ${ends[word]}`);
  // A gateway in between that is busy or down says nothing of the login.
  if (answer.status === 429 || answer.status >= 500) return { state: "slowDown", intervalMs: null };
  throw refused(answer, `${label} did not say what became of the login`);
}

const ends: Readonly<Record<string, string>> = {
  authorization_pending: "",
  slow_down: "",
  expired_token: "the code was not confirmed in time. Try again.",
  access_denied: "the login was denied on the page. Try again, or paste a key.",
  api_key_limit_reached:
    "your account has as many keys as it may have. Delete one on its page of keys, or paste one of them.",
};

interface Answer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}

async function post({ http, origin, signal }: DeviceRequest, path: string, body: object): Promise<Answer> {
  const response = await http.request(origin + path, {
    method: "POST",
    headers: { accept: "application/json", "content-type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
  return { status: response.status, headers: response.headers, body: await readErrorBody(response.body) };
}

/** Longer words of a vendor are a page, not a sentence. */
const MOST_WORDS = 200;

function refused({ status, body }: Answer, what: string): FailureError {
  const said = readJson(body, refusalSchema);
  const words = said?.error_description ?? said?.message ?? said?.error ?? "";
  const quoted = words === "" || words.length > MOST_WORDS ? "" : ` It says: ${words}`;
  return loginFailure(`${what} (${status}).${quoted} Paste a key instead, or try again later.`);
}

function loginFailure(message: string): FailureError {
  return new FailureError({ kind: "setup", field: "key", message });
}

/** What the person is sent to must not be read on the way. */
function isSafePage(page: string): boolean {
  if (!URL.canParse(page)) return false;
  const { protocol, hostname, username } = new URL(page);
  return username === "" && (protocol === "https:" || (protocol === "http:" && isLoopbackHost(hostname)));
}

function between(least: number, value: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
