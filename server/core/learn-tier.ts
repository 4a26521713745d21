import type { LearnSignal } from "../../shared/learned.ts";
import { type LearnKey, modelName } from "./learn-key.ts";

/** How often something happened on one day with the answers of one model: all that is kept. */
export interface Observed extends LearnKey {
  signal: LearnSignal;
  /** Days since 1970, UTC. */
  day: number;
  times: number;
}

/**
 * What each signal counts for, as answers that were right and answers that were not. Taking code over is the clearest
 * sign that a person gives; a copy may be to look at it elsewhere; a new answer on the same tier may be wanted for its
 * wording; one on the better tier says that this one would not do. Ghost text is taken by the letter, so that one of it
 * weighs little. An undo takes back the insertion before it and speaks against the answer beside.
 */
export const signalWeights: Readonly<Record<LearnSignal, { right: number; wrong: number; means: string }>> = {
  inserted: { right: 1, wrong: 0, means: "code of the answer was put into a file" },
  copied: { right: 0.6, wrong: 0, means: "code of the answer was copied" },
  completed: { right: 0.25, wrong: 0, means: "ghost text was taken" },
  partlyCompleted: { right: 0.1, wrong: 0, means: "a word or a line of ghost text was taken" },
  undone: { right: -1, wrong: 1, means: "the insertion was undone soon after" },
  regenerated: { right: 0, wrong: 0.5, means: "another answer was asked for on the same tier" },
  sentUp: { right: 0, wrong: 1, means: "the cheap answer was asked for again on the frontier tier" },
  sentDown: { right: 0.5, wrong: 0, means: "a frontier answer was asked for again on the cheap tier, by this model" },
  escalated: { right: 0, wrong: 1, means: "the answer did not parse or failed a test, and another tier was asked" },
};

/**
 * The most that what was learned moves P(right), in log-odds: it takes 85 % to 63 %, or 60 % to 83 %. Enough to change
 * the tier of a question that is not clear, never enough to send a proof to the cheap tier.
 */
export const MOST_SHIFT = 1.2;
/** After so many days an observation counts half: models are exchanged behind their names, and code bases change. */
export const HALF_LIFE_DAYS = 45;
/** What is older than eight half-lives counts less than a two-hundred-and-fiftieth, and is forgotten. */
export const OLDEST_DAYS = 8 * HALF_LIFE_DAYS;
/**
 * The share of answers that are kept, among those of which a person says anything, where the classifier is just right:
 * about what it says of a cheap model over everyday questions. Above it a model has done better than was thought.
 */
const NEUTRAL_SHARE = 0.75;
/**
 * What a belief weighs against what was seen, in answers. Chosen by `bench/learning.ts`: with 8, bad luck at the start sends
 * a fifth of the questions of a person whose cheap model is fine to the frontier; with 20 an eighteenth.
 */
const BELIEF_ANSWERS = 20;
/**
 * What one language may say of another: as much as so many answers, however much was seen of it. A model that is bad at
 * one throws a little doubt on the others, until they speak for themselves; one that is bad at five throws much.
 */
const MOST_FROM_ONE = 1;
/**
 * What one answer in another language counts for, until `MOST_FROM_ONE` is reached: a single bad one moves an unrelated
 * question by 1 percentage point at an even chance, where its own kind and language move by 5. Between .2 and .4
 * `bench/learning.ts` sees no difference that matters; counted whole, early bad luck sent up twice as much TypeScript.
 */
const SHARE_OF_OTHERS = 0.25;

const DAY_MS = 86_400_000;

/** The day of a moment, UTC. */
export function learnDay(atMs: number): number {
  return Math.floor(atMs / DAY_MS);
}

/** Answers that were right and that were not, as far as it was seen; decayed, so seldom whole numbers. */
interface Evidence {
  right: number;
  wrong: number;
}

interface Group extends Pick<LearnKey, "kind" | "languageId">, Evidence {}

/** What was seen of each model, by its name, summed up at one moment. */
export type Tally = ReadonlyMap<string, readonly Group[]>;

/** Sums up observations in any order, each by its age at `nowMs`; days to come (a clock that was wrong) count as today. */
export function tally(observed: readonly Observed[], nowMs: number): Tally {
  const models = new Map<string, Map<string, Group>>();
  for (const { kind, languageId, model, signal, day, times } of observed) {
    const ageDays = Math.max(0, nowMs / DAY_MS - day - 1);
    if (ageDays > OLDEST_DAYS) continue;
    const weight = times * 0.5 ** (ageDays / HALF_LIFE_DAYS);
    const groups = entryOf(models, modelName(model), () => new Map<string, Group>());
    const group = entryOf(groups, `${kind} ${languageId}`, () => ({ kind, languageId, right: 0, wrong: 0 }));
    group.right += weight * signalWeights[signal].right;
    group.wrong += weight * signalWeights[signal].wrong;
  }
  return new Map([...models].map(([name, groups]) => [name, [...groups.values()].map(noLess)]));
}

