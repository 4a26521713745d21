import type { Failure } from "../../shared/failure.ts";
import type { WireFault } from "./wire.ts";

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
