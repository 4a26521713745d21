import * as z from "zod";
import { FailureError } from "../../shared/failure.ts";
import { isLoopbackHost } from "../../shared/presets.ts";
import type { CloudFiles } from "../core/cloud-files.ts";
import type { AwsKeys, AwsSso } from "../core/read-aws-profile.ts";
import type { Http } from "./http.ts";
import { readErrorBody } from "./read-body.ts";
import { readError } from "./read-error.ts";
import { readJson } from "./read-json.ts";

export interface SsoKeys extends AwsKeys {
  /** Milliseconds since 1970. */
  endsAtMs: number;
}

const tokenSchema = z.looseObject({ accessToken: z.string().min(1), expiresAt: z.string() });
const keysSchema = z.looseObject({
  roleCredentials: z.looseObject({
    accessKeyId: z.string().min(1),
    secretAccessKey: z.string().min(1),
    sessionToken: z.string().min(1),
    expiration: z.number(),
  }),
});

/**
 * The keys of a role by Amazon's single sign-on: the token that `aws sso login` left on this machine, in a file named by
 * the SHA-1 of the session's name, is changed for them (GetRoleCredentials,
 * https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_GetRoleCredentials.html). Nobody is signed in
 * from here. Throws a FailureError, of the kind "setup" where the person has to sign in again.
 */
export async function askSsoKeys(
  sso: AwsSso,
  machine: { http: Http; files: CloudFiles; now: () => number; signal: AbortSignal; profile: string },
): Promise<SsoKeys> {
  const { http, files, now, signal, profile } = machine;
  const signIn = `Run "aws sso login --profile ${profile}".`;
  const text = await files.read(`~/.aws/sso/cache/${await sha1(sso.cachedAs)}.json`).catch(() => null);
  const token = text === null ? undefined : readJson(text, tokenSchema);
  if (token === undefined || Date.parse(token.expiresAt) <= now()) {
    const message = `Nobody is signed in for the AWS profile "${profile}", or not any more. ${signIn}`;
    throw new FailureError({ kind: "setup", field: "key", message });
  }
  const portal = files.variable("AWS_ENDPOINT_URL_SSO") ?? `https://portal.sso.${sso.region}.amazonaws.com`;
  // The token opens every account of the person's; unencrypted it goes nowhere but to this machine.
  const url = URL.canParse(portal) ? new URL(portal) : null;
  if (url === null || (url.protocol !== "https:" && !isLoopbackHost(url.hostname))) {
    throw new FailureError({ kind: "setup", field: "key", message: "AWS_ENDPOINT_URL_SSO is no address with https." });
  }
  const query = new URLSearchParams({ account_id: sso.accountId, role_name: sso.roleName });
  const response = await http.request(`${portal.replace(/\/+$/, "")}/federation/credentials?${query}`, {
    method: "GET",
    headers: { accept: "application/json", "x-amz-sso_bearer_token": token.accessToken },
    signal,
  });
  const body = await readErrorBody(response.body);
  const given = response.status === 200 ? readJson(body, keysSchema)?.roleCredentials : undefined;
  if (given !== undefined) {
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = given;
    return { accessKeyId, secretAccessKey, sessionToken, endsAtMs: expiration };
  }
  const { status, headers } = response;
  const secrets = [token.accessToken];
  const failure = readError({
    status,
    headers,
    body,
    host: url.host,
    modelId: null,
    secrets,
    nowMs: now(),
  });
  throw new FailureError(failure.kind === "auth" ? { ...failure, message: `${failure.message} ${signIn}` } : failure);
}

async function sha1(text: string): Promise<string> {
  return Buffer.from(await crypto.subtle.digest("SHA-1", new TextEncoder().encode(text))).toString("hex");
}
