import { hash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type Failure, failureOf } from "../../shared/failure.ts";
import type { EndpointSpend } from "../core/endpoint-spend.ts";
import type { Relay } from "../core/relay.ts";
import { answerCall } from "./answer-call.ts";
import type { EndpointBounds } from "./bounds.ts";
import {
  checkContent,
  checkHost,
  checkHostCount,
  checkOrigin,
  readAsker,
  readChallenge,
  refusal,
} from "./check-request.ts";
import type { FailedAnswers } from "./failed-answers.ts";
import { faultOf } from "./fault-of.ts";
import { noSuchPath, shownPath } from "./no-such-path.ts";
import { parseBody } from "./parse-body.ts";
import { type BodyHold, type BodyRoom, busyFault, readBody } from "./read-body.ts";
import { sendFault, sendJson } from "./reply.ts";
import { type WireCall, WireError, type WireFault } from "./wire.ts";
import { type FoundPath, findPath, type Immediate, pathOf, type WirePath } from "./wire-paths.ts";

/** What all requests share. */
export interface Desk {
  relay: Relay;
  /** Throws a WireError. */
  spend(): EndpointSpend;
  bounds: EndpointBounds;
  paths: readonly WirePath[];
  version: string;
  /** What is said to those who ask while it takes no more, or null. */
  closed(): WireFault | null;
  /** Shows who has the token that it is the same, and nobody what it is. */
  proofOf(challenge: string): string;
  checkToken(headers: IncomingMessage["headers"]): WireFault | null;
  failedAnswers: FailedAnswers;
  bodyRoom: BodyRoom;
  /** Requests that were let in and have not ended. */
  running: Set<Visit>;
  now(): number;
  onFault(failure: Failure): void;
}

export interface Visit {
  id: string;
  request: IncomingMessage;
  response: ServerResponse;
  found: FoundPath;
  /** Aborted when the client has gone, or the endpoint stops. */
  gone: AbortController;
  /** The client waits for a word before it sends its body. */
  isWaitingToSend: boolean;
  /** The body is being read, or was not. */
  isUnread: boolean;
}

export function createVisit(desk: Desk, facts: Pick<Visit, "id" | "request" | "response" | "isWaitingToSend">): Visit {
  const { request, response } = facts;
  const gone = new AbortController();
  const found = findPath(desk.paths, request.url ?? "/", request.headers);
  response.once("close", () => {
    if (!response.writableEnded) gone.abort();
  });
  // Errors of a socket that the client tore down are no news: `close` follows.
  response.on("error", () => undefined);
  response.on("timeout", () => {
    if (response.writableNeedDrain || response.writableEnded) request.socket.destroy();
    // A request that was sent before its turn finds the timer of the answer before it.
    else request.socket.setTimeout(0);
  });
  return { ...facts, found, gone, isUnread: hasBody(request) };
}

/** One request from its first byte to its last. Never rejects; resolves when the engine has kept its books. */
export async function handleRequest(desk: Desk, visit: Visit): Promise<void> {
  try {
    const row = admit(desk, visit);
    if (row === null) return;
    desk.running.add(visit);
    const hold = desk.bodyRoom.hold();
    try {
      await serve(desk, visit, row, hold);
    } finally {
      hold.release();
      desk.running.delete(visit);
    }
  } catch (error) {
    if (error instanceof WireError) {
      refuse(desk, visit, error.fault);
      return;
    }
    const failure = failureOf(error);
    desk.onFault(failure);
    refuse(desk, visit, faultOf({ kind: "internal", message: `Wayfare broke on this request (${visit.id}).` }));
  }
}

type Row = FoundPath["rows"][number];

