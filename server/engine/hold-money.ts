import { describeCap } from "../../shared/cap-words.ts";
import type { Shortage } from "../../shared/estimate.ts";
import { type Failure, failureOf, isAbort } from "../../shared/failure.ts";
import type { CapState } from "../../shared/protocol.ts";
import type { Cap } from "../core/budget.ts";
import { unreadableRefusal } from "../core/describe-cap.ts";
import { type BoundNano, boundOverNano } from "../core/price.ts";
import { type Route, routeName } from "../core/provider.ts";
import { grantUnder } from "../store/cap-book.ts";
import type { Ledger, Reservation } from "../store/ledger.ts";
import { abortError, type Clock } from "./clock.ts";

/** Waited in one walk for money that other requests hold. Nobody waits as long for a completion as for an answer. */
const WAIT_MS: Record<Reservation["kind"], number> = { chat: 5_000, helper: 5_000, completion: 1_000, endpoint: 5_000 };
/** Another process's settlement is seen this late at most. */
const POLL_MS = 250;
/**
 * A vendor may count this many times the tokens that we estimate. The bound by class of character is a good one for the
 * vocabularies we know; this one holds for those we do not.
 */
const MOST_OVER_ESTIMATE = 2;

/** What money is held for: the same for every attempt of one walk. */
export interface HoldJob
  extends Pick<Reservation, "turnId" | "sessionId" | "kind" | "workspace" | "language">,
    Pick<HoldTokens, "boundTokens" | "partsBoundTokens" | "images" | "inputTokens" | "leastOutputTokens"> {
  caps: readonly Cap[];
}

export interface HoldTokens {
  /** Our estimate of the prompt, and the number we take it not to exceed. */
  inputTokens: number;
  boundTokens: number;
  /** What comes to that bound on a route for images and tools, which each model counts in its own way. */
  partsBoundTokens?(route: Route): number;
  /** How many images are sent; absent: none. */
  images?: number;
  leastOutputTokens: number;
}

export type Hold =
  | {
      state: "held";
      startedAtMs: number;
      /** The same moment in the clock's ticks. */
      startedTicksMs: number;
      heldNano: number;
      maxOutputTokens: number;
      /** The cap that lowered the room for the answer, as `describeCap` says it, or null. */
      loweredBy: string | null;
    }
  /** A cap is in the way; `cap` names it in the middle of a sentence. Nothing is held. */
  | { state: "refused"; failure: Failure; cap: string }
  /** The books cannot be kept. */
  | { state: "failed"; failure: Failure }
  | { state: "cancelled" };

/** Holds the money of each attempt of one walk before its first byte leaves. */
export interface MoneyHolder {
  /**
   * Holds the most that an answer of `maxOutputTokens` can cost, or what the caps leave of it, but never less than the
   * job's least. Where only money that others hold is in the way, it waits for a settlement first, 5 s in a walk.
   */
  hold(route: Route, request: { attemptId: string; maxOutputTokens: number }, signal: AbortSignal): Promise<Hold>;
  /** The least that it would hold on a route; null when the price is not known. */
  neededNano(route: Route): number | null;
}

