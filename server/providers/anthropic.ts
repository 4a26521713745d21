import * as z from "zod";
import type { Usage } from "../../shared/answer.ts";
import type { Provider } from "../core/provider.ts";
import { aiSdkProvider } from "./ai-sdk.ts";
import type { Http } from "./http.ts";
import { authorize, type ProviderFacts } from "./provider-facts.ts";
import { chatUsageSchema, readUsage } from "./read-usage.ts";

/**
 * Anthropic's wire by its AI SDK package. Key, address and `fetch` are always given, an empty key included, for the
 * package falls back to ANTHROPIC_API_KEY and ANTHROPIC_BASE_URL, and they must not decide where a key goes. The package
 * is loaded at the first question.
 */
export function anthropic(facts: ProviderFacts, http: Http): Provider {
  return aiSdkProvider(facts, http, {
    optionsName: "anthropic",
    options: (_, refused) => ({
      // Pings are signs of life that the timers may want.
      includePings: true,
      // Word for arguments that are streamed as they are written, on by itself.
      ...(refused.has("eager_input_streaming") ? { toolStreaming: false } : {}),
    }),
    oneCallOnly: { disableParallelToolUse: true },
    cacheMark: () => ({ cacheControl: { type: "ephemeral" } }),
    thinking: { signature: "signature", encrypted: "redactedData", tags: [] },
    promptUsage,
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

/** Anthropic counts the prompt before it writes: where the answer is cut, that is known for sure. null in every other event. */
function promptUsage(event: unknown): Usage | null {
  const begun = beginningSchema.safeParse(event).data?.message?.usage;
  return begun ? readUsage({ ...begun, output_tokens: null }) : null;
}

const beginningSchema = z.looseObject({
  type: z.literal("message_start"),
  message: z
    .looseObject({ usage: chatUsageSchema.nullish().catch(null) })
    .nullish()
    .catch(null),
});
