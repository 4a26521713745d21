import { randomUUID } from "node:crypto";
import { networkInterfaces } from "node:os";
import process from "node:process";
import { createConnection, ErrorCodes, ProposedFeatures, ResponseError } from "vscode-languageserver/node";
import * as z from "zod";
import type { Attempt } from "../shared/answer.ts";
import { type Failure, FailureError, failureOf } from "../shared/failure.ts";
import {
  BudgetWarningNotification,
  CompletionReadyNotification,
  type ConfigureParams,
  type Initialization,
  initializationSchema,
  type LogLine,
  LogNotification,
  MoneyNoticeNotification,
  PricesChangedNotification,
  SpendNotification,
  StateNotification,
  TurnAmendedNotification,
} from "../shared/protocol.ts";
import { createRedactor, headerSecrets } from "../shared/redact.ts";
import { networkSettingSchema } from "../shared/settings.ts";
import { type Route, routeName } from "./core/provider.ts";
import { createActivity } from "./engine/activity.ts";
import { createAsk } from "./engine/ask.ts";
import { createAudit } from "./engine/audit.ts";
import { openBooks } from "./engine/books.ts";
import { createCalibration } from "./engine/calibration.ts";
import { systemClock } from "./engine/clock.ts";
import { createComplete } from "./engine/complete.ts";
import { createWorld, wayOut } from "./engine/configure.ts";
import { createCosts } from "./engine/costs.ts";
import { createDrill } from "./engine/drill.ts";
import { createEstimate } from "./engine/estimate.ts";
import { createHealth } from "./engine/health.ts";
import { createMoney } from "./engine/money.ts";
import { createOffline } from "./engine/offline.ts";
import { createPrices } from "./engine/prices.ts";
import { readSession } from "./engine/read-session.ts";
import { createReconciler } from "./engine/reconcile.ts";
import { factsOfHealth } from "./engine/route-facts.ts";
import { createRoutes } from "./engine/routes.ts";
import { createMoneyTeller } from "./engine/tell-money.ts";
import { createSpendTeller } from "./engine/tell-spend.ts";
import { createTryConnection } from "./engine/try-connection.ts";
import type { UseCases } from "./engine/use-cases.ts";
import { loadParsersFor, unparsedBlocks } from "./engine/verify-answer.ts";
import { createBudgetWarner } from "./engine/warn-budget.ts";
import { registerHandlers } from "./handlers.ts";
import { loadPlayground, loadVendors } from "./playground/load-playground.ts";
import { testConnection } from "./providers/connection.ts";
import { createProvider } from "./providers/create-provider.ts";
import { findLocalServers } from "./providers/find-local-servers.ts";
import { createHttp } from "./providers/http.ts";
import { openStore } from "./store/open-store.ts";
import { createSyntax } from "./syntax/create-syntax.ts";

/**
 * The composition root of the server: every part is made here, by hand, and handed what it needs. The books are open
 * before `initialize` is answered; when they cannot be opened the server runs all the same, says why, sends nothing, and
 * tries again when it is asked.
 */

const startedAt = performance.now() - process.uptime() * 1000;
const connection = createConnection(ProposedFeatures.all);

/** Keys and values of headers that must never reach a log; those of the present settings and of a connection test under way. */
let secrets = new Set<string>();
/** The playground is spoken to like any vendor: with a key as random as a real one. */
const playgroundKey = randomUUID();
const redact = createRedactor(() => [...secrets, playgroundKey]);
const log = (level: LogLine["level"], message: string): void => {
  void connection.sendNotification(LogNotification, { level, message: redact(message) });
};

let stop: () => Promise<void> = async () => {};

connection.onInitialize(async (params) => {
  const initialization = initializationSchema.safeParse(params.initializationOptions);
  if (!initialization.success) {
    const problem = z.prettifyError(initialization.error);
    return new ResponseError(ErrorCodes.InvalidParams, `initializationOptions: ${problem}`);
  }
  await build(initialization.data);
  return { capabilities: {}, serverInfo: { name: "Wayfare", version: initialization.data.clientVersion } };
});
connection.onShutdown(() => stop());
connection.listen();

