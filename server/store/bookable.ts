import type { Settlement } from "./ledger.ts";
import { heldRowSchema, unnotedCost } from "./settle-crashed.ts";

/**
 * The settlement of a row with a cost that can be booked, whatever a provider reported: a row must not stay held. `row` is
 * asked for only where the cost is no amount of money.
 */
export function bookable(settlement: Settlement, row: () => unknown): Settlement {
  const { costNano } = settlement;
  if (costNano === null) return settlement;
  if (costNano >= 0) return { ...settlement, costNano: Math.min(Math.floor(costNano + 0.5), Number.MAX_SAFE_INTEGER) };
  const held = heldRowSchema.safeParse(row()).data;
  return { ...settlement, ...(held === undefined ? { costNano: null, costSource: "unknown" } : unnotedCost(held)) };
}
