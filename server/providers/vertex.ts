import { FailureError } from "../../shared/failure.ts";
import { keySecrets } from "../../shared/redact.ts";
import type { CloudFiles } from "../core/cloud-files.ts";
import type { ListedModel, Provider } from "../core/provider.ts";
import { aiSdkProvider } from "./ai-sdk.ts";
import { googleModel, googleVendor } from "./google.ts";
import { type GoogleToken, googleToken } from "./google-token.ts";
import type { Http } from "./http.ts";
import { authorize, type ProviderFacts } from "./provider-facts.ts";
import { readErrorBody } from "./read-body.ts";
import { readError } from "./read-error.ts";

/**
 * Gemini's wire at Vertex AI: the same as Google's own, at the address of a project and a place, authorized by a token.
 * In express mode there is no project, and a key takes the token's place.
 */
export function vertex(facts: ProviderFacts, http: Http, files: CloudFiles): Provider {
  const token = isNamed(facts.key) ? googleToken(facts.key ?? "", { http, files, now: facts.now }) : keyInstead(facts);
  const headersFor = async (signal: AbortSignal) => ({
    ...facts.row.headers,
    ...(await token.headersFor(signal)),
    ...facts.headers,
  });
  const provider = aiSdkProvider(facts, http, {
    ...googleVendor,
    optionsName: "googleVertex",
    secrets: token.secrets,
    load: async (modelId, fetch, signal) =>
      googleModel(modelId, { name: "google.vertex", baseUrl: facts.baseUrl, headers: await headersFor(signal), fetch }),
  });
  return { ...provider, listModels: ({ signal }) => tryOut(facts, http, signal, { token, headersFor }) };
}

/** `default` and `file:…` say where credentials lie; anything else is a key. */
function isNamed(key: string | null): boolean {
  return key === "default" || (key?.startsWith("file:") ?? false);
}

function keyInstead(facts: ProviderFacts): GoogleToken {
  return { secrets: () => [], headersFor: async () => authorize({ ...facts, headers: {} }) };
}

/** Of all models the one that every project and region has; asking how long a text is costs nothing. */
const everywhere = "gemini-2.5-flash";

/**
 * Vertex AI has no list of what a project may ask, so a person names the models. Whether the address and the credentials
 * are right is found out by counting a word. Throws a FailureError where they are not.
 */
async function tryOut(
  facts: ProviderFacts,
  http: Http,
  signal: AbortSignal,
  { token, headersFor }: { token: GoogleToken; headersFor(signal: AbortSignal): Promise<Record<string, string>> },
): Promise<ListedModel[]> {
  const response = await http.request(`${facts.baseUrl}/models/${everywhere}:countTokens`, {
    method: "POST",
    headers: { ...(await headersFor(signal)), "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ contents: [{ role: "user", parts: [{ text: "a" }] }] }),
    signal,
  });
  const body = await readErrorBody(response.body);
  if (response.status === 200) return [];
  const failure = readError({
    status: response.status,
    headers: response.headers,
    body,
    host: new URL(facts.baseUrl).host,
    modelId: everywhere,
    secrets: [...keySecrets(facts.key), ...token.secrets()],
    nowMs: facts.now(),
  });
  // Another place may have other models, and said so with the right credentials.
  if (failure.kind === "unknown-model") return [];
  throw new FailureError(failure);
}
