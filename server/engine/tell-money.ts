import type { Attempt } from "../../shared/answer.ts";
import { type Failure, failureOf } from "../../shared/failure.ts";
import type { MoneyNotice } from "../../shared/protocol.ts";
import type { Budget } from "../core/budget.ts";
import { billedBeyondNotice, bookedLaterNotice } from "../core/money-notices.ts";
import type { Ledger } from "../store/ledger.ts";

/** Tells a person what is odd about their money, each thing once on this host. */
export interface MoneyTeller {
  /** After a settlement, on a tick, and when the books were opened: looks for money that is booked for later days. Never throws. */
  look(): void;
  /** After an attempt: looks whether it cost more than was held. Never throws. */
  attempted(attempt: Pick<Attempt, "providerId" | "modelId" | "costNano" | "heldNano">, simulated: boolean): void;
  /** Resolves when nothing is being looked up. */
  idle(): Promise<void>;
}

export function createMoneyTeller(deps: {
  /** null while the books are not open. */
  ledger(): Pick<Ledger, "bookedLater" | "takeNotice"> | null;
  budget(): Pick<Budget, "caps" | "completionCaps">;
  onNotice(notice: MoneyNotice): void;
  /** The books could not be asked. Called once until they can be asked again. */
  onFault(failure: Failure): void;
}): MoneyTeller {
  let telling: Promise<void> = Promise.resolve();
  let isFaulty = false;

  const guarded = (run: (ledger: Pick<Ledger, "bookedLater" | "takeNotice">) => Promise<void>): void => {
    telling = telling.then(async () => {
      const ledger = deps.ledger();
      if (ledger === null) return;
      try {
        await run(ledger);
        isFaulty = false;
      } catch (error) {
        if (!isFaulty) deps.onFault(failureOf(error));
        isFaulty = true;
      }
    });
  };

  return {
    look: () =>
      guarded(async (ledger) => {
        const { caps, completionCaps } = deps.budget();
        if (caps.length + completionCaps.length === 0) return;
        const later = ledger.bookedLater();
        if (later === null || !(await ledger.takeNotice(`booked for ${later.lastDay}`, "ever"))) return;
        deps.onNotice({ message: bookedLaterNotice(later) });
      }),

    attempted({ providerId, modelId, costNano, heldNano }, simulated) {
      // Where nothing was held there was no bound: the price was not known, or the model was said to be free.
      if (simulated || costNano === null || heldNano === 0 || costNano <= heldNano) return;
      const route = `${providerId}/${modelId}`;
      guarded(async (ledger) => {
        if (!(await ledger.takeNotice(`${route} billed beyond what was held`, "a day"))) return;
        deps.onNotice({ message: billedBeyondNotice({ route, costNano, heldNano }) });
      });
    },

    idle: () => telling,
  };
}
