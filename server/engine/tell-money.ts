import type { Attempt } from "../../shared/answer.ts";
import { type Failure, failureOf } from "../../shared/failure.ts";
import type { MoneyNotice } from "../../shared/protocol.ts";
import type { Budget } from "../core/budget.ts";
import { billedBeyondNotice, bookedLaterNotice, lossNotice, networkDriveNotice } from "../core/money-notices.ts";
import type { Ledger } from "../store/ledger.ts";
import type { Loss } from "../store/losses.ts";

/** Tells a person what is odd about their money, each thing once on this host. */
export interface MoneyTeller {
  /** After a settlement, on a tick, and when the books were opened: looks for money that is booked for later days. Never throws. */
  look(): void;
  /** After an attempt: looks whether it cost more than was held. Never throws. */
  attempted(attempt: Pick<Attempt, "providerId" | "modelId" | "costNano" | "heldNano">, simulated: boolean): void;
  /** Resolves when nothing is being looked up. */
  idle(): Promise<void>;
}

type AskedLedger = Pick<Ledger, "bookedLater" | "takeNotice" | "losses">;

export function createMoneyTeller(deps: {
  /** null while the books are not open. */
  ledger(): AskedLedger | null;
  /** The ledger's file as messages name it. */
  path(): string;
  /** The kind of network drive it lies on, or null. */
  drive(): string | null;
  budget(): Pick<Budget, "caps" | "completionCaps">;
  onNotice(notice: MoneyNotice): void;
  /** The books could not be asked. Called once until they can be asked again. */
  onFault(failure: Failure): void;
}): MoneyTeller {
  let telling: Promise<void> = Promise.resolve();
  let isFaulty = false;
  /** One for each damaged file there ever was. */
  const told = new Set<string>();

  const guarded = (run: (ledger: AskedLedger) => Promise<void>): void => {
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

  const tellLoss = async (ledger: AskedLedger, loss: Loss): Promise<void> => {
    const { setAside, isSettled } = loss;
    // What is left to a person is said in every window, for it is in the way in every one.
    if (told.has(setAside) || (isSettled && !(await ledger.takeNotice(`set aside ${setAside}`, "ever")))) return;
    told.add(setAside);
    const message = lossNotice({ path: deps.path(), ...loss });
    deps.onNotice(isSettled ? { message } : { message, action: "startAnew" });
  };

  return {
    look: () =>
      guarded(async (ledger) => {
        const drive = deps.drive();
        if (drive !== null && (await ledger.takeNotice(`lies on ${drive}`, "ever"))) {
          deps.onNotice({ message: networkDriveNotice({ path: deps.path(), drive }) });
        }
        for (const loss of ledger.losses()) await tellLoss(ledger, loss);
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
