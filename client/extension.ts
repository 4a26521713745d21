import { randomBytes, randomUUID } from "node:crypto";
import * as vscode from "vscode";
import type { EstimateParams, EstimateResult } from "../shared/estimate.ts";
import {
  EstimateRequest,
  FactsRequest,
  type Initialization,
  PartlyAcceptedNotification,
  PlaygroundLogRequest,
  type ServerFacts,
  type ServerState,
  type Spend,
  SpendRequest,
  type VendorLogRow,
} from "../shared/protocol.ts";
import { createRedactor, keySecrets } from "../shared/redact.ts";
import { presetsOf } from "../shared/vendor-pages.ts";
import { createAfterInsert } from "./after-insert.ts";
import { registerBreakRoute } from "./break-route.ts";
import { registerBudgetCommands } from "./budget-commands.ts";
import { registerCacheCommands } from "./cache-commands.ts";
import { registerCertificateCommands } from "./certificate-commands.ts";
import { registerChatCommands } from "./chat-commands.ts";
import { createChatView, setupOf } from "./chat-view.ts";
import { registerCompletionCommands } from "./completion-commands.ts";
import { createCompletions } from "./completions.ts";
import { createComposerContext } from "./composer-context.ts";
import { createConfiguration } from "./configuration.ts";
import { createConversations } from "./conversations.ts";
import { registerCopyDiagnostics } from "./copy-diagnostics.ts";
import { registerCostsView } from "./costs-view.ts";
import { describeHost } from "./describe-host.ts";
import { registerDoctor } from "./doctor-view.ts";
import { createEndpoint } from "./endpoint.ts";
import { createEndpointToken } from "./endpoint-token.ts";
import { registerEndpointView } from "./endpoint-view.ts";
import { createFileVerdicts } from "./file-verdicts.ts";
import { createKeys } from "./keys.ts";
import { registerLearnedView } from "./learned-view.ts";
import { createLog } from "./log.ts";
import { createLogDocument } from "./log-document.ts";
import { connectOtherProviders } from "./other-providers.ts";
import { createPartlyAccepted } from "./partly-accepted.ts";
import { registerPlaygroundCommands } from "./playground.ts";
import { registerPriceCommands } from "./price-commands.ts";
import { registerProviderCommands } from "./provider-commands.ts";
import { registerRoutesView } from "./routes-view.ts";
import { registerServerCommands } from "./server-commands.ts";
import { createServerProcess } from "./server-process.ts";
import { secretsOfSettings } from "./settings-secrets.ts";
import { createSnooze } from "./snooze.ts";
import { createStatusBar } from "./status-bar.ts";
import { createWorkspaceIgnore, type WorkspaceIgnore } from "./workspace-ignore.ts";

/** What tests in the same extension host may ask; nothing in the product uses it. */
export interface WayfareApi {
  /** null while no server runs. */
  serverPid(): number | null;
  spend(): Promise<Spend>;
  estimate(params: EstimateParams): Promise<EstimateResult>;
  facts(): Promise<ServerFacts>;
  playgroundLog(): Promise<VendorLogRow[]>;
}

/** The status bar shows today's money so long after the start; until then the editor has better things to do. */
const IDLE_MS = 1_000;

/**
 * Builds the client by hand, feature by feature. Nothing here waits and nothing starts the server: that happens when the
 * chat is opened, a question is asked, a provider is added, or, with something set up, a moment after the start.
 */
