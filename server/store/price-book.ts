import * as z from "zod";
import type { HeldBack } from "../core/judge-prices.ts";
import type { Database } from "./database.ts";
import { jsonColumn } from "./json-column.ts";
import { listedModelSchema } from "./model-lists.ts";

/** What is known of prices beside the providers' lists: for every window of the host, and for the next start. */
export interface PriceBook {
  /** What of each source's newest list is not believed; `origin` is empty for the list that comes with Wayfare. */
  held(): HeldPrices[];
  /** null: nothing of it any more. The same again keeps its date. Rejects with a ledger failure. */
  setHeld(source: string, origin: string, heldBack: HeldBack | null, nowMs: number): Promise<void>;
  /** The list that comes with Wayfare as it was read anew; null when none was, or by another version of Wayfare. */
  readData(version: string): { body: string; asOfMs: number } | null;
  /** Replaces it. Rejects with a ledger failure. */
  saveData(data: { body: string; asOfMs: number; version: string }): Promise<void>;
  /**
   * Notes what routes cost and gives those that cost something else when it was last noted, with what that was. Of all
   * windows of the host, one is given each change. Rejects with a ledger failure.
   */
  note(prices: readonly NotedPrice[], nowMs: number): Promise<{ name: string; before: string }[]>;
}

export interface HeldPrices {
  source: string;
  origin: string;
  sinceMs: number;
  heldBack: HeldBack;
}

export interface NotedPrice {
  /** Unique for a route at its address. */
  name: string;
  /** As text; null: forget it, for there is no list whose change would be news. */
  price: string | null;
}

/** Far more than a person sets up; beyond it those that were noted longest ago go. */
const MOST_NOTED = 500;
const MOST_HELD = 100;

export function createPriceBook(database: Database): PriceBook {
  const listHeld = database.prepare("SELECT source, origin, since_ms, body FROM held_prices ORDER BY source, origin");
  const findHeld = database.prepare("SELECT since_ms, body FROM held_prices WHERE source = ? AND origin = ?");
  const putHeld = database.prepare("INSERT OR REPLACE INTO held_prices VALUES (?, ?, ?, ?)");
  const dropHeld = database.prepare("DELETE FROM held_prices WHERE source = ? AND origin = ?");
  const findData = database.prepare("SELECT body, as_of_ms FROM price_data WHERE version = ?");
  const dropData = database.prepare("DELETE FROM price_data");
  const putData = database.prepare("INSERT INTO price_data VALUES (?, ?, ?)");
  const findNoted = database.prepare("SELECT price FROM noted_prices WHERE name = ?");
  const putNoted = database.prepare("INSERT OR REPLACE INTO noted_prices VALUES (?, ?, ?)");
  const dropNoted = database.prepare("DELETE FROM noted_prices WHERE name = ?");
  const trimNoted = database.prepare(
    `DELETE FROM noted_prices WHERE name IN
       (SELECT name FROM noted_prices ORDER BY noted_at_ms DESC, name LIMIT -1 OFFSET ${MOST_NOTED})`,
  );

  return {
    held() {
      const rows = database.read(() => listHeld.all());
      // A row that a later version wrote says nothing to this one.
      return rows.slice(0, MOST_HELD).flatMap((row) => {
        const { data } = heldRowSchema.safeParse(row);
        return data === undefined
          ? []
          : [{ source: data.source, origin: data.origin, sinceMs: data.since_ms, heldBack: data.body }];
      });
    },
    async setHeld(source, origin, heldBack, nowMs) {
      const body = heldBack === null ? null : JSON.stringify(heldBack);
      await database.write("normal", () => {
        const before = sinceSchema.safeParse(findHeld.get(source, origin)).data;
        if (body === null) dropHeld.run(source, origin);
        else if (before?.body !== body) putHeld.run(source, origin, nowMs, body);
      });
    },
    readData(version) {
      const { data } = dataRowSchema.safeParse(database.read(() => findData.get(version)));
      return data === undefined ? null : { body: data.body, asOfMs: data.as_of_ms };
    },
    async saveData({ body, asOfMs, version }) {
      await database.write("normal", () => {
        dropData.run();
        putData.run(version, asOfMs, body);
      });
    },
    note(prices, nowMs) {
      return database.write("normal", () => {
        const changed: { name: string; before: string }[] = [];
        for (const { name, price } of prices) {
          const before = notedSchema.safeParse(findNoted.get(name)).data?.price;
          if (price === null) {
            if (before !== undefined) dropNoted.run(name);
          } else if (before !== price) {
            putNoted.run(name, price, nowMs);
            if (before !== undefined) changed.push({ name, before });
          }
        }
        trimNoted.run();
        return changed;
      });
    },
  };
}

const heldBackSchema = z.object({
  why: z.string().nullable(),
  changes: z.array(z.object({ id: z.string(), words: z.string() })),
  rows: z.array(listedModelSchema),
  isWhole: z.boolean(),
  raw: z.string().optional(),
});
const heldRowSchema = z.object({
  source: z.string(),
  origin: z.string(),
  since_ms: z.number(),
  body: jsonColumn(heldBackSchema),
});
const sinceSchema = z.object({ since_ms: z.number(), body: z.string() });
const dataRowSchema = z.object({ body: z.string(), as_of_ms: z.number() });
const notedSchema = z.object({ price: z.string() });
