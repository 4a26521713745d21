import type { RouteRow } from "../../shared/routes.ts";
import { fullModel } from "./decision-words.ts";
import { errorShare, isUnasked } from "./route-words.ts";

export const columns = ["model", "state", "firstToken", "speed", "errors", "price", "lastUse", "probe"] as const;
export type Column = (typeof columns)[number];
/** How the rows of a tier are ordered; without one they stand as they are asked. */
export interface Order {
  column: Column;
  direction: "ascending" | "descending";
}

/** The rows in an order, those of which nothing is known always last; null: as they came. Equal rows stay as they came. */
export function sortRoutes(rows: readonly RouteRow[], order: Order | null): RouteRow[] {
  if (order === null) return [...rows];
  const sign = order.direction === "ascending" ? 1 : -1;
  return rows
    .map((row) => ({ row, value: sortValue(row, order.column) }))
    .sort((a, b) => {
      if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null);
      if (typeof a.value === "string" || typeof b.value === "string") {
        return sign * String(a.value).localeCompare(String(b.value));
      }
      return sign * (a.value - b.value);
    })
    .map(({ row }) => row);
}

/** The next order after a click on a column: up, down, and the plan's own again. */
export function nextOrder(now: Order | null, column: Column): Order | null {
  if (now?.column !== column) return { column, direction: "ascending" };
  return now.direction === "ascending" ? { column, direction: "descending" } : null;
}

/** From well to not asked at all. */
const stateOrder = ["ready", "probing", "limited", "resting", "paused", "keyless", "off"];

function sortValue(row: RouteRow, column: Column): number | string | null {
  switch (column) {
    case "model":
      return fullModel(row);
    case "state":
      return stateOrder.indexOf(row.state);
    case "firstToken":
      return row.firstTokenP50Ms;
    case "speed":
      return row.tokensPerSecond;
    case "errors":
      return errorShare(row).share;
    case "price":
      return row.price === null ? null : row.price === "free" ? 0 : row.price.inputUsd + row.price.outputUsd;
    case "lastUse":
      // The latest first, as one looks for it.
      return row.lastUsedMs === null ? null : -row.lastUsedMs;
    case "probe":
      return row.state === "ready" || row.state === "paused" || isUnasked(row.state) ? null : row.untilMs;
  }
}

/** The order in what the page remembered; null where that is the plan's, or nothing of ours. */
export function orderIn(state: unknown): Order | null {
  if (typeof state !== "object" || state === null || !("order" in state)) return null;
  const { order } = state;
  if (typeof order !== "object" || order === null || !("column" in order) || !("direction" in order)) return null;
  const column = columns.find((each) => each === order.column);
  const direction = order.direction;
  if (column === undefined || (direction !== "ascending" && direction !== "descending")) return null;
  return { column, direction };
}
