import { FailureError } from "../../shared/failure.ts";
import { isLoopbackHost, namesCredentials, presets, resolveBaseUrl } from "../../shared/presets.ts";
import type { ProviderSetting } from "../../shared/settings.ts";
import { type CloudFiles, noCloudFiles } from "../core/cloud-files.ts";
import type { Provider } from "../core/provider.ts";
import { anthropic } from "./anthropic.ts";
import { bedrock } from "./bedrock.ts";
import { google } from "./google.ts";
import type { Http } from "./http.ts";
import { ollama } from "./ollama.ts";
import { openAiCompatible } from "./openai-compatible.ts";
import { needsResponses, openAiResponses } from "./openai-responses.ts";
import { wireRowFor } from "./presets.ts";
import type { ProviderFacts } from "./provider-facts.ts";
import { vertex } from "./vertex.ts";

export interface CreateProviderParams {
  setting: ProviderSetting;
  /** null: this provider needs none, or has none yet. */
  key: string | null;
  http: Http;
  /** Where a key that lies on this machine is found; absent: nowhere. */
  files?: CloudFiles;
  /** Milliseconds since 1970. */
  now?: () => number;
}

/**
 * The provider a row of the settings describes. Opens nothing. Throws a FailureError of the kind "setup" when the address
 * or the key cannot be used.
 */
export function createProvider(params: CreateProviderParams): Provider {
  return providerOf(readProviderFacts(params), params.http, params.files ?? noCloudFiles);
}

/** The adapter of the wire that this provider speaks. */
export function providerOf(facts: ProviderFacts, http: Http, files: CloudFiles): Provider {
  switch (facts.row.wire) {
    case "openai-compatible":
      return facts.row.service === "openai" ? openAi(facts, http) : openAiCompatible(facts, http);
    case "openai-responses":
      return openAiResponses(facts, http);
    case "anthropic":
      return anthropic(facts, http);
    case "google":
      return facts.row.service === "vertex" ? vertex(facts, http, files) : google(facts, http);
    case "bedrock":
      return bedrock(facts, http, files);
    case "ollama":
      return ollama(facts, http);
  }
}

/** The setting as the adapters take it: address resolved, key checked. Throws like createProvider. */
export function readProviderFacts({ setting, key, now }: Omit<CreateProviderParams, "http" | "files">): ProviderFacts {
  const resolved = resolveBaseUrl(setting);
  if (!resolved.ok) throw setupError("baseUrl", resolved.message);
  const trimmed = key?.trim() ?? "";
  const { label, key: needed, keysPage, servesModels } = presets[setting.preset];
  if (trimmed === "" && needed === "required") {
    const where = keysPage === null ? "" : ` Make one at ${keysPage}.`;
    throw setupError("key", `${label} needs a key, and none was given.${where}`);
  }
  // Beyond printable ASCII nothing can stand in a header, and no vendor's key has it; a pasted quote or arrow does.
  if (/[^\x21-\x7e]/.test(trimmed) && !namesCredentials(trimmed)) {
    throw setupError("key", "The key holds a space, a line break or another character that no key has. Copy it again.");
  }
  return {
    id: setting.id,
    baseUrl: resolved.baseUrl,
    origin: resolved.origin,
    key: trimmed === "" ? null : trimmed,
    headers: lowerCased(setting.headers ?? {}),
    local: servesModels === true && isLoopbackHost(new URL(resolved.baseUrl).hostname) ? "yes" : "no",
    row: wireRowFor(setting.preset, resolved.baseUrl),
    now: now ?? Date.now,
  };
}

/** OpenAI itself: the models that it serves on its other wire alone are asked there. */
function openAi(facts: ProviderFacts, http: Http): Provider {
  const chat = openAiCompatible(facts, http);
  const responses = openAiResponses(facts, http);
  const speaks = (modelId: string) => (needsResponses(modelId) ? responses : chat);
  return {
    ...chat,
    stream: (request, options) => speaks(request.modelId).stream(request, options),
    lacks: (modelId) => speaks(modelId).lacks?.(modelId) ?? [],
  };
}

/** One spelling of each name, or "Authorization" from the settings would stand beside our own "authorization". */
function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function setupError(field: string, message: string): FailureError {
  return new FailureError({ kind: "setup", field, message });
}
