/** What a cheap answer shows of itself once it is there. Shares are 0 to 1. */
export interface VisibleEvidence {
  /** Its code does not parse, or there is none where some was asked for. */
  isBroken: boolean;
  /** Examples or tests were run on it. */
  wasRun: boolean;
  failedShare: number;
  crashed: boolean;
  timedOut: boolean;
  /** Whether a failure says something: tests do, and examples that hold for the code as it was; others only by crashing. */
  isTrusted: boolean;
}

/** Whether something is wrong to see. Pure. */
export function isVisiblyWrong({
  isBroken,
  wasRun,
  failedShare,
  crashed,
  timedOut,
  isTrusted,
}: VisibleEvidence): boolean {
  return isBroken || (wasRun && (crashed || timedOut || (isTrusted && failedShare > 0)));
}

/**
 * The order in which cheap answers are to be asked again of the frontier; higher comes sooner. Visible failures come before
 * all others, the likelier the frontier is right the sooner, and of equals the one that fails more; the others follow by
 * what was foreseen. Chances are 0 to 1. Pure.
 */
export function evidenceOrder(seen: VisibleEvidence, foreseen: { cheapRight: number; frontierRight: number }): number {
  const { cheapRight, frontierRight } = foreseen;
  if (!isVisiblyWrong(seen)) return frontierRight - cheapRight;
  return 2 + frontierRight + 0.1 * (seen.isBroken ? 1 : seen.failedShare);
}
