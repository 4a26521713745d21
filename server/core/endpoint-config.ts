import * as z from "zod";
import { presets } from "../../shared/presets.ts";
import { proxyAddresses, proxyPasswords, readProxyVariables } from "../../shared/proxy-variables.ts";
import { createRedactor } from "../../shared/redact.ts";
import { type Configuration, DEFAULT_ENDPOINT_PORT } from "../../shared/settings.ts";
import { closestName } from "./closest-name.ts";
import { type EndpointProblem, type EndpointSettings, readEndpointSettings } from "./endpoint-settings.ts";
import { findWrittenKeys } from "./find-written-keys.ts";
import { isTimeZone } from "./read-budget.ts";
import { quoteValue, recordSchema, type UsableProvider } from "./read-providers.ts";
import { readSettings, type Settings } from "./read-settings.ts";

/** What the world around a config file says, handed in. */
export interface EndpointSurroundings {
  environment: Readonly<Record<string, string | undefined>>;
  /** `--port`, which wins over the file; null: not said. */
  port: number | null;
  /** IANA name of the machine's time zone, for a file that names none. */
  timeZone: string;
}

/** A provider's key, or the file that it is in, as the config names it. */
export type KeySource = { providerId: string; origin: string } & ({ key: string } | { file: string });

/** A config file after reading, before any file that it names is opened. */
export interface EndpointConfig {
  port: number;
  /** As written, relative to the config file; null, with a problem, where they cannot be read. */
  ledger: string | null;
  tokenFile: string | null;
  /** The book of requests that name none. */
  workspace: string;
  timeZone: string;
  keys: readonly KeySource[];
  configuration: EndpointSettings["configuration"];
  proxies: NonNullable<Configuration["network"]["environment"]>;
  extraCaFile: unknown;
  clientCertificates: unknown;
  /** What the settings come to, for words about them. */
  settings: Settings;
  /** Never to be shown: keys that stood in the file, passwords of proxies. */
  secrets: readonly string[];
  problems: readonly EndpointProblem[];
}

/** The book of whoever says neither `workspace` nor `x-wayfare-workspace`. */
export const DEFAULT_ENDPOINT_WORKSPACE = "endpoint";

/** A file as a person would begin it, for `--help`. */
export const exampleConfig = `{
  "port": 8377,
  "ledger": "./wayfare-books",      // the folder of the books, made when it is missing
  "tokenFile": "./wayfare-token",   // what clients show; made, readable by you alone, when it is missing
  "workspace": "ci",                // the book of requests without x-wayfare-workspace
  "timeZone": "UTC",                // a day of spending begins at its midnight
  "keys": {
    "openai": { "env": "OPENAI_API_KEY" },
    "anthropic": { "file": "/run/secrets/anthropic" }
  },
  "settings": {
    "wayfare.providers": [
      { "id": "openai", "preset": "openai" },
      { "id": "anthropic", "preset": "anthropic" }
    ],
    "wayfare.tiers": { "cheap": ["openai/gpt-5.4-mini"], "frontier": ["anthropic/claude-sonnet-5"] },
    "wayfare.budget.daily": 5
  }
}`;

const path = z.string().trim().min(1);
const fields = {
  port: z.int().min(1).max(65_535).default(DEFAULT_ENDPOINT_PORT),
  ledger: path,
  tokenFile: path,
  workspace: z.string().trim().min(1).max(200).default(DEFAULT_ENDPOINT_WORKSPACE),
  timeZone: z.string().refine(isTimeZone).optional(),
  keys: recordSchema.default({}),
  settings: recordSchema,
} as const;
type Field = keyof typeof fields;
const fieldNames: readonly string[] = Object.keys(fields);

/** What to write instead. Missing values are said by their field's own words, too. */
const wrongWords: Record<Field, (written: unknown) => string> = {
  port: (written) => `${quoteValue(written)} is no port. Write a whole number from 1 to 65535, for example 8377.`,
  ledger: () =>
    'Name the folder in which the books are kept, for example "./wayfare-books". It is made when it is missing.',
  tokenFile: () =>
    'Name the file of the token that clients show, for example "./wayfare-token". It is made when it is missing.',
  workspace: (written) =>
    `${quoteValue(written)} is no name of a book. Write one of 1 to 200 characters, for example "ci".`,
  timeZone: (written) => `${quoteValue(written)} is no time zone. Write one such as "UTC" or "Europe/Paris".`,
  keys: () => 'Write { "openai": { "env": "OPENAI_API_KEY" } }: the provider\'s id, and where its key lies.',
  settings: () =>
    'Write an object with the settings that stand in settings.json, for example { "wayfare.providers": [ … ] }.',
};

