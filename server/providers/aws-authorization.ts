import { FailureError } from "../../shared/failure.ts";
import type { CloudFiles } from "../core/cloud-files.ts";
import { type AwsKeys, type AwsProfile, readAwsProfile } from "../core/read-aws-profile.ts";
import { askSsoKeys, type SsoKeys } from "./aws-sso.ts";
import type { Http } from "./http.ts";
import type { ProviderFacts } from "./provider-facts.ts";
import type { OutgoingRequest } from "./with-headers.ts";

export interface AwsAuthorization {
  /** The request's headers with what authorizes it. Throws a FailureError where the keys are not there. */
  headersFor(request: OutgoingRequest): Promise<Record<string, string>>;
  /** What was read on this machine and must not be repeated. */
  secrets(): readonly string[];
}

/**
 * What a person gave as the key of Amazon Bedrock is one of four: an API key, which goes along as it is; `environment` or
 * `profile:NAME`, for keys that lie on this machine or that single sign-on gives; or `ID:SECRET` and perhaps `:TOKEN`, the keys themselves. With keys
 * the request is signed (AWS Signature Version 4), and they stay here.
 */
export function awsAuthorization(facts: ProviderFacts, http: Http, files: CloudFiles): AwsAuthorization {
  const key = facts.key ?? "";
  const region = regionOf(facts.baseUrl) ?? files.variable("AWS_REGION") ?? "us-east-1";
  const read = new Set<string>();
  const find = keysBy(key, { http, files, now: facts.now });
  return {
    secrets: () => [...read],
    async headersFor(request) {
      const headers = { ...request.headers, ...facts.headers };
      if (find === null) return { ...headers, authorization: `Bearer ${key}`, ...facts.headers };
      const keys = await find(request.signal);
      // Sessions are renewed by the hour, and a day of old ones is enough to be remembered.
      if (read.size > 100) read.clear();
      for (const secret of [keys.accessKeyId, keys.secretAccessKey, keys.sessionToken]) if (secret) read.add(secret);
      return sign({ ...request, headers }, keys, region, facts.now());
    },
  };
}

interface Machine {
  http: Http;
  files: CloudFiles;
  now: () => number;
}

/** Where the keys are; null for a key that is none of Amazon's pairs. */
function keysBy(key: string, machine: Machine): ((signal: AbortSignal) => Promise<AwsKeys>) | null {
  const pair = /^((?:AKIA|ASIA)[A-Z0-9]{12,}):([^:]+)(?::(.+))?$/.exec(key);
  if (pair?.[1] !== undefined && pair[2] !== undefined) {
    const keys = { accessKeyId: pair[1], secretAccessKey: pair[2], sessionToken: pair[3] ?? null };
    return async () => keys;
  }
  if (key === "environment") return async () => keysOfEnvironment(machine.files);
  const name = /^profile:(.+)$/.exec(key)?.[1]?.trim();
  if (name === undefined) return null;
  let held: SsoKeys | null = null;
  return async (signal) => {
    const profile = await readProfile(name, machine.files);
    if ("keys" in profile) return profile.keys;
    if (held === null || held.endsAtMs - marginMs <= machine.now()) {
      held = await askSsoKeys(profile.sso, { ...machine, signal, profile: name });
    }
    return held;
  };
}

function keysOfEnvironment(files: CloudFiles): AwsKeys {
  const accessKeyId = files.variable("AWS_ACCESS_KEY_ID");
  const secretAccessKey = files.variable("AWS_SECRET_ACCESS_KEY");
  if (accessKeyId === null || secretAccessKey === null) {
    throw setupError(
      "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set where VS Code was started. Start it from a shell that has them.",
    );
  }
  return { accessKeyId, secretAccessKey, sessionToken: files.variable("AWS_SESSION_TOKEN") };
}

/** Keys are got anew this long before they end, so that a request is not overtaken by their end. */
const marginMs = 120_000;

async function readProfile(name: string, files: CloudFiles): Promise<Exclude<AwsProfile, { problem: string }>> {
  const [credentials, config] = await Promise.all([
    files.read(files.variable("AWS_SHARED_CREDENTIALS_FILE") ?? "~/.aws/credentials"),
    files.read(files.variable("AWS_CONFIG_FILE") ?? "~/.aws/config"),
  ]).catch((cause: unknown) => {
    throw setupError(`The AWS profile "${name}" cannot be read: ${cause instanceof Error ? cause.message : cause}.`);
  });
  const profile = readAwsProfile({ credentials: credentials ?? null, config: config ?? null }, name);
  if ("problem" in profile) throw setupError(profile.problem);
  return profile;
}

/** `bedrock-runtime.eu-central-1.amazonaws.com`, with `-fips` or a private endpoint's name around it. */
export function regionOf(baseUrl: string): string | null {
  return /\bbedrock(?:-runtime)?(?:-fips)?\.([a-z]{2,4}(?:-[a-z]+)+-\d)\./.exec(new URL(baseUrl).hostname)?.[1] ?? null;
}

async function sign(
  request: OutgoingRequest,
  keys: AwsKeys,
  region: string,
  nowMs: number,
): Promise<Record<string, string>> {
  const { AwsV4Signer } = await import("aws4fetch");
  const signer = new AwsV4Signer({
    url: request.url,
    method: request.method,
    headers: { ...request.headers },
    ...(request.body === "" ? {} : { body: request.body }),
    accessKeyId: keys.accessKeyId,
    secretAccessKey: keys.secretAccessKey,
    ...(keys.sessionToken === null ? {} : { sessionToken: keys.sessionToken }),
    service: "bedrock",
    region,
    // 20261129T101500Z
    datetime: new Date(nowMs).toISOString().replace(/[:-]|\.\d{3}/g, ""),
  });
  const { headers } = await signer.sign();
  return Object.fromEntries(headers);
}

function setupError(message: string): FailureError {
  return new FailureError({ kind: "setup", field: "key", message });
}
