import * as z from "zod";
import { refuseOwnHeader } from "../../shared/header-rules.ts";
import { resolveBaseUrl } from "../../shared/presets.ts";
import {
  type ModelSetting,
  modelSettingSchema,
  type PriceOverride,
  type ProviderSetting,
  presetIdSchema,
  presetIds,
  providerSettingSchema,
  type SettingProblem,
} from "../../shared/settings.ts";

/** A provider row that can be used: its address resolved, as it will be called. */
export interface UsableProvider extends ProviderSetting {
  /** Without a slash at its end. */
  baseUrl: string;
  /** scheme://host:port, what its key is bound to. */
  origin: string;
}

/** The id under which the playground's models stand in tiers and modes while it is on. */
export const playgroundProviderId = "playground";

/** An object of a settings file, before anything is known of its fields. */
export const recordSchema = z.record(z.string(), z.unknown());
export const listSchema = z.array(z.unknown());

/** More rows than a person keeps; a generated file beyond it is a mistake. */
const maxProviders = 100;

/** The provider rows that can be used; every other is named in `problems` with its field and the mend. */
export function readProviders(written: unknown, problems: SettingProblem[]): UsableProvider[] {
  if (written === undefined || written === null) return [];
  const rows = listSchema.safeParse(written);
  if (!rows.success) {
    problems.push({
      field: "wayfare.providers",
      message: `${quoteValue(written)} is not a list. Write [ { "id": "openai", "preset": "openai" } ].`,
    });
    return [];
  }
  if (rows.data.length > maxProviders) {
    problems.push({
      field: "wayfare.providers",
      message: `Only the first ${maxProviders} of ${rows.data.length} providers are used. Remove some.`,
    });
  }
  const usable: UsableProvider[] = [];
  for (const [index, row] of rows.data.slice(0, maxProviders).entries()) {
    const provider = readProvider(row, `wayfare.providers[${index}]`, problems);
    if (provider === null) continue;
    const twin = usable.findIndex((each) => each.id === provider.id);
    if (twin >= 0) {
      problems.push({
        field: `wayfare.providers[${index}].id`,
        message: `"${provider.id}" is the id of another provider above it. Give this one an id of its own.`,
      });
      continue;
    }
    usable.push(provider);
  }
  return usable;
}

/** The end of the message about a preset that there is none of. */
export const presetChoice = `Use one of: ${presetIds.join(", ")}.`;

function readProvider(row: unknown, field: string, problems: SettingProblem[]): UsableProvider | null {
  const parsed = recordSchema.safeParse(row);
  if (!parsed.success) {
    problems.push({
      field,
      message: `${quoteValue(row)} is not a provider. Write { "id": "openai", "preset": "openai" }.`,
    });
    return null;
  }
  const { id, preset, disabled, baseUrl, headers, models, ...others } = parsed.data;
  for (const name of Object.keys(others)) {
    const meant = misspelt(name);
    problems.push({ field: `${field}.${name}`, message: strangerWords(name, meant) });
    // Left out with its row: without the address the row would send to another host than was meant.
    if (meant !== null) return null;
  }
  const goodId = providerSettingSchema.shape.id.safeParse(id);
  if (!goodId.success) {
    problems.push({
      field: `${field}.id`,
      message:
        id === undefined
          ? 'Each provider needs an id, for example "openai".'
          : id === playgroundProviderId
            ? `"${playgroundProviderId}" is the playground's own name. Choose another id.`
            : `${quoteValue(id)} cannot be an id: use 1 to 40 lower-case letters, digits and dashes, for example "openrouter".`,
    });
    return null;
  }
  if (goodId.data === playgroundProviderId) {
    problems.push({
      field: `${field}.id`,
      message: `"${playgroundProviderId}" is the playground's own name. Choose another id.`,
    });
    return null;
  }
  const goodPreset = presetIdSchema.safeParse(preset);
  if (!goodPreset.success) {
    problems.push({
      field: `${field}.preset`,
      message: `${preset === undefined ? "A preset is missing" : `${quoteValue(preset)} is not a preset`}. ${presetChoice}`,
    });
    return null;
  }
  const address = readAddress(goodPreset.data, baseUrl, field, problems);
  if (address === null) return null;
  const provider: UsableProvider = { id: goodId.data, preset: goodPreset.data, ...address };
  if (isDisabled(disabled, field, problems)) provider.disabled = true;
  const goodHeaders = readHeaders(headers, field, problems);
  if (goodHeaders !== null) provider.headers = goodHeaders;
  const goodModels = readModels(models, field, problems);
  if (goodModels !== null) provider.models = goodModels;
  return provider;
}

