import type { Tier } from "../../shared/answer.ts";
import { languageName } from "../../shared/language-name.ts";
import type { LearnKind } from "../../shared/learned.ts";
import { type LearnKey, modelName } from "./learn-key.ts";
import { type Observed, OLDEST_DAYS, signalWeights } from "./learn-tier.ts";

/** What became of the answers of which anything was seen: counts, not faded. */
interface Verdicts {
  kept: number;
  /** Undone, or asked for again by the person who had seen them. */
  notKept: number;
  /** Found wanting by a check, so that the person was given another one instead. */
  escalated: number;
  /** What `notKept` weighs in the learning, to be set against `escalated`. */
  notKeptWeight: number;
}

interface Group extends Pick<LearnKey, "kind" | "languageId">, Verdicts {}

/** Which of the counts is told. */
type Told = "kept" | "notKept" | "escalated";

/** With fewer it is an anecdote, and told as one. */
const LEAST_SEEN = 3;
/** The share of answers kept from which a model does well: where the learning has its neutral point. */
const WELL_KEPT = 0.75;
/** So many kinds and languages are named as the place where something was seen. */
const MOST_PLACES = 2;

/**
 * What a shift rests on, in words that are true of the counts: the narrowest of (kind and language), language, kind and
 * everything of which enough was seen, and which points the way that the shift does; else the bare number of what points
 * that way. Where little was seen of just this kind and language, where it was seen is said, too. "2 of 3 TypeScript fixes
 * of your cheap model judged here were not kept", "1 answer of your cheap model here had to be escalated (seen once in
 * TypeScript fixes)". Answers of which nothing was seen are in no count: hence "judged".
 */
export function learnedWords(
  observed: readonly Observed[],
  { key, shift, tier, today }: { key: LearnKey; shift: number; tier: Tier; today: number },
): string {
  const groups = groupsOf(observed, key, today);
  const language = languageOf(key);
  const isExact = (each: Group) => each.kind === key.kind && each.languageId === key.languageId;
  const narrowest: readonly [(each: Group) => boolean, string][] = [
    [isExact, `${language}${answersOf[key.kind]}`],
    [({ languageId }) => languageId === key.languageId, `${language}answers`],
    [({ kind }) => kind === key.kind, answersOf[key.kind]],
    [() => true, "answers"],
  ];
  const isAnecdote = judged(sum(groups.filter(isExact))) < LEAST_SEEN;
  const isGood = shift > 0;
  for (const [isIn, answers] of narrowest) {
    const within = groups.filter(isIn);
    const all = sum(within);
    if (judged(all) < LEAST_SEEN || all.kept / judged(all) >= WELL_KEPT !== isGood) continue;
    const told = strongest(all, isGood);
    // A person could keep only what they were shown.
    const of = told === "notKept" ? all.kept + all.notKept : judged(all);
    const where = isAnecdote ? seenIn(within, told) : "";
    return `${all[told]} of ${of} ${answers} of your ${tier} model judged here ${verbOf(told, all[told])}${where}`;
  }
  for (const [isIn] of narrowest) {
    const within = groups.filter(isIn);
    const all = sum(within);
    const told = strongest(all, isGood);
    const count = all[told];
    if (count === 0) continue;
    const answers = count === 1 ? "answer" : "answers";
    return `${count} ${answers} of your ${tier} model here ${verbOf(told, count)}${seenIn(within, told)}`;
  }
  return `what was seen of your ${tier} model's answers here`;
}

/** Of one model, by kind and language; ghost text and answers to questions say nothing of each other. */
function groupsOf(observed: readonly Observed[], key: LearnKey, today: number): Group[] {
  const groups = new Map<string, Group>();
  for (const { model, kind, languageId, signal, day, times } of observed) {
    if (modelName(model) !== modelName(key.model) || day < today - OLDEST_DAYS) continue;
    if ((kind === "completion") !== (key.kind === "completion")) continue;
    const name = `${kind} ${languageId}`;
    const group = groups.get(name) ?? { kind, languageId, kept: 0, notKept: 0, escalated: 0, notKeptWeight: 0 };
    groups.set(name, group);
    const { right, wrong } = signalWeights[signal];
    group.kept += Math.sign(right) * times;
    if (signal === "escalated") group.escalated += times;
    else if (wrong > 0) {
      group.notKept += times;
      group.notKeptWeight += wrong * times;
    }
  }
  // More undone than was seen inserted (that day is forgotten already) is as if nothing had been inserted.
  return [...groups.values()].map((group) => ({ ...group, kept: Math.max(0, group.kept) }));
}

/** An escalation is told before what was not kept where it weighs as much or more. */
function strongest({ escalated, notKeptWeight }: Verdicts, isGood: boolean): Told {
  if (isGood) return "kept";
  return escalated * signalWeights.escalated.wrong >= notKeptWeight ? "escalated" : "notKept";
}

function judged({ kept, notKept, escalated }: Verdicts): number {
  return kept + notKept + escalated;
}

/** " (seen twice in TypeScript fixes and once in Rust tests)", most often first. */
function seenIn(groups: readonly Group[], told: Told): string {
  const places = groups
    .filter((group) => group[told] > 0)
    .sort((a, b) => b[told] - a[told])
    .map((group) => `${timesOf(group[told])} in ${languageOf(group)}${answersOf[group.kind]}`);
  const named = places.length > MOST_PLACES ? [...places.slice(0, MOST_PLACES), "elsewhere"] : places;
  return ` (seen ${named.join(" and ")})`;
}

function timesOf(count: number): string {
  return count === 1 ? "once" : count === 2 ? "twice" : `${count} times`;
}

function verbOf(told: Told, count: number): string {
  if (told === "escalated") return "had to be escalated";
  const were = count === 1 ? "was" : "were";
  return told === "kept" ? `${were} kept` : `${were} not kept`;
}

function languageOf({ languageId }: Pick<LearnKey, "languageId">): string {
  return languageId === "" ? "" : `${languageName(languageId)} `;
}

function sum(groups: readonly Group[]): Verdicts {
  const all: Verdicts = { kept: 0, notKept: 0, escalated: 0, notKeptWeight: 0 };
  for (const group of groups) {
    all.kept += group.kept;
    all.notKept += group.notKept;
    all.escalated += group.escalated;
    all.notKeptWeight += group.notKeptWeight;
  }
  return all;
}

const answersOf: Readonly<Record<LearnKind, string>> = {
  chat: "answers to questions",
  edit: "edits",
  fix: "fixes",
  test: "tests",
  commit: "messages",
  completion: "completions",
};
