import type { CancellationToken, ProtocolNotificationType, ProtocolRequestType } from "vscode-languageclient/node";
import type { DoctorRow } from "../shared/doctor.ts";
import type { EndpointState } from "../shared/endpoint.ts";
import type { PricesChanged } from "../shared/prices.ts";
import type {
  AskParams,
  AskPart,
  AskResult,
  BudgetWarning,
  CompletionReady,
  DoctorParams,
  MoneyNotice,
  ServerState,
  Spend,
  TurnAmended,
} from "../shared/protocol.ts";
import { planRestart, stillCounted } from "./plan-restart.ts";
import { createSignal, type Signal } from "./signal.ts";

/**
 * What the person sees of the server process: it starts when something needs it, comes back after a crash with growing
 * pauses, and says in the status bar and the chat which of the two is going on. After six ends in three minutes it stays
 * away until "Wayfare: Restart Server".
 */

/** `idle`: nothing has needed it yet. `stopped`: it ended too often, or could not be started. */
export type ProcessState = "idle" | "starting" | "running" | "restarting" | "stopped";

/** One life of the server, from its fork to its end. */
export interface Connection {
  readonly pid: number | null;
  request<Params, Result, Part>(
    type: ProtocolRequestType<Params, Result, Part, void, void>,
    params: Params,
    token?: CancellationToken,
  ): Promise<Result>;
  ask(
    params: Omit<AskParams, "partialResultToken">,
    onParts: (parts: AskPart[]) => void,
    token: CancellationToken,
  ): Promise<AskResult>;
  /** Runs the doctor; `onRows` hears of rows as they begin and end. */
  examine(
    params: Omit<DoctorParams, "partialResultToken">,
    onRows: (rows: DoctorRow[]) => void,
    token: CancellationToken,
  ): Promise<DoctorRow[]>;
  /** Tells without waiting for anything; what no longer arrives because the server ends is not missed. */
  notify<Params>(type: ProtocolNotificationType<Params, void>, params: Params): void;
  /** Asks it to end, and sees to it that it does. Never rejects. */
  close(): Promise<void>;
}

export interface ConnectEvents {
  /** Once, when the process is gone without having been asked to. */
  onEnded(why: string): void;
  onSpend(spend: Spend): void;
  onState(state: ServerState): void;
  onBudgetWarning(warning: BudgetWarning): void;
  onMoneyNotice(notice: MoneyNotice): void;
  onCompletionReady(ready: CompletionReady): void;
  onTurnAmended(amended: TurnAmended): void;
  onPricesChanged(changed: PricesChanged): void;
  onEndpointChanged(state: EndpointState): void;
}

export interface ServerProcessDeps {
  /** Forks and initializes; rejects when the server does not come up, or when `signal` aborts before it has. */
  connect(events: ConnectEvents, signal: AbortSignal): Promise<Connection>;
  /** Runs before anything else is asked: sends configuration and keys. Never rejects. */
  prepare(connection: Connection): Promise<void>;
  now(): number;
  /** Calls once after `delayMs`; the returned function prevents it. */
  later(delayMs: number, run: () => void): () => void;
  log(level: "info" | "error", message: string): void;
}

export interface ServerProcess {
  readonly state: ProcessState;
  /** Why it is stopped, or null. */
  readonly stoppedBecause: string | null;
  readonly onState: Signal<ProcessState>["on"];
  readonly onSpend: Signal<Spend>["on"];
  readonly onServerState: Signal<ServerState>["on"];
  readonly onBudgetWarning: Signal<BudgetWarning>["on"];
  readonly onMoneyNotice: Signal<MoneyNotice>["on"];
  readonly onCompletionReady: Signal<CompletionReady>["on"];
  readonly onTurnAmended: Signal<TurnAmended>["on"];
  readonly onPricesChanged: Signal<PricesChanged>["on"];
  readonly onEndpointChanged: Signal<EndpointState>["on"];
  pid(): number | null;
  /** Resolves when it runs. Rejects with a sentence for a person when it cannot. */
  start(): Promise<Connection>;
  /** The connection of the running server, or null; starts nothing. */
  connection(): Connection | null;
  /** Forgets earlier ends and starts anew. */
  restart(): Promise<void>;
  dispose(): Promise<void>;
}

