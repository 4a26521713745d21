import type { PresetId } from "./settings.ts";

/** What a person is told about each kind of provider, and where its address leads. The wire facts are the server's. */
export interface Preset {
  id: PresetId;
  label: string;
  /** One clause for the list of presets. */
  detail: string;
  /** null: the person gives the address. */
  baseUrl: string | null;
  key: "required" | "optional" | "none";
  /** Environment variables that may hold a key, offered and never used unasked. */
  environmentKeys: readonly string[];
  /** Shown in the empty input box; the shape of a key, not a rule. */
  keyPlaceholder: string;
  /** Where keys are made. */
  keysPage: string | null;
  /** What belongs behind the host when an address is written without a path. */
  defaultPath: string;
}

export const presets: Readonly<Record<PresetId, Preset>> = {
  openai: {
    id: "openai",
    label: "OpenAI",
    detail: "GPT models, direct",
    baseUrl: "https://api.openai.com/v1",
    key: "required",
    environmentKeys: ["OPENAI_API_KEY"],
    keyPlaceholder: "sk-…",
    keysPage: "https://platform.openai.com/api-keys",
    defaultPath: "/v1",
  },
  anthropic: {
    id: "anthropic",
    label: "Anthropic",
    detail: "Claude models, direct",
    baseUrl: "https://api.anthropic.com/v1",
    key: "required",
    environmentKeys: ["ANTHROPIC_API_KEY"],
    keyPlaceholder: "sk-ant-…",
    keysPage: "https://console.anthropic.com/settings/keys",
    defaultPath: "/v1",
  },
  openrouter: {
    id: "openrouter",
    label: "OpenRouter",
    detail: "one key for hundreds of models; reports the cost of each answer",
    baseUrl: "https://openrouter.ai/api/v1",
    key: "required",
    environmentKeys: ["OPENROUTER_API_KEY"],
    keyPlaceholder: "sk-or-v1-…",
    keysPage: "https://openrouter.ai/settings/keys",
    defaultPath: "/api/v1",
  },
  tokenmix: {
    id: "tokenmix",
    label: "TokenMix",
    detail: "one key for many vendors' models, prepaid",
    baseUrl: "https://api.tokenmix.ai/v1",
    key: "required",
    environmentKeys: ["TOKENMIX_API_KEY"],
    keyPlaceholder: "sk-tm-…",
    keysPage: "https://tokenmix.ai",
    defaultPath: "/v1",
  },
  "openai-compatible": {
    id: "openai-compatible",
    label: "OpenAI-compatible",
    detail: "any address that speaks /chat/completions: LiteLLM, Vercel, DeepSeek, Qwen, vLLM …",
    baseUrl: null,
    key: "optional",
    environmentKeys: [],
    keyPlaceholder: "the key of this address; leave empty when it needs none",
    keysPage: null,
    // Unknown here: some vendors serve at the root, others under /v1. The connection test finds out.
    defaultPath: "",
  },
  ollama: {
    id: "ollama",
    label: "Ollama",
    detail: "models on this machine, free",
    baseUrl: "http://127.0.0.1:11434/v1",
    key: "none",
    environmentKeys: [],
    keyPlaceholder: "",
    keysPage: null,
    defaultPath: "/v1",
  },
  lmstudio: {
    id: "lmstudio",
    label: "LM Studio",
    detail: "models on this machine, free",
    baseUrl: "http://127.0.0.1:1234/v1",
    key: "none",
    environmentKeys: [],
    keyPlaceholder: "",
    keysPage: null,
    defaultPath: "/v1",
  },
  llamacpp: {
    id: "llamacpp",
    label: "llama.cpp",
    detail: "llama-server on this machine, free",
    baseUrl: "http://127.0.0.1:8080/v1",
    key: "none",
    environmentKeys: [],
    keyPlaceholder: "",
    keysPage: null,
    defaultPath: "/v1",
  },
};

export type ResolvedBaseUrl =
  /** `baseUrl` without a slash at its end; `origin` is scheme://host:port, what a key is bound to. */
  { ok: true; baseUrl: string; origin: string } | { ok: false; message: string };

/** What people paste behind a base URL, taken off again. */
const endpointPath = /\/(chat\/completions|completions|messages|models|responses)$/;

/** A setting's address as it will be called, or one sentence that says why it cannot be, and the mend. */
export function resolveBaseUrl(setting: { preset: PresetId; baseUrl?: string | undefined }): ResolvedBaseUrl {
  const preset = presets[setting.preset];
  const written = (setting.baseUrl ?? "").trim() || preset.baseUrl;
  if (written === null) {
    return { ok: false, message: "This provider needs a base URL, for example https://api.example.com/v1." };
  }
  // "localhost:8080" parses as a URL with the scheme "localhost:", so the slashes are looked for first.
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(written)) {
    const scheme = isLoopbackHost(written.replace(/[:/].*$/, "")) ? "http" : "https";
    return { ok: false, message: `"${written}" has no scheme. Write ${scheme}://${written}.` };
  }
  const url = URL.canParse(written) ? new URL(written) : null;
  if (!url || url.hostname === "") {
    return { ok: false, message: `"${written}" is not an address. Write one like https://api.example.com/v1.` };
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    return { ok: false, message: `"${url.protocol}//" cannot be used here. Write https://${url.host}${url.pathname}.` };
  }
  if (url.username !== "" || url.password !== "") {
    return {
      ok: false,
      message: "Leave the user name and password out of the base URL; give the key when asked for it.",
    };
  }
  if (url.search !== "" || url.hash !== "") {
    return { ok: false, message: `Leave out what follows the ${url.search ? "?" : "#"} in the base URL.` };
  }
  if (url.protocol === "http:" && !isLoopbackHost(url.hostname)) {
    return {
      ok: false,
      message: `http://${url.host} would send your key and your code unencrypted. Write https://${url.host}; http is for this machine only.`,
    };
  }
  const path = url.pathname.replace(/\/+$/, "").replace(endpointPath, "").replace(/\/+$/, "");
  return { ok: true, baseUrl: url.origin + completePath(preset, path), origin: url.origin };
}

/** True for localhost, 127.0.0.0/8 and ::1, brackets or not: bytes sent there do not leave the machine. */
export function isLoopbackHost(hostname: string): boolean {
  const host = hostname
    .toLowerCase()
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/\.$/, "");
  if (host === "localhost" || host.endsWith(".localhost") || host === "::1") return true;
  return /^127(\.\d{1,3}){3}$/.test(host) || /^::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}$/.test(host);
}

function completePath(preset: Preset, path: string): string {
  // Anthropic's own tools take addresses without the version, so a gateway's page shows them that way.
  if (preset.id === "anthropic" && !/\/v\d+$/.test(path)) return `${path}/v1`;
  return path === "" ? preset.defaultPath : path;
}
