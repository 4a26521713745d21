import { FailureError } from "../../shared/failure.ts";
import type { Store } from "../store/open-store.ts";
import type { Audit } from "./audit.ts";
import type { Books } from "./books.ts";
import { createReport, daysOf } from "./report.ts";
import type { UseCases } from "./use-cases.ts";

/** What "Wayfare: Costs" asks for. */
export function createCosts(deps: {
  books: Pick<Books, "store" | "failure">;
  audit: Pick<Audit, "accepted" | "idle">;
  /** Milliseconds since 1970. */
  now(): number;
  workspace: string;
  hostLabel: string;
  /** `wayfare.quality` as it is now. */
  quality(): number;
  /** History was deleted: the money of today is shown anew. */
  onDeleted(): void;
}): Pick<UseCases, "report" | "explainRequest" | "exportCosts" | "deleteCosts" | "acceptedCode"> {
  const { books, audit, now, workspace, hostLabel, quality } = deps;
  const open = (): Store => {
    const store = books.store();
    if (store !== null) return store;
    throw new FailureError(books.failure() ?? { kind: "ledger", message: "The books are not open. Restart Wayfare." });
  };
  /** Open, and with everything in it that has happened. */
  const upToDate = async (): Promise<Store> => {
    const store = open();
    await audit.idle();
    await store.ledger.post();
    return store;
  };
  const report = createReport({ store: open, now, workspace, hostLabel, quality });
  return {
    async report(params) {
      await upToDate();
      return report(params);
    },
    async explainRequest(requestId) {
      return (await upToDate()).requests.read(requestId);
    },
    async exportCosts({ range, book, workspace: only, format, path }) {
      const store = await upToDate();
      const days = daysOf(range, store.ledger.dayOf(now()), () => store.report.firstDay(book));
      return store.exportCosts({ book, workspace: only, ...days }, { format, path });
    },
    async deleteCosts(params) {
      const { requests } = await upToDate();
      try {
        return await requests.deleteDays(params);
      } finally {
        deps.onDeleted();
      }
    },
    acceptedCode: ({ turnId, lines, how }) => audit.accepted({ requestId: turnId, lines, how }),
  };
}
