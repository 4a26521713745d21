import type { AskPart } from "../../shared/protocol.ts";

/** Who waits for an answer. */
export interface Caller {
  emit: (part: AskPart) => void;
  signal: AbortSignal;
}

/** Begins a request. It ends, with what it has come to, soon after its signal aborts. */
export type Begin<Result> = (emit: (part: AskPart) => void, signal: AbortSignal) => Promise<Result>;

/** How a request ended for one caller. */
export type Ended<Result> =
  /** It went out in this caller's name, who pays for it. */
  | { role: "own"; result: Result }
  /** It went out in another's name. `result` is that one's, also where this caller was the last to leave. */
  | { role: "joined"; result: Result }
  /**
   * This caller cancelled, and others still wait. `shown` is what it had been given; `bill` is what the request comes to
   * where it went out in this caller's name, else null.
   */
  | { role: "left"; shown: Shown; bill: Promise<Result> | null };

/** What of an answer is on the screen: all that came since it was begun the last time. */
export interface Shown {
  text: string;
  /** The attempt that was under way last. */
  attempt: Extract<AskPart, { type: "attempt" }> | null;
}

export interface Coalescer<Result> {
  /**
   * Sends one request for all callers that ask for the same at the same time. Requests are the same when `key` is equal
   * and `scope` is the same object. Whoever comes later is given at once what has come so far. A caller's own signal ends
   * the wait of that caller alone; the request itself is ended by the last. Rejects for all when `begin` rejects.
   */
  run(request: { key: string; scope: object }, caller: Caller, begin: Begin<Result>): Promise<Ended<Result>>;
  /** Requests under way that can be joined. */
  underWay(): number;
}

interface Flight<Result> {
  scope: object;
  /** Those who wait, in the order they came. */
  callers: Set<Caller>;
  upstream: AbortController;
  attempt: Shown["attempt"];
  /** Since it was begun the last time, as few as there can be. As long as the answer. */
  parts: Content[];
  result: Promise<Result>;
}

type Content = Extract<AskPart, { type: "text" | "reasoning" }>;

/** At most as many flights as there are requests under way, one for each conversation that is being answered. */
export function createCoalescer<Result>(): Coalescer<Result> {
  const flights = new Map<string, Flight<Result>>();

  const start = (request: { key: string; scope: object }, begin: Begin<Result>): [Flight<Result>, () => void] => {
    const { key, scope } = request;
    let settle: (result: Promise<Result>) => void = () => undefined;
    const flight: Flight<Result> = {
      scope,
      callers: new Set(),
      upstream: new AbortController(),
      attempt: null,
      parts: [],
      result: new Promise((resolve) => {
        settle = resolve;
      }),
    };
    // One of another scope may stand there; it goes on, and is joined by nobody any more.
    flights.set(key, flight);
    flight.upstream.signal.addEventListener("abort", () => forget(key, flight), { once: true });
    const go = () =>
      settle(begin((part) => take(flight, part), flight.upstream.signal).finally(() => forget(key, flight)));
    return [flight, go];
  };
  const forget = (key: string, flight: Flight<Result>): void => {
    if (flights.get(key) === flight) flights.delete(key);
  };

  return {
    async run(request, caller, begin) {
      if (caller.signal.aborted) return { role: "own", result: await begin(caller.emit, caller.signal) };
      const joined = flights.get(request.key);
      if (joined !== undefined && joined.scope === request.scope) {
        for (const part of shownParts(joined)) caller.emit(part);
        return sit(joined, caller, { isFirst: false });
      }
      const [flight, go] = start(request, begin);
      const ended = sit(flight, caller, { isFirst: true });
      go();
      return ended;
    },
    underWay: () => flights.size,
  };
}

function take<Result>(flight: Flight<Result>, part: AskPart): void {
  const last = flight.parts.at(-1);
  if (part.type === "attempt") flight.attempt = part;
  else if (part.type === "restart") flight.parts = [];
  else if (last?.type === part.type) flight.parts[flight.parts.length - 1] = { ...last, text: last.text + part.text };
  else flight.parts.push(part);
  for (const caller of [...flight.callers]) caller.emit(part);
}

/** Whoever comes late has seen nothing, so nothing of what they are given is begun again. */
function shownParts<Result>({ attempt, parts }: Flight<Result>): AskPart[] {
  return [...(attempt === null ? [] : [attempt]), ...parts];
}

function shownOf<Result>({ attempt, parts }: Flight<Result>): Shown {
  return { attempt, text: parts.map((part) => (part.type === "text" ? part.text : "")).join("") };
}

/** Waits with the others for the end, or until this caller cancels. */
function sit<Result>(
  flight: Flight<Result>,
  caller: Caller,
  { isFirst }: { isFirst: boolean },
): Promise<Ended<Result>> {
  return new Promise((resolve, reject) => {
    flight.callers.add(caller);
    const onAbort = (): void => {
      if (flight.callers.size === 1) {
        // The last one stays to hear what the request came to: it is closed at once.
        flight.upstream.abort();
        return;
      }
      flight.callers.delete(caller);
      resolve({ role: "left", shown: shownOf(flight), bill: isFirst ? flight.result : null });
    };
    caller.signal.addEventListener("abort", onAbort, { once: true });
    const done = (): void => {
      caller.signal.removeEventListener("abort", onAbort);
      flight.callers.delete(caller);
    };
    flight.result.then(
      (result) => {
        done();
        resolve({ role: isFirst ? "own" : "joined", result });
      },
      (error: unknown) => {
        done();
        reject(error);
      },
    );
  });
}
