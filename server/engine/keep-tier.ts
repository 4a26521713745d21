import type { Classification, Tier, Turn } from "../../shared/answer.ts";
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
 * the conversation there; after a failure, or a turn whose tier or model was picked by hand, it is weighed afresh.
 * `earlier` is oldest first.
 */
export function keepTier(weighed: Classification, earlier: readonly Turn[]): KeptTier {
  const last = earlier.at(-1);
  const decision = last?.decision ?? null;
  if (last === undefined || decision === null) return { classification: weighed, why: null };
  if (last.state === "failed" || last.state === "interrupted") {
    return { classification: withReason(weighed, "weighed afresh, since the last answer failed", 0), why: null };
  }
  const retriedOn = retriedTier(earlier);
  const tier = decision.mode === "auto" ? (decision.classification?.tier ?? null) : retriedOn;
  if (tier === null) return { classification: weighed, why: null };

  if (tier === "cheap" && (decision.unparsed ?? []).length > 0) {
    return moved(weighed, "frontier", "code of the last answer did not parse");
  }
  if (tier === "cheap" && weighed.tier === "frontier") {
    const classification = withReason(weighed, "harder than this conversation so far", 0);
    return { classification, why: `harder than before: ${describeWhy(weighed)}` };
  }
  if (weighed.tier === tier) return { classification: weighed, why: null };
  return moved(weighed, tier, retriedOn === null ? KEPT : `you asked again on ${tier}`);
}

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
