import { randomUUID } from "node:crypto";
import process from "node:process";
import { createConnection, ErrorCodes, ProposedFeatures, ResponseError } from "vscode-languageserver/node";
import * as z from "zod";
import type { Turn } from "../shared/answer.ts";
import { EndpointNotification, type EndpointParams } from "../shared/endpoint.ts";
import { FailureError, failureOf } from "../shared/failure.ts";
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
import { createRedactor, headerSecrets, keySecrets } from "../shared/redact.ts";
import { networkSettingSchema, type SettingProblem } from "../shared/settings.ts";
import { composeEngine } from "./compose.ts";
import { lookAtPort } from "./endpoint/look-at-port.ts";
import { createPortOwner } from "./endpoint/own-port.ts";
import { createActivity } from "./engine/activity.ts";
import { createAppliedCode } from "./engine/applied-code.ts";
import { createAsk } from "./engine/ask.ts";
import { systemClock } from "./engine/clock.ts";
import { createComplete } from "./engine/complete.ts";
import { createCosts } from "./engine/costs.ts";
import { createDeviceLogin } from "./engine/device-login.ts";
import { createDoctor } from "./engine/doctor.ts";
import { createDrill } from "./engine/drill.ts";
import { createEstimate } from "./engine/estimate.ts";
import { createMoney } from "./engine/money.ts";
import { readSession } from "./engine/read-session.ts";
import { factsOfHealth } from "./engine/route-facts.ts";
import { createRoutes } from "./engine/routes.ts";
import { createEndpointTeller } from "./engine/tell-endpoint.ts";
import { createMoneyTeller } from "./engine/tell-money.ts";
import { createSpendTeller } from "./engine/tell-spend.ts";
import { createTryConnection } from "./engine/try-connection.ts";
import type { UseCases } from "./engine/use-cases.ts";
import { loadParsersFor, unparsedBlocks } from "./engine/verify-answer.ts";
import { createBudgetWarner } from "./engine/warn-budget.ts";
import { createForward } from "./forward-requests.ts";
import { registerHandlers } from "./handlers.ts";
import { loadVendors } from "./playground/load-playground.ts";
import { checkClientCertificate } from "./providers/client-certificates.ts";
import { testConnection } from "./providers/connection.ts";
import { createProvider } from "./providers/create-provider.ts";
import { examineApi } from "./providers/examine-api.ts";
import { findLocalServers } from "./providers/find-local-servers.ts";
import { createHttp } from "./providers/http.ts";
import { createProbe } from "./providers/probe.ts";
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
/** What the window last said of the local endpoint; its token is what other tools show to be let in. */
let endpointAsked: EndpointParams | null = null;
/** The playground is spoken to like any vendor: with a key as random as a real one. */
const playgroundKey = randomUUID();
const redact = createRedactor(() => [
  ...secrets,
  playgroundKey,
  ...(endpointAsked === null ? [] : [endpointAsked.token]),
]);
const log = (level: LogLine["level"], message: string): void => {
  void connection.sendNotification(LogNotification, { level, message: redact(message) });
};

