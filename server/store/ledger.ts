import type { Attempt } from "../../shared/answer.ts";
import { FailureError } from "../../shared/failure.ts";
import type { NanoUsd } from "../../shared/money.ts";
import type { BudgetWarning, CapState, Spend } from "../../shared/protocol.ts";
import type { Calendar, Cap } from "../core/budget.ts";
import { capRefusal } from "../core/describe-cap.ts";
import type { BookSums } from "../core/endpoint-spend.ts";
import { lostCountsRefusal } from "../core/money-notices.ts";
import { bookable } from "./bookable.ts";
import { createCapBook, type Grant, grantUnder, hasNewMarks, nearestFirst, takeMarks } from "./cap-book.ts";
import type { Database } from "./database.ts";
import { createDayOf } from "./day-of.ts";
import { createHeldMoney, type HeldMoney } from "./held-money.ts";
import type { Instances } from "./instances.ts";
import { type BookedLater, createLaterDays } from "./later-days.ts";
import { createLossBook, type Loss } from "./losses.ts";
import { createNotices, type Notices } from "./notices.ts";
import { createPosting } from "./post-attempts.ts";
import { createProgressNotes } from "./progress-notes.ts";
import { createRaiseLog, type RaiseLog } from "./raise-log.ts";
import { attemptOf } from "./read-attempt.ts";
import { createForecaster } from "./recent-spend.ts";
import { createReconciliation, type Reconciliation } from "./reconciliation.ts";
import type { Generation, RequestKind, Reservation, Settlement } from "./reservation.ts";
import { settleCrashed } from "./settle-crashed.ts";
import { createEndpointBook, createEndpointBooks, createSpendBook } from "./spend-book.ts";

export type { Generation, RequestKind, Reservation, Settlement };

/** The books of every window on this host: one row for each attempt, held first, settled once. */
export interface Ledger extends HeldMoney, Reconciliation, Notices, Pick<RaiseLog, "raisesBetween"> {
  /**
   * Holds the money, or as much of it as every cap leaves. Only when this resolves may the request leave, and it may cost
   * no more than what it resolves with. No two requests of this host, in whatever window, are granted the same room.
   * Rejects with a ledger failure, or with a budget failure when a cap leaves less than the least.
   */
  reserve(reservation: Reservation): Promise<{ heldNano: NanoUsd }>;
  /** Notes how much came so far, in case this process dies. Written at most once a second for an attempt; may be lost. */
  noteProgress(attemptId: string, progress: { outputTokens: number }): void;
  /** Notes at once by what name a provider can be asked what the attempt cost, in case this process dies; may be lost. */
  noteGeneration(attemptId: string, generation: Generation): void;
  /**
   * Writes the true cost, safe from a loss of power, also where it is more than was held. The first settlement of an
   * attempt wins; only one made for a crash gives way to it. A cost beyond what a number holds exactly is booked as the
   * most it holds; one that is no amount of money, at all that was held, or as unknown without a price. Rejects with a ledger failure when it cannot be written now:
   * the row then stays held, and the settlement is kept and tried again until this process ends.
   */
  settle(attemptId: string, settlement: Settlement): Promise<void>;
  /** Settled attempts of a turn, oldest first. */
  attemptsOfTurn(turnId: string): Attempt[];
  /** Both books for the person's day in which `dayMs` falls, and the caps as they stand that day; today without it, with forecasts. */
  spend(caps?: readonly Cap[], workspace?: string, dayMs?: number): Spend;
  /** What other tools spent and asked for today through the endpoint, of all windows; nothing simulated is in it. */
  endpointSpend(): { spentNano: NanoUsd; requests: number };
  /** The same by book, and of the month; `day` is today, YYYY-MM-DD. Throws a ledger failure. */
  endpointBooks(): { day: string; today: BookSums[]; thisMonth: BookSums[] };
  /** The caps as they stand now, the nearest to its limit first. */
  capStates(caps: readonly Cap[], workspace: string): CapState[];
  /** Adds to a cap until the person's day ends, and records it. A cap of a workspace is raised in that one. Rejects with a ledger failure. */
  raise(cap: Cap, workspace: string, addNano: NanoUsd): Promise<void>;
  /**
   * The marks of `warnAt` (per cent) that caps have newly reached, the highest of each cap. Each is given once on this
   * host in the cap's period, whichever window asks; a cap set to another amount, or raised, begins anew. Rejects with a ledger failure.
   */
  takeWarnings(caps: readonly Cap[], workspace: string, warnAt: readonly number[]): Promise<BudgetWarning[]>;
  /** The person's day (YYYY-MM-DD) that an instant falls in. */
  dayOf(atMs: number): string;
  /** Books that were damaged and set aside, the oldest first. Throws a ledger failure. */
  losses(): Loss[];
  /** By a person's click: caps count from what could be read. Rejects with a ledger failure. */
  acceptLosses(): Promise<void>;
  /** Money booked for days after today, which counts in the present period of every cap; null without any. Throws a ledger failure. */
  bookedLater(): BookedLater | null;
  /** From now on days begin as this calendar says; attempts stay with the day they were reserved in. */
  setCalendar(calendar: Calendar): void;
  /** Calls `listener` after each settlement by this process, whoever held the money. Gives the way to stop that. */
  onSettled(listener: () => void): () => void;
  /** Settles what dead processes left held, and gives how many attempts that were. */
  settleDead(): Promise<number>;
  /** Adds what is settled to the sums of the report, now and not a moment later. Rejects with a ledger failure. */
  post(): Promise<void>;
  /** How many settlements wait to be written: more than none means that the disk refuses them. */
  unsettled(): number;
}