/** What can be said before a body is read; null where the request was answered. Throws a WireError. */
function admit(desk: Desk, { id, request, response, found }: Visit): Row | null {
  const { headers } = request;
  const method = request.method ?? "";
  const target = request.url ?? "";
  stopAt(
    checkHostCount(request.rawHeaders) ??
      checkHost(headers.host, request.socket.localPort ?? 0) ??
      checkOrigin(headers.origin),
  );
  const isHealth = pathOf(target) === "/health";
  if (isHealth && healthMethods.includes(method)) {
    const challenge = readChallenge(headers);
    const proof = challenge === null ? {} : { proof: desk.proofOf(challenge) };
    const json = { status: "ok", name: "wayfare", version: desk.version, ...proof };
    sendJson(response, { status: 200, headers: { "x-wayfare-request-id": id }, json });
    return null;
  }
  stopAt(desk.checkToken(headers));
  if (found.rows.length === 0 && !isHealth) throw new WireError(noSuchPath(target, headers.host ?? ""));
  const row = found.rows.find((each) => each.row.method === method);
  if (row === undefined) {
    const allowed = isHealth ? healthMethods : [...new Set(found.rows.map((each) => each.row.method))];
    response.setHeader("allow", allowed.join(", "));
    throw new WireError(refusal(405, "bad-request", `${shownPath(target)} takes ${allowed.join(" or ")} alone.`));
  }
  if (row.row.method === "POST") stopAt(checkContent(headers));
  stopAt(desk.closed());
  if (desk.running.size >= desk.bounds.requests) throw new WireError(busyFault);
  return row;
}

/** Node writes no body to HEAD. */
const healthMethods: readonly string[] = ["GET", "HEAD"];

function stopAt(fault: WireFault | null): void {
  if (fault !== null) throw new WireError(fault);
}

async function serve(desk: Desk, visit: Visit, row: Row, hold: BodyHold): Promise<void> {
  const { id, request, response, gone, found } = visit;
  const asker = readAsker(request.headers);
  const read = await readCall(desk, visit, row, hold);
  if (read === null) return;
  const { call } = read;
  if ("json" in call) {
    sendJson(response, { status: 200, headers: { "x-wayfare-request-id": id }, json: call.json });
    return;
  }
  const key = JSON.stringify([row.row.path, asker.session, asker.workspace, read.bodyHash]);
  // The clients that count their repetitions heed that they should not; their first request is somebody's wish.
  const isFirst = request.headers["x-stainless-retry-count"] === "0";
  const failed = isFirst ? null : desk.failedAnswers.recall(key);
  if (failed !== null) {
    const headers = { "x-wayfare-replayed": `${Math.floor(failed.agoMs / 1_000)}s` };
    sendFault(response, { id, fault: failed.fault, errors: found.errors, wasTried: true, headers });
    return;
  }
  await answerCall(
    {
      relay: desk.relay,
      id,
      request,
      response,
      errors: found.errors,
      ...asker,
      signal: gone.signal,
      closed: desk.closed,
      readerMs: desk.bounds.readerMs,
      now: desk.now,
      onFault: desk.onFault,
      onRefused: (fault) => desk.failedAnswers.remember(key, fault),
    },
    call,
  );
}

/** What is asked; null where the client went before it was whole. Of the body's bytes nothing is kept. */
async function readCall(
  desk: Desk,
  visit: Visit,
  { row, rest }: Row,
  hold: BodyHold,
): Promise<{ call: WireCall | Immediate; bodyHash: string } | null> {
  const { request, response, gone } = visit;
  const { headers } = request;
  const asked = { headers, rest, relay: desk.relay, spend: desk.spend };
  if (row.method === "GET") return { call: row.read({ ...asked, body: {} }), bodyHash: "" };
  if (visit.isWaitingToSend && Number(headers["content-length"] ?? 0) <= desk.bounds.bodyBytes) {
    response.writeContinue();
  }
  const reading = await readBody(request, { maxBytes: desk.bounds.bodyBytes, hold, signal: gone.signal });
  if (reading.state === "refused") throw new WireError(reading.fault);
  if (reading.state === "gone") {
    const closed = desk.closed();
    if (closed !== null) refuse(desk, visit, closed);
    return null;
  }
  visit.isUnread = false;
  const call = row.read({ ...asked, body: parseBody(reading.bytes) });
  return { call, bodyHash: hash("sha256", reading.bytes, "base64") };
}

/** Answers with a fault; a client that is in the middle of an answer, or of none any more, is cut off. */
export function refuse(desk: Desk, visit: Visit, fault: WireFault): void {
  const { id, response, found } = visit;
  if (response.destroyed || response.writableEnded) return;
  if (response.headersSent) {
    response.destroy();
    return;
  }
  // Without a token nobody keeps a connection.
  if (fault.status === 401) response.setHeader("connection", "close");
  const linger = visit.isUnread ? { unreadLingerMs: desk.bounds.lingerMs } : {};
  sendFault(response, { id, fault, errors: found.errors, wasTried: false, ...linger });
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}
