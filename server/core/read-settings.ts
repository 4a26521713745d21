import {
  type NetworkSetting,
  networkSettingSchema,
  type SettingProblem,
  settingSchemas,
} from "../../shared/settings.ts";
import type { Budget } from "./budget.ts";
import { type Pool, readPool } from "./narrow-pool.ts";
import { readBudget } from "./read-budget.ts";
import { type CacheSettings, readCache } from "./read-cache.ts";
import { type CompletionSettings, readCompletions } from "./read-completions.ts";
import { type EndpointSettings, readEndpoint } from "./read-endpoint.ts";
import {
  listSchema,
  playgroundProviderId,
  quoteValue,
  readProviders,
  recordSchema,
  type UsableProvider,
} from "./read-providers.ts";

/** The settings after reading: only what can be used, every default filled in. */
export interface Settings {
  providers: readonly UsableProvider[];
  /** Those that the person switched off: nothing is asked of them. */
  switchedOff: readonly UsableProvider[];
  /** `provider/model`, each naming a provider above (or the playground's). */
  tiers: { cheap: readonly string[]; frontier: readonly string[] };
  /** `auto`, `cheap`, `frontier`, or `provider/model`. */
  mode: string;
  /** 0 economy … 100 quality. */
  quality: number;
  playground: boolean;
  network: NetworkSetting;
  pool: Pool;
  budget: Budget;
  completions: CompletionSettings;
  cache: CacheSettings;
  /** The audit keeps the text of questions, too. */
  keepQuestions: boolean;
  evidence: {
    /** A cheap answer that shows itself to be wrong may send its question to the frontier. */
    escalate: boolean;
  };
  prices: {
    /** Price lists are read again by themselves. */
    update: boolean;
  };
  learning: {
    /** How answers did is written down, and has a say in which tier is asked. */
    enabled: boolean;
  };
  endpoint: EndpointSettings;
}

/**
 * Reads what the client sent. A row that cannot be used is left out and named in `problems` with its field and the mend;
 * everything else works. Never throws.
 */
export function readSettings(configuration: unknown): { settings: Settings; problems: SettingProblem[] } {
  const problems: SettingProblem[] = [];
  const written = recordSchema.safeParse(configuration).data ?? {};
  const playground = readPlayground(written.playground, problems);
  const providers = readProviders(written.providers, problems);
  const completions = recordSchema.safeParse(written.completions ?? {}).data ?? {};
  const known: Known = { providers: new Map(providers.map((each) => [each.id, each])), playground };
  const settings = {
    providers: providers.filter((each) => each.disabled !== true),
    switchedOff: providers.filter((each) => each.disabled === true),
    tiers: readTiers(written.tiers, known, problems),
    mode: readMode(written.mode, known, problems),
    quality: readQuality(written.quality, problems),
    playground,
    network: readNetwork(written.network, problems),
    pool: readPool(written.pool, problems),
    budget: readBudget(written.budget, completions.maxPerDayUsd, problems),
    completions: readCompletions(completions, (name) => whyNoModel(name, known), problems),
    cache: readCache(written.cache, problems),
    keepQuestions: readKeepQuestions(recordSchema.safeParse(written.audit ?? {}).data?.keepQuestions, problems),
    evidence: { escalate: readEscalate(written.evidence, problems) },
    prices: { update: readPriceUpdates(written.prices, problems) },
    learning: { enabled: readLearning(written.learning, problems) },
  };
  return {
    settings: { ...settings, endpoint: readEndpoint(written.endpoint, settings.budget.caps, problems) },
    problems,
  };
}

interface Known {
  providers: ReadonlyMap<string, UsableProvider>;
  playground: boolean;
}

/** What is kept must be wished for: anything but `true` keeps nothing. */
function readKeepQuestions(written: unknown, problems: SettingProblem[]): boolean {
  if (written !== undefined && written !== null && typeof written !== "boolean") {
    problems.push({
      field: "wayfare.audit.keepQuestions",
      message: `${quoteValue(written)} is neither true nor false. No question's text is written down. Write one of them.`,
    });
  }
  return written === true;
}

/** On without a word; what cannot be read writes nothing down. */
function readLearning(written: unknown, problems: SettingProblem[]): boolean {
  const enabled = recordSchema.safeParse(written ?? {}).data?.enabled;
  if (enabled === undefined || enabled === null) return settingSchemas["learning.enabled"].parse(undefined);
  if (typeof enabled === "boolean") return enabled;
  problems.push({
    field: "wayfare.learning.enabled",
    message: `${quoteValue(enabled)} is neither true nor false. Nothing is learned. Write one of them.`,
  });
  return false;
}

// tiers, mode and the rest ---------------------------------------------------------------------------------------------

function readTiers(written: unknown, known: Known, problems: SettingProblem[]): Settings["tiers"] {
  const parsed = recordSchema.safeParse(written ?? {});
  if (!parsed.success) {
    problems.push({
      field: "wayfare.tiers",
      message: `${quoteValue(written)} is not a pair of tiers. Write { "cheap": [ "provider/model" ], "frontier": [ "provider/model" ] }.`,
    });
    return { cheap: [], frontier: [] };
  }
  for (const name of Object.keys(parsed.data)) {
    if (name !== "cheap" && name !== "frontier") {
      problems.push({
        field: `wayfare.tiers.${name}`,
        message: `There is no tier "${name}". The tiers are cheap and frontier.`,
      });
    }
  }
  return {
    cheap: readTier(parsed.data.cheap, "wayfare.tiers.cheap", known, problems),
    frontier: readTier(parsed.data.frontier, "wayfare.tiers.frontier", known, problems),
  };
}

