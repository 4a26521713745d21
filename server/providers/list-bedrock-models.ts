import * as z from "zod";
import { FailureError } from "../../shared/failure.ts";
import { keySecrets } from "../../shared/redact.ts";
import type { ListedModel } from "../core/provider.ts";
import type { AwsAuthorization } from "./aws-authorization.ts";
import type { Http } from "./http.ts";
import type { ProviderFacts } from "./provider-facts.ts";
import { readBody, readErrorBody } from "./read-body.ts";
import { readError } from "./read-error.ts";
import { readJson } from "./read-json.ts";

/**
 * The models of this region that can be asked: those that answer by their own name, and the profiles through which the
 * others are asked (`eu.anthropic.…`). Two lists of Bedrock's control plane, beside the host that answers questions. Where
 * the profiles are not allowed to be listed, the models alone are told. Throws a FailureError.
 */
export async function listBedrockModels(
  facts: ProviderFacts,
  http: Http,
  authorization: AwsAuthorization,
  signal: AbortSignal,
): Promise<ListedModel[]> {
  const root = controlPlane(facts.baseUrl);
  const ask = (path: string) => askList(`${root}${path}`, facts, http, authorization, signal);
  const models = await ask("/foundation-models");
  const profiles = await ask("/inference-profiles?maxResults=1000").catch((error: unknown) => {
    if (error instanceof FailureError && error.failure.kind === "auth") return "{}";
    throw error;
  });
  const listed = readBedrockLists(models, profiles);
  if (listed !== null) return listed;
  const { host } = new URL(root);
  const message = `${host} answered, but not with a list of models. Check the base URL.`;
  throw new FailureError({ kind: "not-an-api", status: 200, contentType: "application/json", message });
}

/** `bedrock-runtime.…` answers, `bedrock.…` lists; another address is asked for both. */
export function controlPlane(baseUrl: string): string {
  return baseUrl.replace(/^(https:\/\/)bedrock-runtime((-fips)?\.[^/]*\.amazonaws\.com)/, "$1bedrock$2");
}

async function askList(
  url: string,
  facts: ProviderFacts,
  http: Http,
  authorization: AwsAuthorization,
  signal: AbortSignal,
): Promise<string> {
  const headers = await authorization.headersFor({
    url,
    method: "GET",
    headers: { accept: "application/json" },
    body: "",
    signal,
  });
  const response = await http.request(url, { method: "GET", headers, signal });
  if (response.status === 200) return readBody(response.body);
  throw new FailureError(
    readError({
      status: response.status,
      headers: response.headers,
      body: await readErrorBody(response.body),
      host: new URL(url).host,
      modelId: null,
      secrets: [...keySecrets(facts.key), ...authorization.secrets()],
      nowMs: facts.now(),
    }),
  );
}

const words = z.array(z.string()).catch([]);
const modelSchema = z.looseObject({
  modelId: z.string().min(1),
  inputModalities: words,
  outputModalities: words,
  inferenceTypesSupported: words,
  responseStreamingSupported: z.boolean().nullish().catch(null),
});
const modelsSchema = z.looseObject({ modelSummaries: z.array(z.unknown()) });
const profileSchema = z.looseObject({
  inferenceProfileId: z.string().min(1),
  status: z.string().nullish().catch(null),
  models: z.array(z.looseObject({ modelArn: z.string() })).catch([]),
});
const profilesSchema = z.looseObject({ inferenceProfileSummaries: z.array(z.unknown()).catch([]) });

/** Rows past this are left out; a region has some hundreds. */
const mostModels = 5_000;

/** Both lists as ours; null where the first is none. What a list does not say is null. */
export function readBedrockLists(models: string, profiles: string): ListedModel[] | null {
  const rows = readJson(models, modelsSchema)?.modelSummaries.slice(0, mostModels);
  if (rows === undefined) return null;
  const talkers = rows.flatMap((row) => {
    const model = modelSchema.safeParse(row).data;
    if (model === undefined || !model.outputModalities.includes("TEXT")) return [];
    return model.responseStreamingSupported === false ? [] : [model];
  });
  const takesImages = new Map(talkers.map((model) => [model.modelId, model.inputModalities.includes("IMAGE")]));
  const listed = new Map<string, ListedModel>();
  const add = (id: string, ofModel: string) =>
    listed.set(id, {
      id,
      windowTokens: null,
      maxOutputTokens: null,
      price: null,
      takesImages: takesImages.get(ofModel) ?? null,
    });
  for (const { modelId, inferenceTypesSupported } of talkers) {
    if (inferenceTypesSupported.includes("ON_DEMAND")) add(modelId, modelId);
  }
  for (const row of (readJson(profiles, profilesSchema)?.inferenceProfileSummaries ?? []).slice(0, mostModels)) {
    const profile = profileSchema.safeParse(row).data;
    if (profile === undefined || profile.status === "INACTIVE") continue;
    // arn:aws:bedrock:eu-central-1::foundation-model/anthropic.…
    const behind = profile.models.map(({ modelArn }) => modelArn.slice(modelArn.lastIndexOf("/") + 1));
    const talker = behind.find((id) => takesImages.has(id));
    if (talker !== undefined) add(profile.inferenceProfileId, talker);
  }
  return [...listed.values()];
}
