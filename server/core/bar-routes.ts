import type { Tier } from "../../shared/answer.ts";
import type { Failure } from "../../shared/failure.ts";
import { tokensInWords } from "../../shared/token-words.ts";
import type { Cap } from "./budget.ts";
import { type ImageAddresses, whyNotByAddress } from "./image-addresses.ts";
import { ASSUMED_WINDOW_TOKENS, bySource } from "./model-facts.ts";
import { isInPool, type Pool } from "./narrow-pool.ts";
import { type Need, type Route, routeName } from "./provider.ts";

/** What decides which routes may be asked at all. */
export interface BarFacts {
  /** Every route that is set up; within a tier in the person's own order, which decides between equals. */
  routes: readonly Route[];
  /** `auto`, `cheap`, `frontier`, or `provider/model`. */
  mode: string;
  inputTokens: number;
  /** What the answer may take: the context window has to hold it. */
  maxOutputTokens: number;
  /** The caps that the request is under: what it costs must then be known. Absent or []: none. */
  caps?: readonly Cap[];
  /** `wayfare.pool`: what it does not let through is no candidate. */
  pool?: Pool;
  /** Routes that the person paused, by `routeName`: no candidates. Absent: none. */
  paused?: ReadonlySet<string>;
  /** Models of providers that the person switched off: told of, and never asked. Absent: none. */
  switchedOff?: readonly Route[];
  /** What the request cannot do without: a route that is known not to take it is left out. Absent: text alone. */
  needs?: Needs;
}

export type Needs = Partial<Record<Exclude<Need, "addresses">, boolean>> & { addresses?: ImageAddresses };

/** Why nothing at all can be planned: nothing is set up, or nothing of the tier that was chosen; else null. */
export function whyImpossible(facts: BarFacts): Failure | null {
  const { routes, mode } = facts;
  if (routes.length === 0 && facts.switchedOff?.length) return allSwitchedOff(facts.switchedOff);
  if (routes.length === 0) {
    return {
      kind: "setup",
      field: "wayfare.providers",
      message:
        'No model is set up yet. Run "Wayfare: Add Provider", or turn on wayfare.playground to try Wayfare without a key.',
    };
  }
  if ((mode === "cheap" || mode === "frontier") && !routes.some((route) => route.tier === mode)) {
    const other = mode === "cheap" ? "frontier" : "cheap";
    const example = routes[0] === undefined ? "provider/model" : routeName(routes[0]);
    return {
      kind: "setup",
      field: `wayfare.tiers.${mode}`,
      message: `No ${mode} model is set up. Add one to wayfare.tiers.${mode}, for example "${example}", or choose Auto or ${other === "cheap" ? "Cheap" : "Frontier"}.`,
    };
  }
  return null;
}

/** Why a route of such a provider is not asked, in the plan's words. */
export const switchedOffWords = "its provider is switched off";

/** Every model that is set up belongs to a provider that the person switched off. */
function allSwitchedOff(routes: readonly Route[]): Failure {
  const ids = [...new Set(routes.map(({ providerId }) => providerId))];
  const are = ids.length === 1 ? "is" : "are all";
  return {
    kind: "setup",
    field: "wayfare.providers",
    message: `Nothing can be asked: ${shownNames(ids)} ${are} switched off. Run "Wayfare: Edit Provider" and switch one on.`,
    mend: "editProvider",
  };
}

/** Why a route must not be asked whatever the question is, or null. */
export function whyBarred(route: Route, facts: BarFacts): string | null {
  return whyForbidden(route, facts) ?? whyUnable(route, facts);
}

/** Why the person's own settings keep it from being asked, or null. */
function whyForbidden(route: Route, facts: BarFacts): string | null {
  if (lacksPrice(route, facts)) return whyKeptOut(route, facts) ?? `${noPrice}: ${priceMend}`;
  return whyKeptOut(route, facts);
}

function whyKeptOut(route: Route, facts: BarFacts): string | null {
  if (!isInPool(routeName(route), facts.pool ?? [])) return "outside wayfare.pool";
  return isPaused(route, facts) ? "paused by you" : null;
}

const noPrice = "its price is not known, and a cap is set";

/** What it is known not to take, in words, or null. */
function whyUnable(route: Route, facts: BarFacts): string | null {
  for (const { lacking } of neededOf(facts)) {
    const why = lacking(route, facts);
    if (why !== null) return why;
  }
  return null;
}

function neededOf({ needs = {} }: BarFacts): Ability[] {
  const all: Need[] = ["images", "addresses", "documents", "tools", "prefill"];
  return all.filter((need) => needs[need] !== undefined && needs[need] !== false).map((need) => abilities[need]);
}

/** What is to be told of as missing. Where an image is sent by its address, one word of it is enough: the one that helps. */
function missedBy(routes: readonly Route[], facts: BarFacts): Ability[] {
  const isBlind = (route: Route) => abilities.images.lacking(route, facts) !== null;
  const spared = routes.every(isBlind) ? abilities.addresses : abilities.images;
  const missed = neededOf(facts).filter((each) => routes.some((route) => each.lacking(route, facts) !== null));
  const isTwice = missed.includes(abilities.images) && missed.includes(abilities.addresses);
  return missed.filter((each) => !isTwice || each !== spared);
}