function readTier(written: unknown, field: string, known: Known, problems: SettingProblem[]): string[] {
  if (written === undefined) return [];
  const rows = listSchema.safeParse(written);
  if (!rows.success) {
    problems.push({ field, message: `${quoteValue(written)} is not a list. Write [ "provider/model" ].` });
    return [];
  }
  const names = new Set<string>();
  for (const [index, row] of rows.data.entries()) {
    const wrong =
      typeof row === "string"
        ? whyNoModel(row, known)
        : `${quoteValue(row)} is not the name of a model. Write "provider/model".`;
    if (wrong !== null) problems.push({ field: `${field}[${index}]`, message: wrong });
    else if (typeof row === "string") names.add(row);
  }
  return [...names];
}

/** Why `provider/model` names nothing that is set up, or null. */
function whyNoModel(name: string, known: Known): string | null {
  const slash = name.indexOf("/");
  if (slash <= 0 || slash === name.length - 1) {
    return `"${name}" names no model. Write provider/model, for example "openai/gpt-5.4-mini".`;
  }
  const providerId = name.slice(0, slash);
  const modelId = name.slice(slash + 1);
  if (providerId === playgroundProviderId) {
    return known.playground
      ? null
      : `"${name}" belongs to the playground, which is off. Turn on wayfare.playground or remove it.`;
  }
  const provider = known.providers.get(providerId);
  if (provider === undefined) {
    const ids = [...known.providers.keys()];
    return `There is no provider "${providerId}". ${ids.length === 0 ? "Add it to wayfare.providers first." : `Use one of: ${ids.join(", ")}.`}`;
  }
  const models = provider.models;
  if (models !== undefined && models.length > 0 && !models.some((each) => each.id === modelId)) {
    return `The provider "${providerId}" lists no model "${modelId}". Add it to the provider's models, or correct the name.`;
  }
  return null;
}

function readMode(written: unknown, known: Known, problems: SettingProblem[]): string {
  if (written === undefined || written === null) return "auto";
  if (written === "auto" || written === "cheap" || written === "frontier") return written;
  const field = "wayfare.mode";
  if (typeof written !== "string" || !written.includes("/")) {
    problems.push({
      field,
      message: `${quoteValue(written)} is not a mode. Write auto, cheap, frontier, or provider/model.`,
    });
    return "auto";
  }
  const wrong = whyNoModel(written, known);
  if (wrong !== null) problems.push({ field, message: wrong });
  // Kept although it cannot answer: a model picked by hand is never replaced by another without a word.
  return written;
}

function readQuality(written: unknown, problems: SettingProblem[]): number {
  if (written === undefined || written === null) return defaultQuality;
  if (typeof written === "number" && written >= 0 && written <= 100) return written;
  const bounded = typeof written === "number" && !Number.isNaN(written) ? (written < 0 ? 0 : 100) : defaultQuality;
  problems.push({
    field: "wayfare.quality",
    message: `${quoteValue(written)} is not between 0 (economy) and 100 (quality). ${bounded} is used.`,
  });
  return bounded;
}

const defaultQuality = 50;

function readPlayground(written: unknown, problems: SettingProblem[]): boolean {
  if (typeof written === "boolean") return written;
  if (written !== undefined && written !== null) {
    problems.push({
      field: "wayfare.playground",
      message: `${quoteValue(written)} is neither true nor false. Write one of them.`,
    });
  }
  return false;
}

function readPriceUpdates(written: unknown, problems: SettingProblem[]): boolean {
  const update = recordSchema.safeParse(written ?? {}).data?.update;
  if (typeof update === "boolean") return update;
  if (update === undefined || update === null) return settingSchemas["prices.update"].parse(undefined);
  problems.push({
    field: "wayfare.prices.update",
    message: `${quoteValue(update)} is neither true nor false. No list is read by itself. Write one of them.`,
  });
  return false;
}

/** It costs money: what is neither true nor false spends none. */
function readEscalate(written: unknown, problems: SettingProblem[]): boolean {
  const escalate = recordSchema.safeParse(written ?? {}).data?.escalate;
  if (typeof escalate === "boolean") return escalate;
  if (escalate === undefined || escalate === null) return settingSchemas["evidence.escalate"].parse(undefined);
  problems.push({
    field: "wayfare.evidence.escalate",
    message: `${quoteValue(escalate)} is neither true nor false. No second answer is asked for. Write one of them.`,
  });
  return false;
}

function readNetwork(written: unknown, problems: SettingProblem[]): NetworkSetting {
  const parsed = networkSettingSchema.safeParse(written ?? {});
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = issue === undefined ? "" : issue.path.map((part) => `.${String(part)}`).join("");
  problems.push({
    field: `wayfare.network${path}`,
    message: `This network setting cannot be used: ${issue?.message ?? "unreadable"}. The defaults are used instead.`,
  });
  return networkSettingSchema.parse({});
}