/** Holds at most one connection; every request that needs the server goes through `start()`. */
export function createServerProcess(deps: ServerProcessDeps): ServerProcess {
  const stateSignal = createSignal<ProcessState>();
  const spendSignal = createSignal<Spend>();
  const serverStateSignal = createSignal<ServerState>();
  const budgetWarningSignal = createSignal<BudgetWarning>();
  const moneyNoticeSignal = createSignal<MoneyNotice>();
  const completionReadySignal = createSignal<CompletionReady>();
  const turnAmendedSignal = createSignal<TurnAmended>();
  const pricesChangedSignal = createSignal<PricesChanged>();
  const endpointSignal = createSignal<EndpointState>();
  let state: ProcessState = "idle";
  let stoppedBecause: string | null = null;
  let endedAtMs: number[] = [];
  let running: Connection | null = null;
  /** A start that is under way, shared by all that wait for it. */
  let starting: Promise<Connection> | null = null;
  /** A restart that is under way, from the old life's end to the new one's start: whoever asks meanwhile shares it. */
  let renewing: Promise<Connection> | null = null;
  let cancelRetry = () => {};
  let wakeRetry = () => {};
  /** Grows when a life is over on purpose: what an earlier life still says is not listened to. */
  let life = 0;
  let connecting = new AbortController();

  const enter = (next: ProcessState): void => {
    if (next === state) return;
    state = next;
    stateSignal.fire(next);
  };

  const giveUp = (why: string): Error => {
    stoppedBecause = why;
    deps.log("error", why);
    enter("stopped");
    return stoppedError(why);
  };

  const bringUp = async (): Promise<Connection> => {
    for (;;) {
      const ours = life;
      let ended = false;
      let ofThisLife: Connection | null = null;
      connecting = new AbortController();
      try {
        const connection = await deps.connect(
          {
            onEnded(why) {
              ended = true;
              if (ours === life && ofThisLife !== null && running === ofThisLife) comeBack(why);
            },
            onSpend: (spend) => ours === life && spendSignal.fire(spend),
            onState: (next) => ours === life && serverStateSignal.fire(next),
            onBudgetWarning: (warning) => ours === life && budgetWarningSignal.fire(warning),
            onMoneyNotice: (notice) => ours === life && moneyNoticeSignal.fire(notice),
            onCompletionReady: (ready) => ours === life && completionReadySignal.fire(ready),
            onTurnAmended: (amended) => ours === life && turnAmendedSignal.fire(amended),
            onPricesChanged: (changed) => ours === life && pricesChangedSignal.fire(changed),
            onEndpointChanged: (next) => ours === life && endpointSignal.fire(next),
          },
          connecting.signal,
        );
        ofThisLife = connection;
        if (ours === life) await deps.prepare(connection);
        if (ours !== life) {
          await connection.close();
          throw new Error("The server was stopped.");
        }
        if (!ended) {
          running = connection;
          stoppedBecause = null;
          enter("running");
          return connection;
        }
      } catch (error) {
        if (ours !== life) throw error;
        deps.log("error", `The server did not start: ${error instanceof Error ? error.message : String(error)}`);
      }
      await pause();
    }
  };

  /** Waits as the policy says, or throws when it says enough. Bounded by the policy: five times in three minutes. */
  const pause = async (): Promise<void> => {
    const ours = life;
    const nowMs = deps.now();
    endedAtMs = [...stillCounted(endedAtMs, nowMs), nowMs];
    const plan = planRestart(endedAtMs, nowMs);
    if (!plan.restart) throw giveUp(plan.why);
    enter("restarting");
    deps.log("info", `Starting the server again in ${plan.delayMs} ms.`);
    await new Promise<void>((resolve) => {
      wakeRetry = resolve;
      cancelRetry = deps.later(plan.delayMs, resolve);
    });
    if (ours !== life) throw new Error("The server was stopped.");
  };

  const begin = (first: () => Promise<void>): Promise<Connection> => {
    const attempt = first()
      .then(bringUp)
      .finally(() => {
        if (starting === attempt) starting = null;
      });
    starting = attempt;
    return attempt;
  };

  function comeBack(why: string): void {
    running = null;
    deps.log("error", `The server ended: ${why}`);
    // Nobody may be waiting for this start; what goes wrong is in the state and the log.
    begin(pause).catch(() => undefined);
  }

  const endLife = async (): Promise<void> => {
    life += 1;
    connecting.abort();
    const last = running;
    running = null;
    cancelRetry();
    wakeRetry();
    await starting?.catch(() => undefined);
    await last?.close();
  };

  const renew = async (): Promise<Connection> => {
    endedAtMs = [];
    stoppedBecause = null;
    enter("starting");
    const ended = endLife();
    const ours = life;
    await ended;
    if (ours !== life) throw new Error("The server was stopped.");
    return begin(() => Promise.resolve());
  };

  return {
    get state() {
      return state;
    },
    get stoppedBecause() {
      return stoppedBecause;
    },
    onState: stateSignal.on,
    onSpend: spendSignal.on,
    onServerState: serverStateSignal.on,
    onBudgetWarning: budgetWarningSignal.on,
    onMoneyNotice: moneyNoticeSignal.on,
    onCompletionReady: completionReadySignal.on,
    onTurnAmended: turnAmendedSignal.on,
    onPricesChanged: pricesChangedSignal.on,
    onEndpointChanged: endpointSignal.on,
    pid: () => running?.pid ?? null,
    connection: () => running,
    start() {
      if (running !== null) return Promise.resolve(running);
      if (renewing !== null) return renewing;
      if (starting !== null) return starting;
      if (state === "stopped") return Promise.reject(stoppedError(stoppedBecause ?? "The server is stopped."));
      enter("starting");
      return begin(() => Promise.resolve());
    },
    async restart() {
      if (renewing === null) {
        const renewed = renew().finally(() => {
          if (renewing === renewed) renewing = null;
        });
        renewing = renewed;
      } else {
        // It may be in a pause between two tries; whoever asks again does not want to wait for that.
        endedAtMs = [];
        cancelRetry();
        wakeRetry();
      }
      await renewing;
    },
    async dispose() {
      const renewed = renewing;
      await endLife();
      await renewed?.catch(() => undefined);
      enter("idle");
    },
  };
}

function stoppedError(why: string): Error {
  return new Error(`${why} Run "Wayfare: Restart Server" to try again; "Wayfare: Show Log" has the details.`);
}
