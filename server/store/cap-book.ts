import * as z from "zod";
import type { NanoUsd } from "../../shared/money.ts";
import type { BudgetWarning, CapState } from "../../shared/protocol.ts";
import type { Cap } from "../core/budget.ts";
import type { Database } from "./database.ts";
import { laterPeriods, periodOf } from "./period-of.ts";
import type { Raise } from "./raise-log.ts";

/**
 * What is under each cap: money spent and held in its period, what a person added for one day, and the warnings that
 * were given. Every function belongs inside a read or a write of the database.
 */
export interface CapBook {
  /** A cap as it stands on a day of the person (YYYY-MM-DD), seen from a workspace. Nothing raises an unreadable one. */
  stateOf(cap: Cap, workspace: string, day: string): CapState;
  /**
   * Adds to a cap for one day, and gives what came of it. Its marks begin anew, but those that are reached under the raised
   * limit too stay told.
   */
  raise(cap: Cap, workspace: string, day: string, addNano: NanoUsd): Omit<Raise, "raisedAtMs" | "raisedBy">;
  /** True when nobody has been told yet that the cap reached this mark in its present period. */
  isNew(mark: Mark): boolean;
  /** Remembers that it is told; true when it was not remembered before. */
  remember(mark: Mark, nowMs: number): boolean;
}

/** A share of a cap, seen from a workspace on a day. */
export interface Mark {
  cap: Cap;
  workspace: string;
  day: string;
  percent: number;
}

/** Longer than a month is, also for a clock that was wrong by weeks. Raises and warnings of older days tell nobody anything. */
const KEPT_DAYS = 100;
const DAY_MS = 24 * 60 * 60_000;

