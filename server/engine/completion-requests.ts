import type { ServerState } from "../../shared/protocol.ts";
import type { Clock } from "./clock.ts";

/** A place in a document where a completion is wanted. */
export interface Spot {
  uri: string;
  version: number;
  path: string;
  languageId: string;
  /** The document with the selected item of the suggest widget put in, where there is one. */
  text: string;
  offset: number;
  /** `text` on both sides of `offset`. */
  prefix: string;
  suffix: string;
  /** Where the cursor stands in the document itself. */
  cursorOffset: number;
  /** The item of the suggest widget that is taken as if it were written, from where on; null without one. */
  selected: { text: string; startOffset: number; endOffset: number } | null;
}

/**
 * How a request came out. `why` is for the status bar; null when it was cut. `hasDiverged`: it was cut because what came
 * was not what the person typed meanwhile.
 */
export type Landing =
  | { text: string }
  | { text: null; why: string | null; hasDiverged?: true; trouble?: ServerState["completions"]["trouble"] };

/** A request for a completion that is under way: VS Code's requests come and go, this one is what costs. */
export interface Flight {
  readonly id: string;
  readonly spot: Spot;
  /** What has come of the completion, before it is polished. */
  textSoFar: string;
  /** null while it is under way. */
  landing: Landing | null;
}

/** What the one who asks the model says of it and hears. */
export interface FlightControl {
  flight: Flight;
  signal: AbortSignal;
  /** A piece of the completion has come; one that shows that it is not wanted cuts the request. */
  add(text: string): void;
  /** What comes of it is known; what is left (the socket, the books) is nobody's wait. Only the first counts. */
  land(landing: Landing): void;
}

export interface Flights {
  get(uri: string): Flight | null;
  /** Begins one; the one under way for the document is cut, and the oldest of all when there are too many. */
  start(id: string, spot: Spot, run: (control: FlightControl) => Promise<void>): Flight;
  /** Resolves when it lands, and as soon as `signal` aborts. */
  join(flight: Flight, spot: Spot, signal: AbortSignal): Promise<void>;
  /** Who waits for a flight now. */
  waiters(flight: Flight): readonly Spot[];
  /** Aborts the request of a document at once. */
  cut(uri: string): void;
  /** The same, because what has come is not what was typed: those who wait for it may ask for something else. */
  diverge(uri: string): void;
  all(): readonly Flight[];
  /** Cuts all, and resolves when their books are kept. */
  close(): Promise<void>;
}

/** In all documents together: a person types in one, and the one before may still be finishing. */
const MOST_UNDER_WAY = 2;
/** A request that nobody waits for any more lives for so long: VS Code stops waiting early and is told when it lands. */
const LINGER_MS = 2_000;

const unwanted = { text: null, why: null } as const;

interface Held extends Flight {
  waiters: Set<Spot>;
  landed: Promise<void>;
  cut(landing: Landing & { text: null }): void;
  stopLingering(): void;
}

/**
 * The requests under way: at most one a document and two in all. One that nobody waits for is cut after two seconds.
 * `onLanded` is called once for each, before those who wait for it go on.
 */
export function createFlights(deps: {
  clock: Clock;
  onLanded(flight: Flight, landing: Landing): void;
  /** After each piece of text of a request that is under way. */
  onText(flight: Flight): void;
  /** The number of requests under way has changed. */
  onChange(): void;
  /** What cannot be handled by the one who runs it. */
  onError(error: unknown): void;
}): Flights {
  /** In the order they began. */
  const underWay = new Map<string, Held>();
  const running = new Set<Promise<void>>();

  const linger = (flight: Held): void => {
    flight.stopLingering = deps.clock.after(LINGER_MS, () => flight.cut({ text: null, why: "no answer in time" }));
  };

  return {
    get: (uri) => underWay.get(uri) ?? null,
    all: () => [...underWay.values()],
    waiters: (flight) => [...(underWay.get(flight.spot.uri)?.waiters ?? [])],
    cut: (uri) => underWay.get(uri)?.cut(unwanted),
    diverge: (uri) => underWay.get(uri)?.cut({ ...unwanted, hasDiverged: true }),
    start(id, spot, run) {
      underWay.get(spot.uri)?.cut(unwanted);
      const [oldest] = underWay.values();
      if (underWay.size >= MOST_UNDER_WAY && oldest !== undefined) oldest.cut(unwanted);

      const controller = new AbortController();
      const landed = createGate();
      const land = (landing: Landing): void => {
        if (flight.landing !== null) return;
        flight.landing = landing;
        flight.stopLingering();
        deps.onLanded(flight, landing);
        if (underWay.get(spot.uri) === flight) underWay.delete(spot.uri);
        landed.open();
        deps.onChange();
      };
      const flight: Held = {
        id,
        spot,
        textSoFar: "",
        landing: null,
        waiters: new Set(),
        landed: landed.opened,
        stopLingering: () => {},
        cut(landing) {
          controller.abort();
          land(landing);
        },
      };
      underWay.set(spot.uri, flight);
      const add = (text: string): void => {
        flight.textSoFar += text;
        if (flight.landing === null) deps.onText(flight);
      };
      const done = run({ flight, signal: controller.signal, add, land })
        .catch((error: unknown) => {
          deps.onError(error);
          land({ text: null, why: "a fault in Wayfare" });
        })
        .finally(() => {
          land({ text: null, why: null });
          running.delete(done);
        });
      running.add(done);
      deps.onChange();
      return flight;
    },
    async join(joined, spot, signal) {
      const flight = underWay.get(joined.spot.uri);
      if (flight !== joined || flight === undefined) return;
      flight.stopLingering();
      flight.waiters.add(spot);
      const left = createGate();
      const onAbort = (): void => {
        // At once, and not when this promise goes on: what lands meanwhile has one waiter less.
        flight.waiters.delete(spot);
        if (flight.waiters.size === 0 && flight.landing === null) linger(flight);
        left.open();
      };
      if (signal.aborted) onAbort();
      else signal.addEventListener("abort", onAbort, { once: true });
      await Promise.race([flight.landed, left.opened]);
      signal.removeEventListener("abort", onAbort);
      flight.waiters.delete(spot);
    },
    async close() {
      for (const flight of [...underWay.values()]) flight.cut(unwanted);
      await Promise.allSettled(running);
    },
  };
}

/** A promise that is resolved from outside. */
function createGate(): { opened: Promise<void>; open(): void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}
