import { type NanoUsd, usdFromNano } from "../../shared/money.ts";
import type { CapState } from "../../shared/protocol.ts";
import { ENDPOINT_BOOK } from "./relay.ts";

/** What a book of the endpoint spent in a day or a month. `workspace` is its name in the ledger. */
export interface BookSums {
  workspace: string;
  spentNano: NanoUsd;
  requests: number;
  /** Attempts whose cost nobody knows; they are no part of what was spent. */
  unknown: number;
}

/** The answer of `GET /wayfare/spend`. Amounts are in USD, and nothing simulated is among them. */
export interface EndpointSpend {
  /** YYYY-MM-DD, as the settings say when a day of spending begins. */
  day: string;
  /** YYYY-MM */
  month: string;
  today: Sums;
  thisMonth: Sums;
  /** Those over all books, with what the editor spent under them. */
  caps: Capped[];
  books: {
    /** null: the endpoint's own, of requests that name none. */
    name: string | null;
    today: Sums;
    thisMonth: Sums;
    /** Those of this book alone. */
    caps: Capped[];
  }[];
  /** Books beyond the most that are told; their sums are in those above. */
  booksLeftOut: number;
}

interface Sums {
  spentUsd: number;
  requests: number;
  /** Attempts whose cost nobody knows; they are no part of `spentUsd`. */
  ofUnknownCost: number;
}

interface Capped {
  setting: string;
  period: CapState["period"];
  limitUsd: number;
  spentUsd: number;
  heldUsd: number;
  /** What stands in the setting is no amount: nothing that costs is sent until it is mended. */
  isUnreadable?: true;
}

/** A client may name as many books as it likes, and each cap is read for each of them. */
const MOST_BOOKS = 200;

/**
 * Puts together what the endpoint spent. `known` are books that are told although nothing was asked of them, `null` the
 * endpoint's own: they come first, then those that spent the most this month. `capsOf` gives all caps of a book as they stand.
 */
export function describeEndpointSpend(facts: {
  day: string;
  today: readonly BookSums[];
  thisMonth: readonly BookSums[];
  known: readonly (string | null)[];
  capsOf(name: string | null): readonly CapState[];
}): EndpointSpend {
  const today = byName(facts.today);
  const thisMonth = byName(facts.thisMonth);
  const spender = [...thisMonth].sort(([, a], [, b]) => b.spentNano - a.spentNano).map(([name]) => name);
  const names = [...new Set([...facts.known, ...spender, ...today.keys()])];
  const told = names.slice(0, MOST_BOOKS).map((name) => ({ name, caps: facts.capsOf(name) }));
  return {
    day: facts.day,
    month: facts.day.slice(0, 7),
    today: sumsOf(facts.today),
    thisMonth: sumsOf(facts.thisMonth),
    caps: (told[0]?.caps ?? []).filter(({ scope }) => scope !== "workspace").map(capped),
    books: told.map(({ name, caps }) => ({
      name,
      today: sumsOf(listOf(today.get(name))),
      thisMonth: sumsOf(listOf(thisMonth.get(name))),
      caps: caps.filter(({ scope }) => scope === "workspace").map(capped),
    })),
    booksLeftOut: names.length - told.length,
  };
}

function byName(books: readonly BookSums[]): ReadonlyMap<string | null, BookSums> {
  return new Map(
    books.map((each) => [
      each.workspace === ENDPOINT_BOOK ? null : each.workspace.slice(`${ENDPOINT_BOOK}:`.length),
      each,
    ]),
  );
}

function listOf(sums: BookSums | undefined): BookSums[] {
  return sums === undefined ? [] : [sums];
}

function sumsOf(books: readonly BookSums[]): Sums {
  const sum = (amount: (each: BookSums) => number): number => books.reduce((all, each) => all + amount(each), 0);
  return {
    spentUsd: usdFromNano(sum(({ spentNano }) => spentNano)),
    requests: sum(({ requests }) => requests),
    ofUnknownCost: sum(({ unknown }) => unknown),
  };
}

function capped({ setting, period, limitNano, spentNano, heldNano, isUnreadable }: CapState): Capped {
  return {
    setting,
    period,
    limitUsd: usdFromNano(limitNano),
    spentUsd: usdFromNano(spentNano),
    heldUsd: usdFromNano(heldNano),
    ...(isUnreadable === true ? { isUnreadable } : {}),
  };
}