/** `lacking` says of one model that it has it not, `wanted` of what the models that are set up have none of. */
interface Ability {
  lacking(route: Route, facts: BarFacts): string | null;
  wanted: string;
  mend: string;
}

const abilities: Record<Need, Ability> = {
  images: {
    lacking: (route) => (route.takesImages === false ? `takes no images${bySource(route, "takesImages")}` : null),
    wanted: "takes images",
    mend: "ask without the image",
  },
  addresses: {
    lacking: (route, { needs }) => (needs?.addresses === undefined ? null : whyNotByAddress(route, needs.addresses)),
    wanted: "takes this image by its address",
    mend: "send the image itself, in base64",
  },
  documents: {
    // Its pages are shown as images, too.
    lacking: (route) => (route.takesDocuments === true && route.takesImages !== false ? null : "takes no documents"),
    wanted: "takes documents",
    mend: "send the document's text",
  },
  tools: {
    lacking: (route) => (route.takesTools === false ? `takes no tools${bySource(route, "takesTools")}` : null),
    wanted: "takes tools",
    mend: "ask without tools",
  },
  prefill: {
    lacking: (route) => (route.takesPrefill === false ? "does not go on with a begun answer" : null),
    wanted: "goes on with a begun answer",
    mend: "ask for a new one",
  },
};

const priceMend = 'write its price in wayfare.providers, or "free"';

function isPaused(route: Route, { paused }: BarFacts): boolean {
  return paused?.has(routeName(route)) === true;
}

/** Simulated money is under no cap. */
function lacksPrice(route: Route, facts: BarFacts): boolean {
  return (facts.caps ?? []).length > 0 && route.price === null && !route.simulated;
}

/** Why none of the routes may be asked, whatever the question is, or null. */
export function whyNoneAllowed(facts: BarFacts): Failure | null {
  const pool = facts.pool ?? [];
  const inPool = facts.routes.filter((route) => isInPool(routeName(route), pool));
  if (inPool.length === 0) return outsidePool(facts);
  const awake = inPool.filter((route) => !isPaused(route, facts));
  const [example] = awake;
  if (example === undefined) return allPaused(inPool);
  if (awake.every((route) => whyUnable(route, facts) !== null)) return noneTakes(awake, facts);
  if (!awake.every((route) => lacksPrice(route, facts))) return null;
  const which = awake.length === 1 ? `the price of ${routeName(example)} is not known` : "no model's price is known";
  return unpriced(`Nothing can be sent under a cap: ${which}.`, example);
}

/** Why a model that was picked by hand must not be asked, or null. */
export function whyPickedBarred(route: Route, facts: BarFacts): Failure | null {
  if (!isInPool(facts.mode, facts.pool ?? [])) {
    return {
      kind: "setup",
      field: "wayfare.pool",
      message: `${facts.mode} is outside wayfare.pool. Add it there, or choose a model that is in it.`,
    };
  }
  if (isPaused(route, facts)) {
    return {
      kind: "setup",
      field: "wayfare.mode",
      message: `${facts.mode} is paused by you. Resume it in "Wayfare: Routes", or choose another model.`,
      mend: "showRoutes",
    };
  }
  const unable = whyUnable(route, facts);
  if (unable !== null) {
    const mends = missedBy([route], facts).map((each) => each.mend);
    return {
      kind: "setup",
      field: "wayfare.mode",
      message: `${facts.mode} ${unable}. Choose another model, or ${mends.join(" and ")}.`,
    };
  }
  if (!lacksPrice(route, facts)) return null;
  return unpriced(`${facts.mode} cannot be asked under a cap: its price is not known.`, route);
}

function noneTakes(routes: readonly Route[], facts: BarFacts): Failure {
  const needed = missedBy(routes, facts);
  return {
    kind: "setup",
    field: "wayfare.tiers",
    message: `None of the models that are set up ${needed.map((each) => each.wanted).join(" and ")}. Add one that does, or ${needed.map((each) => each.mend).join(" and ")}.`,
  };
}

function allPaused(routes: readonly Route[]): Failure {
  const names = shownNames(routes.map(routeName));
  const are = new Set(routes.map(routeName)).size === 1 ? "is" : "are all";
  return {
    kind: "setup",
    field: "wayfare.tiers",
    message: `Nothing can be asked: ${names} ${are} paused by you. Resume one in "Wayfare: Routes".`,
    mend: "showRoutes",
  };
}

function outsidePool(facts: BarFacts): Failure {
  const allowed = (facts.pool ?? []).map((entries) => (entries.length === 0 ? "none" : shownNames(entries)));
  return {
    kind: "setup",
    field: "wayfare.pool",
    message: `wayfare.pool leaves no model: it lets through ${allowed.join(", of these only ")}, and set up are ${shownNames(facts.routes.map(routeName))}. Add one of them to the pool.`,
  };
}

