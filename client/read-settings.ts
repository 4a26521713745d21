import type { Configuration, SettingProblem } from "../shared/settings.ts";

/** What VS Code knows of one key, as its `inspect` gives it. */
export interface Inspected {
  defaultValue?: unknown;
  globalValue?: unknown;
  workspaceValue?: unknown;
  workspaceFolderValue?: unknown;
}
export type Inspect = (key: string) => Inspected | undefined;

export interface VettedSettings {
  settings: Omit<Configuration, "network">;
  /** `wayfare.network.extraCaFile` as written. */
  extraCaFile: unknown;
  /** `wayfare.network.clientCertificates` as written. */
  clientCertificates: unknown;
  /** `wayfare.network.via` as written. */
  via: unknown;
  /** `wayfare.endpoint.enabled` and `wayfare.endpoint.port` as written. */
  endpoint: { enabled: unknown; port: unknown };
  /** Values of the workspace that were ignored, with the way to have them. */
  problems: SettingProblem[];
}

/**
 * The settings the server may see. What decides where bytes and keys go is taken from the person's own settings alone;
 * of a workspace's mode and quality only what makes Wayfare spend less, and never a model, whose provider would get the
 * code and the money. Caps, the pool and the languages of completions may stand at every level; they all go to the server,
 * where the least holds. Values are passed on as written: the server says what is wrong with them.
 *
 * `inspects` look at keys below `wayfare.`: one for the window, then one for each folder, whose values count too. `hidden`
 * are keys that stand in the workspace's files although `inspects` know nothing of them.
 */
export function readSettings(
  inspects: readonly [Inspect, ...Inspect[]],
  hidden: ReadonlySet<string> = new Set(),
): VettedSettings {
  const [inspect] = inspects;
  const problems: SettingProblem[] = [];
  const own = (key: string): unknown => {
    const inspected = inspect(key);
    return inspected?.globalValue ?? inspected?.defaultValue;
  };
  const ofWorkspace = (key: string): unknown[] => {
    const found = inspects.flatMap((each) => {
      const inspected = each(key);
      return [inspected?.workspaceValue, inspected?.workspaceFolderValue];
    });
    // Each folder tells the window's own values once more, in lists of its own.
    const distinct = new Map(found.map((value) => [JSON.stringify(value), value]));
    return [...distinct.values()].filter((value) => value !== undefined);
  };

  const applied = (key: string): unknown => {
    if (ofWorkspace(key).length > 0 || hidden.has(key)) {
      problems.push({
        field: `wayfare.${key}`,
        message: `This workspace sets it, which is ignored: only your own user settings ${ownSay(key)}`,
      });
    }
    return own(key);
  };
  const lowered = (key: string, allows: (mine: unknown, theirs: unknown) => boolean): unknown => {
    let value = own(key);
    for (const theirs of ofWorkspace(key)) {
      if (allows(value, theirs)) value = theirs;
      else if (theirs !== value) {
        const isModel = typeof theirs === "string" && theirs.includes("/");
        const why = isModel
          ? 'which is ignored: it may say "cheap" or "auto", but which model gets your code and money is yours to pick.'
          : `which could cost more than your own ${JSON.stringify(value)}, so it is ignored.`;
        problems.push({
          field: `wayfare.${key}`,
          message: `This workspace sets ${JSON.stringify(theirs)}, ${why} To have it, set it in your user settings.`,
        });
      }
    }
    return value;
  };

  /** Every level's own value: which one holds is the server's to say, and it is the one that spends or sends least. */
  const ofEveryLevel = (key: string): unknown[] =>
    [inspect(key)?.globalValue, ...ofWorkspace(key)].filter((value) => value !== undefined && value !== null);
  /** The same of caps; where the workspace's is the higher one, its author is told which of the two holds. */
  const capLevels = (key: string): unknown[] => {
    const mine = inspect(key)?.globalValue;
    for (const theirs of ofWorkspace(key)) {
      if (typeof mine === "number" && typeof theirs === "number" && theirs > mine) {
        problems.push({
          field: `wayfare.${key}`,
          message: `This workspace sets ${theirs}, which is more than your own ${mine}, so it is ignored.`,
        });
      }
    }
    return ofEveryLevel(key);
  };
  const poolLevels = (): unknown[] => {
    const mine: unknown = inspect("pool")?.globalValue;
    const own: readonly unknown[] = Array.isArray(mine) ? mine : [];
    for (const theirs of own.length === 0 ? [] : ofWorkspace("pool").flat()) {
      if (typeof theirs === "string" && !own.some((each) => mayShareProvider(each, theirs))) {
        problems.push({
          field: "wayfare.pool",
          message: `This workspace lists ${JSON.stringify(theirs)}, which is ignored: your own pool lets none of that provider's models through.`,
        });
      }
    }
    return ofEveryLevel("pool");
  };
  const merged = (key: string): unknown => {
    const mine = inspect(key);
    const isRecord = (value: unknown): value is Record<string, unknown> =>
      typeof value === "object" && value !== null && !Array.isArray(value);
    const { defaultValue, globalValue } = mine ?? {};
    return isRecord(defaultValue) && isRecord(globalValue) ? { ...defaultValue, ...globalValue } : own(key);
  };
  const enabled = (): unknown => {
    const mine = inspect("completions.enabled")?.globalValue;
    const theirs = ofWorkspace("completions.enabled");
    if (theirs.includes(true) && mine !== true) {
      problems.push({
        field: "wayfare.completions.enabled",
        message:
          "This workspace turns completions on, which is ignored: they cost your money, so only your user settings can.",
      });
    }
    return theirs.includes(false) ? false : (mine ?? null);
  };

  const tiers = applied("tiers");
  return {
    settings: {
      providers: applied("providers"),
      tiers,
      mode: lowered("mode", (mine, theirs) => isCheaperMode(mine, theirs, tiers)),
      quality: lowered("quality", isLowerQuality),
      playground: applied("playground"),
      pool: poolLevels(),
      budget: {
        daily: applied("budget.daily"),
        weekly: applied("budget.weekly"),
        monthly: applied("budget.monthly"),
        total: applied("budget.total"),
        workspace: {
          daily: capLevels("budget.workspace.daily"),
          weekly: capLevels("budget.workspace.weekly"),
          monthly: capLevels("budget.workspace.monthly"),
          total: capLevels("budget.workspace.total"),
        },
        warnAt: applied("budget.warnAt"),
        ladder: applied("budget.ladder"),
        dayStartsAt: applied("budget.dayStartsAt"),
      },
      completions: {
        enabled: enabled(),
        // The default of a language holds where a level says nothing of it.
        languages: [merged("completions.languages"), ...ofWorkspace("completions.languages")].filter(
          (value) => value !== undefined,
        ),
        model: applied("completions.model"),
        maxPerDayUsd: capLevels("completions.maxPerDayUsd"),
      },
      cache: {
        enabled: applied("cache.enabled"),
        maxAgeHours: applied("cache.maxAgeHours"),
        maxMegabytes: applied("cache.maxMegabytes"),
      },
      audit: { keepQuestions: applied("audit.keepQuestions") },
      prices: { update: applied("prices.update") },
      learning: { enabled: applied("learning.enabled") },
      evidence: { escalate: lowered("evidence.escalate", (_mine, theirs) => theirs === false) },
      endpoint: { workspaces: applied("endpoint.workspaces"), models: applied("endpoint.models") },
    },
    extraCaFile: applied("network.extraCaFile"),
    clientCertificates: applied("network.clientCertificates"),
    via: applied("network.via"),
    endpoint: { enabled: applied("endpoint.enabled"), port: applied("endpoint.port") },
    problems,
  };
}

