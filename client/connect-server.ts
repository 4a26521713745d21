import type { LogOutputChannel } from "vscode";
import {
  CloseAction,
  ErrorAction,
  IPCMessageReader,
  IPCMessageWriter,
  LanguageClient,
  type Middleware,
  RevealOutputChannelOn,
} from "vscode-languageclient/node";
import { EndpointNotification } from "../shared/endpoint.ts";
import {
  AskRequest,
  BudgetWarningNotification,
  CompletionReadyNotification,
  DoctorRequest,
  ForwardEndNotification,
  ForwardReadRequest,
  ForwardRequest,
  type Initialization,
  type LogLine,
  LogNotification,
  MoneyNoticeNotification,
  PricesChangedNotification,
  SpendNotification,
  StateNotification,
  TurnAmendedNotification,
} from "../shared/protocol.ts";
import { endEventually, forkServer } from "./fork-server.ts";
import { createForwarder } from "./forward-requests.ts";
import type { ConnectEvents, Connection } from "./server-process.ts";
import { sendByHost } from "./vscode-network.ts";

export interface ConnectOptions {
  modulePath: string;
  environment: Readonly<Record<string, string | undefined>>;
  initialization: Initialization;
  /** The client's own channel; what the server says goes through `onLog`. */
  channel: LogOutputChannel;
  onLog(line: LogLine): void;
  newToken(): string;
  /** Stands between VS Code and the server for each wish of ghost text: `next` asks the server. */
  provideInlineCompletionItems: NonNullable<Middleware["provideInlineCompletionItems"]>;
}

/** A server that has not answered `initialize` by then is taken for dead. Measured: 0.1 to 0.2 s. */
const INITIALIZE_TIMEOUT_MS = 30_000;

/**
 * One life of the server: forks it, speaks LSP over Node IPC, and tells when it ends by itself. Coming back is decided
 * elsewhere, so the language client's own restarts are off.
 */
export async function connectServer(
  options: ConnectOptions,
  events: ConnectEvents,
  signal: AbortSignal,
): Promise<Connection> {
  let closing = false;
  let how = "its connection closed";
  const child = forkServer({
    modulePath: options.modulePath,
    environment: options.environment,
    onLine: (message) => options.onLog({ level: "warn", message }),
  });
  child.once("exit", (code, exitSignal) => {
    how = exitSignal === null ? `exit code ${code}` : `signal ${exitSignal}`;
  });
  // Without a listener a failed fork would be an uncaught exception of the extension host.
  child.on("error", (error) => {
    how = error.message;
  });

  const client = new QuietClient(
    "wayfare",
    "Wayfare",
    () => Promise.resolve({ reader: new IPCMessageReader(child), writer: new IPCMessageWriter(child) }),
    {
      // Chat has its own requests. Documents and ghost text are registered by the server while completions are on, with
      // the selector it wants them for.
      documentSelector: [],
      middleware: { provideInlineCompletionItems: options.provideInlineCompletionItems },
      initializationOptions: options.initialization,
      outputChannel: options.channel,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationFailedHandler: () => false,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => {
          if (!closing) events.onEnded(how);
          return {
            action: CloseAction.DoNotRestart,
            handled: true,
            message: `The server's connection closed: ${how}.`,
          };
        },
      },
    },
  );
  const forwarder = createForwarder(sendByHost);
  child.once("exit", () => forwarder.close());
  client.onRequest(ForwardRequest, forwarder.open);
  client.onRequest(ForwardReadRequest, forwarder.read);
  client.onNotification(ForwardEndNotification, forwarder.end);
  client.onNotification(LogNotification, options.onLog);
  client.onNotification(SpendNotification, events.onSpend);
  client.onNotification(StateNotification, events.onState);
  client.onNotification(BudgetWarningNotification, events.onBudgetWarning);
  client.onNotification(MoneyNoticeNotification, events.onMoneyNotice);
  client.onNotification(CompletionReadyNotification, events.onCompletionReady);
  client.onNotification(TurnAmendedNotification, events.onTurnAmended);
  client.onNotification(PricesChangedNotification, events.onPricesChanged);
  client.onNotification(EndpointNotification, events.onEndpointChanged);

  try {
    await startInTime(client, () => child.kill("SIGKILL"), signal);
  } catch (error) {
    closing = true;
    child.kill("SIGKILL");
    throw error;
  }

  return {
    pid: child.pid ?? null,
    // An undefined token would be sent along as a second parameter.
    request: (type, params, token) =>
      token === undefined ? client.sendRequest(type.method, params) : client.sendRequest(type.method, params, token),
    async ask(params, onParts, token) {
      const partialResultToken = options.newToken();
      const parts = client.onProgress(AskRequest, partialResultToken, onParts);
      try {
        return await client.sendRequest(AskRequest, { ...params, partialResultToken }, token);
      } finally {
        parts.dispose();
      }
    },
    async examine(params, onRows, token) {
      const partialResultToken = options.newToken();
      const rows = client.onProgress(DoctorRequest, partialResultToken, onRows);
      try {
        return await client.sendRequest(DoctorRequest, { ...params, partialResultToken }, token);
      } finally {
        rows.dispose();
      }
    },
    notify(type, params) {
      // It fails only when the connection is gone, and that is told through `onEnded`.
      client.sendNotification(type.method, params).catch(() => undefined);
    },
    async close() {
      closing = true;
      endEventually(child);
      // A server that is already gone cannot be asked to stop; that is the wished end all the same.
      await client.stop().catch(() => undefined);
      child.disconnect?.call(child);
    },
  };
}

async function startInTime(client: LanguageClient, kill: () => void, signal: AbortSignal): Promise<void> {
  const timer = setTimeout(kill, INITIALIZE_TIMEOUT_MS);
  if (signal.aborted) kill();
  else signal.addEventListener("abort", kill, { once: true });
  try {
    await client.start();
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", kill);
  }
}

/** The language client shows a message box for each end and failed start; Wayfare says it in its own places, once. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}
