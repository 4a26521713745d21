import { isFree, type RoutePrice } from "./price.ts";
import { changeWords, type RateChange, rateChanges } from "./price-words.ts";
import type { ListedModel } from "./provider.ts";

/** What of a new list is not believed until the person says so. */
export interface HeldBack {
  /** Why the list, or all of its prices, is not believed, in the middle of a sentence; null: only single prices. */
  why: string | null;
  /** "gpt-x: input $2.50 → $25"; of the prices that moved too far. */
  changes: { id: string; words: string }[];
  /** The rows as the list has them. */
  rows: readonly ListedModel[];
  /** They are the whole list, not rows of it. */
  isWhole: boolean;
  /** The list's own text, where it is more than these rows. */
  raw?: string | undefined;
}

/** A price that becomes this many times as much, or a part as small, is more often a fault than news. */
const MOST_TIMES = 10;

/**
 * What of a new list is used: all of it but what is not plausible beside the old one (null: there was none). Half of its
 * models or of its prices gone, every price zero on a gateway that takes money, a price that moves ten-fold or to zero:
 * there the old stays, and unknown stays unknown rather than free. That something free begins to cost is believed at once.
 */
export function judgePrices(
  old: readonly ListedModel[] | null,
  fresh: readonly ListedModel[],
  place: "this machine" | "elsewhere" = "elsewhere",
): { rows: readonly ListedModel[]; heldBack: HeldBack | null } {
  const before = new Map((old ?? []).map((row) => [row.id, row]));
  if (old !== null && fresh.length * 2 < old.length) {
    const why = `it now lists fewer than half of its models (${fresh.length}, it had ${old.length})`;
    return { rows: old, heldBack: { why, changes: [], rows: fresh, isWhole: true } };
  }
  // What runs here may well cost nothing, and costs what the person says.
  if (place === "this machine") return { rows: fresh, heldBack: null };
  const why = whyNoPrices(before, fresh);
  if (why !== null) {
    const rows = fresh.map((row) => withPriceOf(row, before.get(row.id)));
    return { rows, heldBack: { why, changes: [], rows: fresh, isWhole: true } };
  }
  const held: ListedModel[] = [];
  const changes: HeldBack["changes"] = [];
  const rows = fresh.map((row) => {
    const was = before.get(row.id);
    const leaps = was === undefined ? [] : leapsBetween(was.price, row.price);
    if (leaps.length === 0) return row;
    held.push(row);
    changes.push({ id: row.id, words: leaps.map(changeWords).join(", ") });
    return withPriceOf(row, was);
  });
  return { rows, heldBack: held.length === 0 ? null : { why: null, changes, rows: held, isWhole: false } };
}

/** The list once the person has accepted what was held back of it. */
export function acceptHeldBack(
  list: readonly ListedModel[],
  { rows, isWhole }: Pick<HeldBack, "rows" | "isWhole">,
): readonly ListedModel[] {
  if (isWhole) return rows;
  const accepted = new Map(rows.map((row) => [row.id, row]));
  return list.map((row) => {
    const better = accepted.get(row.id);
    return better === undefined ? row : withPriceOf(row, better);
  });
}

/** Why none of the prices of a list are believed, or null. */
function whyNoPrices(before: ReadonlyMap<string, ListedModel>, fresh: readonly ListedModel[]): string | null {
  // Gateways mark what they give away, and may give away all that a key sees.
  const stated = fresh.filter((row) => row.price !== null && !row.id.endsWith(":free"));
  const wasFree = [...before.values()].every((row) => row.price === null || isFree(row.price));
  if (
    stated.length > 0 &&
    stated.every((row) => isFree(row.price)) &&
    !(before.size > 0 && wasFree && hadPrices(before))
  ) {
    return "every price in its list is zero";
  }
  const had = [...before.values()].filter((row) => row.price !== null);
  const left = fresh.filter((row) => row.price !== null && before.get(row.id)?.price != null).length;
  if (left * 2 >= had.length) return null;
  return `its list has a price for fewer than half of the models that had one (${left}, it had ${had.length})`;
}

/** An old list of nothing but free models was believed once, so it is believed again. */
function hadPrices(before: ReadonlyMap<string, ListedModel>): boolean {
  return [...before.values()].some((row) => row.price !== null);
}

function leapsBetween(was: RoutePrice, is: RoutePrice): RateChange[] {
  if (was === null || is === null) return [];
  return rateChanges(was, is).filter(
    ({ fromUsd, toUsd }) => fromUsd > 0 && (toUsd >= fromUsd * MOST_TIMES || toUsd * MOST_TIMES <= fromUsd),
  );
}

/** The row at the price of another, hours and all; at an unknown one where there is no other. */
function withPriceOf(row: ListedModel, other: ListedModel | undefined): ListedModel {
  const { hours: _hours, ...rest } = row;
  return { ...rest, price: other?.price ?? null, ...(other?.hours === undefined ? {} : { hours: other.hours }) };
}
