import type { Attempt } from "../../shared/answer.ts";
import { type Failure, failureOf } from "../../shared/failure.ts";
import type { CompletionReady, ServerState } from "../../shared/protocol.ts";
import { completionFeatures } from "../core/completion-complexity.ts";
import { placeOf } from "../core/completion-place.ts";
import { composeCompletion, endsInBlankLine } from "../core/compose-completion.ts";
import type { Route } from "../core/provider.ts";
import { createOffers } from "../core/reuse-completion.ts";
import { holeOf } from "../core/surroundings.ts";
import type { Syntax } from "../core/syntax.ts";
import { nothingToSuggest, refusedByFilter } from "../core/why-silent.ts";
import {
  type AskCompletionDeps,
  askCompletion,
  type CompletionWish,
  obstacleTo,
  tellOnceAMinute,
} from "./ask-completion.ts";
import type { Audit } from "./audit.ts";
import type { Calibration } from "./calibration.ts";
import { type Clock, sleep } from "./clock.ts";
import { createFlights, type Flight, type Landing, type Spot } from "./completion-requests.ts";
import {
  fits,
  isSamePlace,
  isSameSpot,
  isStillSelected,
  keyOf,
  mayStillFit,
  type Present,
  positionAt,
  split,
  spotOf,
} from "./completion-spot.ts";
import type { World } from "./configure.ts";
import type { Health } from "./health.ts";
import type { Offline } from "./offline.ts";
import { createPace } from "./pace-completions.ts";
import type { CompleteParams, CompletionItem, UseCases } from "./use-cases.ts";

export interface CompleteDeps {
  world: Pick<World, "settled" | "during" | "silent" | "scene">;
  /** null when the books could not be opened. */
  store: AskCompletionDeps["store"];
  clock: Clock;
  health: Health;
  /** Absent: a route that cannot be reached is to blame itself. */
  offline?: Offline;
  calibration?: Calibration;
  /** Writes down how each request ended; absent: nobody does. */
  audit?: Pick<Audit, "ended">;
  /** 0 ≤ x < 1 */
  random(): number;
  createId(): string;
  /** The workspace of the books. */
  workspace: string;
  syntax: Pick<Syntax, "ready" | "load">;
  /** A completion came where nobody waits for it any more, and the cursor is still there: asked again, it is shown. */
  onReady(place: CompletionReady): void;
  /** `state` says something else. */
  onState(): void;
  /** After each settlement: the money of today has changed. Failures are told through `onFault`, too. */
  onAttempt?(attempt: Attempt, route: Route): void;
  /** Routes that the person paused, by `routeName`, as they are now. Absent: none. */
  paused?(): ReadonlySet<string>;
  /** To be logged; the same fault comes once a minute at most. */
  onFault(failure: Failure): void;
  /** A whole completion was taken over. */
  onAccepted?(facts: { id: string; languageId: string; lines: number; accepted: number; offered: number }): void;
}

export interface Complete {
  /** Never rejects. null: there is nothing to show here, and `state` may say why. */
  complete: UseCases["complete"];
  cursor: UseCases["cursor"];
  dismiss: UseCases["dismissCompletion"];
  accepted: UseCases["acceptedCompletion"];
  documentChanged: UseCases["documentChanged"];
  documentClosed: UseCases["documentClosed"];
  /** After new settings were taken: what they do not allow any more is cut. */
  settingsChanged(): void;
  state(): ServerState["completions"];
  /** Cuts everything and resolves when its books are kept. */
  close(): Promise<void>;
}

/** Some minutes of typing; an offer keeps a few kilobytes. */
const MOST_OFFERS = 100;
/** Completions whose acceptance can still be told. */
const MOST_MADE = 200;

/**
 * Ghost text. What was offered before and still holds is shown at once; a request under way that may still answer here
 * is joined; else one is made after a short pause, in which the next letter supersedes it. VS Code's cancellation ends
 * its own wait only: the request lives while text and cursor have not moved away from it, two seconds at most, and what
 * comes of it is told through `onReady`. Whatever is shown was checked against the text on both sides of the cursor.
 */
