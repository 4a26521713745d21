import { type Failure, FailureError, failureOf, isAbort } from "../../shared/failure.ts";
import type { ProviderSetting } from "../../shared/settings.ts";
import type { ApiSeen } from "../core/describe-api.ts";
import { answersChat, checkKey, failureAt, type Patient, withTimeout } from "./connection.ts";
import { readProviderFacts } from "./create-provider.ts";
import type { Http } from "./http.ts";
import { listModels } from "./list-models.ts";
import type { ProviderFacts } from "./provider-facts.ts";

export interface ExamineApiInput {
  setting: ProviderSetting;
  key: string | null;
  http: Http;
  signal: AbortSignal;
  now: () => number;
  /** For each of the at most three requests. */
  timeoutMs?: number;
}

/** One that has not answered a question that costs it nothing by then hangs. */
const PATIENCE_MS = 15_000;

/**
 * Asks a provider, at the address as it is set up, everything that costs nothing: its list of models, and whether the key
 * is accepted. Every failure is in the answer; only an AbortError is thrown.
 */
export async function examineApi(input: ExamineApiInput): Promise<ApiSeen> {
  const { setting, key, signal, now, timeoutMs = PATIENCE_MS } = input;
  let facts: ProviderFacts;
  try {
    facts = readProviderFacts({ setting, key, now });
  } catch (error) {
    const failure = failureOf(error);
    return { key: { kind: "failed", failure }, models: { kind: "failed", failure }, date: null };
  }
  let date: ApiSeen["date"] = null;
  const http: Http = {
    ...input.http,
    async request(url, init) {
      const response = await input.http.request(url, init);
      date ??= dateOf(response.headers, now());
      return response;
    },
  };
  const host = new URL(facts.baseUrl).host;
  const patient: Patient = (run) => withTimeout(run, { signal, timeoutMs, host });
  const models = await askForModels(facts, http, patient, signal);
  const seen = await askAboutKey(facts, models, http, patient, signal);
  return { key: seen, models, date };
}

async function askForModels(
  facts: ProviderFacts,
  http: Http,
  patient: Patient,
  signal: AbortSignal,
): Promise<ApiSeen["models"]> {
  const failure = await failing(async () => {
    const models = await patient((own) => listModels(facts, http, own));
    return { kind: "listed" as const, ids: models.map(({ id }) => id) };
  }, signal);
  if (failure.kind !== "failed" || failure.failure.kind !== "not-an-api") return failure;
  if (facts.row.wire !== "openai-compatible") return failure;
  // Some gateways have no list.
  const answers = await failing(() => patient((own) => answersChat(facts, http, own)), signal);
  if (answers === true) return { kind: "no list" };
  return answers === false ? failure : answers;
}

async function askAboutKey(
  facts: ProviderFacts,
  models: ApiSeen["models"],
  http: Http,
  patient: Patient,
  signal: AbortSignal,
): Promise<ApiSeen["key"]> {
  if (models.kind === "failed") return models;
  const { key } = facts;
  if (key !== null && facts.row.keyCheckPath !== null) {
    const failed = await failing(() => checkKey(facts, http, patient), signal);
    return failed ?? { kind: "accepted", by: "key page" };
  }
  // Ollama's list is there for everybody.
  if (facts.row.wire === "ollama") return key === null ? { kind: "none needed", by: "list" } : { kind: "not shown" };
  // On these wires nobody lists without a key.
  if (facts.row.wire !== "openai-compatible") {
    return key === null ? { kind: "none needed", by: "list" } : { kind: "accepted", by: "list" };
  }
  // A list may be there for everybody; a question without a model and a text is refused by each API, and costs nothing.
  const refused = await failing(
    () => patient((own) => failureAt(facts, http, own, { path: "/chat/completions", method: "POST", body: "{}" })),
    signal,
  );
  const nothing: ApiSeen["key"] = key === null ? { kind: "none needed", by: "list" } : { kind: "not shown" };
  if (refused === null) return nothing;
  const failure = refused.kind === "failed" ? refused.failure : refused;
  if (failure.kind === "auth" || failure.kind === "quota") return { kind: "failed", failure };
  const isForItself = failure.kind === "bad-request" || failure.kind === "unknown-model";
  if (!isForItself) return nothing;
  return { kind: key === null ? "none needed" : "accepted", by: "empty question" };
}

/** What `run` gives, or how it failed; an AbortError is thrown. */
async function failing<Result>(
  run: () => Promise<Result>,
  signal: AbortSignal,
): Promise<Result | { kind: "failed"; failure: Failure }> {
  try {
    return await run();
  } catch (error) {
    if (isAbort(error) || signal.aborted || !(error instanceof FailureError)) throw error;
    return { kind: "failed", failure: error.failure };
  }
}

/** An answer out of some cache tells an old time, and says how old. */
function dateOf(headers: Readonly<Record<string, string>>, oursMs: number): ApiSeen["date"] {
  const theirsMs = Date.parse(headers.date ?? "");
  return Number.isNaN(theirsMs) || headers.age !== undefined ? null : { theirsMs, oursMs };
}
