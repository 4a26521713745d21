import { randomUUID } from "node:crypto";
import { networkInterfaces } from "node:os";
import process from "node:process";
import type { Attempt, Turn } from "../shared/answer.ts";
import { type Failure, FailureError, failureOf } from "../shared/failure.ts";
import type { PriceChange } from "../shared/prices.ts";
import type { ConfigureParams, ConfigureResult, LogLine } from "../shared/protocol.ts";
import { type Route, routeName } from "./core/provider.ts";
import type { RelayEnd } from "./core/relay.ts";
import { wordRelay } from "./core/word-relay.ts";
import type { Listening } from "./endpoint/own-port.ts";
import type { Endpoint } from "./endpoint/serve.ts";
import { createAudit } from "./engine/audit.ts";
import { openBooks } from "./engine/books.ts";
import { createCalibration } from "./engine/calibration.ts";
import { systemClock } from "./engine/clock.ts";
import { createWorld, wayOut } from "./engine/configure.ts";
import { createHealth } from "./engine/health.ts";
import { createLearning } from "./engine/learning.ts";
import { createOffline } from "./engine/offline.ts";
import { createPrices } from "./engine/prices.ts";
import { readEndpointSpend } from "./engine/read-endpoint-spend.ts";
import { createReconciler } from "./engine/reconcile.ts";
import { createRelay } from "./engine/relay.ts";
import { loadPlayground } from "./playground/load-playground.ts";
import { createProvider } from "./providers/create-provider.ts";
import { createHttp } from "./providers/http.ts";
import { openStore } from "./store/open-store.ts";
import { createCloudFiles } from "./store/read-cloud-files.ts";
import { readRoutingWeights } from "./store/read-routing-weights.ts";

/** What the two servers differ in: the one of a window tells the window, the one without an editor has nobody to tell. */
export interface Outside {
  storagePath: string;
  /** IANA name. */
  timeZone: string;
  hostLabel: string;
  version: string;
  /** The book of requests through the endpoint that name none; null or absent: the endpoint's own. */
  endpointWorkspace?: string | null;
  /** The simulated vendors' key. */
  playgroundKey: string;
  forward?: NonNullable<Parameters<typeof createHttp>[1]>["forward"];
  log(level: LogLine["level"], message: string): void;
  /** Money was settled, raised or moved. */
  onMoney(): void;
  onAttempt?(attempt: Attempt, route: Route): void;
  onAmended?(sessionId: string, turn: Turn): void;
  onPricesChanged?(changes: PriceChange[]): void;
  /** How other tools are told of a failure; as it is without it. */
  wordFor?(message: string): string;
}

const TELL_MONEY_MS = 250;
const closedBooks: Failure = { kind: "ledger", message: "The books are closed." };
/** Another window may know so much later how fast a model was. */
const WRITE_HEALTH_MS = 200;

/**
 * The parts that both servers are made of: books, providers, health, prices, the audit and the relay. The books are open
 * when this resolves; where they cannot be opened everything is there all the same, and nothing is sent.
 */