export function createMoneyHolder(
  job: HoldJob,
  deps: { ledger: Pick<Ledger, "reserve" | "onSettled" | "capStates">; clock: Clock },
): MoneyHolder {
  const { ledger, clock } = deps;
  let leftToWaitMs = WAIT_MS[job.kind];

  const statesOf = (caps: readonly Cap[]): CapState[] => {
    try {
      return ledger.capStates(caps, job.workspace);
    } catch {
      // Only for words and for the question whether to wait: the ledger itself has judged.
      return [];
    }
  };

  return {
    neededNano: (route) => leastNanoFor(route, job),

    async hold(route, { attemptId, maxOutputTokens }, signal) {
      const caps = route.simulated ? [] : job.caps;
      const full = boundFor(route, job, maxOutputTokens);
      const least = boundFor(route, job, Math.min(maxOutputTokens, job.leastOutputTokens));
      const barrier = barrierFor(route, full, caps);
      if (barrier !== null) return { state: "refused", ...barrier };

      const wholeNano = full?.totalNano ?? 0;
      const leastNano = least?.totalNano ?? 0;
      const waiter = createWaiter(ledger, clock);
      try {
        while (true) {
          if (signal.aborted) return { state: "cancelled" };
          const startedAtMs = clock.now();
          const startedTicksMs = clock.ticks();
          try {
            const { heldNano } = await ledger.reserve({
              attemptId,
              turnId: job.turnId,
              sessionId: job.sessionId,
              kind: job.kind,
              workspace: job.workspace,
              book: route.simulated ? "simulated" : "real",
              tier: route.tier,
              providerId: route.providerId,
              modelId: route.modelId,
              ...(job.language === undefined ? {} : { language: job.language }),
              startedAtMs,
              heldNano: wholeNano,
              leastNano,
              caps,
              inputNano: full?.inputNano ?? null,
              outputNanoPerToken: full?.outputNanoPerToken ?? null,
            });
            const isLowered = full !== null && heldNano < wholeNano;
            return {
              state: "held",
              startedAtMs,
              startedTicksMs,
              heldNano,
              maxOutputTokens: isLowered ? outputWithin(heldNano, full, maxOutputTokens) : maxOutputTokens,
              loweredBy: isLowered ? tightest(statesOf(caps), caps) : null,
            };
          } catch (error) {
            const failure = failureOf(error);
            if (failure.kind !== "budget") return { state: "failed", failure };
            const waitMs = Math.min(leftToWaitMs, POLL_MS);
            if (waitMs <= 0 || !mayComeFree(failure, statesOf(caps), leastNano)) {
              return { state: "refused", failure, cap: capOf(failure, caps) };
            }
            const fromMs = clock.ticks();
            await waiter.settled(waitMs, signal);
            leftToWaitMs -= Math.max(clock.ticks() - fromMs, 1);
          }
        }
      } catch (error) {
        if (isAbort(error)) return { state: "cancelled" };
        throw error;
      } finally {
        waiter.stop();
      }
    },
  };
}

/** Nothing can be held for a price nobody knows: null. Of several prices that may come to hold, the dearest. */
export function boundFor(
  route: Route,
  tokens: Pick<HoldTokens, "inputTokens" | "boundTokens" | "partsBoundTokens" | "images">,
  maxOutputTokens: number,
): BoundNano | null {
  const boundTokens = tokens.boundTokens + (tokens.partsBoundTokens?.(route) ?? 0);
  const inputTokens = Math.max(boundTokens, Math.ceil(tokens.inputTokens * MOST_OVER_ESTIMATE));
  return boundOverNano({ inputTokens, maxOutputTokens, images: tokens.images ?? 0 }, [
    route.price,
    ...(route.nextPrices ?? []),
  ]);
}

/** The least that is held on a route; null when the price is not known. */
export function leastNanoFor(route: Route, tokens: HoldTokens): number | null {
  const leastTokens = Math.min(tokens.leastOutputTokens, route.maxOutputTokens ?? tokens.leastOutputTokens);
  return boundFor(route, tokens, leastTokens)?.totalNano ?? null;
}

export type ForeseenHold =
  /** `heldNano` is null where the price is not known; `loweredBy` as in `Hold`. */
  | { state: "held"; heldNano: number | null; maxOutputTokens: number; loweredBy: string | null }
  /** `cap` as in `Hold`. */
  | { state: "refused"; shortage: Shortage; cap: string };

/**
 * What holding money on a route would come to as the caps stand now, without holding any. It does not wait: what others
 * hold now may come free until then.
 */
export function foreseeHold(
  route: Route,
  tokens: HoldTokens & { maxOutputTokens: number },
  states: readonly CapState[],
): ForeseenHold {
  const { maxOutputTokens } = tokens;
  const caps = route.simulated ? [] : states;
  const full = boundFor(route, tokens, maxOutputTokens);
  const barrier = barrierFor(route, full, caps);
  if (barrier !== null) {
    const broken = caps.find((cap) => cap.isUnreadable === true);
    const shortage: Shortage =
      broken === undefined ? { kind: "unknown-price" } : { kind: "unreadable-cap", setting: broken.setting };
    return { state: "refused", shortage, cap: barrier.cap };
  }
  if (full === null || full.totalNano === 0 || caps.length === 0) {
    return { state: "held", heldNano: full?.totalNano ?? null, maxOutputTokens, loweredBy: null };
  }
  const least = boundFor(route, tokens, Math.min(maxOutputTokens, tokens.leastOutputTokens));
  const neededNano = least?.totalNano ?? full.totalNano;
  const grant = grantUnder(caps, { heldNano: full.totalNano, leastNano: neededNano });
  if ("refusedBy" in grant) {
    const { refusedBy } = grant;
    const cap = describeCap(refusedBy);
    const leftNano = Math.max(0, refusedBy.limitNano - refusedBy.spentNano - refusedBy.heldNano);
    return { state: "refused", shortage: { kind: "too-little", cap, neededNano, leftNano }, cap };
  }
  const { heldNano } = grant;
  if (heldNano >= full.totalNano) return { state: "held", heldNano, maxOutputTokens, loweredBy: null };
  return {
    state: "held",
    heldNano,
    maxOutputTokens: outputWithin(heldNano, full, maxOutputTokens),
    loweredBy: tightest(caps, []),
  };
}