/** Where a key lies: in a variable, in a file, or where a cloud's own tools keep what they ask with. */
const sourceSchema = z.union([
  z.strictObject({ env: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/) }),
  z.strictObject({ file: path }),
  z.strictObject({ credentials: z.string().regex(/^(environment|default|(profile|file):.+)$/) }),
]);

/** The endpoint's own book has no name that a client could say. */
const capOfNoName = `Only requests that say "x-wayfare-workspace: ${DEFAULT_ENDPOINT_WORKSPACE}" are under it, and those that name no book are not. Name their book in "workspace", beside "settings", and cap it by that name.`;

const whereKeysStand =
  'Keys stand in environment variables or files, never here. Remove it, and say under "keys" where it lies.';

/**
 * Reads a config file's JSON. Everything that is wrong is told, not the first thing alone; what can be used is used all the
 * same, so that the rest is read, too. Never throws, and opens nothing.
 */
export function readEndpointConfig(
  json: unknown,
  { environment, port, timeZone }: EndpointSurroundings,
): EndpointConfig {
  const problems: EndpointProblem[] = [];
  const stop = (field: string, message: string) => problems.push({ field, message, stops: true });
  const file = recordSchema.safeParse(json);
  if (!file.success) stop("the file", 'It holds no object. Write one in braces; "--help" shows a whole one.');
  const written = file.data ?? {};

  const keysInIt = findWrittenKeys(json);
  const refused = new Set(keysInIt.map(({ field }) => field));
  for (const { field } of keysInIt) stop(field, whereKeysStand);

  const read = <Schema extends z.ZodType>(name: Field, schema: Schema): z.infer<Schema> | null => {
    const parsed = schema.safeParse(written[name]);
    if (parsed.success) return parsed.data;
    // Of a file that is no object, that is all there is to say.
    if (file.success && !refused.has(name)) stop(name, wrongWords[name](written[name]));
    return null;
  };
  for (const name of Object.keys(written)) {
    if (!fieldNames.includes(name) && name !== "$schema" && !refused.has(name)) stop(name, strangerWords(name));
  }

  const {
    configuration,
    extraCaFile,
    clientCertificates,
    problems: named,
  } = readEndpointSettings(read("settings", fields.settings) ?? {});
  problems.push(...named.filter(({ field }) => !refused.has(field)));
  const proxies = readProxyVariables(environment);
  const { settings, problems: unusable } = readSettings({ ...configuration, network: { environment: proxies } });
  // A cap that cannot be read holds back all that costs: whoever starts this is told at once, not at the first request.
  const unreadable = new Set(settings.budget.caps.filter((cap) => cap.isUnreadable).map(({ setting }) => setting));
  for (const { field, message } of unusable) {
    const isOfBook = /^wayfare\.endpoint\.workspaces\b/.test(field);
    if (!refused.has(field)) problems.push({ field, message, stops: isOfBook || unreadable.has(field) });
  }
  const isWithoutTiers =
    settings.tiers.cheap.length + settings.tiers.frontier.length === 0 &&
    // What is wrong with them is the better reason.
    !problems.some(({ field }) => field.startsWith("wayfare.tiers"));
  if (settings.providers.length > 0 && isWithoutTiers && !settings.playground) {
    const message =
      'No model is in a tier, so "auto", "cheap" and "frontier" are not answered: only models asked for by their own names are. Write { "cheap": [ "provider/model" ], "frontier": [ "provider/model" ] }.';
    problems.push({ field: "wayfare.tiers", message, stops: false });
  }
  if (settings.playground) {
    const message = "The playground is on: its models are simulated, and what they answer costs nothing.";
    problems.push({ field: "wayfare.playground", message, stops: false });
  }

  const workspace = read("workspace", fields.workspace) ?? DEFAULT_ENDPOINT_WORKSPACE;
  const ownOfNoName = recordSchema.safeParse(configuration.endpoint?.workspaces).data?.[DEFAULT_ENDPOINT_WORKSPACE];
  if (workspace === DEFAULT_ENDPOINT_WORKSPACE && ownOfNoName !== undefined) {
    const field = `wayfare.endpoint.workspaces.${DEFAULT_ENDPOINT_WORKSPACE}`;
    problems.push({ field, message: capOfNoName, stops: false });
  }

  const sources = read("keys", fields.keys) ?? {};
  const isRefused = (id: string) =>
    [...refused].some((each) => each === `keys.${id}` || each.startsWith(`keys.${id}.`));
  const keys = readKeys(sources, settings, { environment, isRefused, tell: (problem) => problems.push(problem) });
  const portOfFile = read("port", fields.port);
  const secrets = [
    ...keysInIt.map(({ value }) => value.trim()).filter((value) => value !== ""),
    ...proxyPasswords(proxyAddresses(environment)),
  ];
  const redact = createRedactor(() => secrets);
  return {
    // Read although the argument wins: it is wrong there all the same.
    port: port ?? portOfFile ?? DEFAULT_ENDPOINT_PORT,
    ledger: read("ledger", fields.ledger),
    tokenFile: read("tokenFile", fields.tokenFile),
    workspace,
    timeZone: read("timeZone", fields.timeZone) ?? timeZone,
    keys,
    configuration,
    proxies,
    extraCaFile,
    clientCertificates,
    settings,
    secrets,
    // A reader may quote a value in which a key stands.
    problems: problems.map((problem) => ({ ...problem, message: redact(problem.message) })),
  };
}