export async function composeEngine(outside: Outside) {
  const { now } = Date;
  const { storagePath, timeZone, hostLabel, log } = outside;
  const fault = (failure: Failure): void => log("warn", failure.message);
  /** Other tools may ask a thousand times a second, and the sums need not be told as often. */
  let isMoneyTold = true;
  const moneySoon = (): void => {
    if (!isMoneyTold) return;
    isMoneyTold = false;
    setTimeout(() => {
      isMoneyTold = true;
      outside.onMoney();
    }, TELL_MONEY_MS).unref();
  };
  const books = await openBooks(
    () =>
      openStore({
        directory: storagePath,
        now,
        timeZone,
        instanceId: randomUUID(),
        pid: process.pid,
        hostLabel,
        onSettledDead: () => outside.onMoney(),
        // The last request of a burst is counted after its money was told.
        onPosted: () => moneySoon(),
      }),
    systemClock.ticks,
  );

  // Keys that cloud tools keep; read when a person named them as a key, and not before.
  const files = createCloudFiles(process.env);
  let weights: ReturnType<typeof readRoutingWeights> | undefined;
  const world = createWorld({
    now,
    trainedWeights() {
      const file = new URL("routing-weights.json", import.meta.url);
      weights ??= readRoutingWeights(file);
      return weights;
    },
    createHttp: (network) =>
      createHttp(network, outside.forward === undefined ? undefined : { forward: outside.forward }),
    createProvider: ({ setting, key, http }) => createProvider({ setting, key, http, now, files }),
    findKnownPrice: (query) => prices.findKnownPrice(query),
    get modelLists() {
      return books.store()?.modelLists ?? null;
    },
    heldPrices: () => books.store()?.prices.held() ?? [],
    ledgerFailure: books.failure,
    startPlayground: () => loadPlayground(outside.playgroundKey),
  });
  const soon = (run: () => void) => void setTimeout(run, WRITE_HEALTH_MS).unref();
  const health = createHealth({
    store: () => books.store()?.health ?? null,
    now,
    onFault: fault,
    soon,
  });
  const offline = createOffline({
    hasNetwork: () =>
      Object.values(networkInterfaces()).some((each) => each?.some(({ internal }) => !internal) === true),
    ticks: systemClock.ticks,
  });
  const calibration = createCalibration({ store: () => books.store()?.calibrations ?? null, now, soon });
  const audit = createAudit({ store: () => books.store(), now, onFault: fault, soon });
  const learning = createLearning({
    store: books.store,
    now,
    isOn: () => world.scene().settings.learning.enabled,
    onFault: fault,
  });
  const reconciler = createReconciler({
    world,
    store: books.store,
    clock: systemClock,
    onReconciled: () => outside.onMoney(),
    ...(outside.onAmended === undefined ? {} : { onAmended: outside.onAmended }),
    onFault: fault,
  });

  const stopping = new AbortController();
  const running = new Set<Promise<unknown>>();
  /** The server does not stop before it has ended. */
  const untilStop = <Result>(work: Promise<Result>): Promise<Result> => {
    running.add(work);
    return work.finally(() => running.delete(work));
  };

  /** What settings came to while the books were closed lacks the lists of models that are kept in them. */
  let configured: ConfigureParams | null = null;
  const apply = async (params: ConfigureParams): Promise<ConfigureResult> => {
    // What was wrong with the providers before says nothing of these. At a start it was another life that learned it.
    if (configured !== null && wayOut(configured) !== wayOut(params)) health.clear();
    configured = params;
    return world.apply(params);
  };
  const prices = createPrices({
    world,
    store: books.store,
    version: outside.version,
    async applyAgain() {
      if (configured !== null) await world.apply(configured);
      await prices.noteChanges();
    },
    now,
    random: Math.random,
    onChanged: (changes) => outside.onPricesChanged?.(changes),
    onFault: (message) => log("warn", message),
  });
  prices.start(stopping.signal);

  /** After each settlement. Faults of ghost text are told once a minute, elsewhere. */
  const attempted = (attempt: Attempt, route: Route, onMoney = outside.onMoney): void => {
    outside.onAttempt?.(attempt, route);
    const surprise = world.heardCost(attempt, route);
    if (surprise !== null) log("warn", surprise);
    const facts = `${attempt.outcome}, ${attempt.durationMs} ms, first token ${attempt.firstTokenMs ?? "none"} ms`;
    if (attempt.failure === null) log("info", `${routeName(route)}: ${facts}`);
    if (attempt.outcome === "done") void untilStop(prices.answered(route, stopping.signal));
    onMoney();
  };
  const attemptedAloud = (attempt: Attempt, route: Route, onMoney = outside.onMoney): void => {
    attempted(attempt, route, onMoney);
    if (attempt.failure !== null) log("warn", `${routeName(route)}: ${attempt.failure.message}`);
  };
  /** Routes that the person paused, by `routeName`. */
  const paused = (): ReadonlySet<string> => {
    try {
      return books.store()?.pausedRoutes.names() ?? new Set();
    } catch (error) {
      // The books cannot be read, and nothing is sent then.
      if (error instanceof FailureError) fault(error.failure);
      return new Set();
    }
  };
  /** What all that asks models is handed. */
  const common = {
    world,
    clock: systemClock,
    health,
    offline,
    calibration,
    audit,
    random: Math.random,
    createId: randomUUID,
    paused,
    onFault: fault,
  };
  const relay = createRelay({
    ...common,
    get store() {
      return books.store();
    },
    learning,
    capsOf: (scene, name) => scene.settings.endpoint.capsOf(name, outside.endpointWorkspace),
    onAttempt: (attempt, route) => attemptedAloud(attempt, route, moneySoon),
  });
  const endpoints = new Set<Endpoint>();
  const endAtOnce = (): void => {
    stopping.abort();
    // Whoever is still waited for is not waited for any more.
    for (const endpoint of endpoints) void endpoint.close();
  };

  return {
    books,
    files,
    common,
    learning,
    reconciler,
    prices,
    relay,
    stopping,
    untilStop,
    attempted,
    attemptedAloud,
    apply,
    configured: () => configured,
    /** Opens the books where they could not be opened before; true when that has changed something. */
    async openAgain(): Promise<boolean> {
      if (!(await books.retry())) return false;
      if (configured !== null) await world.apply(configured);
      return true;
    },
    /**
     * Lets other tools in on this machine, by their token; `before` comes before each request. Closed, it waits `graceMs` for
     * what is under way. Rejects with the system's error where the port is not to be had; 0 takes any free one.
     * `underWay` counts answers.
     */
    async openEndpoint(facts: {
      port: number;
      token: string;
      before?(): Promise<void>;
      /** Hears how each request ended. */
      onEnd?(end: RelayEnd): void;
      graceMs?: number;
    }): Promise<Listening & { underWay(): number }> {
      const worded = wordRelay(relay, outside.wordFor ?? ((message) => message));
      // A window that lets nobody in does not load what would.
      const { createEndpoint } = await import("./endpoint/serve.ts");
      const endpoint = createEndpoint({
        relay: {
          ...worded,
          ask(request, listener, signal) {
            const workspace = request.workspace ?? outside.endpointWorkspace ?? null;
            const heard: typeof listener = {
              begin: (beginning) => listener.begin(beginning),
              part: (part) => listener.part(part),
              busy: () => listener.busy(),
              end(end) {
                listener.end(end);
                facts.onEnd?.(end);
              },
            };
            const answer = () => worded.ask({ ...request, workspace }, heard, signal);
            return untilStop(facts.before === undefined ? answer() : facts.before().then(answer));
          },
        },
        spend() {
          const ledger = books.store()?.ledger;
          if (ledger === undefined) throw new FailureError(books.failure() ?? closedBooks);
          const ownBook = outside.endpointWorkspace ?? null;
          return readEndpointSpend({ ledger, settings: world.scene().settings.endpoint, ownBook });
        },
        token: facts.token,
        now,
        createId: randomUUID,
        version: outside.version,
        onFault: fault,
        ...(outside.wordFor === undefined ? {} : { wordFor: outside.wordFor }),
      });
      const { urls } = await endpoint.listen(facts.port);
      endpoints.add(endpoint);
      return {
        urls,
        underWay: endpoint.requests,
        async close(why) {
          await endpoint.close({ graceMs: facts.graceMs, why });
          endpoints.delete(endpoint);
        },
      };
    },
    /** What failed before may be well now. */
    settingsChanged(): void {
      for (const endpoint of endpoints) endpoint.forgetFailures();
    },
    /** Days of spending begin as the settings say, in the person's time zone where they name none. */
    setCalendar(): void {
      const { calendar } = world.scene().settings.budget;
      books
        .store()
        ?.ledger.setCalendar({ ...calendar, timeZone: calendar.timeZone ?? configured?.timeZone ?? timeZone });
    },
    fault,
    faultOf: (error: unknown) => fault(failureOf(error)),
    /** Ends what is under way, answers to other tools, too. */
    endAtOnce,
    /** Ends what is under way and settles it, so that no money stays held; `others` are ended with it. */
    async stop(others: readonly Promise<unknown>[] = []): Promise<void> {
      endAtOnce();
      await Promise.allSettled([...running, ...others, reconciler.close()]);
      await audit.idle();
      await learning.idle();
      await world.close();
    },
  };
}
