import type { FailureKind, Upstream } from "./failure.ts";
import { presetAt, presets } from "./presets.ts";
import type { PresetId } from "./settings.ts";

/** Pages of a vendor where a person mends what only they can mend, or sees that they need not. Keys are in `presets.ts`. */
interface VendorPages {
  /** Where credit is bought, or the limit on spending raised. */
  credit?: string;
  /** What the account may ask in a minute or a day. */
  limits?: string;
  /** Which models there are, and how much each takes. */
  models?: string;
  /** Where a model is allowed to an account. */
  access?: string;
  /** Where it is served. */
  regions?: string;
  /** What may not be asked. */
  rules?: string;
  /** Whether the vendor itself is in trouble. */
  status?: string;
  /** Of a gateway: where the keys of the vendors behind it are kept. */
  keptKeys?: string;
}

const google = { credit: "https://console.cloud.google.com/billing", status: "https://status.cloud.google.com" };
const vertex: VendorPages = {
  ...google,
  limits: "https://console.cloud.google.com/iam-admin/quotas",
  models: "https://console.cloud.google.com/vertex-ai/model-garden",
  access: "https://console.cloud.google.com/vertex-ai/model-garden",
  regions: "https://docs.cloud.google.com/vertex-ai/generative-ai/docs/learn/locations",
};
const openai: VendorPages = {
  credit: "https://platform.openai.com/settings/organization/billing/overview",
  limits: "https://platform.openai.com/settings/organization/limits",
  models: "https://platform.openai.com/docs/models",
  access: "https://platform.openai.com/settings/organization/limits",
  regions: "https://platform.openai.com/docs/supported-countries",
  rules: "https://openai.com/policies/usage-policies",
  status: "https://status.openai.com",
};
const gemini: VendorPages = {
  credit: "https://ai.google.dev/gemini-api/docs/billing",
  limits: "https://aistudio.google.com/rate-limit",
  models: "https://ai.google.dev/gemini-api/docs/models",
  regions: "https://ai.google.dev/gemini-api/docs/available-regions",
  status: "https://aistudio.google.com/status",
};
const mistral: VendorPages = {
  credit: "https://admin.mistral.ai/organization/billing",
  limits: "https://admin.mistral.ai/plateforme/limits",
  models: "https://docs.mistral.ai/getting-started/models",
  status: "https://status.mistral.ai",
};
const cloudflare: VendorPages = {
  keptKeys: "https://developers.cloudflare.com/ai-gateway/configuration/bring-your-own-keys/",
  status: "https://www.cloudflarestatus.com",
};

/**
 * As the vendors' own errors, documents and public projects name them; what none of these names is left out. A vendor
 * without a row has only its page for keys, and what a person runs themselves has none.
 */
const pages: Readonly<Partial<Record<PresetId, VendorPages>>> = {
  openai,
  "openai-responses": openai,
  anthropic: {
    credit: "https://console.anthropic.com/settings/billing",
    limits: "https://console.anthropic.com/settings/limits",
    models: "https://docs.anthropic.com/en/docs/about-claude/models",
    regions: "https://www.anthropic.com/supported-countries",
    status: "https://status.anthropic.com",
  },
  gemini,
  "gemini-openai": gemini,
  vertex,
  "vertex-express": vertex,
  bedrock: {
    credit: "https://console.aws.amazon.com/billing/home",
    limits: "https://console.aws.amazon.com/servicequotas/home",
    models: "https://docs.aws.amazon.com/bedrock/latest/userguide/models-regions.html",
    access: "https://console.aws.amazon.com/bedrock/home#/modelaccess",
    regions: "https://docs.aws.amazon.com/bedrock/latest/userguide/models-regions.html",
    status: "https://health.aws.amazon.com/health/status",
  },
  deepseek: {
    credit: "https://platform.deepseek.com/top_up",
    limits: "https://api-docs.deepseek.com/quick_start/rate_limit",
    models: "https://api-docs.deepseek.com/quick_start/pricing",
    status: "https://status.deepseek.com",
  },
  mistral,
  codestral: mistral,
  qwen: {
    limits: "https://www.alibabacloud.com/help/en/model-studio/rate-limit",
    models: "https://www.alibabacloud.com/help/en/model-studio/models",
  },
  "qwen-china": {
    limits: "https://help.aliyun.com/zh/model-studio/rate-limit",
    models: "https://help.aliyun.com/zh/model-studio/models",
  },
  xai: {
    credit: "https://console.x.ai/team/default/billing",
    models: "https://docs.x.ai/docs/models",
    status: "https://status.x.ai",
  },
  groq: {
    credit: "https://console.groq.com/settings/billing",
    limits: "https://console.groq.com/settings/limits",
    models: "https://console.groq.com/docs/models",
    access: "https://console.groq.com/settings/project/limits",
    status: "https://groqstatus.com",
  },
  together: {
    credit: "https://api.together.ai/settings/billing",
    limits: "https://docs.together.ai/docs/billing-usage-limits",
    models: "https://api.together.ai/models",
    status: "https://status.together.ai",
  },
  fireworks: {
    credit: "https://app.fireworks.ai/account/billing",
    limits: "https://docs.fireworks.ai/guides/quotas_usage/rate-limits",
    models: "https://fireworks.ai/models",
    status: "https://status.fireworks.ai",
  },
  cerebras: {
    limits: "https://inference-docs.cerebras.ai/support/rate-limits",
    models: "https://inference-docs.cerebras.ai/models/overview",
    status: "https://status.cerebras.ai",
  },
  "azure-openai": {
    limits: "https://learn.microsoft.com/azure/ai-services/openai/quotas-limits",
    models: "https://learn.microsoft.com/azure/ai-services/openai/concepts/models",
    rules: "https://go.microsoft.com/fwlink/?linkid=2198766",
    status: "https://azure.status.microsoft",
  },
  openrouter: {
    credit: "https://openrouter.ai/settings/credits",
    limits: "https://openrouter.ai/docs/api-reference/limits",
    models: "https://openrouter.ai/models",
    access: "https://openrouter.ai/settings/privacy",
    keptKeys: "https://openrouter.ai/settings/integrations",
    status: "https://status.openrouter.ai",
  },
  vercel: {
    credit: "https://vercel.com/docs/ai-gateway/pricing",
    models: "https://vercel.com/ai-gateway/models",
    keptKeys: "https://vercel.com/docs/ai-gateway/byok",
    status: "https://www.vercel-status.com",
  },
  portkey: { keptKeys: "https://app.portkey.ai/integrations", status: "https://status.portkey.ai" },
  cloudflare,
  "cloudflare-api": cloudflare,
  "cloudflare-own-key": cloudflare,
  ollama: { models: "https://ollama.com/library" },
  lmstudio: { models: "https://lmstudio.ai/models" },
};

