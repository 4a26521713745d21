import type { PresetId } from "./settings.ts";

/** What a person is told about each kind of provider, and where its address leads. The wire facts are the server's. */
export interface Preset {
  id: PresetId;
  label: string;
  /** One clause for the list of presets. */
  detail: string;
  /** Stands above it and those that follow, in the list of presets. */
  heading?: string;
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
  /** What stands in braces in `baseUrl`, in the order it is asked for. Absent: the address is whole. */
  addressParts?: readonly PresetPart[];
  /** What a request must say beside the key, by the name of the header that says it. No secrets: settings are synced. */
  headerParts?: readonly PresetPart[];
  /** Hosts of the same service beside that of `baseUrl`. */
  otherHosts?: readonly string[];
  /** Its vendor makes a key in a login in the browser (RFC 8628). */
  deviceLogin?: true;
  /** Where it runs on this machine, its models do, too, and cost nothing. Absent: it hands on to others. */
  servesModels?: true;
}

/** One thing of the person's own that the preset cannot know. */
export interface PresetPart {
  /** In braces in the address, or the header's. */
  name: string;
  /** As it reads in "Enter …": "your Cloudflare account's id". */
  what: string;
  /** Shown in the empty input box. */
  example: string;
}

export const presets: Readonly<Record<PresetId, Preset>> = {
  openai: {
    id: "openai",
    label: "OpenAI",
    detail: "GPT models, direct",
    heading: "Vendors",
    baseUrl: "https://api.openai.com/v1",
    key: "required",
    environmentKeys: ["OPENAI_API_KEY"],
    keyPlaceholder: "sk-…",
    keysPage: "https://platform.openai.com/api-keys",
    defaultPath: "/v1",
  },
  "openai-responses": {
    id: "openai-responses",
    label: "OpenAI, Responses",
    detail: "GPT models, direct, by the wire that shows what they think",
    baseUrl: "https://api.openai.com/v1",
    key: "required",
    environmentKeys: [],
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
  gemini: {
    id: "gemini",
    label: "Google Gemini",
    detail: "Gemini models, direct",
    baseUrl: "https://generativelanguage.googleapis.com/v1beta",
    key: "required",
    environmentKeys: ["GEMINI_API_KEY"],
    keyPlaceholder: "AIza…",
    keysPage: "https://aistudio.google.com/apikey",
    defaultPath: "/v1beta",
  },
  "gemini-openai": {
    id: "gemini-openai",
    label: "Google Gemini, OpenAI-compatible",
    detail: "Gemini models by Google's OpenAI-compatible address",
    baseUrl: "https://generativelanguage.googleapis.com/v1beta/openai",
    key: "required",
    environmentKeys: ["GEMINI_API_KEY"],
    keyPlaceholder: "AIza…",
    keysPage: "https://aistudio.google.com/apikey",
    defaultPath: "/v1beta/openai",
  },
  vertex: {
    id: "vertex",
    label: "Google Vertex AI",
    detail: "Gemini models of your Google Cloud project, with its credentials",
    baseUrl:
      "https://{location}-aiplatform.googleapis.com/v1/projects/{project}/locations/{location}/publishers/google",
    key: "required",
    environmentKeys: [],
    keyPlaceholder: "default, for what gcloud keeps here, or file:/path/of/a/service-account.json",
    keysPage: "https://console.cloud.google.com/iam-admin/serviceaccounts",
    defaultPath: "",
    addressParts: [
      { name: "location", what: "the region, or global", example: "europe-west4" },
      { name: "project", what: "your Google Cloud project's id", example: "my-project-123" },
    ],
  },
  "vertex-express": {
    id: "vertex-express",
    label: "Google Vertex AI, express mode",
    detail: "Gemini models by Vertex AI with a key alone",
    baseUrl: "https://aiplatform.googleapis.com/v1/publishers/google",
    key: "required",
    environmentKeys: [],
    keyPlaceholder: "AQ.… or AIza…",
    keysPage: "https://console.cloud.google.com/expressmode",
    defaultPath: "/v1/publishers/google",
  },
  bedrock: {
    id: "bedrock",
    label: "Amazon Bedrock",
    detail: "the models of your AWS account, with a Bedrock API key or AWS credentials",
    baseUrl: "https://bedrock-runtime.{region}.amazonaws.com",
    key: "required",
    environmentKeys: ["AWS_BEARER_TOKEN_BEDROCK"],
    keyPlaceholder: "a Bedrock API key, or profile:NAME, or environment",
    keysPage: "https://console.aws.amazon.com/bedrock/home#/api-keys",
    defaultPath: "",
    addressParts: [{ name: "region", what: "the AWS region", example: "us-east-1" }],
  },
  deepseek: {
    id: "deepseek",
    label: "DeepSeek",
    detail: "DeepSeek models, direct; fills holes in code",
    baseUrl: "https://api.deepseek.com",
    key: "required",
    environmentKeys: ["DEEPSEEK_API_KEY"],
    keyPlaceholder: "sk-…",
    keysPage: "https://platform.deepseek.com/api_keys",
    defaultPath: "",
  },
  mistral: {
    id: "mistral",
    label: "Mistral",
    detail: "Mistral models, direct; fills holes in code",
    baseUrl: "https://api.mistral.ai/v1",
    key: "required",
    environmentKeys: ["MISTRAL_API_KEY"],
    keyPlaceholder: "the key of your Mistral workspace",
    keysPage: "https://console.mistral.ai/api-keys",
    defaultPath: "/v1",
  },
  codestral: {
    id: "codestral",
    label: "Codestral",
    detail: "Mistral's host for code, with a key of its own; fills holes in code",
    baseUrl: "https://codestral.mistral.ai/v1",
    key: "required",
    environmentKeys: ["CODESTRAL_API_KEY"],
    keyPlaceholder: "the key of the Codestral page, not the usual one",
    keysPage: "https://console.mistral.ai/codestral",
    defaultPath: "/v1",
  },
  qwen: {
    id: "qwen",
    label: "Qwen (DashScope, international)",
    detail: "Alibaba's models from Singapore",
    baseUrl: "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
    key: "required",
    environmentKeys: ["DASHSCOPE_API_KEY"],
    keyPlaceholder: "sk-…",
    keysPage: "https://modelstudio.console.alibabacloud.com/?tab=playground#/api-key",
    defaultPath: "/compatible-mode/v1",
    otherHosts: ["dashscope-us.aliyuncs.com"],
  },
  "qwen-china": {
    id: "qwen-china",
    label: "Qwen (DashScope, China)",
    detail: "Alibaba's models from Beijing, with a key of that region",
    baseUrl: "https://dashscope.aliyuncs.com/compatible-mode/v1",
    key: "required",
    environmentKeys: ["DASHSCOPE_API_KEY"],
    keyPlaceholder: "sk-…",
    keysPage: "https://bailian.console.aliyun.com/?tab=model#/api-key",
    defaultPath: "/compatible-mode/v1",
  },
  xai: {
    id: "xai",
    label: "xAI",
    detail: "Grok models, direct; reports the cost of each answer",
    baseUrl: "https://api.x.ai/v1",
    key: "required",
    environmentKeys: ["XAI_API_KEY"],
    keyPlaceholder: "xai-…",
    keysPage: "https://console.x.ai",
    defaultPath: "/v1",
  },
  groq: {
    id: "groq",
    label: "Groq",
    detail: "open models, very fast",
    baseUrl: "https://api.groq.com/openai/v1",
    key: "required",
    environmentKeys: ["GROQ_API_KEY"],
    keyPlaceholder: "gsk_…",
    keysPage: "https://console.groq.com/keys",
    defaultPath: "/openai/v1",
  },
  together: {
    id: "together",
    label: "Together AI",
    detail: "open models",
    baseUrl: "https://api.together.xyz/v1",
    key: "required",
    environmentKeys: ["TOGETHER_API_KEY"],
    keyPlaceholder: "the key of your Together project",
    keysPage: "https://api.together.ai/settings/api-keys",
    defaultPath: "/v1",
    otherHosts: ["api.together.ai"],
  },
  fireworks: {
    id: "fireworks",
    label: "Fireworks AI",
    detail: "open models",
    baseUrl: "https://api.fireworks.ai/inference/v1",
    key: "required",
    environmentKeys: ["FIREWORKS_API_KEY"],
    keyPlaceholder: "fw_…",
    keysPage: "https://app.fireworks.ai/settings/users/api-keys",
    defaultPath: "/inference/v1",
  },
  cerebras: {
    id: "cerebras",
    label: "Cerebras",
    detail: "open models, very fast",
    baseUrl: "https://api.cerebras.ai/v1",
    key: "required",
    environmentKeys: ["CEREBRAS_API_KEY"],
    keyPlaceholder: "csk-…",
    keysPage: "https://cloud.cerebras.ai",
    defaultPath: "/v1",
  },
  "azure-openai": {
    id: "azure-openai",
    label: "Azure OpenAI",
    detail: "your own deployments; a model is named as its deployment",
    baseUrl: "https://{resource}.openai.azure.com/openai/v1",
    key: "required",
    environmentKeys: ["AZURE_OPENAI_API_KEY"],
    keyPlaceholder: "the key of your resource",
    keysPage: "https://portal.azure.com",
    defaultPath: "/openai/v1",
    addressParts: [{ name: "resource", what: "your Azure resource's name", example: "my-resource" }],
  },
  openrouter: {
    id: "openrouter",
    label: "OpenRouter",
    detail: "one key for hundreds of models; reports the cost of each answer",
    heading: "Gateways",
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
    keysPage: "https://tokenmix.ai/dashboard/keys",
    defaultPath: "/v1",
    deviceLogin: true,
  },
  vercel: {
    id: "vercel",
    label: "Vercel AI Gateway",
    detail: "one key for many vendors' models; reports the cost of each answer",
    baseUrl: "https://ai-gateway.vercel.sh/v1",
    key: "required",
    environmentKeys: ["AI_GATEWAY_API_KEY"],
    keyPlaceholder: "vck_…",
    keysPage: "https://vercel.com/dashboard/ai-gateway/api-keys",
    defaultPath: "/v1",
  },
  portkey: {
    id: "portkey",
    label: "Portkey",
    detail: "one key for the providers of your Portkey account",
    baseUrl: "https://api.portkey.ai/v1",
    key: "required",
    environmentKeys: ["PORTKEY_API_KEY"],
    keyPlaceholder: "the key of your Portkey workspace",
    keysPage: "https://app.portkey.ai/api-keys",
    defaultPath: "/v1",
  },
  "portkey-self-hosted": {
    id: "portkey-self-hosted",
    label: "Portkey, self-hosted",
    detail: "the open-source gateway on your own machine, with a vendor's key",
    baseUrl: "http://127.0.0.1:8787/v1",
    key: "optional",
    environmentKeys: [],
    keyPlaceholder: "the vendor's key; leave empty when the gateway has it",
    keysPage: null,
    defaultPath: "/v1",
    headerParts: [{ name: "x-portkey-provider", what: "the vendor that Portkey is to ask", example: "openai" }],
  },
  litellm: {
    id: "litellm",
    label: "LiteLLM proxy",
    detail: "your own gateway; prices from its list",
    baseUrl: "http://127.0.0.1:4000/v1",
    key: "optional",
    environmentKeys: ["LITELLM_API_KEY"],
    keyPlaceholder: "sk-…; leave empty when it needs none",
    keysPage: null,
    defaultPath: "/v1",
  },
  cloudflare: {
    id: "cloudflare",
    label: "Cloudflare AI Gateway",
    detail: "your gateway's /compat address with its token; vendors' keys lie at Cloudflare",
    baseUrl: "https://gateway.ai.cloudflare.com/v1/{account}/{gateway}/compat",
    key: "required",
    environmentKeys: ["CF_AIG_TOKEN"],
    keyPlaceholder: "the token that your gateway asks for",
    keysPage: "https://dash.cloudflare.com/?to=/:account/ai/ai-gateway",
    defaultPath: "",
    addressParts: [
      { name: "account", what: "your Cloudflare account's id", example: "0123456789abcdef0123456789abcdef" },
      { name: "gateway", what: "your gateway's name", example: "default" },
    ],
  },
  "cloudflare-api": {
    id: "cloudflare-api",
    label: "Cloudflare AI, REST API",
    detail: "vendors' models and Cloudflare's own by your account's token; lists none, so name them",
    baseUrl: "https://api.cloudflare.com/client/v4/accounts/{account}/ai/v1",
    key: "required",
    environmentKeys: ["CLOUDFLARE_API_TOKEN"],
    keyPlaceholder: "a token with AI Gateway or Workers AI permission",
    keysPage: "https://dash.cloudflare.com/profile/api-tokens",
    defaultPath: "",
    addressParts: [
      { name: "account", what: "your Cloudflare account's id", example: "0123456789abcdef0123456789abcdef" },
    ],
  },
  "cloudflare-own-key": {
    id: "cloudflare-own-key",
    label: "Cloudflare AI Gateway, own key",
    detail: "your gateway, with the key of the vendor behind it",
    baseUrl: "https://gateway.ai.cloudflare.com/v1/{account}/{gateway}/compat",
    key: "required",
    environmentKeys: [],
    keyPlaceholder: "the vendor's key",
    keysPage: "https://dash.cloudflare.com/?to=/:account/ai/ai-gateway",
    defaultPath: "",
    addressParts: [
      { name: "account", what: "your Cloudflare account's id", example: "0123456789abcdef0123456789abcdef" },
      { name: "gateway", what: "your gateway's name", example: "default" },
    ],
  },
  ollama: {
    id: "ollama",
    label: "Ollama",
    detail: "models on this machine, free",
    heading: "Servers of your own",
    // Its own wire; an address that ends in /v1 is asked by OpenAI's.
    baseUrl: "http://127.0.0.1:11434",
    key: "optional",
    // OLLAMA_API_KEY is ollama.com's alone, and would go to this machine.
    environmentKeys: [],
    keyPlaceholder: "leave empty but for ollama.com or a proxy that wants one",
    keysPage: "https://ollama.com/settings/keys",
    defaultPath: "",
    servesModels: true,
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
    servesModels: true,
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
    servesModels: true,
  },
  vllm: {
    id: "vllm",
    label: "vLLM",
    detail: "a server of your own, on this machine or elsewhere",
    baseUrl: "http://127.0.0.1:8000/v1",
    key: "optional",
    environmentKeys: ["VLLM_API_KEY"],
    keyPlaceholder: "leave empty when it needs none",
    keysPage: null,
    defaultPath: "/v1",
    servesModels: true,
  },
  "openai-compatible": {
    id: "openai-compatible",
    label: "OpenAI-compatible",
    detail: "any other address that speaks /chat/completions",
    baseUrl: null,
    key: "optional",
    environmentKeys: [],
    keyPlaceholder: "the key of this address; leave empty when it needs none",
    keysPage: null,
    // Unknown here: some vendors serve at the root, others under /v1. The connection test finds out.
    defaultPath: "",
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
  const unfilled = whyUnfilled(written, preset);
  if (unfilled !== null) return { ok: false, message: unfilled };
  // "localhost:8080" parses as a URL with the scheme "localhost:", so the slashes are looked for first.
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(written)) {
    const scheme = isLoopbackHost(written.replace(/[:/].*$/, "")) ? "http" : "https";
    if (URL.canParse(`${scheme}://${written}`))
      return { ok: false, message: `"${written}" has no scheme. Write ${scheme}://${written}.` };
    return { ok: false, message: `"${written}" is not an address. Write one like https://api.example.com/v1.` };
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

/** The preset's address with its parts filled in, each as a person may paste it; for `resolveBaseUrl` to judge. */
export function fillBaseUrl(preset: Preset, parts: Readonly<Record<string, string>>): string {
  const filled = (preset.baseUrl ?? "").replace(braces, (whole, name: string) =>
    Object.hasOwn(parts, name) ? encodeURIComponent((parts[name] ?? "").trim()) : whole,
  );
  // Vertex AI has one host that is in no region.
  return filled.replace("//global-aiplatform.", "//aiplatform.");
}

/** Why this cannot stand in an address in place of the braces, or null. */
export function refusePart(part: PresetPart, text: string): string | null {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(text.trim())) return null;
  return `Enter ${part.what} alone: letters, digits, dots and dashes, for example ${part.example}.`;
}

/** Why this cannot stand in the part's header, or null. */
export function refuseHeader(part: PresetPart, text: string): string | null {
  if (/^[\x21-\x7e]+$/.test(text.trim())) return null;
  return `Enter ${part.what} alone, without spaces or accents, for example ${part.example}.`;
}

/**
 * The preset whose vendor answers at this address: a service entered as "any OpenAI-compatible address" is known by its
 * host. An Anthropic wire is none of them, for the same host may speak both.
 */
export function presetAt(preset: PresetId, baseUrl: string): PresetId {
  if (preset !== "openai-compatible" || !URL.canParse(baseUrl)) return preset;
  return presetOfHost(new URL(baseUrl).hostname) ?? preset;
}

/** True for `profile:…` and `file:…`: no key, but where one lies on this machine; a name or a path may hold spaces. */
export function namesCredentials(key: string): boolean {
  return /^(profile|file):[^\r\n]+$/.test(key);
}

const braces = /\{([^{}]*)\}/g;

function whyUnfilled(written: string, preset: Preset): string | null {
  const names = [...written.matchAll(braces)].map(([, name = ""]) => name);
  if (names.length === 0) return null;
  const parts = (preset.addressParts ?? []).filter(({ name }) => names.includes(name));
  const whats = parts.length === names.length ? parts.map(({ what }) => what).join(" and ") : "your own";
  return `The base URL still holds ${names.map((name) => `{${name}}`).join(" and ")}. Write ${whats} there: ${written}.`;
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

/** Presets of a wire of their own; a service of the same host may speak OpenAI's beside it. */
const ownWires: ReadonlySet<PresetId> = new Set([
  "anthropic",
  "openai-responses",
  "gemini",
  "vertex",
  "vertex-express",
  "bedrock",
]);

/** Of two presets at one host the later wins: a key that was entered for any address is sent as such. */
function presetOfHost(hostname: string): PresetId | null {
  // Looked for when it is asked: a map made at the start would keep this table in bundles that do not need it.
  const at = Object.values(presets).findLast(({ id, baseUrl, otherHosts = [] }) => {
    if (ownWires.has(id) || baseUrl === null) return false;
    const host = new URL(baseUrl.replace(braces, "x")).hostname;
    return !isLoopbackHost(host) && [host, ...otherHosts].includes(hostname);
  });
  return at?.id ?? null;
}

function completePath(preset: Preset, path: string): string {
  // Anthropic's own tools take addresses without the version, so a gateway's page shows them that way.
  if (preset.id === "anthropic" && !/\/v\d+$/.test(path)) return `${path}/v1`;
  // Its pages show addresses with the path of its own wire, of which /v1 is another.
  if (preset.id === "ollama") return path.replace(/\/api(\/[\w-]+)?$/, "");
  return path === "" ? preset.defaultPath : path;
}