export function createComplete(deps: CompleteDeps): Complete {
  const { clock, syntax } = deps;
  const offers = createOffers({ most: MOST_OFFERS });
  const pace = createPace();
  const presents = new Map<string, Present>();
  /** Requests that wait for the next letter, one a document. */
  const pausing = new Map<string, { present: Present; supersede(): void }>();
  /** Of each document: the newest request while it is not answered, the last one, and where one came to nothing. */
  const newest = new Map<string, CompleteParams>();
  const lastAsked = new Map<string, CompleteParams>();
  const nothingAt = new Map<string, string>();
  const made = new Map<string, { languageId: string; lines: number }>();
  const counts = { offered: 0, accepted: 0 };
  const onFault = tellOnceAMinute(clock, deps.onFault);
  let silent: Silence | null = null;
  let isClosed = false;

  /** Why nothing came in a document, or, with null, that nothing is in the way any more. */
  const say = (next: Silence | null): void => {
    const hasSameTrouble = next?.trouble?.failure.message === silent?.trouble?.failure.message;
    if (next?.why === silent?.why && next?.uri === silent?.uri && hasSameTrouble) return;
    silent = next;
    deps.onState();
  };
  const flights = createFlights({
    clock,
    onLanded,
    onText(flight) {
      const { uri } = flight.spot;
      const present = presents.get(uri);
      if (present === undefined || mayStillFit(flight, present)) return;
      pace.wasted(clock.ticks());
      flights.diverge(uri);
    },
    onChange: deps.onState,
    onError: (error) => onFault(failureOf(error)),
  });
  const askDeps: AskCompletionDeps = {
    world: deps.world,
    get store() {
      return deps.store;
    },
    clock,
    health: deps.health,
    ...(deps.offline === undefined ? {} : { offline: deps.offline }),
    ...(deps.calibration === undefined ? {} : { calibration: deps.calibration }),
    ...(deps.audit === undefined ? {} : { audit: deps.audit }),
    random: deps.random,
    createId: deps.createId,
    workspace: deps.workspace,
    syntax,
    ...(deps.onAttempt === undefined ? {} : { onAttempt: deps.onAttempt }),
    ...(deps.paused === undefined ? {} : { paused: deps.paused }),
    onFault,
  };

  function onLanded(flight: Flight, landing: Landing): void {
    const { spot } = flight;
    if (landing.text === null) {
      const { why, trouble } = landing;
      if (why !== null) say({ why, uri: spot.uri, ...(trouble === undefined ? {} : { trouble }) });
      if (landing.why === nothingToSuggest || landing.why === refusedByFilter) {
        nothingAt.set(spot.uri, keyOf(spot));
        pace.wasted(clock.ticks());
      }
      return;
    }
    say(null);
    offers.remember({ uri: spot.uri, prefix: spot.prefix, suffix: spot.suffix, text: landing.text, id: flight.id });
    remember(flight.id, { languageId: spot.languageId, lines: landing.text.split("\n").length });
    const present = presents.get(spot.uri);
    if (present === undefined || typeof present.offset !== "number") return;
    const { version, text, offset } = present;
    if (flights.waiters(flight).some((each) => each.version === version && each.cursorOffset === offset)) return;
    if (offers.find(spotNow(spot, { version, text, offset })) !== null)
      deps.onReady({ uri: spot.uri, version, ...positionAt(text, offset) });
  }
  /** Where a request would be made now, as far as is known: with the item that was selected when it was asked last. */
  const spotNow = (spot: Spot, present: Present & { offset: number }): Pick<Spot, "uri" | "prefix" | "suffix"> => {
    const last = lastAsked.get(spot.uri);
    if (last !== undefined && last.version === present.version && last.offset === present.offset) return spotOf(last);
    if (isStillSelected(spot, present)) return spot;
    return { uri: spot.uri, ...split(present.text, present.offset) };
  };
  const remember = (id: string, facts: { languageId: string; lines: number }): void => {
    counts.offered += 1;
    made.set(id, facts);
    const oldest = made.keys().next();
    if (made.size > MOST_MADE && oldest.done !== true) made.delete(oldest.value);
  };

  /** Cuts what cannot be meant any more, now that text or cursor are elsewhere. */
  const moved = (uri: string, present: Present): void => {
    presents.set(uri, present);
    const waits = pausing.get(uri);
    if (waits !== undefined && !isSamePlace(waits.present, present)) waits.supersede();
    const flight = flights.get(uri);
    if (flight === null || mayStillFit(flight, present)) return;
    pace.wasted(clock.ticks());
    flights.cut(uri);
  };
  const stop = (uri: string): void => {
    pausing.get(uri)?.supersede();
    flights.cut(uri);
  };

  const obstacleAt = (facts: { path: string; languageId: string; text: string }) =>
    obstacleTo(deps.world.scene(), facts);

  /** What is known to hold at a place. */
  const itemAt = (spot: Spot, { selected, offset }: CompleteParams): CompletionItem | null => {
    const found = offers.find(spot);
    if (found === null) return null;
    const { id, text, replaces } = found;
    if (selected === null) return { id, text, startOffset: offset, endOffset: offset + replaces };
    const { startOffset, endOffset } = selected;
    return { id, text: selected.text + text, startOffset, endOffset: endOffset + replaces };
  };
  /** The answer to a request, if its place is still the present one. */
  const answerAt = (spot: Spot, params: CompleteParams, signal: AbortSignal): CompletionItem | null => {
    const present = presents.get(params.uri);
    if (signal.aborted || present?.version !== params.version || present.offset !== params.offset) return null;
    return itemAt(spot, params);
  };

  /**
   * Waits for the next letter; false when it came, or text or cursor went elsewhere. That VS Code gives up ends no pause: on
   * a busy machine it does so before a request has begun, and asks no more.
   */
  const pause = async (
    params: CompleteParams,
    { prefix, isBrowsing }: { prefix: string; isBrowsing: boolean },
  ): Promise<boolean> => {
    const { isInvoked } = params;
    const delayMs = pace.delayMs({ isInvoked, isNewLine: endsInBlankLine(prefix), isBrowsing });
    const present = presents.get(params.uri);
    if (delayMs === 0 || present === undefined) return true;
    const superseded = new AbortController();
    const entry = { present, supersede: () => superseded.abort() };
    pausing.get(params.uri)?.supersede();
    pausing.set(params.uri, entry);
    try {
      await sleep(clock, delayMs, superseded.signal);
      return true;
    } catch {
      // Only an abort ends a sleep early.
      return false;
    } finally {
      if (pausing.get(params.uri) === entry) pausing.delete(params.uri);
    }
  };

  /** What is to be asked at a place, or null where nothing is. */
  const wishAt = (spot: Spot, { isInvoked }: CompleteParams): CompletionWish | null => {
    const { text, offset, languageId, path } = spot;
    const parser = syntax.ready(languageId);
    if (parser === null) void syntax.load(languageId);
    const inSyntax = parser?.placeAt(text, offset) ?? null;
    const place = placeOf({ text, offset, languageId, syntax: inSyntax, isInvoked });
    if (place.lines === "none") {
      say(null);
      return null;
    }
    const prompt = composeCompletion({ text, offset, languageId, path, lines: place.lines });
    const hole = holeOf({ prefix: prompt.prefix, suffix: prompt.suffix, languageId, place });
    const features = completionFeatures({ text, offset, languageId, place });
    return { hole, prompt, features, isInvoked };
  };

  const answer = async (params: CompleteParams, signal: AbortSignal): Promise<CompletionItem | null> => {
    const { uri, version, offset, isInvoked } = params;
    const known = presents.get(uri);
    if (isClosed || signal.aborted || (known !== undefined && known.version > version)) return null;
    moved(uri, { version, text: params.text, offset });
    const obstacle = obstacleAt(params);
    if (obstacle !== null) {
      if (obstacle.words !== null) say({ why: obstacle.words, uri });
      return null;
    }
    const spot = spotOf(params);
    newest.set(uri, params);
    const last = lastAsked.get(uri);
    lastAsked.set(uri, params);
    const isBrowsing = params.selected !== null && last?.version === version && last.offset === offset;
    const ready = itemAt(spot, params);
    if (ready !== null) {
      pausing.get(uri)?.supersede();
      say(null);
      return ready;
    }
    if (!isInvoked && nothingAt.get(uri) === keyOf(spot)) return null;

    const under = flights.get(uri);
    if (under !== null && fits(under, spot)) {
      pausing.get(uri)?.supersede();
      await flights.join(under, spot, signal);
      const shared = answerAt(spot, params, signal);
      if (shared !== null) pace.used(clock.ticks());
      // It came to nothing, or the model went another way than the person: one that did not answer is not asked again.
      if (shared !== null || under.landing === null || isFailure(under.landing) || isSameSpot(under.spot, spot))
        return shared;
      if (isClosed || signal.aborted || newest.get(uri) !== params) return null;
    }
    // The pause begins first: what the parser and the prompt take is spent within it.
    const paused = pause(params, { prefix: spot.prefix, isBrowsing });
    const wish = wishAt(spot, params);
    if (wish === null) pausing.get(uri)?.supersede();
    if (!(await paused) || wish === null) return null;
    if (isClosed || newest.get(uri) !== params) return null;

    const flight = flights.start(deps.createId(), spot, (control) => askCompletion(wish, control, askDeps));
    await flights.join(flight, spot, signal);
    const item = answerAt(spot, params, signal);
    if (item !== null) pace.used(clock.ticks());
    return item;
  };

  return {
    async complete(params, signal) {
      try {
        return await answer(params, signal);
      } catch (error) {
        onFault(failureOf(error));
        say({ why: "a fault in Wayfare", uri: params.uri });
        return null;
      } finally {
        if (newest.get(params.uri) === params) newest.delete(params.uri);
      }
    },
    cursor({ uri, version, text, offset }) {
      const present = presents.get(uri);
      if (present === undefined || version < present.version) return;
      moved(uri, { version, text, offset });
    },
    documentChanged({ uri, version, text }) {
      const present = presents.get(uri);
      // Documents in which nothing was completed yet are not kept.
      if (present === undefined || version <= present.version) return;
      moved(uri, { version, text, offset: undefined });
    },
    documentClosed(uri) {
      stop(uri);
      offers.forget(uri);
      for (const kept of [presents, newest, lastAsked, nothingAt]) kept.delete(uri);
    },
    dismiss: stop,
    accepted(id) {
      const facts = made.get(id);
      if (facts === undefined) return;
      // Told once; the offer itself stays: a part of it may be deleted and wanted again.
      made.delete(id);
      counts.accepted += 1;
      deps.onAccepted?.({ id, ...facts, ...counts });
    },
    settingsChanged() {
      for (const { spot } of flights.all()) if (obstacleAt(spot) !== null) stop(spot.uri);
      for (const [uri, { supersede }] of pausing) {
        const params = newest.get(uri);
        if (params === undefined || obstacleAt(params) !== null) supersede();
      }
      nothingAt.clear();
      say(null);
    },
    state: () => ({
      working: flights.all().length,
      silent: silent?.why ?? null,
      uri: silent?.uri ?? null,
      ...(silent?.trouble === undefined ? {} : { trouble: silent.trouble }),
    }),
    async close() {
      isClosed = true;
      for (const { supersede } of [...pausing.values()]) supersede();
      await flights.close();
    },
  };
}

/** Why nothing came in a document: in a few words, and in full where something went wrong. */
interface Silence {
  why: string;
  uri: string;
  trouble?: NonNullable<ServerState["completions"]["trouble"]>;
}

/** It was asked and nothing could come of it; "nothing to suggest" is an answer, and so is another than was typed. */
function isFailure(landing: Landing): boolean {
  return landing.text === null && landing.why !== nothingToSuggest && landing.hasDiverged !== true;
}