/** What no ledger need be asked for: a cap that nobody can read, and a price that nobody knows. */
function barrierFor(
  route: Route,
  full: BoundNano | null,
  caps: readonly Pick<Cap, "isUnreadable" | "setting" | "refusal">[],
): { failure: Failure; cap: string } | null {
  if (caps.length === 0 || full?.totalNano === 0) return null;
  const unreadable = caps.find((cap) => cap.isUnreadable === true);
  if (unreadable !== undefined) {
    const { setting, refusal } = unreadable;
    return {
      failure: { kind: "budget", message: refusal ?? unreadableRefusal(setting) },
      cap: refusal === undefined ? `${setting}, which is no amount` : `${setting}, which cannot be read`,
    };
  }
  if (full !== null) return null;
  return {
    failure: {
      kind: "budget",
      message: `${routeName(route)} cannot be asked under a cap: its price is not known. Write it in wayfare.providers, or remove the cap.`,
    },
    cap: "a cap without a known price",
  };
}

/** The room for the answer that so much money pays for beside the prompt. */
function outputWithin(heldNano: number, { inputNano, outputNanoPerToken }: BoundNano, mostTokens: number): number {
  if (outputNanoPerToken <= 0) return mostTokens;
  return Math.min(mostTokens, Math.floor((heldNano - inputNano) / outputNanoPerToken));
}

/** True where the caps have room once what others hold is settled at nothing. No settlement brings back a count that was lost. */
function mayComeFree(failure: Failure, states: readonly CapState[], neededNano: number): boolean {
  if (failure.kind === "budget" && failure.cap === undefined) return false;
  const caps = states.length > 0 || failure.kind !== "budget" || failure.cap === undefined ? states : [failure.cap];
  return caps.length > 0 && caps.every((cap) => cap.spentNano + neededNano <= cap.limitNano);
}

/** The cap with the least room left is the one that lowered it. */
function tightest(states: readonly CapState[], caps: readonly Cap[]): string | null {
  const room = (state: CapState) => state.limitNano - state.spentNano - state.heldNano;
  const [first, ...others] = states;
  if (first === undefined) return caps[0] === undefined ? null : describeCap(caps[0]);
  return describeCap(others.reduce((least, state) => (room(state) < room(least) ? state : least), first));
}

function capOf(failure: Failure, caps: readonly Cap[]): string {
  const found = failure.kind === "budget" ? failure.cap : undefined;
  const cap = caps.find((each) => each.id === found?.id);
  if (found === undefined || cap === undefined) return "the budget";
  return describeCap({ ...cap, limitNano: found.limitNano });
}

/** Listens from the first try on, so that no settlement between two tries goes unheard. */
function createWaiter(ledger: Pick<Ledger, "onSettled">, clock: Clock) {
  let isSettled = false;
  let wake = (): void => undefined;
  const stop = ledger.onSettled(() => {
    isSettled = true;
    wake();
  });
  return {
    /** Resolves after a settlement of this process, or after `mostMs`; rejects with an AbortError. */
    settled(mostMs: number, signal: AbortSignal): Promise<void> {
      return new Promise((resolve, reject) => {
        const end = (finish: () => void): void => {
          wake = () => undefined;
          cancelTimer();
          signal.removeEventListener("abort", onAbort);
          isSettled = false;
          finish();
        };
        const onAbort = (): void => end(() => reject(abortError()));
        const cancelTimer = clock.after(mostMs, () => end(resolve));
        signal.addEventListener("abort", onAbort, { once: true });
        wake = () => end(resolve);
        if (signal.aborted) onAbort();
        else if (isSettled) wake();
      });
    },
    stop,
  };
}
