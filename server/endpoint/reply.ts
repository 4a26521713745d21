import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { WireFault } from "./wire.ts";
import type { ErrorForm } from "./wire-paths.ts";

/** Answers that are whole when they leave. */

export function sendJson(
  response: ServerResponse,
  { status, headers, json }: { status: number; headers: OutgoingHttpHeaders; json: unknown },
): void {
  const body = Buffer.from(JSON.stringify(json));
  response.writeHead(status, { ...headers, "content-type": "application/json", "content-length": body.length });
  response.end(body);
}

export interface FaultReply {
  id: string;
  fault: WireFault;
  errors: ErrorForm;
  /** The engine has tried it, on every route: a client's own repetition would only do the same once more. */
  wasTried: boolean;
  headers?: OutgoingHttpHeaders;
  /** The client is still sending: the connection cannot be used again, and stays open so long for it to read the answer. */
  unreadLingerMs?: number;
}

/** A fault in the wire's own form. Nothing of an answer may have left. */
export function sendFault(response: ServerResponse, reply: FaultReply): void {
  const { fault, errors, unreadLingerMs } = reply;
  const body = Buffer.from(JSON.stringify(errors.body(fault, reply.id)));
  const status = errors.status?.(fault) ?? fault.status;
  response.writeHead(status, {
    ...reply.headers,
    ...faultHeaders(reply),
    ...(unreadLingerMs === undefined ? {} : { connection: "close" }),
    "content-type": "application/json",
    "content-length": body.length,
  });
  if (unreadLingerMs === undefined) {
    response.end(body);
    return;
  }
  // Closed at once, the system would tell the sender of a broken connection, and many never get to read why. The answer is
  // whole by its length; ended here, what is still sent would be read after all.
  response.flushHeaders();
  response.write(body);
  const timer = setTimeout(() => response.destroy(), unreadLingerMs);
  timer.unref();
  response.once("close", () => clearTimeout(timer));
}

function faultHeaders({ id, fault, wasTried }: FaultReply): OutgoingHttpHeaders {
  const wait = fault.retryAfterMs;
  return {
    "x-wayfare-request-id": id,
    ...(wait === null ? {} : { "retry-after": String(Math.max(0, Math.ceil(wait / 1_000))) }),
    ...(wasTried || never.has(fault.status) ? { "x-should-retry": "false" } : {}),
  };
}

/** What only the person or the program can mend. */
const never: ReadonlySet<number> = new Set([400, 401, 402, 403, 404]);
