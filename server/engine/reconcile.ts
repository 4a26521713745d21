import type { Turn } from "../../shared/answer.ts";
import { type Failure, failureOf } from "../../shared/failure.ts";
import { nanoFromUsd } from "../../shared/money.ts";
import type { GenerationBill } from "../core/provider.ts";
import type { Store } from "../store/open-store.ts";
import type { PendingBill } from "../store/reconciliation.ts";
import { withAttempts } from "./build-decision.ts";
import type { Clock } from "./clock.ts";
import type { World } from "./configure.ts";
import { readSession } from "./read-session.ts";

/** So long after it was settled, and then after each answer that brought no bill, a gateway is asked; then no more. */
export const ASK_AFTER_MS: readonly number[] = [2_000, 10_000, 60_000, 600_000];
/** Older attempts stay estimated: gateways keep what they know for a while only, and a day's caps are over. */
const OLDEST_MS = 24 * 60 * 60 * 1_000;
/** A small GET that takes longer is tried again later. */
export const ASK_TIMEOUT_MS = 15_000;
/** A turn that is still being answered is looked at again after this, to be amended once it has ended. */
const LOOK_AGAIN_MS = 10_000;
/** An hour of that, which no turn takes. */
const MOST_LOOKS = 360;
/** Attempts that are waited for at the same time. What is beyond is found again when the next is looked for. */
const MOST_WAITING = 200;
/** Attempts whose gateway was asked in vain, so that they are not asked for anew; the oldest are forgotten. */
const MOST_GIVEN_UP = 1_000;

export interface ReconcileDeps {
  world: Pick<World, "during">;
  /** null while the books are not open. */
  store(): Pick<Store, "ledger" | "sessions"> | null;
  clock: Clock;
  /** The books have another sum now. */
  onReconciled?(bill: PendingBill): void;
  /** An ended turn costs something else than it said. It is written down already. */
  onAmended?(sessionId: string, turn: Turn): void;
  onFault?(failure: Failure): void;
}

export interface Reconciler {
  /** Looks for attempts whose provider can still be asked. Cheap; never throws. */
  look(): void;
  /** Ends what is under way. */
  close(): Promise<void>;
}

interface Waiting {
  bill: PendingBill;
  tries: number;
  dueTicksMs: number;
  /** Booked already: only its turn has to be told. */
  isBooked: boolean;
}

/**
 * Asks gateways late what an attempt cost that ended before it was billed: cut, stopped or crashed. A few small GETs for each,
 * one at a time, with growing pauses, beside everything else; what they bring replaces the estimate in the books and in the
 * turn. What was begun before a restart is asked for as well. A gateway that knows nothing leaves everything as it was.
 */
