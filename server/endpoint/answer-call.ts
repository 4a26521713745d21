import type { IncomingMessage, ServerResponse } from "node:http";
import { type Failure, failureOf } from "../../shared/failure.ts";
import type { Relay, RelayBeginning, RelayEnd, RelayListener } from "../core/relay.ts";
import { beginningHeaders, billHeaders } from "./answer-headers.ts";
import { closedFaults } from "./closed-faults.ts";
import { createEventStream } from "./event-stream.ts";
import { faultOf, withAttempts } from "./fault-of.ts";
import { sendFault, sendJson } from "./reply.ts";
import type { AnswerWriter, WireCall, WireFault } from "./wire.ts";
import type { ErrorForm } from "./wire-paths.ts";

export interface CallVisit {
  relay: Pick<Relay, "ask">;
  id: string;
  request: IncomingMessage;
  response: ServerResponse;
  errors: ErrorForm;
  session: string | null;
  workspace: string | null;
  /** The client has gone, or the endpoint stops. */
  signal: AbortSignal;
  /** Why the endpoint takes no more, while it does not. */
  closed(): WireFault | null;
  readerMs: number;
  now(): number;
  onFault(failure: Failure): void;
  /** Hears of a fault of the engine's of which the client learns by its status. */
  onRefused(fault: WireFault): void;
}

/** Asks the engine and writes what it answers. Never rejects; resolves when the engine has kept its books. */
export async function answerCall(visit: CallVisit, call: WireCall): Promise<void> {
  const { relay, id, response, session, workspace, signal } = visit;
  const listener = guarded(visit, call.request.isStreamed ? streamed(visit, call) : whole(visit, call));
  try {
    await relay.ask({ ...call.request, id, session, workspace }, listener, signal);
  } catch (error) {
    visit.onFault(failureOf(error));
  }
  // An engine that ends without a word would leave the client waiting for ever.
  if (!response.writableEnded && !response.destroyed) breakOff(visit);
}

function streamed(visit: CallVisit, call: WireCall): RelayListener {
  const stream = createEventStream(visit, { readerMs: visit.readerMs, trailers });
  let writer: AnswerWriter | null = null;
  const begin = (beginning: RelayBeginning): AnswerWriter => {
    writer = call.answer({ id: visit.id, nowMs: visit.now() });
    stream.open({ "x-wayfare-request-id": visit.id, ...beginningHeaders(beginning) });
    stream.write(writer.begin(beginning));
    return writer;
  };
  return {
    begin,
    part(part) {
      stream.write(writer?.part(part) ?? "");
    },
    end(end) {
      if (end.state === "done") stream.end((writer ?? begin(end.beginning)).end(end), billHeaders(end.bill));
      else if (writer !== null) stream.end(writer.fail(faultOfEnd(visit, end)), billHeaders(end.bill));
      else refuse(visit, end);
    },
    busy: stream.busy,
  };
}

/** Known only when an answer has ended. */
const trailers = ["x-wayfare-cost-usd", "x-wayfare-cost-source", "x-wayfare-attempts"];

function whole(visit: CallVisit, call: WireCall): RelayListener {
  return {
    begin: () => undefined,
    part: () => undefined,
    end(end) {
      if (end.state !== "done") {
        refuse(visit, end);
        return;
      }
      const headers = {
        "x-wayfare-request-id": visit.id,
        ...beginningHeaders(end.beginning),
        ...billHeaders(end.bill),
      };
      const writer = call.answer({ id: visit.id, nowMs: visit.now() });
      visit.request.socket.setTimeout(visit.readerMs);
      sendJson(visit.response, { status: 200, headers, json: writer.whole(end) });
    },
    busy: () => null,
  };
}

type Failed = Exclude<RelayEnd, { state: "done" }>;

function refuse(visit: CallVisit, end: Failed): void {
  const fault = faultOfEnd(visit, end);
  if (end.state === "failed") visit.onRefused(fault);
  const beginning = end.state === "failed" && end.beginning !== null ? beginningHeaders(end.beginning) : {};
  const headers = { ...beginning, ...billHeaders(end.bill) };
  sendFault(visit.response, { id: visit.id, fault, errors: visit.errors, wasTried: true, headers });
}

function faultOfEnd(visit: CallVisit, end: Failed): WireFault {
  if (end.state === "cancelled") return visit.closed() ?? closedFaults.stopped;
  const fault = faultOf(end.failure);
  // The soonest of all routes, whatever one of them has named.
  return withAttempts({ ...fault, retryAfterMs: end.retryAfterMs ?? fault.retryAfterMs }, end.bill.attempts);
}

/** The engine's listener may not throw, and has nothing to say to a client that is gone. */
function guarded(visit: CallVisit, listener: RelayListener): RelayListener {
  const guard = (act: () => void) => {
    if (visit.response.destroyed || visit.response.writableEnded) return;
    try {
      act();
    } catch (error) {
      visit.onFault(failureOf(error));
      breakOff(visit);
    }
  };
  return {
    begin: (beginning) => guard(() => listener.begin(beginning)),
    part: (part) => guard(() => listener.part(part)),
    end: (end) => guard(() => listener.end(end)),
    busy: () => listener.busy(),
  };
}

function breakOff({ id, response, errors }: CallVisit): void {
  if (response.headersSent) {
    // Ended in order it would read like a whole answer.
    response.destroy();
    return;
  }
  const fault = faultOf({ kind: "internal", message: `Wayfare broke on this request (${id}); its log says why.` });
  sendFault(response, { id, fault, errors, wasTried: true });
}
