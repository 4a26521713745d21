import { presets } from "../../shared/presets.ts";
import type { ConfigureParams } from "../../shared/protocol.ts";
import { createRedactor, headerSecrets, keySecrets } from "../../shared/redact.ts";
import type { Configuration, SettingProblem } from "../../shared/settings.ts";
import type { Cap } from "./budget.ts";
import type { EndpointConfig } from "./endpoint-config.ts";
import type { EndpointProblem } from "./endpoint-settings.ts";
import { isInPool } from "./narrow-pool.ts";
import { playgroundProviderId, recordSchema } from "./read-providers.ts";
import { whyNoTier } from "./why-no-tier.ts";

/** What came of the files that a config names. */
export interface EndpointFiles {
  /** null, with a problem: it cannot be used. */
  ledgerDirectory: string | null;
  token: EndpointToken | null;
  keys: ConfigureParams["keys"];
  extraCaPem: string | null;
  clientCertificates: NonNullable<Configuration["network"]["clientCertificates"]>;
  problems: readonly EndpointProblem[];
}

export interface EndpointToken {
  path: string;
  /** "" where it is yet to be made: then nothing is served. */
  value: string;
  /** `missing`: it would be made at a start, which this is not. */
  was: "there" | "made" | "missing";
}

type Told = Pick<SettingProblem, "field" | "message">;

/** Who is asked for what, as far as the settings alone say. */
export interface ServedModels {
  cheap: readonly string[];
  frontier: readonly string[];
  /** Ids of providers whose other models can be asked for by name. */
  providers: readonly string[];
  /** The tiers are the playground's: nobody else's are written. */
  isPlaygroundAlone: boolean;
}

export type EndpointStart =
  | { ok: false; problems: Told[]; warnings: Told[]; secrets: string[] }
  | {
      ok: true;
      /** For `world.apply`. */
      params: ConfigureParams;
      port: number;
      ledgerDirectory: string;
      /** The book of requests that name none. */
      workspace: string;
      timeZone: string;
      token: EndpointToken;
      models: ServedModels;
      caps: readonly Cap[];
      /** What books that requests name have of their own, beside those. */
      bookCaps: readonly { book: string; caps: readonly Cap[] }[];
      warnings: Told[];
      /** For the redactor of logs. */
      secrets: string[];
    };

/**
 * Puts a config and its files together, and says whether the endpoint can start: what the editor would live with stops it
 * only where nothing could be asked at all.
 */
export function prepareStart(config: EndpointConfig, files: EndpointFiles): EndpointStart {
  const { settings, configuration } = config;
  const hasKey = new Set(files.keys.map(({ providerId }) => providerId));
  const asked = settings.providers.filter(({ id, preset }) => presets[preset].key !== "required" || hasKey.has(id));
  const isShut = settings.pool.some((level) => level.length === 0);
  const isNothing = isShut || (asked.length === 0 && !settings.playground);

  const secrets = [
    ...config.secrets,
    ...files.keys.flatMap(({ key }) => keySecrets(key)),
    ...headerSecrets(configuration.providers),
    ...(files.token === null || files.token.value === "" ? [] : [files.token.value]),
  ];
  const redact = createRedactor(() => secrets);
  const told = [...config.problems, ...files.problems].map((each) => ({ ...each, message: redact(each.message) }));
  const ids = asked.map(({ id }) => id);
  const isServed = (name: string): boolean =>
    isInPool(name, settings.pool) && [...ids, playgroundProviderId].some((id) => name.startsWith(`${id}/`));
  const lack = isNothing ? null : whyNoTier(configuration.tiers, settings, isServed);
  const isWhy = (problem: EndpointProblem) =>
    problem.stops ||
    (isNothing && /^(wayfare\.(providers|pool)|keys)\b/.test(problem.field)) ||
    lack?.isWhy(problem) === true;
  const problems = told.filter(isWhy);
  const warnings = told.filter((each) => !isWhy(each)).map(plain);
  problems.push(...(lack?.problems ?? []));
  if (isNothing && !isShut) problems.push({ field: "wayfare.providers", message: whyNobody(config), stops: true });

  const { ledgerDirectory, token } = files;
  if (problems.length > 0 || ledgerDirectory === null || token === null) {
    return { ok: false, problems: problems.map(plain), warnings, secrets };
  }
  const { extraCaPem, clientCertificates } = files;
  const network: Configuration["network"] = {
    environment: config.proxies,
    ...(extraCaPem === null ? {} : { extraCaPem }),
    ...(clientCertificates.length === 0 ? {} : { clientCertificates }),
  };
  const { cheap, frontier } = settings.tiers;
  return {
    ok: true,
    params: {
      configuration: { ...configuration, network },
      keys: files.keys,
      // Nobody sends files of a workspace along here; what the editor holds back in Restricted Mode stays back.
      trusted: false,
      timeZone: config.timeZone,
    },
    port: config.port,
    ledgerDirectory,
    workspace: config.workspace,
    timeZone: config.timeZone,
    token,
    models: {
      cheap: cheap.filter(isServed),
      frontier: frontier.filter(isServed),
      providers: settings.playground ? [...ids, playgroundProviderId] : ids,
      isPlaygroundAlone: settings.playground && cheap.length + frontier.length === 0,
    },
    caps: settings.budget.caps,
    bookCaps: bookCapsOf(config),
    warnings,
    secrets,
  };
}

/** What `world.apply` tells beyond what was told already. What a missing key means is said by our own words. */
export function furtherWarnings(applied: readonly SettingProblem[], told: readonly Told[]): Told[] {
  const known = new Set(told.map(({ field, message }) => `${field}: ${message}`));
  return applied
    .filter(({ field, message, mend }) => mend !== "changeKey" && !known.has(`${field}: ${message}`))
    .map(plain);
}

function bookCapsOf({ settings, configuration }: EndpointConfig): { book: string; caps: readonly Cap[] }[] {
  const books = Object.keys(recordSchema.safeParse(configuration.endpoint?.workspaces).data ?? {});
  return books.flatMap((book) => {
    const caps = settings.endpoint
      .capsOf(book)
      .filter(({ setting }) => setting.startsWith(`wayfare.endpoint.workspaces.${book}.`));
    return caps.length === 0 ? [] : [{ book, caps }];
  });
}

function plain({ field, message }: Told): Told {
  return { field, message };
}

function whyNobody({ settings, problems }: EndpointConfig): string {
  const isSilent =
    settings.switchedOff.length === 0 && !problems.some(({ field }) => field.startsWith("wayfare.providers"));
  if (settings.providers.length === 0 && isSilent) {
    return 'No provider is set up, so nothing could be asked. Write [ { "id": "openai", "preset": "openai" } ], and where its key lies under "keys".';
  }
  return "No provider is left that could be asked: each is mistaken, switched off, or without its key. Mend one of them.";
}