export interface LedgerOptions {
  database: Database;
  instances: Instances;
  now: () => number;
  /** IANA name, for a calendar without one. */
  timeZone: string;
  /** Whose window this is, for the record of raises; empty on the person's own machine. */
  hostLabel?: string | undefined;
  /** After what was settled was added to the sums: requests are counted later than their money. */
  onPosted?: (() => void) | undefined;
}

const RETRY_SETTLING_MS = 2_000;
/** Settlements kept while the disk refuses them. Beyond it the oldest is given up: its row settles at what it held. */
const MOST_KEPT = 1_000;

/** The ledger and what its owner must call before closing the file. */
export type OwnedLedger = Ledger & { close(): void };

export function createLedger({
  database,
  instances,
  now,
  timeZone,
  hostLabel = "",
  onPosted,
}: LedgerOptions): OwnedLedger {
  let dayOf = createDayOf(timeZone);
  const today = () => dayOf(now());
  const capBook = createCapBook(database);
  const spendBook = createSpendBook(database);
  const endpointBook = createEndpointBook(database);
  const endpointBooks = createEndpointBooks(database);
  const heldMoney = createHeldMoney(database, instances, now);
  const reconciliation = createReconciliation(database, now);
  const notes = createProgressNotes(database, now);
  const posting = createPosting(database, onPosted);
  const laterDays = createLaterDays(database);
  const raiseLog = createRaiseLog(database, hostLabel);
  const forecaster = createForecaster(database);
  const lossBook = createLossBook(database, (atMs) => dayOf(atMs));
  const insert = database.prepare(
    `INSERT INTO attempts (attempt_id, turn_id, session_id, kind, workspace, book, tier, provider_id, model_id,
       instance_id, day, started_at_ms, held_nano, input_nano, output_nano_per_token, language)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const update = database.prepare(
    `UPDATE attempts SET outcome = ?, failure = ?, usage = ?, cost_nano = ?, cost_source = ?, first_token_ms = ?,
       duration_ms = ?, reason = ?, settled_at_ms = ?, prompt_saved_nano = ?, computed_nano = ?, asked_output_tokens = ?, estimated_input = ?,
       estimated_output = ?, generation_id = ifnull(?, generation_id), generation_origin = ifnull(?, generation_origin)
     WHERE attempt_id = ? AND (outcome IS NULL OR outcome = 'crashed') AND reconciled_at_ms IS NULL`,
  );
  const name = database.prepare(
    "UPDATE attempts SET generation_id = ?, generation_origin = ? WHERE attempt_id = ? AND outcome IS NULL",
  );
  const one = database.prepare("SELECT * FROM attempts WHERE attempt_id = ?");
  const ofTurn = database.prepare("SELECT * FROM attempts WHERE turn_id = ? ORDER BY rowid");
  const listeners = new Set<() => void>();
  const tellSettled = () => {
    posting.later();
    for (const listener of listeners) listener();
  };

  const grantOf = (r: Reservation, day: string): Grant | { lost: Loss } => {
    if (r.book === "simulated" || r.heldNano === 0) return { heldNano: r.heldNano };
    const lost = r.caps.length === 0 ? null : lossBook.under(r.caps, day);
    if (lost !== null) return { lost };
    return grantUnder(
      r.caps.map((cap) => capBook.stateOf(cap, r.workspace, day)),
      r,
    );
  };

  const insertAttempt = (r: Reservation, day: string, heldNano: NanoUsd): void => {
    insert.run(
      r.attemptId,
      r.turnId,
      r.sessionId,
      r.kind,
      r.workspace,
      r.book,
      r.tier,
      r.providerId,
      r.modelId,
      instances.ownId,
      day,
      r.startedAtMs,
      heldNano,
      r.inputNano,
      r.outputNanoPerToken,
      r.language ?? "",
    );
  };

  const kept = new Map<string, Settlement>();
  let retryTimer: NodeJS.Timeout | null = null;

  const writeSettlement = async (attemptId: string, s: Settlement): Promise<void> => {
    const failure = s.failure === null ? null : JSON.stringify(s.failure);
    const usage = s.usage === null ? null : JSON.stringify(s.usage);
    await database.write("full", () => {
      const { costNano, costSource } = bookable(s, () => one.get(attemptId));
      update.run(
        s.outcome,
        failure,
        usage,
        costNano,
        costSource,
        s.firstTokenMs,
        s.durationMs,
        s.reason,
        now(),
        s.promptSavedNano ?? null,
        s.computedNano !== undefined && Number.isSafeInteger(s.computedNano) ? s.computedNano : null,
        s.askedOutputTokens ?? null,
        s.estimated?.inputTokens ?? null,
        s.estimated?.outputTokens ?? null,
        s.generation?.id ?? null,
        s.generation?.origin ?? null,
        attemptId,
      );
    });
    tellSettled();
  };

  const retryLater = (): void => {
    if (retryTimer !== null || kept.size === 0) return;
    retryTimer = setTimeout(async () => {
      // All at once, so that they share a transaction. What fails again stays.
      await Promise.allSettled(
        [...kept].map(async ([attemptId, settlement]) => {
          await writeSettlement(attemptId, settlement);
          kept.delete(attemptId);
        }),
      );
      retryTimer = null;
      retryLater();
    }, RETRY_SETTLING_MS);
    retryTimer.unref();
  };

  return {
    async reserve(r) {
      checkMoney(r.heldNano);
      checkMoney(r.leastNano);
      if (r.inputNano !== null) checkMoney(r.inputNano);
      if (r.leastNano > r.heldNano) throw new RangeError(`The least, ${r.leastNano}, is more than all: ${r.heldNano}`);
      const day = today();
      const grant = await database.write("normal", () => {
        // A refusal is a value: thrown here it would undo the writes that share the transaction.
        const found = grantOf(r, day);
        if ("heldNano" in found) insertAttempt(r, day, found.heldNano);
        return found;
      });
      if ("lost" in grant) throw new FailureError({ kind: "budget", message: lostCountsRefusal(grant.lost) });
      if ("refusedBy" in grant) throw refusal(grant.refusedBy, r.leastNano);
      return grant;
    },

    noteProgress: notes.note,

    noteGeneration(attemptId, { id, origin }) {
      database.write("normal", () => name.run(id, origin, attemptId)).catch(() => undefined);
    },

    async settle(attemptId, settlement) {
      notes.forget(attemptId);
      if (kept.has(attemptId)) return;
      try {
        await writeSettlement(attemptId, settlement);
      } catch (error) {
        const [oldest] = kept.keys();
        if (kept.size >= MOST_KEPT && oldest !== undefined) kept.delete(oldest);
        kept.set(attemptId, settlement);
        retryLater();
        throw error;
      }
    },

    attemptsOfTurn(turnId) {
      return database
        .read(() => ofTurn.all(turnId))
        .flatMap((row) => {
          const waiting = kept.get(String(row.attempt_id));
          const attempt = attemptOf(row, waiting && bookable(waiting, () => row));
          return attempt === null ? [] : [attempt];
        });
    },

    spend(caps = [], workspace, dayMs = now()) {
      const day = dayOf(dayMs);
      return database.read(() => {
        const states = nearestFirst(caps.map((cap) => capBook.stateOf(cap, workspace ?? "", day)));
        const view = { workspace: workspace ?? "", nowMs: now(), dayOf };
        return { ...spendBook(day, workspace), caps: day === today() ? forecaster(states, view) : states };
      });
    },

    endpointSpend: () => database.read(() => endpointBook(today())),

    endpointBooks() {
      const day = today();
      return { day, ...database.read(() => endpointBooks(day)) };
    },

    capStates(caps, workspace) {
      const day = today();
      return database.read(() => nearestFirst(caps.map((cap) => capBook.stateOf(cap, workspace, day))));
    },

    async raise(cap, workspace, addNano) {
      checkMoney(addNano);
      const day = today();
      await database.write("normal", () => raiseLog.add(capBook.raise(cap, workspace, day, addNano), now()));
    },

    async takeWarnings(caps, workspace, warnAt) {
      const view = { caps, workspace, warnAt, day: today() };
      // Nearly always there is nothing new, and then nobody's lock is taken.
      if (!database.read(() => hasNewMarks(capBook, view))) return [];
      return database.write("normal", () => takeMarks(capBook, view, now()));
    },

    dayOf: (atMs) => dayOf(atMs),
    losses: () => database.read(() => lossBook.all()),
    acceptLosses: () => database.write("normal", () => lossBook.accept(now())),
    raisesBetween: (fromMs, toMs) => database.read(() => raiseLog.raisesBetween(fromMs, toMs)),
    bookedLater: () => database.read(() => laterDays(today(), now())),
    ...createNotices(database, { now, today }),

    setCalendar(calendar) {
      dayOf = createDayOf(calendar.timeZone ?? timeZone, calendar.dayStartsAtMinutes);
    },

    onSettled(listener) {
      // A function of its own for each call, so that the same listener may be added twice.
      const call = () => listener();
      listeners.add(call);
      return () => void listeners.delete(call);
    },

    held: heldMoney.held,
    toReconcile: reconciliation.toReconcile,

    async reconcile(attemptId, bill) {
      const isAmended = await reconciliation.reconcile(attemptId, bill);
      if (isAmended) tellSettled();
      return isAmended;
    },

    async release(attemptIds) {
      const released = await heldMoney.release(attemptIds);
      if (released.length > 0) tellSettled();
      return released;
    },

    async settleDead() {
      const settled = await settleCrashed(database, instances, now());
      if (settled > 0) tellSettled();
      return settled;
    },

    post: posting.now,

    unsettled: () => kept.size,

    close() {
      if (retryTimer !== null) clearTimeout(retryTimer);
      posting.close();
      notes.close();
      for (const [attemptId, settlement] of kept) {
        // Once more, with the last writes; then the next process settles the row at what it held.
        writeSettlement(attemptId, settlement).catch(() => undefined);
      }
    },
  };
}

function checkMoney(nano: NanoUsd): void {
  if (!Number.isSafeInteger(nano) || nano < 0) throw new RangeError(`Not a whole amount of nano-dollars: ${nano}`);
}

function refusal(cap: CapState, neededNano: NanoUsd): FailureError {
  const { id, setting, limitNano, spentNano, heldNano } = cap;
  const amounts = { limitNano, spentNano, heldNano, neededNano };
  return new FailureError({
    kind: "budget",
    message: capRefusal({ cap, ...amounts }),
    cap: { id, setting, ...amounts },
  });
}
