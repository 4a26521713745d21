import { type Failure, FailureError } from "../../shared/failure.ts";
import { keySecrets } from "../../shared/redact.ts";
import type { PresetId, ProviderSetting } from "../../shared/settings.ts";
import { type CloudFiles, noCloudFiles } from "../core/cloud-files.ts";
import type { ListedModel, Wire } from "../core/provider.ts";
import { providerOf, readProviderFacts } from "./create-provider.ts";
import type { Http } from "./http.ts";
import { listModelsOf } from "./list-models.ts";
import { authorize, type ProviderFacts } from "./provider-facts.ts";
import { readErrorBody } from "./read-body.ts";
import { readError } from "./read-error.ts";

export interface TestConnectionInput {
  setting: ProviderSetting;
  key: string | null;
  http: Http;
  signal: AbortSignal;
  now: () => number;
  /** Where a key that lies on this machine is found; absent: nowhere. */
  files?: CloudFiles;
  /** For each of the at most four requests. */
  timeoutMs?: number;
}

export interface Connection {
  /** As it works, which may be the given one with /v1 behind it. */
  baseUrl: string;
  /** Empty when the provider has none, or lists none and still answers. */
  models: ListedModel[];
  /** Which server answered, where its list gives it away; null or absent: none in particular. */
  server?: PresetId | null;
  elapsedMs: number;
}

/**
 * Asks a provider for its models, with the key. Costs nothing. An address or a key that cannot be right is refused before
 * a socket is opened. Throws a FailureError that says which of the many ways it failed, and an AbortError.
 */
export async function testConnection(input: TestConnectionInput): Promise<Connection> {
  const { setting, key, http, signal, now } = input;
  const startedAtMs = now();
  const facts = readProviderFacts({ setting, key, now });
  const patient = <Result>(run: (own: AbortSignal) => Promise<Result>) =>
    withTimeout(run, { signal, timeoutMs: input.timeoutMs ?? 15_000, host: new URL(facts.baseUrl).host });
  const list: List = async (candidate, own) =>
    guessedWires.has(candidate.row.wire)
      ? listModelsOf(candidate, http, own)
      : {
          models: await providerOf(candidate, http, input.files ?? noCloudFiles).listModels({ signal: own }),
          server: null,
        };
  const found = await findApi(facts, http, patient, list);
  await checkKey(found.facts, http, patient);
  return {
    baseUrl: found.facts.baseUrl,
    models: found.models,
    ...(found.server === null ? {} : { server: found.server }),
    elapsedMs: now() - startedAtMs,
  };
}

export type Patient = <Result>(run: (own: AbortSignal) => Promise<Result>) => Promise<Result>;
type Listed = { models: ListedModel[]; server: PresetId | null };
type List = (facts: ProviderFacts, signal: AbortSignal) => Promise<Listed>;
type Found = { facts: ProviderFacts } & Listed;

/** The list at the address as given, else under /v1, else an API that lists nothing. The first failure is the one told. */
async function findApi(facts: ProviderFacts, http: Http, patient: Patient, list: List): Promise<Found> {
  const withVersion = { ...facts, baseUrl: `${facts.baseUrl}/v1` };
  // A wire of its own has an address of its own, and no version is guessed for it.
  const isWhole = /\/v\d+\w*$/.test(facts.baseUrl) || !guessedWires.has(facts.row.wire);
  const candidates = isWhole ? [facts] : [facts, withVersion];
  let first: FailureError | null = null;
  for (const candidate of candidates) {
    try {
      return { facts: candidate, ...(await patient((signal) => list(candidate, signal))) };
    } catch (error) {
      if (!(error instanceof FailureError) || error.failure.kind !== "not-an-api") throw error;
      first ??= error;
    }
  }
  for (const candidate of candidates) {
    if (candidate.row.wire !== "openai-compatible") continue;
    if (await patient((signal) => answersChat(candidate, http, signal)))
      return { facts: candidate, models: [], server: null };
  }
  throw first ?? new FailureError({ kind: "internal", message: "No address was tried." });
}

const guessedWires: ReadonlySet<Wire> = new Set(["openai-compatible", "anthropic"]);

/**
 * Some gateways list no models. A chat request without a model costs nothing and is refused by each API in JSON, by a web
 * server in another way. A refused key is thrown.
 */
export async function answersChat(facts: ProviderFacts, http: Http, signal: AbortSignal): Promise<boolean> {
  const failure = await failureAt(facts, http, signal, { path: "/chat/completions", method: "POST", body: "{}" });
  if (failure?.kind === "auth" || failure?.kind === "quota") throw new FailureError(failure);
  return failure?.kind === "bad-request" || failure?.kind === "unknown-model";
}

/** Where the list answers without a key, the key is asked about by itself. */
export async function checkKey(facts: ProviderFacts, http: Http, patient: Patient): Promise<void> {
  const path = facts.row.keyCheckPath;
  if (path === null) return;
  const failure = await patient((signal) => failureAt(facts, http, signal, { path, method: "GET" }));
  // A gateway in front may not serve this path; that says nothing about the key.
  if (failure && failure.kind !== "not-an-api") throw new FailureError(failure);
}

export async function failureAt(
  facts: ProviderFacts,
  http: Http,
  signal: AbortSignal,
  request: { path: string; method: "GET" | "POST"; body?: string },
): Promise<Failure | null> {
  const headers = { ...authorize(facts), accept: "application/json", "content-type": "application/json" };
  const { path, ...rest } = request;
  const response = await http.request(facts.baseUrl + path, { ...rest, headers, signal });
  const body = await readErrorBody(response.body);
  if (response.status < 300) return null;
  return readError({
    status: response.status,
    headers: response.headers,
    body,
    host: new URL(facts.baseUrl).host,
    modelId: null,
    secrets: keySecrets(facts.key),
    nowMs: facts.now(),
    rateCodes: facts.row.rateCodes,
    behind: facts.row.behind,
  });
}

export async function withTimeout<Result>(
  run: (signal: AbortSignal) => Promise<Result>,
  { signal, timeoutMs, host }: { signal: AbortSignal; timeoutMs: number; host: string },
): Promise<Result> {
  const own = new AbortController();
  const follow = () => own.abort();
  signal.addEventListener("abort", follow, { once: true });
  if (signal.aborted) follow();
  let state: "waiting" | "late" = "waiting";
  const timer = setTimeout(() => {
    state = "late";
    own.abort();
  }, timeoutMs);
  try {
    return await run(own.signal);
  } catch (error) {
    if (state === "waiting" || signal.aborted) throw error;
    const message = `${host} took the connection and did not answer within ${timeoutMs / 1000} s. Try again, or check the base URL.`;
    throw new FailureError({ kind: "silence", phase: "headers", waitedMs: timeoutMs, message }, { cause: error });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", follow);
  }
}