export function createReconciler(deps: ReconcileDeps): Reconciler {
  const { clock } = deps;
  const waiting = new Map<string, Waiting>();
  const givenUp = new Set<string>();
  const stopping = new AbortController();
  let callOff: (() => void) | null = null;
  let working: Promise<void> | null = null;

  const schedule = (): void => {
    if (stopping.signal.aborted || working !== null) return;
    callOff?.();
    callOff = null;
    if (waiting.size === 0) return;
    const dueTicksMs = Math.min(...[...waiting.values()].map((each) => each.dueTicksMs));
    callOff = clock.after(Math.max(0, dueTicksMs - clock.ticks()), () => {
      working = work().finally(() => {
        working = null;
        schedule();
      });
    });
  };

  const work = async (): Promise<void> => {
    for (const each of [...waiting.values()].filter(({ dueTicksMs }) => dueTicksMs <= clock.ticks())) {
      if (stopping.signal.aborted) return;
      await (each.isBooked ? tellTurn(each) : ask(each)).catch((error: unknown) => {
        deps.onFault?.(failureOf(error));
        askAgain(each);
      });
    }
  };

  const ask = async (each: Waiting): Promise<void> => {
    const found = await askProvider(each.bill, stopping.signal, deps);
    if (stopping.signal.aborted) return;
    if (found === "nobody") waiting.delete(each.bill.attemptId);
    else if (found === null) askAgain(each);
    else await book(each, found);
  };

  const book = async (each: Waiting, { usage, costUsd }: GenerationBill): Promise<void> => {
    const store = deps.store();
    if (store === null) return askAgain(each);
    const { attemptId } = each.bill;
    if (!(await store.ledger.reconcile(attemptId, { usage, costNano: nanoFromUsd(costUsd) }))) {
      waiting.delete(attemptId);
      return;
    }
    deps.onReconciled?.(each.bill);
    each.isBooked = true;
    each.tries = 0;
    await tellTurn(each);
  };

  const tellTurn = async (each: Waiting): Promise<void> => {
    const store = deps.store();
    const state = store === null ? "told" : await amendTurn(each.bill, store, deps);
    each.tries += 1;
    if (state === "told" || each.tries >= MOST_LOOKS) waiting.delete(each.bill.attemptId);
    else each.dueTicksMs = clock.ticks() + LOOK_AGAIN_MS;
  };

  const askAgain = (each: Waiting): void => {
    each.tries += 1;
    const pauseMs = ASK_AFTER_MS[each.tries];
    if (pauseMs !== undefined) {
      each.dueTicksMs = clock.ticks() + pauseMs;
      return;
    }
    waiting.delete(each.bill.attemptId);
    givenUp.add(each.bill.attemptId);
    const [oldest] = givenUp;
    if (givenUp.size > MOST_GIVEN_UP && oldest !== undefined) givenUp.delete(oldest);
  };

  return {
    look() {
      if (stopping.signal.aborted) return;
      try {
        for (const bill of deps.store()?.ledger.toReconcile(clock.now() - OLDEST_MS) ?? []) {
          const { attemptId } = bill;
          if (waiting.size >= MOST_WAITING || waiting.has(attemptId) || givenUp.has(attemptId)) continue;
          const dueTicksMs = clock.ticks() + (ASK_AFTER_MS[0] ?? 0);
          waiting.set(attemptId, { bill, tries: 0, dueTicksMs, isBooked: false });
        }
      } catch (error) {
        deps.onFault?.(failureOf(error));
      }
      schedule();
    },
    async close() {
      stopping.abort();
      callOff?.();
      await working;
    },
  };
}

/** `nobody` where the provider is not set up any more, at that address and with a key. null: no bill yet. */
async function askProvider(
  { providerId, origin, generationId }: PendingBill,
  stopping: AbortSignal,
  { world, clock }: ReconcileDeps,
): Promise<GenerationBill | null | "nobody"> {
  const tooLong = new AbortController();
  const callOff = clock.after(ASK_TIMEOUT_MS, () => tooLong.abort());
  try {
    return await world.during(async ({ providerOf }) => {
      const provider = providerOf({ providerId, wire: "openai-compatible" });
      if (provider?.billOf === undefined || provider.origin !== origin) return "nobody";
      return provider.billOf(generationId, { signal: AbortSignal.any([stopping, tooLong.signal]) });
    });
  } catch {
    // Whatever kept the bill from coming, it is asked for again, and the estimate stands meanwhile.
    return null;
  } finally {
    callOff();
  }
}

/** Puts what the books have now into the turn that the attempt belongs to. `later`: the turn is still being answered. */
async function amendTurn(
  bill: PendingBill,
  store: Pick<Store, "ledger" | "sessions">,
  { onAmended }: ReconcileDeps,
): Promise<"told" | "later"> {
  const session = readSession(bill.sessionId, store);
  const turn = session?.turns.find(({ id }) => id === bill.turnId);
  if (session === null || turn === undefined) return "told";
  if (turn.state === "answering") return "later";
  const { decision } = turn;
  if (decision === null) return "told";
  if (turn.state === "interrupted") {
    // Its cost is read from the books whenever it is shown.
    onAmended?.(session.id, turn);
    return "told";
  }
  if (!decision.attempts.some(({ id }) => id === bill.attemptId)) return "told";
  const booked = new Map(store.ledger.attemptsOfTurn(turn.id).map((attempt) => [attempt.id, attempt]));
  const attempts = decision.attempts.map((attempt) => booked.get(attempt.id) ?? attempt);
  const amended = { ...turn, decision: withAttempts(decision, attempts, turn.answer) };
  const { id, title, updatedAtMs } = session;
  await store.sessions.saveTurn({ id, workspace: bill.workspace, title, updatedAtMs }, amended);
  onAmended?.(session.id, amended);
  return "told";
}
