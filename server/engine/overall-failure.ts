import type { Attempt } from "../../shared/answer.ts";
import type { Failure } from "../../shared/failure.ts";
import { mendable } from "../../shared/told-failure.ts";
import { describeAttempt } from "../core/failure-action.ts";
import { type Route, routeName } from "../core/provider.ts";
import type { RouteStep } from "../core/step-down.ts";
import type { Clock } from "./clock.ts";
import type { Health } from "./health.ts";

/** What a person is told when no route has answered: one failure of many, in one sentence or two. */

/** A question that was tried for as long as a person waits, however many routes are left. */
export function outOfTime(
  attempts: readonly Attempt[],
  waitedMs: number,
  last: { route: Route; failure: Failure } | null,
): Failure {
  const seconds = Math.round(waitedMs / 1000);
  const count = attempts.length === 1 ? "One attempt" : `${attempts.length} attempts`;
  const why = last === null ? "" : ` Last, ${routeName(last.route)}: ${describeAttempt(last.failure)}.`;
  return {
    kind: "silence",
    phase: "first-content",
    waitedMs,
    message: `${count} in ${seconds} s brought no answer, and that is as long as a question is tried.${why} Ask again, or choose another model.`,
  };
}

/** What passes by itself: then it helps to know when. */
const passing: ReadonlySet<string> = new Set(["network", "silence", "rate-limit", "overloaded", "server-error"]);

/**
 * The failure of a question, with the route that may be asked first again, and when, where some of what failed will pass;
 * `retryAfterMs` is absent where nothing does.
 */
export function withSoonest(
  failure: Failure,
  attempts: readonly Attempt[],
  steps: readonly RouteStep[],
  { health, clock }: { health?: Pick<Health, "soonest">; clock: Clock },
): { failure: Failure; retryAfterMs?: number } {
  const down = new Set(attempts.flatMap((each) => (passing.has(each.failure?.kind ?? "") ? [routeName(each)] : [])));
  const soonest = health?.soonest(steps.flatMap(({ route }) => (down.has(routeName(route)) ? [route] : []))) ?? null;
  if (soonest === null) return { failure };
  const retryAfterMs = Math.max(1, soonest.untilMs - clock.now());
  const again = `${routeName(soonest.route)} is tried again in ${Math.ceil(retryAfterMs / 1000)} s.`;
  return { failure: { ...failure, message: `${failure.message} ${again}` }, retryAfterMs };
}

/** Of two refusals, the one that less room would have prevented; the earlier one where they do not tell. */
export function leastNeeding(earlier: Failure, later: Failure): Failure {
  if (earlier.kind !== "budget" || later.kind !== "budget") return earlier;
  if (earlier.cap === undefined || later.cap === undefined) return earlier;
  return later.cap.neededNano < earlier.cap.neededNano ? later : earlier;
}

/** Of several failures, the one the person can do something about: the budget first, since nothing else was asked. */
export function overallFailure(attempts: readonly Attempt[], last: Failure | null, refusal: Failure | null): Failure {
  const failures = attempts.flatMap((attempt) => (attempt.failure === null ? [] : [attempt.failure]));
  const failure = refusal ?? failures.find((each) => mendable.has(each.kind)) ?? last;
  if (failure === null) {
    return {
      kind: "setup",
      field: "wayfare.tiers",
      message: 'None of the planned models can be reached. Run "Wayfare: Add Provider".',
    };
  }
  const count = attempts.length;
  if (count === 0 || (count === 1 && refusal === null)) return failure;
  return { ...failure, message: `${count} ${count === 1 ? "attempt" : "attempts"} failed. ${failure.message}` };
}