/** What cannot be read switches it off: somebody wrote it to keep bytes from going there. */
function isDisabled(written: unknown, field: string, problems: SettingProblem[]): boolean {
  if (written === undefined || written === null || typeof written === "boolean") return written === true;
  problems.push({
    field: `${field}.disabled`,
    message: `${quoteValue(written)} is neither true nor false. The provider is switched off. Write one of them.`,
  });
  return true;
}

function readAddress(
  preset: ProviderSetting["preset"],
  written: unknown,
  field: string,
  problems: SettingProblem[],
): { baseUrl: string; origin: string } | null {
  const baseUrl = z.string().optional().safeParse(written);
  if (!baseUrl.success) {
    problems.push({
      field: `${field}.baseUrl`,
      message: `${quoteValue(written)} is not an address. Write one like https://api.example.com/v1.`,
    });
    return null;
  }
  const resolved = resolveBaseUrl({ preset, baseUrl: baseUrl.data });
  if (!resolved.ok) {
    problems.push({ field: `${field}.baseUrl`, message: resolved.message });
    return null;
  }
  return { baseUrl: resolved.baseUrl, origin: resolved.origin };
}

/** People write these; each would change where the bytes go. */
const otherSpellings: Readonly<Record<string, string>> = {
  baseURL: "baseUrl",
  base_url: "baseUrl",
  baseurl: "baseUrl",
  url: "baseUrl",
  endpoint: "baseUrl",
  apiBase: "baseUrl",
};

function misspelt(name: string): string | null {
  return Object.hasOwn(otherSpellings, name) ? (otherSpellings[name] ?? null) : null;
}

function strangerWords(name: string, meant: string | null): string {
  if (meant !== null) return `"${name}" is not a field of a provider. Write "${meant}".`;
  if (/key|token|secret|password/i.test(name)) {
    return 'Keys are not read from settings, which files and sync carry around. Remove it and run "Wayfare: Change Key".';
  }
  return `"${name}" is not a field of a provider. Remove it; the fields are id, preset, disabled, baseUrl, headers, models.`;
}

function readHeaders(written: unknown, field: string, problems: SettingProblem[]): Record<string, string> | null {
  if (written === undefined) return null;
  const rows = recordSchema.safeParse(written);
  if (!rows.success) {
    problems.push({
      field: `${field}.headers`,
      message: `${quoteValue(written)} is not a set of headers. Write { "name": "value" }.`,
    });
    return null;
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(rows.data)) {
    const problem =
      typeof value === "string"
        ? refuseOwnHeader(name, value)
        : `This header is not a text but ${quoteValue(value)}. Write its value in quotes.`;
    if (problem === null && typeof value === "string") headers[name] = value;
    else if (problem !== null) problems.push({ field: `${field}.headers.${name}`, message: problem });
  }
  return headers;
}

// models ---------------------------------------------------------------------------------------------------------------

function readModels(written: unknown, field: string, problems: SettingProblem[]): ModelSetting[] | null {
  if (written === undefined) return null;
  const rows = listSchema.safeParse(written);
  if (!rows.success) {
    problems.push({
      field: `${field}.models`,
      message: `${quoteValue(written)} is not a list. Write [ "model-name" ].`,
    });
    return null;
  }
  const models = new Map<string, ModelSetting>();
  for (const [index, row] of rows.data.entries()) {
    const model = readModel(row, `${field}.models[${index}]`, problems);
    if (model !== null && !models.has(model.id)) models.set(model.id, model);
  }
  return [...models.values()];
}

