import { type Failure, failureOf } from "../../shared/failure.ts";
import type { BudgetWarning } from "../../shared/protocol.ts";
import type { Budget } from "../core/budget.ts";
import type { Ledger } from "../store/ledger.ts";

/** Tells when caps reach the marks of `wayfare.budget.warnAt`. */
export interface BudgetWarner {
  /** After a settlement: looks which marks were reached. Never throws; looks once more if called while it looks. */
  settled(): void;
  /** Resolves when no look is under way. */
  idle(): Promise<void>;
}

/** The ledger gives each mark once in a period, whichever window of the host asks first. */
export function createBudgetWarner(deps: {
  /** null while the books are not open. */
  ledger(): Pick<Ledger, "takeWarnings"> | null;
  budget(): Budget;
  /** The workspace of the books. */
  workspace: string;
  onWarning(warning: BudgetWarning): void;
  /** The marks could not be read. Called once until they can be read again. */
  onFault(failure: Failure): void;
}): BudgetWarner {
  let looking: Promise<void> | null = null;
  let isAskedAgain = false;
  let isFaulty = false;

  const look = async (): Promise<void> => {
    const { caps, completionCaps, warnAt } = deps.budget();
    const all = [...caps, ...completionCaps].filter((cap) => cap.isUnreadable !== true);
    const ledger = deps.ledger();
    if (ledger === null || all.length === 0 || warnAt.length === 0) return;
    try {
      const warnings = await ledger.takeWarnings(all, deps.workspace, warnAt);
      isFaulty = false;
      for (const warning of warnings) deps.onWarning(warning);
    } catch (error) {
      if (!isFaulty) deps.onFault(failureOf(error));
      isFaulty = true;
    }
  };

  const lookUntilDone = async (): Promise<void> => {
    do {
      isAskedAgain = false;
      await look();
    } while (isAskedAgain);
    looking = null;
  };

  return {
    settled() {
      isAskedAgain = true;
      looking ??= lookUntilDone();
    },
    idle: async () => {
      await looking;
    },
  };
}