const amended = (sessionId: string, turn: Turn): void => {
  void connection.sendNotification(TurnAmendedNotification, { sessionId, turn });
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
  const forward = createForward(connection);
  const engine = await composeEngine({
    storagePath,
    timeZone,
    hostLabel,
    version: initialization.clientVersion,
    playgroundKey,
    forward,
    log,
    onMoney: () => moneyChanged(),
    onAttempt(attempt, route) {
      activity.attempted(attempt, route, now());
      moneyTeller.attempted(attempt, route.simulated);
    },
    onAmended: amended,
    onPricesChanged: (changes) => void connection.sendNotification(PricesChangedNotification, { changes }),
  });
  const { books, files, common, learning, reconciler, prices, fault } = engine;
  const { world, health, calibration, audit, paused } = common;
  const { stopping, untilStop, attempted, attemptedAloud } = engine;
  const spending = createSpendTeller({
    spend: () => useCases.spend(),
    send(spend) {
      void connection.sendNotification(SpendNotification, spend);
      // Another day, or another window's money: there may be something odd about it.
      moneyTeller.look();
    },
    onLook: () => portOwner.refresh(),
    onFault: (failure) => fault(failure),
  });
  let otherProblems: readonly SettingProblem[] = [];
  const activity = createActivity({
    silent: () => world.silent(),
    onState: (state) => void connection.sendNotification(StateNotification, state),
  });
  const syntax = createSyntax({ directory: new URL("../grammars/", import.meta.url) });
  const money = createMoney({
    books,
    budget: () => world.scene().settings.budget,
    timeZone: () => engine.configured()?.timeZone ?? timeZone,
    workspace,
    onChange() {
      endpointTeller.capsChanged();
      moneyChanged();
    },
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
  const costs = createCosts({
    books,
    audit,
    now,
    workspace,
    hostLabel,
    quality: () => world.scene().settings.quality,
    onDeleted: () => moneyChanged(),
  });
  const routes = createRoutes({
    ...common,
    get store() {
      return books.store();
    },
    facts: factsOfHealth(health),
    workspace,
    onAttempt: attemptedAloud,
  });
  const drill = createDrill({
    ...common,
    // To this machine alone: neither the person's proxy nor their warm connections have a part in it.
    createHttp: () => createHttp(networkSettingSchema.parse({ proxySupport: "off" })),
    createProvider: ({ setting, key, http }) => createProvider({ setting, key, http, now }),
    startVendor: (models) => loadVendors(playgroundKey, models),
  });
  const doctor = createDoctor({
    world,
    keyOf: ({ id, origin }) =>
      engine.configured()?.keys.find((each) => each.providerId === id && each.origin === origin)?.key ?? null,
    createProbe,
    examineApi,
    async examineBooks(signal) {
      await openAgain();
      const store = books.store();
      if (store !== null) return store.examine(signal);
      return { failure: books.failure() ?? { kind: "ledger", message: "The books are not open. Restart Wayfare." } };
    },
    spend: money.spend,
    otherProblems: () => otherProblems,
    testRoute: (route, signal) => routes.test(route, signal),
    keyTrouble: health.keyTrouble,
    endpoint() {
      const asked = endpointAsked;
      if (asked?.enabled !== true) return null;
      const { port, token } = asked;
      return async () => ({ port, state: portOwner.state(), holder: await lookAtPort(port, token) });
    },
    redact,
    now,
  });
  const ask = createAsk({
    ...common,
    get store() {
      return books.store();
    },
    workspace,
    learning,
    onAttempt: attemptedAloud,
    unparsedBlocks: (answer) => unparsedBlocks(answer, syntax),
    onAmended: amended,
    codeIsComing: (answer) => loadParsersFor(answer, syntax),
  });
  const completions = createComplete({
    ...common,
    get store() {
      return books.store();
    },
    workspace,
    syntax,
    onReady: (place) => void connection.sendNotification(CompletionReadyNotification, place),
    onState: () => activity.setCompletions(completions.state()),
    onAttempt: attempted,
    onAccepted({ id, languageId, lines, accepted, offered }) {
      audit.accepted({ requestId: id, lines, how: "tab" });
      void audit.idle().then(() => learning.completed(id, "completed"));
      log("debug", `completion accepted: ${lines} lines of ${languageId}; ${accepted} of ${offered} so far`);
    },
  });
  const login = createDeviceLogin({
    withHttp: world.withHttp,
    clock: systemClock,
    createId: randomUUID,
    onKey: (key) => secrets.add(key),
  });
  const tryConnection = createTryConnection({
    world,
    testConnection: (input) => testConnection({ ...input, files }),
    findKnownPrice: (query) => prices.findKnownPrice(query),
    get modelLists() {
      return books.store()?.modelLists ?? null;
    },
    now,
    onFault: (message) => log("warn", message),
  });

  const openAgain = async (): Promise<void> => {
    if (!(await engine.openAgain())) return;
    money.setCalendar();
    activity.refresh();
    moneyChanged();
  };

  const endpointTeller = createEndpointTeller({
    ledger: () => books.store()?.ledger ?? null,
    settings: () => world.scene().settings.endpoint,
    now,
    onChange: () => portOwner.refresh(),
  });
  const portOwner = createPortOwner({
    listen: ({ port, token }) =>
      engine.openEndpoint({ port, token, before: openAgain, onEnd: (end) => endpointTeller.ended(end) }),
    lookAt: lookAtPort,
    spent: () => endpointTeller.told(),
    onState: (state) => void connection.sendNotification(EndpointNotification, state),
    onFault: engine.faultOf,
    later(delayMs, run) {
      const timer = setTimeout(run, delayMs);
      timer.unref();
      return () => clearTimeout(timer);
    },
  });

  const asked = <Result>(run: (own: AbortSignal) => Promise<Result>, signal: AbortSignal): Promise<Result> =>
    untilStop(
      activity.during(async () => {
        await openAgain();
        return run(AbortSignal.any([signal, stopping.signal]));
      }),
    );
  const appliedCode = createAppliedCode({
    store: books.store,
    workspace,
    mayEscalate: () => world.scene().settings.evidence.escalate,
    onAmended: amended,
    onFault: fault,
  });
  const useCases: UseCases = {
    async configure(params: ConfigureParams) {
      const { providers, network } = params.configuration;
      const certificates = network.clientCertificates ?? [];
      const passphrases = certificates.flatMap(({ passphrase }) => passphrase ?? []);
      const keys = params.keys.flatMap(({ key }) => keySecrets(key));
      secrets = new Set([...keys, ...headerSecrets(providers), ...passphrases]);
      const result = await engine.apply(params);
      engine.settingsChanged();
      endpointTeller.capsChanged();
      money.setCalendar();
      activity.refresh();
      // Caps that were set or changed are to be seen at once.
      moneyChanged();
      completions.settingsChanged();
      handlers.setCompletions(result.completions.on);
      void untilStop(prices.noteChanges().then(() => prices.refreshDue(stopping.signal)));
      const unusable = certificates.flatMap((each) => checkClientCertificate(each, now()) ?? []);
      otherProblems = [...(params.problems ?? []), ...unusable];
      return { ...result, problems: [...result.problems, ...unusable] };
    },
    ask: (params, emit, signal) => asked((own) => ask(params, emit, own), signal),
    estimate: createEstimate({
      world,
      store: books.store,
      health,
      calibration,
      workspace,
      now,
      paused,
      learned: learning.learned,
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
    partlyAcceptedCompletion: (id) => void audit.idle().then(() => learning.completed(id, "partlyCompleted")),
    documentChanged: completions.documentChanged,
    documentClosed: completions.documentClosed,
    async breakRoute(params) {
      // Whoever breaks or mends a route wants to see it asked.
      health.clear();
      await books.store()?.responses.clear("simulated");
      return world.breakRoute(params);
    },
    async testConnection(params, signal) {
      for (const secret of keySecrets(params.key)) secrets.add(secret);
      for (const secret of headerSecrets([params])) secrets.add(secret);
      return tryConnection(params, signal);
    },
    startLogin: login.start,
    finishLogin: login.finish,
    findLocalServers: (signal) => world.withHttp((http) => findLocalServers({ http, signal })),
    routes: routes.list,
    async pauseRoute(params) {
      await openAgain();
      return routes.pause(params);
    },
    testRoute: (params, signal) => asked((own) => routes.test(params, own), signal),
    ...costs,
    acceptedCode(params) {
      costs.acceptedCode(params);
      learning.accepted(params);
    },
    undoneCode: learning.undone,
    learned: learning.table,
    forgetLearned: learning.forget,
    appliedCode: (params) => void untilStop(appliedCode(params)),
    drill: (signal) => untilStop(drill(AbortSignal.any([signal, stopping.signal]))),
    doctor: (params, emit, signal) => untilStop(doctor(params, emit, AbortSignal.any([signal, stopping.signal]))),
    prices: prices.facts,
    refreshPrices: (signal) => prices.refreshNow(AbortSignal.any([signal, stopping.signal])),
    acceptPrices: prices.accept,
    endpoint(params) {
      endpointAsked = params;
      return portOwner.set(params);
    },
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
    await engine.stop([completions.close(), portOwner.close()]);
    await warner.idle();
    await moneyTeller.idle();
    spending.stop();
    books.close();
  };
  const readyAt = performance.now();
}
