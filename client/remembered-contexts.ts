import type { ContextChip, ContextItem } from "../shared/answer.ts";

/** Reads what goes with a question; called only once it is sure that the question is asked. */
export type Gather = () => Promise<ContextItem[]>;

/** What went with the latest questions, so that asking again sends what the first try did. */
export interface RememberedContexts {
  remember(turnId: string, gather: Gather): void;
  /** The context of this turn: as it was sent when that is remembered, else what its chips name now. */
  of(turn: { id: string; context: readonly ContextChip[] }): Gather;
}

/** A retry comes soon after its question or not at all; whole files are too much to keep many of. */
const MAX_REMEMBERED = 20;

/** `gatherAgain` reads what a chip names; null when that is not there any more. */
export function createRememberedContexts(
  gatherAgain: (chip: ContextChip) => Promise<ContextItem | null>,
): RememberedContexts {
  const contexts = new Map<string, Gather>();
  return {
    remember(turnId, gather) {
      contexts.delete(turnId);
      contexts.set(turnId, gather);
      const [oldest] = contexts.keys();
      if (contexts.size > MAX_REMEMBERED && oldest !== undefined) contexts.delete(oldest);
    },
    of({ id, context }) {
      return (
        contexts.get(id) ?? (async () => (await Promise.all(context.map(gatherAgain))).filter((item) => item !== null))
      );
    },
  };
}
