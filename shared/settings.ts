import * as z from "zod";

/** What a provider row may be. `playground` is not here: it is a switch of its own. */
export const presetIds = [
  "openai",
  "openai-responses",
  "anthropic",
  "gemini",
  "vertex",
  "vertex-express",
  "bedrock",
  "gemini-openai",
  "deepseek",
  "mistral",
  "codestral",
  "qwen",
  "qwen-china",
  "xai",
  "groq",
  "together",
  "fireworks",
  "cerebras",
  "azure-openai",
  "openrouter",
  "tokenmix",
  "vercel",
  "portkey",
  "portkey-self-hosted",
  "litellm",
  "cloudflare",
  "cloudflare-api",
  "cloudflare-own-key",
  "ollama",
  "lmstudio",
  "llamacpp",
  "vllm",
  "openai-compatible",
] as const;
export const presetIdSchema = z.enum(presetIds);
export type PresetId = z.infer<typeof presetIdSchema>;

const pricePerMillion = z.number().nonnegative().finite();

/** Prices a person gives, in USD per million tokens, or the word "free". They beat every other source. */
export const priceOverrideSchema = z.union([
  z.literal("free"),
  z.strictObject({
    input: pricePerMillion,
    output: pricePerMillion,
    cacheRead: pricePerMillion.optional(),
    cacheWrite: pricePerMillion.optional(),
    /** What is written to be kept for an hour. */
    cacheWrite1h: pricePerMillion.optional(),
    reasoning: pricePerMillion.optional(),
    /** USD for each request, and for each image in it. */
    request: pricePerMillion.optional(),
    image: pricePerMillion.optional(),
  }),
]);
export type PriceOverride = z.infer<typeof priceOverrideSchema>;

export const modelSettingSchema = z.strictObject({
  id: z.string().min(1),
  windowTokens: z.number().int().positive().optional(),
  maxOutputTokens: z.number().int().positive().optional(),
  images: z.boolean().optional(),
  tools: z.boolean().optional(),
  reasoning: z.boolean().optional(),
  /** How it is asked to fill a hole in code; false: in chat alone. */
  fim: z.union([z.literal(false), z.enum(["suffix", "mistral", "template", "infill"])]).optional(),
  price: priceOverrideSchema.optional(),
});
export type ModelSetting = z.infer<typeof modelSettingSchema>;

export const providerSettingSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'use 1 to 40 lower-case letters, digits and dashes, for example "openrouter"'),
  preset: presetIdSchema,
  /** Switched off: it keeps its row, its key and its places in the tiers, and is never asked. */
  disabled: z.boolean().optional(),
  baseUrl: z.string().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  models: z
    .array(
      z.union([
        z
          .string()
          .min(1)
          .transform((id): ModelSetting => ({ id })),
        modelSettingSchema,
      ]),
    )
    .optional(),
});
export type ProviderSetting = z.infer<typeof providerSettingSchema>;

/** A model is named `provider/model`; the model part may hold slashes itself: `openrouter/qwen/qwen3-coder`. */
export const modelNameSchema = z
  .string()
  .regex(/^[^/]+\/.+$/, 'write provider/model, for example "openai/gpt-5.4-mini"');

export const tiersSettingSchema = z.strictObject({
  cheap: z.array(modelNameSchema).default([]),
  frontier: z.array(modelNameSchema).default([]),
});
export type TiersSetting = z.infer<typeof tiersSettingSchema>;

/**
 * A row of `wayfare.network.clientCertificates`: whom the certificate is for (all hosts when nothing is said) and the files
 * it is in, PEM or PKCS #12.
 */
export const clientCertificateSettingSchema = z.union([
  z.strictObject({ host: z.string().min(1).optional(), certFile: z.string().min(1), keyFile: z.string().min(1) }),
  z.strictObject({ host: z.string().min(1).optional(), pfxFile: z.string().min(1) }),
]);

