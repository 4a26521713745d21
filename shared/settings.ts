import * as z from "zod";

/** What a provider row may be. `playground` is not here: it is a switch of its own. */
export const presetIds = [
  "openai",
  "anthropic",
  "openrouter",
  "tokenmix",
  "openai-compatible",
  "ollama",
  "lmstudio",
  "llamacpp",
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
  }),
]);
export type PriceOverride = z.infer<typeof priceOverrideSchema>;

export const modelSettingSchema = z.strictObject({
  id: z.string().min(1),
  windowTokens: z.number().int().positive().optional(),
  maxOutputTokens: z.number().int().positive().optional(),
  price: priceOverrideSchema.optional(),
});
export type ModelSetting = z.infer<typeof modelSettingSchema>;

export const providerSettingSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'use 1 to 40 lower-case letters, digits and dashes, for example "openrouter"'),
  preset: presetIdSchema,
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
  environment: z
    .strictObject({
      httpProxy: z.string().optional(),
      httpsProxy: z.string().optional(),
      noProxy: z.string().optional(),
    })
    .default({}),
});
export type NetworkSetting = z.infer<typeof networkSettingSchema>;

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
  "network.extraCaFile": z.string().default(""),
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
});
export type Configuration = z.input<typeof configurationSchema>;

/** A setting that cannot be used, in words that name the field and the mend. The rest of the settings still work. */
export const settingProblemSchema = z.strictObject({
  field: z.string(),
  message: z.string(),
  /** The command that mends it, where that is not a change of the setting. */
  mend: z.literal("changeKey").optional(),
});
export type SettingProblem = z.infer<typeof settingProblemSchema>;
