import type { Attempt } from "./answer.ts";
import type { Failure, FailureKind } from "./failure.ts";

/** What does not pass by itself, and a person can do something about. */
export const mendable: ReadonlySet<FailureKind> = new Set([
  "auth",
  "quota",
  "no-access",
  "region",
  "unknown-model",
  "not-an-api",
  "context-length",
  "bad-request",
]);

/** The attempt whose failure is told as that of them all; null where it is nobody's. */
export function attemptBehind(failure: Failure | null, attempts: readonly Attempt[]): Attempt | null {
  const alike = attempts.filter((each) => failure !== null && each.failure?.kind === failure.kind);
  return alike.find((each) => failure?.message.includes(each.failure?.message ?? "") === true) ?? alike.at(-1) ?? null;
}

/** Whether a key that was refused is one that Wayfare has, and not one that a gateway keeps. */
export function isKeyOurs(failure: Extract<Failure, { kind: "auth" }>): boolean {
  return failure.upstream === undefined || failure.upstream.account === "sent";
}
