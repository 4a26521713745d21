import type { Provider } from "../core/provider.ts";
import { aiSdkProvider } from "./ai-sdk.ts";
import type { Http } from "./http.ts";
import { authorize, type ProviderFacts } from "./provider-facts.ts";
import { withHeaders } from "./with-headers.ts";

/**
 * OpenAI's Responses wire by its AI SDK package, which is loaded at the first question. Nothing is kept at the vendor
 * (`store: false`): what a model thought comes back encrypted and goes along again. Key, address and `fetch` are always
 * given, for the package would look for OPENAI_API_KEY and OPENAI_BASE_URL otherwise.
 */
export function openAiResponses(facts: ProviderFacts, http: Http): Provider {
  return aiSdkProvider(facts, http, {
    optionsName: "openai",
    options: (_, refused) => ({
      store: false,
      // Some models show it only to verified organisations.
      ...(refused.has("reasoning_summary") ? {} : { reasoningSummary: "auto" }),
    }),
    oneCallOnly: { parallelToolCalls: false },
    // Strict is the package's own choice, and refuses most schemas.
    looseSchema: { strictJsonSchema: false },
    imageDetail: (detail) => ({ imageDetail: detail }),
    // What was read is kept by itself.
    cacheMark: () => null,
    thinking: { signature: "signature", encrypted: "reasoningEncryptedContent", tags: ["itemId"] },
    async load(modelId, fetch) {
      const { createOpenAI } = await import("@ai-sdk/openai");
      const make = createOpenAI({
        apiKey: facts.key ?? "",
        baseURL: facts.baseUrl,
        // The package writes an authorization of its own, which Azure would take for a token beside its `api-key`.
        fetch: withHeaders(fetch, async ({ headers: { authorization: _, ...headers } }) => ({
          ...headers,
          ...authorize(facts),
        })),
      });
      return make.responses(modelId);
    },
  });
}

/** Models that OpenAI serves on the Responses wire alone, by their names. */
export function needsResponses(modelId: string): boolean {
  return responsesOnly.some((names) => names.test(modelId.replace(/-\d{4}-\d{2}-\d{2}$/, "")));
}

const responsesOnly = [
  /^(gpt|o\d)[\w.-]*-(pro|deep-research)$/,
  /^(gpt-[\w.]+-)?codex(-\w+)*$/,
  /^computer-use-preview$/,
];