async function build(initialization: Initialization): Promise<void> {
  const { now } = Date;
  const { workspace, storagePath, timeZone, hostLabel } = initialization;
  const books = await openBooks(
    () =>
      openStore({
        directory: storagePath,
        now,
        timeZone,
        instanceId: randomUUID(),
        pid: process.pid,
        hostLabel,
        onSettledDead: () => moneyChanged(),
      }),
    systemClock.ticks,
  );
  const spending = createSpendTeller({
    spend: () => useCases.spend(),
    send(spend) {
      void connection.sendNotification(SpendNotification, spend);
      // Another day, or another window's money: there may be something odd about it.
      moneyTeller.look();
    },
    onFault: (failure) => fault(failure),
  });

  const world = createWorld({
    now,
    createHttp,
    createProvider: ({ setting, key, http }) => createProvider({ setting, key, http, now }),
    findKnownPrice: (query) => prices.findKnownPrice(query),
    get modelLists() {
      return books.store()?.modelLists ?? null;
    },
    heldPrices: () => books.store()?.prices.held() ?? [],
    ledgerFailure: books.failure,
    startPlayground: () => loadPlayground(playgroundKey),
  });
  const activity = createActivity({
    silent: () => world.silent(),
    onState: (state) => void connection.sendNotification(StateNotification, state),
  });
  const health = createHealth({
    store: () => books.store()?.health ?? null,
    now,
    onFault: (failure) => fault(failure),
  });
  const offline = createOffline({
    hasNetwork: () =>
      Object.values(networkInterfaces()).some((each) => each?.some(({ internal }) => !internal) === true),
    ticks: systemClock.ticks,
  });
  const calibration = createCalibration({ store: () => books.store()?.calibrations ?? null, now });
  const syntax = createSyntax({ directory: new URL("../grammars/", import.meta.url) });
  const stopping = new AbortController();
  const running = new Set<Promise<unknown>>();
  /** The server does not stop before it has ended. */
  const untilStop = <Result>(work: Promise<Result>): Promise<Result> => {
    running.add(work);
    return work.finally(() => running.delete(work));
  };
  const fault = (failure: Failure): void => log("warn", failure.message);
  const money = createMoney({
    books,
    budget: () => world.scene().settings.budget,
    timeZone: () => configured?.timeZone ?? timeZone,
    workspace,
    onChange: () => moneyChanged(),
  });
  const warner = createBudgetWarner({
    ledger: () => books.store()?.ledger ?? null,
    budget: () => world.scene().settings.budget,
    workspace,
    onWarning: (warning) => void connection.sendNotification(BudgetWarningNotification, warning),
    onFault: fault,
  });
  const moneyTeller = createMoneyTeller({
    ledger: () => books.store()?.ledger ?? null,
    path: () => books.store()?.path ?? "",
    drive: () => books.store()?.drive ?? null,
    budget: () => world.scene().settings.budget,
    onNotice(notice) {
      log("warn", notice.message);
      void connection.sendNotification(MoneyNoticeNotification, notice);
    },
    onFault: fault,
  });
  const moneyChanged = (): void => {
    spending.tell();
    warner.settled();
    reconciler.look();
    moneyTeller.look();
  };
  const attempted = (attempt: Attempt, route: Route): void => {
    activity.attempted(attempt, route, now());
    moneyTeller.attempted(attempt, route.simulated);
    const surprise = world.heardCost(attempt, route);
    if (surprise !== null) log("warn", surprise);
    const facts = `${attempt.outcome}, ${attempt.durationMs} ms, first token ${attempt.firstTokenMs ?? "none"} ms`;
    // Ghost text fails and is cut all day long: its faults are told once a minute, elsewhere.
    if (attempt.failure === null) log("info", `${routeName(route)}: ${facts}`);
    moneyChanged();
  };
  const attemptedAloud = (attempt: Attempt, route: Route): void => {
    attempted(attempt, route);
    if (attempt.failure !== null) log("warn", `${routeName(route)}: ${attempt.failure.message}`);
  };

  const audit = createAudit({ store: () => books.store(), now, onFault: fault });
  const costs = createCosts({
    books,
    audit,
    now,
    workspace,
    hostLabel,
    quality: () => world.scene().settings.quality,
    onDeleted: () => moneyChanged(),
  });
  const reconciler = createReconciler({
    world,
    store: books.store,
    clock: systemClock,
    onReconciled: () => moneyChanged(),
    onAmended: (sessionId, turn) => void connection.sendNotification(TurnAmendedNotification, { sessionId, turn }),
    onFault: fault,
  });
  const routes = createRoutes({
    world,
    get store() {
      return books.store();
    },
    facts: factsOfHealth(health),
    clock: systemClock,
    random: Math.random,
    createId: randomUUID,
    workspace,
    calibration,
    health,
    offline,
    audit,
    onAttempt: attemptedAloud,
    onFault: fault,
  });
  const drill = createDrill({
    world,
    clock: systemClock,
    random: Math.random,
    createId: randomUUID,
    paused: routes.paused,
    // To this machine alone: neither the person's proxy nor their warm connections have a part in it.
    createHttp: () => createHttp(networkSettingSchema.parse({ proxySupport: "off" })),
    createProvider: ({ setting, key, http }) => createProvider({ setting, key, http, now }),
    startVendor: (models) => loadVendors(playgroundKey, models),
  });
  const ask = createAsk({
    world,
    get store() {
      return books.store();
    },
    clock: systemClock,
    health,
    offline,
    calibration,
    random: Math.random,
    createId: randomUUID,
    workspace,
    paused: routes.paused,
    audit,
    onAttempt: attemptedAloud,
    unparsedBlocks: (answer) => unparsedBlocks(answer, syntax),
    onAmended: (sessionId, turn) => void connection.sendNotification(TurnAmendedNotification, { sessionId, turn }),
    codeIsComing: (answer) => loadParsersFor(answer, syntax),
    onFault: fault,
  });
  const completions = createComplete({
    world,
    get store() {
      return books.store();
    },
    clock: systemClock,
    health,
    offline,
    calibration,
    random: Math.random,
    createId: randomUUID,
    workspace,
    syntax,
    audit,
    onReady: (place) => void connection.sendNotification(CompletionReadyNotification, place),
    onState: () => activity.setCompletions(completions.state()),
    onAttempt: attempted,
    paused: routes.paused,
    onFault: fault,
    onAccepted({ id, languageId, lines, accepted, offered }) {
      audit.accepted({ requestId: id, lines, how: "tab" });
      log("debug", `completion accepted: ${lines} lines of ${languageId}; ${accepted} of ${offered} so far`);
    },
  });
  const tryConnection = createTryConnection({
    world,
    testConnection,
    findKnownPrice: (query) => prices.findKnownPrice(query),
    get modelLists() {
      return books.store()?.modelLists ?? null;
    },
    now,
    onFault: (message) => log("warn", message),
  });

  const prices = createPrices({
    world,
    store: books.store,
    version: initialization.clientVersion,
    async applyAgain() {
      if (configured !== null) await world.apply(configured);
      await prices.noteChanges();
    },
    now,
    random: Math.random,
    onChanged: (changes) => void connection.sendNotification(PricesChangedNotification, { changes }),
    onFault: (message) => log("warn", message),
  });
  prices.start(stopping.signal);

  /** What settings came to while the books were closed lacks the lists of models that are kept in them. */
  let configured: ConfigureParams | null = null;
  const openAgain = async (): Promise<void> => {
    if (!(await books.retry())) return;
    if (configured !== null) await world.apply(configured);
    money.setCalendar();
    activity.refresh();
    moneyChanged();
  };

  const asked = <Result>(run: (own: AbortSignal) => Promise<Result>, signal: AbortSignal): Promise<Result> =>
    untilStop(
      activity.during(async () => {
        await openAgain();
        return run(AbortSignal.any([signal, stopping.signal]));
      }),
    );
  const useCases: UseCases = {
    async configure(params: ConfigureParams) {
      const { providers } = params.configuration;
      secrets = new Set([...params.keys.map(({ key }) => key), ...headerSecrets(providers)]);
      // What was wrong with the providers before says nothing of these. At a start it was another life that learned it.
      if (configured !== null && wayOut(configured) !== wayOut(params)) health.clear();
      configured = params;
      const result = await world.apply(params);
      money.setCalendar();
      activity.refresh();
      // Caps that were set or changed are to be seen at once.
      moneyChanged();
      completions.settingsChanged();
      handlers.setCompletions(result.completions.on);
      void untilStop(prices.noteChanges().then(() => prices.refreshDue(stopping.signal)));
      return result;
    },
    ask: (params, emit, signal) => asked((own) => ask(params, emit, own), signal),
    estimate: createEstimate({
      world,
      store: books.store,
      health,
      calibration,
      workspace,
      now,
      paused: routes.paused,
    }),
    listSessions: () => books.store()?.sessions.list(workspace) ?? [],
    readSession(sessionId) {
      const store = books.store();
      return store === null ? null : readSession(sessionId, store);
    },
    deleteSession: async (sessionId) => books.store()?.sessions.remove(sessionId),
    async clearAnswers() {
      const store = books.store();
      if (store !== null) return store.responses.clear();
      throw new FailureError(
        books.failure() ?? { kind: "ledger", message: "The books are not open. Restart Wayfare." },
      );
    },
    spend: money.spend,
    raiseCap: money.raiseCap,
    startAnew: money.startAnew,
    heldMoney: money.heldMoney,
    releaseHeld: money.releaseHeld,
    async complete(params, signal) {
      await openAgain();
      return completions.complete(params, signal);
    },
    cursor: completions.cursor,
    dismissCompletion: completions.dismiss,
    acceptedCompletion: completions.accepted,
    documentChanged: completions.documentChanged,
    documentClosed: completions.documentClosed,
    async breakRoute(params) {
      // Whoever breaks or mends a route wants to see it asked.
      health.clear();
      await books.store()?.responses.clear("simulated");
      return world.breakRoute(params);
    },
    async testConnection(params, signal) {
      if (params.key !== null) secrets.add(params.key);
      for (const secret of headerSecrets([params])) secrets.add(secret);
      return tryConnection(params, signal);
    },
    findLocalServers: (signal) => world.withHttp((http) => findLocalServers({ http, signal })),
    routes: routes.list,
    async pauseRoute(params) {
      await openAgain();
      return routes.pause(params);
    },
    testRoute: (params, signal) => asked((own) => routes.test(params, own), signal),
    ...costs,
    drill: (signal) => untilStop(drill(AbortSignal.any([signal, stopping.signal]))),
    prices: prices.facts,
    refreshPrices: (signal) => prices.refreshNow(AbortSignal.any([signal, stopping.signal])),
    acceptPrices: prices.accept,
    facts: () => ({
      pid: process.pid,
      node: process.versions.node,
      sqlite: books.store()?.sqliteVersion ?? null,
      ledgerPath: books.store()?.path ?? null,
      ledgerProblem: books.failure()?.message ?? null,
      rssBytes: process.memoryUsage.rss(),
      startupMs: Math.round(readyAt - startedAt),
      requests: activity.requests(),
      recentFailures: activity.recentFailures(),
    }),
    playgroundLog: () => world.playgroundLog(),
  };
  const handlers = registerHandlers(connection, useCases, (error) => fault(failureOf(error)));
  connection.onInitialized(() => activity.refresh());
  stop = async () => {
    // An answer that is still coming is cut here and settled, so that no money stays held.
    stopping.abort();
    await Promise.allSettled([...running, completions.close(), reconciler.close()]);
    await warner.idle();
    await audit.idle();
    await moneyTeller.idle();
    await world.close();
    spending.stop();
    books.close();
  };
  const readyAt = performance.now();
}
