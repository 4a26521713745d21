import type { JSONObject } from "@ai-sdk/provider";
import type { Usage } from "../../shared/answer.ts";
import type { Provider } from "../core/provider.ts";
import { aiSdkProvider } from "./ai-sdk.ts";
import type { Http } from "./http.ts";
import { authorize, type ProviderFacts } from "./provider-facts.ts";
import { countedSchema, readCounted } from "./read-usage.ts";

/**
 * Gemini's own wire, `:streamGenerateContent`, by the AI SDK package, which is loaded at the first question. Key, address
 * and `fetch` are always given, for the package would look for GOOGLE_GENERATIVE_AI_API_KEY otherwise.
 */
export function google(facts: ProviderFacts, http: Http): Provider {
  return aiSdkProvider(facts, http, {
    ...googleVendor,
    load: (modelId, fetch) =>
      googleModel(modelId, { name: "google", baseUrl: facts.baseUrl, headers: authorize(facts), fetch }),
  });
}

/** Makes a model of Gemini's wire; `headers` carry all that authorizes. The name decides between Google's two services. */
export async function googleModel(
  modelId: string,
  place: {
    name: "google" | "google.vertex";
    baseUrl: string;
    headers: Readonly<Record<string, string>>;
    fetch: typeof globalThis.fetch;
  },
) {
  const { createGoogle } = await import("@ai-sdk/google");
  const make = createGoogle({
    name: place.name === "google" ? "google.generative-ai" : "google.vertex.chat",
    apiKey: "",
    baseURL: place.baseUrl,
    // Without a key of ours the package's own empty header must not stand beside what authorizes in its place.
    headers: { "x-goog-api-key": undefined, ...place.headers },
    fetch: place.fetch,
  });
  return make.languageModel(modelId);
}

/** What both services of Google have in common. */
export const googleVendor = {
  optionsName: "google",
  options: (modelId: string): JSONObject => (thinks(modelId) ? { thinkingConfig: { includeThoughts: true } } : {}),
  // Since Gemini 2.5 what was read is kept by itself.
  cacheMark: () => null,
  thinking: { signature: "thoughtSignature", encrypted: "redactedData", tags: [] },
  promptUsage,
};

/** Families that think and say so; the others refuse to be asked for it. */
function thinks(modelId: string): boolean {
  return /(^|\/)gemini-(2\.5|[3-9]|\d\d)/.test(modelId) && !/image|tts|audio|live|embedding/.test(modelId);
}

/** Each event counts anew, the prompt from the first on; what it says of the answer grows and is told at the end. */
function promptUsage(event: unknown): Usage | null {
  const counted = countedSchema.safeParse(event).data;
  const usage = counted === undefined ? null : (readCounted(counted, null)?.usage ?? null);
  return usage === null ? null : { ...usage, output: 0, reasoning: 0 };
}
