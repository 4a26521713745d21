import type { Attempt } from "../../shared/answer.ts";
import type { Failure } from "../../shared/failure.ts";
import { describeAttempt } from "../core/failure-action.ts";
import { routeName } from "../core/provider.ts";
import type { WireFault } from "./wire.ts";

/** The fault with each attempt that failed; the message names their models, which a vendor's host does not tell. */
export function withAttempts(fault: WireFault, attempts: readonly Attempt[]): WireFault {
  const failed = attempts.flatMap((attempt) =>
    attempt.failure === null ? [] : [{ model: routeName(attempt), failure: attempt.failure }],
  );
  if (failed.length === 0) return fault;
  // Of one that was asked twice, how it ended.
  const ends = new Map(failed.map(({ model, failure }) => [model, `${model} (${describeAttempt(failure)})`]));
  const [first = "", ...others] = ends.values();
  const last = others.pop();
  const asked = last === undefined ? `Asked was ${first}` : `Asked were ${[first, ...others].join(", ")} and ${last}`;
  return {
    ...fault,
    message: `${/[.!?]$/.test(fault.message) ? fault.message : `${fault.message}.`} ${asked}.`,
    attempts: failed.map(({ model, failure: { kind, message } }) => ({ model, kind, message })),
  };
}

/** What a client of the endpoint is told of a failure of the engine's: the status, and a code for programs. */
export function faultOf(failure: Failure): WireFault {
  const { message } = failure;
  const fault = (status: number, kind: WireFault["kind"], code: string, param: string | null = null): WireFault => ({
    status,
    kind,
    message,
    param,
    code,
    retryAfterMs: null,
  });
  switch (failure.kind) {
    case "context-length":
      return fault(400, "bad-request", "context_length_exceeded", "messages");
    case "bad-request":
      return fault(400, "bad-request", "bad_request", failure.parameter);
    case "content-filter":
      return fault(400, "bad-request", "content_filter");
    case "budget":
      return fault(402, "budget", "budget_exceeded");
    case "setup":
      // No such model here is the client's to mend; anything else that is not set up is the person's.
      return failure.field === "model"
        ? fault(404, "not-found", "model_not_found", "model")
        : fault(503, "unavailable", "not_set_up");
    case "ledger":
      return fault(503, "unavailable", "ledger_unavailable");
    case "rate-limit":
      return { ...fault(429, "rate-limit", "rate_limit_exceeded"), retryAfterMs: failure.retryAfterMs };
    case "overloaded":
      return fault(503, "overloaded", "overloaded");
    case "silence":
    case "stall":
      return fault(504, "timeout", `upstream_${failure.kind}`);
    case "internal":
      return fault(500, "internal", "internal_error");
    default:
      // The vendor's answer, or none: 401 or 404 of its own would read as if the client's token or model were wrong.
      return fault(502, "upstream", `upstream_${failure.kind.replaceAll("-", "_")}`);
  }
}
