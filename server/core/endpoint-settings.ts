import { type Configuration, type SettingKey, type SettingProblem, settingSchemas } from "../../shared/settings.ts";
import { closestName } from "./closest-name.ts";

/** What is wrong with a config file. Where it `stops`, the endpoint does not start; else it starts and says so. */
export interface EndpointProblem extends Pick<SettingProblem, "field" | "message"> {
  stops: boolean;
}

/** `settings` of a config file as the editor would send them, values as written. */
export interface EndpointSettings {
  configuration: Omit<Configuration, "network">;
  /** `wayfare.network.extraCaFile` and `.clientCertificates` as written. */
  extraCaFile: unknown;
  clientCertificates: unknown;
  /** Names that are none, and settings that say nothing to an endpoint without an editor. */
  problems: EndpointProblem[];
}

const prefix = "wayfare.";

/**
 * Takes settings as they are copied from settings.json: by their whole names, `wayfare.budget.daily`. Only names are
 * judged here; the readers that the editor's settings go through judge the values.
 */
export function readEndpointSettings(written: Readonly<Record<string, unknown>>): EndpointSettings {
  const problems: EndpointProblem[] = [];
  for (const name of Object.keys(written)) {
    const problem = judgeName(name, written[name]);
    if (problem !== null) problems.push({ field: name, ...problem });
  }
  const of = (key: SettingKey): unknown => written[`${prefix}${key}`];
  /** Where the editor's has a level each for person, workspace and folders, a file is one. */
  const level = (key: SettingKey): unknown[] => [of(key)].filter((value) => value !== undefined && value !== null);
  return {
    configuration: {
      providers: of("providers"),
      tiers: of("tiers"),
      mode: of("mode"),
      quality: of("quality"),
      playground: of("playground"),
      pool: level("pool"),
      budget: {
        daily: of("budget.daily"),
        weekly: of("budget.weekly"),
        monthly: of("budget.monthly"),
        total: of("budget.total"),
        workspace: {
          daily: level("budget.workspace.daily"),
          weekly: level("budget.workspace.weekly"),
          monthly: level("budget.workspace.monthly"),
          total: level("budget.workspace.total"),
        },
        warnAt: of("budget.warnAt"),
        ladder: of("budget.ladder"),
        dayStartsAt: of("budget.dayStartsAt"),
      },
      completions: { enabled: false },
      cache: {
        enabled: of("cache.enabled"),
        maxAgeHours: of("cache.maxAgeHours"),
        maxMegabytes: of("cache.maxMegabytes"),
      },
      audit: { keepQuestions: of("audit.keepQuestions") },
      prices: { update: of("prices.update") },
      learning: { enabled: of("learning.enabled") },
      evidence: { escalate: of("evidence.escalate") },
      endpoint: { workspaces: of("endpoint.workspaces"), models: of("endpoint.models") },
    },
    extraCaFile: of("network.extraCaFile"),
    clientCertificates: of("network.clientCertificates"),
    problems,
  };
}

function judgeName(name: string, value: unknown): Pick<EndpointProblem, "message" | "stops"> | null {
  const lives = (message: string) => ({ message, stops: false });
  if (name.startsWith(`${prefix}completions.`)) {
    return lives("Ghost text is the editor's alone, so this does nothing here. Remove it.");
  }
  if (name === `${prefix}endpoint.port`) {
    return lives(
      'This is the port of the editor\'s endpoint; that of this one stands in "port", beside "settings". Remove it.',
    );
  }
  if (name === `${prefix}endpoint.enabled`) {
    return lives("This is the endpoint of the editor; the one here runs because it was started. Remove it.");
  }
  if (name === `${prefix}network.via`) {
    if (value === undefined || value === null || value === "server") return null;
    return lives(
      "There is no editor here whose network could be used. The endpoint opens its own connections. Remove it.",
    );
  }
  if (Object.hasOwn(settingSchemas, name.slice(prefix.length)) && name.startsWith(prefix)) return null;
  if (name.startsWith("http.")) {
    return lives(
      `This is a setting of VS Code, which is not here. ${httpMends[name] ?? "Name a proxy in HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY."} Then remove it.`,
    );
  }
  if (name.startsWith(`${books}.`)) {
    const message = `Caps of books stand together: write "${books}": { "nightly": { "daily": 2.5 } }, and remove it.`;
    return { message, stops: true };
  }
  return judgeUnknown(name);
}

const books = `${prefix}endpoint.workspaces`;

const httpMends: Readonly<Record<string, string>> = {
  "http.proxyStrictSSL": "Certificates are always checked: name your network's own in wayfare.network.extraCaFile.",
  "http.systemCertificates": "The system's certificates are trusted anyway.",
  "http.noProxy": "Name what needs no proxy in NO_PROXY.",
};

const keys = Object.keys(settingSchemas);

/** Whoever wrote a cap under another name would spend without one. */
const ofMoney = /budget|spend|usd|cost|limit|\bcaps?\b/i;

const holdsCaps = (key: string): boolean => key.startsWith("budget.") || key === "endpoint.workspaces";

function judgeUnknown(name: string): Pick<EndpointProblem, "message" | "stops"> {
  const isOurs = name.startsWith(prefix) || name === "wayfare";
  const bare = name.startsWith(prefix) ? name.slice(prefix.length) : name;
  const grouped = name === "wayfare" ? keys : keys.filter((key) => key.startsWith(`${bare}.`));
  if (grouped.length > 0) {
    return {
      message: `Write each setting by its whole name, for example "${prefix}${grouped[0]}".`,
      stops: grouped.some(holdsCaps),
    };
  }
  const meant = closestName(bare, keys);
  if (meant === null) {
    const why = isOurs ? "There is no setting of this name." : "This is no setting of Wayfare.";
    return { message: `${why} Remove it.`, stops: isOurs && ofMoney.test(bare) };
  }
  return {
    message: `There is no setting of this name. Write "${prefix}${meant}", or remove it.`,
    stops: ofMoney.test(bare) || holdsCaps(meant),
  };
}