/** A certificate as the client read it. `field` names the row, for messages. */
const clientCertificateSchema = z.union([
  z.strictObject({
    field: z.string(),
    host: z.string(),
    certPem: z.string(),
    keyPem: z.string(),
    passphrase: z.string().optional(),
  }),
  z.strictObject({ field: z.string(), host: z.string(), pfxBase64: z.string(), passphrase: z.string().optional() }),
]);
export type ClientCertificate = z.infer<typeof clientCertificateSchema>;

export const networkViaSchema = z.enum(["server", "extensionHost"]);

export const networkSettingSchema = z.strictObject({
  /** VS Code's own `http.*` settings, mirrored by the client; the environment's proxy variables as the client saw them. */
  proxy: z.string().optional(),
  proxyAuthorization: z.string().nullable().optional(),
  proxyStrictSsl: z.boolean().default(true),
  proxySupport: z.enum(["off", "on", "override", "fallback"]).default("override"),
  noProxy: z.array(z.string()).default([]),
  systemCertificates: z.boolean().default(true),
  /** The text of the file that `wayfare.network.extraCaFile` names; the client reads it. */
  extraCaPem: z.string().optional(),
  /** Who opens the connections to hosts that are not this machine and are shown no client certificate. */
  via: networkViaSchema.default("server"),
  /** The first whose host fits is shown to a server that asks. */
  clientCertificates: z.array(clientCertificateSchema).default([]),
  environment: z
    .strictObject({
      httpProxy: z.string().optional(),
      httpsProxy: z.string().optional(),
      allProxy: z.string().optional(),
      noProxy: z.string().optional(),
    })
    .default({}),
});
export type NetworkSetting = z.infer<typeof networkSettingSchema>;

const capSetting = z.number().nonnegative().finite().nullable().default(null);

/** Steps that are taken, in this order, by a request that does not fit under a cap. An empty list refuses at once. */
export const ladderStepSchema = z.enum(["cheap", "local"]);
export type LadderStep = z.infer<typeof ladderStepSchema>;

/** Below are the ports that a system keeps for itself. */
export const LEAST_ENDPOINT_PORT = 1_024;
/** `wayfare.endpoint.port` without a word of the person. */
export const DEFAULT_ENDPOINT_PORT = 8377;
export const MOST_ENDPOINT_PORT = 65_535;

const capOfName = z.number().nonnegative().finite().nullable().optional();

/**
 * One entry for each `wayfare.*` key of the manifest, by the part of the name after the dot, with the default that the
 * manifest states too (the architecture test holds the two together).
 */
export const settingSchemas = {
  providers: z.array(providerSettingSchema).default([]),
  tiers: tiersSettingSchema.default({ cheap: [], frontier: [] }),
  mode: z.string().min(1).default("auto"),
  quality: z.number().min(0).max(100).default(50),
  playground: z.boolean().default(false),
  pool: z.array(z.string()).default([]),
  "budget.daily": capSetting,
  "budget.weekly": capSetting,
  "budget.monthly": capSetting,
  "budget.total": capSetting,
  "budget.workspace.daily": capSetting,
  "budget.workspace.weekly": capSetting,
  "budget.workspace.monthly": capSetting,
  "budget.workspace.total": capSetting,
  "budget.warnAt": z.array(z.number().positive().max(100)).default([50, 80, 100]),
  "budget.ladder": z.array(ladderStepSchema).default(["cheap", "local"]),
  /** "HH:MM", or "HH:MM Area/City" where the person's time zone is not the machine's. */
  "budget.dayStartsAt": z.string().default("00:00"),
  "completions.enabled": z.boolean().default(false),
  "completions.languages": z
    .record(z.string(), z.boolean())
    .default({ "*": true, plaintext: false, markdown: false, scminput: false }),
  "completions.model": z.string().default(""),
  "completions.maxPerDayUsd": capSetting,
  "cache.enabled": z.boolean().default(true),
  "learning.enabled": z.boolean().default(true),
  "cache.maxAgeHours": z.number().positive().max(8_760).default(24),
  "cache.maxMegabytes": z.number().min(1).max(2_000).default(50),
  "audit.keepQuestions": z.boolean().default(false),
  "prices.update": z.boolean().default(true),
  "evidence.escalate": z.boolean().default(true),
  "endpoint.enabled": z.boolean().default(false),
  "endpoint.port": z.number().int().min(LEAST_ENDPOINT_PORT).max(MOST_ENDPOINT_PORT).default(DEFAULT_ENDPOINT_PORT),
  /** Caps of the books that other tools name with `x-wayfare-workspace`, in USD, by that name; `*`: each that is not listed. */
  "endpoint.workspaces": z
    .record(z.string(), z.strictObject({ daily: capOfName, weekly: capOfName, monthly: capOfName, total: capOfName }))
    .default({}),
  /** `auto`, `cheap`, `frontier` or `provider/model`, by the name that other tools ask for; `*` stands for any characters. */
  "endpoint.models": z.record(z.string(), z.string()).default({}),
  "network.extraCaFile": z.string().default(""),
  "network.via": networkViaSchema.default("server"),
  "network.clientCertificates": z.array(clientCertificateSettingSchema).default([]),
} as const;
export type SettingKey = keyof typeof settingSchemas;

