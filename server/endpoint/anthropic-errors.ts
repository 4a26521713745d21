import type { WireFault } from "./wire.ts";

/** The body of an error as Anthropic writes it, and the data of an `error` event. */
export function errorBody(fault: WireFault, requestId: string | null): Record<string, unknown> {
  // By this its SDKs know to send the whole conversation instead, as the loop over tools then does.
  const details = fault.code === noThreads ? { details: { error_code: noThreads } } : {};
  const error = { type: types[fault.kind], message: fault.message, ...details };
  const wayfare = fault.attempts === undefined ? {} : { wayfare: { attempts: fault.attempts } };
  return { type: "error", error, request_id: requestId, ...wayfare };
}

/** The status that goes with it: who is only busy has one of its own on this wire. */
export function errorStatus({ kind, status }: WireFault): number {
  return kind === "overloaded" ? 529 : status;
}

/** The code of a request whose conversation would have to be held here. */
export const noThreads = "thread_unsupported_request";

const types: Record<WireFault["kind"], string> = {
  "bad-request": "invalid_request_error",
  unauthorized: "authentication_error",
  forbidden: "permission_error",
  "not-found": "not_found_error",
  "too-large": "request_too_large",
  budget: "billing_error",
  "rate-limit": "rate_limit_error",
  overloaded: "overloaded_error",
  timeout: "timeout_error",
  upstream: "api_error",
  unavailable: "api_error",
  internal: "api_error",
};