function readModel(row: unknown, field: string, problems: SettingProblem[]): ModelSetting | null {
  if (typeof row === "string" && row.trim() !== "") return { id: row.trim() };
  const parsed = recordSchema.safeParse(row);
  const id = parsed.success ? parsed.data.id : undefined;
  if (!parsed.success || typeof id !== "string" || id.trim() === "") {
    problems.push({ field, message: `${quoteValue(row)} is not a model. Write its name, or { "id": "model-name" }.` });
    return null;
  }
  const model: ModelSetting = { id: id.trim() };
  for (const [name, value] of Object.entries(parsed.data)) {
    if (name === "id") continue;
    if (name === "windowTokens" || name === "maxOutputTokens") {
      if (typeof value === "number" && Number.isSafeInteger(value) && value > 0) model[name] = value;
      else
        problems.push({
          field: `${field}.${name}`,
          message: `${quoteValue(value)} is not a number of tokens. Write one like 128000.`,
        });
    } else if (name === "images" || name === "tools" || name === "reasoning") {
      if (typeof value === "boolean") model[name] = value;
      else
        problems.push({
          field: `${field}.${name}`,
          message: `${quoteValue(value)} is neither true nor false. Write one of them, or remove it.`,
        });
    } else if (name === "fim") {
      const fim = modelSettingSchema.shape.fim.safeParse(value);
      if (fim.success && fim.data !== undefined) model.fim = fim.data;
      else
        problems.push({
          field: `${field}.fim`,
          message: `${quoteValue(value)} is no way to fill a hole. Write "suffix", "mistral", "template", "infill", or false for none.`,
        });
    } else if (name === "price") {
      const price = readPrice(value, `${field}.price`, problems);
      if (price !== null) model.price = price;
    } else {
      problems.push({
        field: `${field}.${name}`,
        message: `"${name}" is not a field of a model. Remove it; the fields are id, windowTokens, maxOutputTokens, images, tools, reasoning, fim, price.`,
      });
    }
  }
  return model;
}

const rateNames = [
  "input",
  "output",
  "cacheRead",
  "cacheWrite",
  "cacheWrite1h",
  "reasoning",
  "request",
  "image",
] as const;

function readPrice(written: unknown, field: string, problems: SettingProblem[]): PriceOverride | null {
  if (written === "free") return "free";
  const parsed = recordSchema.safeParse(written);
  if (!parsed.success) {
    problems.push({
      field,
      message: `${quoteValue(written)} is not a price. Write "free" or USD per million tokens: { "input": 0.25, "output": 2 }.`,
    });
    return null;
  }
  const rates: Partial<Record<(typeof rateNames)[number], number>> = {};
  for (const name of rateNames) {
    const rate = parsed.data[name];
    if (rate === undefined) {
      if (name !== "input" && name !== "output") continue;
      problems.push({
        field: `${field}.${name}`,
        message: "A price needs both input and output, in USD per million tokens.",
      });
      return null;
    }
    if (typeof rate !== "number" || !Number.isFinite(rate) || rate < 0) {
      problems.push({
        field: `${field}.${name}`,
        message:
          typeof rate === "number" && rate < 0
            ? `${rate} is below zero. Write USD per million tokens, or "free" for the whole price.`
            : `${quoteValue(rate)} is not an amount. Write USD per million tokens, for example 0.25.`,
      });
      return null;
    }
    rates[name] = rate;
  }
  const { input, output } = rates;
  return input === undefined || output === undefined ? null : { ...rates, input, output };
}

/** A value as a message quotes it: short, one line. */
export function quoteValue(value: unknown): string {
  if (value === null || value === undefined) return "Nothing";
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
