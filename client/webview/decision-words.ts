import type { Attempt, Classification, Decision, Tier } from "../../shared/answer.ts";
import { billedBeyondRoom, costMismatch } from "../../shared/check-cost.ts";
import { formatUsd, type NanoUsd, usdFromNano } from "../../shared/money.ts";
import { roughUsd } from "./price-words.ts";

/** The words of a decision: everything the line under an answer and its panel say, apart from how they look. */

/** `openrouter/qwen/qwen3-coder` is shown as `qwen3-coder` where room is short; the full name is beside it. */
export function shortModel(modelId: string): string {
  return modelId.slice(modelId.lastIndexOf("/") + 1);
}

export function fullModel(route: { providerId: string; modelId: string }): string {
  return `${route.providerId}/${route.modelId}`;
}

export function otherTier(tier: Tier): Tier {
  return tier === "cheap" ? "frontier" : "cheap";
}

export function capitalised(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

/** A chance, which is never certain: 0.413 → `41 %`, 0.997 → `>99 %`. */
export function percent(share: number): string {
  if (share > 0.995) return ">99 %";
  return share < 0.005 ? "<1 %" : `${Math.round(share * 100)} %`;
}

/** 940 → `0.9 s`, 12,400 → `12 s`. */
export function seconds(durationMs: number): string {
  return durationMs < 9_950 ? `${(durationMs / 1_000).toFixed(1)} s` : `${Math.round(durationMs / 1_000)} s`;
}

/** 9,120 → `9,120`: for a record. */
export function exactCount(count: number): string {
  return count.toLocaleString("en-US");
}

/** 840 → `840`, 9,120 → `9.1k`, 120,400 → `120k`, 1,250,000 → `1.3M`. */
export function compactCount(count: number): string {
  if (count < 1_000) return String(count);
  if (count < 99_950) return `${(count / 1_000).toFixed(1).replace(/\.0$/, "")}k`;
  if (count < 999_500) return `${Math.round(count / 1_000)}k`;
  return `${(count / 1_000_000).toFixed(1).replace(/\.0$/, "")}M`;
}

/** The head of the panel: which tier, and why that one; of a turn that failed also that nobody answered. */
export function headline(decision: Decision): string {
  if (!isUnanswered(decision)) return tierWords(decision);
  return `${tierWords({ ...decision, answeredBy: null })}; no model answered`;
}

/** The first answer stands, whatever became of asking the frontier. */
function isKept({ escalated }: Decision): boolean {
  return escalated?.kept !== undefined;
}

/** Every attempt failed. A route that wrote a piece and broke off is kept as the one that answered, and did not. */
function isUnanswered(decision: Decision): boolean {
  const { attempts, answeredBy } = decision;
  if (isKept(decision)) return false;
  if (attempts.length === 0) return answeredBy === null;
  return attempts.every(({ outcome }) => outcome === "failed" || outcome === "crashed");
}

function tierWords(decision: Decision): string {
  const { classification, answeredBy, mode } = decision;
  if (mode === "cheap" || mode === "frontier") {
    if (answeredBy === null || answeredBy.tier === mode) return `${capitalised(mode)}, because you chose it`;
    return `${capitalised(answeredBy.tier)} answered: ${chosenWords(decision)}`;
  }
  if (mode !== "auto") return `${mode}, because you chose it`;
  if (classification === null) return capitalised(decision.why);
  const { tier, cheapRight, reasons } = classification;
  const floor = reasons[0]?.feature === "floor" ? reasons[0].words : null;
  if (floor !== null && answeredBy?.tier !== tier) return `${capitalised(otherTier(tier))}, because ${floor}`;
  // A kept tier does not follow from this question's own odds.
  const isKept = reasons[0]?.feature === "conversation";
  const words = isKept
    ? `${capitalised(tier)}, because ${reasons[0]?.words}`
    : tier === "cheap"
      ? `Cheap, estimated to be right for ${percent(cheapRight)} of such requests`
      : `Frontier, because cheap is estimated to be right for only ${percent(cheapRight)} of such requests`;
  if (answeredBy === null || answeredBy.tier === tier) return words;
  const { escalated } = decision;
  if (escalated !== undefined) return `${capitalised(answeredBy.tier)}, because ${escalated.words}`;
  const isKnown = [...decision.plan, ...decision.leftOut, ...decision.attempts].some((route) => route.tier === tier);
  return `${words}; ${answeredBy.tier} answered, because no ${tier} model ${isKnown ? "could" : "is set up"}`;
}

/** Why another tier than the chosen one answered. Records of former versions say only what was chosen. */
function chosenWords({ mode, why }: Pick<Decision, "mode" | "why">): string {
  if (why === `you chose ${mode}`) return `${why}, and no ${mode} model could`;
  return why.startsWith("you chose") ? why : `you chose ${mode}; ${why}`;
}

/**
 * Whether the tier is what the two chances come to. It is not where the person chose it, the conversation or evidence moved
 * it, no model of it could take the request, or another tier answered: what they come to would then contradict the title.
 */
export function followsChances({ mode, classification, answeredBy, escalated }: Decision): boolean {
  if (mode !== "auto" || classification === null || escalated !== undefined) return false;
  return weighsChances(classification) && (answeredBy === null || answeredBy.tier === classification.tier);
}

/** What was only weighed afresh in its conversation has a reason of no weight. */
function weighsChances({ reasons: [first] }: Pick<Classification, "reasons">): boolean {
  return first?.feature !== "floor" && (first?.feature !== "conversation" || first.weight === 0);
}

/** What was found wrong with an attempt's answer: "its code did not parse"; else null. */
export function findingWords({ escalated, attempts, unparsed = [] }: Decision, attempt: Attempt): string | null {
  // The marked blocks are those of the answer that stands, which came last.
  if (unparsed.length > 0 && attempt === attempts.findLast(({ outcome }) => outcome === "done"))
    return "its code does not parse";
  // What was estimated beforehand is nothing found of the answer.
  if (escalated === undefined || escalated.because === "prior") return null;
  const first = attempts.find((each) => each.outcome === "done" && fullModel(each) === fullModel(escalated.from));
  if (first !== attempt) return null;
  return escalated.words
    .replace(/\bthe (?:cheap|frontier) answer's\b/, "its")
    .replace(/\bthe (?:cheap|frontier) answer\b/, "it");
}

/** How sure the choice is: whether it is in doubt, and else how many times over or under the threshold it is. */
export function sureness({ confidence, doubt }: Pick<Classification, "confidence" | "doubt">): string {
  if (doubt === true) return "in doubt: frontier may do better";
  if (confidence < 0.3) return "a close call";
  return confidence < 0.6 ? "fairly clear" : "clear";
}

/** What frontier adds, and from what gain on its price is worth it; null for records that do not say. */
export function gainWords({ cheapRight, frontierRight, leastGain }: Classification): string | null {
  if (leastGain === undefined) return null;
  const count = Math.round(100 * (frontierRight - cheapRight));
  const least = Math.max(1, Math.round(100 * leastGain));
  return `Frontier: right for ${count < 1 ? "no" : count} more in 100; at your quality setting its price is worth it from ${least} on.`;
}

/** What an attempt came to, after the name of its model; of one that brought nothing also that it was free, or not. */
export function attemptWords(attempt: Attempt): string {
  const { outcome, costNano } = attempt;
  const words = outcomeWords(attempt);
  if (outcome !== "failed" && outcome !== "crashed") return words;
  if (costNano === null) return `${words}; what it cost is not known`;
  if (costNano === 0) return `${words}; it cost nothing`;
  return heldWords(attempt) === null ? `${words}; it cost ${formatUsd(costNano)}` : words;
}

/** `held $0.0123, settled $0.0042` where the two differ and anything was paid; else null. */
export function heldWords({ costNano, costSource, heldNano }: Attempt): string | null {
  if (costNano === null || costNano === 0 || heldNano <= costNano) return null;
  const estimated = costSource === "estimated" ? ", estimated" : "";
  return `held ${formatUsd(heldNano)}, settled ${formatUsd(costNano)}${estimated}`;
}

/**
 * What of an attempt's bill a person should look at, a sentence each: a reported cost that is not what the counts × price
 * come to, and more tokens than the answer had room for. [] as a rule.
 */
export function billWords(attempt: Attempt): string[] {
  const words: string[] = [];
  const { costNano, computedNano } = attempt;
  const percentOff = costMismatch(attempt);
  if (percentOff !== null && costNano !== null && computedNano !== undefined) {
    const size = Math.abs(percentOff);
    const rounded = size < 10 ? Number(size.toFixed(1)) : Math.round(size);
    const more = percentOff > 0 ? "more" : "less";
    const difference = Number.isFinite(size) ? ` (${rounded.toLocaleString("en-US")} % ${more})` : "";
    const [told, ours] = distinctUsd(costNano, computedNano);
    words.push(`the provider says ${told}, its counts × price give ${ours}${difference}`);
  }
  if (billedBeyondRoom(attempt)) {
    const count = (tokens: number | undefined) => (tokens ?? 0).toLocaleString("en-US");
    words.push(`billed ${count(attempt.usage?.output)} tokens of ${count(attempt.askedOutputTokens)} asked`);
  }
  return words;
}

/** Two amounts that are not the same, with so many digits that they do not look the same either. */
function distinctUsd(one: NanoUsd, other: NanoUsd): [string, string] {
  const usual: [string, string] = [formatUsd(one), formatUsd(other)];
  if (usual[0] !== usual[1] && !usual.some((words) => words.startsWith("<"))) return usual;
  const exact = (nano: NanoUsd) => (nano === 0 ? "$0" : `$${usdFromNano(nano).toFixed(nano < 1_000_000 ? 7 : 6)}`);
  return [exact(one), exact(other)];
}

function outcomeWords(attempt: Attempt): string {
  const first = attempt.firstTokenMs === null ? "" : `, first token ${seconds(attempt.firstTokenMs)}`;
  switch (attempt.outcome) {
    case "done":
      return `answered in ${seconds(attempt.durationMs)}${first}`;
    case "failed":
      return `failed: ${(attempt.failure?.message ?? "no reason was recorded").replace(/\.$/, "")}`;
    case "cancelled":
      return `stopped after ${seconds(attempt.durationMs)}`;
    case "crashed":
      return "ended with Wayfare's server";
  }
}

/** `9.1k → 840 tokens, 6.2k cached, 300 of them reasoning`, summed over the attempts that were counted; null if none. */
export function tokenWords(attempts: readonly Attempt[], count = compactCount): string | null {
  const counted = attempts.flatMap((attempt) => (attempt.usage === null ? [] : [attempt.usage]));
  if (counted.length === 0) return null;
  let [input, output, cached, reasoning] = [0, 0, 0, 0];
  for (const usage of counted) {
    input += usage.input + usage.cacheRead + usage.cacheWrite;
    output += usage.output;
    cached += usage.cacheRead;
    reasoning += usage.reasoning;
  }
  const inAll = counted.length > 1 ? ` in ${counted.length} attempts` : "";
  const parts = [`${count(input)} → ${count(output)} tokens${inAll}`];
  if (cached > 0) parts.push(`${count(cached)} of the input cached`);
  if (reasoning > 0) parts.push(`${count(reasoning)} of the output reasoning`);
  return parts.join(", ");
}

/** Where the cost of an answer comes from: of several attempts, that of the one least known. */
export function sourceWords({ costSource, attempts }: Pick<Decision, "costSource" | "attempts">): string {
  const isInPart = attempts.some((each) => each.costNano !== 0 && each.costSource !== costSource);
  switch (costSource) {
    case "reported":
      return "cost reported by the provider";
    case "computed":
      return "cost computed from the provider's token counts and prices";
    case "estimated":
      return isInPart
        ? "cost in part estimated: one stream ended before the provider had counted"
        : "cost estimated: the stream ended before the provider had counted";
    case "reserved":
      return "cost as reserved: what it truly was is not known";
    case "free":
      return "free";
    case "unknown":
      return "cost unknown: nobody says what this model costs";
  }
}

/** `cheap would have cost about $0.001`, the figure that "Retry on cheap" shows too; null when there is no other tier or its price is unknown. */
export function otherTierWords(decision: Decision): string | null {
  const other = decision.otherTier;
  if (other === null || other.costNano === null) return null;
  return `${other.tier} (${shortModel(other.modelId)}) would have cost about ${roughUsd(other.costNano)}`;
}

/** The line as one sentence, for screen readers and tooltips. */
export function lineWords(decision: Decision): string {
  const by = decision.answeredBy;
  const end = endWords(decision);
  const cached = decision.fromCache !== undefined;
  const parts = [
    by === null
      ? "No answer"
      : `${end === null ? "Answered" : "Begun"}${cached ? " from cache" : ""} by ${fullModel(by)}, ${by.tier}`,
    cached ? savedSpoken(decision) : `cost ${decision.costNano === null ? "unknown" : formatUsd(decision.costNano)}`,
    end ?? decision.why,
  ];
  if (decision.sharedRequest === true) parts.push(sharedWords);
  if (decision.simulated) parts.unshift("Simulated");
  return parts.join(", ");
}

/** `saved $0.0042`, what a kept answer had cost; `saved ?` where that is not known; null for an answer that was asked for. */
export function savedWords({ fromCache }: Decision): string | null {
  return fromCache === undefined ? null : `saved ${formatUsd(fromCache.savedNano)}`;
}

function savedSpoken(decision: Decision): string {
  return decision.fromCache?.savedNano === null ? "saved an unknown sum" : (savedWords(decision) ?? "");
}

/** What a screen reader is told of the money, after who answered: ` for $0.0042`, ` from cache, saved $0.0042`. */
export function spokenCost(decision: Decision): string {
  if (decision.fromCache !== undefined) return ` from cache, ${savedSpoken(decision)}`;
  const shared = decision.sharedRequest === true ? `, ${sharedWords}` : "";
  return ` for ${formatUsd(decision.costNano)}${shared}`;
}

/** On the line of an answer that came of another question's request. */
export const sharedWords = "shared with an identical request";

/** Why an answer has no attempts of its own and cost nothing; null for one that was asked for. */
export function unaskedWords({ fromCache, sharedRequest, attempts }: Decision): string | null {
  if (fromCache !== undefined) {
    const { askedAtMs, savedNano } = fromCache;
    const at = new Date(askedAtMs).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
    const cost =
      savedNano === null ? "what the answer had cost is not known" : `the answer had cost ${formatUsd(savedNano)}`;
    const sent = attempts.length === 0 ? `Nothing was sent now; ${cost}.` : `${capitalised(cost)}.`;
    return `From cache: the very same was asked and answered on ${at}. ${sent}`;
  }
  if (sharedRequest !== true) return null;
  return "Shared with an identical request that was under way: it was sent once, and its attempts and its cost stand there.";
}

/** How an answer ended that did not come to its end; null for one that did, and where nothing was written. */
export function endWords(decision: Decision): string | null {
  if (isKept(decision)) return null;
  const last = decision.attempts.at(-1);
  if (last?.outcome === "cancelled") return "stopped";
  if (decision.answeredBy === null) return null;
  // Whoever left a request that others still wait for stopped before its end, whatever became of it.
  if (last === undefined || last.outcome === "done") return decision.finishReason === null ? "stopped" : null;
  return "broken off";
}

/** What failed before the answer, by name, for the line: `after alps/summit-2 failed twice`; `""` when nothing did. */
export function failedBeforeWords(decision: Decision): string {
  // What failed after a first answer that stands is said with the reason why it does.
  if (decision.answeredBy === null || isKept(decision)) return "";
  const by = fullModel(decision.answeredBy);
  const failed = decision.attempts
    .filter((attempt) => attempt.outcome === "failed")
    .map(fullModel)
    .filter((name) => endWords(decision) !== "broken off" || name !== by);
  const [first, second, ...others] = new Set(failed);
  if (first === undefined) return "";
  if (second !== undefined) {
    return `after ${others.length === 0 ? `${first} and ${second}` : `${first} and ${others.length + 1} others`} failed`;
  }
  const times = failed.length === 1 ? "" : failed.length === 2 ? " twice" : ` ${failed.length} times`;
  return `after ${first} failed${times}`;
}

/**
 * That an answer was begun again, after part of it was on the page: which routes broke off and how, and which one is
 * asked now. `reasons` name their routes themselves.
 */
export function restartWords(reasons: readonly string[], now: { providerId: string; modelId: string } | null): string {
  return `${reasons.join("; ")}. Started again${now === null ? "" : ` on ${fullModel(now)}`}.`;
}

/** The same of a finished answer, from its attempts; null when none broke off with part of it on the page. */
export function restartWordsOf({ attempts, answeredBy, escalated }: Decision): string | null {
  const found = escalated === undefined ? null : `${fullModel(escalated.from)}: ${escalated.words}`;
  if (found !== null && escalated?.kept !== undefined) return `${found}; ${escalated.kept}. The first answer stands.`;
  const last = attempts.findLastIndex((attempt) => attempt.firstTokenMs !== null);
  const shown = attempts.slice(0, Math.max(0, last)).filter((attempt) => attempt.firstTokenMs !== null);
  const broken = shown.filter((attempt) => attempt.outcome !== "done");
  const reasons = broken.map((attempt) => `${fullModel(attempt)}: ${breakWords(attempt.failure)}`);
  // It stands where the first answer ended: behind those that broke off before it.
  const at = shown.findIndex((attempt) => attempt.outcome === "done");
  if (found !== null) reasons.splice(Math.max(at, 0), 0, found);
  return reasons.length === 0 ? null : restartWords(reasons, answeredBy);
}

function breakWords(failure: Attempt["failure"]): string {
  switch (failure?.kind) {
    case "stall":
      return `stalled for ${seconds(failure.waitedMs).replace(".0", "")}`;
    case "truncated":
      return "cut off before its end";
    case "network":
      return "connection reset";
    default:
      return "broke off";
  }
}