export interface PageLink {
  /** As it reads on a button: "OpenAI: credit". */
  words: string;
  url: string;
}

/** What of a failure says whose page helps. */
export interface Blamed {
  kind: FailureKind;
  upstream?: Upstream | undefined;
}

/** What each provider is, by its id. */
export type PresetsByProvider = Record<string, PresetId>;

/** The vendors behind rows of `wayfare.providers`, as they are written; a row that is none has none. */
export function presetsOf(providers: unknown): PresetsByProvider {
  const found: PresetsByProvider = {};
  for (const row of Array.isArray(providers) ? providers : []) {
    if (typeof row !== "object" || row === null || !("id" in row) || typeof row.id !== "string") continue;
    const name: unknown = "preset" in row ? row.preset : null;
    const preset = Object.values(presets).find(({ id }) => id === name)?.id;
    if (preset === undefined) continue;
    found[row.id] = presetAt(preset, "baseUrl" in row && typeof row.baseUrl === "string" ? row.baseUrl : "");
  }
  return found;
}

/**
 * The vendor's own page where such a failure is mended or explained; null where there is none, or none is known. Of an
 * error that a gateway handed on it is a page of the one whose account is meant.
 */
export function vendorPageFor(failure: Blamed, preset: PresetId): PageLink | null {
  const { kind, upstream } = failure;
  return upstream === undefined ? pageOf(kind, preset) : pageBehind(kind, upstream, preset);
}

function pageBehind(kind: FailureKind, upstream: Upstream, gateway: PresetId): PageLink | null {
  const keptKeys = linkTo(gateway, "keys of other vendors", pages[gateway]?.keptKeys);
  // A model is named and sized as the gateway has it.
  if (kind === "unknown-model" || kind === "context-length") return pageOf(kind, gateway);
  const vendor = presetNamed(upstream.name);
  if (upstream.account === "gateway") {
    // With a key of one's own the limit is one's own, as OpenRouter itself advises.
    if (kind === "rate-limit") return keptKeys ?? pageOf("overloaded", gateway);
    if (["auth", "quota", "no-access"].includes(kind)) return pageOf("overloaded", gateway);
  }
  if (kind === "auth" && upstream.account === "kept") return keptKeys;
  return vendor === null ? null : pageOf(kind, vendor);
}

/** The preset of a vendor by the name it goes by, or null. */
function presetNamed(name: string | null): PresetId | null {
  const wanted = name === null ? "" : plain(name);
  return Object.values(presets).find(({ id, label }) => plain(id) === wanted || plain(label) === wanted)?.id ?? null;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}

function pageOf(kind: FailureKind, preset: PresetId): PageLink | null {
  const { keysPage } = presets[preset];
  const { credit, limits, models, access, regions, rules, status } = pages[preset] ?? {};
  switch (kind) {
    case "auth":
      return linkTo(preset, "keys", keysPage);
    case "quota":
      return linkTo(preset, "credit", credit) ?? linkTo(preset, "account", keysPage);
    case "rate-limit":
      return linkTo(preset, "limits", limits) ?? linkTo(preset, "status", status);
    case "no-access":
      return linkTo(preset, "access to models", access) ?? linkTo(preset, "models", models);
    case "unknown-model":
    case "context-length":
      return linkTo(preset, "models", models);
    case "region":
      return linkTo(preset, "regions", regions);
    case "content-filter":
      return linkTo(preset, "content rules", rules);
    case "overloaded":
    case "server-error":
    case "silence":
    case "stall":
    case "truncated":
      return linkTo(preset, "status", status);
    default:
      return null;
  }
}

function linkTo(preset: PresetId, what: string, url: string | null | undefined): PageLink | null {
  const name = presets[preset].label.replace(/(,| \().*$/, "");
  return url === undefined || url === null ? null : { words: `${name}: ${what}`, url };
}