export function activate(context: vscode.ExtensionContext): WayfareApi {
  const environment = process.env;
  const hostLabel = describeHost(vscode.env.remoteName, environment);
  const channel = vscode.window.createOutputChannel("Wayfare", { log: true });
  const keys = createKeys(context.secrets);
  const endpointToken = createEndpointToken(context.secrets, () => randomBytes(32));
  const redact = createRedactor(() => [
    ...[...keys.known()].flatMap(keySecrets),
    ...endpointToken.known(),
    ...secretsOfSettings(environment),
  ]);
  const logDocument = createLogDocument(context.logUri, later);
  const log = createLog(channel, redact, Date.now, logDocument);

  let serverState = idleServer;
  let spend: Spend | null = null;

  /** The person's, as their chat page knows it: in a container the host's own is UTC. */
  const timeZone = (): string | undefined => context.globalState.get<string>(timeZoneKey);

  const server = createServerProcess({
    connect: async (events, signal) => {
      // The language client is most of the client's code, and nobody needs it before the first start.
      const [{ connectServer }] = await Promise.all([import("./connect-server.ts"), makeStorage(context, log.error)]);
      return connectServer(
        {
          modulePath: vscode.Uri.joinPath(context.extensionUri, "dist", "server", "main.js").fsPath,
          environment,
          initialization: initializationOf(context, hostLabel),
          channel,
          onLog: log.write,
          newToken: randomUUID,
          provideInlineCompletionItems: partlyAccepted.watch(completions.provide),
        },
        events,
        signal,
      );
    },
    async prepare(connection) {
      await configuration.prepare(connection);
      try {
        takeSpend(await connection.request(SpendRequest, {}));
      } catch (error) {
        log.error(`Today's spending is not known: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
    now: Date.now,
    later,
    log: (level, message) => log.write({ level, message }),
  });
  const configuration = createConfiguration({
    keys,
    log,
    secrets: context.secrets,
    environment,
    connection: server.connection,
    timeZone: timeZone() ?? null,
  });
  const endpoint = createEndpoint({ server, configuration, token: endpointToken, redact, log: log.error });
  let workspaceIgnore: WorkspaceIgnore | null = null;
  /** One for all features; until one asks, no file is watched. */
  const ignore = (): WorkspaceIgnore => {
    workspaceIgnore ??= createWorkspaceIgnore();
    return workspaceIgnore;
  };
  const composer = createComposerContext(ignore);
  const snooze = createSnooze({ now: Date.now, later });
  const files = createFileVerdicts({ ignore, now: Date.now });
  const others = connectOtherProviders(context.globalState, Date.now);
  const completions = createCompletions({
    server,
    configuration,
    files,
    others,
    snooze,
    timeZone,
    now: Date.now,
    later,
  });
  const partlyAccepted = createPartlyAccepted((completionId) =>
    server.connection()?.notify(PartlyAcceptedNotification, { completionId }),
  );
  const afterInsert = createAfterInsert({ context, server, environment, redact, later, now: Date.now, log: log.error });
  const chat = createChatView({
    extensionUri: context.extensionUri,
    conversations: () => conversations,
    context: composer,
    configuration,
    server,
    serverState: () => serverState,
    spend: () => spend ?? emptySpend,
    workspaceState: context.workspaceState,
    onTimeZone(next) {
      if (next === timeZone() || !isTimeZone(next)) return;
      void context.globalState.update(timeZoneKey, next);
      configuration.setTimeZone(next);
    },
    onInserted: afterInsert.watchUndone,
    tests: afterInsert.tests,
    later,
    log: log.error,
  });
  const conversations = createConversations({
    server,
    settingsArrived: configuration.arrived,
    isSetUp: configuration.isSetUp,
    hasHistory: () => configuration.isSetUp() || context.globalState.get(everSetUpKey) === true,
    post: chat.post,
    onChange: () => setContexts(),
    gatherAgain: composer.gatherAgain,
    lastSession: {
      read: () => context.workspaceState.get<string | null>(lastSessionKey),
      write: (id) => void context.workspaceState.update(lastSessionKey, id),
    },
    newId: randomUUID,
    now: Date.now,
    later,
    newCancellation,
    log: log.error,
  });
  const statusBar = createStatusBar(() => ({
    setup: setupOf(configuration),
    process: server.state,
    stoppedBecause: server.stoppedBecause,
    server: serverState,
    spend,
    completions: completions.status(),
    endpoint: endpoint.view().state,
    endpointProblems: endpoint.view().problems,
    vendors: presetsOf(configuration.read().settings.providers),
    trusted: vscode.workspace.isTrusted,
    hostLabel,
    nowMs: Date.now(),
  }));

  /** What each page in the editor area is made with. */
  const ofPage = {
    extensionUri: context.extensionUri,
    ...{ server, configuration, later, newCancellation },
    now: Date.now,
    log: log.error,
  };
  const doctor = registerDoctor({ ...ofPage, others, redact, hostLabel, extensionVersion: versionOf(context) });

  let wasAnswering = false;
  let wasAsked = false;
  const setContexts = (): void => {
    // The walkthrough ticks its step by this.
    if (!wasAsked && conversations.current()?.turns.some(({ state }) => state === "done") === true) {
      wasAsked = true;
      void vscode.commands.executeCommand("setContext", "wayfare.asked", true);
    }
    const isAnswering = conversations.isAnswering();
    if (isAnswering === wasAnswering) return;
    wasAnswering = isAnswering;
    void vscode.commands.executeCommand("setContext", "wayfare.answering", isAnswering);
  };
  const show = (): void => {
    statusBar.update();
    chat.refresh();
  };
  function takeSpend(next: Spend): void {
    spend = next;
    statusBar.update();
    chat.showSpend();
  }

  /** After the start and after each change of settings: what a setup makes possible begins, once. */
  const followSetup = (): void => {
    const setup = setupOf(configuration);
    void vscode.commands.executeCommand("setContext", "wayfare.setup", setup);
    show();
    if (setup === "nothing") return;
    if (context.globalState.get(everSetUpKey) !== true) void context.globalState.update(everSetUpKey, true);
    server.start().catch((error: unknown) => log.error(String(error)));
    // The side bar of a chat that was never seen is closed; whoever set Wayfare up wants to see it once.
    if (context.globalState.get(shownKey) !== true) {
      void context.globalState.update(shownKey, true);
      chat.focus().then(undefined, (error: unknown) => log.error(String(error)));
    }
  };
  const afterStart = setTimeout(followSetup, IDLE_MS);

  context.subscriptions.push(
    channel,
    logDocument,
    configuration,
    composer,
    conversations,
    chat,
    afterInsert,
    statusBar,
    snooze,
    files,
    others,
    completions,
    endpointToken,
    endpoint,
    { dispose: () => workspaceIgnore?.dispose() },
    { dispose: () => clearTimeout(afterStart) },
    server.onState(() => {
      // What the server of an earlier life had under way is no more.
      if (server.state !== "running") serverState = idleServer;
      else configuration.catchUp();
      show();
    }),
    server.onServerState((next) => {
      serverState = next;
      statusBar.update();
      chat.showServer();
    }),
    server.onSpend(takeSpend),
    server.onTurnAmended(({ sessionId, turn }) => conversations.amend(sessionId, turn)),
    configuration.onChange(followSetup),
    configuration.onModels(() => chat.refresh()),
    completions.onChange(statusBar.update),
    endpoint.onChange(statusBar.update),
    vscode.workspace.onDidGrantWorkspaceTrust(show),
    vscode.window.registerWebviewViewProvider("wayfare.chat", chat),
    registerChatCommands({ chat, conversations, context: composer }),
    registerCertificateCommands({ configuration, keys }),
    registerProviderCommands({ configuration, keys, server, log, environment, openChat: chat.focus }),
    registerPlaygroundCommands(chat.focus),
    registerCompletionCommands({ completions, snooze, others, server, configuration, timeZone, later }),
    registerBudgetCommands({ server, hostLabel, isOnPage: chat.speaksOf, log: log.error }),
    registerCacheCommands({ server, log: log.error }),
    registerPriceCommands({ server, log: log.error }),
    registerBreakRoute({
      server,
      simulatedModels: () => configuration.models().flatMap((each) => (each.simulated ? [each.modelId] : [])),
    }),
    registerRoutesView(ofPage),
    partlyAccepted,
    registerLearnedView(ofPage),
    registerCostsView(ofPage),
    registerEndpointView({
      ...{ ...ofPage, endpoint, hostLabel },
      onToken: endpointToken.onChange,
      isWindows: process.platform === "win32",
    }),
    doctor,
    registerServerCommands({ server, log }),
    registerCopyDiagnostics({
      configuration,
      server,
      log,
      redact,
      extensionVersion: versionOf(context),
      hostLabel,
      doctor: doctor.rows,
    }),
  );
  stopServer = server.dispose;

  return {
    serverPid: server.pid,
    spend: async () => (await server.start()).request(SpendRequest, {}),
    estimate: async (params) => (await server.start()).request(EstimateRequest, params),
    facts: async () => (await server.start()).request(FactsRequest, {}),
    playgroundLog: async () => (await server.start()).request(PlaygroundLogRequest, {}),
  };
}

function later(delayMs: number, run: () => void): () => void {
  const timer = setTimeout(run, delayMs);
  return () => clearTimeout(timer);
}

function newCancellation(): { token: vscode.CancellationToken; cancel(): void } {
  const source = new vscode.CancellationTokenSource();
  return { token: source.token, cancel: () => source.cancel() };
}

/** VS Code waits for this: the server writes down what is under way, and ends. */
export async function deactivate(): Promise<void> {
  await stopServer();
}

let stopServer: () => Promise<void> = () => Promise.resolve();

const everSetUpKey = "wayfare.everSetUp";
const shownKey = "wayfare.chatShown";
const timeZoneKey = "wayfare.timeZone";
const lastSessionKey = "wayfare.lastSession";

const idleServer: ServerState = { working: 0, silent: null, completions: { working: 0, silent: null, uri: null } };
const emptyBook = { spentNano: 0, heldNano: 0, unknown: 0, rows: [] };
const emptySpend: Spend = { real: emptyBook, simulated: emptyBook, caps: [] };

function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat(undefined, { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/** The folder is made here; what is in it is the server's. If it cannot be made, the server says what follows of that. */
async function makeStorage(context: vscode.ExtensionContext, log: (message: string) => void): Promise<void> {
  try {
    await vscode.workspace.fs.createDirectory(context.globalStorageUri);
  } catch (error) {
    log(`The storage folder could not be made: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function initializationOf(context: vscode.ExtensionContext, hostLabel: string): Initialization {
  const { workspaceFile, workspaceFolders } = vscode.workspace;
  const workspace =
    workspaceFile !== undefined && workspaceFile.scheme !== "untitled"
      ? workspaceFile.toString()
      : (workspaceFolders?.[0]?.uri.toString() ?? "no workspace");
  return {
    storagePath: context.globalStorageUri.fsPath,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    workspace,
    hostLabel,
    clientVersion: versionOf(context),
  };
}

function versionOf(context: vscode.ExtensionContext): string {
  const manifest: unknown = context.extension.packageJSON;
  const version: unknown =
    typeof manifest === "object" && manifest !== null && "version" in manifest ? manifest.version : null;
  return typeof version === "string" ? version : "unknown";
}
