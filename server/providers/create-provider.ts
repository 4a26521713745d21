import { FailureError } from "../../shared/failure.ts";
import { isLoopbackHost, presets, resolveBaseUrl } from "../../shared/presets.ts";
import type { ProviderSetting } from "../../shared/settings.ts";
import type { Provider } from "../core/provider.ts";
import { anthropic } from "./anthropic.ts";
import type { Http } from "./http.ts";
import { openAiCompatible } from "./openai-compatible.ts";
import { wireRowFor } from "./presets.ts";
import type { ProviderFacts } from "./provider-facts.ts";

export interface CreateProviderParams {
  setting: ProviderSetting;
  /** null: this provider needs none, or has none yet. */
  key: string | null;
  http: Http;
  /** Milliseconds since 1970. */
  now?: () => number;
}

/**
 * The provider a row of the settings describes. Opens nothing. Throws a FailureError of the kind "setup" when the address
 * or the key cannot be used.
 */
export function createProvider(params: CreateProviderParams): Provider {
  const facts = readProviderFacts(params);
  return facts.row.wire === "anthropic" ? anthropic(facts, params.http) : openAiCompatible(facts, params.http);
}

/** The setting as the adapters take it: address resolved, key checked. Throws like createProvider. */
export function readProviderFacts({ setting, key, now }: Omit<CreateProviderParams, "http">): ProviderFacts {
  const resolved = resolveBaseUrl(setting);
  if (!resolved.ok) throw setupError("baseUrl", resolved.message);
  const trimmed = key?.trim() ?? "";
  const { label, key: needed, keysPage } = presets[setting.preset];
  if (trimmed === "" && needed === "required") {
    const where = keysPage === null ? "" : ` Make one at ${keysPage}.`;
    throw setupError("key", `${label} needs a key, and none was given.${where}`);
  }
  // Beyond printable ASCII nothing can stand in a header, and no vendor's key has it; a pasted quote or arrow does.
  if (/[^\x21-\x7e]/.test(trimmed)) {
    throw setupError("key", "The key holds a space, a line break or another character that no key has. Copy it again.");
  }
  return {
    id: setting.id,
    baseUrl: resolved.baseUrl,
    origin: resolved.origin,
    key: trimmed === "" ? null : trimmed,
    headers: lowerCased(setting.headers ?? {}),
    local: needed === "none" && isLoopbackHost(new URL(resolved.baseUrl).hostname) ? "yes" : "no",
    row: wireRowFor(setting.preset, resolved.baseUrl),
    now: now ?? Date.now,
  };
}

/** One spelling of each name, or "Authorization" from the settings would stand beside our own "authorization". */
function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function setupError(field: string, message: string): FailureError {
  return new FailureError({ kind: "setup", field, message });
}