function unpriced(what: string, example: Route): Failure {
  return {
    kind: "budget",
    message: `${what} Write it in wayfare.providers, for example { "id": "${example.modelId}", "price": { "input": 0.25, "output": 2 } } or "price": "free", or remove the cap.`,
  };
}

/** Models named in a message about a wrong one: enough to recognise the right one, few enough to read. */
const maxNamesShown = 6;

/** The model that was picked is not set up, or its provider is switched off. */
export function notConfigured(facts: BarFacts): Failure {
  if (facts.switchedOff?.some((route) => routeName(route) === facts.mode)) {
    return {
      kind: "setup",
      field: "wayfare.mode",
      message: `${facts.mode} cannot be asked: ${switchedOffWords}. Run "Wayfare: Edit Provider" to switch it on, or choose another model.`,
      mend: "editProvider",
    };
  }
  return {
    kind: "setup",
    field: "wayfare.mode",
    message: `"${facts.mode}" is not set up. Choose auto, cheap, frontier or one of: ${shownNames(facts.routes.map(routeName))}.`,
  };
}

function shownNames(names: readonly string[]): string {
  const once = [...new Set(names)];
  return once.slice(0, maxNamesShown).join(", ") + (once.length > maxNamesShown ? ", …" : "");
}

/** No window holds the question. */
export function tooLongForAll(facts: BarFacts): Failure {
  let largest = 0;
  for (const route of facts.routes) {
    if (whyBarred(route, facts) === null) largest = Math.max(largest, route.windowTokens ?? 0);
  }
  return {
    kind: "context-length",
    message: `The question does not fit any model: it needs ${tokensInWords(facts.inputTokens + facts.maxOutputTokens, "up")} tokens and the largest window holds ${tokensInWords(largest, "down")}. Send less context, or add a model with a larger window.`,
  };
}

/** Why the question does not fit this route's window, in words, or null. */
export function whyTooLong(route: Route, facts: BarFacts): string | null {
  if (route.windowTokens === null) return null;
  const needed = neededTokens(route, facts);
  if (needed <= route.windowTokens) return null;
  return `needs ${tokensInWords(needed, "up")} tokens, window is ${tokensInWords(route.windowTokens, "down")}${bySource(route, "windowTokens")}`;
}

/**
 * Why no model of a tier can take this request, whatever was found of it, as a clause: there is none, none may be asked,
 * none has room for it, or none takes what is in it. null where one can.
 */
export function whyTierUnable(tier: Tier, facts: BarFacts): string | null {
  const allowed = facts.routes.filter((route) => route.tier === tier && whyForbidden(route, facts) === null);
  if (allowed.length === 0) return whyTierMissing(tier, facts);
  const able = allowed.filter((route) => whyUnable(route, facts) === null);
  const wanted = neededOf(facts)
    .map((each) => each.wanted)
    .join(" and ");
  const [first, ...others] = able;
  if (first === undefined) return `no ${tier} model ${wanted}`;
  if (able.some((route) => whyTooLong(route, facts) === null)) return null;
  const widest = others.reduce((a, b) => ((b.windowTokens ?? 0) > (a.windowTokens ?? 0) ? b : a), first);
  const which = able.length < allowed.length ? ` that ${wanted}` : "";
  const window = exactly(widest.windowTokens ?? 0);
  // It is an estimate, and rounded up it never looks as if there was room.
  const needed = exactly(Math.ceil(neededTokens(widest, facts) / 100) * 100);
  return `no ${tier} model${which} has room for it (${window} tokens; it needs ${needed})`;
}

/** Why none of a tier's models may be asked, where none may: what the person's own settings say of them. */
function whyTierMissing(tier: Tier, facts: BarFacts): string {
  const off = (facts.switchedOff ?? []).filter((route) => route.tier === tier);
  const barred = facts.routes.filter((route) => route.tier === tier);
  if (off.length + barred.length === 0) return `no ${tier} model is set up`;
  const whys = new Set([
    ...off.map(() => switchedOffWords),
    ...barred.map((route) => whyKeptOut(route, facts) ?? noPrice),
  ]);
  const [why, ...others] = whys;
  if (others.length > 0) return `no ${tier} model may be asked (each is one of these: ${[...whys].join("; ")})`;
  return off.length + barred.length === 1
    ? `the only ${tier} model is out: ${why}`
    : `every ${tier} model is out: ${why}`;
}

function exactly(tokens: number): string {
  return tokens.toLocaleString("en-US");
}

/** Nobody says how large its window is, and the request may be too large for it: asked after those that are known to take it. */
export function isDoubtful(route: Route, facts: Pick<BarFacts, "inputTokens" | "maxOutputTokens">): boolean {
  return route.windowTokens === null && neededTokens(route, facts) > ASSUMED_WINDOW_TOKENS;
}

/** What a route's window would have to hold: the prompt, and the answer as far as the model writes one. */
function neededTokens(route: Route, facts: Pick<BarFacts, "inputTokens" | "maxOutputTokens">): number {
  return facts.inputTokens + Math.min(facts.maxOutputTokens, route.maxOutputTokens ?? facts.maxOutputTokens);
}