function strangerWords(name: string): string {
  if (name.includes(".") || /^wayfare/.test(name)) return 'Settings stand in "settings". Move it there.';
  const meant = closestName(name, fieldNames);
  if (meant !== null) return `There is no field of this name. Write "${meant}".`;
  return `There is no field of this name. Remove it; the fields are ${fieldNames.join(", ")}.`;
}

// keys -----------------------------------------------------------------------------------------------------------------

function readKeys(
  sources: Readonly<Record<string, unknown>>,
  settings: Settings,
  deps: {
    environment: EndpointSurroundings["environment"];
    /** A key stands there itself, which is told already. */
    isRefused(id: string): boolean;
    tell(problem: EndpointProblem): void;
  },
): KeySource[] {
  const { environment, isRefused, tell } = deps;
  const keys: KeySource[] = [];
  const isOff = (id: string) => settings.switchedOff.some((each) => each.id === id);
  for (const id of Object.keys(sources)) {
    if (isRefused(id) || isOff(id) || settings.providers.some((each) => each.id === id)) continue;
    const ids = settings.providers.map((each) => each.id);
    const mend = ids.length === 0 ? "Add it to wayfare.providers" : `Use one of: ${ids.join(", ")}`;
    tell({ field: `keys.${id}`, message: `There is no provider "${id}". ${mend}, or remove it.`, stops: false });
  }
  for (const provider of settings.providers) {
    if (isRefused(provider.id)) continue;
    const found = Object.hasOwn(sources, provider.id)
      ? readSource(sources[provider.id], provider, environment)
      : missingKey(provider);
    if (found !== null && "message" in found) tell({ field: `keys.${provider.id}`, ...found });
    else if (found !== null) keys.push({ providerId: provider.id, origin: provider.origin, ...found });
  }
  return keys;
}

type Found = { key: string } | { file: string } | Pick<EndpointProblem, "message" | "stops">;

function readSource(
  written: unknown,
  provider: UsableProvider,
  environment: EndpointSurroundings["environment"],
): Found {
  const source = sourceSchema.safeParse(written).data;
  // What was written is not repeated: it may well be a key.
  if (source === undefined)
    return { message: `It does not say where the key lies. Write ${sourceExample(provider)}.`, stops: true };
  if ("file" in source) return source;
  if ("credentials" in source) return readCredentials(source.credentials, provider);
  const key = environment[source.env]?.trim();
  if (key === undefined) {
    return {
      message: `The environment variable ${source.env} is not set. Set it where the endpoint is started.`,
      stops: false,
    };
  }
  const wrong = refuseEndpointKey(key);
  return wrong === null ? { key } : { message: `The environment variable ${source.env} ${wrong}`, stops: false };
}

/** What the two clouds' providers take in place of a key: where their own tools keep what they ask with. */
function readCredentials(credentials: string, { preset }: UsableProvider): Found {
  const isTaken =
    preset === "bedrock"
      ? /^(environment|profile:)/.test(credentials)
      : preset === "vertex" && /^(default|file:)/.test(credentials);
  if (isTaken) return { key: credentials };
  const mend =
    preset === "bedrock"
      ? 'Write "environment" or "profile:NAME".'
      : preset === "vertex"
        ? 'Write "default" or "file:/path/of/a/service-account.json".'
        : 'Only Amazon Bedrock and Google Vertex AI have such. Write "env" or "file".';
  return { message: `This provider cannot ask with these credentials. ${mend}`, stops: false };
}

function missingKey(provider: UsableProvider): Found | null {
  if (presets[provider.preset].key !== "required") return null;
  return {
    message: `The provider "${provider.id}" has no key and is not asked. Write ${sourceExample(provider)}.`,
    stops: false,
  };
}

function sourceExample({ preset }: UsableProvider): string {
  const variable = presets[preset].environmentKeys[0] ?? "NAME_OF_A_VARIABLE";
  return `{ "env": "${variable}" } or { "file": "/path/of/the/key" }`;
}

/** Why this text, trimmed, cannot be a key, behind the name of what holds it; null: it can. */
export function refuseEndpointKey(key: string): string | null {
  if (key === "") return "is empty. Put the key there.";
  if (/^[\x21-\x7e]+$/.test(key)) return null;
  return "holds more than a key: a key has no spaces, line breaks or accents. Put the key alone there.";
}
