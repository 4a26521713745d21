import type { Classification, Tier, Turn } from "../../shared/answer.ts";

/**
 * A conversation stays on its tier: its prompt is cached there, and a follow-up ("and now the same for the other file")
 * looks simpler than it is. It is weighed afresh at its first turn, after a turn that the person steered or that failed,
 * and when the new question calls for frontier. `earlier` is oldest first.
 */
export function keepTier(classification: Classification, earlier: readonly Turn[]): Classification {
  const tier = tierOf(earlier.at(-1));
  if (tier === null || tier === classification.tier || classification.tier === "frontier") return classification;
  return {
    ...classification,
    tier,
    reasons: [
      { feature: "conversation", words: `this conversation is on the ${tier} tier`, weight: 1 },
      ...classification.reasons,
    ],
  };
}

/** The tier a turn was routed to by itself; null when it says nothing about the next one. */
function tierOf(turn: Turn | undefined): Tier | null {
  if (turn === undefined || turn.state === "failed" || turn.state === "interrupted") return null;
  if (turn.decision === null || turn.decision.mode !== "auto") return null;
  return turn.decision.classification?.tier ?? null;
}
