import { type Failure, failureOf } from "../../shared/failure.ts";
import type { Spend } from "../../shared/protocol.ts";

/** Keeps the other side's sum right. */
export interface SpendTeller {
  /** After a settlement: tells the sum if it is another than was told last. Never throws. */
  tell(): void;
  stop(): void;
}

/** What other windows spend, and midnight, are seen this late at most. */
const LOOK_EVERY_MS = 30_000;

/**
 * Tells today's money whenever it changed: after each settlement of this process, and on a tick that also sees what other
 * windows spent, what was settled for dead ones, and the day's end. The tick does not keep the process alive.
 */
export function createSpendTeller(deps: {
  spend(): Spend;
  send(spend: Spend): void;
  /** Whenever it may be another, also where it is not: what is counted beside it is looked at with it. */
  onLook?(): void;
  /** The sum could not be read. Called once until it can be read again. */
  onFault(failure: Failure): void;
}): SpendTeller {
  let told = "";
  let isFaulty = false;
  const tell = (): void => {
    try {
      const spend = deps.spend();
      isFaulty = false;
      const text = JSON.stringify(spend);
      if (text !== told) {
        told = text;
        deps.send(spend);
      }
    } catch (error) {
      if (!isFaulty) deps.onFault(failureOf(error));
      isFaulty = true;
    }
    deps.onLook?.();
  };
  const ticking = setInterval(tell, LOOK_EVERY_MS);
  ticking.unref();
  return { tell, stop: () => clearInterval(ticking) };
}
