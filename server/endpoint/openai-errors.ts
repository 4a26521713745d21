import type { FailedAttempt, WireFault } from "./wire.ts";

/** A fault as OpenAI writes it, in a body and in a stream. */
export function openAiErrorBody({ message, status, param, code, attempts }: WireFault): {
  error: { message: string; type: string; param: string | null; code: string | null };
  wayfare?: { attempts: readonly FailedAttempt[] };
} {
  const type = types[status] ?? (status >= 500 ? "server_error" : "invalid_request_error");
  return { error: { message, type, param, code }, ...(attempts === undefined ? {} : { wayfare: { attempts } }) };
}

const types: Readonly<Record<number, string>> = {
  401: "authentication_error",
  402: "insufficient_quota",
  403: "permission_error",
  429: "rate_limit_error",
};
