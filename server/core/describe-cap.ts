import { describeCap } from "../../shared/cap-words.ts";
import { formatNeedUsd, formatUsd, type NanoUsd } from "../../shared/money.ts";
import type { Cap } from "./budget.ts";

/** Why nothing is sent under a cap whose amount cannot be read. `book`: the one that alone is under it; null: all are. */
export function unreadableRefusal(setting: string, book: string | null = null): string {
  return `${setting} is no amount, so ${nothingIsSent(book)}. Write a number such as 2.5, or null for no cap.`;
}

/** Among the books that have caps of their own: each that a request names and that is none of them. */
export const OTHER_BOOKS = "*";

/** What a cap that cannot be read means, in the middle of a sentence. */
export function nothingIsSent(book: string | null): string {
  const from =
    book === null ? "" : book === OTHER_BOOKS ? " from a book that is not listed there" : ` from the book "${book}"`;
  return `nothing that costs is sent${from} until it is mended`;
}

/**
 * Why a request did not fit under a cap, with what is spent, what it needs, the setting that holds the cap, and the ways
 * out. `limitNano` is the limit with what was raised for today; `neededNano` the least that the request would have held.
 */
export function capRefusal(facts: {
  cap: Pick<Cap, "scope" | "period" | "setting">;
  limitNano: NanoUsd;
  spentNano: NanoUsd;
  heldNano: NanoUsd;
  neededNano: NanoUsd;
}): string {
  const { cap, limitNano, spentNano, heldNano, neededNano } = facts;
  const held = heldNano > 0 ? ` and ${formatUsd(heldNano)} held for other requests` : "";
  const said = describeCap({ ...cap, limitNano });
  return `This needs at least ${formatNeedUsd(neededNano)}, which does not fit under ${said}: ${formatUsd(spentNano)} is spent${held}. Raise it for today, change ${cap.setting}, or use a model on this machine.`;
}
