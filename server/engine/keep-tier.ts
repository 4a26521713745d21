import type { Classification, Tier, Turn } from "../../shared/answer.ts";
import type { FailureKind } from "../../shared/failure.ts";
import { describeWhy } from "../core/classify.ts";

/** A weighed question as its conversation lets it stand. */
export interface KeptTier {
  classification: Classification;
  /** The clause on the answer's line where the conversation had a say; null: what was weighed says it. */
  why: string | null;
}

/** The reason shown for a kept tier. */
const KEPT = "this conversation is on frontier";

/**
 * A conversation stays on its tier: its prompt is cached, and a follow-up ("and now the other file") looks simpler than it
 * is. It leaves it on evidence or at the person's word, and the reason says which: a harder question goes up; so does the
 * one after a cheap answer whose code did not parse; an answer that the person asked for again on the other tier moves
 * the conversation there; after an answer that failed, or a turn whose tier or model was picked by hand, it is weighed afresh.
 * Turns that nobody answered change nothing. `earlier` is oldest first.
 */
export function keepTier(weighed: Classification, earlier: readonly Turn[]): KeptTier {
  const lastIndex = earlier.findLastIndex(tellsOfAnswer);
  const last = earlier[lastIndex];
  const decision = last?.decision ?? null;
  if (last === undefined || decision === null) return { classification: weighed, why: null };
  if (hasFailedAnswer(last)) {
    return { classification: withReason(weighed, "weighed afresh, since the last answer failed", 0), why: null };
  }
  const retriedOn = retriedTier(earlier.slice(0, lastIndex + 1));
  const tier = decision.mode === "auto" ? (decision.classification?.tier ?? null) : retriedOn;
  if (tier === null) return { classification: weighed, why: null };

  if (tier === "cheap" && decision.escalated !== undefined && decision.escalated.kept === undefined) {
    return moved(weighed, "frontier", "the last question had to be escalated");
  }
  if (tier === "cheap" && (decision.unparsed ?? []).length > 0) {
    return moved(weighed, "frontier", "code of the last answer did not parse");
  }
  if (tier === "cheap" && decision.escalated !== undefined) {
    return moved(weighed, "frontier", decision.escalated.words);
  }
  if (tier === "cheap" && decision.applied?.because !== undefined) {
    return moved(weighed, "frontier", decision.applied.because);
  }
  if (tier === "cheap" && weighed.tier === "frontier") {
    const classification = withReason(weighed, "harder than this conversation so far", 0);
    return { classification, why: `harder than before: ${describeWhy(weighed)}` };
  }
  if (weighed.tier === tier) return { classification: weighed, why: null };
  return moved(weighed, tier, retriedOn === null ? KEPT : `you asked again on ${tier}`);
}

/**
 * True for a turn after which something is known of an answer. One that was refused before it was sent, that reached no
 * model, or that was stopped before the first word says nothing about how hard its question was.
 */
export function tellsOfAnswer(turn: Turn): boolean {
  return turn.answer.trim() !== "" || hasFailedAnswer(turn);
}

/** True where a model answered, and badly: with nothing, with what cannot be read, or with half of it. */
export function hasFailedAnswer({ state, answer, decision }: Turn): boolean {
  // Whose process died has no attempts written down; what had come of its answer shows that there was one.
  if (state === "interrupted") return answer.trim() !== "";
  if (state !== "failed") return false;
  return decision?.attempts.some(({ failure }) => failure !== null && aboutAnswers.has(failure.kind)) ?? false;
}

/** All others are about the way to the model, the key, the account, the limits or the money. */
const aboutAnswers: ReadonlySet<FailureKind> = new Set(["empty", "malformed", "truncated", "stall"]);

/** The tier on which the last question was asked a second time, by the person's wish; null where it was not. */
function retriedTier(earlier: readonly Turn[]): Tier | null {
  const [before, last] = earlier.slice(-2);
  const mode = last?.decision?.mode;
  if (before === undefined || last === undefined || before.question !== last.question) return null;
  return mode === "cheap" || mode === "frontier" ? mode : null;
}

function moved(weighed: Classification, tier: Tier, words: string): KeptTier {
  const weight = tier === "frontier" ? 1 : -1;
  return { classification: { ...withReason(weighed, words, weight), tier }, why: words };
}

function withReason(weighed: Classification, words: string, weight: number): Classification {
  return { ...weighed, reasons: [{ feature: "conversation", words, weight }, ...weighed.reasons] };
}
