import * as z from "zod";
import { FailureError } from "../../shared/failure.ts";
import { isLoopbackHost } from "../../shared/presets.ts";
import type { CloudFiles } from "../core/cloud-files.ts";
import { type GoogleCredentials, readGoogleCredentials } from "../core/read-google-credentials.ts";
import type { Http } from "./http.ts";
import { readErrorBody } from "./read-body.ts";
import { readError } from "./read-error.ts";
import { quote } from "./read-error-body.ts";
import { readJson } from "./read-json.ts";

export interface GoogleToken {
  /** Headers that authorize a request. Throws a FailureError where no token is to be had, and an AbortError. */
  headersFor(signal: AbortSignal): Promise<Record<string, string>>;
  /** What was read or got and must not be repeated. */
  secrets(): readonly string[];
}

/** A token is got anew this long before it ends, so that none ends on its way. */
const marginMs = 120_000;
const scope = "https://www.googleapis.com/auth/cloud-platform";

/**
 * Access tokens for what a person gave as the key of Vertex AI: `file:PATH` for a file of credentials, or `default` for
 * those that `gcloud auth application-default login` left on this machine or GOOGLE_APPLICATION_CREDENTIALS names. A
 * service account signs its own request for a token (RFC 7523); a person's refresh token is changed for one (RFC 6749,
 * section 6). A token is kept in memory until it ends, and the file is read again with each new one.
 */
export function googleToken(key: string, deps: { http: Http; files: CloudFiles; now: () => number }): GoogleToken {
  const { http, files, now } = deps;
  let held: { headers: Record<string, string>; secrets: readonly string[]; endsAtMs: number } | null = null;
  return {
    secrets: () => held?.secrets ?? [],
    async headersFor(signal) {
      if (held !== null && now() < held.endsAtMs - marginMs) return held.headers;
      const path = pathOf(key, files);
      const credentials = await readCredentials(path, files);
      const known =
        credentials.kind === "person"
          ? [credentials.refreshToken, credentials.clientSecret]
          : [credentials.privateKeyPem];
      held = { headers: {}, secrets: known, endsAtMs: 0 };
      const { token, endsAtMs } = await askToken(credentials, { http, now, signal });
      const quota = credentials.kind === "person" ? credentials.quotaProject : null;
      held = {
        headers: { authorization: `Bearer ${token}`, ...(quota === null ? {} : { "x-goog-user-project": quota }) },
        secrets: [...known, token],
        endsAtMs,
      };
      return held.headers;
    },
  };
}

function pathOf(key: string, files: CloudFiles): string {
  const named = /^file:(.+)$/.exec(key)?.[1]?.trim();
  if (named !== undefined) return named;
  const windows = files.variable("APPDATA");
  return (
    files.variable("GOOGLE_APPLICATION_CREDENTIALS") ??
    `${windows === null ? "~/.config" : windows}/gcloud/application_default_credentials.json`
  );
}

async function readCredentials(path: string, files: CloudFiles): Promise<GoogleCredentials> {
  const text = await files.read(path).catch((cause: unknown) => {
    throw setupError(`${path} cannot be read: ${cause instanceof Error ? cause.message : cause}.`);
  });
  if (text === null) {
    throw setupError(
      `There is no file ${path}. Run "gcloud auth application-default login", or give the path of a service account's key.`,
    );
  }
  const credentials = readGoogleCredentials(text);
  if ("problem" in credentials) throw setupError(`${path} ${credentials.problem}. Give the key of a service account.`);
  const url = URL.canParse(credentials.tokenUrl) ? new URL(credentials.tokenUrl) : null;
  // Whoever can write the file could have the credentials sent to himself; unencrypted they go nowhere.
  if (url === null || (url.protocol !== "https:" && !isLoopbackHost(url.hostname))) {
    throw setupError(`${path} names no address for tokens that can be used.`);
  }
  return credentials;
}

const tokenSchema = z.looseObject({ access_token: z.string().min(1), expires_in: z.number().positive() });
const refusalSchema = z.looseObject({ error: z.string(), error_description: z.string().nullish().catch(null) });

async function askToken(
  credentials: GoogleCredentials,
  { http, now, signal }: { http: Http; now: () => number; signal: AbortSignal },
): Promise<{ token: string; endsAtMs: number }> {
  const form: Record<string, string> =
    credentials.kind === "person"
      ? {
          grant_type: "refresh_token",
          client_id: credentials.clientId,
          client_secret: credentials.clientSecret,
          refresh_token: credentials.refreshToken,
        }
      : { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion: await assertionOf(credentials, now()) };
  const { host } = new URL(credentials.tokenUrl);
  const response = await http.request(credentials.tokenUrl, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
    body: new URLSearchParams(form).toString(),
    signal,
  });
  const body = await readErrorBody(response.body);
  const granted = response.status === 200 ? readJson(body, tokenSchema) : undefined;
  if (granted !== undefined) return { token: granted.access_token, endsAtMs: now() + granted.expires_in * 1000 };
  const secrets = Object.values(form);
  const refusal = readJson(body, refusalSchema);
  if (refusal !== undefined) {
    const words = quote([refusal.error, refusal.error_description ?? ""].join(" "), secrets);
    const mend = 'Run "gcloud auth application-default login", or give another key with "Wayfare: Change Key".';
    const message = `${host} gives no access for these credentials (${response.status}).${words} ${mend}`;
    throw new FailureError({ kind: "auth", status: response.status, message });
  }
  const { status, headers } = response;
  throw new FailureError(readError({ status, headers, body, host, modelId: null, secrets, nowMs: now() }));
}

/** A service account's signed wish for a token that is good for an hour, the longest there is. */
async function assertionOf(
  { email, keyId, privateKeyPem, tokenUrl }: GoogleCredentials & { kind: "service-account" },
  nowMs: number,
): Promise<string> {
  const issuedAt = Math.floor(nowMs / 1000);
  const head = { alg: "RS256", typ: "JWT", ...(keyId === null ? {} : { kid: keyId }) };
  const claims = { iss: email, scope, aud: tokenUrl, iat: issuedAt, exp: issuedAt + 3_600 };
  const unsigned = [head, claims].map((part) => base64Url(new TextEncoder().encode(JSON.stringify(part)))).join(".");
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  try {
    const der = Buffer.from(privateKeyPem.replace(/-----[^-]+-----|\s/g, ""), "base64");
    const key = await crypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"]);
    const signature = await crypto.subtle.sign(algorithm, key, new TextEncoder().encode(unsigned));
    return `${unsigned}.${base64Url(new Uint8Array(signature))}`;
  } catch {
    throw setupError(`The private key of ${email} cannot be read. Make a new key for the service account.`);
  }
}

function base64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}

function setupError(message: string): FailureError {
  return new FailureError({ kind: "setup", field: "key", message });
}
