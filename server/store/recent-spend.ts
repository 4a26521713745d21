import * as z from "zod";
import type { CapState } from "../../shared/protocol.ts";
import { forecastCap, looksBackMs, type RecentSpend } from "../core/forecast-cap.ts";
import type { Database } from "./database.ts";
import { periodOf } from "./period-of.ts";

/** The caps with the moment at which each is reached, where that can be told; for use inside a read. */
export type Forecaster = (
  states: readonly CapState[],
  view: { workspace: string; nowMs: number; dayOf: (atMs: number) => string },
) => CapState[];

export function createForecaster(database: Database): Forecaster {
  // As the index has it, which is all that is read.
  const recent = (where: string) =>
    database.prepare(
      `SELECT MIN(COALESCE(SUM(cost_nano), 0), ${Number.MAX_SAFE_INTEGER}) AS cost_nano, COUNT(*) AS payments,
         MIN(settled_at_ms) AS first_at_ms
       FROM attempts INDEXED BY attempts_by_settled
       WHERE book = 'real' AND cost_nano > 0 AND settled_at_ms > ?1 AND settled_at_ms <= ?2 ${where}`,
    );
  const everywhere = recent("");
  const here = recent("AND workspace = ?3");
  const completions = recent("AND kind = 'completion'");

  return (states, { workspace, nowMs, dayOf }) => {
    const day = dayOf(nowMs);
    /** Caps of one scope look back on the same payments. */
    const found = new Map<string, RecentSpend>();
    const recentOf = ({ scope, period }: CapState): RecentSpend => {
      const backMs = looksBackMs(period);
      const known = found.get(`${scope} ${backMs}`);
      if (known !== undefined) return known;
      const span = [nowMs - backMs, nowMs] as const;
      const row =
        scope === "workspace"
          ? here.get(...span, workspace)
          : (scope === "completions" ? completions : everywhere).get(...span);
      const { cost_nano: costNano, payments, first_at_ms: firstAtMs } = rowSchema.parse(row);
      found.set(`${scope} ${backMs}`, { costNano, payments, firstAtMs });
      return { costNano, payments, firstAtMs };
    };
    return states.map((state) => {
      if (state.isUnreadable === true) return state;
      const reachedAtMs = forecastCap({
        period: state.period,
        roomNano: state.limitNano - state.spentNano,
        recent: recentOf(state),
        nowMs,
        isInPeriod: (atMs) => periodOf(state.period, dayOf(atMs)) === periodOf(state.period, day),
      });
      return reachedAtMs === null ? state : { ...state, reachedAtMs };
    });
  };
}

const rowSchema = z.object({ cost_nano: z.number(), payments: z.number(), first_at_ms: z.number().nullable() });
