import type { Database } from "./database.ts";

/** Adds settled attempts to the sums of the report, a moment after each settlement, which waits for the disk with less. */
export interface Posting {
  /** Resolves when all that is settled by now is posted. Rejects with a ledger failure. */
  now(): Promise<void>;
  later(): void;
  /** Posts what is due with the last writes. */
  close(): void;
}

/** Settlements of so long are posted together; nobody waits for it. */
const POST_AFTER_MS = 50;

/** `onPosted`: the sums are others than before. */
export function createPosting(database: Database, onPosted: () => void = () => undefined): Posting {
  const mark = database.prepare("UPDATE attempts SET posted = 1 WHERE posted = 0 AND outcome IS NOT NULL");
  let timer: NodeJS.Timeout | null = null;
  const post = async (): Promise<void> => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    let isAny = false;
    await database.write("normal", () => {
      isAny = mark.run().changes > 0;
    });
    if (isAny) onPosted();
  };
  // What cannot be posted now is still found by its index, after the next settlement or when a report is asked for.
  const quietly = (): void => void post().catch(() => undefined);
  return {
    now: post,
    later() {
      timer ??= setTimeout(quietly, POST_AFTER_MS).unref();
    },
    close() {
      if (timer !== null) quietly();
    },
  };
}
