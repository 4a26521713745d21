import * as z from "zod";
import { tierSchema } from "../../shared/answer.ts";
import type { Book, Spend } from "../../shared/protocol.ts";
import type { BookSums } from "../core/endpoint-spend.ts";
import type { Database } from "./database.ts";
import { periodOf } from "./period-of.ts";

/**
 * Makes the function that reads both books of a day (YYYY-MM-DD), posted or not, for use inside a read. `workspace` is the
 * one whose part is told; without it none is.
 */
export function createSpendBook(
  database: Database,
): (day: string, workspace: string | undefined) => Pick<Spend, "real" | "simulated"> {
  const sum = (column: string) => `MIN(SUM(${column}), ${Number.MAX_SAFE_INTEGER}) AS ${column}`;
  const ofDay = database.prepare(
    `SELECT book, tier, provider_id, model_id, ${["spent_nano", "unknown", "answers"].map(sum).join(", ")}
     FROM (SELECT book, tier, provider_id, model_id, spent_nano, unknown,
           iif(kind = 'endpoint', attempts - failed_attempts - stopped_attempts, answers) AS answers FROM report_totals
         WHERE span = 'day' AND day = ?1
       UNION ALL SELECT book, tier, provider_id, model_id, ifnull(cost_nano, 0), cost_nano IS NULL,
           outcome = 'done' AND kind IN ('chat', 'endpoint')
         FROM attempts WHERE posted = 0 AND outcome IS NOT NULL AND day = ?1) GROUP BY book, tier, provider_id, model_id`,
  );
  const ofPeriod = database.prepare(
    `SELECT MIN(TOTAL(held_nano), ${Number.MAX_SAFE_INTEGER}) AS held,
       MIN(TOTAL(iif(workspace = ?3, spent_nano, 0)), ${Number.MAX_SAFE_INTEGER}) AS here
     FROM period_totals WHERE book = ?1 AND period = ?2`,
  );
  return (day, workspace) => {
    const rows = z.array(rowSchema).parse(ofDay.all(day));
    const book = (name: "real" | "simulated"): Book => {
      const { held, here } = periodSchema.parse(ofPeriod.get(name, day, workspace ?? ""));
      const all = bookOf(rows.filter((row) => row.book === name));
      return {
        ...all,
        heldNano: held,
        ...(workspace === undefined || here === all.spentNano ? {} : { hereNano: here }),
      };
    };
    return { real: book("real"), simulated: book("simulated") };
  };
}

/** Makes the function that reads what other tools spent and asked for on a day through the endpoint, for use inside a read. */
export function createEndpointBook(database: Database): (day: string) => { spentNano: number; requests: number } {
  const spent = database.prepare(
    `SELECT MIN(TOTAL(spent_nano), ${Number.MAX_SAFE_INTEGER}) AS sum FROM period_totals
     WHERE book = 'real' AND period = ? AND kind = 'endpoint'`,
  );
  const asked = database.prepare(
    "SELECT TOTAL(requests) AS sum FROM report_totals WHERE span = 'day' AND day = ? AND kind = 'endpoint' AND book = 'real'",
  );
  return (day) => ({
    spentNano: sumSchema.parse(spent.get(day)).sum,
    requests: sumSchema.parse(asked.get(day)).sum,
  });
}

/** Makes the function that reads the same of each book, on a day and in its month, for use inside a read. */
export function createEndpointBooks(database: Database): (day: string) => { today: BookSums[]; thisMonth: BookSums[] } {
  const spent = database.prepare(
    `SELECT workspace, MIN(spent_nano, ${Number.MAX_SAFE_INTEGER}) AS spent_nano FROM period_totals
     WHERE book = 'real' AND period = ? AND kind = 'endpoint'`,
  );
  const asked = database.prepare(
    `SELECT workspace, TOTAL(requests) AS requests, TOTAL(unknown) AS unknown FROM report_totals
     WHERE span = ? AND day = ? AND book = 'real' AND kind = 'endpoint' GROUP BY workspace`,
  );
  const sums = (period: string, span: "day" | "month", firstDay: string): BookSums[] => {
    const found = new Map<string, BookSums>();
    for (const row of z.array(spentRowSchema).parse(spent.all(period))) {
      const { workspace, spent_nano: spentNano } = row;
      found.set(workspace, { workspace, spentNano, requests: 0, unknown: 0 });
    }
    for (const { workspace, requests, unknown } of z.array(askedRowSchema).parse(asked.all(span, firstDay))) {
      found.set(workspace, { workspace, spentNano: found.get(workspace)?.spentNano ?? 0, requests, unknown });
    }
    return [...found.values()];
  };
  return (day) => {
    const month = periodOf("monthly", day);
    return { today: sums(day, "day", day), thisMonth: sums(month, "month", `${month}-01`) };
  };
}

const spentRowSchema = z.object({ workspace: z.string(), spent_nano: z.number() });
const askedRowSchema = z.object({ workspace: z.string(), requests: z.number(), unknown: z.number() });

const sumSchema = z.object({ sum: z.number() });

const rowSchema = z.object({
  book: z.string(),
  tier: z.string(),
  provider_id: z.string(),
  model_id: z.string(),
  spent_nano: z.number(),
  unknown: z.number(),
  answers: z.number(),
});
const periodSchema = z.object({ held: z.number(), here: z.number() });

function bookOf(rows: readonly z.infer<typeof rowSchema>[]): Omit<Book, "heldNano"> {
  const sum = (amount: (row: (typeof rows)[number]) => number) => rows.reduce((total, row) => total + amount(row), 0);
  return {
    spentNano: sum((row) => row.spent_nano),
    unknown: sum((row) => row.unknown),
    rows: rows
      // A model that only failed, for nothing, is no line of a bill.
      .filter((row) => row.answers > 0 || row.unknown > 0 || row.spent_nano > 0)
      .flatMap((row) => {
        // Money of a tier that only a later version knows counts, though it has no line here.
        const tier = tierSchema.safeParse(row.tier);
        if (!tier.success) return [];
        // Nothing known beside something unknown is not "$0".
        const costNano = row.unknown > 0 && row.spent_nano === 0 ? null : row.spent_nano;
        const { provider_id: providerId, model_id: modelId, answers } = row;
        return [{ tier: tier.data, providerId, modelId, costNano, answers }];
      })
      .sort(
        (a, b) => (b.costNano ?? -1) - (a.costNano ?? -1) || b.answers - a.answers || compare(a.modelId, b.modelId),
      ),
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
