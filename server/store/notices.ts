import type { Database } from "./database.ts";

/** What a person is told once on this host, whichever window comes to tell it first. */
export interface Notices {
  /** True for the first who asks, ever or on the person's day: that one tells. Rejects with a ledger failure. */
  takeNotice(notice: string, once: "ever" | "a day"): Promise<boolean>;
}

/** A notice is about a day or a file; older than this it tells nobody anything, and comes again only with its reason. */
const KEPT_MS = 400 * 24 * 60 * 60_000;

export function createNotices(database: Database, { now, today }: { now: () => number; today: () => string }): Notices {
  const given = database.prepare("SELECT 1 FROM notices WHERE notice = ?");
  const add = database.prepare("INSERT INTO notices (notice, given_at_ms) VALUES (?, ?) ON CONFLICT DO NOTHING");
  const forget = database.prepare("DELETE FROM notices WHERE given_at_ms < ?");
  return {
    async takeNotice(words, once) {
      const notice = once === "ever" ? words : `${today()} ${words}`;
      // Nearly always it was told, and then nobody's lock is taken.
      if (database.read(() => given.get(notice)) !== undefined) return false;
      return database.write("normal", () => {
        forget.run(now() - KEPT_MS);
        return Number(add.run(notice, now()).changes) > 0;
      });
    },
  };
}
