import { keepsWhatIsMarked } from "../core/cache-marks.ts";
import type { CloudFiles } from "../core/cloud-files.ts";
import type { Provider } from "../core/provider.ts";
import { aiSdkProvider } from "./ai-sdk.ts";
import { awsAuthorization } from "./aws-authorization.ts";
import type { Http } from "./http.ts";
import { listBedrockModels } from "./list-bedrock-models.ts";
import type { ProviderFacts } from "./provider-facts.ts";
import { withHeaders } from "./with-headers.ts";

/**
 * Amazon Bedrock's ConverseStream by its AI SDK package, which is loaded at the first question. What authorizes a request
 * is ours: the package would look for keys in the environment. Its answers are binary messages, not server-sent events.
 */
export function bedrock(facts: ProviderFacts, http: Http, files: CloudFiles): Provider {
  const authorization = awsAuthorization(facts, http, files);
  const provider = aiSdkProvider(facts, http, {
    optionsName: "bedrock",
    options: () => ({}),
    cacheMark: (modelId) =>
      keepsWhatIsMarked({ wire: facts.row.wire, modelId }) ? { cachePoint: { type: "default" } } : null,
    thinking: { signature: "signature", encrypted: "redactedContent", tags: [] },
    frames: "aws",
    secrets: authorization.secrets,
    async load(modelId, fetch) {
      const { createAmazonBedrock } = await import("@ai-sdk/amazon-bedrock");
      const make = createAmazonBedrock({
        // Given, or the package would take the environment's; ours stands in its place in each request.
        apiKey: "-",
        region: "-",
        baseURL: facts.baseUrl,
        fetch: withHeaders(fetch, ({ headers: { authorization: _, ...headers }, ...request }) =>
          authorization.headersFor({ ...request, headers }),
        ),
      });
      return make.languageModel(modelId);
    },
  });
  return { ...provider, listModels: ({ signal }) => listBedrockModels(facts, http, authorization, signal) };
}
