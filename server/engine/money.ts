import { FailureError } from "../../shared/failure.ts";
import type { Budget, Calendar, Cap } from "../core/budget.ts";
import type { Books } from "./books.ts";
import type { UseCases } from "./use-cases.ts";

/** What a person may ask about money, and when their day begins. */
export interface Money extends Pick<UseCases, "spend" | "raiseCap" | "startAnew" | "heldMoney" | "releaseHeld"> {
  /** Tells the books when days begin: after new settings, and after the books were opened. */
  setCalendar(): void;
}

/** Stands between what a person asks about money and the books, which may be closed. */
export function createMoney(deps: {
  books: Pick<Books, "store" | "failure">;
  budget(): Budget;
  /** IANA name of the person's time zone, as the window knows it. */
  timeZone(): string;
  /** The workspace of the books. */
  workspace: string;
  /** The money is another than before. */
  onChange(): void;
}): Money {
  const { books, workspace } = deps;
  const caps = (): Cap[] => {
    const { caps: all, completionCaps } = deps.budget();
    return [...all, ...completionCaps];
  };
  const open = () => {
    const store = books.store();
    if (store !== null) return store;
    throw new FailureError(
      books.failure() ?? { kind: "ledger", message: 'The books are not open. Run "Wayfare: Restart Server".' },
    );
  };
  const spend = () =>
    books.store()?.ledger.spend(caps(), workspace) ?? { real: emptyBook(), simulated: emptyBook(), caps: [] };

  return {
    spend,
    async raiseCap({ capId, addNano }) {
      const cap = caps().find(({ id }) => id === capId);
      if (cap === undefined) {
        throw new FailureError({
          kind: "setup",
          field: "wayfare.budget",
          message: `There is no cap "${capId}" now: its setting was changed or removed.`,
        });
      }
      if (cap.isUnreadable === true) {
        throw new FailureError({
          kind: "setup",
          field: cap.setting,
          message: `${cap.setting} cannot be read, so there is nothing to raise. Correct it in the settings.`,
        });
      }
      await open().ledger.raise(cap, workspace, addNano);
      deps.onChange();
      return spend();
    },
    async startAnew() {
      await open().ledger.acceptLosses();
      deps.onChange();
      return spend();
    },
    heldMoney: () => open().ledger.held(),
    async releaseHeld(attemptIds) {
      const released = await open().ledger.release(attemptIds);
      deps.onChange();
      return released;
    },
    setCalendar() {
      const { calendar } = deps.budget();
      const known: Calendar = { ...calendar, timeZone: calendar.timeZone ?? deps.timeZone() };
      books.store()?.ledger.setCalendar(known);
    },
  };
}

function emptyBook() {
  return { spentNano: 0, heldNano: 0, unknown: 0, rows: [] };
}
