import type { Provider } from "../core/provider.ts";
import { aiSdkProvider } from "./ai-sdk.ts";
import type { Http } from "./http.ts";
import { authorize, type ProviderFacts } from "./provider-facts.ts";

/**
 * Anthropic's wire by its AI SDK package. Key, address and `fetch` are always given, an empty key included, for the
 * package falls back to ANTHROPIC_API_KEY and ANTHROPIC_BASE_URL, and they must not decide where a key goes. The package
 * is loaded at the first question.
 */
export function anthropic(facts: ProviderFacts, http: Http): Provider {
  return aiSdkProvider(facts, http, {
    optionsName: "anthropic",
    // Pings are signs of life that the timers may want.
    options: { includePings: true },
    async load(modelId, fetch) {
      const { createAnthropic } = await import("@ai-sdk/anthropic");
      const make = createAnthropic({
        apiKey: facts.key ?? "",
        baseURL: facts.baseUrl,
        // Ours go last, so that a person's own x-api-key or authorization wins over an empty key.
        headers: authorize(facts),
        fetch,
      });
      return make.languageModel(modelId);
    },
  });
}
