import type { Classification, Turn } from "../../shared/answer.ts";

/**
 * A conversation that was routed to frontier stays there: its prompt is cached, and a follow-up ("and now the other
 * file") looks simpler than it is. It is weighed afresh after a turn that the person steered or that failed, and a cheap
 * conversation goes up as soon as a question calls for it. `earlier` is oldest first.
 */
export function keepTier(classification: Classification, earlier: readonly Turn[]): Classification {
  const last = earlier.at(-1);
  const isSettled = last !== undefined && (last.state === "done" || last.state === "cancelled");
  const wasFrontier = last?.decision?.mode === "auto" && last.decision.classification?.tier === "frontier";
  if (!isSettled || !wasFrontier || classification.tier === "frontier") return classification;
  return {
    ...classification,
    tier: "frontier",
    reasons: [{ feature: "conversation", words: KEPT, weight: 1 }, ...classification.reasons],
  };
}

/** The reason shown for a kept tier, and the clause on the answer's line. */
export const KEPT = "this conversation is on frontier";
