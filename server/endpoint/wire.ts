import type { Failure } from "../../shared/failure.ts";
import type { RelayBeginning, RelayEnd, RelayPart, RelayRequest } from "../core/relay.ts";

/**
 * One way to ask the endpoint: how a body is read, and how an answer is written. Pure: texts in, texts out; sockets,
 * tokens and headers are `serve.ts`'s.
 */
export interface WireCall {
  /** What is asked of the engine, but for what stands in headers. */
  request: Omit<RelayRequest, "id" | "session" | "workspace">;
  /** Made when the answer begins; one for each answer. */
  answer(facts: { id: string; nowMs: number }): AnswerWriter;
}

export interface AnswerWriter {
  /** Server-sent events for a streamed answer; "" where nothing is to be said yet. */
  begin(beginning: RelayBeginning): string;
  part(part: RelayPart): string;
  /** The last events. The stream ends after them. */
  end(end: Extract<RelayEnd, { state: "done" }>): string;
  /** An error event, after which the stream ends without the wire's end signal: half an answer is never a whole one. */
  fail(fault: WireFault): string;
  /** The body of an answer that is not streamed. */
  whole(end: Extract<RelayEnd, { state: "done" }>): unknown;
}

/** What a client did wrong, or what went wrong for it: the same facts on each wire, written in that wire's own form. */
export interface WireFault {
  /** Of HTTP. */
  status: number;
  kind:
    | "bad-request"
    | "unauthorized"
    | "forbidden"
    | "not-found"
    | "too-large"
    | "budget"
    | "rate-limit"
    | "overloaded"
    | "timeout"
    | "upstream"
    | "unavailable"
    | "internal";
  /** One sentence or two that name the field and the mend. */
  message: string;
  /** The field of the body, such as `messages[2].content[0].type`; null: none. */
  param: string | null;
  /** For programs: `context_length_exceeded`, `model_not_found`, `budget_exceeded` … null: none. */
  code: string | null;
  /** When the same may be tried again; null: nobody knows. */
  retryAfterMs: number | null;
  /** Whom the engine asked, in order, and what became of each. Absent: nobody. */
  attempts?: readonly FailedAttempt[];
}

/** An attempt that failed; `kind` is that of its failure. */
export interface FailedAttempt {
  /** `provider/model` */
  model: string;
  kind: Failure["kind"];
  message: string;
}

/** Thrown by readers of bodies. */
export class WireError extends Error {
  override readonly name = "WireError";
  readonly fault: WireFault;
  constructor(fault: WireFault) {
    super(fault.message);
    this.fault = fault;
  }
}

/** A 400 that names a field. */
export function badRequest(param: string | null, message: string, code: string | null = null): WireError {
  return new WireError({ status: 400, kind: "bad-request", message, param, code, retryAfterMs: null });
}