/** What the client sends to the server, already vetted for where each value may come from. Values are as written. */
export const configurationSchema = z.strictObject({
  providers: z.unknown(),
  tiers: z.unknown(),
  mode: z.unknown(),
  quality: z.unknown(),
  playground: z.unknown(),
  network: networkSettingSchema,
  /** `wayfare.pool` of every level that has one (user, workspace, each folder): a model must be in all of them. */
  pool: z.array(z.unknown()).default([]),
  budget: z
    .strictObject({
      daily: z.unknown().optional(),
      weekly: z.unknown().optional(),
      monthly: z.unknown().optional(),
      total: z.unknown().optional(),
      /** Of every level that has one: the least holds. */
      workspace: z
        .strictObject({
          daily: z.array(z.unknown()).default([]),
          weekly: z.array(z.unknown()).default([]),
          monthly: z.array(z.unknown()).default([]),
          total: z.array(z.unknown()).default([]),
        })
        .prefault({}),
      warnAt: z.unknown().optional(),
      ladder: z.unknown().optional(),
      dayStartsAt: z.unknown().optional(),
    })
    .prefault({}),
  completions: z
    .strictObject({
      /** true or false as the person said; null when they said nothing. A workspace can only make it false. */
      enabled: z.unknown().optional(),
      /** Of every level that has one: a language must be on in all of them. */
      languages: z.array(z.unknown()).default([]),
      model: z.unknown().optional(),
      /** Of every level that has one: the least holds. */
      maxPerDayUsd: z.array(z.unknown()).default([]),
    })
    .prefault({}),
  cache: z
    .strictObject({
      enabled: z.unknown().optional(),
      maxAgeHours: z.unknown().optional(),
      maxMegabytes: z.unknown().optional(),
    })
    .prefault({}),
  audit: z.strictObject({ keepQuestions: z.unknown().optional() }).prefault({}),
  prices: z.strictObject({ update: z.unknown().optional() }).prefault({}),
  learning: z.strictObject({ enabled: z.unknown().optional() }).prefault({}),
  evidence: z.strictObject({ escalate: z.unknown().optional() }).prefault({}),
  /** Whether it listens, and where, is no part of this: `wayfare/endpoint` says so. */
  endpoint: z.strictObject({ workspaces: z.unknown().optional(), models: z.unknown().optional() }).prefault({}),
});
export type Configuration = z.input<typeof configurationSchema>;

/** A setting that cannot be used, in words that name the field and the mend. The rest of the settings still work. */
export const settingProblemSchema = z.strictObject({
  field: z.string(),
  message: z.string(),
  /** The command that mends it, where that is not a change of the setting. */
  mend: z.enum(["changeKey", "enterPassphrase"]).optional(),
});
export type SettingProblem = z.infer<typeof settingProblemSchema>;