/**
 * How far what was seen of a model moves the chance that its answer to such a question is right, in log-odds within
 * ± `MOST_SHIFT`; 0 where nothing was seen. The belief begins at `NEUTRAL_SHARE` and is carried from the coarse to the
 * fine: other kinds and languages of this model, then this kind, then this language, then just this, each standing
 * against the belief that came before it with the weight of what was seen. Ghost text and answers to questions say
 * nothing of each other.
 */
export function shiftOf(seen: Tally, key: LearnKey): number {
  const isFill = key.kind === "completion";
  const groups = (seen.get(modelName(key.model)) ?? []).filter(({ kind }) => (kind === "completion") === isFill);
  const ofOthers = (isIn: (group: Group) => boolean): Evidence => {
    const languages = new Map<string, Group[]>();
    for (const group of groups) {
      if (group.languageId !== key.languageId && isIn(group))
        entryOf(languages, group.languageId, () => []).push(group);
    }
    return sum([...languages.values()].map((each) => lent(sum(each))));
  };
  const sameKind = (group: Group) => group.kind === key.kind;
  const sameLanguage = (group: Group) => group.languageId === key.languageId;
  const exact = sum(groups.filter((group) => sameKind(group) && sameLanguage(group)));
  let share = NEUTRAL_SHARE;
  share = believe(
    share,
    ofOthers((group) => !sameKind(group)),
  );
  share = believe(share, ofOthers(sameKind));
  // How good a model is at a language shows in whatever it is asked for, so that this is not held back.
  share = believe(share, sum(groups.filter((group) => !sameKind(group) && sameLanguage(group))));
  share = believe(share, exact);
  return shiftTo(share);
}

/** What just the key's own observations would do, in log-odds as `shiftOf`: without what others of the model lend them. */
export function ownShiftOf(seen: Tally, key: LearnKey): number {
  const groups = seen.get(modelName(key.model)) ?? [];
  const own = groups.filter(({ kind, languageId }) => kind === key.kind && languageId === key.languageId);
  return shiftTo(believe(NEUTRAL_SHARE, sum(own)));
}

/** `shiftOf` over observations as they are kept. */
export function learnedShift(observed: readonly Observed[], key: LearnKey, nowMs: number): number {
  return shiftOf(tally(observed, nowMs), key);
}

/** A chance moved by a shift in log-odds; 0 and 1 stay what they are. */
export function shifted(chance: number, shift: number): number {
  if (chance <= 0 || chance >= 1) return chance;
  return 1 / (1 + Math.exp(-(logOdds(chance) + shift)));
}

/** The belief after what was seen: the mean of a Beta distribution of weight `BELIEF_ANSWERS`. */
function believe(share: number, { right, wrong }: Evidence): number {
  return (share * BELIEF_ANSWERS + right) / (BELIEF_ANSWERS + right + wrong);
}

/** From a share of answers that are kept to a bounded shift. */
function shiftTo(share: number): number {
  return MOST_SHIFT * Math.tanh((logOdds(share) - logOdds(NEUTRAL_SHARE)) / MOST_SHIFT);
}

function logOdds(chance: number): number {
  return Math.log(chance / (1 - chance));
}

/** More undone than was seen inserted (that day is forgotten already) is as if nothing had been inserted. */
function noLess(group: Group): Group {
  return { ...group, right: Math.max(0, group.right) };
}

/** The same share, from a part of the answers and at most `MOST_FROM_ONE`. */
function lent({ right, wrong }: Evidence): Evidence {
  const factor = Math.min(SHARE_OF_OTHERS, MOST_FROM_ONE / (right + wrong || 1));
  return { right: right * factor, wrong: wrong * factor };
}

function sum(all: readonly Evidence[]): Evidence {
  let right = 0;
  let wrong = 0;
  for (const each of all) {
    right += each.right;
    wrong += each.wrong;
  }
  return { right, wrong };
}

function entryOf<Value>(map: Map<string, Value>, key: string, create: () => Value): Value {
  const found = map.get(key);
  if (found !== undefined) return found;
  const created = create();
  map.set(key, created);
  return created;
}
