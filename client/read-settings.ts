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
  /** Values of the workspace that were ignored, with the way to have them. */
  problems: SettingProblem[];
}

/**
 * The settings the server may see. What decides where bytes and keys go is taken from the person's own settings alone;
 * of a workspace's mode and quality only what makes Wayfare spend less, and never a model, whose provider would get the
 * code and the money. Caps, the pool and the languages of completions may stand at every level; they all go to the server,
 * where the least holds. Values are passed on as written: the server says what is wrong with them.
 *
 * `inspects` look at keys below `wayfare.`: one for the window, then one for each folder, whose values count too.
 */
export function readSettings(inspects: readonly [Inspect, ...Inspect[]]): VettedSettings {
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
    return [...new Set(found.filter((value) => value !== undefined))];
  };

  const applied = (key: string): unknown => {
    if (ofWorkspace(key).length > 0) {
      problems.push({
        field: `wayfare.${key}`,
        message: key.startsWith("budget.")
          ? "This workspace sets it, which is ignored: only your own user settings say what may be spent in all. A workspace's own caps are wayfare.budget.workspace.*."
          : "This workspace sets it, which is ignored: only your own user settings decide where keys and code go.",
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
      pool: ofEveryLevel("pool"),
      budget: {
        daily: applied("budget.daily"),
        weekly: applied("budget.weekly"),
        monthly: applied("budget.monthly"),
        total: applied("budget.total"),
        workspace: {
          daily: ofEveryLevel("budget.workspace.daily"),
          weekly: ofEveryLevel("budget.workspace.weekly"),
          monthly: ofEveryLevel("budget.workspace.monthly"),
          total: ofEveryLevel("budget.workspace.total"),
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
        maxPerDayUsd: ofEveryLevel("completions.maxPerDayUsd"),
      },
    },
    extraCaFile: applied("network.extraCaFile"),
    problems,
  };
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

function isLowerQuality(mine: unknown, theirs: unknown): boolean {
  return typeof theirs === "number" && theirs >= 0 && (typeof mine !== "number" || theirs < mine);
}