/** What only the person says with a setting that a workspace cannot set. */
function ownSay(key: string): string {
  if (key.startsWith("budget.")) {
    return "say what may be spent in all. A workspace's own caps are wayfare.budget.workspace.*.";
  }
  if (key.startsWith("audit.")) return "say what is written down on this host.";
  if (key.startsWith("endpoint.")) return "say what other tools may ask of this host.";
  if (key.startsWith("learning.")) return "say what is learned on this host.";
  if (key.startsWith("prices.")) return "say what is read from the network.";
  return key.startsWith("cache.") ? "say which answers are kept on this host." : "decide where keys and code go.";
}

/** True when a provider is set up or the playground is on: before that no server is started and nothing connects. */
export function isSetUp(settings: Pick<Configuration, "providers" | "playground">): boolean {
  return settings.playground === true || hasProviders(settings);
}

/** True when something stands under `wayfare.providers`, mistaken or not: the server then says what is wrong with it. */
export function hasProviders({ providers }: Pick<Configuration, "providers">): boolean {
  return Array.isArray(providers) ? providers.length > 0 : providers !== undefined && providers !== null;
}

/**
 * cheap < auto < frontier. The person's own model stands where its tier does, and one of no tier cannot be compared; the
 * workspace has the words alone.
 */
function isCheaperMode(mine: unknown, theirs: unknown, tiers: unknown): boolean {
  const from = rankOf(mine, tiers);
  return from !== null && ((theirs === "cheap" && from > 0) || (theirs === "auto" && from > 1));
}

function rankOf(mode: unknown, tiers: unknown): number | null {
  if (mode === "cheap" || isIn(tiers, "cheap", mode)) return 0;
  if (mode === "auto") return 1;
  if (mode === "frontier" || isIn(tiers, "frontier", mode)) return 2;
  return null;
}

function isIn(tiers: unknown, tier: "cheap" | "frontier", model: unknown): boolean {
  if (typeof tiers !== "object" || tiers === null) return false;
  const models: unknown = Object.entries(tiers).find(([name]) => name === tier)?.[1];
  return Array.isArray(models) && models.includes(model);
}

/** Patterns in the place of a provider may stand for any. */
function mayShareProvider(own: unknown, theirs: string): boolean {
  if (typeof own !== "string") return false;
  const [mine = "", other = ""] = [own, theirs].map((entry) => entry.trim().split("/")[0]);
  return mine === other || mine.includes("*") || other.includes("*");
}

function isLowerQuality(mine: unknown, theirs: unknown): boolean {
  return typeof theirs === "number" && theirs >= 0 && (typeof mine !== "number" || theirs < mine);
}
