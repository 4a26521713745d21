import type { EndpointProblem } from "./endpoint-settings.ts";
import { isInPool } from "./narrow-pool.ts";
import { recordSchema } from "./read-providers.ts";
import type { Settings } from "./read-settings.ts";

/** Why a tier that was asked for is not served, and which of the problems that were told before are the reason. */
export interface TierLack {
  problems: EndpointProblem[];
  isWhy(problem: Pick<EndpointProblem, "field">): boolean;
}

type Tier = keyof Settings["tiers"];
const tiers: readonly Tier[] = ["cheap", "frontier"];

/**
 * Without a model in one tier all questions go to the other: a misspelt name of the cheap one would quietly send everything
 * to the frontier. `written` is `wayfare.tiers` as it stands in the config; `isServed` says whether a model can be asked.
 */
export function whyNoTier(written: unknown, settings: Settings, isServed: (name: string) => boolean): TierLack {
  const record = recordSchema.safeParse(written ?? {}).data;
  if (record === undefined) return { problems: [], isWhy: ({ field }) => field === "wayfare.tiers" };
  const isEmpty = (tier: Tier): boolean => !settings.tiers[tier].some(isServed);
  const lacking = tiers.filter((tier) => isEmpty(tier) && isAskedFor(record[tier]));
  const strangers = Object.keys(record).filter((name) => name !== "cheap" && name !== "frontier");
  // Somebody meant the tier that is not there.
  const misspelt = tiers.some(isEmpty) ? strangers : [];
  const providers = lacking.flatMap((tier) => namesIn(record[tier]).map((name) => name.slice(0, name.indexOf("/"))));
  return {
    problems: lacking.map((tier) => {
      const other = tier === "cheap" ? "frontier" : "cheap";
      const message = [outcome(tier, isEmpty(other)), ...reasons(settings.tiers[tier], settings)].join(" ");
      return { field: `wayfare.tiers.${tier}`, message, stops: true };
    }),
    isWhy: ({ field }) =>
      misspelt.some((name) => field === `wayfare.tiers.${name}`) ||
      lacking.some((tier) => field === `wayfare.tiers.${tier}` || field.startsWith(`wayfare.tiers.${tier}[`)) ||
      providers.some((id) => field === `keys.${id}`) ||
      (lacking.length > 0 && /^wayfare\.providers\b/.test(field)),
  };
}

function isAskedFor(written: unknown): boolean {
  return written !== undefined && written !== null && !(Array.isArray(written) && written.length === 0);
}

function namesIn(written: unknown): string[] {
  return Array.isArray(written) ? written.filter((each) => typeof each === "string") : [];
}

function outcome(tier: Tier, isOtherEmpty: boolean): string {
  const head = "None of its models can be asked, so";
  if (isOtherEmpty) return `${head} "${tier}" and "auto" would fail.`;
  return `${head} "${tier}" would fail and "auto" would ask the ${tier === "cheap" ? "frontier" : "cheap tier"} alone.`;
}

/** What no reader has told, and what to do. */
function reasons(names: readonly string[], { switchedOff, pool }: Settings): string[] {
  const off = switchedOff.filter(({ id }) => names.some((name) => name.startsWith(`${id}/`)));
  const shut = names.filter((name) => !isInPool(name, pool));
  const mend = "ame a model that can be asked, or write [] for no such tier.";
  return [
    ...off.map(({ id }) => `The provider "${id}" is switched off: take "disabled" from it.`),
    ...(shut.length > 0 ? [`wayfare.pool keeps out ${shut.join(", ")}.`] : []),
    off.length > 0 ? `Or n${mend}` : `N${mend}`,
  ];
}