export function createCapBook(database: Database): CapBook {
  // What is booked for later periods counts in the present one: a clock that is set back must not give room twice. There
  // is none as long as clocks go forward, so it costs a look at the end of the index. A sum beyond what a number holds
  // exactly is far above any cap, so less will do; reading it as it is would throw.
  const sums = (where: string) => {
    const from = `SELECT spent_nano, held_nano FROM period_totals WHERE book = 'real'`;
    return database.prepare(
      `SELECT MIN(COALESCE(SUM(spent_nano), 0), ${Number.MAX_SAFE_INTEGER}) AS spent_nano,
         MIN(COALESCE(SUM(held_nano), 0), ${Number.MAX_SAFE_INTEGER}) AS held_nano
       FROM (${from} AND period = ?1 ${where}
         UNION ALL ${from} AND period > ?2 AND period < ?3 AND length(period) = ?4 ${where})`,
    );
  };
  const everywhere = sums("");
  const here = sums("AND workspace = ?5");
  const completions = sums("AND kind = 'completion'");
  const raised = database.prepare("SELECT added_nano FROM raises WHERE cap_id = ? AND workspace = ? AND day = ?");
  const addRaise = database.prepare(
    `INSERT INTO raises (cap_id, workspace, day, added_nano) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET added_nano = MIN(added_nano + excluded.added_nano, ${Number.MAX_SAFE_INTEGER})`,
  );
  const forgetRaises = database.prepare("DELETE FROM raises WHERE day < ?");
  const warned = database.prepare(
    "SELECT 1 FROM warnings WHERE cap_id = ? AND workspace = ? AND limit_nano = ? AND period = ? AND percent = ?",
  );
  const addWarning = database.prepare(
    `INSERT INTO warnings (cap_id, workspace, limit_nano, period, percent, given_at_ms) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  );
  const keepWarnings = database.prepare(
    `INSERT INTO warnings SELECT cap_id, workspace, ?, period, percent, given_at_ms FROM warnings
     WHERE cap_id = ? AND workspace = ? AND limit_nano = ? AND period = ? AND ? >= ? * percent / 100
     ON CONFLICT DO NOTHING`,
  );
  const forgetWarnings = database.prepare("DELETE FROM warnings WHERE given_at_ms < ? AND period <> 'total'");

  const sumsOf = (cap: Cap, workspace: string, day: string) => {
    const { after, before, length } = laterPeriods(cap.period, day);
    const periods = [periodOf(cap.period, day), after, before, length] as const;
    if (cap.scope === "workspace") return sumsSchema.parse(here.get(...periods, workspace));
    return sumsSchema.parse((cap.scope === "completions" ? completions : everywhere).get(...periods));
  };

  const raisedNanoOf = (cap: Cap, workspace: string, day: string): NanoUsd =>
    raiseSchema.parse(raised.get(cap.id, placeOf(cap, workspace), day))?.added_nano ?? 0;

  // A cap that somebody set to another amount, or raised, is another cap: its marks are told again.
  const keyOf = ({ cap, workspace, day, percent }: Mark) => {
    const limitNano = cap.limitNano + raisedNanoOf(cap, workspace, day);
    return [cap.id, placeOf(cap, workspace), limitNano, periodOf(cap.period, day), percent] as const;
  };

  return {
    stateOf(cap, workspace, day) {
      const { spent_nano: spentNano, held_nano: heldNano } = sumsOf(cap, workspace, day);
      const { id, scope, period, setting } = cap;
      if (cap.isUnreadable === true) {
        return { id, scope, period, limitNano: 0, raisedNano: 0, spentNano, heldNano, setting, isUnreadable: true };
      }
      const raisedNano = raisedNanoOf(cap, workspace, day);
      return { id, scope, period, limitNano: cap.limitNano + raisedNano, raisedNano, spentNano, heldNano, setting };
    },

    raise(cap, workspace, day, addNano) {
      const place = placeOf(cap, workspace);
      const beforeNano = cap.limitNano + raisedNanoOf(cap, workspace, day);
      addRaise.run(cap.id, place, day, addNano);
      const afterNano = cap.limitNano + raisedNanoOf(cap, workspace, day);
      // Whoever raises it has just seen how much is spent: only marks that are still to come are told.
      const { spent_nano: spentNano } = sumsOf(cap, workspace, day);
      const period = periodOf(cap.period, day);
      keepWarnings.run(afterNano, cap.id, place, beforeNano, period, spentNano, afterNano);
      forgetRaises.run(new Date(Date.parse(day) - KEPT_DAYS * DAY_MS).toISOString().slice(0, 10));
      return { capId: cap.id, workspace, day, addedNano: addNano, beforeNano, afterNano };
    },

    isNew: (mark) => warned.get(...keyOf(mark)) === undefined,

    remember(mark, nowMs) {
      forgetWarnings.run(nowMs - KEPT_DAYS * DAY_MS);
      return Number(addWarning.run(...keyOf(mark), nowMs).changes) > 0;
    },
  };
}

/** What a reservation is given under caps. */
export type Grant =
  /** So much may be held. */
  | { heldNano: NanoUsd }
  /** This cap, as it stands, has not even the least. */
  | { refusedBy: CapState };

/**
 * Grants what every cap leaves of `heldNano`, but not less than `leastNano`. Of several caps in the way, the one that
 * names the refusal is one that would be in the way even if nothing were held, for waiting does not help there; then the
 * one with the least room.
 */
export function grantUnder(states: readonly CapState[], wanted: { heldNano: NanoUsd; leastNano: NanoUsd }): Grant {
  // At least something: money that is not held would be spent without the cap.
  const leastNano = Math.max(1, wanted.leastNano);
  const inTheWay = states.filter((state) => roomOf(state) < leastNano);
  const lasting = inTheWay.filter((state) => state.limitNano - state.spentNano < leastNano);
  const [refusedBy] = (lasting.length > 0 ? lasting : inTheWay).sort((a, b) => roomOf(a) - roomOf(b));
  if (refusedBy !== undefined) return { refusedBy };
  return { heldNano: Math.min(wanted.heldNano, ...states.map(roomOf)) };
}

function roomOf(state: CapState): NanoUsd {
  return state.limitNano - state.spentNano - state.heldNano;
}

/** The caps, the nearest to its limit first: by the share that is spent, then with what is held. A cap of $0 is reached. */
export function nearestFirst(states: readonly CapState[]): CapState[] {
  const share = (nano: NanoUsd, { limitNano }: CapState) => (limitNano > 0 ? nano / limitNano : Number.MAX_VALUE);
  return [...states].sort(
    (a, b) =>
      share(b.spentNano, b) - share(a.spentNano, a) ||
      share(b.spentNano + b.heldNano, b) - share(a.spentNano + a.heldNano, a) ||
      roomOf(a) - roomOf(b),
  );
}

/**
 * Remembers every mark that the caps have reached, and gives for each cap the highest one, where nobody was told of it
 * before. Marks count what is spent: what is held may never be. A cap of $0 has none. For use inside a write; outside of
 * one, `hasNewMarks` tells whether there is anything to do.
 */
export function takeMarks(book: CapBook, view: MarkView, nowMs: number): BudgetWarning[] {
  return view.caps.flatMap((cap) => {
    const state = book.stateOf(cap, view.workspace, view.day);
    const reached = marksReached(state, view.warnAt).map((percent) => ({
      percent,
      isFirst: book.remember({ ...view, cap, percent }, nowMs),
    }));
    const highest = reached.at(-1);
    return highest?.isFirst ? [{ cap: state, percent: highest.percent }] : [];
  });
}

export function hasNewMarks(book: CapBook, view: MarkView): boolean {
  return view.caps.some((cap) =>
    marksReached(book.stateOf(cap, view.workspace, view.day), view.warnAt).some((percent) =>
      book.isNew({ ...view, cap, percent }),
    ),
  );
}

export interface MarkView {
  caps: readonly Cap[];
  workspace: string;
  day: string;
  /** Per cent, in any order. */
  warnAt: readonly number[];
}

/** Ascending. */
function marksReached({ limitNano, spentNano }: CapState, warnAt: readonly number[]): number[] {
  if (limitNano <= 0) return [];
  return warnAt.filter((percent) => spentNano >= (limitNano * percent) / 100).sort((a, b) => a - b);
}

/** Only a workspace's own caps are raised and warned of by workspace: the others are the same everywhere on this host. */
function placeOf(cap: Cap, workspace: string): string {
  return cap.scope === "workspace" ? workspace : "";
}

const sumsSchema = z.object({ spent_nano: z.number(), held_nano: z.number() });
const raiseSchema = z.object({ added_nano: z.number() }).optional();
