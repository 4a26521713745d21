import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type Failure, FailureError, failureOf } from "../../shared/failure.ts";
import type { EndpointSpend } from "../core/endpoint-spend.ts";
import type { Relay } from "../core/relay.ts";
import { type EndpointBounds, endpointBounds } from "./bounds.ts";
import { createTokenCheck } from "./check-request.ts";
import { closedFaults, type WhyClosed } from "./closed-faults.ts";
import { createFailedAnswers } from "./failed-answers.ts";
import { faultOf } from "./fault-of.ts";
import { createVisit, type Desk, handleRequest, refuse, type Visit } from "./handle-request.ts";
import { codeOf, listenAtBoth } from "./listen-at-both.ts";
import { proofOf } from "./prove-token.ts";
import { createBodyRoom } from "./read-body.ts";
import { byteFault, writeFault } from "./refuse-bytes.ts";
import { WireError } from "./wire.ts";
import { type WirePath, wirePaths } from "./wire-paths.ts";

export interface EndpointDeps {
  relay: Relay;
  /** What the endpoint spent. Throws a ledger failure. */
  spend(): EndpointSpend;
  /** What a client has to show. */
  token: string;
  /** Milliseconds since 1970. */
  now(): number;
  /** The id of a request: printable ASCII. */
  createId(): string;
  version: string;
  /** Hears of what broke in here. */
  onFault(failure: Failure): void;
  /** How clients are told where the token is; as it is without it. */
  wordFor?(message: string): string;
  bounds?: Partial<EndpointBounds>;
  paths?: readonly WirePath[];
}

export interface Endpoint {
  /**
   * Listens at 127.0.0.1 and, where the machine has it, at [::1]. 0: any port that is free. Rejects with the system's error
   * where the port is taken at one of the two: a client that asks for `localhost` would find either; it may be tried again.
   */
  listen(port: number): Promise<{ urls: string[] }>;
  /**
   * Takes no more; answers under way have `graceMs` to end, 0 when absent, and are then broken off. Resolves when the engine
   * has kept its books of all and every socket is closed. Those that are broken off are told `why`: it is stopped, when absent.
   */
  close(how?: { graceMs?: number | undefined; why?: WhyClosed | undefined }): Promise<void>;
  /** Under way at this moment. */
  requests(): number;
  /** What failed is asked anew: the settings have changed. */
  forgetFailures(): void;
}

/** The engine behind HTTP, for the tools of this machine alone. */
export function createEndpoint(deps: EndpointDeps): Endpoint {
  const bounds = { ...endpointBounds, ...deps.bounds };
  const running = new Set<Visit>();
  const works = new Set<Promise<void>>();
  /** The last request of a socket, by which bytes behind it that cannot be read are answered. */
  const visits = new WeakMap<object, Visit>();
  const refused = new WeakSet<object>();
  let servers: Server[] = [];
  let listening: Promise<unknown> = Promise.resolve();
  let whyClosed: WhyClosed | null = null;
  const desk: Desk = {
    relay: deps.relay,
    spend() {
      try {
        return deps.spend();
      } catch (error) {
        if (!(error instanceof FailureError)) throw error;
        const { failure } = error;
        throw new WireError(faultOf({ ...failure, message: deps.wordFor?.(failure.message) ?? failure.message }));
      }
    },
    bounds,
    paths: deps.paths ?? wirePaths,
    version: deps.version,
    closed: () => (whyClosed === null ? null : closedFaults[whyClosed]),
    checkToken: createTokenCheck(deps.token, deps.wordFor),
    proofOf: (challenge) => proofOf(deps.token, challenge),
    failedAnswers: createFailedAnswers(deps.now),
    bodyRoom: createBodyRoom(bounds.bodiesBytes),
    running,
    now: deps.now,
    onFault: deps.onFault,
  };

  return {
    async listen(port) {
      const opened = listenAtBoth(createOne, port);
      listening = opened.catch(() => undefined);
      const found = await opened;
      servers = found.servers;
      return { urls: found.hosts.map((host) => `http://${host}:${found.port}`) };
    },
    async close({ graceMs = 0, why = "stopped" } = {}) {
      whyClosed ??= why;
      await listening;
      const closed = servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
      if (graceMs > 0) await Promise.race([Promise.all(works), wait(graceMs)]);
      // The last words of an answer are on their way when its books are kept.
      const read = [...running].map(({ response }) => closing(response));
      for (const visit of running) visit.gone.abort();
      await Promise.all(works);
      await Promise.race([Promise.all(read), wait(lastWordsMs)]);
      for (const server of servers) server.closeAllConnections();
      await Promise.all(closed);
    },
    requests: () => running.size,
    forgetFailures: () => desk.failedAnswers.forget(),
  };

  function createOne(): Server {
    const server = createServer({
      headersTimeout: bounds.headersMs,
      requestTimeout: bounds.requestMs,
      connectionsCheckingInterval: bounds.checkMs,
      keepAliveTimeout: bounds.keepAliveMs,
      maxHeaderSize: bounds.headerBytes,
      // A request without one is refused like one with a wrong one, and told why.
      requireHostHeader: false,
    });
    server.maxConnections = bounds.connections;
    server.on("request", (request, response) => receive(request, response, false));
    server.on("checkContinue", (request, response) => receive(request, response, true));
    server.on("clientError", (error, socket) => {
      if (refused.has(socket)) return;
      refused.add(socket);
      const visit = visits.get(socket);
      const fault = byteFault(codeOf(error), bounds.headerBytes);
      if (visit !== undefined && !visit.response.writableEnded) {
        // In the middle of its body it is told by the rules of its wire; in the middle of an answer nothing can be said.
        if (visit.isUnread) refuse(desk, visit, fault);
        else socket.destroy();
        visit.gone.abort();
      } else if (socket.writable) {
        // The rest is not read, and the answer can be.
        socket.pause();
        socket.end(writeFault(fault, deps.createId()));
        const timer = setTimeout(() => socket.destroy(), bounds.lingerMs);
        timer.unref();
        socket.once("close", () => clearTimeout(timer));
      } else socket.destroy();
    });
    // Beside those of listening there are those of a system without room for one more socket.
    server.on("error", (error) => {
      if (server.listening) deps.onFault(failureOf(error));
    });
    return server;
  }

  function receive(request: IncomingMessage, response: ServerResponse, isWaitingToSend: boolean): void {
    const visit = createVisit(desk, { id: deps.createId(), request, response, isWaitingToSend });
    visits.set(request.socket, visit);
    const work = handleRequest(desk, visit).finally(() => works.delete(work));
    works.add(work);
  }
}

/** For the last bytes of answers to reach those who read them, once the endpoint stops. */
const lastWordsMs = 500;

/** Resolves when an answer has been read, or its socket is gone; it may be so before the books are kept. */
function closing(response: ServerResponse): Promise<void> {
  if (response.closed) return Promise.resolve();
  return new Promise((resolve) => response.once("close", () => resolve()));
}

function wait(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, delayMs).unref();
  });
}
